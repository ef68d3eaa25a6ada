"""Overlays of documents: the merge, and reports of changes without effect."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kpirules.diagnostics import Diagnostic, Source
from kpirules.documents import Document, compose, read_json, read_mapping, read_text, show_document
from kpirules.documents.building.decoding import plain
from kpirules.documents.document import Mapping, Scalar
from kpirules.documents.overlays import MAX_VERSIONS, Composed, base_of, merged


def document(text: str, name: str = "a.kpi.yaml") -> Document:
    read, found = read_text(f"kpirules: 1\n{text}", name)
    assert read is not None
    assert found == []
    return read


def merge(base: str, overlay: str) -> tuple[Any, list[tuple[str, str]]]:
    """Return the merge of two maps as plain values, and the codes with paths."""
    found: list[Diagnostic] = []
    outcome = merged(document(base).root, document(overlay).root, found, frozenset({"kpirules"}))
    return {key: part for key, part in plain(outcome).items() if key != "kpirules"}, [(d.code, d.path) for d in found]


def composed(*texts: str) -> Composed:
    return compose([document(text, f"{place}.kpi.yaml") for place, text in enumerate(texts)])


def codes(*texts: str) -> list[str]:
    whole = composed(*texts)
    return [d.code for d in whole.found] + [d.code for one in whole.compositions for d in one.found]


def values(whole: Composed, key: str) -> dict[tuple[str, date | None], Any]:
    found = {}
    for one in whole.compositions:
        node = one.document.root.get(key)
        found[one.version.variant, one.version.from_] = None if node is None else plain(node)
    return found


@pytest.mark.parametrize(
    ("base", "overlay", "expected"),
    [
        ("a: {x: 1, y: 2}", "a: {x: 3}", {"a": {"x": 3, "y": 2}}),
        ("a: {x: 1}", "a: {y: 2}\nb: 3", {"a": {"x": 1, "y": 2}, "b": 3}),
        ("a: {x: 1, y: 2}", "a: {x: null}", {"a": {"y": 2}}),
        ("a: {x: 1, y: 2}", "a: {replace: true, z: 3}", {"a": {"z": 3}}),
        ("a: [1, 2]", "a: [3]", {"a": (3,)}),
        ("a: 1", "a: {x: 2}", {"a": {"x": 2}}),
        ("a: {x: 2}", "a: 1", {"a": 1}),
        ("a: {x: 1}", "a: {}", {"a": {"x": 1}}),
        ("a: {x: 1}", "a: {replace: false}", {"a": {"x": 1, "replace": False}}),
        ("a: {x: {y: {z: 1}}}", "a: {x: {y: {w: 2}}}", {"a": {"x": {"y": {"z": 1, "w": 2}}}}),
    ],
)
def test_maps_merge_scalars_and_lists_replace_null_removes_and_replace_replaces(
    base: str, overlay: str, expected: object
) -> None:
    assert merge(base, overlay) == (expected, [])


def test_new_entries_go_last_and_old_ones_keep_their_place() -> None:
    outcome, _ = merge("a: {x: 1, y: 2}", "a: {z: 3, x: 4}")
    assert list(outcome["a"]) == ["x", "y", "z"]


@pytest.mark.parametrize(
    ("base", "overlay", "expected"),
    [
        ("a: {x: 1}", "a: {y: null}", [("KR524", "a.y")]),
        ("a: {x: 1}", "b: {y: null}", [("KR524", "b.y")]),
        ("a: {x: 1}", "a: {x: }", [("KR526", "a.x")]),
        ("a: {x: 1}", "a: {x: ~}", [("KR526", "a.x")]),
        ("a: {x: 1}", "a: {y: }", [("KR526", "a.y")]),
        ("a: {x: 1}", "a: {x: 1}", [("KR525", "a.x")]),
        ("a: {x: [1, 2]}", "a: {x: [1, 2]}", [("KR525", "a.x")]),
        ("a: {x: 1}", "a: {replace: true, x: 1}", [("KR525", "a")]),
        ("a: {x: 1}", "b: {replace: true, x: 1}", [("KR527", "b")]),
        ("a: 1", "a: {replace: true, x: 1}", [("KR527", "a")]),
        ("a: {x: 1}", "a: {replace: true, x: 2, y: null}", [("KR524", "a.y")]),
        ("a: {x: 1}", "a: {y: {replace: true, x: 2}}", [("KR527", "a.y")]),
    ],
)
def test_a_change_that_means_nothing_is_reported(base: str, overlay: str, expected: object) -> None:
    assert merge(base, overlay)[1] == expected


def test_a_misspelt_removal_is_reported_with_a_suggestion() -> None:
    found: list[Diagnostic] = []
    merged(document("criteria: {speed: 1}").root, document("criteria: {sped: null}").root, found)
    assert [d.help for d in found if d.code == "KR524"] == ["did you mean `speed`?"]


def test_null_of_json_and_none_of_a_mapping_remove_too() -> None:
    base, _ = read_mapping({"a": {"x": 1, "y": 2}})
    as_json, _ = read_json(Source("b.json", '{"a": {"x": null}}'))
    as_mapping, _ = read_mapping({"a": {"x": None}})
    assert base is not None
    for overlay in (as_json, as_mapping):
        assert overlay is not None
        found: list[Diagnostic] = []
        assert plain(merged(base.root, overlay.root, found)) == {"a": {"y": 2}}
        assert found == []


def test_every_node_knows_the_document_it_comes_from() -> None:
    whole = composed("criteria: {a: {max: 2}}\ntitle: Mine", "criteria: {a: {max: 1, rate: x}}\nid: base")
    (one,) = whole.compositions
    criteria = one.document.root.get("criteria")
    assert isinstance(criteria, Mapping)
    leaf = criteria.entries[0].value
    assert isinstance(leaf, Mapping)
    places = {entry.key.text: (entry.value.span.source.name, entry.value.span.text) for entry in leaf}
    assert places == {"max": ("0.kpi.yaml", "2"), "rate": ("1.kpi.yaml", "x")}
    assert one.document.source.name == "0.kpi.yaml"


def test_documents_their_amendments_variants_and_these_amendments_merge_in_this_order() -> None:
    base = """
