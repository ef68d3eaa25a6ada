"""Deliberate faults in the lowering and the code generator, each of which the agreement of the engines must find.

    python -m tests.agreement.faults [--only N] [--rulebooks 400]

A copy of the package is made for each fault, one piece of its text is changed, and pairs are compared until the
engines differ. Exit code 0 means that every fault was found.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attrs import frozen

__all__ = ["FAULTS", "Injected"]

ROOT = Path(__file__).parents[2]


@frozen
class Injected:
    """A fault.

    Args:
        file: a file of the package.
        right: a piece of its text that occurs once.
        wrong: the text that replaces it.
    """

    file: str
    right: str
    wrong: str

    def inject(self, package: Path) -> None:
        """Apply a fault to the copy of the package."""
        path = package / self.file
        text = path.read_text(encoding="utf-8")
        assert text.count(self.right) == 1, f"{self.file}: {self.right!r} stands there {text.count(self.right)} times"
        path.write_text(text.replace(self.right, self.wrong), encoding="utf-8")


FAULTS = (
    # From rules to operations.
    Injected("plan/lowering.py", 'signs.append("<" if row.is_lower_open else "<=")', 'signs.append("<=")'),
    Injected("plan/lowering.py", 'signs.append("<" if row.is_upper_open else "<=")', 'signs.append("<")'),
    Injected("plan/lowering.py", "slope = (y1 - y0) / (x1 - x0)", "slope = (y1 - y0) / (x1 + x0 + 1)"),
    Injected("plan/lowering.py", "constant(y0 - slope * x0)", "constant(y0)"),
    Injected("plan/lowering.py", "for row in (*named, *rest)\n", "for row in (*rest, *named)\n"),
    Injected("plan/lowering.py", "constant(value * most if row.is_rate", "constant(value if row.is_rate"),
    Injected("plan/lowering.py", 'if ordered.order == "worst_first" else', 'if ordered.order == "best_first" else'),
    Injected("plan/lowering.py", 'mode = mode or "half_up"', 'mode = mode or "half_down"'),
    Injected("plan/lowering.py", 'Const(option, gives)', 'Const(gives.options[0], gives)'),
    Injected("plan/planning.py", "if own and criterion.applies is not None:", "if criterion.applies is not None:"),
    Injected("plan/outcomes.py", "amount, child.is_regular))", "amount, True))"),
    Injected("plan/planning.py", "rounding = None if criterion.round is None or is_root", "rounding = None if is_root or not is_root"),
    Injected("plan/planning.py", "least = constant(ZERO if criterion.min is None else criterion.min)", "least = constant(ZERO)"),
    Injected("plan/planning.py", "for exemption in book.exemptions\n", "for exemption in reversed(book.exemptions)\n"),
    Injected("plan/outcomes.py", "group.rescale is True", "False"),
    Injected("plan/planning.py", "bands.falls_to_next, bands.overlap", "False, bands.overlap"),
    Injected("plan/planning.py", "on_exact = self.rulebook.bands_on_exact", "on_exact = not self.rulebook.bands_on_exact"),
    # Arithmetic.
    Injected("engines/scalar/numbers.py", 'return sign in (">", "!=")', 'return sign in ("<=", "==")'),
    Injected("engines/scalar/numbers.py", 'return sign == ">="', 'return sign == "<"'),
    Injected("engines/scalar/operations.py", "sign if outcome else conditions.OPPOSITE[sign]", "sign"),
    Injected("engines/scalar/operations.py", "if x.d == y.d else times(x.d, y.d) if common is None else common", "or y.d"),
    Injected("engines/scalar/numbers.py", "-{top}; {bottom} = -{bottom}", "{top}; {bottom} = -{bottom}"),
    Injected("engines/scalar/numbers.py", "return times(x.n, y.d), times(y.n, x.d)", "return times(x.n, x.d), times(y.n, y.d)"),
    Injected("engines/scalar/numbers.py", "return Num(n, times(x.d, y.d), known)", "return Num(n, x.d, known)"),
    Injected("engines/scalar/numbers.py", "    known = min(x.sign, y.sign)\n    return Num(*_reduced([x.n, y.n]", "    known = max(x.sign, y.sign)\n    return Num(*_reduced([x.n, y.n]"),
    # Functions and operations.
    Injected("language/expressions/functions.py", '"half_up": "floor(x / to + 1/2)', '"half_up": "floor(x / to + 1/3)'),
    Injected("language/expressions/functions.py", "mod(floor(x / to), 2) == 0", "mod(floor(x / to), 2) == 1"),
    Injected("language/expressions/functions.py", '"up": "-floor(-x / to)', '"up": "floor(x / to)'),
    Injected("language/expressions/functions.py", '"lo if x < lo else min(x, hi)"', '"min(x, hi)"'),
    Injected("language/expressions/functions.py", '"floor(x) if x >= 0 else -floor(-x)"', '"floor(x)"'),
    Injected("engines/scalar/functions.py", "shift = _floor(shift)", "shift = x"),
    Injected("engines/scalar/conditions.py", 'f"({x.code} {word} {among})"', 'f"({x.code} in {among})"'),
    Injected("engines/scalar/conditions.py", 'else f"if {target} is False:"', 'else f"if not {target}:"'),
    Injected("plan/lowering.py", '"above": ("<=", True)', '"above": ("<", True)'),
    Injected("engines/scalar/conditions.py", "result = _pair(operations, op, index, left.present, right)", "result = _pair(operations, op, 0, left.present, right)"),
    Injected("engines/scalar/operations.py", "[self.written(otherwise), ([], result.present)]", "[([], result.present), self.written(otherwise)]"),
    # Aggregates.
    Injected("engines/scalar/aggregates.py", '"<" if op.function == "min" else ">"', '">" if op.function == "min" else "<"'),
    Injected("engines/scalar/aggregates.py", '{total} * {d} + {n} * {total}d; {total}d', '{total} * {d} + {n}; {total}d'),
    Injected("engines/scalar/aggregates.py", "{result_name} = {function == 'all'}", "{result_name} = {function == 'any'}"),
    Injected("engines/scalar/aggregates.py", "evolve(total, d=_times(total.d, count))", "total"),
    # Criteria.
    Injected("engines/scalar/criteria.py", '[f"{state} = {SETTLED}", *noted], number(Fraction(0))', '[f"{state} = {EXCLUDED}", *noted], number(Fraction(0))'),
    Injected("engines/scalar/criteria.py", "number(step.max)\n        self.can_be", "number(Fraction(0))\n        self.can_be"),
    Injected("engines/scalar/criteria.py", 'compare("<", rest, number(group.require_share * whole))', 'compare("<=", rest, number(group.require_share * whole))'),
    Injected("engines/scalar/criteria.py", "quotient(self.writer, multiply(earned, whole), rest)", "quotient(self.writer, multiply(earned, rest), rest)"),
    Injected("engines/scalar/criteria.py", '((low, "<"), (high, ">"))', '((low, "<"),)'),
    Injected("engines/scalar/criteria.py", 'beyond.append(compare(">", points, number(high)))', 'beyond.append(compare(">=", points, number(high)))'),
    Injected("engines/scalar/criteria.py", '[f"{state} = {LACKING}; un = True", *self.why(step, "undefined")]', '[f"{state} = {EXCLUDED}", *self.why(step, "undefined")]'),
    # The rating.
    Injected("engines/scalar/rating.py", '">" if interval.is_lower_open else ">="', '">="'),
    Injected("engines/scalar/rating.py", '"ce = {0} if {0} > ce else ce"', '"ce = {0}"'),
    Injected("engines/scalar/rating.py", '"fl = {0} if {0} < fl else fl"', '"fl = {0}"'),
    Injected("engines/scalar/rating.py", "\"if fc >= 0: b = fc\"", "\"if fc >= 0 and st == 0: b = fc\""),
    Injected("engines/scalar/rating.py", "compare('<', most, total)", "compare('>', most, total)"),
    Injected("engines/scalar/rating.py", 'if step.overlap != "worst" else', 'if step.overlap != "best" else'),
    Injected("engines/scalar/rating.py", "{first} < {index} and not", "{first} > {index} and not"),
    # What a record tells besides.
    Injected("engines/scalar/criteria.py", '*self.why(step, "parent")', '*self.why(step, "applies")'),
    Injected("engines/scalar/criteria.py", "or {name_of(why)} == {undefined})", "or {name_of(why)} != {undefined})"),
    Injected("engines/scalar/criteria.py", 'self.noted(f"limited.{step.id}", points)', 'points'),
    Injected("engines/scalar/criteria.py", "compare('!=', rest, whole)", "compare('==', rest, whole)"),
    Injected("engines/scalar/criteria.py", "multiply(one, quotient(self.writer, most, weights))", "multiply(one, most)"),
    Injected("engines/scalar/tables.py", "Const(Fraction(row), NUMBER)", "Const(Fraction(0), NUMBER)"),
    Injected("engines/scalar/operations.py", "w.place if {name} is None else {name}", "w.place"),
    Injected("engines/scalar/rating.py", 'undone += self.operations.forget("number", "requires")', 'undone += self.operations.forget("requires")'),
    Injected("engines/scalar/rating.py", 'self.operations.note("scored", Other("b"))', 'self.operations.note("scored", Other("0"))'),
    Injected("rating/assessing/details.py", "tuple(dict.fromkeys(filter(None, rows)))", "tuple(filter(None, rows))"),
    Injected("rating/assessing/details.py", "criterion.missing or \"unrated\"", "\"unrated\""),
    Injected("rating/assessing/details.py", "for place, limit in enumerate(by_id(limits))", "for place, limit in enumerate(limits)"),
    Injected("reference/rows.py", "_beyond(knots[0]), *(", "_beyond(knots[-1]), *("),
)  # fmt: skip
"""What must be found."""


def found(number: int, fault: Injected, rulebooks: int) -> bool:
    """Return whether the engines differ with a fault."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("kpirules", "tests"):
            shutil.copytree(ROOT / part, Path(folder) / part, ignore=shutil.ignore_patterns("__pycache__"))
        fault.inject(Path(folder) / "kpirules")
        looking = f"from tests.agreement.faults import look; look({rulebooks})"
        ended = subprocess.run(
            [sys.executable, "-c", looking], cwd=folder, capture_output=True, text=True, check=False
        )
    # A fault that breaks the program before anything is compared was no fault worth putting in.
    is_found = ended.returncode == 1 and ended.stdout.startswith("by rulebook")
    last = (ended.stdout or ended.stderr).strip().splitlines()[-1:] or [""]
    print(
        f"{number:3} {'found' if is_found else 'MISSED'}  {fault.file}: {fault.wrong.strip()}   {last[0][:80]}",
        flush=True,
    )
    return is_found


def look(rulebooks: int) -> None:
    """Compare pairs until the engines differ on one; the exit code tells whether they do."""
    from .pairs import agree

    for seed in range(rulebooks):
        if agree([seed]).differences:
            print(f"by rulebook {seed}")
            raise SystemExit(1)


def main() -> int:
    parser = ArgumentParser(prog="python -m tests.agreement.faults", description=__doc__)
    parser.add_argument("--only", type=int, action="append", help="the number of a fault")
    parser.add_argument("--rulebooks", type=int, default=800, help="that are tried for each (800)")
    parser.add_argument("--jobs", type=int, default=2, help="faults at a time (2)")
    options = parser.parse_args()
    chosen = [(number, fault) for number, fault in enumerate(FAULTS, 1) if not options.only or number in options.only]
    with ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(lambda one: found(one[0], one[1], options.rulebooks), chosen))
    print(f"{sum(results)} of {len(results)} found")
    return int(not all(results))


if __name__ == "__main__":
    raise SystemExit(main())
