"""Documents that are not rulebooks: their diagnostics, all reported at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kpirules.diagnostics import Report
from kpirules.diagnostics.codes import CATALOGUE
from kpirules.diagnostics.render import render_text
from kpirules.documents import build, read_bytes, read_text
from kpirules.language.model import Rulebook

REJECTED = Path(__file__).parents[2] / "conformance" / "rejected"
OWN = re.compile(r"KR(1[2-9]\d|5[01]\d|214)")
"""Codes that only building reports; those of merging have tests of their own."""

OTHERS = (
    "KR223-value-of-a-table",
    "KR240-parameter-reads-an-input",
    "KR241-parameters",
    "KR103-key-of-a-criterion",
    "KR201-unknown-field-in-unique",
    "KR205-number-of-too-many-digits",
)


def built(text: str) -> tuple[Rulebook | None, Report]:
    document, problems = read_text(text, "a.kpi.yaml")
    assert document is not None
    rulebook, found = build(document)
    return rulebook, Report.of([*problems, *found])


def codes(text: str) -> list[str]:
    return [diagnostic.code for diagnostic in built("kpirules: 1\n" + text)[1]]


def said(text: str) -> list[str]:
    return [diagnostic.message for diagnostic in built("kpirules: 1\n" + text)[1]]


def helped(text: str) -> list[str]:
    return [diagnostic.help for diagnostic in built("kpirules: 1\n" + text)[1]]


FILES = sorted(
    path
    for path in REJECTED.glob("KR*.kpi.yaml")
    if OWN.match(path.name) or path.name.removesuffix(".kpi.yaml") in OTHERS
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_rejected_document_is_reported_in_the_expected_words(path: Path) -> None:
    """The expected text may continue with the findings of the checks."""
    document, _ = read_bytes(path.read_bytes(), path.name)
    assert document is not None
    expected = path.with_name(path.name.replace(".kpi.yaml", ".txt")).read_text(encoding="utf-8")
    _, found = build(document)
    assert path.name[:5] in {diagnostic.code for diagnostic in found}
    for diagnostic in found:
        block = render_text(Report.of([diagnostic])).rpartition("\n\n")[0]
        assert f"{block}\n" in expected


def own_codes() -> list[str]:
    return sorted(code for code in CATALOGUE if re.fullmatch(r"KR(1[2-9]\d|5[01]\d)", code))


@pytest.mark.parametrize("code", own_codes())
def test_every_code_has_a_rejected_document(code: str) -> None:
    assert any(path.name.startswith(code) for path in FILES)


@pytest.mark.parametrize("code", own_codes())
def test_the_page_of_a_code_shows_a_document_that_fails_and_one_that_passes(code: str) -> None:
    fails, passes = re.findall(r"```yaml\n(.*?)\n```", CATALOGUE[code].page, re.DOTALL)
    assert [diagnostic.code for diagnostic in built(fails)[1]] == [code]
    rulebook, report = built(passes)
    assert rulebook is not None
    assert len(report) == 0


def test_a_mistake_in_one_place_hides_none_elsewhere() -> None:
    text = """
parameters: {most: 1 +, part: [1]}
inputs: {worked: {type: integer, min: 5, max: 1}}
criteria:
  quality: {max: most, rate: 2 *}
  speed: {max: part, rate: 0.5, combine: mean}
