"""Collects the names of a rulebook, and checks that each can be read and has one meaning."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping

from attrs import define, field

from ...diagnostics import Span
from ...diagnostics.codes import At
from ...diagnostics.codes import structure as say
from ...language.expressions.functions import FUNCTION_NAMES
from .decoding import Decoding
from .draft import differing_in_case
from .fields import Fields

__all__ = ["Namespace", "check_bare", "declared_names", "nested_criteria"]

ROOT = "score"
"""The id of the root of the tree, which no other criterion can have."""

RESERVED = ("points", "share", "max", "score", "exact_score", "band", "status", "item", "children")

SECTIONS = {
    "inputs": "input",
    "parameters": "parameter",
    "tables": "table",
    "functions": "function",
    "calendars": "calendar",
    "let": "named value",
}
"""The sections that share one namespace, with the name of an entry of each."""


@define
class Namespace:
    """Names in order, each with its kind and place."""

    decoding: Decoding
    names: dict[str, tuple[str, Span]] = field(factory=dict)

    def enter(self, id_: str, kind: str, at: At) -> None:
        """Add a name, unless it is taken."""
        assert at.span is not None, "every declaration has a place"
        first = self.names.get(id_)
        if first is not None:
            self.decoding.report(say.name_taken(at, id_, kind, first[0], first[1].line))
        else:
            self.names[id_] = (kind, at.span)


def check_bare(decoding: Decoding, id_: str, at: At, *, is_called: bool = False) -> None:
    """Report a name that expressions could never read, or never call."""
    why = ""
    if id_ in RESERVED:
        why = "a reserved name"
    elif is_called and id_ in FUNCTION_NAMES:
        why = "a function"
    elif keyword.iskeyword(id_):
        why = "a word of the expression syntax"
    if why:
        decoding.report(say.reserved_id(at, id_, why))


def nested_criteria(entries: Mapping[str, Fields]) -> Iterator[tuple[str, Fields]]:
    """Yield every criterion with its id, in document order."""
    for id_, fields in entries.items():
        yield id_, fields
        yield from nested_criteria(fields.entries("criteria"))


def declared_names(decoding: Decoding, root: Fields) -> Namespace:
    """Return the flat namespace of a rulebook, with the inputs that `entered` criteria declare."""
    namespace = Namespace(decoding)
    # In document order, whatever the order of sections: the first one keeps the name.
    found = [
        (fields.span.start, id_, kind, fields.at)
        for section, kind in SECTIONS.items()
        for id_, fields in root.entries(section).items()
    ]
    criteria: dict[str, Span] = {}
    for id_, fields in nested_criteria(root.entries("criteria")):
        if id_ in criteria:
            decoding.report(say.criterion_twice(fields.at, id_, criteria[id_].line))
            continue
        criteria[id_] = fields.span
        if id_ == ROOT:
            decoding.report(say.reserved_id(fields.at, id_, "the total of all criteria"))
        elif fields.has("entered"):
            found.append((fields.span.start, id_, "entered criterion", fields.at))
    for _, id_, kind, at in sorted(found, key=lambda row: row[0]):
        check_bare(decoding, id_, at, is_called=kind in ("table", "function"))
        namespace.enter(id_, kind, at)
    _check_bands(decoding, root, namespace)
    return namespace


def bands_of(root: Fields) -> Mapping[str, Fields]:
    """Return the bands by id, in the short form or the long one."""
    long = root.fields("bands")
    return root.entries("bands") if long is None else long.entries("levels")


def _check_bands(decoding: Decoding, root: Fields, namespace: Namespace) -> None:
    bands = bands_of(root)
    for _, id_, first in differing_in_case(bands):
        decoding.report(say.named_twice(bands[id_].at, "band", id_, first))
    for id_, fields in bands.items():
        kind, span = namespace.names.get(id_, ("", None))
        if kind in ("input", "named value", "entered criterion") and span is not None:
            decoding.report(say.band_named_like(fields.at, id_, kind, span.line))
