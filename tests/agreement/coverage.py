"""Counts the features of the language that drawn pairs contain and reach.

A function counts where the formula it stands in came to a value and it was certainly evaluated on the way:
nothing behind `if`, `and`, `or`, a `default` or in the body of an aggregate counts. The counts are
therefore too low rather than too high.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from attrs import define, field

from kpirules import Assessment, Program
from kpirules.analysis.checking.places import places
from kpirules.kernel.exact import MODES, Rounding
from kpirules.language.expressions import tree
from kpirules.language.expressions.functions import AGGREGATES, FUNCTIONS
from kpirules.language.expressions.tree import Node
from kpirules.language.model import (
    COMBINES,
    Bands,
    Cases,
    Criterion,
    Entered,
    Group,
    Lookup,
    Measure,
    Met,
    Points,
    Rate,
    Scale,
    Shape,
    Steps,
)
from kpirules.record import Computation

from .comparing import FAULT, Came

__all__ = ["BAND_SHAPES", "EXPECTED", "FAULTS", "LEAVES", "STATUSES", "Features"]

LEAVES = ("points", "rate", "met", "steps", "scale", "thresholds", "lookup", "cases", "entered")
ABSENCE = ("exclude", "zero", "full", "unrated")
OVERRIDES = ("band", "band_at_most", "band_at_least", "unrated")
STATUSES = ("rated", "undefined", "insufficient", "exempted", "overridden")
FAULTS = {
    "KR620": "division",
    "KR621": "domain",
    "KR622": "date",
    "KR623": "calendar",
    "KR624": "scale",
    "KR625": "points",
}
PROBLEMS = ("KR601", "KR602", "KR603", "KR604", "KR605", "KR606", "KR607", "KR608")
BAND_SHAPES = (
    "higher",
    "lower",
    "without_ends",
    "hole",
    "overlap",
    "overlap_best",
    "overlap_worst",
    "fall",
    "requires",
    "measure",
    "on_exact",
    "at_an_end",
)
OTHERS = (
    *(f"operator:{sign}" for sign in ("+", "-", "*", "/", "**", "sign", "chain", "in", "not in")),
    *(f"operator:{sign}" for sign in ("==", "!=", "<", "<=", ">", ">=", "and", "or", "not", "if")),
    *(f"table:{shape}" for shape in ("steps", "scale", "thresholds", "lookup", "cases", "choice")),
    *("round:places", "round:to", "group:rescale", "group:require_share", "group:clamp", "leaf:undefined"),
    *(
        "applies:false",
        "score:limit",
        "override:changed",
        "override:settles",
        "output:optional",
        "let:not_needed",
        "input:default",
    ),
    *("aggregate:of_children", "aggregate:of_records", "invariant:failed"),
)

EXPECTED: tuple[str, ...] = (
    *(f"function:{name}" for name in FUNCTIONS),
    *(f"aggregate:{name}" for name in AGGREGATES),
    *(f"leaf:{form}" for form in LEAVES),
    *(f"combine:{way}" for way in (*COMBINES, "points")),
    *(f"missing:{policy}" for policy in ABSENCE),
    *(f"mode:{mode}" for mode in MODES),
    *(f"override:{kind}" for kind in OVERRIDES),
    *(f"bands:{shape}" for shape in BAND_SHAPES),
    *(f"fault:{kind}" for kind in FAULTS.values()),
    *(f"status:{status}" for status in STATUSES),
    *(f"problem:{code}" for code in PROBLEMS),
    *OTHERS,
)
"""Every feature that a run in CI must reach."""


@define
class Features:
    """The features of one rulebook, and how often its subjects reached each.

    Args:
        program: the rulebook's program.
        counts: by feature, in how many pairs it was reached.
    """

    program: Program
    counts: Counter[str] = field(factory=Counter)
    _formulas: dict[str, frozenset[str]] = field(init=False)
    _criteria: dict[str, tuple[Criterion, frozenset[str]]] = field(init=False)
    _bands: frozenset[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        rulebook = self.program.rulebook
        shapes = {table.id: table.shape for table in rulebook.tables}
        giving = {table.id for table in rulebook.tables if table.gives.kind == "choice"}
        self._formulas = {
            place.expression.text: frozenset(_of_formula(place.expression.tree, shapes, giving))
            for place in places(rulebook)
        }
        root = () if rulebook.root is None else rulebook.root.walk()
        self._criteria = {one.id: (one, frozenset(_of_criterion(one))) for one in root}
        self._bands = frozenset() if rulebook.bands is None else frozenset(_of_bands(rulebook.bands))

    def add(self, came: Came) -> None:
        """Count the features that one subject reaches."""
        if isinstance(came, Assessment):
            self.counts.update(self._reached(came))
        else:
            kind, report = came
            names = {f"fault:{FAULTS.get(d.code, d.code)}" if kind == FAULT else f"problem:{d.code}" for d in report}
            self.counts.update(names)

    def _reached(self, found: Assessment) -> set[str]:
        reached = {f"status:{self._status(found)}"}
        for computation in _computations(found):
            reached |= self._formulas.get(computation.formula, frozenset())
        for id_, outcome in found.outcomes.items():
            criterion, features = self._criteria[id_]
            if outcome.policy:
                reached.add(f"missing:{outcome.policy}")
            if outcome.why == "applies":
                reached.add("applies:false")
            if outcome.why == "undefined" and isinstance(criterion.body, Measure | Cases):
                reached.add("leaf:undefined")
            if outcome.required is not None:
                reached.add("group:require_share")
            if outcome.outcome == "scored":
                reached |= features
            lines = {line.kind for line in outcome.contributions}
            if "rescale" in lines:
                reached.add("group:rescale")
            if "clamp" in lines and isinstance(criterion.body, Group):
                reached.add("group:clamp")
            if "limit" in lines:
                reached.add("score:limit")
        for override in found.overrides:
            reached.add(f"override:{override.kind}")
            if override.decided:
                reached.add("override:changed")
        if found.status == "rated" and found.band and self.program.rulebook.root and found.score is None:
            reached.add("override:settles")
        if found.status in ("rated", "undefined") and (found.requirements or found.bands_inside or found.margin):
            reached |= self._bands
        reached |= set(self._about_bands(found))
        if None in found.outputs.values():
            reached.add("output:optional")
        if found.not_needed:
            reached.add("let:not_needed")
        if found.assumed:
            reached.add("input:default")
        if any(not one.held for one in found.invariants):
            reached.add("invariant:failed")
        return reached

    def _status(self, found: Assessment) -> str:
        if found.exemption is not None:
            return "exempted"
        return "overridden" if found.status not in STATUSES else found.status

    def _about_bands(self, found: Assessment) -> Iterator[str]:
        """Yield the features of bands that depend on the number alone."""
        bands = self.program.rulebook.bands
        if bands is None:
            return
        if found.because == ("bands",):
            yield "bands:hole"
        if len(found.bands_inside) > 1:
            yield f"bands:overlap{'' if bands.overlap is None else f'_{bands.overlap}'}"
        if self.program.rulebook.bands_on_exact and found.bands_inside:
            yield "bands:on_exact"
        numbers = {found.exact_score, None if found.score is None else Fraction(found.score)} - {None}
        ends = {end for one in bands.levels for end in (one.interval.lower, one.interval.upper)}
        if bands.measure is None and not numbers.isdisjoint(ends):
            yield "bands:at_an_end"


def _computations(found: Assessment) -> Iterator[Computation]:
    """Yield every formula that had a value."""
    yield from found.let_computations.values()
    yield from found.output_computations.values()
    for outcome in found.outcomes.values():
        yield from outcome.computations.values()
    for requirement in found.requirements:
        yield requirement.computation
    for condition in (*found.limits, *found.invariants):
        yield condition.computation
    for override in found.overrides:
        if override.computation is not None:
            yield override.computation
    for single in (found.band_measure, None if found.exemption is None else found.exemption.computation):
        if single is not None:
            yield single


# -- what a part of a rulebook is -----------------------------------------------------------------


def _of_criterion(criterion: Criterion) -> Iterator[str]:
    match criterion.body:
        case Group(combine=combine):
            yield f"combine:{combine or 'points'}"
        case Points():
            yield "leaf:points"
        case Rate():
            yield "leaf:rate"
        case Met():
            yield "leaf:met"
        case Entered():
            yield "leaf:entered"
        case Cases():
            yield "leaf:cases"
        case Measure(shape=shape):
            yield f"leaf:{_shape(shape)}"
    if criterion.round is not None:
        yield from _of_rounding(criterion.round)


def _of_rounding(rounding: Rounding) -> Iterator[str]:
    yield f"mode:{rounding.mode}"
    yield "round:places" if rounding.places is not None else "round:to"


def _shape(shape: Shape | Cases) -> str:
    match shape:
        case Cases():
            return "cases"
        case Steps():
            return "steps"
        case Scale():
            return "scale"
        case Lookup():
            return "lookup"
    return "thresholds"


def _of_bands(bands: Bands) -> Iterator[str]:
    lowers = [one.interval.lower for one in bands.levels if one.interval.lower is not None]
    if not any((one.lower, one.upper) != (None, None) for one in bands.levels):
        yield "bands:without_ends"
    elif lowers and lowers[0] != min(lowers):
        yield "bands:higher"
    elif bands.levels[0].interval.lower is None:
        yield "bands:lower"
    if bands.falls_to_next:
        yield "bands:fall"
    if any(one.requires for one in bands.levels):
        yield "bands:requires"
    if bands.measure is not None:
        yield "bands:measure"


def _of_formula(node: Node, tables: dict[str, Shape | Cases], giving: set[str]) -> Iterator[str]:
    """Yield the features of the parts that are certainly evaluated if a formula has a value."""
    for part in _sure(node):
        match part:
            case tree.Call(function=function) if function in tables:
                yield f"table:{_shape(tables[function])}"
                if function in giving:
                    yield "table:choice"
            case tree.Call(function=function, named=named):
                yield f"function:{function}"
                if function == "round":
                    names = dict(named)
                    mode = names.get("mode", part.arguments[2] if len(part.arguments) > 2 else None)
                    if isinstance(mode, tree.Literal):
                        yield f"mode:{mode.value}"
                    yield "round:to" if "to" in names else "round:places"
            case tree.Aggregate(function=function, collection=collection):
                yield f"aggregate:{function}"
                yield f"aggregate:of_{'children' if isinstance(collection, tree.Field) else 'records'}"
            case tree.Arithmetic(operator=sign) | tree.Logic(operator=sign):
                yield f"operator:{sign}"
            case tree.Comparison(operators=signs):
                yield f"operator:{signs[0]}"
                if len(signs) > 1:
                    yield "operator:chain"
            case tree.Membership(is_negated=is_negated):
                yield "operator:not in" if is_negated else "operator:in"
            case tree.Raised():
                yield "operator:**"
            case tree.Sign():
                yield "operator:sign"
            case tree.Not():
                yield "operator:not"
            case tree.Conditional():
                yield "operator:if"


def _sure(node: Node) -> Iterator[Node]:
    """Yield a node and the nodes below it that are evaluated for all values."""
    yield node
    match node:
        case tree.Logic(operands=(first, *_)) | tree.Conditional(condition=first):
            below: tuple[Node, ...] = (first,)
        case tree.Comparison(operands=operands):
            below = operands[:2]
        case tree.Call(function="default", arguments=arguments, named=named):
            below = arguments[:1] or tuple(argument for name, argument in named if name == "x")
        case tree.Call(function="ratio", arguments=arguments, named=named):
            below = (*arguments, *(argument for name, argument in named if name != "if_zero"))
        case tree.Aggregate():
            below = ()
        case _:
            below = tree.children(node)
    for part in below:
        yield from _sure(part)
