"""Writes the types of a JavaScript module in TypeScript."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from attrs import evolve

from ..engines.javascript import literal, one_line
from ..language.model import ChoiceDomain, Criterion, Input, ListDomain, NumberDomain, Rulebook, limits

if TYPE_CHECKING:
    from .program import Program

__all__ = ["shared_text", "tree_of", "types"]


@cache
def shared_text(name: str) -> str:
    """Return a text that all modules share.

    Args:
        name: of its file.
    """
    return files("kpirules.engines.javascript").joinpath(name).read_text(encoding="utf-8")


def types(program: Program) -> str:
    """Return the declarations of a module.

    Args:
        program: the rules; a subject of several variants has the inputs of one.
    """
    rulebooks = [part.rulebook for part in program.whole]
    unions = {
        "Band": [id_ for one in rulebooks if one.bands is not None for id_ in one.bands.ids],
        "CriterionId": [criterion.id for one in rulebooks for criterion, _ in tree_of(one.root, "")],
        "OutputId": [named.id for one in rulebooks for named in one.outputs],
        "LetId": [named.id for one in rulebooks for named in one.let],
        "OverrideId": [override.id for one in rulebooks for override in one.overrides],
    }
    unions_text = "".join(f"export type {name} = {_union(dict.fromkeys(ids))};\n" for name, ids in unions.items())
    return f"{shared_text('types.d.ts')}\n{unions_text}\n{_subjects(rulebooks, program)}"


def _subjects(rulebooks: Iterable[Rulebook], program: Program) -> str:
    """Return the type of a subject: of several variants, one of the types of their subjects."""
    others = program.gathered.inputs
    bodies: dict[str, str] = {}
    for rulebook in rulebooks:
        own = [_of_variant(one, rulebook, program.variant_by) for one in rulebook.inputs]
        ids = {one.id for one in own}
        absent = "".join(f"  {one.id}?: null;\n" for one in others if one.id not in ids)
        bodies.setdefault(f"{_fields(own, '  ')}{absent}", rulebook.version.variant)
    if len(bodies) == 1:
        return f"export interface Subject {{\n{next(iter(bodies))}}}\n"
    names = [f"Subject{number}" for number, _ in enumerate(bodies, 1)]
    subjects = (
        f"/** {one_line(variant or name)} */\nexport interface {name} {{\n{body}}}\n\n"
        for name, (body, variant) in zip(names, bodies.items(), strict=True)
    )
    return f"{''.join(subjects)}export type Subject = {' | '.join(names)};\n"


def _of_variant(declared: Input, rulebook: Rulebook, variant_by: str) -> Input:
    """Return an input; the input that chooses the variant has only that option."""
    variant, domain = rulebook.version.variant, declared.domain
    if declared.id == variant_by and isinstance(domain, ChoiceDomain) and variant in domain.options:
        return evolve(declared, domain=evolve(domain, options=(variant,)))
    return declared


def tree_of(criterion: Criterion | None, parent: str) -> Iterator[tuple[Criterion, str]]:
    """Yield each criterion with the id of its group, or empty.

    Args:
        criterion: the first one.
        parent: the id of its group.
    """
    if criterion is not None:
        yield criterion, parent
        for child in criterion.children:
            yield from tree_of(child, criterion.id)


def _union(texts: Iterable[str]) -> str:
    return " | ".join(literal(text) for text in texts) or "never"


def _fields(declared: Iterable[Input], indent: str) -> str:
    lines = []
    for input_ in declared:
        is_needed = limits(input_).is_required
        if input_.words.label is not None:
            lines.append(f"{indent}/** {one_line(input_.words.label.text())} */\n")
        absent = "" if is_needed else " | null"
        lines.append(
            f"{indent}{input_.id}{'?' * (not is_needed or bool(input_.column))}: {_type(input_, indent)}{absent};\n"
        )
        if input_.column:
            lines.append(f"{indent}{literal(input_.column)}?: {_type(input_, indent)}{absent};\n")
    return "".join(lines)


def _type(declared: Input, indent: str) -> str:
    match declared.domain:
        case NumberDomain():
            return "Exact"
        case ChoiceDomain(options=options):
            return _union(options)
        case ListDomain(fields=fields):
            return f"ReadonlyArray<{{\n{_fields(fields, indent + '  ')}{indent}}}>"
    return {"boolean": "boolean", "date": "Day"}.get(limits(declared).kind, "string")
