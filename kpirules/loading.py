"""From a path, text or mapping to a program: the only module of the library that reads files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from os import PathLike, fspath
from os.path import normpath
from pathlib import Path

from .appraising import AppraisalProgram, wire, wires_examined
from .calendars import parse_date
from .diagnostics import Diagnostic, Report
from .diagnostics.codes import At, appraisals, overlays
from .errors import KpirulesError, RulebookError
from .model import Appraisal, Rulebook, Stage
from .program import Program, examined
from .reading import (
    Document,
    Scalar,
    base_of,
    build_appraisal,
    format_of,
    is_appraisal,
    read_bytes,
    read_mapping,
    read_text,
    show_document,
)
from .versions import Asked, assembled, composed, reported

__all__ = ["check", "is_appraisal_file", "load", "load_appraisal", "load_whole", "loads", "show", "stage_files"]

NO_RULEBOOK = "KR812"
"""The code of an appraisal where a rulebook is expected."""

WAYS_OUT = {
    "KR531": "write `variant` in this stage, or `variant_by` in the rulebook",
    "KR535": "write `on` in this stage: the column whose date picks the edition",
}
"""What a stage can do about a rulebook that asks for more."""

Readable = str | PathLike[str] | Mapping[str, object]
"""A path to a YAML or JSON file, or the same as a mapping."""

Day = date | str | None
"""A day, also as `2026-07-01`."""

MAX_DOCUMENTS = 10
"""Documents that extend each other: nobody follows a longer line of changes."""


def load(source: Readable, *, variant: str | None = None, on: Day = None) -> Program:
    """The program of a rulebook, from its file or from a mapping.

    Args:
        source: path of a `.kpi.yaml`, `.yaml`, `.yml` or `.json` file, or the same content as a mapping.
        variant: which of its variants; without it, `variant_by` tells the variant of each subject.
        on: the day whose edition is meant, a date or a text such as `2026-07-01`; without it, `edition_by` tells
            the day of each subject.

    Raises:
        RulebookError: with the whole report, where the rulebook has errors, or has variants and nothing tells which.
        OSError: where the file can't be read.

    >>> load({"kpirules": 1, "id": "tiny", "inputs": {"x": {"type": "number"}},
    ...       "outputs": {"double": "x * 2"}}).id
    'tiny'
    """
    return _settled(_program(_read(source), _asked(variant, on)), variant)


def loads(text: str, *, name: str = "<text>", variant: str | None = None, on: Day = None) -> Program:
    """The program of a rulebook, from its YAML or JSON text.

    Args:
        text: the whole document.
        name: what diagnostics call it; a name that ends in `.json` makes it strict JSON.
        variant: as for `load`.
        on: as for `load`.

    Raises:
        RulebookError: with the whole report, where the rulebook has errors, or has variants and nothing tells which.

    >>> loads("kpirules: 1\\nid: tiny\\noutputs: {half: 1 / 2}").id
    'tiny'
    """
    read = _alone(*read_text(text, name, format_of(name)))
    return _settled(_program(read, _asked(variant, on)), variant)


def load_whole(source: Readable) -> Program:
    """The program of a rulebook with all its variants and editions, whoever is to choose among them.

    Args:
        source: as for `load`.

    Raises:
        RulebookError: with the whole report, where the rulebook has errors.
        OSError: where the file can't be read.
    """
    return _program(_read(source), Asked())


def check(
    source: Readable | Rulebook | Program | None = None,
    *,
    text: str | None = None,
    variant: str | None = None,
    on: Day = None,
) -> Report:
    """Everything that can be said of a rulebook without a subject, in document order.

    Args:
        source: a path, mapping, rulebook or program.
        text: the rulebook's YAML or JSON text instead.
        variant: the only variant to look at; all of them without it.
        on: the only day whose edition is looked at; all of them without it.

    Returns:
        The report; `report.errors` would stop `load`, `report.findings` are for somebody to act on.

    Raises:
        OSError: where the file can't be read.

    >>> [d.code for d in check(text="kpirules: 1\\nid: tiny\\noutputs: {double: x * 2}")]
    ['KR201']
    """
    if (source is None) == (text is None):
        raise TypeError("check takes a source or a text")
    if isinstance(source, Program):
        return source.report if (variant, on) == (None, None) else source.part(variant, _day(on)).report
    if isinstance(source, Rulebook):
        return examined(source)[0]
    if text is not None:
        documents, found = _alone(*read_text(text, "<text>"))
    else:
        assert source is not None
        documents, found = _read(source)
    if documents and is_appraisal(documents[0]):
        return _examined((documents, found), _folder(source))
    return Report.of(found) if not documents else reported(*composed(documents, _asked(variant, on), found))


def show(source: Readable, *, variant: str | None = None, on: Day = None) -> str:
    """A rulebook with everything merged into it, as YAML that tells what comes from another file.

    Args:
        source: as for `load`.
        variant: which of its variants.
        on: the day whose edition is shown.

    Raises:
        RulebookError: where it can't be merged, or there is more than one variant or edition to show.
        OSError: where a file can't be read.
    """
    asked = _asked(variant, on)
    documents, found = _read(source)
    parts, report = composed(documents, asked, found) if documents else ([], Report.of(found))
    if not parts or any(one.is_error for one in found):
        raise RulebookError(report)
    variants = dict.fromkeys(part.version.variant for part in parts)
    at = At(documents[0].root.span, "")
    if len(variants) > 1:
        raise RulebookError(Report((overlays.variant_needed(at, variants),)))
    if len(parts) > 1:
        days = [part.version.from_.isoformat() for part in parts if part.version.from_ is not None]
        raise RulebookError(Report((overlays.date_needed(at, days),)))
    version = parts[0].version
    # What has been chosen among is not there any more, so nothing tells which.
    chosen = {"variant_by": version.variant, "edition_by": version.from_ or version.until}
    return show_document(parts[0].root, {name for name, one in chosen.items() if one})


# -- appraisals -----------------------------------------------------------------------------------


def load_appraisal(source: Readable, *, rulebooks: Mapping[str, Readable] | None = None) -> AppraisalProgram:
    """The program of an appraisal, with those of its stages.

    Args:
        source: path of its file, or the same content as a mapping.
        rulebooks: what stands for a path that a stage names: another path, or the content as a mapping. Any
            other is looked for from the folder of the file, or from the current one.

    Raises:
        RulebookError: with the whole report, where it has errors or a rulebook of a stage can't be used.
        OSError: where the file can't be read.

    >>> program = load_appraisal(
    ...     {"kpirules": 1, "appraisal": "demo", "stages": {"unit": {"rulebook": "unit", "key": ["unit"]}}},
    ...     rulebooks={"unit": {"kpirules": 1, "outputs": {"half": "1 / 2"}}},
    ... )
    >>> program.order
    (('unit',),)
    """
    appraisal, programs, found = _wired(_read(source), _folder(source), rulebooks or {})
    if appraisal is None:
        raise RulebookError(Report.of(found))
    return wire(appraisal, programs, found=found)


def is_appraisal_file(path: str | PathLike[str]) -> bool:
    """Whether a file holds an appraisal and no rulebook.

    Args:
        path: a YAML or JSON file.

    Raises:
        OSError: where the file can't be read.
    """
    documents, _ = _read(fspath(path))
    return bool(documents) and is_appraisal(documents[0])


def stage_files(source: str | PathLike[str], appraisal: Appraisal) -> Mapping[str, Path]:
    """The files of the rulebooks, by stage.

    Args:
        source: path of the appraisal.
        appraisal: as it was read.
    """
    return {stage.id: Path(fspath(source)).parent / stage.rulebook for stage in appraisal.stages}


def _folder(source: object) -> Path:
    return Path(fspath(source)).parent if isinstance(source, str | PathLike) else Path()


def _examined(read: Read, folder: Path) -> Report:
    """Everything that can be said of an appraisal."""
    appraisal, programs, found = _wired(read, folder, {})
    return Report.of(found) if appraisal is None else wires_examined(appraisal, programs, found)


def _wired(
    read: Read, folder: Path, rulebooks: Mapping[str, Readable]
) -> tuple[Appraisal | None, Mapping[str, Program], tuple[Diagnostic, ...]]:
    """An appraisal, the programs of those of its stages that have one, and what was found."""
    documents, found = read
    if not documents:
        return None, {}, tuple(found)
    appraisal, problems = build_appraisal(documents[0])
    if appraisal is None:
        return None, {}, (*found, *problems)
    programs: dict[str, Program] = {}
    loaded: dict[tuple[str, str | None, bool], Program | Diagnostic] = {}
    for stage in appraisal.stages:
        asked = (stage.rulebook, stage.variant, stage.on is None)
        if asked not in loaded:
            loaded[asked] = _loaded(stage, rulebooks.get(stage.rulebook, folder / stage.rulebook))
        one = loaded[asked]
        if isinstance(one, Program):
            programs[stage.id] = one
        else:
            problems.append(one)
    return appraisal, programs, (*found, *problems)


def _loaded(stage: Stage, source: Readable) -> Program | Diagnostic:
    """The program of a stage, or why there is none."""
    at = At(stage.spans.get("rulebook"), f"{stage.words.path}.rulebook")
    try:
        program = load(source, variant=stage.variant)
        # Without a date of its own, the rulebook tells the edition of each subject, or has only one.
        return program.settled() if stage.on is None else program
    except OSError:
        help_ = "correct the path; it begins at the folder of this file"
        return appraisals.unusable_stage_rulebook(at, stage.rulebook, "can't be read", help_)
    except KpirulesError as mistaken:
        count = len(mistaken.report.errors)
        first = mistaken.report.errors[0]
        if first.code == NO_RULEBOOK:
            return appraisals.appraisal_for_a_rulebook(at)
        told = f"{first.code}: {first.message}"
        why = f"has {count:,} errors, the first {told}" if count > 1 else f"has 1 error, {told}"
        way_out = WAYS_OUT.get(first.code, f"see `kpirules check {stage.rulebook}`")
        return appraisals.unusable_stage_rulebook(at, stage.rulebook, why, way_out)


# -- reading --------------------------------------------------------------------------------------

Read = tuple[list[Document], list[Diagnostic]]
"""A document and those that it extends, one after the other, none where one can't be read; what was found."""


