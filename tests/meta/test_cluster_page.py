"""The scripts of the page on clusters run, on local clusters of two workers, and print what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.engines

ROOT = Path(__file__).parents[2]

SCRIPTS = re.findall(
    r"^```py\n(.*?)^```\n\n```text\n(.*?)^```$",
    (ROOT / "docs" / "how-to" / "clusters.md").read_text(encoding="utf-8"),
    re.DOTALL | re.MULTILINE,
)


@pytest.mark.parametrize(("script", "output"), SCRIPTS, ids=["spark", "dask", "ray"])
def test_a_script_prints_what_the_page_says(script: str, output: str, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(script, encoding="utf-8")
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == output
