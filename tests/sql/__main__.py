"""The long run of tables and queries: `python -m tests.sql --rulebooks 50000 --from 1 --jobs 2`.

Each drawn rulebook rates drawn subjects in Polars by columns and in DuckDB by a query, and both must give what rows give.
It prints what differs, with the seed of the rulebook.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from kpirules import RulebookError
from kpirules.testing.engines import opened
from tests.agreement.generation import draw, unshown
from tests.agreement.tables import Tally
from tests.agreement.tables import compare as compare_tables
from tests.sql.drawn import compare

CHUNK = 50
"""Rulebooks that a process works through before it tells what came of them."""

ROWS = 10
"""Subjects of a table."""

MOST_BYTES = 24 << 30
"""Addresses that a process may reserve: a query that needs more fails, and is told."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the requested number of rulebooks; the exit status tells whether all agree."""
    parser = argparse.ArgumentParser(prog="python -m tests.sql", description=__doc__)
    parser.add_argument("--rulebooks", type=int, default=1_000, help="how many rulebooks")
    parser.add_argument("--from", type=int, default=1, dest="first", help="the first seed")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes")
    given = parser.parse_args(arguments)
    last = given.first + given.rulebooks
    chunks = [range(start, min(start + CHUNK, last)) for start in range(given.first, last, CHUNK)]
    total, queries = Tally(), 0
    with ProcessPoolExecutor(given.jobs, initializer=_limited) as pool:
        for tally, printed in pool.map(compared, chunks):
            total.rulebooks += tally.rulebooks
            total.tables += tally.tables
            queries += printed
            total.differences += tally.differences
            for one in tally.differences:
                print(one, flush=True)
            print(f"\r{_told(total, queries)}", end="", file=sys.stderr, flush=True)
    print(f"\n{_told(total, queries)}")
    return 1 if total.differences else 0


def _told(total: Tally, queries: int) -> str:
    return (
        f"{total.rulebooks:,} rulebooks, {total.tables:,} tables, {queries:,} queries, "
        f"{len(total.differences):,} differences"
    )


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))


def compared(seeds: range) -> tuple[Tally, int]:
    """Return what came of some rulebooks, and how many have a query.

    Args:
        seeds: where chance comes from.
    """
    tally, printed = Tally(), 0
    with opened("duckdb") as database:
        for seed in seeds:
            source = random.Random(seed)
            try:
                drawn = draw(source, unshown)
                compare_tables(tally, seed, source, drawn, ["polars"], ROWS)
                told = compare(database, source, drawn, ROWS)
            except RulebookError as refused:
                tally.differences.append(f"seed {seed}: {refused.report.errors[0].code}: a drawn rulebook is refused")
                continue
            except Exception as error:  # whatever it is, the other seeds go on
                tally.differences.append(f"seed {seed}: {error!r}")
                continue
            printed += told is not None
            tally.differences += [f"seed {seed}, DuckDB: {one}" for one in told or []]
    return tally, printed


if __name__ == "__main__":
    sys.exit(main())
