"""Explains the YAML scanner's errors in words for authors of rulebooks."""

from __future__ import annotations

import re
from collections.abc import Callable

from attrs import frozen

from ..diagnostics import Diagnostic, Source, Span
from ..diagnostics.codes import At
from ..diagnostics.codes.document import refused_character, too_deep, unreadable, yaml_machinery
from .commas import quoted
from .limits import MAX_DEPTH, character_name

__all__ = ["Complaint", "directive", "escape_refused", "explained", "whole_value_quoted"]


@frozen
class Complaint:
    """An error of the YAML scanner; its two loaders word the same errors differently.

    Args:
        source: the text.
        context: what was being scanned, in the scanner's words.
        opened: the offset where that started.
        problem: what it found, in the scanner's words.
        offset: the offset of the problem.
    """

    source: Source
    context: str
    opened: int
    problem: str
    offset: int

    @property
    def character(self) -> str:
        return self.source.text[self.offset : self.offset + 1]

    @property
    def before(self) -> str:
        """The line up to the problem."""
        text, nearest = self.source.text, max(0, self.offset - _WINDOW)
        start = text.rfind("\n", nearest, self.offset) + 1
        return text[max(start, nearest) : self.offset]

    @property
    def value(self) -> tuple[int, int]:
        """The range of the whole value at the problem, from after `key: ` or `- ` to the end of its line."""
        text = self.source.text
        first = self.offset - len(self.before)
        key = _KEY.match(text, first)
        start = key.end() if key and key.end() <= self.offset else self.offset
        return start, start + len(_COMMENT.split(self._line_from(start))[0].rstrip())

    def _line_from(self, start: int) -> str:
        return self.source.text[start : start + _WINDOW].partition("\n")[0].rstrip("\r")

    def opened_before(self, quote: str) -> int | None:
        """Return the start of the quoted text that ends just before the problem, if on an earlier line."""
        text = self.source.text
        opened = text.rfind(quote, 0, text.rfind(quote, 0, self.offset))
        return opened if opened >= 0 and self.line_of(opened) < self.line_of(self.offset) else None

    def line_of(self, offset: int) -> int:
        return self.source.position(offset)[0]


_WINDOW = 200
"""How much of a line is searched on each side, so that one very long line with many mistakes stays linear."""
_KEY = re.compile(r"[ ]*(?:- +)*(?:[^\s\"'\[\]{}#&*!|>%@`:,][^\[\]{}:,\n]*:[ \t]+)?")
_LONGEST_ADVICE = 80
_COMMENT = re.compile(r"(?:^|[ \t])#")
_ESCAPE = re.compile(r"\\(?:x..|u.{4}|U.{8}|.)")

Explanation = tuple[int, int, str, str, str]
"""Start, end, problem, help, label."""


def explained(complaint: Complaint) -> Diagnostic:
    """Return the diagnostic for an error, from the first matching row, else in the scanner's words."""
    message = f"{complaint.context}: {complaint.problem}"
    if re.search(r"directive|incompatible YAML", message):
        return directive(complaint.source, complaint.offset)
    if re.search(r"escape code|chr\(\)|int too large", message):
        return escape_refused(complaint.source, complaint.source.text.rfind("\\", 0, complaint.offset + 1))
    if "maximum nesting depth" in message:
        # The C loader looks ahead and may stop before its first event is counted.
        place = Span(complaint.source, complaint.offset, min(complaint.offset + 1, len(complaint.source.text)))
        return too_deep(At(place), "levels of nesting", MAX_DEPTH)
    for words, tell in _TABLE:
        if words.search(message) and (explanation := tell(complaint)):
            break
    else:
        explanation = _otherwise(complaint)
    start, end, problem, remedy, label = explanation
    length = len(complaint.source.text)
    at = At(Span(complaint.source, min(start, length), min(end, length)))
    return unreadable(at, problem, remedy, label)


def directive(source: Source, offset: int) -> Diagnostic:
    """Return the diagnostic for a line that begins with `%`."""
    start = source.text.rfind("\n", 0, offset) + 1
    at = At(Span(source, start, start + 1))
    return yaml_machinery(at, "a line cannot begin with `%`", "remove it; directives are not read")


def escape_refused(source: Source, start: int, character: str = "") -> Diagnostic:
    """Return the diagnostic for an escape in double quotes whose character no value may contain."""
    match = _ESCAPE.match(source.text, start)
    escape = match[0] if match else source.text[start : start + 1]
    means = character_name(character) if character and not "\ud800" <= character <= "\udfff" else "no character"
    remedy = "write the character itself" if means == "no character" else "remove it"
    at = At(Span(source, start, start + len(escape)))
    return refused_character(at, f"`{escape}` means {means}", remedy)


