"""Gives damaged input to every reader except that of rulebooks: only the project's own errors are raised.

`python -m tests.sandbox.fuzz --reader records --cases 20000 --from 0` goes on where the suite ends, without
`--reader` over all of them in turn; `--show 17` shows one case. `python -m tests.fuzz` is for rulebooks.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
import traceback
from argparse import Namespace
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

import attrs

import kpirules as kr
from kpirules.cli.appraisals.receipt import FORMAT, differences, read_receipt
from kpirules.cli.appraisals.saving import Work
from kpirules.cli.failure import CommandError
from kpirules.cli.subjects import read_subjects
from kpirules.diagnostics.render import render_text
from kpirules.errors import KpirulesError
from kpirules.testing.collecting import collect
from kpirules.testing.updating import update_of

from ..pace import TRIES, calm_seconds, pace
from ..records import exempt, staff, unit
from ..unit.cli.appraisal_files import APPRAISAL, STAFF, UNIT, YEAR
from .pieces import SUBJECT, around, assert_harmless
from .spoiling import spoiled_bytes, spoiled_json, spoiled_text

__all__ = ["MOST_SECONDS", "READERS", "Try", "tried"]

MOST_SECONDS = 4.0
"""Seconds of the processor after which a case is stopped."""


@attrs.frozen
class Try:
    """The outcome of a case.

    Args:
        reader: that was given it.
        number: from which it is made again.
        ended: `read`, `refused`, or what went wrong.
        is_failure: whether something went wrong.
        seconds: of the processor.
    """

    reader: str
    number: int
    ended: str
    is_failure: bool
    seconds: float


Spoil = Callable[[Random, str], str]


def _spoiled(random: Random, text: str, spoil: Spoil) -> bytes:
    """Return a text damaged as text, as bytes, or both."""
    data = (spoil(random, text) if random.random() < 0.8 else text).encode("utf-8", "surrogatepass")
    return spoiled_bytes(random, data) if random.random() < 0.25 else data


# -- records --------------------------------------------------------------------------------------


@cache
def _program() -> kr.Program:
    criteria = {"c": {"max": 10, "points": "min(x, 10)"}}
    return kr.load({**around("x + y"), "criteria": criteria, "bands": {"good": {"from": 5}, "poor": {"from": 0}}})


@cache
def _records() -> tuple[str, ...]:
    more = kr.assess(_program(), SUBJECT)
    return tuple(one.to_json() for one in (staff(), staff("5", disciplined=True), unit(), exempt(), more))


def records(random: Random, folder: Path) -> None:
    text = _spoiled(random, random.choice(_records()), spoiled_json).decode("utf-8", "surrogateescape")
    try:
        found = kr.Assessment.from_json(text)
    except ValueError as refused:
        raise Refused(str(refused)) from None
    if kr.Assessment.from_json(found.to_json()) != found:
        raise RuntimeError("the record is not read as it was written")


# -- cases ----------------------------------------------------------------------------------------

RULEBOOK = (
    "kpirules: 1\nid: unit\ninputs:\n  done: {type: integer, min: 0, max: 9}\n  since: {type: date, optional: true}\n"
    "  tasks: {type: list, max_items: 9, fields: {hours: {type: number, min: 0, max: 9, decimals: 1}}, optional: true}\n"
    "criteria: {work: {max: 9, points: done}}\nbands: {good: {from: 5}, poor: {from: 0}}\noutputs: {half: done / 2}\n"
)
CASES = """\
rulebook: unit.kpi.yaml
cases_from: {csv: rows.csv, records: {tasks: tasks.csv}}
cases:
  - name: five   # a remark
    given: {done: 5, since: 2026-03-01, tasks: [{hours: 1.5}, {hours: 2}]}
    expect: {score: 5, band: good, outputs: {half: "5/2"}, points: {work: 5}}
  - name: like it
    like: five
    given: {done: 4, tasks: {csv: tasks.csv}}
    expect: {band: poor, overrides: [], status: rated}
  - {name: none, given: {}, expect: {error: KR602}}
