"""Loads, checks and shows rulebooks from a path, text or mapping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from os import PathLike
from pathlib import Path
from typing import overload

from ..analysis.proving.solving import require_z3
from ..diagnostics import Diagnostic, Report
from ..diagnostics.codes import At, overlays
from ..documents import (
    Document,
    format_of,
    is_appraisal,
    read_text,
    show_document,
)
from ..errors import RulebookError, budgeted
from ..kernel.calendars import parse_date
from ..language.model import Rulebook
from ..rating.program import Program, examined
from ..rating.versions import Requested, composed, proved, reported
from .appraisals import appraisal_examined
from .files import Reach, Resolver
from .reading import Folder, Read, Readable, chain, name_of, program_of, read, settled

__all__ = ["check", "load", "load_whole", "loads", "read_documents", "show"]

Day = date | str | None
"""A day, also as a text such as `2026-07-01`."""


@overload
def load(
    source: Readable,
    *,
    variant: str | None = None,
    on: Day = None,
    root: Folder = None,
    resolver: Resolver | None = None,
    budget: int | None = None,
) -> Program: ...


@overload
def load(
    source: Iterable[PathLike[str]],
    *,
    variant: str | None = None,
    on: Day = None,
    root: Folder = None,
    resolver: Resolver | None = None,
    budget: int | None = None,
) -> dict[Path, Program]: ...


def load(
    source: Readable | Iterable[PathLike[str]],
    *,
    variant: str | None = None,
    on: Day = None,
    root: Folder = None,
    resolver: Resolver | None = None,
    budget: int | None = None,
) -> Program | dict[Path, Program]:
    """Load a rulebook from its file or from a mapping, or several from their files.

    Args:
        source: path of a `.kpi.yaml`, `.yaml`, `.yml` or `.json` file, or the same content as a mapping; several
            paths, such as `Path("rules").glob("*.kpi.yaml")`, give the programs by their paths, in order.
        variant: the variant to load; by default `variant_by` chooses the variant of each subject.
        on: the day whose edition is loaded, a date or a text such as `2026-07-01`; by default `edition_by` chooses
            the edition of each subject.
        root: the folder that a file named by `extends` must be in, after links are resolved; the folder of the
            rulebook by default.
        resolver: a function that returns the text of a document for its name. It resolves `source`, if that is a
            name, and every document that `extends` names; no file is read. It raises LookupError or OSError for an
            unknown name.
        budget: limit on units of work, 1,500,000 by default; see KR113 for what is counted. Each of several
            rulebooks has this limit.

    Raises:
        RulebookError: with the whole report, if the rulebook has errors, or has variants and nothing chooses one;
            with the reports of all of several rulebooks.
        OSError: if a file can't be read.
        TypeError: if both a root and a resolver are given.
        ValueError: if several paths are expected and there is none.

    >>> load({"kpirules": 1, "id": "tiny", "inputs": {"x": {"type": "number"}},
    ...       "outputs": {"double": "x * 2"}}).id
    'tiny'
    """
    if isinstance(source, str | PathLike | Mapping):
        with budgeted(budget, name_of(source)):
            return settled(
                program_of(read(source, Reach.of(source, root, resolver)), _requested(variant, on)), variant
            )
    programs: dict[Path, Program] = {}
    refused: list[Diagnostic] = []
    paths = sorted(map(Path, source))
    if not paths:
        raise ValueError("there is no rulebook to load: no path was given, or no file has such a name")
    for path in paths:
        try:
            programs[path] = load(path, variant=variant, on=on, root=root, resolver=resolver, budget=budget)
        except RulebookError as error:
            refused += error.report
    if refused:
        raise RulebookError(Report(tuple(refused)))
    return programs


def loads(
    text: str,
    *,
    name: str = "<text>",
    variant: str | None = None,
    on: Day = None,
    resolver: Resolver | None = None,
    budget: int | None = None,
) -> Program:
    """Load a rulebook from its YAML or JSON text.

    Args:
        text: the whole document.
        name: its name in diagnostics; a name that ends in `.json` makes it strict JSON.
        variant: as for `load`.
        on: as for `load`.
        resolver: returns the documents that `extends` names, relative to the folder of `name`; without it `extends`
            is an error. No file is read in either case.
        budget: as for `load`.

    Raises:
        RulebookError: with the whole report, if the rulebook has errors, or has variants and nothing chooses one.

    >>> loads("kpirules: 1\\nid: tiny\\noutputs: {half: 1 / 2}").id
    'tiny'
    >>> city = "kpirules: 1\\nid: city\\noutputs: {half: 1 / 2}"
    >>> loads("kpirules: 1\\nid: district\\nextends: city", resolver={"city": city}.__getitem__).id
    'district'
    """
    reach = None if resolver is None else Reach(Path(), resolver)
    with budgeted(budget, name):
        found = chain(*read_text(text, name, format_of(name)), name, reach)
        return settled(program_of(found, _requested(variant, on)), variant)


def load_whole(
    source: Readable, *, root: Folder = None, resolver: Resolver | None = None, budget: int | None = None
) -> Program:
    """Load a rulebook with all its variants and editions, even if nothing chooses among them.

    Args:
        source: as for `load`.
        root: as for `load`.
        resolver: as for `load`.
        budget: as for `load`.

    Raises:
        RulebookError: with the whole report, if the rulebook has errors.
        OSError: if the file can't be read.
    """
    with budgeted(budget, name_of(source)):
        return program_of(read(source, Reach.of(source, root, resolver)), Requested())


def read_documents(source: Readable, *, root: Folder = None) -> tuple[Document, ...]:
    """Return the document of a rulebook, then the one that it extends, and so on.

    Args:
        source: as for `load`.
        root: as for `load`.

    Raises:
        RulebookError: with the whole report, if one of them can't be read.
        OSError: likewise.
    """
    documents, found = read(source, Reach.of(source, root, None))
    if not documents:
        raise RulebookError(Report.of(found))
    return tuple(documents)


def check(
    source: Readable | Rulebook | Program | None = None,
    *,
    text: str | None = None,
    variant: str | None = None,
    on: Day = None,
    root: Folder = None,
    resolver: Resolver | None = None,
    budget: int | None = None,
    prove: bool = False,
) -> Report:
    """Check a rulebook without rating any subject; findings are in document order.

    Args:
        source: a path, mapping, rulebook or program.
        text: the rulebook's YAML or JSON text instead.
        variant: the only variant to check; all by default.
        on: the day whose edition is checked; all editions by default.
        root: as for `load`; the rulebooks of an appraisal's stages must be in it too.
        resolver: as for `load`.
        budget: as for `load`; if it is exceeded, the report says only that.
        prove: whether to use z3 where bounds and a search are not enough: it shows findings with a subject, removes
            those that no subject can show, and finds bands, limits and overrides without effect. It does nothing
            for an appraisal. Needs the extra `prove`.

    Returns:
        The report; `load` refuses `report.errors`, and `report.findings` need attention.

    Raises:
        OSError: if the file can't be read.
        ModuleNotFoundError: if `prove` is set and z3 is not installed.

    >>> [d.code for d in check(text="kpirules: 1\\nid: tiny\\noutputs: {double: x * 2}")]
    ['KR201']
    """
    if (source is None) == (text is None):
        raise TypeError("check takes a source or a text")
    if prove:
        require_z3()
    if isinstance(source, Program):
        program = source if (variant, on) == (None, None) else source.part(variant, _day(on))
        return proved(program) if prove else program.report
    requested = _requested(variant, on)
    try:
        with budgeted(budget, "<text>" if source is None else name_of(source)):
            return _checked(source, text or "", requested, root, resolver, prove)
    except RulebookError as over:
        # Only the budget raises here: errors of a rulebook are in its report.
        return over.report


def _checked(
    source: Readable | Rulebook | None,
    text: str,
    requested: Requested,
    root: Folder,
    resolver: Resolver | None,
    prove: bool,
) -> Report:
    if isinstance(source, Rulebook):
        return examined(source, does_prove=prove)[0]
    if source is None:
        reach = None if resolver is None else Reach(Path(), resolver)
        documents, found = chain(*read_text(text, "<text>"), "<text>", reach)
    else:
        reach = Reach.of(source, root, resolver)
        documents, found = read(source, reach)
    if documents and is_appraisal(documents[0]):
        return appraisal_examined((documents, found), reach or Reach(Path()))
    if not documents:
        return Report.of(found)
    return reported(*composed(documents, requested, found), does_prove=prove)


def show(
    source: Readable,
    *,
    variant: str | None = None,
    on: Day = None,
    root: Folder = None,
    resolver: Resolver | None = None,
    budget: int | None = None,
) -> str:
    """Return a rulebook with everything merged into it, as YAML that marks lines from other files.

    Args:
        source: as for `load`.
        variant: the variant to show.
        on: the day whose edition is shown.
        root: as for `load`.
        resolver: as for `load`.
        budget: as for `load`.

    Raises:
        RulebookError: if it can't be merged, or there is more than one variant or edition to show.
        OSError: if a file can't be read.
    """
    with budgeted(budget, name_of(source)):
        return _shown(read(source, Reach.of(source, root, resolver)), _requested(variant, on))


def _shown(chained: Read, requested: Requested) -> str:
    documents, found = chained
    parts, report = composed(documents, requested, found) if documents else ([], Report.of(found))
    if not parts or any(diagnostic.is_error for diagnostic in found):
        raise RulebookError(report)
    variants = dict.fromkeys(part.version.variant for part in parts)
    at = At(documents[0].root.span, "")
    if len(variants) > 1:
        raise RulebookError(Report((overlays.variant_needed(at, variants),)))
    if len(parts) > 1:
        days = [part.version.from_.isoformat() for part in parts if part.version.from_ is not None]
        raise RulebookError(Report((overlays.date_needed(at, days),)))
    version = parts[0].version
    # A chosen variant or edition leaves nothing to choose, so its key is omitted.
    chosen = {"variant_by": version.variant, "edition_by": version.from_ or version.until}
    return show_document(parts[0].root, {name for name, choice in chosen.items() if choice})


def _requested(variant: str | None, on: Day) -> Requested:
    return Requested(variant, _day(on))


def _day(on: Day) -> date | None:
    day = parse_date(on) if isinstance(on, str) else on
    if day is None and on is not None:
        raise ValueError(f"`on` is a date such as 2026-07-01, not {on!r}")
    if day is not None and (isinstance(day, datetime) or not isinstance(day, date)):
        raise TypeError("`on` is a date, without a time")
    return day
