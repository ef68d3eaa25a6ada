"""The display of programs, reports, assessments and explanations in a notebook."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt

import kpirules as kr

RULEBOOK = """
kpirules: 1
id: demo.review
title: Yearly <review>
edition: "2026"
effective: {from: 2026-01-01, until: 2027-01-01}
inputs:
  planned: {type: integer, min: 1, max: 1000, unit: tasks, label: Planned | promised}
  done: {type: integer, min: 0, max: 1000}
  kind: {type: choice, options: [field, desk], default: desk}
  visits:
    type: list
    max_items: 12
    fields: {hours: {type: number, min: 0, max: 24, optional: true}}
exemptions: {nobody: {when: 'kind == "field" and planned == 1', status: not_rated}}
criteria:
  conduct: {max: 30, entered: {step: 0.5}}
  results:
    max: 70
    label: Results *of* the year
    combine: mean
    source: Article 3
    criteria:
      share_done: {rate: 'min(done / planned, 1)', weight: 50%}
      visited: {met: 'any(default(v.hours, 0) > 0 for v in visits)', weight: 50%}
score: {max: 100, round: {places: 1}, band_on: rounded, limits: {desk: {when: 'kind == "desk"', at_most: 99}}}
bands:
  good: {from: 70, label: Good <b>, requires: {visits: {that: count(visits) > 0}}}
  fair: {from: 0, label: Enough}
overrides: {late: {when: done == 0, band: fair}}
outputs: {pay: 'score * 10', is_good: 'band == "good"'}
invariants: {some: {that: done > 1}}
"""
SUBJECT = {"planned": 3, "done": 2, "conduct": 27, "visits": [{"hours": 2}]}
SAFE = {"style", "div", "p", "table", "caption", "thead", "tbody", "tr", "th", "td", "code", "abbr", "b", "pre", "article",
        "h1", "h2", "section", "ul", "li", "footer", "cite", "span", "figure", "svg", "title", "rect", "text", "line",
        "polygon"}  # fmt: skip


@pytest.fixture(scope="module")
def program() -> kr.Program:
    return kr.loads(RULEBOOK, name="review.kpi.yaml")


def shown(value: Any) -> dict[str, str]:
    found: dict[str, str] = value._repr_mimebundle_()
    return found


class Elements(HTMLParser):
    """The elements of a page, how they nest, and the text outside of styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.open: list[str] = []
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not [name for name, _ in attrs if name.startswith("on") or name == "src"]
        self.names.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words += data


def values(program: kr.Program) -> dict[str, Any]:
    assessment = kr.assess(program, SUBJECT)
    report = kr.check(text="kpirules: 1\noutputs: {pay: 10 * hour}\nnotes: '<script>`'")
    return {"program": program, "report": report, "assessment": assessment, "explanation": kr.explain(assessment)}


@pytest.mark.parametrize("name", ["program", "report", "assessment", "explanation"])
def test_a_value_is_shown_as_text_markdown_and_html_without_script(program: kr.Program, name: str) -> None:
    forms = shown(values(program)[name])
    assert sorted(forms) == ["text/html", "text/markdown", "text/plain"]
    page = Elements(forms["text/html"])
    assert page.open == []
    assert page.names <= SAFE
    rendered = MarkdownIt("commonmark").enable("table").render(forms["text/markdown"])
    assert "<script" not in rendered
    assert "<review>" not in rendered
    assert "<b>" not in re.sub(r"<pre>.*?</pre>", "", rendered, flags=re.DOTALL)


def test_a_program_is_shown_with_all_it_takes_weighs_and_gives(program: kr.Program) -> None:
    assert (
        shown(program)["text/plain"]
        == """\
Yearly <review>
demo.review · edition 2026
  in force from 2026-01-01 to 2026-12-31
  check: 2 warnings
  exempt: nobody
  limits of the score: desk
  outranks the score: late
  measured: 70 % of the attainable points; assessors enter the rest
criteria:
  conduct                               30              entered by an assessor
  results       Results *of* the year   70              mean                                          Article 3
    share_done                         100  weight 0.5  min(done / planned, 1)
    visited                            100  weight 0.5  any(default(v.hours, 0) > 0 for v in visits)
bands:
  good  Good <b>  from 70          count(visits) > 0
  fair  Enough    from 0 below 70
inputs:
  planned  Planned | promised  a whole number from 1 to 1000 (tasks)
  done                         a whole number from 0 to 1000
  kind                         field, desk                            has a default
  visits                       at most 12 records
    hours                      a number from 0 to 24                  may be absent
outputs:
  pay      score * 10
  is_good  band == "good\""""
    )


def test_an_assessment_is_shown_by_its_rating_and_its_topmost_points(program: kr.Program) -> None:
    forms = shown(kr.assess(program, SUBJECT))
    assert (
        forms["text/plain"]
        == """\
Yearly <review>
demo.review · edition 2026
good — Good <b>
  score 85.3 of 100
  15.3 clear of fair
points:
  conduct                                  27  / 30
  results  Results *of* the year  ≈ 58.333333  / 70
outputs:
  pay       853
  is_good  true"""
    )
    assert "| `results` | Results \\*of\\* the year | ≈ 58.333333 | / 70 |" in forms["text/markdown"]
    assert 'class="kpirules-card good"' in forms["text/html"]


def test_an_assessment_without_a_rating_says_why(program: kr.Program) -> None:
    exempt = shown(kr.assess(program, {**SUBJECT, "planned": 1, "kind": "field"}))
    assert exempt["text/plain"].splitlines()[2:] == ["no rating: not_rated", "  because of exemptions.nobody"]
    assert 'class="kpirules-card bad"' in exempt["text/html"]
    unmet = shown(kr.assess(program, {**SUBJECT, "done": 3, "planned": 3, "visits": [{"hours": 1}], "conduct": 30}))
    assert "score 99 of 100" in unmet["text/plain"]


