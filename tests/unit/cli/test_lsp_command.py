"""`kpirules lsp` without its extra, and with an editor that leaves at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kpirules.cli import main


@pytest.mark.parametrize("missing", ["pygls", "lsprotocol"])
def test_without_its_extra_it_says_how_to_install_it(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "kpirules.editor.server", raising=False)
    monkeypatch.delitem(sys.modules, "kpirules.editor.protocol", raising=False)
    for name in [name for name in sys.modules if name.partition(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    assert main(["lsp"]) == 2
    assert capsys.readouterr().err == 'kpirules: the language server needs an extra: pip install "kpirules[lsp]"\n'


def test_it_ends_with_its_input() -> None:
    command = [sys.executable, "-m", "kpirules", "lsp", "--stdio"]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")
