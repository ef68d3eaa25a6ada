"""The deliberate faults of `faults.py` still fit the code that they are put into."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .faults import FAULTS, ROOT, Injected


def test_there_are_at_least_thirty() -> None:
    assert len(set(FAULTS)) == len(FAULTS) >= 30


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.wrong[:40])
def test_a_fault_changes_one_place(fault: Injected, tmp_path: Path) -> None:
    source = ROOT / "kpirules" / fault.file
    copy = tmp_path / fault.file
    copy.parent.mkdir(parents=True)
    shutil.copy(source, copy)
    fault.inject(tmp_path)
    assert copy.read_text(encoding="utf-8") != source.read_text(encoding="utf-8")
    compile(copy.read_text(encoding="utf-8"), fault.file, "exec")
