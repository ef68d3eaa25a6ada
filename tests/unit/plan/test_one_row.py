"""A function of the language is one row of its table: nothing else needs to know its name."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import kpirules

PACKAGE = Path(kpirules.__file__).parent

ROWS = """
    Function(
        "nearest",
        (Parameter("x"), Parameter("by")),
        "number",
        lambda x, by: floor(x / by + Fraction(1, 2)) * by,
        "The multiple of `by` that is nearest.",
        ("nearest(7, 5)", "5"),
        formula="floor(x / by + 1/2) * by",
    ),
    Function(
        "half_year",
        (Parameter("on", "date"),),
        "number",
        lambda on: 1 if on.month <= 6 else 2,
        "The half of the year.",
        ("half_year(date(2026, 7, 1))", "2"),
        is_whole=True,
        low=1,
        high=2,
        trend=(1,),
        cycle=attrgetter("year"),
    ),
    Function(
        "yearday",
        (Parameter("y"), Parameter("n")),
        "date",
        lambda y, n: date.fromordinal(_date(y, Fraction(1), Fraction(1)).toordinal() + int(n) - 1),
        "The `n`-th day of a year.",
        ("yearday(2026, 32)", "2026-02-01"),
        fault="date",
        trend=(1, 1),
    ),
)

FUNCTIONS: dict"""

SCRIPT = """
import json
from kpirules import assess, check, load
from kpirules.analysis.bounds import bounds
from kpirules.plan import show

RULES = {
    "kpirules": 1,
    "inputs": {
        "n": {"type": "integer", "min": 1, "max": 100},
        "on": {"type": "date", "min": "2026-01-01", "max": "2026-06-30"},
        "late": {"type": "date"},
    },
    "outputs": {
        "a": "nearest(n + 1, 5)",
        "b": "half_year(on) + half_year(late) / 10",
        "c": "days(on, yearday(2026, n))",
    },
}
WRONG = {**RULES, "outputs": {"d": "nearest(n, n - 7)", "e": "yearday(n - 50, 1)"}}
program = load(RULES)
found = []
for n in (1, 2, 41, 100):
    subject = {"n": n, "on": "2026-02-03", "late": "2026-07-01"}
    one, other = (assess(program, subject, engine=engine).outputs for engine in ("scalar", "reference"))
    assert dict(one) == dict(other)
    found.append([str(one[name]) for name in "abc"])
names = bounds(program.plan).names
ends = {name: [str(names[name].low), str(names[name].high), names[name].denominator] for name in "abc"}
told = sorted((one.code, one.path) for one in check(WRONG).diagnostics if "outputs" in one.path)
print(json.dumps([found, ends, told, show(program.plan).splitlines()[-3:]]))
"""


def test_a_row_is_all_that_a_function_needs(tmp_path: Path) -> None:
    # With what Python has compiled: only the changed file is compiled again.
    shutil.copytree(PACKAGE, tmp_path / "kpirules")
    table = tmp_path / "kpirules/language/expressions/functions.py"
    text = table.read_text(encoding="utf-8")
    head, tail = text.split(")\n\nFUNCTIONS: dict", 1)
    table.write_text(head + ROWS.lstrip("\n") + tail, encoding="utf-8")
    ended = subprocess.run([sys.executable, "-c", SCRIPT], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert not ended.stderr
    found, ends, told, shown = json.loads(ended.stdout)
    assert found == [
        ["0", "6/5", "-33"],
        ["5", "6/5", "-32"],
        ["40", "6/5", "7"],
        ["100", "6/5", "66"],
    ]
    assert ends == {"a": ["0", "100", 1], "b": ["11/10", "6/5", 10], "c": ["-180", "99", 1]}
    assert [path for _, path in told] == ["outputs.d", "outputs.e"]
    assert [line.partition(": ")[2] for line in shown] == [
        "nearest(n + 1, 5)",
        "half_year(on) + half_year(late) / 10",
        "days(on, yearday(2026, n))",
    ]
