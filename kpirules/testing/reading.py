"""Case files: from the text to cases that know where each of their parts stands."""

from __future__ import annotations

from datetime import date
from os import PathLike, fspath
from pathlib import Path

from attrs import define, field

from ..calendars import parse_date
from ..diagnostics import Diagnostic, Report, Span
from ..diagnostics.codes import At, cases
from ..errors import KpirulesError
from ..mappings import FrozenMap
from ..reading import Listing, Mapping, Node, Scalar, read_bytes
from .cases import Case, CaseFile
from .expectations import EXPECTED, unusable_expectations

__all__ = ["is_case_file", "plain", "read_cases", "spans_of"]

ENDINGS = (".cases.yaml", ".cases.yml", ".cases.json")

FILE_KEYS = ("rulebook", "variant", "on", "cases")
CASE_KEYS = ("name", "variant", "on", "like", "given", "expect", "label", "note", "source")
LATER_KEYS = {
    "members": "the members of a cohort",
}


def is_case_file(path: str | PathLike[str]) -> bool:
    """Whether a file holds cases, by its name.

    >>> is_case_file("staff.cases.yaml"), is_case_file("staff.kpi.yaml")
    (True, False)
    """
    return fspath(path).lower().endswith(ENDINGS)


def read_cases(path: str | PathLike[str]) -> CaseFile:
    """The cases of a file.

    Args:
        path: a `.cases.yaml`, `.cases.yml` or `.cases.json` file.

    Raises:
        KpirulesError: with the whole report, where the file has errors.
        OSError: where the file can't be read.
    """
    document, found = read_bytes(Path(path).read_bytes(), fspath(path))
    reading = _Reading(list(found))
    file = reading.file(document.root, Path(path)) if document is not None else None
    if file is None or reading.found:
        raise KpirulesError(Report.of(reading.found))
    return file


@define
class _Draft:
    """A case whose `like` has not been followed yet."""

    name: Scalar
    like: Scalar | None
    given: dict[str, object]
    expect: FrozenMap[str, object]
    spans: dict[str, Span]
    variant: str | None
    on: date | None

    @property
    def title(self) -> str:
        return self.name.text


@define
class _Usual:
    """What the file says for the cases that do not say it themselves, and where."""

    variant: str | None = None
    on: date | None = None
    spans: dict[str, Span] = field(factory=dict)


