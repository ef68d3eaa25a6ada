"""Compare rulebooks with variants or editions part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import evolve, frozen

from ..analysis.proving.solving import require_z3
from ..diagnostics import Report
from ..errors import KpirulesError, budgeted
from ..kernel.mappings import FrozenMap
from ..kernel.shown import Shown
from ..rating.assessing import part_of
from ..rating.program import Program
from ..rating.tables import Subject
from .across import meaning_across
from .comparison import Comparison, Edition, examined, significance_data
from .effects import Impact, Refusal
from .known import NOTHING_KNOWN, KnownSubjects
from .population import both, impact_of, read_population, refusals
from .significance import Significance
from .standings import Standings, standings, standings_of_whole

__all__ = ["ByPart", "Part", "compare_parts", "impact_parts", "impact_parts_on", "pairs_of_parts"]


@frozen
class Part:
    """One variant in one period, under both rulebooks.

    Args:
        name: the variant, and its first day if there are several editions.
        found: the comparison, or the impact on the part's subjects; None if only one side has the part.
        only: `old` or `new` if only that side has the part, else empty.
        count: the number of subjects in the part.
    """

    name: str
    found: Comparison | Impact | None
    only: str = ""
    count: int = 0

    @property
    def comparison(self) -> Comparison | None:
        """The comparison of the rules of both sides."""
        return self.found.comparison if isinstance(self.found, Impact) else self.found

    @property
    def is_same(self) -> bool:
        """Whether both sides have the part, without any difference."""
        return self.comparison is not None and self.comparison.is_same

    @property
    def is_quiet(self) -> bool:
        """Whether nothing differs, and no rating or score changes."""
        return self.is_same and not (isinstance(self.found, Impact) and self.found.moves)


@frozen
class ByPart(Shown):
    """The comparison of two rulebooks, one of them with several variants or editions.

    Args:
        old, new: the rulebooks.
        parts: in the order of the new rulebook; parts of the old one only come last.
        count: the number of subjects, None without a population.
        refusals: why subjects belong to no part of a rulebook.
        across: the verdicts if the rulebooks choose variants or editions differently, so that a subject may
            change its part; None if they choose in the same way.
    """

    old: Edition
    new: Edition
    parts: tuple[Part, ...]
    count: int | None = None
    refusals: tuple[Refusal, ...] = ()
    across: Significance | None = None

    @property
    def is_same(self) -> bool:
        """Whether both have the same parts, without any difference."""
        return all(part.is_same for part in self.parts)

    @property
    def rated_otherwise(self) -> int:
        """The number of subjects whose band or status changes, among those rated by a part of each rulebook."""
        return sum(len(part.found.rated_otherwise) for part in self.parts if isinstance(part.found, Impact))

    @property
    def title(self) -> str:
        """The title of the HTML page."""
        return f"{self.old} → {self.new}"

    def data(self) -> dict[str, Any]:
        """Return the same as data for JSON."""
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
            "refusals": [refusal.data() for refusal in self.refusals],
            "across": None if self.across is None else significance_data(self.across),
        }


def compare_parts(
    old: Program,
    new: Program,
    *,
    known: KnownSubjects = NOTHING_KNOWN,
    budget: int | None = None,
    prove: bool = False,
) -> ByPart:
    """Compare two rulebooks variant by variant and edition by edition.

    Variants of the same name are compared. A side without variants is compared with all. Editions are compared
    if they are in force on the same days.

    Args:
        old: the old rulebook.
        new: the new rulebook.
        known: as for `compare`.
        budget: as for `compare`, for all parts together.
        prove: as for `compare`.

    Raises:
        RulebookError: if it takes more work than the budget.
        ModuleNotFoundError: if `prove` is set and z3 is not installed.

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
    if prove:
        require_z3()
    with budgeted(budget):
        across = meaning_across(old, new)
        parts = tuple(_compared(pair, across, known, does_prove=prove) for pair in _pairs(old, new))
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
    """Find the subjects whose ratings change, each rated by its own variant and edition.

    Variants share quotas. If there are quotas, all subjects are rated together, and changes are not attributed to
    single differences.

    Args:
        old: the old rulebook.
        new: the new rulebook.
        subjects, key, group, ignore, records: as for `impact`.
        budget: as for `impact`, for all parts together.

    Returns:
        The comparison and the impact of each part, and the subjects that belong to none.

    Raises:
        ValueError: if a column is neither an input of an edition nor named.
        ImportError: if a data frame is given without the extra `table`.
    """
    rulebook = both(old.gathered, new.gathered)
    rows = read_population(rulebook, subjects, key=key, group=group, ignore=ignore, records=records)
    return impact_parts_on(old, new, rows, group, budget=budget)


