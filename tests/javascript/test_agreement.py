"""Printed modules under Node: what the reference engine says, exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

import kpirules as kr
from kpirules.engines.javascript import NoJavaScriptForm
from kpirules.rating.by_javascript import JavaScript
from kpirules.testing import read_cases
from tests.budget import by_budget, some
from tests.javascript.agreeing import Pairs, disagreements, in_json
from tests.javascript.drawn import drawn_pairs

EXAMPLES = Path(__file__).parents[2] / "examples"

WITHOUT = {"hdi/ranking", "mips2024/quality", "objectives/person", "teacher_evaluation/year"}
"""Examples without a module: they compare subjects, or sort records."""

BLOCKS = 10
"""Parts of a long run, so that no folder has all modules."""


@pytest.mark.parametrize("block", range(by_budget(1, BLOCKS)))
def test_drawn_subjects_are_rated_alike(tmp_path: Path, block: int) -> None:
    rulebooks = by_budget(5, 100)
    pairs = drawn_pairs(range(90_000 + block * rulebooks, 90_000 + (block + 1) * rulebooks), by_budget(6, 16))
    assert pairs
    assert disagreements(tmp_path, pairs) == []


def example_pairs(path: Path) -> Iterator[Pairs]:
    """Yield each variant and edition of an example, with the cases that it rates alone."""
    name = str(path.relative_to(EXAMPLES)).removesuffix(".cases.yaml")
    file = read_cases(path, root=EXAMPLES)
    program = kr.load(file.rulebook, root=EXAMPLES)
    alone = [case for case in file.cases if not case.members]
    for part in program.whole:
        try:
            module = part.javascript()
        except NoJavaScriptForm:
            assert name in WITHOUT
            continue
        assert name not in WITHOUT
        yield _pairs(part, module, [case.given for case in alone if _is_of(part, case)])
    if program.variant_by or program.edition_by:
        yield _pairs(program, program.javascript(), [*_changed(program, [case.given for case in alone])])


def _pairs(program: kr.Program, module: JavaScript, subjects: Iterable[Mapping[str, object]]) -> Pairs:
    inputs = tuple(program.inputs.values())
    return Pairs(program, module, [(one, in_json(one, inputs)) for one in subjects])


def _changed(program: kr.Program, subjects: Sequence[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
    """Yield subjects, also without the value that chooses the rules, a wrong one, absent values, and an odd name."""
    wrong = {program.variant_by: ("other", True), program.edition_by: (date(1, 1, 1), date(9999, 12, 31), True)}
    yield from subjects
    for subject in subjects:
        yield dict.fromkeys(program.inputs) | dict(subject)
        yield {**subject, "__proto__": 1}
        for id_ in filter(None, wrong):
            yield {name: value for name, value in subject.items() if name != id_}
            yield from ({**subject, id_: value} for value in wrong[id_])


def _is_of(part: kr.Program, case: object) -> bool:
    variant, on = getattr(case, "variant", None), getattr(case, "on", None)
    own = part.rulebook.version
    return variant in (None, own.variant) and (on is None or part.rulebook.is_in_force(on))


def test_the_cases_of_the_examples_are_rated_alike(tmp_path: Path) -> None:
    paths = some(sorted(EXAMPLES.rglob("*.cases.yaml")), 8)
    pairs = [pair for path in paths for pair in example_pairs(path)]
    assert sum(len(pair.subjects) for pair in pairs) > by_budget(10, 300)
    assert disagreements(tmp_path, pairs) == []
