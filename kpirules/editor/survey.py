"""The definitions, formulas and short references in a document, with their places, found by its shape.

The document is read as it stands, before anything is merged into it, so that a name in a variant, an amendment or an
overlay has its own place. Mistakes do not matter: what has another shape than expected is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping as Table

from attrs import define, evolve, field, frozen

from ..documents import Entry, Listing, Mapping, Node, Scalar
from ..documents.shapes import SHAPES, Key, Kind
from .symbols import Symbol

__all__ = ["Definition", "Slot", "Survey", "survey", "survey_of_cases"]

Trail = tuple[str, ...]
"""The keys that lead to a node, without those of a variant or an amendment."""

FLAT = ("inputs", "parameters", "tables", "functions", "calendars", "let")
"""The sections that share one namespace."""

_INPUT_KEYS: Table[str, Key] = {
    key.name: key for name, shape in SHAPES.items() if name.endswith("_input") for key in shape.keys
}
"""The keys of inputs of every type: an overlay may change an input without its `type`."""

_FORMULA = Kind("a formula", "expression")

_IDS_OF_INPUTS = ("variant_by", "edition_by", "within", "uniform")


@frozen
class Definition:
    """A key that defines a name.

    Args:
        symbol: the name.
        section: what it is: the section of its definition.
        key: the key.
        value: what it is defined as.
        is_entered: whether an assessor enters the points of this criterion.
        source: its citation, for a criterion without one that of the nearest group above; None if there is none.
    """

    symbol: Symbol
    section: str
    key: Scalar
    value: Node
    is_entered: bool = False
    source: Node | None = None


@frozen
class Slot:
    """A value that may contain a name.

    Args:
        scalar: the value.
        trail: the keys that lead to it.
        what: formula, amount (a parameter or a number), input, list (an input or one of its fields), field, band, or
            a name in a case: given, criterion, let, output.
    """

    scalar: Scalar
    trail: Trail
    what: str


@define
class Survey:
    """The definitions of a document, and the places where names may stand."""

    definitions: list[Definition] = field(factory=list)
    slots: list[Slot] = field(factory=list)
    examples: list[Scalar] = field(factory=list)
    """The names of its examples or cases."""
    above: list[Mapping] = field(factory=list)
    """The mappings with fixed keys around the place that is read."""

    def define(self, symbol: Symbol, section: str, entry: Entry) -> None:
        value = entry.value
        own = [value] if isinstance(value, Mapping) else []
        is_entered = bool(own) and own[0].get("entered") is not None
        groups = self.above[:0:-1] if section == "criteria" else []
        sources = (node.get("source") for node in (*own, *groups))
        source = next((found for found in sources if found is not None), None)
        self.definitions.append(Definition(symbol, section, entry.key, value, is_entered, source))

    def slot(self, scalar: Scalar, trail: Trail, what: str) -> None:
        self.slots.append(Slot(scalar, trail, what))


def survey(root: Mapping) -> Survey:
    """Return the names that a rulebook, or an overlay of one, defines and mentions.

    Args:
        root: its document.
    """
    found = Survey()
    _Walk(found).shape(root, "rulebook", ())
    return found


def survey_of_cases(root: Mapping) -> Survey:
    """Return the names that a case file mentions.

    Args:
        root: its document.
    """
    found = Survey()
    listed = root.get("cases")
    for item in listed.items if isinstance(listed, Listing) else ():
        _case(found, item)
    return found


@frozen
class _Walk:
    found: Survey

    def shape(self, node: Mapping, name: str, trail: Trail) -> None:
        """Walk a mapping with fixed keys."""
        keys = _INPUT_KEYS if name == "input" else SHAPES[name].by_name
        self.found.above.append(node)
        for entry in node:
            key = keys.get(entry.key.text)
            if key is None:
                continue
            if name == "variant" and key.name not in ("like", "label", "amendments"):
                # A variant and a change have the shape of a rulebook.
                self.entry(entry, SHAPES["rulebook"].by_name[key.name], trail)
            else:
                self.entry(entry, key, trail)
        self.found.above.pop()

    def entry(self, entry: Entry, key: Key, trail: Trail) -> None:
        name, value = key.name, entry.value
        if name == "variants" and not trail:
            for variant in value if isinstance(value, Mapping) else ():
                if isinstance(variant.value, Mapping):
                    self.shape(variant.value, "variant", ())
        elif name == "amendments":
            for item in value.items if isinstance(value, Listing) else ():
                change = item.get("change") if isinstance(item, Mapping) else None
                if isinstance(change, Mapping):
                    self.shape(change, "rulebook", ())
        elif name == "examples" and not trail:
            for item in value.items if isinstance(value, Listing) else ():
                _case(self.found, item)
        else:
            self.value(value, key.kind, (*trail, name))

    def value(self, node: Node, kind: Kind, trail: Trail) -> None:
        match node:
            case Scalar():
                self.scalar(node, kind, trail)
            case Listing(items=items):
                for item in items:
                    self.value(item, kind.items or evolve(kind, scalar="", shape=""), trail)
            case Mapping() if kind.shape and (kind.entries is None or node.get(kind.shape_if) is not None):
                self.shape(node, kind.shape, trail)
            case Mapping() if kind.entries is not None:
                for entry in node:
                    self.key(entry, kind, trail)
                    self.value(entry.value, kind.entries, (*trail, entry.key.text))

    def key(self, entry: Entry, kind: Kind, trail: Trail) -> None:
        """Take a key of a map as a definition or, in a case of a table, as a name."""
        id_, section = entry.key.text, trail[-1]
        if kind.scalar == "expression" and section == "when":
            self.found.slot(entry.key, trail, "formula")
        elif len(trail) == 1 and section in FLAT:
            self.found.define(Symbol("name", id_), section, entry)
        elif section == "criteria":
            self.found.define(Symbol("criterion", id_), section, entry)
        elif trail[0] == "inputs" and len(trail) == 3 and section in ("fields", "let"):
            self.found.define(Symbol("field", id_, trail[1]), section, entry)
        elif trail == ("outputs",):
            self.found.define(Symbol("output", id_), section, entry)
        elif trail in (("bands",), ("bands", "levels")):
            self.found.define(Symbol("band", id_), "bands", entry)
        elif trail == ("overrides",):
            self.found.define(Symbol("override", id_), section, entry)

    def scalar(self, node: Scalar, kind: Kind, trail: Trail) -> None:
        last = trail[-1]
        if last == "args":
            symbol = Symbol("argument", node.text, trail[1])
            self.found.definitions.append(Definition(symbol, "args", node, node))
        elif last in _IDS_OF_INPUTS and kind.scalar == "id":
            self.found.slot(node, trail, "input")
        elif last in ("never_lowers", "never_raises"):
            self.found.slot(node, trail, "list")
        elif last == "unique" and trail[0] == "inputs":
            self.found.slot(node, trail, "field")
        elif last == "options" and kind.scalar == "id" and node.text != "bands":
            self.found.slot(node, trail, "input")
        elif trail[:2] == ("cohort", "quotas") and last in ("band", "demote_to", "of"):
            self.found.slot(node, trail, "band")
        elif kind.scalar == "expression":
            self.found.slot(node, trail, "formula")
        elif kind.scalar in ("amount", "gives", "value"):
            self.found.slot(node, trail, "amount")


# -- cases ----------------------------------------------------------------------------------------


def _case(found: Survey, node: Node) -> None:
    """Add the names that an example, a case or a member mentions."""
    if not isinstance(node, Mapping):
        return
    name = node.get("name")
    if isinstance(name, Scalar) and node.get("expect") is not None:
        found.examples.append(name)
    _given(found, node.get("given"))
    members = node.get("members")
    for member in members.items if isinstance(members, Listing) else ():
        if isinstance(member, Mapping):
            _given(found, member.get("given"))
    _expect(found, node.get("expect"))


def _given(found: Survey, node: Node | None) -> None:
    for entry in node if isinstance(node, Mapping) else ():
        found.slot(entry.key, ("given",), "given")
        for record in entry.value.items if isinstance(entry.value, Listing) else ():
            for cell in record if isinstance(record, Mapping) else ():
                found.slot(cell.key, ("given", entry.key.text), "field")


def _expect(found: Survey, node: Node | None) -> None:
    if not isinstance(node, Mapping):
        return
    for key, what in (("points", "criterion"), ("share", "criterion"), ("let", "let"), ("outputs", "output")):
        part = node.get(key)
        for entry in part if isinstance(part, Mapping) else ():
            found.slot(entry.key, ("expect", key), what)
    fired = node.get("overrides")
    for item in fired.items if isinstance(fired, Listing) else ():
        if isinstance(item, Scalar):
            found.slot(item, ("expect", "overrides"), "override")
    members = node.get("members")
    for member in members if isinstance(members, Mapping) else ():
        _expect(found, member.value)
