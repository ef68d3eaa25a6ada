"""Converts an author's text to Python's syntax, and Python's syntax errors to diagnostics."""

from __future__ import annotations

import keyword
import re

from attrs import define, field

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, expression
from .tree import Excerpt

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "MAX_NESTING", "MAX_NODES", "RefusedExpression", "Unparsed"]

MAX_LENGTH = 2_000
"""The most characters of an expression: Python's own parser is fast and safe below it."""

MAX_NODES = 500
"""The most nodes of an expression after the rulebook's own functions are substituted."""

MAX_DEPTH = 50
"""The deepest nesting; a chain counts as one level."""

MAX_NESTING = MAX_NODES // 2 + 5
"""The deepest nesting that is walked before the depth is known: the longest chain of `+` within `MAX_NODES`."""

_OTHER_SIGNS = (
    (r"&&", "and"),
    (r"\|\|", "or"),
    (r"!(?!=)", "not"),
    (r"<>", "!="),
    (r"≥", ">="),
    (r"≤", "<="),
    (r"≠", "!="),
    (r"×", "*"),
    (r"÷", "/"),
    (r"[−–]", "-"),
    (r"[“”„«»]", '"'),
    (r"[‘’]", "'"),
    (r"\?", "a if c else b"),
    (r";", ","),
    (r"\bAND\b", "and"),
    (r"\bOR\b", "or"),
    (r"\bNOT\b", "not"),
)
"""Signs of spreadsheets, word processors and other languages, with the symbol to write."""

_BETWEEN_CURLY = re.compile("[“”„«»‘’][^“”„«»‘’]*[“”„«»‘’]")
"""An expression that a word processor put in quotes as a whole."""

_TOKEN = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<field>\.[ \t\n]*(?P<keyword>[a-z]+)\b)"""
    r"""|(?P<percent>(?<![\w.])(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%)"""
    r"""|(?P<name>\w+)""",
    re.VERBOSE | re.DOTALL,
)
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control characters, lone surrogates, and characters that hide text or change its direction."""

_RUN_ON = re.compile(r"(?<![\w.])(?:\d++\.?+\d*+|\.\d++)(?:[eE][+-]?+\d++)?+[^\W\d]\w*")
"""A number followed by letters, such as `0x10` and `1or`: Python would read some of them, with a warning."""

_LEADING_ZEROS = re.compile(r"(?<![\w.])(?<!\d[eE][-+])0+(?=\d+(?![\w.]))", re.ASCII)
"""Zeros before a whole number."""

_NO_SIGNS = {"#": "write remarks as `note`", "\\": "a line may break without it"}
_SIGN = re.compile(r"[(\[{]|[)\]}]|#|\\")
_DATE = re.compile(r"(?<![\w.])(\d{4})-(\d{1,2})-(\d{1,2})(?![\w.])")
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.DOTALL)


class RefusedExpression(Exception):
    """Stops parsing one expression; the reason is already reported."""