@define
class _Reading:
    """One walk over a case file; `found` takes the diagnostics."""

    found: list[Diagnostic] = field(factory=list)

    def file(self, root: Mapping, path: Path) -> CaseFile | None:
        whole = At(Span(root.span.source, root.span.start, root.span.start))
        self.keys(root, FILE_KEYS, "a case file", "")
        rulebook = self.text(root, "rulebook", whole, "", "the way to a rulebook")
        listed = root.get("cases")
        if not isinstance(listed, Listing):
            place = At(listed.span, "cases") if listed else whole
            self.wrong(place, "`cases`", "a list of cases", listed)
            return None
        usual = _Usual()
        usual.variant, usual.on = self.version(root, "", usual.spans)
        drafts = [self.draft(item, f"cases[{index}]") for index, item in enumerate(listed.items)]
        made = self.cases([draft for draft in drafts if draft is not None], usual)
        if rulebook is None:
            return None
        return CaseFile(str(path), path.parent / rulebook.text, made, rulebook.span)

    def keys(self, node: Mapping, known: tuple[str, ...], of: str, path: str) -> None:
        for entry in node:
            name, at = entry.key.text, At(entry.key.span, f"{path}.{entry.key.text}".removeprefix("."))
            if name in LATER_KEYS:
                self.found.append(cases.later_part(at, name, LATER_KEYS[name]))
            elif name not in known:
                self.found.append(cases.unknown_case_key(at, name, of, known))

    def wrong(self, at: At, place: str, expected: str, node: Node | None) -> None:
        self.found.append(cases.unusable_case(at, place, expected, _described(node)))

    def text(self, node: Mapping, key: str, whole: At, path: str, expected: str) -> Scalar | None:
        """A text that must stand under a key."""
        found = node.get(key)
        if isinstance(found, Scalar) and isinstance(found.value, str) and found.text.strip():
            return found
        at = At(found.span, f"{path}.{key}".removeprefix(".")) if found else whole
        self.wrong(at, f"`{key}`", expected, found)
        return None

    def mapping(self, node: Mapping, key: str, path: str, spans: dict[str, Span]) -> dict[str, object]:
        """The plain values under a key, with their places added to `spans`."""
        found = node.get(key)
        if found is None:
            return {}
        if not isinstance(found, Mapping):
            self.wrong(At(found.span, f"{path}.{key}"), f"`{key}`", "a mapping", found)
            return {}
        spans |= spans_of(found, key)
        return {entry.key.text: plain(entry.value) for entry in found}

    def draft(self, node: Node, path: str) -> _Draft | None:
        if not isinstance(node, Mapping):
            self.wrong(At(node.span, path), "a case", "a mapping", node)
            return None
        whole = At(Span(node.span.source, node.span.start, node.span.start), path)
        self.keys(node, CASE_KEYS, "a case", path)
        name = self.text(node, "name", whole, path, "a name")
        like = self.text(node, "like", whole, path, "the name of a case") if node.get("like") else None
        spans: dict[str, Span] = {}
        given = self.mapping(node, "given", path, spans)
        expect = self.expect(node, path, name.span if name else whole.span, spans)
        version = self.version(node, path, spans)
        return None if name is None else _Draft(name, like, given, FrozenMap(expect), spans, *version)

    def version(self, node: Mapping, path: str, spans: dict[str, Span]) -> tuple[str | None, date | None]:
        """The variant and the day that a case or a file names, with their places added to `spans`."""
        variant = (
            self.text(node, "variant", At(node.span), path, "the name of a variant") if node.get("variant") else None
        )
        on = node.get("on")
        day = parse_date(on.value) if isinstance(on, Scalar) and isinstance(on.value, str) else None
        if on is not None and day is None:
            self.wrong(At(on.span, f"{path}.on".removeprefix(".")), "`on`", "a date such as 2026-07-01", on)
        spans |= {key: part.span for key, part in (("variant", variant), ("on", on)) if part is not None}
        return None if variant is None else variant.text, day

    def expect(self, node: Mapping, path: str, shown: Span | None, spans: dict[str, Span]) -> dict[str, object]:
        expect = self.mapping(node, "expect", path, spans)
        found = node.get("expect")
        if isinstance(found, Mapping):
            self.keys(found, EXPECTED, "`expect`", f"{path}.expect")
        if found is None or isinstance(found, Mapping):
            at = At(found.span if found and expect else shown, f"{path}.expect")
            usable = FrozenMap({key: part for key, part in expect.items() if key in EXPECTED})
            if usable or not expect:
                self.found.extend(unusable_expectations(usable, at, spans))
        return expect

    def cases(self, drafts: list[_Draft], usual: _Usual) -> tuple[Case, ...]:
        named: dict[str, _Draft] = {}
        for draft in drafts:
            first = named.setdefault(draft.title, draft)
            if first is not draft:
                at = At(draft.name.span, draft.title)
                self.found.append(cases.case_twice(at, draft.title, first.name.span.line))
        return tuple(self.case(draft, named, usual) for draft in drafts)

    def case(self, draft: _Draft, named: dict[str, _Draft], usual: _Usual) -> Case:
        """The case with all that it takes over; what it writes itself is stronger.

        Variant and day are its own, or those of the file.
        """
        line = self.line(draft, named)
        given: dict[str, object] = {}
        spans: dict[str, Span] = {}
        for each in reversed(line):
            given |= each.given
            replaced = tuple(each.given)
            spans = {way: span for way, span in spans.items() if _input_of(way) not in replaced}
            spans |= {way: span for way, span in each.spans.items() if way.startswith("given.")}
        spans |= {way: span for way, span in draft.spans.items() if way.startswith("expect")}
        present = FrozenMap({name: part for name, part in given.items() if part is not None})
        spans |= usual.spans | {way: span for way, span in draft.spans.items() if way in ("variant", "on")}
        variant, on = draft.variant or usual.variant, draft.on or usual.on
        return Case(draft.title, present, draft.expect, variant, on, draft.name.span, FrozenMap(spans))

    def line(self, draft: _Draft, named: dict[str, _Draft]) -> list[_Draft]:
        """The case, the one it is like, the one that is like, and so on."""
        line = [draft]
        while (like := line[-1].like) is not None:
            other = named.get(like.text)
            if other is None or other in line:
                # Where the mistake is another case's, it is reported there.
                if draft.like is not None and (other is draft or len(line) == 1):
                    at = At(draft.like.span, draft.title)
                    self.found.append(cases.unknown_case(at, draft.like.text, named))
                break
            line.append(other)
        return line


def plain(node: Node) -> object:
    """A node as a plain value: exact numbers, texts, yes and no, None, tuples and maps."""
    match node:
        case Scalar(value=found):
            return found
        case Listing(items=items):
            return tuple(plain(each) for each in items)
        case Mapping():
            return FrozenMap({entry.key.text: plain(entry.value) for entry in node})


def spans_of(node: Node, path: str) -> dict[str, Span]:
    """Where a node and everything below it stand, by the way to each, and the names of mappings' values."""
    spans = {path: node.span}
    if isinstance(node, Mapping):
        for entry in node:
            way = f"{path}.{entry.key.text}"
            spans |= {f"{way}:key": entry.key.span, **spans_of(entry.value, way)}
    elif isinstance(node, Listing):
        for index, item in enumerate(node.items):
            spans |= spans_of(item, f"{path}[{index}]")
    return spans


def _input_of(way: str) -> str:
    return way.removeprefix("given.").partition(".")[0].partition("[")[0].partition(":")[0]


def _described(node: Node | None) -> str:
    match node:
        case None:
            return "it is not written"
        case Mapping():
            return "this is a mapping"
        case Listing():
            return "this is a list"
        case Scalar(value=None):
            return "nothing stands here"
        case Scalar(value=str()):
            return "this is a text" if node.text.strip() else "this text is empty"
        case _:
            return f"this is `{node.text}`"
