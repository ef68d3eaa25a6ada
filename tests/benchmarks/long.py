"""A rulebook of 500 lines in the style of a regulation, and how long it takes to load and check it.

Run as `python -m tests.benchmarks.long` it prints the rulebook.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from string import Template
from time import process_time_ns

__all__ = ["LINES", "load_times", "rulebook", "typical"]

LINES = 500

HEAD = """\
# Rating of the units of an authority: four fields of work, each judged in every form that points can have.

kpirules: 1
id: bench.regulation500
title: {vi: Đánh giá đơn vị theo bốn lĩnh vực, en: Rating of units in four fields of work}
edition: "2026"
source: Quy chế đánh giá
effective: {from: 2026-01-01, until: 2031-01-01}
require_sources: true

inputs:
  rating_year:
    type: integer
    min: 2026
    max: 2030
    label: {vi: Năm đánh giá, en: Year of the rating}
  months_active:
    type: integer
    min: 0
    max: 12
    unit: months
    label: {vi: Số tháng hoạt động, en: Months in operation}
  newly_founded:
    type: boolean
    label: {vi: Đơn vị mới thành lập, en: Newly founded unit}
  tasks:
    type: list
    max_items: 200
    label: {vi: Nhiệm vụ trong kỳ, en: Tasks of the period}
    fields:
      kind:
        type: choice
        options:
          regular: {vi: Thường xuyên, en: Regular}
          urgent: {vi: Đột xuất, en: Urgent}
        label: {vi: Loại nhiệm vụ, en: Kind of task}
      weight:
        type: number
        above: 0
        max: 10
        decimals: 2
        label: {vi: Hệ số, en: Coefficient}
      planned: {type: integer, min: 0, max: 500, label: {vi: Kế hoạch, en: Planned}}
      done: {type: integer, min: 0, max: 500, label: {vi: Hoàn thành, en: Done}}
      late: {type: integer, min: 0, max: 500, default: 0, label: {vi: Chậm, en: Late}}
    let:
      planned_quantity: item.weight * item.planned
      done_quantity: item.weight * min(item.done, item.planned)
      late_quantity: item.weight * item.late
    validations:
      late_are_done:
        that: item.late <= item.done
        label: No more are late than were done
  violations:
    type: list
    max_items: 50
    label: {vi: Vi phạm, en: Violations}
    fields:
      gravity:
        type: choice
        options:
          minor: {vi: Nhẹ, en: Minor}
          grave: {vi: Nghiêm trọng, en: Grave}
        label: {vi: Mức độ, en: Gravity}
      found_on: {type: date, min: 2025-01-01, max: 2030-12-31, label: {vi: Ngày kết luận, en: Found on}}
    let:
      counts: year(item.found_on) == rating_year
"""

AREA_INPUTS = """\
  ${id}_plan:
    type: number
    above: 0
    max: 1000000
    decimals: 2
    label: {vi: "$vi: kế hoạch", en: "$en: plan"}
  ${id}_actual:
    type: number
    min: 0
    max: 1000000
    decimals: 2
    label: {vi: "$vi: thực hiện", en: "$en: actual"}
  ${id}_satisfaction: {type: number, min: 0, max: 100, decimals: 1, label: {vi: "$vi: hài lòng", en: "$en: satisfaction"}}
  ${id}_backlog: {type: integer, min: 0, max: 1000, label: {vi: "$vi: tồn đọng", en: "$en: backlog"}}
  ${id}_days: {type: number, min: 0, max: 365, decimals: 1, label: {vi: "$vi: số ngày", en: "$en: days taken"}}
  ${id}_reported: {type: boolean, label: {vi: "$vi: có báo cáo", en: "$en: report delivered"}}
  ${id}_audit:
    type: choice
    options: [clean, remarks, failed]
    label: {vi: "$vi: kiểm toán", en: "$en: audit"}
  ${id}_errors: {type: integer, min: 0, max: 100, label: {vi: "$vi: sai sót", en: "$en: errors"}}
"""

MIDDLE = """\

