"""Cells of tables, read by the inputs of a rulebook."""

from __future__ import annotations

from kpirules.documents.cells import read_by, typed
from kpirules.language.model import Input, NumberDomain


def test_what_is_not_a_cell_stays_as_it_is() -> None:
    assert read_by([Input("done", NumberDomain())], {"done": 7, "other": None}) == {"done": 7}


def test_a_whole_number_in_groups_stays_a_text() -> None:
    assert typed(NumberDomain(is_integer=True), "1.000") == "1.000"
    assert typed(NumberDomain(), "1.000") == 1
