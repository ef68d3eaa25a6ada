"""Lowers a rulebook to its plan.

The file is long since every step of the plan reads what earlier steps named: one class, a method for each kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from attrs import define, field

from ..kernel import exact
from ..kernel.mappings import FrozenMap
from ..language.expressions import NUMBER, Type, reads
from ..language.expressions.tree import OfCohort
from ..language.model import (
    DEFAULT_MAX_MEMBERS,
    Band,
    Cases,
    Compared,
    Criterion,
    Group,
    ListDomain,
    Measure,
    Met,
    Points,
    Rate,
    Rulebook,
    Table,
    compared,
)
from ..language.model import Entered as EnteredLeaf
from ..language.model.criteria import Leaf
from ..language.model.inputs import Input
from ..language.model.nodes import Named
from ..language.model.order import by_id, judging_order, output_order
from .deciding import condition, decided
from .lowering import Lowering, Names, constant, given, rounded, shaped
from .ops import MEASURED, Arithmetic, If, Local, Op, Read, measured
from .outcomes import combination
from .plan import Member, Plan, may_be_undefined
from .steps import (
    Applies,
    Banding,
    CohortValue,
    Combination,
    Entered,
    Exempt,
    Holds,
    Judge,
    Level,
    Limit,
    Output,
    Override,
    Records,
    Requirement,
    Rounding,
    Step,
    Total,
    Validate,
    Value,
    Variable,
)

__all__ = ["lowering", "plan"]

ZERO, ONE = Fraction(0), Fraction(1)


def plan(rulebook: Rulebook) -> Plan:
    """Return the plan of a rulebook whose report has no errors."""
    return _Planner(rulebook).plan()


def lowering(rulebook: Rulebook) -> Lowering:
    """Return a `Lowering` for single formulas of a rulebook, without planning all of it."""
    return _Planner(rulebook)._lowering


@define(eq=False)
class _Planner:
    """Lowers one rulebook to a plan.

    Args:
        rulebook: the rules.
        let: named values lowered so far, each after those it reads.
        records: computed fields lowered so far, by list and name.
        undefined: the `let` and fields that a row may leave undefined.
        sure: criteria that are always scored.
        members: the children of groups that aggregates go through.
        cohort: the compared values of the cohort lowered so far.
    """

    rulebook: Rulebook
    let: dict[str, Value] = field(factory=dict)
    records: dict[str, dict[str, Value]] = field(factory=dict)
    undefined: set[str] = field(factory=set)
    sure: set[str] = field(factory=set)
    members: dict[str, tuple[Member, ...]] = field(factory=dict)
    cohort: dict[OfCohort, CohortValue] = field(factory=dict)
    _compared: dict[OfCohort, Compared] = field(factory=dict)
    _constants: dict[str, Op] = field(factory=dict)
    _inputs: dict[str, Input] = field(factory=dict)
    _named: dict[str, Named] = field(factory=dict)
    _outputs: dict[str, Named] = field(factory=dict)
    _criteria: dict[str, Criterion] = field(factory=dict)
    _parents: dict[str, Criterion] = field(factory=dict)
    _types: dict[str, Type] = field(factory=dict)
    _lowering: Lowering = field(init=False)

    def __attrs_post_init__(self) -> None:
        book = self.rulebook
        tables: Mapping[str, Table] = {table.id: table for table in book.tables}
        self._lowering = Lowering(Names(self.read, self.fields, tables, self.of_cohort))
        self._compared |= {value.node: value for value in compared(book)}
        self._constants |= {p.id: constant(p.value, p.type) for p in book.parameters}
        self._constants |= {c.id: constant(c.calendar) for c in book.calendars}
        self._inputs |= {declared.id: declared for declared in book.inputs}
        self._named |= {named.id: named for named in book.let}
        self._outputs |= {named.id: named for named in book.outputs}
        self._criteria |= {} if book.root is None else {criterion.id: criterion for criterion in book.root.walk()}
        self._parents |= {child.id: group for group in book.groups() for child in group.children}
        self._types |= {"score": NUMBER.optional, "exact_score": NUMBER.optional}
        if book.bands is not None:
            self._types["band"] = Type("choice", book.bands.ids, "best_first").optional

    # -- names ------------------------------------------------------------------------------------

    def read(self, name: str) -> Op:
        """Return the operation for a dotted name."""
        if name in self._constants:
            return self._constants[name]
        if name in self._inputs:
            return Read(name, self._inputs[name].type)
        if name in self._named:
            self.complete(self._named[name])
            return Read(name, self.let[name].op.type)
        if name in self._types:
            return Read(name, self._types[name])
        owner, _, id_ = name.partition(".")
        criterion = self._criteria[id_]
        if owner == "max":
            assert criterion.max is not None, "the check refuses `max` of a criterion without one"
            return constant(criterion.max)
        if owner == "children":
            self.members[id_] = tuple(
                Member(child.id, child.max, child.weight.value if child.weight else ONE, child.has_share)
                for child in criterion.children
            )
            return Read(name, Type("list"))
        return Read(name, NUMBER if id_ in self.sure else NUMBER.optional)

    def of_cohort(self, node: OfCohort) -> Op:
        """Return the operation that reads the value of a cohort function, like that of an input."""
        if node not in self.cohort:
            function = self._compared[node]
            op = constant(True) if node.body is None else self._lowering.op(node.body)
            is_optional = node.function == "cohort_stdev" or (
                op.type.is_optional and node.function not in ("cohort_count", "cohort_sum")
            )
            type_ = NUMBER.optional if is_optional else NUMBER
            id_ = f"cohort.{list(self._compared).index(node)}"
            constants = self._lowering.constants(node.arguments)
            self.cohort[node] = CohortValue(
                id_, node.function, op, function.text, function.path, function.is_rated, type_, constants
            )
        return Read(self.cohort[node].id, self.cohort[node].type)

    def fields(self, records: str) -> Mapping[str, tuple[Type, bool]]:
        """Return the types of the fields of a record, and whether they are computed."""
        owner, _, group = records.partition(".")
        if group:
            members = self.members[group]
            shares = NUMBER if all(member.has_share for member in members) else NUMBER.optional
            maxima = NUMBER if all(member.max is not None for member in members) else NUMBER.optional
            types = {"points": NUMBER, "share": shares, "max": maxima, "weight": NUMBER}
            return {name: (type_, False) for name, type_ in types.items()}
        domain = self._inputs[owner].domain
        assert isinstance(domain, ListDomain)
        return _Fields(self, owner, domain)

    def complete(self, named: Named) -> None:
        """Lower a `let`, after those it reads."""
        pending = [named]
        while pending:
            named = pending[-1]
            below = [] if named.id in self.let else self._unlowered(named)
            if below:
                pending += below
                continue
            pending.pop()
            if named.id not in self.let:
                op = self._lowering.lower(named.value)
                self.let[named.id] = Value(named.id, op, named.words.path)
                if self.may_be_undefined(op):
                    self.undefined.add(named.id)

    def _unlowered(self, named: Named) -> list[Named]:
        """Return the `let` to lower before another one; a loop, since chains may exceed Python's stack."""
        names = dict.fromkeys(reads(named.value.tree))
        return [self._named[name] for name in names if name in self._named and name not in self.let]

    def complete_field(self, records: str, named: Named, others: Mapping[str, Named]) -> None:
        """Lower a computed field of a record, after those it reads."""
        lowered = self.records.setdefault(records, {})
        pending = [named]
        while pending:
            named = pending[-1]
            names = [name.partition(".")[2] for name in reads(named.value.tree) if name.startswith("item.")]
            below = [others[name] for name in names if name in others and name not in lowered]
            if named.id not in lowered and below:
                pending += below
                continue
            pending.pop()
            if named.id not in lowered:
                op = Lowering(self._lowering.names, {"item": records}).lower(named.value)
                lowered[named.id] = Value(named.id, op, named.words.path)
                if self.may_be_undefined(op):
                    self.undefined.add(f"{records}.{named.id}")

    def may_be_undefined(self, op: Op) -> bool:
        return may_be_undefined(op, self.undefined)

    # -- the whole --------------------------------------------------------------------------------

    def plan(self) -> Plan:
        """Return the plan. This is long since it names each kind of step and each field once."""
        book = self.rulebook
        steps: list[Step] = [
            Exempt(
                exemption.id, exemption.status, self._lowering.lower(exemption.when), f"{exemption.words.path}.when"
            )
            for exemption in book.exemptions
        ]
        steps += self._validations()
        planned: set[str] = set()
        order = judging_order(book)
        for criterion in order:
            if isinstance(criterion.body, EnteredLeaf):
                steps += self._applies_steps(criterion, planned)
                guard = self._guard(criterion, own=True)
                if guard or self._inputs[criterion.id].type.is_optional:
                    steps.append(Entered(criterion.id, guard, criterion.missing is None))
        for criterion in order:
            steps += self._applies_steps(criterion, planned)
            steps.append(self._judge(criterion))
        if book.root is not None:
            steps.append(self._total(book.root))
        steps += self._banding()
        steps += self._overrides()
        for named in output_order(book):
            op = self._lowering.lower(named.value)
            self._types.setdefault(named.id, op.type.optional)
            steps.append(Output(named.id, op, named.words.path))
        steps += [
            Holds(invariant.id, self._lowering.lower(invariant.that), invariant.words.path)
            for invariant in by_id(book.invariants)
        ]
        for named in book.let:
            self.complete(named)
        return Plan(
            tuple(_variable(declared) for declared in book.inputs),
            FrozenMap(
                {input_.id: self._records(input_) for input_ in book.inputs if isinstance(input_.domain, ListDomain)}
            ),
            FrozenMap(self.let),
            FrozenMap(self.members),
            tuple(steps),
            FrozenMap({criterion.id: criterion.max for criterion in book.criteria()}),
            () if book.bands is None else book.bands.ids,
            FrozenMap(self._lowering.names.bodies),
            frozenset(self.undefined),
            tuple(self.cohort[node] for node in self._compared),
            DEFAULT_MAX_MEMBERS if book.cohort is None else book.cohort.max_members,
            tuple((quota.band, quota.demote_to) for quota in book.quotas),
            self._lowering.names.origins,
        )

    def _records(self, declared: Input) -> Records:
        domain = declared.domain
        assert isinstance(domain, ListDomain)
        others = {named.id: named for named in domain.let}
        for named in domain.let:
            self.complete_field(declared.id, named, others)
        let = self.records.get(declared.id, {})
        return Records(declared.id, tuple(map(_variable, domain.fields)), tuple(let.values()))

    def _validations(self) -> list[Step]:
        steps: list[Step] = []
        for declared in by_id(self.rulebook.inputs):
            if isinstance(declared.domain, ListDomain):
                lowering = Lowering(self._lowering.names, {"item": declared.id})
                for validation in by_id(declared.domain.validations):
                    steps.append(
                        Validate(validation.id, lowering.lower(validation.that), validation.words.path, declared.id)
                    )
        for validation in by_id(self.rulebook.validations):
            steps.append(Validate(validation.id, self._lowering.lower(validation.that), validation.words.path))
        return steps

    # -- criteria ---------------------------------------------------------------------------------

    def _guard(self, criterion: Criterion, *, own: bool) -> str:
        """Return the nearest criterion above with a condition, or itself if `own` and it has one."""
        if own and criterion.applies is not None:
            return criterion.id
        parent = self._parents.get(criterion.id)
        return "" if parent is None else self._guard(parent, own=True)

    def _applies_steps(self, criterion: Criterion, planned: set[str]) -> list[Step]:
        """Return the steps for the conditions of a criterion and all above it, outermost first, each only once."""
        above = self._parents.get(criterion.id)
        steps = [] if above is None else self._applies_steps(above, planned)
        if criterion.applies is not None and criterion.id not in planned:
            planned.add(criterion.id)
            guard = self._guard(criterion, own=False)
            op = self._lowering.lower(criterion.applies)
            steps.append(Applies(criterion.id, guard, op, f"{criterion.words.path}.applies"))
        return steps

    def _judge(self, criterion: Criterion) -> Judge:
        is_root = criterion.id not in self._parents
        body: Op | Combination
        if isinstance(criterion.body, Group):
            points = criterion.body.points
            body = combination(criterion.body, None if points is None else self._lowering.lower(points))
            is_sure = self._is_sure_group(criterion, criterion.body, body)
        else:
            body = self._leaf(criterion, criterion.body)
            is_sure = not body.type.is_optional and not self.may_be_undefined(body)
        guard = self._guard(criterion, own=False)
        is_sure = is_sure and not guard and criterion.applies is None
        if is_sure:
            self.sure.add(criterion.id)
        low, high = criterion.limits
        rounding = None if criterion.round is None or is_root else _rounding(criterion.round)
        return Judge(
            criterion.id,
            guard,
            criterion.applies is not None,
            body,
            criterion.min,
            criterion.max,
            low,
            high,
            criterion.is_clamped,
            rounding,
            criterion.missing or "unrated",
            is_sure,
            criterion.words.path,
            f"{criterion.words.path}.{_key(criterion)}",
        )

    def _leaf(self, criterion: Criterion, leaf: Leaf) -> Op:
        most = constant(ZERO if criterion.max is None else criterion.max)
        match leaf:
            case Points(value=expression):
                return self._lowering.lower(expression)
            case Rate(value=expression):
                rate = self._lowering.lower(expression)
                return Arithmetic("*", rate, most, rate.type)
            case Met(condition=expression):
                condition = self._lowering.lower(expression)
                least = constant(ZERO if criterion.min is None else criterion.min)
                return If(condition, most, least, NUMBER.optional if condition.type.is_optional else NUMBER)
            case Measure(measure=expression, shape=shape):
                measure = self._lowering.lower(expression)
                place, path = f"criteria.{criterion.id}", criterion.words.path
                body = shaped(shape, place, measure.type, NUMBER, criterion.max, path)
                return measured(measure, body, NUMBER.optional if measure.type.is_optional else NUMBER)
            case Cases() as cases:
                return self._decision_table(criterion, cases)
            case _:
                declared = self._inputs[criterion.id]
                has_guard = self._guard(criterion, own=True)
                return Read(criterion.id, NUMBER.optional if has_guard else declared.type)

    def _decision_table(self, criterion: Criterion, cases: Cases) -> Op:
        """Return the decision table of a criterion."""
        place = f"criteria.{criterion.id}"
        rows = [
            (
                condition(row, [self._lowering.lower(condition) for condition in row.conditions], self._inputs),
                given(row, row.in_words, place, NUMBER, criterion.max),
            )
            for row in cases.rows
        ]
        return decided(rows, NUMBER, criterion.words.path, is_unique=cases.is_unique)

    def _is_sure_group(self, criterion: Criterion, group: Group, body: Combination) -> bool:
        if any(child.id not in self.sure for child in group.children):
            return False
        points = body.points
        return points is None or not (points.type.is_optional or self.may_be_undefined(points))

    # -- the rating -------------------------------------------------------------------------------

    def _total(self, root: Criterion) -> Total:
        limits = tuple(
            Limit(
                limit.id,
                None if limit.when is None else self._lowering.lower(limit.when),
                self._lowering.lower(limit.at_most),
                limit.words.path,
            )
            for limit in by_id(self.rulebook.score_limits)
        )
        rounding = None if root.round is None else _rounding(root.round)
        return Total(limits, rounding, root.max)

    def _banding(self) -> list[Step]:
        bands = self.rulebook.bands
        if bands is None:
            return []
        measure = None if bands.measure is None else self._lowering.lower(bands.measure)
        levels = tuple(Level(level.id, level.interval, self._requirements(level)) for level in bands.levels)
        on_exact = self.rulebook.bands_on_exact
        return [Banding(levels, measure, on_exact, bands.falls_to_next, bands.overlap, bands.words.path)]

    def _requirements(self, level: Band) -> tuple[Requirement, ...]:
        return tuple(
            Requirement(require.id, self._lowering.lower(require.that), require.words.path)
            for require in by_id(level.requires)
        )

    def _overrides(self) -> list[Step]:
        steps: list[Step] = []
        for override in self.rulebook.overrides:
            target = override.target if isinstance(override.target, str) else self._lowering.lower(override.target)
            when = None if override.when is None else self._lowering.lower(override.when)
            steps.append(Override(override.id, override.kind, target, when, override.words.path))
        return steps


