"""Drawn rulebooks and subjects for printed modules."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable

from kpirules import RulebookError
from kpirules.engines.javascript import NoJavaScriptForm
from tests.agreement.aiming import subject
from tests.agreement.generation import draw, unshown
from tests.javascript.agreeing import Pairs, in_json

__all__ = ["drawn_pairs"]


def drawn_pairs(seeds: Iterable[int], each: int, refused: Counter[str] | None = None) -> list[Pairs]:
    """Return drawn programs that have a module, with drawn subjects.

    Args:
        seeds: where chance comes from.
        each: subjects of a rulebook.
        refused: counts why others have no module.
    """
    found = []
    for seed in seeds:
        source = random.Random(seed)
        try:
            drawn = draw(source, unshown)
            module = drawn.program.javascript()
        except RulebookError:
            continue  # the tests of agreement tell of it
        except NoJavaScriptForm as without:
            if refused is not None:
                refused.update({obstacle.why for obstacle in without.obstacles})
            continue
        subjects = [subject(source, drawn.book, drawn.program) for _ in range(each)]
        inputs = drawn.program.rulebook.inputs
        found.append(Pairs(drawn.program, module, [(one, in_json(one, inputs)) for one in subjects]))
    return found
