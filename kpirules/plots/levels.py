"""The levels of many subjects: bands, statuses of those without a rating, and errors; named and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from attrs import frozen

from ..kernel.brief import shortened
from ..kernel.exact import round_places, to_text
from ..kernel.mappings import FrozenMap
from ..rating.program import Program
from ..rating.tables.asked import ERROR
from .subjects import Rated

__all__ = ["RATED", "Level", "Levels", "columns_of_levels", "levels_of", "share_text"]

MOST_LEVELS = 12
"""The most bands, and the most statuses, with a colour of their own: more are hard to distinguish."""


@frozen(cache_hash=True)
class Level:
    """The result of a rating.

    Args:
        kind: `band`; `rated` without bands; `status` of a subject that is not rated; `error`.
        id: of the band or status; of several that share a colour, the first one and the last one.
    """

    kind: str
    id: str = ""

    @property
    def is_rated(self) -> bool:
        return self.kind in ("band", "rated")


RATED, FAILED = Level("rated"), Level("error")


@frozen(slots=False)
class Levels:
    """The levels of some subjects.

    Args:
        names: the name of each level: bands, best first, then statuses, then errors.
        each: the level of each subject.
        fine: the same, where no bands share a level.
        order: the place of each band, the best first, also of those that share a level, and of these.
    """

    names: FrozenMap[Level, str]
    each: Sequence[Level]
    fine: Sequence[Level]
    order: FrozenMap[Level, int]

    @cached_property
    def counts(self) -> Counter[Level]:
        """The number of subjects of each level."""
        return Counter(self.each)

    @property
    def total(self) -> int:
        """The number of all subjects."""
        return len(self.each)

    @property
    def of_ratings(self) -> list[Level]:
        """The levels of rated subjects."""
        return [level for level in self.names if level.is_rated]

    def place(self, level: Level) -> tuple[int, int]:
        """Return the place of a level among those of ratings, or among the others, and their number."""
        alike = [one for one in self.names if one.is_rated == level.is_rated]
        return alike.index(level), len(alike)


def columns_of_levels(program: Program) -> list[str]:
    """Return the columns of a table that determine the levels."""
    has_bands = any(part.rulebook.bands is not None for part in program.whole)
    return ["status", "band"] if has_bands else ["status"]


def levels_of(found: Rated, language: str | None) -> Levels:
    """Return the levels of rated subjects.

    Args:
        found: the subjects.
        language: of the labels of bands; None for the first one of each.
    """
    return common_levels([found], language)[0]


def common_levels(editions: Sequence[Rated], language: str | None) -> list[Levels]:
    """Return the levels of the same subjects under several editions, with the same names.

    Args:
        editions: the subjects as each edition rates them; names of bands are those of the last one that has them.
        language: of the labels of bands.
    """
    fine = [_each(found) for found in editions]
    seen = {level for levels in fine for level in levels}
    named = _names_of_bands([part for found in reversed(editions) for part in found.program.whole], language)
    bands = {Level("band", band): name for band, name in named.items()}
    statuses = {level: f"not rated: {level.id}" for level in sorted(seen, key=str) if level.kind == "status"}
    merged = _merged(bands) | _merged(statuses)
    each = [[merged[level][0] if level in merged else level for level in levels] for levels in fine]
    names = {merged[level][0]: merged[level][1] for level in bands}
    names |= {RATED: "rated"} if RATED in seen else {}
    names |= {merged[level][0]: merged[level][1] for level in statuses}
    names |= {FAILED: "error: can't be rated"} if FAILED in seen else {}
    names = {level: shortened(name) for level, name in names.items()}
    order = {level: place for place, level in enumerate(bands)}
    order |= {merged[level][0]: place for level, place in order.items()}
    return [Levels(FrozenMap(names), levels, own, FrozenMap(order)) for levels, own in zip(each, fine, strict=True)]


def _each(found: Rated) -> list[Level]:
    """Return the level of each subject."""
    columns = [found.column(name) for name in (ERROR, *columns_of_levels(found.program))]
    known: dict[tuple[bool, str | None, str | None], Level] = {}
    levels = []
    for error, status, *band in zip(*columns, strict=True):
        fate = error is not None, status, band[0] if band else None
        if fate not in known:
            known[fate] = _level(*fate)
        levels.append(known[fate])
    return levels


def _level(has_error: bool, status: str | None, band: str | None) -> Level:
    if has_error or status is None:
        return FAILED
    if status != "rated":
        return Level("status", status)
    return RATED if band is None else Level("band", band)


def _names_of_bands(parts: Iterable[Program], language: str | None) -> dict[str, str]:
    """Return the name of each band of some variants and editions, best first."""
    names: dict[str, str] = {}
    for part in parts:
        for band in part.legend.bands:
            names.setdefault(band, part.legend.band(band, language))
    return names


def _merged(names: Mapping[Level, str]) -> dict[Level, tuple[Level, str]]:
    """Return the level that each level is drawn as, with its name; neighbours are merged if there are too many."""
    levels = list(names)
    size = -(-len(levels) // MOST_LEVELS)
    found: dict[Level, tuple[Level, str]] = {}
    for start in range(0, len(levels), size or 1):
        alike = levels[start : start + size]
        first, last = alike[0], alike[-1]
        whole = first, names[first]
        if first != last:
            whole = Level(first.kind, f"{first.id} … {last.id}"), f"{names[first]} … {names[last]}"
        found |= dict.fromkeys(alike, whole)
    return found


def share_text(count: int, total: int) -> str:
    """Return a share in percent with one place, rounded half up.

    >>> share_text(1, 3), share_text(1, 100_000), share_text(0, 3), share_text(2999, 3000)
    ('33.3 %', '< 0.1 %', '0 %', '> 99.9 %')
    """
    share = round_places(Fraction(100 * count, total or 1), 1, "half_up")
    if share == 0 and count:
        return "< 0.1 %"
    if share == 100 and count < total:
        return "> 99.9 %"
    return f"{to_text(share)} %"
