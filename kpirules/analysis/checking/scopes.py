"""The names of a rulebook, and which of them each stage of an assessment can read (§2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from attrs import evolve, frozen

from ...kernel.certain import given as given_value
from ...kernel.mappings import FrozenMap
from ...language.expressions import CALENDAR, NUMBER, UNKNOWN, Decision, Definition, Scope, Type
from ...language.expressions import Table as Signature
from ...language.expressions.presence import NOTHING
from ...language.expressions.tree import Literal
from ...language.model import Criterion, ListDomain, Rulebook, comparing_let
from .places import CRITERIA, GIVEN, ITEM, QUOTA, TABLE, case_path

__all__ = ["OF_QUOTA", "Vocabulary", "children_record", "flat_names", "member_scope", "rated_scope", "vocabulary"]

JUDGED_LATER = "criteria are judged after this"
SCORED_LATER = "the score is known after this"
BANDED_LATER = "the band is decided after this"
NO_SCORE = "nothing earns points in this rulebook"
NO_BANDS = "the rulebook has no bands"
OUTPUTS_LATER = "outputs come last, once the subject is rated"
NOT_UNIFORM = "only parameters and inputs named under `uniform` can be read here"
OF_QUOTA = "quotas act once members are compared"
ONE_RECORD = "a computed field reads one record, inputs and parameters"
NOT_THIS_VERSION = "the status is what this decides, and is read by nothing"
LATE_PREFIXES = ("points.", "share.", "max.", "children.")
NO_VALIDITY = "members are compared once all of them are valid"
COMPARED_LATER = "it compares members, which is done once all of them are valid"
BY_ITSELF = "compared values belong to each member by itself"
COMPARES = f"it compares members, and {BY_ITSELF}"
RATED_BY_OUTPUTS = "only outputs compare what members come to: elsewhere they are compared before any is rated"
NO_COMPARISON = "a computed field reads one record, inputs and parameters"
OF_TABLE = "a table decides by its `args`, parameters and calendars alone"
NO_TABLE = "a case calls no table of cases"
NO_OUTPUTS: Mapping[str, Type] = FrozenMap()


@frozen
class Vocabulary:
    """The names of a rulebook with their types, as far as they are known.

    The mappings are filled while the rulebook is typed in the order of dependencies.

    Args:
        early: inputs, parameters, calendars and the `let` that read only these.
        judged: the early names, with criteria and every `let`.
        records: the fields of each list's records, computed ones included.
        scopes: the scopes by stage.
        late: the `let` that read criteria or compare members.
        definitions: the formulas of parameters and every `let`, the same in all scopes.
    """

    early: dict[str, Type]
    judged: dict[str, Type]
    records: dict[str, dict[str, Type]]
    scopes: dict[str, Scope]
    late: frozenset[str]
    definitions: dict[str, Definition]

    def settle(self, name: str, type_: Type) -> None:
        """Let later expressions read a name with its type."""
        self.judged[name] = type_
        if name in self.early:
            self.early[name] = type_


def vocabulary(rulebook: Rulebook) -> Vocabulary:
    """Return the names of a rulebook before typing: `let` and computed fields are unknown.

    This is long since it says once what each place of a rulebook may read.
    """
    records: dict[str, dict[str, Type]] = {}
    early = _given(rulebook, records)
    late, comparing = _late_names(rulebook), comparing_let(rulebook)
    early.update({named.id: UNKNOWN for named in rulebook.let if named.id not in late})
    judged = early | dict.fromkeys(late, UNKNOWN) | _criteria(rulebook)
    definitions = {
        parameter.id: Definition(Literal(parameter.value), NOTHING, NOTHING, NOTHING)
        for parameter in rulebook.parameters
        if isinstance(parameter.value, Fraction)
    }
    tables = {table.id: Signature(table.takes, table.gives) for table in rulebook.tables if table.cases is None}
    common = Scope(
        early, definitions=definitions, tables=tables, constants={p.id: p.value for p in rulebook.parameters}
    )
    groups = {group.id: children_record(group) for group in rulebook.groups()}
    later = _rating_reasons(rulebook)
    deciding = _deciding(rulebook, common, (*judged, *later))
    common = evolve(common, tables=tables | deciding)
    definitions |= {f"{id_}()": Definition(Literal(False), NOTHING, NOTHING, NOTHING) for id_ in deciding}
    criteria_reasons = {
        **{name: JUDGED_LATER for name in judged if name not in early},
        **{f"children.{id_}": JUDGED_LATER for id_ in groups},
        **dict.fromkeys(late, f"it reads points, and {JUDGED_LATER}"),
        **dict.fromkeys(comparing, COMPARED_LATER),
    }
    no_share = _without_share(rulebook)
    given = evolve(common, elsewhere=no_share | later | criteria_reasons, no_cohort=NO_VALIDITY)
    member = evolve(given, elsewhere={**given.elsewhere, **dict.fromkeys(comparing, COMPARES)})
    scopes = {
        GIVEN: given,
        CRITERIA: evolve(
            common,
            names=judged,
            groups=groups,
            elsewhere=no_share | later,
            cohort=evolve(member, no_cohort=BY_ITSELF),
        ),
    }
    elsewhere = no_share | later | criteria_reasons
    scopes |= _of_records(rulebook, common, records, elsewhere)
    scopes |= {f"{TABLE}{id_}": _of_table(table) for id_, table in deciding.items()}
    rated = [name for name, why in later.items() if why in (SCORED_LATER, BANDED_LATER)]
    scopes |= _of_shares(rulebook, evolve(common, elsewhere=elsewhere), [*judged, *rated])
    return Vocabulary(early, judged, records, scopes, late, definitions)


def _of_records(
    rulebook: Rulebook, common: Scope, records: Mapping[str, dict[str, Type]], elsewhere: Mapping[str, str]
) -> dict[str, Scope]:
    """Return the scopes of computed fields: one record and the names that are the same for all."""
    of_let = frozenset(named.id for named in rulebook.let)
    single = {name: type_ for name, type_ in common.names.items() if type_.kind != "list" and name not in of_let}
    hidden = dict.fromkeys((name for name in common.names if name not in single), ONE_RECORD)
    alone = evolve(common, names=single, elsewhere={**elsewhere, **hidden}, no_cohort=NO_COMPARISON)
    return {f"{ITEM}{id_}": alone.bind("item", Type("list", fields=fields)) for id_, fields in records.items()}


def _of_table(table: Signature) -> Scope:
    """Return the scope of the conditions of a decision table; a call gives the types of its arguments."""
    decision = given_value(table.decision, "cases ask something")
    return evolve(decision.scope, names={**decision.scope.names, **dict.fromkeys(decision.args, UNKNOWN)})


def _of_shares(rulebook: Rulebook, common: Scope, known: Iterable[str]) -> dict[str, Scope]:
    """Return the scopes of the shares of quotas: the names that are equal for all members of a group."""
    constant = {one.id for one in rulebook.parameters} | {one.id for one in rulebook.calendars}
    scopes = {}
    for quota in rulebook.quotas:
        equal = {name: type_ for name, type_ in common.names.items() if name in constant or name in quota.uniform}
        others = dict.fromkeys((name for name in known if name not in equal), NOT_UNIFORM)
        scopes[f"{QUOTA}{quota.id}"] = evolve(
            common,
            names=equal,
            elsewhere={**common.elsewhere, **others},
            no_cohort="a quota is the same for every member",
        )
    return scopes


def _deciding(rulebook: Rulebook, common: Scope, others: Iterable[str]) -> dict[str, Signature]:
    """Return the scopes of tables of cases, which read only constants besides their arguments.

    Args:
        rulebook: the rules.
        common: the scope with the types of constants, and the tables of rows.
        others: the names that such a table can't read.
    """
    tables = [(table, table.cases) for table in rulebook.tables if table.cases is not None]
    constant = [parameter.id for parameter in rulebook.parameters] + [calendar.id for calendar in rulebook.calendars]
    names = {id_: common.names[id_] for id_ in constant}
    elsewhere = dict.fromkeys((name for name in others if name not in names), OF_TABLE)
    elsewhere |= {table.id: NO_TABLE for table, _ in tables}
    scope = evolve(common, names=names, elsewhere=elsewhere, no_cohort=OF_TABLE)
    return {
        table.id: Signature(
            table.takes,
            table.gives,
            Decision(
                table.args,
                tuple((case_path(table.words.path, row), row.conditions) for row in cases.rows),
                cases.is_unique,
                scope,
            ),
        )
        for table, cases in tables
    }


def _given(rulebook: Rulebook, records: dict[str, dict[str, Type]]) -> dict[str, Type]:
    """Return the types of the names known from the start; `records` collects the fields of lists."""
    names: dict[str, Type] = {}
    entered_where_it_applies = {
        part.id for criterion in rulebook.criteria() if criterion.applies is not None for part in criterion.walk()
    }
    for declared in rulebook.inputs:
        type_ = declared.type
        if isinstance(declared.domain, ListDomain):
            fields = dict(type_.fields) | {named.id: UNKNOWN for named in declared.domain.let}
            records[declared.id] = fields
            type_ = evolve(type_, fields=fields)
        if declared.entered_for in entered_where_it_applies:
            type_ = type_.optional
        names[declared.id] = type_
    names.update({parameter.id: parameter.type for parameter in rulebook.parameters})
    names.update({calendar.id: CALENDAR for calendar in rulebook.calendars})
    return names


def _late_names(rulebook: Rulebook) -> frozenset[str]:
    """Return the `let` that read criteria or compare members, directly or through other `let`."""
    readers: dict[str, list[str]] = {}
    pending = list(comparing_let(rulebook))
    for named in rulebook.let:
        names = named.value.names
        if any(name.startswith(LATE_PREFIXES) for name in names):
            pending.append(named.id)
        for name in names:
            readers.setdefault(name, []).append(named.id)
    late: set[str] = set()
    while pending:
        id_ = pending.pop()
        if id_ not in late:
            late.add(id_)
            pending += readers.get(id_, ())
    return frozenset(late)


def _criteria(rulebook: Rulebook) -> dict[str, Type]:
    """Return the types of `points.x`, `max.x` and `share.x` where they exist, as if nothing could be absent."""
    names: dict[str, Type] = {}
    for criterion in rulebook.criteria():
        names[f"points.{criterion.id}"] = NUMBER
        if criterion.max is not None:
            names[f"max.{criterion.id}"] = NUMBER
        if criterion.has_share:
            names[f"share.{criterion.id}"] = NUMBER
    return names


def _without_share(rulebook: Rulebook) -> dict[str, str]:
    reasons = {}
    for criterion in rulebook.criteria():
        if criterion.max is None:
            reasons[f"max.{criterion.id}"] = f"`{criterion.id}` has no max"
            reasons[f"share.{criterion.id}"] = f"`{criterion.id}` has no max, so it has no share of it"
        elif not criterion.has_share:
            reasons[f"share.{criterion.id}"] = f"the max of `{criterion.id}` is 0, so it has no share of it"
    return reasons


def children_record(group: Criterion) -> Type:
    """Return the type of the records of `children.<group>`."""
    return Type(
        "list",
        fields=FrozenMap(
            {
                "points": NUMBER,
                "share": _optional_if(NUMBER, any(not child.has_share for child in group.children)),
                "max": _optional_if(NUMBER, any(child.max is None for child in group.children)),
                "weight": NUMBER,
            }
        ),
    )


def _optional_if(type_: Type, may_be_absent: bool) -> Type:
    return type_.optional if may_be_absent else type_


def _rating_reasons(rulebook: Rulebook) -> dict[str, str]:
    """Return why names of the rating can't be read before there is one."""
    flat = flat_names(rulebook)
    return {
        **{named.id: OUTPUTS_LATER for named in rulebook.outputs if named.id not in flat},
        "score": NO_SCORE if rulebook.root is None else SCORED_LATER,
        "exact_score": NO_SCORE if rulebook.root is None else SCORED_LATER,
        "band": NO_BANDS if rulebook.bands is None else BANDED_LATER,
        "status": NOT_THIS_VERSION,
    }


