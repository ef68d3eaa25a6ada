"""Every example on every page is true; `tests/documents.py` says how they are run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpirules.testing import properties
from tests.budget import by_budget, some
from tests.documents import ROOT, pages, settle_in, settle_out

FOLDERS = (".", "docs", "examples")
PAGES = sorted(
    page.relative_to(ROOT)
    for folder in FOLDERS
    for page in (ROOT / folder).glob("*.md" if folder == "." else "**/*.md")
    # The rulebooks on the pages of codes are run with the codes themselves.
    if page.parent.name != "codes"
)
OF_EXAMPLES = [page for page in PAGES if page.parts[0] == "examples"]
HOW_TO = [page for page in PAGES if page.parts[:2] == ("docs", "how-to")]
OTHERS = [page for page in PAGES if page not in (*OF_EXAMPLES, *HOW_TO)]
TRIED = [*OTHERS, *some(HOW_TO, 3), *some(OF_EXAMPLES, 10)]
"""In the fixed budget one in three of the pages that tell how, and one in ten of those of examples."""


@pytest.fixture(autouse=True)
def few_subjects(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let properties draw fewer subjects in the fixed budget."""
    for value in vars(properties).values():
        defaults = getattr(value, "__kwdefaults__", None)
        if defaults and "examples" in defaults:
            monkeypatch.setitem(defaults, "examples", by_budget(20, properties.EXAMPLES))


@pytest.mark.parametrize("page", TRIED, ids=str)
def test_every_example_of_a_page_runs_and_gives_what_the_page_says(page: Path) -> None:
    document = pages().parse(ROOT / page)
    examples = [*document.examples()]
    if not examples:
        return
    is_of_an_example = page.parts[0] == "examples"  # it speaks from its own folder
    settle_in(document.namespace, has_examples=is_of_an_example or "examples/" in document.text)
    if is_of_an_example:
        os.chdir(page.parent)
    try:
        for example in examples:
            example.evaluate()
    finally:
        settle_out(document.namespace)


def test_the_pages_of_the_project_are_among_them() -> None:
    expected = {"README.md", "docs/tutorial.md", "docs/how-to/index.md", "docs/reference/language.md"}
    assert expected | {"examples/nd335/README.md"} <= set(map(str, PAGES))
