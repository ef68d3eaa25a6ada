"""Reads case files as cases, with the places of their parts.

The file is long since one class reads all keys of a case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Given
from datetime import date
from os import PathLike, fspath

from attrs import define, evolve, field

from ..diagnostics import Diagnostic, Report, Span
from ..diagnostics.codes import At, cases
from ..documents import Document, Entry, Listing, Mapping, Node, Scalar, read_bytes
from ..errors import KpirulesError
from ..kernel.calendars import parse_date
from ..kernel.mappings import FrozenMap
from ..loading.files import MAX_TABLE_BYTES, Reach, RefusedFile
from .cases import Case, CaseFile
from .csv_cases import Table, cases_of_rows, read_table, records_of
from .expectations import EXPECTED, unusable_expectations

__all__ = ["cases_of", "is_case_file", "members_of", "plain", "present_in", "read_cases", "spans_of"]

ENDINGS = (".cases.yaml", ".cases.yml", ".cases.json")

MEMBER_KEYS = ("name", "given")
FILE_KEYS = ("rulebook", "variant", "on", "cases", "cases_from")
CSV_KEYS = ("csv", "records", "delimiter")
CASE_KEYS = ("name", "variant", "on", "like", "given", "members", "expect", "label", "note", "source")


def is_case_file(path: str | PathLike[str]) -> bool:
    """Return whether the name of a file is that of a case file.

    >>> is_case_file("staff.cases.yaml"), is_case_file("staff.kpi.yaml")
    (True, False)
    """
    return fspath(path).lower().endswith(ENDINGS)


def read_cases(path: str | PathLike[str], *, root: str | PathLike[str] | None = None) -> CaseFile:
    """Read the cases of a file.

    Args:
        path: a `.cases.yaml`, `.cases.yml` or `.cases.json` file.
        root: the folder that the rulebook and the CSV files that it names must be in, after links are resolved; the
            folder of the case file by default.

    Raises:
        KpirulesError: with the whole report, if the file has errors.
        OSError: if the file can't be read.
    """
    reach = Reach.of(path, root, None)
    file, found = cases_of(*read_bytes(reach.first(path), fspath(path)), reach, fspath(path))
    if file is None or found:
        raise KpirulesError(Report.of(found))
    return file


def cases_of(
    document: Document | None, found: Sequence[Diagnostic], reach: Reach, name: str
) -> tuple[CaseFile | None, list[Diagnostic]]:
    """Return the cases of a document, None if it names no rulebook, and all its mistakes.

    Args:
        document: the document as read, None if it can't be read.
        found: the mistakes of its text.
        reach: the files it may read.
        name: its path.
    """
    reading = _Reading(list(found), reach, name)
    file = reading.file(document.root) if document is not None else None
    return file, reading.found


@define
class _Draft:
    """A case before its `like` is resolved."""

    name: Scalar
    like: Scalar | None
    given: dict[str, object]
    members: dict[str, dict[str, object]]
    expect: FrozenMap[str, object]
    spans: dict[str, Span]
    variant: str | None
    on: date | None
    reason: str = ""

    @property
    def title(self) -> str:
        return self.name.text


@define
class _Usual:
    """Defaults of the file for its cases, with their places."""

    variant: str | None = None
    on: date | None = None
    spans: dict[str, Span] = field(factory=dict)


@define
class _Reading:
    """Reads a case file; `found` collects diagnostics."""

    found: list[Diagnostic]
    reach: Reach
    name: str

    def file(self, root: Mapping) -> CaseFile | None:
        whole = At(Span(root.span.source, root.span.start, root.span.start))
        self.keys(root, FILE_KEYS, "a case file", "")
        rulebook = self.text(root, "rulebook", whole, "", "the path of a rulebook")
        listed, rows = root.get("cases"), root.get("cases_from")
        if not isinstance(listed, Listing) and (listed is not None or rows is None):
            place = At(listed.span, "cases") if listed else whole
            self.wrong(place, "`cases`", "a list of cases", listed)
            return None
        usual = _Usual()
        usual.variant, usual.on = self.version(root, "", usual.spans)
        items = listed.items if isinstance(listed, Listing) else ()
        drafts = [self.draft(item, f"cases[{index}]") for index, item in enumerate(items)]
        drafts += self.rows(rows) if rows is not None else []
        made = self.cases([draft for draft in drafts if draft is not None], usual)
        if rulebook is None:
            return None
        try:
            located = self.reach.locate(rulebook.text, self.name)
        except RefusedFile as refused:
            problem = f"the rulebook {rulebook.text} can't be read: {refused.reason}"
            self.found.append(cases.no_rulebook(At(rulebook.span, "rulebook"), problem, refused.help))
            return None
        return CaseFile(self.name, located, made, self.reach.root, rulebook.span)

    # -- CSV files ------------------------------------------------------------------------------------

    def rows(self, node: Node) -> list[_Draft | None]:
        """Return the rows of the CSV file that `cases_from` names, with their records."""
        at = At(node.span, "cases_from")
        if isinstance(node, Mapping):
            self.keys(node, CSV_KEYS, "`cases_from`", "cases_from")
            delimiter = self.delimiter(node, "cases_from")
            table = self.table(node.get("csv"), at, "cases_from.csv", delimiter)
        else:
            delimiter, table = ",", self.table(node, at, "cases_from", ",")
        made = [] if table is None else cases_of_rows(table, at, self.found)
        lists = node.get("records") if isinstance(node, Mapping) else None
        if lists is not None and not isinstance(lists, Mapping):
            self.wrong(At(lists.span, "cases_from.records"), "`records`", "a mapping", lists)
        names = [row_case.name for row_case in made]
        for entry in lists if isinstance(lists, Mapping) else ():
            gathered = self.records(entry, names, delimiter)
            for row_case in made:
                row_case.given[entry.key.text] = tuple(gathered[row_case.name])
        return [
            _Draft(
                Scalar(row_case.name, row_case.name, row_case.span),
                None,
                row_case.given,
                {},
                FrozenMap(row_case.expect),
                row_case.spans,
                None,
                None,
            )
            for row_case in made
        ]

    def records(self, entry: Entry, names: list[str], delimiter: str) -> dict[str, list[FrozenMap[str, object]]]:
        """Return the records of a list input from a CSV file, by the name of the case."""
        gathered: dict[str, list[FrozenMap[str, object]]] = {name: [] for name in names}
        path = f"cases_from.records.{entry.key.text}"
        at = At(entry.value.span, path)
        records = self.table(entry.value, at, path, delimiter)
        if records is not None and "name" not in records.columns:
            expected = "names of columns, one of them `name`"
            self.found.append(cases.unusable_case(at, "the header", expected, "there is none"))
        elif records is not None:
            place_of = records.columns.index("name")
            for row, record in records_of(records, ("name",)):
                name = row.cells[place_of].strip()
                if name in gathered:
                    gathered[name].append(record)
                else:
                    self.found.append(cases.unknown_case(At(row.spans[place_of], path), name, names))
        return gathered

    def table(self, node: Node | None, whole: At, path: str, delimiter: str) -> Table | None:
        """Read the CSV file that a text names, relative to the folder of the case file."""
        if not (isinstance(node, Scalar) and isinstance(node.value, str) and node.text.strip()):
            self.wrong(At(node.span, path) if node else whole, f"`{path}`", "the path of a CSV file", node)
            return None
        at = At(node.span, path)
        try:
            named = self.reach.read(node.text, self.name, MAX_TABLE_BYTES)
        except RefusedFile as refused:
            problem = cases.unusable_case(
                at, f"`{node.text}`", "the path of a CSV file in UTF-8", f"reading it fails: {refused.reason}"
            )
            self.found.append(evolve(problem, help=refused.help))
            return None
        return read_table(named.data, named.name, at, self.found, delimiter)

    def delimiter(self, node: Mapping, path: str) -> str:
        found = node.get("delimiter")
        if found is None:
            return ","
        if isinstance(found, Scalar) and len(found.text) == 1 and found.text not in '"\r\n':
            return found.text
        self.wrong(At(found.span, f"{path}.delimiter"), "`delimiter`", "one character other than a quote", found)
        return ","

    def listed(self, node: Mapping, path: str) -> object:
        """Return the records of a list input from a CSV file."""
        self.keys(node, ("csv", "delimiter"), "a list of records in a file", path)
        table = self.table(node.get("csv"), At(node.span, path), f"{path}.csv", self.delimiter(node, path))
        return () if table is None else tuple(record for _, record in records_of(table))

    # -- cases ----------------------------------------------------------------------------------------

    def keys(self, node: Mapping, known: tuple[str, ...], of: str, path: str) -> None:
        for entry in node:
            name, at = entry.key.text, At(entry.key.span, f"{path}.{entry.key.text}".removeprefix("."))
            if name not in known:
                self.found.append(cases.unknown_case_key(at, name, of, known))

    def wrong(self, at: At, place: str, expected: str, node: Node | None) -> None:
        self.found.append(cases.unusable_case(at, place, expected, _described(node)))

    def text(self, node: Mapping, key: str, whole: At, path: str, expected: str) -> Scalar | None:
        """Return a required text."""
        found = node.get(key)
        if isinstance(found, Scalar) and isinstance(found.value, str) and found.text.strip():
            return found
        at = At(found.span, f"{path}.{key}".removeprefix(".")) if found else whole
        self.wrong(at, f"`{key}`", expected, found)
        return None

    def mapping(self, node: Mapping, key: str, path: str, spans: dict[str, Span]) -> dict[str, object]:
        """Return the plain values under a key, and add their places to `spans`."""
        found = node.get(key)
        if found is None:
            return {}
        if not isinstance(found, Mapping):
            self.wrong(At(found.span, f"{path}.{key}"), f"`{key}`", "a mapping", found)
            return {}
        spans |= spans_of(found, key)
        return {entry.key.text: plain(entry.value) for entry in found}

    def given(self, node: Mapping, path: str, spans: dict[str, Span]) -> dict[str, object]:
        """Return the given values of a subject, with records from files."""
        given = self.mapping(node, "given", path, spans)
        written = node.get("given")
        for entry in written if isinstance(written, Mapping) else ():
            # An input is never a mapping, so this one names a file of records.
            if isinstance(entry.value, Mapping) and entry.value.get("csv") is not None:
                given[entry.key.text] = self.listed(entry.value, f"{path}.given.{entry.key.text}")
        return given

    def draft(self, node: Node, path: str) -> _Draft | None:
        if not isinstance(node, Mapping):
            self.wrong(At(node.span, path), "a case", "a mapping", node)
            return None
        whole = At(Span(node.span.source, node.span.start, node.span.start), path)
        self.keys(node, CASE_KEYS, "a case", path)
        name = self.text(node, "name", whole, path, "a name")
        like = self.text(node, "like", whole, path, "the name of a case") if node.get("like") else None
        spans: dict[str, Span] = {}
        given = self.given(node, path, spans)
        members = self.members(node, path, spans)
        expect = self.expect(node, path, name.span if name else whole.span, spans)
        version = self.version(node, path, spans)
        return (
            None
            if name is None
            else _Draft(name, like, given, members, FrozenMap(expect), spans, *version, _reason(node))
        )

    def members(self, node: Mapping, path: str, spans: dict[str, Span]) -> dict[str, dict[str, object]]:
        """Return the given values of each member of a cohort, and add their places to `spans`."""
        listed = node.get("members")
        if listed is None:
            return {}
        if not isinstance(listed, Listing) or not listed.items:
            at, seen = At(listed.span, f"{path}.members"), _described(listed)
            seen = "this one is empty" if isinstance(listed, Listing) else seen
            self.found.append(cases.unusable_case(at, "`members`", "a list of members", seen))
            return {}
        first: dict[str, int] = {}
        found: dict[str, dict[str, object]] = {}
        for index, item in enumerate(listed.items):
            member_path = f"{path}.members[{index}]"
            if not isinstance(item, Mapping):
                self.wrong(At(item.span, member_path), "a member", "a mapping", item)
                continue
            whole = At(Span(item.span.source, item.span.start, item.span.start), member_path)
            self.keys(item, MEMBER_KEYS, "a member", member_path)
            name = self.text(item, "name", whole, member_path, "a name")
            own: dict[str, Span] = {}
            given = self.given(item, member_path, own)
            if name is None:
                continue
            if name.text in found:
                self.found.append(cases.case_twice(At(name.span, member_path), name.text, first[name.text], "member"))
            first.setdefault(name.text, name.span.line)
            found[name.text] = given
            spans |= {f"members.{name.text}.{inner}": span for inner, span in own.items()}
        return found

    def version(self, node: Mapping, path: str, spans: dict[str, Span]) -> tuple[str | None, date | None]:
        """Return the variant and the day that a case or a file names, and add their places to `spans`."""
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
        """Return the case with everything it inherits by `like`; its own values take precedence.

        Variant and day are its own, or else those of the file.
        """
        line = self.line(draft, named)
        given: dict[str, object] = {}
        spans: dict[str, Span] = {}
        for ancestor in reversed(line):
            given |= ancestor.given
            replaced = tuple(ancestor.given)
            spans = {part_path: span for part_path, span in spans.items() if _input_of(part_path) not in replaced}
            spans |= {part_path: span for part_path, span in ancestor.spans.items() if part_path.startswith("given.")}
            spans |= {
                part_path: span for part_path, span in ancestor.spans.items() if part_path.startswith("members.")
            }
        spans |= {part_path: span for part_path, span in draft.spans.items() if part_path.startswith("expect")}
        spans |= usual.spans | {
            part_path: span for part_path, span in draft.spans.items() if part_path in ("variant", "on")
        }
        variant, on = draft.variant or usual.variant, draft.on or usual.on
        members = members_of(given, [ancestor.members for ancestor in reversed(line)])
        return Case(
            draft.title,
            present_in(given),
            draft.expect,
            variant,
            on,
            members,
            draft.name.span,
            FrozenMap(spans),
            draft.reason,
        )

    def line(self, draft: _Draft, named: dict[str, _Draft]) -> list[_Draft]:
        """Return the chain of cases by `like`, beginning with this one."""
        line = [draft]
        while (like := line[-1].like) is not None:
            other = named.get(like.text)
            if other is None or other in line:
                # A mistake in another case is reported there.
                if draft.like is not None and (other is draft or len(line) == 1):
                    at = At(draft.like.span, draft.title)
                    self.found.append(cases.unknown_case(at, draft.like.text, named))
                break
            line.append(other)
        return line


def _reason(node: Mapping) -> str:
    """Return the texts under `note` and `source`, which may be mappings, as one text."""
    return " ".join(text for key in ("note", "source") for text in _texts(node.get(key)))


def _texts(node: Node | None) -> Iterator[str]:
    match node:
        case Scalar(text=text):
            yield text
        case Listing(items=items):
            yield from (text for item in items for text in _texts(item))
        case Mapping():
            yield from (text for entry in node for text in _texts(entry.value))


def present_in(given: Given[str, object]) -> FrozenMap[str, object]:
    """Return the given values without those that `null` removes."""
    return FrozenMap({name: part for name, part in given.items() if part is not None})


def members_of(
    given: Given[str, object], line: Sequence[Given[str, Given[str, object]]]
) -> FrozenMap[str, FrozenMap[str, object]]:
    """Return the given values of each member of a cohort.

    Args:
        given: the values common to all members.
        line: values by member name of each case in the `like` chain, base first.
    """
    members: dict[str, dict[str, object]] = {}
    for case_members in line:
        for name, own in case_members.items():
            members[name] = {**members.get(name, given), **own}
    return FrozenMap({name: present_in(own) for name, own in members.items()})


def plain(node: Node) -> object:
    """Return a node as a plain value: exact number, text, boolean, None, tuple or mapping."""
    match node:
        case Scalar(value=found):
            return found
        case Listing(items=items):
            return tuple(plain(item) for item in items)
        case Mapping():
            return FrozenMap({entry.key.text: plain(entry.value) for entry in node})


def spans_of(node: Node, path: str) -> dict[str, Span]:
    """Return the places of a node, of everything below it, and of mapping keys, by path."""
    spans = {path: node.span}
    if isinstance(node, Mapping):
        for entry in node:
            entry_path = f"{path}.{entry.key.text}"
            spans |= {f"{entry_path}:key": entry.key.span, **spans_of(entry.value, entry_path)}
    elif isinstance(node, Listing):
        for index, item in enumerate(node.items):
            spans |= spans_of(item, f"{path}[{index}]")
    return spans


def _input_of(path: str) -> str:
    return path.removeprefix("given.").partition(".")[0].partition("[")[0].partition(":")[0]


def _described(node: Node | None) -> str:
    match node:
        case None:
            return "it is missing"
        case Mapping():
            return "this is a mapping"
        case Listing():
            return "this is a list"
        case Scalar(value=None):
            return "this is empty"
        case Scalar(value=str()):
            return "this is a text" if node.text.strip() else "this text is empty"
        case _:
            return f"this is `{node.text}`"
