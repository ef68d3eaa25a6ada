"""Infers the types of expressions, and checks that absence is handled where values are used.

The file is long since nodes of all kinds ask each other for their types: one class, a method for each kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from attrs import define, evolve

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, comparing, expression
from ...diagnostics.report import MOST_SUGGESTIONS
from ...kernel.calendars import parse_date
from ...kernel.exact.grammar import MAX_EXPONENT
from ...kernel.exact.irrational import MAX_ROOT
from . import tree
from .arguments import bind
from .functions import (
    AGGREGATES,
    COHORT_FUNCTIONS,
    FUNCTION_NAMES,
    FUNCTIONS,
    ROUNDING_MODES,
    Aggregation,
    CohortFunction,
    Function,
)
from .presence import NOTHING, constant_of, has_records, is_known, optional_names, presence
from .tree import Node
from .types import BOOLEAN, DATE, NUMBER, UNKNOWN, Decision, Present, Scope, Type
from .unreadable import unreadable

__all__ = ["MAX_RECORDS", "Typing"]

STAGE_NAMES = frozenset({"points", "share", "score", "exact_score", "band", "status", "item", "children"})
"""Names with a meaning of their own before a dot or alone, besides functions."""

MAX_RECORDS = 1_000_000
"""The most records that a list may have."""

MIN_COUNTS = {"k": 1, "low": 0, "high": 0}
"""The least count of records that a function takes, by the name of its parameter."""


@define
class Typing:
    """Infers the type of one expression, and reports its mistakes.

    Args:
        scope: the names it can read.
        problems: collects the diagnostics.
        path: the path of the expression in the document.
    """

    scope: Scope
    problems: list[Diagnostic]
    path: str = ""

    def infer(self, node: Node, present: Present = NOTHING) -> Type:
        """Return the type of a node, given what is certainly present."""
        found = self.type_of(node, present)
        return found.present if found.is_optional and is_known(node, present, self.scope.definitions) else found

    def presence(self, condition: Node, outcome: bool) -> Present:
        """Return what is present if a condition has an outcome."""
        return presence(condition, outcome, self.scope.definitions)

    def type_of(self, node: Node, present: Present) -> Type:
        match node:
            case tree.Literal(value=value):
                if isinstance(value, bool):
                    return BOOLEAN
                return Type("string", (value,)) if isinstance(value, str) else NUMBER
            case tree.Name() | tree.Field():
                return self.read(node)
            case tree.Sign(operator=operator, operand=operand):
                return self.numbers((operand,), f"the operand of `{operator}`", present)
            case tree.Arithmetic(operator=operator, left=left, right=right):
                return self.numbers((left, right), f"each side of `{operator}`", present)
            case tree.Raised(base=base):
                return self.numbers((base,), "the base of `**`", present)
            case tree.Not(operand=operand):
                return self.condition(operand, "the operand of `not`", present)
            case tree.Logic():
                return self.logic(node, present)
            case tree.Comparison():
                return self.comparison(node, present)
            case tree.Membership():
                return self.membership(node, present)
            case tree.Conditional():
                return self.conditional(node, present)
            case tree.Call():
                return self.call(node, present)
            case tree.OfCohort():
                return self.of_cohort(node)
            case tree.Unreadable():
                return UNKNOWN
            case _:
                return self.aggregate(node, present)

    # -- problems -----------------------------------------------------------------------------

    def at(self, node: Node) -> At:
        return At(node.span, self.path)

    def expect(self, kind: str, found: Type, node: Node, place: str) -> bool:
        """Return whether a type is of a kind; report it if not."""
        if found.kind in (kind, "unknown") or kind in ("any", "unknown"):
            return True
        help_ = ""
        if kind == "boolean" and found.kind == "number":
            help_ = "compare it: `x > 0`"
        elif kind == "number" and found.kind == "boolean":
            help_ = "write `1 if condition else 0`"
        elif kind == "number" and found.kind == "list":
            help_ = "aggregate over the list: `sum(t.hours for t in tasks)`, `count(tasks)`"
        elif kind == "number" and found.kind == "date":
            help_ = "`days(a, b)` is the number of days from one date to another"
        elif kind == "number" and found.kind == "string":
            help_ = "write the number without quotes"
        names = {"boolean": "condition", "string": "choice"}
        self.problems.append(expression.type_mismatch(self.at(node), names.get(kind, kind), str(found), place, help_))
        return False

    def numbers(self, operands: Iterable[Node], place: str, present: Present) -> Type:
        types = [(self.infer(operand, present), operand) for operand in operands]
        # Report only the first of two wrong operands: the operation is the mistake.
        if not all(self.expect("number", found, operand, place) for found, operand in types):
            return UNKNOWN
        return NUMBER.optional if any(found.is_optional for found, _ in types) else NUMBER

    def condition(self, operand: Node, place: str, present: Present) -> Type:
        found = self.infer(operand, present)
        self.expect("boolean", found, operand, place)
        return BOOLEAN.optional if found.is_optional else BOOLEAN

    # -- names --------------------------------------------------------------------------------

    def read(self, node: tree.Name | tree.Field) -> Type:
        if isinstance(node, tree.Field) and node.owner in self.scope.variables:
            record = self.scope.variables[node.owner]
            found = record.fields.get(node.name)
            if found is None:
                self.problems.append(
                    expression.unknown_name(
                        self.at(node),
                        node.name,
                        record.fields,
                        f"`{node.owner}` has no field of this name",
                    )
                )
                return UNKNOWN
        else:
            found = self.scope.names.get(node.dotted)
            if found is None:
                suggests = len(self.problems) < MOST_SUGGESTIONS
                self.problems.append(unreadable(node, self.scope, self.at(node), suggests=suggests))
                return UNKNOWN
        return found

    # -- conditions ---------------------------------------------------------------------------

    def logic(self, node: tree.Logic, present: Present) -> Type:
        is_optional = False
        for operand in node.operands:
            found = self.condition(operand, f"each side of `{node.operator}`", present)
            is_optional = is_optional or found.is_optional
            present |= self.presence(operand, node.operator == "and")
        return BOOLEAN.optional if is_optional else BOOLEAN

    def comparison(self, node: tree.Comparison, present: Present) -> Type:
        types = [self.infer(operand, present) for operand in node.operands]
        for index, operator in enumerate(node.operators):
            pair = node.operands[index], node.operands[index + 1]
            self.compare(operator, types[index], types[index + 1], pair)
            self.suggest_quotes(types[index], pair[1])
            self.suggest_quotes(types[index + 1], pair[0])
        is_optional = any(found.is_optional for found in types)
        return BOOLEAN.optional if is_optional else BOOLEAN

    def suggest_quotes(self, partner: Type, node: Node) -> None:
        """Report an unknown name that is an option of its partner: options need quotes."""
        if partner.kind != "choice" or not isinstance(node, tree.Name) or node.id not in partner.options:
            return
        unknown = expression.unknown_name(self.at(node), node.id, (), "", f'write an option in quotes: `"{node.id}"`')
        for place, problem in enumerate(self.problems):
            if (problem.message, problem.span) == (unknown.message, unknown.span):
                self.problems[place] = unknown

    def compare(self, operator: str, left: Type, right: Type, nodes: tuple[Node, Node]) -> None:
        if "unknown" in (left.kind, right.kind):
            return
        if not self.unify(left, right, nodes):
            return
        kind = left.kind if left.kind != "string" else right.kind
        if operator in ("==", "!="):
            if kind in ("list", "calendar"):
                self.problems.append(expression.not_comparable(self.at(nodes[1]), kind, kind))
            return
        order = left.order if left.kind == "choice" else right.order
        if kind in ("number", "date") or (kind == "choice" and order is not None):
            return
        what = {"string": "quoted string", "boolean": "condition"}.get(kind, kind)
        self.problems.append(expression.no_order(self.at(nodes[0]), what))

    def options_of(self, string: Type, choice: Type, node: Node) -> None:
        """Report a quoted string that is not an option of its partner."""
        if wrong := set(string.options).difference(choice.options):
            known = choice.options if len(self.problems) < MOST_SUGGESTIONS else None
            self.problems.append(expression.unknown_option(self.at(node), min(wrong), known))

    def unify(self, left: Type, right: Type, nodes: tuple[Node, Node]) -> bool:
        """Return whether two types are the same; a quoted string takes the type of its partner."""
        for found, other, node in ((left, right, nodes[0]), (right, left, nodes[1])):
            if found.kind == "string" and other.kind in ("choice", "text", "string"):
                if other.kind == "choice":
                    self.options_of(found, other, node)
                return True
        if left.kind == right.kind == "choice":
            if _is_one_choice(left, right):
                return True
            self.problems.append(_other_choice(self.at(nodes[1]), left, right))
            return False
        if left.kind == right.kind:
            return True
        help_ = "write options in quotes" if "choice" in (left.kind, right.kind) else ""
        if {left.kind, right.kind} == {"date", "string"}:
            help_ = "write a date as `date(2026, 1, 31)`: year, month, day"
        problem = expression.not_comparable(self.at(nodes[1]), str(left), str(right), help_)
        quoted = nodes[0] if left.kind == "string" else nodes[1]
        day = parse_date(quoted.value) if isinstance(quoted, tree.Literal) and isinstance(quoted.value, str) else None
        if day is not None and "date" in (left.kind, right.kind) and _has_own_place(quoted):
            date = f"date({day.year}, {day.month}, {day.day})"
            problem = problem.with_fix(date, is_safe=True, span=quoted.span)
        self.problems.append(problem)
        return False

    def membership(self, node: tree.Membership, present: Present) -> Type:
        found = self.infer(node.operand, present)
        for option in node.options:
            self.compare("==", found, self.infer(option), (node.operand, option))
        return BOOLEAN.optional if found.is_optional else BOOLEAN

    def conditional(self, node: tree.Conditional, present: Present) -> Type:
        condition = self.condition(node.condition, "the part after `if`", present)
        then = self.infer(node.then, present | self.presence(node.condition, True))
        otherwise = self.infer(node.otherwise, present | self.presence(node.condition, False))
        common = self.join(then, otherwise, node)
        is_optional = condition.is_optional or then.is_optional or otherwise.is_optional
        return common.optional if is_optional else common.present

    def join(self, then: Type, otherwise: Type, node: Node) -> Type:
        """Return the common type of two branches."""
        for branch, other in ((then, otherwise), (otherwise, then)):
            if branch.kind == "unknown":
                # A quoted string is an option of its partner, whose type is unknown.
                return branch if other.kind == "string" else other
            if branch.kind == "string" and other.kind == "string":
                options = dict.fromkeys((*then.options, *otherwise.options))
                return Type("string", tuple(options))
            if branch.kind == "string" and other.kind in ("choice", "text"):
                if other.kind == "choice":
                    self.options_of(branch, other, node)
                return other
        is_one = then.present == otherwise.present
        if not is_one and not (then.kind == otherwise.kind == "choice" and _is_one_choice(then, otherwise)):
            self.problems.append(expression.branches_differ(self.at(node), str(then), str(otherwise)))
            return UNKNOWN
        return then

    # -- calls --------------------------------------------------------------------------------

    def call(self, node: tree.Call, present: Present) -> Type:
        if table := self.scope.tables.get(node.function):
            if table.decision is not None:
                return self.decide(node, table.decision, table.gives, present)
            return self.lookup(node, table.argument, table.gives, present)
        row = FUNCTIONS.get(node.function)
        if row is None and node.function in self.scope.elsewhere:
            reason = self.scope.elsewhere[node.function]
            self.problems.append(expression.not_readable_here(self.at(node), node.function, reason))
            return UNKNOWN
        if row is None:
            known = [*FUNCTIONS, *AGGREGATES, *COHORT_FUNCTIONS, *self.scope.tables]
            self.problems.append(expression.unknown_function(self.at(node), node.function, known))
            for argument in tree.children(node):
                # Only an aggregate reads children, and the unknown function may be one.
                if not (isinstance(argument, tree.Field) and argument.owner == "children"):
                    self.infer(argument, present)
            return UNKNOWN
        arguments = self.bind(node, row)
        if arguments is None:
            return UNKNOWN
        if row.name == "given":
            return self.given(node, arguments["x"], present)
        if row.name == "default":
            return self.default(node, arguments["x"], arguments["v"], present)
        is_optional = False
        for name, argument in arguments.items():
            parameter = next((p for p in row.parameters if p.name == name), row.parameters[-1])
            place = f"`{parameter.name}` of `{row.name}`"
            if parameter.kind == "mode":
                self.mode(argument, place)
                continue
            found = self.infer(argument, present)
            self.expect(parameter.kind, found, argument, place)
            if parameter.is_constant and found.kind != "unknown":
                self.constant(argument, place)
                self.in_range(name, argument, place)
            is_optional = is_optional or found.is_optional
        gives = {"number": NUMBER, "date": DATE, "boolean": BOOLEAN}[row.gives]
        return gives.optional if is_optional else gives

    def lookup(self, node: tree.Call, takes: Type, gives: Type, present: Present) -> Type:
        if len(node.arguments) != 1 or node.named:
            self.problems.append(
                expression.wrong_arguments(
                    self.at(node), f"{node.function}(x)", f"the table `{node.function}` takes one value"
                )
            )
            return gives
        argument = node.arguments[0]
        found = self.infer(argument, present)
        place = f"the argument of `{node.function}`"
        if takes.kind == found.kind == "choice" and not _is_one_choice(takes, found):
            self.problems.append(expression.type_mismatch(self.at(argument), str(takes), str(found), place))
        elif takes.kind in ("choice", "string") and found.kind in ("choice", "string"):
            self.unify(takes, found, (argument, argument))
        else:
            self.expect(takes.kind, found, argument, place)
        return gives.optional if found.is_optional else gives

    def decide(self, node: tree.Call, table: Decision, gives: Type, present: Present) -> Type:
        """Return the type of a call of a table of cases, after typing its conditions with the call's arguments."""
        types = [self.infer(argument, present) for argument in node.arguments]
        if len(types) != len(table.args) or node.named:
            signature = f"{node.function}({', '.join(table.args)})"
            count = "one value" if len(table.args) == 1 else f"{len(table.args)} values, in this order"
            problem = f"the table `{node.function}` takes {count}"
            self.problems.append(expression.wrong_arguments(self.at(node), signature, problem))
            return gives
        for place, (found, argument) in enumerate(zip(types, node.arguments, strict=True)):
            if found.kind in ("list", "calendar"):
                place_in_words = f"`{table.args[place]}` of `{node.function}`"
                self.problems.append(
                    expression.type_mismatch(self.at(argument), "single value", str(found), place_in_words)
                )
                types[place] = UNKNOWN
        names = {**table.scope.names, **dict(zip(table.args, types, strict=True))}
        scope, is_optional, known = evolve(table.scope, names=names), False, NOTHING
        for number, (path, conditions) in enumerate(table.cases, start=1):
            for condition in conditions:
                found_here: list[Diagnostic] = []
                inside = Typing(scope, found_here, path)
                place_in_words = f"case {number} of `{node.function}`"
                is_optional |= inside.condition(condition.tree, place_in_words, known).is_optional
                # A mistake that every call makes is reported once; what one call never lacks, another may.
                already_reported = {(problem.code, problem.span, problem.message) for problem in self.problems}
                called = f"called as `{node.part.text if node.part else node.function}`"
                self.problems += [
                    evolve(problem, notes=(*problem.notes, called))
                    for problem in found_here
                    if problem.is_error and (problem.code, problem.span, problem.message) not in already_reported
                ]
            for condition in conditions:
                # The next case is asked where this one is there, and unless all are asked, where it does not hold.
                settled = presence(condition.tree, False)
                if len(conditions) > 1 or table.is_unique:
                    settled &= presence(condition.tree, True)
                known |= settled
        return gives.optional if is_optional else gives

    def bind(self, node: tree.Call, row: Function) -> dict[str, Node] | None:
        """Return the arguments by parameter name; those of a variadic parameter are numbered."""
        bound: dict[str, Node] = {}
        problem = bind(node, row, bound)
        if problem:
            self.problems.append(expression.wrong_arguments(self.at(node), row.signature, problem))
            return None
        return bound

    def constant(self, node: Node, place: str) -> None:
        inner = node.operand if isinstance(node, tree.Sign) else node
        is_parameter = isinstance(inner, tree.Name) and inner.id in self.scope.constants
        if not isinstance(inner, tree.Literal) and not is_parameter:
            self.problems.append(
                expression.not_a_constant(self.at(node), place, "write a literal or the name of a parameter")
            )

    def in_range(self, name: str, node: Node, place: str) -> None:
        """Report a constant outside the range of its parameter."""
        value = self.value_of(node)
        if value is None:
            return
        if name == "to":
            is_fine, allowed = value > 0, "a number above 0"
        elif name == "places":
            is_fine = value.denominator == 1 and abs(value) <= MAX_EXPONENT
            allowed = f"a whole number from -{MAX_EXPONENT} to {MAX_EXPONENT}"
        elif name == "p":
            is_fine, allowed = 0 <= value <= 1, "a number from 0 to 1"
        elif name in MIN_COUNTS:
            least = MIN_COUNTS[name]
            is_fine = value.denominator == 1 and least <= value <= MAX_RECORDS
            allowed = f"a whole number from {least} to {MAX_RECORDS:,}"
        else:
            is_fine = value.denominator == 1 and 1 <= value <= MAX_ROOT
            allowed = f"a whole number from 1 to {MAX_ROOT}"
        if not is_fine:
            self.problems.append(expression.constant_out_of_range(self.at(node), place, allowed))

    def value_of(self, node: Node) -> Fraction | None:
        """Return the number of a constant."""
        return constant_of(node, self.scope)

    def mode(self, node: Node, place: str) -> None:
        value: object = node.value if isinstance(node, tree.Literal) else None
        if isinstance(node, tree.Name) and node.id in self.scope.constants:
            value = self.scope.constants[node.id]
        if not isinstance(value, str):
            self.problems.append(expression.not_a_constant(self.at(node), place, 'write a mode in quotes: "half_up"'))
        elif value not in ROUNDING_MODES:
            self.problems.append(expression.unknown_option(self.at(node), value, ROUNDING_MODES))

    def given(self, node: tree.Call, argument: Node, present: Present) -> Type:
        found = self.infer(argument, present)
        self.warn_if_present(node, argument, found)
        return BOOLEAN

    def default(self, node: tree.Call, argument: Node, otherwise: Node, present: Present) -> Type:
        found = self.infer(argument, present)
        fallback = self.infer(otherwise, present)
        self.warn_if_present(node, argument, found)
        joined = self.join(found.present, fallback.present, node)
        return joined.optional if found.is_optional and fallback.is_optional else joined.present

    def warn_if_present(self, node: tree.Call, argument: Node, found: Type) -> None:
        if node.part and argument.part and node.part.excerpt != argument.part.excerpt:
            # The call is inside a function of the rulebook, which other callers may give optional values.
            return
        if not found.is_optional and found.kind != "unknown":
            words = argument.part.text if argument.part else "this"
            problem = expression.never_absent(self.at(node), words, node.function)
            if node.function == "default" and _has_own_place(node) and _has_own_place(argument):
                is_single = isinstance(argument, tree.Name | tree.Field | tree.Literal | tree.Call)
                problem = problem.with_fix(words if is_single else f"({words})", is_safe=True)
            self.problems.append(problem)

    # -- aggregates ---------------------------------------------------------------------------

    def aggregate(self, node: tree.Aggregate, present: Present) -> Type:
        row = AGGREGATES[node.function]
        gives = NUMBER if row.gives == "number" else BOOLEAN
        record = self.records(node.collection, present)
        self.constants(row, node.arguments)
        if not has_records(node, self.scope, present) or record.is_optional:
            gives = gives.optional
        if record.kind == "unknown" or node.body is None:
            return gives
        if self.is_taken(node.variable):
            self.problems.append(
                expression.aggregate_form(
                    self.at(node),
                    node.function,
                    f"`{node.variable}` after `for` already means something else",
                    row.example[0],
                    "choose another letter",
                )
            )
            return gives
        inside = Typing(self.scope.bind(node.variable, record.present), self.problems, self.path)
        if node.condition is not None:
            found = inside.condition(node.condition, "the part after `if`", present)
            inside.settled(found, node.condition, "the condition of the aggregate", present)
            present |= self.presence(node.condition, True)
        found = inside.infer(node.body, present)
        inside.expect(row.body, found, node.body, f"the expression in `{node.function}`")
        inside.settled(found, node.body, "the expression in the aggregate", present)
        return gives

    # -- cohorts ------------------------------------------------------------------------------

    def constants(self, row: Aggregation | CohortFunction, arguments: tuple[Node, ...]) -> None:
        """Report arguments before the body that are not constants, or outside their range."""
        for name, argument in zip(row.parameters, arguments, strict=True):
            place = f"`{name}` of `{row.name}`"
            found = self.infer(argument)
            if self.expect("number", found, argument, place) and found.kind != "unknown":
                self.constant(argument, place)
                self.in_range(name, argument, place)

    def of_cohort(self, node: tree.OfCohort) -> Type:
        row, scope = COHORT_FUNCTIONS[node.function], self.scope.cohort
        self.constants(row, node.arguments)
        if scope is None:
            self.problems.append(comparing.no_cohort_here(self.at(node), node.function, self.scope.no_cohort))
            return UNKNOWN
        if node.body is None:
            return NUMBER
        inside = Typing(scope, self.problems, self.path)
        found = inside.infer(node.body)
        inside.expect(row.body, found, node.body, f"the expression in `{node.function}`")
        # The member itself is one of those compared.
        is_optional = row.of_nothing == "absent" and (found.is_optional or node.function == "cohort_stdev")
        return NUMBER.optional if is_optional else NUMBER

    # -- records ------------------------------------------------------------------------------

    def is_taken(self, variable: str) -> bool:
        """Return whether a name after `for` already has a meaning."""
        scope = self.scope
        named = (scope.names, scope.tables, scope.variables, scope.elsewhere)
        return any(variable in names for names in (*named, FUNCTION_NAMES, STAGE_NAMES))

    def records(self, collection: tree.Name | tree.Field, present: Present) -> Type:
        if isinstance(collection, tree.Field):
            group = self.scope.groups.get(collection.name)
            if group is None and collection.dotted in self.scope.elsewhere:
                reason = self.scope.elsewhere[collection.dotted]
                self.problems.append(expression.not_readable_here(self.at(collection), collection.dotted, reason))
                return UNKNOWN
            if group is None:
                known = [f"children.{name}" for name in self.scope.groups]
                self.problems.append(
                    expression.unknown_name(self.at(collection), collection.dotted, known, "no group of this name")
                )
                return UNKNOWN
            return group
        found = self.infer(collection, present)
        if found.kind != "unknown":
            self.expect("list", found, collection, "the list of an aggregate")
        return found if found.kind == "list" else UNKNOWN

    def settled(self, found: Type, node: Node, place: str, present: Present) -> None:
        """Report a value that may be absent but must not be."""
        if found.is_optional:
            self.problems.append(
                expression.unsettled_absence(
                    self.at(node),
                    optional_names(node, self.scope, present),
                    place,
                    "replace it with `default(x, v)`, or test `given(x)` first",
                )
            )


def _has_own_place(node: Node) -> bool:
    """Return whether the text of a node appears unchanged in the document, so that it can be edited."""
    return node.part is not None and node.span is not None and node.span.text == node.part.text


def _other_choice(at: At, left: Type, right: Type) -> Diagnostic:
    """Return a diagnostic for two choices of different types: other options, or another order."""
    if set(left.options) != set(right.options):
        help_ = "choices compare only if their options are equal"
        return expression.not_comparable(at, str(left), str(right), help_)
    one, other = (f"{Type('choice', _worst_first(type_)[::-1])} (best first)" for type_ in (left, right))
    return expression.not_comparable(at, one, other, "choices compare only if their options have the same order")


def _is_one_choice(left: Type, right: Type) -> bool:
    """Return whether two choices are one type: equal options, and orders that do not contradict."""
    if len(left.options) != len(right.options) or set(left.options) != set(right.options):
        return False
    if left.order is None or right.order is None:
        return True
    return _worst_first(left) == _worst_first(right)


def _worst_first(choice: Type) -> tuple[str, ...]:
    return choice.options[::-1] if choice.order == "best_first" else choice.options
