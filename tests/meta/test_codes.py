"""The table of codes: each code has a page, a case and a number of its family, and can be allowed as it says."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import kpirules as kr
from kpirules.diagnostics import Severity
from kpirules.diagnostics.codes import CATALOGUE
from tests.budget import some

ROOT = Path(__file__).parents[2]
CODES = ROOT / "kpirules" / "diagnostics" / "codes"
REJECTED = ROOT / "tests" / "conformance" / "rejected"
CASES = sorted(path for path in REJECTED.iterdir() if path.suffix in (".yaml", ".json"))

NAMES = Path(__file__).with_name("codes.txt")
"""Every code that ever was, with its name; `KPI_UPDATE=1` adds new ones and takes none away."""

FAMILIES = {
    "document": "1",
    "structure": "1",
    "expression": "2",
    "scoring": "3",
    "banding": "3",
    "deciding": "34",
    "comparing": "4",
    "quotas": "46",
    "proving": "234",
    "versions": "5",
    "overlays": "5",
    "inputs": "6",
    "cases": "7",
    "appraisals": "8",
}
"""The first digits of the codes of a module."""

UNKNOWN = {"KR999", "KR340"}
"""Codes that are mentioned and that nothing has: an invented one, and a retired one."""

HEADINGS = ("What it checks", "Why it matters", "Fails", "Passes")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def sections(page: str) -> dict[str, str]:
    """Return the parts of a page by their headings."""
    parts = re.split(r"^\*\*(.+?)\*\*$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def entered(module: str) -> list[str]:
    """Return the codes that a module registers, from its text."""
    found = []
    for node in ast.walk(ast.parse((CODES / f"{module}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            for call in node.decorator_list:
                if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant):
                    found.append(str(call.args[0].value))
    return found


# -- pages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_page_says_what_why_and_how_in_this_order(code: str) -> None:
    page = CATALOGUE[code].page
    found = sections(page)
    assert tuple(found) == HEADINGS
    assert "TODO" not in page
    title = page.splitlines()[0]
    assert title.endswith(".")
    assert all(found[heading].strip() for heading in HEADINGS)
    for heading in ("Fails", "Passes"):
        fences = FENCE.findall(found[heading])
        assert fences, heading
        assert all(source.strip() for _, source in fences), heading


def rulebooks(heading: str) -> Iterator[tuple[str, str]]:
    """Return the whole rulebooks under a heading of the pages, with their codes."""
    for code, row in sorted(CATALOGUE.items()):
        for language, source in FENCE.findall(sections(row.page).get(heading, "")):
            # Those of appraisals name other files; tests/conformance/test_rejected_appraisals.py runs them.
            if language == "yaml" and source.startswith("kpirules: ") and not code.startswith("KR8"):
                yield code, source


@pytest.mark.parametrize(("code", "source"), some(rulebooks("Fails"), 3))
def test_what_a_page_says_fails_has_its_code(code: str, source: str) -> None:
    assert code in {diagnostic.code for diagnostic in kr.check(text=source)}


@pytest.mark.parametrize(("code", "source"), some(rulebooks("Passes"), 3))
def test_what_a_page_says_passes_has_no_error_and_not_its_code(code: str, source: str) -> None:
    report = kr.check(text=source)
    assert not report.errors
    assert code not in {diagnostic.code for diagnostic in report.findings}


def test_the_pages_of_the_documentation_are_those_of_the_table() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# -- numbers --------------------------------------------------------------------------------------


def test_every_module_of_codes_has_a_family_and_the_numbers_of_it() -> None:
    modules = {path.stem for path in CODES.glob("*.py")} - {"__init__", "catalogue"}
    assert modules == set(FAMILIES)
    for module, digits in FAMILIES.items():
        assert all(re.fullmatch(rf"KR[{digits}]\d\d", code) for code in entered(module)), module


def test_every_code_is_entered_once() -> None:
    codes = [code for module in FAMILIES for code in entered(module)]
    assert sorted(codes) == sorted(set(codes))
    assert set(codes) == set(CATALOGUE)


def test_a_code_keeps_its_name_and_is_never_used_for_another() -> None:
    known = dict(line.split() for line in NAMES.read_text(encoding="utf-8").splitlines())
    current = {code: row.name for code, row in CATALOGUE.items()}
    if os.environ.get("KPI_UPDATE"):
        known = {**current, **known}
        lines = [f"{code} {name}\n" for code, name in sorted(known.items())]
        NAMES.write_text("".join(lines), encoding="utf-8", newline="\n")
    assert current.items() <= known.items()


def test_names_are_different_and_in_kebab_case() -> None:
    names = [row.name for row in CATALOGUE.values()]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", name) for name in names)


# -- cases ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(code for code in CATALOGUE if code[2] in "12345"))
def test_a_code_of_a_rulebook_has_a_rejected_case(code: str) -> None:
    assert any(case.name.startswith(f"{code}-") for case in CASES) or code in FOREIGN


FOREIGN = {"KR112", "KR520", "KR531", "KR535", "KR536", "KR537"}
"""Codes of Python mappings and texts, of calls, and of what is too long: no file of the folder can have them."""


def with_allow(case: Path, code: str) -> str:
    """Return the text of a case, with one more diagnostic allowed at the top."""
    text = case.read_text(encoding="utf-8")
    if case.suffix == ".json":
        document = json.loads(text)
        document.setdefault("allow", {})[code] = "accepted on purpose"
        return json.dumps(document)
    line = f"  {code}: accepted on purpose"
    if re.search(r"^allow:$", text, re.MULTILINE):
        return re.sub(r"^allow:$", f"allow:\n{line}", text, count=1, flags=re.MULTILINE)
    return f"{text.rstrip()}\n\nallow:\n{line}\n"


ALLOWED = [case for case in CASES if case.name[:5] in CATALOGUE and CATALOGUE[case.name[:5]].can_be_allowed]


@pytest.mark.parametrize("case", some(ALLOWED, 3), ids=lambda case: case.name)
def test_what_can_be_allowed_is_no_finding_once_it_is(case: Path) -> None:
    code = case.name[:5]
    report = kr.check(text=with_allow(case, code))
    assert code not in {diagnostic.code for diagnostic in report.findings}
    found = [diagnostic for diagnostic in report if diagnostic.code == code]
    assert found
    assert all(diagnostic.allowed == "accepted on purpose" for diagnostic in found)


def test_warnings_and_notes_can_be_allowed() -> None:
    assert all(row.can_be_allowed for row in CATALOGUE.values() if row.severity is not Severity.ERROR)


# -- mentions -------------------------------------------------------------------------------------


def mentioning() -> Iterator[Path]:
    yield from sorted((ROOT / "kpirules").rglob("*.py"))
    yield from sorted((ROOT / "docs").rglob("*.md"))
    yield from sorted((ROOT / "examples").rglob("*.yaml"))
    yield from (path for path in (ROOT / "README.md", ROOT / "CHANGELOG.md") if path.exists())


def test_every_code_that_is_mentioned_exists() -> None:
    for path in mentioning():
        # A family is told by its first and last number, which need not be taken.
        text = re.sub(r"KR\d{3} to KR\d{3}", "", path.read_text(encoding="utf-8"))
        missing = set(re.findall(r"\bKR\d{3}\b", text)) - set(CATALOGUE) - UNKNOWN
        assert not missing, f"{path.relative_to(ROOT)} mentions {missing}"
