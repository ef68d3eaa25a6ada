"""The example of the page on JavaScript, run under Node."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import kpirules as kr
from tests.javascript.agreeing import node

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "javascript.md"


def test_the_example_prints_what_the_page_shows(tmp_path: Path) -> None:
    blocks = re.findall(r"```(yaml|js|text)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (rules, script, shown) = (text for _, text in blocks)
    (tmp_path / "officer.mjs").write_text(kr.loads(rules).javascript().code, encoding="utf-8")
    (tmp_path / "page.mjs").write_text(script, encoding="utf-8")
    ran = subprocess.run([node(), "page.mjs"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert ran.stdout == shown
