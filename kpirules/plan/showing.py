"""A plan as text, one line for each step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from ..kernel.exact import to_text
from ..kernel.visible import neutral
from ..language.expressions import FUNCTIONS
from ..language.model import ListDomain
from . import ops
from .ops import Op
from .plan import Plan
from .steps import (
    Applies,
    Banding,
    Combination,
    Entered,
    Exempt,
    Holds,
    Judge,
    Limit,
    Output,
    Override,
    Requirement,
    Rounding,
    Step,
    Total,
    Validate,
)

__all__ = ["show", "show_op"]

PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}


def show(plan: Plan) -> str:
    """Return the plan as text.

    >>> from kpirules import load
    >>> print(show(load({"kpirules": 1, "inputs": {"x": {"type": "number"}}, "outputs": {"y": "x * 2"}}).plan))
    inputs
      x: number
    <BLANKLINE>
    steps
      1. output y: x * 2
    <BLANKLINE>
    """
    sections = [
        ("inputs", list(_inputs(plan))),
        ("named values, each computed where it is first read", list(_named(plan))),
        ("values of the cohort, each computed once all members are known", list(_cohort(plan))),
        ("steps", [f"{number}. {line}" for number, step in enumerate(plan.steps, 1) for line in [_step(step)]]),
    ]
    return "\n".join("\n".join([title, *(f"  {line}" for line in lines), ""]) for title, lines in sections if lines)


def _inputs(plan: Plan) -> Iterator[str]:
    for variable in plan.inputs:
        if not isinstance(variable.domain, ListDomain):
            yield f"{variable.id}: {_type(variable.type.kind, variable.type.is_optional)}"
            continue
        fields = ", ".join(
            f"{field.id}: {_type(field.type.kind, field.type.is_optional)}"
            for field in plan.records[variable.id].fields
        )
        yield f"{variable.id}: {_type('list', variable.type.is_optional)} of ({fields})"


def _type(kind: str, is_optional: bool) -> str:
    return f"{kind}, optional" if is_optional else kind


def _named(plan: Plan) -> Iterator[str]:
    for records in plan.records.values():
        for value in records.let:
            yield f"{records.id}.{value.id} = {show_op(value.op)}"
    for value in plan.let.values():
        yield f"{value.id} = {show_op(value.op)}"


def _cohort(plan: Plan) -> Iterator[str]:
    for value in plan.cohort:
        rated = ", rated members only" if value.is_rated else ""
        yield f"{value.id} = {value.function} of {show_op(value.op)}{rated}"


def _step(step: Step) -> str:
    match step:
        case Exempt(id=id_, status=status, when=when):
            return f"exempt {id_}: status {status} where {show_op(when)}"
        case Validate(id=id_, that=that, records=records):
            of = f"each of {records}: " if records else ""
            return f"validate {id_}: {of}{show_op(that)}"
        case Applies(id=id_, above=above, when=when):
            below = f", asked where {above} applies" if above else ""
            return f"applies {id_}: {show_op(when)}{below}"
        case Entered(id=id_):
            return f"entered {id_}: only where it applies"
        case Judge():
            return _judge(step)
        case Total(limits=limits, round=rounding):
            parts = ["points.score", *(_limit(limit) for limit in limits), *_rounding(rounding)]
            return f"score: {', then '.join(parts)}"
        case Banding(levels=levels, measure=measure, is_on_exact=is_on_exact):
            of = show_op(measure) if measure is not None else "exact_score" if is_on_exact else "score"
            bands = "; ".join(
                " ".join(filter(None, [level.id, str(level.interval), *map(_requirement, level.requires)]))
                for level in levels
            )
            remarks = [
                *(["fall: next"] if step.falls_to_next else []),
                *([f"overlap: {step.overlap}"] if step.overlap else []),
            ]
            return f"band of {of}: {bands}{''.join(f' ({way})' for way in remarks)}"
        case Override(id=id_, kind=kind, target=target, when=when):
            gives = target if isinstance(target, str) else show_op(target)
            return f"override {id_}: {kind} {gives}" + ("" if when is None else f" where {show_op(when)}")
        case Output(id=id_, op=op):
            return f"output {id_}: {show_op(op)}"
        case Holds(id=id_, that=that):
            return f"invariant {id_}: {show_op(that)}"


def _judge(step: Judge) -> str:
    body = step.body
    if not isinstance(body, Combination):
        earned = show_op(body)
    elif body.points is not None:
        earned = show_op(body.points)
    else:
        children = ", ".join(
            child.id if body.function == "sum" or child.weight == 1 else f"{child.id} × {to_text(child.weight)}"
            for child in body.children
        )
        earned = f"{body.function}({children})" + (", rescaled" if body.rescale else "")
    if isinstance(body, Combination) and body.require_share is not None:
        earned += f", of which {to_text(body.require_share)} must remain"
    parts = [earned]
    if step.low is not None or step.high is not None:
        low = "…" if step.low is None else to_text(step.low)
        high = "…" if step.high is None else to_text(step.high)
        parts.append(f"{'clamped to' if step.is_clamped else 'within'} {low} to {high}")
    parts += _rounding(step.round)
    if not step.is_sure:
        parts.append(f"missing: {step.missing}")
    return f"judge {step.id}: {', then '.join(parts)}"


def _limit(limit: Limit) -> str:
    where = "" if limit.when is None else f" where {show_op(limit.when)}"
    return f"at most {show_op(limit.at_most)}{where} ({limit.id})"


def _requirement(requirement: Requirement) -> str:
    return f"[{requirement.id}: {show_op(requirement.that)}]"


def _rounding(rounding: Rounding | None) -> list[str]:
    return [] if rounding is None else [f"rounded to {to_text(rounding.step)} {rounding.mode}"]


def show_op(op: Op, around: int = 0) -> str:
    """Return an operation as a formula, with `it` for the current value.

    This is long since it has one case for each kind of operation.

    Args:
        op: the operation.
        around: the precedence of the enclosing operator, 0 for none.
    """
    match op:
        case ops.Const(value=value):
            return _value(value)
        case ops.Read(name=name):
            return name
        case ops.Item(name=name):
            return f"item.{name}"
        case ops.Local(name=name):
            return name
        case ops.Bind(function=function) if function:
            return f"{function}({', '.join(_arguments(op))})"
        case ops.Bind(names=(), body=body):
            return show_op(body, around)
        case ops.Bind(values=values, body=body):
            return f"{show_op(body)} of {', '.join(show_op(value, 9) for value in values)}"
        case ops.Negate(operand=operand):
            return _in_brackets(f"-{show_op(operand, 3)}", around, 1)
        case ops.Arithmetic():
            return _arithmetic(op, around)
        case ops.Power(base=base, exponent=exponent):
            return f"{show_op(base, 9)} ** {exponent}"
        case ops.Chain(operands=operands, operators=operators):
            words = [show_op(operands[0], 1)]
            for operator, operand in zip(operators, operands[1:], strict=True):
                words += [operator, show_op(operand, 1)]
            return _in_brackets(" ".join(words), around, 0)
        case ops.Member(operand=operand, options=options, is_negated=is_negated):
            word = "not in" if is_negated else "in"
            return _in_brackets(f"{show_op(operand, 1)} {word} ({', '.join(map(_value, options))})", around, 0)
        case ops.Logic(operator=word, operands=operands):
            return f"({f' {word} '.join(show_op(operand, 1) for operand in operands)})"
        case ops.Not(operand=operand):
            return f"(not {show_op(operand, 1)})"
        case ops.If(condition=condition, then=then, otherwise=otherwise):
            return f"({show_op(then)} if {show_op(condition)} else {show_op(otherwise)})"
        case ops.Given(operand=operand):
            return f"given({show_op(operand)})"
        case ops.Default(operand=operand, otherwise=otherwise):
            return f"default({show_op(operand)}, {show_op(otherwise)})"
        case ops.Call(function=function, arguments=arguments):
            return f"{function}({', '.join(map(show_op, arguments))})"
        case ops.Cases(cases=cases):
            rows = [
                f"{show_op(value)} otherwise" if condition is None else f"{show_op(value)} if {show_op(condition)}"
                for condition, value in cases
            ]
            return f"({'; '.join(rows)})"
        case ops.Stop(kind=kind):
            return f"fault: {kind}"
        case ops.Undefined(place=place):
            return f"undefined ({place})"
        case ops.Unknown():
            return "unknown"
        case _:
            return _over(op)


def _arguments(op: ops.Bind) -> Iterator[str]:
    """Yield the arguments of a function with a formula, as a call writes them."""
    parameters = {parameter.name: parameter for parameter in FUNCTIONS[op.function].parameters}
    lazy = [name for name, parameter in parameters.items() if parameter.is_lazy]
    names = [*(name.split(".")[1].rstrip("'") for name in op.names), *lazy]
    for name, argument in zip(names, op.arguments, strict=True):
        plain = parameters[name].is_required and not parameters[name].is_named
        yield show_op(argument) if plain else f"{name}={show_op(argument)}"


def _over(op: Op) -> str:
    assert isinstance(op, ops.Over)
    where = "" if op.condition is None else f" if {show_op(op.condition)}"
    inner = f"{show_op(op.body)} for item in {op.records.name}{where}"
    constants = "".join(f"{to_text(constant)}, " for constant in op.constants)
    return f"{op.function}({constants}({inner}))" if constants else f"{op.function}({inner})"


def _arithmetic(op: ops.Arithmetic, around: int) -> str:
    """Show a chain such as `a + b - c`, in a loop: its tree may be too deep for recursion."""
    links: list[ops.Arithmetic] = []
    node: Op = op
    while isinstance(node, ops.Arithmetic):
        links.append(node)
        node = node.left
    innermost = links[-1]
    text, before = show_op(node, PRECEDENCE[innermost.operator]), PRECEDENCE[innermost.operator]
    for link in reversed(links):
        binds = PRECEDENCE[link.operator]
        left = f"({text})" if before < binds else text
        text, before = f"{left} {link.operator} {show_op(link.right, binds + 1)}", binds
    return _in_brackets(text, around, before)


def _in_brackets(text: str, around: int, binds: int) -> str:
    return f"({text})" if around > binds else text


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value)
        case Fraction():
            return to_text(value)
        case str():
            return f'"{neutral(value)}"'
        case date():
            return value.isoformat()
        case _:
            return "calendar"
