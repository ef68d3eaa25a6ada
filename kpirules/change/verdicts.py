"""The verdicts on a difference, in one table."""

from __future__ import annotations

from collections.abc import Collection

from attrs import frozen

__all__ = ["VERDICTS", "Verdict", "gravest_first"]


@frozen
class Verdict:
    """A verdict on a difference.

    Args:
        short: the verdict in a few words.
        promise: what it guarantees.
    """

    short: str
    promise: str


VERDICTS: dict[str, Verdict] = {
    "ratings": Verdict(
        "ratings change, shown",
        "A shown subject is accepted by both editions, and rated differently: in status, band, score, score before "
        "rounding, an output, or by a fault in one of them.",
    ),
    "ratings_possible": Verdict(
        "ratings may change, not shown",
        "No subject was found that the editions rate differently, and none was proved not to exist.",
    ),
    "accepted": Verdict(
        "accepted subjects change, shown",
        "A shown subject is accepted by one edition and refused by the other, with the same values; or the period of "
        "the rules or the size of cohorts differs.",
    ),
    "accepted_possible": Verdict(
        "accepted subjects may change, not shown",
        "Rules that refuse subjects differ: domains, inputs that must be given, validations, exemptions, entered "
        "points, the period of the rules. No subject was found that only one edition accepts.",
    ),
    "promised": Verdict(
        "invariants change",
        "An invariant was added or removed, or one edition of it forbids a shown subject a band or its rating.",
    ),
    "promised_possible": Verdict(
        "invariants may change, not shown",
        "An invariant has another formula, and no subject was found for which it holds in one edition only.",
    ),
    "same": Verdict(
        "same ratings, proved",
        "Every subject that both editions accept has the same status, band, score, score before rounding and "
        "outputs, or faults in both. Without a verdict on accepted subjects, both accept the same ones; without "
        "one on invariants, these are the same.",
    ),
    "wording": Verdict(
        "wording only, proved",
        "Both editions accept the same subjects, rate them the same and have the same invariants: scoring "
        "hashes are equal, and so is the choice of a variant and an edition.",
    ),
}
"""The verdicts, gravest first. A difference has one about ratings, and may have one about accepted subjects and one
about invariants."""


def gravest_first(names: Collection[str]) -> tuple[str, ...]:
    """Return verdicts in the order of the table.

    Args:
        names: the names of the verdicts.

    >>> gravest_first({"same", "accepted"})
    ('accepted', 'same')
    """
    return tuple(name for name in VERDICTS if name in names)
