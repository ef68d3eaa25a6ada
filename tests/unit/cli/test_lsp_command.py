"""`kpirules lsp` without its extra, and with an editor that leaves at once."""

from __future__ import annotations

import os
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


def test_it_ends_with_its_input(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    with open(os.devnull, encoding="utf-8") as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert main(["lsp", "--stdio"]) == 0
    assert capfd.readouterr() == ("", "")
