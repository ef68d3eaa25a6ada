"""What an editor shows over a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpirules.editor.session import Session

from .given import BASE, at, folder


def shown(session: Session, path: Path, offset: int) -> str:
    found = session.hover(path, offset)
    return "" if found is None else found.text


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rules") / "base.kpi.yaml"


@pytest.fixture(scope="module")
def checked(path: Path) -> Session:
    """Return a session that no test changes."""
    session = Session(folder(path.parent))
    session.open(path, BASE)
    return session


@pytest.fixture
def opened(tmp_path: Path) -> Session:
    session = Session(folder(tmp_path))
    session.open(tmp_path / "base.kpi.yaml", BASE)
    return session


@pytest.mark.parametrize(
    ("part", "marked", "told"),
    [
        ("part(total", "total", ["`total` · named value", "from 0 to ", "sum(t.double", "in the example *one*: 100"]),
        ("whole=most", "most", ["parameter", "number, always 200", "source: Điều 3"]),
        ("item.hours", "hours", ["field of tasks", "0 to 100", "Giờ 😀", "50 (the first record)"]),
        ("t.double", "double", ["computed field of tasks", "from 0 to 200", "100 (the first record)"]),
        ("worth(grade)", "grade", ["input", "a whole number from 0 to 9", "*one*: 8"]),
        ("worth(grade)", "worth", ["table"]),
        ("part(total", "part", ["function"]),
        ("share.done", "done", ["criterion", "from 0 to 50", "source: Điều 4", "25 points, a share of 0.5"]),
        ("care > 0", "care", ["entered by an assessor", "source: Điều 4", "20 points"]),
        ("band: fair", "fair", ["band"]),
        ("best: max", "best", ["output", "2/3"]),
        ("best: max", "max", ["max(", "is"]),
        ("t.kind", "t", ["the current record"]),
        ("x / whole", "x", ["argument of part"]),
        ("given: {tasks", "tasks", ["1 records"]),
        ("t in tasks", "tasks", ["input", "records of"]),
    ],
)
def test_a_hover(part: str, marked: str, told: list[str], path: Path, checked: Session) -> None:
    found = shown(checked, path, at(BASE, part, marked))
    assert [text for text in told if text not in found] == [], found


def test_names_of_the_language(opened: Session, tmp_path: Path) -> None:
    path = tmp_path / "base.kpi.yaml"
    text = BASE.replace("total < 1", 'total < 1 and score < 1 and band == "fair"')
    opened.open(path, text)
    assert "65" in shown(opened, path, text.index("score <"))
    assert "the band" in shown(opened, path, text.index('band == "'))


def test_a_text_with_errors_tells_what_the_last_good_one_told(opened: Session, tmp_path: Path) -> None:
    path = tmp_path / "base.kpi.yaml"
    opened.check(path)
    wrong = BASE.replace("x / whole", "x / wole")
    opened.open(path, wrong)
    assert opened.check(path).program is None
    assert "from 0 to" in shown(opened, path, wrong.index("total, whole"))
    broken = BASE.replace("parameters:", "parameters: [")
    opened.open(path, broken)
    found = opened.hover(path, broken.index("total, whole") + 2)
    assert found is not None
    assert (found.span.text, "from 0 to" in found.text) == ("total", True)
    assert opened.hover(path, 0) is None
    assert opened.hover(path, broken.index("demo.base")) is None


def test_the_first_case_beside_a_rulebook_without_examples(tmp_path: Path) -> None:
    session, path = Session(folder(tmp_path)), tmp_path / "base.kpi.yaml"
    text = BASE[: BASE.index("examples:")]
    session.open(path, text)
    assert "in the example *two*: 3" in shown(session, path, text.index("grade}"[:5], text.index("worth(")))


def test_a_hover_in_a_case(tmp_path: Path) -> None:
    session, path = Session(folder(tmp_path)), tmp_path / "base.cases.yaml"
    text = path.read_text(encoding="utf-8")
    session.open(path, text)
    assert "a whole number from 0 to 9" in shown(session, path, text.index("grade"))


def test_what_authors_write_is_no_markup(opened: Session, tmp_path: Path) -> None:
    path = tmp_path / "base.kpi.yaml"
    text = BASE.replace("Giờ 😀", "![x](http://x/y.png) <img src=x> [run](command:evil) `a` **b**")
    opened.open(path, text)
    found = shown(opened, path, text.index("item.hours") + 6)
    assert r"!\[x\](http://x/y.png) \<img src=x\> \[run\](command:evil) \`a\` \*\*b\*\*" in found
