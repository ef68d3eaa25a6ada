"""A mistake hides only the findings that depend on it."""

from __future__ import annotations

import re
from functools import cache
from itertools import product

import pytest
from checked import diagnostics

import kpirules as kr
from tests.budget import some

HEAD = """
kpirules: 1
inputs:
  x: {type: number, min: 0, max: 10, decimals: 1}
  y: {type: integer, min: 0, max: 10}
  ok: {type: boolean}
"""

BANDS = "bands: {good: {from: 5}, poor: {below: 5}}"

FINDINGS = {
    "KR314": "criteria: {a: {max: 10, measure: y, steps: [{from: 5, points: 7}, {to: 3, points: 0}]}, M}",
    "KR315": "let: {z: x / 2}\n"
    "criteria: {a: {max: 9, measure: z, steps: [{from: 7, points: 7}, {from: 0, points: 5}, {points: 0}]}, M}",
    "KR322": "criteria: {a: {max: 10, points: x}, M}\n"
    f"score: {{limits: {{l: {{when: ok, at_most: 4.5}}}}, round: {{places: 0}}, band_on: rounded}}\n{BANDS}",
    "KR330": "criteria: {a: {max: 10, points: x}, M}\nbands: {good: {from: 5}, poor: {below: 4}}",
    "KR331": "criteria: {a: {max: 10, points: x}, M}\nbands: {good: {from: 5}, poor: {to: 6}}",
    "KR332": "criteria: {a: {max: 10, points: x}, M}\nbands: {best: {from: 50}, good: {from: 5}, poor: {below: 5}}",
    "KR334": "criteria: {a: {max: 10, points: x}, M}\nbands: {good: {from: 5, requires: ok}, poor: {below: 5}}",
    "KR337": "criteria: {g: {rescale: true, criteria: {a: {max: 9, points: x, applies: ok}}}, M}",
    "KR341": "criteria: {a: {max: 10, points: 5 if y < 20 else 3}, M}",
    "KR342": "criteria: {g: {max: 10, combine: mean, criteria: {a: {points: x}}}, M}",
    "KR343": "let: {z: 10 * x}\ncriteria: {a: {max: 60, points: (z + y) / 2}, M}",
    "KR350": "criteria: {a: {max: 10, points: x / y, outside: clamp}, M}",
    "KR351": "criteria: {a: {max: 10, points: ln(x), outside: clamp}, M}\nscore: {round: {places: 2}}",
    "KR352": "criteria: {a: {max: 5, points: x}, M}",
    "KR402": "criteria: {a: {max: 10, points: x}, M}\n"
    f"{BANDS}\noverrides: {{o: {{when: ok, band: poor}}, p: {{when: ok, band: good}}}}",
}

MISTAKES = {
    "KR200": "m: {max: 1, points: x +}",
    "KR201": "m: {max: 1, points: no_such_name}",
    "KR220": "m: {max: 1, points: ok + 1}",
    "KR230": "m: {max: 1, points: avg(t.h for t in tasks)}",
    "KR313": "m: {max: 1, points: 2}",
}

LISTS = "  tasks: {type: list, fields: {h: {type: integer, min: 0, max: 1}}}\n"


@cache
def told(text: str) -> frozenset[str]:
    return frozenset(one.code for one in kr.check(text=HEAD + text))


@pytest.mark.parametrize(("code", "mistake"), some(product(FINDINGS, MISTAKES), 4))
def test_a_mistake_in_another_criterion_hides_no_finding(code: str, mistake: str) -> None:
    text = FINDINGS[code].replace("M}", f"{MISTAKES[mistake]}}}")
    assert {code, mistake} <= told(f"{LISTS if 'tasks' in text else ''}{text}")


def test_a_mistake_in_an_output_hides_no_score_without_rounding() -> None:
    assert {"KR320", "KR201"} <= told("criteria: {a: {max: 10, points: x / 3}}\noutputs: {o: no_such_name}")


def test_a_finding_beside_a_mistake_is_shown_with_a_subject_but_without_its_rating() -> None:
    report = kr.check(text=f"{HEAD}criteria: {{a: {{max: 5, points: x}}, {MISTAKES['KR201']}}}\n{BANDS}")
    (found,) = (one for one in report if one.code == "KR352")
    assert found.notes == ('shown with {"x": 10, "y": 0, "ok": false}',)


TWO = "criteria: {{a: {{max: 1, points: {}}}, b: {{max: 9, points: 1, outside: clamp}}}}"


