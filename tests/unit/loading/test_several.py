"""Several rulebooks, loaded from the files of a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

import kpirules as kr

RULES = "kpirules: 1\nid: {}\noutputs: {{half: {} / 2}}\n"


def test_files_give_programs_by_their_paths(tmp_path: Path) -> None:
    for name in ("north", "east"):
        (tmp_path / f"{name}.kpi.yaml").write_text(RULES.format(name, 1), encoding="utf-8")
    programs = kr.load(tmp_path.glob("*.kpi.yaml"))
    assert [(path.name, program.id) for path, program in programs.items()] == [
        ("east.kpi.yaml", "east"),
        ("north.kpi.yaml", "north"),
    ]
    (tmp_path / "east.kpi.yaml").write_text(RULES.format("east", "x"), encoding="utf-8")
    (tmp_path / "west.kpi.yaml").write_text(RULES.format("west", "y"), encoding="utf-8")
    with pytest.raises(kr.RulebookError) as refused:
        kr.load(tmp_path.glob("*.kpi.yaml"))
    assert [one.message for one in refused.value.report] == ["unknown name `x`", "unknown name `y`"]
    with pytest.raises(ValueError, match="no file has such a name"):
        kr.load(tmp_path.glob("*.kpi.yml"))
