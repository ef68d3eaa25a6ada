"""Shapes of the rating rules, and of the rulebook as a whole."""

from __future__ import annotations

from attrs import evolve

from .cohorts import COHORT
from .criteria import CRITERIA
from .inputs import CONDITION, INPUTS, INVARIANT, NAMED, WORDS
from .kinds import (
    ALLOW,
    AMOUNT,
    BETTER,
    CASED_ID,
    CITATION,
    DATE,
    DOTTED_ID,
    EXPRESSION,
    FLAG,
    ID,
    LABEL,
    PLAIN,
    PLAIN_MAP,
    TEXT,
    VERSION,
    Key,
    Kind,
    Shape,
    a,
    list_of,
    map_of,
    word,
)

__all__ = ["NEVER_MERGED", "SHAPES"]

_REQUIRES = Kind("a condition, or conditions by id", "expression", entries=CONDITION, least=1)
_BAND = a("band", "a band")
_LEVELS = map_of(_BAND, "bands by id, best first", "cased_id", 1)
_BANDS = Kind("bands by id, best first", entries=_BAND, keys="cased_id", shape="bands", shape_if="levels", least=1)
_VALUE_BAND = Kind("a band, or an expression that gives one", "expression")


AMENDMENTS = list_of(a("amendment", "an amendment"), "a list of amendments")

NEVER_MERGED = frozenset(
    {"kpirules", "extends", "variants", "variant_by", "amendments", "edition_by", "examples", "appraisal", "stages"}
)
"""Keys of a rulebook that variants and amendments can't have."""


_RULEBOOK = Shape(
    "rulebook",
    "a rulebook",
    (
        Key("kpirules", VERSION, "The version of the language: 1.", is_required=True),
        Key("id", DOTTED_ID, "The id of the rulebook, possibly dotted."),
        Key("title", LABEL, "Its title, as one text or by language."),
        Key("edition", TEXT, "Which edition of the rulebook this is."),
        Key("source", CITATION, "The regulation that the rulebook implements."),
        Key("note", LABEL, "A remark; it changes nothing."),
        Key("effective", a("effective", "`from` and `until`"), "The period in which it is in force."),
        Key("inputs", INPUTS, "The inputs of a subject."),
        Key("validations", map_of(CONDITION, "conditions by id"), "Conditions on inputs that must hold."),
        Key("parameters", map_of(NAMED, "named values by id"), "Named constants of the regulation."),
        Key("tables", map_of(a("table", "a table"), "tables by id"), "Functions made of rows, or of cases."),
        Key("functions", map_of(a("function", "a function"), "functions by id"), "Formulas with arguments."),
        Key("calendars", map_of(a("calendar", "a calendar"), "calendars by id"), "Calendars of working days."),
        Key("let", map_of(NAMED, "named values by id"), "Named values, computed when something reads them."),
        Key(
            "exemptions",
            map_of(a("exemption", "an exemption"), "exemptions by id"),
            "Conditions for no rating, in order.",
        ),
        Key("criteria", CRITERIA, "The criteria by id."),
        Key("score", a("score", "the score"), "How the criteria are combined."),
        Key("bands", _BANDS, "The rating scale, best band first."),
        Key(
            "overrides",
            map_of(a("override", "an override"), "overrides by id"),
            "What outranks the score, in order.",
        ),
        Key("cohort", COHORT, "Subjects that are compared with each other, and quotas."),
        Key("outputs", map_of(NAMED, "named values by id"), "Named values that are computed after the rating."),
        Key("invariants", map_of(INVARIANT, "invariants by id"), "What must hold for every valid subject."),
        Key("examples", list_of(a("example", "an example"), "a list of examples"), "Worked examples."),
        Key("require_sources", FLAG, "True if every rule must name its source."),
        Key("allow", ALLOW, "Diagnostics accepted on purpose: the code, and the reason."),
        Key("extends", TEXT, "The rulebook that this one changes, by the path from this file."),
        Key("variants", map_of(a("variant", "a variant"), "variants by name"), "Changes for one kind of subject."),
        Key("variant_by", ID, "The choice input that selects the variant of a subject."),
        Key("amendments", AMENDMENTS, "Changes by date."),
        Key("edition_by", ID, "The date input that selects the edition of a subject."),
    ),
)