@pytest.mark.parametrize(
    "text",
    [
        # What a formula reads.
        "let: {z: no_such_name}\noutputs: {o: 1 / z}",
        "let: {z: no_such_name, w: z + y}\noutputs: {o: 1 / w}",
        "let: {z: z}\noutputs: {o: 1 / z}",
        "criteria: {a: {max: 9, points: no_such_name}}\noutputs: {o: 1 / points.a}",
        "criteria: {a: {max: 9, points: no_such_name}}\noutputs: {o: 1 / share.a}",
        "criteria: {a: {max: 9, points: no_such_name}}\noutputs: {o: 1 / score}",
        "criteria: {g: {criteria: {a: {max: 9, points: no_such_name}}}}\noutputs: {o: 1 / points.g}",
        "criteria: {g: {criteria: {a: {max: 9, points: no_such_name}}}}\n"
        "outputs: {o: 1 / sum(c.points for c in children.g)}",
        "criteria: {a: {max: 0, points: 0, round: {places: 0}}, b: {max: 9, points: 1}}\n"
        "score: {combine: mean, limits: {l: {at_most: no_such_name}}}\noutputs: {o: 1 / score}",
        "outputs: {o: no_such_name, p: 1 / o}",
        # What decides whether it is asked.
        "criteria: {a: {max: 9, applies: no_such_name, points: 1 / y, outside: clamp}}\nscore: {rescale: true}",
        "criteria: {g: {applies: no_such_name, criteria: {a: {max: 9, points: 1 / y, outside: clamp}}}}\n"
        "score: {rescale: true}",
        "criteria: {a: {max: 9, points: 1}}\nscore: {limits: {l: {when: no_such_name, at_most: 1 / y}}}",
        f"criteria: {{a: {{max: 9, points: x}}}}\n{BANDS}\n"
        "overrides: {o: {when: no_such_name, band_at_most: \"'good' if 1 / y > 1 else 'poor'\"}}",
        # Which subjects there are.
        "validations: {v: {that: no_such_name > 0}}\noutputs: {o: 1 / y}",
        "exemptions: {e: {when: no_such_name, status: out}}\noutputs: {o: 1 / y}",
        f"{LISTS.replace('}}}', '}}, validations: {v: {that: no_such_name}}}')}outputs: {{o: 1 / y}}",
        # What comes with the bands.
        "criteria: {a: {max: 9, points: x}}\nbands: {good: {from: 5, requires: no_such_name}, poor: {below: 5}}\n"
        "outputs: {o: 1 / (1 if band == 'good' else 0)}",
        "criteria: {a: {max: 9, points: x}}\nbands: {measure: no_such_name, levels: {good: {from: 5}, poor: {below: 5}}}\n"
        "outputs: {o: 1 / (1 if band == 'good' else 0)}",
        f"criteria: {{a: {{max: 9, points: x}}}}\n{BANDS}\noverrides: {{o: {{when: no_such_name, band: good}}}}\n"
        "outputs: {o: 1 / (1 if band == 'good' else 0)}",
        f"criteria: {{a: {{max: 9, points: x}}}}\n{BANDS}\noverrides: {{o: {{band_at_most: \"no_such_name if ok else 'good'\"}}}}\n"
        "outputs: {o: 1 / (1 if band == 'good' else 0)}",
    ],
)  # fmt: skip
def test_findings_that_depend_on_a_mistake_are_not_reported(text: str) -> None:
    found = told(text)
    assert found & {"KR201", "KR241"}
    assert "KR350" not in found


@pytest.mark.parametrize(
    "text",
    [
        "let: {z: no_such_name}\noutputs: {o: 1 / y, p: z}",
        "outputs: {o: 1 / y, p: no_such_name}",
        "invariants: {i: {that: no_such_name}}\noutputs: {o: 1 / y}",
        f"criteria: {{a: {{max: 9, points: no_such_name}}}}\n{BANDS}\noutputs: {{o: 1 / y}}",
        f"criteria: {{a: {{max: 9, points: x}}}}\n{BANDS}\noverrides: {{o: {{band_at_most: \"no_such_name if ok else 'good'\"}}}}\n"
        "outputs: {o: 1 / y}",
        "criteria: {a: {max: 9, points: x}}\nbands: {good: {from: 5}, poor: {below: 5}, best: {from: 7}}\n"
        "outputs: {o: 1 / y}",
        "let: {z: z}\noutputs: {o: 1 / y, p: z}",
        f"{LISTS.replace('}}}', '}}, let: {e: item.no_such_name}}')}outputs: {{o: 1 / y, p: sum(t.e for t in tasks)}}",
    ],
)
def test_all_other_findings_are_reported(text: str) -> None:
    assert "KR350" in told(text)


