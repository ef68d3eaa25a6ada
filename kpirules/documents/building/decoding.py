"""From nodes to checked mappings: one walk over the document, by the table of shapes.

The file is long since one walk finds all mistakes of form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from attrs import define, field

from ...diagnostics import Diagnostic, Span
from ...diagnostics.codes import CATALOGUE, At, quotas
from ...diagnostics.codes import structure as say
from ...diagnostics.codes.document import unknown_key
from ...diagnostics.codes.expression import unused_allow
from ...diagnostics.foreign import foreign_key
from ...diagnostics.report import MOST_SUGGESTIONS, nearest
from ...kernel.budget import spend
from ...kernel.mappings import FrozenMap
from ...language.expressions import CASED_ID, ID
from ...language.model import Accepted, Words
from ...language.wording import Citation, Label
from ..document import Entry, Listing, Mapping, Node, Scalar
from ..limits import step
from ..shapes import SHAPES, Key, Kind, Shape
from .fields import Fields
from .scalars import described, near_id, read_scalar

__all__ = ["Decoding"]

RETIRED = frozenset({"KR340"})
"""Codes that are no longer used; a rulebook that allows one still loads, with a note."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*\Z")

_ASIDE = frozenset({"KR103", "KR140", "KR145", "KR146", "KR147", "KR148", "KR151", "KR154", "KR421", "KR422"})
"""Mistakes that leave the meaning of the rest of the rulebook intact."""

_OF_NAMES = frozenset({"KR125", "KR126", "KR127", "KR128", "KR129", "KR130"})
"""Mistakes in the names of parts, and in the version: it is unclear which part a formula reads."""

_ASIDE_KEYS = frozenset({"label", "note", "source", "unit", "title", "edition", "examples", "allow"})
"""Keys whose values change no score, so that a mistake in one hides no other finding."""

_WRITTEN = {
    "exemption": "{{when: {}, status: …}}",
    "limit": "{{at_most: {}}}",
}
"""The full form of a part written as a bare expression or number, by its shape."""


