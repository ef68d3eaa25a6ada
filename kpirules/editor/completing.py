"""Completions at a place inside a formula or a short reference, even while the text around it is broken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from attrs import frozen

from ..documents import Document, Scalar, read_text
from ..documents.shapes import SHAPES
from ..documents.source_text import format_of
from ..language.expressions import AGGREGATES, COHORT_FUNCTIONS, FUNCTIONS
from .formulas import scan, value_start
from .hovering import described, kind_of
from .index import Index, context_of
from .knowledge import Knowledge
from .survey import Slot, Survey, Trail, survey
from .symbols import BUILT_IN, PREFIXES, Symbol

__all__ = ["Gap", "Suggestion", "completions", "gap_at"]

MAX_SUGGESTIONS = 2_000
"""The most names that are offered: nobody reads more, and each is described."""

MAX_WORD = 200
"""The characters before a place in which its word is searched: names are shorter, and long texts are slow."""

HOLE = "kpirules_hole"
"""Stands for a value that is being written, so that the text around it can be read."""

WORDS = ("and", "or", "not", "if", "else", "for", "in", "True", "False")

_LEADING_KEY = re.compile(r"([ \t]*(?:-[ \t]+)?)([A-Za-z_][\w.]*):[ \t]")
"""The key at the start of a line."""

_INNER_KEY = re.compile(r"([A-Za-z_][\w.]*)\"?:[ \t]+\Z")
"""The key right before a value, in braces."""

_KEYS = [(key.name, key.kind.scalar) for shape in SHAPES.values() for key in shape.keys]
_FORMULA_KEYS = {name for name, kind in _KEYS if kind == "expression"}
_AMOUNT_KEYS = {name for name, kind in _KEYS if kind == "amount"} - _FORMULA_KEYS
_FORMULA_SECTIONS = ("let", "outputs", "parameters", "validations", "requires", "invariants")

_LAST_WORD = re.compile(r"\w*\Z")

_COMPARED = re.compile(r"(?:(\w+)\s*\.\s*)?(\w+)\s*(?:[=!]=|not\s+in\s*\(|in\s*\((?:[^()]*,)?)\s*\Z")
"""The name before a comparison that ends here."""

_AFTER_RATING = ("bands", "overrides", "outputs", "invariants", "cohort")
"""The sections whose formulas may read the score; those of overrides and later ones the band."""


@frozen
class Gap:
    """The value that is being written.

    Args:
        before: its text up to the place.
        after: its text from there on, as far as it is known.
        trail: the keys that lead to it.
        what: formula, amount, input, list, field or band.
    """

    before: str
    after: str
    trail: Trail
    what: str


@frozen
class Suggestion:
    """A name that may be written.

    Args:
        label: the name.
        kind: what it is, in words.
        text: more about it, in Markdown; empty for words of the syntax.
        start: how many characters before the place it replaces.
    """

    label: str
    kind: str
    text: str = ""
    start: int = 0


def completions(
    text: str, name: str, offset: int, last: Index | None, known: Knowledge | None
) -> tuple[Suggestion, ...]:
    """Return the completions at a place of a rulebook; none outside formulas and references.

    Args:
        text: the text of the editor.
        name: its name.
        offset: the place.
        last: the names of the last text that could be read, with those it extends; None if there was none.
        known: what the last text without errors tells, None if there was none.

    >>> text = "kpirules: 1\\nlet: {half: total / 2}\\ninputs: {total: {type: number}}"
    >>> [found.label for found in completions(text, "a.yaml", text.index("total") + 3, None, None)][:2]
    ['half', 'total']
    """
    gap, found = gap_at(text, name, offset)
    if gap is None:
        return ()
    surveys = {} if last is None else dict(last.surveys)
    if found is not None:
        surveys[name] = found
    index = Index(surveys)
    typed = len(_last_word(gap.before))
    suggested = islice(dict.fromkeys(_suggested(index, gap, known)), MAX_SUGGESTIONS)
    return tuple(
        Suggestion(label, kind_of(index, symbol), described(index, symbol, known), typed)
        if symbol is not None
        else Suggestion(label, kind, "", typed)
        for label, kind, symbol in suggested
    )


Named = tuple[str, str, Symbol | None]


def _suggested(index: Index, gap: Gap, known: Knowledge | None) -> Iterator[Named]:
    match gap.what:
        case "formula":
            yield from _in_formula(index, gap, known)
        case "amount":
            yield from _of(symbol for symbol in index.defined("name") if index.section(symbol) == "parameters")
        case "input":
            yield from _of(_inputs(index))
        case "list":
            yield from _of(_inputs(index))
            for symbol in index.definitions:
                if symbol.kind == "field":
                    yield f"{symbol.owner}.{symbol.id}", "", symbol
        case "field":
            yield from _of(index.defined("field", gap.trail[1]))
        case "band":
            yield from _of(index.defined("band"))


def _inputs(index: Index) -> Iterator[Symbol]:
    yield from (symbol for symbol in index.defined("name") if index.section(symbol) == "inputs")
    yield from (symbol for symbol in index.defined("criterion") if index.is_entered(symbol))


def _of(symbols: Iterable[Symbol]) -> Iterator[Named]:
    return ((symbol.id, "", symbol) for symbol in symbols)


# -- in formulas ----------------------------------------------------------------------------------


def _in_formula(index: Index, gap: Gap, known: Knowledge | None) -> Iterator[Named]:
    words, place = scan(gap.before + HOLE + gap.after), len(gap.before)
    if any(start < place < end for start, end in words.texts):
        yield from _options(index, gap, known)
        return
    start = place - len(_last_word(gap.before))
    mention = next((one for one in words.mentions if one.start == start), None)
    if mention is not None and mention.role == "member":
        collection = "" if mention.binding is None else mention.binding.collection
        yield from _members(index, mention.of, collection, gap.trail)
        return
    yield from _names(index, gap.trail)
    for variable in dict.fromkeys(binding.variable for binding in words.bindings):
        if not variable.endswith(HOLE):
            yield variable, "the current record", None
    for rows in (FUNCTIONS, AGGREGATES, COHORT_FUNCTIONS):
        yield from ((name, "function", Symbol("built_in", name)) for name in rows)
    yield from ((word, "word of the syntax", None) for word in WORDS)


def _last_word(text: str) -> str:
    found = _LAST_WORD.search(text[-MAX_WORD:])
    return found[0] if found else ""


def _names(index: Index, trail: Trail) -> Iterator[Named]:
    """Yield the names that may be read by themselves."""
    section, owner = context_of(trail)
    if section in ("functions", "tables"):
        yield from _of(index.defined("argument", owner))
    yield from _of(index.defined("name"))
    yield from _of(symbol for symbol in index.defined("criterion") if index.is_entered(symbol))
    if section in ("outputs", "invariants"):
        yield from _of(index.defined("output"))
    rated = ("score", "exact_score") if section in _AFTER_RATING else ()
    banded = ("band",) if section in _AFTER_RATING[1:] else ()
    item = ("item",) if section == "inputs" else ()
    yield from ((name, "built in", Symbol("built_in", name)) for name in (*item, *PREFIXES, *rated, *banded))


def _members(index: Index, owner: str, collection: str, trail: Trail) -> Iterator[Named]:
    """Yield the completions after a dot."""
    if owner == "children":
        yield "score", "built in", Symbol("built_in", "score")
    if owner in PREFIXES:
        yield from _of(index.defined("criterion"))
    elif collection.startswith("children."):
        yield from ((name, BUILT_IN.get(name, ""), None) for name in ("points", "share", "max", "weight"))
    elif owner == "item" and trail[0] == "inputs":
        yield from _of(index.defined("field", trail[1]))
    elif collection:
        yield from _of(index.defined("field", collection))
    else:
        # The list is not written yet: `sum(t.`
        yield from _of(symbol for symbol in index.definitions if symbol.kind == "field")


def _options(index: Index, gap: Gap, known: Knowledge | None) -> Iterator[Named]:
    """Yield the options of the name that the text being written is compared with."""
    quoted = max(gap.before.rfind('"'), gap.before.rfind("'"))
    compared = _COMPARED.search(gap.before[max(quoted - MAX_WORD, 0) : quoted])
    if compared is None or known is None:
        return
    symbol = Symbol("name", compared[2])
    if compared[1]:
        bindings = {one.variable: one.collection for one in scan(gap.before + HOLE + gap.after).bindings}
        owner = gap.trail[1] if compared[1] == "item" else bindings.get(compared[1], "")
        symbol = Symbol("field", compared[2], owner)
    if compared[2] == "band":
        yield from _of(index.defined("band"))
    for option in known.options_of(symbol):
        yield option, "option", None


# -- where a value is being written ---------------------------------------------------------------


def gap_at(text: str, name: str, offset: int) -> tuple[Gap | None, Survey | None]:
    """Return the value that is being written at a place, and the names in the rest of the text.

    If the text can't be read, the value on this line is left out, then the line; what remains may be readable.

    Args:
        text: the whole text.
        name: its name.
        offset: the place.
    """
    document = _read(text, name)
    if document is not None:
        found = survey(document.root)
        slot = _slot_at(found, offset)
        if slot is not None and slot.scalar.text:
            before, after = _split(slot.scalar, offset)
            return Gap(before, after, slot.trail, slot.what), found
    start = value_start(text, offset)
    if start is None:
        return None, None if document is None else found
    for repaired in _repaired(text, start, offset):
        document = _read(repaired, name)
        found = Survey() if document is None else survey(document.root)
        slot = next((one for one in found.slots if one.scalar.text == HOLE), None)
        if slot is not None:
            found.slots.remove(slot)
            before = text[start:offset].lstrip("\"'")
            return Gap(before, _rest(text, offset), slot.trail, slot.what), found
    # The text is broken elsewhere too: its layout tells where this line stands.
    trail = _trail_by_layout(text, start)
    what = _what_by_layout(trail)
    if document is not None or not what:
        return None, None
    return Gap(text[start:offset].lstrip("\"'"), _rest(text, offset), trail, what), None


def _trail_by_layout(text: str, start: int) -> Trail:
    """Return the keys above a value, by the indentation of their lines."""
    line = text.rfind("\n", 0, start) + 1
    found = _LEADING_KEY.match(text[line:start])
    if found is None:
        return ()
    indent, trail = len(found[1]), [found[2]]
    inner = _INNER_KEY.search(text[line:start])
    if inner is not None and inner[1] != found[2]:
        trail.append(inner[1])
    for above in reversed(text[:line].splitlines()):
        key = _LEADING_KEY.match(f"{above} ")
        if key is not None and len(key[1]) < indent:
            indent, trail = len(key[1]), [key[2], *trail]
    return tuple(trail)


def _what_by_layout(trail: Trail) -> str:
    if not trail:
        return ""
    if trail[-1] in _FORMULA_KEYS or (len(trail) > 1 and trail[-2] in _FORMULA_SECTIONS):
        return "formula"
    return "amount" if trail[-1] in _AMOUNT_KEYS else ""


def _read(text: str, name: str) -> Document | None:
    document, _ = read_text(text, name, format_of(name))
    return document


def _slot_at(found: Survey, offset: int) -> Slot | None:
    slots = (slot for slot in found.slots if slot.scalar.span.start <= offset <= slot.scalar.span.end)
    return min(slots, key=lambda slot: slot.scalar.span.end - slot.scalar.span.start, default=None)


def _split(scalar: Scalar, offset: int) -> tuple[str, str]:
    """Return the text of a value before and after an offset of the document."""
    count = sum(1 for place in scalar.offsets if place < offset)
    return scalar.text[:count], scalar.text[count:]


def _rest(text: str, offset: int) -> str:
    return text[offset:].partition("\n")[0]


def _repaired(text: str, start: int, offset: int) -> Iterator[str]:
    """Yield texts with a hole in place of the value that is being written."""
    end = offset + len(_rest(text, offset))
    rest = text[offset:end]
    head, tail = text[:start] + HOLE, text[end:]
    yield head + tail
    flow = re.search(r"[,}\]]", rest)
    if flow:
        yield head + rest[flow.start() :] + tail
    line = text[text.rfind("\n", 0, start) + 1 : start]
    for closing in ("}" * (line.count("{") - line.count("}")), "]" * (line.count("[") - line.count("]"))):
        if closing:
            yield head + closing + tail
