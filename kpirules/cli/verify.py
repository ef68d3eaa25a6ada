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
"""Prefixes of the lines about other versions."""


def run(options: Namespace) -> int:
    """Run an appraisal again, and compare its sources and results with the receipt.

    Args:
        options: the options of the command line.

    Returns:
        0 if the results are confirmed, 1 if something differs.
    """
    receipt = read_receipt(options.receipt)
    folder = Path(options.receipt).parent
    appraisal = options.appraisal or str(folder / receipt["paths"]["appraisal"])
    data = options.data or str(folder / receipt["paths"]["data"])
    with tempfile.TemporaryDirectory(prefix="kpirules-verify-") as again:
        run_options = {
            FORMULAS: KEEP,
            **receipt["made_of"]["options"],
            "output": again,
            "data": data,
            "restart": False,
        }
        run_appraisal(appraisal, *appraisal_of(appraisal, options.root), Namespace(**run_options))
        anew = read_receipt(str(Path(again) / "receipt.json"))
        made_of = differences(receipt["made_of"], anew["made_of"])
        found = list(_results(receipt, anew, folder, Path(again)))
    # A different version with equal results is worth a note, and not a difference.
    notes = [line for line in made_of if line.startswith(VERSIONS)]
    found = [*(line for line in made_of if not line.startswith(VERSIONS)), *found]
    say(*notes, *found)
    count = len(receipt["results"])
    say(f"{len(found)} differences" if found else f"confirmed: {count} results match the receipt")
    return int(bool(found))


def _results(receipt: dict[str, Any], anew: dict[str, Any], folder: Path, new_folder: Path) -> Iterator[str]:
    """Yield how new results, and the files beside the receipt, differ from the receipt."""
    for name in anew["results"]:
        if name not in receipt["results"]:
            yield f"{name} is new: the receipt does not list it"
    for name, expected in receipt["results"].items():
        if anew["results"].get(name) != expected:
            yield f"{name} differs" + _first_line(folder / name, new_folder / name)
        if not (folder / name).is_file():
            yield f"{name} is not beside the receipt"
        elif digest(folder / name) != expected:
            yield f"{name} does not match the receipt" + _first_line(folder / name, new_folder / name)


def _first_line(before: Path, after: Path) -> str:
    """Return the first line in which two files differ, as the end of a sentence; empty if it can't be found."""
    if not before.is_file() or not after.is_file():
        return ""
    with before.open("rb") as old, after.open("rb") as new:
        number = 1
        while True:
            left, right = old.readline(), new.readline()
            if left != right:
                return f", from line {number} on"
            if not left:
                return ""
            number += 1
