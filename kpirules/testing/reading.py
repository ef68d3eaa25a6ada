"""Case files: from the text to cases that know where each of their parts stands."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path

from attrs import define, field

from ..diagnostics import Diagnostic, Report, Span
from ..diagnostics.codes import At, cases
from ..errors import KpirulesError
from ..mappings import FrozenMap
from ..reading import Listing, Mapping, Node, Scalar, read_bytes
from .cases import Case, CaseFile
from .csv_cases import Table, cases_of_rows, read_table, records_of
from .expectations import EXPECTED, unusable_expectations

__all__ = ["is_case_file", "plain", "read_cases", "spans_of"]

ENDINGS = (".cases.yaml", ".cases.yml", ".cases.json")

FILE_KEYS = ("rulebook", "cases", "cases_from")
CSV_KEYS = ("csv", "records", "delimiter")
CASE_KEYS = ("name", "like", "given", "expect", "label", "note", "source")
LATER_KEYS = {
    "variant": "the variant of the rulebook",
    "on": "the date of the edition",
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
    reading = _Reading(list(found), Path(path).parent)
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

    @property
    def title(self) -> str:
        return self.name.text


@define
class _Reading:
    """One walk over a case file; `found` takes the diagnostics."""

    found: list[Diagnostic] = field(factory=list)
    folder: Path = field(factory=Path)

    def file(self, root: Mapping, path: Path) -> CaseFile | None:
        whole = At(Span(root.span.source, root.span.start, root.span.start))
        self.keys(root, FILE_KEYS, "a case file", "")
        rulebook = self.text(root, "rulebook", whole, "", "the way to a rulebook")
        listed, rows = root.get("cases"), root.get("cases_from")
        if not isinstance(listed, Listing) and (listed is not None or rows is None):
            place = At(listed.span, "cases") if listed else whole
            self.wrong(place, "`cases`", "a list of cases", listed)
            return None
        items = listed.items if isinstance(listed, Listing) else ()
        drafts = [self.draft(item, f"cases[{index}]") for index, item in enumerate(items)]
        drafts += self.rows(rows) if rows is not None else []
        made = self.cases([draft for draft in drafts if draft is not None])
        if rulebook is None:
            return None
        return CaseFile(str(path), path.parent / rulebook.text, made, rulebook.span)

    # -- CSV files ------------------------------------------------------------------------------------

    def rows(self, node: Node) -> list[_Draft | None]:
        """The rows of the CSV file that `cases_from` names, with their records."""
        at = At(node.span, "cases_from")
        if isinstance(node, Mapping):
            self.keys(node, CSV_KEYS, "`cases_from`", "cases_from")
            delimiter = self.delimiter(node, "cases_from")
            table = self.table(node.get("csv"), at, "cases_from.csv", delimiter)
        else:
            delimiter, table = ",", self.table(node, at, "cases_from", ",")
        made = [] if table is None else cases_of_rows(table, self.found)
        lists = node.get("records") if isinstance(node, Mapping) else None
        if lists is not None and not isinstance(lists, Mapping):
            self.wrong(At(lists.span, "cases_from.records"), "`records`", "a mapping", lists)
        named = {one.name: one for one in made}
        for entry in lists if isinstance(lists, Mapping) else ():
            path = f"cases_from.records.{entry.key.text}"
            records = self.table(entry.value, At(entry.value.span, path), path, delimiter)
            gathered: dict[str, list[FrozenMap[str, object]]] = {one.name: [] for one in made}
            if records is not None and "name" not in records.columns:
                place = At(records.head.spans[0], path)
                self.found.append(
                    cases.unusable_case(place, "the head", "columns with one called `name`", "there is none")
                )
            elif records is not None:
                place_of = records.columns.index("name")
                for row, record in records_of(records, ("name",)):
                    name = row.cells[place_of].strip()
                    if name in gathered:
                        gathered[name].append(record)
                    else:
                        self.found.append(cases.unknown_case(At(row.spans[place_of], path), name, named))
            for name, list_ in gathered.items():
                named[name].given[entry.key.text] = tuple(list_)
        return [
            _Draft(Scalar(one.name, one.name, one.span), None, one.given, FrozenMap(one.expect), one.spans)
            for one in made
        ]

    def table(self, node: Node | None, whole: At, path: str, delimiter: str) -> Table | None:
        """The CSV file that a text names, from the folder of the case file."""
        if not (isinstance(node, Scalar) and isinstance(node.value, str) and node.text.strip()):
            self.wrong(At(node.span, path) if node else whole, f"`{path}`", "the way to a CSV file", node)
            return None
        file = self.folder / node.text
        return read_table(file, str(file), At(node.span, path), self.found, delimiter)

    def delimiter(self, node: Mapping, path: str) -> str:
        found = node.get("delimiter")
        if found is None:
            return ","
        if isinstance(found, Scalar) and len(found.text) == 1 and found.text not in '"\r\n':
            return found.text
        self.wrong(At(found.span, f"{path}.delimiter"), "`delimiter`", "one character, and no quote", found)
        return ","

    def listed(self, node: Mapping, path: str) -> object:
        """The records of a list input: those of a CSV file."""
        self.keys(node, ("csv", "delimiter"), "a list of records in a file", path)
        table = self.table(node.get("csv"), At(node.span, path), f"{path}.csv", self.delimiter(node, path))
        return () if table is None else tuple(record for _, record in records_of(table))

    # -- cases ----------------------------------------------------------------------------------------

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
        written = node.get("given")
        for entry in written if isinstance(written, Mapping) else ():
            # An input is never a mapping, so this one says where the records stand.
            if isinstance(entry.value, Mapping) and entry.value.get("csv") is not None:
                given[entry.key.text] = self.listed(entry.value, f"{path}.given.{entry.key.text}")
        expect = self.expect(node, path, name.span if name else whole.span, spans)
        return None if name is None else _Draft(name, like, given, FrozenMap(expect), spans)

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

    def cases(self, drafts: list[_Draft]) -> tuple[Case, ...]:
        named: dict[str, _Draft] = {}
        for draft in drafts:
            first = named.setdefault(draft.title, draft)
            if first is not draft:
                at = At(draft.name.span, draft.title)
                self.found.append(cases.case_twice(at, draft.title, first.name.span.line))
        return tuple(self.case(draft, named) for draft in drafts)

    def case(self, draft: _Draft, named: dict[str, _Draft]) -> Case:
        """The case with all that it takes over; what it writes itself is stronger."""
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
        return Case(draft.title, present, draft.expect, draft.name.span, FrozenMap(spans))

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
