"""Cases and what becomes of them, as values."""

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
    """What is given of a subject, and what is expected of its assessment.

    Args:
        name: unique in its file.
        given: the inputs, with those of the case it is like.
        expect: what is compared; nothing else is.
        variant: the variant it is assessed by; None leaves it to the subject.
        on: the day whose edition it is assessed by; None leaves it to the subject.
        members: of a cohort, what is given of each by name, with what is given of all.
        span: where its name stands, None where there is no text.
        spans: where its parts stand, by the way to them: `expect.points.results`, `given.tasks[0].done`;
            with `:key` after it, where the name of the part stands.
    """

    name: str
    given: FrozenMap[str, object]
    expect: FrozenMap[str, object]
    variant: str | None = None
    on: date | None = None
    members: FrozenMap[str, FrozenMap[str, object]] = field(factory=FrozenMap)
    span: Span | None = field(default=None, eq=False, repr=False)
    spans: FrozenMap[str, Span] = field(factory=FrozenMap, eq=False, repr=False)

    def __repr__(self) -> str:
        members = counted(len(self.members), "member")
        return brief(self, self.name, self.variant or "", self.on or "", members or counted(len(self.given), "input"))

    def of_member(self, name: str) -> Case:
        """What is given and expected of one member, as a case of its own.

        Args:
            name: of the member.
        """
        expected = self.expect.get("members")
        expect = expected.get(name) if isinstance(expected, Mapping) else None
        spans = dict(self.spans)
        for own, way in ((f"members.{name}.given", "given"), (f"expect.members.{name}", "expect")):
            spans |= {f"{way}{path[len(own) :]}": span for path, span in self.spans.items() if _is_in(path, own)}
        expected_of_it = expect if isinstance(expect, FrozenMap) else FrozenMap[str, object]()
        return Case(self.name, self.members[name], expected_of_it, span=self.span, spans=FrozenMap(spans))

    def at(self, path: str) -> At:
        """The place of a part, or of the nearest thing around it that has one.

        Args:
            path: the way to it.
        """
        way = path
        while way:
            if way in self.spans:
                return At(self.spans[way], path)
            way = way[: max(way.rfind("."), way.rfind("["), 0)]
        return At(self.span, path)

    def at_key(self, path: str) -> At:
        """The place of the name of a part, or else of the part.

        Args:
            path: the way to it.
        """
        span = self.spans.get(f"{path}:key")
        return self.at(path) if span is None else At(span, path)

    @property
    def place(self) -> str:
        """File and line, or empty."""
        return f"{self.span.source.name}:{self.span.line}" if self.span else ""


def _is_in(path: str, way: str) -> bool:
    return path == way or (path.startswith(way) and path[len(way)] in ".[:")


@frozen
class CaseFile:
    """Cases that were read from a file of their own.

    Args:
        name: the file, as diagnostics call it.
        rulebook: the way to the rulebook from where the program runs.
        cases: in the order of the file.
        root: the folder that the rulebook, and what it extends, must stay below.
        rulebook_span: where the file names its rulebook.
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
    """One thing that came out otherwise than expected.

    Args:
        what: as `expect` names it: `score`, `points.results`.
        expected: the value in the case.
        got: the value of the assessment, None where there is none.
        span: where the expectation stands.
    """

    what: str
    expected: object
    got: object
    span: Span | None = field(default=None, eq=False, repr=False)

    def __repr__(self) -> str:
        return fielded(self)


@frozen
class CaseOutcome:
    """What became of a case.

    Args:
        case: what was run.
        differences: between what was expected and what came out.
        report: every failure with its place, what came out, and the explanation of it.
        assessment: of the subject, None where it could not be assessed.
        assessments: of the members of a cohort, by name.
    """

    case: Case
    differences: tuple[Difference, ...] = ()
    report: Report = field(factory=Report, repr=False)
    assessment: Assessment | None = field(default=None, repr=False)
    assessments: FrozenMap[str, Assessment] = field(factory=FrozenMap, repr=False)

    def __repr__(self) -> str:
        found = counted(len(self.differences), "difference")
        return brief(self, self.case.name, "passed" if self.passed else "failed", found)

    @property
    def passed(self) -> bool:
        return not self.report.errors

    def text(self, *, color: bool = False) -> str:
        """What failed, for a person: place, expectation, what came out, and why.

        Args:
            color: True for ANSI colours.

        Returns:
            Lines, the last one ended too; nothing where the case passed.
        """
        return "" if self.passed else render_text(self.report, color=color)


def shown(value: object) -> str:
    """A value as messages show it.

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
    """A text with what nobody sees written as it would be escaped.

    Args:
        text: of a case.

    >>> print(visible("fair\\n"), visible("khá"))
    fair\\n khá
    """
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in text)
