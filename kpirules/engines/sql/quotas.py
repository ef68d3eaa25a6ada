"""Quotas as window functions: from the bands of rows to those after the quotas, one level for each band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from ..integers import FALSE, TRUE, Result
from .answers import shown
from .cohorts import Cohorts
from .levels import Levels
from .tables import Table
from .terms import Terms

__all__ = ["Final", "Limited", "Places", "Quotas", "act", "shown_after"]

NO_BAND = -1
"""The code of no band."""

QUOTAS = "quotas"
"""The result with the quotas that decided."""


@frozen
class Places:
    """One quota, by the numbers of its steps.

    Args:
        id: its name.
        note: its label and citation.
        within: the inputs that divide rows into its groups.
        uniform: the inputs that must be equal throughout a group.
        counted: the codes of the bands of its base; None for all.
        is_before: whether the base is counted before any quota.
        base: the step that the count of the base is.
        limit: the step of the limit.
        applies: the flag under which a group has the quota.
        is_wrong: the flag that the share or the minimum is below zero, or the minimum has a fraction.
    """

    id: str
    note: str
    within: tuple[str, ...]
    uniform: tuple[str, ...]
    counted: tuple[int, ...] | None
    is_before: bool
    base: int
    limit: int
    applies: int
    is_wrong: int


@frozen
class Limited:
    """The quotas of one band.

    Args:
        title: the band, as a part of names.
        band, target: the code of the band, and of the one that members move to.
        ties: one of `TIES`.
        order: the steps that order members, the most important first, without constants; greater is better.
        quotas: the quotas; each has groups within those of the next.
    """

    title: str
    band: int
    target: int
    ties: str
    order: tuple[int, ...]
    quotas: tuple[Places, ...]


@frozen
class Quotas:
    """The quotas of a rulebook.

    Args:
        bands: the codes of bands by id.
        levels: the quotas of each band, the best band first.
        band: the steps that read the final band: its code (`input`), and whether there is one (`given`).
    """

    bands: Mapping[str, int]
    levels: tuple[Limited, ...]
    band: Mapping[str, int] = field(factory=dict)

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps that the windows read."""
        found: list[int] = []
        for level in self.levels:
            found += level.order
            for quota in level.quotas:
                found += [quota.limit, quota.applies, quota.is_wrong]
        return tuple(found)

    @property
    def windows(self) -> tuple[tuple[int, ...], ...]:
        """The steps that windows give, in order: the bases of each band's quotas, and the final band."""
        bases = (tuple(one.base for one in level.quotas) for level in self.levels)
        return (*bases, tuple(self.band.values()))


@frozen
class Final:
    """The columns after all quotas.

    Args:
        problem: what is wrong with a row.
        band: the code of its band.
        is_open: the condition under which people decide between ties; empty if it never holds.
        bands: the codes of bands by id.
        decided: the quotas that alone limit a band, each with the condition under which it decides.
    """

    problem: str
    band: str
    is_open: str
    bands: Mapping[str, int]
    decided: Sequence[tuple[str, str]]


def act(
    levels: Levels,
    quotas: Quotas,
    cohorts: Cohorts,
    problem: str,
    tables: list[Table],
    stages: Sequence[list[int]],
    used: list[int],
) -> Final:
    """Add the tables in which quotas act.

    Args:
        levels: prints steps.
        quotas: the quotas.
        cohorts: the cohorts.
        problem: the column with what is wrong with a row or its cohort.
        tables: the tables so far.
        stages: the steps after each of `quotas.windows`.
        used: the steps that are used after their stage.
    """
    return _Acting(levels, quotas, cohorts, tables, stages, used).run(problem)


