"""`kpirules explain`."""

from __future__ import annotations

import json
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterable
from typing import Literal

from attrs import evolve

from ..change.wishing import Needed, needed
from ..rating.assessing.together import is_rated_together
from ..rating.program import Program
from ..record import Assessment
from ..showing.explaining import Explanation, LetterDetails, explain
from .assess import format_of_output, outcomes, program_of, sources
from .failure import CommandError, one_line
from .subjects import Row, Subjects, read_subjects
from .terminal import output, say

__all__ = ["FORMATS", "chosen_row", "least_change", "run"]

FORMATS = {".md": "markdown", ".html": "html", ".htm": "html", ".json": "json"}
PAGE_COLUMNS = 100


def run(options: Namespace) -> int:
    """Explain the rating of one subject.

    Args:
        options: the options of the command line.

    Returns:
        0, or 1 if the subject can't be assessed or a record matches no row.
    """
    program = program_of(options)
    subjects = read_subjects(options, program.gathered)
    row = chosen_row(subjects, options.subject)
    about = _about(options, row)
    found = list(outcomes(program, subjects if is_rated_together(program) else evolve(subjects, rows=(row,))))
    outcome = next(result for other_row, result in found if other_row is row)
    complaints = list(subjects.complaints)
    if not isinstance(outcome, Assessment):
        complaints += [line for _, result in found if not isinstance(result, Assessment) for line in result]
    say(*complaints, aside=True)
    if not isinstance(outcome, Assessment):
        return 1
    form: Literal["full", "letter"] = "full" if about is None else "letter"
    if about is not None and options.needed is not None:
        about = evolve(about, needed=least_change(program, row, options.needed, options.changing))
    explanation = explain(outcome, form=form, about=about, language=options.language)
    format_ = options.format or format_of_output(options.output, FORMATS, "text")
    with output(options.output, *sources(options)) as out:
        out.write(_rendered(explanation, format_, options.output))
    return int(bool(complaints))


def _about(options: Namespace, row: Row) -> LetterDetails | None:
    """Return the details of a letter, or None."""
    names = ("name", "period", "issued_by", "issued_on", "objections")
    given = {name: getattr(options, name) for name in names}
    if (options.needed is None) is not (options.changing is None):
        raise CommandError("`--needed` and `--changing` need each other")
    if not options.letter:
        if any(text is not None for text in (*given.values(), options.needed)):
            raise CommandError(f"{_written((*names, 'needed'))} need `--letter`")
        return None
    if given["name"] is None:
        given["name"] = ", ".join(row.key) or None
    if missing := [name for name, text in given.items() if text is None]:
        raise CommandError(f"`--letter` needs {_written(missing)}")
    try:
        return LetterDetails(**given)
    except ValueError as mistaken:
        raise CommandError(str(mistaken)) from None


def _written(names: Iterable[str]) -> str:
    return ", ".join(f"`--{name.replace('_', '-')}`" for name in names)


def least_change(program: Program, row: Row, band: str | None, changing: str) -> Needed:
    """Return the least change of some inputs of a subject that reaches a band.

    Args:
        program: the rules.
        row: the subject.
        band: the band; the next better one if None.
        changing: the inputs that may change, separated by commas.
    """
    try:
        return needed(program, row.given, band, changing=[name.strip() for name in changing.split(",")])
    except ValueError as mistaken:
        raise CommandError(str(mistaken)) from None


def chosen_row(subjects: Subjects, key_text: str | None) -> Row:
    """Return the requested subject, or the only one."""
    rows = subjects.rows
    if key_text is None:
        if len(rows) == 1:
            return rows[0]
        raise CommandError(f"there are {len(rows):,} subjects; choose one with `--subject`")
    if subjects.key:
        key = tuple(part.strip() for part in key_text.split(",")) if len(subjects.key) > 1 else (key_text,)
        found = [row for row in rows if row.key == key]
    else:
        found = [row for row in rows if str(row.number) == key_text]
    if not found:
        known = ", ".join(row.name for row in rows[:5]) if subjects.key else f"row 1 to {len(rows):,}"
        raise CommandError(f"no subject is `{one_line(key_text)}`; there are {one_line(known)}")
    return found[0]


def _rendered(explanation: Explanation, format_: str, path: str | None) -> str:
    match format_:
        case "markdown":
            return explanation.markdown().rstrip("\n") + "\n"
        case "html":
            return explanation.html().rstrip("\n") + "\n"
        case "json":
            return json.dumps(explanation.data(), ensure_ascii=False, indent=2) + "\n"
        case _:
            is_terminal = path is None and sys.stdout.isatty()
            columns = shutil.get_terminal_size().columns if is_terminal else PAGE_COLUMNS
            return explanation.text(columns=columns)
