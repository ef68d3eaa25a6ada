"""Reports as text, JSON, GitHub annotations and SARIF."""

from __future__ import annotations

import json
import re
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpirules.diagnostics import Diagnostic, Report, Severity, Source, Span
from kpirules.diagnostics.codes import CATALOGUE
from kpirules.diagnostics.formats import render_github, render_json, render_sarif
from kpirules.diagnostics.render import render_text
from kpirules.kernel.visible import neutral
from kpirules.kernel.widths import excerpt, width

TEXT = "\n" * 40 + "  quantity: ratio(sum(t.complted for t in tasks), assigned)\n"
SOURCE = Source("staff.kpi.yaml", TEXT)
START = TEXT.index("complted")
UNKNOWN = Diagnostic(
    "KR201",
    Severity.ERROR,
    "unknown name `complted`",
    Span(SOURCE, START, START + 8),
    path="criteria.work",
    label="`tasks` has no field of this name",
    help="did you mean `completed`?",
)


def on_line(line: str, start: int, end: int, **words: Any) -> Diagnostic:
    return Diagnostic("KR201", Severity.ERROR, "message", Span(Source("a", line), start, end), **words)


def shown(diagnostic: Diagnostic) -> list[str]:
    return render_text(Report.of([diagnostic])).split("\n")