@define
class Unparsed:
    """An expression before it is parsed.

    Args:
        excerpt: the text as the author wrote it, with its place.
        problems: collects the diagnostics.
        path: the path of the expression in the document.
        percents: offsets of percent signs after numbers, once the text is prepared.
    """

    excerpt: Excerpt
    problems: list[Diagnostic]
    path: str
    percents: set[int] = field(factory=set, init=False)

    @property
    def text(self) -> str:
        return self.excerpt.text

    @property
    def whole(self) -> At:
        return self.at(0, len(self.text))

    def at(self, start: int, end: int) -> At:
        return At(self.excerpt.span(start, end), self.path)

    def refuse(self, diagnostic: Diagnostic) -> RefusedExpression:
        self.problems.append(diagnostic)
        return RefusedExpression()

    def prepare(self) -> str:
        """Return the text in Python's syntax, with each character at the same offset.

        A percent sign becomes a space and is recorded; a field named like a Python keyword becomes
        another word of the same length, since its name is read from the author's text.
        """
        self.check_text()
        blanked = _blank_strings(self.text)
        prepared = self.renamed()
        self.check_signs(blanked)
        for match in _DATE.finditer(blanked):
            call = "date({}, {}, {})".format(*(int(part) for part in match.groups()))
            raise self.refuse(expression.looks_like_a_date(self.at(*match.span()), match.group(), call))
        if run_on := _RUN_ON.search(blanked):
            help_ = "write it with the digits 0 to 9 and a point, and a space after it"
            raise self.refuse(expression.number_form(self.at(*run_on.span()), run_on.group(), help_))
        for zeros in _LEADING_ZEROS.finditer(blanked):
            # As in a document, `0755` is 755; Python's parser would refuse it.
            prepared = prepared[: zeros.start()] + " " * len(zeros.group()) + prepared[zeros.end() :]
        return prepared

    def check_text(self) -> None:
        """Refuse an empty text, one that is too long, and invisible characters."""
        if not self.text.strip():
            raise self.refuse(expression.syntax_error(self.whole, "it is empty"))
        if len(self.text) > MAX_LENGTH:
            raise self.refuse(
                expression.expression_too_large(
                    self.whole, "characters", len(self.text), MAX_LENGTH, "name parts of it under `let`"
                )
            )
        if match := _UNPRINTABLE.search(self.text):
            at = self.at(*match.span())
            raise self.refuse(expression.syntax_error(at, "it has an invisible character here"))

    def renamed(self) -> str:
        """Return the text without percent signs and without fields named like keywords."""
        parts, end = [], 0
        before = ""
        for match in _TOKEN.finditer(self.text):
            parts.append(self.text[end : match.start()])
            before = "" if match.start() > end else before
            end = match.end()
            token = match.group()
            kind = match.lastgroup
            if kind == "string":
                self.check_string(match, before)
            before = token
            if kind == "percent":
                self.percents.add(match.end() - 1)
                token = token[:-1] + " "
            elif kind == "field" and keyword.iskeyword(match["keyword"]):
                token = token[: -len(match["keyword"])] + "k" * len(match["keyword"])
            parts.append(token)
        return "".join([*parts, self.text[end:]])

    def check_signs(self, blanked: str) -> None:
        """Refuse foreign symbols, unmatched brackets and brackets nested too deeply."""
        brackets = deepest = 0
        for match in _SIGN.finditer(blanked):
            if match.group() in _NO_SIGNS:
                raise self.refuse(
                    expression.syntax_error(
                        self.at(*match.span()),
                        f"`{match.group()}` is not a valid symbol",
                        _NO_SIGNS[match.group()],
                    )
                )
            brackets += 1 if match.group() in "([{" else -1
            deepest = max(deepest, brackets)
            if brackets < 0:
                raise self.refuse(
                    expression.syntax_error(self.at(*match.span()), "unmatched closing bracket", "count the brackets")
                )
        if deepest > MAX_DEPTH:
            raise self.refuse(self.too_deep(deepest))

    def check_string(self, match: re.Match[str], before: str) -> None:
        """Refuse a string that Python would read differently from how it looks.

        Python's parser would warn about such strings, and warnings belong to the whole program.
        """
        is_prefixed = before.isidentifier() and not keyword.iskeyword(before)
        is_triple_quoted = self.text[match.end() : match.end() + 1] in ('"', "'")
        if is_prefixed or is_triple_quoted or "\\" in match.group():
            raise self.refuse(self.odd_string(self.at(*match.span())))

    def odd_string(self, at: At) -> Diagnostic:
        return expression.not_in_the_language(
            at, "this kind of string", "write one pair of quotes, without prefix and backslash"
        )

    def too_deep(self, found: int = MAX_NESTING) -> Diagnostic:
        return expression.expression_too_large(
            self.whole,
            "levels of nesting",
            found,
            MAX_DEPTH,
            "name parts of it under `let`",
        )

    def instead(self, right: str) -> str:
        """Return the help for a symbol of another language."""
        if right not in ("'", '"'):
            return f"write `{right}`"
        if _BETWEEN_CURLY.fullmatch(self.text.strip()):
            return f"write straight quotes around the expression: `{right}`"
        return f"write the straight quote `{right}`"

    def too_long(self, found: int) -> Diagnostic:
        help_ = "name parts of it under `let`"
        what = "parts, with functions substituted"
        return expression.expression_too_large(self.whole, what, found, MAX_NODES, help_)

    def explain(self, mistake: SyntaxError) -> Diagnostic:
        """Return Python's syntax error as a diagnostic in the words of the language."""
        blanked = _blank_strings(self.text)
        if percent := re.search(r"%", "".join(" " if i in self.percents else c for i, c in enumerate(blanked))):
            return expression.percent_sign(self.at(percent.start(), percent.end()))
        if match := re.search(
            r"(?<![=!<>:])=(?!=)",
            re.sub(r"\b\w+\s*=(?!=)(?=[^()]*\))", lambda m: " " * len(m.group()), blanked),
        ):
            return expression.syntax_error(
                self.at(*match.span()), "`=` is not a comparison", "write `==` for «is equal to»"
            )
        for wrong, right in _OTHER_SIGNS:
            if match := re.search(wrong, blanked):
                return expression.syntax_error(
                    self.at(*match.span()), f"`{match.group()}` is not a valid symbol", self.instead(right)
                )
        if match := re.search(r"\b(if)\b(?!.*\belse\b)", blanked, re.DOTALL):
            return expression.syntax_error(
                self.at(*match.span()), "`if` without `else`", "write `a if condition else b`"
            )
        opened = [c for c in blanked if c in "([{"]
        closed = [c for c in blanked if c in ")]}"]
        if len(opened) != len(closed):
            more = "opened" if len(opened) > len(closed) else "closed"
            less = "closed" if more == "opened" else "opened"
            return expression.syntax_error(self.whole, f"a bracket is {more} and never {less}", "count the brackets")
        return self.unexplained(mistake)

    def unexplained(self, mistake: SyntaxError) -> Diagnostic:
        """Return the diagnostic for any other syntax error, with Python's message and place."""
        offset = max((mistake.offset or 1) - 2, 0)
        if mistake.lineno and mistake.lineno > 1:
            offset += 1 + sum(len(line) + 1 for line in self.text.split("\n")[: mistake.lineno - 1])
        offset = min(offset, max(len(self.text.rstrip()) - 1, 0))
        if "Generator expression must be parenthesized" in (mistake.msg or ""):
            return expression.syntax_error(
                self.whole,
                "`… for … in …` beside another argument",
                "put it in brackets of its own: `sum_largest(6, (t.hours for t in tasks))`",
            )
        if "unterminated string" in (mistake.msg or ""):
            return expression.syntax_error(
                self.at(offset, len(self.text)), "a quoted string does not end", "close the quotes"
            )
        word = re.match(r"\w+|.", self.text[offset:], re.DOTALL)
        end = offset + len(word.group()) if word else len(self.text)
        return expression.syntax_error(self.at(offset, end), "invalid syntax near here")


def _blank_strings(text: str) -> str:
    """Return the text with quoted strings blanked, so that symbols can be searched for."""
    return _QUOTED.sub(lambda match: "_" * len(match.group()), text)
