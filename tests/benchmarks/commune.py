"""Measures a year of many communes in one command: `python -m tests.benchmarks.commune --communes 50`.

Each commune is the one of `examples/commune2026`, 200 people over twelve months with their divisions and heads, under
names of its own, so that every commune has groups and quotas of its own.
"""

from __future__ import annotations

import csv
import os
import resource
import runpy
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parents[2]
COMMUNE = ROOT / "examples" / "commune2026"

OWN = ("person", "unit", "agency", "field")
"""Columns in which every commune has names of its own."""


def write(folder: Path, communes: int) -> int:
    """Write the tables of some communes; return the number of people.

    Args:
        folder: gets the tables.
        communes: how many.

    Returns:
        How many people there are.
    """
    tables: dict[str, list[dict[str, Any]]] = runpy.run_path(str(COMMUNE / "make.py"))["tables"]()
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(rows[0])
            for number in range(communes):
                for row in rows:
                    writer.writerow([_cell(column, value, number) for column, value in row.items()])
    return communes * len(tables["year"])


def _cell(column: str, value: object, number: int) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"{text} {number}" if column in OWN else text


def measured(communes: int, *options: str) -> tuple[int, float, float, int]:
    """Return the people, wall-clock and processor seconds, and peak megabytes of one `kpirules appraise`.

    Args:
        communes: how many.
        options: of the command.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        people = write(folder / "data", communes)
        command = [
            sys.executable,
            "-m",
            "kpirules",
            "appraise",
            str(COMMUNE / "commune.appraisal.yaml"),
            "--root",
            str(COMMUNE.parent),
        ]
        command += ["--data", str(folder / "data"), "-o", str(folder / "out"), *options]
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
        surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
        seconds, after = perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return people, seconds, after.ru_utime - before.ru_utime, after.ru_maxrss // 1024


def main(arguments: Sequence[str] | None = None) -> None:
    parser = ArgumentParser(prog="python -m tests.benchmarks.commune", description=__doc__)
    parser.add_argument("--communes", type=int, default=50, help="how many, of 200 people each")
    parser.add_argument("--whole", action="store_true", help="write the whole record of every assessment as well")
    options = parser.parse_args(arguments)
    people, seconds, processor, megabytes = measured(options.communes, *([] if options.whole else ["--brief"]))
    print(f"{people:,} people, twelve months: {seconds:.1f} s, {processor:.1f} s of the processor, {megabytes:,} MB")


if __name__ == "__main__":
    main()
