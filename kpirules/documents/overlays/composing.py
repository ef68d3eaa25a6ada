"""Composes documents that extend each other into one document for each variant and edition."""

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
"""Each one is checked as a whole, so this limits the time that a document may take."""

_ONCE_MORE = frozenset({"kpirules"})
"""Keys that every document writes, even if it extends another."""


@frozen
class Composition:
    """The merged document of one variant and one edition.

    Args:
        document: the merged document.
        version: its variant and edition.
        found: the mistakes of its changes.
    """

    document: Document
    version: Version
    found: tuple[Diagnostic, ...] = ()


@frozen
class Composed:
    """All variants and editions of some documents.

    Args:
        compositions: by variant in the order of the documents, each by date.
        variants: the names of all variants, those of extended documents first.
        variants_span: the place of the variants.
        found: the mistakes that concern all variants and editions.
    """

    compositions: tuple[Composition, ...] = ()
    variants: tuple[str, ...] = ()
    variants_span: Span | None = None
    found: tuple[Diagnostic, ...] = ()


def compose(documents: Sequence[Document]) -> Composed:
    """Return one document for each variant and edition.

    The merge takes the extended document for the same variant and day, the document itself, its amendments by
    date, the variant that its variant is like, its variant, and that variant's own amendments.

    Args:
        documents: the requested one, then the one that it extends, and so on.

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
        # A document that can't be read completely would merge into something that nobody wrote.
        return Composed(variants=tuple(names), found=tuple(found))
    composing = _Composer(tuple(line), documents[0])
    name_periods = [(name, period) for name in (*names,) or ("",) for period in composing.periods(name)]
    span = next((layer.names for layer in reversed(line) if layer.names is not None), None)
    if len(name_periods) > MAX_VERSIONS:
        found.append(overlays.too_many_versions(At(span, "variants"), len(name_periods), MAX_VERSIONS))
        return Composed(variants=tuple(names), found=tuple(found))
    made = [composing.composition(name, *period) for name, period in name_periods]
    return Composed(tuple(composing.settled(made)), tuple(names), span, tuple(found))


Period = tuple[date | None, date | None]


@define
class _Step:
    """An overlay that was merged, with the mistakes found there."""

    overlay: Mapping
    found: tuple[Diagnostic, ...]

    @property
    def place(self) -> tuple[str, int]:
        return self.overlay.span.source.name, self.overlay.span.start


@define
class _Composer:
    """Composes the documents of all variants and editions.

    Args:
        line: the layers of each document, the one that extends nothing first.
        document: the requested document.
        steps: the overlays merged for each composition, in the order of creation.
    """

    line: tuple[Layers, ...]
    document: Document
    steps: list[list[_Step]] = field(factory=list)

    def periods(self, name: str) -> Iterator[Period]:
        """Yield the periods of a variant's editions, each from the day of an amendment until the next one."""
        days = {amendment.day for layer, _ in self.parts(name) for amendment in layer.amendments}
        days |= {
            amendment.day for _, chain in self.parts(name) for variant in chain for amendment in variant.amendments
        }
        ends = sorted(days)
        yield from zip((None, *ends), (*ends, None), strict=True)

    def parts(self, name: str) -> list[tuple[Layers, list[Variant]]]:
        """Return the layers that concern a variant, the document that extends nothing first.

        Variants come after those that they are like, the most general one first.
        """
        found: list[tuple[Layers, list[Variant]]] = []
        for place in range(len(self.line) - 1, -1, -1):
            own = self.line[place].variants
            names = [name]
            while names[-1] in own and (like := own[names[-1]].like) is not None:
                names.append(like.text)
            found.append((self.line[place], [own[variant] for variant in reversed(names) if variant in own]))
            below = {variant for layer in self.line[:place] for variant in layer.variants}
            # The variant of the same name comes first; it may be like a variant of an extended document.
            name = next((variant for variant in names if variant in below), "")
        return found[::-1]

    def composition(self, name: str, from_: date | None, until: date | None) -> Composition:
        steps: list[_Step] = []
        root: Mapping | None = None
        amended: date | None = None
        for layer, chain in self.parts(name):
            for day, overlay in _overlays(layer, chain, from_):
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
        """Yield the compositions with the mistakes of overlays that occur in every composition using them.

        Removing what an earlier amendment removed is valid for the days before it.
        """
        merges = Counter(step.place for steps in self.steps for step in steps)
        seen = Counter(
            (step.place, diagnostic) for steps in self.steps for step in steps for diagnostic in step.found
        )
        for composition, steps in zip(made, self.steps, strict=True):
            wrong = [
                diagnostic
                for step in steps
                for diagnostic in step.found
                if seen[step.place, diagnostic] == merges[step.place]
            ]
            yield Composition(composition.document, composition.version, tuple(wrong))


def _overlays(layers: Layers, chain: list[Variant], day: date | None) -> Iterator[tuple[date | None, Mapping]]:
    """Yield the overlays of a document in order, with the day of amendments."""
    yield None, layers.plain
    yield from _in_force(layers.amendments, day)
    for variant in chain:
        yield None, variant.change
        yield from _in_force(variant.amendments, day)


def _in_force(amendments: tuple[Amendment, ...], day: date | None) -> Iterator[tuple[date, Mapping]]:
    yield from (
        (amendment.day, amendment.change) for amendment in amendments if day is not None and amendment.day <= day
    )