def impact_parts_on(
    old: Program, new: Program, subjects: Sequence[Subject], group: str = "", *, budget: int | None = None
) -> ByPart:
    """Return the impact on subjects that are already read.

    Args:
        old, new: the rulebooks.
        subjects: the population.
        group: a column to count by, or empty.
        budget: as for `impact_parts`.
    """
    pairs, indexes, refused = _sorted_out(old, new, subjects)
    shared = _shared(old, new, subjects)
    with budgeted(budget):
        across = meaning_across(old, new)
        examined_pairs = {
            key: examined(pair.old, pair.new, pair.wholes, across)
            for key, pair in pairs.items()
            if pair.old is not None and pair.new is not None
        }
    parts = []
    for key, pair in pairs.items():
        if key not in examined_pairs:
            parts.append(Part(pair.name, None, pair.only_side, len(indexes[key])))
            continue
        own = [subjects[index] for index in indexes[key]]
        rated = None if shared is None else (shared[0].only(indexes[key]), shared[1].only(indexes[key]))
        parts.append(Part(pair.name, impact_of(examined_pairs[key], own, group, rated), "", len(own)))
    all_refusals = (*refusals("old", subjects, refused[0]), *refusals("new", subjects, refused[1]))
    return ByPart(
        Edition.of(old.rulebook), Edition.of(new.rulebook), tuple(parts), len(subjects), all_refusals, across
    )


def _sorted_out(
    old: Program, new: Program, subjects: Sequence[Subject]
) -> tuple[dict[_Key, _Pair], dict[_Key, list[int]], tuple[dict[int, Report], dict[int, Report]]]:
    """Return the pairs of parts, the indexes of each pair's subjects, and the refusals of either side."""
    pairs = {(id(pair.old), id(pair.new)): pair for pair in _pairs(old, new)}
    indexes: dict[_Key, list[int]] = {key: [] for key in pairs}
    refused: tuple[dict[int, Report], dict[int, Report]] = ({}, {})
    for index, subject in enumerate(subjects):
        chosen: list[Program | None] = []
        for program, reports in zip((old, new), refused, strict=True):
            part = _part_of(program, subject)
            chosen.append(None if isinstance(part, Report) else part)
            if isinstance(part, Report):
                reports[index] = part
        old_part, new_part = chosen
        if old_part is not None and new_part is not None:
            key = id(old_part), id(new_part)
            pairs.setdefault(key, _Pair(f"{_name(old_part)} → {_name(new_part)}", old_part, new_part, None))
            indexes.setdefault(key, []).append(index)
        elif old_part is not None or new_part is not None:
            # A part that only one side has still rates its subjects; subjects without a part are refused.
            key_of_one = (id(old_part), id(None)) if old_part is not None else (id(None), id(new_part))
            if key_of_one in indexes:
                indexes[key_of_one].append(index)
    return pairs, indexes, refused


def _shared(old: Program, new: Program, subjects: Sequence[Subject]) -> tuple[Standings, Standings] | None:
    """Return the standings of all subjects if parts share quotas; None if each part can be rated alone."""
    if not any(program.parts and program.has_quotas for program in (old, new)):
        return None
    old_standings, new_standings = (
        standings_of_whole(program, subjects) if program.parts else standings([program], subjects)[0]
        for program in (old, new)
    )
    return old_standings, new_standings


