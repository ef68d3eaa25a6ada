"""From YAML text to Document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from ..diagnostics import Diagnostic, Source, Span
from ..diagnostics.codes.document import (
    number_out_of_range,
    second_document,
    yaml_machinery,
)
from ..kernel.brief import shortened
from .assembly import Assembly, ReadingError
from .document import Document, Scalar
from .limits import refused_in_text, refused_in_value, without_mark
from .yaml_errors import Complaint, directive, escape_refused, explained, whole_value_quoted
from .yaml_scalars import NULLS, offsets_of, plain_value

__all__ = ["read_yaml"]


def read_yaml(source: Source, *, _pure: bool = False) -> tuple[Document | None, list[Diagnostic]]:
    """Return the document of a YAML text, and all mistakes of the text.

    Args:
        source: the text and its name.

    Returns:
        The document, or None if too little of it can be read; the diagnostics.

    >>> document, diagnostics = read_yaml(Source("a.kpi.yaml", "kpirules: 1"))
    >>> document.root.get("kpirules").value, diagnostics
    (Fraction(1, 1), [])
    """
    source = without_mark(source)
    refused = refused_in_text(source, yaml=True)
    if refused:
        return None, refused
    reading = _Reading(Assembly(source))
    return reading.run(_events(source, pure=_pure)), reading.assembly.diagnostics


def _events(source: Source, *, pure: bool) -> Iterator[Any]:
    """Yield the events of the YAML parser, which neither recurses nor interprets scalars.

    Raises:
        ReadingError: the text is not YAML.
    """
    import yaml

    loader: Any = (yaml.BaseLoader if pure else getattr(yaml, "CBaseLoader", yaml.BaseLoader))(source.text)
    try:
        yield from iter(loader.get_event, None)
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark
        opened = error.context_mark or mark
        complaint = Complaint(source, error.context or "", opened.index, error.problem or "", mark.index)
        raise ReadingError(explained(complaint)) from None
    except (ValueError, OverflowError) as error:
        # Only the Python loader raises this, for an escape such as "\U00110000", which names no character.
        raise ReadingError(explained(Complaint(source, "", loader.index, str(error), loader.index))) from None
    finally:
        loader.dispose()


MAX_QUOTED_ALIASES = 100
"""The most mistakes for which an alias is reported with its whole value in quotes."""


class _Reading:
    """Reads the events of a text."""

    def __init__(self, assembly: Assembly) -> None:
        self.assembly = assembly
        self.text = assembly.source.text
        self.begun = False
        self.alias_line = 0
        self.takers: dict[str, Callable[[Any], None]] = {
            "ScalarEvent": self.scalar,
            "MappingStartEvent": self.begin,
            "SequenceStartEvent": self.begin,
            "MappingEndEvent": self.end,
            "SequenceEndEvent": self.end,
            "AliasEvent": self.alias,
            "DocumentStartEvent": self.document,
        }

    def run(self, events: Iterator[Any]) -> Document | None:
        try:
            for event in events:
                take = self.takers.get(type(event).__name__)
                if take:
                    take(event)
        except ReadingError as stop:
            self.stopped(stop.diagnostic)
            if not stop.partial:
                return None
        return self.assembly.document()

    def stopped(self, diagnostic: Diagnostic) -> None:
        line = diagnostic.span.line if diagnostic.span else 0
        # After `*x + 1` the scanner stops at the `+`: one mistake, already reported as an alias.
        if diagnostic.code != "KR101" or line != self.alias_line:
            self.assembly.diagnostics.append(diagnostic)

    def document(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        if self.begun:
            raise ReadingError(second_document(self.assembly.at(start, end)), partial=True)
        self.begun = True
        if self.text.startswith("%", start):
            self.assembly.diagnostics.append(directive(self.assembly.source, start))

    def begin(self, event: Any) -> None:
        self.machinery(event)
        mapping = type(event).__name__ == "MappingStartEvent"
        self.assembly.begin(event.start_mark.index, mapping=mapping, flow=bool(event.flow_style))

    def end(self, event: Any) -> None:
        self.assembly.end(event.end_mark.index)

    def alias(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        # Searching the end of the value for each alias would take quadratic time on a long line.
        is_reported = len(self.assembly.diagnostics) > MAX_QUOTED_ALIASES
        remedy = "quote the value" if is_reported else whole_value_quoted(self.assembly.source, start)
        what = f"a value cannot begin with `*`: `*{shortened(event.anchor)}` would copy another node"
        self.assembly.diagnostics.append(yaml_machinery(self.assembly.at(start, end), what, remedy))
        self.assembly.is_whole = False
        span = self.assembly.span(start, end)
        self.alias_line = span.line
        self.assembly.add(Scalar(span.text, span.text, span))

    def machinery(self, event: Any) -> None:
        """Report an anchor or a tag before a node."""
        for sign, name, kind, remedy in (
            ("&", event.anchor, "an anchor, which names a node to copy", _ANCHOR),
            ("!", event.tag, "a tag, which changes what a value is", _TAG),
        ):
            if name:
                start = self.text.find(sign, event.start_mark.index)
                end = _WORD.match(self.text, start).end()  # type: ignore[union-attr]
                at = self.assembly.at(start, end)
                what = f"`{shortened(self.text[start:end])}` is {kind}"
                self.assembly.diagnostics.append(yaml_machinery(at, what, remedy))

    def scalar(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        if start == end:
            start = end = self.before_blanks(start)
        span = Span(self.assembly.source, start, end)
        style: str = event.style or ""
        text: str = event.value
        offsets: Sequence[int] = ()
        # A node with an anchor or a tag begins before its text, so the two cannot be walked together.
        if event.anchor or event.tag:
            self.machinery(event)
        else:
            offsets = offsets_of(text, style, span)
        if style:
            span = self.check_styled(style, text, span, offsets)
        value = text if style else self.value(text, span)
        self.assembly.add(Scalar(value, text, span, offsets))

    def before_blanks(self, place: int) -> int:
        """Return the offset of an empty value, just after its colon; the two loaders report it differently."""
        while place and self.text[place - 1] in " \t\r\n":
            place -= 1
        return place

    def check_styled(self, style: str, text: str, span: Span, offsets: Sequence[int]) -> Span:
        """Refuse escapes of characters that no value may contain; return the span of the scalar to show."""
        if style in "|>":
            return self.assembly.span(span.start, _last(offsets, text, span))
        refused = refused_in_value(text) if style == '"' else None
        if refused is not None:
            start = offsets[refused] if offsets else self.text.index("\\", span.start)
            diagnostic = escape_refused(self.assembly.source, start, text[refused])
            self.assembly.diagnostics.append(diagnostic)
            self.assembly.is_whole = False
        return span

    def value(self, text: str, span: Span) -> bool | Fraction | str | None:
        if self.assembly.wants_key:
            return self.key(text, span)
        try:
            return plain_value(text)
        except ValueError as error:
            at = self.assembly.at(span.start, span.end)
            self.assembly.diagnostics.append(number_out_of_range(at, text, str(error)))
            self.assembly.is_whole = False
            return text

    def key(self, text: str, span: Span) -> str | None:
        """Return a key as its text, even `true` and `5`; None for a missing key."""
        if text == "<<":
            at = self.assembly.at(span.start, span.end)
            self.assembly.diagnostics.append(yaml_machinery(at, "`<<` merges another mapping", _MERGE))
            self.assembly.is_whole = False
        return None if text in NULLS else text


_WORD = re.compile(r"\S+")
_ANCHOR = "remove it; name what several rules share as a parameter or a function"
_TAG = "remove it; in an expression write `not`"
_MERGE = "write the keys where they hold, or make a variant"


def _last(offsets: Sequence[int], text: str, span: Span) -> int:
    """Return the end of a block scalar as readers see it, after its last visible character."""
    last = len(text.rstrip()) - 1
    return offsets[last] + 1 if offsets and last >= 0 else span.start + 1
