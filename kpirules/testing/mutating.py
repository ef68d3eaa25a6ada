"""Mutation testing: makes small faults in a rulebook one by one, and runs its cases to see which detect them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from functools import cached_property
from multiprocessing import get_context
from os import PathLike
from pathlib import Path
from typing import Any

from attrs import frozen

from ..change.coverage_pages import percent
from ..change.known import KnownSubjects
from ..change.mutants import Mutant, mutants
from ..change.mutation import Distinction, find_difference, is_never_reached, mutated
from ..diagnostics import Report
from ..errors import KpirulesError
from ..kernel.brief import brief
from ..kernel.mappings import FrozenMap
from ..kernel.visible import neutral_lines
from ..loading.loading import load_whole, read_documents
from ..rating.assessing import assess, assess_cohort
from ..rating.program import Program
from ..record import Assessment
from .cases import Case
from .collecting import collect
from .expectations import chosen
from .known import case_files_beside, known_of
from .running import run_case
from .writing import case_text, cohort_text

__all__ = ["Mutation", "Verdict", "mutate"]

OUTCOMES = ("killed", "survived", "equivalent", "unknown", "refused")

NOTHING_TO_EXPECT = "a subject differs in nothing that a case can expect"

Files = tuple[str | PathLike[str], ...]


@frozen
class Verdict:
    """The outcome of a mutant.

    Args:
        mutant: the rulebook with one small fault.
        outcome: `killed` (a case fails), `survived` (no case fails, though some case would), `equivalent` (no
            subject is treated differently), `unknown` (undecided), or `refused` (by the check, so that it needs no
            case).
        how: the case that kills it, or the evidence for the outcome.
        case: for a survivor, a case that would kill it, to be pasted below `cases:`. It expects the result of the
            rulebook as it is: check it against the source of the rules before you keep it.
    """

    mutant: Mutant
    outcome: str
    how: str = ""
    case: str = ""

    def __repr__(self) -> str:
        return brief(self, self.outcome, str(self.mutant), self.how)

    def __str__(self) -> str:
        place = f"{self.mutant.place}: " if self.mutant.place else ""
        lines = [f"{self.outcome} {place}{self.mutant}" + (f" ({self.how})" if self.how else "")]
        return "\n".join([*lines, *self.case.splitlines()])


@frozen
class Mutation:
    """The mutants of a rulebook, with their outcomes.

    Args:
        rulebook: the path of its file.
        verdicts: one for each mutant, in the order of the document.
    """

    rulebook: str
    verdicts: tuple[Verdict, ...]

    def __repr__(self) -> str:
        return brief(self, self.rulebook, *(f"{self.count(outcome)} {outcome}" for outcome in OUTCOMES))

    def __str__(self) -> str:
        return self.text()

    def count(self, outcome: str) -> int:
        """Return how many mutants have an outcome.

        Args:
            outcome: one of the outcomes of `Verdict`.
        """
        return Counter(verdict.outcome for verdict in self.verdicts)[outcome]

    @property
    def score(self) -> Fraction:
        """The share of killed mutants; equivalent and refused ones do not count.

        An unknown one counts as survived. The share is 1 if there are no mutants.
        """
        counted = self.count("killed") + self.count("survived") + self.count("unknown")
        return Fraction(self.count("killed"), counted) if counted else Fraction(1)

    def text(self, *, is_whole: bool = False) -> str:
        """Return the faults that the cases do not detect, and the counts of all outcomes.

        Args:
            is_whole: True to include every mutant.

        Returns:
            Lines, each with a line break.
        """
        shown_verdicts = [
            verdict for verdict in self.verdicts if is_whole or verdict.outcome in ("survived", "unknown")
        ]
        counts = ", ".join(f"{self.count(outcome)} {outcome}" for outcome in OUTCOMES)
        return neutral_lines(
            "\n".join([*map(str, shown_verdicts), f"{self.rulebook}: {percent(self.score)} killed ({counts})", ""])
        )

    def data(self) -> dict[str, Any]:
        """Return the verdicts as data for JSON."""
        return {
            "rulebook": self.rulebook,
            "counts": {outcome: self.count(outcome) for outcome in OUTCOMES},
            "mutants": [
                {"place": verdict.mutant.place, "kind": verdict.mutant.kind, "path": verdict.mutant.path}
                | {"old": verdict.mutant.old, "new": verdict.mutant.new}
                | {"outcome": verdict.outcome, "how": verdict.how, "case": verdict.case}
                for verdict in self.verdicts
            ],
        }


def mutate(
    rulebook: str | PathLike[str],
    cases: Iterable[str | PathLike[str]] = (),
    *,
    jobs: int = 1,
    root: str | PathLike[str] | None = None,
    advance: Callable[[int], object] | None = None,
) -> Mutation:
    """Make small faults in a rulebook, one at a time, and return which of them its cases detect.

    Args:
        rulebook: the path of its file.
        cases: case files; by default those beside the rulebook that name it. The rulebook's examples always count.
        jobs: the number of parallel processes.
        root: the folder that files named by documents must be in; the folder of the file by default.
        advance: called with the number of mutants, at the start and after each mutant.

    Raises:
        KpirulesError: if the rulebook or a case file has errors, or a case fails without any fault.
        OSError: if a file can't be read.
    """
    files = (rulebook, *cases) if cases else (rulebook, *case_files_beside(Path(rulebook)))
    mutating = _Mutating(files, root)
    mutating.check()
    total = len(mutating.mutants)
    report_progress = advance or (lambda _: None)
    report_progress(total)
    found = []
    for verdict in _judged(mutating, total, jobs):
        found.append(verdict)
        report_progress(total)
    return Mutation(str(rulebook), tuple(found))


def _judged(mutating: _Mutating, total: int, jobs: int) -> Iterator[Verdict]:
    if jobs == 1:
        yield from map(mutating.judge, range(total))
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, context, _start, (mutating.files, mutating.root)) as pool:
        for index, (outcome, how, case) in enumerate(pool.map(_judge, range(total))):
            yield Verdict(mutating.mutants[index], outcome, how, case)


_working: list[_Mutating] = []
"""What a process of its own works on."""


def _start(files: Files, root: str | PathLike[str] | None) -> None:
    _working[:] = [_Mutating(files, root)]


def _judge(index: int) -> tuple[str, str, str]:
    verdict = _working[0].judge(index)
    return verdict.outcome, verdict.how, verdict.case


class _Mutating:
    """A rulebook with its cases and its mutants.

    Args:
        files: the rulebook, then case files.
        root: the folder that files named by documents must be in.
    """

    def __init__(self, files: Files, root: str | PathLike[str] | None) -> None:
        self.files = files
        self.root = root
        self.documents = read_documents(files[0], root=root)
        self.program = load_whole(files[0], root=root)
        self.mutants = mutants(self.documents)

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        root = None if self.root is None else Path(self.root)
        return tuple(collected.case for file in self.files for collected in collect(file, root=root))

    def check(self) -> None:
        """Refuse cases that fail without a mutant, since they can't detect a fault.

        Raises:
            KpirulesError: with the failures.
        """
        found = [diagnostic for case in self.cases for diagnostic in run_case(self.program, case).report]
        if any(diagnostic.is_error for diagnostic in found):
            raise KpirulesError(Report.of(found))

    @cached_property
    def known(self) -> KnownSubjects:
        """The subjects and cohorts of the cases, where the search for a difference starts."""
        return known_of(self.program, self.cases)

    def judge(self, index: int) -> Verdict:
        """Return the outcome of a mutant.

        Args:
            index: the index of the mutant.
        """
        mutant = self.mutants[index]
        other = mutated(mutant, self.documents)
        if other is None:
            return Verdict(mutant, "refused", "by the check")
        for case in self.cases:
            if not run_case(other, case).passed:
                return Verdict(mutant, "killed", f"by `{case.name}`")
        if is_never_reached(mutant, self.documents, self.program):
            return Verdict(mutant, "equivalent", "the check proves that the divisor is never zero")
        found = find_difference(self.program, other, self.known)
        match found.outcome:
            case "same":
                return Verdict(mutant, "equivalent", found.how)
            case "differ":
                return self._survived(mutant, other, found)
            case _:
                return Verdict(mutant, "unknown", found.how)

    def _survived(self, mutant: Mutant, other: Program, found: Distinction) -> Verdict:
        """Return the verdict on a surviving mutant, with a case that would kill it."""
        if found.members:
            return self._survived_together(mutant, other, found)
        case = Case(str(mutant), FrozenMap(found.given), FrozenMap(), found.variant, found.on)
        before, after = (_standing(program, case) for program in (self.program, other))
        also = _differing(before, after)
        if _expectable(before, also) == _expectable(after, _differing(after, before)):
            return Verdict(mutant, "unknown", NOTHING_TO_EXPECT)
        text = case_text(
            f"kills {mutant}", found.given, before, variant=found.variant, on=found.on, other_expectations=also
        )
        return Verdict(mutant, "survived", "", text)

    def _survived_together(self, mutant: Mutant, other: Program, found: Distinction) -> Verdict:
        """Return the verdict on a mutant that only a cohort shows."""
        members = FrozenMap((name, FrozenMap(given)) for name, given in found.members.items())
        case = Case(str(mutant), FrozenMap(), FrozenMap(), found.variant, found.on, members)
        before, after = (assess_cohort(chosen(program, case), members) for program in (self.program, other))
        differing = {
            name: one for name, one in before.items() if _expectable(one, {}) != _expectable(after[name], {})
        }
        if not differing:
            return Verdict(mutant, "unknown", NOTHING_TO_EXPECT)
        text = cohort_text(f"kills {mutant}", members, differing, variant=found.variant, on=found.on)
        return Verdict(mutant, "survived", "", text)


def _standing(program: Program, case: Case) -> Assessment | KpirulesError:
    try:
        return assess(chosen(program, case), case.given)
    except KpirulesError as refusal:
        return refusal


def _differing(one: Assessment | KpirulesError, other: Assessment | KpirulesError) -> dict[str, dict[str, object]]:
    """Return the results by id that differ, if both subjects are rated; shares only if nothing else differs."""
    if isinstance(one, KpirulesError) or isinstance(other, KpirulesError):
        return {}
    found: dict[str, dict[str, object]] = {}
    for key in ("points", "let", "outputs", "share"):
        values, other_values = getattr(one, key), getattr(other, key)
        parts = {
            id_: values.get(id_) for id_ in {**values, **other_values} if values.get(id_) != other_values.get(id_)
        }
        if parts and not (key == "share" and found):
            found[key] = parts
    return found


def _expectable(one: Assessment | KpirulesError, also: Mapping[str, Mapping[str, object]]) -> object:
    if isinstance(one, KpirulesError):
        return one.report.errors[0].code
    return one.status, one.score, one.band, also