_CHANGE = tuple(evolve(key, kind=PLAIN, is_required=False) for key in _RULEBOOK.keys if key.name not in NEVER_MERGED)
"""The keys that an overlay may write; only the merged result shows whether they are complete."""

SHAPES = (
    _RULEBOOK,
    Shape(
        "variant",
        "a variant",
        (
            Key("like", ID, "The variant whose changes apply before these."),
            Key("label", LABEL, "Its name for people; it changes nothing."),
            Key("amendments", AMENDMENTS, "Changes by date of this variant alone."),
            *_CHANGE,
        ),
    ),
    Shape(
        "amendment",
        "an amendment",
        (
            Key("from", DATE, "The first day it is in force.", is_required=True),
            Key("change", a("change", "changes of the rulebook"), "What it changes.", is_required=True),
            *WORDS,
        ),
    ),
    Shape("change", "a change", _CHANGE),
    Shape(
        "effective",
        "a period",
        (
            Key("from", DATE, "The first day."),
            Key("until", DATE, "The first day after it."),
        ),
        at_least_one=("from", "until"),
    ),
    Shape(
        "exemption",
        "an exemption",
        (
            Key("when", EXPRESSION, "The condition.", is_required=True),
            Key("status", CASED_ID, "The status instead of a rating.", is_required=True),
            *WORDS,
        ),
    ),
    Shape(
        "bands",
        "bands",
        (
            Key("measure", EXPRESSION, "The number that is banded instead of the score."),
            Key(
                "better",
                BETTER,
                "Which measures are better: by default `higher`; `listed`: in the order of the bands.",
            ),
            Key("fall", word("next"), "`next`: if a requirement fails, the best lower band that holds."),
            Key("overlap", word("best", "worst"), "Which band is given if several apply."),
            Key("levels", _LEVELS, "The bands by id, best first.", is_required=True),
            *WORDS,
        ),
    ),
    Shape(
        "band",
        "a band",
        (
            Key("from", AMOUNT, "The lower end, included."),
            Key("above", AMOUNT, "The lower end, excluded."),
            Key("to", AMOUNT, "The upper end, included."),
            Key("below", AMOUNT, "The upper end, excluded."),
            Key("requires", _REQUIRES, "Further conditions for the band."),
            *WORDS,
        ),
        at_most_one=(("from", "above"), ("to", "below")),
    ),
    Shape(
        "override",
        "an override",
        (
            Key("when", EXPRESSION, "The condition; always by default."),
            Key("band", _VALUE_BAND, "The band that is forced."),
            Key("band_at_most", _VALUE_BAND, "The best band allowed."),
            Key("band_at_least", _VALUE_BAND, "The worst band allowed."),
            Key("unrated", CASED_ID, "The status instead of a rating."),
            *WORDS,
        ),
        exactly_one=("band", "band_at_most", "band_at_least", "unrated"),
    ),
    Shape(
        "example",
        "an example",
        (
            Key("name", TEXT, "Its name, unique among the examples.", is_required=True),
            Key("like", TEXT, "The example whose `given` it extends."),
            Key("given", PLAIN_MAP, "The inputs."),
            Key("expect", a("expect", "what is expected"), "The results to compare, exactly.", is_required=True),
            *WORDS,
            Key("variant", ID, "The variant to assess by."),
            Key("on", DATE, "The date whose edition to assess by."),
            Key("members", list_of(a("member", "a member"), "a list of members", 1), "The members of a cohort."),
        ),
    ),
    Shape(
        "member",
        "a member",
        (
            Key("name", TEXT, "Its name, unique among the members.", is_required=True),
            Key("given", PLAIN_MAP, "Its inputs, besides those of all members."),
        ),
    ),
    Shape(
        "expect",
        "what is expected",
        (
            Key("score", PLAIN, "The published score."),
            Key("band", PLAIN, "The band."),
            Key("status", PLAIN, "`rated`, or why there is no rating."),
            Key("points", PLAIN_MAP, "Points by criterion."),
            Key("share", PLAIN_MAP, "Shares by criterion."),
            Key("let", PLAIN_MAP, "Named values by id."),
            Key("outputs", PLAIN_MAP, "Outputs by id."),
            Key("overrides", Kind("a list of overrides", items=PLAIN), "The overrides that fired."),
            Key("error", TEXT, "The code of an error, or the beginning of one."),
            Key("members", PLAIN_MAP, "The expected results of the members of a cohort, by name."),
        ),
    ),
)