# -- keys that may stand for any other ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("outputs: {o: 1 / y}\nno_such_key: 1", False),
        ("outputs: {o: 1 / y, p: {value: 1, no_such_key: 1}}", True),
        ("outputs: {o: {value: 1 / y, no_such_key: 1}}", False),
        ("let: {z: {value: y, no_such_key: 1}}\noutputs: {o: 1 / z}", False),
        ("exemptions: {e: {when: ok, status: out, no_such_key: 1}}\noutputs: {o: 1 / y}", False),
        ("parameters: {p: {value: 1, no_such_key: 1}}\noutputs: {o: p / y}", False),
        ("tables: {t: {no_such_key: 1, steps: [{from: 1, value: 1}, {value: 0}]}}\noutputs: {o: 1 / t(y)}", False),
        ("tables: {t: {no_such_key: 1, steps: [{from: 1, value: 1}, {value: 0}]}}\noutputs: {o: t(y) + 1, p: 1 / y}", True),
        ("  z: {type: integer, min: 0, max: 1, no_such_key: 1}\noutputs: {o: 1 / z}", False),
        ("  z: {type: integer, min: 0, max: 1, no_such_key: 1}\noutputs: {o: z, p: 1 / y}", True),
        ("criteria: {a: {max: 9, points: 1 / y, outside: clamp, no_such_key: 1}}", False),
        ("criteria: {a: {max: 9, points: 1, no_such_key: 1}, b: {max: 9, points: 1 / y, outside: clamp}}", True),
        ("criteria: {g: {no_such_key: 1, criteria: {a: {max: 9, points: 1 / y, outside: clamp}}}}", False),
        ("criteria: {a: {max: 9, points: 1 / y, outside: clamp}}\nscore: {no_such_key: 1}", False),
        ("criteria: {a: {max: 9, points: x}}\nbands: {good: {from: 5, no_such_key: 1}, poor: {below: 5}}\n"
         "outputs: {o: 1 / y}", True),
        ("outputs: {o: 1 / y}\nexamples: [{name: n, no_such_key: 1, given: {}, expect: {}}]", True),
    ],
)  # fmt: skip
def test_an_unknown_key_leaves_the_parts_it_may_mean_unresolved(text: str, is_told: bool) -> None:
    found = told(text)
    assert "KR103" in found
    assert ("KR350" in found) is is_told


def test_an_unresolved_max_is_not_read() -> None:
    text = "criteria: {g: {max: 0, criteria: {a: {max: 5, points: 1}}}}\noutputs: {o: 1 / max.g}"
    assert told(text) >= {"KR301"}
    assert "KR350" not in told(text)


def test_a_source_that_is_not_written_puts_nothing_in_doubt() -> None:
    assert {"KR510", "KR350"} <= told("require_sources: true\ncriteria: {a: {max: 9, points: 1 / y, outside: clamp}}")


@pytest.mark.parametrize(
    ("points", "codes"),
    [("no_such_name", {"KR201"}), ("z", {"KR201"}), ("1", {"KR201", "KR306", "KR310"})],
)
def test_absence_is_unknown_for_an_unresolved_part(points: str, codes: set[str]) -> None:
    text = (
        "let: {z: no_such_name}\noutputs: {o: z}\n"
        f"criteria: {{g: {{rescale: true, criteria: {{a: {{max: 5, missing: exclude, points: {points}}}}}}}}}"
    )
    assert told(text) - {"KR242"} == codes


def test_groups_that_depend_on_a_mistake_are_not_said_to_leave_their_limits() -> None:
    text = "criteria: {g: {max: 5, criteria: {a: {points: no_such_name}}}, h: {max: 5, criteria: {b: {points: 1}}}}"
    assert {one.path for one in diagnostics(text) if one.code == "KR312"} == {"criteria.h"}


def test_extras_of_a_mistake_may_pass_the_max() -> None:
    """A limit that equals the max may lower the score, as points on top may pass it."""
    text = (
        "criteria: {a: {max: 5, points: no_such_name}, b: {max: 5, extra: true, points: 5}}\n"
        "score: {limits: {l: {at_most: 5}}}"
    )
    assert "KR336" not in told(text)


QUOTA = """
criteria: {{a: {{max: 9, points: x}}}}
bands: {{good: {{from: 5{}}}, poor: {{below: 5}}}}
cohort:
  quotas:
    q:
      band: good
      at_most: 20%
      of: all
      base: before
      round: down
      minimum: {}
      order: [1 / y]
      ties: undecided
      demote_to: poor
"""


