"""The golden corpus: true, and reproduced by the engines that need nothing but a wheel."""

from __future__ import annotations

import pytest

from kpirules.testing.engines import tried
from kpirules.testing.engines.golden import corpus, is_same
from tests.sql.writing_golden import expected


def test_the_corpus_has_the_ratings_of_the_reference_engine() -> None:
    rated = expected(dict(corpus().tables))
    for row, stored in zip(rated, corpus().expected, strict=True):
        for name, value in stored.items():
            assert is_same(row[name], value)


@pytest.mark.parametrize("name", ["polars", "pandas", "pyarrow", "duckdb", "sqlite"])
def test_an_engine_reproduces_the_corpus(name: str) -> None:
    verdict = tried(name)
    assert verdict.is_installed
    assert verdict.differences == ()