parameters:
  late_share:
    value: 50%
    label: {vi: Tỷ lệ trừ khi chậm, en: What a late task loses}
    source: {document: Quy chế đánh giá, article: Điều 5}
  least_months:
    value: 6
    unit: months
    source: {document: Quy chế đánh giá, article: Điều 3}
  step_entered:
    value: 0.5
    source: {document: Quy chế đánh giá, article: Điều 6}

let:
  planned:
    value: sum(t.planned_quantity for t in tasks)
    label: {vi: Khối lượng kế hoạch, en: Planned quantity}
  done:
    value: sum(t.done_quantity - late_share * min(t.late_quantity, t.done_quantity) for t in tasks)
    label: {vi: Khối lượng hoàn thành, en: Quantity done}
  urgent_done:
    value: count(t.kind == "urgent" and t.done >= t.planned for t in tasks)
    label: {vi: Nhiệm vụ đột xuất hoàn thành, en: Urgent tasks done}
  is_grave:
    value: any(v.counts and v.gravity == "grave" for v in violations)
    label: {vi: Có vi phạm nghiêm trọng, en: There is a grave violation}

tables:
  urgent_points:
    label: {vi: Điểm thưởng việc đột xuất, en: Points on top for urgent tasks}
    source: {document: Quy chế đánh giá, article: Điều 6, clause: khoản 5}
    steps:
      - {from: 10, value: 3}
      - {from: 5, value: 2}
      - {from: 1, value: 1}
      - {value: 0}

exemptions:
  short_period:
    when: months_active < least_months and newly_founded
    status: not_rated
    label: {vi: Hoạt động chưa đủ sáu tháng, en: Less than six months in operation}
    source: {document: Quy chế đánh giá, article: Điều 3}

criteria:
  common:
    label: {vi: Tiêu chí chung, en: Common criteria}
    source: {document: Quy chế đánh giá, article: Điều 6}
    rescale: true
    require_share: 30%
    missing: zero
    criteria:
      conduct:
        label: {vi: Kỷ luật, en: Conduct}
        max: 5
        entered: {step: step_entered}
      initiative:
        label: {vi: Sáng kiến, en: Initiative}
        max: 5
        entered: {step: step_entered}
      programme:
        label: {vi: Chương trình công tác, en: Programme of work}
        max: 30
        applies: planned > 0
        rate: ratio(done, planned, if_zero=0)
        outside: clamp
      minor_violations:
        label: {vi: Vi phạm nhẹ, en: Minor violations}
        max: 0
        min: -5
        points: -1 * count(v.counts and v.gravity == "minor" for v in violations)
        outside: clamp
      urgent:
        label: {vi: Nhiệm vụ đột xuất, en: Urgent tasks}
        extra: true
        max: 3
        points: urgent_points(urgent_done)
"""

AREA = """\
  $id:
    label: {vi: $vi, en: $en}
    source: {document: Quy chế đánh giá, article: Điều $article}
    criteria:
      ${id}_attainment:
        label: {vi: "$vi: mức đạt", en: "$en: attainment"}
        note: More than the plan earns no more than the plan.
        source: {document: Quy chế đánh giá, article: Điều $article, clause: khoản 1}
        max: 4
        rate: min(${id}_actual / ${id}_plan, 1)
        round: {places: 2, mode: half_up}
      ${id}_report:
        label: {vi: "$vi: báo cáo", en: "$en: report"}
        max: 1
        met: ${id}_reported
      ${id}_opinion:
        label: {vi: "$vi: hài lòng", en: "$en: satisfaction"}
        source: {document: Quy chế đánh giá, article: Điều $article, clause: khoản 2}
        max: 3
        measure: ${id}_satisfaction
        steps:
          - {from: 95, points: 3}
          - {from: 90, points: 2.5}
          - {from: 80, points: 2}
          - {from: 70, points: 1}
          - {points: 0}
      ${id}_speed:
        label: {vi: "$vi: thời gian", en: "$en: speed"}
        source: {document: Quy chế đánh giá, article: Điều $article, clause: khoản 3}
        max: 3
        measure: ${id}_days
        scale: [[0, 3], [5, 2.5], [15, 1], [30, 0]]
        outside: clamp
        round: {places: 2, mode: half_up}
      ${id}_cleared:
        label: {vi: "$vi: tồn đọng", en: "$en: backlog"}
        max: 2
        measure: ${id}_backlog
        thresholds: {below: [50, 20, 5, 1], each: 0.5}
      ${id}_control:
        label: {vi: "$vi: kiểm toán", en: "$en: audit"}
        max: 2
        measure: ${id}_audit
        lookup: {clean: 2, remarks: 1, failed: 0}
      ${id}_mistakes:
        label: {vi: "$vi: sai sót", en: "$en: errors"}
        max: 0
        min: -3
        points: -0.25 * ${id}_errors
        outside: clamp
