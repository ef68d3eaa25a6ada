"""Counts the subjects that comparisons show, and those that both whole rulebooks rate differently.

`python -m tests.agreement.editions --seeds 40` counts on the examples, and on drawn rulebooks with an amendment or
variants.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import define

from kpirules import KpirulesError, Program, assess
from kpirules.change import compare_parts
from kpirules.loading.loading import load_whole
from kpirules.rating.assessing import part_of

from .drafting import Mapped
from .generation import draw, unshown

__all__ = ["Count", "drawn_pairs", "example_pairs", "shown_by"]

EXAMPLES = Path(__file__).parents[2] / "examples"

END = re.compile(r"(from|above): ([1-9][0-9]*)(?=[,}\n])")
"""A whole number at the lower end of something."""

FORMULA = re.compile(r"(points|rate): (?![\"'&{\[])([^,}\n]+)$", re.MULTILINE)

DATE: Mapped = {"type": "date", "min": "2026-01-01", "max": "2027-12-31"}

STRICTER: Mapped = {"score": {"limits": {"cut": {"at_most": 5}}}}


@define
class Count:
    """Counts of shown subjects.

    Args:
        parts: parts of rulebooks that differ.
        shown: of how many of them a subject is shown.
        true: how many of these both whole rulebooks rate, and differently.
    """

    parts: int = 0
    shown: int = 0
    true: int = 0

    def __str__(self) -> str:
        return (
            f"{self.parts} parts differ, {self.shown} subjects are shown, {self.true} of them are rated differently"
        )


def shown_by(old: Program, new: Program, count: Count) -> None:
    """Count the subjects that the comparison of two rulebooks shows."""
    for part in compare_parts(old, new).parts:
        found = part.comparison
        if found is None or found.is_same:
            continue
        count.parts += 1
        if found.significance.ratings == "differ":
            count.shown += 1
            count.true += _is_true(old, new, json.loads(found.significance.witness, parse_float=Fraction))


def _is_true(old: Program, new: Program, witness: dict[str, Any]) -> bool:
    """Return whether both rulebooks assess a subject, and differently."""
    ratings = []
    for program in (old, new):
        try:
            found = assess(program, _own(program, witness))
        except KpirulesError as refusal:
            if any(one.span is None for one in refusal.report):
                return False
            ratings.append("fault")
            continue
        ratings.append((found.status, found.band, found.score, found.exact_score, found.outputs))
    return ratings[0] != ratings[1]


def _own(program: Program, witness: dict[str, Any]) -> dict[str, Any]:
    """Return a subject's values for the inputs of its part."""
    rulebook = program.gathered
    if program.parts:
        declared = {one.id for one in rulebook.inputs}
        rulebook = part_of(program, {id_: value for id_, value in witness.items() if id_ in declared})[0].rulebook
    taken = {one.id for one in rulebook.inputs}
    return {id_: value for id_, value in witness.items() if id_ in taken}


def example_pairs() -> Iterator[tuple[Program, Program]]:
    """Yield each example whose subjects choose variant and edition, and a copy with one number or formula changed."""
    with TemporaryDirectory() as folder:
        for path in sorted(EXAMPLES.glob("**/*.kpi.yaml")):
            text = path.read_text(encoding="utf-8")
            for base in path.parent.glob("*.kpi.yaml"):
                (Path(folder) / base.name).write_text(base.read_text(encoding="utf-8"), encoding="utf-8")
            try:
                old = load_whole(Path(folder) / path.name)
                old.settled()
            except (KpirulesError, OSError):
                continue
            changed = [text[: m.start(2)] + str(int(m[2]) + 1) + text[m.end(2) :] for m in END.finditer(text)]
            changed += [f"{text[: m.start(2)]}({m[2]}) / 2{text[m.end(2) :]}" for m in FORMULA.finditer(text)]
            for number, other in enumerate(changed[:MOST_OF_AN_EXAMPLE]):
                file = Path(folder) / f"changed{number}.kpi.yaml"
                file.write_text(other, encoding="utf-8")
                try:
                    yield old, load_whole(file)
                except KpirulesError:
                    continue


MOST_OF_AN_EXAMPLE = 8


def drawn_pairs(seed: int) -> Iterator[tuple[Program, Program]]:
    """Yield drawn rulebooks in pairs: without and with an amendment, and with equal and different variants."""
    book = draw(random.Random(seed), unshown).book
    dated = deepcopy(book) | {"edition_by": "day_of_rating"}
    dated["inputs"] = {**book["inputs"], "day_of_rating": DATE}
    amendments = [{"from": "2026-06-01", "source": "Decree 2", "change": STRICTER}]
    posted = deepcopy(book) | {"variant_by": "post_held"}
    posted["inputs"] = {**book["inputs"], "post_held": {"type": "choice", "options": ["head", "deputy"]}}
    alike: Mapped = {"head": {}, "deputy": {}}
    for old, new in (
        (dated, {**dated, "amendments": amendments}),
        ({**posted, "variants": alike}, {**posted, "variants": {**alike, "deputy": STRICTER}}),
    ):
        try:
            yield load_whole(old), load_whole(new)
        except KpirulesError:
            continue


def main() -> None:
    """Print both counts."""
    parser = argparse.ArgumentParser(prog="python -m tests.agreement.editions", description=__doc__)
    parser.add_argument("--seeds", type=int, default=40, help="drawn rulebooks")
    parser.add_argument("--examples", action="store_true", help="also count on the examples")
    given = parser.parse_args()
    if given.examples:
        count = Count()
        for pair in example_pairs():
            shown_by(*pair, count)
        print(f"examples: {count}", flush=True)
    count = Count()
    for seed in range(given.seeds):
        for pair in drawn_pairs(seed):
            shown_by(*pair, count)
    print(f"drawn: {count}", flush=True)


if __name__ == "__main__":
    main()
