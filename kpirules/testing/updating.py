"""Expectations that differ, written anew in the text where they stand; nothing else of it changes.

An edit replaces one stretch of the text. Afterwards the text is read again: it must hold the same as before, but for
the values that were meant to change. Where that is not so, nothing is written.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from os.path import normpath
from pathlib import Path

from attrs import frozen

from ..diagnostics import Source, Span
from ..documents import Listing, Mapping, Node, Scalar, read_text
from ..documents.source_text import format_of
from ..kernel.csv_lines import quoted, shielded
from ..kernel.exact import decimal_of, to_text
from ..kernel.visible import neutral
from ..loading.atomic import write_whole
from ..loading.files import resolved
from .cases import CaseOutcome, Difference
from .csv_text import CsvError, read_csv_text
from .reading import plain

__all__ = ["Edit", "Update", "Written", "as_text", "held_by", "update_of", "updated", "write"]

BYTE_ORDER_MARK = "\ufeff"

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:[ .-][A-Za-z0-9_]+)*")
_WORDS = ("true", "false", "null", "yes", "no", "on", "off", "nan", "inf")
"""Texts that readers of other kinds of YAML take for something else."""

_PERCENT = re.compile(r"-?[0-9.]+%")


@frozen
class Edit:
    """A stretch of a text and what comes in its place.

    Args:
        what: as `expect` names it.
        span: what is replaced.
        text: what stands there afterwards.
        value: what that means: an exact number, a text, yes or no, None, or a tuple of texts.
    """

    what: str
    span: Span
    text: str
    value: object


@frozen
class Update:
    """What would make a case pass.

    Args:
        edits: of its expectations.
        refused: why it is left as it is, empty where the edits make it pass.
    """

    edits: tuple[Edit, ...] = ()
    refused: tuple[str, ...] = ()


@frozen
class Written:
    """What became of a file.

    Args:
        file: its name.
        count: expectations that were rewritten.
        problem: why none was, or empty.
    """

    file: str
    count: int
    problem: str = ""

    def __str__(self) -> str:
        if self.problem:
            return neutral(f"not updated: {self.file}: {self.problem}")
        return f"updated: {neutral(self.file)}: {self.count} expectation{'s' if self.count > 1 else ''}"


def update_of(outcome: CaseOutcome) -> Update:
    """What has to change in the text so that a case passes.

    Args:
        outcome: of the case.
    """
    if outcome.passed:
        return Update()
    if not outcome.differences:
        codes = ", ".join(dict.fromkeys(diagnostic.code for diagnostic in outcome.report.errors))
        return Update(
            refused=(f"what is expected is of another kind than what came out ({codes}): change it by hand",)
        )
    edits, refused = [], []
    for one in outcome.differences:
        edit = _edit(one)
        if isinstance(edit, Edit):
            edits.append(edit)
        else:
            refused.append(f"`{one.what}`: {edit}")
    if not refused and updated(edits[0].span.source, edits) is None:
        refused.append("the text would not mean the same afterwards: change it by hand")
    return Update(tuple(edits), tuple(refused))


def held_by(outcome: CaseOutcome) -> tuple[Span, ...]:
    """Where expectations of a case stand that came out as they are.

    Args:
        outcome: of the case.
    """
    differ = {(one.span.start, one.span.end) for one in outcome.differences if one.span is not None}
    spans = (span for way, span in outcome.case.spans.items() if way.startswith("expect") and ":" not in way)
    return tuple(span for span in spans if (span.start, span.end) not in differ)


def _edit(one: Difference) -> Edit | str:
    """The edit, or why there is none."""
    if one.what.startswith("invariants."):
        return "the rules break what they promise: correct the rules or the invariant"
    if one.span is None:
        return "this rulebook was not read from a text"
    old, is_csv = one.span.text, one.span.source.name.lower().endswith(".csv")
    if isinstance(one.got, tuple):
        if "#" in old:
            return "there may be a comment inside the list: change it by hand"
        text = " ".join(one.got) or "[]" if is_csv else _list(one.span, one.got)
        return Edit(one.what, one.span, text, one.got)
    text = _percent(one, old) or as_text(one.got)
    if is_csv:
        text = _cell(text, one.got)
    elif not old:
        text = f" {text}"
    elif old[0] in "'\"" and text[0] not in "'\"":
        # What was quoted stays so, but numbers: they are quoted where they are quotients.
        text = json.dumps(text, ensure_ascii=False) if isinstance(one.got, str) else text
    return Edit(one.what, one.span, text, _meant(text, one.got))


def _percent(one: Difference, old: str) -> str:
    """A percentage where one stood, and its decimal ends."""
    if not isinstance(one.got, Fraction) or not _PERCENT.fullmatch(old.strip("'\"")):
        return ""
    hundredfold = one.got * 100
    if not isinstance(decimal_of(hundredfold.numerator, hundredfold.denominator), Decimal):
        return ""
    quote = old[0] if old[0] in "'\"" else ""
    return f"{quote}{to_text(hundredfold)}%{quote}"


def _cell(text: str, got: object) -> str:
    if isinstance(got, str):
        return quoted(shielded(got))
    return quoted(json.loads(text) if text.startswith('"') else text)


def _meant(text: str, got: object) -> object:
    bare = text.strip().strip("'\"")
    if isinstance(got, Fraction) and ("/" in text or "%" in text):
        return bare
    return got.isoformat() if isinstance(got, date) else got


def _list(span: Span, ids: tuple[str, ...]) -> str:
    """A list in the style of the one that stands there."""
    if span.text.startswith("-") and ids:
        return ("\n" + " " * (span.column - 1)).join(f"- {as_text(id_)}" for id_ in ids)
    texts = [json.dumps(id_) if '"' in span.text else as_text(id_) for id_ in ids]
    ends_line = span.text.endswith("\n") and not span.text.startswith("[")
    return f"[{', '.join(texts)}]" + ("\n" if ends_line else "")


def as_text(value: object) -> str:
    """A value as YAML and JSON write it: numbers exactly, quotients quoted.

    >>> as_text(Fraction(173, 2)), as_text(Fraction(385, 6)), as_text("good"), as_text(None)
    ('86.5', '"385/6"', 'good', 'null')
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Fraction():
            text = to_text(value)
            return f'"{text}"' if "/" in text else text
        case date():
            return value.isoformat()
        case str() if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
            return value
        case _:
            return json.dumps(str(value), ensure_ascii=False)


