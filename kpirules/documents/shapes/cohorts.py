"""Shapes of cohorts and quotas."""

from __future__ import annotations

from ...kernel.exact import MODES
from ...language.model import BASES, DEFAULT_MAX_MEMBERS, MOST_MEMBERS, TIES
from .inputs import WORDS
from .kinds import CASED_ID, EXPRESSION, ID, Key, Kind, Shape, a, list_of, map_of, whole, word

__all__ = ["COHORT", "SHAPES"]

COHORT = a("cohort", "a cohort")

_INPUTS = list_of(ID, "a list of inputs", 1)
_OF = Kind("`all`, or a list of bands", "word", closed=("all",), items=CASED_ID, least=1)

SHAPES = (
    Shape(
        "cohort",
        "a cohort",
        (
            Key("within", _INPUTS, "Inputs that must be equal in a cohort; by default all subjects are one cohort."),
            Key(
                "max_members",
                whole(1, MOST_MEMBERS),
                f"The most members of a cohort; by default {DEFAULT_MAX_MEMBERS:,}.",
            ),
            Key("quotas", map_of(a("quota", "a quota"), "quotas by id"), "Limits on the members with a band."),
            *WORDS,
        ),
        at_least_one=("within", "max_members", "quotas"),
    ),
    Shape(
        "quota",
        "a quota",
        (
            Key("band", CASED_ID, "The limited band.", is_required=True),
            Key("at_most", EXPRESSION, "The share of the base that may have the band.", is_required=True),
            Key("of", _OF, "The bands whose members are the base; `all` for all rated members.", is_required=True),
            Key(
                "base",
                word(*BASES),
                "Whether the base is counted before anything moves, or after the surplus has moved.",
                is_required=True,
            ),
            Key("round", word(*MODES), "How the limit is rounded to whole members.", is_required=True),
            Key("minimum", EXPRESSION, "The least limit, even if the share allows fewer.", is_required=True),
            Key(
                "order",
                list_of(EXPRESSION, "a list of expressions", 1),
                "The expressions that rank members, most important first; greater is better.",
                is_required=True,
            ),
            Key(
                "ties",
                word(*TIES),
                "What happens to a tie across the limit: people decide, all move, or all stay.",
                is_required=True,
            ),
            Key("demote_to", CASED_ID, "The band of members beyond the limit.", is_required=True),
            Key("within", _INPUTS, "Inputs that divide the cohort further."),
            Key("uniform", _INPUTS, "Inputs that are equal within a group; the share may read them."),
            Key("when", EXPRESSION, "The condition under which a group has the quota; always by default."),
            *WORDS,
        ),
        is_policy=True,
    ),
)
