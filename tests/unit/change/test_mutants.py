"""Every kind of small fault in a rulebook, and the documents of the mutants."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from kpirules import KpirulesError
from kpirules.change.known import KnownSubjects
from kpirules.change.mutants import Mutant, mutants
from kpirules.change.mutation import Distinction, find_difference, mutated
from kpirules.documents import read_mapping
from kpirules.documents.document import Document
from kpirules.loading.loading import load_whole, read_documents
from kpirules.rating.program import Program
from tests.budget import some
from tests.small import literal, rated

Book = dict[str, Any]

N = {"type": "integer", "min": 0, "max": 4}
YES = {"type": "boolean"}
CRITERIA = {"work": {"max": 4, "points": "n"}}
BANDED = {"criteria": CRITERIA, "score": {"round": {"places": 0}, "band_on": "rounded"}}


def book(**sections: Any) -> Book:
    inputs = {"n": N, "late": YES, "sick": YES}
    return {"kpirules": 1, "id": "t", "inputs": inputs, "allow": {"KR242": "tests", "KR243": "tests"}} | sections


def documents(rules: Book) -> list[Document]:
    document, found = read_mapping(rules)
    assert document is not None, found
    return [document]


def made(about: str = "", **sections: Any) -> list[str]:
    """Return the mutants below a path, without their paths."""
    found = mutants(documents(book(**sections)))
    return [f"{one.kind} {one.old} > {one.new}" for one in found if one.path.startswith(about)]


FORMULAS = {
    "n < 3": ["comparison < > <=", "edge 3 > 4", "edge 3 > 2"],
    "3 >= n": ["edge 3 > 4", "edge 3 > 2", "comparison >= > >"],
    "(n) == (2)": ["comparison == > !=", "edge 2 > 3", "edge 2 > 1"],
    "n / 4 > 12.5%": ["number 4 > 5", "number 4 > 3", "comparison > > >=", "number 12.5% > 12.6%", "number 12.5% > 12.4%"],
    "late and not sick": ["logic and > or", "logic not > "],
    "late or sick or n != 1": ["logic or > and", "logic or > and", "comparison != > ==", "edge 1 > 2", "edge 1 > 0"],
    "n in (1, 2)": ["logic in > not in", "number 1 > 2", "number 1 > 0", "number 2 > 3", "number 2 > 1"],
    "n not in (1,)": ["logic not in > in", "number 1 > 2", "number 1 > 0"],
    "min(n, 2) > max(n, 1)": [
        "choice min > max", "number 2 > 3", "number 2 > 1", "comparison > > >=", "choice max > min", "number 1 > 2",
        "number 1 > 0",
    ],
    "any(t.ok for t in tasks)": ["choice any > all"],
    "True": ["choice True > False"],
    "late": [],
    "ratio(n, 2, if_zero=0) > n": ["number 2 > 3", "number 2 > 1", "number 0 > 1", "comparison > > >="],
}  # fmt: skip


@pytest.mark.parametrize(("formula", "told"), FORMULAS.items(), ids=FORMULAS)
def test_formulas(formula: str, told: list[str]) -> None:
    tasks = {"type": "list", "max_items": 2, "fields": {"ok": YES}}
    assert (
        made("outputs.x", inputs={"n": N, "late": YES, "sick": YES, "tasks": tasks}, outputs={"x": formula}) == told
    )


def test_rounding_in_formulas() -> None:
    assert made("outputs.x", outputs={"x": "round(n / 3, 1)"}) == [
        "number 3 > 4", "number 3 > 2", "number 1 > 2", "number 1 > 0", 'rounding ) > , mode="down")',
    ]  # fmt: skip
    assert 'rounding "down" > "half_even"' in made("outputs.x", outputs={"x": 'round(n / 3, 1, mode="down")'})
    assert 'rounding "half_even" > "half_up"' in made("outputs.x", outputs={"x": 'round(n / 3, mode="half_even")'})


def test_the_unit_of_an_end_is_that_of_what_is_compared() -> None:
    tasks = {"type": "list", "max_items": 2, "fields": {"x": {"type": "number", "min": 0, "max": 9, "step": 0.5}}}
    wide = {"type": "number", "min": 0, "max": 9}
    inputs = {"n": wide, "tasks": tasks}
    found = made("outputs.x", inputs=inputs, outputs={"x": "any(t.x > 2 for t in tasks) and n > 3.0"})
    assert [one for one in found if one[:4] in ("edge", "numb")] == [
        "edge 2 > 2.5", "edge 2 > 1.5", "number 3.0 > 3.1", "number 3.0 > 2.9",
    ]  # fmt: skip
    score = {"round": {"to": 0.25}, "band_on": "rounded"}
    found = made("overrides", criteria=CRITERIA, score=score, bands={"a": {"from": 0}}, overrides={
        "x": {"when": "score > 2", "band": "a"},
    })  # fmt: skip
    assert "edge 2 > 2.25" in found


def test_formulas_of_its_own_are_changed_where_they_stand() -> None:
    functions = {"half": {"args": ["x"], "value": "min(x, 3) / 2"}}
    found = mutants(documents(book(functions=functions, outputs={"x": "half(n) > half(2)"})))
    assert [f"{one.old} > {one.new}" for one in found] == [
        "min > max", "3 > 4", "3 > 2", "2 > 3", "2 > 1", "> > >=", "2 > 3", "2 > 1",
    ]  # fmt: skip


def test_parameters() -> None:
    assert made("parameters", parameters={"a": 25, "b": {"value": "2.5%"}}, outputs={"x": "a * b"}) == [
        "number 25 > 26", "number 25 > 24", "number 2.5% > 2.6%", "number 2.5% > 2.4%",
    ]  # fmt: skip


SHAPES: dict[str, tuple[Book, list[str]]] = {
    "steps": (
        {"measure": "n", "steps": [{"from": 3, "points": 4}, {"equals": 1, "rate": "50%"}, {"points": 0}]},
        ["comparison from > above", "edge 3 > 4", "edge 3 > 2", "points 4 > 5", "points 4 > 3", "edge 1 > 2",
         "edge 1 > 0", "points 50% > 51%", "points 50% > 49%", "points 0 > 1", "points 0 > -1"],
    ),
    "scale": (
        {"measure": "n", "scale": [[0, 0], [4, 4]]},
        ["edge 0 > 1", "edge 0 > -1", "points 0 > 1", "points 0 > -1", "edge 4 > 5", "edge 4 > 3", "points 4 > 5",
         "points 4 > 3"],
    ),
    "thresholds": (
        {"measure": "n", "thresholds": {"above": [1, 3], "each": 2}},
        ["comparison above > from", "edge 1 > 2", "edge 1 > 0", "edge 3 > 4", "edge 3 > 2", "points 2 > 3",
         "points 2 > 1"],
    ),
    "lookup": (
        {"measure": "late", "lookup": {"true": 4, "false": 1}},
        ["points 4 > 5", "points 4 > 3", "points 1 > 2", "points 1 > 0"],
    ),
    "cases": (
        {"cases": [{"when": {"n": {"from": 2}}, "points": 4}, {"when": {"late": True}, "rate": 1}, {"points": 0}],
         "unique": True},
        ["comparison from > above", "edge 2 > 3", "edge 2 > 1", "points 4 > 5", "points 4 > 3", "choice true > False",
         "points 1 > 2", "points 1 > 0", "points 0 > 1", "points 0 > -1", "policy unique > "],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_rows(name: str) -> None:
    criterion, told = SHAPES[name]
    found = made("criteria", criteria={"work": {"max": 4, **criterion}})
    assert found == ["points 4 > 5", "points 4 > 3", *told]
    if name == "steps":
        tables = {"t": {"steps": [{"from": 3, "value": 4}, {"value": 0}]}}
        found = made("tables", tables=tables, outputs={"x": "t(n)"})
        assert found == ["comparison from > above", "edge 3 > 4", "edge 3 > 2", "points 4 > 5", "points 4 > 3",
                         "points 0 > 1", "points 0 > -1"]  # fmt: skip
    if name == "cases":
        cases = [{"when": {"x": {"from": 3}}, "value": 4}, {"when": "x > 1", "value": 0}]
        found = made("tables", tables={"t": {"args": ["x"], "cases": cases}}, outputs={"y": "t(n)"})
        assert found[:5] == ["comparison from > above", "edge 3 > 4", "edge 3 > 2", "points 4 > 5", "points 4 > 3"]
        assert "comparison > > >=" in found


def test_criteria() -> None:
    found = made(
        "criteria",
        criteria={
            "a": {"max": 4, "points": "n", "applies": "late", "missing": "zero", "outside": "clamp"},
            "b": {"max": 2, "points": "n / 2", "round": {"to": 0.5, "mode": "down"}},
            "c": {"max": 2, "points": "n / 2", "round": {"places": 1}},
        },
        score={"rescale": True, "round": {"places": 0}},
    )
    assert found == [
        "points 4 > 5", "points 4 > 3", "absence applies > ", "absence zero > full", "limit outside > ",
        "weight 4, 2 > 2, 4", "points 2 > 3", "points 2 > 1", "number 2 > 3", "number 2 > 1", "rounding round > ",
        "rounding 0.5 > 0.6", "rounding 0.5 > 0.4", "rounding down > half_up", "rounding down > half_even",
        "rounding down > up", "points 2 > 3", "points 2 > 1", "number 2 > 3", "number 2 > 1", "rounding round > ",
        "rounding 1 > 2", "rounding 1 > 0",
    ]  # fmt: skip


def test_groups_and_the_score() -> None:
    mean = {"combine": "min", "criteria": {"a": {"max": 100, "points": "n"}, "b": {"max": 100, "points": "n + 1"}}}
    assert "choice min > max" in made("criteria.g", criteria={"g": mean})
    weighted = {
        "combine": "mean",
        "criteria": {"a": {"weight": "40%", "rate": "n / 4"}, "b": {"weight": "60%", "rate": "1"}},
        "require_share": "50%",
    }
    found = made("criteria.g", criteria={"g": weighted})
    assert "weight 40%, 60% > 60%, 40%" in found
    assert {"edge 50% > 51%", "edge 50% > 49%"} < set(found)
    found = made(
        "score",
        criteria=CRITERIA,
        score={
            "rescale": False,
            "round": {"places": 0, "mode": "half_even"},
            "band_on": "rounded",
            "limits": {"cap": {"when": "late", "at_most": 3}},
        },
        bands={"good": {"from": 0}},
    )
    assert found == [
        "policy false > true", "rounding round > ", "rounding 0 > 1", "rounding 0 > -1",
        "rounding half_even > half_up", "rounding half_even > down", "rounding half_even > up",
        "policy rounded > exact", "rule cap > ", "number 3 > 4", "number 3 > 2",
    ]  # fmt: skip


def test_bands() -> None:
    requires = {"calm": {"that": "not late"}}
    found = made(
        "bands", **BANDED, bands={"good": {"from": 3, "requires": requires}, "poor": {"from": 0, "below": 3}}
    )
    assert found == [
        "comparison from > above", "edge 3 > 4", "edge 3 > 2", "rule calm > ", "logic not > ", "comparison from > above",
        "edge 0 > 1", "edge 0 > -1", "comparison below > to", "edge 3 > 4", "edge 3 > 2",
    ]  # fmt: skip
    long = {"measure": "n / 4", "fall": "next", "overlap": "best"}
    levels = {"good": {"from": 0.5, "requires": "late"}, "poor": {"to": 1}}
    found = made("bands", outputs={"x": "n"}, bands={**long, "levels": levels})
    assert found == [
        "number 4 > 5", "number 4 > 3", "policy fall > ", "policy best > worst", "comparison from > above",
        "edge 0.5 > 0.6", "edge 0.5 > 0.4", "rule requires > ", "comparison to > below", "edge 1 > 2", "edge 1 > 0",
    ]  # fmt: skip
    exact = {"criteria": CRITERIA, "score": {"round": {"places": 1}, "band_on": "exact"}}
    assert "edge 3 > 4" in made("bands", **exact, bands={"good": {"from": 3}, "poor": {"from": 0}})


def test_rules_that_are_left_out_and_their_order() -> None:
    exemptions = {"away": {"when": "late", "status": "a"}, "ill": {"when": "sick", "status": "b"}}
    assert made("exemptions", exemptions=exemptions, outputs={"x": "n"}) == [
        "rule away > ", "order away, ill > ill, away", "rule ill > ",
    ]  # fmt: skip
    overrides = {"veto": {"when": "late", "band": "poor"}}
    bands = {"good": {"from": 3}, "poor": {"from": 0}}
    assert made("overrides", **BANDED, bands=bands, overrides=overrides) == ["rule veto > "]
    assert made("validations", validations={"v": {"that": "late or sick"}}, outputs={"x": "n"}) == [
        "rule v > ", "logic or > and",
    ]  # fmt: skip


def test_quotas() -> None:
    quota = {
        "band": "good", "at_most": "50%", "of": "all", "base": "before", "round": "down", "minimum": 0,
        "order": ["score"], "ties": "demote", "demote_to": "poor",
    }  # fmt: skip
    found = made(
        "cohort", **BANDED, bands={"good": {"from": 3}, "poor": {"from": 0}}, cohort={"quotas": {"few": quota}}
    )
    assert found == [
        "rule few > ", "number 50% > 51%", "number 50% > 49%", "policy before > after", "rounding down > half_up",
        "rounding down > half_even", "rounding down > up", "number 0 > 1", "number 0 > -1", "policy demote > keep",
    ]  # fmt: skip


def test_invariants_are_no_rules() -> None:
    assert made(invariants={"sane": {"that": "n < 9"}}, outputs={"x": "n"}) == []


# -- mutants as rulebooks ---------------------------------------------------------------------------


def test_a_mutant_differs_in_one_place(tmp_path: Any) -> None:
    (tmp_path / "base.kpi.yaml").write_text("kpirules: 1\nid: t\ninputs: {n: {type: integer}}\noutputs: {x: n > 3}\n")
    own = tmp_path / "own.kpi.yaml"
    own.write_text("kpirules: 1\nid: t\nextends: base.kpi.yaml\noutputs: {y: n < 7}\n")
    read = read_documents(own)
    found = mutants(read)
    assert [str(one).partition(": ")[2] for one in found] == ["`<` → `<=`", "`7` → `8`", "`7` → `6`"]
    assert [one.place.rpartition("/")[2] for one in found[:2]] == ["own.kpi.yaml:4:16", "own.kpi.yaml:4:18"]
    programs = [mutated(one, read) for one in found]
    assert [[str(out.value) for out in program.rulebook.outputs] for program in programs if program] == [
        ["n > 3", "n <= 7"], ["n > 3", "n < 8"], ["n > 3", "n < 6"],
    ]  # fmt: skip


def test_what_the_check_refuses_is_no_rulebook() -> None:
    read = documents(book(**BANDED, bands={"good": {"from": 3}, "poor": {"from": 0, "to": 2}}))
    assert not [one for one in mutants(read) if mutated(one, read) is None]
    read = documents(book(outputs={"x": "n ** 2 if late else 0", "y": "default(share.a, 0)"}, criteria={
        "a": {"max": 4, "points": "n", "applies": "late"},
    }, score={"rescale": True, "max": 4, "round": {"places": 0}}))  # fmt: skip
    refused = [str(one) for one in mutants(read) if mutated(one, read) is None]
    assert refused == ["points criteria.a.max: `4` → `5`", "points criteria.a.max: `4` → `3`"]


def test_the_place_of_a_mutant_without_text() -> None:
    assert Mutant("edge", "bands", "1", "2").place == ""


# -- told apart ------------------------------------------------------------------------------------

SMALL: dict[str, Book] = {
    "conditions": book(outputs={"x": "n > 2 and (late or not sick)", "y": "min(n, 4)", "z": "max(n, 1) > 2"}),
    "rows": book(
        criteria={
            "a": {"max": 4, "measure": "n", "steps": [{"above": 2, "points": 4}, {"from": 1, "points": 2}, {"points": 0}]},
            "b": {"max": 2, "measure": "late", "lookup": {"true": 2, "else": 0}},
            "c": {"max": 3, "points": "n", "outside": "clamp"},
        },
    ),
    "bands": book(
        **BANDED,
        bands={"good": {"from": 3, "requires": {"calm": {"that": "not late"}}}, "fair": {"from": 1}, "poor": {"from": 0}},
        overrides={"veto": {"when": "sick and late", "band": "poor"}, "cap": {"when": "sick", "band_at_most": "fair"}},
        exemptions={"a": {"when": "n == 0 and sick", "status": "a"}, "b": {"when": "n == 0 and late", "status": "b"}},
        validations={"v": {"that": "n < 4 or not sick"}},
    ),
    "rounding": book(
        criteria={"a": {"max": 2, "points": "n / 2"}},
        score={"round": {"places": 0}, "band_on": "rounded", "limits": {"cap": {"when": "late", "at_most": 1}}},
        bands={"good": {"from": 1}, "poor": {"from": 0}},
    ),
}  # fmt: skip


EVERYBODY = [dict(zip(("n", "late", "sick"), one, strict=True)) for one in product(range(5), *2 * [(False, True)])]


def treated(program: Program, given: Any) -> object:
    """Return everything that a case can expect of a subject."""
    found = literal(program, given)
    return rated(found), None if isinstance(found, KpirulesError) else (found.points, found.share, found.let)


@pytest.mark.parametrize("name", SMALL)
def test_distinguished_mutants_are_confirmed_by_every_subject(name: str) -> None:
    read = documents(SMALL[name])
    program = load_whole(SMALL[name])
    outcomes = set()
    for mutant in some(mutants(read), 2):
        other = mutated(mutant, read)
        if other is None:
            continue
        found = find_difference(program, other)
        differing = [one for one in EVERYBODY if treated(program, one) != treated(other, one)]
        assert (found.outcome == "same") == (not differing), (str(mutant), found, differing[:1])
        assert found.outcome in ("same", "differ"), str(mutant)
        if found.outcome == "differ":
            assert treated(program, found.given) != treated(other, found.given)
        outcomes.add(found.outcome)
    assert outcomes == ({"differ"} if name == "rows" else {"same", "differ"})


def test_subjects_that_are_asked_about_come_first() -> None:
    wide = {"type": "integer", "min": 0, "max": 10**9}
    one, other = (
        load_whole(
            book(inputs={"n": wide}, outputs={"x": f"mod(floor(sqrt(n) * 1000), 1000003) == {k} and n > 5000"})
        )
        for k in (7, 8)
    )
    assert find_difference(one, other).outcome == "unknown"
    assert find_difference(one, other, KnownSubjects(({"n": Fraction(1000021)},))).given == {"n": 1000021}


def test_subjects_get_the_numbers_at_which_rows_begin() -> None:
    wide = {"type": "number", "min": 0, "max": 1000, "decimals": 1}
    tasks = {"type": "list", "max_items": 2, "fields": {"x": wide, "ok": YES}}
    scale = [[0, 0], [123.4, 50], [123.5, 51], [1000, 100]]
    for inputs, measure, given in (
        ({"w": wide}, "w", {"w": Fraction(7)}),
        ({"tasks": tasks}, "sum(t.x for t in tasks)", {"tasks": [{"x": Fraction(7), "ok": True}]}),
        ({"w": wide, "tasks": tasks}, "w", {"w": Fraction(7), "tasks": []}),
    ):
        rules = book(
            inputs=inputs,
            criteria={"a": {"max": 100, "measure": measure, "scale": scale, "outside": "clamp"}},
            score={"round": {"places": 2}},
        )
        read = documents(rules)
        (one,) = [one for one in mutants(read) if (one.old, one.new) == ("51", "52")]
        found = find_difference(load_whole(rules), one_of(one, read), KnownSubjects((given,)))
        assert found.outcome == "differ"


def test_variants_are_told_apart_by_a_subject_of_theirs() -> None:
    rules = book(
        inputs={"n": N, "post": {"type": "choice", "options": ["head", "deputy"]}},
        outputs={"x": "n"},
        variants={"head": {}, "deputy": {"outputs": {"x": "n if n > 3 else 0"}}},
    )
    for by in ({}, {"variant_by": "post"}):
        read = documents(rules | by)
        program = load_whole(rules | by)
        found = [(str(one), find_difference(program, one_of(one, read))) for one in mutants(read)]
        assert [one.outcome for _, one in found] == ["differ", "differ", "differ", "differ", "differ"]
        assert {one.variant for _, one in found} == {None if by else "deputy"}


def test_editions_are_told_apart_on_a_day_of_theirs() -> None:
    rules = book(
        inputs={"n": N},
        outputs={"x": "n > 1"},
        amendments=[{"from": "2026-07-01", "change": {"outputs": {"x": "n > 2"}}}],
    )
    read = documents(rules)
    program = load_whole(rules)
    days = [find_difference(program, one_of(one, read)).on for one in mutants(read)]
    assert [str(day) for day in days] == ["2026-06-30"] * 3 + ["2026-07-01"] * 3


def one_of(mutant: Mutant, read: list[Document]) -> Program:
    program = mutated(mutant, read)
    assert program is not None
    return program


def test_other_variants_or_a_spent_budget_tell_nothing() -> None:
    rules = book(inputs={"n": N}, outputs={"x": "n"})
    parts = rules | {"variants": {"head": {}, "deputy": {}}}
    assert find_difference(load_whole(parts), load_whole(rules)) == Distinction(
        "unknown", "it has other variants or editions", {}
    )
    assert find_difference(load_whole(rules), load_whole(rules)) == Distinction("same", "no rule differs", {})


def test_a_mutant_that_compares_members_is_shown_with_a_cohort() -> None:
    one, other = (book(inputs={"n": N}, outputs={"x": f"cohort_rank(n) > {k}"}) for k in (1, 2))
    found = find_difference(load_whole(one), load_whole(other))
    assert (found.outcome, found.how, found.given) == ("differ", "shown with a cohort", {})
    assert found.members == {"m1": {"n": 0}, "m2": {"n": 4}}
    many = (book(inputs={"n": N}, outputs={"x": f"cohort_rank(n) > {k}"}) for k in (100, 101))
    assert find_difference(*map(load_whole, many)) == Distinction(
        "unknown", "quotas and comparisons need a cohort", {}
    )