@pytest.mark.parametrize(
    ("requires", "minimum", "is_told"),
    [("", "0", True), ("", "no_such_name", True), (", requires: no_such_name", "0", False)],
)
def test_the_order_of_those_who_have_a_band(requires: str, minimum: str, is_told: bool) -> None:
    assert ("KR350" in told(QUOTA.format(requires, minimum))) is is_told


def test_terms_of_a_quota_that_depend_on_a_mistake_are_not_called_negative() -> None:
    assert "KR427" not in told(QUOTA.format("", "no_such_name"))
    assert "KR651" in told(QUOTA.format("", "no_such_name").replace("20%", "-20%"))


def test_a_hole_between_bands_is_only_possible_while_the_score_is_unknown() -> None:
    text = "criteria: {{a: {{max: 9, points: {}}}}}\nbands: {{high: {{from: 5}}, low: {{to: 4}}}}\n"
    known, unknown = (kr.check(text=HEAD + text.format(points)) for points in ("y / 2", "no_such_name"))
    assert [one.evidence for one in known if one.code == "KR330"] == ["shown"]
    assert [one.notes for one in unknown if one.code == "KR330"] == [("possible, not shown",)]


FORMS = {
    "KR103": "m: {max: 1, points: y / 10, colour: red}",
    "KR121": "m: {max: 1, points: [1]}",
    "KR131": "m: {max: 1, points: 1, met: ok}",
    "KR132": "m: {max: 1, measure: y}",
    "KR139": "m: {max: 1, measure: y, steps: [{points: 1}, {from: 2, points: 0}]}",
}


@pytest.mark.parametrize(("code", "mistake"), some(product(FINDINGS, FORMS), 4))
def test_a_criterion_of_the_wrong_form_hides_no_finding(code: str, mistake: str) -> None:
    text = FINDINGS[code].replace("M}", f"{FORMS[mistake]}}}")
    assert {code, mistake} <= told(text)
    assert told(text) <= told(FINDINGS[code].replace(", M}", "}")) | {mistake, "KR242", "KR330", "KR331", "KR334"}


def test_an_input_without_its_step_hides_no_mistake() -> None:
    found = kr.check(text=HEAD + "criteria: {a: {max: 5, entered: {step: x y}}, b: {max: 5, points: no_such}}\n")
    assert [one.code for one in found] == ["KR136", "KR201"]


CRITERIA = {
    "KR132": "m: {label: nothing}",
    "KR121": "m: {max: 1, min: [1], points: 1}",
    "KR121 ": "m: {max: 1, extra: perhaps, points: 1}",
    "KR121  ": "m: {max: 1, weight: [1], points: 1}",
    "KR121   ": "m: {rescale: perhaps, criteria: {k: {max: 1, points: 1}}}",
    "KR121    ": "m: [1]",
    "KR123": "m: {max: 1, missing: nothing, points: 1}",
    "KR123 ": "m: {max: 1, combine: total, criteria: {k: {points: 1}}}",
    "KR136": "m: {max: many, points: 1}",
    "KR136 ": "m: {max: 1, entered: {step: x y}}",
    "KR150": "m: {criteria: {}}",
}

SECTIONS = {
    "inputs": ("m: [1]", "m: {type: whole}", "m: {type: number, max: [1]}", "m: {type: date, min: soon}"),
    "let": ("m: [1]", "m: {label: nothing}"),
    "outputs": ("m: [1]",),
    "invariants": ("m: [1]",),
    "overrides": ("m: [1]", "m: {when: ok}"),
    "parameters": ("m: [1]",),
    "tables": ("m: {steps: 3}",),
    "score": ("round: [1]", "band_on: rounds"),
    "effective": ("from: soon",),
    "cohort": ("quotas: {q: {band: [1]}}",),
    "validations": ("m: [1]",),
    "exemptions": ("m: {when: ok}",),
    "bands": ("m: {from: [1]}", "m: [1]"),
}

OF_LIMITS = {"KR330", "KR331", "KR332", "KR334", "KR402"}
OF_SUBJECTS = {"KR322", "KR332", "KR337", "KR350", "KR351", "KR352"}
DEPENDENT = {
    "overrides": {"KR332"},
    "validations": OF_SUBJECTS,
    "exemptions": OF_SUBJECTS,
    "bands": {"KR330", "KR331", "KR332", "KR334", "KR402"},
    "score": {"KR322", "KR332"},
}
"""The findings that depend on a section."""


