"""Cases and their outcomes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

from attrs import field, frozen

from ..diagnostics import Report, Span
from ..diagnostics.codes import At
from ..diagnostics.render import render_text
from ..kernel.brief import brief, counted, fielded
from ..kernel.exact import approximate_text, to_text
from ..kernel.mappings import FrozenMap
from ..record import Assessment

__all__ = ["Case", "CaseFile", "CaseOutcome", "Difference", "shown", "visible"]


@frozen
class Case:
    """The input values of a subject, and the results expected.

    Args:
        name: its name, unique in its file.
        given: the input values, including those from `like`.
        expect: the expected results; nothing else is compared.
        variant: the variant it is assessed by; None lets the subject choose.
        on: the day whose edition it is assessed by; None lets the subject choose.
        members: input values of each member of a cohort by name, including common ones.
        span: the place of its name, None if it has no text.
        spans: the places of its parts, by path: `expect.points.results`, `given.tasks[0].done`; with `:key`
            appended, the place of the part's name.
        reason: its `note` and `source`, as one text.
    """

    name: str
    given: FrozenMap[str, object]
    expect: FrozenMap[str, object]
    variant: str | None = None
    on: date | None = None
    members: FrozenMap[str, FrozenMap[str, object]] = field(factory=FrozenMap)
    span: Span | None = field(default=None, eq=False, repr=False)
    spans: FrozenMap[str, Span] = field(factory=FrozenMap, eq=False, repr=False)
    reason: str = field(default="", eq=False, repr=False)

    def __repr__(self) -> str:
        members = counted(len(self.members), "member")
        return brief(self, self.name, self.variant or "", self.on or "", members or counted(len(self.given), "input"))

    def of_member(self, name: str) -> Case:
        """Return the values and expectations of one member as a case.

        Args:
            name: the member.
        """
        expected = self.expect.get("members")
        expect = expected.get(name) if isinstance(expected, Mapping) else None
        spans = dict(self.spans)
        for own, new_prefix in ((f"members.{name}.given", "given"), (f"expect.members.{name}", "expect")):
            spans |= {
                f"{new_prefix}{path[len(own) :]}": span for path, span in self.spans.items() if _is_in(path, own)
            }
        expected_of_member = expect if isinstance(expect, FrozenMap) else FrozenMap[str, object]()
        return Case(self.name, self.members[name], expected_of_member, span=self.span, spans=FrozenMap(spans))

    def at(self, path: str) -> At:
        """Return the place of a part, or of its nearest parent with a place.

        Args:
            path: its path.
        """
        ancestor = path
        while ancestor:
            if ancestor in self.spans:
                return At(self.spans[ancestor], path)
            ancestor = ancestor[: max(ancestor.rfind("."), ancestor.rfind("["), 0)]
        return At(self.span, path)

    def at_key(self, path: str) -> At:
        """Return the place of a part's name, or else of the part.

        Args:
            path: its path.
        """
        span = self.spans.get(f"{path}:key")
        return self.at(path) if span is None else At(span, path)

    @property
    def place(self) -> str:
        """The file and line, or an empty text."""
        return f"{self.span.source.name}:{self.span.line}" if self.span else ""


def _is_in(path: str, part_path: str) -> bool:
    return path == part_path or (path.startswith(part_path) and path[len(part_path)] in ".[:")


@frozen
class CaseFile:
    """Cases from a file.

    Args:
        name: the file's name in diagnostics.
        rulebook: the path of the rulebook.
        cases: the cases, in the order of the file.
        root: the folder that the rulebook, and those it extends, must be in.
        rulebook_span: the place where the file names its rulebook.
    """

    name: str
    rulebook: Path
    cases: tuple[Case, ...]
    root: Path = field(factory=Path)
    rulebook_span: Span | None = field(default=None, eq=False, repr=False)

    def __repr__(self) -> str:
        return brief(self, self.name, counted(len(self.cases), "case"))


@frozen
class Difference:
    """A result that differs from its expectation.

    Args:
        what: the path of the expectation, such as `score` or `points.results`.
        expected: the expected value.
        got: the value of the assessment, None if it has none.
        span: the place of the expectation.
    """

    what: str
    expected: object
    got: object
    span: Span | None = field(default=None, eq=False, repr=False)

    def __repr__(self) -> str:
        return fielded(self)


@frozen
class CaseOutcome:
    """The outcome of a case.

    Args:
        case: the case.
        differences: the differences between expected and actual results.
        report: every failure with its place, the actual result, and its explanation.
        assessment: the assessment of the subject, None if it could not be assessed.
        assessments: the assessments of the members of a cohort, by name.
        refusal: the problems for which the subject was refused, as the case expects, or None.
    """

    case: Case
    differences: tuple[Difference, ...] = ()
    report: Report = field(factory=Report, repr=False)
    assessment: Assessment | None = field(default=None, repr=False)
    assessments: FrozenMap[str, Assessment] = field(factory=FrozenMap, repr=False)
    refusal: Report | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        found = counted(len(self.differences), "difference")
        return brief(self, self.case.name, "passed" if self.passed else "failed", found)

    @property
    def passed(self) -> bool:
        return not self.report.errors

    def text(self, *, color: bool = False) -> str:
        """Return the failures for a person: place, expectation, actual result, and why.

        Args:
            color: True for ANSI colours.

        Returns:
            Lines, each with a line break; empty if the case passed.
        """
        return "" if self.passed else render_text(self.report, color=color)


def shown(value: object) -> str:
    """Return a value as shown in messages.

    >>> shown(Fraction(385, 6)), shown(None), shown(("a", "b"))
    ('385/6 (≈ 64.166667)', 'nothing', '[a, b]')
    """
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case Fraction():
            text, brief = to_text(value), approximate_text(value)
            return text if text == brief else f"{text} ({brief})"
        case date():
            return value.isoformat()
        case tuple():
            return f"[{', '.join(map(shown, value))}]"
        case _:
            return visible(str(value))


def visible(text: str) -> str:
    """Return a text with invisible characters escaped.

    Args:
        text: a text of a case.

    >>> print(visible("fair\\n"), visible("khá"))
    fair\\n khá
    """
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in text)
