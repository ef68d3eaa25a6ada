"""One function in JavaScript from the steps of a plan.

An integer whose interval fits a double is a Number, on which `+ - *` and rounding down are exact; any other is a
BigInt. A step that is read once is written where it is read, so that a branch that is not taken is not computed.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define, field

from ...plan import Plan
from ...plan.steps import Variable
from ..integers import FALSE, OVER_RECORDS, TRUE, Obstacle, Step, depends
from ..integers.lifting import Lifted
from ..integers.values import Value
from .literals import literal

__all__ = ["Function"]

SAFE_BITS = 51
"""Bits of an integer that a double holds, with room to tell a quotient from the next whole number."""

LONGEST_INLINE = 160
"""Characters of a step that is written where it is read."""

INDEXES = ("status", "band", "before", "scored", "outcome", "applying", "target", "row")
"""Results that are the number of something, not a number of the rulebook."""

REAL = "q"
"""The kind of a fraction of BigInt; `n` is a Number, `b` a BigInt and `f` a flag."""

REAL_CALLS = {"+": "addQ", "-": "subtractQ", "*": "multiplyQ", "//": "quotientQ", "%": "remainderQ"}
"""The functions that compute with fractions."""


@define(eq=False)
class Function:
    """Prints one function.

    Args:
        plan: its plan.
        lifted: its steps.
        written: the kind and text of each step that has been printed.
        inline: the steps that are written where they are read.
    """

    plan: Plan
    lifted: Lifted
    written: dict[int, tuple[str, str]] = field(factory=dict)
    inline: set[int] = field(factory=set)

    @property
    def steps(self) -> list[Step]:
        return self.lifted.building.steps

    def needed(self, roots: list[int]) -> list[int]:
        return depends(tuple(self.steps), roots)

    def obstacles(self, roots: list[int]) -> list[Obstacle]:
        """Return the obstacles of some steps: what they need but no step computes."""
        found = []
        for number in self.needed(roots):
            step = self.steps[number]
            if step.operation == "opaque":
                found.append(Obstacle(step.path, str(step.value)))
        return list(dict.fromkeys(found))

    def text(self, name: str, values: str, roots: list[int], refusals: list[int]) -> str:
        """Return the function.

        Args:
            name: its name.
            values: the expression that it returns if no refusal holds, with `{n}` for a step and a kind.
            roots: the steps in it.
            refusals: the flags under which it returns their index instead.
        """
        needed = self.needed([*refusals, *roots])
        self._choose_inline(needed, [*refusals, *roots])
        lines = [f"const t = texts({name}Texts);"]
        stages = self._stages(needed)
        for stage in range(max(stages.values(), default=0) + 1):
            over = [n for n in needed if stages[n] == stage and self.steps[n].operation in OVER_RECORDS]
            for list_ in dict.fromkeys(str(self.steps[n].value) for n in over):
                lines += self._loop(list_, [n for n in over if self.steps[n].value == list_])
            for n in needed:
                step = self.steps[n]
                if stages[n] == stage and not step.records and step.operation not in OVER_RECORDS:
                    lines += self._line(n)
        lines += [
            f"if ({self.as_('f', flag)}) return {place};" for place, flag in enumerate(refusals) if flag != FALSE
        ]
        lines.append(f"return {self._filled(values)};")
        body = "\n".join(f"  {line}" for line in lines)
        texts = f"const {name}Texts = table({literal(list(self.lifted.texts))});"
        return f"{texts}\nfunction {name}(x) {{\n{body}\n}}\n"

    def _choose_inline(self, needed: list[int], roots: list[int]) -> None:
        """Choose the steps that are written where they are read: those that are read once."""
        uses: dict[int, int] = {}
        for n in needed:
            for operand in self.steps[n].operands:
                is_same = self.steps[operand].records == self.steps[n].records
                uses[operand] = uses.get(operand, 0) + (1 if is_same else 2)
        for root in roots:
            uses[root] = uses.get(root, 0) + 2
        self.inline = {n for n, count in uses.items() if count == 1 and self.steps[n].operation not in OVER_RECORDS}

    def _stages(self, needed: list[int]) -> dict[int, int]:
        """Return for each step the number of loops over records before it that depend on one another."""
        found: dict[int, int] = {}
        for n in needed:
            step = self.steps[n]
            found[n] = max((found[operand] for operand in step.operands), default=0)
            found[n] += step.operation in OVER_RECORDS
        return found

    def _loop(self, list_: str, over: list[int]) -> Iterator[str]:
        """Yield the lines of a loop over records."""
        place = [one.id for one in self.plan.inputs].index(list_)
        started, inside, after = [], [], []
        for n in self.needed([operand for one in over for operand in self.steps[one].operands]):
            if self.steps[n].records == list_:
                inside += self._line(n)
        for n in over:
            step, kind = self.steps[n], self.kind(n)
            flag = self.as_("f", step.operands[0])
            self.written[n] = kind, f"s{n}"
            if step.operation == "any":
                started.append(f"let s{n} = false;")
                inside.append(f"if ({flag}) s{n} = true;")
            elif step.operation == "sum":
                started.append(f"let s{n} = {_integer(0, kind)};")
                added = self.as_(kind, step.operands[1])
                inside.append(f"if ({flag}) s{n} {f'= addQ(s{n}, {added})' if kind == REAL else f'+= {added}'};")
            else:
                sign = "<" if step.operation == "least" else ">"
                beats = f"compare(v, s{n}) {sign} 0" if kind == REAL else f"v {sign} s{n}"
                started.append(f"let s{n} = null;")
                inside.append(
                    f"if ({flag}) {{ const v = {self.as_(kind, step.operands[1])}; "
                    f"if (s{n} === null || {beats}) s{n} = v; }}"
                )
                after.append(f"s{n} ??= {_integer(step.low if step.is_known else 0, kind)};")
        yield from started
        yield f"for (const r of x[{place}] ?? []) {{"
        yield from (f"  {line}" for line in inside)
        yield "}"
        yield from after

    def _line(self, n: int) -> list[str]:
        """Return the line of a step; none if it is written where it is read."""
        step = self.steps[n]
        if step.operation == "constant":
            return []
        kind = self.kind(n)
        expression = self._expression(step, kind)
        if n in self.inline and len(expression) <= LONGEST_INLINE:
            self.written[n] = kind, expression
            return []
        self.written[n] = kind, f"s{n}"
        return [f"const s{n} = {expression};"]

    # -- steps ------------------------------------------------------------------------------------

    def kind(self, n: int) -> str:
        step = self.steps[n]
        if step.is_flag:
            return "f"
        if step.is_real:
            return REAL
        return "n" if step.is_known and step.bits <= SAFE_BITS else "b"

    def as_(self, kind: str, n: int) -> str:
        """Return a step as an expression of a kind."""
        step = self.steps[n]
        if step.operation == "constant":
            if step.is_flag:
                return "true" if n == TRUE else "false"
            return _integer(step.low, kind)
        own, expression = self.written[n]
        return expression if own == kind else _converted(expression, own, kind)

    def _expression(self, step: Step, kind: str) -> str:
        """Return the expression of a step."""
        match step.operation:
            case "input":
                return self._input(step, kind)
            case "given":
                return f"({self._place(str(step.value))[0]} !== null)"
            case "length":
                return f"({self._place(str(step.value))[0]}?.length ?? 0)"
            case "not":
                return f"!{self.as_('f', step.operands[0])}"
            case "and" | "or":
                sign = "&&" if step.operation == "and" else "||"
                return f"({f' {sign} '.join(self.as_('f', one) for one in step.operands)})"
            case "count":
                return f"({self.as_('f', step.operands[0])} ? {_integer(1, kind)} : {_integer(0, kind)})"
            case "select":
                asked, then, otherwise = step.operands
                return f"({self.as_('f', asked)} ? {self.as_(kind, then)} : {self.as_(kind, otherwise)})"
            case "irrational" | "defined":
                functions = "IRRATIONAL" if step.operation == "irrational" else "DEFINED"
                parts = [self.as_(REAL, one) for one in step.operands]
                pairs = zip(parts[::2], parts[1::2], strict=True)
                return f"{functions}.{step.value}({', '.join(f'dividedQ({n}, {d})' for n, d in pairs)})"
        return self._arithmetic(step, kind)

    def _arithmetic(self, step: Step, kind: str) -> str:
        """Return `+ - * // %` or a comparison, computed on the wider of the kinds."""
        kinds = [self.kind(one) for one in step.operands if self.steps[one].operation != "constant"]
        kinds += [self.kind(one) for one in step.operands] + ([] if step.is_flag else [kind])
        wide = REAL if REAL in kinds else "b" if "b" in kinds else "n"
        x, y = (self.as_(wide, one) for one in step.operands)
        sign = step.operation
        if sign in ("==", "<", "<="):
            x, y = (f"compare({x}, {y})", "0") if wide == REAL else (x, y)
            return f"({x} {sign.replace('==', '===')} {y})"
        if wide == REAL:
            expression = f"{REAL_CALLS[sign]}({x}, {y})"
            return expression if sign != "//" or kind == "b" else _converted(expression, "b", kind)
        above, below = (self.steps[one] for one in step.operands)
        if sign in ("//", "%"):
            is_plain = above.low >= 0 and below.low > 0 and above.is_known and below.is_known
            if is_plain and (sign == "%" or wide == "b"):
                expression = f"({x} {'%' if sign == '%' else '/'} {y})"
            elif sign == "//" and wide == "n" and below.low > 0:
                expression = f"Math.floor({x} / {y})"
            else:
                expression = f"{'quotient' if sign == '//' else 'remainder'}{wide.upper()}({x}, {y})"
        else:
            expression = f"({x} {sign} {y})"
        return expression if wide == kind else _converted(expression, wide, kind)

    def _place(self, name: str) -> tuple[str, Variable]:
        """Return the expression of an input or a field of a record, and its declaration."""
        list_, _, id_ = name.partition(".")
        inputs = self.plan.records[list_].fields if id_ else self.plan.inputs
        place = [one.id for one in inputs].index(id_ or list_)
        return f"{'r' if id_ else 'x'}[{place}]", inputs[place]

    def _input(self, step: Step, kind: str) -> str:
        """Return the value of an input; if it is absent, any value in its interval."""
        place, declared = self._place(str(step.value))
        if step.is_flag:
            return f"({place} === true)"
        if declared.type.kind in ("choice", "text"):
            return f"t.at({place})"
        low = str(max(step.low, 0)) if step.high >= 0 else str(step.high)
        if kind == "n":
            return f"Number({place} ?? {low})"
        return f"BigInt({place} ?? {low}n)"

    # -- results ----------------------------------------------------------------------------------

    def template_of(self, key: str, value: Value, denominator: Value) -> str | None:
        """Return a result as a template, None if it is no plain value."""
        ways: list[tuple[int, str]] = []
        for kind, (when, part) in value.parts.items():
            if when == FALSE:
                continue
            match kind:
                case "none":
                    ways.append((when, "null"))
                case "unknown":
                    ways.append((when, "undefined"))
                case "flag":
                    ways.append((when, f"{{f{part}}}"))
                case "text":
                    ways.append((when, f"t.text({{n{part}}})"))
                case "date":
                    ways.append((when, f"dayText({{n{part}}})"))
                case "integer" if key.partition(".")[0] in INDEXES:
                    ways.append((when, f"{{n{part}}}"))
                case "integer":
                    below = denominator.parts.get("integer", (TRUE, TRUE))[1]
                    if REAL in (self.kind(part), self.kind(below)):
                        ways.append((when, f"dividedQ({{q{part}}}, {{q{below}}})"))
                        continue
                    expression = "1" if below == TRUE else f"{{i{below}}}"
                    ways.append((when, f"[{{i{part}}}, {expression}]"))
                case _:
                    return None
        if not ways:
            return None
        found = ways[-1][1]
        for when, expression in reversed(ways[:-1]):
            found = f"({{f{when}}} ? {expression} : {found})"
        return found

    def _filled(self, template: str) -> str:
        """Return a template with its steps."""
        parts = template.split("{")
        found = parts[0]
        for part in parts[1:]:
            name, _, rest = part.partition("}")
            n = int(name[1:])
            kind = name[0] if name[0] != "i" else self.kind(n)
            found += self.as_(kind, n) + rest
        return found


def _integer(value: int, kind: str) -> str:
    if kind == REAL:
        return f"[{value}n, 1n]"
    expression = f"{value}n" if kind == "b" else str(value)
    return f"({expression})" if value < 0 else expression


def _converted(expression: str, own: str, kind: str) -> str:
    if kind == REAL:
        return f"[{expression}, 1n]" if own == "b" else f"[BigInt({expression}), 1n]"
    return f"BigInt({expression})" if kind == "b" else f"Number({expression})"