@frozen
class _Acting:
    levels: Levels
    quotas: Quotas
    cohorts: Cohorts
    tables: list[Table]
    stages: Sequence[list[int]]
    used: list[int]
    opened: list[str] = field(factory=list)
    decided: list[tuple[str, str]] = field(factory=list)

    @property
    def terms(self) -> Terms:
        return self.levels.terms

    def run(self, problem: str) -> Final:
        """Add all tables."""
        terms, quotas = self.terms, self.quotas
        problem = self._checked(problem)
        table = self._table("before_quotas")
        code = terms.within(terms.program.results["band"].value, 0)
        before = self._add(
            table, "band_before", f"CASE WHEN {self._has_band(problem)} THEN {code} ELSE {NO_BAND} END"
        )
        now = before
        for level, numbers in zip(quotas.levels, self.stages, strict=False):
            self._count(level, before, now)
            self.tables.extend(self.levels.tables(numbers, self.used))
            now = self._move(level, now)
        if "input" in quotas.band:
            terms.columns[quotas.band["input"]] = now
            terms.known[quotas.band["input"]] = now, 9, 0
        if "given" in quotas.band:
            terms.known[quotas.band["given"]] = f"{now} <> {NO_BAND}", 5, 1
        self.tables.extend(self.levels.tables(self.stages[-1], self.used))
        is_open = " OR ".join(f"{column} = 1" for column in self.opened)
        return Final(problem, now, is_open, quotas.bands, self.decided)

    def _table(self, name: str, note: str = "") -> Table:
        """Add an empty table."""
        self.tables.append(Table(self.terms.unused_table(name), note=note))
        return self.tables[-1]

    def _add(self, table: Table, name: str, expression: str) -> str:
        """Add a column, and return its name as an expression."""
        column = self.terms.unused(name)
        table.columns[column] = expression
        return self.terms.name(column)

    def _has_band(self, problem: str) -> str:
        """Return the condition under which a row has a band before quotas."""
        given = self.terms.program.results["band"].given
        return f"{problem} IS NULL" + ("" if given == TRUE else f" AND {self.terms.within(given, 4)}")

    # -- the limits of groups ---------------------------------------------------------------------

    def _checked(self, problem: str) -> str:
        """Add the tables that leave a cohort unrated whose quotas have no limit; return the column of problems."""
        quotas = [one for level in self.quotas.levels for one in level.quotas]
        wrong = [*self._uneven(quotas, problem)]
        for quota in quotas:
            if quota.is_wrong != FALSE:
                expression = f"KR651 the limit of the quota `{quota.id}` is not a number of members"
                wrong.append((self.terms.within(quota.is_wrong, 4), expression))
        if not wrong:
            return problem
        cases = "".join(f" WHEN {flag} THEN {place}" for place, (flag, _) in enumerate(wrong, 1))
        own = f"CASE WHEN {self._has_band(problem)} THEN CASE{cases} ELSE 0 END ELSE 0 END"
        window = self.cohorts.over(self.cohorts.within)
        code = self._add(self._table("limits"), "limit_problem", f"MAX({own}) {window}")
        texts = "".join(
            f" WHEN {place} THEN {self.terms.text_literal(expression)}"
            for place, (_, expression) in enumerate(wrong, 1)
        )
        is_early = self.terms.program.is_early
        exempt = "" if is_early == FALSE else f" OR {self.terms.within(is_early, 3)}"
        expression = f"CASE WHEN {problem} IS NOT NULL{exempt} THEN {problem} ELSE CASE {code}{texts} END END"
        return self._add(self._table("limited"), "quota_problem", expression)

    def _uneven(self, quotas: Sequence[Places], problem: str) -> list[tuple[str, str]]:
        """Return the condition and the text of each problem: inputs that differ in a group but must be equal."""
        found: list[tuple[str, str]] = []
        asked = self._has_band(problem)
        uniform = [quota for quota in quotas if quota.uniform]
        table = self._table("quota_groups") if uniform else Table("")
        for quota in uniform:
            inputs = tuple(dict.fromkeys((*quota.within, *quota.uniform)))
            alike = self._add(table, f"{quota.id}_alike", self.cohorts.count(asked, self.cohorts.over(inputs)))
            group = self._add(table, f"{quota.id}_group", self.cohorts.count(asked, self.cohorts.over(quota.within)))
            listed = "`, `".join(quota.uniform)
            message = f"KR650 `{listed}` must be equal within a group of the quota `{quota.id}`"
            found.append((f"{alike} <> {group}", message))
        return found

    def _count(self, level: Limited, before: str, now: str) -> None:
        """Add the table that counts the bases of a band's quotas."""
        table = self._table(f"{level.title}_counts")
        for quota in level.quotas:
            band = before if quota.is_before else now
            codes = "" if quota.counted is None else ", ".join(map(str, quota.counted))
            counted = f"{band} IN ({codes})" if codes else f"{band} <> {NO_BAND}"
            base = self.terms.unused(f"{quota.id}_base")
            table.columns[base] = self.cohorts.count(counted, self.cohorts.over(quota.within))
            table.notes[base] = quota.note
            self.terms.make_column(quota.base, base)

    # -- places -----------------------------------------------------------------------------------

    def _move(self, level: Limited, now: str) -> str:
        """Add the tables that give and take places of a band; return the column with the band of each row then."""
        holds = f"{now} = {level.band}"
        holder = f"CASE WHEN {holds} THEN 1 ELSE 0 END"
        # Where nothing orders members, all are tied.
        order = [self.terms.within(number, 9) for number in level.order] or [holder]
        is_full, is_short = self._first(level.quotas[0], holder, order)
        for quota in level.quotas[1:]:
            is_full, is_short = self._outer(level, quota, holds, order, (is_full, is_short))
        table = self._table(f"{level.title}_placed")
        moved = f"{is_full} OR {is_short}" if level.ties == "demote" else is_full
        expression = f"CASE WHEN {holds} AND ({moved}) THEN {level.target} ELSE {now} END"
        band = self._add(table, f"band_after_{level.title}", expression)
        if level.ties == "undecided":
            expression = f"CASE WHEN {holds} AND {is_short} AND NOT ({is_full}) THEN 1 ELSE 0 END"
            self.opened.append(self._add(table, f"{level.title}_open", expression))
        if len(level.quotas) == 1:
            is_open = f" OR {self.opened[-1]} = 1" if level.ties == "undecided" else ""
            self.decided.append((level.quotas[0].id, f"{now} <> {band}{is_open}"))
        return band

    def _windows(self, quota: Places, holder: str, order: Sequence[str]) -> tuple[str, str]:
        """Return the windows of the holders of a band in a group: in order, and of tied ones."""
        in_order = ", ".join(f"{one} DESC" for one in order)
        over = self.cohorts.over
        return over(quota.within, holder, order=in_order), over(quota.within, holder, *order)

    def _applies(self, quota: Places) -> str:
        return "" if quota.applies == TRUE else f"{self.terms.within(quota.applies, 4)} AND "

    def _first(self, quota: Places, holder: str, order: Sequence[str]) -> tuple[str, str]:
        """Rank members in the groups of a band's first quota.

        Returns:
            The condition under which there is no place for a member, and under which there are too few for its ties.
        """
        table, (ordered, tied_members) = self._table(f"{quota.id}_ranks"), self._windows(quota, holder, order)
        integer = self.terms.as_integer
        ahead = self._add(table, f"{quota.id}_ahead", f"{integer(f'RANK() {ordered}')} - 1")
        tied = self._add(table, f"{quota.id}_tied", integer(f"COUNT(*) {tied_members}"))
        limit, applies = self.terms.within(quota.limit, 9), self._applies(quota)
        return f"{applies}{ahead} >= {limit}", f"{applies}{ahead} + {tied} > {limit}"

    def _outer(
        self, level: Limited, quota: Places, holds: str, order: Sequence[str], inner: tuple[str, str]
    ) -> tuple[str, str]:
        """Give places of a quota to members that have one by the quotas within it; the result is as from `_first`.

        A member of a full group wants no place here. Tied members that are short there want one, and take one unless
        they move. Once places here are short, no worse member takes one, whatever the other quotas allow.
        """
        full, short = inner
        holder = f"CASE WHEN {holds} THEN 1 ELSE 0 END"
        gone = f"{full} OR {short}" if level.ties == "demote" else full
        asked = self._table(f"{quota.id}_wants")
        wants = self._add(asked, f"{quota.id}_wants", f"CASE WHEN {holds} AND NOT ({full}) THEN 1 ELSE 0 END")
        takes = self._add(asked, f"{quota.id}_takes", f"CASE WHEN {holds} AND NOT ({gone}) THEN 1 ELSE 0 END")
        was_full = self._add(asked, f"{quota.id}_was_full", f"CASE WHEN {full} THEN 1 ELSE 0 END")
        was_short = self._add(asked, f"{quota.id}_was_short", f"CASE WHEN {short} THEN 1 ELSE 0 END")
        integer, (ordered, tied) = self.terms.as_integer, self._windows(quota, holder, order)
        ranks = self._table(f"{quota.id}_ranks")
        ahead = self._add(ranks, f"{quota.id}_ahead", integer(f"RANK() {ordered}"))
        taken = self._add(ranks, f"{quota.id}_taken", integer(f"SUM({takes}) {ordered} - SUM({takes}) {tied}"))
        wanted = self._add(ranks, f"{quota.id}_wanted", integer(f"SUM({wants}) {tied}"))
        limit, applies = self.terms.within(quota.limit, 9), self._applies(quota)
        short_at = f"MIN(CASE WHEN {taken} + {wanted} > {limit} THEN {ahead} END)"
        window = self.cohorts.over(quota.within, holder)
        line = self._add(self._table(f"{quota.id}_lines"), f"{quota.id}_line", f"{short_at} {window}")
        is_full = f"({was_full} = 1 OR {applies}({taken} >= {limit} OR {line} IS NOT NULL AND {ahead} > {line}))"
        return is_full, f"({was_short} = 1 OR {applies}{line} IS NOT NULL AND {ahead} = {line})"


