"""Runs one case through the library, and detects every forbidden outcome."""

from __future__ import annotations

import json
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from attrs import frozen

import kpirules as kr
from kpirules.diagnostics.codes import CATALOGUE
from kpirules.diagnostics.formats import render_github, render_json, render_sarif
from kpirules.diagnostics.render import render_text

from ..pace import TRIES, calm_seconds, pace
from ..sandbox.pieces import assert_harmless
from .cases import Case
from .subjects import subject

__all__ = ["MOST_SECONDS", "Attempt", "attempt", "peak_memory"]

MOST_SECONDS = 1.0
"""Seconds of the processor that a case may take."""

_PATIENCE = 10
"""How many times too long a case may take before it is stopped."""


@frozen
class Attempt:
    """The outcome of a case.

    Args:
        number: of the case.
        failure: what may not come of a case, with the way to it, or empty.
        seconds: of the processor, for the step that took longest: loading, assessing, showing a report …
        is_loaded: True where the document is a rulebook.
        assessed: how many subjects were assessed to the end.
    """

    number: int
    failure: str
    seconds: float
    is_loaded: bool
    assessed: int


_STEPS: list[float] = []
"""How long each step of the case at hand took."""


@contextmanager
def _step() -> Iterator[None]:
    """Time one operation of the library."""
    begun = time.process_time()
    try:
        yield
    finally:
        _STEPS.append(time.process_time() - begun)


class _TooLong(BaseException):
    """Stops a case that takes too long; it is not an `Exception`, so that nothing catches it."""


def attempt(case: Case, folder: Path) -> Attempt:
    """Run a case through the library.

    Args:
        case: the document, and the chance for what comes after it.
        folder: where a file may be written.
    """
    state = case.random.getstate()
    seconds = []
    for tried in range(TRIES):
        case.random.setstate(state)
        _STEPS.clear()
        # What is slow once may be the fault of the machine, or of what is made at the first use.
        before = pace() if tried else 1.0
        failure, is_loaded, assessed = _guarded(case, folder)
        after = pace() if tried else 1.0
        seconds.append(calm_seconds(max(_STEPS, default=0.0), before, after))
        if failure or seconds[-1] < MOST_SECONDS:
            break
    if not failure and min(seconds) >= MOST_SECONDS:
        failure = f"it took {min(seconds):.2f} seconds"
    return Attempt(case.number, failure, min(seconds), is_loaded, assessed)


def peak_memory() -> int:
    """Return the peak memory of this process, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _guarded(case: Case, folder: Path) -> tuple[str, bool, int]:
    is_loaded, assessed = False, 0
    try:
        with _limited():
            program = _loaded(case, folder)
            if program is not None:
                is_loaded = True
                for _ in range(case.random.choice((1, 1, 2))):
                    assessed += _assessed(program, case)
    except (Exception, _TooLong):
        return traceback.format_exc(limit=-8), is_loaded, assessed
    return "", is_loaded, assessed


@contextmanager
def _limited() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise _TooLong(f"it did not end within {MOST_SECONDS * _PATIENCE:.0f} seconds")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS * _PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _loaded(case: Case, folder: Path) -> kr.Program | None:
    """Return the program of a case, None if its document has errors."""
    document, program = case.document, None
    source: Path | dict[object, object] | None = None
    text: str | None = None
    if case.form == "bytes":
        source = folder / ("case.json" if case.random.random() < 0.2 else "case.kpi.yaml")
        source.write_bytes(document)
    elif case.form == "mapping":
        source = document
    else:
        text = document
    try:
        with _step():
            if text is None:
                program = kr.load(source)  # type: ignore[arg-type] # some keys are no texts
            else:
                program = kr.loads(text, name="case.json" if case.form == "json" else "case.kpi.yaml")
        report = program.report
        assert not report.errors, "a program has errors"
    except kr.RulebookError as error:
        report = error.report
        assert report.errors, "a refusal without an error"
    _look_at(report, case)
    # An appraisal is loaded by a function of its own, and one of several variants is loaded; all of it is checked.
    is_part = any(one.code in ("KR531", "KR812") for one in report)
    if case.form != "json" and case.random.random() < 0.05 and not is_part:
        with _step():
            found = kr.check(source, text=text)  # type: ignore[arg-type]
        assert [(d.code, d.path) for d in found] == [(d.code, d.path) for d in report], (
            "the check finds something else"
        )
    return program


def _look_at(report: kr.Report, case: Case) -> None:
    """Check that a report has known codes and places inside the document, and can be shown in every form."""
    for diagnostic in report:
        assert diagnostic.code in CATALOGUE, f"{diagnostic.code} is no code"
        assert diagnostic.message, f"{diagnostic.code} says nothing"
        span = diagnostic.span
        if span is not None:
            text = span.source.text
            assert 0 <= span.start <= span.end <= len(text), (
                f"{diagnostic.code} stands outside: {span.start}, {span.end}"
            )
            # What is too much work names the document alone.
            if isinstance(case.document, str) and diagnostic.code != "KR113":
                assert text in (case.document, case.document[1:]), f"{diagnostic.code} shows another text"
    with _step():
        drawn = render_text(report)
    assert_harmless(drawn)
    with _step():
        written = render_json(report)
    assert len(json.loads(written)) == len(report)
    if case.random.random() < 0.05:
        assert_harmless(render_github(report))
        json.loads(render_sarif(report, CATALOGUE))


def _assessed(program: kr.Program, case: Case) -> bool:
    """Return whether a random subject was assessed; check that its explanation can be shown."""
    try:
        given = subject(case.random, program)
        with _step():
            assessment = kr.assess(program, given)
    # Amendments without a day are refused here, where the day is asked for.
    except (kr.RulebookError, kr.SubjectError, kr.FaultError) as error:
        _look_at_problems(error.report)
        return False
    language = case.random.choice((None, "vi", "en"))
    with _step():
        explanation = kr.explain(assessment, language=language)
    with _step():
        text = explanation.text(columns=case.random.choice((60, 100)))
    assert_harmless(text)
    if case.random.random() < 0.1:
        assert_harmless(explanation.markdown())
        assert_harmless(explanation.html())
        assert kr.Assessment.from_json(assessment.to_json()) == assessment, "the record is not read as it was written"
    return True


def _look_at_problems(report: kr.Report) -> None:
    assert report.errors, "a refusal without an error"
    assert all(diagnostic.code in CATALOGUE for diagnostic in report)
    assert_harmless(render_text(report))
    json.loads(render_json(report))