def whole_value_quoted(source: Source, offset: int, what: str = "expression") -> str:
    """Return the advice to quote a value, with the quoted value if it is short enough."""
    return _quote_it(Complaint(source, "", offset, "", offset), what)


def _quote_it(complaint: Complaint, what: str = "expression") -> str:
    start, end = complaint.value
    value = complaint.source.text[start:end]
    within_brackets = bool(set("[{") & set(complaint.before)) or "flow" in complaint.context
    if within_brackets or not value or len(value) > _LONGEST_ADVICE:
        return f"quote the whole {what}"
    return f"quote the whole {what}: `{quoted(value)}`"


def _tab(c: Complaint) -> Explanation | None:
    if c.character != "\t":
        return None
    if c.before.strip():
        return c.offset, c.offset + 1, "a tab is not allowed here", "write a space", ""
    return c.offset, c.offset + 1, "a tab cannot indent a line", "indent with spaces", ""


def _first_sign(c: Complaint) -> Explanation:
    sign = "a backtick" if c.character == "`" else f"`{c.character}`"
    problem = f"a value cannot begin with {sign}"
    return c.offset, c.offset + 1, problem, _quote_it(c), "this character is special in YAML"


def _reserved_sign(c: Complaint) -> Explanation:
    sign = c.source.text[c.opened : c.opened + 1]
    remedy = {"!": "write `not`, or quote the whole value"}.get(sign, "")
    problem = f"a value cannot begin with `{sign}`"
    at_start = Complaint(c.source, c.context, c.opened, c.problem, c.opened)
    return (
        c.opened,
        c.opened + 1,
        problem,
        remedy or _quote_it(at_start),
        "this character is special in YAML",
    )


def _block_sign(c: Complaint) -> Explanation:
    sign = c.source.text[c.opened : c.opened + 1]
    at_start = Complaint(c.source, c.context, c.opened, c.problem, c.opened)
    label = "this sign begins a text on the next lines"
    return c.opened, c.opened + 1, f"nothing can follow `{sign}` here", _quote_it(at_start), label


def _after_closing(c: Complaint) -> Explanation | None:
    last = c.before.rstrip()[-1:]
    if not last or last not in "'\"]}" or not c.character:
        return None
    what = "quote" if last in "'\"" else "bracket"
    if what == "quote" and (opened := c.opened_before(last)) is not None:
        problem = f"the text that is quoted from here on ends in line {c.line_of(c.offset)}, and more follows there"
        return opened, opened + 1, problem, f"close it with `{last}` where it ends, or quote all of it", "opened here"
    problem = f"text goes on after a closing {what}"
    # A value that started on an earlier line can't be shown completely.
    opens_here = c.source.text[c.value[0]] in "'\"[{"
    remedy = _quote_it(c) if opens_here else "quote the whole expression"
    return c.offset, c.offset + 1, problem, remedy, f"the value ended before this, at `{last}`"


def _second_colon(c: Complaint) -> Explanation | None:
    if c.offset and c.before.strip() and ": " not in c.before and not c.before.rstrip().endswith(":"):
        first = c.offset - len(c.before.lstrip())
        problem = "this entry is indented deeper than the value above, and would be part of it"
        remedy = "begin it in the same column as the key above, or end that key's line with its colon"
        return first, c.offset, problem, remedy, ""
    problem = "a second colon followed by a space, in one entry"
    return c.offset, c.offset + 1, problem, _quote_it(c, "value"), "this would be one more key"


def _indentation(c: Complaint) -> Explanation | None:
    if c.before.strip():
        return None
    line, column = c.source.position(c.opened)
    above = c.source.text[: c.offset].rstrip().rpartition("\n")[2]
    kind = "list" if "sequence" in c.context or "collection" in c.context else "mapping"
    if c.character == ":":
        return c.offset, c.offset + 1, "there is no key before the colon", "write the key before it", ""
    indent = len(above) - len(above.lstrip()) + 1
    remedy = f"begin it in column {column}, like line {line}"
    if indent != column:
        remedy = f"begin it in column {indent}, like the line above, or in column {column}, like line {line}"
    problem = f"this line does not continue the {kind} that begins in line {line}"
    if c.source.position(c.offset)[1] == column:
        remedy = "begin it with `- `" if kind == "list" else "write `key: value`, or indent it"
    return c.offset, c.offset + 1, problem, remedy, ""


