"""The tree of criteria, with points that add up line by line."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import evolve, frozen

from ...kernel.exact import to_text
from ...kernel.mappings import FrozenMap
from ...kernel.visible import neutral
from ...language.wording import beside
from ...record import Assessment, Computation, Contribution, Outcome
from .lines import Line
from .numbers import briefly, exactly, in_formula, summed, tidy
from .voice import Voice

__all__ = ["criteria_lines", "why"]

_COMBINES = ("mean", "geometric_mean", "harmonic_mean", "min", "max", "product")


def criteria_lines(assessment: Assessment, voice: Voice) -> tuple[Line, ...]:
    """Return the score with its criteria below it, or nothing if there is no score.

    Args:
        assessment: the record.
        voice: the language.
    """
    score = assessment.outcomes.get("score")
    if score is None:
        return ()
    # Outcomes are recorded in the order of judging; the legend has the order of the rulebook.
    written = {name: place for place, name in enumerate(assessment.legend.entries)}
    children: dict[str, list[Outcome]] = {}
    for outcome in sorted(assessment.outcomes.values(), key=lambda o: written.get(f"criteria.{o.id}", len(written))):
        if outcome.id != "score":
            children.setdefault(outcome.parent, []).append(outcome)
    return (_Tree(voice, FrozenMap(children)).line(score),)


def why(outcome: Outcome, voice: Voice) -> str:
    """Return why a criterion is not simply scored, and the policy applied; empty if it is scored.

    Args:
        outcome: the outcome of the criterion.
        voice: the language.
    """
    if not outcome.why:
        return ""
    reason = voice.word("why", outcome.why)
    if outcome.why == "absent" and (absent := _absent(outcome.computations, voice)):
        reason = voice.say("why_absent_values", values=", ".join(absent))
    if outcome.remains is not None and outcome.required is not None:
        reason = voice.say(
            "why_remains", remains=voice.exactly(outcome.remains), required=voice.exactly(outcome.required)
        )
    return f"{reason}; {voice.word('policy', outcome.policy)}" if outcome.policy else reason


def _absent(computations: Mapping[str, Computation], voice: Voice) -> list[str]:
    """Return the names of the absent values that a criterion reads."""
    readings = [reading for computation in computations.values() for reading in computation.readings]
    return list(dict.fromkeys(voice.reading(text) for text, value in readings if value is None))


@frozen
class _Tree:
    """Builds the lines of criteria, grouped by their parents."""

    voice: Voice
    children: Mapping[str, list[Outcome]]

    def line(self, outcome: Outcome, adds: Contribution | None = None) -> Line:
        """Return a criterion with everything below it.

        Args:
            outcome: the outcome of the criterion.
            adds: its contribution to its group, None if the group is not a sum or mean.
        """
        line = self.voice.line("criterion", "criteria", outcome.id, state=outcome.outcome)
        whole = beside("score", self.voice.say("whole")) if outcome.id == "score" else ""
        return evolve(
            line,
            label=line.label or whole,
            amount=self.amount(outcome),
            out_of="" if outcome.max is None or outcome.outcome == "excluded" else to_text(outcome.max),
            remark="; ".join(self.remarks(outcome, adds)),
            working=() if self.voice.is_letter else _sum(outcome.contributions),
            children=(*self.formulas(outcome), *self.below(outcome), *self.changes(outcome)),
        )

    def amount(self, outcome: Outcome) -> str:
        if outcome.points is not None:
            return self.voice.exactly(outcome.points)
        return self.voice.say("excluded" if outcome.outcome == "excluded" else "missing")

    def remarks(self, outcome: Outcome, adds: Contribution | None) -> list[str]:
        remarks = [why(outcome, self.voice), self.combined(outcome)]
        if self.voice.is_letter:
            remarks += [self.found(part, computation) for part, computation in outcome.computations.items()]
        if outcome.row and (self.voice.is_letter or not {"measure", "cases"} & outcome.computations.keys()):
            remarks.append(self.row(outcome))
        if outcome.weight is not None:
            remarks.append(self.voice.say("weight", weight=to_text(outcome.weight)))
        if adds is not None and adds.points != outcome.points:
            remarks.append(self.voice.say("adds", points=self.voice.exactly(adds.points)))
        return [remark for remark in remarks if remark]

    def found(self, part: str, computation: Computation) -> str:
        """Return the value of a formula in words; empty if the points or the reason already say it."""
        if part in ("applies", "points") or computation.value is None:
            return ""
        unit = self.voice.unit(tidy(computation.formula))
        return f"{self.voice.word('part', part)}: {self.voice.value(computation.value, unit)}"

    def combined(self, outcome: Outcome) -> str:
        """Return how a group combines its children, unless it is a sum or a formula."""
        word = self.voice.entry("criteria", outcome.id).formula
        is_combined = word in _COMBINES and outcome.id in self.children and "points" not in outcome.computations
        return self.voice.word("combine", word) if is_combined else ""

    def row(self, outcome: Outcome) -> str:
        measure = outcome.computations.get("measure")
        measured = None if measure is None else measure.value
        if outcome.row == "otherwise" or (outcome.row == "entered" and measure is None):
            return self.voice.say(outcome.row)
        return self.voice.say("row", row=self.voice.row(outcome.row, measured))

    def formulas(self, outcome: Outcome) -> list[Line]:
        """Return the lines of a criterion's formulas, with values put in."""
        if self.voice.is_letter:
            return []
        return [self.formula(outcome, part, computation) for part, computation in outcome.computations.items()]

    def formula(self, outcome: Outcome, part: str, computation: Computation) -> Line:
        is_condition = part in ("applies", "met")
        fields = self.voice.condition(computation) if is_condition else self.voice.work(computation)
        if part == "cases":
            fields |= {"formula": self.read(computation), "working": ()}
        rate, own = computation.value, _own(outcome)
        if own is not None and part == "rate" and isinstance(rate, Fraction) and outcome.max is not None:
            product = f"{briefly(outcome.max)} × {in_formula(rate) if rate < 0 else briefly(rate)}"
            fields["working"] += (f"→ {product} = {exactly(own)}",)
        if own is not None and part in ("measure", "cases") and outcome.row:
            fields["working"] += (f"→ {exactly(own)}: {self.row(outcome)}",)
        id_ = neutral(tidy(part))
        return Line("formula", id_, beside(id_, self.voice.word("part", part)), **fields)

    def read(self, computation: Computation) -> str:
        """Return the names that the cases of a decision table read, each with its value."""
        named = ((tidy(text), value) for text, value in computation.readings)
        return ", ".join(
            f"{neutral(text)} = {self.voice.shown(value, self.voice.unit(text))}" for text, value in named
        )

    def below(self, outcome: Outcome) -> list[Line]:
        adds = {c.id: c for c in outcome.contributions if c.kind == "criterion"}
        children = self.children.get(outcome.id, [])
        if self.voice.is_letter:
            # The largest contributions come first.
            weights = {id_: abs(contribution.points) for id_, contribution in adds.items()}
            children = sorted(children, key=lambda child: weights.get(child.id, Fraction(0)), reverse=True)
        return [self.line(child, adds.get(child.id)) for child in children]

    def changes(self, outcome: Outcome) -> list[Line]:
        """Return the contributions that are not criteria: rescaling, caps, limits, rounding."""
        lines = outcome.contributions
        return [
            self.change(outcome, contribution)
            for contribution in lines
            if contribution.kind != "criterion" and len(lines) > 1
        ]

    def change(self, outcome: Outcome, contribution: Contribution) -> Line:
        label = self.voice.word("line", contribution.kind)
        amount = self.voice.exactly(contribution.points)
        if contribution.kind == "limit":
            line = self.voice.line("contribution", "limits", contribution.id, state="limit", amount=amount)
            return evolve(line, label=line.label or label)
        if contribution.kind == "rounding" and outcome.id == "score":
            label = self.voice.say("line_rounding_how", rounding=self.voice.rounding()).strip()
        return Line("contribution", label=label, state=contribution.kind, amount=amount)


def _own(outcome: Outcome) -> Fraction | None:
    return next((c.points for c in outcome.contributions if c.kind == "own"), None)


def _sum(contributions: tuple[Contribution, ...]) -> tuple[str, ...]:
    """Return a sum on one line, in exact numbers, so that a reader can check it."""
    if len(contributions) < 2:
        return ()
    return (f"= {summed([contribution.points for contribution in contributions])}",)
