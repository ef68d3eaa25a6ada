"""Reads, builds and checks each rulebook once in a file of tests that say nothing of the check.

They load the same few rulebooks again and again, and that is most of their work.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from kpirules import Report, Rulebook
from kpirules.diagnostics import Diagnostic, Source
from kpirules.documents import Document, read_yaml, source_text
from kpirules.kernel.budget import COSTS, current, spend
from kpirules.loading import loading, reading
from kpirules.rating import program
from kpirules.rating.versions import Part, Requested, composed

__all__ = ["checked_once"]

_examined = program.examined
_reports: dict[tuple[int, bytes], tuple[Any, dict[str, int]]] = {}
_documents: dict[Source, tuple[Document | None, list[Diagnostic]]] = {}
_parts: dict[tuple[Any, ...], tuple[Sequence[Document], list[Part], Report]] = {}


@contextmanager
def checked_once() -> Iterator[None]:
    """Let each load use the document of an equal text, its rulebooks, and the report of an equal rulebook."""
    _replace(_once, _read_once, _composed_once)
    try:
        yield
    finally:
        _replace(_examined, read_yaml, composed)
        for kept in (_reports, _documents, _parts):
            kept.clear()


def _replace(examines: Any, reads: Any, composes: Any) -> None:
    vars(program)["examined"] = examines
    vars(source_text)["read_yaml"] = reads
    vars(reading)["composed"] = vars(loading)["composed"] = composes


def _read_once(source: Source) -> tuple[Document | None, list[Diagnostic]]:
    if source not in _documents:
        _documents[source] = read_yaml(source)
    document, found = _documents[source]
    return document, [*found]


def _composed_once(
    documents: Sequence[Document], requested: Requested, found: Sequence[Diagnostic] = ()
) -> tuple[list[Part], Report]:
    if found:
        return composed(documents, requested, found)
    key = *map(id, documents), requested
    if key not in _parts:  # with the documents, so that no other gets the address of one
        _parts[key] = (documents, *composed(documents, requested))
    _, made, report = _parts[key]
    return [*made], report


def _once(rulebook: Rulebook, found: tuple[Diagnostic, ...] = (), *, does_prove: bool = False) -> tuple[Report, Any]:
    """Check a rulebook, or spend the budget that its first check has spent."""
    budget = current()
    key = 0 if budget is None else budget.limit, pickle.dumps((rulebook, found, does_prove))
    known = _reports.get(key)
    if known is None or (budget is not None and budget.left < sum(known[1].values())):
        before = {} if budget is None else dict(budget.kinds)
        report = _examined(rulebook, found, does_prove=does_prove)
        after = {} if budget is None else budget.kinds
        known = _reports[key] = report, {kind: units - before.get(kind, 0) for kind, units in after.items()}
    else:
        for kind, units in known[1].items():
            spend(kind, units // COSTS[kind])
    return known[0]
