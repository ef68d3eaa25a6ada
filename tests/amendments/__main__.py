"""Which tools notice faulty amendments: `python -m tests.amendments`, or those of one rulebook with `--only news2`.

It prints a table; `--write` keeps it in `found.yaml`, which the test holds the tools to.
"""

from __future__ import annotations

import argparse
import sys
from time import monotonic

import yaml

from .trying import HERE, TOOLS, amendments, is_without_effect, noticed

MARKS = {True: "x", False: "."}


def main() -> int:
    """Print a row for each amendment; the exit status tells whether two tools notice every one that has an effect."""
    parser = argparse.ArgumentParser(prog="python -m tests.amendments", description=__doc__)
    parser.add_argument("--only", default="", help="those of rulebooks with this in their name")
    parser.add_argument("--write", action="store_true", help="keep what is found")
    given = parser.parse_args()
    print("  ".join(TOOLS), " seconds  amendment")
    found: list[list[str]] = []
    are_too_few = False
    for amendment in amendments():
        if given.only not in amendment.rulebook:
            continue
        began = monotonic()
        by = dict(noticed(amendment))
        found.append([tool for tool, notices in by.items() if notices])
        has_effect = bool(found[-1]) or not is_without_effect(amendment)
        last = "" if has_effect else "  (proved to be without effect)"
        are_too_few |= has_effect and len(found[-1]) < 2
        marks = "  ".join(MARKS[by[tool]].ljust(len(tool)) for tool in TOOLS)
        print(f"{marks}  {monotonic() - began:6.1f}  {amendment}{last}", flush=True)
    for tool in TOOLS:
        print(f"{tool}: {sum(tool in tools for tools in found)} of {len(found)}")
    print(f"by none: {sum(not tools for tools in found)}; by one: {sum(len(tools) == 1 for tools in found)}")
    if given.write:
        rows = [{"amendment": str(one), "by": by} for one, by in zip(amendments(), found, strict=True)]
        written = yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=10_000)
        (HERE / "found.yaml").write_text(written, encoding="utf-8")
    return int(are_too_few)


if __name__ == "__main__":
    sys.exit(main())
