"""Whose ratings change in an appraisal, stage by stage, if its rules do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from attrs import frozen

from ..kernel.brief import brief, counted
from ..kernel.mappings import FrozenMap
from ..kernel.visible import neutral_lines
from .appraising import Appraised, AppraisedStage, appraise
from .wiring import AppraisalProgram

__all__ = ["AppraisalImpact", "StageMove", "appraisal_impact"]

Standing = tuple[str, Decimal | None, Mapping[str, Any]]
"""The band, or else the status, the score, and the outputs; `error` for a row that could not be assessed."""

NO_ROW: Standing = ("", None, {})


@frozen
class StageMove:
    """A subject of a stage whose rating changes.

    Args:
        stage: the stage.
        key: the key of the subject.
        old, new: its band, or else its status; `error` if it could not be assessed, empty if it has no row.
        old_score, new_score: its scores, None if there is none.
        outputs: the outputs that differ.
    """

    stage: str
    key: tuple[str, ...]
    old: str
    new: str
    old_score: Decimal | None = None
    new_score: Decimal | None = None
    outputs: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return brief(self, self.stage, ", ".join(self.key), f"{self.old} → {self.new}")

    def __str__(self) -> str:
        scores = f" ({self.old_score} → {self.new_score})" if self.old_score != self.new_score else ""
        outputs = f", other {', '.join(self.outputs)}" if self.outputs else ""
        return f"{self.stage} {', '.join(self.key)}: {self.old} → {self.new}{scores}{outputs}"


@frozen
class AppraisalImpact:
    """The subjects of all stages whose ratings change.

    Args:
        counts: the subjects of each stage, in the order in which stages run.
        moves: those whose band, status, score or an output changes, in the same order.
        errors: the subjects of each stage that can be assessed under neither.
    """

    counts: Mapping[str, int]
    moves: tuple[StageMove, ...]
    errors: Mapping[str, int] = FrozenMap()

    def __repr__(self) -> str:
        return brief(self, counted(len(self.counts), "stage"), counted(len(self.moves), "move"))

    def __str__(self) -> str:
        return self.text()

    @property
    def rated_otherwise(self) -> tuple[StageMove, ...]:
        """The moves to another band or status."""
        return tuple(move for move in self.moves if move.old != move.new)

    def text(self) -> str:
        """Return a line for each stage, and one for each of its moves."""
        lines = []
        for stage, count in self.counts.items():
            own = [move for move in self.moves if move.stage == stage]
            others = sum(move.old != move.new for move in own)
            errors = self.errors.get(stage, 0)
            left = f"; {errors} can't be assessed under either" if errors else ""
            change = f"{others} of {count} ratings in the population change"
            lines += [f"{stage}: {change}, {len(own)} with scores and outputs{left}"]
            lines += [f"  {move}" for move in own]
        return neutral_lines("\n".join([*lines, ""]))

    def data(self) -> dict[str, Any]:
        """Return the same as data for JSON."""
        return {
            "counts": dict(self.counts),
            "errors": dict(self.errors),
            "moves": [
                {"stage": move.stage, "key": list(move.key), "old": move.old, "new": move.new}
                | {"old_score": _text(move.old_score), "new_score": _text(move.new_score)}
                | {"outputs": list(move.outputs)}
                for move in self.moves
            ],
        }


def appraisal_impact(
    old: AppraisalProgram,
    new: AppraisalProgram,
    tables: Mapping[str, Any],
    *,
    new_tables: Mapping[str, Any] | None = None,
) -> AppraisalImpact:
    """Find whose ratings change in each stage, also through the stages that take from one whose rules change.

    Args:
        old: the appraisal.
        new: the appraisal with other rules.
        tables: the subjects of each stage, as for `appraise`.
        new_tables: those for the new one, if its inputs differ.

    Raises:
        ValueError: if a stage has no table, or a table belongs to no stage.
        ImportError: if a data frame is given without the extra `table`.
    """
    before, after = appraise(old, tables), appraise(new, tables if new_tables is None else new_tables)
    stages = dict.fromkeys([*before.stages, *after.stages])
    counts = {stage: len(_standings(before, stage) | _standings(after, stage)) for stage in stages}
    errors = {stage: len(_errors(before, stage) & _errors(after, stage)) for stage in stages}
    return AppraisalImpact(counts, tuple(move for stage in stages for move in _moves(before, after, stage)), errors)


def _errors(appraised: Appraised, stage: str) -> set[tuple[str, ...]]:
    return {key for key, (standing, _, _) in _standings(appraised, stage).items() if standing == "error"}


def _moves(before: Appraised, after: Appraised, stage: str) -> Iterator[StageMove]:
    was, now = _standings(before, stage), _standings(after, stage)
    for key in dict.fromkeys([*was, *now]):
        (old, old_score, before_), (new, new_score, after_) = was.get(key, NO_ROW), now.get(key, NO_ROW)
        outputs = tuple(id_ for id_ in {**before_, **after_} if before_.get(id_) != after_.get(id_))
        if (old, old_score) != (new, new_score) or outputs:
            yield StageMove(stage, key, old, new, old_score, new_score, outputs)


def _standings(appraised: Appraised, stage: str) -> dict[tuple[str, ...], Standing]:
    found: AppraisedStage | None = appraised.stages.get(stage)
    if found is None:
        return {}
    rated: dict[tuple[str, ...], Standing] = {
        key: (one.band or one.status, one.score, one.outputs) for key, one in found.assessments.items()
    }
    return rated | {error.key: ("error", None, {}) for error in found.errors}


def _text(score: Decimal | None) -> str | None:
    return None if score is None else str(score)
