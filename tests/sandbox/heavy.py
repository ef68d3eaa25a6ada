"""Documents below a megabyte that are designed to take long to load, compare or explain.

`python -m tests.sandbox.heavy [NAME…]` tells what each takes without a budget, and where the budget ends it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import Any

import kpirules as kr
from kpirules.change import compare_parts
from kpirules.loading.loading import load_whole

__all__ = ["COMPARED", "DOCUMENTS", "EXPLAINED"]

Rulebook = dict[str, Any]

DIGIT = {"type": "integer", "min": 0, "max": 9}


def _book(**parts: Any) -> Rulebook:
    return {"kpirules": 1, "id": "heavy"} | parts


def _digits(count: int, **more: Any) -> Rulebook:
    return {f"x{i}": DIGIT | more for i in range(count)}


def _points(count: int, formula: str = "x{i}") -> Rulebook:
    return {f"c{i}": {"max": 9, "points": formula.format(i=i, next=(i + 1) % count)} for i in range(count)}


def _bands(top: int, count: int) -> Rulebook:
    return {**{f"b{i}": {"from": top - i} for i in range(count)}, "rest": {"below": top - count + 1}}


def _rated(count: int, formula: str = "x{i}", **more: Any) -> Rulebook:
    return _book(inputs=_digits(count), criteria=_points(count, formula), bands=_bands(9 * count, 3), **more)


def variants(criteria: int, count: int) -> Rulebook:
    """Many variants of a few criteria, each with a change of its own."""
    changes = {f"v{j}": {"criteria": {f"c{j % criteria}": {"label": f"l{j}"}}} for j in range(count)}
    return _rated(criteria, variant_by="kind", variants=changes) | {
        "inputs": {**_digits(criteria), "kind": {"type": "choice", "options": list(changes)}}
    }


def same_variants(criteria: int, count: int) -> Rulebook:
    """Many variants that change nothing."""
    changes = {f"v{j}": dict[str, Any]() for j in range(count)}
    return _rated(criteria, variants=changes)


def editions(criteria: int, many: int, count: int) -> Rulebook:
    """Many variants, each with many editions."""
    days = [f"20{10 + j // 12}-{1 + j % 12:02}-01" for j in range(count)]
    amendments = [{"from": day, "change": {"criteria": {"c0": {"label": f"e{j}"}}}} for j, day in enumerate(days)]
    changes = {f"v{j}": {"criteria": {"c0": {"note": f"n{j}"}}} for j in range(many)}
    return _rated(criteria, variants=changes, amendments=amendments)


def lets(count: int, formula: str = "v{before} + x") -> Rulebook:
    """A long chain of named values."""
    let = {"v0": "x"} | {f"v{i}": formula.format(before=i - 1, i=i) for i in range(1, count)}
    return _book(inputs={"x": DIGIT}, let=let, outputs={"o": f"v{count - 1}"})


def functions(count: int) -> Rulebook:
    """Functions in functions, each twice as large as the one before."""
    made = {"f0": {"args": ["x"], "value": "x + 1"}}
    made |= {f"f{i}": {"args": ["x"], "value": f"f{i - 1}(x) + f{i - 1}(x + 1)"} for i in range(1, 7)}
    return _book(inputs={"x": DIGIT}, functions=made, outputs={f"o{i}": f"f6(x + {i})" for i in range(count)})


def many_functions(count: int) -> Rulebook:
    """Functions that call each other in a long chain."""
    made = {"f0": {"args": ["x"], "value": "x"}} | {
        f"f{i}": {"args": ["x"], "value": f"f{i - 1}(x)"} for i in range(1, count)
    }
    return _book(inputs={"x": DIGIT}, functions=made, outputs={"o": f"f{count - 1}(x)"})


def deep_groups(depth: int, wide: int) -> Rulebook:
    """Groups in groups, with criteria at each depth."""

    def group(level: int) -> Rulebook:
        made = {f"l{level}_{i}": {"max": 9, "points": f"x{i}"} for i in range(wide)}
        return made if level == 0 else {**made, f"g{level}": {"criteria": group(level - 1)}}

    return _book(inputs=_digits(wide), criteria=group(depth), bands=_bands(9 * wide * (depth + 1), 3))


def flat_groups(groups: int, wide: int) -> Rulebook:
    """Many groups, each rescaled over those criteria that are there."""
    criteria = {
        f"g{g}": {
            "max": 9 * wide, "rescale": True, "missing": "exclude",
            "criteria": {f"c{g}_{i}": {"max": 9, "points": f"x{i}", "missing": "exclude"} for i in range(wide)},
        }
        for g in range(groups)
    }  # fmt: skip
    score = {"rescale": True, "round": {"places": 2}}
    return _book(
        inputs=_digits(wide, optional=True), criteria=criteria, score=score, bands=_bands(9 * wide * groups, 9)
    )


def tables(rows: int, count: int) -> Rulebook:
    """Tables with many rows."""
    made = {
        f"t{j}": {"steps": [*({"from": rows - n, "value": n} for n in range(rows)), {"value": 0}]}
        for j in range(count)
    }
    return _book(
        inputs={"x": {"type": "number", "min": 0, "max": rows}},
        tables=made,
        outputs={f"o{j}": f"t{j}(x)" for j in range(count)},
    )


def conditions(rows: int) -> Rulebook:
    """A chain of conditions, each of several inputs."""
    let = {"v0": "0"} | {
        f"v{n}": f"({n} if x{n % 20} > {n % 9} and x{(n + 1) % 20} == {n % 7} else v{n - 1})" for n in range(1, rows)
    }
    return _book(inputs=_digits(20), let=let, outputs={"o": f"v{rows - 1}"})


def lookups(options: int, count: int) -> Rulebook:
    """Look-ups of a choice with many options."""
    names = [f"o{n}" for n in range(options)]
    return _book(
        inputs={"k": {"type": "choice", "options": names}},
        criteria={f"c{j}": {"max": 1, "measure": "k", "lookup": dict.fromkeys(names, 1)} for j in range(count)},
    )


def compared_options(options: int, count: int) -> Rulebook:
    """Comparisons of an ordered choice with many options."""
    names = [f"o{n}" for n in range(options)]
    outputs = {f"o{j}": f"1 if k > 'o{j % options}' and k <= 'o{j // 2}' else 2" for j in range(count)}
    return _book(inputs={"k": {"type": "choice", "options": names, "ordered": "best_first"}}, outputs=outputs)


def long_options(length: int, count: int) -> Rulebook:
    """Options with very long names."""
    names = [f"{i}{'a' * length}" for i in range(count)]
    return _book(
        inputs={"k": {"type": "choice", "options": names}},
        criteria={"c": {"max": 1, "measure": "k", "lookup": dict.fromkeys(names, 1)}},
        bands={"good": {"from": 1}, "bad": {"below": 0}},
    )


def spaced_option(length: int) -> Rulebook:
    """An option of many words, none of which can be broken."""
    return long_options(0, 2) | {"inputs": {"k": {"type": "choice", "options": ["a b " * (length // 4) + "c", "d"]}}}


def labels(length: int, count: int) -> Rulebook:
    """Very long labels of criteria that have something wrong with them."""
    criteria = {f"c{i}": {"max": 9, "points": f"x{i} * 2", "label": "word " * (length // 5)} for i in range(count)}
    return _book(inputs=_digits(count), criteria=criteria)


def unused(count: int, length: int) -> Rulebook:
    """Many findings in one line, which each of them quotes."""
    return _book(inputs={f"u{i}": {"type": "choice", "options": ["a" * length, "b"]} for i in range(count)})


def booleans(count: int, bands: int) -> Rulebook:
    """Bands that require combinations of many booleans."""
    inputs = {f"b{i}": {"type": "boolean"} for i in range(count)}
    levels = {
        f"band{j}": {
            "from": 0,
            "requires": " and ".join(f"(b{(i + j) % count} or not b{(i * 7 + j) % count})" for i in range(12)),
        }
        for j in range(bands)
    }
    criteria = {f"c{i}": {"max": 1, "met": f"b{i}"} for i in range(count)}
    return _book(inputs=inputs, criteria=criteria, bands={**levels, "rest": {}})


def lists(count: int, fields: int) -> Rulebook:
    """Aggregates over records of many fields."""
    rows = {"type": "list", "max_items": 9, "fields": {f"f{i}": DIGIT for i in range(fields)}}
    formula = "sum(r.f{i} for r in rows if r.f{j} > 3) / (1 + count(r.f{j} > {k} for r in rows))"
    outputs = {f"o{i}": formula.format(i=i % fields, j=(i + 1) % fields, k=i % 9) for i in range(count)}
    return _book(inputs={"rows": rows}, outputs=outputs)


def item_lets(count: int) -> Rulebook:
    """A chain of named values in each record."""
    let = {"v0": "item.f"} | {f"v{i}": f"item.v{i - 1} + 1" for i in range(1, count)}
    rows = {"type": "list", "max_items": 9, "fields": {"f": DIGIT}, "let": let}
    return _book(inputs={"rows": rows}, outputs={"o": f"sum(r.v{count - 1} for r in rows)"})


def cohort(count: int) -> Rulebook:
    """Many quotas and functions over the cohort."""
    let = {f"r{i}": f"cohort_rank(x{i})" for i in range(count)}
    outputs = {f"o{i}": f"r{i} + 1" for i in range(count)}
    return _book(inputs=_digits(count), let=let, outputs=outputs)


def overrides(count: int) -> Rulebook:
    """Many overrides and limits."""
    made = {f"r{i}": {"when": f"x{i % 30} < {i % 9} and band == 'b0'", "band": "b1"} for i in range(count)}
    limits = {f"l{i}": {"when": f"x{i % 30} > {i % 9}", "at_most": 200 - i % 90} for i in range(count)}
    return _rated(30, overrides=made, score={"limits": limits})


def validations(count: int) -> Rulebook:
    """Many validations of many inputs."""
    that = {f"v{i}": {"that": f"x{i % 200} + x{(i + 1) % 200} >= 3"} for i in range(count)}
    return _rated(200, validations=that)


def wide_sums(count: int) -> Rulebook:
    """Quotients by many different numbers, whose common denominator is large."""
    let = {f"v{i}": f"x{i} / {10**17 + 2 * i + 1}" for i in range(count)}
    return _book(inputs=_digits(count), let=let, outputs={"o": " + ".join(f"v{i}" for i in range(min(count, 150)))})


def powers(count: int) -> Rulebook:
    """Numbers as wide as may be, again and again."""
    return _book(
        inputs={"x": {"type": "integer", "min": 0, "max": 10**17}},
        outputs={f"o{i}": f"((x + {i}) ** 16) ** 16 > {i}" for i in range(count)},
    )


def roots(count: int) -> Rulebook:
    """Irrational functions of wide numbers."""
    return _book(
        inputs={"x": {"type": "integer", "min": 1, "max": 10**17}},
        outputs={f"o{i}": f"ln((x + {i}) ** 16) / (sqrt(x) - {i})" for i in range(count)},
    )


def logic(count: int) -> Rulebook:
    """Conditions in conditions."""
    formula = "({first} if x{i} > 3 else v{before} + 1)"
    let = {"v0": "x0"} | {
        f"v{i}": formula.format(first=f"v{i - 1} * 2", i=i % 20, before=i - 1) for i in range(1, count)
    }
    return _book(inputs=_digits(20), let=let, outputs={"o": f"1 / v{count - 1}"})


def examples(count: int) -> Rulebook:
    """Many examples, each with all inputs."""
    return _rated(20) | {"examples": [{"in": {f"x{i}": i % 10 for i in range(20)}} for _ in range(count)]}


def unions(count: int) -> str:
    """A long line of mistakes, each of which quotes it."""
    return "{kpirules: 1, outputs: {" + ", ".join(f"a{i}: b{i} +" for i in range(count)) + "}}"


def newlines(count: int) -> str:
    """A text with nothing but ends of lines, and a mistake."""
    return "kpirules: 1\n" + "\n" * count + "outputs: {a: b}\n"


DOCUMENTS: dict[str, Callable[[], Rulebook | str]] = {
    "100 criteria in 500 variants": lambda: variants(100, 500),
    "800 criteria in 200 variants": lambda: variants(800, 200),
    "20 criteria in 2,000 variants": lambda: variants(20, 2_000),
    "500 variants that change nothing": lambda: same_variants(300, 500),
    "20 variants in 24 editions": lambda: editions(100, 20, 23),
    "3,000 named values": lambda: lets(3_000),
    "3,000 products": lambda: lets(3_000, "v{before} * 3 + x - {i}"),
    "3,000 alternatives": lambda: lets(2_000, "(v{before} if x > 3 else v{before} / (x + 1))"),
    "6,000 small values": lambda: lets(6_000, "v{before}"),
    "functions that grow": lambda: functions(60),
    "1,500 functions in a chain": lambda: many_functions(1_500),
    "40 functions in a chain": lambda: many_functions(40),
    "groups 25 deep": lambda: deep_groups(25, 40),
    "300 groups": lambda: flat_groups(100, 30),
    "2,500 criteria": lambda: _rated(2_500),
    "2,500 products of inputs": lambda: _rated(2_500, "x{i} * x{next} / 9"),
    "tables of 2,000 rows": lambda: tables(2_000, 5),
    "300 tables of 20 rows": lambda: tables(20, 300),
    "1,200 conditions": lambda: conditions(1_200),
    "a look-up of 20,000 options": lambda: lookups(9_000, 2),
    "200 look-ups of 100 options": lambda: lookups(100, 200),
    "100 comparisons of 9,000 options": lambda: compared_options(9_000, 50),
    "1,000 comparisons of 9,000 options": lambda: compared_options(9_000, 500),
    "options of 160,000 characters": lambda: long_options(160_000, 2),
    "1,000 options of 900 characters": lambda: long_options(450, 1_000),
    "an option of 100,000 words": lambda: spaced_option(400_000),
    "labels of 9,000 characters": lambda: labels(9_000, 100),
    "1,000 unused inputs": lambda: unused(1_000, 500),
    "300 bands of booleans": lambda: booleans(40, 300),
    "900 aggregates": lambda: lists(900, 30),
    "60 aggregates": lambda: lists(60, 100),
    "2,000 values in a record": lambda: item_lets(2_000),
    "400 ranks": lambda: cohort(400),
    "800 overrides and limits": lambda: overrides(800),
    "1,500 validations": lambda: validations(1_500),
    "900 wide quotients": lambda: wide_sums(900),
    "900 wide powers": lambda: powers(900),
    "900 roots": lambda: roots(900),
    "1,500 conditions in each other": lambda: logic(1_500),
    "1,200 examples": lambda: examples(1_200),
    "9,000 mistakes in a line": lambda: unions(9_000),
    "a million newlines": lambda: newlines(1_000_000),
}  # fmt: skip
"""By name, what makes a rulebook."""


def _changed(criteria: int, count: int, formula: str = "x{i} * x{i} / 9") -> tuple[Rulebook, Rulebook]:
    book = _rated(criteria, score={"round": {"places": 2}})
    changed = {f"c{i}": {"max": 9, "points": formula.format(i=i)} for i in range(count)}
    return book, book | {"criteria": book["criteria"] | changed}


def _moved_bands(count: int) -> tuple[Rulebook, Rulebook]:
    book = _rated(60)
    return book | {"bands": _bands(540, count)}, book | {"bands": _bands(539, count)}


COMPARED: dict[str, Callable[[], tuple[Rulebook, Rulebook]]] = {
    "50 changes of 100 criteria": lambda: _changed(100, 50),
    "300 changes of 300 criteria": lambda: _changed(300, 300),
    "1 change of 500 criteria": lambda: _changed(500, 1),
    "200 bands moved": lambda: _moved_bands(200),
    "40 variants": lambda: (variants(30, 40), variants(30, 40) | {"bands": _bands(269, 3)}),
}
"""By name, two editions."""

EXPLAINED: dict[str, Callable[[], tuple[Rulebook, Rulebook]]] = {
    "options of 160,000 characters": lambda: (
        long_options(160_000, 2) | {"bands": {"good": {"from": 1}, "bad": {"below": 1}}},
        {"k": "0" + "a" * 160_000},
    ),
    "2,000 criteria": lambda: (_rated(2_000), dict.fromkeys(_digits(2_000), 3)),
}
"""By name, a rulebook and a subject."""


def appraisal(stages: int, criteria: int) -> dict[str, Any]:
    """An appraisal of many stages, each with a rulebook of its own, and these rulebooks by name."""
    made = {f"s{i}": {"rulebook": f"r{i}", "key": ["unit"]} for i in range(stages)}
    books = {f"r{i}": _rated(criteria, id=f"r{i}") for i in range(stages)}
    return {"appraisal": {"kpirules": 1, "appraisal": "heavy", "stages": made}, "rulebooks": books}


def text_of(book: Rulebook | str) -> str:
    """Return the text of a rulebook, as an attacker would send it."""
    return book if isinstance(book, str) else json.dumps(book)


def staged(stages: int, criteria: int, budget: int) -> list[str]:
    made = appraisal(stages, criteria)
    try:
        kr.load_appraisal(made["appraisal"], rulebooks=made["rulebooks"], budget=budget)
    except kr.KpirulesError as error:
        return sorted({d.code for d in error.report.errors})
    return []


def check(name: str) -> list[str]:
    report = kr.check(text=text_of(DOCUMENTS[name]()))
    str(kr.RulebookError(report))
    return sorted({d.code for d in report})


def compared(name: str) -> list[str]:
    try:
        old, new = (load_whole(book) for book in COMPARED[name]())
        str((compare_parts if old.parts else kr.compare)(old, new))
    except kr.KpirulesError as error:
        return sorted({d.code for d in error.report.errors})
    return []


def explained(name: str) -> list[str]:
    try:
        book, subject = EXPLAINED[name]()
        explanation = kr.explain(kr.assess(kr.loads(text_of(book), name="a.json"), subject))
        for text in (explanation.text(), explanation.markdown(), explanation.html()):
            assert text
    except kr.KpirulesError as error:
        return sorted({d.code for d in error.report.errors})
    return []


def main(names: Iterable[str]) -> None:
    """Print the seconds and megabytes of each document, in its own process."""
    wanted = list(names)
    for kind, made in (("check", DOCUMENTS), ("compared", COMPARED), ("explained", EXPLAINED)):
        for name in made:
            if wanted and not any(one in f"{kind} {name}" for one in wanted):
                continue
            code = (
                "import sys, time, resource; from tests.sandbox import heavy\n"
                "heavy.kr.check({'kpirules': 1, 'outputs': {'a': '1'}})\n"
                f"size = len(heavy.text_of(heavy.DOCUMENTS[{name!r}]())) if {kind!r} == 'check' else 0\n"
                "used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; begun = time.process_time()\n"
                f"found = heavy.{'check' if kind == 'check' else kind}({name!r})\n"
                "seconds = time.process_time() - begun\n"
                "grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - used) // 1024\n"
                f"print(f'{{seconds:6.2f}} s {{grown:4}} MB {{size // 1000:4}} kB {kind} {name}', found[:6], flush=True)\n"
            )
            limit = f'ulimit -v {4 << 20}; exec timeout 100 {sys.executable} -c "$0"'
            ended = subprocess.run(["bash", "-c", limit, code], check=False, capture_output=True, text=True)
            print(
                ended.stdout.strip() or f"       {kind} {name}: {ended.returncode} {ended.stderr.strip()[-300:]}",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
