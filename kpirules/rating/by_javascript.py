"""Writes a rulebook as a JavaScript module, with the types of its subjects."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from ..diagnostics.phrases import PHRASES
from ..engines.integers import Obstacle
from ..engines.javascript import NoJavaScriptForm, Printed, literal, one_line, printed
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
    ids_by_column,
    limits,
)
from ..language.model.order import formula
from ..language.wording import Label
from ..plan import Plan
from .assessing.agreement import OUTCOMES
from .by_typescript import shared_text, tree_of, types
from .outlines import rows_in_words

if TYPE_CHECKING:
    from .program import Program

__all__ = ["JavaScript", "javascript", "label_of", "statements"]

Json = dict[str, Any]

RUNTIME = ("steps.js", "numbers.js", "subjects.js", "assessing.js", "margins.js")
"""The files that every module has before its rules, in order."""


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


def javascript(program: Program) -> JavaScript:
    """Return the module of a program.

    Args:
        program: the rules; of several variants and editions, subjects choose one.

    Raises:
        RulebookError: if nothing in the rulebook chooses the variant and edition.
        NoJavaScriptForm: if a step has no integer form.
    """
    code, found = _printed(program.settled())
    heading = _heading(program)
    about = "export const rulebooks = PARTS.map((part) => part.about);\nexport const rulebook = rulebooks[0];\n"
    left_out = tuple(dict.fromkeys(name for one in found for name in one.left_out))
    return JavaScript(f"{heading}\n{code}\n{about}", f"{heading}\n{types(program)}", left_out)


def statements(program: Program) -> str:
    """Return the statements of a module for a script that exports nothing.

    Args:
        program: the rules.

    Raises:
        NoJavaScriptForm: if a step has no integer form.
    """
    return _printed(program)[0].replace("\nexport function assess", "\nfunction assess")


def _printed(program: Program) -> tuple[str, list[Printed]]:
    """Return the statements that rate subjects, and the printed plan of each variant and edition."""
    does_choose = bool(program.variant_by or program.edition_by)
    plans = [_plan(part, does_choose=does_choose) for part in program.whole]
    found = _all_printed(plans)
    names = [*RUNTIME, *(["irrational.js"] if any(one.is_real for one in found) else [])]
    shared = {
        "STATUSES": [STATUSES[number] for number in sorted(STATUSES)],
        "OUTCOMES": OUTCOMES,
        "PHRASES": {
            tag: {key: text for key, text in phrases.items() if key.startswith("problem_")}
            for tag, phrases in PHRASES.items()
        },
        "CHOICE": _choice(program),
    }
    parts = [_part(*part) for part in zip(program.whole, plans, found, strict=True)]
    texts = [_constants(shared), *map(shared_text, names), "const PARTS = [];\n", *parts, shared_text("choosing.js")]
    return "\n".join(texts), found


def _all_printed(plans: Iterable[Plan]) -> list[Printed]:
    """Return all plans in JavaScript, or raise with the obstacles of all."""
    found: list[Printed] = []
    obstacles: list[Obstacle] = []
    for plan in plans:
        try:
            found.append(printed(plan))
        except NoJavaScriptForm as refused:
            obstacles += refused.obstacles
    if obstacles:
        raise NoJavaScriptForm(obstacles)
    return found


def _plan(program: Program, *, does_choose: bool) -> Plan:
    from ..analysis.proving import of_its_subjects

    return of_its_subjects(program.plan, program.rulebook) if does_choose else program.plan


def _constants(facts: Json) -> str:
    return "".join(f"const {name} = {literal(value)};\n" for name, value in facts.items())


def _part(program: Program, plan: Plan, found: Printed) -> str:
    """Return the block of one variant and edition: its facts and its functions."""
    facts = _facts(program, plan, found)
    gates = "".join(f"{gate.text}\nGATES[{number}].run = gate{number};\n" for number, gate in enumerate(found.gates))
    exempt = found.exempt or "const exempt = null;\nconst asked = null;"
    names = ", ".join((*facts, "rate", "exempt", "asked"))
    return f"{{\n{_constants(facts)}{found.text}\n{exempt}\n{gates}PARTS.push({{ {names} }});\n}}\n"


def _choice(program: Program) -> Json:
    """Return how a subject chooses its rules: the inputs that select a variant and an edition, and the columns."""
    gathered = program.gathered.inputs
    choosing = (program.variant_by, program.edition_by)
    return {
        "variant_by": program.variant_by,
        "edition_by": program.edition_by,
        "inputs": [_input(one) for one in program.rulebook.inputs if one.id in choosing],
        "columns": ids_by_column(gathered),
        "names": [name for one in gathered for name in (one.id, one.column) if name],
    }


# -- what is known of the rulebook -----------------------------------------------------------------


def _facts(program: Program, plan: Plan, found: Printed) -> Json:
    rulebook = program.rulebook
    domains = {one.id: one.domain for one in plan.inputs}
    bands = rulebook.bands
    first, until = _in_force(rulebook)
    return {
        "KEYS": found.keys,
        "REFUSALS": found.faults,
        "GATES": [_gate(rulebook, gate) for gate in found.gates],
        "ASKED": found.asked,
        "EXEMPT_FAULTS": found.exempt_faults,
        "INPUTS": [_input(evolve(one, domain=domains[one.id])) for one in rulebook.inputs],
        "BANDS": _bands(rulebook),
        "OVERLAP": "" if bands is None else bands.overlap or "",
        "CAN_DIFFER": bands is not None and bands.measure is None and not rulebook.bands_on_exact,
        "CRITERIA": [_criterion(one, parent, found.left_out) for one, parent in tree_of(rulebook.root, "")],
        "about": _about(program, found),
        "from": None if first is None else first.isoformat(),
        "until": None if until is None else until.isoformat(),
    }


def _in_force(rulebook: Rulebook) -> tuple[date | None, date | None]:
    """Return the first day in force, and the first day after; None if it is open."""
    firsts = [day for day in (rulebook.effective_from, rulebook.version.from_) if day is not None]
    ends = [day for day in (rulebook.effective_until, rulebook.version.until) if day is not None]
    return max(firsts, default=None), min(ends, default=None)


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


def _criterion(criterion: Criterion, parent: str, left_out: tuple[str, ...]) -> Json:
    """Return a criterion: its limits, and the composition of its contributions."""
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
    title = "" if rulebook.words.label is None else rulebook.words.label.text()
    rules = ", ".join(_named(part.rulebook) for part in program.whole)
    again = f"Printed by kpirules {__version__} from the rules {rules}: print it again if they change."
    return "".join(f"// {one_line(line)}\n" for line in (rulebook.id, title, again) if line)


def _named(rulebook: Rulebook) -> str:
    """Return the hash of rules, with their variant and edition."""
    edition, variant = rulebook.edition_in_force, rulebook.version.variant
    of = [text for text in (variant and f"variant {variant}", edition and f"edition {edition}") if text]
    return f"{rulebook.scoring_hash} ({', '.join(of)})" if of else rulebook.scoring_hash
