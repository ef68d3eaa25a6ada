"""Writes a rulebook as a form that rates in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from attrs import fields, has

from ..diagnostics.phrases import PHRASES
from ..engines.javascript import literal
from ..language.model import Rulebook
from ..language.wording import Label
from ..showing.form import form_page, phrases_of_forms
from .by_javascript import label_of, statements

if TYPE_CHECKING:
    from .program import Program

__all__ = ["form"]


def form(program: Program, language: str | None) -> str:
    """Return the page of a program; of several variants and editions, a subject chooses one.

    Args:
        program: the rules.
        language: of the page at first; by default the first of its labels.
    """
    rulebook, rulebooks = program.rulebook, [part.rulebook for part in program.settled().whole]
    languages = list(dict.fromkeys([*_languages(rulebooks), *PHRASES]))
    chosen = language or languages[0]
    title = rulebook.id if rulebook.words.label is None else rulebook.words.label.text(chosen)
    facts = {
        "language": chosen,
        "languages": list(dict.fromkeys([chosen, *languages])),
        "phrases": phrases_of_forms(),
        "parts": [_facts(one) for one in rulebooks],
    }
    return form_page(statements(program), literal(facts), title, chosen)


def _facts(rulebook: Rulebook) -> dict[str, Any]:
    """Return the facts about one variant and edition that only the form needs."""
    return {
        "names": dict(_names(rulebook)),
        "formulas": {
            f"{kind}.{one.id}": one.value.text
            for kind, named in (("let", rulebook.let), ("outputs", rulebook.outputs))
            for one in named
        },
        "has_quotas": bool(rulebook.quotas),
        "has_measure": rulebook.bands is not None and rulebook.bands.measure is not None,
    }


def _names(rulebook: Rulebook) -> Iterator[tuple[str, Any]]:
    """Yield the labels of parts of a rulebook by path."""
    for kind, named in (
        ("let", rulebook.let),
        ("outputs", rulebook.outputs),
        ("overrides", rulebook.overrides),
        ("exemptions", rulebook.exemptions),
        ("invariants", rulebook.invariants),
        ("limits", rulebook.score_limits),
    ):
        for part in named:
            if part.words.label is not None:
                yield f"{kind}.{part.id}", label_of(part.words.label)


def _languages(rulebooks: list[Rulebook]) -> list[str]:
    """Return the languages of all labels, the most frequent first."""
    counts: dict[str, int] = {}
    waiting: list[Any] = [*reversed(rulebooks)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Label):
            for tag in filter(None, value.texts):
                counts[tag] = counts.get(tag, 0) + 1
        elif has(type(value)):
            waiting += [getattr(value, field.name) for field in reversed(fields(type(value)))]
        elif isinstance(value, tuple):
            waiting += reversed(value)
        elif isinstance(value, dict):
            waiting += value.values()
    return sorted(counts, key=lambda tag: -counts[tag])
