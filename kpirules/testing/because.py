"""The lines of an explanation about one result."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from ..record import Assessment
from ..showing.explaining import Explanation, Line, explain

__all__ = ["because"]

_KINDS = {
    "points": ("criterion",),
    "share": ("criterion",),
    "score": ("criterion",),
    "let": ("let",),
    "outputs": ("output",),
    "overrides": ("override",),
    "band": ("rating", "fact", "band", "override", "quota"),
    "status": ("rating", "fact"),
    "invariants": ("invariant",),
}
"""The kinds of lines that explain an expectation, by its key."""


def because(what: str, assessment: Assessment) -> tuple[str, ...]:
    """Return the part of the explanation about one expectation, as one note, or nothing.

    Args:
        what: the path of the expectation, such as `points.results`.
        assessment: the assessment to explain.
    """
    key, _, id_ = what.partition(".")
    explanation = explain(assessment)
    lines = list(_about(explanation, key, id_ or ("score" if key == "score" else "")))
    # A missing result is explained by the rating as a whole.
    lines = lines or list(_about(explanation, "status", ""))
    text = "\n".join(part for line in lines for part in _line_texts(line))
    return (text,) if text else ()


def _about(explanation: Explanation, key: str, id_: str) -> Iterator[Line]:
    # The foot of an explanation identifies the rules, and is not about the subject.
    for line in chain.from_iterable(part.walk() for part in (explanation.verdict, *explanation.sections)):
        if line.kind in _KINDS[key] and (not id_ or line.id == id_):
            yield line


def _line_texts(line: Line) -> Iterator[str]:
    """Yield a line, its formula with values, and its parts in one line each."""
    yield _summary(line)
    if line.formula or line.working:
        yield f"  {' '.join((line.formula, *line.working)).strip()}"
    for child in line.children if line.kind == "criterion" else ():
        if child.kind == "formula":
            formula = f"{child.id}: {child.formula}" if child.formula else child.id
            yield f"  {' '.join((formula, *child.working))}"
        else:
            yield f"  {_summary(child)}"


def _summary(line: Line) -> str:
    is_sentence = line.kind in ("rating", "fact")
    name = line.label if is_sentence else " · ".join(part for part in (line.id, line.label) if part)
    amount = "" if is_sentence else line.amount
    amount = f"{amount} / {line.out_of}" if amount and line.out_of else amount
    cited = f"[{line.citation}]" if line.citation is not None else ""
    remark = " ".join(part for part in (line.remark, cited) if part)
    text = f"{name}: {amount}" if amount and name else name or amount
    return f"{text}; {remark}" if remark and text else text or remark
