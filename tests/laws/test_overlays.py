"""Laws of overlays: properties of the merge, and of each variant and edition."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kpirules import Assessment, FaultError, KpirulesError, Program, Report, RulebookError, SubjectError, assess, load
from kpirules.analysis import proving
from kpirules.analysis.proving.prove import check_limits
from kpirules.documents import Document, compose, read_mapping, read_text, show_document
from kpirules.documents.building.decoding import plain
from kpirules.documents.document import Listing, Mapping, Node, Scalar
from kpirules.documents.overlays import merged
from tests.budget import examples
from tests.strategies import rulebooks, subjects

seldom = settings(max_examples=examples(25))
"""Several rulebooks are drawn and compiled for each example."""

KEYS = st.sampled_from(["a", "b", "c", "label"])
LEAVES = st.one_of(
    st.integers(0, 3),
    st.booleans(),
    st.sampled_from(["x", "y: z", "no", "null", "1", ""]),
    st.lists(st.integers(0, 2), max_size=2),
)


def maps(leaves: st.SearchStrategy[Any], depth: int = 3) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy of maps in which each key may hold a value or a map."""
    if depth == 0:
        return st.dictionaries(KEYS, leaves, max_size=3)
    return st.dictionaries(KEYS, st.one_of(leaves, maps(leaves, depth - 1)), max_size=3)


SHAPED = st.fixed_dictionaries(
    {},
    optional={
        "a": st.integers(0, 9),
        "m": st.dictionaries(KEYS, LEAVES, max_size=3),
        "n": st.fixed_dictionaries({}, optional={"p": st.dictionaries(KEYS, LEAVES, max_size=3), "q": LEAVES}),
    },
)
"""Maps in which each key stands for a value everywhere, or for a map everywhere."""


def read(value: dict[str, Any], name: str = "a") -> Document:
    document, _ = read_mapping(value, name)
    assert document is not None
    return document


def put(*values: dict[str, Any]) -> Mapping:
    """Return all maps merged in order, with mistakes ignored."""
    first, *others = (read(value, f"{place}").root for place, value in enumerate(values))
    for other in others:
        first = merged(first, other, [])
    return first


def leaves(node: Node, way: tuple[str, ...] = ()) -> dict[tuple[str, ...], Scalar | Listing]:
    """Return the values, lists and empty maps of a map, by path."""
    if not isinstance(node, Mapping):
        return {way: node}
    return {found: leaf for entry in node for found, leaf in leaves(entry.value, (*way, entry.key.text)).items()}


# -- the merge ------------------------------------------------------------------------------------


@given(maps(LEAVES))
def test_an_overlay_of_nothing_is_the_identity(value: dict[str, Any]) -> None:
    found: list[Any] = []
    root = read(value).root
    assert merged(root, read({}).root, found) == root
    assert found == []


@given(maps(LEAVES))
def test_what_is_merged_into_nothing_is_itself(value: dict[str, Any]) -> None:
    assume(not _has_mark(value))
    found: list[Any] = []
    root = read(value).root
    assert merged(read({}).root, root, found) == root
    assert found == []


def _has_mark(value: object) -> bool:
    return isinstance(value, dict) and any(part is None or _has_mark(part) for part in value.values())


@given(maps(LEAVES), maps(LEAVES))
def test_merging_twice_changes_nothing_more(base: dict[str, Any], overlay: dict[str, Any]) -> None:
    assert put(base, overlay, overlay) == put(base, overlay)


@given(SHAPED, SHAPED, SHAPED)
def test_merging_is_associative_where_no_overlay_removes_or_replaces(
    first: dict[str, Any], second: dict[str, Any], third: dict[str, Any]
) -> None:
    """This also needs keys that hold maps everywhere or nowhere, as the reference explains."""
    one, two, three = (read(value).root for value in (first, second, third))
    left = merged(merged(one, two, []), three, [])
    right = merged(one, merged(two, three, []), [])
    assert left == right