t: [base]
amendments: [{from: 2026-02-01, change: {note: base amendment}}]
variants: {head: {note: base variant, amendments: [{from: 2026-03-01, change: {note: amendment of the base variant}}]}}
"""
    main = """
extends: x
title: mine
amendments: [{from: 2026-04-01, change: {note: amendment}}]
variants: {head: {title: variant, amendments: [{from: 2026-05-01, change: {note: amendment of the variant}}]}}
"""
    whole = composed(main, base)
    assert whole.found == ()
    notes = {from_ and from_.month: note for (_, from_), note in values(whole, "note").items()}
    assert notes == {
        None: "base variant",
        2: "base variant",
        3: "amendment of the base variant",
        4: "amendment",
        5: "amendment of the variant",
    }
    assert set(values(whole, "title").values()) == {"variant"}
    assert [one.document.root.get(key) for one in whole.compositions for key in ("extends", "variants")] == [
        None
    ] * 10


def test_amendments_are_cumulative_by_date_whatever_order_they_are_in() -> None:
    whole = composed(
        "title: 0\namendments: [{from: 2026-09-01, change: {title: 9}}, {from: 2026-03-01, change: {title: 3, note: a}}]"
    )
    assert values(whole, "title") == {("", None): 0, ("", date(2026, 3, 1)): 3, ("", date(2026, 9, 1)): 9}
    assert values(whole, "note") == {("", None): None, ("", date(2026, 3, 1)): "a", ("", date(2026, 9, 1)): "a"}
    assert [(one.version.until, one.version.amended) for one in whole.compositions] == [
        (date(2026, 3, 1), None),
        (date(2026, 9, 1), date(2026, 3, 1)),
        (None, date(2026, 9, 1)),
    ]


def test_an_amendment_that_writes_its_edition_needs_no_other_name() -> None:
    whole = composed("edition: a\namendments: [{from: 2026-03-01, change: {edition: b}}]")
    assert [one.version.amended for one in whole.compositions] == [None, None]


def test_examples_are_those_of_the_document_that_is_asked_for() -> None:
    whole = composed("extends: x\nexamples: [1]", "examples: [2]\ntitle: a")
    assert values(whole, "examples") == {("", None): (1,)}
    assert values(composed("extends: x", "examples: [2]"), "examples") == {("", None): None}


LIKE = "variants: {head: {note: head}, deputy: {like: head, title: deputy}}"


@pytest.mark.parametrize(
    ("texts", "variant", "note", "title"),
    [
        ((LIKE,), "deputy", "head", "deputy"),
        (
            ("variants: {deputy: {like: head, title: deputy}}", "variants: {head: {note: head}}"),
            "deputy",
            "head",
            "deputy",
        ),
        (("title: mine", LIKE), "deputy", "head", "mine"),
        (("variants: {deputy: {like: head}, head: {}}", "variants: {head: {note: head}}"), "deputy", "head", None),
        (("variants: {own: {title: own}}", "variants: {head: {note: head}}"), "own", None, "own"),
        (
            ("variants: {deputy: {like: head}}", "variants: {head: {note: head}, deputy: {title: deputy}}"),
            "deputy",
            None,
            "deputy",
        ),
        (
            ("variants: {deputy: {like: head}, head: {}}", "variants: {head: {note: head}, deputy: {title: deputy}}"),
            "deputy",
            None,
            "deputy",
        ),
        (("variants: {own: {title: own}}", "variants: {head: {note: head}}"), "head", "head", None),
        (("title: a", "note: b", LIKE), "head", "b", "a"),
    ],
)
def test_a_variant_is_found_in_every_document(
    texts: tuple[str, ...], variant: str, note: str | None, title: str | None
) -> None:
    whole = composed(*texts)
    assert codes(*texts) == []
    assert values(whole, "note")[variant, None] == note
    assert values(whole, "title")[variant, None] == title


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("variants: [a]", ["KR121"]),
        ("variants:", ["KR121"]),
        ("variants: {Head: {}}", ["KR126"]),
        ("variants: {head: 5}", ["KR121"]),
        ("variants: {head: }", ["KR526"]),
        ("variants: {head: {like: head}}", ["KR241"]),
        ("variants: {head: {like: deputy}, deputy: {like: head}}", ["KR241"]),
        ("variants: {head: {like: deputy}}", ["KR530"]),
        ("variants: {head: {like: 5}}", ["KR126"]),
        ("variants: {head: {like: [a]}}", ["KR121"]),
        ("variants: {head: {variants: {}}}", ["KR523"]),
        ("variants: {head: {criterea: {}}}", ["KR103"]),
        ("variants: {head: {label: Trưởng phòng}}", []),
        ("variants: {head: {amendments: 5}}", ["KR121"]),
        ("variants: {head: {amendments: [{from: 2026-01-01, change: {examples: []}}]}}", ["KR523"]),
        ("amendments: {}", ["KR121"]),
        ("amendments:", ["KR121"]),
        ("amendments: [5]", ["KR121"]),
        ("amendments: [{change: {}}]", ["KR120"]),
        ("amendments: [{from: 2026-01-01}]", ["KR120"]),
        ("amendments: [{from: 2026-02-30, change: {}}]", ["KR501"]),
        ("amendments: [{from: 5, change: {}}]", ["KR501"]),
        ("amendments: [{from: 2026-01-01, change: 5}]", ["KR121"]),
        ("amendments: [{from: 2026-01-01, change: }]", ["KR526"]),
        ("amendments: [{from: 2026-01-01, change: {}, until: 2027-01-01}]", ["KR103"]),
        ("amendments: [{from: 2026-01-01, change: {titel: a}}]", ["KR103"]),
        ("amendments: [{from: 2026-01-01, change: {}}, {from: 2026-01-01, change: {}}]", ["KR534"]),
        ("amendments: [{from: 2026-01-01, source: Decree 1, note: why, change: {}}]", []),
    ],
)
def test_variants_and_amendments_are_read_by_themselves(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_what_is_so_before_an_amendment_only_is_not_an_empty_change() -> None:
    """A variant may make a change that a later amendment makes for all."""
    text = "title: a\nnote: n\namendments: [{from: 2026-03-01, change: {title: b, note: null}}]\n"
    assert codes(text + "variants: {head: {title: b, note: null}}") == []
    assert codes(text + "variants: {head: {title: b}, deputy: {like: head, title: b}}") == ["KR525", "KR525"]


def test_more_versions_than_can_be_checked_are_refused() -> None:
    days = [date.fromordinal(date(2026, 1, 1).toordinal() + n).isoformat() for n in range(MAX_VERSIONS // 2)]
    amendments = "".join(f"- {{from: {day}, change: {{}}}}\n" for day in days)
    assert codes(f"variants: {{a: {{}}, b: {{}}}}\namendments:\n{amendments}") == ["KR537"]


@pytest.mark.parametrize(
    ("text", "expected", "found"),
    [
        ("id: a", None, []),
        ("extends: city.kpi.yaml", "city.kpi.yaml", []),
        ("extends: 5", None, ["KR121"]),
        ("extends:", None, ["KR121"]),
        ('extends: " "', None, ["KR121"]),
        ("extends: [a]", None, ["KR121"]),
    ],
)
def test_the_extended_document_is_named_by_a_path(text: str, expected: str | None, found: list[str]) -> None:
    problems: list[Diagnostic] = []
    node = base_of(document(text), problems)
    assert (node and node.text, [d.code for d in problems]) == (expected, found)


# -- showing --------------------------------------------------------------------------------------


SHOWN = """\
kpirules: 1
title: "Đánh giá: năm"
bands:
  good:
    from: 70  # from 1.kpi.yaml:3
  poor: {}  # from 1.kpi.yaml:3
