"""The layers of one document: its common part, its variants, and its amendments."""

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

NOT_MERGED = ("extends", "variants", "amendments", "examples")
"""Keys that are never merged."""

VARIANT_SETTINGS = ("like", "label", "amendments")
"""Keys of a variant that control its merge."""


@frozen
class Amendment:
    """Changes from a day on."""

    day: date
    change: Mapping


@frozen
class Variant:
    """Changes for one kind of subject.

    Args:
        name: the name of the variant.
        change: its changes.
        like: the variant whose changes apply first, or None.
        amendments: its own amendments, by date.
        span: the place of its name.
    """

    name: str
    change: Mapping
    like: Scalar | None = None
    amendments: tuple[Amendment, ...] = ()
    span: Span | None = None


@frozen
class Layers:
    """The layers of a document, which are merged one after the other.

    Args:
        plain: the common part, for all subjects and days.
        variants: the variants by name.
        amendments: the amendments by date.
        examples: its worked examples, which are never merged, or None.
        names: the place of its variants, or None.
    """

    plain: Mapping
    variants: dict[str, Variant] = field(factory=dict)
    amendments: tuple[Amendment, ...] = ()
    examples: Entry | None = None
    names: Span | None = None


def base_of(document: Document, diagnostics: list[Diagnostic]) -> Scalar | None:
    """Return the path of the document that this one extends, or None.

    Args:
        document: the document as read.
        diagnostics: collects its mistakes.
    """
    node = document.root.get("extends")
    if node is None:
        return None
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.text.strip():
        return node
    expected = "the path of a rulebook"
    diagnostics.append(
        say.wrong_kind_of_value(At(node.span, "extends"), "`extends`", expected, described_briefly(node))
    )
    return None


def layers(document: Document, known: Iterable[str], diagnostics: list[Diagnostic]) -> Layers:
    """Return the layers of a document.

    Args:
        document: the document as read.
        known: the variants of the documents that it extends.
        diagnostics: collects the mistakes of its variants and amendments.
    """
    reading = _Reading(Decoding(diagnostics))
    root = document.root
    plain = Mapping(tuple(entry for entry in root if entry.key.text not in NOT_MERGED), root.span)
    variants = reading.variants(root.get("variants"))
    reading.check_likes(variants, known)
    entry = next((entry for entry in root if entry.key.text == "examples"), None)
    names = next((entry.key.span for entry in root if entry.key.text == "variants"), None)
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
                say.wrong_kind_of_value(
                    At(node.span, "variants"), "`variants`", "variants by name", described_briefly(node)
                )
            )
            return {}
        return {entry.key.text: self.variant(entry) for entry in node}

    def variant(self, entry: Entry) -> Variant:
        name, path = entry.key.text, f"variants.{entry.key.text}"
        if not ID.match(name):
            self.report(say.unusable_id(At(entry.key.span, path), name, near_id(name)))
        change = self.change(entry.value, "variant", path, entry.key.span)
        like = change.get("like")
        rest = Mapping(tuple(entry for entry in change if entry.key.text not in VARIANT_SETTINGS), change.span)
        amendments = self.amendments(change.get("amendments"), f"{path}.amendments")
        return Variant(name, rest, like if isinstance(like, Scalar) else None, amendments, entry.key.span)

    def change(self, node: Node, shape: str, path: str, shown: Span) -> Mapping:
        """Return the known keys of an overlay; their values are read after the merge."""
        owner = "the variant" if shape == "variant" else "the change"
        if not isinstance(node, Mapping):
            if isinstance(node, Scalar) and node.value is None:
                self.report(overlays.empty_in_overlay(At(shown, path), path))
            else:
                self.report(
                    say.wrong_kind_of_value(At(node.span, path), owner, "a map of changes", described_briefly(node))
                )
            return Mapping((), node.span)
        usual = []
        for entry in node:
            key = entry.key.text
            if key in NEVER_MERGED and not (key == "amendments" and shape == "variant"):
                self.report(overlays.not_in_overlay(At(entry.key.span, f"{path}.{key}"), key, owner))
            else:
                usual.append(entry)
        kept = Mapping(tuple(usual), node.span)
        known = SHAPES[shape].by_name
        aside = tuple(entry for entry in kept if entry.key.text not in known or entry.key.text in VARIANT_SETTINGS)
        # Amendments are read separately, each with its path.
        aside = tuple(entry for entry in aside if entry.key.text != "amendments")
        self.decoding.fields(Mapping(aside, node.span), SHAPES[shape], path, shown)
        return Mapping(tuple(entry for entry in kept if entry.key.text in known), node.span)

    def amendments(self, node: Node | None, path: str) -> tuple[Amendment, ...]:
        """Read amendments, sorted by date."""
        if node is None:
            return ()
        if not isinstance(node, Listing):
            expected = "a list of amendments"
            self.report(
                say.wrong_kind_of_value(At(node.span, path), "`amendments`", expected, described_briefly(node))
            )
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
            self.report(
                say.wrong_kind_of_value(At(node.span, path), "an amendment", "a map", described_briefly(node))
            )
            return None
        written = next((entry for entry in node if entry.key.text == "change"), None)
        # The change is read separately, so an empty map replaces it here.
        entries = [Entry(entry.key, Mapping((), entry.value.span)) if entry is written else entry for entry in node]
        self.decoding.fields(Mapping(tuple(entries), node.span), SHAPES["amendment"], path, node.span)
        from_ = node.get("from")
        day = parse_date(from_.value) if isinstance(from_, Scalar) and isinstance(from_.value, str) else None
        if written is None:
            return None
        change = self.change(written.value, "change", f"{path}.change", written.key.span)
        return None if day is None else Amendment(day, change)

    def check_likes(self, variants: dict[str, Variant], known: Iterable[str]) -> None:
        """Check that each `like` names a variant, and that no variant is like itself."""
        everything = dict.fromkeys((*known, *variants))
        for variant in variants.values():
            if variant.like is not None and ID.match(variant.like.text) and variant.like.text not in everything:
                at = At(variant.like.span, f"variants.{variant.name}.like")
                self.report(overlays.unknown_variant(at, variant.like.text, everything))
        reads = {variant.name: [variant.like.text] if variant.like else [] for variant in variants.values()}
        for cycle in dependency_order(reads)[1]:
            like = variants[cycle[0]].like
            assert like is not None, "a variant in a cycle is like another"
            self.report(words.cycle(At(like.span, f"variants.{cycle[0]}.like"), cycle))


def described_briefly(node: Node) -> str:
    return "empty" if isinstance(node, Scalar) and node.value is None else described(node)