@given(st.lists(maps(LEAVES), min_size=1, max_size=4))
def test_every_leaf_comes_from_exactly_one_document_and_none_of_the_last_is_lost(
    values: list[dict[str, Any]],
) -> None:
    outcome = leaves(put(*values))
    own = [leaves(read(value, f"{place}").root) for place, value in enumerate(values)]
    for way, leaf in outcome.items():
        place = int(leaf.span.source.name)
        assert own[place][way] == leaf
        assert (own[place][way].span.start, own[place][way].span.end) == (leaf.span.start, leaf.span.end)
    assert {way: outcome[way] for way in own[-1]} == own[-1]
    for place, some in enumerate(own):
        later = [way for others in own[place + 1 :] for way in others]
        for way in some:
            # A leaf goes only where a later document says something at it, above it or below it.
            assert (
                way in outcome or any(_meet(way, other) for other in later) or _is_covered(values[place + 1 :], way)
            )


def _meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _is_covered(values: list[dict[str, Any]], way: tuple[str, ...]) -> bool:
    """Return whether an empty map is in the place of a leaf."""
    for value in values:
        part: Any = value
        for key in way:
            part = part.get(key) if isinstance(part, dict) else None
        if isinstance(part, dict):
            return True
    return False


@given(maps(LEAVES), maps(st.one_of(LEAVES, st.none())), st.randoms(use_true_random=False))
def test_the_order_of_keys_never_matters(base: dict[str, Any], overlay: dict[str, Any], random: Any) -> None:
    found: list[Any] = []
    again: list[Any] = []
    one = merged(read(base).root, read(overlay).root, found)
    other = merged(read(_shuffled(base, random)).root, read(_shuffled(overlay, random)).root, again)
    assert plain(one) == plain(other)
    assert sorted((d.code, d.path) for d in found) == sorted((d.code, d.path) for d in again)


def _shuffled(value: dict[str, Any], random: Any) -> dict[str, Any]:
    keys = list(value)
    random.shuffle(keys)
    return {key: _shuffled(value[key], random) if isinstance(value[key], dict) else value[key] for key in keys}


@given(maps(LEAVES), maps(LEAVES))
def test_a_shown_rulebook_reads_as_the_merged_one(base: dict[str, Any], overlay: dict[str, Any]) -> None:
    document = Document(put({"kpirules": 1, **base}, overlay), read(base).source)
    again, found = read_text(show_document(document), "again.kpi.yaml")
    assert found == []
    assert again is not None
    assert again.root == document.root


# -- rulebooks ------------------------------------------------------------------------------------

DAY = date(2026, 7, 1)
DAYS = st.sampled_from(["2026-06-30", "2026-07-01", "2027-01-01"])


@st.composite
def changes(draw: Any) -> dict[str, Any]:
    """Return a strategy of changes of a generated rulebook that usually keep it valid."""
    every: dict[str, Any] = {
        "parameters": {"five": draw(st.integers(1, 30)), "some": draw(st.sampled_from(["1 / 3", 0.25]))},
        "tables": {"by_rows": {"steps": [{"from": draw(st.integers(1, 90)), "value": 7}, {"value": 2}]}},
        "functions": {"half_of": {"value": "v / 3"}},
        "outputs": {"again": None, "further": draw(st.sampled_from(["half * 2", "n1 + 1"]))},
        "let": {"half": draw(st.sampled_from(["n0 / 4", "n1 * 3"]))},
        "score": {"round": {"replace": True, "places": draw(st.integers(0, 3))}},
        "overrides": {"added": {"when": draw(st.sampled_from(["b0", "n1 > 5"])), "band_at_most": "poor"}},
        "exemptions": {"left": {"when": "n1 == 1", "status": "left"}},
    }
    return {key: every[key] for key in draw(st.lists(st.sampled_from(sorted(every)), unique=True, max_size=4))}


def by_hand(base: dict[str, Any], *overlays: dict[str, Any]) -> dict[str, Any]:
    """Return the merge of plain mappings, by an independent implementation."""
    outcome = deepcopy(base)
    for overlay in overlays:
        for key, part in overlay.items():
            if part is None:
                outcome.pop(key, None)
            elif isinstance(part, dict) and part.get("replace") is True:
                outcome[key] = {name: each for name, each in part.items() if name != "replace"}
            elif isinstance(part, dict):
                old = outcome.get(key)
                outcome[key] = by_hand(old if isinstance(old, dict) else {}, part)
            else:
                outcome[key] = part
    return outcome


