"""Commands and their options. Nothing is imported here that only one of them needs."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any, NoReturn

from .. import __version__
from ..kernel.calendars import parse_date
from .failure import CommandError, one_line

__all__ = ["parser"]

_OVERVIEW = """Rules that rate people and organisations: exact scores, bands, and an explanation of each."""

_CODES = """exit codes:
  0  all is well
  1  something was found: a finding, a failed case, a subject that can't be assessed
  2  the command could not run
  3  kpirules itself failed: please report it (KPIRULES_DEBUG=1 shows the traceback)"""


HUNDRED = 100

LONGEST_BUDGET = 18
"""Digits of a budget: more units than any machine can do."""


class _Parser(ArgumentParser):
    """A parser whose complaints are one line."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("formatter_class", RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        raise CommandError(f"{one_line(message)} (see `{self.prog} --help`)")


def parser() -> ArgumentParser:
    """The parser of the whole command line."""
    whole = _Parser(prog="kpirules", description=_OVERVIEW, epilog=_CODES)
    whole.add_argument("--version", action="version", version=f"kpirules {__version__}")
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (_check, _test, _mutate, _assess, _explain, _appraise, _verify, _diff, _plan, _show, _new, _schema):
        add(commands.add_parser)
    return whole


Add = Callable[..., ArgumentParser]


def _check(add: Add) -> None:
    check = add(
        "check",
        help="find mistakes in rulebooks, appraisals and case files",
        description="Everything that can be said of rulebooks, appraisals and case files without a subject.",
    )
    check.set_defaults(module="check")
    check.add_argument("files", nargs="+", metavar="FILE", help="a rulebook, an appraisal or a `.cases.yaml` file")
    formats = ("text", "json", "github", "sarif")
    _version(check)
    check.add_argument(
        "--prove", action="store_true", help="show or rule out by z3 what is only possible (needs the extra `prove`)"
    )
    check.add_argument("--format", choices=formats, default="text", help="how it is reported (text)")
    _color(check)


def _test(add: Add) -> None:
    test = add(
        "test",
        help="run examples and case files",
        description="Run the examples of rulebooks, and case files; every number is compared exactly.",
    )
    test.set_defaults(module="test")
    test.add_argument(
        "paths",
        nargs="+",
        metavar="FILE|DIR",
        help="a rulebook, a `.cases.yaml` file, or a directory of them",
    )
    _version(test)
    test.add_argument("-v", "--verbose", action="store_true", help="name the cases that pass, too")
    test.add_argument(
        "--update", action="store_true", help="rewrite, in place, the expectations that differ from what comes out"
    )
    test.add_argument(
        "--coverage", action="store_true", help="say which decision points of the rulebooks no case covers"
    )
    test.add_argument(
        "--fail-under", metavar="N", type=_per_cent, help="exit with 1 where less than N per cent is covered"
    )
    test.add_argument("--coverage-html", metavar="OUT", help="write a page with the text of the rulebooks coloured")
    _color(test)


def _mutate(add: Add) -> None:
    mutate = add(
        "mutate",
        help="say which small faults in a rulebook its cases do not notice",
        description="Put small faults into a rulebook, one at a time, and run its cases on each.",
        epilog="exit codes: 0 done, 1 less is killed than `--fail-under`, 2 the command could not run, "
        "3 kpirules failed",
    )
    mutate.set_defaults(module="mutate")
    mutate.add_argument("rulebook", metavar="RULEBOOK")
    mutate.add_argument(
        "cases", nargs="*", metavar="CASES", help="`.cases.yaml` files (those beside the rulebook that name it)"
    )
    _root(mutate)
    mutate.add_argument("--jobs", metavar="N", type=_units, default=1, help="processes that work at once (1)")
    mutate.add_argument(
        "--fail-under", metavar="N", type=_per_cent, help="exit with 1 where less than N per cent is killed"
    )
    mutate.add_argument("-v", "--verbose", action="store_true", help="show every fault, also those that are noticed")
    mutate.add_argument("--format", choices=("text", "json"), default="text", help="(text)")


