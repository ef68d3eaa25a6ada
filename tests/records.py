"""Recorded assessments: some written by hand as engines record them, and generated ones of every shape."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin

import attrs
from hypothesis import strategies as st

from kpirules.kernel.exact import to_decimal
from kpirules.kernel.mappings import FrozenMap
from kpirules.language.wording import Citation, Label
from kpirules.record import (
    Assessment,
    Computation,
    Condition,
    Contribution,
    Entry,
    Legend,
    LimitOutcome,
    Margin,
    Outcome,
    OverrideOutcome,
    Requirement,
    Value,
)
from kpirules.record.parts import OneOf

F = Fraction


def words(text: str, *, language: str = "vi", source: str = "", **others: Any) -> Entry:
    label = Label(FrozenMap({language: text})) if text else None
    return Entry(label, source=Citation(text=source) if source else None, **others)


def computation(formula: str, value: Value, **readings: Value) -> Computation:
    named = tuple((name.replace("__", "."), read) for name, read in readings.items())
    return Computation(formula, named, value)


def scored(id_: str, points: Fraction | int, of: int | None, parent: str = "score", **others: Any) -> Outcome:
    points = F(points)
    if "contributions" not in others:
        others["contributions"] = (Contribution("own", "", points),)
    share = points / of if of else None
    most = None if of is None else F(of)
    return Outcome(id_, "scored", points, F(0), most, share=share, parent=parent, **others)


def adding(*parts: tuple[str, Fraction | int]) -> tuple[Contribution, ...]:
    return tuple(Contribution("criterion", id_, F(points)) for id_, points in parts)


STAFF_LEGEND = Legend(
    title=Label(FrozenMap({"vi": "Đánh giá, xếp loại chất lượng công chức", "en": "Rating of civil servants"})),
    source=Citation(text="Nghị định 335/2025/NĐ-CP", url="https://example.org/nd335?a=1&b=2"),
    entries=FrozenMap(
        {
            "criteria.general": words("Tiêu chí chung"),
            "criteria.results": words("Kết quả thực hiện nhiệm vụ", source="Điều 14"),
            "bands.excellent": words("Hoàn thành xuất sắc nhiệm vụ", formula="from 90"),
            "bands.good": words("Hoàn thành tốt nhiệm vụ", formula="from 70"),
            "bands.fair": words("Hoàn thành nhiệm vụ", formula="from 50"),
            "bands.poor": words("Không hoàn thành nhiệm vụ", formula="from 0"),
            "overrides.discipline": words("", source="Điều 20 khoản 4", formula="disciplined"),
            "exemptions.short_service": words("", source="Điều 11"),
        }
    ),
    bands=("excellent", "good", "fair", "poor"),
    rounding="to 2 places, half_up",
)

QUANTITY, QUALITY, PROGRESS = F(11, 12), F(43, 48), F(7, 8)
RESULTS = F(70) * (QUANTITY + QUALITY + PROGRESS) / 3

LET = {
    "assigned": computation(
        "sum(t.coefficient * t.assigned for t in tasks)",
        F(12),
        **{"sum(t.coefficient * t.assigned for t in tasks)": F(12)},
    ),
    "quantity": computation(
        "min(ratio(sum(t.coefficient * t.completed for t in tasks), assigned, if_zero=0), 1)",
        QUANTITY,
        **{"sum(t.coefficient * t.completed for t in tasks)": F(11), "assigned": F(12)},
    ),
    "quality": computation(
        "min(ratio(sum(t.quality for t in tasks), assigned, if_zero=0), 1)",
        QUALITY,
        **{"sum(t.quality for t in tasks)": F("10.75"), "assigned": F(12)},
    ),
    "progress": computation(
        "min(ratio(sum(t.progress for t in tasks), assigned, if_zero=0), 1)",
        PROGRESS,
        **{"sum(t.progress for t in tasks)": F("10.5"), "assigned": F(12)},
    ),
}


def _rule(formula: str, value: Value, **readings: Value) -> FrozenMap[str, Computation]:
    part = "met" if isinstance(value, bool) else "measure"
    return FrozenMap({part: computation(formula, value, **readings)})


def staff(general: str = "26.5", *, disciplined: bool = False) -> Assessment:
    """Return the rating of a civil servant by a decree: 30 points entered, 70 measured, two places."""
    innovation = F(general) - 18
    exact = F(general) + RESULTS
    score = F(round(exact * 100), 100)
    rate = computation(
        "(quantity + quality + progress) / 3", RESULTS / 70,
        quantity=QUANTITY, quality=QUALITY, progress=PROGRESS,
    )  # fmt: skip
    outcomes = [
        scored("ethics", 9, 10, "general", row="entered"),
        scored("competence", 9, 10, "general", row="entered"),
        scored("innovation", innovation, 10, "general", row="entered"),
        scored(
            "general", F(general), 30,
            contributions=adding(("ethics", 9), ("competence", 9), ("innovation", innovation)),
        ),
        scored("results", RESULTS, 70, computations=FrozenMap({"rate": rate})),
        scored(
            "score", score, 100, "",
            contributions=(
                *adding(("general", F(general)), ("results", RESULTS)),
                Contribution("rounding", "", score - exact),
            ),
        ),
    ]  # fmt: skip
    by_score = "excellent" if score >= 90 else "good"
    fired = OverrideOutcome("discipline", "band", "poor", True, computation("disciplined", True, disciplined=True))
    return Assessment(
        "vn.nd335_2025.staff",
        "2026-01",
        "",
        "5c0e",
        "c0de",
        "rated",
        score=to_decimal(score),
        exact_score=exact,
        band="poor" if disciplined else by_score,
        outcomes=FrozenMap({outcome.id: outcome for outcome in outcomes}),
        let=FrozenMap({id_: one.value for id_, one in LET.items()}),
        let_computations=FrozenMap(LET),
        bands_inside=(by_score,),
        overrides=(fired,) if disciplined else (),
        margin=Margin(to_decimal(90 - score), to_decimal(score - 70), False, "excellent", "fair", False, True)
        if by_score == "good"
        else Margin(None, to_decimal(score - 90), worse="good", is_down_open=True),
        legend=STAFF_LEGEND,
    )


UNIT_LEGEND = Legend(
    title=Label(FrozenMap({"": "Quarterly rating of a unit"})),
    entries=FrozenMap(
        {
            "criteria.score": Entry(formula="mean"),
            "criteria.delivery": words("Delivery of the year's programme", language="", source="Art. 7 (2)"),
            "criteria.digital": words("Digital services", language="", note=Label(FrozenMap({"": "If any."}))),
            "criteria.complaints": words("Complaints", language=""),
            "criteria.surveys": words("Surveys of the public", language=""),
            "limits.late_report": words("Report was late", language="", source="Art. 9", formula="cap"),
            "bands.a": words("Outstanding", language="", formula="from 90"),
            "bands.b": words("Good", language="", formula="from 70 below 90"),
            "bands.c": words("Fair", language="", formula="from 50 below 70"),
            "requires.a.exceeds": words("Three in ten tasks exceed the target", language="", source="Art. 8a"),
            "requires.a.settled": words("Everything found last time is settled", language=""),
            "outputs.bonus": words("Bonus", language="", unit="VND", formula="salary * 0.3"),
            "invariants.sane": words("Done is at most assigned", language=""),
            "let.attainment": words("Attainment", language="", unit="%"),
        }
    ),
    bands=("a", "b", "c"),
)


def unit() -> Assessment:
    """Return a unit without a band: its score is in the best band, whose requirement fails."""
    let: dict[str, Value] = {"attainment": F("0.97"), "since": date(2026, 1, 1), "remark": "long " * 30}
    assumed: dict[str, Value] = {"tasks[3].failures": F(0), "place": "Hà Nội", "checked": False}
    exceeds = computation("exceeding >= 30%", False, exceeding=F("0.28"))
    digital = computation("digital_targets > 0", False, digital_targets=F(0))
    absent = computation("answered / asked", None, answered=None, asked=F(12))
    outcomes = [
        scored(
            "delivery", 95, 100, weight=F("0.5"), row="from 0.95 below 1",
            computations=_rule("attainment", F("0.97"), attainment=F("0.97")),
            contributions=(Contribution("own", "", F("96.6")), Contribution("rounding", "", F("-1.6"))),
        ),
        Outcome(
            "digital", "excluded", min=F(0), max=F(100), weight=F("0.2"), parent="score", why="applies",
            computations=FrozenMap({"applies": digital}),
        ),
        Outcome(
            "surveys", "missing", points=F(0), min=F(0), max=F(100), weight=F("0.1"), share=F(0),
            parent="score", why="absent", policy="zero", computations=FrozenMap({"rate": absent}),
            contributions=(Contribution("own", "", F(0)),),
        ),
        scored(
            "complaints", 100, 100, weight=F("0.2"),
            computations=_rule("complaints == 0", True, complaints=F(0)),
        ),
        scored(
            "score", 90, 100, "",
            contributions=(
                *adding(("delivery", F("59.375")), ("surveys", 0), ("complaints", 25)),
                Contribution("clamp", "", F("10")),
                Contribution("limit", "late_report", F("-4.375")),
            ),
        ),
    ]  # fmt: skip
    return Assessment(
        "unit.quarter",
        "",
        "head",
        "aa",
        "bb",
        "undefined",
        score=Decimal(90),
        exact_score=F(90),
        because=("requires.a.exceeds",),
        outcomes=FrozenMap({outcome.id: outcome for outcome in outcomes}),
        let=FrozenMap(let),
        not_needed=("spare", "other"),
        let_computations=FrozenMap(
            {
                "attainment": computation("done / planned", F("0.97"), done=F(97), planned=F(100)),
                "since": computation("started", date(2026, 1, 1), started=date(2026, 1, 1)),
                "remark": computation("'long' if x else y", "long " * 30, x=True),
            }
        ),
        bands_inside=("a",),
        requirements=(
            Requirement("a", "exceeds", False, exceeds),
            Requirement("a", "settled", True, computation("settled", True, settled=True)),
        ),
        limits=(
            LimitOutcome("late_report", True, True, F(90), computation("report_days > 5", True, report_days=F(7))),
            LimitOutcome("no_report", False, False, None, computation("not reported", False, reported=True)),
        ),
        invariants=(
            Condition("sane", False, computation("done <= planned", False, done=F(3), planned=F(2))),
            Condition("other", True, computation("True", True)),
        ),
        assumed=FrozenMap(assumed),
        margin=Margin(),
        legend=UNIT_LEGEND,
    )


def exempt() -> Assessment:
    """Return the record of an exempt subject."""
    short = computation("months_worked < 6", True, months_worked=F(5))
    return Assessment(
        "vn.nd335_2025.staff",
        "",
        "",
        "5c0e",
        "c0de",
        "not_classified",
        because=("exemptions.short_service",),
        exemption=Condition("short_service", True, short),
        legend=STAFF_LEGEND,
    )


# -- generated records ---------------------------------------------------------------------------------

WICKED = (
    "<script>alert(1)</script>",
    "a & b <i class='x'>\"quoted\"</i>",
    "\x1b[31mred\x07",
    "\u202eright to left",
    "line\nbreak\r\ttab",
    "`code` *bold* _it_ [link](javascript:alert(1)) ![x](y) # | ~~s~~",
    "1. first",
    "- item",
    "{0} {name} %s",
    "等级 e\u0301 👩‍👧",
    "good",
    "criteria.a: from 1",
)

TEXTS = st.one_of(st.sampled_from(WICKED), st.text(max_size=12))
FRACTIONS = st.one_of(
    st.sampled_from([F(0), F(1), F(-1), F("89.58"), F(385, 6), F(1, 10**30), F(10**40 + 1, 10**35 + 7)]),
    st.fractions(max_denominator=1000),
)
DECIMALS = st.builds(lambda n, places: to_decimal(F(n, 10**places)), st.integers(-(10**9), 10**9), st.integers(0, 9))
DATES = st.dates(date(1, 1, 1), date(9999, 12, 31))
VALUES = st.one_of(st.none(), st.booleans(), FRACTIONS, TEXTS, DATES)
IDS = st.sampled_from(["score", "a", "b", "c", "good", "<b>"])

VOCABULARY: dict[tuple[str, str], st.SearchStrategy[Any]] = {
    ("Outcome", "id"): IDS,
    ("Outcome", "parent"): IDS,
    ("Outcome", "row"): st.one_of(st.sampled_from(["", "entered", "otherwise"]), TEXTS),
    ("Contribution", "id"): IDS,
    ("Requirement", "band"): IDS,
    ("OverrideOutcome", "target"): IDS,
    ("Margin", "up"): st.one_of(st.none(), DECIMALS, st.just(F(1, 3))),
    ("Margin", "down"): st.one_of(st.none(), DECIMALS),
    ("Legend", "bands"): st.lists(IDS, unique=True, max_size=4).map(tuple),
    ("Legend", "rounding"): st.sampled_from(
        ["", "to 2 places, half_up", "to multiples of 0.5, floor", "<odd>"]
    ),
    ("Assessment", "status"): st.sampled_from(["rated", "undefined", "insufficient", "not_classified"]),
    ("Assessment", "band"): st.one_of(st.none(), IDS),
    ("Assessment", "bands_inside"): st.lists(IDS, unique=True, max_size=3).map(tuple),
    ("Assessment", "because"): st.lists(
        st.one_of(
            st.sampled_from(["bands", "bands.a", "bands.b", "requires.a.x", "exemptions.e", "overrides.o"]),
            st.sampled_from(["criteria.a", "criteria.a: from 1", "outputs.x"]),
            TEXTS,
        ),
        max_size=4,
    ).map(tuple),
    ("Citation", "url"): st.sampled_from(
        ["", "https://example.org/?a=1&b=%3C", "javascript:alert(1)", "https://x y"]
    ),
}  # fmt: skip


@cache
def of_type(type_: Any) -> st.SearchStrategy[Any]:
    """Return a strategy of the values of a record's type."""
    single = {
        str: TEXTS, bool: st.booleans(), int: st.integers(0, 10**9), Fraction: FRACTIONS, Decimal: DECIMALS, Value: VALUES,
    }  # fmt: skip
    if type_ in single:
        return single[type_]
    if attrs.has(type_):
        return anything(type_)
    match get_origin(type_), get_args(type_):
        case origin, (part, end) if origin is UnionType and end is NoneType:
            return st.one_of(st.none(), of_type(part))
        case origin, (part, end) if origin is tuple and end is Ellipsis:
            return st.lists(of_type(part), max_size=3).map(tuple)
        case origin, parts if origin is tuple:
            return st.tuples(*map(of_type, parts))
        case origin, (_, OneOf(words=words)) if origin is Annotated:
            return st.sampled_from(words)
        case _, (name, part):
            names = st.one_of(IDS, TEXTS) if name is str else of_type(name)
            return st.dictionaries(names, of_type(part), max_size=3).map(FrozenMap)
    raise TypeError(type_)


def anything(type_: Any) -> st.SearchStrategy[Any]:
    """Return a strategy of the values of a record's class, with allowed words only."""
    attrs.resolve_types(type_)
    fields = {}
    for field in attrs.fields(type_):
        closed = VOCABULARY.get((type_.__name__, field.name))
        fields[field.name] = of_type(field.type) if closed is None else closed
    return st.builds(type_, **fields)


def records() -> st.SearchStrategy[Assessment]:
    """Return a strategy of records of every shape, even some that no engine would write."""
    return anything(Assessment).map(
        lambda record: attrs.evolve(
            record, outcomes=FrozenMap({outcome.id: outcome for outcome in record.outcomes.values()})
        )
    )
