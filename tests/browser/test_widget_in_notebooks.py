"""The widget in JupyterLab and in marimo: servers of their own, whose pages are opened in Chromium."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.browser.test_views import browser

__all__ = ["browser"]

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]

LONG = 120
"""Seconds that a server, or a page of one, may take on a busy machine."""

TOKEN = "kpirules"

WIDGET = """
import kpirules as kr

rules = kr.loads('''
kpirules: 1
id: demo.visits
inputs:
  done: {type: integer, min: 0, max: 10}
  late: {type: boolean, default: false}
criteria: {work: {max: 90, rate: done / 10}, care: {max: 10, rate: done / 10}}
bands: {good: {from: 70}, fair: {from: 0}}
''')
shown = kr.widget(rules, subject={"done": 5}, changing=["bands.good.from"])
"""

MARIMO = f"""
import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    {WIDGET.replace(chr(10), chr(10) + "    ")}
    element = mo.ui.anywidget(shown)
    element
    return element, mo


@app.cell
def _(element, mo):
    mo.md(f"python knows {{element.assessment.score}}")
    return


if __name__ == "__main__":
    app.run()
"""


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Return a function that starts a server, which ends with the test; it knows no settings of this machine."""
    servers = []
    log = tmp_path / "log.txt"

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        own = {"HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "IPYTHONDIR"}
        own |= {"JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"}
        folders = {name: str(tmp_path / name.lower()) for name in own}
        for folder in folders.values():
            Path(folder).mkdir()
        environment = os.environ | folders | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        with log.open("wb") as output:
            server = subprocess.Popen(
                [sys.executable, "-m", *arguments], cwd=tmp_path, env=environment, stdout=output, stderr=output
            )
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
    print(log.read_text(encoding="utf-8", errors="replace")[-5000:])


def until(found: Callable[[], Any], server: subprocess.Popen[bytes]) -> Any:
    """Return what is there at last; fail if the server ends, or takes too long."""
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        assert server.poll() is None, "the server ended"
        if value := found():
            return value
        time.sleep(0.2)
    pytest.fail("the server did not start")


def answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def opened(browser: Any, address: str) -> Any:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(LONG * 1000)
    page.goto(address)
    return page


def move_the_slider(page: Any) -> None:
    """Change an input and a threshold by their sliders, and wait for the rating of Python."""
    page.locator(".kpirules-widget .headline", has_text="Rated fair · 50").wait_for()
    page.get_by_role("slider", name="Done, slider").press("End")
    page.locator(".kpirules-widget .headline", has_text="Rated good · 100").wait_for()
    page.get_by_role("slider", name="Done, slider").press("ArrowLeft")
    page.locator(".kpirules-widget .headline", has_text="Rated good · 90").wait_for()
    page.get_by_role("slider", name="good · from, slider", exact=False).press("End")
    page.locator(".kpirules-widget .headline", has_text="Rated fair · 90").wait_for()
    assert page.locator(".kpirules-widget figure svg").count() == 2  # the ladder and the waterfall
    assert page.input_value('.kpirules-widget [id$="-rules:bands.good.from"]') == "140"


def run_cell(page: Any, number: int) -> None:
    """Run a cell of JupyterLab, which drops what it is asked while it connects to its kernel."""
    for _ in range(LONG):
        page.locator(".jp-CodeCell .cm-content").nth(number).click()
        page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(1000)
        if page.locator(".jp-CodeCell .jp-InputPrompt").nth(number).inner_text() != "[ ]:":
            return
    pytest.fail("the cell did not run")


def test_in_jupyterlab(browser: Any, started: Callable[..., subprocess.Popen[bytes]], tmp_path: Path) -> None:
    def cell(source: str) -> dict[str, Any]:
        return {"cell_type": "code", "id": f"c{len(source)}", "metadata": {}, "source": source} | {
            "execution_count": None,
            "outputs": [],
        }

    told = "print('python knows', shown.assessment.score, shown.subject)"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": [cell(f"{WIDGET}shown"), cell(told)]}
    (tmp_path / "book.ipynb").write_text(json.dumps(book), encoding="utf-8")
    server = started(
        *("jupyter", "lab", "--no-browser", "--allow-root", f"--IdentityProvider.token={TOKEN}"),
        *(f"--ServerApp.root_dir={tmp_path}", "--ServerApp.ip=127.0.0.1"),
    )
    settings = tmp_path / "jupyter_config_dir" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    # A question about news would lie over the cells.
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    runtime = tmp_path / "jupyter_runtime_dir"
    # The file names the port that was free.
    path = until(lambda: next(runtime.glob("jpserver-*.json"), None), server)
    port = until(lambda: json.loads(path.read_text(encoding="utf-8") or "{}").get("port"), server)
    page = opened(browser, f"http://127.0.0.1:{port}/lab/tree/book.ipynb?token={TOKEN}")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    run_cell(page, 0)
    move_the_slider(page)
    run_cell(page, 1)
    page.locator(".jp-OutputArea-output", has_text="python knows 90 {'done': 9}").wait_for()
    page.close()


def test_in_marimo(browser: Any, started: Callable[..., subprocess.Popen[bytes]], tmp_path: Path) -> None:
    (tmp_path / "book.py").write_text(MARIMO, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    server = started("marimo", "run", "book.py", "--headless", "--no-token", "--no-sandbox", "--port", str(port))
    until(lambda: answers(address), server)
    page = opened(browser, address)
    move_the_slider(page)
    # A cell that reads the element runs again.
    page.get_by_text("python knows 90").wait_for()
    page.close()
