"""Diagnostics and reports."""

from __future__ import annotations

import pytest
from attrs import evolve

from kpirules.diagnostics import Diagnostic, Report, Severity, Source, Span, did_you_mean, listed
from kpirules.diagnostics.codes import CATALOGUE, At
from kpirules.diagnostics.codes.catalogue import error, note, warning
from kpirules.diagnostics.codes.document import foreign_value, unknown_key
from kpirules.diagnostics.report import same_letters
from kpirules.kernel.brief import shortened

SOURCE = Source("a", "one\ntwo\n")


def found(code: str, severity: Severity, start: int | None = None, allowed: str | None = None) -> Diagnostic:
    span = None if start is None else Span(SOURCE, start, start + 1)
    return Diagnostic(code, severity, "message", span, allowed=allowed)


ERROR = found("KR201", Severity.ERROR, 4)
WARNING = found("KR301", Severity.WARNING, 0)
NOTE = found("KR401", Severity.NOTE, 2)
ALLOWED = found("KR302", Severity.WARNING, 1, "the regulation says so")
UNPLACED = found("KR501", Severity.ERROR)


def test_a_report_is_in_document_order_with_each_diagnostic_once() -> None:
    report = Report.of([ERROR, NOTE, UNPLACED, WARNING, ERROR, ALLOWED])
    assert list(report) == [UNPLACED, WARNING, ALLOWED, NOTE, ERROR]
    assert len(report) == 5


def test_a_report_lists_the_findings_to_act_on() -> None:
    report = Report.of([ERROR, NOTE, WARNING, ALLOWED])
    assert report.errors == (ERROR,)
    assert report.findings == (WARNING, ERROR)
    assert report.allowed == (ALLOWED,)
    assert not report.is_clean
    assert Report.of([NOTE, ALLOWED]).is_clean
    assert not found("KR201", Severity.ERROR, allowed="so be it").is_error


@pytest.mark.parametrize(
    ("word", "help"),
    [("complted", "did you mean `completed`?"), ("COMPLETED", "did you mean `completed`?"), ("xyz", "else")],
)
def test_near_words_are_suggested(word: str, help: str) -> None:
    assert did_you_mean(word, ["assigned", "completed"], "else") == help


def test_a_word_that_only_looks_like_another_is_told_apart() -> None:
    decomposed = "To\u0302\u0301t"
    assert did_you_mean(decomposed, ["Khá", "Tốt"]) == (
        "did you mean `Tốt`? (the letters are the same in another Unicode form (NFC, NFD))"
    )
    assert same_letters("Tốt", ["Khá", decomposed]) == decomposed
    assert same_letters("Tốt", ["Tốt", "Tôt"]) == ""
    assert same_letters("Tot", [decomposed]) == ""


def test_words_are_listed_in_a_sentence() -> None:
    assert listed(["a"]) == "`a`"
    assert listed(["a", "b"], "and") == "`a` and `b`"
    assert listed(["a", "b", "c"]) == "`a`, `b` or `c`"
    assert listed([]) == ""


def test_of_very_many_or_very_long_words_only_the_beginning_is_listed() -> None:
    many = listed([f"a{number}" for number in range(4_000)], "and")
    assert many.startswith("`a0`, `a1`, `a2`, ")
    assert many.endswith(", `a49` and 3,950 more")
    assert listed(["x" * 100]) == f"`{'x' * 100}`"
    assert listed(["x" * 40_000, "b"]) == f"`{'x' * 99}…` or `b`"


def test_long_texts_are_cut_for_messages() -> None:
    assert shortened("a\n  b") == "a b"
    assert shortened("a" * 60) == "a" * 60
    assert shortened("a" * 61) == "a" * 59 + "…"


def test_an_unknown_key_is_told_with_the_near_one_or_with_those_known() -> None:
    assert unknown_key(At(None), "titel", ["id", "title"]).help == "did you mean `title`?"
    assert unknown_key(At(None), "xyz", ["id", "title"]).help == "allowed here: `id` and `title`"
    assert unknown_key(At(None), "xyz", []).help == "no keys are allowed here"


def test_every_code_is_entered_once_with_its_page() -> None:
    code = CATALOGUE["KR102"]
    assert (code.name, code.title, code.can_be_allowed) == (
        "duplicate-key", "Duplicate key in a mapping", False,
    )  # fmt: skip
    assert foreign_value.__name__ == "foreign_value"
    with pytest.raises(AssertionError, match="KR102 is used twice"):
        error("KR102")(lambda: None)  # type: ignore[arg-type, return-value]


def test_severities_say_what_may_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    from kpirules.diagnostics.codes.catalogue import Say

    for code, enter in (("KR998", warning), ("KR999", note)):
        monkeypatch.setitem(CATALOGUE, code, CATALOGUE["KR102"])
        monkeypatch.delitem(CATALOGUE, code)

        @enter(code)
        def some_words(what: str) -> Say:
            """Words."""
            return Say(what)

        assert some_words(At(None, "a.b"), "so").path == "a.b"
        assert CATALOGUE[code].can_be_allowed
        assert CATALOGUE[code].severity.value == ("warning" if enter is warning else "note")


def test_a_report_prints_as_people_read_it() -> None:
    report = Report((Diagnostic("KR101", Severity.ERROR, "the text can't be read"),))
    assert str(report).startswith("error[KR101]: the text can't be read")
    assert str(report).endswith("1 error")


def test_among_very_many_names_only_those_that_begin_alike_are_compared() -> None:
    names = [f"input{number}" for number in range(500)]
    assert did_you_mean("inputt7", names) == "did you mean `input7`?"
    assert did_you_mean("iqput7", names, "see the list") == "see the list"


@pytest.mark.parametrize("path", ["", "done", "members[An].done"])
@pytest.mark.parametrize("start", [None, 4])
def test_a_diagnostic_about_one_of_several_subjects_says_which_and_can_be_told_alone(
    path: str, start: int | None
) -> None:
    own = evolve(found("KR201", Severity.ERROR, start), path=path, notes=("for whom it stands",))
    told = own.about("members[An]")
    assert told.subject == "members[An]"
    if start is None:
        assert told.path in ("members[An]", f"members[An].{path}")
        assert told.notes == own.notes
    else:
        assert told.path == path
        assert told.notes == (*own.notes, "for members[An]")
    assert told.alone == own
    assert own.alone is own
