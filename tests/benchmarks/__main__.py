"""Measures how long a rating takes, beside hand-written code and another engine, and how long a rulebook loads.

Every round times all contenders once, one after the other, so that whatever else the machine does hits all alike; what
counts is the best round of each.
"""

from __future__ import annotations

import gc
import os
import platform
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from cProfile import Profile
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from pstats import Stats
from statistics import median
from time import perf_counter_ns

from attrs import field, frozen

import kpirules

from . import long
from .contenders import BOOKS, BY_HAND, CONTENDERS, ZEN, Book, Contender, Score, read_assessment
from .impacts import print_impact

LEAST_NS = 10_000_000
"""What one timing takes at least; a shorter one says more about the clock than about the code."""

ANNEXES = Path(__file__).parents[2] / "examples" / "annexes2025" / "annexes.kpi.yaml"

PACKAGES = ("kpirules", "attrs", "simpleeval", "PyYAML", "zen-engine")


@frozen
class Timed:
    """A contender with the times of its rounds.

    Args:
        name: of the contender.
        contender: what is timed.
        passes: over all subjects, in one round.
        times: microseconds a subject, one for each round.
    """

    name: str
    contender: Contender
    passes: int
    times: list[float] = field(factory=list)

    @staticmethod
    def of(name: str, contender: Contender) -> Timed:
        """Return the contender after a first pass, which fills its caches."""
        _pass(contender)
        return Timed(name, contender, 1 + LEAST_NS // _pass(contender))

    def time(self) -> None:
        """Time one round."""
        gc.collect()
        spent = sum(_pass(self.contender) for _ in range(self.passes))
        self.times.append(spent / self.passes / len(self.contender.subjects) / 1000)


def _pass(contender: Contender) -> int:
    evaluate, subjects = contender.evaluate, contender.subjects
    start = perf_counter_ns()
    for subject in subjects:
        evaluate(subject)
    return perf_counter_ns() - start


def measure(book: Book, rounds: int) -> list[Timed]:
    """Return the times of every contender over some rounds, the fastest first."""
    timed = [Timed.of(name, prepare(book)) for name, prepare in CONTENDERS.items()]
    for _ in range(rounds):
        for one in timed:
            one.time()
    return sorted(timed, key=lambda one: min(one.times))


def differing(book: Book, contender: Contender) -> tuple[int, int]:
    """Return how many rounded scores and how many bands differ from those of kpirules."""
    scores = bands = 0
    for subject, its_form in zip(book.subjects, contender.subjects, strict=True):
        expected = kpirules.assess(book.program, subject)
        score, band = contender.rating(contender.evaluate(its_form))
        scores += two_places(score) != expected.score
        bands += band != expected.band
    return scores, bands


def two_places(score: Score) -> Decimal | None:
    """Return a score as it is published, with two places."""
    return None if score is None else Decimal(str(round(score, 2)))


def print_versions() -> None:
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores")
    print(", ".join(f"{name} {_version(name)}" for name in PACKAGES))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def print_ratings(book: Book, timed: list[Timed]) -> None:
    """Print a line for each contender: best and median time a subject, ratio to the best, and differing results."""
    best = {one.name: min(one.times) for one in timed}
    print(f"\n{book.name}: µs a subject, {len(book.subjects)} subjects, {len(timed[0].times)} rounds")
    print(f"  ratios of the best times, to `{BY_HAND}` and to `{ZEN}`; what differs is counted against kpirules")
    heads = ("", "best", "median", "÷ by hand", "÷ zen", "scores differ", "bands differ")
    print(_line(heads))
    for one in timed:
        ratios = (_ratio(best[one.name], best.get(other)) for other in (BY_HAND, ZEN))
        scores, bands = differing(book, one.contender)
        times = (f"{best[one.name]:.2f}", f"{median(one.times):.2f}")
        print(_line((one.name, *times, *ratios, str(scores), str(bands))))


def _ratio(time: float, other: float | None) -> str:
    return "" if other is None else f"{time / other:.2f}"


def _line(cells: Sequence[str]) -> str:
    first, *rest = cells
    return f"{first:<28}" + "".join(f"{cell:>15}" for cell in rest)


def print_loading(rounds: int) -> None:
    """Print how long the long rulebook takes from its text to a checked program."""
    text = long.rulebook()
    times = long.load_times(lambda: kpirules.loads(text), rounds)
    print(f"\nload and check of {long.LINES} lines: ms of processor time, {rounds} rounds")
    print(_line(("", "best", "median")))
    print(_line(("kpirules.loads", f"{min(times):.2f}", f"{long.typical(times):.2f}")))


def print_variants(rounds: int) -> None:
    """Print how long the example with eleven variants takes from its files to a checked program."""
    times = long.load_times(lambda: kpirules.load(ANNEXES), rounds)
    parts = len(kpirules.load(ANNEXES).parts)
    print(f"\nload and check of eleven annexes in {parts} parts: ms of processor time, {rounds} rounds")
    print(_line(("", "best", "median")))
    print(_line(("kpirules.load", f"{min(times):.2f}", f"{long.typical(times):.2f}")))


def print_profile(book: Book) -> None:
    """Print the 20 functions that take most of the time of an assessment."""
    read_assessment(kpirules.assess(book.program, book.subjects[0]))
    profile = Profile()
    profile.enable()
    for subject in book.subjects:
        read_assessment(kpirules.assess(book.program, subject))
    profile.disable()
    print(f"\n{book.name}: {len(book.subjects)} subjects")
    Stats(profile, stream=sys.stdout).sort_stats("tottime").print_stats(20)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure everything and print tables, or print a profile."""
    parser = ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often each contender is timed (7)")
    parser.add_argument("--subjects", type=int, default=200, help="how many subjects a rulebook rates (200)")
    parser.add_argument("--loads", type=int, default=15, help="how often the long rulebook is loaded (15)")
    parser.add_argument("--book", choices=BOOKS, action="append", help="only this rulebook; can be repeated")
    parser.add_argument("--impact", type=int, default=0, help="only the impact of an amendment on so many subjects")
    parser.add_argument("--profile", action="store_true", help="profile kpirules.assess instead")
    chosen = parser.parse_args(arguments)

    if chosen.impact:
        print_versions()
        print_impact(chosen.impact)
        return
    books = [Book.of(name, chosen.subjects) for name in chosen.book or BOOKS]
    print_versions()
    for book in books:
        if chosen.profile:
            print_profile(book)
        else:
            print_ratings(book, measure(book, chosen.rounds))
    if not chosen.profile:
        print_loading(chosen.loads)
        print_variants(chosen.loads)


if __name__ == "__main__":
    main()
