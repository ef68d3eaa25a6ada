"""Builds an Appraisal from a Document: keys and kinds first, then the names of stages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...diagnostics import Diagnostic, Span
from ...diagnostics.codes import At
from ...diagnostics.codes import appraisals as say
from ...kernel.mappings import FrozenMap
from ...language.model.appraisal import Appraisal, Stage, Take, cycle
from ..document import Document, Listing, Mapping
from ..shapes import SHAPES
from .decoding import Decoding
from .fields import Fields

__all__ = ["build_appraisal", "is_appraisal"]


def is_appraisal(document: Document) -> bool:
    """Return whether a document is written as an appraisal.

    Args:
        document: the document as read.
    """
    return any(document.root.get(key) is not None for key in ("appraisal", "stages"))


def build_appraisal(document: Document) -> tuple[Appraisal | None, list[Diagnostic]]:
    """Return the appraisal of a document, and all its mistakes.

    Args:
        document: the document as read.

    Returns:
        The appraisal, or None if a needed part can't be read; the diagnostics.
    """
    first = document.root.entries[0].key.span if document.root.entries else document.root.span
    if not is_appraisal(document):
        return None, [say.no_appraisal(At(first))]
    decoding = Decoding()
    root = decoding.fields(document.root, SHAPES["appraisal"], "", first)
    stages = tuple(_stage(id_, fields) for id_, fields in root.entries("stages").items())
    written = document.root.get("stages")
    names = [entry.key.text for entry in written] if isinstance(written, Mapping) else []
    is_whole = _names_hold(stages, names, decoding)
    if is_whole and (way := cycle(stages)):
        where = next(stage for stage in stages if stage.id == way[0].partition(" with ")[0])
        decoding.report(say.stage_cycle(At(where.words.span, where.words.path), way))
    if decoding.lost:
        return None, decoding.problems
    return Appraisal(root.text("appraisal") or "", stages, root.words), decoding.problems


def _stage(id_: str, fields: Fields) -> Stage:
    return Stage(
        id_,
        fields.text("rulebook") or "",
        fields.text("variant"),
        fields.items("key"),
        fields.text("on"),
        tuple(_take(input_, inner) for input_, inner in fields.entries("take").items()),
        fields.items("allocate_with"),
        fields.words,
        _spans(fields),
    )


def _take(input_: str, fields: Fields) -> Take:
    stages: Any = fields.values.get("stage", ())
    return Take(
        input_,
        (stages,) if isinstance(stages, str) else stages,
        fields.text("value"),
        FrozenMap(fields.values.get("each", {})),
        fields.items("match"),
        fields.words,
        _spans(fields),
    )


def _spans(fields: Fields) -> FrozenMap[str, Span]:
    """Return the places of the values of keys, of list items and of map entries."""
    found: dict[str, Span] = {}
    for key, node in fields.nodes.items():
        found[key] = node.span
        if isinstance(node, Listing):
            found |= {f"{key}[{index}]": item.span for index, item in enumerate(node.items)}
        elif isinstance(node, Mapping):
            for entry in node:
                found[f"{key}.{entry.key.text}"] = entry.value.span
                found[f"{key}.{entry.key.text}:key"] = entry.key.span
    return FrozenMap(found)


def _names_hold(stages: tuple[Stage, ...], names: list[str], decoding: Decoding) -> bool:
    """Return whether every named stage exists; report the others."""
    is_whole = True
    for stage in stages:
        for at, name in _named(stage):
            if name not in names:
                decoding.report(say.unknown_stage(at, name, names))
                is_whole = False
            # A stage that could not be read was reported already.
            is_whole &= any(known.id == name for known in stages)
    return is_whole


def _named(stage: Stage) -> Iterator[tuple[At, str]]:
    for take in stage.take:
        for index, name in enumerate(take.stages):
            span = take.spans.get(f"stage[{index}]", take.spans.get("stage"))
            yield At(span, f"{take.words.path}.stage"), name
    for index, name in enumerate(stage.allocate_with):
        yield At(stage.spans.get(f"allocate_with[{index}]"), f"{stage.words.path}.allocate_with"), name
