"""The notebook that rates on Spark, run to its end by marimo and shown in Chromium.

It needs Java, which the other tests of this folder don't: so it is one of the engines.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_widget_in_notebooks import ROOT, answers, browser, opened, started, until

__all__ = ["browser", "started"]

pytestmark = pytest.mark.engines


def test_the_ratings_of_a_cluster_are_shown_in_marimo(
    browser: Any, started: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    shutil.copy(ROOT / "examples" / "scale_out.ipynb", tmp_path)
    convert = ["marimo", "convert", "scale_out.ipynb", "-o", "scale_out.py"]
    subprocess.run([sys.executable, "-m", *convert], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    server = started("marimo", "run", "scale_out.py", "--headless", "--no-token", "--no-sandbox", "--port", str(port))
    until(lambda: answers(address), server)
    page = opened(browser, address)
    page.locator(".output", has_text="20,000 ratings are the same in memory, in DuckDB and in Spark").wait_for()
    # The table that Spark counted, and no cell that failed.
    by_band = page.get_by_role("table").last
    assert by_band.inner_text().split()[-8:] == [
        "excellent",
        "2,288",
        "fair",
        "8,645",
        "good",
        "5,702",
        "poor",
        "3,365",
    ]
    assert page.get_by_text("Traceback").count() == 0
    assert page.locator(".error-outer, .marimo-error").count() == 0
    page.close()
