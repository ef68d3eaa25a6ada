"""Rewrites failing expectations in place; the rest of the text does not change.

An edit replaces a span of the text. The text is then read again, and must hold the same except for the values meant
to change. Otherwise nothing is written.
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
"""Texts that other YAML readers take for something else."""

_PERCENT = re.compile(r"-?[0-9.]+%")


@frozen
class Edit:
    """A span of a text and its replacement.

    Args:
        what: the path of the expectation.
        span: the span to replace.
        text: the replacement.
        value: the value of the replacement: an exact number, a text, a boolean, None, or a tuple of texts.
    """

    what: str
    span: Span
    text: str
    value: object


@frozen
class Update:
    """The changes that would make a case pass.

    Args:
        edits: edits of its expectations.
        refused: the reason for no change, empty if the edits make it pass.
    """

    edits: tuple[Edit, ...] = ()
    refused: tuple[str, ...] = ()


@frozen
class Written:
    """The result of writing a file.

    Args:
        file: its name.
        count: the number of expectations rewritten.
        problem: the reason if none was rewritten, else empty.
    """

    file: str
    count: int
    problem: str = ""

    def __str__(self) -> str:
        if self.problem:
            return neutral(f"not updated: {self.file}: {self.problem}")
        return f"updated: {neutral(self.file)}: {self.count} expectation{'s' if self.count > 1 else ''}"


def update_of(outcome: CaseOutcome) -> Update:
    """Return the changes to the text that make a case pass.

    Args:
        outcome: the outcome of the case.
    """
    if outcome.passed:
        return Update()
    if not outcome.differences:
        codes = ", ".join(dict.fromkeys(diagnostic.code for diagnostic in outcome.report.errors))
        return Update(
            refused=(f"the expectation and the result are of different kinds ({codes}): change it by hand",)
        )
    edits, refused = [], []
    for difference in outcome.differences:
        edit = _edit(difference)
        if isinstance(edit, Edit):
            edits.append(edit)
        else:
            refused.append(f"`{difference.what}`: {edit}")
    if not refused and updated(edits[0].span.source, edits) is None:
        refused.append("the edit would change the meaning of other text: change it by hand")
    return Update(tuple(edits), tuple(refused))


def held_by(outcome: CaseOutcome) -> tuple[Span, ...]:
    """Return the places of expectations that were met.

    Args:
        outcome: the outcome of the case.
    """
    differ = {
        (difference.span.start, difference.span.end)
        for difference in outcome.differences
        if difference.span is not None
    }
    spans = (span for path, span in outcome.case.spans.items() if path.startswith("expect") and ":" not in path)
    return tuple(span for span in spans if (span.start, span.end) not in differ)


def _edit(difference: Difference) -> Edit | str:
    """Return the edit, or why there is none."""
    if difference.what.startswith("invariants."):
        return "the rules break what they promise: correct the rules or the invariant"
    if difference.span is None:
        return "this rulebook was not read from a text"
    old, is_csv = difference.span.text, difference.span.source.name.lower().endswith(".csv")
    if isinstance(difference.got, tuple):
        if "#" in old:
            return "there may be a comment inside the list: change it by hand"
        text = " ".join(difference.got) or "[]" if is_csv else _list(difference.span, difference.got)
        return Edit(difference.what, difference.span, text, difference.got)
    text = _percent(difference, old) or as_text(difference.got)
    if is_csv:
        text = _cell(text, difference.got)
    elif not old:
        text = f" {text}"
    elif old[0] in "'\"" and text[0] not in "'\"":
        # Quoted text stays quoted; a number is quoted only if it is a quotient.
        text = json.dumps(text, ensure_ascii=False) if isinstance(difference.got, str) else text
    return Edit(difference.what, difference.span, text, _meant(text, difference.got))


def _percent(difference: Difference, old: str) -> str:
    """Return a percentage if the old text was one and the decimal ends, else empty."""
    if not isinstance(difference.got, Fraction) or not _PERCENT.fullmatch(old.strip("'\"")):
        return ""
    hundredfold = difference.got * 100
    if not isinstance(decimal_of(hundredfold.numerator, hundredfold.denominator), Decimal):
        return ""
    quote = old[0] if old[0] in "'\"" else ""
    return f"{quote}{to_text(hundredfold)}%{quote}"


def _cell(text: str, actual: object) -> str:
    if isinstance(actual, str):
        return quoted(shielded(actual))
    return quoted(json.loads(text) if text.startswith('"') else text)


def _meant(text: str, got: object) -> object:
    bare = text.strip().strip("'\"")
    if isinstance(got, Fraction) and ("/" in text or "%" in text):
        return bare
    return got.isoformat() if isinstance(got, date) else got


def _list(span: Span, ids: tuple[str, ...]) -> str:
    """Return a list in the style of the old one."""
    if span.text.startswith("-") and ids:
        return ("\n" + " " * (span.column - 1)).join(f"- {as_text(id_)}" for id_ in ids)
    texts = [json.dumps(id_) if '"' in span.text else as_text(id_) for id_ in ids]
    ends_line = span.text.endswith("\n") and not span.text.startswith("[")
    return f"[{', '.join(texts)}]" + ("\n" if ends_line else "")


def as_text(value: object) -> str:
    """Return a value as YAML and JSON write it: exact numbers, quoted quotients.

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
    """Return the text after its edits, or None if it would not be read as intended.

    Args:
        source: the text before.
        edits: edits of disjoint spans.
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
    intended = {(edit.span.start, edit.span.end): edit.value for edit in edits}
    if before.name.lower().endswith(".csv"):
        return _is_meant_in_csv(before, after, intended)
    old, new = (_read(source) for source in (before, after))
    if old is None or new is None:
        return False
    missing = dict(intended)
    return _agree(old, new, missing) and not missing


def _read(source: Source) -> Node | None:
    # A rulebook in JSON may have any file name.
    is_json = source.text.lstrip().startswith("{")
    document, found = read_text(source.text, source.name, "json" if is_json else format_of(source.name))
    if is_json and (document is None or found):
        document, found = read_text(source.text, source.name)
    return None if document is None or found else document.root


def _agree(old: Node, new: Node, meant: dict[tuple[int, int], object]) -> bool:
    """Return whether a node is unchanged, or has its intended value, which is then removed from `meant`."""
    key = (old.span.start, old.span.end)
    if key in meant and not (isinstance(old, Mapping) or isinstance(new, Mapping)):
        return plain(new) == meant.pop(key)
    match old, new:
        case Scalar(), Scalar():
            return type(old.value) is type(new.value) and old.value == new.value
        case Listing(), Listing():
            return len(old.items) == len(new.items) and all(
                _agree(before, after, meant) for before, after in zip(old.items, new.items, strict=True)
            )
        case Mapping(), Mapping():
            return [entry.key.text for entry in old] == [entry.key.text for entry in new] and all(
                _agree(before.value, after.value, meant) for before, after in zip(old, new, strict=True)
            )
    return False


def _is_meant_in_csv(before: Source, after: Source, meant: dict[tuple[int, int], object]) -> bool:
    for delimiter in (",", ";", "\t"):
        try:
            old, new = read_csv_text(before, delimiter), read_csv_text(after, delimiter)
        except CsvError:
            continue
        missing = dict(meant)
        cells = [(span, cell) for row in old for span, cell in zip(row.spans, row.cells, strict=True)]
        others = [cell for row in new for cell in row.cells]
        is_same = [len(row.cells) for row in old] == [len(row.cells) for row in new]
        for (span, cell), other in zip(cells, others, strict=is_same):
            key = (span.start, span.end)
            if key in missing:
                missing.pop(key)
            else:
                is_same = is_same and cell == other
        if is_same and not missing:
            return True
    return False


def write(edits: Iterable[Edit], folder: Path | None = None, held: Iterable[Span] = ()) -> tuple[Written, ...]:
    """Write edits to their files, each file once.

    Args:
        edits: edits of any number of files.
        folder: the folder of relative file names; the current directory by default.
        held: places of expectations that other cases share; no edit may make another case fail.

    Returns:
        The result for each file, in order of name.
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
        Written(name, 0, "cases that share an expectation have different results: change it by hand")
        if name in contradicted
        else _written(name, tuple(own.values()), folder or Path())
        for name, own in sorted(by_file.items())
    )


def _written(name: str, edits: tuple[Edit, ...], folder: Path) -> Written:
    source = edits[0].span.source
    # A link stays a link: its target is written.
    path = resolved(folder / name)
    try:
        found = path.read_bytes()
        mark = BOM_UTF8 if found.startswith(BOM_UTF8) and not source.text.startswith(BYTE_ORDER_MARK) else b""
        if found != mark + source.text.encode("utf-8"):
            return Written(name, 0, "the file has changed since it was read")
        after = updated(source, edits)
        if after is None:
            return Written(name, 0, "the edit would change the meaning of other text: change it by hand")
        write_whole(path, [mark, after.encode("utf-8")])
    except OSError as problem:
        return Written(name, 0, problem.strerror or "the file can't be written")
    return Written(name, len(edits))
