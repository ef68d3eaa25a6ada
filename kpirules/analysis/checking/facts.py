"""Types every expression of a rulebook, in the order of dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cached_property

from attrs import define, evolve, field, frozen

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, comparing, expression
from ...kernel.budget import spend
from ...kernel.exact import is_finite_decimal
from ...language.expressions import UNKNOWN, Expression, Scope, Type, Typing, defined, presence
from ...language.expressions.presence import NOTHING as NOTHING_PRESENT
from ...language.expressions.presence import optional_names
from ...language.expressions.tree import OfCohort, Unreadable
from ...language.model import (
    Amount,
    Cases,
    Criterion,
    Entered,
    Group,
    Lookup,
    Measure,
    Quota,
    Rulebook,
    Shape,
    Steps,
    Words,
    bands_before,
    with_formulas_of_quotas,
)
from ...plan import Outcomes, Plan, combination, outcomes, plan
from ..bounds import Bound, Bounds, bounds
from .gaps import band_may_be_absent
from .graph import Graph, dependencies
from .parts import parts
from .places import BAND, CRITERIA, INVARIANT, ITEM, ORDER, OUTPUT, SCORE, Place, applies_of, places
from .scopes import OF_QUOTA, Vocabulary, flat_names, member_scope, rated_scope, vocabulary
from .unresolved import NOTHING, Unresolved, resolved

__all__ = ["Facts", "facts"]

SCORED = Outcomes()


@frozen
class Facts:
    """A rulebook with the results of typing its expressions.

    Args:
        rulebook: the rules.
        places: every expression.
        graph: what reads what.
        measures: the types of the arguments of lookups, by criterion.
        outcomes: the possible outcomes of every criterion, by id; `score` for the total.
        is_score_optional: whether there may be no score.
        problems: the mistakes in names, types and absence.
        wordings: the wording of all parts of the rulebook.
        amounts: all constants of the rulebook.
        undefined: tables with an `undefined` row, and names that may reach such a row when read.
        unresolved: the parts that errors leave without a value.
    """

    rulebook: Rulebook
    places: tuple[Place, ...]
    graph: Graph
    measures: Mapping[str, Type]
    outcomes: Mapping[str, Outcomes]
    is_score_optional: bool
    problems: tuple[Diagnostic, ...]
    wordings: tuple[Words, ...]
    amounts: tuple[Amount, ...]
    undefined: frozenset[str]
    unresolved: Unresolved = NOTHING

    def may_be_undefined(self, formula: Expression) -> bool:
        """Return whether a formula may reach an undefined row."""
        return not self.undefined.isdisjoint((*formula.called, *formula.names))

    @cached_property
    def by_path(self) -> Mapping[str, Criterion]:
        """The score and every criterion, by path."""
        return (
            {}
            if self.rulebook.root is None
            else {criterion.words.path: criterion for criterion in self.rulebook.root.walk()}
        )

    @cached_property
    def plan(self) -> Plan:
        """The plan of the rulebook, with the formulas of its quotas; unresolved parts have unknown values."""
        return plan(with_formulas_of_quotas(resolved(self.rulebook, self.unresolved)))

    @cached_property
    def bounds(self) -> Bounds:
        """The bounds of everything in the plan."""
        return bounds(self.plan)

    @cached_property
    def exact_score(self) -> Bound | None:
        """The bound of the unrounded score; None if it is unknown or not a number."""
        if self.rulebook.root is None or not self.unresolved.has_score:
            return None
        found = self.bounds.names["exact_score"]
        return found if found.kind == "number" else None

    @cached_property
    def grid(self) -> Fraction | None:
        """A number of which the score before rounding is a multiple, or None."""
        score = self.exact_score
        if score is None or score.denominator is None or not is_finite_decimal(Fraction(1, score.denominator)):
            return None
        # A score that is always 0 is a multiple of any step.
        return Fraction(score.multiple or 1, score.denominator)


def facts(rulebook: Rulebook) -> Facts:
    """Return the facts that the checks share, computed once."""
    found = tuple(places(rulebook))
    spend("checking", sum(1 + len(place.expression.nodes) for place in found))
    graph = dependencies(rulebook, found)
    everything = list(parts(rulebook))
    circular = frozenset(node for cycle in graph.cycles for node in cycle)
    typer = _Typer(rulebook, found, vocabulary(rulebook), circular)
    for node in graph.order:
        typer.define(node)
    is_score_optional = typer.rate(graph)
    return Facts(
        rulebook,
        found,
        graph,
        typer.measures,
        typer.outcomes,
        is_score_optional,
        tuple(typer.problems),
        tuple(part for part in everything if isinstance(part, Words)),
        tuple(part for part in everything if isinstance(part, Amount)),
        typer.undefined_tables | typer.unclear,
    )


@define
class _Typer:
    rulebook: Rulebook
    places: tuple[Place, ...]
    names: Vocabulary
    circular: frozenset[str]
    measures: dict[str, Type] = field(factory=dict)
    optional: set[str] = field(factory=set)
    outcomes: dict[str, Outcomes] = field(factory=dict)
    problems: list[Diagnostic] = field(factory=list)
    unclear: set[str] = field(factory=set)
    mistaken: set[Expression] = field(factory=set)
    by_owner: dict[str, list[Place]] = field(init=False)
    criteria: dict[str, tuple[Criterion, bool]] = field(init=False)
    undefined_tables: frozenset[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.by_owner = {}
        for place in self.places:
            self.by_owner.setdefault(place.owner, []).append(place)
        self.criteria = {}
        if self.rulebook.root is not None:
            self._index(self.rulebook.root, False)
        tables = self.rulebook.tables
        self.undefined_tables = frozenset(table.id for table in tables if _has_undefined(table.shape))

    def _index(self, criterion: Criterion, is_below_applies: bool) -> None:
        node = "score" if criterion.id == "score" else f"points.{criterion.id}"
        self.criteria[node] = criterion, is_below_applies
        for child in criterion.children:
            self._index(child, is_below_applies or criterion.applies is not None)

    # -- in the order of dependencies ---------------------------------------------------------

    def define(self, node: str) -> None:
        """Type a named part and let later ones read it; outputs wait until there is a rating."""
        owned = self.by_owner.get(node, [])
        if any(place.stage == OUTPUT for place in owned):
            return
        for place in owned:
            found = self.type(place, self.names.scopes[place.stage])
            # A part of a cycle stays unknown to others, which would only repeat its mistakes.
            found = UNKNOWN if node in self.circular else found
            if place.stage.startswith(ITEM):
                list_, _, computed = node.partition(".")
                self.names.records[list_][computed] = found
                self.mark(place, list_)
            elif node not in self.criteria and place.stage == CRITERIA and place.expects == "any":
                self.names.settle(node, found)
                if node not in self.circular:
                    self.names.definitions[node] = defined(place.expression.tree, self.names.definitions)
                self.mark(place, node)
        if node in self.criteria:
            self.judge(node, owned)

    def judge(self, node: str, owned: Iterable[Place]) -> None:
        criterion, is_below_applies = self.criteria[node]
        own = [*owned, *self.by_owner.get(applies_of(criterion), [])]
        body = criterion.body
        lacks = any(place.owner in self.optional for place in own)
        is_undefined = any(self.is_unclear(place.expression) for place in own)
        if isinstance(body, Group):
            leaving = {child.id for child in body.children if self.outcome(child).leaves}
            lacks = lacks or combination(body).may_lack(leaving)
        elif isinstance(body, Entered):
            lacks = lacks or criterion.missing is not None
        elif isinstance(body, Measure | Cases):
            is_undefined = is_undefined or _has_undefined(body.shape if isinstance(body, Measure) else body)
        found = self.outcomes[criterion.id] = outcomes(
            criterion.id,
            criterion.missing,
            may_not_apply=criterion.applies is not None,
            is_guarded=is_below_applies,
            lacks=lacks,
            is_undefined=is_undefined,
            has_lacking_child=any(self.outcome(child).lacking for child in criterion.children),
        )
        for name in (f"points.{criterion.id}", f"share.{criterion.id}"):
            if name in self.names.judged and not found.has_points:
                self.names.settle(name, self.names.judged[name].optional)

    def outcome(self, criterion: Criterion) -> Outcomes:
        """Return the possible outcomes of a criterion; unknown ones in a cycle are empty."""
        return self.outcomes.get(criterion.id, SCORED)

    def is_unclear(self, formula: Expression) -> bool:
        """Return whether an expression may reach an undefined row."""
        return not (self.undefined_tables.isdisjoint(formula.called) and self.unclear.isdisjoint(formula.names))

    def mark(self, place: Place, name: str) -> None:
        if self.is_unclear(place.expression):
            self.unclear.add(name)

    # -- from the bands on --------------------------------------------------------------------

    def rate(self, graph: Graph) -> bool:
        """Type the parts of the rating; return whether the score may be absent."""
        rulebook, names = self.rulebook, self.names
        rating = [place for place in self.by_owner.get("", []) if place.stage != INVARIANT]
        of_outputs = [p for node in graph.order for p in self.by_owner.get(node, []) if p.stage == OUTPUT]
        deciding_places = [place for place in rating if place.stage in (CRITERIA, SCORE, BAND)]
        is_unclear = any(self.is_unclear(place.expression) for place in (*deciding_places, *of_outputs))
        is_score_optional = is_unclear or any(outcome.lacking for outcome in self.outcomes.values())
        is_band_optional = is_score_optional or band_may_be_absent(rulebook)
        is_forced = any(override.kind == "band" for override in rulebook.overrides)
        scopes = names.scopes
        scopes[SCORE] = rated_scope(rulebook, names, is_score_optional=False, is_band_optional=None)
        scopes[BAND] = rated_scope(
            rulebook, names, is_score_optional=is_score_optional, is_band_optional=is_band_optional
        )
        of_order = evolve(
            rated_scope(rulebook, names, is_score_optional=is_score_optional and is_forced, is_band_optional=None),
            cohort=None,
            no_cohort=OF_QUOTA,
        )
        for quota in rulebook.quotas:
            scopes[f"{ORDER}{quota.id}"] = self.scope_of_holders(quota, of_order, graph)
        for place in rating:
            self.type(place, scopes[place.stage])
        outputs = self.type_outputs(of_outputs, is_score_optional and is_forced)
        is_unrated = any(override.kind == "unrated" for override in rulebook.overrides)
        # An undecided member has no band and no outputs, and invariants are still evaluated.
        is_unrated |= any(quota.ties == "undecided" for quota in rulebook.quotas)
        if is_unrated or is_score_optional or (rulebook.bands is not None and is_band_optional):
            outputs = {id_: type_.optional for id_, type_ in outputs.items()}
        scopes[INVARIANT] = rated_scope(
            rulebook,
            names,
            is_score_optional=is_score_optional,
            is_band_optional=is_band_optional or is_unrated,
            outputs=outputs,
        )
        for place in self.by_owner.get("", []):
            if place.stage == INVARIANT:
                self.type(place, scopes[INVARIANT])
        return is_score_optional

    def type_outputs(self, places: list[Place], is_score_optional: bool) -> dict[str, Type]:
        """Type outputs in their order, each with the types of those before it; return the types by id."""
        outputs = {named.id: UNKNOWN for named in self.rulebook.outputs}
        scope = rated_scope(
            self.rulebook,
            self.names,
            is_score_optional=is_score_optional,
            is_band_optional=False,
            outputs=outputs,
        )
        readable = {**scope.names}
        scope = evolve(scope, names=readable, cohort=member_scope(self.rulebook, scope))
        flat = flat_names(self.rulebook)
        for place in places:
            id_ = place.owner.removeprefix("output ")
            outputs[id_] = self.type(place, scope)
            if id_ not in flat:
                readable[id_] = outputs[id_]
        return outputs

    def scope_of_holders(self, quota: Quota, scope: Scope, graph: Graph) -> Scope:
        """Return the scope of a quota's `order`, which ranks only members with the band.

        Args:
            quota: the quota with the order.
            scope: the scope of any rated subject.
            graph: the order in which readers of criteria are typed again.
        """
        bands = bands_before(self.rulebook.quotas, quota.band)
        targets = [override.target for override in self.rulebook.overrides if override.kind == "band"]
        if any(isinstance(target, Expression) or target in bands for target in targets):
            return scope
        # A subject with a score has points of every criterion that is not excluded.
        known = dict(scope.names)
        for name in ("score", "exact_score"):
            if name in known:
                known[name] = known[name].present
        for id_, can in self.outcomes.items():
            for name in (f"points.{id_}", f"share.{id_}"):
                if name in known and not can.excluded:
                    known[name] = known[name].present
        scope = evolve(scope, names=known)
        for node in graph.order:
            for place in self.by_owner.get(node, ()) if node in self.names.late else ():
                if known.get(node, UNKNOWN).is_optional and place.expects == "any":
                    known[node] = Typing(evolve(scope, cohort=self.names.scopes[CRITERIA].cohort), []).infer(
                        place.expression.tree
                    )
        return scope

    # -- one expression -----------------------------------------------------------------------

    def type(self, place: Place, scope: Scope) -> Type:
        """Return the type of an expression, and report what does not fit its place."""
        tree = place.expression.tree
        present = NOTHING_PRESENT.union(*(presence(guard.tree, True, scope.definitions) for guard in place.guards))
        typing, before = Typing(scope, self.problems, place.path), len(self.problems)
        found = self.fit(typing, place, typing.infer(tree, present))
        self.compare(place)
        if len(self.problems) > before or isinstance(tree, Unreadable):
            self.mistaken.add(place.expression)
        if self.mistaken.intersection((place.expression, *place.guards)):
            # Presence is unknown until the formula and its guards are right.
            found = found.present
        if not place.may_be_absent and found.is_optional:
            names = optional_names(tree, scope, present)
            self.problems.append(
                expression.unsettled_absence(At(tree.span, place.path), names, place.what, place.ways)
            )
            found = found.present
        if found.is_optional:
            self.optional.add(place.owner)
        if place.expects == "rows":
            self.measures[self.criteria[place.owner][0].id] = found
        return found

    def compare(self, place: Place) -> None:
        """Report a compared value that may be undefined for a member."""
        for node in place.expression.nodes:
            if isinstance(node, OfCohort) and node.body is not None and self.is_unclear(Expression("", node.body)):
                at = At(node.span, place.path)
                self.problems.append(comparing.cohort_may_be_undefined(at, node.function))

    def fit(self, typing: Typing, place: Place, found: Type) -> Type:
        """Return a type, or unknown after reporting that its place needs another kind."""
        tree = place.expression.tree
        expected = ""
        match place.expects:
            case "number" | "boolean":
                typing.expect(place.expects, found, tree, place.what)
            case "any" if found.kind in ("list", "calendar"):
                expected = "single value"
            case "rows" if found.kind not in ("choice", "boolean", "string", "unknown"):
                expected = "choice or a condition"
            case "order" if not _is_ordered(found):
                expected = "number, date, yes/no value or ordered choice"
            case "band" if found.kind in ("choice", "string") and self.rulebook.bands is not None:
                bands = Type("choice", self.rulebook.bands.ids, "best_first")
                typing.unify(bands, found, (tree, tree))
            case "band" if found.kind != "unknown":
                expected = "band"
        if expected:
            self.problems.append(
                expression.type_mismatch(At(tree.span, place.path), expected, str(found), place.what)
            )
            return UNKNOWN
        return found


def _has_undefined(shape: Shape | Cases) -> bool:
    """Return whether a table has an undefined row."""
    return isinstance(shape, Steps | Lookup | Cases) and any(row.is_undefined for row in shape.rows)


def _is_ordered(type_: Type) -> bool:
    return type_.kind in ("number", "date", "boolean", "unknown") or type_.order is not None
