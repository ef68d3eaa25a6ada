"""A rating, or the problems that prevent it, as plain data for the browser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve

from ..diagnostics import Diagnostic
from ..kernel.markup import Html, element, joined
from ..kernel.visible import neutral
from ..rating.program import Program
from ..record import Assessment
from ..showing.explaining import explain
from .fields import Fields
from .texts import text_of

__all__ = ["problem", "problems_of_rules", "rated", "refused"]

MISSING = "KR602"

_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+")
"""A number with a comma in place of the point."""


def rated(program: Program, assessment: Assessment, fields: Fields, *, is_explained: bool) -> dict[str, Any]:
    """Return a rating: verdict, ladder and waterfall as HTML, and one line for screen readers.

    Args:
        program: the rules.
        assessment: the record.
        fields: writes phrases.
        is_explained: whether the reasons are shown too.
    """
    explanation = explain(assessment, language=fields.language)
    shown = explanation if is_explained else evolve(explanation, sections=())
    note: str | Html = ""
    if program.has_quotas and assessment.band is not None:
        note = element("p", fields.say("form_before_quotas"), classes="hint")
    score = "" if assessment.score is None else text_of(assessment.score)
    headline = " · ".join(filter(None, (neutral(explanation.verdict.label), score)))
    tone = "good" if assessment.status == "rated" else "bad"
    return {"html": joined((shown.embedded(), note)).text, "headline": headline, "tone": tone, "problems": []}


def refused(problems: Iterable[Mapping[str, Any]], fields: Fields) -> dict[str, Any]:
    """Return the problems that prevent a rating.

    Args:
        problems: each with `path`, `message` and `is_missing`.
        fields: writes phrases.
    """
    found = list(problems)
    missing = sum(1 for problem in found if problem["is_missing"])
    return {
        "html": "",
        "headline": fields.say("form_no_rating"),
        "tone": "open",
        "problems": found,
        "wrong": fields.say("form_wrong", count=str(len(found) - missing)),
        "missing": fields.say("form_needed", count=str(missing)),
    }


def problem(found: Diagnostic, given: object, fields: Fields) -> dict[str, Any]:
    """Return a problem of a subject in the words of a form.

    Args:
        found: what is wrong.
        given: the value at its path.
        fields: writes phrases.
    """
    message = found.message_in(fields.language)
    if found.code == "KR603" and isinstance(given, str) and _COMMA.fullmatch(given.strip()):
        message += f". {fields.say('form_point', text=given.strip().replace(',', '.'))}"
    return {"path": found.path, "message": neutral(message), "is_missing": found.code == MISSING}


def problems_of_rules(report: Iterable[Diagnostic], paths: Iterable[str]) -> list[dict[str, Any]]:
    """Return the errors of rules, attached to the changed fields; without changed fields, to none.

    Args:
        report: what is wrong with the rules.
        paths: the places that were changed since the rules were last without errors.
    """
    texts = [". ".join(filter(None, (one.message, one.help))) for one in report]
    message = neutral(" ".join(dict.fromkeys(texts)))
    places = [f"rules:{path}" for path in paths] or [""]
    return [{"path": place, "message": message, "is_missing": False} for place in places]
