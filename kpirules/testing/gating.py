"""The cases of an old edition, run on the rules of a new one: the expectations that changed, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

from attrs import frozen

from ..kernel.brief import brief, counted
from ..kernel.visible import neutral_lines
from ..loading.loading import load_whole
from .cases import Case, shown
from .collecting import collect
from .known import case_files_beside
from .running import run_case

__all__ = ["ChangedCase", "Gate", "gate"]

Path_ = str | PathLike[str]


@frozen
class ChangedCase:
    """A case of the old edition that the new rules fail.

    Args:
        name: its name.
        place: its file and line in the old edition.
        changes: what the new rules give instead, in words, one for each expectation.
        reason: the `note` and `source` beside the case of that name in the new edition, if the old case has others;
            empty if there are none.
        is_kept: whether the new edition has a case of that name.
    """

    name: str
    place: str
    changes: tuple[str, ...]
    reason: str = ""
    is_kept: bool = True

    def __repr__(self) -> str:
        return brief(self, self.name, counted(len(self.changes), "change"), self.reason)

    def __str__(self) -> str:
        why = self.reason or (
            "no reason is written beside it" if self.is_kept else "the new edition has no such case"
        )
        return "\n".join([f"{self.place} {self.name}: {why}", *(f"  {change}" for change in self.changes)])


@frozen
class Gate:
    """The old cases on the new rules.

    Args:
        count: the number of old cases.
        changed: those that the new rules fail, in the order of their files.
    """

    count: int
    changed: tuple[ChangedCase, ...]

    def __repr__(self) -> str:
        return brief(
            self, counted(self.count, "case"), f"{len(self.changed)} changed", f"{len(self.without)} unexplained"
        )

    def __str__(self) -> str:
        return self.text()

    @property
    def without(self) -> tuple[ChangedCase, ...]:
        """The changed cases without a reason."""
        return tuple(case for case in self.changed if not case.reason)

    @property
    def is_open(self) -> bool:
        """Whether every changed expectation has a reason."""
        return not self.without

    def text(self) -> str:
        """Return every changed case, those without a reason first, and the counts."""
        ordered = sorted(self.changed, key=lambda case: bool(case.reason))
        counts = f"{self.count} old cases: {len(self.changed)} changed, {len(self.without)} of them without a reason"
        return neutral_lines("\n".join([*map(str, ordered), counts, ""]))

    def data(self) -> dict[str, Any]:
        """Return the same as data for JSON."""
        return {
            "count": self.count,
            "is_open": self.is_open,
            "changed": [
                {"name": case.name, "place": case.place, "changes": list(case.changes)}
                | {"reason": case.reason, "is_kept": case.is_kept}
                for case in self.changed
            ],
        }


def gate(old: Path_, new: Path_, *, root: Path_ | None = None) -> Gate:
    """Run the cases of an old edition on the rules of a new one.

    Args:
        old: the path of the old rulebook: its examples and the case files beside it are run.
        new: the path of the new rulebook. A case of the same name there, with a `note` or `source` that the old case
            has not, gives the reason why an expectation changed.
        root: the folder that files named by documents must be in; the folder of each file by default.

    Raises:
        KpirulesError: if a rulebook or a case file has errors.
        OSError: if a file can't be read.
    """
    program = load_whole(new, root=root)
    rewritten = {case.name: case for case in _cases(Path(new), root)}
    changed = []
    old_cases = list(_cases(Path(old), root))
    for case in old_cases:
        outcome = run_case(program, case)
        if outcome.passed:
            continue
        changes = [f"{one.what}: {shown(one.expected)} → {shown(one.got)}" for one in outcome.differences]
        changes = changes or [diagnostic.message for diagnostic in outcome.report.errors]
        after = rewritten.get(case.name)
        reason = "" if after is None or after.reason == case.reason else after.reason
        changed.append(ChangedCase(case.name, case.place, tuple(changes), reason, after is not None))
    return Gate(len(old_cases), tuple(changed))


def _cases(rulebook: Path, root: Path_ | None) -> Iterator[Case]:
    for path in (rulebook, *case_files_beside(rulebook)):
        yield from (found.case for found in collect(path, root=None if root is None else Path(root)))
