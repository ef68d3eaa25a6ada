"""Every word that kpirules writes into an explanation is from the table of phrases.

The Vietnamese phrases give way to signs without letters, and labels to a star. Whatever letters are left are ids
and formulas of the rulebook, or words that no translation reaches.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from fractions import Fraction
from functools import cache
from html import unescape
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

import kpirules as kr
from kpirules.diagnostics.page_phrases import PAGE_PHRASES
from kpirules.diagnostics.phrases import PHRASES
from kpirules.kernel.exact import MODES
from kpirules.kernel.mappings import FrozenMap
from kpirules.language.model import COMBINES
from kpirules.language.wording import Label
from kpirules.record import Assessment, Entry, Margin, QuotaOutcome
from kpirules.showing.explaining import LetterDetails, Line, explain
from kpirules.showing.form import phrases_of_forms
from kpirules.testing import Case, examples_of, read_cases
from tests.agreement.generation import unshown
from tests.budget import by_budget, examples, some
from tests.records import exempt, staff, unit
from tests.shipped import shipped
from tests.strategies import rulebooks, subjects

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
CASE_FILES = some(sorted(EXAMPLES.rglob("*.cases.yaml")), 16)
ACCEPTED = ROOT / "tests" / "conformance" / "accepted"

TELLING = """
    absence/passing aggregates/children bands/better-lower bands/overlap-unsaid bands/overlap-worst cohorts/most
    defaults/defaults documents/json documents/long-forms groups/excluded leaf-absence/root leaves/cases-open
    leaves/scales leaves/steps overlays/district overrides/expressions overrides/forced-by-formula overrides/statuses
    quotas/better_lower quotas/head quotas/ties_keep quotas/ties_undecided quotas/uniform score/limits