"""

TAIL = """\

score:
  label: {vi: Điểm, en: Score}
  source: {document: Quy chế đánh giá, article: Điều 12}
  max: 100
  min: 0
  outside: clamp
  limits:
    grave_violation:
      at_most: 69
      when: is_grave
      source: {document: Quy chế đánh giá, article: Điều 13}
  round: {places: 2, mode: half_up}
  band_on: rounded

bands:
  fall: next
  levels:
    excellent:
      from: 90
      requires:
        finance_sound: {that: share.finance >= 80%, label: Finance is sound}
        services_sound: {that: share.services >= 80%, label: Services are sound}
      label: {vi: Xuất sắc, en: Excellent}
      source: {document: Quy chế đánh giá, article: Điều 14}
    good:
      from: 70
      label: {vi: Tốt, en: Good}
      source: {document: Quy chế đánh giá, article: Điều 14}
    fair:
      from: 50
      label: {vi: Đạt, en: Fair}
      source: {document: Quy chế đánh giá, article: Điều 14}
    poor:
      from: 0
      label: {vi: Không đạt, en: Poor}
      source: {document: Quy chế đánh giá, article: Điều 14}

overrides:
  failed_audit:
    when: finance_audit == "failed" and is_grave
    band: poor
    label: {vi: Kiểm toán không đạt và vi phạm, en: Failed audit and a grave violation}
    source: {document: Quy chế đánh giá, article: Điều 15}
  unreported:
    when: not finance_reported
    band_at_most: fair
    label: {vi: Không báo cáo tài chính, en: No financial report}
    source: {document: Quy chế đánh giá, article: Điều 15}
  many_errors:
    when: finance_errors + services_errors + digital_errors + petitions_errors >= 50
    band_at_most: good
    label: {vi: Nhiều sai sót, en: Many errors}
    source: {document: Quy chế đánh giá, article: Điều 15}
  petitions_unanswered:
    when: petitions_backlog >= 500
    band_at_most: fair
    label: {vi: Đơn thư tồn đọng, en: Petitions unanswered}
    source: {document: Quy chế đánh giá, article: Điều 15}

outputs:
  programme_percent:
    value: 100 * ratio(done, planned, if_zero=0)
    unit: "%"
    label: {vi: Tỷ lệ hoàn thành chương trình, en: Programme in per cent}

invariants:
  failed_is_poor:
    that: band == "poor" if finance_audit == "failed" and is_grave else True
    note: It follows from the first override.
    label: Whoever fails the audit and violates gravely is in the lowest band
"""

AREAS = (
    ("finance", "Tài chính", "Finance"),
    ("services", "Dịch vụ công", "Services"),
    ("digital", "Chuyển đổi số", "Digital work"),
    ("petitions", "Tiếp dân", "Petitions"),
)


def rulebook() -> str:
    """Return the text of the rulebook, with `LINES` lines."""
    return "".join([HEAD, *_for_each_area(AREA_INPUTS), MIDDLE, *_for_each_area(AREA), TAIL])


def _for_each_area(text: str) -> list[str]:
    template = Template(text)
    return [
        template.substitute(id=id_, vi=vi, en=en, article=number)
        for number, (id_, vi, en) in enumerate(AREAS, start=7)
    ]


def load_times(load: Callable[[], object], rounds: int = 15) -> list[float]:
    """Return the processor time of each of some loads, in milliseconds.

    Args:
        load: what is timed.
        rounds: how often.
    """
    times = []
    for _ in range(rounds):
        start = process_time_ns()
        load()
        times.append((process_time_ns() - start) / 1e6)
    return times


def typical(times: list[float]) -> float:
    """Return the median."""
    return median(times)


if __name__ == "__main__":
    print(rulebook(), end="")