"""
ROWS = "name,done,since,expect.score,expect.outputs.half,expect.band\nA,3,2026-01-01,3,1.5,poor\nB,9,,9,9/2,good\n"
TASKS = "name,hours\nA,2.5\nA,1\nB,3\n"


def cases(random: Random, folder: Path) -> None:
    texts: dict[str, tuple[str, Spoil]] = {
        "a.cases.yaml": (CASES, spoiled_text), "rows.csv": (ROWS, spoiled_text), "tasks.csv": (TASKS, spoiled_text),
    }  # fmt: skip
    spoiled = random.choice([*texts, "a.cases.yaml"])
    (folder / "unit.kpi.yaml").write_text(RULEBOOK, encoding="utf-8")
    for name, (text, spoil) in texts.items():
        (folder / name).write_bytes(_spoiled(random, text, spoil) if name == spoiled else text.encode())
    for one in collect(folder / "a.cases.yaml", load=lambda path, root: _unit()):
        outcome = one.run()
        assert_harmless(render_text(outcome.report))
        update_of(outcome)


@cache
def _unit() -> kr.Program:
    return kr.loads(RULEBOOK)


# -- receipts and saved work ----------------------------------------------------------------------

MADE_OF: dict[str, Any] = {
    "kpirules": "0.1.0",
    "python": "3.11.7",
    "appraisal": {"id": "commune", "sha256": "0" * 64},
    "rulebooks": {"unit": {"file": "unit.kpi.yaml", "sha256": "1" * 64, "editions": {"whole": {"edition": None}}}},
    "bases": {"rules/base.kpi.yaml": "2" * 64},
    "data": {"unit.csv": "3" * 64},
    "options": {"brief": False, "ignore": [], "delimiter": ",", "block_rows": 20},
}
RECEIPT = {
    "format": FORMAT,
    "made_of": MADE_OF,
    "paths": {"appraisal": "../commune.kpi.yaml", "data": "../data"},
    "results": {"unit.csv": "4" * 64, "summary.json": "5" * 64},
}


def receipts(random: Random, folder: Path) -> None:
    path = folder / "receipt.json"
    path.write_bytes(_spoiled(random, json.dumps(RECEIPT, indent=2), spoiled_json))
    found = read_receipt(str(path))
    for line in (*differences(found["made_of"], MADE_OF), *differences(MADE_OF, found["made_of"])):
        assert_harmless(line)


BLOCK = {
    "rows": [[["U0"], ["#9"], "rated", "good", "", ""]],
    "strays": [],
    "quotas": [],
    "complaints": [],
    "is_last": True,
}


def saved(random: Random, folder: Path) -> None:
    work = Work(folder / "out")
    work.folder.mkdir(parents=True, exist_ok=True)
    work.save("unit", 0, {"csv": "U0,9\n"}, BLOCK)
    plan = json.dumps({"state": "running", "made_of": MADE_OF})
    (work.folder / "plan.json").write_text(plan, encoding="utf-8")
    path = work.folder / random.choice(("plan.json", "unit.000000.json", "unit.000000.csv"))
    path.write_bytes(_spoiled(random, path.read_text(encoding="utf-8"), spoiled_json))
    plan_ = work.plan()
    for _, block in work.done("unit"):
        block.pop("sha256")
        # White space may be otherwise, and nothing else.
        if block != BLOCK or (work.folder / "unit.000000.csv").read_bytes() != b"U0,9\n":
            raise RuntimeError("a block that was changed is taken over")
    for line in differences((plan_ or {})["made_of"], MADE_OF):
        assert_harmless(line)


# -- subjects -------------------------------------------------------------------------------------

SUBJECTS_CSV = (
    "id,x,y,wide,ok,name,grade,since,maybe\nA,4,-3,1e17,true,Lan,fair,2026-03-01,\n"
    'B,1.25,7,1/3,false,"Nguyễn, ""An""",good,2026-03-01,0.5\n'
)
RECORDS_CSV = "id,hours,weight,kind\nA,2,3,plain\nA,5,7,urgent\nB,1.5,9,plain\n"


def csv(random: Random, folder: Path) -> None:
    texts = {"subjects.csv": SUBJECTS_CSV, "tasks.csv": RECORDS_CSV}
    spoiled = random.choice(list(texts))
    for name, text in texts.items():
        (folder / name).write_bytes(_spoiled(random, text, spoiled_text) if name == spoiled else text.encode())
    _rated(folder, "subjects.csv", ["tasks=" + str(folder / "tasks.csv")])


def subjects(random: Random, folder: Path) -> None:
    name = random.choice(("subjects.json", "subjects.jsonl"))
    one = {"id": "A", **SUBJECT, "maybe": 0.5}
    lines = [json.dumps(one, ensure_ascii=False), json.dumps({**one, "id": 2, "x": 1.25})]
    text = "\n".join(lines) if name.endswith("l") else f"[{', '.join(lines)}]"
    (folder / name).write_bytes(_spoiled(random, text, spoiled_json))
    _rated(folder, name, [])


