"""The outcomes of mutants: killed, survived with a case that would kill it, equivalent, unknown, refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from kpirules import KpirulesError, loads
from kpirules.change.mutants import Mutant
from kpirules.testing import Mutation, Verdict, mutate, read_cases, run_case

RULES = """\
kpirules: 1
id: t
inputs:
  n: {type: integer, min: 0, max: 10}
  late: {type: boolean}
criteria: {work: {max: 10, points: n}}
score: {max: 10, round: {places: 0, mode: half_up}, band_on: rounded}
bands: {good: {from: 5}, poor: {from: 0}}
overrides: {veto: {when: late, band: poor}}
outputs: {x: n > 20}
"""

CASES = """\
rulebook: t.kpi.yaml
cases:
  - {name: five, given: {n: 5, late: false}, expect: {score: 5, band: good}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mutation:
    return mutate(written(tmp_path_factory.mktemp("once")) / "t.kpi.yaml")


def written(folder: Path) -> Path:
    (folder / "t.kpi.yaml").write_text(RULES, encoding="utf-8")
    (folder / "t.cases.yaml").write_text(CASES, encoding="utf-8")
    return folder


def told(found: Mutation) -> dict[str, str]:
    return {str(one.mutant): one.outcome for one in found.verdicts}


def test_every_mutant_has_an_outcome_and_the_score_follows(found: Mutation) -> None:
    assert told(found) == {
        "points criteria.work.max: `10` → `11`": "refused",
        "points criteria.work.max: `10` → `9`": "refused",
        "rounding score.round: `round` → left out": "equivalent",
        "rounding score.round.places: `0` → `1`": "equivalent",
        "rounding score.round.places: `0` → `-1`": "killed",
        "rounding score.round.mode: `half_up` → `half_even`": "equivalent",
        "rounding score.round.mode: `half_up` → `down`": "equivalent",
        "rounding score.round.mode: `half_up` → `up`": "equivalent",
        "policy score.band_on: `rounded` → `exact`": "equivalent",
        "comparison bands.good.from: `from` → `above`": "killed",
        "edge bands.good.from: `5` → `6`": "killed",
        "edge bands.good.from: `5` → `4`": "survived",
        "comparison bands.poor.from: `from` → `above`": "survived",
        "edge bands.poor.from: `0` → `1`": "survived",
        "edge bands.poor.from: `0` → `-1`": "equivalent",
        "rule overrides.veto: `veto` → left out": "survived",
        "comparison outputs.x: `>` → `>=`": "equivalent",
        "edge outputs.x: `20` → `21`": "equivalent",
        "edge outputs.x: `20` → `19`": "equivalent",
    }
    assert found.score == Fraction(3, 7)
    assert repr(found).endswith(" · 3 killed · 4 survived · 10 equivalent · 0 unknown · 2 refused>")


def test_a_case_that_would_kill_a_mutant_can_be_pasted(folder: Path, found: Mutation) -> None:
    survived = [one for one in found.verdicts if one.outcome == "survived"]
    (folder / "t.cases.yaml").write_text(CASES + "\n".join(one.case for one in survived) + "\n", encoding="utf-8")
    again = mutate(folder / "t.kpi.yaml")
    assert (again.count("survived"), again.score) == (0, 1)
    program = loads(RULES)
    assert all(run_case(program, case).passed for case in read_cases(folder / "t.cases.yaml").cases)


def test_text_and_data(found: Mutation) -> None:
    lines = str(found).splitlines()
    assert lines[0].endswith("t.kpi.yaml:8:22: edge bands.good.from: `5` → `4`")
    assert lines[1] == '  - name: "kills edge bands.good.from: `5` → `4`"'
    assert lines[-1].endswith("42.8 % killed (3 killed, 4 survived, 10 equivalent, 0 unknown, 2 refused)")
    whole = found.text(is_whole=True)
    assert "(by `five`)" in whole
    assert "(z3 proves that every subject is rated alike)" in whole
    data = found.data()
    assert data["counts"] == {"killed": 3, "survived": 4, "equivalent": 10, "unknown": 0, "refused": 2}
    assert data["mutants"][4]["how"] == "by `five`"
    bare = Verdict(Mutant("edge", "bands.good", "1", "2"), "unknown")
    assert str(bare) == "unknown edge bands.good: `1` → `2`"
    assert Mutation("t", ()).score == 1


def test_examples_count_and_cases_of_others_do_not(folder: Path) -> None:
    (folder / "t.kpi.yaml").write_text(
        RULES + "examples: [{name: none, given: {n: 9, late: true}, expect: {band: poor}}]\n", encoding="utf-8"
    )
    (folder / "other.cases.yaml").write_text(CASES.replace("t.kpi", "other.kpi"), encoding="utf-8")
    (folder / "broken.cases.yaml").write_text("cases: 1\n", encoding="utf-8")
    assert mutate(folder / "t.kpi.yaml").count("killed") == 4


REFUSING = """\
kpirules: 1
id: t
inputs: {n: {type: integer, min: 0, max: 3}}
outputs: {x: n}
validations: {v: {that: n < 3}}
"""


def test_a_refusal_can_be_an_expectation(tmp_path: Path) -> None:
    (tmp_path / "t.kpi.yaml").write_text(REFUSING, encoding="utf-8")
    found = mutate(tmp_path / "t.kpi.yaml")
    cases = {str(one.mutant): one.case.splitlines()[-1].strip() for one in found.verdicts}
    assert cases == {
        "rule validations.v: `v` → left out": "expect: {error: KR605}",
        "comparison validations.v: `<` → `<=`": "expect: {error: KR605}",
        "edge validations.v: `3` → `4`": "expect: {error: KR605}",
        "edge validations.v: `3` → `2`": "expect: {status: rated}",
    }
    assert found == mutate(tmp_path / "t.kpi.yaml", [], jobs=2)


def test_a_case_names_the_variant_and_day_of_its_subject(tmp_path: Path) -> None:
    rules = (
        "kpirules: 1\nid: t\ninputs: {n: {type: integer, min: 0, max: 3}}\noutputs: {x: n}\n"
        "variants: {a: {}, b: {outputs: {x: n > 2}}}\n"
    )
    (tmp_path / "t.kpi.yaml").write_text(rules, encoding="utf-8")
    found = mutate(tmp_path / "t.kpi.yaml")
    assert {one.case.splitlines()[1] for one in found.verdicts} == {"    variant: b"}
    rules = (
        "kpirules: 1\nid: t\ninputs: {n: {type: integer, min: 0, max: 3}}\noutputs: {x: n > 1}\n"
        "amendments: [{from: 2026-07-01, change: {outputs: {x: n}}}]\n"
    )
    (tmp_path / "t.kpi.yaml").write_text(rules, encoding="utf-8")
    found = mutate(tmp_path / "t.kpi.yaml")
    assert {one.case.splitlines()[1] for one in found.verdicts} == {"    on: 2026-06-30"}


def test_cases_that_fail_tell_nothing(folder: Path) -> None:
    (folder / "t.cases.yaml").write_text(CASES.replace("score: 5", "score: 6"), encoding="utf-8")
    with pytest.raises(KpirulesError, match="KR720"):
        mutate(folder / "t.kpi.yaml")


def test_members_of_cohorts_are_asked_about_and_quotas_are_shown_with_cohorts(tmp_path: Path) -> None:
    quota = (
        "{band: good, at_most: 50%, of: all, base: before, round: down, minimum: 0, order: [score], ties: demote, "
        "demote_to: poor}"
    )
    few = "".join(line for line in RULES.splitlines(keepends=True) if not line.startswith(("score:", "outputs:")))
    (tmp_path / "t.kpi.yaml").write_text(f"{few}cohort: {{quotas: {{few: {quota}}}}}\n", encoding="utf-8")
    members = "[{name: a, given: {n: 9, late: false}}, {name: b, given: {n: 8, late: false}}]"
    expect = "{members: {a: {band: good}, b: {band: poor}}}"
    (tmp_path / "t.cases.yaml").write_text(
        f"rulebook: t.kpi.yaml\ncases: [{{name: both, members: {members}, expect: {expect}}}]\n", encoding="utf-8"
    )
    found = told(mutate(tmp_path / "t.kpi.yaml"))
    assert found["rule cohort.quotas.few: `few` → left out"] == "killed"
    assert found["policy cohort.quotas.few.ties: `demote` → `keep`"] == "survived"
    assert found["rule overrides.veto: `veto` → left out"] == "survived"


def test_a_difference_that_no_case_can_expect_is_unknown(tmp_path: Path) -> None:
    rules = (
        "kpirules: 1\nid: t\ninputs: {n: {type: integer, min: 0, max: 3}}\n"
        "criteria: {a: {max: 3, points: n}}\n"
        "score: {round: {places: 0}, limits: {cap: {at_most: 2.9}}}\n"
    )
    (tmp_path / "t.kpi.yaml").write_text(rules, encoding="utf-8")
    found = {str(one.mutant): (one.outcome, one.how) for one in mutate(tmp_path / "t.kpi.yaml").verdicts}
    assert found["number score.limits.cap.at_most: `2.9` → `2.8`"] == (
        "unknown", "a subject differs in nothing that a case can expect",
    )  # fmt: skip


def test_progress_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.kpi.yaml").write_text(REFUSING, encoding="utf-8")
    told: list[int] = []
    mutate(tmp_path / "t.kpi.yaml", advance=told.append)
    assert told == [4] * 5


def test_a_divisor_that_is_never_zero_makes_what_stands_for_it_equivalent(tmp_path: Path) -> None:
    wide = "{type: integer, min: 0, max: 1000000}"
    rules = (
        f"kpirules: 1\nid: t\ninputs: {{n: {wide}, m: {wide}}}\n"
        "outputs:\n  x: ratio(n, m + 1, if_zero=0)\n  y: ratio(n, m, if_zero=0)\n  z: round(ratio(n, 2, if_zero=0))\n"
    )
    (tmp_path / "t.kpi.yaml").write_text(rules, encoding="utf-8")
    found = [one for one in mutate(tmp_path / "t.kpi.yaml").verdicts if one.mutant.old == "0"]
    assert [(one.mutant.path, one.outcome) for one in found] == [
        ("outputs.x", "equivalent"), ("outputs.y", "survived"), ("outputs.z", "equivalent"),
    ]  # fmt: skip
    assert found[0].how == "the check proves that the divisor is never zero"