class TestText:
    def test_a_diagnostic_shows_its_line_with_carets_and_the_way_out(self) -> None:
        assert render_text(Report.of([UNKNOWN])) == dedent("""\
            error[KR201]: unknown name `complted`
              --> staff.kpi.yaml:41:25
               |
            41 |   quantity: ratio(sum(t.complted for t in tasks), assigned)
               |                         ^^^^^^^^ `tasks` has no field of this name
               = help: did you mean `completed`?

            1 error
            """)

    def test_notes_stand_before_the_help_and_several_lines_are_indented(self) -> None:
        found = on_line("ab", 0, 1, notes=("one", "two\nlines"), help="write\nthis")
        assert shown(found)[5:9] == ["  = note: one", "  = note: two", "          lines", "  = help: write"]
        message = Diagnostic("KR201", Severity.ERROR, "one\ntwo")
        assert shown(message)[:2] == ["error[KR201]: one", "  two"]

    def test_without_a_text_the_way_through_the_values_is_shown(self) -> None:
        found = Diagnostic("KR501", Severity.ERROR, "missing", path="tasks[3].completed", help="give it")
        assert shown(found) == [
            "error[KR501]: missing", "  --> tasks[3].completed", "   = help: give it", "", "1 error", "",
        ]  # fmt: skip
        assert shown(Diagnostic("KR501", Severity.ERROR, "missing"))[1] == ""

    def test_a_span_of_several_lines_shows_its_first(self) -> None:
        assert shown(on_line("a: |\n  b\n", 3, 8))[3:5] == ["1 | a: |", "  |    ^"]
        assert shown(on_line("a: bcd\r\n  e\n", 3, 11))[3:5] == ["1 | a: bcd", "  |    ^^^"]

    def test_a_place_at_the_end_of_a_line_has_one_caret(self) -> None:
        assert shown(on_line("ab", 2, 2))[4] == "  |   ^"
        assert shown(on_line("", 0, 0))[3:5] == ["1 |", "  | ^"]

    def test_allowed_diagnostics_come_last_in_short(self) -> None:
        allowed = Diagnostic("KR301", Severity.WARNING, "a gap", allowed="§ 5\x1b")
        text = render_text(Report.of([allowed, UNKNOWN]))
        assert text.endswith("completed`?\n\nallowed[KR301]: a gap = reason: § 5␛\n\n1 error, 1 allowed\n")

    @pytest.mark.parametrize(
        ("severities", "allowed", "line"),
        [
            ([], 0, "no findings"),
            ([], 2, "no findings, 2 allowed"),
            ([Severity.NOTE], 0, "no findings, 1 note"),
            ([Severity.ERROR] * 2 + [Severity.WARNING], 1, "2 errors, 1 warning, 1 allowed"),
            ([Severity.WARNING] * 2 + [Severity.NOTE] * 2, 0, "2 warnings, 2 notes"),
        ],
    )
    def test_the_last_line_counts(self, severities: list[Severity], allowed: int, line: str) -> None:
        many = [Diagnostic("KR201", severity, str(n)) for n, severity in enumerate(severities)]
        many += [Diagnostic("KR301", Severity.WARNING, str(n), allowed="so") for n in range(allowed)]
        assert render_text(Report.of(many)).split("\n")[-2] == line

    def test_colours_are_added_around_the_same_text(self) -> None:
        report = Report.of([UNKNOWN, on_line("a\x1b[31mb", 7, 8)])
        colored = render_text(report, color=True)
        assert "\x1b[1;31merror[KR201]\x1b[0m" in colored
        assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render_text(report)
        assert "\x1b[31m" not in colored

    @pytest.mark.parametrize(
        ("line", "start", "end", "indent", "carets"),
        [
            ("Điểm kỷ luật", 5, 7, 5, 2),
            ("Ky\u0309 luật", 0, 3, 0, 2),
            ("等级: 高", 4, 5, 6, 2),
            ("😀 x", 2, 3, 3, 1),
            ("\tx", 1, 2, 4, 1),
            ("a\x1bx", 2, 3, 2, 1),
            ("a\u202ex", 2, 3, 9, 1),
            ("a\u0301", 1, 2, 1, 1),
            ("\u1112\u1161\u11abx", 3, 4, 2, 1),
        ],
    )
    def test_carets_stand_under_the_place_in_any_script(
        self, line: str, start: int, end: int, indent: int, carets: int
    ) -> None:
        found = excerpt(line, start, end)
        assert (found.indent, found.carets) == (indent, carets)

    def test_long_lines_are_cut_around_the_place(self) -> None:
        line = "a" * 500 + "b" + "c" * 500
        found = excerpt(line, 500, 501)
        assert len(found.text) == 162
        assert found.text[found.indent] == "b"
        assert found.text[0] == found.text[-1] == "…"
        assert excerpt(line, 0, 1).text == "a" * 160 + "…"
        assert excerpt(line, 1000, 1001).text == "…" + "c" * 160
        assert excerpt(line, 100, 1001).carets == 100

    @pytest.mark.parametrize(
        ("text", "seen"),
        [
            ("\x00\x1b\x7f\x9b", "␀␛␡<U+009B>"),
            ("\u202e\u2066\u200b\ufeff\u2028", "<U+202E><U+2066><U+200B><U+FEFF><U+2028>"),
            ("\ud800", "<U+D800>"),
            ("👨\u200d👩 می\u200cخواهم kỷ", "👨\u200d👩 می\u200cخواهم kỷ"),
        ],
    )
    def test_what_cannot_be_seen_is_made_visible(self, text: str, seen: str) -> None:
        assert neutral(text) == seen

    @given(st.text(), st.data())
    def test_no_text_commands_the_terminal(self, text: str, data: st.DataObject) -> None:
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, len(text)))
        found = on_line(text, start, end, label=text, help=text, notes=(text,))
        rendered = render_text(Report.of([found]))
        rendered.encode()
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", rendered)
        assert width(neutral(text)) >= 0
        for render in (render_github, render_json):
            assert render(Report.of([found]))


class TestJson:
    def test_each_diagnostic_is_an_object(self) -> None:
        unplaced = Diagnostic("KR501", Severity.WARNING, "missing", notes=("n",), allowed="so")
        assert json.loads(render_json(Report.of([UNKNOWN, unplaced]))) == [
            {
                "code": "KR501", "severity": "warning", "message": "missing", "file": None, "line": None,
                "column": None, "end_line": None, "end_column": None, "path": "", "help": "", "label": "",
                "notes": ["n"], "allowed": "so", "evidence": "", "witness": None,
            },
            {
                "code": "KR201", "severity": "error", "message": "unknown name `complted`",
                "file": "staff.kpi.yaml", "line": 41, "column": 25, "end_line": 41, "end_column": 33,
                "path": "criteria.work", "help": "did you mean `completed`?",
                "label": "`tasks` has no field of this name", "notes": [], "allowed": None, "evidence": "", "witness": None,
            },
        ]  # fmt: skip