def updated(source: Source, edits: Iterable[Edit]) -> str | None:
    """The text after its edits, or None where it would not mean what it has to.

    Args:
        source: the text before.
        edits: of stretches that lie apart.
    """
    is_json = format_of(source.name) == "json"
    edits = sorted(edits, key=lambda edit: edit.span.start)
    parts, place = [], 0
    for edit in edits:
        text = edit.text
        if is_json and not isinstance(edit.value, tuple) and isinstance(edit.value, str) and text[:1] != '"':
            text = json.dumps(edit.value, ensure_ascii=False)
        if is_json and isinstance(edit.value, tuple):
            text = json.dumps(list(edit.value), ensure_ascii=False)
        if edit.span.start < place:
            return None
        parts += [source.text[place : edit.span.start], text]
        place = edit.span.end
    after = "".join(parts) + source.text[place:]
    return after if _is_meant(source, Source(source.name, after), edits) else None


def _is_meant(before: Source, after: Source, edits: list[Edit]) -> bool:
    meant = {(edit.span.start, edit.span.end): edit.value for edit in edits}
    if before.name.lower().endswith(".csv"):
        return _is_meant_in_csv(before, after, meant)
    old, new = (_read(source) for source in (before, after))
    if old is None or new is None:
        return False
    left = dict(meant)
    return _agree(old, new, left) and not left


