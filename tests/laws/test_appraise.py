"""Laws of `appraise`: what holds for every appraisal and every table."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import kpirules as kr
from kpirules.appraising import Running, keyed_rows
from kpirules.errors import KpirulesError
from kpirules.rating.assessing import assess
from tests.budget import examples

seldom = settings(max_examples=examples(50))

BANDS = {"good": {"from": 5}, "poor": {"from": 0}}
OUTPUTS = {"twice": "score * 2", "is_good": "band == 'good'"}


def base(**inputs: Any) -> dict[str, Any]:
    """Return a rulebook with a score, bands and outputs that reads all of its inputs."""
    numbers = [id_ for id_, one in inputs.items() if one["type"] == "number"]
    terms = [f"default({id_}, 1)" if inputs[id_].get("optional") else id_ for id_ in numbers]
    terms += [f"sum(default(r.score, 0) + r.place for r in {id_})" for id_, one in inputs.items() if "fields" in one]
    terms += [f"(1 if {id_} == 'good' else 0)" for id_, one in inputs.items() if one["type"] == "choice"]
    return {
        "kpirules": 1,
        "inputs": {"own": {"type": "integer", "min": 0, "max": 9}, "away": {"type": "boolean", "default": False}, **inputs},
        "exemptions": {"away": {"when": "away", "status": "away"}},
        "criteria": {"work": {"max": 9, "points": "own + " + " + ".join(["0", *terms]), "outside": "clamp"}},
        "score": {"round": {"places": 1}, "band_on": "rounded"},
        "bands": BANDS,
        "outputs": OUTPUTS,
    }  # fmt: skip


RECORDS = {
    "type": "list",
    "fields": {
        "place": {"type": "integer", "min": 0, "max": 9},
        "score": {"type": "number", "min": 0, "max": 9, "decimals": 1, "optional": True},
    },
}
FILLED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "level": ({"type": "choice", "options": "bands"}, {"value": "band"}),
    "points_of": ({"type": "number", "min": 0, "max": 9, "decimals": 1, "optional": True}, {"value": "score"}),
    "doubled": ({"type": "number", "min": 0, "max": 20, "decimals": 1, "default": 2}, {"value": "twice"}),
    "whole_list": (RECORDS, {"each": {"place": "place", "score": "score"}}),
}
"""What a stage may take: the input, and what is read."""


@st.composite
def wired(draw: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """Return an appraisal whose stages take from earlier ones, its rulebooks, and a table for each stage."""
    names = ["s0", "s1", "s2", "s3"][: draw(st.integers(1, 4))]
    stages: dict[str, Any] = {}
    books: dict[str, Any] = {}
    tables: dict[str, list[dict[str, Any]]] = {}
    for number, name in enumerate(names):
        taken = draw(st.lists(st.sampled_from(sorted(FILLED)), unique=True, max_size=3)) if number else []
        take = {}
        for input_ in taken:
            source = draw(st.sampled_from(names[:number]))
            match = draw(st.sampled_from([["name", "place"], ["name"], ["place"]]))
            take[input_] = {"stage": source, **FILLED[input_][1], "match": match}
        books[name] = base(**{input_: FILLED[input_][0] for input_ in taken})
        stages[name] = {"rulebook": name, "key": ["name", "place"], **({"take": take} if take else {})}
        keys = draw(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 3)), unique=True, max_size=6))
        tables[name] = [
            {"name": who, "place": place, "own": draw(st.integers(-1, 9)), "away": draw(st.booleans())}
            for who, place in keys
        ]
    return {"kpirules": 1, "appraisal": "drawn", "stages": stages}, books, tables


def appraised(case: Any, engine: str = "scalar") -> kr.Appraised:
    appraisal, books, tables = case
    return kr.appraise(kr.load_appraisal(appraisal, rulebooks=books), tables, engine=engine)


def said(done: kr.Appraised) -> dict[str, Any]:
    """Return the results of an appraisal, independent of the order of rows."""
    return {
        id_: (
            dict(stage.assessments),
            {one.key: [(d.code, d.path, d.message) for d in one.report] for one in stage.errors},
        )
        for id_, stage in done.stages.items()
    }


@seldom
@given(wired())
def test_the_engines_agree_on_whole_appraisals(case: Any) -> None:
    assert appraised(case) == appraised(case, "reference")


@seldom
@given(wired(), st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_that_of_stages_changes_anything(case: Any, chance: Any) -> None:
    appraisal, books, tables = case
    names = list(appraisal["stages"])
    chance.shuffle(names)
    mixed = {name: chance.sample(rows, len(rows)) for name, rows in tables.items()}
    again = {**appraisal, "stages": {name: appraisal["stages"][name] for name in names}}
    one, other = appraised(case), appraised((again, books, mixed))
    assert said(one) == said(other)
    assert list(one.stages) == list(other.stages)


@seldom
@given(wired())
def test_an_appraisal_equals_assess_on_rows_filled_by_hand(case: Any) -> None:
    appraisal, books, tables = case
    done = appraised(case)
    for name, rows in tables.items():
        program = kr.load(books[name])
        for row in rows:
            key = (row["name"], str(row["place"]))
            given_, is_filled = by_hand(appraisal["stages"][name].get("take", {}), row, tables, done, books[name])
            found = done.stages[name].assessments.get(key)
            try:
                expected = assess(program, given_)
            except KpirulesError:
                expected = None
            assert found == (expected if is_filled or (expected and expected.status == "away") else None)


def by_hand(take: Any, row: Any, tables: Any, done: kr.Appraised, book: Any) -> tuple[dict[str, Any], bool]:
    """Return the inputs of a row, and whether all taken ones could be filled, by a search of every source row."""
    given_ = {"own": row["own"], "away": row["away"]}
    is_filled = True
    for input_, one in take.items():
        rows = [other for other in tables[one["stage"]] if all(other[name] == row[name] for name in one["match"])]
        rows.sort(key=lambda other: (other["name"], other["place"]))
        found = [done.stages[one["stage"]].assessments.get((r["name"], str(r["place"]))) for r in rows]
        declared = book["inputs"][input_]
        may_be_absent = "optional" in declared or "default" in declared
        if None in found:
            # An optional input that is not known is as bad as a required one.
            is_filled = False
            if may_be_absent:
                given_["no such input"] = True
        elif "each" in one:
            given_[input_] = [{"place": r["place"], "score": a.score} for r, a in zip(rows, found, strict=True) if a]
        else:
            values = [getattr(a, "score" if one["value"] == "twice" else one["value"]) for a in found if a]
            value = values[0] if len(values) == 1 else None
            if one["value"] == "twice" and value is not None:
                (only,) = found
                value = only.outputs.get("twice") if only else None
            given_[input_] = value
            is_filled &= value is not None or may_be_absent
    return given_, is_filled


@seldom
@given(wired())
def test_a_row_alone_has_the_same_result_as_among_others(case: Any) -> None:
    appraisal, books, tables = case
    program = kr.load_appraisal(appraisal, rulebooks=books)
    done = kr.appraise(program, tables)
    running = Running.of(program)
    for (name,) in program.order:
        reading = running.reading(name)
        for row in reversed(keyed_rows(reading, tables[name])):
            outcome = running.assess(reading, row)
            running.note(reading, row, running.known.whole(reading, row.given), outcome)
            assert done.stages[name].assessments.get(row.key) == (
                outcome if isinstance(outcome, kr.Assessment) else None
            )
