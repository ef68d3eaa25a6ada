"""A long run: `python -m tests.fuzz --cases 1000000 --from 0 --jobs 1`, or one case with `--show 17`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from .attempts import Attempt, attempt, peak_memory
from .cases import case

BLOCK = 1_000
"""Cases between two lines of progress."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000, help="how many")
    parser.add_argument("--from", type=int, default=0, dest="first", help="number of the first")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--show", type=int, help="print the document of one case, and what comes of it")
    options = parser.parse_args()
    # What is a warning to others is a message that the author of a rulebook would never see.
    warnings.simplefilter("error")
    return _show(options.show) if options.show is not None else _run(options.first, options.cases, options.jobs)


def _show(number: int) -> int:
    shown = case(number)
    most = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)  # for this line only: a case may hold a number of any length
    print(f"{shown.form}:", shown.document if isinstance(shown.document, str) else repr(shown.document), sep="\n")
    sys.set_int_max_str_digits(most)
    with tempfile.TemporaryDirectory() as folder:
        made = attempt(shown, Path(folder))
    print(made.failure or made)
    return 1 if made.failure else 0


def _run(first: int, count: int, jobs: int) -> int:
    begun, done, loaded, assessed, failures = time.monotonic(), 0, 0, 0, 0
    slowest = Attempt(first, "", 0.0, False, 0)
    peak = 0
    for attempts, memory in _blocks(first, count, jobs):
        for made in attempts:
            if made.failure:
                failures += 1
                print(f"case {made.number} fails:\n{made.failure}", flush=True)
        done += len(attempts)
        loaded += sum(made.is_loaded for made in attempts)
        assessed += sum(made.assessed for made in attempts)
        slowest = max(slowest, *attempts, key=lambda made: made.seconds)
        peak = max(peak, memory)
        print(
            f"{done:,} cases to {first + done - 1}, {failures} failed, {loaded:,} rulebooks, {assessed:,} assessed, "
            f"slowest {slowest.seconds:.2f} s (case {slowest.number}), {peak / 2**20:.0f} MB, "
            f"{time.monotonic() - begun:.0f} s",
            flush=True,
        )
    return 1 if failures else 0


def _blocks(first: int, count: int, jobs: int) -> Iterator[tuple[list[Attempt], int]]:
    blocks = [range(start, min(start + BLOCK, first + count)) for start in range(first, first + count, BLOCK)]
    if jobs == 1:
        yield from map(_block, blocks)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_block, blocks)


def _block(numbers: range) -> tuple[list[Attempt], int]:
    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as folder:
        return [_attempt(number, Path(folder)) for number in numbers], peak_memory()


def _attempt(number: int, folder: Path) -> Attempt:
    """Run one case; a case that can't be made is reported as a failure."""
    try:
        made = case(number)
    except Exception:
        return Attempt(number, traceback.format_exc(limit=-8), 0.0, False, 0)
    return attempt(made, folder)


if __name__ == "__main__":
    sys.exit(main())
