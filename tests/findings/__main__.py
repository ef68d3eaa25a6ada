"""A long run: `python -m tests.findings --rulebooks 20000 --from 0 --jobs 1`, or one rulebook with `--show 17`.

It prints each law that a rulebook breaks, and at the end how often each kind of finding came up. Of every
eight rulebooks one has quotas, and one has variants and editions.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pprint import pprint
from time import monotonic

from .running import PARTS_FROM, QUOTAS_FROM, Tally, book_of, judge, verdicts
from .trying import Tried

CHUNK = 100
"""Rulebooks between two lines of progress of a process."""

OF_EACH = 8
"""Rulebooks of which one has quotas, and one has variants."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the requested number of rulebooks; the exit status tells whether every law holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.findings", description=__doc__)
    parser.add_argument("--rulebooks", type=int, default=20_000, help="how many")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first seed")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes")
    parser.add_argument("--show", type=int, help="print the rulebook of one seed, its report, and what is broken")
    given = parser.parse_args(arguments)
    if given.show is not None:
        return _show(given.show)
    seeds = range(given.first, given.first + given.rulebooks)
    chunks = [_seeds(seeds[start : start + CHUNK]) for start in range(0, len(seeds), CHUNK)]
    total, began = Tally(), monotonic()
    with ProcessPoolExecutor(given.jobs) as pool:
        for tally in pool.map(judge, chunks):
            total.add(tally)
            for failure in tally.failures:
                print(failure, flush=True)
            print(f"{total.rulebooks:,} rulebooks, {len(total.failures):,} broken", file=sys.stderr, flush=True)
    print(f"{total.rulebooks:,} rulebooks, {total.refused:,} refused, {monotonic() - began:.0f} s")
    for (code, kind), count in sorted(total.counts.items()):
        print(f"{count:>9,}  {code} {kind}")
    return 1 if total.failures else 0


def _seeds(numbers: range) -> list[int]:
    return [number + {0: QUOTAS_FROM, 1: PARTS_FROM}.get(number % OF_EACH, 0) for number in numbers]


def _show(seed: int) -> int:
    pprint(book_of(seed), sort_dicts=False, width=118)
    tried = Tried(book_of(seed))
    for one in tried.report:
        print(one.code, one.evidence, one.path, one.message, one.witness)
    broken = [one for one in verdicts(tried) if one.failure]
    for one in broken:
        print("broken:", one.code, one.kind, one.failure)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
