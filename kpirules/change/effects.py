"""The impact of a change on a population, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from ..kernel.brief import brief, counted
from ..kernel.exact import to_text
from ..kernel.mappings import FrozenMap
from ..kernel.shown import Shown
from .comparison import Comparison

__all__ = ["Effect", "Impact", "Move", "Refusal"]


@frozen
class Move:
    """A subject whose rating or score changes.

    Args:
        key: the values of its key, or its row from 1.
        group: its group, or empty.
        old, new: band, or else status.
        old_score, new_score: published scores, or None.
        alone: refs of changes that each, applied alone to the old rules, change its rating (or its score, if the
            rating is the same).
        needed: refs of changes that each, left out of the new rules, change its rating or score.
    """

    key: tuple[str, ...]
    group: str
    old: str
    new: str
    old_score: Fraction | None
    new_score: Fraction | None
    alone: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()

    @property
    def is_rated_otherwise(self) -> bool:
        """Whether its band or status changes."""
        return self.old != self.new

    @property
    def difference(self) -> Fraction | None:
        """The new score minus the old one, exactly; None if one of them is missing."""
        if self.old_score is None or self.new_score is None:
            return None
        return self.new_score - self.old_score

    @property
    def interacts(self) -> bool:
        """Whether the changes that suffice alone differ from the changes that are needed."""
        return self.alone != self.needed


@frozen
class Refusal:
    """The reasons why an edition can't assess a subject.

    Args:
        key: its key.
        edition: `old` or `new`.
        reasons: codes and messages.
    """

    key: tuple[str, ...]
    edition: str
    reasons: tuple[str, ...]

    def data(self) -> dict[str, Any]:
        """Return the same as data for JSON."""
        return {"key": list(self.key), "edition": self.edition, "reasons": list(self.reasons)}


@frozen
class Effect:
    """The effect of changes, applied alone and left out.

    Args:
        refs: the differences; several if they can only be applied together.
        alone: the number of ratings that change if these changes are applied alone to the old rules; None if they
            can't be.
        alone_scores: the same for scores.
        without: the number of ratings that change if these changes are left out of the new rules; None if they
            can't be.
        without_scores: the same for scores.
    """

    refs: tuple[str, ...]
    alone: int | None
    alone_scores: int | None
    without: int | None
    without_scores: int | None


@frozen
class Impact(Shown):
    """The effect of an edition on a population.

    Args:
        comparison: the comparison of the two editions.
        count: the number of subjects.
        levels: bands, best first, then statuses.
        matrix: the number of subjects by old and new level.
        group: the column by which subjects are grouped, or empty.
        groups: the same by group.
        moves: subjects whose rating or score changes, in the order of the population.
        effects: the effect of each change that can alter a rating.
        refusals: subjects that can't be assessed; `error` in the matrix.
        better, worse: the number of subjects with a better or worse band, on a scale that has both bands.
    """

    comparison: Comparison
    count: int
    levels: tuple[str, ...]
    matrix: FrozenMap[tuple[str, str], int]
    group: str = ""
    groups: FrozenMap[str, FrozenMap[tuple[str, str], int]] = field(factory=FrozenMap)
    moves: tuple[Move, ...] = ()
    effects: tuple[Effect, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    better: int = 0
    worse: int = 0

    def __repr__(self) -> str:
        editions = f"{self.comparison.old} → {self.comparison.new}"
        counts = counted(self.count, "subject"), f"{self.better} better", f"{self.worse} worse"
        return brief(self, editions, *counts, f"{len(self.refusals):,} refused" if self.refusals else "")

    @property
    def rated_otherwise(self) -> tuple[Move, ...]:
        """The subjects whose band or status changes."""
        return tuple(move for move in self.moves if move.is_rated_otherwise)

    @property
    def interacting(self) -> tuple[Move, ...]:
        """The subjects whose changed rating has no single cause."""
        return tuple(move for move in self.rated_otherwise if move.interacts)

    @property
    def title(self) -> str:
        """The title of the HTML page."""
        return f"{self.comparison.old} → {self.comparison.new}"

    def data(self) -> dict[str, Any]:
        """Return the same as data for JSON; scores are exact texts."""
        return {
            "comparison": self.comparison.data(),
            "count": self.count,
            "rated_otherwise": len(self.rated_otherwise),
            "better": self.better,
            "worse": self.worse,
            "levels": list(self.levels),
            "matrix": _matrix_data(self.matrix),
            "group": self.group,
            "groups": {name: _matrix_data(matrix) for name, matrix in self.groups.items()},
            "moves": [_move_data(move) for move in self.moves],
            "effects": [
                {
                    "refs": list(effect.refs),
                    "alone": effect.alone,
                    "alone_scores": effect.alone_scores,
                    "without": effect.without,
                    "without_scores": effect.without_scores,
                }
                for effect in self.effects
            ],
            "refusals": [refusal.data() for refusal in self.refusals],
        }


def _matrix_data(matrix: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    return [{"old": old, "new": new, "count": count} for (old, new), count in matrix.items()]


def _move_data(move: Move) -> dict[str, Any]:
    def score_text(score: Fraction | None) -> str | None:
        return None if score is None else to_text(score)

    return {
        "key": list(move.key),
        "group": move.group,
        "old": move.old,
        "new": move.new,
        "old_score": score_text(move.old_score),
        "new_score": score_text(move.new_score),
        "difference": score_text(move.difference),
        "alone": list(move.alone),
        "needed": list(move.needed),
    }