"""
"""Rulebooks of the conformance suite whose explanations have every phrase, with those written by hand."""

RULEBOOKS = by_budget(
    [ACCEPTED / f"{name}.kpi.yaml" for name in TELLING.split()], sorted(ACCEPTED.glob("*/*.kpi.yaml"))
)

EACH = by_budget(2, 40)
"""Cases of a shipped rulebook that are explained."""

WORD = re.compile(r"[^\W\d_]\w*")
STAR = Label(FrozenMap({"vi": "☆"}))
LAST = ("m1", "m2")


class Signs(dict[str, str]):
    """Phrases replaced by signs without letters, which record their use."""

    def __init__(self) -> None:
        super().__init__({key: self.sign(phrase) for key, phrase in PHRASES["en"].items()})
        self.asked: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.asked.add(key)
        return super().__getitem__(key)

    @staticmethod
    def sign(phrase: str) -> str:
        gaps = [name for _, name, _, _ in Formatter().parse(phrase) if name]
        return " ".join(["⟦", *(f"{{{name}}}" for name in gaps), "⟧"])


@pytest.fixture
def signs(monkeypatch: pytest.MonkeyPatch) -> Signs:
    found = Signs()
    monkeypatch.setitem(PHRASES, "vi", found)
    return found


def starred(assessment: Assessment) -> Assessment:
    """Return the record with a star in place of each text for people."""
    legend = assessment.legend
    entries, names = (
        FrozenMap(
            {
                key: evolve(entry, label=entry.label and STAR, note=entry.note and STAR, source=None, unit="")
                for key, entry in found.items()
            }
        )
        for found in (legend.entries, legend.names)
    )
    return evolve(assessment, legend=evolve(legend, title=STAR, source=None, entries=entries, names=names))


def is_formula(key: str, entry: Entry) -> bool:
    """Return whether an entry of the legend is a formula, and not an interval or a word for people."""
    return not key.startswith("bands.") and not (key.startswith("criteria.") and entry.formula in COMBINES)


def own_words(assessment: Assessment) -> set[str]:
    """Return the ids, formulas and texts of a rulebook and its subject."""
    texts = [assessment.rulebook, assessment.edition, assessment.variant, assessment.status]
    texts += [assessment.scoring_hash, assessment.content_hash]
    for key, entry in chain(assessment.legend.entries.items(), assessment.legend.names.items()):
        texts += [key, *([entry.formula] if is_formula(key, entry) else [])]
    # A row without a point is named by what it covers.
    texts = [text for text in texts if not text.startswith("rows.")]
    texts += [text.partition(": ")[0] for text in (*assessment.because, *assessment.legend.entries)]
    # The arguments of a table of cases, before what each case covers.
    texts += [
        name for text in assessment.because for name in re.findall(r"(?:: |, )(\w+) (?:from|above|to|below)", text)
    ]
    computations = [one for outcome in assessment.outcomes.values() for one in outcome.computations.values()]
    computations += [*assessment.let_computations.values(), *assessment.output_computations.values()]
    computations += [
        one.computation for one in (*assessment.requirements, *assessment.limits, *assessment.invariants)
    ]
    computations += [one.computation for one in assessment.overrides if one.computation is not None]
    computations += [one.target_computation for one in assessment.overrides if one.target_computation is not None]
    computations += [one.at_most_computation for one in assessment.limits if one.at_most_computation is not None]
    computations += [one for one in (assessment.band_measure,) if one is not None]
    computations += [assessment.exemption.computation] if assessment.exemption is not None else []
    for one in computations:
        texts += [one.formula, *(text for text, _ in one.readings), *values([one.value])]
        texts += values([value for _, value in one.readings])
    texts += [terms.formula for one in computations if one is not None for terms in one.terms]
    texts += [*assessment.given, *values(assessment.given.values())]
    for records in (*assessment.records.values(), *assessment.computed_fields.values()):
        texts += values(value for record in records for value in record.values())
    # A letter has the words of an id where there is no label.
    texts += [
        text.replace("_", " ") for text in (*assessment.legend.entries, *assessment.outcomes, assessment.band or "")
    ]
    texts += [*assessment.outcomes, *assessment.let, *assessment.outputs, *assessment.assumed, *assessment.not_needed]
    for several in (assessment.let, assessment.outputs, assessment.assumed):
        texts += values(several.values())
    texts += [one.formula for one in assessment.compared]
    for override in assessment.overrides:
        texts += [override.id, override.target]
    for requirement in assessment.requirements:
        texts += [requirement.band, requirement.id]
    texts += [one.id for one in (*assessment.limits, *assessment.invariants)]
    for quota in assessment.quotas:
        texts += [quota.id, quota.band, quota.target, *quota.last]
    return {word for text in texts for word in WORD.findall(text)}


def values(several: Iterable[object]) -> list[str]:
    return [value for value in several if isinstance(value, str)]


def printed(line: Line) -> Iterator[str]:
    """Return the texts of a line that readers see."""
    yield from (line.label, line.amount, line.out_of, line.remark, line.formula, *line.working, line.note)
    yield from line.cells
    if line.kind not in ("fact", "section", "foot") and not (line.kind == "formula" and line.label):
        yield line.id


def readable(line: Line) -> Iterator[str]:
    """Return the words that a form of a line may show."""
    yield from printed(line)
    if line.citation is not None:
        yield from (str(line.citation), line.citation.url)


ABOUT = LetterDetails("☆", "☆", "☆", date(2027, 1, 5), "☆")


def letter(record: Assessment) -> kr.Explanation:
    return explain(record, language="vi", form="letter", about=ABOUT)


def words_left(assessment: Assessment) -> set[str]:
    """Return the words of a Vietnamese explanation that are neither phrases nor from the rulebook."""
    record = starred(assessment)
    lines = [*explain(record, language="vi").walk(), *letter(record).walk()]
    found = {word for line in lines for text in printed(line) for word in WORD.findall(text)}
    return found - own_words(record) - {"score"}


# -- what is explained -----------------------------------------------------------------------------


def assessments_of(program: kr.Program, case: Case) -> list[Assessment]:
    try:
        chosen = program.narrowed(case.variant, case.on)
        if case.members:
            return list(kr.assess_cohort(chosen, case.members).values())
        return [kr.assess(chosen, case.given)]
    except kr.KpirulesError:
        return []


@cache
def of_examples() -> list[Assessment]:
    found: list[Assessment] = []
    for path in CASE_FILES:
        file = read_cases(path, root=EXAMPLES)
        program = shipped(file.rulebook)
        found += [one for case in file.cases[:EACH] for one in assessments_of(program, case)]
    return found


@cache
def of_conformance() -> list[Assessment]:
    programs = map(shipped, RULEBOOKS)
    return [one for program in programs for case in examples_of(program) for one in assessments_of(program, case)]


def by_hand() -> list[Assessment]:
    """Return records that no rulebook above gives."""
    kept = QuotaOutcome("q", "a", "kept", "b", Fraction(1, 5), 9, 0, 1, 2, 1, 1)
    return [
        staff(),
        staff(disciplined=True),
        unit(),
        exempt(),
        evolve(staff(), quotas=tuple(quotas(kept))),
        *(
            evolve(staff(), legend=evolve(staff().legend, rounding=f"to {to}, {mode}"))
            for to in ("1 place", "2 places", "multiples of 0.5")
            for mode in MODES
        ),
        evolve(unit(), because=("elsewhere",)),
        evolve(staff(), margin=Margin(Fraction(1), Fraction(2))),
        *outranked(),
        *long_lists(),
    ]


def long_lists() -> Iterator[Assessment]:
    """Return a record with longer lists than an explanation shows."""
    tasks = {"type": "list", "fields": {"n": {"type": "integer", "min": 0, "max": 9}}, "max_items": 90}
    book = {
        "kpirules": 1,
        "id": "o",
        "inputs": {"tasks": tasks},
        "outputs": {"all": "sum(t.n for t in tasks)", "best": "sum_largest(30, (t.n for t in tasks))"},
    }
    yield kr.assess(kr.load(book), {"tasks": [{"n": n % 9} for n in range(90)]})


def outranked() -> Iterator[Assessment]:
    """Return a record with equal limits, a missed band with requirements, and an override before a quota."""
    limits = {"l1": {"when": "b", "at_most": 50}, "l2": {"when": "b", "at_most": 50}}
    book = {
        "kpirules": 1,
        "id": "o",
        "inputs": {"b": {"type": "boolean"}},
        "criteria": {"q": {"max": 100, "entered": {"step": 1}}},
        "score": {"limits": limits},
        "bands": {"fall": "next", "levels": {"x": {"above": 75, "requires": "b"}, "y": {"from": 0}}},
    }
    program = kr.load(book)
    yield kr.assess(program, {"b": False, "q": 75})
    yield kr.assess(program, {"b": True, "q": 90})
    quota = {
        "band": "x",
        "at_most": "50%",
        "of": "all",
        "base": "before",
        "round": "down",
        "minimum": 0,
        "order": ["score"],
        "ties": "demote",
        "demote_to": "y",
    }
    bands = {"x": {"above": 75}, "y": {"from": 0}}
    measured = {"bands": {"measure": "q", "levels": bands}, "overrides": {"v": {"when": "b", "band": "x"}}}
    yield kr.assess(kr.load(book | measured), {"b": True, "q": 60})
    raised = {"bands": bands, "overrides": {"v": {"when": "b", "band": "x"}}, "cohort": {"quotas": {"k": quota}}}
    yield from kr.assess_cohort(kr.load(book | raised), [{"b": True, "q": 60}, {"b": True, "q": 50}]).values()


def quotas(kept: QuotaOutcome) -> Iterator[QuotaOutcome]:
    yield evolve(kept, is_minimum=True, is_after=True)
    for effect in ("kept", "moved", "undecided", "over"):
        for is_open in (True, False):
            for sharing in (2, 5):
                yield evolve(
                    kept, effect=effect, tied=2, last=LAST, sharing=sharing, is_last_open=is_open, mode="half_even"
                )


# -- the laws --------------------------------------------------------------------------------------


@pytest.mark.parametrize("corpus", [of_examples, of_conformance, by_hand])
def test_no_word_of_an_explanation_stands_outside_the_table(
    signs: Signs, corpus: Callable[[], list[Assessment]]
) -> None:
    assert corpus()
    for assessment in some(corpus(), 3) if corpus is of_conformance else corpus():
        assert words_left(assessment) == set(), assessment.rulebook


@settings(max_examples=examples(25), suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_no_word_of_a_generated_explanation_stands_outside_the_table(signs: Signs, data: st.DataObject) -> None:
    book = data.draw(rulebooks())
    try:
        program = unshown(book)
        assessment = kr.assess(program, data.draw(subjects(book, program)))
    except kr.KpirulesError:
        reject()
    assert words_left(assessment) == set()


def test_the_texts_above_use_every_phrase(signs: Signs) -> None:
    unused = {
        key for key in signs if not key.startswith(("problem_", "form_", "widget_")) and key not in PAGE_PHRASES
    }
    rules = kr.loads(
        "kpirules: 1\ninputs: {done: {type: integer, min: 0, max: 9}}\n"
        "criteria: {work: {max: 9, points: done}}\nbands: {good: {from: 5}, poor: {from: 0}}\n"
    )
    needed = kr.needed(rules, {"done": 3}, "good", changing=["done"])
    about = evolve(ABOUT, needed=needed)
    explain(kr.assess(rules, {"done": 3}), form="letter", about=about, language="vi").text()
    for assessment in chain.from_iterable(corpus() for corpus in (by_hand, of_conformance, of_examples)):
        if not (unused := unused - signs.asked):
            break
        explain(assessment, language="vi").text()
        letter(assessment).text()
    assert sorted(unused - signs.asked) == []


def test_the_script_of_a_form_says_every_phrase_of_forms() -> None:
    assert {key for key in PHRASES["en"] if key.startswith("form_")} <= phrases_of_forms()["en"].keys()


@pytest.mark.parametrize("record", some(by_hand(), 3))
def test_no_form_adds_a_word_to_the_lines(record: Assessment) -> None:
    for explanation in (explain(record), letter(record)):
        known = {word for line in explanation.walk() for text in readable(line) for word in WORD.findall(text)}
        page = re.sub(
            r"<style>.*?</style>|<svg.*?</svg>|<!doctype html>|<[^>]*>", " ", explanation.html(), flags=re.DOTALL
        )
        for form in (explanation.text(columns=400), explanation.markdown().replace("\\", ""), unescape(page)):
            assert set(WORD.findall(form)) - known == set()
