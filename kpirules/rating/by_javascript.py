"""Writes a rulebook as a JavaScript module, with the types of its subjects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from ..diagnostics.phrases import PHRASES
from ..engines.javascript import Printed, literal, one_line, printed
from ..engines.scalar import STATUSES
from ..kernel.exact import to_text
from ..language.model import (
    ChoiceDomain,
    Criterion,
    Entered,
    Group,
    Input,
    ListDomain,
    NumberDomain,
    Rulebook,
    limits,
)
from ..language.model.order import formula
from ..language.wording import Label
from ..plan import Plan
from .assessing.agreement import OUTCOMES
from .outlines import rows_in_words

if TYPE_CHECKING:
    from .program import Program

__all__ = ["JavaScript", "javascript", "label_of", "statements"]

Json = dict[str, Any]

RUNTIME = ("steps.js", "numbers.js", "subjects.js", "assessing.js", "margins.js")
"""The files that every module has, in order."""


@frozen
class JavaScript:
    """A rulebook in JavaScript.

    Args:
        code: an ES module without dependencies.
        types: its declarations in TypeScript.
        left_out: the named values, invariants, rows and reasons that no step computes; no rating reads them.
    """

    code: str
    types: str
    left_out: tuple[str, ...]


def javascript(program: Program, *, does_choose: bool = False) -> JavaScript:
    """Return the module of a program with one variant and edition.

    Args:
        program: the rules.
        does_choose: whether a subject chooses its rules, so that one that chooses no rules is refused.

    Raises:
        NoJavaScriptForm: if a step has no integer form.
    """
    plan = _plan(program, does_choose=does_choose)
    found, heading = printed(plan), _heading(program)
    about = literal(_about(program, found))
    code = f"{heading}\n{_code(program, plan, found)}\nexport const rulebook = {about};\n"
    return JavaScript(code, f"{heading}\n{_types(program)}", found.left_out)


def statements(program: Program, *, does_choose: bool = False) -> str:
    """Return the statements of a module for a script that exports nothing.

    Args:
        program: the rules, with one variant and edition.
        does_choose: whether a subject chooses its rules.

    Raises:
        NoJavaScriptForm: if a step has no integer form.
    """
    plan = _plan(program, does_choose=does_choose)
    found = printed(plan)
    code = _code(program, plan, found).replace("\nexport function assess", "\nfunction assess")
    return f"{code}\nconst rulebook = {literal(_about(program, found))};\n"


def _plan(program: Program, *, does_choose: bool) -> Plan:
    from ..analysis.proving import of_its_subjects

    return of_its_subjects(program.plan, program.rulebook) if does_choose else program.plan


def _code(program: Program, plan: Plan, found: Printed) -> str:
    """Return the statements of a module: what is known of the rulebook, its functions, and what they share."""
    constants = "".join(f"const {name} = {literal(value)};\n" for name, value in _facts(program, plan, found).items())
    gates = "".join(f"{gate.text}\nGATES[{number}].run = gate{number};\n" for number, gate in enumerate(found.gates))
    names = [*RUNTIME, *(["irrational.js"] if found.is_real else [])]
    shared = "\n".join(map(_shared, names))
    return f"{constants}\n{shared}\n{found.text}\n{found.exempt}\n{gates}"


@cache
def _shared(name: str) -> str:
    """Return a text that all modules share."""
    return files("kpirules.engines.javascript").joinpath(name).read_text(encoding="utf-8")


# -- what is known of the rulebook -----------------------------------------------------------------


def _facts(program: Program, plan: Plan, found: Printed) -> Json:
    rulebook = program.rulebook
    domains = {one.id: one.domain for one in plan.inputs}
    bands = rulebook.bands
    return {
        "KEYS": found.keys,
        "REFUSALS": found.faults,
        "GATES": [_gate(rulebook, gate) for gate in found.gates],
        "ASKED": found.asked,
        "HAS_EXEMPTIONS": bool(found.exempt),
        "EXEMPT_FAULTS": found.exempt_faults,
        "INPUTS": [_input(evolve(one, domain=domains[one.id])) for one in rulebook.inputs],
        "STATUSES": [STATUSES[number] for number in sorted(STATUSES)],
        "OUTCOMES": OUTCOMES,
        "BANDS": _bands(rulebook),
        "OVERLAP": "" if bands is None else bands.overlap or "",
        "CAN_DIFFER": bands is not None and bands.measure is None and not rulebook.bands_on_exact,
        "CRITERIA": [_criterion(one, parent, found.left_out) for one, parent in _tree(rulebook.root, "")],
        "PHRASES": {
            tag: {key: text for key, text in phrases.items() if key.startswith("problem_")}
            for tag, phrases in PHRASES.items()
        },
    }


def label_of(label: Label | None) -> list[list[str]] | None:
    """Return a label as pairs of a language tag and a text.

    Args:
        label: of a part of the rulebook, or None.
    """
    return None if label is None else [[tag, text] for tag, text in label.texts.items()]


def _input(declared: Input) -> Json:
    """Return an input, as the runtime reads it."""
    words, domain = declared.words, declared.domain
    found: Json = {
        "id": declared.id,
        "column": declared.column,
        "label": label_of(words.label),
        "note": label_of(words.note),
        "limits": limits(declared).to_data(),
    }
    if declared.default is not None:
        found["default"] = _plain(declared.default)
    if declared.entered_for:
        found["entered"] = declared.entered_for
    match domain:
        case NumberDomain():
            found["denominator"] = str(domain.denominator)
        case ChoiceDomain(options=options, labels=labels):
            found["options"] = [label_of(labels.get(option)) for option in options]
        case ListDomain(fields=fields, unique=unique):
            found |= {"fields": [_input(one) for one in fields], "unique": unique}
    return {name: value for name, value in found.items() if value not in (None, "", ())}


def _plain(value: Fraction | bool | str | date) -> bool | str:
    match value:
        case bool() | str():
            return value
        case Fraction():
            return to_text(value)
    return value.isoformat()


def _gate(rulebook: Rulebook, gate: Any) -> Json:
    found: Json = {"id": gate.id, "records": gate.records, "reads": gate.reads, "refusals": gate.faults}
    if gate.is_entered:
        return found | {"entered": True}
    conditions = rulebook.validations
    if gate.records:
        (declared,) = (one for one in rulebook.inputs if one.id == gate.records)
        assert isinstance(declared.domain, ListDomain)
        conditions = declared.domain.validations
    (condition,) = (one for one in conditions if one.id == gate.id)
    return found | {"label": label_of(condition.words.label), "formula": condition.that.text}


def _bands(rulebook: Rulebook) -> list[Json]:
    if rulebook.bands is None:
        return []
    found = []
    for band in rulebook.bands.levels:
        interval = band.interval
        low, high = (None if end is None else to_text(end) for end in (interval.lower, interval.upper))
        ends = [low, interval.is_lower_open, high, interval.is_upper_open]
        found.append({"id": band.id, "label": label_of(band.words.label), "ends": ends})
    return found


def _tree(criterion: Criterion | None, parent: str) -> Iterator[tuple[Criterion, str]]:
    if criterion is not None:
        yield criterion, parent
        for child in criterion.children:
            yield from _tree(child, criterion.id)


def _criterion(criterion: Criterion, parent: str, left_out: tuple[str, ...]) -> Json:
    """Return a criterion: its limits, and what its contributions are made of."""
    found: Json = {
        "id": criterion.id,
        "parent": parent,
        "label": label_of(criterion.words.label),
        "source": str(criterion.words.source or ""),
        "min": None if criterion.min is None else to_text(criterion.min),
        "max": None if criterion.max is None else to_text(criterion.max),
        "rows": () if f"row.{criterion.id}" in left_out else rows_in_words(criterion.body),
        "adjusted": criterion.is_clamped or criterion.round is not None,
    }
    if isinstance(criterion.body, Group) and criterion.body.combine in ("sum", "mean"):
        found["lines"] = "points" if criterion.body.combine == "sum" else f"line.{criterion.id}"
    if isinstance(criterion.body, Entered):
        found["entered"] = True
    if (only := formula(criterion)) is not None:
        found["formula"] = only.text
    return {name: value for name, value in found.items() if value not in (None, "", (), False)}


def _about(program: Program, found: Printed) -> Json:
    rulebook = program.rulebook
    return {
        "id": rulebook.id,
        "title": label_of(rulebook.words.label),
        "source": str(rulebook.words.source or ""),
        "edition": rulebook.edition_in_force,
        "variant": rulebook.version.variant,
        "scoring_hash": rulebook.scoring_hash,
        "content_hash": rulebook.content_hash,
        "left_out": found.left_out,
    }


def _heading(program: Program) -> str:
    from .. import __version__

    rulebook = program.rulebook
    facts = [
        rulebook.id,
        f"edition {rulebook.edition_in_force}" if rulebook.edition_in_force else "",
        f"variant {rulebook.version.variant}" if rulebook.version.variant else "",
    ]
    title = "" if rulebook.words.label is None else rulebook.words.label.text()
    lines = [", ".join(filter(None, facts)), title]
    lines.append(
        f"Printed by kpirules {__version__} from the rules {rulebook.scoring_hash}: print it again if they change."
    )
    return "".join(f"// {one_line(line)}\n" for line in lines if line)


# -- types -----------------------------------------------------------------------------------------


def _types(program: Program) -> str:
    rulebook = program.rulebook
    shared = _shared("types.d.ts")
    unions = {
        "Band": [] if rulebook.bands is None else rulebook.bands.ids,
        "CriterionId": [one.id for one, _ in _tree(rulebook.root, "")],
        "OutputId": [one.id for one in rulebook.outputs],
        "LetId": [one.id for one in rulebook.let],
        "OverrideId": [one.id for one in rulebook.overrides],
    }
    told = "".join(f"export type {name} = {_union(ids)};\n" for name, ids in unions.items())
    return f"{shared}\n{told}\nexport interface Subject {{\n{_fields(rulebook.inputs, '  ')}}}\n"


def _union(texts: Iterable[str]) -> str:
    return " | ".join(literal(text) for text in texts) or "never"


def _fields(declared: Iterable[Input], indent: str) -> str:
    lines = []
    for one in declared:
        is_needed = limits(one).is_required
        if one.words.label is not None:
            lines.append(f"{indent}/** {one_line(one.words.label.text())} */\n")
        absent = "" if is_needed else " | null"
        lines.append(f"{indent}{one.id}{'?' * (not is_needed or bool(one.column))}: {_type(one, indent)}{absent};\n")
        if one.column:
            lines.append(f"{indent}{literal(one.column)}?: {_type(one, indent)}{absent};\n")
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
