"""How many changes that a shipped case notices a comparison shows: `python -m tests.amendments.shown`.

A change is a small fault that `mutate` makes in an example, or one of `tests.agreement.editions`. `--every 7` tries one in
seven, `--only nd335` those of some rulebooks, `--without-cases` shows them without the subjects of cases.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import define, field

from kpirules import KpirulesError, Program
from kpirules.change import KnownSubjects, compare_parts
from kpirules.change.mutants import mutants
from kpirules.change.mutation import mutated
from kpirules.loading.loading import load_whole, read_documents
from kpirules.testing.cases import Case
from kpirules.testing.collecting import collect
from kpirules.testing.known import case_files_beside, known_of
from kpirules.testing.running import run_case
from tests.agreement.editions import END, FORMULA

RATED = ("status", "band", "score", "outputs.", "invariants.")
"""Expectations of a rating."""

REFUSALS = {"KR721", "KR722", "KR723"}
"""What a case fails with, if its subject is refused against its expectation, or the reverse."""

__all__ = ["Shown", "shown"]

EXAMPLES = Path(__file__).parents[2] / "examples"


@define
class Shown:
    """Counts of changes to one rulebook.

    Args:
        killed: those that a case notices.
        missed: those of them that a comparison does not show.
    """

    killed: int = 0
    missed: list[str] = field(factory=list)


def shown(path: Path, every: int = 1, *, with_cases: bool = True) -> Shown:
    """Return how many changes of a rulebook that a case notices a comparison shows.

    Args:
        path: the rulebook.
        every: one change in so many is tried.
        with_cases: whether the subjects of its cases are tried first.
    """
    program = load_whole(path, root=EXAMPLES)
    files = [path, *case_files_beside(path)]
    cases = [one.case for file in files for one in collect(file, root=EXAMPLES)]
    known = known_of(program, cases) if with_cases else KnownSubjects()
    found = Shown()
    for name, other in _changed(path, every):
        if other is not None and _is_killed(other, cases):
            found.killed += 1
            if not _is_shown(program, other, known):
                found.missed.append(name)
    return found


def _changed(path: Path, every: int) -> Iterator[tuple[str, Program | None]]:
    """Yield one change of a rulebook in so many, with its name; None where the check refuses it."""
    documents = read_documents(path, root=EXAMPLES)
    found = mutants(documents)
    for mutant in found[::every]:
        yield f"{mutant.place} {mutant}", mutated(mutant, documents)
    text = path.read_text(encoding="utf-8")
    changed = {
        f"{m[0]} plus one": text[: m.start(2)] + str(int(m[2]) + 1) + text[m.end(2) :] for m in END.finditer(text)
    }
    changed |= {
        f"half of {m[2]}": f"{text[: m.start(2)]}({m[2]}) / 2{text[m.end(2) :]}" for m in FORMULA.finditer(text)
    }
    with TemporaryDirectory() as folder:
        for beside in path.parent.glob("*.kpi.yaml"):
            (Path(folder) / beside.name).write_text(beside.read_text(encoding="utf-8"), encoding="utf-8")
        for name, other in [*changed.items()][-len(found) % every :: every]:
            (Path(folder) / path.name).write_text(other, encoding="utf-8")
            try:
                yield name, load_whole(Path(folder) / path.name)
            except KpirulesError:
                yield name, None


def _is_killed(other: Program, cases: list[Case]) -> bool:
    """Return whether a case notices a change of a rating, or of who is refused; a comparison tells nothing else."""
    for case in cases:
        outcome = run_case(other, case)
        codes = {one.code for one in outcome.report.errors}
        told = {one.what.rpartition("members.")[2] for one in outcome.differences}
        if codes & REFUSALS or any(key in what for what in told for key in RATED):
            return True
    return False


def _is_shown(program: Program, other: Program, known: KnownSubjects) -> bool:
    try:
        parts = compare_parts(program, other, known=known).parts
    except KpirulesError:
        return False
    found = [part.comparison.significance for part in parts if part.comparison is not None]
    return any("differ" in (one.ratings, one.accepted, one.promised) for one in found)


def main() -> int:
    """Print a line for each rulebook; the exit status tells whether 97 of 100 are shown."""
    parser = argparse.ArgumentParser(prog="python -m tests.amendments.shown", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="try one change in so many")
    parser.add_argument("--only", default="", help="those of rulebooks with this in their path")
    parser.add_argument("--without-cases", action="store_true", help="without the subjects of cases")
    given = parser.parse_args()
    killed, missed = 0, 0
    for path in sorted(EXAMPLES.glob("*/*.kpi.yaml")):
        if given.only not in str(path):
            continue
        try:
            found = shown(path, given.every, with_cases=not given.without_cases)
        except KpirulesError:
            continue  # an appraisal, which has no rules of its own
        killed, missed = killed + found.killed, missed + len(found.missed)
        print(f"{path.relative_to(EXAMPLES)}: {found.killed - len(found.missed)} of {found.killed}", flush=True)
        for name in found.missed:
            print(f"  {name}", flush=True)
    print(f"{100 * (killed - missed) / max(killed, 1):.1f} % of {killed} changes that a case notices are shown")
    return int(100 * missed > 3 * killed)


if __name__ == "__main__":
    sys.exit(main())
