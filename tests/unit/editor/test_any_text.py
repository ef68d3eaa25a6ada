"""Half-written and broken texts: every question about them has an answer."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from kpirules.editor.renaming import RefusedRename, renamed
from kpirules.editor.running import examples_in
from kpirules.editor.session import Session
from tests.budget import by_budget

from .given import BASE, CASES, folder

PIECES = (
    "",
    "'",
    '"',
    "{",
    "[",
    "\n",
    "  ",
    ": ",
    "t.",
    "sum(",
    ")",
    "- ",
    "ế😀",
    "&a",
    "*a",
    "\t",
    "null",
    "\r",
    "#",
)


def mutated(text: str, draw: random.Random) -> str:
    for _ in range(draw.randint(0, 4)):
        start = draw.randrange(len(text) + 1)
        text = text[:start] + draw.choice(PIECES) + text[start + draw.choice((0, 1, 3, 30)) :]
    return text


@pytest.mark.parametrize(("name", "text"), [("base.kpi.yaml", BASE), ("base.cases.yaml", CASES)])
def test_any_text_has_answers(name: str, text: str, tmp_path: Path) -> None:
    session, path, draw = Session(folder(tmp_path)), tmp_path / name, random.Random(name)
    for count in range(by_budget(15, 1_000)):
        changed = mutated(text, draw)
        offset = draw.randrange(len(changed) + 1)
        session.open(path, changed)
        found = session.hover(path, offset)
        assert found is None or found.span.text == changed[found.span.start : found.span.end]
        assert all(one.start <= offset for one in session.complete(path, offset))
        assert all(one.text or one.end == 0 for one in session.definitions(path, offset))
        assert all(one.span.text for one in session.references(path, offset))
        assert all(example.name for example in examples_in(session.workspace, path))
        if count % 10 == 0:
            with suppress(RefusedRename):
                assert renamed(session.workspace, path, offset, "other").edits
