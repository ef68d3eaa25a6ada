"""Reads the documents of a rulebook, and makes its program."""

from __future__ import annotations

import re
from collections.abc import Mapping
from os import PathLike
from pathlib import Path

from ..diagnostics import Diagnostic, Report
from ..diagnostics.codes import At, appraisals, overlays
from ..documents import (
    Document,
    base_of,
    is_appraisal,
    read_bytes,
    read_mapping,
)
from ..errors import RulebookError
from ..language.model import Rulebook
from ..rating.program import Program
from ..rating.versions import Requested, assembled, composed
from .files import NamedFile, Reach, RefusedFile, resolved

__all__ = ["Folder", "Read", "Readable", "chain", "name_of", "named_rulebook", "program_of", "read", "settled"]

Readable = str | PathLike[str] | Mapping[str, object]
"""A path to a YAML or JSON file, or the same content as a mapping."""

Folder = str | PathLike[str] | None
"""The folder that files named by documents must be in."""

MARK = re.compile(rb"""^[\s{"']*kpirules["']?\s*:""", re.MULTILINE)
"""The key that every rulebook has, found even in a text that can't be parsed."""

MAX_DOCUMENTS = 10
"""Maximum length of a chain of `extends`."""

Read = tuple[list[Document], list[Diagnostic]]
"""A document followed by those it extends (empty if one can't be read), and the diagnostics."""


def read(source: Readable, reach: Reach) -> Read:
    """Read the document of a source, and those it extends.

    Args:
        source: a path or a mapping.
        reach: the files it may read.
    """
    if isinstance(source, Mapping):
        return chain(*read_mapping(source), "", None if reach.resolver is None else reach)
    name = str(source)
    document, found = read_bytes(reach.first(source), name)
    return chain(document, found, name if reach.resolver else str(resolved(Path(name))), reach)


def named_rulebook(named: NamedFile, reach: Reach) -> Read:
    """Read the rulebook that a document names, and those it extends.

    Args:
        named: the file.
        reach: the files it may read.

    Raises:
        RefusedFile: if it is not a rulebook. Reports quote lines, and this file may hold anything.
    """
    document, found = read_bytes(named.data, named.name)
    _check_rulebook(named, document, found)
    return chain(document, found, named.identity, reach)


def _check_rulebook(named: NamedFile, document: Document | None, diagnostics: list[Diagnostic]) -> None:
    """Refuse a file without the key `kpirules`, and don't quote it."""
    is_marked = MARK.search(named.data) if document is None else document.root.get("kpirules")
    if is_marked is None:
        span = diagnostics[0].span if document is None and diagnostics else None
        where = f" ({diagnostics[0].code} in line {span.line})" if span else ""
        raise RefusedFile(f"it is not a rulebook{where}", "correct the path; a rulebook has the key `kpirules`")


def chain(document: Document | None, diagnostics: list[Diagnostic], identity: str, reach: Reach | None) -> Read:
    """Return a document and those it extends, in order; empty if one can't be read.

    Args:
        document: the first document.
        diagnostics: collects diagnostics.
        identity: the identity of the first document, to detect cycles of `extends`.
        reach: the files it may read; None for a text or mapping, which has no folder and can't extend anything.
    """
    documents = [] if document is None else [document]
    identities, names = [identity], [_last(document.source.name if document else "")]
    while documents and (base := base_of(documents[-1], diagnostics)) is not None:
        at = At(base.span, "extends")
        if reach is None:
            diagnostics.append(overlays.extends_nowhere(at))
            break
        try:
            named = reach.read(base.text, documents[-1].source.name)
            names.append(_last(named.name))
            if named.identity in identities or len(names) > MAX_DOCUMENTS:
                diagnostics.append(overlays.extends_without_end(at, names, MAX_DOCUMENTS))
                break
            further, problems = read_bytes(named.data, named.name)
            _check_rulebook(named, further, problems)
        except RefusedFile as refused:
            diagnostics.append(overlays.base_unread(at, base.text, refused.reason, refused.help))
            break
        diagnostics += problems
        identities.append(named.identity)
        if further is None:
            return [], diagnostics
        documents.append(further)
    return (
        [] if any(diagnostic.path == "extends" and diagnostic.is_error for diagnostic in diagnostics) else documents
    ), diagnostics


def name_of(source: Readable | Rulebook) -> str:
    """Return the name of a document, empty if it has none.

    Args:
        source: where the document comes from.
    """
    return "" if isinstance(source, Mapping | Rulebook) else str(source)


def _last(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def program_of(chained: Read, requested: Requested) -> Program:
    """Return the program of a rulebook that was read.

    Args:
        chained: the documents and the diagnostics.
        requested: the variant and the day.

    Raises:
        RulebookError: with the whole report, if it has errors or the document is an appraisal.
    """
    documents, found = chained
    if not documents:
        raise RulebookError(Report.of(found))
    if is_appraisal(documents[0]):
        at = At((documents[0].root.get("appraisal") or documents[0].root).span, "appraisal")
        raise RulebookError(Report((appraisals.appraisal_for_a_rulebook(at),)))
    return assembled(*composed(documents, requested, found), requested)


def settled(program: Program, variant: str | None) -> Program:
    """Return the program if the variant of every subject is known.

    Args:
        program: the rules.
        variant: the requested variant, or None.

    Raises:
        RulebookError: if nothing chooses the variant of a subject.
    """
    if variant is None and program.variants and not program.variant_by:
        at = At(program.rulebook.words.span, "variants")
        raise RulebookError(Report((overlays.variant_needed(at, program.variants, is_one_requested=False),)))
    return program
