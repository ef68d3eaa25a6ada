"""Any input gives a result or one of the library's own errors, soon and with little memory.

A case is made from its number alone: `python -m tests.fuzz --show 17` makes case 17 again, and
`python -m tests.fuzz` goes on where these tests end.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="the memory of a process is told by POSIX")

from ..budget import by_budget
from .attempts import MOST_SECONDS, attempt, peak_memory
from .cases import MOST_CHARACTERS, case

CASES = by_budget(40, 1_000)
"""Cases of a block."""

BLOCKS = by_budget(1, 20)

MOST_MEMORY = 300 * 2**20
"""Bytes by which a block of cases may raise the peak of its process."""


@pytest.fixture
def _only_our_garbage() -> Iterator[None]:
    """Exclude the objects of earlier tests from garbage collection."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("_only_our_garbage")
@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_document_gets_more_than_an_error_of_the_library(block: int, tmp_path: Path) -> None:
    before = peak_memory()
    attempts = [attempt(case(number), tmp_path) for number in range(block * CASES, (block + 1) * CASES)]
    failed = [f"case {made.number}: {made.failure}" for made in attempts if made.failure]
    assert not failed, "\n".join(failed[:5])
    assert max(made.seconds for made in attempts) < MOST_SECONDS
    assert peak_memory() - before < MOST_MEMORY
    # Cases that are all refused at the door would show nothing of what lies behind it.
    assert sum(made.is_loaded for made in attempts) > CASES / 20
    assert sum(made.assessed for made in attempts) > CASES / 40


def _in_words(number: int) -> str:
    """Return a case as text, since its objects may equal only themselves."""
    made = case(number)
    try:
        return f"{made.form} {made.document!r}"
    except (RecursionError, ValueError):
        return f"{made.form} without end"


def test_a_case_is_made_again_from_its_number() -> None:
    # Whatever is made between: a later case must not find what an earlier one has put anywhere.
    numbers = range(by_budget(100, 3_000))
    assert [*map(_in_words, numbers)] == [*map(_in_words, numbers)]


def test_a_document_has_at_most_as_many_characters_as_are_read_within_the_second() -> None:
    assert max(len(made.document) for made in map(case, range(300)) if made.form != "mapping") <= MOST_CHARACTERS
