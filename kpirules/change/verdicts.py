"""What a difference may mean: the names of the verdicts, in one table."""

from __future__ import annotations

from collections.abc import Collection

from attrs import frozen

__all__ = ["VERDICTS", "Verdict", "gravest_first"]


@frozen
class Verdict:
    """One thing that a comparison may say of a difference.

    Args:
        short: the verdict in a few words.
        promise: what holds where it is given.
    """

    short: str
    promise: str


VERDICTS: dict[str, Verdict] = {
    "ratings": Verdict(
        "ratings change, shown",
        "A subject is shown that both editions accept and rate differently: in status, band, score, score before "
        "rounding, an output, or by a fault in one of them.",
    ),
    "ratings_possible": Verdict(
        "ratings may change, not shown",
        "It is not proved that both editions rate alike, and no subject was found that they rate differently.",
    ),
    "accepted": Verdict(
        "who is accepted changes, shown",
        "A subject is shown that one edition accepts and the other refuses, given the same values; or the period of "
        "the rules or the size of cohorts differs, as a sentence says.",
    ),
    "accepted_possible": Verdict(
        "who is accepted may change, not shown",
        "What refuses subjects differs: domains, inputs that must be given, validations, exemptions, entered points, "
        "the period of the rules. No subject was found that only one edition accepts.",
    ),
    "promised": Verdict(
        "what is promised changes",
        "An invariant was added or removed, or a subject is shown for which an invariant holds in one edition only.",
    ),
    "promised_possible": Verdict(
        "what is promised may change, not shown",
        "An invariant has another formula, and no subject was found for which it holds in one edition only.",
    ),
    "same": Verdict(
        "same ratings, proved",
        "Every subject that both editions accept has the same status, band, score, score before rounding and "
        "outputs, or faults in both. Without a verdict on who is accepted, both accept the same subjects; without "
        "one on what is promised, the invariants are the same.",
    ),
    "wording": Verdict(
        "wording only, proved",
        "Both editions accept the same subjects, rate them alike and promise the same: the scoring hashes are equal, "
        "and so is what chooses a variant and an edition.",
    ),
}
"""The verdicts, gravest first. A difference has one about ratings, and may have one about who is accepted and one
about what is promised."""


def gravest_first(names: Collection[str]) -> tuple[str, ...]:
    """Return verdicts in the order of the table.

    Args:
        names: of the verdicts.

    >>> gravest_first({"same", "accepted"})
    ('accepted', 'same')
    """
    return tuple(name for name in VERDICTS if name in names)
