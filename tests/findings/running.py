"""Checks every law on many drawn rulebooks, and counts verdicts and failures."""

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
    """A broken verdict with the seed of its rulebook."""

    seed: int
    verdict: Verdict

    def __str__(self) -> str:
        one = self.verdict
        return f"{one.code} {one.kind}, seed {self.seed}: {one.failure}"


@define
class Tally:
    """The results for many rulebooks.

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
        """Return the failures of a code, in words."""
        return [str(one) for one in self.failures if one.verdict.code == code]


def book_of(seed: int) -> Mapped:
    """Return the rulebook of a seed."""
    if seed >= PARTS_FROM:
        return parts_draft(seed - PARTS_FROM)
    return quota_draft(seed - QUOTAS_FROM) if seed >= QUOTAS_FROM else draft(seed)


def judge(seeds: Iterable[int]) -> Tally:
    """Return the results of every law for the rulebook of each seed."""
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
    """Yield the verdicts of every law on a rulebook; a crash is a broken verdict with its own name."""
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