class TestGithub:
    def test_each_finding_is_one_command(self) -> None:
        assert render_github(Report.of([UNKNOWN])) == (
            "::error file=staff.kpi.yaml,line=41,endLine=41,col=25,endColumn=33,title=KR201::"
            "unknown name `complted`%0A`tasks` has no field of this name%0Ahelp: did you mean `completed`?\n"
        )

    def test_text_cannot_leave_its_place_in_the_command(self) -> None:
        span = Span(Source("a,b:c%\r\n.yaml", "x\ny"), 0, 3)
        found = Diagnostic("KR201", Severity.NOTE, "50% of\r\n::error::x", span, notes=("n",))
        assert render_github(Report.of([found])) == (
            "::notice file=a%2Cb%3Ac%25␍%0A.yaml,line=1,endLine=2,title=KR201::50%25 of␍%0A::error::x%0Anote: n\n"
        )

    def test_without_a_text_only_the_code_is_told(self) -> None:
        found = Diagnostic("KR501", Severity.WARNING, "missing")
        assert render_github(Report.of([found])) == "::warning title=KR501::missing\n"

    def test_those_allowed_are_left_out(self) -> None:
        assert render_github(Report.of([Diagnostic("KR301", Severity.ERROR, "x", allowed="so")])) == ""


class TestSarif:
    def log(self, *diagnostics: Diagnostic) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(render_sarif(Report.of(diagnostics), CATALOGUE))
        return parsed

    def test_the_log_has_the_shape_of_sarif(self) -> None:
        name = Source("dir\\kỷ luật.yaml", "a\nbc")
        placed = Diagnostic("KR102", Severity.ERROR, "m", Span(name, 2, 4), path="a.b", help="h")
        allowed = Diagnostic("KR997", Severity.WARNING, "gap", allowed="§ 5")
        log = self.log(placed, allowed)
        assert (log["version"], log["$schema"].rsplit("/", 1)[1]) == ("2.1.0", "sarif-schema-2.1.0.json")
        (run,) = log["runs"]
        assert run["columnKind"] == "unicodeCodePoints"
        assert run["tool"]["driver"]["name"] == "kpirules"
        assert run["results"] == [
            {
                "ruleId": "KR997", "ruleIndex": 1, "level": "warning", "message": {"text": "gap"},
                "suppressions": [{"kind": "inSource", "justification": "§ 5"}],
            },
            {
                "ruleId": "KR102", "ruleIndex": 0, "level": "error", "message": {"text": "m\nhelp: h"},
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": {"uri": "dir/k%E1%BB%B7%20lu%E1%BA%ADt.yaml"},
                        "region": {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 3},
                    },
                    "logicalLocations": [{"fullyQualifiedName": "a.b"}],
                }],
            },
        ]  # fmt: skip

    def test_each_code_that_occurs_brings_its_page(self) -> None:
        (run,) = self.log(Diagnostic("KR102", Severity.ERROR, "m"), Diagnostic("KR997", Severity.NOTE, "n"))["runs"]
        known, unknown = run["tool"]["driver"]["rules"]
        assert unknown == {"id": "KR997"}
        assert (known["id"], known["name"]) == ("KR102", "DuplicateKey")
        assert known["shortDescription"]["text"] == "Duplicate key in a mapping"
        assert "**Why it matters**" in known["help"]["markdown"]
        assert known["defaultConfiguration"] == {"level": "error"}


def test_a_text_shows_a_thousand_diagnostics_and_counts_the_rest() -> None:
    many = Report(tuple(Diagnostic("KR101", Severity.ERROR, f"mistake {n}") for n in range(1_003)))
    text = render_text(many)
    assert "mistake 999" in text
    assert "mistake 1000" not in text
    assert "… and 3 more; the report as JSON has them all" in text
    assert text.endswith("1003 errors\n")