def _rated(folder: Path, name: str, joined: list[str]) -> None:
    asked = Namespace(
        key="id", ignore=[], delimiter=",", data_format=None, subjects=str(folder / name), records=joined
    )
    found = read_subjects(asked, _program().gathered)
    for complaint in found.complaints:
        assert_harmless(complaint)
    for row in found.rows:
        for complaint in row.own_complaints():
            assert_harmless(complaint)
        if not row.problems:
            try:
                kr.assess(_program(), row.given)
            except KpirulesError as refused:
                for complaint in row.complaints(refused.report):
                    assert_harmless(complaint)


# -- appraisals -----------------------------------------------------------------------------------

TEXTS = {"rules/unit.kpi.yaml": UNIT, "rules/staff.kpi.yaml": STAFF, "rules/year.kpi.yaml": YEAR}


def appraisals(random: Random, folder: Path) -> None:
    text = _spoiled(random, APPRAISAL, spoiled_text).decode(
        "utf-8", "surrogatepass" if random.random() < 0.5 else "replace"
    )
    resolver = {"a.kpi.yaml": text, **TEXTS}.__getitem__
    report = kr.check("a.kpi.yaml", resolver=resolver)
    assert_harmless(render_text(report))
    if report.errors:
        raise Refused(str(report))
    kr.load_appraisal("a.kpi.yaml", resolver=resolver)


READERS: dict[str, Callable[[Random, Path], None]] = {
    "records": records, "cases": cases, "receipts": receipts, "saved": saved, "csv": csv, "subjects": subjects, "appraisals": appraisals,
}  # fmt: skip


# -- one case, and many ---------------------------------------------------------------------------


class Refused(Exception):
    """Raised by a reader that refuses its input."""


class _TooLong(BaseException):
    """Stops a case that takes too long."""


def tried(reader: str, number: int, folder: Path) -> Try:
    """Run a case through a reader.

    Args:
        reader: one of `READERS`.
        number: of the case.
        folder: where files may be written.
    """

    one = _tried(reader, number, folder, 1.0)
    for _ in range(TRIES - 1):
        if one.seconds < MOST_SECONDS:
            break
        # A busy machine is slower: what seems to take too long is tried again, at the pace of that moment.
        one = _tried(reader, number, folder, pace())
    return one


def _tried(reader: str, number: int, folder: Path, slower: float) -> Try:
    def stop(signal_: int, frame: FrameType | None) -> None:
        raise _TooLong(f"it did not end within {MOST_SECONDS} seconds")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS * slower)
    begun = time.process_time()
    ended, is_failure = "read", False
    try:
        READERS[reader](Random(f"{reader} {number}"), folder)
    except (Refused, KpirulesError, CommandError) as refused:
        ended = "refused"
        if isinstance(refused, CommandError) and "\n" in str(refused):
            ended, is_failure = f"more than one line: {refused}", True
    except (UnicodeDecodeError, Exception, _TooLong) as failure:
        is_expected = reader == "appraisals" and isinstance(failure, UnicodeDecodeError)
        ended, is_failure = ("refused", False) if is_expected else (traceback.format_exc(limit=-6), True)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return Try(reader, number, ended, is_failure, calm_seconds(time.process_time() - begun, slower))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox.fuzz")
    parser.add_argument("--reader", choices=READERS, action="append", help="one reader only")
    parser.add_argument("--cases", type=int, default=1_000, help="how many of each reader")
    parser.add_argument("--from", type=int, default=0, dest="first", help="number of the first")
    parser.add_argument("--show", type=int, help="what comes of one case")
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for reader in options.reader or READERS:
            numbers = range(options.first, options.first + options.cases)
            numbers = numbers if options.show is None else range(options.show, options.show + 1)
            counted: Counter[str] = Counter()
            slowest = Try(reader, 0, "", False, 0.0)
            for number in numbers:
                one = tried(reader, number, Path(folder))
                counted["failed" if one.is_failure else one.ended] += 1
                slowest = max(slowest, one, key=lambda each: each.seconds)
                if one.is_failure:
                    print(f"{reader} {number} fails:\n{one.ended}", flush=True)
            failed += counted["failed"]
            told = f"{counted['read']:,} read, {counted['refused']:,} refused, {counted['failed']:,} failed"
            print(
                f"{reader}: {len(numbers):,} cases, {told}; slowest {slowest.seconds:.2f} s ({slowest.number})",
                flush=True,
            )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
