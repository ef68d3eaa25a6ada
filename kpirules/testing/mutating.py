"""Would the cases of a rulebook notice a small fault in it? Each fault is put in, and the cases are run."""

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
from ..change.mutants import Mutant, mutants
from ..change.mutation import Apart, find_difference, is_never_reached, mutated
from ..diagnostics import Report
from ..errors import KpirulesError
from ..kernel.brief import brief
from ..kernel.mappings import FrozenMap
from ..kernel.visible import neutral_lines
from ..loading.loading import load_whole, read_documents
from ..rating.assessing import assess
from ..rating.program import Program
from ..record import Assessment
from .cases import Case
from .collecting import collect
from .csv_cases import given_as_typed
from .expectations import chosen
from .running import run_case
from .writing import case_text

__all__ = ["Mutation", "Verdict", "mutate"]

OUTCOMES = ("killed", "survived", "equivalent", "unknown", "refused")

Files = tuple[str | PathLike[str], ...]


@frozen
class Verdict:
    """The outcome of a mutant.

    Args:
        mutant: the rulebook with one small fault.
        outcome: `killed` (a case fails), `survived` (no case fails, and one is known that would), `equivalent` (no
            subject is treated differently), `unknown` (nothing shows either), or `refused` (by the check, so that it
            needs no case).
        how: the case that kills it, or how the outcome is known.
        case: of one that survived, a case that would kill it, to be pasted below `cases:`. It expects what comes out
            today: work it out from the source of the rules before you keep it.
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
    """The mutants of a rulebook, and what its cases make of them.

    Args:
        rulebook: its file.
        verdicts: one for each mutant, in the order of the document.
    """

    rulebook: str
    verdicts: tuple[Verdict, ...]

    def __repr__(self) -> str:
        return brief(self, self.rulebook, *(f"{self.count(one)} {one}" for one in OUTCOMES))

    def __str__(self) -> str:
        return self.text()

    def count(self, outcome: str) -> int:
        """Return how many mutants have an outcome.

        Args:
            outcome: as `Verdict` has it.
        """
        return Counter(one.outcome for one in self.verdicts)[outcome]

    @property
    def score(self) -> Fraction:
        """The share of the mutants that are killed; equivalent and refused ones do not count.

        An unknown one counts as one that survived. It is 1 where there are none.
        """
        counted = self.count("killed") + self.count("survived") + self.count("unknown")
        return Fraction(self.count("killed"), counted) if counted else Fraction(1)

    def text(self, *, is_whole: bool = False) -> str:
        """Return what the cases do not notice, and how many faults they do.

        Args:
            is_whole: True for every mutant.

        Returns:
            Lines, the last one ended too.
        """
        told = [one for one in self.verdicts if is_whole or one.outcome in ("survived", "unknown")]
        counts = ", ".join(f"{self.count(one)} {one}" for one in OUTCOMES)
        return neutral_lines(
            "\n".join([*map(str, told), f"{self.rulebook}: {percent(self.score)} killed ({counts})", ""])
        )

    def data(self) -> dict[str, Any]:
        """Return the same for JSON."""
        return {
            "rulebook": self.rulebook,
            "counts": {one: self.count(one) for one in OUTCOMES},
            "mutants": [
                {"place": one.mutant.place, "kind": one.mutant.kind, "path": one.mutant.path}
                | {"old": one.mutant.old, "new": one.mutant.new}
                | {"outcome": one.outcome, "how": one.how, "case": one.case}
                for one in self.verdicts
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
    """Return which small faults in a rulebook its cases notice.

    Args:
        rulebook: path of its file.
        cases: case files; without any, those beside the rulebook that name it. Its examples count always.
        jobs: processes that work at once.
        root: the folder that files named by documents must stay below; the folder of the file without it.
        advance: called with the number of mutants, at first and after each one that is done with.

    Raises:
        KpirulesError: where the rulebook or a case file has errors, or a case fails without any fault.
        OSError: where a file can't be read.
    """
    files = (rulebook, *cases) if cases else (rulebook, *_beside(Path(rulebook)))
    mutating = _Mutating(files, root)
    mutating.check()
    total = len(mutating.mutants)
    told = advance or (lambda _: None)
    told(total)
    found = []
    for verdict in _judged(mutating, total, jobs):
        found.append(verdict)
        told(total)
    return Mutation(str(rulebook), tuple(found))


def _beside(rulebook: Path) -> Iterator[Path]:
    """The case files in the folder of a rulebook that name it."""
    from .reading import is_case_file, read_cases

    for path in sorted(rulebook.parent.iterdir()):
        if is_case_file(path) and path.is_file():
            try:
                named = read_cases(path).rulebook
            except KpirulesError:
                continue  # of some other rulebook, perhaps; it is said by whoever names the file
            if named.resolve() == rulebook.resolve():
                yield path


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
    """A rulebook with its cases, and the mutants of it.

    Args:
        files: the rulebook, then case files.
        root: the folder that files named by documents must stay below.
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
        return tuple(one.case for file in self.files for one in collect(file, root=root))

    def check(self) -> None:
        """Refuse cases that fail without a mutant: they show nothing about a fault.

        Raises:
            KpirulesError: with what fails.
        """
        found = [one for case in self.cases for one in run_case(self.program, case).report]
        if any(one.is_error for one in found):
            raise KpirulesError(Report.of(found))

    @cached_property
    def subjects(self) -> list[Mapping[str, object]]:
        """Return the subjects of the cases, where the search for a difference starts."""
        gathered = self.program.gathered
        given = [
            one for case in self.cases for one in (*case.members.values(), *(() if case.members else (case.given,)))
        ]
        return [given_as_typed(gathered, one) for one in given]

    def judge(self, index: int) -> Verdict:
        """Return the outcome of a mutant.

        Args:
            index: of the mutant.
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
        found = find_difference(self.program, other, self.subjects, mutant.numbers)
        match found.outcome:
            case "same":
                return Verdict(mutant, "equivalent", found.how)
            case "differ":
                return self._survived(mutant, other, found)
            case _:
                return Verdict(mutant, "unknown", found.how)

    def _survived(self, mutant: Mutant, other: Program, found: Apart) -> Verdict:
        """A mutant with a case that would kill it."""
        case = Case(str(mutant), FrozenMap(found.given), FrozenMap(), found.variant, found.on)
        before, after = (_standing(program, case) for program in (self.program, other))
        also = _differing(before, after)
        if _expectable(before, also) == _expectable(after, _differing(after, before)):
            return Verdict(mutant, "unknown", "a subject differs in nothing that a case can expect")
        text = case_text(f"kills {mutant}", found.given, before, variant=found.variant, on=found.on, also=also)
        return Verdict(mutant, "survived", "", text)


def _standing(program: Program, case: Case) -> Assessment | KpirulesError:
    try:
        return assess(chosen(program, case), case.given)
    except KpirulesError as refusal:
        return refusal


def _differing(one: Assessment | KpirulesError, other: Assessment | KpirulesError) -> dict[str, dict[str, object]]:
    """Return the expected values by id that differ, if both are rated; a share only if nothing else does."""
    if isinstance(one, KpirulesError) or isinstance(other, KpirulesError):
        return {}
    found: dict[str, dict[str, object]] = {}
    for key in ("points", "let", "outputs", "share"):
        mine, theirs = getattr(one, key), getattr(other, key)
        parts = {id_: mine.get(id_) for id_ in {**mine, **theirs} if mine.get(id_) != theirs.get(id_)}
        if parts and not (key == "share" and found):
            found[key] = parts
    return found


def _expectable(one: Assessment | KpirulesError, also: Mapping[str, Mapping[str, object]]) -> object:
    if isinstance(one, KpirulesError):
        return one.report.errors[0].code
    return one.status, one.score, one.band, also
