"""A widget that rates a subject while its fields are edited; anywidget shows it in Jupyter, VS Code and marimo.

Texts come from the browser; fields, ratings and problems go to it. Python rates, so a rating is as exact as `assess`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from anywidget import AnyWidget
from traitlets import Any as AnyValue
from traitlets import Dict, Unicode, observe

from ..diagnostics import Report
from ..diagnostics.codes import At, inputs
from ..errors import KpirulesError, RulebookError, SubjectError
from ..kernel.brief import brief
from ..language.model import ListDomain
from ..rating.assessing import assess
from ..rating.assessing.values import take
from ..rating.program import Program
from ..showing.explaining.html import STYLE
from .answers import problem, problems_of_rules, rated, refused
from .changing import Range, changed, changing_of
from .fields import Fields, groups_of
from .texts import texts_of, value_at, values_of

__all__ = ["RatingWidget"]


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


class RatingWidget(AnyWidget):
    """Fields and sliders of the inputs of a rulebook, with the rating live.

    Its traits can be observed, such as by `widget.observe(print, "assessment")`.

    Args:
        rules: the rules as written.
        given: the values of a subject to begin with.
        language: tag of the labels and phrases.
        changing: the places of the rules that may be changed.

    Attributes:
        subject: the values in the fields, by input; set it to fill them.
        program: the rules with what was changed, or as they were when they last had no errors.
        assessment: the rating, None while something is missing or wrong.
        problems: what is missing or wrong, as diagnostics.
    """

    _esm = "\n".join(map(_text, ("widget_fields.js", "widget_view.js")))
    _css = STYLE.text.removeprefix("<style>").removesuffix("</style>") + _text("widget.css")

    _form = Dict().tag(sync=True)
    _entered = Dict().tag(sync=True)
    _shown = Dict().tag(sync=True)

    language = Unicode(None, allow_none=True)
    subject = Dict()
    program = AnyValue(read_only=True)
    assessment = AnyValue(None, read_only=True)
    problems = AnyValue((), read_only=True)

    def __init__(
        self,
        rules: Program,
        given: object = None,
        *,
        language: str | None = None,
        changing: str | Iterable[str] | Mapping[str, Range] = (),
    ) -> None:
        rules.settled()
        if rules.is_compared:
            raise SubjectError(Report((inputs.asks_for_its_cohort(At(None, "")),)))
        self._rules = rules
        self._changing = changing_of(rules, changing)
        self._inputs = tuple(rules.inputs.values())
        self._written = {one.path: one.text for one in self._changing}
        self._good, self._asked, self._ruled = self._written, self._written, rules
        self._held: dict[str, Any] = {}
        super().__init__(language=language)
        self._enter({} if given is None else given)
        self._start = self._entered
        self._describe()

    def __repr__(self) -> str:
        return brief(self, self._rules.id, self._shown.get("headline", ""))

    def _describe(self) -> None:
        """Send the fields to the browser."""
        fields = Fields(self.language)
        groups = groups_of(self._inputs, fields)
        if self._changing:
            own = [one.field(fields) for one in self._changing]
            # They were asked for, and an example may have many inputs.
            groups.insert(0, {"title": fields.say("widget_rules"), "of": "rules", "fields": own})
        rulebook = self._rules.rulebook
        self._form = {
            "title": fields.label(rulebook.words.label, rulebook.id),
            "language": self.language or "",
            "words": fields.words(),
            "groups": groups,
            "start": {"values": self._start["values"], "rules": self._start["rules"]},
        }

    def _enter(self, subject: object) -> None:
        """Fill the fields with a subject.

        Raises:
            SubjectError: it is no subject, or has names that are no inputs.
        """
        unknown = [one for one in take(self._inputs, subject).problems if one.code in ("KR600", "KR601")]
        if unknown:
            raise SubjectError(Report(tuple(unknown)))
        lists = [one.id for one in self._inputs if isinstance(one.domain, ListDomain) and not one.may_be_absent]
        self._entered = {
            "view": "",
            "serial": self._entered.get("serial", 0) + 1,
            "values": {id_: [] for id_ in lists} | texts_of(self._inputs, subject),
            "rules": self._entered.get("rules", self._written),
            "explained": self._entered.get("explained", False),
        }

    @observe("_entered")
    def _was_entered(self, _: object) -> None:
        self._rate()

    @observe("subject")
    def _was_given(self, change: Mapping[str, Any]) -> None:
        # What was read from the fields is there already.
        if change["new"] is not self._held:
            try:
                self._enter(change["new"])
            except SubjectError:
                self.subject = self._held
                raise

    @observe("language")
    def _was_chosen(self, _: object) -> None:
        if self._form:
            self._describe()
            self._rate()

    def _rate(self) -> None:
        """Rate what is in the fields, and send the rating to the browser."""
        entered, fields = self._entered, Fields(self.language)
        subject = values_of(self._inputs, entered.get("values"))
        assessment, report = None, Report()
        try:
            program = self._program_of(entered.get("rules"))
            assessment = assess(program, subject)
            answer = rated(program, assessment, fields, is_explained=entered.get("explained") is True)
        except RulebookError as error:
            report, program = error.report, self._ruled
            answer = refused(problems_of_rules(report.errors, self._changed_since_good()), fields)
        except KpirulesError as error:
            report = error.report
            answer = refused([problem(one, value_at(subject, one.path), fields) for one in report], fields)
        # The browser is answered first: an observer may take its time, or fail.
        self._shown = answer | {"view": entered.get("view"), "serial": entered.get("serial")}
        self._held = subject
        with self.hold_trait_notifications():
            self.subject = subject
            for name, value in (("program", program), ("problems", tuple(report)), ("assessment", assessment)):
                self.set_trait(name, value)

    def _program_of(self, texts: object) -> Program:
        """Return the rules with values parsed from texts; the current program if no text has changed since.

        Raises:
            RulebookError: the changed rules have errors.
        """
        given = texts if isinstance(texts, Mapping) else {}
        rules = {path: text for path in self._written if isinstance(text := given.get(path), str)}
        rules = self._written | rules
        self._asked = rules
        if rules != self._good:
            self._ruled = changed(self._rules, self._changing, rules)
            self._good = rules
        return self._ruled

    def _changed_since_good(self) -> list[str]:
        """Return the places that were changed since the rules were last without errors."""
        return [path for path, text in self._asked.items() if text != self._good[path]]
