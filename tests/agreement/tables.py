"""Tables of drawn subjects, rated by columns and row by row: every column must be equal, types and reasons too.

Rows are rated by the scalar engine or by the reference engine.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import define, field

from kpirules import FaultError, Program, SubjectError, assess
from kpirules.rating.assessing.values import take

from ..integers import checked
from ..tables import KINDS, NoForm, differences, frame, with_records
from .aiming import subject
from .drafting import Mapped
from .generation import Drawn, draw, unshown

__all__ = ["Tally", "agree", "compare"]

ROWS = 12


@define
class Tally:
    """The counts of a comparison.

    Args:
        rulebooks: how many were drawn.
        tables: how many data frames were rated by both.
        rows: of them.
        refused: data frames that have no column form, though the rulebook has.
        why: what stood in the way, by its words.
        differences: what came out different.
    """

    rulebooks: int = 0
    tables: int = 0
    rows: int = 0
    refused: int = 0
    why: Counter[str] = field(factory=Counter)
    differences: list[str] = field(factory=list)


def agree(seeds: Iterable[int], *, rows: int = ROWS) -> Tally:
    """Draw a rulebook for each seed, and compare both ways to rate a table of its subjects.

    Args:
        seeds: the sources of randomness.
        rows: subjects of a table.
    """
    tally = Tally()
    for seed in seeds:
        source = random.Random(seed)
        compare(tally, seed, source, draw(source, unshown), list(KINDS), rows)
    return tally


def compare(tally: Tally, seed: int, source: random.Random, drawn: Drawn, kinds: Sequence[str], rows: int) -> None:
    """Compare both ways to rate a table of subjects of a drawn rulebook, and count what comes out.

    Args:
        tally: the counts.
        seed: names the rulebook.
        source: where the subjects come from.
        drawn: the rulebook.
        kinds: the kinds of tables, of which one is drawn.
        rows: subjects of a table.
    """
    tally.rulebooks += 1
    plan = drawn.program.column_plan()
    subjects = [subject(source, drawn.book, drawn.program) for _ in range(rows)]
    for one in subjects:
        _check(drawn.program, one)
    for obstacle in {one.why for several in plan.obstacles.values() for one in several}:
        tally.why["".join(one for one in obstacle if not one.isdigit())] += 1
    if "status" not in plan.columns:
        return
    kind = source.choice(kinds)
    options: dict[str, Any] = {}
    engine = source.choice(["scalar", "reference"])
    if source.random() < 0.5 and any(drawn.program.integers.records):
        table, options = with_records(source, drawn.program, subjects, kind)
    else:
        table = frame(source, drawn.program, subjects, kind)
    try:
        told = differences(drawn.program, table, plan.columns, engine=engine, **options)
    except NoForm as why:
        tally.refused += 1
        tally.why[str(why)] += 1
        return
    tally.tables += 1
    tally.rows += len(subjects)
    tally.differences += [f"seed {seed}, {kind}: {one}" for one in told]


def _check(program: Program, given: Mapped) -> None:
    """Check the integer program on a valid subject."""
    values = take(program.rulebook.inputs, given)
    if values.problems or values.missing:
        return
    try:
        rated = assess(program, given)
    except FaultError:
        rated = None
    except SubjectError:
        return
    checked(program, values.given, rated)