def _part_of(program: Program, subject: Subject) -> Program | Report:
    if not program.parts:
        return program
    try:
        return part_of(program, subject.values_for(program.gathered))[0]
    except KpirulesError as refusal:
        return refusal.report


# -- which rules face which -----------------------------------------------------------------------


_Key = tuple[int, int]
"""The identities of the two programs of a pair."""


@frozen
class _Pair:
    """The rules that rate the same subjects (None if a side has none), and the rulebooks that choose them."""

    name: str
    old: Program | None
    new: Program | None
    wholes: tuple[Program, Program] | None

    @property
    def only_side(self) -> str:
        if self.old is not None and self.new is not None:
            return ""
        return "old" if self.new is None else "new"


def _compared(pair: _Pair, across: Significance | None, known: KnownSubjects, *, does_prove: bool) -> Part:
    if pair.old is None or pair.new is None:
        return Part(pair.name, None, pair.only_side)
    examined_pair = examined(pair.old, pair.new, pair.wholes, across, known=known, does_prove=does_prove)
    return Part(pair.name, examined_pair.comparison)


def _pairs(old: Program, new: Program) -> list[_Pair]:
    """Return the pairs of parts, by variant and then by time."""
    found: list[_Pair] = []
    for variant in dict.fromkeys((*new.variants, *old.variants)) or [""]:
        old_parts, new_parts = (_of_variant(program, variant) for program in (old, new))
        days = sorted({_first(program) for program in (*old_parts, *new_parts)})
        if len(old_parts) <= 1 and len(new_parts) <= 1:
            # The period does not matter if each side has one edition.
            sides = next(iter(old_parts), None), next(iter(new_parts), None)
            found.append(_Pair(variant or "rulebook", *sides, _wholes(old, new, *sides, None)))
            continue
        for day in days:
            name = " ".join(filter(None, (variant, f"from {day}" if day > date.min else "before all amendments")))
            sides = _in_force(old_parts, day), _in_force(new_parts, day)
            if not found or sides != (found[-1].old, found[-1].new):
                found.append(_Pair(name, *sides, _wholes(old, new, *sides, day)))
    return found


def pairs_of_parts(old: Program, new: Program) -> Iterator[tuple[str, Program | None, Program | None]]:
    """Yield the name and the rules of each pair of parts that rate the same subjects; None where one has no part.

    Args:
        old, new: the rulebooks.
    """
    yield from ((pair.name, pair.old, pair.new) for pair in _pairs(old, new))


def _wholes(
    old: Program, new: Program, part: Program | None, other: Program | None, day: date | None
) -> tuple[Program, Program] | None:
    """Return both rulebooks for the subjects of two parts; None if a side has no such part."""
    if part is None or other is None:
        return None
    return _whole(old, part, day), _whole(new, other, day)


def _whole(program: Program, part: Program, day: date | None) -> Program:
    """Return a rulebook without the variants and editions that no subject can choose."""
    parts = dict(program.parts)
    if not program.edition_by and day is not None:
        parts = {key: program for key, program in parts.items() if _holds(program, day)}
    if not program.variant_by:
        variant = part.rulebook.version.variant
        parts = {key: part for key, part in parts.items() if part.rulebook.version.variant == variant}
    if not program.parts or (len(parts) == 1 and not program.variant_by and not program.edition_by):
        return part
    return evolve(program, rulebook=part.rulebook, parts=FrozenMap(parts))


def _of_variant(program: Program, variant: str) -> list[Program]:
    """Return the editions of a variant; rules without variants apply to all of them."""
    return [part for part in program.whole if part.rulebook.version.variant in ("", variant)]


def _first(program: Program) -> date:
    return program.rulebook.version.from_ or date.min


def _in_force(editions: Sequence[Program], day: date) -> Program | None:
    return next((edition for edition in editions if _holds(edition, day)), None)


def _holds(program: Program, day: date) -> bool:
    until = program.rulebook.version.until
    return _first(program) <= day and (until is None or day < until)


def _name(program: Program) -> str:
    version = program.rulebook.version
    return " ".join(filter(None, (version.variant, f"from {version.from_}" if version.from_ else ""))) or "rulebook"
