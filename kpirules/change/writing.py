"""Splits a rulebook into its named parts, each with its keys in the words of the language.

The file is long since it writes every key of the language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from attrs import frozen

from ..kernel.calendars import WEEKDAYS, Calendar
from ..kernel.exact import Rounding, to_text
from ..language.expressions import Expression, Type
from ..language.expressions.tree import Literal
from ..language.model import (
    DEFAULT_MAX_MEMBERS,
    Amount,
    Band,
    BooleanDomain,
    Case,
    Cases,
    ChoiceDomain,
    Cohort,
    Condition,
    Constant,
    Criterion,
    DateDomain,
    Entered,
    Group,
    Input,
    ListDomain,
    Lookup,
    Measure,
    Met,
    Named,
    Need,
    NumberDomain,
    Points,
    Rate,
    Row,
    Rulebook,
    Scale,
    Shape,
    Steps,
    Table,
    TextDomain,
    Thresholds,
    Words,
)

__all__ = ["CHOICE", "KINDS", "ORDERED", "WORDING", "Part", "parts_of"]


KINDS = {
    "inputs": "input",
    "fields": "field",
    "validations": "validation",
    "parameters": "parameter",
    "tables": "table",
    "functions": "function",
    "calendars": "calendar",
    "let": "named value",
    "exemptions": "exemption",
    "criteria": "criterion",
    "limits": "limit",
    "levels": "band",
    "requires": "requirement",
    "overrides": "override",
    "quotas": "quota",
    "outputs": "output",
    "invariants": "invariant",
    "examples": "example",
}
"""The kind of the entries in each mapping of a rulebook."""

ORDERED = frozenset({"levels", "exemptions", "overrides", "examples"})
"""Mappings whose order matters."""

WORDING = frozenset({"label", "column", "title", "note", "source", "unit", "allow", "require_sources"})
"""Keys that never affect a subject."""

CHOICE = frozenset({"effective", "variant_by", "edition_by"})
"""Keys that choose the rules of a subject."""


@frozen
class Part:
    """A part of a rulebook that has a name or keys of its own.

    Args:
        ref: its path: `criteria.results`, `bands.good.requires.enough`; empty for the rulebook itself.
        section: the mapping it belongs to, or its own name: `score`, `bands`.
        id: its name in that mapping.
        above: the ref of its parent.
        keys: the values of its own keys, as plain values.
    """

    ref: str
    section: str
    id: str
    above: str
    keys: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return KINDS.get(self.section, self.section)


def parts_of(rulebook: Rulebook) -> dict[str, Part]:
    """Return every part by its ref, each after its parent.

    Args:
        rulebook: any rulebook.
    """
    return {part.ref: part for part in _parts(rulebook)}


def _parts(rulebook: Rulebook) -> Iterator[Part]:
    """Yield the parts of a rulebook. This is long since it names each section once."""
    words = _words(rulebook.words)
    effective = _present_keys(**{"from": rulebook.effective_from, "until": rulebook.effective_until})
    top = _present_keys(
        id=rulebook.id or None,
        title=words.pop("label", None),
        edition=rulebook.edition or None,
        **words,
        effective=effective or None,
        variant_by=rulebook.variant_by or None,
        edition_by=rulebook.edition_by or None,
        require_sources=rulebook.requires_sources or None,
    )
    yield Part("", "rulebook", rulebook.id, "", top)
    for input_ in rulebook.inputs:
        if input_.entered_for is None:  # a criterion declares the others
            yield from _input(input_, "inputs", "")
    yield from _conditions("validations", rulebook.validations)
    for parameter in rulebook.parameters:
        yield _entry("parameters", parameter.id, value=_text(parameter.formula), **_words(parameter.words))
    for table in rulebook.tables:
        yield _entry("tables", table.id, **_table(table, rulebook))
    for function in rulebook.functions:
        keys = {"args": list(function.args), "value": _text(function.value)}
        yield _entry("functions", function.id, **keys, **_words(function.words))
    for days in rulebook.calendars:
        yield _entry("calendars", days.id, **_calendar(days.calendar), **_words(days.words))
    yield from _named("let", rulebook.let)
    for exemption in rulebook.exemptions:
        keys = {"when": _text(exemption.when), "status": exemption.status}
        yield _entry("exemptions", exemption.id, **keys, **_words(exemption.words))
    if rulebook.root is not None:
        yield from _score(rulebook, rulebook.root)
    if rulebook.bands is not None:
        yield from _bands(rulebook)
    for override in rulebook.overrides:
        keys = _present_keys(**{"when": _text(override.when), override.kind: _text(override.target)})
        yield _entry("overrides", override.id, **keys, **_words(override.words))
    yield from _named("outputs", rulebook.outputs)
    if rulebook.cohort is not None:
        yield from _cohort(rulebook.cohort)
    yield from _conditions("invariants", rulebook.invariants)
    for direction in rulebook.directions:
        keys = _present_keys(
            never_lowers=list(direction.never_lowers) or None, never_raises=list(direction.never_raises) or None
        )
        yield _entry("invariants", direction.id, **keys, **_words(direction.words))
    for example in rulebook.examples:
        keys = _present_keys(
            like=example.like, variant=example.variant, on=example.on, given=_plain(example.given) or None
        )
        if example.members:
            keys["members"] = [{"name": name, "given": _plain(given)} for name, given in example.members.items()]
        keys["expect"] = _plain(example.expect)
        yield _entry("examples", example.name, **keys, **_words(example.words))


def _entry(section: str, id_: str, above: str = "", /, **keys: Any) -> Part:
    return Part(f"{above}.{section}.{id_}" if above else f"{section}.{id_}", section, id_, above, keys)


def _present_keys(**keys: Any) -> dict[str, Any]:
    """Return the keys that have a value."""
    return {key: value for key, value in keys.items() if value is not None}


# -- inputs and named things ----------------------------------------------------------------------


def _input(input_: Input, section: str, above: str) -> Iterator[Part]:
    keys = _domain(input_.domain) | _present_keys(
        optional=input_.is_optional or None, default=input_.default, column=input_.column or None
    )
    part = _entry(section, input_.id, above, **keys, **_words(input_.words))
    yield part
    if isinstance(input_.domain, ListDomain):
        for column in input_.domain.fields:
            yield from _input(column, "fields", part.ref)
        yield from _named("let", input_.domain.let, part.ref)
        yield from _conditions("validations", input_.domain.validations, part.ref)


def _domain(domain: Any) -> dict[str, Any]:
    match domain:
        case NumberDomain():
            return {"type": "integer" if domain.is_integer else "number"} | _present_keys(
                min=domain.minimum,
                max=domain.maximum,
                above=domain.above,
                below=domain.below,
                decimals=domain.decimals,
                step=domain.step,
            )
        case BooleanDomain():
            return {"type": "boolean"}
        case ChoiceDomain(options=options, labels=labels, order=order):
            named = {option: _label(labels[option]) for option in options if option in labels}
            is_named = bool(named) and len(named) == len(options)
            return {"type": "choice", "options": named if is_named else list(options)} | _present_keys(ordered=order)
        case DateDomain(minimum=first, maximum=last):
            return {"type": "date"} | _present_keys(min=first, max=last)
        case TextDomain(max_length=longest):
            return {"type": "text", "max_length": longest}
        case _:
            assert isinstance(domain, ListDomain), "all other domains are matched above"
            counts = {"min_items": domain.min_items, "max_items": domain.max_items}
            return {"type": "list", **counts} | _present_keys(unique=list(domain.unique) or None)


def _named(section: str, named: tuple[Named, ...], above: str = "") -> Iterator[Part]:
    for named_value in named:
        yield _entry(section, named_value.id, above, value=_text(named_value.value), **_words(named_value.words))


def _conditions(section: str, conditions: tuple[Condition, ...], above: str = "") -> Iterator[Part]:
    for condition in conditions:
        yield _entry(section, condition.id, above, that=_text(condition.that), **_words(condition.words))


def _calendar(calendar: Calendar) -> dict[str, Any]:
    days = _present_keys(holidays=sorted(calendar.holidays) or None, makeup=sorted(calendar.makeup) or None)
    weekend = [WEEKDAYS[day] for day in sorted(calendar.weekend)]
    return {"weekend": weekend, **days, "from": calendar.from_, "until": calendar.until}


# -- criteria and tables --------------------------------------------------------------------------


def _score(rulebook: Rulebook, root: Criterion) -> Iterator[Part]:
    keys = _criterion(root)
    if keys.get("combine") == "sum":
        del keys["combine"]
    if rulebook.bands_on_written:
        keys["band_on"] = "exact" if rulebook.bands_on_exact else "rounded"
    if rulebook.better and (rulebook.bands is None or rulebook.bands.measure is None):
        keys["better"] = rulebook.better
    yield Part("score", "score", "score", "", keys)
    for limit in rulebook.score_limits:
        written = _present_keys(when=_text(limit.when), at_most=_text(limit.at_most))
        yield Part(f"score.limits.{limit.id}", "limits", limit.id, "score", written | _words(limit.words))
    for child in root.children:
        yield from _below(child, "")


def _below(criterion: Criterion, above: str) -> Iterator[Part]:
    # Ids of criteria are unique in the whole tree, so the ref omits the group, and a criterion may move.
    ref = f"criteria.{criterion.id}"
    yield Part(ref, "criteria", criterion.id, above, _criterion(criterion))
    for child in criterion.children:
        yield from _below(child, ref)


def _criterion(criterion: Criterion) -> dict[str, Any]:
    return {
        **_body(criterion),
        **_present_keys(
            min=_amount(criterion.written_min),
            max=_amount(criterion.written_max),
            weight=_amount(criterion.weight),
            extra=criterion.is_extra or None,
            applies=_text(criterion.applies),
            missing=criterion.missing,
            outside="clamp" if criterion.is_clamped else None,
            round=_rounding(criterion.round),
        ),
        **_words(criterion.words),
    }


def _body(criterion: Criterion) -> dict[str, Any]:
    match criterion.body:
        case Points(value=value):
            return {"points": _text(value)}
        case Rate(value=value):
            return {"rate": _text(value)}
        case Met(condition=condition):
            return {"met": _text(condition)}
        case Measure(measure=measure, shape=shape):
            return {"measure": _text(measure), **_shape(shape, "points")}
        case Cases() as cases:
            return _cases(cases, "points")
        case Entered(step=step, column=column):
            return {"entered": _present_keys(step=_amount(step), column=column or None)}
        case Group() as group:
            return _present_keys(
                combine=group.combine,
                points=_text(group.points),
                weights="relative" if group.are_weights_relative else None,
                rescale=group.rescale,
                require_share=_amount(group.require_share),
            )


def _cases(cases: Cases, gives: str) -> dict[str, Any]:
    rows = [_present_keys(when=_when(row)) | _given(row, gives) | _words(row.words) for row in cases.rows]
    return {"cases": rows} | _present_keys(unique=cases.is_unique or None)


def _when(case: Case) -> Any:
    if case.condition is not None:
        return _text(case.condition)
    return {need.name: _need(need) for need in case.needs} or None


def _need(need: Need) -> Any:
    if need.ends:
        return {key: _constant(constant) for key, constant in need.ends}
    values = [_constant(constant) for constant in need.among]
    return values[0] if len(values) == 1 else values


def _constant(constant: Constant) -> Any:
    return constant.value if constant.parameter is None else constant.parameter


def _given(row: Row | Case, gives: str) -> dict[str, Any]:
    """Return the result of a row or case, under its key."""
    key = "undefined" if row.is_undefined else "rate" if row.is_rate else gives
    value = row.gives if isinstance(row.gives, str) else _amount(row.gives)
    return {key: True if row.is_undefined else value}


def _rounding(rounding: Rounding | None) -> dict[str, Any] | None:
    if rounding is None:
        return None
    named = rounding.parameter
    step = {"places": named or rounding.places} if rounding.to is None else {"to": named or rounding.to}
    return {**step, "mode": rounding.mode}


def _table(table: Table, rulebook: Rulebook) -> dict[str, Any]:
    clamped = "clamp" if isinstance(table.shape, Scale) and table.shape.is_clamped else None
    return {
        **_present_keys(args=list(table.args) or None),
        **(_cases(table.shape, "value") if isinstance(table.shape, Cases) else _shape(table.shape, "value")),
        **_present_keys(gives=_gives(table.gives, rulebook), outside=clamped),
        **_words(table.words),
    }


def _gives(gives: Type, rulebook: Rulebook) -> Any:
    if gives.kind != "choice":
        return None
    bands = rulebook.bands
    if bands is not None and gives.options == bands.ids and gives.order == "best_first":
        return "bands"
    return {"options": list(gives.options)} | _present_keys(ordered=gives.order)


def _shape(shape: Shape, gives: str) -> dict[str, Any]:
    match shape:
        case Steps(rows=rows):
            return {"steps": [_row(row, gives) for row in rows]}
        case Scale(knots=knots):
            return {"scale": [[_amount(x), _amount(y)] for x, y in knots]}
        case Thresholds(comparison=comparison, thresholds=thresholds, each=each):
            return {
                "thresholds": {comparison: [_amount(threshold) for threshold in thresholds], "each": _amount(each)}
            }
        case Lookup(rows=rows):
            return {"lookup": {_option(row): _row(row, gives) for row in rows}}


def _option(row: Row) -> str:
    return "else" if row.option is None else row.condition


def _row(row: Row, gives: str) -> dict[str, Any]:
    return {**_ends(row), **_present_keys(equals=_amount(row.equals)), **_given(row, gives), **_words(row.words)}


def _ends(row: Row | Band) -> dict[str, Any]:
    return _present_keys(
        **{
            "above" if row.is_lower_open else "from": _amount(row.lower),
            "below" if row.is_upper_open else "to": _amount(row.upper),
        }
    )


# -- rating ---------------------------------------------------------------------------------------


def _bands(rulebook: Rulebook) -> Iterator[Part]:
    bands = rulebook.bands
    assert bands is not None, "the caller checked it"
    keys = _present_keys(
        measure=_text(bands.measure),
        better=rulebook.better or None if bands.measure is not None else None,
        fall="next" if bands.falls_to_next else None,
        overlap=bands.overlap,
    )
    yield Part("bands", "bands", "bands", "", keys | _words(bands.words))
    for band in bands.levels:
        ref = f"bands.{band.id}"
        yield Part(ref, "levels", band.id, "bands", _ends(band) | _words(band.words))
        yield from _conditions("requires", band.requires, ref)


def _cohort(cohort: Cohort) -> Iterator[Part]:
    most = None if cohort.max_members == DEFAULT_MAX_MEMBERS else Fraction(cohort.max_members)
    yield Part("cohort", "cohort", "cohort", "", _listed(within=cohort.within) | _present_keys(max_members=most))
    for quota in cohort.quotas:
        keys = {
            "band": quota.band,
            "at_most": _text(quota.at_most),
            "of": "all" if quota.of is None else list(quota.of),
            "base": quota.base,
            "round": quota.round,
            "minimum": _text(quota.minimum),
            "order": [_text(formula) for formula in quota.order],
            "ties": quota.ties,
            "demote_to": quota.demote_to,
            **_listed(within=quota.within, uniform=quota.uniform),
            **_present_keys(when=_text(quota.when)),
        }
        yield Part(f"cohort.quotas.{quota.id}", "quotas", quota.id, "cohort", keys | _words(quota.words))


def _listed(**names: tuple[str, ...]) -> dict[str, Any]:
    """Return the lists of names that are not empty."""
    return {key: list(ids) for key, ids in names.items() if ids}


# -- values ---------------------------------------------------------------------------------------


def _amount(amount: Amount | None) -> Any:
    return None if amount is None else amount.parameter or amount.value


def _text(expression: Expression | str | None) -> Any:
    """Return a formula as written, or as a number if it is a literal, whose text may be too long."""
    if not isinstance(expression, Expression):
        return expression
    tree = expression.tree
    if isinstance(tree, Literal) and isinstance(tree.value, Fraction) and to_text(tree.value) == expression.text:
        return tree.value
    return expression.text


def _words(words: Words) -> dict[str, Any]:
    source = words.source
    citation: Any = None
    if source is not None:
        place = _present_keys(
            document=source.document or None,
            article=source.article or None,
            clause=source.clause or None,
            url=source.url or None,
        )
        citation = source.text or place
    return _present_keys(
        unit=words.unit or None,
        label=None if words.label is None else _label(words.label),
        note=None if words.note is None else _label(words.note),
        source=citation,
        allow={entry.code: entry.reason for entry in words.allow} or None,
    )


def _label(label: Any) -> Any:
    return label.texts[""] if list(label.texts) == [""] else dict(label.texts)


def _plain(value: Any) -> Any:
    """Return the values of an example as for JSON, except for exact numbers and dates."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if value is None or isinstance(value, str | bool | int | Fraction | date):
        return value
    raise TypeError(f"a document holds no {type(value).__name__}")