def _read(source: Readable) -> Read:
    if isinstance(source, Mapping):
        return _alone(*read_mapping(source))
    path = Path(fspath(source))
    document, found = read_bytes(path.read_bytes(), str(source))
    documents = [] if document is None else [document]
    ways = [_resolved(path)]
    while documents and (base := base_of(documents[-1], found)) is not None:
        further = _extended(documents[-1], base, ways, found)
        if further is None:
            return [], found
        documents.append(further)
    return (documents if not any(one.is_error and one.path == "extends" for one in found) else []), found


def _extended(document: Document, base: Scalar, ways: list[Path], found: list[Diagnostic]) -> Document | None:
    """The document that another one extends, None where it can't be read."""
    at = At(base.span, "extends")
    path = _without_steps_back(Path(document.source.name).parent / base.text)
    way = _resolved(path)
    ways.append(way)
    if way in ways[:-1] or len(ways) > MAX_DOCUMENTS:
        names = [each.name for each in ways]
        found.append(overlays.extends_without_end(at, names, MAX_DOCUMENTS))
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        found.append(overlays.base_unread(at, base.text, (error.strerror or "it can't be used").lower()))
        return None
    further, problems = read_bytes(data, path.as_posix())
    found += problems
    return further


def _resolved(path: Path) -> Path:
    """The whole way to a file, or the path itself where links lead nowhere."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # which of them depends on the version of Python
        return path


def _without_steps_back(path: Path) -> Path:
    """A path without `..` where that leads to the same file."""
    plain = Path(normpath(path))
    return plain if _resolved(plain) == _resolved(path) else path


def _alone(document: Document | None, found: list[Diagnostic]) -> Read:
    """A document that no folder belongs to, so that it can extend nothing."""
    if document is None:
        return [], found
    base = base_of(document, found)
    if base is not None:
        found.append(overlays.extends_nowhere(At(base.span, "extends")))
    return ([] if any(one.path == "extends" and one.is_error for one in found) else [document]), found


def _program(read: Read, asked: Asked) -> Program:
    documents, found = read
    if not documents:
        raise RulebookError(Report.of(found))
    if is_appraisal(documents[0]):
        at = At((documents[0].root.get("appraisal") or documents[0].root).span, "appraisal")
        raise RulebookError(Report((appraisals.appraisal_for_a_rulebook(at),)))
    return assembled(*composed(documents, asked, found), asked)


def _settled(program: Program, variant: str | None) -> Program:
    """The program, where it is known of every subject which variant it is."""
    if variant is None and program.variants and not program.variant_by:
        at = At(program.rulebook.words.span, "variants")
        raise RulebookError(Report((overlays.variant_needed(at, program.variants, is_one_asked_for=False),)))
    return program


def _asked(variant: str | None, on: Day) -> Asked:
    return Asked(variant, _day(on))


def _day(on: Day) -> date | None:
    day = parse_date(on) if isinstance(on, str) else on
    if day is None and on is not None:
        raise ValueError(f"`on` is a date such as 2026-07-01, not {on!r}")
    if day is not None and (isinstance(day, datetime) or not isinstance(day, date)):
        raise TypeError("`on` is a date, without a time")
    return day
