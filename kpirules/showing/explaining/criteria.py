"""The tree of criteria: points that add up line by line, and where each comes from."""

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
from .numbers import exactly, in_formula, tidy
from .voice import Voice

__all__ = ["criteria_lines", "why"]

_COMBINES = ("mean", "geometric_mean", "harmonic_mean", "min", "max", "product")


def criteria_lines(assessment: Assessment, voice: Voice) -> tuple[Line, ...]:
    """The score with the criteria below it, or nothing where there is no score at all.

    Args:
        assessment: the record.
        voice: the language.
    """
    score = assessment.outcomes.get("score")
    if score is None:
        return ()
    # Outcomes are recorded as they were judged; the legend has them as the author wrote them.
    written = {name: place for place, name in enumerate(assessment.legend.entries)}
    children: dict[str, list[Outcome]] = {}
    for outcome in sorted(assessment.outcomes.values(), key=lambda o: written.get(f"criteria.{o.id}", len(written))):
        if outcome.id != "score":
            children.setdefault(outcome.parent, []).append(outcome)
    return (_Tree(voice, FrozenMap(children)).line(score),)


def why(outcome: Outcome, voice: Voice) -> str:
    """Why a criterion is not plainly scored, and what became of it; empty where it is.

    Args:
        outcome: of the criterion.
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
    """What a criterion reads and does not have."""
    readings = [reading for computation in computations.values() for reading in computation.readings]
    return list(dict.fromkeys(voice.reading(text) for text, value in readings if value is None))


@frozen
class _Tree:
    """The criteria by the group they belong to."""

    voice: Voice
    children: Mapping[str, list[Outcome]]

    def line(self, outcome: Outcome, adds: Contribution | None = None) -> Line:
        """A criterion and everything below it.

        Args:
            outcome: of the criterion.
            adds: what it adds to its group, None where its group is no sum or mean.
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
        """What a formula gave, in words; empty where the points or the reason say it already."""
        if part in ("applies", "points") or computation.value is None:
            return ""
        return f"{self.voice.word('part', part)}: {self.voice.value(computation.value)}"

    def combined(self, outcome: Outcome) -> str:
        """How the children come together, where that is no sum and no formula of the author's."""
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
        """The formulas of a criterion at work, down to the points they gave."""
        if self.voice.is_letter:
            return []
        return [self.formula(outcome, part, one) for part, one in outcome.computations.items()]

    def formula(self, outcome: Outcome, part: str, computation: Computation) -> Line:
        is_condition = part in ("applies", "met")
        fields = self.voice.condition(computation) if is_condition else self.voice.work(computation)
        if part == "cases":
            fields = {"formula": self.read(computation), "working": ()}
        rate, own = computation.value, _own(outcome)
        if own is not None and part == "rate" and isinstance(rate, Fraction) and outcome.max is not None:
            product = f"{_brief(outcome.max)} × {in_formula(rate) if rate < 0 else _brief(rate)}"
            fields["working"] += (f"→ {product} = {exactly(own)}",)
        if own is not None and part in ("measure", "cases") and outcome.row:
            fields["working"] += (f"→ {exactly(own)}: {self.row(outcome)}",)
        id_ = neutral(tidy(part))
        return Line("formula", id_, beside(id_, self.voice.word("part", part)), **fields)

    def read(self, computation: Computation) -> str:
        """What the cases of a decision table read, with the value of each."""
        return ", ".join(f"{neutral(tidy(text))} = {self.voice.shown(value)}" for text, value in computation.readings)

    def below(self, outcome: Outcome) -> list[Line]:
        adds = {c.id: c for c in outcome.contributions if c.kind == "criterion"}
        children = self.children.get(outcome.id, [])
        if self.voice.is_letter:
            # In order of weight: what adds or takes most comes first.
            weights = {id_: abs(one.points) for id_, one in adds.items()}
            children = sorted(children, key=lambda child: weights.get(child.id, Fraction(0)), reverse=True)
        return [self.line(child, adds.get(child.id)) for child in children]

    def changes(self, outcome: Outcome) -> list[Line]:
        """Lines of the sum that are no criteria."""
        lines = outcome.contributions
        return [self.change(outcome, one) for one in lines if one.kind != "criterion" and len(lines) > 1]

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
    """The lines of a sum as one, in exact numbers, so that it can be added up again."""
    if len(contributions) < 2:
        return ()
    first, *others = (contribution.points for contribution in contributions)
    signed = [f"{'-' if points < 0 else '+'} {_brief(abs(points))}" for points in others]
    return (" ".join(["=", _brief(first), *signed]),)


def _brief(points: Fraction) -> str:
    """An exact number without the decimal beside it; shortened only where it is very long."""
    text = exactly(points).partition(" (")[0]
    return f"({text})" if text.startswith("≈") else text