def test_what_outranks_the_score_and_what_should_hold_is_said(program: kr.Program) -> None:
    text = shown(kr.assess(program, {**SUBJECT, "done": 0, "conduct": 0}))["text/plain"]
    assert "  what should hold and does not: some" in text
    assert "decided by" not in text
    assert "fair — Enough" in text
    changed = shown(kr.assess(program, {**SUBJECT, "done": 0, "planned": 1, "conduct": 30, "kind": "desk"}))
    assert "fair — Enough" in changed["text/plain"]


def test_an_override_that_changes_the_rating_is_named() -> None:
    program = kr.loads(
        "kpirules: 1\nid: a\ninputs: {x: {type: integer, min: 0, max: 9}}\ncriteria: {c: {max: 9, points: x}}\n"
        "bands: {good: {from: 5}, poor: {from: 0}}\noverrides: {veto: {when: x > 7, band: poor}}"
    )
    assert "decided by veto" in shown(kr.assess(program, {"x": 8}))["text/plain"]
    assert "2 short of good" in shown(kr.assess(program, {"x": 3}))["text/plain"]


def test_a_rating_that_rounding_decides_says_so() -> None:
    program = kr.loads(
        "kpirules: 1\nid: a\ninputs: {x: {type: number, min: 0, max: 9, decimals: 2}}\n"
        "criteria: {c: {max: 9, points: x}}\nscore: {round: {places: 0}, band_on: rounded}\n"
        "bands: {good: {from: 5}, poor: {from: 0}}"
    )
    assert "rounding decided" in shown(kr.assess(program, {"x": 4.5}))["text/plain"]


def test_what_has_neither_score_nor_band_is_shown_too() -> None:
    program = kr.load({"kpirules": 1, "id": "tiny", "inputs": {"x": {"type": "date", "optional": True}},
                       "outputs": {"half": "1 / 3", "then": "x"}})  # fmt: skip
    assert shown(program)["text/plain"].splitlines()[0] == "tiny"
    assert shown(kr.assess(program, {}))["text/plain"].splitlines() == [
        "tiny",
        "rated",
        "outputs:",
        "  half  ≈ 0.333333",
        "  then      absent",
    ]


def test_a_score_without_bands_leads() -> None:
    program = kr.load({"kpirules": 1, "id": "tiny", "inputs": {"x": {"type": "integer", "min": 0, "max": 9}},
                       "criteria": {"c": {"max": 9, "points": "x"}}})  # fmt: skip
    assert shown(kr.assess(program, {"x": 4}))["text/plain"].splitlines()[1] == "score 4"


def test_a_report_is_shown_with_lines_carets_and_reasons(program: kr.Program) -> None:
    page = Elements(shown(kr.check(text="kpirules: 1\noutputs: {pay: 10 * hour}"))["text/html"])
    assert "error[KR201] unknown name `hour`" in page.words
    assert "outputs: {pay: 10 * hour}\n                    ^^^^" in page.words
    hole = kr.check(
        text="kpirules: 1\nallow: {KR242: 'by <design>'}\ninputs: {z: {type: boolean}}\ncriteria: {q: {max: 9, entered: {step: 1}}}\n"
        "bands: {a: {above: 5}, b: {below: 5}}"
    )
    words = Elements(shown(hole)["text/html"]).words
    assert "shown with" in words
    assert "close the gap" in words
    assert "allowed[KR242]: the input `z` is never read = reason: by <design>" in words
    subject = None
    try:
        kr.assess(program, {})
    except kr.SubjectError as refused:
        subject = refused.report
    assert subject is not None
    assert "planned" in Elements(shown(subject)["text/html"]).words


def test_long_tables_are_cut_and_say_so() -> None:
    program = kr.load({"kpirules": 1, "id": "long", "outputs": {f"o{n}": str(n) for n in range(70)}})
    forms = shown(kr.assess(program, {}))
    assert forms["text/plain"].endswith("… and 10 more")
    assert forms["text/markdown"].rstrip().endswith("… and 10 more")
    assert "… and 10 more" in Elements(forms["text/html"]).words


def test_a_program_with_quotas_says_that_ratings_depend_on_the_others() -> None:
    program = kr.loads("""
kpirules: 1
id: demo.quotas
inputs: {x: {type: integer, min: 0, max: 100}, unit: {type: text}, is_large: {type: boolean}}
criteria: {main: {max: 100, points: x}}
bands: {top: {from: 90}, good: {from: 70}, fair: {from: 0}}
cohort:
  quotas:
    few: {label: A fifth, band: top, at_most: 20%, of: [good], base: after, round: down, minimum: 1, order: [score, -x],
      ties: undecided, demote_to: good, within: [unit]}
    half: {band: good, at_most: 50%, of: all, base: before, round: up, minimum: 0, order: [score], ties: keep,
      demote_to: fair, uniform: [is_large], when: is_large}
""")
    text = program._repr_mimebundle_()["text/plain"]
    assert "  ratings depend on the other members: quotas decide who keeps a band\n" in text
    rows = [re.split(r" {2,}", line.strip()) for line in text.partition("quotas:\n")[2].splitlines()[:2]]
    assert rows == [
        [
            "few",
            "A fifth",
            "top: at most 20%",
            "of those rated good, rounded (down), never fewer than 1",
            "counted after the surplus moves to good",
            "greater comes first: score, -x",
            "ties at the limit: people decide",
            "for each unit",
        ],
        [
            "half",
            "good: at most 50%",
            "of all rated members, rounded (up)",
            "counted before the surplus moves to fair",
            "greater comes first: score",
            "ties at the limit: all keep good",
            "where is_large",
        ],
    ]
