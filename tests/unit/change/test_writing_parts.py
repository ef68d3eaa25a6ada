"""A rulebook as parts, and the document they make."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
from books import BOOK

import kpirules as kr
from kpirules import KpirulesError, Program, Rulebook
from kpirules.change.hybrids import document_of, merged, ordered_like, program_of
from kpirules.change.writing import ORDERED, parts_of
from kpirules.documents.hashes import ORDERED as HASHED_IN_ORDER
from tests.budget import some
from tests.shipped import shipped

ROOT = Path(__file__).parents[3]
FILES = sorted([*(ROOT / "examples").rglob("*.kpi.yaml"), *(ROOT / "tests/conformance/accepted").rglob("*.kpi.yaml")])

WRITTEN = {
    "id", "edition", "effective_from", "effective_until", "inputs", "validations", "parameters", "tables", "functions",
    "calendars", "let", "exemptions", "root", "score_limits", "bands_on_exact", "bands_on_written", "bands",
    "better", "overrides", "outputs", "invariants", "directions", "examples", "requires_sources", "words", "variant_by", "edition_by",
    "cohort",
}  # fmt: skip
"""The attributes of a rulebook that parts are made of."""


def loaded(path: Path) -> Program | None:
    try:
        return shipped(path)
    except KpirulesError:
        return None


def test_every_attribute_of_a_rulebook_is_written_but_what_follows_from_the_others() -> None:
    """A new attribute has to be written as well, or differences in it would not be told."""
    assert {one.name for one in attrs.fields(Rulebook)} == WRITTEN | {"scoring_hash", "content_hash", "version"}


def test_what_has_an_order_here_has_one_in_the_hash() -> None:
    assert ORDERED == HASHED_IN_ORDER


@pytest.mark.parametrize("path", some(FILES, 15), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_parts_of_a_rulebook_say_all_that_it_says(path: Path) -> None:
    program = loaded(path)
    if program is None:
        # A conformance file may be about a rulebook that is refused at this stage; an appraisal is no rulebook.
        assert kr.check(path, root=ROOT).errors or kr.load_appraisal(path, root=ROOT)
        return
    again = program_of(parts_of(program.rulebook).values())
    assert again is not None
    assert again.rulebook.content_hash == program.rulebook.content_hash
    assert again.rulebook.scoring_hash == program.rulebook.scoring_hash


def test_every_kind_of_part_says_all_that_it_says() -> None:
    program = kr.load(BOOK)
    parts = parts_of(program.rulebook)
    again = program_of(parts.values())
    assert again is not None
    assert again.rulebook.content_hash == program.rulebook.content_hash
    assert {part.kind for part in parts.values()} == {
        "rulebook", "input", "field", "named value", "validation", "parameter", "table", "function", "calendar",
        "exemption", "criterion", "score", "limit", "bands", "band", "requirement", "override", "output", "invariant",
        "example",
    }  # fmt: skip


def test_a_part_whose_owner_is_gone_makes_no_document() -> None:
    parts = parts_of(kr.load(BOOK).rulebook)
    del parts["criteria.results"]
    assert document_of(parts.values()) is None
    assert program_of(parts.values()) is None


def test_parts_that_do_not_fit_make_no_program() -> None:
    parts = parts_of(kr.load(BOOK).rulebook)
    del parts["let.rate"]
    assert document_of(parts.values()) is not None
    assert program_of(parts.values()) is None


def test_a_document_that_is_none_makes_no_program() -> None:
    parts = parts_of(kr.load(BOOK).rulebook)
    broken = attrs.evolve(parts["let.rate"], keys={"value": object()})
    assert program_of({**parts, "let.rate": broken}.values()) is None
    unknown = attrs.evolve(parts["let.rate"], keys={"value": "1", "colour": "red"})
    assert program_of({**parts, "let.rate": unknown}.values()) is None


def test_a_part_of_the_other_edition_stands_where_it_stands_there() -> None:
    old = parts_of(kr.load(BOOK).rulebook)
    new = {**old, "bands.fair": attrs.evolve(old["bands.poor"], ref="bands.fair", id="fair")}
    order = ["", *(ref for ref in new if ref), "bands.fair"]
    new = {ref: new[ref] for ref in dict.fromkeys(order)}
    poor = new.pop("bands.poor")
    new["bands.poor"] = poor
    found = merged(old, new, ["bands.fair"])
    assert [ref for ref, part in found.items() if part.section == "levels"] == [
        "bands.good",
        "bands.fair",
        "bands.poor",
    ]


def test_an_order_is_taken_over_as_far_as_both_have_the_entries() -> None:
    old = parts_of(kr.load(BOOK).rulebook)
    other = {ref: part for ref, part in old.items() if part.section != "overrides"}
    other |= {ref: old[ref] for ref in ("overrides.zero", "overrides.warned")}
    found = ordered_like(old, other, "overrides")
    assert [ref for ref, part in found.items() if part.section == "overrides"] == [
        "overrides.zero",
        "overrides.warned",
    ]
