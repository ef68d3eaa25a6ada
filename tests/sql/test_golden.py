"""The golden corpus: true, and reproduced by the engines that need nothing but a wheel."""

from __future__ import annotations

import pytest

from kpirules.testing.engines import tried
from kpirules.testing.engines.golden import CORPORA, corpus, is_same
from tests.budget import some
from tests.sql.writing_golden import expected


@pytest.mark.parametrize("name", CORPORA)
def test_the_corpus_has_the_ratings_of_the_language(name: str) -> None:
    rated = expected(name)
    for row, stored in zip(rated, corpus(name).expected, strict=True):
        for name, value in stored.items():
            assert is_same(row[name], value)


@pytest.mark.parametrize("name", some(["pandas", "polars", "duckdb", "pyarrow", "sqlite"], 2))
def test_an_engine_reproduces_the_corpora(name: str) -> None:
    verdict = tried(name)
    assert verdict.is_installed
    assert verdict.differences == ()


def test_the_corpora_reach_every_outcome() -> None:
    status = {row["status"] for name in CORPORA for row in corpus(name).expected}
    assert {"rated", "undecided", "gone", None} <= status
    assert {row["band"] for row in corpus("quotas").expected} == {None, "Top", "good", "fair", "poor"}