def shown_after(terms: Terms, name: str, result: Result, final: Final) -> str:
    """Return a result after quotas as a value of the database.

    Args:
        terms: the expressions so far.
        name: the column.
        result: the result.
        final: the columns after all quotas.
    """
    asked, is_open = f"{final.problem} IS NULL", final.is_open
    if name == "band":
        cases = "".join(f" WHEN {code} THEN {terms.text_literal(band)}" for band, code in final.bands.items())
        asked += f" AND NOT ({is_open})" if is_open else ""
        return f"CASE WHEN {asked} THEN CASE {final.band}{cases} END END"
    if name == QUOTAS:
        return f"CASE WHEN {asked} THEN {_decided(terms, final.decided, [])} END"
    if name == "status" and is_open:
        decided = f" ELSE {shown(terms, result, '')} END"
        return f"CASE WHEN {asked} THEN CASE WHEN {is_open} THEN {terms.text_literal('undecided')}{decided} END"
    return shown(terms, result, final.problem, is_open if name.startswith("outputs.") else "")


def _decided(terms: Terms, quotas: Sequence[tuple[str, str]], found: Sequence[str]) -> str:
    """Return the ids of the quotas that decide, as a text; `found` are those already known to decide."""
    if not quotas:
        return terms.text_literal(" ".join(found))
    (id_, asked), *others = quotas
    ways = _decided(terms, others, [*found, id_]), _decided(terms, others, found)
    return f"CASE WHEN {asked} THEN {ways[0]} ELSE {ways[1]} END"