class _Fields(Mapping[str, tuple[Type, bool]]):
    """The fields of a list's records; a computed one is lowered on first access."""

    def __init__(self, planning: _Planner, records: str, domain: ListDomain) -> None:
        self.planning, self.records = planning, records
        self.plain = {field.id: (field.type, False) for field in domain.fields}
        self.let = {named.id: named for named in domain.let}

    def __getitem__(self, name: str) -> tuple[Type, bool]:
        if name in self.plain:
            return self.plain[name]
        self.planning.complete_field(self.records, self.let[name], self.let)
        return self.planning.records[self.records][name].op.type, True

    def __iter__(self) -> Iterator[str]:
        return iter((*self.plain, *self.let))

    def __len__(self) -> int:
        return len(self.plain) + len(self.let)


def _rounding(written: exact.Rounding) -> Rounding:
    given: dict[str, Op] = {
        "x": Local(MEASURED, NUMBER),
        "to": constant(written.step),
        "mode": constant(written.mode),
    }
    return Rounding(written.step, written.mode, rounded(given, written.step, written.mode))


def _variable(declared: Input) -> Variable:
    return Variable(declared.id, declared.domain, declared.type, declared.default, declared.column)


def _key(criterion: Criterion) -> str:
    """Return the path of the formula that gives a criterion's points."""
    match criterion.body:
        case Rate():
            return "rate"
        case Met():
            return "met"
        case Measure():
            return "measure"
        case Cases():
            return "cases"
        case EnteredLeaf():
            return "entered"
        case _:
            return "points"
