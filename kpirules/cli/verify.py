"""`kpirules verify`."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .appraisals import differences, read_receipt, run_appraisal
from .appraisals.receipt import FORMULAS
from .appraisals.saving import digest
from .appraise import appraisal_of
from .columns import KEEP
from .terminal import say

__all__ = ["run"]

VERSIONS = ("kpirules ", "python ")
"""What begins the line about another version."""


def run(options: Namespace) -> int:
    """Run an appraisal again, and compare what it is made of and what comes out with its receipt.

    Args:
        options: of the command line.

    Returns:
        0 where the results are confirmed, 1 where something differs.
    """
    receipt = read_receipt(options.receipt)
    folder = Path(options.receipt).parent
    appraisal = options.appraisal or str(folder / receipt["paths"]["appraisal"])
    data = options.data or str(folder / receipt["paths"]["data"])
    with tempfile.TemporaryDirectory(prefix="kpirules-verify-") as again:
        asked = {FORMULAS: KEEP, **receipt["made_of"]["options"], "output": again, "data": data, "restart": False}
        run_appraisal(appraisal, *appraisal_of(appraisal, options.root), Namespace(**asked))
        anew = read_receipt(str(Path(again) / "receipt.json"))
        made_of = differences(receipt["made_of"], anew["made_of"])
        found = list(_results(receipt, anew, folder, Path(again)))
    # Another version that comes to the same is worth telling, and no difference of the results.
    notes = [one for one in made_of if one.startswith(VERSIONS)]
    found = [*(one for one in made_of if not one.startswith(VERSIONS)), *found]
    say(*notes, *found)
    count = len(receipt["results"])
    say(f"{len(found)} differences" if found else f"confirmed: {count} results are what the receipt says")
    return int(bool(found))


def _results(receipt: dict[str, Any], anew: dict[str, Any], folder: Path, again: Path) -> Iterator[str]:
    """How results differ: from what comes out now, and the files beside the receipt from what it says."""
    for name in anew["results"]:
        if name not in receipt["results"]:
            yield f"{name} comes out, and the receipt does not list it"
    for name, expected in receipt["results"].items():
        if anew["results"].get(name) != expected:
            yield f"{name} comes out otherwise" + _first_line(folder / name, again / name)
        if not (folder / name).is_file():
            yield f"{name} is not beside the receipt"
        elif digest(folder / name) != expected:
            yield f"{name} is not what the receipt says" + _first_line(folder / name, again / name)


def _first_line(before: Path, now: Path) -> str:
    """The first line in which two files differ, as the end of a sentence; empty where that can't be told."""
    if not before.is_file() or not now.is_file():
        return ""
    with before.open("rb") as old, now.open("rb") as new:
        number = 1
        while True:
            left, right = old.readline(), new.readline()
            if left != right:
                return f", from line {number} on"
            if not left:
                return ""
            number += 1
