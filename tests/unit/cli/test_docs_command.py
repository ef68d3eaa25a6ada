"""`kpirules docs`: pages of rulebooks, or the example that fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .conftest import Ran

CASES = """\
rulebook: staff.kpi.yaml
cases:
  - {name: nobody is late, given: {served: 12, tasks: [{planned: 3, done: 3}]}, expect: {score: 100}}
"""


def test_pages_are_written_with_the_cases_beside_the_rulebook(kpirules: Callable[..., Ran], folder: Path) -> None:
    (folder / "staff.cases.yaml").write_text(CASES, encoding="utf-8")
    ran = kpirules("docs", "staff.kpi.yaml", "-o", "pages/staff")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"3 pages written; open {Path('pages', 'staff', 'index.html')}\n"
    written = sorted(path.name for path in (folder / "pages" / "staff").iterdir())
    assert written == ["index.html", "staff.html", "staff.vi.html"]
    page = (folder / "pages" / "staff" / "staff.html").read_text(encoding="utf-8")
    assert page.index("two of three") < page.index("nobody is late")


def test_cases_of_another_rulebook_are_left_out(kpirules: Callable[..., Ran], folder: Path) -> None:
    other = (folder / "staff.kpi.yaml").read_text(encoding="utf-8")
    (folder / "other.kpi.yaml").write_text(other, encoding="utf-8")
    (folder / "staff.cases.yaml").write_text(CASES.replace("staff.kpi", "other.kpi"), encoding="utf-8")
    assert kpirules("docs", "staff.kpi.yaml", "-o", "pages").code == 0
    assert "nobody is late" not in (folder / "pages" / "staff.html").read_text(encoding="utf-8")


def test_a_failing_example_is_told_and_nothing_is_written(kpirules: Callable[..., Ran], folder: Path) -> None:
    (folder / "staff.cases.yaml").write_text(CASES.replace("100", "99"), encoding="utf-8")
    ran = kpirules("docs", "staff.kpi.yaml", "-o", "pages")
    assert ran.code == 1
    assert "staff.cases.yaml:3" in ran.err
    assert "expected 99" in ran.err
    assert "for the example nobody is late" in ran.err
    assert ran.err.endswith("an example fails: no page is written\n")
    assert not (folder / "pages").exists()


def test_what_cannot_be_read_or_written_is_told_in_a_line(kpirules: Callable[..., Ran], folder: Path) -> None:
    assert kpirules("docs", "none.kpi.yaml", "-o", "pages").err == "kpirules: none.kpi.yaml: no such file\n"
    (folder / "pages").write_text("", encoding="utf-8")
    ran = kpirules("docs", "staff.kpi.yaml", "-o", "pages")
    assert ran.code == 2
    assert ran.err.startswith("kpirules: pages: ")
    (folder / "staff.cases.yaml").write_text("rulebook: staff.kpi.yaml\ncases: 1\n", encoding="utf-8")
    ran = kpirules("docs", "staff.kpi.yaml", "-o", "other")
    assert ran.code == 1
    assert "staff.cases.yaml:2" in ran.err
