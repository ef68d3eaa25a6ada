"""The examples of a rulebook as cases."""

from __future__ import annotations

from itertools import chain

from ..diagnostics import Report, Source, Span
from ..diagnostics.codes import At
from ..documents import Listing, Mapping, Scalar, read_text
from ..documents.source_text import format_of
from ..errors import KpirulesError
from ..kernel.mappings import FrozenMap
from ..language.model import Example
from ..rating.program import Program
from .cases import Case
from .expectations import unusable_expectations
from .reading import members_of, present_in, spans_of

__all__ = ["examples_of"]


def examples_of(program: Program) -> tuple[Case, ...]:
    """Return the examples of a rulebook as cases, with the values inherited by `like`.

    Args:
        program: the program of the rulebook.

    Raises:
        KpirulesError: if an expectation of an example can't be compared.
    """
    examples = program.rulebook.examples
    named = {example.name: example for example in examples}
    places = _places(examples)
    made = tuple(_case(example, named, places) for example in examples)
    found = tuple(
        chain.from_iterable(unusable_expectations(case.expect, At(case.span, case.name), case.spans) for case in made)
    )
    if found:
        raise KpirulesError(Report.of(found))
    return made


def _case(example: Example, named: dict[str, Example], places: dict[str, dict[str, Span]]) -> Case:
    line = [example]
    while (like := line[-1].like) is not None and like in named and named[like] not in line:
        line.append(named[like])
    given: dict[str, object] = {}
    spans: dict[str, Span] = {}
    for ancestor in reversed(line):
        given |= ancestor.given
        own = places.get(ancestor.name, {})
        spans |= {
            path: span for path, span in own.items() if path.startswith(("given", "members.")) or ancestor is example
        }
    span = spans.get("name", example.words.span)
    chosen = example.variant, example.on
    members = members_of(given, [ancestor.members for ancestor in reversed(line)])
    reason = " ".join(str(part) for part in (example.words.note, example.words.source) if part)
    return Case(example.name, present_in(given), example.expect, *chosen, members, span, FrozenMap(spans), reason)


def _places(examples: tuple[Example, ...]) -> dict[str, dict[str, Span]]:
    """Return the places of the parts of each example, by its name.

    A rulebook keeps the values of its examples but not their places, which only failures need; so the text is read
    again.
    """
    sources = {example.words.span.source for example in examples if example.words.span is not None}
    return {name: spans for source in sources for name, spans in _in_text(source).items()}


def _in_text(source: Source) -> dict[str, dict[str, Span]]:
    is_json = source.text.lstrip().startswith("{")
    document, _ = read_text(source.text, source.name, "json" if is_json else format_of(source.name))
    if document is None and is_json:
        document, _ = read_text(source.text, source.name)
    listed = document.root.get("examples") if document is not None else None
    if not isinstance(listed, Listing):
        return {}
    found: dict[str, dict[str, Span]] = {}
    for item in listed.items:
        name = item.get("name") if isinstance(item, Mapping) else None
        if isinstance(item, Mapping) and isinstance(name, Scalar):
            spans = found.setdefault(name.text, {})
            for entry in item:
                spans |= spans_of(entry.value, entry.key.text)
            members = item.get("members")
            for member in members.items if isinstance(members, Listing) else ():
                name_ = member.get("name") if isinstance(member, Mapping) else None
                given = member.get("given") if isinstance(member, Mapping) else None
                if isinstance(name_, Scalar) and given is not None:
                    spans |= spans_of(given, f"members.{name_.text}.given")
    return found
