"""A rulebook that uses every key which pages tell, in two languages."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser

import kpirules as kr
from kpirules.publishing.names import Names
from kpirules.publishing.reader import Reader
from kpirules.publishing.wording import Wording
from kpirules.rating.legend import legend
from kpirules.rating.program import Program
from kpirules.showing.explaining.voice import Voice

RULES = """
kpirules: 1
id: demo.kit
title: {en: Review, vi: Đánh giá}
edition: "1"
source: {document: Rules, article: Article 1, url: "https://example.org/rules"}
effective: {from: 2026-01-01, until: 2030-01-01}
inputs:
  done: {type: integer, min: 0, max: 10, unit: h, label: {en: Work done, vi: Đã làm}}
  planned: {type: number, min: 1, max: 10, decimals: 1, label: {en: Work planned, vi: Kế hoạch}}
  extra_work: {type: number, above: 0, below: 5, step: 0.5, optional: true}
  late: {type: boolean, default: false, label: {en: Late, vi: Trễ hạn}}
  grade:
    type: choice
    ordered: best_first
    options: {high: {en: High grade, vi: Bậc cao}, low: {en: Low grade, vi: Bậc thấp}, none: {en: No grade, vi: Không bậc}}
    label: {en: Grade, vi: Ngạch}
  on: {type: date, min: 2026-01-01, max: 2029-12-31, label: {en: Day, vi: Ngày}}
  remark: {type: text, max_length: 20, optional: true}
  unit: {type: text, label: {en: Unit, vi: Đơn vị}}
  tasks:
    type: list
    min_items: 1
    max_items: 5
    unique: [code]
    label: {en: Tasks, vi: Nhiệm vụ}
    fields:
      code: {type: text, label: {en: Code, vi: Mã}}
      hours: {type: number, min: 0, max: 9, decimals: 2, label: {en: Hours, vi: Số giờ}}
      kind: {type: choice, options: {easy: {en: Easy, vi: Dễ}, hard: {en: Hard, vi: Khó}}, label: {en: Kind, vi: Loại}}
    let:
      double: {value: 2 * item.hours, label: {en: Double hours, vi: Giờ nhân đôi}}
    validations: {some: {that: item.hours > 0, label: {en: No empty task, vi: Không có nhiệm vụ rỗng}}}
  notes: {type: list, fields: {text: {type: text}}}
validations: {less: {that: done <= planned, label: {en: No more than planned, vi: Không quá kế hoạch}}, fine: extra_work > 0 if given(extra_work) else True}
parameters:
  half: {value: 50%, label: {en: Half, vi: Một nửa}, note: Chosen}
  most: 40
functions:
  double: {args: [x], value: 2 * x, label: {en: Twice, vi: Gấp đôi}}
tables:
  factor: {label: {en: Factor, vi: Hệ số}, args: [d, g], cases: [{when: {d: {from: 5}, g: high}, value: 2}, {when: d > 3 and g == "low", value: 1.5}, {value: 1}]}
  level: {steps: [{from: 8, value: high}, {value: low}], gives: {options: [high, low]}}
calendars:
  office: {weekend: [sat, sun], holidays: [2026-09-02], makeup: [2026-09-05], from: 2026-01-01, until: 2030-01-01}
let:
  rate: {value: "ratio(done, planned, if_zero=0)", label: {en: Completion, vi: Tỷ lệ hoàn thành}, unit: "%"}
  days: {value: "workdays(date(2026, 1, 1), on, office)", label: {en: Working days, vi: Ngày làm việc}}
