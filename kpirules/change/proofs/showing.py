"""Proofs as text, Markdown and HTML: one line for each claim, and the directions at a glance."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ...kernel.cards import Card, Table
from ...kernel.markup import Html
from ...kernel.shown import as_html, as_markdown, as_text
from ...kernel.visible import neutral
from .claims import Claim, InputDirection, PartProofs, Proofs

__all__ = ["proofs_text"]

EFFECTS = {
    "raises": "↑ raises",
    "lowers": "↓ lowers",
    "both": "↕ both",
    "none": "· nothing",
    "matters": "≠ matters",
    "status": "◦ whether rated",
    "unknown": "? unknown",
}
"""What more of an input does to the rating, at a glance; `whether` there is one."""

HEAD = "more of"
WIDE = max(map(len, EFFECTS.values()))


def proofs_text(found: Proofs, *, is_whole: bool = False) -> str:
    """Return plain text that ends with a line break.

    Args:
        found: the proofs.
        is_whole: whether to show subjects whole, also those of directions.
    """
    return "\n".join(map(neutral, _lines(found, is_whole=is_whole))) + "\n"


def _lines(found: Proofs, *, is_whole: bool) -> Iterator[str]:
    yield f"{found.rulebook}: {_summary(found)}"
    for part in found.parts:
        yield ""
        if part.name:
            yield part.name
        for claim in part.claims:
            yield from _claim_lines(claim)
        yield from (f"  note: {note}" for note in part.notes)
        if part.directions:
            yield ""
            yield from _direction_lines(part, is_whole=is_whole)


def _summary(found: Proofs) -> str:
    counts = [f"{found.count(answer)} {answer}" for answer in ("proved", "refuted", "unknown") if found.count(answer)]
    return ", ".join(counts) or "nothing to prove"


def _claim_lines(claim: Claim) -> Iterator[str]:
    yield f"  {claim.answer:<8} {claim.says}"
    for subject, rating in zip(claim.subjects, claim.ratings, strict=True):
        yield f"           {subject}: {rating}"
    if claim.allowed:
        yield f"           allowed: {claim.allowed}"
    if claim.answer == "unknown":
        yield f"           because {claim.reason}"
        yield f"           help: {claim.help}"


def _direction_lines(part: PartProofs, *, is_whole: bool) -> Iterator[str]:
    widest = max(len(HEAD), *(len(direction.input) for direction in part.directions))
    yield f"  {HEAD:<{widest}}  the rating"
    for direction in part.directions:
        lines = [_shown(direction, claim) for claim in _claims_of(direction) if claim.answer == "refuted"]
        yield f"  {direction.input:<{widest}}  {EFFECTS[direction.effect]:<{WIDE}}  {''.join(lines[:1])}".rstrip()
        for other in lines[1:]:
            yield f"  {'':<{widest}}  {'':<{WIDE}}  {other}"
        for claim in _claims_of(direction):
            if claim.answer == "unknown":
                yield f"  {'':<{widest}}  {'':<{WIDE}}  {claim.says}: unknown because {claim.reason}"
            if is_whole and claim.answer == "refuted":
                yield f"  {'':<{widest}}  {'':<{WIDE}}  {claim.subjects[0]}"


def _claims_of(direction: InputDirection) -> tuple[Claim, ...]:
    claims = (direction.never_raises, direction.never_lowers) if direction.is_ordered else (direction.never_lowers,)
    return claims if direction.never_matters is None else (*claims, direction.never_matters)


def _shown(direction: InputDirection, claim: Claim) -> str:
    """Return the two values of an input with the ratings that they give."""
    less, more = (_value(direction.input, subject) for subject in claim.subjects)
    return f"{less} → {more}: {claim.ratings[0]} → {claim.ratings[1]}"


def _value(id_: str, subject: str) -> str:
    list_, _, field = id_.partition(".")
    given: Any = json.loads(subject, parse_float=Decimal)[list_]
    value = given[0][field] if field else given
    return json.dumps(value, ensure_ascii=False) if isinstance(value, bool | str) else str(value)


# -- forms ----------------------------------------------------------------------------------------


@as_text.register
def _text(found: Proofs) -> str:
    return proofs_text(found)


@as_markdown.register
def _markdown(found: Proofs) -> str:
    return _card(found).markdown()


@as_html.register
def _html(found: Proofs) -> Html:
    return _card(found).html()


def _card(found: Proofs) -> Card:
    tables: list[Table] = []
    for part in found.parts:
        name = f"{part.name}: " if part.name else ""
        rows = [(claim.says, claim.answer, _evidence(claim)) for claim in part.claims]
        if rows:
            tables.append(Table.whole(f"{name}claims", ("claim", "answer", "shown with"), rows))
        rows = [
            (
                one.input,
                EFFECTS[one.effect],
                "; ".join(_shown(one, claim) for claim in _claims_of(one) if claim.subjects),
            )
            for one in part.directions
        ]
        if rows:
            tables.append(Table.whole(f"{name}directions", (HEAD, "the rating", "shown with"), rows))
    notes = tuple(dict.fromkeys(note for part in found.parts for note in part.notes))
    return Card(found.rulebook, "", "", _summary(found), "good" if found.is_good else "bad", notes, tuple(tables))


def _evidence(claim: Claim) -> str:
    lines = [f"{subject}: {rating}" for subject, rating in zip(claim.subjects, claim.ratings, strict=True)]
    return "; ".join(filter(None, (*lines, claim.allowed and f"allowed: {claim.allowed}", claim.reason)))
