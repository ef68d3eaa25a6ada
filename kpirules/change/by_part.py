"""Rulebooks with variants or editions, compared part by part: which rules face which, and whom they rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from attrs import evolve, frozen

from ..diagnostics import Report
from ..errors import KpirulesError, budgeted
from ..kernel.mappings import FrozenMap
from ..kernel.shown import Shown
from ..rating.assessing import part_of
from ..rating.program import Program
from ..rating.tables import Subject
from .across import meaning_across
from .comparison import Comparison, Edition, examined, significance_data
from .meaning import Significance
from .population import Impact, Refusal, both, impact_of, read_population, refusals
from .standings import Standings, standings, standings_of_whole

__all__ = ["ByPart", "Part", "compare_parts", "impact_parts", "impact_parts_on"]


@frozen
class Part:
    """One variant in one period, by both rulebooks.

    Args:
        name: the variant, and from when on where there are several editions.
        found: what differs, with subjects what it does to those of the part; None where only one side has it.
        only: `old` or `new` where only that side has it, else empty.
        count: how many subjects are rated by it.
    """

    name: str
    found: Comparison | Impact | None
    only: str = ""
    count: int = 0

    @property
    def comparison(self) -> Comparison | None:
        """What differs between the rules of both sides."""
        return self.found.comparison if isinstance(self.found, Impact) else self.found

    @property
    def is_same(self) -> bool:
        """Whether both sides have it, and not a word differs."""
        return self.comparison is not None and self.comparison.is_same

    @property
    def is_quiet(self) -> bool:
        """Whether nothing differs and nobody has another rating or score."""
        return self.is_same and not (isinstance(self.found, Impact) and self.found.moves)


@frozen
class ByPart(Shown):
    """What differs between two rulebooks, of which one has several variants or editions.

    Args:
        old, new: the rulebooks.
        parts: in the order of the new one; what only the old one has comes last.
        count: how many subjects there are, None where none were asked about.
        refusals: why subjects belong to no part of a rulebook.
        across: what it means where subjects don't choose their variant and edition alike by both rulebooks, so that
            one may change its part; None where they do.
    """

    old: Edition
    new: Edition
    parts: tuple[Part, ...]
    count: int | None = None
    refusals: tuple[Refusal, ...] = ()
    across: Significance | None = None

    @property
    def is_same(self) -> bool:
        """Whether both have the same parts, and not a word differs in one."""
        return all(part.is_same for part in self.parts)

    @property
    def rated_otherwise(self) -> int:
        """How many have another band or status, of those that a part of each rulebook rates."""
        return sum(len(part.found.rated_otherwise) for part in self.parts if isinstance(part.found, Impact))

    @property
    def title(self) -> str:
        """The title of a page of its own."""
        return f"{self.old} → {self.new}"

    def data(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "is_same": self.is_same,
            "count": self.count,
            "rated_otherwise": None if self.count is None else self.rated_otherwise,
            "parts": [
                {
                    "name": part.name,
                    "only": part.only,
                    "count": part.count,
                    "found": None if part.found is None else part.found.data(),
                }
                for part in self.parts
            ],
            "refusals": [one.data() for one in self.refusals],
            "across": None if self.across is None else significance_data(self.across),
        }


def compare_parts(old: Program, new: Program, *, budget: int | None = None) -> ByPart:
    """What differs between two rulebooks, variant by variant and edition by edition.

    A variant faces the one of the same name. Where one side has no variants, it faces all. Of editions those face
    each other that are in force on the same days.

    Args:
        old: the rulebook that is compared with.
        new: the rulebook that is asked about.
        budget: as for `compare`, for all parts together.

    Raises:
        RulebookError: where it takes more work than the budget.

    >>> from kpirules import load
    >>> rules = {"kpirules": 1, "id": "tiny", "variant_by": "post",
    ...          "inputs": {"post": {"type": "choice", "options": ["head", "deputy"]},
    ...                     "done": {"type": "integer", "min": 0, "max": 10}},
    ...          "criteria": {"work": {"max": 100, "rate": "done / 10"}},
    ...          "bands": {"good": {"from": 50}, "poor": {"from": 0}},
    ...          "variants": {"head": {}, "deputy": {}}}
    >>> stricter = rules | {"variants": {"head": {"bands": {"good": {"from": 60}}}, "deputy": {}}}
    >>> found = compare_parts(load(rules), load(stricter))
    >>> [(part.name, part.is_same) for part in found.parts]
    [('head', False), ('deputy', True)]
    """
    with budgeted(budget):
        across = meaning_across(old, new)
        parts = tuple(_compared(pair, across) for pair in _pairs(old, new))
    return ByPart(Edition.of(old.rulebook), Edition.of(new.rulebook), parts, across=across)


def impact_parts(
    old: Program,
    new: Program,
    subjects: Any,
    *,
    key: str | Sequence[str] = (),
    group: str = "",
    ignore: str | Sequence[str] = (),
    records: Mapping[str, Any] | None = None,
    budget: int | None = None,
) -> ByPart:
    """Who is rated otherwise, of whom each belongs to the variant and edition that it tells.

    Quotas are shared by variants, so where there are some everybody is rated together, by all parts of a rulebook;
    changes are not told apart then.

    Args:
        old: the rulebook that is compared with.
        new: the rulebook that is asked about.
        subjects, key, group, ignore, records: as for `impact`.
        budget: as for `impact`, for all parts together.

    Returns:
        The comparison and the impact of each part, and who belongs to none.

    Raises:
        ValueError: a column is neither an input of an edition nor named.
        ImportError: a data frame is given, and the extra `table` is not installed.
    """
    rulebook = both(old.gathered, new.gathered)
    rows = read_population(rulebook, subjects, key=key, group=group, ignore=ignore, records=records)
    return impact_parts_on(old, new, rows, group, budget=budget)


def impact_parts_on(
    old: Program, new: Program, subjects: Sequence[Subject], group: str = "", *, budget: int | None = None
) -> ByPart:
    """The impact on subjects that were read already.

    Args:
        old, new: the rulebooks.
        subjects: the population.
        group: the column by which they are counted as well, or empty.
        budget: as for `impact_parts`.
    """
    pairs = {(id(one.old), id(one.new)): one for one in _pairs(old, new)}
    mine: dict[tuple[int, int], list[int]] = {key: [] for key in pairs}
    refused: tuple[dict[int, Report], dict[int, Report]] = ({}, {})
    for index, subject in enumerate(subjects):
        chosen: list[Program | None] = []
        for program, reports in zip((old, new), refused, strict=True):
            part = _part_of(program, subject)
            chosen.append(None if isinstance(part, Report) else part)
            if isinstance(part, Report):
                reports[index] = part
        one, other = chosen
        if one is not None and other is not None:
            key = id(one), id(other)
            pairs.setdefault(key, _Pair(f"{_name(one)} → {_name(other)}", one, other, None))
            mine.setdefault(key, []).append(index)
        elif one is not None or other is not None:
            # Rules that only one side has rate somebody; others whose rules the other side does not find are refused.
            alone = (id(one), id(None)) if one is not None else (id(None), id(other))
            if alone in mine:
                mine[alone].append(index)
    shared = _shared(old, new, subjects)
    with budgeted(budget):
        across = meaning_across(old, new)
        looks = {
            key: examined(pair.old, pair.new, pair.wholes, across)
            for key, pair in pairs.items()
            if pair.old is not None and pair.new is not None
        }
    parts = []
    for key, pair in pairs.items():
        if key not in looks:
            parts.append(Part(pair.name, None, pair.only, len(mine[key])))
            continue
        own = [subjects[index] for index in mine[key]]
        rated = None if shared is None else (shared[0].only(mine[key]), shared[1].only(mine[key]))
        parts.append(Part(pair.name, impact_of(looks[key], own, group, rated), "", len(own)))
    told = (*refusals("old", subjects, refused[0]), *refusals("new", subjects, refused[1]))
    return ByPart(Edition.of(old.rulebook), Edition.of(new.rulebook), tuple(parts), len(subjects), told, across)


def _shared(old: Program, new: Program, subjects: Sequence[Subject]) -> tuple[Standings, Standings] | None:
    """What becomes of everybody where parts share quotas; None where each part can be looked at by itself."""
    if not any(one.parts and one.has_quotas for one in (old, new)):
        return None
    was, is_now = (
        standings_of_whole(one, subjects) if one.parts else standings([one], subjects)[0] for one in (old, new)
    )
    return was, is_now


def _part_of(program: Program, subject: Subject) -> Program | Report:
    if not program.parts:
        return program
    try:
        return part_of(program, subject.by(program.gathered))[0]
    except KpirulesError as refusal:
        return refusal.report


# -- which rules face which -----------------------------------------------------------------------


@frozen
class _Pair:
    """The rules that rate the same subjects, None where a side has none, and the rulebooks that choose them."""

    name: str
    old: Program | None
    new: Program | None
    wholes: tuple[Program, Program] | None

    @property
    def only(self) -> str:
        if self.old is not None and self.new is not None:
            return ""
        return "old" if self.new is None else "new"


def _compared(pair: _Pair, across: Significance | None) -> Part:
    if pair.old is None or pair.new is None:
        return Part(pair.name, None, pair.only)
    return Part(pair.name, examined(pair.old, pair.new, pair.wholes, across).comparison)


def _pairs(old: Program, new: Program) -> list[_Pair]:
    """The parts of both, by variant and then by time."""
    found: list[_Pair] = []
    for variant in dict.fromkeys((*new.variants, *old.variants)) or [""]:
        olds, news = (_of_variant(one, variant) for one in (old, new))
        days = sorted({_first(one) for one in (*olds, *news)})
        if len(olds) <= 1 and len(news) <= 1:
            # Of two editions that were chosen it does not matter when they are in force.
            sides = next(iter(olds), None), next(iter(news), None)
            found.append(_Pair(variant or "rulebook", *sides, _wholes(old, new, *sides, None)))
            continue
        for day in days:
            name = " ".join(filter(None, (variant, f"from {day}" if day > date.min else "before all amendments")))
            sides = _in_force(olds, day), _in_force(news, day)
            if not found or sides != (found[-1].old, found[-1].new):
                found.append(_Pair(name, *sides, _wholes(old, new, *sides, day)))
    return found


def _wholes(
    old: Program, new: Program, part: Program | None, other: Program | None, day: date | None
) -> tuple[Program, Program] | None:
    """Both rulebooks as subjects of two parts are given to them; None where a side has no such part."""
    if part is None or other is None:
        return None
    return _whole(old, part, day), _whole(new, other, day)


def _whole(program: Program, part: Program, day: date | None) -> Program:
    """A rulebook without the variants and editions that `load` would have to leave out, for no subject tells them."""
    parts = dict(program.parts)
    if not program.edition_by and day is not None:
        parts = {key: one for key, one in parts.items() if _holds(one, day)}
    if not program.variant_by:
        variant = part.rulebook.version.variant
        parts = {key: one for key, one in parts.items() if one.rulebook.version.variant == variant}
    if not program.parts or (len(parts) == 1 and not program.variant_by and not program.edition_by):
        return part
    return evolve(program, rulebook=part.rulebook, parts=FrozenMap(parts))


def _of_variant(program: Program, variant: str) -> list[Program]:
    """The editions of a variant; rules without variants are for all of them."""
    return [one for one in program.whole if one.rulebook.version.variant in ("", variant)]


def _first(program: Program) -> date:
    return program.rulebook.version.from_ or date.min


def _in_force(editions: Sequence[Program], day: date) -> Program | None:
    return next((one for one in editions if _holds(one, day)), None)


def _holds(program: Program, day: date) -> bool:
    until = program.rulebook.version.until
    return _first(program) <= day and (until is None or day < until)


def _name(program: Program) -> str:
    version = program.rulebook.version
    return " ".join(filter(None, (version.variant, f"from {version.from_}" if version.from_ else ""))) or "rulebook"
