"""All places of all names in some documents that belong together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Table
from itertools import pairwise

from attrs import evolve, field, frozen

from ..diagnostics import Span
from ..documents import Mapping, Node, Scalar
from ..language.expressions import FUNCTION_NAMES
from .formulas import Mention, scan
from .survey import Definition, Slot, Survey, Trail
from .symbols import BUILT_IN, PREFIXES, Symbol

__all__ = ["Index", "Occurrence", "compared_in_case", "context_of"]


@frozen
class Occurrence:
    """A place of a name.

    Args:
        symbol: the definition of the name.
        span: the place of the word; of a longer span if the characters in the text can't be told apart.
        is_definition: whether this is the key that defines it.
        is_exact: whether the text of the place is the id itself, so that it can be replaced.
    """

    symbol: Symbol
    span: Span
    is_definition: bool = False

    @property
    def is_exact(self) -> bool:
        return self.span.text.strip("\"'") == self.symbol.id


@frozen(slots=False)
class Index:
    """The names in documents that belong together: a rulebook, those that it extends, and their cases.

    Args:
        surveys: what each document writes, by its name.
        definitions: the definitions of each symbol, those of the first document first.
    """

    surveys: Table[str, Survey]
    definitions: Table[Symbol, Sequence[Definition]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        found: dict[Symbol, list[Definition]] = {}
        for survey in self.surveys.values():
            for definition in survey.definitions:
                found.setdefault(definition.symbol, []).append(definition)
        object.__setattr__(self, "definitions", found)

    def defined(self, kind: str, owner: str = "") -> Iterator[Symbol]:
        """Yield the symbols of a kind, in order."""
        return (symbol for symbol in self.definitions if symbol.kind == kind and symbol.owner == owner)

    def section(self, symbol: Symbol) -> str:
        """Return the section that defines a symbol, empty if none does."""
        found = self.definitions.get(symbol, ())
        return found[0].section if found else ""

    def is_entered(self, symbol: Symbol) -> bool:
        """Return whether an assessor enters the points of a criterion, which is then an input too."""
        return any(definition.is_entered for definition in self.definitions.get(symbol, ()))

    def named(self, word: str, trail: Trail = ()) -> Symbol | None:
        """Return the definition of a bare name at a place, None if there is none."""
        owner = context_of(trail)
        argument = Symbol("argument", word, owner[1])
        if owner[0] in ("functions", "tables") and argument in self.definitions:
            return argument
        for symbol in (Symbol("name", word), Symbol("criterion", word), Symbol("output", word)):
            if symbol in self.definitions and (symbol.kind != "criterion" or self.is_entered(symbol)):
                return symbol
        return Symbol("built_in", word) if word in BUILT_IN else None

    # -- places -----------------------------------------------------------------------------------

    def occurrences(self, document: str) -> Iterator[Occurrence]:
        """Yield every place of a name in a document, in no particular order; nothing if it can't be read."""
        survey = self.surveys.get(document)
        if survey is None:
            return
        for definition in survey.definitions:
            yield Occurrence(definition.symbol, definition.key.span, is_definition=True)
        for slot in survey.slots:
            yield from self.in_slot(slot)

    def of(self, symbol: Symbol) -> Iterator[Occurrence]:
        """Yield every place of a symbol, in all documents."""
        for document in self.surveys:
            yield from (place for place in self.occurrences(document) if place.symbol == symbol)

    def at(self, document: str, offset: int) -> Occurrence | None:
        """Return the name that contains an offset, or ends there."""
        found = [
            place
            for place in self.occurrences(document)
            if place.span.source.name == document and place.span.start <= offset <= place.span.end
        ]
        # Between two words, the one that begins.
        return max(found, key=lambda place: place.span.start, default=None)

    def in_slot(self, slot: Slot) -> Iterator[Occurrence]:
        """Yield the names in a value."""
        text = slot.scalar.text
        if slot.what == "formula":
            if isinstance(slot.scalar.value, str):
                yield from self._in_formula(slot)
            return
        if slot.what == "list" and "." in text:
            owner, _, id_ = text.partition(".")
            for symbol, start in ((Symbol("name", owner), 0), (Symbol("field", id_, owner), len(owner) + 1)):
                if symbol in self.definitions:
                    yield Occurrence(symbol, slot.scalar.within(start, start + len(symbol.id)))
            return
        meant = self._meant(slot)
        if meant is not None and meant in self.definitions:
            yield Occurrence(meant, slot.scalar.span)

    def _meant(self, slot: Slot) -> Symbol | None:
        """Return the definition of a value that is a single name."""
        text = slot.scalar.text
        match slot.what:
            case "amount":
                symbol = Symbol("name", text)
                is_read = self.section(symbol) == "parameters" and not self._is_option(slot, symbol)
                return symbol if is_read else None
            case "field":
                return Symbol("field", text, slot.trail[1])
            case "let":
                return Symbol("name", text)
            case "band" | "criterion" | "output" | "override":
                return Symbol(slot.what, text)
        named = self.named(text)
        return named if named is not None and named.kind in ("name", "criterion") else None

    def _is_option(self, slot: Slot, parameter: Symbol) -> bool:
        """Return whether a value in a case is an option or a text that happens to be the name of a parameter."""
        compared = compared_in_case(slot.trail)
        if not compared or slot.trail[0] == "tables":
            return False
        inputs = self.definitions.get(Symbol("name", compared), ())
        kinds = {kind.text for one in inputs if (kind := _part(one.value, "type")) is not None}
        return not kinds.isdisjoint(("choice", "text")) and not self._is_text(parameter)

    def _is_text(self, parameter: Symbol) -> bool:
        """Return whether the value of a parameter is a text: its formula has quotes, or names such a parameter."""
        waiting, seen = [parameter], {parameter}
        while waiting:
            for one in self.definitions.get(waiting.pop(), ()):
                formula = _part(one.value, "value")
                if formula is None or not isinstance(formula.value, str):
                    continue
                if not {"'", '"'}.isdisjoint(formula.text):
                    return True
                named = Symbol("name", formula.text)
                if named not in seen and self.section(named) == "parameters":
                    seen.add(named)
                    waiting.append(named)
        return False

    def texts_in_cases(self, text: str) -> Iterator[Scalar]:
        """Yield the values with a text that names are compared with in cases, where it names no parameter."""
        for survey in self.surveys.values():
            for slot in survey.slots:
                is_text = slot.what == "amount" and slot.scalar.text == text and compared_in_case(slot.trail)
                if is_text and self._meant(slot) is None:
                    yield slot.scalar

    def _in_formula(self, slot: Slot) -> Iterator[Occurrence]:
        text = slot.scalar.text
        band = Symbol("band", text)
        if slot.trail[0] == "overrides" and slot.trail[-1].startswith("band") and band in self.definitions:
            yield Occurrence(band, slot.scalar.span)
            return
        words = scan(text)
        scope = f"{slot.scalar.span.source.name}:{slot.scalar.span.start}"
        for binding in words.bindings:
            symbol = Symbol("variable", binding.variable, f"{scope}:{binding.group}")
            span = slot.scalar.within(binding.start, binding.start + len(binding.variable))
            yield Occurrence(symbol, span, is_definition=True)
        starts = {binding.start for binding in words.bindings}
        for mention in words.mentions:
            found = None if mention.start in starts else self.mentioned(mention, slot.trail)
            if found is not None:
                if found.kind == "variable":
                    found = evolve(found, owner=f"{scope}:{found.owner}")
                yield Occurrence(found, slot.scalar.within(mention.start, mention.end))

    def mentioned(self, mention: Mention, trail: Trail) -> Symbol | None:
        """Return the definition of a word of a formula, None if there is none.

        Args:
            mention: the word.
            trail: the place of the formula.
        """
        word, binding = mention.word, mention.binding
        if mention.role == "call":
            symbol = Symbol("name", word)
            if self.section(symbol) in ("functions", "tables"):
                return symbol
            return Symbol("built_in", word) if word in FUNCTION_NAMES else None
        if mention.role == "argument":
            symbol = Symbol("argument", word, mention.of)
            return symbol if symbol in self.definitions else None
        if mention.role != "member":
            return Symbol("variable", word, str(binding.group)) if binding is not None else self.named(word, trail)
        if binding is not None:
            return self._field(word, binding.collection)
        if mention.of == "item":
            return self._field(word, context_of(trail)[1])
        if mention.of in PREFIXES:
            symbol = Symbol("criterion", word)
            return symbol if symbol in self.definitions else Symbol("built_in", word) if word == "score" else None
        return None

    def _field(self, word: str, collection: str) -> Symbol | None:
        symbol = Symbol("field", word, collection)
        return symbol if symbol in self.definitions else None


def compared_in_case(trail: Trail) -> str:
    """Return the name that a value in the `when` of a case is compared with; empty anywhere else.

    >>> compared_in_case(("criteria", "work", "cases", "when", "grade", "from"))
    'grade'
    """
    steps = [place for place, pair in enumerate(pairwise(trail[:-1])) if pair == ("cases", "when")]
    return trail[steps[-1] + 2] if steps else ""


def _part(value: Node, key: str) -> Scalar | None:
    """Return a scalar of a definition: its value in the short form, else the value of a key."""
    found = value.get(key) if isinstance(value, Mapping) else value if key == "value" else None
    return found if isinstance(found, Scalar) else None


def context_of(trail: Trail) -> tuple[str, str]:
    """Return the section and the entry that contain a formula; both empty for a key of the rulebook itself.

    >>> context_of(("functions", "part", "value")), context_of(("inputs", "tasks", "let", "done", "value"))
    (('functions', 'part'), ('inputs', 'tasks'))
    """
    return (trail[0], trail[1]) if len(trail) > 1 else ("", "")
