"""From a path, text or mapping to a program."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from os import PathLike, fspath
from pathlib import Path

from ..analysis.proving.solving import require_z3
from ..appraising import AppraisalProgram, wire, wires_examined
from ..diagnostics import Diagnostic, Report
from ..diagnostics.codes import At, appraisals, overlays
from ..documents import (
    Document,
    base_of,
    build_appraisal,
    format_of,
    is_appraisal,
    read_bytes,
    read_mapping,
    read_text,
    show_document,
)
from ..errors import KpirulesError, RulebookError, budgeted
from ..kernel.calendars import parse_date
from ..kernel.mappings import FrozenMap
from ..language.model import Appraisal, Rulebook, Stage
from ..rating.program import Program, examined
from ..rating.versions import Asked, assembled, composed, proved, reported
from .files import CORRECT_PATH, NamedFile, Reach, RefusedFile, Resolver, resolved

__all__ = [
    "check",
    "is_appraisal_file",
    "load",
    "load_appraisal",
    "load_whole",
    "loads",
    "read_appraisal",
    "read_documents",
    "show",
    "stage_files",
]

NO_RULEBOOK = "KR812"
"""The code of an appraisal found where a rulebook is expected."""

Files = FrozenMap[str, NamedFile]
"""Files that were read, by identity: the absolute path with all links resolved."""

WAYS_OUT = {
    "KR531": "write `variant` in this stage, or `variant_by` in the rulebook",
    "KR535": "write `on` in this stage: the column with the date that chooses the edition",
}
"""Help for a rulebook that needs more from its stage."""

Readable = str | PathLike[str] | Mapping[str, object]
"""A path to a YAML or JSON file, or the same content as a mapping."""

Day = date | str | None
"""A day, also as a text such as `2026-07-01`."""

Folder = str | PathLike[str] | None
"""The folder that files named by documents must be in."""

MARK = re.compile(rb"""^[\s{"']*kpirules["']?\s*:""", re.MULTILINE)
"""The key that every rulebook has, found even in a text that can't be parsed."""

MAX_DOCUMENTS = 10
"""Maximum length of a chain of `extends`."""


def load(
    source: Readable,
    *,
    variant: str | None = None,
    on: Day = None,
    root: Folder = None,
    resolver: Resolver | None = None,
    budget: int | None = None,
) -> Program:
    """Load a rulebook from its file or from a mapping.

    Args:
        source: path of a `.kpi.yaml`, `.yaml`, `.yml` or `.json` file, or the same content as a mapping.
        variant: the variant to load; by default `variant_by` chooses the variant of each subject.
        on: the day whose edition is loaded, a date or a text such as `2026-07-01`; by default `edition_by` chooses
            the edition of each subject.
        root: the folder that a file named by `extends` must be in, after links are resolved; the folder of the
            rulebook by default.
        resolver: a function that returns the text of a document for its name. It resolves `source`, if that is a
            name, and every document that `extends` names; no file is read. It raises LookupError or OSError for an
            unknown name.
        budget: limit on units of work, 1,500,000 by default; see KR113 for what is counted.

    Raises:
        RulebookError: with the whole report, if the rulebook has errors, or has variants and nothing chooses one.
        OSError: if the file can't be read.
        TypeError: if both a root and a resolver are given.

    >>> load({"kpirules": 1, "id": "tiny", "inputs": {"x": {"type": "number"}},
    ...       "outputs": {"double": "x * 2"}}).id
    'tiny'
    """
    with budgeted(budget, _name(source)):
        return _settled(_program(_read(source, Reach.of(source, root, resolver)), _asked(variant, on)), variant)


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
        read = _chain(*read_text(text, name, format_of(name)), name, reach)
        return _settled(_program(read, _asked(variant, on)), variant)


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
    with budgeted(budget, _name(source)):
        return _program(_read(source, Reach.of(source, root, resolver)), Asked())


def read_documents(source: Readable, *, root: Folder = None) -> tuple[Document, ...]:
    """The document of a rulebook, then the one that it extends, and so on.

    Args:
        source: as for `load`.
        root: as for `load`.

    Raises:
        RulebookError: with the whole report, where one of them can't be read.
        OSError: likewise.
    """
    documents, found = _read(source, Reach.of(source, root, None))
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
    asked = _asked(variant, on)
    try:
        with budgeted(budget, "<text>" if source is None else _name(source)):
            return _checked(source, text or "", asked, root, resolver, prove)
    except RulebookError as over:
        # Only the budget raises here: errors of a rulebook are in its report.
        return over.report


def _checked(
    source: Readable | Rulebook | None,
    text: str,
    asked: Asked,
    root: Folder,
    resolver: Resolver | None,
    prove: bool,
) -> Report:
    if isinstance(source, Rulebook):
        return examined(source, does_prove=prove)[0]
    if source is None:
        reach = None if resolver is None else Reach(Path(), resolver)
        documents, found = _chain(*read_text(text, "<text>"), "<text>", reach)
    else:
        reach = Reach.of(source, root, resolver)
        documents, found = _read(source, reach)
    if documents and is_appraisal(documents[0]):
        return _examined((documents, found), reach or Reach(Path()))
    if not documents:
        return Report.of(found)
    return reported(*composed(documents, asked, found), does_prove=prove)


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
    with budgeted(budget, _name(source)):
        return _shown(_read(source, Reach.of(source, root, resolver)), _asked(variant, on))


def _shown(read: Read, asked: Asked) -> str:
    documents, found = read
    parts, report = composed(documents, asked, found) if documents else ([], Report.of(found))
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


# -- appraisals -----------------------------------------------------------------------------------


def load_appraisal(
    source: Readable,
    *,
    rulebooks: Mapping[str, Readable] | None = None,
    root: Folder = None,
    resolver: Resolver | None = None,
    budget: int | None = None,
) -> AppraisalProgram:
    """Load an appraisal with the rulebooks of its stages.

    Args:
        source: path of its file, or the same content as a mapping.
        rulebooks: replacements for paths that stages name: another path, or the content as a mapping. Other paths
            are relative to the folder of the file, or else to the current one.
        root: the folder that the files of stages, and those they extend, must be in; the folder of the appraisal by
            default.
        resolver: as for `load`; it resolves the rulebooks of stages too.
        budget: as for `load`; all stages share it.

    Raises:
        RulebookError: with the whole report, if it has errors or a rulebook of a stage can't be used.
        OSError: if the file can't be read.

    >>> program = load_appraisal(
    ...     {"kpirules": 1, "appraisal": "demo", "stages": {"unit": {"rulebook": "unit", "key": ["unit"]}}},
    ...     rulebooks={"unit": {"kpirules": 1, "outputs": {"half": "1 / 2"}}},
    ... )
    >>> program.order
    (('unit',),)
    """
    with budgeted(budget, _name(source)):
        return _appraisal(source, Reach.of(source, root, resolver), rulebooks or {})


def read_appraisal(source: str | PathLike[str], *, root: Folder = None) -> tuple[AppraisalProgram, Files]:
    """Load an appraisal, and return every file it was loaded from with the bytes that were read.

    Args:
        source: path of its file.
        root: as for `load_appraisal`.

    Raises:
        RulebookError: with the whole report, if it has errors or a rulebook of a stage can't be used.
        OSError: if the file can't be read.
    """
    reach = Reach.of(source, root, None)
    with budgeted(None, _name(source)):
        return _appraisal(source, reach, {}), FrozenMap(reach.kept)


def _appraisal(source: Readable, reach: Reach, rulebooks: Mapping[str, Readable]) -> AppraisalProgram:
    appraisal, programs, found = _wired(_read(source, reach), reach, rulebooks)
    if appraisal is None:
        raise RulebookError(Report.of(found))
    return wire(appraisal, programs, found=found)


def is_appraisal_file(path: str | PathLike[str]) -> bool:
    """Whether a file holds an appraisal instead of a rulebook.

    Args:
        path: a YAML or JSON file.

    Raises:
        OSError: if the file can't be read.
    """
    document, _ = read_bytes(Reach.of(path, None, None).first(path), fspath(path))
    return document is not None and is_appraisal(document)


def stage_files(source: str | PathLike[str], appraisal: Appraisal) -> Mapping[str, Path]:
    """Return the files of the rulebooks, by stage.

    Args:
        source: path of the appraisal.
        appraisal: the loaded appraisal.
    """
    return {stage.id: Path(fspath(source)).parent / stage.rulebook for stage in appraisal.stages}


def _examined(read: Read, reach: Reach) -> Report:
    """Check an appraisal."""
    appraisal, programs, found = _wired(read, reach, {})
    return Report.of(found) if appraisal is None else wires_examined(appraisal, programs, found)


def _wired(
    read: Read, reach: Reach, rulebooks: Mapping[str, Readable]
) -> tuple[Appraisal | None, Mapping[str, Program], tuple[Diagnostic, ...]]:
    """Return an appraisal, the programs of the stages that could be loaded, and the diagnostics."""
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
            loaded[asked] = _loaded(stage, documents[0].source.name, reach, rulebooks)
        result = loaded[asked]
        if isinstance(result, Program):
            programs[stage.id] = result
        else:
            problems.append(result)
    return appraisal, programs, (*found, *problems)


def _loaded(stage: Stage, beside: str, reach: Reach, rulebooks: Mapping[str, Readable]) -> Program | Diagnostic:
    """Return the program of a stage, or why it has none."""
    at = At(stage.spans.get("rulebook"), f"{stage.words.path}.rulebook")
    try:
        if stage.rulebook in rulebooks:
            program = load(rulebooks[stage.rulebook], variant=stage.variant)
        else:
            read = _named_rulebook(reach.read(stage.rulebook, beside), reach)
            program = _settled(_program(read, Asked(stage.variant)), stage.variant)
        # Without `on`, the rulebook must choose the edition of each subject, or have only one.
        return program.settled() if stage.on is None else program
    except RefusedFile as refused:
        return appraisals.unusable_stage_rulebook(
            at, stage.rulebook, f"can't be read: {refused.reason}", refused.help
        )
    except OSError:
        return appraisals.unusable_stage_rulebook(at, stage.rulebook, "can't be read", CORRECT_PATH)
    except KpirulesError as mistaken:
        count = len(mistaken.report.errors)
        first = mistaken.report.errors[0]
        if first.code == NO_RULEBOOK:
            return appraisals.appraisal_for_a_rulebook(at)
        told = f"{first.code}: {first.message}"
        why = f"has {count:,} errors, the first {told}" if count > 1 else f"has 1 error, {told}"
        way_out = (
            first.help
            if first.code == "KR521"
            else WAYS_OUT.get(first.code, f"see `kpirules check {stage.rulebook}`")
        )
        return appraisals.unusable_stage_rulebook(at, stage.rulebook, why, way_out)


# -- reading --------------------------------------------------------------------------------------

Read = tuple[list[Document], list[Diagnostic]]
"""A document followed by those it extends (empty if one can't be read), and the diagnostics."""


def _read(source: Readable, reach: Reach) -> Read:
    """Read the document of a source, and those it extends."""
    if isinstance(source, Mapping):
        return _chain(*read_mapping(source), "", None if reach.resolver is None else reach)
    name = str(source)
    document, found = read_bytes(reach.first(source), name)
    return _chain(document, found, name if reach.resolver else str(resolved(Path(name))), reach)


def _named_rulebook(named: NamedFile, reach: Reach) -> Read:
    """Read the rulebook that a document names, and those it extends.

    Raises:
        RefusedFile: if it is not a rulebook. Reports quote lines, and this file may hold anything.
    """
    document, found = read_bytes(named.data, named.name)
    _check_rulebook(named, document, found)
    return _chain(document, found, named.identity, reach)


def _check_rulebook(named: NamedFile, document: Document | None, found: list[Diagnostic]) -> None:
    """Refuse a file that does not claim to be a rulebook, without quoting it."""
    is_marked = MARK.search(named.data) if document is None else document.root.get("kpirules")
    if is_marked is None:
        span = found[0].span if document is None and found else None
        where = f" ({found[0].code} in line {span.line})" if span else ""
        raise RefusedFile(f"it is not a rulebook{where}", "correct the path; a rulebook has the key `kpirules`")


def _chain(document: Document | None, found: list[Diagnostic], identity: str, reach: Reach | None) -> Read:
    """Return a document and those it extends, in order; empty if one can't be read.

    Args:
        document: the first document.
        found: collects diagnostics.
        identity: of the first document, to detect cycles of `extends`.
        reach: the files it may read; None for a text or mapping, which has no folder and can't extend anything.
    """
    documents = [] if document is None else [document]
    identities, names = [identity], [_last(document.source.name if document else "")]
    while documents and (base := base_of(documents[-1], found)) is not None:
        at = At(base.span, "extends")
        if reach is None:
            found.append(overlays.extends_nowhere(at))
            break
        try:
            named = reach.read(base.text, documents[-1].source.name)
            names.append(_last(named.name))
            if named.identity in identities or len(names) > MAX_DOCUMENTS:
                found.append(overlays.extends_without_end(at, names, MAX_DOCUMENTS))
                break
            further, problems = read_bytes(named.data, named.name)
            _check_rulebook(named, further, problems)
        except RefusedFile as refused:
            found.append(overlays.base_unread(at, base.text, refused.reason, refused.help))
            break
        found += problems
        identities.append(named.identity)
        if further is None:
            return [], found
        documents.append(further)
    return (
        [] if any(diagnostic.path == "extends" and diagnostic.is_error for diagnostic in found) else documents
    ), found


def _name(source: Readable | Rulebook) -> str:
    """Return the name of a document, empty if it has none."""
    return "" if isinstance(source, Mapping | Rulebook) else str(source)


def _last(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _program(read: Read, asked: Asked) -> Program:
    documents, found = read
    if not documents:
        raise RulebookError(Report.of(found))
    if is_appraisal(documents[0]):
        at = At((documents[0].root.get("appraisal") or documents[0].root).span, "appraisal")
        raise RulebookError(Report((appraisals.appraisal_for_a_rulebook(at),)))
    return assembled(*composed(documents, asked, found), asked)


def _settled(program: Program, variant: str | None) -> Program:
    """Return the program if the variant of every subject is known, else raise."""
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