bands: {good: {from: goood}, poor: {from: 0}}
overrides: {veto: {band: god}}
"""
    assert codes(text) == ["KR200", "KR121", "KR135", "KR200", "KR133", "KR136", "KR144"]


def test_a_misspelt_key_is_taken_for_the_one_it_is_near_to() -> None:
    rulebook, report = built("kpirules: 1\ntitel: Staff\ninputs: {a: {typ: boolean}}")
    assert [diagnostic.code for diagnostic in report] == ["KR103", "KR103"]
    assert rulebook is not None
    assert rulebook.words.label is not None
    assert rulebook.words.label.text() == "Staff"
    assert rulebook.inputs[0].id == "a"


def test_a_key_that_is_near_to_none_is_passed_over() -> None:
    rulebook, report = built("kpirules: 1\nzzz: [1]")
    assert [diagnostic.code for diagnostic in report] == ["KR103"]
    assert rulebook == built("kpirules: 1")[0]


def test_wording_that_is_wrong_leaves_a_rulebook() -> None:
    rulebook, report = built("kpirules: 1\ncriteria: {a: {max: 1, rate: 1, label: 5, source: [1], note: {e: x}}}")
    assert rulebook is not None
    assert [diagnostic.code for diagnostic in report] == ["KR121", "KR121", "KR151"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("inputs: 5", "`inputs` must be inputs by id, not the number 5"),
        ("inputs: [a]", "`inputs` must be inputs by id, not a list"),
        ("id: {a: b}", "`id` must be an id, possibly dotted, not a mapping"),
        ("allow: true", "`allow` must be codes with reasons, not `true`"),
        ("inputs: {a: {type: number, max: x}}", "`max` must be a number, not a text"),
        ("inputs: {a: {type: number, max: '5'}}", "`max` must be a number, not a text"),
        ("inputs: {a: {type: text, default: 5}}", "`default` must be a text, not the number 5"),
        (
            "inputs: {a: {type: choice, options: [1]}}",
            "number 1 of `options` must be a quoted option, not the number 1",
        ),
        ("edition: true", "`edition` must be a text, not `true`"),
        (
            "criteria: {a: {max: true, rate: 1}}",
            "`max` must be a number or the name of a parameter, not `true`",
        ),
        (
            "tables: {t: {steps: [{value: true}]}}",
            "`value` must be a number or the name of a parameter, not `true`",
        ),
        (
            "bands: {a: {}}\ntables: {t: {steps: [{value: 5}], gives: bands}}",
            "`value` must be an option, not `5`",
        ),
        (
            "tables: {t: {scale: [[1, 2, 3], [2, 3]]}}",
            "number 1 of `scale` must be a pair `[x, points]`, not a list of 3",
        ),
        ("tables: {t: {thresholds: {above: []}}}", "`above` has nothing in it"),
        ("inputs: {a: {type: number, decimals: 0.5}}", "`decimals` is 0.5"),
        ("calendars: {c: {weekend: [sunday]}}", "`sunday` is not a valid value of number 1 of `weekend`"),
        ("id: a..b", "`a..b` cannot be an id"),
        ("id: a.!", "`a.!` cannot be an id"),
        ("effective: {}", "a period needs one of `from` or `until`"),
        ("effective: {from: 2026}", "`from` must be a date, but `2026` is not"),
        ("source: {}", "a citation needs one of `document`, `article`, `clause` or `url`"),
    ],
)
def test_a_value_of_the_wrong_kind_is_reported_in_the_words_of_rulebooks(text: str, message: str) -> None:
    assert message in said(text)


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("inputs: {a: {type: number, min: '5'}}", "write the number without quotes"),
        ("criteria: {a: {max: '5', rate: 1}}", "write the number without quotes"),
        ("require_sources: yes", "write `true`"),
        ("require_sources: off", "write `false`"),
        ("inputs: {a: {type: text, max_length: 0}}", "write a whole number from 1 to 1,000,000"),
        (
            "exemptions: {a: {when: true, status: 1x}}",
            "an id has only letters a-z and A-Z, digits and `_`; write the text for people in `label`",
        ),
        (
            "exemptions: {a: {when: true, status: Nghỉ phép}}",
            "write `Nghi_phep`; write the text for people in `label`",
        ),
        (
            "id: a.!",
            "an id has only lowercase letters a-z, digits and `_`; write the text for people in `label`",
        ),
        ("title: 2026", 'quote it: `"2026"`'),
    ],
)
def test_a_common_mistake_is_reported_with_help(text: str, help: str) -> None:
    assert help in helped(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parameters: {a: b, b: a, c: a + 1}", ["KR241"]),
        ("parameters: {a: 1 / 0, b: a + 1}\ncriteria: {c: {max: b, rate: 1}}", ["KR149"]),
        ("parameters: {a: t(1)}\ntables: {t: {scale: [[0, 0], [1, 1]]}}", ["KR240"]),
        ("parameters: {a: x}\nlet: {x: 1}", ["KR240"]),
        ("parameters: {a: 'default(b, 1)', b: 2}", ["KR231"]),
        ("parameters: {a: zzz}", ["KR201"]),
        ("parameters: {a: 'date(2026, 2, 30)'}", ["KR149"]),
    ],
)
def test_a_parameter_that_has_no_value_is_reported_once(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("functions: {f: {args: [x, x], value: x}}", ["KR140"]),
        ("functions: {f: {args: [max], value: 1}}", ["KR127"]),
        ("functions: {f: {args: [B], value: 1}}", ["KR126"]),
        ("functions: {f: {args: [x], value: 1 +}}", ["KR200"]),
        ("functions: {f: {args: [x]}}", ["KR120"]),
        ("functions: {f: {args: [x], value: f(x)}}", ["KR214"]),
        ("functions: {f: {args: [x], value: x}}\nlet: {a: 'f(1, 2)'}", ["KR211"]),
    ],
)
def test_a_function_that_means_nothing_is_reported(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("inputs: {a: {type: choice, options: b}, b: {type: choice, options: a}}", ["KR241"]),
        ("inputs: {a: {type: choice, options: a1}}", ["KR142"]),
        ("inputs: {a: {type: choice, options: b}, b: {type: choice, options: c}}", ["KR142"]),
        ("inputs: {a: {type: choice, options: []}}", ["KR150"]),
        ("inputs: {a: {type: choice}}", ["KR120"]),
        ("inputs: {a: {type: list, fields: {b: {type: choice, options: zz}}}}", ["KR142"]),
        ("inputs: {a: {type: list, fields: {b: {type: list}}}}", ["KR123"]),
        ("inputs: {a: {type: list, fields: {b: {type: date}}, let: {b: 1}}}", ["KR128"]),
        ("inputs: {a: {type: list, fields: {b: {type: date}}, unique: [b, b]}}", ["KR140"]),
        ("inputs: {a: {type: list, fields: {b: {type: date}}, min_items: 2, max_items: 1}}", ["KR135"]),
        ("inputs: {a: {type: number, above: 1, below: 1}}", ["KR135"]),
        ("inputs: {a: {type: number, min: 1, above: 1}}", ["KR131"]),
        (
            "inputs: {a: {type: choice, options: bands}}\ntables: {t: {steps: [{value: x}], gives: bands}}",
            ["KR142", "KR142"],
        ),
    ],
)
def test_an_input_without_a_domain_is_reported(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    ("input", "why"),
    [
        ("{type: number, min: 1, default: 0}", "the least is 1"),
        ("{type: number, max: 1, default: 2}", "the greatest is 1"),
        ("{type: number, above: 1, default: 1}", "it is above 1"),
        ("{type: number, below: 1, default: 1}", "it is below 1"),
        ("{type: integer, default: 0.5}", "it is a whole number"),
        ("{type: number, decimals: 1, default: 0.25}", "it has at most 1 digit after the point"),
        ("{type: number, step: 0.5, default: 0.25}", "it is a multiple of 0.5"),
        ("{type: date, max: 2026-01-01, default: 2026-01-02}", "the greatest is 2026-01-01"),
        ("{type: text, max_length: 2, default: abc}", "at most 2 characters are allowed"),
        ("{type: choice, options: {a: A, b: B}, default: c}", "the options are `a` and `b`"),
    ],
)
def test_a_default_outside_the_domain_is_reported_with_the_reason(input: str, why: str) -> None:
    assert helped(f"inputs: {{a: {input}}}") == [why]


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("{max: 1, measure: 1}", ["KR132"]),
        ("{max: 1, measure: 1, scale: [[0, 0], [1, 1]], lookup: {a: 1}}", ["KR131"]),
        ("{criteria: {b: {max: 1, rate: 1}}, met: 1 > 0}", ["KR133"]),
        ("{criteria: {b: {max: 1, rate: 1}}, combine: sum, points: 1}", ["KR131"]),
        ("{max: 1, rate: 1, round: {to: 0}}", ["KR137"]),
        ("{max: 1, rate: 1, round: {places: 40}}", ["KR137"]),
        ("{max: 1, rate: 1, round: {mode: up}}", ["KR132"]),
        ("{max: 1, rate: 1, round: 2}", ["KR121"]),
        ("{max: 1, entered: {step: -1}}", ["KR137"]),
        ("{max: 1, entered: 5}", ["KR121"]),
        ("{max: -1, rate: 1}", ["KR135"]),
        ("{max: 1, measure: 1, lookup: {a: {undefined: false}}}", ["KR133"]),
        ("{max: 1, measure: 1, steps: [{from: 2, to: 1, points: 1}]}", ["KR135"]),
        ("{max: 1, measure: 1, steps: [{from: x, to: 1, points: 1}]}", ["KR136"]),
        ("{max: 1, measure: 1, steps: [{from: 1}]}", ["KR132"]),
        ("{max: 1, measure: 1, steps: [{from: 1, points: 1, rate: 1}]}", ["KR131"]),
        ("{max: 1, measure: 1, scale: [[2, x], [x, 1], [1, 1]]}", ["KR136", "KR136"]),
        ("{max: 1, measure: 1, thresholds: 5}", ["KR121"]),
        ("{criteria: {a: {max: 1, rate: 1}}}", ["KR129"]),
    ],
)
def test_a_criterion_that_cannot_earn_points_is_reported(criterion: str, expected: list[str]) -> None:
    assert codes(f"criteria: {{a: {criterion}}}") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bands: {a: {from: 1}}\noverrides: {o: {band_at_most: b}}", ["KR144"]),
        ("bands: {a: {from: 1}}\noverrides: {o: {band_at_most: }}", ["KR122"]),
        ("overrides: {o: {unrated: undecided}}", ["KR148"]),
        ("bands: {levels: {}, fall: next}", ["KR150"]),
        ("bands: {measure: 5}", ["KR103"]),
        ("bands: {a: {requires: {}}}", ["KR150"]),
        ("bands: 5", ["KR121"]),
        ("score: {combine: sum, points: 1}\ncriteria: {a: {max: 1, rate: 1}}", ["KR131"]),
        ("tables: {t: {scale: [[0, 0], [1, 1]], gives: {options: [a]}}}", ["KR133"]),
        ("calendars: {c: {weekend: [], from: 2026-01-01, until: 2025-01-01}}", ["KR502"]),
        ("examples: [{expect: {}}]", ["KR120"]),
        ("examples: [{name: a, like: b, expect: {}}, {name: b, like: a, expect: {}}]", ["KR241"]),
        ("examples: [{name: a, like: c, expect: {}}]", ["KR143"]),
        ("examples: [{name: a, expect: 5}]", ["KR121"]),
    ],
)
def test_what_decides_the_rating_must_be_whole(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_every_rule_names_a_source_where_sources_are_required() -> None:
    text = """