def _assess(add: Add) -> None:
    assess = add(
        "assess",
        help="rate the subjects of a file",
        description="Rate the subjects of a file; those that can't be rated are reported.",
    )
    assess.set_defaults(module="assess")
    _subjects(assess)
    formats = ("table", "csv", "jsonl", "json")
    assess.add_argument(
        "--format",
        choices=formats,
        help="table and csv sum up, json and jsonl hold the whole record (by the name of OUT, else table)",
    )
    assess.add_argument(
        "--columns",
        metavar="NAMES",
        help="columns of a table or csv, such as `score,band,points.results,outputs.pay`",
    )
    assess.add_argument(
        "--verify",
        action="store_true",
        help="assess by the reference engine as well, and report where the two differ",
    )
    assess.add_argument(
        "--no-allocate",
        dest="allocate",
        action="store_false",
        help="show bands as they are before the quotas of the rulebook act",
    )
    _csv_formulas(assess)
    _out(assess)
    assess.add_argument("--language", metavar="TAG", help="add the label of the band in this language")


def _explain(add: Add) -> None:
    explain = add(
        "explain",
        help="explain the rating of one subject",
        description="The rating of one subject with every number it rests on.",
    )
    explain.set_defaults(module="explain")
    _subjects(explain)
    explain.add_argument(
        "--subject",
        metavar="KEY",
        help="its key where `--key` is given (`a,b` for two), else its row, from 1",
    )
    formats = ("text", "markdown", "html", "json")
    explain.add_argument("--format", choices=formats, help="(by the name of OUT, else text)")
    _out(explain)
    explain.add_argument("--language", metavar="TAG", help="such as `vi`, for labels and sentences")


def _appraise(add: Add) -> None:
    appraise = add(
        "appraise",
        help="run an appraisal: rulebooks wired together",
        description="Rate the subjects of every stage of an appraisal. Stopped at any moment and started again, it "
        "goes on from where it was.",
    )
    appraise.set_defaults(module="appraise")
    appraise.add_argument("appraisal", metavar="FILE", help="an appraisal")
    _root(appraise)
    appraise.add_argument(
        "--data",
        metavar="DIR",
        required=True,
        help="holds a table for each stage (`month.csv`) and records of its lists (`month.tasks.csv`)",
    )
    appraise.add_argument("-o", "--output", metavar="OUT", required=True, help="a folder for results and receipt")
    appraise.add_argument(
        "--brief", action="store_true", help="tables only, without the whole record of each subject"
    )
    _csv_formulas(appraise)
    appraise.add_argument("--restart", action="store_true", help="forget what was done, and begin anew")
    appraise.add_argument(
        "--block-rows", metavar="N", type=int, default=1000, help="rows after which work is saved (1000)"
    )
    _columns(appraise, "columns that are no inputs, and files in DIR that are no tables, on purpose")


def _verify(add: Add) -> None:
    verify = add(
        "verify",
        help="run an appraisal again and compare with its receipt",
        description="Run an appraisal again from the files that its receipt names, and say exactly what differs.",
    )
    verify.set_defaults(module="verify")
    verify.add_argument("receipt", metavar="RECEIPT", help="a `receipt.json`")
    _root(verify)
    verify.add_argument("--data", metavar="DIR", help="where the tables are now (by the receipt unless written)")
    verify.add_argument("--appraisal", metavar="FILE", help="where the appraisal is now (by the receipt)")


def _diff(add: Add) -> None:
    diff = add(
        "diff",
        help="say what differs between two editions, and who is rated otherwise",
        description="What differs between two editions of a rulebook, what it means, and who is rated otherwise.",
        epilog="exit codes: 0 nothing differs, 1 something does, 2 the command could not run, 3 kpirules failed",
    )
    diff.set_defaults(module="diff")
    diff.add_argument("old", metavar="OLD", help="the rulebook that is compared with")
    diff.add_argument("new", metavar="NEW", help="the rulebook that is asked about")
    formats = ("text", "markdown", "html", "json")
    diff.add_argument("--format", choices=formats, help="(by the name of OUT, else text)")
    _out(diff)
    _version(diff)
    diff.add_argument("--old-variant", metavar="NAME", help="the variant of OLD, where it is another")
    diff.add_argument("--old-on", metavar="DATE", type=_day, help="the day of OLD, where it is another")
    diff.add_argument("--population", metavar="DATA", help="subjects of whom is told who is rated otherwise")
    diff.add_argument("--group", metavar="COLUMN", help="a column of DATA by which they are counted as well")
    _about_data(diff)


def _plan(add: Add) -> None:
    plan = add(
        "plan",
        help="show what engines make of a rulebook",
        description="The steps of an assessment in their order, or the code that is generated from them.",
    )
    plan.set_defaults(module="plan")
    plan.add_argument("rulebook", metavar="RULEBOOK")
    _version(plan)
    plan.add_argument("--code", action="store_true", help="the generated code instead")
    _out(plan)