def flat_names(rulebook: Rulebook) -> frozenset[str]:
    """Return the names that an output of the same name does not hide."""
    parts = (rulebook.inputs, rulebook.parameters, rulebook.calendars, rulebook.let)
    return frozenset(part.id for group in parts for part in group)


def rated_scope(
    rulebook: Rulebook,
    names: Vocabulary,
    *,
    is_score_optional: bool,
    is_band_optional: bool | None,
    outputs: Mapping[str, Type] = NO_OUTPUTS,
) -> Scope:
    """Return the scope once there is a score.

    Args:
        rulebook: the rules.
        names: the names typed so far, up to the bands.
        is_score_optional: whether the score may be absent.
        is_band_optional: whether the band may be absent; None if it is not decided yet.
        outputs: types of the outputs that can be read.
    """
    known = dict(names.judged)
    if rulebook.root is not None:
        known |= dict.fromkeys(("score", "exact_score"), _optional_if(NUMBER, is_score_optional))
    if rulebook.bands is not None and is_band_optional is not None:
        known["band"] = _optional_if(Type("choice", rulebook.bands.ids, "best_first"), is_band_optional)
    flat = flat_names(rulebook)
    known |= {id_: type_ for id_, type_ in outputs.items() if id_ not in flat}
    scope = names.scopes[CRITERIA]
    elsewhere = {name: why for name, why in scope.elsewhere.items() if name not in known}
    assert scope.cohort is not None, "criteria compare members"
    of_members = {
        name: RATED_BY_OUTPUTS if name in known and why != COMPARES else why
        for name, why in scope.cohort.elsewhere.items()
    }
    return evolve(scope, names=known, elsewhere=elsewhere, cohort=evolve(scope.cohort, elsewhere=of_members))


def member_scope(rulebook: Rulebook, scope: Scope) -> Scope:
    """Return the scope of compared values in outputs: a member's own values, and its rating except the band.

    Args:
        rulebook: the rules.
        scope: the scope of outputs.
    """
    comparing = comparing_let(rulebook)
    known = {name: type_ for name, type_ in scope.names.items() if name not in comparing}
    known.pop("band", None)
    flat = flat_names(rulebook)
    outputs = [named.id for named in rulebook.outputs if named.id not in flat]
    elsewhere = {
        **scope.elsewhere,
        **dict.fromkeys(comparing, COMPARES),
        **dict.fromkeys(outputs, OUTPUTS_LATER),
        "band": "a quota may change it once all members are compared",
    }
    return evolve(scope, names=known, elsewhere=elsewhere, cohort=None, no_cohort=BY_ITSELF)
