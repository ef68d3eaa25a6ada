"""From a path, text or mapping to a program: the only module of the library that reads files."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import Path

from .appraising import AppraisalProgram, wire, wires_examined
from .diagnostics import Diagnostic, Report
from .diagnostics.codes import At, appraisals
from .errors import KpirulesError, RulebookError
from .model import Appraisal, Rulebook, Stage
from .program import Program, compile, examined
from .reading import (
    Document,
    build,
    build_appraisal,
    format_of,
    is_appraisal,
    read_bytes,
    read_mapping,
    read_text,
)

__all__ = ["check", "is_appraisal_file", "load", "load_appraisal", "loads", "stage_files"]

NO_RULEBOOK = "KR812"
"""The code of an appraisal where a rulebook is expected."""

Readable = str | PathLike[str] | Mapping[str, object]
"""A path to a YAML or JSON file, or the same as a mapping."""


def load(source: Readable) -> Program:
    """The program of a rulebook, from its file or from a mapping.

    Args:
        source: path of a `.kpi.yaml`, `.yaml`, `.yml` or `.json` file, or the same content as a mapping.

    Raises:
        RulebookError: with the whole report, where the rulebook has errors.
        OSError: where the file can't be read.

    >>> load({"kpirules": 1, "id": "tiny", "inputs": {"x": {"type": "number"}},
    ...       "outputs": {"double": "x * 2"}}).id
    'tiny'
    """
    return _program(*_built(*_read(source)))


def loads(text: str, *, name: str = "<text>") -> Program:
    """The program of a rulebook, from its YAML or JSON text.

    Args:
        text: the whole document.
        name: what diagnostics call it; a name that ends in `.json` makes it strict JSON.

    Raises:
        RulebookError: with the whole report, where the rulebook has errors.

    >>> loads("kpirules: 1\\nid: tiny\\noutputs: {half: 1 / 2}").id
    'tiny'
    """
    return _program(*_built(*read_text(text, name, format_of(name))))


def check(source: Readable | Rulebook | Program | None = None, *, text: str | None = None) -> Report:
    """Everything that can be said of a rulebook without a subject, in document order.

    Args:
        source: a path, mapping, rulebook or program.
        text: the rulebook's YAML or JSON text instead.

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
        return source.report
    if isinstance(source, Rulebook):
        return examined(source)[0]
    if text is not None:
        document, problems = read_text(text, "<text>")
    else:
        assert source is not None
        document, problems = _read(source)
    if document is not None and is_appraisal(document):
        return _examined(document, problems, _folder(source), {})[2]
    rulebook, found = _built(document, problems)
    return Report.of(found) if rulebook is None else examined(rulebook, found)[0]


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
    appraisal, programs, report = _examined(*_read(source), _folder(source), rulebooks or {})
    if appraisal is None or report.errors:
        raise RulebookError(report)
    return wire(appraisal, programs, found=tuple(report))


def is_appraisal_file(path: str | PathLike[str]) -> bool:
    """Whether a file holds an appraisal and no rulebook.

    Args:
        path: a YAML or JSON file.

    Raises:
        OSError: where the file can't be read.
    """
    document, _ = _read(fspath(path))
    return document is not None and is_appraisal(document)


def stage_files(source: str | PathLike[str], appraisal: Appraisal) -> Mapping[str, Path]:
    """The files of the rulebooks, by stage.

    Args:
        source: path of the appraisal.
        appraisal: as it was read.
    """
    return {stage.id: Path(fspath(source)).parent / stage.rulebook for stage in appraisal.stages}


def _folder(source: object) -> Path:
    return Path(fspath(source)).parent if isinstance(source, str | PathLike) else Path()


def _examined(
    document: Document | None, found: list[Diagnostic], folder: Path, rulebooks: Mapping[str, Readable]
) -> tuple[Appraisal | None, Mapping[str, Program], Report]:
    """An appraisal, the programs of those of its stages that have one, and everything that can be said."""
    if document is None:
        return None, {}, Report.of(found)
    appraisal, problems = build_appraisal(document)
    if appraisal is None:
        return None, {}, Report.of((*found, *problems))
    programs: dict[str, Program] = {}
    loaded: dict[tuple[str, str | None], Program | Diagnostic] = {}
    for stage in appraisal.stages:
        asked = (stage.rulebook, stage.variant)
        if asked not in loaded:
            loaded[asked] = _loaded(stage, rulebooks.get(stage.rulebook, folder / stage.rulebook))
        one = loaded[asked]
        if isinstance(one, Program):
            programs[stage.id] = one
        else:
            problems.append(one)
    return appraisal, programs, wires_examined(appraisal, programs, (*found, *problems))


def _loaded(stage: Stage, source: Readable) -> Program | Diagnostic:
    """The program of a stage, or why there is none."""
    at = At(stage.spans.get("rulebook"), f"{stage.words.path}.rulebook")
    try:
        return load(source)
    except OSError:
        help_ = "correct the path; it begins at the folder of this file"
        return appraisals.unusable_stage_rulebook(at, stage.rulebook, "can't be read", help_)
    except KpirulesError as mistaken:
        count = len(mistaken.report.errors)
        first = mistaken.report.errors[0]
        if first.code == NO_RULEBOOK:
            return appraisals.appraisal_for_a_rulebook(at)
        why = f"has {count} error{'s' if count > 1 else ''}, {'the first ' if count > 1 else ''}{first.code}: {first.message}"
        return appraisals.unusable_stage_rulebook(at, stage.rulebook, why, f"see `kpirules check {stage.rulebook}`")


def _read(source: Readable) -> tuple[Document | None, list[Diagnostic]]:
    if isinstance(source, Mapping):
        return read_mapping(source)
    path = Path(fspath(source))
    return read_bytes(path.read_bytes(), str(source))


def _built(document: Document | None, found: list[Diagnostic]) -> tuple[Rulebook | None, tuple[Diagnostic, ...]]:
    if document is None:
        return None, tuple(found)
    if is_appraisal(document):
        first = document.root.get("appraisal") or document.root
        return None, (*found, appraisals.appraisal_for_a_rulebook(At(first.span, "appraisal")))
    rulebook, more = build(document)
    return rulebook, (*found, *more)


def _program(rulebook: Rulebook | None, found: tuple[Diagnostic, ...]) -> Program:
    if rulebook is None:
        raise RulebookError(Report.of(found))
    return compile(rulebook, found=found)
