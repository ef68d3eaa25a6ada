"""Shapes of an appraisal: rulebooks connected in stages."""

from __future__ import annotations

from .inputs import WORDS
from .kinds import ALLOW, CITATION, DOTTED_ID, ID, LABEL, TEXT, VERSION, Key, Kind, Shape, a, list_of, map_of

__all__ = ["SHAPES"]

_STAGES = Kind("a stage, or a list of stages", "id", items=ID, least=1)

SHAPES = (
    Shape(
        "appraisal",
        "an appraisal",
        (
            Key("kpirules", VERSION, "The version of the language: 1.", is_required=True),
            Key("appraisal", DOTTED_ID, "The id of the appraisal, possibly dotted.", is_required=True),
            Key("title", LABEL, "Its title, as one text or by language."),
            Key("note", LABEL, "A remark; it changes nothing."),
            Key("source", CITATION, "The regulation that the appraisal implements."),
            Key(
                "stages",
                map_of(a("stage", "a stage"), "stages by id", least=1),
                "The stages by id; each runs after those it takes from.",
                is_required=True,
            ),
            Key("allow", ALLOW, "Diagnostics accepted on purpose: the code, and the reason."),
        ),
    ),
    Shape(
        "stage",
        "a stage",
        (
            Key("rulebook", TEXT, "The rulebook, by the path from this file's folder.", is_required=True),
            Key("variant", ID, "The variant of the rulebook."),
            Key(
                "key",
                list_of(ID, "a list of columns", least=1),
                "The columns that identify subjects.",
                is_required=True,
            ),
            Key("on", ID, "The column of the key, or the date input, that selects the edition."),
            Key("take", map_of(a("take", "what is taken"), "what is taken, by input"), "Inputs from other stages."),
            Key("allocate_with", list_of(ID, "a list of stages", least=1), "The stages that share its quotas."),
            *WORDS,
        ),
    ),
    Shape(
        "take",
        "what is taken",
        (
            Key("stage", _STAGES, "The source stage, or several.", is_required=True),
            Key("value", DOTTED_ID, "The name to read from the one assessment that matches."),
            Key(
                "each",
                map_of(DOTTED_ID, "what is read, by field", least=1),
                "The names to read from every match, by field of the list.",
            ),
            Key(
                "match",
                list_of(DOTTED_ID, "a list of names", least=1),
                "Names whose values must be equal on both sides.",
                is_required=True,
            ),
            *WORDS,
        ),
        exactly_one=("value", "each"),
    ),
)
