"""Two editions → whether they rate every subject alike, who loses a band, and where they differ."""

from __future__ import annotations

from attrs import evolve

from ...analysis.proving.solving import require_z3
from ...rating.program import Program
from ..by_part import pairs_of_parts
from ..rewriting import rewritten
from ..writing import Part, parts_of
from .claims import ONLY_WHERE, PartProofs, Proofs

__all__ = ["prove_change"]


def prove_change(
    old: Program, new: Program, *, nobody_loses_a_band: bool = False, only_where: str | None = None
) -> Proofs:
    """Prove that two editions rate every subject alike, or show one that they rate differently.

    Args:
        old: the old edition, with all its variants and editions by date.
        new: the new edition, likewise.
        nobody_loses_a_band: whether to prove instead that nobody who has a band gets a worse one, or none.
        only_where: prove instead that ratings differ only where this condition of the new edition holds; like an
            invariant, it reads inputs, named values, the score and the band.

    Raises:
        RulebookError: `only_where` is no condition over the names of the new edition.
        ModuleNotFoundError: the extra `prove` is not installed.

    >>> from kpirules import load
    >>> rules = {"kpirules": 1, "inputs": {"late": {"type": "integer", "min": 0, "max": 9}},
    ...          "criteria": {"work": {"max": 100, "points": "100 - 10 * late"}}}
    >>> other = rules | {"criteria": {"work": {"max": 100, "points": "10 * (10 - late)"}}}
    >>> found = prove_change(load(rules), load(other))
    >>> found.claims[0].says, found.claims[0].answer
    ('every subject that both accept is rated alike', 'proved')
    """
    require_z3()
    from .both import change_proofs

    parts = []
    for name, one, other in pairs_of_parts(old, new):
        if one is None or other is None:
            parts.append(PartProofs(name, (), (), (f"only the {'old' if other is None else 'new'} edition has it",)))
            continue
        where = None if only_where is None else _with_condition(other, only_where)
        parts.append(change_proofs(name, one, other, where, nobody_loses_a_band=nobody_loses_a_band))
    if len(parts) == 1:
        parts = [evolve(parts[0], name="")]
    return Proofs(f"{_named(old)} → {_named(new)}", tuple(parts))


def _named(program: Program) -> str:
    return " ".join(filter(None, (program.id, program.rulebook.edition)))


def _with_condition(program: Program, text: str) -> Program:
    """Return rules with one more invariant, for the same subjects.

    Raises:
        RulebookError: if it is no condition over their names.
    """
    parts = parts_of(program.rulebook)
    path = f"invariants.{ONLY_WHERE}"
    return rewritten(
        program, {**parts, path: Part(path, "invariants", ONLY_WHERE, "", {"that": text})}.values(), "--only-where"
    )
