"""Claims about every subject of a rulebook, with their answers."""

from __future__ import annotations

from typing import Any

from attrs import asdict, frozen

from ...kernel.brief import brief, counted
from ...kernel.shown import Shown

__all__ = ["ONLY_WHERE", "Claim", "InputDirection", "PartProofs", "Proofs"]

ONLY_WHERE = "only_where"
"""The id of the invariant that a condition on the new edition becomes."""


@frozen
class Claim:
    """A statement about all subjects, or that there is one, with its answer.

    Args:
        kind: `no_fault`, `range`, `band`, `gap`, `overlap`, `veto`, `invariant`, `reached`, `condition` or
            `direction`.
        path: the part of the rulebook that it is about.
        says: the statement.
        answer: `proved`, `refuted` or `unknown`.
        subjects: the subjects that show it or refute it, as JSON; two for a direction.
        ratings: the rating of each, in words.
        reason: why the answer is unknown.
        help: what would help then.
        allowed: the reason by which the rulebook accepts that it is refuted, or empty.
    """

    kind: str
    path: str
    says: str
    answer: str
    subjects: tuple[str, ...] = ()
    ratings: tuple[str, ...] = ()
    reason: str = ""
    help: str = ""
    allowed: str = ""

    @property
    def is_good(self) -> bool:
        """Whether it is proved, or the rulebook accepts that it is refuted; a condition may have one outcome."""
        return (
            self.kind == "condition" or self.answer == "proved" or (self.answer == "refuted" and bool(self.allowed))
        )


EFFECTS = {
    ("proved", "proved"): "none",
    ("proved", "refuted"): "raises",
    ("refuted", "proved"): "lowers",
    ("refuted", "refuted"): "both",
}


@frozen
class InputDirection:
    """How the rating of a subject changes with a greater value of one input, everything else equal.

    Args:
        input: its id, or `list.field`, for a field of one record.
        is_ordered: whether its values have an order; if not, both claims say that another value changes nothing.
        never_lowers, never_raises: the claims that more of it never makes score or band worse, or better, where both
            subjects have them.
        never_matters: the claim that more of it never changes whether there is a score or a band; None if it is
            known to change the rating.
    """

    input: str
    is_ordered: bool
    never_lowers: Claim
    never_raises: Claim
    never_matters: Claim | None = None

    @property
    def effect(self) -> str:
        """One of `raises`, `lowers`, `both`, `none`, `unknown`.

        `matters` if the values have no order; `status` if only whether there is a score or a band depends on it.
        """
        found = EFFECTS.get((self.never_lowers.answer, self.never_raises.answer), "unknown")
        if found == "none" and self.never_matters is not None and self.never_matters.answer != "proved":
            return "status" if self.never_matters.answer == "refuted" else "unknown"
        return "matters" if found == "both" and not self.is_ordered else found


@frozen
class PartProofs:
    """The answers about one variant and edition.

    Args:
        name: its variant and edition in words; empty if there is only one.
        claims: what was asked of all its subjects.
        directions: the direction of each input.
        notes: what the answers leave out, one sentence each.
    """

    name: str
    claims: tuple[Claim, ...]
    directions: tuple[InputDirection, ...]
    notes: tuple[str, ...] = ()


@frozen
class Proofs(Shown):
    """What holds for every subject of a rulebook.

    Args:
        rulebook: its id and edition.
        parts: the answers for each variant and edition.
    """

    rulebook: str
    parts: tuple[PartProofs, ...]

    def __repr__(self) -> str:
        return brief(
            self, self.rulebook, counted(len(self.claims), "claim"), "" if self.is_good else "not all proved"
        )

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims of all parts."""
        return tuple(claim for part in self.parts for claim in part.claims)

    @property
    def is_good(self) -> bool:
        """Whether every claim is proved or accepted; claims of direction count only if an invariant demands them."""
        return all(claim.is_good for claim in self.claims)

    @property
    def title(self) -> str:
        """The title of a separate page."""
        return f"Proofs of {self.rulebook}"

    def count(self, answer: str) -> int:
        """Return how many claims have an answer."""
        return sum(claim.answer == answer for claim in self.claims)

    def data(self) -> dict[str, Any]:
        """Return the proofs as data for JSON."""
        counts = {answer: self.count(answer) for answer in ("proved", "refuted", "unknown")}
        return {
            "rulebook": self.rulebook,
            "is_good": self.is_good,
            **counts,
            "parts": list(map(_part_data, self.parts)),
        }


def _part_data(part: PartProofs) -> dict[str, Any]:
    return {
        "name": part.name,
        "claims": [claim_data(claim) for claim in part.claims],
        "directions": [
            {
                "input": one.input,
                "effect": one.effect,
                "never_lowers": claim_data(one.never_lowers),
                "never_raises": claim_data(one.never_raises),
                "never_matters": None if one.never_matters is None else claim_data(one.never_matters),
            }
            for one in part.directions
        ],
        "notes": list(part.notes),
    }


def claim_data(claim: Claim) -> dict[str, Any]:
    """Return a claim as data for JSON."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(claim).items()}
