"""What one document says by itself: its own part, its variants, and its amendments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from attrs import field, frozen

from ...diagnostics import Diagnostic, Span
from ...diagnostics.codes import At, overlays
from ...diagnostics.codes import expression as words
from ...diagnostics.codes import structure as say
from ...kernel.calendars import parse_date
from ...language.expressions import ID
from ..building.decoding import Decoding
from ..building.order import dependency_order
from ..building.scalars import described, near_id
from ..document import Document, Entry, Listing, Mapping, Node, Scalar
from ..shapes import NEVER_MERGED, SHAPES

__all__ = ["Amendment", "Layers", "Variant", "base_of", "layers"]

APART = ("extends", "variants", "amendments", "examples")
"""Keys that never merge; all others of a document do."""

OF_VARIANT = ("like", "label", "amendments")
"""Keys of a variant that say how it is merged, not what."""


@frozen
class Amendment:
    """Changes from a day on."""

    day: date
    change: Mapping


@frozen
class Variant:
    """Changes for one kind of subject.

    Args:
        name: of the variant.
        change: what it changes.
        like: the variant whose changes come first, or None.
        amendments: its own, by date.
        span: where its name stands.
    """

    name: str
    change: Mapping
    like: Scalar | None = None
    amendments: tuple[Amendment, ...] = ()
    span: Span | None = None


@frozen
class Layers:
    """The parts of a document that are merged one after the other.

    Args:
        plain: what it says of every subject on every day.
        variants: by name.
        amendments: by date.
        examples: its worked examples, which never merge, or None.
        names: where its variants stand, or None where it has none.
    """

    plain: Mapping
    variants: dict[str, Variant] = field(factory=dict)
    amendments: tuple[Amendment, ...] = ()
    examples: Entry | None = None
    names: Span | None = None


def base_of(document: Document, found: list[Diagnostic]) -> Scalar | None:
    """The path of the document that this one extends, None where it extends none.

    Args:
        document: as it was read.
        found: takes what is wrong with it.
    """
    node = document.root.get("extends")
    if node is None:
        return None
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.text.strip():
        return node
    expected = "the path of a rulebook"
    found.append(say.wrong_kind_of_value(At(node.span, "extends"), "`extends`", expected, _told(node)))
    return None


def layers(document: Document, known: Iterable[str], found: list[Diagnostic]) -> Layers:
    """The parts of a document.

    Args:
        document: as it was read.
        known: the variants of the documents that it extends.
        found: takes what is wrong with its variants and amendments.
    """
    reading = _Reading(Decoding(found))
    root = document.root
    plain = Mapping(tuple(entry for entry in root if entry.key.text not in APART), root.span)
    variants = reading.variants(root.get("variants"))
    reading.likes(variants, known)
    entry = next((each for each in root if each.key.text == "examples"), None)
    names = next((each.key.span for each in root if each.key.text == "variants"), None)
    return Layers(plain, variants, reading.amendments(root.get("amendments"), "amendments"), entry, names)


@frozen
class _Reading:
    decoding: Decoding

    def report(self, diagnostic: Diagnostic) -> None:
        self.decoding.report(diagnostic)

    def variants(self, node: Node | None) -> dict[str, Variant]:
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            self.report(
                say.wrong_kind_of_value(At(node.span, "variants"), "`variants`", "variants by name", _told(node))
            )
            return {}
        return {entry.key.text: self.variant(entry) for entry in node}

    def variant(self, entry: Entry) -> Variant:
        name, path = entry.key.text, f"variants.{entry.key.text}"
        if not ID.match(name):
            self.report(say.unusable_id(At(entry.key.span, path), name, near_id(name)))
        change = self.change(entry.value, "variant", path, entry.key.span)
        like = change.get("like")
        rest = Mapping(tuple(each for each in change if each.key.text not in OF_VARIANT), change.span)
        amendments = self.amendments(change.get("amendments"), f"{path}.amendments")
        return Variant(name, rest, like if isinstance(like, Scalar) else None, amendments, entry.key.span)

    def change(self, node: Node, shape: str, path: str, shown: Span) -> Mapping:
        """The keys of an overlay that exist; what stands under them is read once it is merged."""
        told = "the variant" if shape == "variant" else "the change"
        if not isinstance(node, Mapping):
            if isinstance(node, Scalar) and node.value is None:
                self.report(overlays.empty_in_overlay(At(shown, path), path))
            else:
                self.report(say.wrong_kind_of_value(At(node.span, path), told, "a map of changes", _told(node)))
            return Mapping((), node.span)
        usual = []
        for entry in node:
            key = entry.key.text
            if key in NEVER_MERGED and not (key == "amendments" and shape == "variant"):
                self.report(overlays.not_in_overlay(At(entry.key.span, f"{path}.{key}"), key, told))
            else:
                usual.append(entry)
        kept = Mapping(tuple(usual), node.span)
        known = SHAPES[shape].by_name
        aside = tuple(entry for entry in kept if entry.key.text not in known or entry.key.text in OF_VARIANT)
        # Amendments are read by themselves, with the way to each.
        aside = tuple(entry for entry in aside if entry.key.text != "amendments")
        self.decoding.fields(Mapping(aside, node.span), SHAPES[shape], path, shown)
        return Mapping(tuple(entry for entry in kept if entry.key.text in known), node.span)

    def amendments(self, node: Node | None, path: str) -> tuple[Amendment, ...]:
        """By date."""
        if node is None:
            return ()
        if not isinstance(node, Listing):
            expected = "a list of amendments"
            self.report(say.wrong_kind_of_value(At(node.span, path), "`amendments`", expected, _told(node)))
            return ()
        made: dict[date, tuple[Amendment, int]] = {}
        for index, item in enumerate(node.items):
            amendment = self.amendment(item, f"{path}[{index}]")
            if amendment is None:
                continue
            first = made.setdefault(amendment.day, (amendment, item.span.line))
            if first[0] is not amendment:
                at = At(item.span, f"{path}[{index}]")
                self.report(overlays.same_day(at, amendment.day.isoformat(), first[1]))
        return tuple(made[day][0] for day in sorted(made))

    def amendment(self, node: Node, path: str) -> Amendment | None:
        if not isinstance(node, Mapping):
            self.report(say.wrong_kind_of_value(At(node.span, path), "an amendment", "a map", _told(node)))
            return None
        written = next((each for each in node if each.key.text == "change"), None)
        # What it changes is read by itself, so an empty map stands for it here.
        entries = [Entry(each.key, Mapping((), each.value.span)) if each is written else each for each in node]
        self.decoding.fields(Mapping(tuple(entries), node.span), SHAPES["amendment"], path, node.span)
        from_ = node.get("from")
        day = parse_date(from_.value) if isinstance(from_, Scalar) and isinstance(from_.value, str) else None
        if written is None:
            return None
        change = self.change(written.value, "change", f"{path}.change", written.key.span)
        return None if day is None else Amendment(day, change)

    def likes(self, variants: dict[str, Variant], known: Iterable[str]) -> None:
        """Each `like` names a variant, and no variant is like itself."""
        everything = dict.fromkeys((*known, *variants))
        for one in variants.values():
            if one.like is not None and ID.match(one.like.text) and one.like.text not in everything:
                at = At(one.like.span, f"variants.{one.name}.like")
                self.report(overlays.unknown_variant(at, one.like.text, everything))
        reads = {one.name: [one.like.text] if one.like else [] for one in variants.values()}
        for circle in dependency_order(reads)[1]:
            like = variants[circle[0]].like
            assert like is not None, "what is in a circle is like another"
            self.report(words.cycle(At(like.span, f"variants.{circle[0]}.like"), circle))


def _told(node: Node) -> str:
    return "empty" if isinstance(node, Scalar) and node.value is None else described(node)
