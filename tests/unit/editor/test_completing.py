"""What may be written at a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpirules.editor.session import Session

from .given import BASE, folder


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rules") / "base.kpi.yaml"


@pytest.fixture(scope="module")
def session(path: Path) -> Session:
    """Return a session that checks the text without mistakes once."""
    return Session(folder(path.parent))


def labels(text: str, session: Session, path: Path) -> list[str]:
    """Return what may be written at the bar in a text, after the text without mistakes was checked."""
    session.open(path, BASE)
    session.index(path)
    assert session.known(path) is not None
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
def test_what_may_be_written(
    part: str, new: str, some: set[str], none: set[str], session: Session, path: Path
) -> None:
    found = labels(written(part, new), session, path)
    assert some <= set(found)
    assert none.isdisjoint(found)


def test_nothing_is_offered_outside_formulas(session: Session, path: Path) -> None:
    assert labels(written("id: demo.base", "id: de|mo"), session, path) == []
    assert labels(written("source: Điều 4", "source: Điều |"), session, path) == []


def test_a_text_that_is_broken_elsewhere(session: Session, path: Path) -> None:
    broken = BASE.replace("parameters:", "parameters: [") + "\n"
    assert "total" in labels(
        broken.replace("rate: 'min(part(total, whole=most), 1)'", "rate: 'min(|'"), session, path
    )
    assert "double" in labels(
        broken.replace("let: {double: 2 * item.hours}", "let:\n        double: item.|"), session, path
    )
    assert "total" in labels(broken.replace("  total: sum", "  total: |sum"), session, path)
    assert labels(broken.replace("id: demo", "id: |demo"), session, path) == []


def test_a_suggestion_says_what_it_is(session: Session, path: Path) -> None:
    session.open(path, BASE)
    (found,) = [one for one in session.complete(path, BASE.index("total, whole") + 3) if one.label == "total"]
    assert (found.kind, found.start) == ("named value", 3)
    assert "sum(t.double" in found.text


def test_an_empty_text_offers_nothing(session: Session, path: Path) -> None:
    assert labels("|", session, path) == []
    assert labels("|", session, path.with_name("other.kpi.yaml")) == []
