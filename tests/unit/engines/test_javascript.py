"""Rulebooks printed in JavaScript: what has no form, and texts that end no script."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
import yaml

import kpirules as kr
from kpirules.engines.javascript import NoJavaScriptForm, literal, one_line
from kpirules.loading.loading import load_whole
from tests.sandbox.shown import HOSTILE, MARK
from tests.sandbox.test_shown import readable, rulebook
from tests.sql.officer import OFFICER

COMPARED = """
kpirules: 1
inputs: {done: {type: integer, min: 0, max: 9}}
criteria: {work: {max: 9, points: done}}
outputs: {rank: cohort_rank(done)}
"""

OPEN = """
kpirules: 1
inputs: {done: {type: integer, min: 0, max: 9}}
tables: {t: {steps: [{from: 5, value: 1}, {undefined: true}]}}
validations: {some: t(done) > 0}
criteria: {work: {max: 9, points: done}}
"""


SORTED = """
kpirules: 1
inputs: {visits: {type: list, max_items: 9, fields: {hours: {type: integer, min: 0, max: 9}}}}
criteria: {work: {max: 9, points: count(visits)}}
score: {band_on: exact}
bands: {good: {from: 0}}
overrides: {long: {when: 'default(median(v.hours for v in visits), 0) > 5', band: good}}
"""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (COMPARED, "it compares subjects"),
        (OPEN, "an `undefined` row"),
        # Whether it fires is a result of its own, even where it changes no band.
        (SORTED, "it sorts records"),
    ],
)
def test_what_has_no_form_is_told(text: str, why: str) -> None:
    with pytest.raises(NoJavaScriptForm, match=why) as refused:
        kr.loads(text).javascript()
    assert refused.value.obstacles


def test_numbers_without_limits_are_held() -> None:
    wide = "kpirules: 1\ninputs: {x: {type: number}}\noutputs: {y: x * x * x * x}\n"
    assert "BigInt" in kr.loads(wide).javascript().code


def test_a_module_is_the_same_each_time() -> None:
    assert kr.loads(OFFICER).javascript() == kr.loads(OFFICER).javascript()


def test_an_edition_that_subjects_choose_rates_its_own_days() -> None:
    text = """
    kpirules: 1
    inputs: {day: {type: date}, done: {type: integer, min: 0, max: 9}}
    edition_by: day
    effective: {from: 2026-02-01, until: 2026-11-01}
    criteria: {work: {max: 9, points: done}}
    """
    assert '"limits":{"kind":"date","min":"2026-02-01","max":"2026-10-31"' in kr.loads(text).javascript().code


VARIANTS = """
kpirules: 1
id: demo.team
inputs: {post: {type: choice, options: [staff, head]}, done: {type: integer, min: 0, max: 10}}
VARIANT_BY
criteria: {work: {max: 70, rate: done / 10}, conduct: {max: 30, entered: {step: 1}}}
score: {band_on: exact}
bands: {good: {from: 70}, fair: {from: 0}}
variants:
  staff: {}
  head: {criteria: {conduct: null, work: {max: 100}}, overrides: {few: {when: done < 2, band: fair}}}
"""


def test_a_module_has_the_variants_that_subjects_choose() -> None:
    module = kr.loads(VARIANTS.replace("VARIANT_BY", "variant_by: post")).javascript()
    assert "(variant staff), " in module.code.splitlines()[1]
    assert 'export type OverrideId = "few";' in module.types
    assert module.types.partition("/** staff */")[2] == (
        "\nexport interface Subject1 {\n"
        '  post: "staff";\n'
        "  done: Exact;\n"
        "  conduct: Exact;\n"
        "}\n\n/** head */\nexport interface Subject2 {\n"
        '  post: "head";\n'
        "  done: Exact;\n"
        "  conduct?: null;\n"
        "}\n\nexport type Subject = Subject1 | Subject2;\n"
    )


@pytest.mark.parametrize("method", ["javascript", "form"])
def test_variants_that_nothing_chooses_are_asked_for(method: str) -> None:
    program = load_whole(yaml.safe_load(VARIANTS.replace("VARIANT_BY\n", "")))
    with pytest.raises(kr.RulebookError, match="KR531"):
        getattr(program, method)()
    assert getattr(program.part("head"), method)()


def test_types_name_columns_options_and_bands() -> None:
    text = """
    kpirules: 1
    inputs:
      done: {type: integer, min: 0, max: 9, column: Đã làm, label: "Done */ alert()"}
      post: {type: choice, options: ["a\\"b", c], optional: true}
      days: {type: list, max_items: 3, fields: {on: {type: date}, late: {type: boolean, default: false}}}
    criteria: {work: {max: 9, points: done}}
    bands: {good: {from: 5}, poor: {from: 0}}
    """
    assert kr.loads(text).javascript().types.partition("export type Band")[2] == (
        ' = "good" | "poor";\n'
        'export type CriterionId = "score" | "work";\n'
        "export type OutputId = never;\n"
        "export type LetId = never;\n"
        "export type OverrideId = never;\n"
        "\n"
        "export interface Subject {\n"
        "  /** Done * / alert() */\n"
        "  done?: Exact;\n"
        '  "Đã làm"?: Exact;\n'
        '  post?: "a\\"b" | "c" | null;\n'
        "  days: ReadonlyArray<{\n"
        "    on: Day;\n"
        "    late?: boolean | null;\n"
        "  }>;\n"
        "}\n"
    )


def test_literals_end_no_script_and_comments_no_line() -> None:
    assert literal(["</script>", "<!--", "\u2028", "&amp;"]) == (
        '["\\u003c/script\\u003e","\\u003c!--","\\u2028","\\u0026amp;"]'
    )
    assert one_line("a\nb\u2029*/ <script>") == "a b * / ‹script>"


class Shape(HTMLParser):
    """The elements of a page, and the text of its script and style."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: dict[str, str] = {}
        self.open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.open = tag
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts[self.open] = self.texts.get(self.open, "") + data

    def handle_endtag(self, tag: str) -> None:
        self.open = ""

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_of_a_rulebook_leaves_the_script_of_a_form(hostile: str) -> None:
    page = Shape()
    page.feed(kr.load(rulebook(readable(hostile))).form())
    page.close()
    assert page.elements == [*("html", "head"), *["meta"] * 4, *("title", "style", "body", "div", "script")]
    assert not any(name in ("src", "href") or MARK in (value or "") for name, value in page.attributes)
    policy = next(value for name, value in page.attributes if name == "content" and "default-src" in (value or ""))
    for element in ("script", "style"):
        digest = b64encode(sha256(page.texts[element].encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in str(policy)
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert not re.search("</|<!--|<script", page.texts["script"])


def test_a_sum_of_quotients_that_counts_no_record_has_a_divisor() -> None:
    text = """
    kpirules: 1
    inputs: {x: {type: integer, min: 0, max: 9}, b: {type: boolean},
             tasks: {type: list, max_items: 3, fields: {n: {type: integer, min: 0, max: 9}}}}
    let: {v: sum(t.n / x for t in tasks if b)}
    outputs: {r: v + 5}
    """
    (told,) = re.findall(r"return outputs.r = s[0-9]+ / s([0-9]+)", str(kr.loads(text).integers))
    assert f"s{told} = s2 if s" in str(kr.loads(text).integers)