def outcome(program: Program, subject: dict[str, Any], engine: str = "scalar") -> Assessment | Report:
    try:
        return assess(program, subject, engine=engine)
    except (FaultError, SubjectError) as refused:
        return refused.report


def loaded(book: dict[str, Any], **options: Any) -> Program:
    """Return the program; discard changes that the check rightly refuses.

    Every part is held against its limits, and not searched for witnesses: that takes most of loading and changes no
    rating.
    """
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(proving, "prove", check_limits)
            return load(book, **options)
    except KpirulesError:
        assume(False)
        raise


@seldom
@given(st.data())
def test_a_subject_of_a_variant_and_a_day_is_rated_by_what_merging_by_hand_gives(data: st.DataObject) -> None:
    base = data.draw(rulebooks())
    plainly = {key: part for key, part in base.items() if key != "exemptions"}
    own, like, amendment, later = (data.draw(changes()) for _ in range(4))
    choosing = {
        "post": {"type": "choice", "options": ["none", "head", "deputy"]},
        "at": {"type": "date", "min": "2026-01-01", "max": "2027-12-31"},
    }
    plainly["inputs"] = {**plainly["inputs"], **choosing}
    book = {
        **plainly,
        "variant_by": "post",
        "edition_by": "at",
        "variants": {
            "none": {},
            "head": {**like, "amendments": [{"from": "2027-01-01", "change": later}]},
            "deputy": {"like": "head", **own},
        },
        "amendments": [{"from": "2026-07-01", "change": amendment}],
    }
    composed = compose([read(book)])
    assume(not any(one.is_error for each in composed.compositions for one in each.found))
    program = loaded(book)
    subject = data.draw(subjects(plainly, program))
    chain: dict[str, list[tuple[str, dict[str, Any]]]] = {
        "none": [],
        "head": [("", like), ("2027-01-01", later)],
        "deputy": [("", like), ("2027-01-01", later), ("", own)],
    }
    merges = [
        overlay for day, overlay in [("2026-07-01", amendment), *chain[subject["post"]]] if day <= str(subject["at"])
    ]
    single = loaded(by_hand(plainly, *merges))
    found = outcome(program, subject)
    assert found == outcome(program, subject, "reference")
    expected = outcome(single, subject)
    if isinstance(found, Assessment) and isinstance(expected, Assessment):
        assert found.variant == subject["post"]
        assert found.scoring_hash == expected.scoring_hash
        told = [
            (one.status, one.score, one.exact_score, one.band, one.points, one.outputs) for one in (found, expected)
        ]
        assert told[0] == told[1]
    else:
        assert [one.code for one in found] == [one.code for one in expected]  # type: ignore[union-attr]


@seldom
@given(st.data())
def test_an_empty_variant_is_the_rulebook_itself(data: st.DataObject) -> None:
    base = data.draw(rulebooks())
    alone = loaded(base)
    variant = loaded({**base, "variants": {"same": {}, "other": {"title": "Other"}}}, variant="same")
    assert variant.rulebook.scoring_hash == alone.rulebook.scoring_hash
    assert variant.rulebook.content_hash == alone.rulebook.content_hash
    subject = data.draw(subjects(base, alone))
    found, expected = outcome(variant, subject), outcome(alone, subject)
    if isinstance(found, Assessment) and isinstance(expected, Assessment):
        assert (found.variant, found.score, found.outputs) == ("same", expected.score, expected.outputs)
    else:
        assert [one.code for one in found] == [one.code for one in expected]  # type: ignore[union-attr]


@seldom
@given(rulebooks(), changes())
def test_load_refuses_a_variant_exactly_where_it_refuses_what_merging_by_hand_gives(
    base: dict[str, Any], change: dict[str, Any]
) -> None:
    def is_refused(book: dict[str, Any], variant: str | None) -> bool:
        try:
            load(book, variant=variant)
        except RulebookError:
            return True
        return False

    assert is_refused({**base, "variants": {"a": change}}, "a") == is_refused(by_hand(base, change), None)
