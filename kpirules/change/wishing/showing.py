"""Least changes and what-ifs as text, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...kernel.cards import Card, Table
from ...kernel.markup import Html
from ...kernel.shown import as_html, as_markdown, as_text
from ...kernel.visible import neutral
from .beside import WhatIf, in_words, standing
from .least import Needed

__all__: list[str] = []


@as_text.register
def _needed_text(found: Needed) -> str:
    return "\n".join(map(neutral, _lines(found))) + "\n"


def _lines(found: Needed) -> Iterator[str]:
    yield _summary(found)
    yield from (f"  {id_}: {in_words(was)} → {in_words(now)}" for id_, (was, now) in found.changes.items())
    if found.assessment is not None and found.changes:
        yield f"  then {standing(found.assessment)}"
    yield from (f"  {line}" for line in _in_the_way(found))
    yield from (f"  note: {note}" for note in found.notes)


def _in_the_way(found: Needed) -> tuple[str, ...]:
    if not found.obstacles:
        return ()
    paths = ", ".join(f"`{path}`" for path in found.obstacles)
    return (f"in the way: {paths}; the score alone would reach it",)


def _summary(found: Needed) -> str:
    inputs = ", ".join(f"`{id_}`" for id_ in found.changing)
    if found.assessment is None:
        answer = "no value reaches it, proved" if found.is_proved else "no change was found, and none is ruled out"
        return f"`{found.band}` by {inputs}: {answer}"
    if not found.changes:
        return f"`{found.band}`: reached without a change"
    answer = "the least change, proved" if found.is_proved else "the least change found"
    return f"`{found.band}` by {inputs}: {answer}"


def _needed_card(found: Needed) -> Card:
    rows = [(id_, in_words(was), in_words(now)) for id_, (was, now) in found.changes.items()]
    tables = (Table.whole("changes", ("input", "now", "needed"), rows),) if rows else ()
    facts, state = (*_in_the_way(found), *found.notes), "good" if found.is_reached else "bad"
    then = standing(found.assessment) if found.assessment is not None and rows else ""
    return Card(found.rulebook, "", then, _summary(found), state, facts, tables)


@as_markdown.register
def _needed_markdown(found: Needed) -> str:
    return _needed_card(found).markdown()


@as_html.register
def _needed_html(found: Needed) -> Html:
    return _needed_card(found).html()


# -- what if --------------------------------------------------------------------------------------------


def _rows(found: WhatIf) -> list[tuple[str, str, str]]:
    """Return the inputs, points and results that differ."""
    before, after = found.before, found.after
    pairs = [(id_, before.subject.get(id_), after.subject.get(id_)) for id_ in {**before.subject, **after.subject}]
    pairs += [(f"points of {id_}", before.points.get(id_), after.points.get(id_)) for id_ in before.points]
    pairs += [("score", before.score, after.score), ("band", before.band, after.band)]
    pairs += [("status", before.status, after.status)]
    return [(name, _cell(was), _cell(now)) for name, was, now in pairs if was != now]


def _cell(value: Any) -> str:
    return "list" if isinstance(value, tuple | list) else "–" if value is None else in_words(value)


def _card(found: WhatIf) -> Card:
    standings = f"{standing(found.before)} → {standing(found.after)}"
    tables = (Table.whole("what differs", ("", "now", "then"), _rows(found)),)
    return Card(found.before.rulebook, "", "", standings, "", (), tables)


@as_text.register
def _what_if_text(found: WhatIf) -> str:
    rows = [f"  {name}: {was} → {now}" for name, was, now in _rows(found)]
    return "\n".join(map(neutral, (f"{standing(found.before)} → {standing(found.after)}", *rows))) + "\n"


@as_markdown.register
def _what_if_markdown(found: WhatIf) -> str:
    return _card(found).markdown()


@as_html.register
def _what_if_html(found: WhatIf) -> Html:
    return _card(found).html()
