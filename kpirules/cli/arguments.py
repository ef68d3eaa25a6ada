"""Commands and their options. Modules of single commands are not imported here.

The file is long since it is the table of all options.
"""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import cache
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


DIALECTS = (
    "duckdb",
    "sqlite",
    "postgres",
    "spark",
    "clickhouse",
    "datafusion",
    "mysql",
    "sqlserver",
    "snowflake",
    "bigquery",
)
"""The dialects of `engines.sql`, which is imported only where it is used."""

HUNDRED = 100

LONGEST_BUDGET = 18
"""Digits of a budget: more units than any machine can spend."""


class _Parser(ArgumentParser):
    """A parser that reports each error on one line."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("formatter_class", RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        raise CommandError(f"{one_line(message)} (see `{self.prog} --help`)")


@cache
def parser() -> ArgumentParser:
    """Return the parser of the whole command line; a process that runs several commands builds it once."""
    parser_ = _Parser(prog="kpirules", description=_OVERVIEW, epilog=_CODES)
    parser_.add_argument("--version", action="version", version=f"kpirules {__version__}")
    commands = parser_.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (
        _check,
        _test,
        _mutate,
        _gate,
        _assess,
        _explain,
        _needed,
        _sensitivity,
        _appraise,
        _verify,
        _diff,
        _prove,
        _plan,
        _sql,
        _js,
        _form,
        _doctor,
        _show,
        _docs,
        _new,
        _schema,
        _lsp,
    ):
        add(commands.add_parser)
    return parser_


Add = Callable[..., ArgumentParser]


def _check(add: Add) -> None:
    check = add(
        "check",
        help="find mistakes in rulebooks, appraisals and case files",
        description="Check rulebooks, appraisals and case files without rating any subject.",
    )
    check.set_defaults(module="check")
    check.add_argument("files", nargs="+", metavar="FILE", help="a rulebook, an appraisal or a `.cases.yaml` file")
    formats = ("text", "json", "github", "sarif")
    _version(check)
    check.add_argument(
        "--prove", action="store_true", help="prove or refute possible findings with z3 (needs the extra `prove`)"
    )
    check.add_argument("--format", choices=formats, default="text", help="output format (default: text)")
    check.add_argument(
        "--fix", action="store_true", help="rewrite the files with the fixes that can't change a rating, then check"
    )
    check.add_argument("--diff", action="store_true", help="show what `--fix` would change, and write nothing")
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
    test.add_argument("-v", "--verbose", action="store_true", help="list passing cases too")
    test.add_argument("--update", action="store_true", help="rewrite failing expectations in place")
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


def _gate(add: Add) -> None:
    gate = add(
        "gate",
        help="run the old cases on new rules",
        description="Run the cases of an old edition on the rules of a new one, and report each expectation that "
        "changed, with the reason written beside it in the new cases.",
        epilog="exit codes: 0 every changed expectation has a reason, 1 one has none, 2 the command could not run, "
        "3 kpirules failed",
    )
    gate.set_defaults(module="gate")
    gate.add_argument("old", metavar="OLD", help="the old rulebook; its cases are those beside it that name it")
    gate.add_argument("new", metavar="NEW", help="the new rulebook, likewise")
    _root(gate)
    gate.add_argument("--format", choices=("text", "json"), default="text", help="(text)")


def _assess(add: Add) -> None:
    """Declare `kpirules assess`. This is long since it has many options."""
    assess = add(
        "assess",
        help="rate the subjects of a file",
        description="Rate the subjects of a file, and report those that can't be rated.",
    )
    assess.set_defaults(module="assess")
    _subjects(
        assess, "CSV, JSON (an object or a list of them), JSONL, Parquet, Arrow or Excel; `-` is standard input"
    )
    formats = ("table", "csv", "jsonl", "json")
    assess.add_argument(
        "--format",
        choices=formats,
        help="table, csv: summary; json, jsonl: whole records (default: by the name of OUT, else table)",
    )
    assess.add_argument(
        "--columns",
        metavar="NAMES",
        help="columns of a table or CSV, such as `score,band,points.results,outputs.pay`",
    )
    assess.add_argument(
        "--verify",
        action="store_true",
        help="assess with the reference engine too, and report differences",
    )
    assess.add_argument(
        "--no-allocate",
        dest="allocate",
        action="store_false",
        help="show bands before the rulebook's quotas apply",
    )
    _csv_formulas(assess)
    _add_output(assess)
    assess.add_argument(
        "--language", metavar="TAG", help="add a column with the band's label in this language, such as `vi`"
    )
    batches = assess.add_argument_group(
        "files in batches",
        "Parquet, Arrow and Excel files, and CSV or JSONL with --stream, may be larger than memory. OUT has all "
        "columns of DATA, then `status`, `score` and `band` or --columns, and `error` for rows that can't be rated.",
    )
    batches.add_argument(
        "--stream", action="store_true", help="rate DATA in batches (default for Parquet, Arrow, Excel)"
    )
    batches.add_argument("--resume", action="store_true", help="go on where an interrupted run into OUT stopped")


def _explain(add: Add) -> None:
    explain = add(
        "explain",
        help="explain the rating of one subject",
        description="Explain the rating of one subject with every number behind it.",
    )
    explain.set_defaults(module="explain")
    _subjects(explain)
    explain.add_argument(
        "--subject",
        metavar="KEY",
        help="the subject's key if `--key` is given (`a,b` for two columns), else its row, from 1",
    )
    formats = ("text", "markdown", "html", "json")
    explain.add_argument("--format", choices=formats, help="output format (default: by the name of OUT, else text)")
    _add_output(explain)
    explain.add_argument("--language", metavar="TAG", help="language of labels and sentences, such as `vi`")
    letter = explain.add_argument_group("a letter to the person who is rated")
    letter.add_argument("--letter", action="store_true", help="labels instead of formulas; an HTML page prints on A4")
    letter.add_argument("--name", metavar="TEXT", help="who is rated (the key of the subject)")
    letter.add_argument("--period", metavar="TEXT", help="the time that is rated, such as `2026`")
    letter.add_argument("--issued-by", metavar="TEXT", help="the office that decides")
    letter.add_argument("--issued-on", metavar="DATE", type=_day, help="the date of the letter")
    letter.add_argument("--needed", metavar="BAND", help="tell the least change that reaches this band")
    letter.add_argument("--changing", metavar="INPUTS", help="the inputs that may change for it: `done,late`")
    letter.add_argument("--objections", metavar="TEXT", help="where, how and until when to object")


def _needed(add: Add) -> None:
    needed = add(
        "needed",
        help="find the least change that reaches a band",
        description="Find the least change of some inputs of one subject that reaches a band, or why none does.",
        epilog="exit codes: 0 a change reaches the band, 1 none does, 2 the command could not do its work",
    )
    needed.set_defaults(module="needed")
    _subjects(needed)
    needed.add_argument("--subject", metavar="KEY", help="as for `kpirules explain`")
    needed.add_argument("--band", metavar="BAND", help="the band to reach (default: the next better one)")
    needed.add_argument("--changing", metavar="INPUTS", required=True, help="the inputs that may change: `done,late`")
    formats = ("text", "markdown", "html", "json")
    needed.add_argument("--format", choices=formats, help="output format (default: by the name of OUT, else text)")
    _add_output(needed)


def _sensitivity(add: Add) -> None:
    sensitivity = add(
        "sensitivity",
        help="show how far weights and thresholds may move before a band changes",
        description="Show, for each number of a rulebook, the values with which no subject changes its band.",
        epilog="exit codes: 0 shown, 1 a subject can't be assessed, 2 the command could not do its work",
    )
    sensitivity.set_defaults(module="sensitivity")
    _subjects(sensitivity)
    sensitivity.add_argument("--only", metavar="PATHS", help="look at these numbers: `bands,criteria.work.max`")
    sensitivity.add_argument("--step", metavar="N", help="the distance of values that a search tries")
    formats = ("text", "markdown", "html", "json")
    sensitivity.add_argument(
        "--format", choices=formats, help="output format (default: by the name of OUT, else text)"
    )
    _add_output(sensitivity)


def _appraise(add: Add) -> None:
    appraise = add(
        "appraise",
        help="run an appraisal: rulebooks wired together",
        description="Rate the subjects of every stage of an appraisal. A stopped run resumes when the same command "
        "is run again.",
    )
    appraise.set_defaults(module="appraise")
    appraise.add_argument("appraisal", metavar="FILE", help="an appraisal")
    _root(appraise)
    appraise.add_argument(
        "--data",
        metavar="DIR",
        required=True,
        help="folder with a table for each stage (`month.csv`) and the records of its lists (`month.tasks.csv`)",
    )
    appraise.add_argument("-o", "--output", metavar="OUT", required=True, help="folder for results and receipt")
    appraise.add_argument(
        "--brief", action="store_true", help="write tables only, without the whole record of each subject"
    )
    _csv_formulas(appraise)
    appraise.add_argument("--restart", action="store_true", help="discard progress and restart")
    appraise.add_argument(
        "--block-rows", metavar="N", type=int, default=1000, help="save progress every N rows (default: 1000)"
    )
    _columns(appraise, "columns that are not inputs, and files in DIR that are not tables")


def _verify(add: Add) -> None:
    verify = add(
        "verify",
        help="run an appraisal again and compare with its receipt",
        description="Run an appraisal again from the files in its receipt, and list every difference.",
    )
    verify.set_defaults(module="verify")
    verify.add_argument("receipt", metavar="RECEIPT", help="a `receipt.json`")
    _root(verify)
    verify.add_argument("--data", metavar="DIR", help="where the tables are now (default: as in the receipt)")
    verify.add_argument("--appraisal", metavar="FILE", help="where the appraisal is now (default: as in the receipt)")


def _diff(add: Add) -> None:
    diff = add(
        "diff",
        help="compare two editions, and find whose ratings differ",
        description="Compare two editions of a rulebook: what differs, what that means, and whose ratings differ.",
        epilog="exit codes: 0 nothing differs, 1 something does, 2 the command could not run, 3 kpirules failed",
    )
    diff.set_defaults(module="diff")
    diff.add_argument("old", metavar="OLD", help="the old rulebook")
    diff.add_argument("new", metavar="NEW", help="the new rulebook")
    formats = ("text", "markdown", "html", "json")
    diff.add_argument("--format", choices=formats, help="output format (default: by the name of OUT, else text)")
    _add_output(diff)
    _version(diff)
    diff.add_argument("--old-variant", metavar="NAME", help="variant for OLD, if different")
    diff.add_argument("--old-on", metavar="DATE", type=_day, help="date for OLD, if different")
    diff.add_argument(
        "--prove", action="store_true", help="ask z3 where no subject shows a difference (needs the extra `prove`)"
    )
    diff.add_argument(
        "--cases",
        action="append",
        default=[],
        metavar="CASES",
        help="subjects to try first, besides those of the cases beside OLD and NEW",
    )
    population = "subjects to rate under both editions; of two appraisals, a folder"
    diff.add_argument("--population", metavar="DATA", help=population)
    diff.add_argument("--group", metavar="COLUMN", help="also count by this column of DATA")
    _about_data(diff)


def _prove(add: Add) -> None:
    prove = add(
        "prove",
        help="prove what holds for every subject",
        description="Prove what holds for every valid subject of a rulebook, or of two editions, or refute it with a "
        "subject (needs the extra `prove`).",
        epilog="exit codes: 0 every claim is proved or allowed, 1 one is refuted or unknown, 2 the command could not "
        "run, 3 kpirules failed",
    )
    prove.set_defaults(module="prove")
    prove.add_argument("rulebook", metavar="RULEBOOK", help="the rulebook, or the old edition")
    prove.add_argument(
        "new", nargs="?", metavar="NEW", help="the new edition: prove that both rate every subject alike"
    )
    prove.add_argument(
        "--nobody-loses-a-band", action="store_true", help="prove that nobody gets a worse band, or none, by NEW"
    )
    prove.add_argument(
        "--only-where", metavar="EXPR", help="prove that ratings differ only where this condition of NEW holds"
    )
    formats = ("text", "markdown", "html", "json")
    prove.add_argument("--format", choices=formats, help="output format (default: by the name of OUT, else text)")
    prove.add_argument("-v", "--verbose", action="store_true", help="show the subjects of directions too")
    _add_output(prove)
    _version(prove)


def _plan(add: Add) -> None:
    plan = add(
        "plan",
        help="show the steps that engines run",
        description="Show the steps of an assessment in order, or what engines make of them.",
    )
    plan.set_defaults(module="plan")
    plan.add_argument("rulebook", metavar="RULEBOOK")
    _version(plan)
    form = plan.add_mutually_exclusive_group()
    form.add_argument("--code", action="store_true", help="show the generated code instead")
    form.add_argument("--integers", action="store_true", help="show the steps on integers, with their widths")
    form.add_argument(
        "--columns", action="store_true", help="show which columns of a table are rated by columns, and why not all"
    )
    _add_output(plan)


def _sql(add: Add) -> None:
    """Declare `kpirules sql`. This is long since it has many options."""
    sql = add(
        "sql",
        help="write a rulebook as one query",
        description="Write one query that rates a table where it is stored, with the values of `kpirules assess`.",
        epilog="exit codes: 0 done, 1 a column has no form in the dialect, 2 the command could not run, "
        "3 kpirules failed",
    )
    sql.set_defaults(module="sql")
    sql.add_argument("rulebook", metavar="RULEBOOK")
    _version(sql)
    sql.add_argument(
        "--dialect",
        required=True,
        choices=DIALECTS,
        metavar="NAME",
        help=f"the database: {', '.join(DIALECTS)}",
    )
    sql.add_argument("--table", required=True, metavar="NAME", help="the table of subjects, such as `hr.people`")
    sql.add_argument("--key", metavar="COLUMNS", help="columns to return beside the ratings (default: all inputs)")
    sql.add_argument(
        "--records",
        metavar="INPUT=TABLE:KEY",
        action="append",
        default=[],
        help="table of the records of a list input, and the columns that join it to subjects (default: `--key`)",
    )
    sql.add_argument(
        "--columns", metavar="NAMES", help="columns to add, such as `score,band,points.results,outputs.pay`"
    )
    sql.add_argument(
        "--absent", metavar="NAMES", action="append", default=[], help="inputs that the table has no column for"
    )
    sql.add_argument(
        "--no-allocate",
        dest="allocate",
        action="store_false",
        help="give bands before the rulebook's quotas apply",
    )
    sql.add_argument("--uncertified", action="store_true", help="allow a dialect whose queries no test runs")
    sql.add_argument("--dbt", action="store_true", help="write a model of dbt: tables are `ref` and `source`")
    _add_output(sql)


def _js(add: Add) -> None:
    js = add(
        "js",
        help="write a rulebook as a JavaScript module",
        description="Write an ES module that rates subjects in a browser or under Node, with the values of "
        "`kpirules assess`; its types in TypeScript are written beside it.",
        epilog="exit codes: 0 done, 1 the rulebook has no form in JavaScript, 2 the command could not run, "
        "3 kpirules failed",
    )
    js.set_defaults(module="js")
    js.add_argument("rulebook", metavar="RULEBOOK")
    _version(js)
    _add_output(js)


def _form(add: Add) -> None:
    form = add(
        "form",
        help="write a rulebook as a form for a browser",
        description="Write one HTML file with a form that rates while you type, and rates a table that you paste. "
        "Nothing leaves the page.",
        epilog="exit codes: 0 done, 1 the rulebook has no form in JavaScript, 2 the command could not run, "
        "3 kpirules failed",
    )
    form.set_defaults(module="form")
    form.add_argument("rulebook", metavar="RULEBOOK")
    _version(form)
    form.add_argument("--language", metavar="TAG", help="language at first (default: the first of its labels)")
    _add_output(form)


def _doctor(add: Add) -> None:
    doctor = add(
        "doctor",
        help="try the engines on this machine with golden corpora",
        description="Rate golden corpora with each engine that is installed, and report what it rates otherwise.",
        epilog="exit codes: 0 all that are installed pass, 1 one does not, or one that is named is not installed, "
        "2 the command could not run, 3 kpirules failed",
    )
    doctor.set_defaults(module="doctor")
    doctor.add_argument(
        "--engine",
        metavar="NAME",
        action="append",
        default=[],
        help="only this one: polars, pandas, pyarrow, duckdb, sqlite, postgres, spark, clickhouse or datafusion",
    )


def _show(add: Add) -> None:
    show = add(
        "show",
        help="show a rulebook with everything merged into it",
        description="Show the rulebook as YAML, with the origin of each line that comes from another file.",
    )
    show.set_defaults(module="show")
    show.add_argument("rulebook", metavar="RULEBOOK")
    show.add_argument(
        "--card", action="store_true", help="show a summary instead: inputs, criteria, bands, how much is measured"
    )
    _version(show)
    _add_output(show)


def _docs(add: Add) -> None:
    docs = add(
        "docs",
        help="write pages about rulebooks for readers who are not programmers",
        description="Write HTML pages: the rules in words and as mathematics, their sources, worked examples with "
        "explanations, and what changed between editions, in each language of the labels.",
        epilog="exit codes: 0 done, 1 an example fails, 2 the command could not run, 3 kpirules failed",
    )
    docs.set_defaults(module="docs")
    docs.add_argument("rulebooks", nargs="+", metavar="RULEBOOK", help="with the `.cases.yaml` file beside it")
    docs.add_argument("-o", "--output", required=True, metavar="DIR", help="the folder of the pages")
    _root(docs)


def _new(add: Add) -> None:
    new = add(
        "new",
        help="write a first rulebook to start from",
        description="Write a small rulebook with comments and examples, and the schema for editors beside it.",
    )
    new.set_defaults(module="new")
    new.add_argument("path", nargs="?", metavar="FILE|DIR", help="the new file; existing ones are never overwritten")
    start = new.add_mutually_exclusive_group()
    start.add_argument(
        "--template", metavar="NAME", default="review", help="what kind of rulebook (review); see `--list`"
    )
    start.add_argument("--list", action="store_true", help="name the templates, and write nothing")
    start.add_argument(
        "--interactive", action="store_true", help="ask for KPIs, targets, weights and bands, and write a scorecard"
    )
    start.add_argument("--from", dest="table", metavar="CSV", help="make an input of each column of a table")
    new.add_argument("--key", metavar="COLUMNS", help="columns of CSV that tell rows apart, and are no inputs")
    new.add_argument("--delimiter", default=",", metavar="CHARACTER", help="between the cells of CSV (,)")


def _schema(add: Add) -> None:
    schema = add(
        "schema",
        help="write the JSON Schema of rulebooks, for editors",
        description="Write the JSON Schema (2020-12) for editors: to complete keys, mark mistakes and show help.",
    )
    schema.set_defaults(module="schema")
    schema.add_argument(
        "--subject", dest="rulebook", metavar="RULEBOOK", help="the schema of a subject of this rulebook instead"
    )
    _version(schema)
    schema.add_argument("--language", metavar="TAG", help="language of titles and descriptions, such as `vi`")
    _add_output(schema)


def _lsp(add: Add) -> None:
    lsp = add(
        "lsp",
        help="help an editor while you write (needs the extra `lsp`)",
        description="Answer an editor on standard input and output by the Language Server Protocol: findings and "
        "fixes, completion, hover, definition, references and rename of names in formulas, running an example.",
        epilog="exit codes: 0 the editor has left, 2 the command could not run, 3 kpirules failed",
    )
    lsp.set_defaults(module="lsp")
    lsp.add_argument("--stdio", action="store_true", help="standard input and output, as by default")
    _root(lsp)


def _subjects(
    command: ArgumentParser, data: str = "CSV, JSON (an object or a list of them) or JSONL; `-` is standard input"
) -> None:
    """Add the options that name the files of subjects."""
    command.add_argument("rulebook", metavar="RULEBOOK")
    _version(command)
    command.add_argument("subjects", metavar="DATA", help=data)
    _about_data(command)


def _about_data(command: ArgumentParser) -> None:
    """Add the options for reading a file of subjects."""
    command.add_argument(
        "--data-format", choices=("csv", "json", "jsonl"), help="format of DATA (default: by its name)"
    )
    command.add_argument(
        "--key", metavar="COLUMNS", help="columns that identify a subject, such as `person` or `person,month`"
    )
    command.add_argument(
        "--records",
        metavar="INPUT=FILE",
        action="append",
        default=[],
        help="records of a list input, joined to subjects by `--key`",
    )
    _columns(command)


def _columns(command: ArgumentParser, ignored: str = "columns that are not inputs") -> None:
    """Add the options for reading tables."""
    command.add_argument(
        "--ignore",
        metavar="NAMES",
        action="append",
        default=[],
        help=ignored,
    )
    command.add_argument(
        "--delimiter", default=",", metavar="CHARACTER", help="separates the cells of a CSV (default: ,)"
    )


def _version(command: ArgumentParser) -> None:
    """Add the options that select a variant and an edition."""
    _root(command)
    command.add_argument("--variant", metavar="NAME", help="the variant to use")
    command.add_argument(
        "--on", metavar="DATE", type=_day, help="use the edition in force on this date, such as 2026-07-01"
    )


def _day(text: str) -> date:
    day = parse_date(text)
    if day is None:
        raise ArgumentTypeError(f"`{one_line(text)}` is not a date such as 2026-07-01")
    return day


def _per_cent(text: str) -> Fraction:
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", text) or Fraction(text) > HUNDRED:
        raise ArgumentTypeError(f"`{one_line(text)}` is not a number from 0 to 100, such as 95 or 97.5")
    return Fraction(text)


def _units(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < len(text) <= LONGEST_BUDGET and int(text) > 0):
        raise ArgumentTypeError(f"`{one_line(text)}` is not a number of units such as 15000000")
    return int(text)


def _root(command: ArgumentParser) -> None:
    """Add the options that limit where files may be, and how much work may be done."""
    command.add_argument(
        "--root",
        metavar="DIR",
        help="files that a document names must be in DIR (default: the document's own folder)",
    )
    command.add_argument(
        "--budget",
        metavar="UNITS",
        type=_units,
        help="limit on the work of each load, comparison and explanation (default: 1500000); see `KR113`",
    )


def _csv_formulas(command: ArgumentParser) -> None:
    """Add the option for texts in a CSV file that a spreadsheet would evaluate as formulas."""
    command.add_argument(
        "--csv-formulas",
        choices=("escape", "keep"),
        default="escape",
        help="put an apostrophe before texts that a spreadsheet would read as formulas, or not (default: escape)",
    )


def _add_output(command: ArgumentParser) -> None:
    command.add_argument("-o", "--output", metavar="OUT", help="write to this file instead of standard output")


def _color(command: ArgumentParser) -> None:
    modes = ("auto", "always", "never")
    command.add_argument(
        "--color", choices=modes, default="auto", help="use color (default: auto, on a terminal only)"
    )