tables:
  t:
    scale: [[0, 1], [2, "a, b"]]
    steps:
      - from: 5
        value: "yes: no"
      - {}
      - plain
    empty: []
let:
  x: a * b + f(1, 2)
  y: "true"
"""


def test_a_document_is_shown_with_the_origin_of_what_another_file_says() -> None:
    main = """extends: x
title: "Đánh giá: năm"
bands: {}
tables: {t: {scale: [[0, 1], [2, "a, b"]], steps: [{from: 5, value: "yes: no"}, {}, plain], empty: []}}
let: {x: "a * b + f(1, 2)", y: "true"}
"""
    whole = composed(main, "title: Rating\nbands: {good: {from: 70}, poor: {}}")
    shown = show_document(whole.compositions[0].document)
    lines = {line.partition("  #")[0]: line for line in shown.splitlines()}
    assert shown.count("\n") == len(lines)
    for line in SHOWN.splitlines():
        assert line.partition("  #")[0] in lines
    assert lines["    from: 70"] == "    from: 70  # from 1.kpi.yaml:3"
    assert lines["  poor: {}"] == "  poor: {}  # from 1.kpi.yaml:3"


@pytest.mark.parametrize(
    "text",
    [
        "a: b",
        "no",
        "",
        " ",
        "- a",
        "#",
        "a #b",
        "1e3",
        "null",
        "~",
        "a\nb",
        "ạ, b",
        "x: ",
        "'",
        '"',
        "\u2028",
        "a,",
        "50%",
    ],
)
def test_a_text_is_quoted_where_it_has_to_be(text: str) -> None:
    read, _ = read_mapping({"a": {"b": text, "c": [text], text or "k": 1}})
    assert read is not None
    again, found = read_text(show_document(read), "again.kpi.yaml")
    assert found == []
    assert again is not None
    assert plain(again.root) == plain(read.root)


def test_what_is_empty_in_a_document_of_its_own_is_shown_as_null() -> None:
    node = document("a: ")
    assert isinstance(node.root.get("a"), Scalar)
    assert show_document(node) == "kpirules: 1\na: null\n"


@pytest.mark.parametrize("length", [998, 999, 1_024, 5_000])
def test_a_long_key_is_shown_as_it_is_read(length: int) -> None:
    key = "k" * length
    read, _ = read_mapping({"kpirules": 1, "note": {key: {"a": 1}, f"{key}2": [{key: 3}]}})
    assert read is not None
    again, found = read_text(show_document(read), "again.kpi.yaml")
    assert not found
    assert again is not None
    assert show_document(again) == show_document(read)
