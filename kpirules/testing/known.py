"""The subjects and cohorts of cases, which a comparison of two editions tries first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import Any

from ..change.known import KnownSubjects
from ..errors import KpirulesError
from ..rating.program import Program
from .cases import Case
from .collecting import collect
from .csv_cases import given_as_typed
from .reading import is_case_file, read_cases

__all__ = ["case_files_beside", "known_from", "known_of"]

Paths = Iterable[str | PathLike[str]]


def known_from(paths: Paths, *, root: str | PathLike[str] | None = None) -> KnownSubjects:
    """Return the subjects and cohorts of cases, for `compare` to try first.

    Args:
        paths: case files, and rulebooks: those with the case files beside them that name them.
        root: the folder that files named by documents must be in; the folder of each file by default.

    Raises:
        KpirulesError: if a named case file or its rulebook has errors. One beside a rulebook is left out then.
        OSError: if a file can't be read.
    """
    found = KnownSubjects()
    for path in map(Path, paths):
        if is_case_file(path):
            found += _known_in(path, root)
            continue
        for beside in case_files_beside(path):
            with suppress(KpirulesError):
                found += _known_in(beside, root)
    return found


def _known_in(path: Path, root: str | PathLike[str] | None) -> KnownSubjects:
    collected = collect(path, root=None if root is None else Path(root))
    return known_of(collected[0].program, [one.case for one in collected]) if collected else KnownSubjects()


def known_of(program: Program, cases: Iterable[Case]) -> KnownSubjects:
    """Return the subjects and cohorts of some cases.

    Args:
        program: the rules of all cases.
        cases: the cases.
    """
    subjects: list[Mapping[str, Any]] = []
    cohorts: list[Mapping[str, Mapping[str, Any]]] = []
    for case in cases:
        if case.members:
            members = {name: given_as_typed(program.gathered, given) for name, given in case.members.items()}
            cohorts.append(members)
            subjects += members.values()
        else:
            subjects.append(given_as_typed(program.gathered, case.given))
    return KnownSubjects(tuple(subjects), tuple(cohorts))


def case_files_beside(rulebook: Path) -> Iterator[Path]:
    """Yield the case files in the folder of a rulebook that name it.

    Args:
        rulebook: its path.
    """
    for path in sorted(rulebook.parent.iterdir()):
        if is_case_file(path) and path.is_file():
            try:
                named = read_cases(path).rulebook
            except KpirulesError:
                continue  # of some other rulebook, perhaps; it is said by whoever names the file
            if named.resolve() == rulebook.resolve():
                yield path
