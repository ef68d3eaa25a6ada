"""Builds a Rulebook from a Document: keys and kinds first, then names and constants, then the parts."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from ...diagnostics import Diagnostic
from ...language.model import Rulebook
from ...language.wording import Label
from ..document import Document, Mapping
from ..hashes import hashes
from ..shapes import SHAPES
from .aside import build_calendars, build_directions, build_examples, build_period, check_sources
from .cohorts import build_cohort
from .constants import build_functions, build_parameters
from .criteria import build_root, entered_inputs
from .decoding import Decoding
from .domains import build_inputs, check_columns, resolve_choices
from .draft import Draft
from .fields import Fields
from .lost import without_lost
from .names import Namespace, bands_of, declared_names, nested_criteria
from .rating import build_bands, build_better, build_exemptions, build_limits, build_overrides, check_statuses
from .rulebook_tables import build_tables

__all__ = ["build"]


def build(document: Document) -> tuple[Rulebook | None, list[Diagnostic]]:
    """Return the rulebook of a document, and all its mistakes.

    Args:
        document: the document as read, with its overlays merged.

    Returns:
        The rulebook, or None if a part is missing without which it has no meaning; the diagnostics.

    >>> from kpirules.documents import read_mapping
    >>> document, _ = read_mapping({"kpirules": 1, "criteria": {"quality": {"max": 10, "rate": 0.5}}})
    >>> rulebook, problems = build(document)
    >>> rulebook.root.max, problems
    (Fraction(10, 1), [])
    """
    decoding = Decoding()
    first = document.root.entries[0].key.span if document.root.entries else document.root.span
    root = decoding.fields(document.root, SHAPES["rulebook"], "", first)
    draft = Draft(decoding)
    rulebook = _build_parts(draft, root)
    left = None if decoding.is_broken else without_lost(rulebook, decoding.lost, root.spans, draft.bands)
    return None if left is None else _hashed(left), decoding.problems


def _hashed(rulebook: Rulebook) -> Rulebook:
    scoring, content = hashes(rulebook)
    return evolve(rulebook, scoring_hash=scoring, content_hash=content)


def _declare_names(draft: Draft, root: Fields) -> Namespace:
    """Return the names of the rulebook, including those of entries that could not be read."""
    namespace = declared_names(draft.decoding, root)
    draft.unknown_parameters.update(_keys(root, "parameters"))
    draft.bands = _keys(root, "bands", "levels") or _keys(root, "bands")
    long = root.fields("bands")
    draft.has_unread_bands = "bands" not in root.values and (root.has("bands") or root.has_unknown)
    draft.has_unread_bands |= long is not None and "levels" not in long.values
    draft.has_unread_parameters = "parameters" not in root.values and (root.has("parameters") or root.has_unknown)
    draft.has_unread_tables = "tables" not in root.values and (root.has("tables") or root.has_unknown)
    draft.unread_inputs = frozenset(_keys(root, "inputs")) - root.entries("inputs").keys()
    draft.kinds = {id_: entry.shape.removesuffix("_input") for id_, entry in root.entries("inputs").items()}
    entered = (id_ for id_, criterion in nested_criteria(root.entries("criteria")) if criterion.has("entered"))
    draft.kinds.update(dict.fromkeys(entered, "number"))
    draft.has_unread_inputs = "inputs" not in root.values and (root.has("inputs") or root.has_unknown)
    return namespace


def _keys(root: Fields, section: str, key: str = "") -> tuple[str, ...]:
    """Return the keys of a section, or of a map in it, as written."""
    node = root.nodes.get(section)
    if key:
        node = node.get(key) if isinstance(node, Mapping) else None
    return tuple(entry.key.text for entry in node) if isinstance(node, Mapping) else ()


def _build_parts(draft: Draft, root: Fields) -> Rulebook:
    """Build the rulebook. This is long since it names each section once."""
    namespace = _declare_names(draft, root)
    functions = build_functions(draft, root.entries("functions"))
    tables = root.entries("tables")
    others = [name for name in namespace.names if name not in root.entries("parameters")]
    parameters = build_parameters(draft, root.entries("parameters"), others, tables)
    score = root.fields("score")
    choices = resolve_choices(draft, root.entries("inputs"), tables, _band_labels(root))
    inputs = build_inputs(draft, root.entries("inputs"), choices)
    check_columns(draft, _inputs_of(root), "input")
    tree = build_root(draft, root)
    known = (*inputs, *entered_inputs(tree))
    invariants = root.entries("invariants")
    from_, until = build_period(draft, root.fields("effective"))
    rulebook = Rulebook(
        id=root.text("id") or "",
        edition=root.text("edition") or "",
        effective_from=from_,
        effective_until=until,
        inputs=known,
        validations=draft.conditions(root.entries("validations")),
        parameters=parameters,
        tables=build_tables(draft, tables, choices),
        functions=functions,
        calendars=build_calendars(draft, root.entries("calendars")),
        let=draft.named(root.entries("let")),
        exemptions=build_exemptions(draft, root.entries("exemptions")),
        root=tree,
        score_limits=build_limits(draft, score),
        bands_on_exact=score is not None and score.text("band_on") == "exact",
        bands_on_written=score is not None and score.has("band_on"),
        bands=build_bands(draft, root),
        overrides=build_overrides(draft, root.entries("overrides"), (*namespace.names, *draft.unread_inputs)),
        cohort=build_cohort(draft, root.fields("cohort"), known),
        outputs=draft.named(root.entries("outputs")),
        invariants=draft.conditions({id_: one for id_, one in invariants.items() if one.has("that")}),
        directions=build_directions(draft, invariants, known),
        examples=build_examples(draft, root.items("examples")),
        requires_sources=root.flag("require_sources"),
        variant_by=root.text("variant_by") or "",
        edition_by=root.text("edition_by") or "",
        better=build_better(draft, root),
        words=root.words,
    )
    check_sources(draft, rulebook)
    check_statuses(draft, root.entries("exemptions"), root.entries("overrides"))
    return rulebook


def _inputs_of(root: Fields) -> Iterator[tuple[str, Fields, Fields]]:
    """Yield every input with its declaration, and the mapping with its column."""
    for id_, fields in root.entries("inputs").items():
        yield id_, fields, fields
    for id_, fields in nested_criteria(root.entries("criteria")):
        entered = fields.fields("entered")
        if entered is not None:
            yield id_, fields, entered


def _band_labels(root: Fields) -> dict[str, Label]:
    return {id_: fields.words.label for id_, fields in bands_of(root).items() if fields.words.label}