@define
class Decoding:
    """A walk over a document.

    Args:
        problems: collects the diagnostics.
        is_broken: True once a part is missing without which the rulebook has no meaning.
        lost: the paths of missing parts, which other parts may require.
        aside: the depth of the walk below keys that change no score.
        above: the shapes around the current node, each with its key.
    """

    problems: list[Diagnostic] = field(factory=list)
    is_broken: bool = False
    lost: list[str] = field(factory=list)
    aside: int = 0
    above: list[tuple[Shape, str]] = field(factory=list)

    def report(self, diagnostic: Diagnostic) -> None:
        self.problems.append(diagnostic)
        code = diagnostic.code
        if self.aside or code in _ASIDE or CATALOGUE[code].can_be_allowed:
            return
        if code in _OF_NAMES:
            self.is_broken = True
        else:
            self.lose(diagnostic.path)

    def lose(self, path: str) -> None:
        """Note a missing part that another part requires.

        Args:
            path: the path of the missing part.
        """
        self.lost.append(path)

    # -- any node -----------------------------------------------------------------------------

    def value(self, node: Node, kind: Kind, path: str, place: str, shown: Span) -> Any:
        """Return the value of a node, read as a kind of value; None if it can't be.

        Args:
            node: the node as read.
            kind: the kind that is allowed here.
            path: its path in the document.
            place: its name in messages.
            shown: its place as a whole.
        """
        spend("building")
        if kind.scalar == "plain":
            return plain(node)
        if isinstance(node, Scalar):
            return self.scalar(node, kind, path, place, shown)
        if isinstance(node, Listing):
            if kind.items is not None:
                return self.listing(node, kind, kind.items, path, place)
        elif kind.shape and (kind.entries is None or _is_long_form(node, kind)):
            return self.shaped(node, kind, path, shown)
        elif kind.entries is not None:
            return self.entries(node, kind, kind.entries, path, place)
        self.report(
            say.wrong_kind_of_value(At(node.span, path), place, kind.words, described(node), _way_out(kind, node))
        )
        return None

    def scalar(self, node: Scalar, kind: Kind, path: str, place: str, shown: Span) -> Any:
        if node.value is None:
            span = node.span if node.span.end > node.span.start else shown
            self.report(say.empty_value(At(span, path), place))
            return None
        if not kind.scalar:
            self.report(
                say.wrong_kind_of_value(At(node.span, path), place, kind.words, described(node), _way_out(kind, node))
            )
            return None
        found: list[Diagnostic] = []
        value = read_scalar(kind, node, path, place, found)
        for diagnostic in found:
            self.report(diagnostic)
        if value is None:
            return None
        if kind.short:
            key, words = kind.short, Words(path=path, span=shown)
            return Fields(kind.shape, {key: value}, {key: node.span}, {key: node}, path, shown, words)
        if kind.keys == "language":
            return Label(FrozenMap({"": value}))
        return Citation(value) if kind.shape == "citation" else value

    def listing(self, node: Listing, kind: Kind, items: Kind, path: str, place: str) -> tuple[Any, ...]:
        self.enough(len(node.items), kind, node, path, place)
        values = []
        for index, item in enumerate(node.items):
            name = f"number {index + 1} of {place}"
            values.append(self.value(item, items, f"{path}[{index}]", name, item.span))
        return tuple(value for value in values if value is not None)

    def enough(self, count: int, kind: Kind, node: Node, path: str, place: str) -> None:
        if count < kind.least:
            at = At(node.span, path)
            self.report(say.too_few(at, place, kind.least, f"only {count}" if count else "nothing in it"))
        elif kind.most is not None and count > kind.most:
            at = At(node.span, path)
            self.report(say.wrong_kind_of_value(at, place, kind.words, f"a list of {count}"))

    # -- maps ---------------------------------------------------------------------------------

    def entries(self, node: Mapping, kind: Kind, entry_kind: Kind, path: str, place: str) -> Any:
        """Return a map from ids, or other keys, to values of one kind."""
        self.enough(len(node.entries), kind, node, path, place)
        if kind.keys == "code":
            return self.allow(node, path)
        values = {}
        for entry in node:
            key = entry.key.text
            inner = f"{path}.{step(key)}".removeprefix(".")
            if not self.key_is_usable(entry, kind, inner) or self.is_of_long_form(entry, kind, path, inner):
                continue
            value = self.value(entry.value, entry_kind, inner, f"`{key}`", entry.key.span)
            if value is not None or entry_kind.scalar == "plain":
                values[key] = value
        if kind.keys == "language":
            return Label(FrozenMap(values)) if values else None
        return FrozenMap(values) if entry_kind.scalar == "plain" else values

    def key_is_usable(self, entry: Entry, kind: Kind, path: str) -> bool:
        key = entry.key.text
        is_cased = kind.keys == "cased_id"
        if (kind.keys == "id" or is_cased) and not (CASED_ID if is_cased else ID).match(key):
            near = near_id(key, is_cased=is_cased)
            self.report(say.unusable_id(At(entry.key.span, path), key, near, is_cased=is_cased))
            return True
        if kind.keys == "language" and not _LANGUAGE.match(key):
            self.report(say.no_language(At(entry.key.span, path), key))
            return False
        return True

    def is_of_long_form(self, entry: Entry, kind: Kind, path: str, inner: str) -> bool:
        """Report a key of the long form among the entries of the short one; return whether it is such a key."""
        key = entry.key.text
        if not (kind.shape_if and isinstance(entry.value, Scalar) and key in SHAPES[kind.shape].by_name):
            return False
        here = path.rpartition(".")[2]
        way_out = f"`{key}` belongs beside `{kind.shape_if}`: `{here}: {{{key}: …, {kind.shape_if}: {{…}}}}`"
        if key == "better":
            way_out = "`better` belongs in `score`: `score: {better: …}`"
        self.report(unknown_key(At(entry.key.span, inner), key, None, help=way_out))
        return True

    def allow(self, node: Mapping, path: str) -> tuple[Accepted, ...]:
        """Return the diagnostics that are accepted, each with its reason."""
        allowed = []
        for entry in node:
            code, at = entry.key.text, At(entry.key.span, f"{path}.{step(entry.key.text)}".removeprefix("."))
            row = CATALOGUE.get(code)
            reason = entry.value.value if isinstance(entry.value, Scalar) else None
            if code in RETIRED:
                self.report(unused_allow(at, code))
            elif row is None:
                suggests = len(self.problems) < MOST_SUGGESTIONS
                self.report(say.unknown_code(at, code, CATALOGUE if suggests else ()))
            elif not row.can_be_allowed:
                self.report(say.not_allowable(at, code, row.title))
            elif not isinstance(reason, str) or not reason.strip():
                self.report(say.no_reason(at, code))
            else:
                allowed.append(Accepted(code, reason, entry.key.span))
        return tuple(sorted(allowed, key=lambda one: one.code))

    # -- mappings with fixed keys -------------------------------------------------------------

    def shaped(self, node: Mapping, kind: Kind, path: str, shown: Span) -> Any:
        """Return a mapping with fixed keys; its shape may depend on the word under one of them."""
        name = kind.shape
        if kind.chosen_by:
            word = self.selecting_word(node, kind, path, shown)
            if word is None:
                return None
            name = f"{word}_{name}"
        fields = self.fields(node, SHAPES[name], path, shown)
        if name == "citation":
            return Citation(**{key: str(value) for key, value in fields.values.items()})
        return fields

    def selecting_word(self, node: Mapping, kind: Kind, path: str, shown: Span) -> str | None:
        # A misspelt `type` still selects a shape: it is reported when the keys of the shape are checked.
        chooser = node.get(kind.chosen_by) or next(
            (entry.value for entry in node if nearest(entry.key.text, [kind.chosen_by])), None
        )
        if chooser is None:
            meaning = f"one of {', '.join(kind.closed)}"
            self.report(say.missing_key(At(shown, path), kind.chosen_by, kind.words, meaning))
            return None
        word_kind = Kind(f"one of {', '.join(kind.closed)}", "word", closed=kind.closed)
        place = f"`{kind.chosen_by}`"
        word = self.value(chooser, word_kind, f"{path}.{kind.chosen_by}", place, chooser.span)
        return word if isinstance(word, str) else None

    def fields(self, node: Mapping, shape: Shape, path: str, shown: Span) -> Fields:
        """Return a mapping with the keys of a shape."""
        values: dict[str, Any] = {}
        spans: dict[str, Span] = {}
        nodes: dict[str, Node] = {}
        found = tuple(self.known(node, shape, path))
        for key, entry in found:
            self.above.append((shape, key.name))
            spans[key.name], nodes[key.name] = entry.key.span, entry.value
            inner = f"{path}.{key.name}".removeprefix(".")
            is_aside = key.name in _ASIDE_KEYS
            self.aside += is_aside
            value = self.value(entry.value, key.kind, inner, f"`{key.name}`", entry.key.span)
            self.aside -= is_aside
            self.above.pop()
            if value is not None or key.kind.scalar == "plain":
                values[key.name] = value
        words = Words(
            label=values.get("title") if shape.name in ("rulebook", "appraisal") else values.get("label"),
            note=values.get("note"),
            source=values.get("source"),
            unit=values.get("unit", ""),
            allow=values.get("allow", ()),
            path=path,
            span=shown,
        )
        fields = Fields(shape.name, values, spans, nodes, path, shown, words, len(found) < len(node.entries))
        self.rules(fields, shape)
        return fields

    def known(self, node: Mapping, shape: Shape, path: str) -> Iterable[tuple[Key, Entry]]:
        """Return the known keys; an unknown key near a missing one is read as that key."""
        written = {entry.key.text for entry in node}
        free = [name for name in shape.known if name not in written]
        unknown = 0
        for entry in node:
            key = shape.by_name.get(entry.key.text)
            if key is None:
                unknown += 1
                key = self.unknown(entry, node, shape, path, free if unknown <= MOST_SUGGESTIONS else None)
            if key is not None:
                yield key, entry

    def unknown(self, entry: Entry, node: Mapping, shape: Shape, path: str, free: list[str] | None) -> Key | None:
        """Report a key that the shape does not have; return the key that it certainly means, or None.

        Args:
            entry: the key with its value.
            node: the mapping with the key.
            shape: the shape of the mapping.
            path: the path of the mapping.
            free: the keys that are not written, None if no help is needed any more.
        """
        name = entry.key.text
        at = At(entry.key.span, f"{path}.{step(name)}".removeprefix("."))
        if free is None:
            self.report(unknown_key(at, name, None))
            return None
        foreign = foreign_key(name, shape.known)
        meant = foreign or nearest(name, shape.known)
        key = shape.by_name.get(meant)
        if key is not None and not _fits(entry.value, key.kind):
            key = None
        place = self.help_for_misplaced(
            entry, node, shape, has_near=key is not None, is_foreign=bool(foreign and key)
        )
        self.report(unknown_key(at, name, shape.known, "" if place or key is None else meant, place))
        return key if not place and meant in free else None

    def help_for_misplaced(
        self, entry: Entry, node: Mapping, shape: Shape, *, has_near: bool, is_foreign: bool
    ) -> str:
        """Return a help that says where a misplaced key belongs, or an empty text."""
        name = entry.key.text
        written = [shape.by_name[sibling.key.text] for sibling in node if sibling.key.text in shape.by_name]
        unwritten = [] if has_near else [key for key in shape.keys if key not in written]
        for key in (*written, *unwritten):
            inner = SHAPES.get(key.kind.shape)
            if inner is not None and name in inner.by_name and _fits(entry.value, inner.by_name[name].kind):
                rest = f", {key.kind.shape_if}: {{…}}" if key.kind.shape_if else ""
                return f"`{name}` belongs in `{key.name}`, one level deeper: `{key.name}: {{{name}: …{rest}}}`"
        if self.above and not is_foreign:
            outer, below = self.above[-1]
            if name in outer.by_name and _fits(entry.value, outer.by_name[name].kind):
                return f"`{name}` belongs one level higher, beside `{below}`"
        type_, _, family = shape.name.partition("_")
        others = [
            shape_name.removesuffix(f"_{family}")
            for shape_name in SHAPES
            if family and shape_name.endswith(f"_{family}")
        ]
        fitting = [other for other in others if other != type_ and name in SHAPES[f"{other}_{family}"].by_name]
        if family == "input" and fitting and not has_near:
            return (
                f"only `type: {fitting[0]}` has `{name}`" if len(fitting) == 1 else f"`type: {type_}` has no `{name}`"
            )
        return ""

    def rules(self, fields: Fields, shape: Shape) -> None:
        """Check which keys are required, and which exclude each other."""
        missing = [key for key in shape.required if not fields.has(key.name)]
        if fields.has_unknown and len(missing) == 1:
            # A missing key is probably what an unknown key was meant to be, which is reported.
            self.lose(fields.path)
        elif missing and shape.is_policy:
            self.report(quotas.open_policy(fields.at, [(key.name, key.help) for key in missing]))
        else:
            for key in missing:
                self.report(say.missing_key(fields.at, key.name, shape.words, key.help))
        for group in (shape.exactly_one, *shape.at_most_one):
            found = [name for name in group if fields.has(name)]
            if len(found) > 1:
                self.report(say.keys_exclude(fields.at_key(found[1]), found))
        for group in (shape.exactly_one, shape.at_least_one):
            if not group or any(fields.has(name) for name in group):
                continue
            if fields.has_unknown:
                self.lose(fields.path)
            else:
                self.report(say.none_of(fields.at, shape.words, group))


