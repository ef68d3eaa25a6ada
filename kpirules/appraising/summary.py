"""What an appraisal came to as a whole: bands, who is unrated and why, and who could not be assessed."""

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
"""Lines of a text for each list; the data has all of them."""


@frozen
class StageSummary:
    """What a stage came to.

    Args:
        id: the stage.
        rows: how many its table has.
        statuses: how many there are of each status.
        bands: how many there are of each band, best first.
        groups: the same by group, where a cohort has such.
        quotas: what quotas allowed and what was used, by group.
        unrated: key, status and reasons of each subject without a rating.
        errors: key, or row where there is none, and reasons of each row that could not be assessed.
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
        """The summary in dicts, lists, strings and numbers, ready for JSON."""
        return {
            "rows": self.rows,
            "statuses": dict(self.statuses),
            "bands": dict(self.bands),
            "groups": {name: dict(bands) for name, bands in self.groups.items()},
            "quotas": [_plain(one) for one in self.quotas],
            "unrated": [dict(zip(("key", "status", "because"), one, strict=True)) for one in self.unrated],
            "errors": [dict(zip(("key", "error"), one, strict=True)) for one in self.errors],
        }

    def text(self) -> str:
        """The summary for a person, without a line break at its end."""
        rated = self.statuses.get("rated", 0)
        lines = [f"{self.id}: {self.rows:,} rows, {rated:,} rated, {len(self.errors):,} in error"]
        lines += [f"  {_counts(self.bands)}"] if self.bands else []
        lines += _some([f"  {name}: {_counts(bands)}" for name, bands in self.groups.items()])
        lines += _some([f"  {_told(one)}" for one in self.quotas])
        lines += _some([f"  {key}: {status}" + (f" ({why})" if why else "") for key, status, why in self.unrated])
        lines += _some([f"  {key}: {error}" if key else f"  {error}" for key, error in self.errors])
        # Keys are whatever stands in a table.
        return "\n".join(map(neutral, lines))


@frozen
class Summary:
    """What an appraisal came to.

    Args:
        appraisal: its id.
        stages: by name, in the order in which they ran.
    """

    appraisal: str
    stages: FrozenMap[str, StageSummary]

    def to_data(self) -> dict[str, Any]:
        """The summary in dicts, lists, strings and numbers, ready for JSON."""
        return {
            "format": "kpirules.appraisal_summary/1",
            "appraisal": self.appraisal,
            "stages": {id_: one.to_data() for id_, one in self.stages.items()},
        }

    def text(self) -> str:
        """The summary for a person, without a line break at its end."""
        return "\n".join((neutral(self.appraisal), *(one.text() for one in self.stages.values())))


def _plain(value: Any) -> Any:
    """A value in dicts and lists, as JSON has them."""
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _counts(bands: FrozenMap[str, int]) -> str:
    return ", ".join(f"{band} {count:,}" for band, count in bands.items())


def quota_data(group: QuotaGroup) -> FrozenMap[str, Any]:
    """How a quota came out for a group, ready for JSON.

    Args:
        group: of members that share it.
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


def _told(quota: FrozenMap[str, Any]) -> str:
    """A quota in one line."""
    within = ", ".join(f"{name} {part}" for name, part in quota["within"].items())
    told = f"quota {quota['quota']}" + (f" ({within})" if within else "")
    told += f": {quota['kept']} of {quota['limit']} places for {quota['band']} used, {quota['held']} had it"
    told += f", {len(quota['moved'])} moved" if quota["moved"] else ""
    return told + (f", {len(quota['undecided'])} undecided" if quota["undecided"] else "")


def _some(lines: list[str]) -> list[str]:
    more = len(lines) - MOST_LISTED
    return [*lines[:MOST_LISTED], *([f"  … and {more:,} more"] if more > 0 else [])]


@define
class Tally:
    """The summary of a stage while its rows come in.

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
            key: of its subject.
            status: that it has.
            band: that it has, or None.
            because: why it has no rating.
            group: of its cohort, or empty.
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
            key: of its subject, or its row.
            reasons: all of them.
        """
        self.rows += 1
        self.errors.append((key, " · ".join(reasons)))

    def strays(self, records: Iterable[str]) -> None:
        """Take in records that belong to no row.

        Args:
            records: what is said of each.
        """
        self.errors += [("", one) for one in records]

    def summary(self) -> StageSummary:
        """The summary of what came in."""

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