def _read(source: Source) -> Node | None:
    # A rulebook in JSON needs no name that says so.
    is_json = source.text.lstrip().startswith("{")
    document, found = read_text(source.text, source.name, "json" if is_json else format_of(source.name))
    if is_json and (document is None or found):
        document, found = read_text(source.text, source.name)
    return None if document is None or found else document.root


def _agree(old: Node, new: Node, meant: dict[tuple[int, int], object]) -> bool:
    """Whether a node is what it was, or what was meant; `meant` loses what is found."""
    key = (old.span.start, old.span.end)
    if key in meant and not (isinstance(old, Mapping) or isinstance(new, Mapping)):
        return plain(new) == meant.pop(key)
    match old, new:
        case Scalar(), Scalar():
            return type(old.value) is type(new.value) and old.value == new.value
        case Listing(), Listing():
            return len(old.items) == len(new.items) and all(
                _agree(one, other, meant) for one, other in zip(old.items, new.items, strict=True)
            )
        case Mapping(), Mapping():
            return [entry.key.text for entry in old] == [entry.key.text for entry in new] and all(
                _agree(one.value, other.value, meant) for one, other in zip(old, new, strict=True)
            )
    return False


def _is_meant_in_csv(before: Source, after: Source, meant: dict[tuple[int, int], object]) -> bool:
    for delimiter in (",", ";", "\t"):
        try:
            old, new = read_csv_text(before, delimiter), read_csv_text(after, delimiter)
        except CsvError:
            continue
        left = dict(meant)
        cells = [(span, cell) for row in old for span, cell in zip(row.spans, row.cells, strict=True)]
        others = [cell for row in new for cell in row.cells]
        is_same = [len(row.cells) for row in old] == [len(row.cells) for row in new]
        for (span, cell), other in zip(cells, others, strict=is_same):
            key = (span.start, span.end)
            if key in left:
                left.pop(key)
            else:
                is_same = is_same and cell == other
        if is_same and not left:
            return True
    return False


def write(edits: Iterable[Edit], folder: Path | None = None, held: Iterable[Span] = ()) -> tuple[Written, ...]:
    """Write edits into their files, each file once.

    Args:
        edits: of any number of files.
        folder: where the names of files begin; the current directory unless given.
        held: what other cases expect rightly; files may share a table, and no edit shall make another case fail.

    Returns:
        What became of each file, in the order of their names.
    """
    by_file: dict[str, dict[tuple[int, int], Edit]] = defaultdict(dict)
    kept = {(normpath(span.source.name), span.start, span.end) for span in held}
    contradicted: set[str] = set()
    for edit in edits:
        file, place = normpath(edit.span.source.name), (edit.span.start, edit.span.end)
        if (file, *place) in kept or by_file[file].get(place, edit).text != edit.text:
            contradicted.add(file)
        by_file[file][place] = edit
    return tuple(
        Written(name, 0, "cases that share a place in it come to different results: change it by hand")
        if name in contradicted
        else _written(name, tuple(own.values()), folder or Path())
        for name, own in sorted(by_file.items())
    )


def _written(name: str, edits: tuple[Edit, ...], folder: Path) -> Written:
    source = edits[0].span.source
    # A link stays one: the file that it leads to is written.
    path = resolved(folder / name)
    try:
        found = path.read_bytes()
        mark = BOM_UTF8 if found.startswith(BOM_UTF8) and not source.text.startswith(BYTE_ORDER_MARK) else b""
        if found != mark + source.text.encode("utf-8"):
            return Written(name, 0, "the file has changed since it was read")
        after = updated(source, edits)
        if after is None:
            return Written(name, 0, "the text would not mean the same afterwards: change it by hand")
        write_whole(path, [mark, after.encode("utf-8")])
    except OSError as problem:
        return Written(name, 0, problem.strerror or "the file can't be written")
    return Written(name, len(edits))