def _show(add: Add) -> None:
    show = add(
        "show",
        help="show a rulebook with everything merged into it",
        description="The rulebook as YAML, with the origin of each line that comes from another file.",
    )
    show.set_defaults(module="show")
    show.add_argument("rulebook", metavar="RULEBOOK")
    show.add_argument(
        "--card", action="store_true", help="a summary instead: inputs, criteria, bands, how much is measured"
    )
    _version(show)
    _out(show)


def _new(add: Add) -> None:
    new = add(
        "new",
        help="write a first rulebook to start from",
        description="A small rulebook with comments and examples, and beside it the schema for editors.",
    )
    new.set_defaults(module="new")
    new.add_argument("path", metavar="FILE|DIR", help="what is written; nothing is ever overwritten")


def _schema(add: Add) -> None:
    schema = add(
        "schema",
        help="the JSON Schema of rulebooks, for editors",
        description="JSON Schema (2020-12) by which editors complete keys, underline mistakes and show help.",
    )
    schema.set_defaults(module="schema")
    _out(schema)


def _subjects(command: ArgumentParser) -> None:
    """What says where subjects come from."""
    command.add_argument("rulebook", metavar="RULEBOOK")
    _version(command)
    command.add_argument(
        "subjects",
        metavar="DATA",
        help="CSV, JSON (an object or a list of them) or JSONL; `-` is standard input",
    )
    _about_data(command)


def _about_data(command: ArgumentParser) -> None:
    """What says how a file of subjects is read."""
    command.add_argument(
        "--data-format", choices=("csv", "json", "jsonl"), help="of DATA (by its name unless written)"
    )
    command.add_argument(
        "--key", metavar="COLUMNS", help="what tells subjects apart, such as `person` or `person,month`"
    )
    command.add_argument(
        "--records",
        metavar="INPUT=FILE",
        action="append",
        default=[],
        help="the records of a list input, each joined to its subject by `--key`",
    )
    _columns(command)


def _columns(command: ArgumentParser, ignored: str = "columns that are no inputs on purpose") -> None:
    """What says how tables are read."""
    command.add_argument(
        "--ignore",
        metavar="NAMES",
        action="append",
        default=[],
        help=ignored,
    )
    command.add_argument("--delimiter", default=",", metavar="CHARACTER", help="between the cells of a CSV (,)")


def _version(command: ArgumentParser) -> None:
    """Which of the rulebooks that a file holds is meant."""
    _root(command)
    command.add_argument("--variant", metavar="NAME", help="the variant that is meant")
    command.add_argument("--on", metavar="DATE", type=_day, help="the day whose edition is meant, such as 2026-07-01")


def _day(text: str) -> date:
    day = parse_date(text)
    if day is None:
        raise ArgumentTypeError(f"`{one_line(text)}` is no date such as 2026-07-01")
    return day


def _per_cent(text: str) -> Fraction:
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", text) or Fraction(text) > HUNDRED:
        raise ArgumentTypeError(f"`{one_line(text)}` is not a number from 0 to 100, such as 95 or 97.5")
    return Fraction(text)


def _units(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < len(text) <= LONGEST_BUDGET and int(text) > 0):
        raise ArgumentTypeError(f"`{one_line(text)}` is no number of units such as 15000000")
    return int(text)


def _root(command: ArgumentParser) -> None:
    """How far up the files may be that a document names."""
    command.add_argument(
        "--root", metavar="DIR", help="files that a document names must stay below DIR (the document's own folder)"
    )
    command.add_argument(
        "--budget",
        metavar="UNITS",
        type=_units,
        help="work that each load, comparison and explanation may take (1500000); see `KR113`",
    )


def _csv_formulas(command: ArgumentParser) -> None:
    """What becomes of texts in CSV that a spreadsheet would compute."""
    command.add_argument(
        "--csv-formulas",
        choices=("escape", "keep"),
        default="escape",
        help="an apostrophe before texts that a spreadsheet would take for a formula, or none (escape)",
    )


def _out(command: ArgumentParser) -> None:
    command.add_argument("-o", "--output", metavar="OUT", help="a file instead of standard output")


def _color(command: ArgumentParser) -> None:
    modes = ("auto", "always", "never")
    command.add_argument("--color", choices=modes, default="auto", help="(auto: on a terminal)")
