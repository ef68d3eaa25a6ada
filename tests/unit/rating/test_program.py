"""Programs, rulebooks and records as values: frozen, hashable, picklable, shared by threads, equal whatever they came from."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError

import kpirules as kr
from kpirules.kernel.mappings import FrozenMap
from kpirules.record import Computation, Legend
from tests.budget import by_budget

BOOK: dict[str, Any] = {
    "kpirules": 1,
    "id": "demo.whole",
    "title": {"vi": "Đánh giá", "en": "Rating"},
    "source": {"document": "Decree 1", "article": "Art. 2"},
    "inputs": {
        "done": {"type": "number", "min": 0, "max": 100, "decimals": 2, "label": "Done"},
        "is_new": {"type": "boolean"},
        "grade": {"type": "choice", "options": {"low": "Low", "high": "High"}, "ordered": "worst_first"},
        "on": {"type": "date", "optional": True, "min": "2026-01-01", "max": "2026-12-31"},
        "name": {"type": "text", "default": "someone"},
        "tasks": {
            "type": "list",
            "fields": {"hours": {"type": "number", "min": 0, "max": 24, "decimals": 1}},
            "let": {"twice": "item.hours * 2"},
            "unique": ["hours"],
        },
    },
    "parameters": {"most": 40},
    "tables": {"pay": {"steps": [{"from": 50, "value": 2}, {"value": 1}]}},
    "functions": {"third": {"args": ["n"], "value": "n / 3"}},
    "calendars": {"office": {"weekend": ["sat", "sun"], "from": "2026-01-01", "until": "2027-01-01"}},
    "let": {"hours": "sum(t.twice for t in tasks)", "spare": "done + 1"},
    "exemptions": {"new": {"when": "is_new and done < 1", "status": "too_new"}},
    "validations": {"sane": {"that": "done + count(tasks) <= 104"}},
    "criteria": {
        "work": {"max": "most", "rate": "third(done) / 100 * 3"},
        "more": {
            "combine": "mean",
            "max": 60,
            "criteria": {
                "graded": {"measure": "grade", "lookup": {"low": 20, "high": 100}, "weight": "40%"},
                "busy": {
                    "measure": "hours",
                    "scale": [[0, 0], [30, 100]],
                    "outside": "clamp",
                    "weight": "60%",
                },
            },
        },
        "judged": {"max": 5, "entered": {"step": 0.5}, "applies": "not is_new", "extra": True},
    },
    "score": {
        "round": {"places": 2},
        "band_on": "rounded",
        "limits": {"cap": {"when": "is_new", "at_most": 80}},
    },
    "bands": {
        "fall": "next",
        "levels": {
            "good": {"from": 60, "requires": {"fine": {"that": "done > 10", "label": "More than a little"}}},
            "poor": {"below": 60},
        },
    },
    "overrides": {"low": {"when": "grade == 'low'", "band_at_most": "poor"}},
    "outputs": {
        "days": "0 if not given(on) else workdays(on, date(2026, 12, 31), office)",
        "pay": "pay(done) * score",
        "who": "name",
    },
    "invariants": {"small": {"that": "score <= 105"}},
    "allow": {"KR242": "`spare` shows what nothing reads"},
}

SUBJECT: dict[str, Any] = {
    "done": Decimal("66.65"),
    "is_new": False,
    "grade": "high",
    "on": "2026-12-01",
    "tasks": [{"hours": 3}, {"hours": 0.5}],
    "judged": 3.5,
}


@pytest.fixture(scope="module")
def program() -> kr.Program:
    return kr.load(BOOK)


@pytest.fixture(scope="module")
def assessment(program: kr.Program) -> kr.Assessment:
    return kr.assess(program, SUBJECT)


def test_the_rulebook_of_these_tests_is_sound(program: kr.Program, assessment: kr.Assessment) -> None:
    assert program.report.is_clean
    exact = Fraction("66.65") * 40 / 100 + 60 * (Fraction("0.4") + Fraction("0.6") * 7 / 30) + Fraction("3.5")
    assert (assessment.exact_score, assessment.score, assessment.band) == (exact, Decimal("62.56"), "good")


# -- frozen, hashable -----------------------------------------------------------------------------


def parts(value: object, met: set[int]) -> Iterator[Any]:
    """Yield every attrs value below a value, each once."""
    if id(value) in met:
        return
    met.add(id(value))
    if attrs.has(type(value)):
        yield value
        for attribute in attrs.fields(type(value)):
            yield from parts(getattr(value, attribute.name), met)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from parts(part, met)
    elif isinstance(value, tuple | frozenset):
        for part in value:
            yield from parts(part, met)


def test_no_attribute_of_anything_can_be_set(program: kr.Program, assessment: kr.Assessment) -> None:
    kinds = {type(part): part for root in (program, assessment) for part in parts(root, set())}
    assert {kr.Program, kr.Rulebook, kr.Report, kr.Assessment, kr.Outcome, kr.Margin} <= kinds.keys()
    for kind, part in kinds.items():
        for attribute in attrs.fields(kind):
            with pytest.raises(FrozenInstanceError):
                setattr(part, attribute.name, None)
        with pytest.raises(AttributeError):
            part.anything_else = None


def test_no_container_below_them_can_change(program: kr.Program, assessment: kr.Assessment) -> None:
    for root in (program.rulebook, program.report, assessment):
        for part in parts(root, set()):
            for attribute in attrs.fields(type(part)):
                assert not isinstance(getattr(part, attribute.name), list | dict | set)
    with pytest.raises(AttributeError):
        assessment.outcomes.anything = None  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        assessment.outcomes["work"] = None  # type: ignore[index]


def test_equal_values_have_equal_hashes(program: kr.Program, assessment: kr.Assessment) -> None:
    again = kr.load(BOOK)
    assert again == program
    assert hash(again) == hash(program)
    assert hash(again.rulebook) == hash(program.rulebook)
    assert hash(again.report) == hash(program.report)
    assert again.reference == program.reference
    assert hash(kr.assess(again, SUBJECT)) == hash(assessment)
    assert len({program, again}) == 1
    assert kr.assess(again, SUBJECT | {"done": 1}) != assessment


# -- pickled, copied ------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_round_trip_is_identity(program: kr.Program, assessment: kr.Assessment, protocol: int) -> None:
    values = (program, program.rulebook, program.report, assessment, program.legend)
    for value in values:
        again = pickle.loads(pickle.dumps(value, protocol))
        assert again == value
        assert hash(again) == hash(value)
        assert repr(again) == repr(value)


def test_a_pickled_program_assesses_as_before(program: kr.Program, assessment: kr.Assessment) -> None:
    assert program.reference is program.reference
    again = pickle.loads(pickle.dumps(program))
    assert again.report == program.report
    assert "reference" not in vars(again)
    assert kr.assess(again, SUBJECT) == assessment
    assert again.id == "demo.whole"


def test_copies_are_equal(program: kr.Program, assessment: kr.Assessment) -> None:
    for value in (program, program.rulebook, program.report, assessment):
        assert copy.deepcopy(value) == value
        assert copy.copy(value) == value
    assert kr.assess(copy.deepcopy(program), SUBJECT) == assessment


def raised(action: Any, *arguments: Any) -> kr.KpirulesError:
    with pytest.raises(kr.KpirulesError) as caught:
        action(*arguments)
    return caught.value


def test_exceptions_are_pickled_with_their_report() -> None:
    fault = kr.load({"kpirules": 1, "id": "f", "inputs": {"x": {"type": "integer"}}, "outputs": {"o": "1 / x"}})
    mistakes = [
        (kr.RulebookError, raised(kr.loads, "kpirules: 1\nid: f\noutputs: {o: x}")),
        (kr.SubjectError, raised(kr.assess, fault, {"x": "1", "y": 2})),
        (kr.FaultError, raised(kr.assess, fault, {"x": 0})),
    ]
    for kind, mistake in mistakes:
        again = pickle.loads(pickle.dumps(mistake))
        assert type(again) is kind
        assert again.report == mistake.report
        assert str(again) == str(mistake)
        assert str(copy.deepcopy(mistake)) == str(mistake)
        assert issubclass(kind, kr.KpirulesError)


def test_a_plain_round_trip_is_identity(assessment: kr.Assessment) -> None:
    assert kr.Assessment.from_data(json.loads(json.dumps(assessment.to_data()))) == assessment
    assert kr.Assessment.from_json(assessment.to_json()) == assessment


# -- shared ---------------------------------------------------------------------------------------


EACH = by_budget(15, 200)
"""Subjects of a thread."""


def test_threads_that_share_a_program_get_the_results_of_one(program: kr.Program) -> None:
    def subject(number: int) -> dict[str, Any]:
        return SUBJECT | {
            "done": Decimal(number % 101),
            "grade": "low" if number % 3 else "high",
            "tasks": [{"hours": Decimal(n) / 2} for n in range(number % 5)],
        }

    def results(program: kr.Program, numbers: range) -> list[kr.Assessment]:
        return [kr.assess(program, subject(number)) for number in numbers]

    shared = kr.load(BOOK)
    with ThreadPoolExecutor(8) as threads:
        work = [threads.submit(results, shared, range(start, start + EACH)) for start in range(8)]
        found = [one.result() for one in work]
    alone = results(program, range(EACH + 7))
    assert [one for part in found for one in part] == [
        one for start in range(8) for one in alone[start : start + EACH]
    ]


# -- equal whatever they came from ----------------------------------------------------------------


def as_yaml(value: Any, indent: int = 0) -> str:
    """Return a rulebook as block YAML in another layout."""
    if isinstance(value, dict):
        inside = "".join(f"\n{' ' * indent}{key}: {as_yaml(part, indent + 3)}" for key, part in value.items())
        return f"  # a remark{inside}"
    if isinstance(value, list):
        return "".join(f"\n{' ' * indent}- {json.dumps(part)}" for part in value)
    return json.dumps(value, ensure_ascii=False)


def test_the_same_rules_from_path_text_mapping_and_json_are_equal(tmp_path: Path, program: kr.Program) -> None:
    yaml_text, json_text = as_yaml(BOOK).lstrip(), json.dumps(BOOK, indent=1)
    (tmp_path / "demo.kpi.yaml").write_text(yaml_text, encoding="utf-8")
    (tmp_path / "demo.json").write_text(json_text, encoding="utf-8")
    sources = [
        kr.loads(yaml_text),
        kr.loads(json_text, name="demo.json"),
        kr.loads(json_text),
        kr.load(tmp_path / "demo.kpi.yaml"),
        kr.load(str(tmp_path / "demo.json")),
        kr.load(FrozenMap(BOOK)),
        kr.compile(program.rulebook),
    ]
    for other in sources:
        assert other.rulebook == program.rulebook
        assert (other.rulebook.scoring_hash, other.rulebook.content_hash) == (
            program.rulebook.scoring_hash,
            program.rulebook.content_hash,
        )
        assert other == program
        assert hash(other) == hash(program)
        assert kr.assess(other, SUBJECT) == kr.assess(program, SUBJECT)
        assert [d.code for d in other.report] == [d.code for d in program.report]


def test_an_assessment_names_the_rules_it_was_made_by(program: kr.Program, assessment: kr.Assessment) -> None:
    assert (assessment.rulebook, assessment.edition, assessment.variant) == ("demo.whole", "", "")
    assert assessment.scoring_hash == program.rulebook.scoring_hash
    assert assessment.content_hash == program.rulebook.content_hash
    assert len({assessment.scoring_hash, assessment.content_hash}) == 2


def test_a_rulebook_with_errors_is_not_compiled(program: kr.Program) -> None:
    broken = attrs.evolve(program.rulebook, inputs=())
    with pytest.raises(kr.RulebookError) as caught:
        kr.compile(broken)
    assert caught.value.report == kr.check(broken)
    assert kr.check(program) is program.report


# -- the legend -----------------------------------------------------------------------------------


def test_the_legend_carries_the_words_of_the_rulebook(program: kr.Program, assessment: kr.Assessment) -> None:
    legend = program.legend
    assert legend is assessment.legend
    assert legend.title is not None
    assert (legend.title.text("en"), str(legend.source)) == ("Rating", "Decree 1, Art. 2")
    assert (legend.bands, legend.rounding, legend.band_on) == (
        ("good", "poor"),
        "to 2 places, half_up",
        "rounded",
    )
    formulas = {key: entry.formula for key, entry in legend.entries.items() if entry.formula}
    assert formulas == {
        "criteria.work": "third(done) / 100 * 3",
        "criteria.graded": "grade",
        "criteria.busy": "hours",
        "let.hours": "sum(t.twice for t in tasks)",
        "inputs.tasks.twice": "item.hours * 2",
        "let.spare": "done + 1",
        "outputs.days": BOOK["outputs"]["days"],
        "outputs.pay": "pay(done) * score",
        "outputs.who": "name",
        "requires.good.fine": "done > 10",
        "exemptions.new": "is_new and done < 1",
        "limits.cap": "80",
        "criteria.more": "mean",
        "bands.good": "from 60",
        "bands.poor": "below 60",
        "overrides.low": "grade == 'low'",
        "invariants.small": "score <= 105",
    }
    without = {key for key in legend.entries if key not in formulas}
    assert without == {
        *(f"inputs.{id_}" for id_ in (*BOOK["inputs"], "judged", "tasks.hours")),
        *(f"options.grade: {option}" for option in ("low", "high")),
        *(f"criteria.{id_}" for id_ in ("score", "judged")),
    }
    assert legend.entries["requires.good.fine"].label is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("outputs: {o: x}", ((), "", "rounded")),
        ("criteria: {a: {points: x}}", ((), "", "rounded")),
        (
            "bands: {measure: x, levels: {good: {from: 1}, poor: {below: 1}}}",
            (("good", "poor"), "", "measure"),
        ),
        (
            "score: {points: x, round: {to: 5, mode: down}, band_on: exact}\nbands: {good: {from: 1}, poor: {below: 1}}",
            (("good", "poor"), "to multiples of 5, down", "exact"),
        ),
        ("score: {points: x}\ncriteria: {a: {met: x > 1}}", ((), "", "rounded")),
    ],
)
def test_the_legend_tells_what_is_banded(text: str, expected: tuple[tuple[str, ...], str, str]) -> None:
    legend = kr.loads(f"kpirules: 1\nid: l\ninputs: {{x: {{type: number, min: 0, max: 9}}}}\n{text}\n").legend
    assert (legend.bands, legend.rounding, legend.band_on) == expected


def test_an_empty_legend_and_a_bare_computation_are_values() -> None:
    assert Legend() == Legend()
    assert hash(Computation("x")) == hash(Computation("x"))


def test_a_representation_tells_what_any_part_has_and_no_variant_or_edition_of_one() -> None:
    quota = {"band": "good", "at_most": 0.2, "of": "all", "base": "before", "round": "down", "minimum": 0}
    quota |= {"order": ["score"], "ties": "keep", "demote_to": "poor"}
    book = {
        "kpirules": 1,
        "id": "posts",
        "edition": "first",
        "inputs": {
            "post": {"type": "choice", "options": ["head", "staff"]},
            "at": {"type": "date", "min": "2026-01-01", "max": "2027-12-31"},
            "done": {"type": "integer", "min": 0, "max": 100},
        },
        "criteria": {"work": {"max": 100, "points": "done"}},
        "bands": {"good": {"from": 50}, "poor": {"from": 0}},
        "variant_by": "post",
        "edition_by": "at",
        "variants": {"head": {}, "staff": {}},
        "amendments": [{"from": "2027-01-01", "change": {"edition": "second", "cohort": {"quotas": {"few": quota}}}}],
    }
    whole = kr.load(book)
    counts = "3 inputs · 1 criterion · 2 bands"
    assert repr(whole) == f"<Program posts · {counts} · 1 quota · 2 variants · 2 editions>"
    assert repr(whole.narrowed("head")) == f"<Program posts · variant head · {counts} · 1 quota · 2 editions>"
    assert (
        repr(whole.part("staff", date(2026, 1, 1))) == f"<Program posts · edition first · variant staff · {counts}>"
    )


def test_a_table_of_one_case_is_told_by_every_engine() -> None:
    only = kr.load(
        {
            "kpirules": 1,
            "inputs": {"done": {"type": "integer", "min": 0, "max": 9}},
            "criteria": {"work": {"max": 9, "cases": [{"points": 3}]}},
        }
    )
    first, second = (kr.assess(only, {"done": 1}, engine=engine) for engine in ("scalar", "reference"))
    assert first == second
    assert first.outcomes["work"].computations["cases"].formula == "otherwise"