require_sources: true
inputs: {a: {type: boolean}}
parameters: {p: 1}
tables: {t: {scale: [[0, 0], [1, 1]]}}
exemptions: {e: {when: a, status: away}}
criteria:
  cited: {source: Article 1, criteria: {quality: {max: 1, rate: 1}}}
  plain: {criteria: {speed: {max: 1, rate: 1}}}
score: {limits: {l: {at_most: 1}}}
bands: {good: {from: 0}}
overrides: {o: {when: a, band: good}}
"""
    rulebook, report = built("kpirules: 1\n" + text)
    assert [diagnostic.message for diagnostic in report] == [
        "the parameter `p` has no source",
        "the table `t` has no source",
        "the exemption `e` has no source",
        "the criterion `speed` has no source",
        "the limit `l` has no source",
        "the band `good` has no source",
        "the override `o` has no source",
    ]
    assert rulebook is not None


def test_the_source_of_the_bands_is_the_source_of_every_band() -> None:
    assert codes("require_sources: true\nbands: {source: Article 2, levels: {good: {}}}") == []


def test_a_caret_lands_under_the_name_inside_a_folded_expression() -> None:
    text = 'kpirules: 1\nparameters:\n  a: >-\n    1 +\n    zzz\n  b: "2 * é"\n'
    places = [diagnostic.span.text for diagnostic in built(text)[1] if diagnostic.span]
    assert places == ["zzz", "é"]


def test_every_one_of_many_circles_of_parameters_is_reported() -> None:
    lines = [f"  p{i}: p{i ^ 1}" for i in range(1_998)]
    assert set(codes("parameters:\n" + "\n".join(lines))) == {"KR241"}


def test_a_long_chain_of_parameters_is_computed() -> None:
    lines = ["  p0: 1", *(f"  p{i}: p{i - 1} + 1" for i in range(1, 1_500))]
    rulebook, report = built("kpirules: 1\nparameters:\n" + "\n".join(reversed(lines)))
    assert len(report) == 0
    assert rulebook is not None
    assert rulebook.parameters[0].value == 1_500


def test_every_one_of_very_many_problems_is_reported() -> None:
    lines = [f"  c{i}: {{max: mostly, rate: 1}}" for i in range(1_500)]
    text = "kpirules: 1\nparameters: {" + ", ".join(f"m{i}: 1" for i in range(20)) + ", mostly1: 1}\ncriteria:\n"
    report = built(text + "\n".join(lines))[1]
    assert len(report) == 1_500
    assert report.diagnostics[0].help == "did you mean `mostly1`?"
    assert not report.diagnostics[-1].help.startswith("did you mean `mostly1`")


def test_of_very_many_unknown_keys_the_first_get_a_suggestion() -> None:
    report = built("kpirules: 1\n" + "".join(f"title{i}: a\n" for i in range(200)))[1]
    assert [d.help.startswith("did you mean `title`") for d in report] == [True] * 100 + [False] * 100


def test_the_path_to_a_mistake_does_not_repeat_a_very_long_key() -> None:
    # The plain key would be the longest that YAML takes on one line: 1,024 characters.
    report = built(f"kpirules: 1\ncriteria: {{{'k' * 1_000}: {{a: 1, criteria: {{b: {{c: 1}}}}}}}}")[1]
    start = f"criteria.{'k' * 200}…."
    assert {d.path.removeprefix(start) for d in report if d.code == "KR103"} == {"a", "criteria.b.c"}


@pytest.mark.parametrize(
    ("text", "way_out"),
    [
        ("inputs: {late: boolean}", "write `{type: boolean}`"),
        ("inputs: {late: bool}", ""),
        ("criteria: {q: {max: 1, rate: 1, round: 2}}", "write `{places: 2}`"),
        ("bands: [good, poor]", "give each an id, and write it as `id: …`"),
        ("criteria: {q: {max: '0,5', rate: 1}}", "write `0.5`, with a point"),
        ("criteria: {q: {max: [5], rate: 1}}", ""),
    ],
)
def test_a_value_in_another_form_is_reported_with_the_right_one(text: str, way_out: str) -> None:
    assert helped(text)[0] == way_out


def test_a_comma_in_a_number_and_a_colon_without_a_space_are_recognised() -> None:
    def found(text: str) -> list[tuple[str, str]]:
        _, problems = read_bytes(f"kpirules: 1\n{text}".encode(), "a.kpi.yaml")
        return [(one.message, one.help) for one in problems]

    assert found("criteria: {q: {entered: {step: 0,5}}}") == [
        ("a comma has split `0,5`", "write `0.5`, with a point")
    ]
    assert found("criteria: {q: {max:30, rate: 1}}") == [
        ("`max:30` has no value", "write a space after the colon: `max: 30`")
    ]
