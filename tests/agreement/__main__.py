"""The long run: `python -m tests.agreement --pairs 1000000 --from 1 --jobs 2`.

It prints each pair on which the engines differ, with the call that makes it again, and at the end how often
each feature of the language was reached.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from time import monotonic

from .coverage import EXPECTED
from .pairs import SUBJECTS, Tally, agree

CHUNK = 40
"""Rulebooks that a process works through before it tells what came of them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the requested number of pairs; the exit status tells whether the engines agree on all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.agreement", description=__doc__)
    parser.add_argument("--pairs", type=int, default=20_000, help="how many pairs, rounded up to whole rulebooks")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first seed")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes")
    parser.add_argument(
        "--quick", action="store_true", help="compare what is decided, not the record as it is written"
    )
    given = parser.parse_args(arguments)
    count = -(-given.pairs // SUBJECTS)
    seeds = range(given.first, given.first + count)
    chunks = iter([seeds[start : start + CHUNK] for start in range(0, count, CHUNK)])
    total, began = Tally(), monotonic()
    with ProcessPoolExecutor(given.jobs) as pool:
        # Only so many at once are handed over that an interrupted run ends soon.
        while batch := list(islice(chunks, 4 * given.jobs)):
            for tally in pool.map(partial(agree, is_quick=given.quick), batch):
                total.add(tally)
                if tally.differences:
                    print(tally.told(), flush=True)
                _tell(total, monotonic() - began)
    print(f"\n{total.pairs:,} pairs, {len(total.differences):,} differ, {total.redraws:,} rulebooks drawn again")
    for feature, reached in sorted(total.counts.items(), key=lambda item: item[1]):
        print(f"{reached:>10,}  {feature}")
    for feature in EXPECTED:
        if feature not in total.counts:
            print(f"{0:>10}  {feature}")
    return 1 if total.differences else 0


def _tell(total: Tally, seconds: float) -> None:
    pace = total.pairs / seconds if seconds else 0
    print(
        f"\r{total.pairs:,} pairs, {len(total.differences):,} differ, {pace:,.0f}/s",
        end="",
        file=sys.stderr,
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