exemptions: {short: {when: days < 0, status: not_rated, label: {en: Too short, vi: Quá ngắn}, source: Article 2}}
criteria:
  quantity: {label: {en: Quantity, vi: Số lượng}, max: 40, rate: "min(rate, 1)", outside: clamp, source: Article 3, note: {en: Counted once, vi: Tính một lần}}
  conduct: {label: {en: Conduct, vi: Ý thức}, max: 10, entered: {step: 0.5}}
  speech: {label: {en: Speech, vi: Phát biểu}, max: 5, entered: {}}
  punctual: {label: {en: Punctual, vi: Đúng giờ}, max: 5, met: not late}
  hours: {label: {en: Hours at work, vi: Giờ làm}, max: 5, measure: "sum(t.hours for t in tasks)", steps: [{from: 20, points: 5}, {from: 10, below: 20, rate: 50%, label: {en: Middling, vi: Trung bình}}, {points: 0}]}
  line: {label: {en: Line, vi: Đường}, max: 5, measure: done, scale: [[0, 0], [10, 5]]}
  capped: {label: {en: Capped, vi: Chặn}, max: 5, measure: done, scale: [[1, 0], [9, 5]], outside: clamp}
  passed: {label: {en: Passed, vi: Vượt}, max: 3, measure: done, thresholds: {from: [3, 6, 9], each: 1}}
  graded: {label: {en: Graded, vi: Theo ngạch}, max: 5, measure: grade, lookup: {high: 5, low: {rate: 20%}, none: {undefined: true, label: {en: Open, vi: Để ngỏ}}}}
  cased: {label: {en: Cased, vi: Theo trường hợp}, max: 5, applies: not late, cases: [{when: done > 5, rate: 1, source: Article 4}, {undefined: true}]}
  unique_case: {max: 5, unique: true, cases: [{when: {done: {from: 5}}, points: 5}, {points: 0}]}
  bonus: {label: {en: Bonus, vi: Thưởng}, max: 5, extra: true, points: "default(extra_work, 0)", round: {to: 0.5, mode: down}}
  penalty: {label: {en: Penalty, vi: Trừ điểm}, min: -5, max: 0, points: "-5 if late else 0"}
  mean_of:
    label: {en: Mean, vi: Bình quân}
    max: 5
    combine: mean
    require_share: 60%
    missing: zero
    criteria:
      one: {label: {en: One, vi: Một}, weight: 60%, rate: done / 10, outside: clamp, missing: exclude}
      two: {label: {en: Two, vi: Hai}, weight: 40%, rate: "extra_work / 5", missing: exclude}
  even_mean: {max: 4, combine: mean, criteria: {three: {rate: done / 10}, four: {max: 50, points: 5 * done}}}
  lowest: {max: 3, combine: min, criteria: {five: {rate: done / 10}}}
  written: {max: 6, points: "points.six + max.six / 2 - share.six", outside: clamp, criteria: {six: {max: 3, rate: done / 10}}}
score:
  label: {en: Total, vi: Tổng}
  max: 100
  rescale: true
  outside: clamp
  round: {places: 1, mode: half_even}
  band_on: exact
  limits: {cap: {when: late, at_most: most, label: {en: Cap, vi: Mức trần}, source: Article 5}, always: {at_most: 2 * most}}
bands:
  fall: next
  levels:
    top: {from: 90, label: {en: Excellent, vi: Xuất sắc}, requires: {on_time: {that: not late, label: {en: On time, vi: Đúng hạn}, source: Article 6}}}
    good: {from: 50, label: {en: Good, vi: Tốt}}
    poor: {from: 0, label: {en: Poor, vi: Kém}}
overrides:
  veto: {when: grade == "none" and done == 0, band: poor, label: {en: Veto, vi: Phủ quyết}, source: Article 7}
  ceiling: {when: grade <= "low", band_at_most: good}
  floor: {when: done == 10, band_at_least: good}
  given_band: {when: late and done == 9, band: "\\"good\\" if late else \\"poor\\""}
  stopped: {when: late and done == 1, unrated: on_hold}
  anyway: {band_at_most: top}
outputs: {pay: {value: "round(1000 * score * half, to=5)", unit: VND, label: {en: Pay, vi: Thưởng}, source: Article 8}}
cohort:
  within: [unit]
  quotas:
    few: {label: {en: A fifth, vi: Một phần năm}, source: Article 9, band: top, at_most: 20%, of: [top, good], base: after, round: down, minimum: 1, order: ["default(score, 0)", -done], ties: demote, demote_to: good, within: [grade], when: most > 1, note: So it is.}
    least: {band: good, at_most: half, of: all, base: before, round: half_up, minimum: 0, order: ["default(score, 0)"], ties: keep, demote_to: poor}
invariants:
  low: {that: "default(band, \\"poor\\") != \\"top\\" or not late", label: {en: Late is never excellent, vi: Trễ hạn thì không xuất sắc}}
  more: {never_lowers: [done], label: x}
  fewer: {never_raises: [late]}
allow: {KR334: "The rules say nothing"}
amendments:
  - {from: 2027-01-01, source: Decision 2, change: {parameters: {most: 45}}}
edition_by: on
"""


@cache
def kit() -> Program:
    return kr.loads(RULES)


def reader(language: str | None = "en", program: Program | None = None) -> Reader:
    return Reader.of((program or kit()).whole[-1].rulebook, language)


def wording(language: str | None = "en") -> Wording:
    rulebook = kit().whole[-1].rulebook
    return Wording(Names(Voice(legend(rulebook), language, is_letter=True)))


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def text_of(html: object) -> str:
    """Return the text of HTML on one line."""
    texts = _Texts()
    texts.feed(str(html))
    return " ".join(" ".join(texts.parts).split())
