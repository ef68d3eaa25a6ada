"""The summary of an appraisal: bands, and subjects without a rating or assessment, with reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import define, field, frozen

from ..kernel.exact import to_text
from ..kernel.mappings import FrozenMap
from ..kernel.visible import neutral
from ..rating.assessing import QuotaGroup
from .names import key_text

__all__ = ["StageSummary", "Summary", "Tally", "quota_data"]

MOST_LISTED = 20
"""Lines shown for each list; the data has all of them."""


@frozen
class StageSummary:
    """The summary of a stage.

    Args:
        id: the stage.
        rows: the number of rows in its table.
        statuses: the number of subjects by status.
        bands: the number of subjects by band, best first.
        groups: the same by group, if a cohort has groups.
        quotas: limits of quotas and the places used, by group.
        unrated: key, status and reasons of each subject without a rating.
        errors: key (or row, without a key) and reasons of each row that could not be assessed.
    """

    id: str
    rows: int
    statuses: FrozenMap[str, int]
    bands: FrozenMap[str, int]
    groups: FrozenMap[str, FrozenMap[str, int]] = field(factory=FrozenMap)
    quotas: tuple[FrozenMap[str, Any], ...] = ()
    unrated: tuple[tuple[str, str, str], ...] = ()
    errors: tuple[tuple[str, str], ...] = ()

    def to_data(self) -> dict[str, Any]:
        """Return the summary as dicts, lists, strings and numbers, ready for JSON."""
        return {
            "rows": self.rows,
            "statuses": dict(self.statuses),
            "bands": dict(self.bands),
            "groups": {name: dict(bands) for name, bands in self.groups.items()},
            "quotas": [_plain(quota) for quota in self.quotas],
            "unrated": [dict(zip(("key", "status", "because"), row, strict=True)) for row in self.unrated],
            "errors": [dict(zip(("key", "error"), row, strict=True)) for row in self.errors],
        }

    def text(self) -> str:
        """Return the summary as text, without a line break at its end."""
        rated = self.statuses.get("rated", 0)
        lines = [f"{self.id}: {self.rows:,} rows, {rated:,} rated, {len(self.errors):,} in error"]
        lines += [f"  {_counts(self.bands)}"] if self.bands else []
        lines += _first_lines([f"  {name}: {_counts(bands)}" for name, bands in self.groups.items()])
        lines += _first_lines([f"  {_quota_line(quota)}" for quota in self.quotas])
        lines += _first_lines(
            [f"  {key}: {status}" + (f" ({why})" if why else "") for key, status, why in self.unrated]
        )
        lines += _first_lines([f"  {key}: {error}" if key else f"  {error}" for key, error in self.errors])
        # Keys come from a table and may hold any character.
        return "\n".join(map(neutral, lines))


@frozen
class Summary:
    """The summary of an appraisal.

    Args:
        appraisal: its id.
        stages: stages by name, in the order in which they ran.
    """

    appraisal: str
    stages: FrozenMap[str, StageSummary]

    def to_data(self) -> dict[str, Any]:
        """Return the summary as dicts, lists, strings and numbers, ready for JSON."""
        return {
            "format": "kpirules.appraisal_summary/1",
            "appraisal": self.appraisal,
            "stages": {id_: stage.to_data() for id_, stage in self.stages.items()},
        }

    def text(self) -> str:
        """Return the summary as text, without a line break at its end."""
        return "\n".join((neutral(self.appraisal), *(stage.text() for stage in self.stages.values())))


def _plain(value: Any) -> Any:
    """Return a value as dicts and lists, ready for JSON."""
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _counts(bands: FrozenMap[str, int]) -> str:
    return ", ".join(f"{band} {count:,}" for band, count in bands.items())


def quota_data(group: QuotaGroup) -> FrozenMap[str, Any]:
    """Return the result of a quota for a group, ready for JSON.

    Args:
        group: members that share the quota.
    """
    return FrozenMap(
        {
            "quota": group.quota,
            "band": group.band,
            "within": FrozenMap({name: key_text(value) for name, value in group.within.items()}),
            "at_most": to_text(group.at_most),
            "base": group.base,
            "limit": group.limit,
            "held": group.held,
            "kept": group.kept,
            "moved": group.moved,
            "undecided": group.undecided,
        }
    )


def _quota_line(quota: FrozenMap[str, Any]) -> str:
    """Return a quota in one line."""
    within = ", ".join(f"{name} {part}" for name, part in quota["within"].items())
    text = f"quota {quota['quota']}" + (f" ({within})" if within else "")
    text += f": {quota['kept']} of {quota['limit']} places for {quota['band']} used, {quota['held']} had it"
    text += f", {len(quota['moved'])} moved" if quota["moved"] else ""
    return text + (f", {len(quota['undecided'])} undecided" if quota["undecided"] else "")


def _first_lines(lines: list[str]) -> list[str]:
    more = len(lines) - MOST_LISTED
    return [*lines[:MOST_LISTED], *([f"  … and {more:,} more"] if more > 0 else [])]


@define
class Tally:
    """Counts the rows of a stage for its summary.

    Args:
        id: the stage.
        levels: its bands, best first.
    """

    id: str
    levels: tuple[str, ...]
    rows: int = 0
    statuses: Counter[str] = field(factory=Counter)
    bands: Counter[str] = field(factory=Counter)
    groups: dict[str, Counter[str]] = field(factory=dict)
    quotas: list[FrozenMap[str, Any]] = field(factory=list)
    unrated: list[tuple[str, str, str]] = field(factory=list)
    errors: list[tuple[str, str]] = field(factory=list)

    def rated(self, key: str, status: str, band: str | None, because: str, group: str = "") -> None:
        """Count an assessment.

        Args:
            key: the key of its subject.
            status: its status.
            band: its band, or None.
            because: why it has no rating.
            group: its cohort in words, or empty.
        """
        self.rows += 1
        self.statuses[status] += 1
        if band is not None:
            self.bands[band] += 1
            if group:
                self.groups.setdefault(group, Counter())[band] += 1
        if status != "rated":
            self.unrated.append((key, status, because))

    def failed(self, key: str, reasons: Iterable[str]) -> None:
        """Count a row that could not be assessed.

        Args:
            key: the key of its subject, or its row.
            reasons: every reason.
        """
        self.rows += 1
        self.errors.append((key, " · ".join(reasons)))

    def strays(self, records: Iterable[str]) -> None:
        """Add records that match no row.

        Args:
            records: one line about each.
        """
        self.errors += [("", record) for record in records]

    def summary(self) -> StageSummary:
        """Return the summary of all rows counted so far."""

        def counted(bands: Counter[str]) -> FrozenMap[str, int]:
            return FrozenMap({band: bands[band] for band in self.levels})

        return StageSummary(
            self.id,
            self.rows,
            FrozenMap(dict(sorted(self.statuses.items()))),
            counted(self.bands),
            FrozenMap({name: counted(self.groups[name]) for name in sorted(self.groups)}),
            tuple(self.quotas),
            tuple(self.unrated),
            tuple(self.errors),
        )