def with_mistake(code: str, section: str, mistake: str) -> str:
    text = (HEAD + FINDINGS[code]).replace(", M}", "}")
    if section == "score" and (key := mistake.partition(":")[0]) in text:
        text = re.sub(rf"(, )?{key}: ({{[^}}]*}}|\\w+)", "", text)
    if f"{section}:\n" in text:
        return text.replace(f"{section}:\n", f"{section}:\n  {mistake}\n")
    if f"{section}: {{" in text:
        return text.replace(f"{section}: {{", f"{section}: {{{mistake}, ").replace(", }", "}")
    return f"{text}\n{section}: {{{mistake}}}"


@pytest.mark.parametrize(("code", "mistake"), some(product(FINDINGS, CRITERIA), 10))
def test_a_criterion_whose_limits_cannot_be_read_hides_no_other_finding(code: str, mistake: str) -> None:
    text = FINDINGS[code].replace("M}", f"{CRITERIA[mistake]}}}")
    found = told(text)
    # Which bands a score can reach, and whether an override changes one, depends on the limits of every criterion.
    assert ({code} - OF_LIMITS) | {mistake.strip()} <= found
    assert found <= told(FINDINGS[code].replace(", M}", "}")) | {mistake.strip(), "KR330", "KR331", "KR334"}


@pytest.mark.parametrize(
    ("code", "section", "mistake"),
    some(((code, key, one) for code in FINDINGS for key, several in SECTIONS.items() for one in several), 9),
)
def test_a_part_that_cannot_be_read_hides_no_other_finding(code: str, section: str, mistake: str) -> None:
    found = {one.code for one in kr.check(text=with_mistake(code, section, mistake))}
    assert any(one.startswith(("KR12", "KR13", "KR501")) for one in found)
    assert code in found or code in DEPENDENT.get(section, ())


MISSING = "inputs: {z: [1], y: {type: integer, min: 0, max: 9}}\nkpirules: 1\n"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        # What reads a part that is missing has no value either, and a name is not called unknown.
        ("outputs: {o: 1 / z, p: z > no_such_name}", {"KR121", "KR201"}),
        ("let: {w: [1]}\noutputs: {o: 1 / w}", {"KR121"}),
        ("criteria: {a: {max: 9, measure: z, steps: [{from: 1, points: 1}]}}", {"KR121"}),
        ("bands: {good: [1], poor: {from: 0}}\ncriteria: {a: {max: 9, points: y}}\n"
         "outputs: {o: \"1 / (1 if band == 'good' else 0)\"}", {"KR121"}),
        ("criteria: {a: {max: 9, missing: never, points: y}, b: {max: 9, points: points.a + 1, outside: clamp}}",
         {"KR121", "KR123"}),
        # A group does not depend on how its child earns points, but on the limits of its child.
        ("criteria: {g: {max: 9, criteria: {a: {max: 5, points: [1]}}}}", {"KR121", "KR301"}),
        ("criteria: {g: {max: 9, criteria: {a: {max: [5], points: y}}}}", {"KR121"}),
        ("criteria: {a: {weight: 40%, points: y}, b: {weight: [1], points: y}}\n"
         "score: {combine: mean, round: {places: 1}, band_on: exact}", {"KR121"}),
        ("criteria: {a: {max: 9, points: y}}\nscore: [1]\nbands: {bad: {from: 0}, good: {from: 5}}", {"KR121"}),
        ("criteria: {a: {max: 9, points: y}}\nscore: {limits: {l: {when: y > 3}}}", {"KR120", "KR121"}),
        ("variant_by: z\nvariants: {v: {}}", {"KR121"}),
        ("cohort: {within: [z]}\noutputs: {o: 1 / y}", {"KR121"}),
        ("let: [1]\noutputs: {o: 1 / y}", {"KR121"}),
        ("criteria: [1]\noutputs: {o: 1 / y}", {"KR121"}),
    ],
)  # fmt: skip
def test_what_depends_on_a_part_that_cannot_be_read_is_not_reported(text: str, codes: set[str]) -> None:
    found = kr.check(text=MISSING + text)
    assert {one.code for one in found if one.is_error} == codes
    assert "KR350" not in {one.code for one in found}


def test_a_policy_that_cannot_be_read_settles_what_is_absent() -> None:
    found = kr.check(
        text="kpirules: 1\ninputs: {s: {type: boolean, optional: true}, y: {type: integer, min: 0, max: 9}}\n"
        "criteria: {a: {max: 9, points: y}, b: {max: 9, applies: s, missing: never, entered: {step: 1}}}\n"
        "score: {rescale: false, round: {places: 0}}\n"
    )
    assert [one.code for one in found if one.is_error] == ["KR123"]
