"""From documents that extend each other to one document for each variant and edition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from attrs import define, field, frozen

from ...diagnostics import Diagnostic, Span
from ...diagnostics.codes import At, overlays
from ...language.model import Version
from ..document import Document, Mapping
from .layers import Amendment, Layers, Variant, layers
from .merging import merged

__all__ = ["MAX_VERSIONS", "Composed", "Composition", "compose"]

MAX_VERSIONS = 500
"""Each is checked as a whole, so this bounds the time a document may take."""

_ONCE_MORE = frozenset({"kpirules"})
"""Keys that every document writes, whatever it extends."""


@frozen
class Composition:
    """The whole document of one variant and one edition.

    Args:
        document: everything merged.
        version: which one it is.
        found: what is wrong with the changes that make it.
    """

    document: Document
    version: Version
    found: tuple[Diagnostic, ...] = ()


@frozen
class Composed:
    """Everything that documents come to.

    Args:
        compositions: by variant in the order of the documents, each by date.
        variants: names of all variants, those of the extended documents first.
        variants_span: where they stand.
        found: what is wrong whatever the variant and edition.
    """

    compositions: tuple[Composition, ...] = ()
    variants: tuple[str, ...] = ()
    variants_span: Span | None = None
    found: tuple[Diagnostic, ...] = ()


def compose(documents: Sequence[Document]) -> Composed:
    """One document for each variant and edition.

    Merged are: the extended document for the same variant and day, the document itself, its amendments by date,
    the variant that its variant is like, its variant, and that variant's own amendments.

    Args:
        documents: the one that is asked for, then the one that it extends, and so on.

    >>> from kpirules.documents import read_mapping
    >>> document, _ = read_mapping({"kpirules": 1, "variants": {"head": {"title": "Heads"}}})
    >>> [(one.version.variant, one.document.root.get("title").value) for one in compose([document]).compositions]
    [('head', 'Heads')]
    """
    found: list[Diagnostic] = []
    line: list[Layers] = []
    names: dict[str, None] = {}
    for document in reversed(documents):
        line.append(layers(document, names, found))
        names |= dict.fromkeys(line[-1].variants)
    if any(diagnostic.is_error for diagnostic in found):
        # What can't be read whole would be merged into something that nobody wrote.
        return Composed(variants=tuple(names), found=tuple(found))
    composing = _Composing(tuple(line), documents[0])
    asked = [(name, period) for name in (*names,) or ("",) for period in composing.periods(name)]
    span = next((each.names for each in reversed(line) if each.names is not None), None)
    if len(asked) > MAX_VERSIONS:
        found.append(overlays.too_many_versions(At(span, "variants"), len(asked), MAX_VERSIONS))
        return Composed(variants=tuple(names), found=tuple(found))
    made = [composing.composition(name, *period) for name, period in asked]
    return Composed(tuple(composing.settled(made)), tuple(names), span, tuple(found))


Period = tuple[date | None, date | None]


@define
class _Step:
    """One overlay that was merged, and what was wrong with it there."""

    overlay: Mapping
    found: tuple[Diagnostic, ...]

    @property
    def place(self) -> tuple[str, int]:
        return self.overlay.span.source.name, self.overlay.span.start


@define
class _Composing:
    """
    Args:
        line: what each document says, the one that extends nothing first.
        document: the one that is asked for.
        steps: what was merged for each composition, by its place in the order they were made.
    """

    line: tuple[Layers, ...]
    document: Document
    steps: list[list[_Step]] = field(factory=list)

    def periods(self, name: str) -> Iterator[Period]:
        """The editions of a variant: from the day of one amendment until before that of the next."""
        days = {one.day for each, chain in self.parts(name) for one in each.amendments}
        days |= {one.day for _, chain in self.parts(name) for variant in chain for one in variant.amendments}
        ends = sorted(days)
        yield from zip((None, *ends), (*ends, None), strict=True)

    def parts(self, name: str) -> list[tuple[Layers, list[Variant]]]:
        """What of each document concerns a variant, the document that extends nothing first.

        Variants come with those that they are like, the most general one first.
        """
        found: list[tuple[Layers, list[Variant]]] = []
        for place in range(len(self.line) - 1, -1, -1):
            own = self.line[place].variants
            names = [name]
            while names[-1] in own and (like := own[names[-1]].like) is not None:
                names.append(like.text)
            found.append((self.line[place], [own[each] for each in reversed(names) if each in own]))
            below = {each for layer in self.line[:place] for each in layer.variants}
            # The variant of the same name comes first; what the document is like may be one of those that it extends.
            name = next((each for each in names if each in below), "")
        return found[::-1]

    def composition(self, name: str, from_: date | None, until: date | None) -> Composition:
        steps: list[_Step] = []
        root: Mapping | None = None
        amended: date | None = None
        for each, chain in self.parts(name):
            for day, overlay in _overlays(each, chain, from_):
                if root is None:
                    root = overlay
                    continue
                found: list[Diagnostic] = []
                root = merged(root, overlay, found, _ONCE_MORE)
                steps.append(_Step(overlay, tuple(found)))
                if overlay.get("edition") is not None:
                    amended = None
                elif day is not None:
                    amended = day if amended is None else max(amended, day)
        assert root is not None, "there is a document"
        self.steps.append(steps)
        examples = self.line[-1].examples
        if examples is not None:
            root = Mapping((*root.entries, examples), root.span)
        return Composition(Document(root, self.document.source), Version(name, from_, until, amended))

    def settled(self, made: list[Composition]) -> Iterator[Composition]:
        """The compositions with what is wrong with their overlays, wherever these take part.

        A removal of what an earlier amendment has removed is right for the days before it.
        """
        merges = Counter(step.place for steps in self.steps for step in steps)
        seen = Counter(
            (step.place, diagnostic) for steps in self.steps for step in steps for diagnostic in step.found
        )
        for one, steps in zip(made, self.steps, strict=True):
            wrong = [
                diagnostic
                for step in steps
                for diagnostic in step.found
                if seen[step.place, diagnostic] == merges[step.place]
            ]
            yield Composition(one.document, one.version, tuple(wrong))


def _overlays(each: Layers, chain: list[Variant], day: date | None) -> Iterator[tuple[date | None, Mapping]]:
    """What a document merges, in order, with the day of amendments."""
    yield None, each.plain
    yield from _in_force(each.amendments, day)
    for variant in chain:
        yield None, variant.change
        yield from _in_force(variant.amendments, day)


def _in_force(amendments: tuple[Amendment, ...], day: date | None) -> Iterator[tuple[date, Mapping]]:
    yield from ((one.day, one.change) for one in amendments if day is not None and one.day <= day)