def _stray(c: Complaint) -> Explanation:
    problem = f"`{c.character}` is not allowed here"
    return c.offset, c.offset + 1, problem, _quote_it(c, "value"), "the value ended before this"


def _tight_colon(c: Complaint) -> Explanation:
    remedy = "write a space after it, or quote the whole value if the colon belongs to it"
    return c.offset, c.offset + 1, "a space is missing after this colon", remedy, ""


def _no_colon(c: Complaint) -> Explanation:
    start = c.opened
    end = start + len(c._line_from(start))
    remedy = "write `key: value`, or indent the line if it continues the value above"
    return start, end, "a colon is missing after this", remedy, ""


def _open_quote(c: Complaint) -> Explanation:
    sign = c.source.text[c.opened : c.opened + 1]
    remedy = f"close it with `{sign}`; inside single quotes write an apostrophe twice"
    if sign == '"':
        remedy = f"close it with `{sign}`"
    return c.opened, c.opened + 1, "this quote is never closed", remedy, "opened here"


def _open_bracket(c: Complaint) -> Explanation:
    opening = c.source.text[c.opened : c.opened + 1]
    closing = {"{": "}", "[": "]"}.get(opening, "")
    if c.character and c.character in "]}" and c.character != closing:
        problem = f"`{c.character}` does not close the `{opening}` of line {c.line_of(c.opened)}"
        return c.offset, c.offset + 1, problem, f"close it with `{closing}`", f"`{closing}` is expected"
    if c.character and c.line_of(c.offset) == c.line_of(c.opened):
        remedy = "write the comma, or quote the whole value"
        return c.offset, c.offset + 1, f"a comma or `{closing}` is missing before this", remedy, ""
    return c.opened, c.opened + 1, "this bracket is never closed", f"close it with `{closing}`", "opened here"


def _no_value(c: Complaint) -> Explanation:
    if not c.character:
        remedy = "write it, and close what is open"
        return c.offset, c.offset, "a value is missing before the end of the text", remedy, ""
    problem = f"a value is missing before `{c.character}`"
    return (
        c.offset,
        c.offset + 1,
        problem,
        "write the value, or quote the whole text if this sign belongs to it",
        "",
    )


def _dash(c: Complaint) -> Explanation:
    remedy = "begin the list on a line of its own; quote the whole expression if a minus sign is meant"
    return c.offset, c.offset + 1, "a list cannot begin on the line of its key", remedy, ""


def _question(c: Complaint) -> Explanation:
    return c.offset, c.offset + 1, "a value cannot begin with `? `", _quote_it(c), ""


def _escape(c: Complaint) -> Explanation:
    text = c.source.text
    start = text.rfind("\\", 0, c.offset + 1)
    end = min(start + 2, len(text))
    remedy = "write the backslash twice, or use single quotes, inside which it means itself"
    return start, end, f"`{text[start:end]}` is not an escape in YAML", remedy, ""


def _after_end(c: Complaint) -> Explanation:
    remedy = "keep one mapping in the document, or quote the whole value"
    return c.offset, c.offset + 1, "extra text after the end of the document", remedy, ""


def _otherwise(c: Complaint) -> Explanation:
    return c.offset, c.offset + 1, f"this cannot be read as YAML: {c.problem}", "quote the whole value", ""


_TABLE: tuple[tuple[re.Pattern[str], Callable[[Complaint], Explanation | None]], ...] = tuple(
    (re.compile(words), tell)
    for words, tell in (
        (r"tab character|cannot start any token", _tab),
        (r"cannot start any token", _first_sign),
        (r"scanning an (anchor|alias)|(scanning|parsing) a tag|undefined tag handle", _reserved_sign),
        (r"block scalar", _block_sign),
        (r"quoted scalar: found unexpected (end of stream|document)", _open_quote),
        (r"unknown escape|escape sequence of|hexdecimal", _escape),
        (r"mapping values are not allowed", _second_colon),
        (r"simple key", _no_colon),
        (r"sequence entries are not allowed", _dash),
        (r"mapping keys are not allowed", _question),
        (r"expected (key|'-' indicator|<block end>|',')|<document start>", _after_closing),
        (r"expected (key|'-' indicator|<block end>)", _indentation),
        (r"expected (key|'-' indicator|<block end>)", _stray),
        (r"found unexpected ':'", _tight_colon),
        (r"expected ','", _open_bracket),
        (r"node content", _no_value),
        (r"document start", _after_end),
    )
)
"""The scanner's words, of the C loader and the Python one, with the function that explains them."""
