"""Drawn rulebooks and subjects as tables for a database."""

from __future__ import annotations

import random
from collections.abc import Iterable

from kpirules import RulebookError
from kpirules.testing.engines import Database
from tests.agreement.aiming import subject
from tests.agreement.generation import Drawn, draw, unshown
from tests.sql.comparing import differences, shown
from tests.tables import frame

__all__ = ["agree", "compare"]


def agree(database: Database, seeds: Iterable[int], *, rows: int) -> tuple[int, list[str]]:
    """Return how many drawn rulebooks have a query, and what differs from the scalar engine.

    Args:
        database: runs the queries.
        seeds: where chance comes from.
        rows: subjects of a table.
    """
    printed, found = 0, []
    for seed in seeds:
        source = random.Random(seed)
        try:
            drawn = draw(source, unshown)
        except RulebookError:
            continue  # the tests of agreement tell of it
        told = compare(database, source, drawn, rows)
        printed += told is not None
        found += [f"seed {seed}: {one}" for one in told or []]
    return printed, found


def compare(database: Database, source: random.Random, drawn: Drawn, rows: int) -> list[str] | None:
    """Return what differs between a query and the scalar engine; None if the rulebook has no query.

    Args:
        database: runs the query.
        source: where the subjects come from.
        drawn: the rulebook.
        rows: subjects of the table.
    """
    names = shown(drawn.program, database.name)
    subjects = [subject(source, drawn.book, drawn.program) for _ in range(rows)]
    table = frame(source, drawn.program, subjects, "pyarrow")
    return differences(database, drawn.program, table, names, allocate=False) if names else None
