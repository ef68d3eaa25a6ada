"""Many drawn rulebooks, each held against every law; what came up, and what failed."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterable, Iterator

from attrs import define, field

from .claims import LAWS, OF_FORM, OF_PARTS, Verdict
from .drafting import Mapped, draft, parts_draft, quota_draft
from .trying import Tried, tried_parts

__all__ = ["PARTS_FROM", "QUOTAS_FROM", "Failure", "Tally", "book_of", "judge", "verdicts"]

QUOTAS_FROM, PARTS_FROM = 10**9, 2 * 10**9
"""Seeds from which on rulebooks have quotas, and from which on they have variants and editions."""


@define
class Failure:
    """A verdict that is broken, with the seed of its rulebook."""

    seed: int
    verdict: Verdict

    def __str__(self) -> str:
        one = self.verdict
        return f"{one.code} {one.kind}, seed {self.seed}: {one.failure}"


@define
class Tally:
    """What came of many rulebooks.

    Args:
        rulebooks: how many there were.
        refused: how many of them had errors.
        counts: verdicts by code and kind.
        failures: those that are broken.
    """

    rulebooks: int = 0
    refused: int = 0
    counts: Counter[tuple[str, str]] = field(factory=Counter)
    failures: list[Failure] = field(factory=list)

    def add(self, other: Tally) -> None:
        self.rulebooks += other.rulebooks
        self.refused += other.refused
        self.counts += other.counts
        self.failures += other.failures

    def broken(self, code: str) -> list[str]:
        """What failed of a code, in words."""
        return [str(one) for one in self.failures if one.verdict.code == code]


def book_of(seed: int) -> Mapped:
    """The rulebook of a seed."""
    if seed >= PARTS_FROM:
        return parts_draft(seed - PARTS_FROM)
    return quota_draft(seed - QUOTAS_FROM) if seed >= QUOTAS_FROM else draft(seed)


def judge(seeds: Iterable[int]) -> Tally:
    """Every law, of the rulebook of each seed."""
    tally = Tally()
    for seed in seeds:
        tally.rulebooks += 1
        tried = Tried(book_of(seed))
        tally.refused += bool(tried.report.errors)
        for one in verdicts(tried):
            tally.counts[one.code, one.kind] += 1
            if one.failure:
                tally.failures.append(Failure(seed, one))
    return tally


def verdicts(tried: Tried) -> Iterator[Verdict]:
    """What every law says of a rulebook; a crash of the check or of an engine is broken under its own name."""
    try:
        if "variants" in tried.book:
            for part in tried_parts(tried.book):
                yield from (one for law in OF_PARTS.values() for one in law(part))
            return
        laws = OF_FORM if tried.report.errors else {**OF_FORM, **LAWS}
        for law in laws.values():
            yield from law(tried)
    except Exception:
        yield Verdict("crash", "true", traceback.format_exc(limit=-6))
