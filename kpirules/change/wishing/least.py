"""The least change of some inputs of a subject that reaches a band."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from importlib.util import find_spec
from math import prod
from typing import Any

from attrs import field, frozen

from ...diagnostics import Report
from ...diagnostics.codes import At, inputs
from ...errors import SubjectError
from ...kernel.brief import brief
from ...kernel.exact import to_text
from ...kernel.mappings import FrozenMap
from ...kernel.shown import Shown
from ...rating.assessing import assess
from ...rating.assessing.agreement import agreed
from ...rating.assessing.choosing import part_of
from ...rating.assessing.values import take
from ...rating.program import Program
from ...record import Assessment
from .axes import Axis, axis
from .beside import in_words, standing
from .obstacles import obstacles
from .searching import Wish, every, found_by_search

__all__ = ["Needed", "needed"]

MOST_IN_ALL = 20_000
"""The most combinations of values that are all tried, the least change first, so that the answer is proved."""


@frozen
class Needed(Shown):
    """The least change that reaches a band, or why none does.

    Args:
        rulebook: the id of the rules.
        band: the band to reach, or a better one.
        changing: the inputs that may change.
        changes: the inputs that change, each with its value and the new one; empty if none needs to, or none helps.
        cost: the sum of all changes, each as a share of its domain; None if no change reaches the band.
        is_proved: whether it is proved that no lesser change reaches the band, or that none does.
        assessment: the subject as it is changed; None if no change reaches the band.
        notes: what the answer leaves out, one sentence each.
        obstacles: if no change reaches the band, but the score alone would: the paths of the exemption, limits,
            requirements and overrides that stand in the way.
    """

    rulebook: str
    band: str
    changing: tuple[str, ...]
    changes: FrozenMap[str, tuple[Any, Any]] = field(factory=FrozenMap)
    cost: Fraction | None = None
    is_proved: bool = False
    assessment: Assessment | None = None
    notes: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()

    @property
    def is_reached(self) -> bool:
        """Whether a change reaches the band."""
        return self.assessment is not None

    @property
    def title(self) -> str:
        """The title of a separate page."""
        return f"What `{self.band}` needs, by {self.rulebook}"

    def __repr__(self) -> str:
        found = "not reached" if self.assessment is None else standing(self.assessment)
        return brief(self, self.band, found, "proved" if self.is_proved else "not proved")

    def data(self) -> dict[str, Any]:
        """Return the change as data for JSON."""
        return {
            "rulebook": self.rulebook,
            "band": self.band,
            "changing": list(self.changing),
            "is_reached": self.is_reached,
            "is_proved": self.is_proved,
            "changes": {id_: [_plain(was), _plain(now)] for id_, (was, now) in self.changes.items()},
            "cost": None if self.cost is None else to_text(self.cost),
            "then": None if self.assessment is None else self.assessment.to_data(),
            "notes": list(self.notes),
            "obstacles": list(self.obstacles),
        }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | str) else in_words(value)


def needed(program: Program, subject: object, band: str | None = None, *, changing: str | Iterable[str]) -> Needed:
    """Return the least change of some inputs that gives a subject a band, or a better one.

    A change costs its share of the domain of the input: 5 of 0 to 50 costs a tenth. A change of a value without
    an order, or of an absent one, costs 1. All combinations are tried if they are few. Else a search finds a
    change. With the extra `prove`, z3 proves that none is less, or finds a lesser one. Bands are those before quotas.

    Args:
        program: the rules.
        subject: its values, as `assess` takes them; they need not be valid together.
        band: the band to reach; by default the next better one.
        changing: the inputs that may change: numbers, dates, booleans and choices. One may be a text.

    Raises:
        SubjectError: if a value is not valid, or the rulebook compares subjects.
        ValueError: if there is no such band or input, or the input has other values, or chooses the rules.

    >>> from kpirules import load
    >>> count = {"type": "integer", "min": 0, "max": 10}
    >>> program = load({
    ...     "kpirules": 1,
    ...     "inputs": {"done": count, "late": count},
    ...     "criteria": {"work": {"max": 100, "points": "10 * done - 5 * late", "outside": "clamp"}},
    ...     "bands": {"good": {"from": 70}, "poor": {"from": 0}},
    ... })
    >>> found = needed(program, {"done": 6, "late": 2}, "good", changing=["done", "late"])
    >>> dict(found.changes), found.is_proved
    ({'done': (Fraction(6, 1), Fraction(8, 1))}, True)
    """
    if program.parts:
        program, subject = part_of(program, subject)
    names = [changing] if isinstance(changing, str) else list(dict.fromkeys(changing))
    wish = _wish(program, subject, band, names)
    best, is_proved = _least(program, wish)
    return _answer(program, wish, best, is_proved=is_proved)


def _wish(program: Program, subject: object, band: str | None, changing: Sequence[str]) -> Wish:
    rulebook, plan = program.rulebook, program.plan
    if not plan.bands:
        raise ValueError("the rulebook has no bands")
    if band is not None and band not in plan.bands:
        raise ValueError(f"there is no band `{band}`: there are {', '.join(plan.bands)}")
    if program.compared:
        raise SubjectError(Report((inputs.asks_for_its_cohort(At(None, "")),)))
    values = take(rulebook.inputs, subject)
    if values.problems or values.missing:
        raise SubjectError(Report((*values.problems, *values.missing)))
    arguments = program.scalar.pack(values.given)
    axes = tuple(_axis(program, arguments, id_) for id_ in changing)
    return Wish(program, arguments, band or _next_better(program, tuple(arguments)), axes)


def _next_better(program: Program, arguments: tuple[Any, ...]) -> str:
    """Return the worst band that a subject does not reach; the best one if it reaches all."""
    bands = program.plan.bands
    better = [band for band in bands if not Wish(program, arguments, band, ()).is_reached(arguments)]
    return better[-1] if better else bands[0]


def _axis(program: Program, arguments: Sequence[Any], id_: str) -> Axis:
    rulebook = program.rulebook
    if id_ not in program.inputs:
        raise ValueError(f"there is no input `{id_}`: there are {', '.join(program.inputs)}")
    if id_ in (rulebook.variant_by, rulebook.edition_by):
        raise ValueError(f"`{id_}` chooses the rules, so it can't be changed")
    found = axis(program.plan, id_, arguments)
    if found is None:
        raise ValueError(f"`{id_}` is neither a number, a date, a boolean nor a choice")
    return found


def _least(program: Program, wish: Wish) -> tuple[tuple[Any, ...] | None, bool]:
    """Return the arguments of the least change, None if there is none, and whether that is proved."""
    if wish.is_reached(wish.arguments):
        return wish.arguments, True
    if _has_few(wish):
        return every(wish), True
    found = found_by_search(wish)
    if find_spec("z3") is None:
        return found, False
    from .proving import least_proved

    return least_proved(wish, found)


def _has_few(wish: Wish) -> bool:
    """Return whether all combinations of values can be tried."""
    return prod(axis.count + 1 for axis in wish.axes) <= MOST_IN_ALL


def _found(wish: Wish) -> tuple[Any, ...] | None:
    """Return a change that reaches the band, not proved to be the least."""
    return every(wish) if _has_few(wish) else found_by_search(wish)


def _answer(program: Program, wish: Wish, best: tuple[Any, ...] | None, *, is_proved: bool) -> Needed:
    rules, ids = program.id, tuple(axis.id for axis in wish.axes)
    notes = ("the band is the one before quotas",) if program.has_quotas else ()
    if best is None:
        way = obstacles(wish, _found)
        return Needed(rules, wish.band, ids, is_proved=is_proved, notes=notes, obstacles=way)
    was, now = program.scalar.unpack(wish.arguments), program.scalar.unpack(best)
    changes = FrozenMap({id_: (was[id_], now[id_]) for id_ in ids if was[id_] != now[id_]})
    given = {id_: value for id_, value in now.items() if value is not None}
    assessment = assess(program, given)
    agreed(assessment == assess(program, given, engine="reference"), wish.band)
    return Needed(rules, wish.band, ids, changes, wish.cost(best), is_proved, assessment, notes)
