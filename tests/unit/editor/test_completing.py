"""What may be written at a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpirules.editor.session import Session

from .given import BASE, folder


def labels(text: str, folder_: Path, *, name: str = "base.kpi.yaml") -> list[str]:
    """Return what may be written at the bar in a text, after the text without mistakes was checked."""
    path = folder_ / name
    session = Session(folder(folder_))
    session.open(path, BASE)
    session.check(path)
    session.open(path, text.replace("|", "", 1))
    return [suggestion.label for suggestion in session.complete(path, text.index("|"))]


def written(part: str, new: str) -> str:
    assert part in BASE
    return BASE.replace(part, new, 1)


@pytest.mark.parametrize(
    ("part", "new", "some", "none"),
    [
        ("rate: 'min(part(total", "rate: 'min(part(to|", {"total", "most", "care", "worth", "min"}, {"item", "band"}),
        ("rate: 'min(part(total, whole=most), 1)'", "rate: min(|", {"total", "and"}, {"best"}),
        ("rate: 'min(part(total, whole=most), 1)'", "rate: |", {"total", "points"}, {"score"}),
        ("rate: 'min(part(total, whole=most), 1)'", "rate: 'min(|", {"total"}, {"score"}),
        ("2 * item.hours", "2 * item.|", {"hours", "kind", "double"}, {"total"}),
        ("2 * item.hours", "2 * |", {"item", "grade"}, {"score"}),
        ("t.double for t", "t.| for t", {"hours", "double"}, {"grade"}),
        ('t.double for t in tasks if t.kind == "new")', "t.|", {"hours"}, {"grade"}),
        ("t.double for t", "| for t", {"t", "grade"}, {"hours"}),
        ('t.kind == "new"', 't.kind == "|"', {"old", "new"}, {"grade"}),
        ('t.kind == "new"', 't.kind in ("old", "|', {"old", "new"}, {"grade"}),
        ('"x / whole"', '"x / |"', {"x", "whole", "most"}, {"c"}),
        ("share.done >=", "share.| >=", {"done", "care", "work"}, {"total"}),
        ("c.share for c in children.work", "c.| for c in children.work", {"share", "weight"}, {"hours"}),
        ("children.work", "children.|", {"work", "score"}, {"total"}),
        ("[grade, tasks.hours]", "[grade, |]", {"grade", "care", "tasks.hours"}, {"total"}),
        ("unique: [kind]", "unique: [|]", {"kind", "hours"}, {"grade"}),
        ("from: 50", "from: |", {"most"}, {"total", "grade"}),
        ("worth(grade) == 0", "worth(grade) == 0 and |", {"band", "score"}, {"best"}),
        ("best: max(", "best: |max(", {"score", "band", "best"}, {"item"}),
        ("when: worth(grade) == 0 and total < 1", 'when: band == "|"', {"good", "fair"}, {"total"}),
    ],
)
def test_what_may_be_written(part: str, new: str, some: set[str], none: set[str], tmp_path: Path) -> None:
    found = labels(written(part, new), tmp_path)
    assert some <= set(found)
    assert none.isdisjoint(found)


def test_nothing_is_offered_outside_formulas(tmp_path: Path) -> None:
    assert labels(written("id: demo.base", "id: de|mo"), tmp_path) == []
    assert labels(written("source: Điều 4", "source: Điều |"), tmp_path) == []


def test_a_text_that_is_broken_elsewhere(tmp_path: Path) -> None:
    broken = BASE.replace("parameters:", "parameters: [") + "\n"
    assert "total" in labels(broken.replace("rate: 'min(part(total, whole=most), 1)'", "rate: 'min(|'"), tmp_path)
    assert "double" in labels(
        broken.replace("let: {double: 2 * item.hours}", "let:\n        double: item.|"), tmp_path
    )
    assert "total" in labels(broken.replace("  total: sum", "  total: |sum"), tmp_path)
    assert labels(broken.replace("id: demo", "id: |demo"), tmp_path) == []


def test_a_suggestion_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "base.kpi.yaml"
    session = Session(folder(tmp_path))
    session.open(path, BASE)
    (found,) = [one for one in session.complete(path, BASE.index("total, whole") + 3) if one.label == "total"]
    assert (found.kind, found.start) == ("named value", 3)
    assert "sum(t.double" in found.text


def test_an_empty_text_offers_nothing(tmp_path: Path) -> None:
    assert labels("|", tmp_path) == []
    assert labels("|", tmp_path, name="other.kpi.yaml") == []
