"""What an editor shows over a name: its kind, range, label, formula, citation, and value in the first example."""

from __future__ import annotations

from attrs import frozen

from ..diagnostics import Source, Span
from ..documents import Mapping, Node, Scalar
from ..kernel.markup import code, emphasis, plain
from ..language.expressions import AGGREGATES, COHORT_FUNCTIONS, FUNCTIONS
from .formulas import scan, value_start
from .index import Index
from .knowledge import Knowledge
from .survey import Definition
from .symbols import BUILT_IN, Symbol

__all__ = ["Hover", "described", "hover", "kind_of", "word_hover"]

KINDS = {
    "inputs": "input",
    "parameters": "parameter",
    "tables": "table",
    "functions": "function",
    "calendars": "calendar",
    "let": "named value",
    "criteria": "criterion",
    "fields": "field",
    "outputs": "output",
    "bands": "band",
    "overrides": "override",
    "args": "argument",
}

FORMULAS = ("value", "rate", "points", "met", "measure", "that", "when")
"""Keys of a definition with its formula."""

MAX_FORMULA = 200
"""The most characters of a formula that a hover shows."""


@frozen
class Hover:
    """A text about a name.

    Args:
        text: Markdown, in which all that authors write is escaped.
        span: the place of the name.
    """

    text: str
    span: Span


def hover(index: Index, document: str, offset: int, known: Knowledge | None) -> Hover | None:
    """Return the facts known about the name at a place.

    Args:
        index: the names.
        document: the name of the document.
        offset: the place.
        known: what the last text without errors tells, None if there was none.
    """
    place = index.at(document, offset)
    return None if place is None else Hover(described(index, place.symbol, known), place.span)


def word_hover(index: Index, text: str, offset: int, known: Knowledge | None) -> Hover | None:
    """Return the facts known about the word at a place, in a text that can't be read as a document.

    Args:
        index: the names of the last text that could be read.
        text: the present text.
        offset: the place.
        known: what the last text without errors tells, None if there was none.
    """
    start = value_start(text, offset)
    if start is None:
        return None
    start += text[start : start + 1] in ("'", '"')
    line = text[start:].partition("\n")[0]
    for mention in scan(line).mentions:
        symbol = index.mentioned(mention, ())
        if symbol is not None and start + mention.start <= offset <= start + mention.end:
            span = Span(Source("", text), start + mention.start, start + mention.end)
            return Hover(described(index, symbol, known), span)
    return None


def described(index: Index, symbol: Symbol, known: Knowledge | None) -> str:
    """Return a symbol in Markdown.

    Args:
        index: the names.
        symbol: the symbol.
        known: what the last text without errors tells, None if there was none.
    """
    found = index.definitions.get(symbol, ())
    if symbol.kind == "built_in":
        lines = _built_in(symbol)
    else:
        lines = [f"{code(symbol.id)} · {plain(kind_of(index, symbol))}"]
    if known is not None and symbol.kind != "variable":
        lines.append(plain(known.range_of(symbol)))
    for definition in found[:1]:
        lines += _words(definition)
    if known is not None and known.example is not None and (value := known.value_of(symbol)):
        lines.append(f"in the example {emphasis(known.example[0])}: {plain(value)}")
    return "\n\n".join(filter(None, lines))


def kind_of(index: Index, symbol: Symbol) -> str:
    """Return the kind of a symbol in words."""
    if symbol.kind == "variable":
        return "the current record"
    kind = KINDS.get(index.section(symbol), symbol.kind)
    if symbol.kind == "criterion" and index.is_entered(symbol):
        return "criterion, entered by an assessor"
    if symbol.kind == "field" and index.section(symbol) == "let":
        kind = "computed field"
    return f"{kind} of {symbol.owner}" if symbol.owner else kind


def _built_in(symbol: Symbol) -> list[str]:
    for rows in (FUNCTIONS, AGGREGATES, COHORT_FUNCTIONS):
        row = rows.get(symbol.id)
        if row is not None:
            call, result = row.example
            return [code(row.signature), row.summary, f"{code(call)} is {code(result)}"]
    return [f"{code(symbol.id)} · {plain(BUILT_IN.get(symbol.id, ''))}"]


def _words(definition: Definition) -> list[str]:
    """Return label, formula, note and source as the document writes them."""
    node = definition.value
    if definition.section == "args":
        return []
    if isinstance(node, Scalar):
        return [_formula(node)] if definition.section in ("let", "parameters", "outputs") else []
    if not isinstance(node, Mapping):
        return []
    formulas = (node.get(key) for key in FORMULAS)
    formula = next((found for found in formulas if isinstance(found, Scalar) and found.text), None)
    unit, source = _text(node.get("unit")), _citation(definition.source)
    return [
        emphasis(_text(node.get("label"))),
        "" if formula is None else _formula(formula),
        f"unit: {plain(unit)}" if unit else "",
        plain(_text(node.get("note"))),
        f"source: {plain(source)}" if source else "",
    ]


def _formula(node: Scalar) -> str:
    text = " ".join(node.text.split())
    return code(f"= {text[:MAX_FORMULA]}{'…' if len(text) > MAX_FORMULA else ''}")


def _text(node: Node | None) -> str:
    """Return a text, or texts in several languages."""
    match node:
        case Scalar(value=str() as text):
            return text
        case Mapping():
            texts = (entry.value.text for entry in node if isinstance(entry.value, Scalar))
            return " / ".join(dict.fromkeys(texts))
    return ""


def _citation(node: Node | None) -> str:
    if not isinstance(node, Mapping):
        return _text(node)
    keys = ("document", "article", "clause", "url")
    return ", ".join(filter(None, (_text(node.get(key)) for key in keys)))