def _is_long_form(node: Mapping, kind: Kind) -> bool:
    """Return whether a mapping has the key of the long form, possibly misspelt."""
    if node.get(kind.shape_if) is not None:
        return True
    return any(isinstance(entry.value, Mapping) and nearest(entry.key.text, [kind.shape_if]) for entry in node)


def _fits(node: Node, kind: Kind) -> bool:
    """Return whether a value has one of the forms of a kind."""
    match node:
        case Scalar():
            return bool(kind.scalar)
        case Listing():
            return kind.items is not None or kind.scalar == "plain"
    return bool(kind.shape) or kind.entries is not None or kind.scalar == "plain"


def _way_out(kind: Kind, node: Node) -> str:
    """Return the help for a value written in another form; empty if there is none."""
    match node:
        case Listing() if kind.entries is not None and kind.keys in ("id", "cased_id"):
            return "give each an id, and write it as `id: …`"
        case Scalar(text=text) if kind.chosen_by and text in kind.closed:
            return f"write `{{{kind.chosen_by}: {text}}}`"
        case Scalar(text=text) if kind.shape == "round" and text.isdecimal():
            return f"write `{{places: {text}}}`"
        case Scalar(text=text) if kind.shape in _WRITTEN:
            quoted = f'"{text}"' if set(text) & set(",:{}[]#") and '"' not in text else text
            return f"write `{_WRITTEN[kind.shape].format(quoted)}`"
    return ""


def plain(node: Node) -> Any:
    """Return a node as a plain value: exact numbers, texts, booleans, None, tuples and maps."""
    match node:
        case Scalar(value=value):
            return value
        case Listing(items=items):
            return tuple(plain(item) for item in items)
    return FrozenMap({entry.key.text: plain(entry.value) for entry in node})
