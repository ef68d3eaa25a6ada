"""Loads an appraisal from a path or mapping, with the rulebooks of its stages."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import Path

from ..appraising import AppraisalProgram, wire, wires_examined
from ..diagnostics import Diagnostic, Report
from ..diagnostics.codes import At, appraisals
from ..documents import (
    build_appraisal,
    is_appraisal,
    read_bytes,
)
from ..errors import KpirulesError, RulebookError, budgeted
from ..kernel.mappings import FrozenMap
from ..language.model import Appraisal, Stage
from ..rating.program import Program
from ..rating.versions import Requested
from .files import CORRECT_PATH, NamedFile, Reach, RefusedFile, Resolver
from .reading import Folder, Read, Readable, name_of, named_rulebook, program_of, read, settled

__all__ = ["Files", "appraisal_examined", "is_appraisal_file", "load_appraisal", "read_appraisal", "stage_files"]

NO_RULEBOOK = "KR812"
"""The code of an appraisal found where a rulebook is expected."""

Files = FrozenMap[str, NamedFile]
"""Files that were read, by identity: the absolute path with all links resolved."""

REMEDIES = {
    "KR531": "write `variant` in this stage, or `variant_by` in the rulebook",
    "KR535": "write `on` in this stage: the column with the date that chooses the edition",
}
"""Help for a rulebook that needs more from its stage."""


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
    with budgeted(budget, name_of(source)):
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
    with budgeted(None, name_of(source)):
        return _appraisal(source, reach, {}), FrozenMap(reach.kept)


def _appraisal(source: Readable, reach: Reach, rulebooks: Mapping[str, Readable]) -> AppraisalProgram:
    appraisal, programs, found = _appraisal_parts(read(source, reach), reach, rulebooks)
    if appraisal is None:
        raise RulebookError(Report.of(found))
    return wire(appraisal, programs, found=found)


def is_appraisal_file(path: str | PathLike[str]) -> bool:
    """Return whether a file contains an appraisal instead of a rulebook.

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


def appraisal_examined(chained: Read, reach: Reach) -> Report:
    """Check an appraisal.

    Args:
        chained: its document and the diagnostics.
        reach: the files it may read.
    """
    appraisal, programs, found = _appraisal_parts(chained, reach, {})
    return Report.of(found) if appraisal is None else wires_examined(appraisal, programs, found)


def _appraisal_parts(
    chained: Read, reach: Reach, rulebooks: Mapping[str, Readable]
) -> tuple[Appraisal | None, Mapping[str, Program], tuple[Diagnostic, ...]]:
    """Return an appraisal, the programs of the stages that could be loaded, and the diagnostics."""
    documents, found = chained
    if not documents:
        return None, {}, tuple(found)
    appraisal, problems = build_appraisal(documents[0])
    if appraisal is None:
        return None, {}, (*found, *problems)
    programs: dict[str, Program] = {}
    loaded: dict[tuple[str, str | None, bool], Program | Diagnostic] = {}
    for stage in appraisal.stages:
        load_key = (stage.rulebook, stage.variant, stage.on is None)
        if load_key not in loaded:
            loaded[load_key] = _stage_program(stage, documents[0].source.name, reach, rulebooks)
        result = loaded[load_key]
        if isinstance(result, Program):
            programs[stage.id] = result
        else:
            problems.append(result)
    return appraisal, programs, (*found, *problems)


def _stage_program(
    stage: Stage, document_name: str, reach: Reach, rulebooks: Mapping[str, Readable]
) -> Program | Diagnostic:
    """Return the program of a stage, or the diagnostic if it can't be loaded."""
    at = At(stage.spans.get("rulebook"), f"{stage.words.path}.rulebook")
    try:
        if stage.rulebook in rulebooks:
            source = rulebooks[stage.rulebook]
            with budgeted(None, name_of(source)):
                found = read(source, Reach.of(source, None, None))
                program = settled(program_of(found, Requested(stage.variant)), stage.variant)
        else:
            found = named_rulebook(reach.read(stage.rulebook, document_name), reach)
            program = settled(program_of(found, Requested(stage.variant)), stage.variant)
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
        reason = f"{first.code}: {first.message}"
        why = f"has {count:,} errors, the first {reason}" if count > 1 else f"has 1 error, {reason}"
        remedy = (
            first.help
            if first.code == "KR521"
            else REMEDIES.get(first.code, f"see `kpirules check {stage.rulebook}`")
        )
        return appraisals.unusable_stage_rulebook(at, stage.rulebook, why, remedy)
