"""Rulebooks that grow with a number, each in a way that makes something harder to prove.

`python -m tests.sandbox.growing` tells how long the check of each takes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from typing import Any

import kpirules as kr

__all__ = ["LONGEST", "SHAPES", "SIZES"]

Rulebook = dict[str, Any]

SIZES = (25, 100, 400, 800)

LONGEST = 100_000
"""Characters that a rulebook has at most, as JSON."""

DIGIT = {"type": "integer", "min": 0, "max": 9}


def _book(inputs: Rulebook, **more: Any) -> Rulebook:
    return {"kpirules": 1, "id": "growing", "inputs": inputs, **more}


def _digits(count: int, **more: Any) -> Rulebook:
    return {f"x{i}": DIGIT | more for i in range(count)}


def _outputs(formulas: Iterable[str]) -> Rulebook:
    return {f"o{i}": formula for i, formula in enumerate(formulas)}


def _points(count: int) -> Rulebook:
    return {f"c{i}": {"max": 9, "points": f"x{i}"} for i in range(count)}


def _chain(first: str, following: Callable[[int], str], count: int) -> Rulebook:
    let = {"v0": first} | {f"v{i}": following(i) for i in range(1, count)}
    return {"let": let, "outputs": {"last": f"v{count - 1}"}}


def quotients(count: int) -> Rulebook:
    """Return a chain of values, each with its own quotient."""
    inputs = {f"x{i}": {"type": "integer", "min": 1, "max": 1000} for i in range(count)}
    following = "v{before} + x{i} / (x{before} * x{i} + 1 - x{i})"
    return _book(inputs, **_chain("x0", lambda i: following.format(i=i, before=i - 1), count))


def alternatives(count: int) -> Rulebook:
    """Return a chain of values, each one of two quotients."""
    following = "(1 / v{before} if v{before} > x else 1 / (v{before} - y))"
    return _book({"x": DIGIT, "y": DIGIT}, **_chain("x", lambda i: following.format(before=i - 1), count))


def options(count: int) -> Rulebook:
    """Return a sum that reads one choice many times."""
    inputs = {"k": {"type": "choice", "options": [f"o{i}" for i in range(16)]}, "x": DIGIT}
    following = "v{before} + (1 / (x - {digit}) if k == 'o{option}' else 2)"
    return _book(inputs, **_chain("x", lambda i: following.format(before=i - 1, digit=i % 10, option=i % 16), count))


def spreads(count: int) -> Rulebook:
    """Return quotients by the difference of the greatest and the least value."""
    spread = "1 / (max(x{i}, x{next}) - min(x{i}, x{other}))"
    formulas = (spread.format(i=i, next=(i + 1) % count, other=(i + 2) % count) for i in range(count))
    return _book(_digits(count), outputs=_outputs(formulas))


def roots(count: int) -> Rulebook:
    """Return quotients that no linear program can represent."""
    formulas = (f"sqrt(x ** 16 + {i}) / (exp(x) - {i})" for i in range(count))
    return _book({"x": DIGIT}, outputs=_outputs(formulas))


def shares(count: int) -> Rulebook:
    """Return criteria that may exceed their max and fault."""
    criteria = {f"c{i}": {"max": 9, "points": f"x{i} / (x{i} - y)"} for i in range(count)}
    return _book({"y": DIGIT, **_digits(count)}, criteria=criteria, score={"round": {"places": 2}})


def requirements(count: int) -> Rulebook:
    """Return bands with requirements, each of which leaves a gap."""
    top, bands = 9 * count, min(count, 300)
    required = "x{i} >= 3 and points.c{i} < 8"
    levels = {f"b{i}": {"from": top - i, "requires": required.format(i=i)} for i in range(bands)}
    return _book(_digits(count), criteria=_points(count), bands={**levels, "rest": {"below": top - bands + 1}})


def groups(count: int) -> Rulebook:
    """Return rescaled groups with optional criteria, and twenty bands."""
    many, top = max(1, count // 10), 9 * count
    criteria = {}
    for group in range(many):
        members = range(group, count, many)
        leaves = {f"c{i}": {"max": 9, "points": f"x{i}", "missing": "exclude"} for i in members}
        criteria[f"g{group}"] = {"max": 9 * len(members), "rescale": True, "missing": "exclude", "criteria": leaves}
    levels = {f"b{i}": {"from": top - 9 * i} for i in range(20)}
    return _book(
        _digits(count, optional=True),
        criteria=criteria,
        score={"rescale": True, "round": {"places": 2}},
        bands={**levels, "rest": {"below": top - 9 * 19}},
    )


def means(count: int) -> Rulebook:
    """Return a geometric mean of many criteria, with a gap between two bands."""
    score = {"combine": "geometric_mean", "round": {"places": 2}}
    bands = {"high": {"from": 5}, "low": {"to": 4}}
    return _book(_digits(count), criteria=_points(count), score=score, bands=bands)


def validations(count: int) -> Rulebook:
    """Return a fault that only valid subjects have, with many validations."""
    that = {f"v{i}": {"that": f"x{i} + x{(i + 1) % count} >= 3"} for i in range(count)}
    return _book(_digits(count), validations=that, outputs={"o": "x0 / (x1 - x2)"})


def fields(count: int) -> Rulebook:
    """Return records with many fields, each divided by a count."""
    records = {"type": "list", "max_items": 50, "fields": {f"f{i}": DIGIT for i in range(count)}}
    formulas = (f"sum(t.f{i} for t in tasks) / sum(1 for t in tasks if t.f{i} > 3)" for i in range(count))
    return _book({"tasks": records}, outputs=_outputs(formulas))


SHAPES = {
    "quotients": quotients,
    "alternatives": alternatives,
    "options": options,
    "spreads": spreads,
    "roots": roots,
    "shares": shares,
    "requirements": requirements,
    "groups": groups,
    "means": means,
    "validations": validations,
    "fields": fields,
}
"""By name, what makes a rulebook of a size."""


def main() -> None:
    """Print the processor seconds for each shape and size, the best of three."""
    kr.check(means(2))
    for name, shape in SHAPES.items():
        for size in SIZES:
            rulebook = shape(size)
            characters = len(json.dumps(rulebook))
            if characters > LONGEST:
                continue
            seconds = []
            for _ in range(3):
                begun = time.process_time()
                kr.check(rulebook)
                seconds.append(time.process_time() - begun)
            print(f"{name:13} {size:4} {characters / 1000:5.0f} kB {min(seconds):6.2f} s", flush=True)


if __name__ == "__main__":
    main()
