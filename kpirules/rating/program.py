"""A checked rulebook, ready to run.

The file is long since it holds one class with all that can be asked of a program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, fields, frozen

from ..diagnostics import Diagnostic, Report
from ..diagnostics.codes import At, overlays
from ..documents.gathering import gathered
from ..engines.scalar import ScalarEngine
from ..errors import RulebookError
from ..kernel.brief import brief, counted
from ..kernel.calendars import period_in_words
from ..kernel.mappings import FrozenMap
from ..kernel.shown import Displayed, as_bundle
from ..language.model import Compared, Input, Rulebook, compared, measurability
from ..plan import Plan, plan
from ..record import Assessment, Legend
from ..reference import ReferenceEngine
from .legend import legend
from .margins import Margins, margins
from .outlines import Outline, outlines
from .writers import DefaultsWritten, Writer, writers

if TYPE_CHECKING:
    from ..analysis.checking import Facts
    from ..analysis.proving import Prover
    from ..engines.integers import ColumnPlan, IntegerProgram
    from ..kernel.cards import Card
    from .by_javascript import JavaScript

__all__ = ["PartKey", "Program", "compile", "examined", "not_in_force"]

PartKey = tuple[str, date | None]
"""A variant, or empty, and the first day of an edition, or None."""


@frozen(slots=False)
class Program(Displayed):
    """A rulebook without errors; immutable, picklable, shared by threads.

    Args:
        rulebook: the rules; with several variants or editions, those of the first one.
        report: what the check found: warnings, notes, and allowed findings.
        parts: with several variants or editions, the program of each, by the name of the variant (or empty) and the
            first day of the edition (None before all amendments); else empty.
        variant_by: the input by which `assess` chooses the variant of a subject, or empty.
        edition_by: the input by which it chooses the edition, or empty.
    """

    rulebook: Rulebook
    report: Report = field(eq=False, repr=False)
    parts: FrozenMap[PartKey, Program] = field(factory=FrozenMap, repr=False)
    variant_by: str = ""
    edition_by: str = ""
    _made: ScalarEngine | None = field(init=False, default=None, eq=False, repr=False)

    @classmethod
    def made(cls, rulebook: Rulebook, report: Report, engine: ScalarEngine) -> Program:
        """Return a program of rules with an existing engine.

        Args:
            rulebook: the rules; their choice may differ from the engine's.
            report: what the check found.
            engine: the engine with its plan.
        """
        program = cls(rulebook, report)
        object.__setattr__(program, "_made", engine)
        return program

    def chosen_as(self, rules: Rulebook) -> Program:
        """Return this program with the period, variant and edition of other rules.

        Args:
            rules: the other rules.
        """
        rulebook = evolve(
            self.rulebook,
            effective_from=rules.effective_from,
            effective_until=rules.effective_until,
            variant_by=rules.variant_by,
            edition_by=rules.edition_by,
        )
        return Program.made(rulebook, self.report, self.scalar)

    def __repr__(self) -> str:
        editions = len({part.rulebook.version.from_ for part in self.whole})
        several = [
            counted(many, of) for many, of in ((len(self.variants), "variant"), (editions, "edition")) if many > 1
        ]
        return brief(self, *self.gathered.facts, *several)

    @property
    def id(self) -> str:
        return self.rulebook.id

    @property
    def inputs(self) -> FrozenMap[str, Input]:
        """The inputs of a subject, by id in the order of the rulebook.

        Each has its `domain`, `words` (label, note, unit), `default`, `is_optional` and `column`. Of several variants
        or editions these are the inputs of all of them.

        >>> from kpirules import load
        >>> done = {"type": "integer", "min": 0, "max": 9, "label": "Visits"}
        >>> program = load({"kpirules": 1, "inputs": {"done": done}, "outputs": {"twice": "2 * done"}})
        >>> done = program.inputs["done"]
        >>> done.words.label.text(), done.domain.maximum, done.is_optional
        ('Visits', Fraction(9, 1), False)
        """
        return FrozenMap((input_.id, input_) for input_ in self.gathered.inputs)

    @property
    def variants(self) -> tuple[str, ...]:
        """The names of its variants; empty if there are none."""
        names = dict.fromkeys(part.rulebook.version.variant for part in self.whole)
        return tuple(name for name in names if name)

    @property
    def whole(self) -> tuple[Program, ...]:
        """The programs that rate subjects: its parts, or the program itself without parts."""
        return tuple(self.parts.values()) or (self,)

    @property
    def is_compared(self) -> bool:
        """Whether subjects are compared with each other, so that none can be rated alone."""
        return any(part.compared for part in self.whole)

    @property
    def has_quotas(self) -> bool:
        """Whether quotas decide who keeps a band."""
        return any(part.rulebook.quotas for part in self.whole)

    @property
    def measurability(self) -> Fraction | None:
        """The share of the attainable points that come from measured inputs, from 0 to 1.

        Entered points are opinion, all others measurement. None if there are no points; with several variants or
        editions, the minimum.

        >>> from kpirules import load
        >>> criteria = {"ethics": {"max": 30, "entered": {"step": 1}}, "results": {"max": 70, "rate": 0.9}}
        >>> load({"kpirules": 1, "criteria": criteria}).measurability
        Fraction(7, 10)
        """
        return min(self._measured, default=None)

    @property
    def _measured(self) -> tuple[Fraction, ...]:
        shares = (measurability(part.rulebook) for part in self.whole)
        return tuple(share for share in shares if share is not None)

    @cached_property
    def card(self) -> Card:
        """The rulebook at a glance, with all its parts."""
        from ..showing.overview import overview

        days = dict.fromkeys(part.rulebook.version.from_ for part in self.whole)
        editions = tuple("" if day is None else day.isoformat() for day in days)
        return overview(self.gathered, self.report, self.variants, self._measured, editions)

    @cached_property
    def gathered(self) -> Rulebook:
        """The rulebook with the inputs of all variants and editions, for tables whose rows belong to several."""
        return gathered([part.rulebook for part in self.whole])

    def subject_schema(self, *, language: str | None = None) -> dict[str, Any]:
        """The JSON Schema (2020-12) of a subject, for forms and for the interface of a service.

        It accepts what `assess` accepts, except where several values decide together: validations, `unique` records,
        points that are entered where a criterion applies, and exemptions, beside which a required value may be
        missing. A number without `decimals` or `step` may have any number of digits here.

        Args:
            language: of titles and descriptions; by default the one that each label has first.

        Returns:
            JSON values. Titles are labels, and descriptions are notes; `x-unit` has the unit. An input with a
            `column` may have either name. Several variants or editions are alternatives.

        Raises:
            RulebookError: if neither the rulebook nor `load` chooses the variant and edition.

        >>> from kpirules import load
        >>> done = {"type": "number", "min": 0, "max": 8, "step": 0.5, "label": "Hours", "unit": "h"}
        >>> program = load({"kpirules": 1, "inputs": {"done": done}, "outputs": {"twice": "2 * done"}})
        >>> program.subject_schema()["properties"]["done"]
        {'title': 'Hours', 'type': 'number', 'minimum': 0, 'maximum': 8, 'multipleOf': 0.5, 'x-unit': 'h'}
        """
        from .schema import subject_schema

        return subject_schema(self, language)

    def part(self, variant: str | None = None, on: date | None = None) -> Program:
        """Return the program of one variant on one day.

        Args:
            variant: its name; optional if there is only one.
            on: a day in force; optional if there is only one edition.

        Raises:
            RulebookError: if none or more than one fits.
        """
        found = self.narrowed(variant, on)
        if len(found.whole) == 1:
            return found.whole[0]
        at = At(self.rulebook.words.span)
        if len(found.variants) > 1:
            raise RulebookError(Report((overlays.variant_needed(at, found.variants),)))
        days = [part.rulebook.version.from_ for part in found.whole]
        raise RulebookError(Report((overlays.date_needed(at, [day.isoformat() for day in days if day]),)))

    def narrowed(self, variant: str | None = None, on: date | None = None) -> Program:
        """Return the program of one variant, of one day, or of both; subjects choose the rest.

        Args:
            variant: its name, or None for all.
            on: the day, or None for all editions.

        Raises:
            RulebookError: if there is no such variant, or it is not in force on that day.
        """
        at = At(self.rulebook.words.span)
        if variant is not None and variant not in self.variants:
            raise RulebookError(Report((overlays.unknown_variant(at, variant, self.variants),)))
        fitting = [part for part in self.whole if variant in (None, part.rulebook.version.variant)]
        kept = [part for part in fitting if on is None or part.rulebook.is_in_force(on)]
        if on is not None and not kept:
            raise RulebookError(Report((not_in_force(at, on, [part.rulebook for part in fitting]),)))
        variant_by = self.variant_by if variant is None else ""
        edition_by = self.edition_by if on is None else ""
        if len(kept) == 1 and not variant_by and not edition_by:
            return kept[0]
        parts = FrozenMap((key, part) for key, part in self.parts.items() if part in kept)
        return Program(kept[0].rulebook, self.report, parts, variant_by, edition_by)

    def settled(self) -> Program:
        """Return this program if each subject chooses its variant and edition, or there is only one.

        Raises:
            RulebookError: if nothing chooses them.
        """
        if not self.variant_by and len(self.variants) > 1:
            self.part()
        if not self.edition_by:
            for variant in self.variants or (None,):
                self.part(variant)
        return self

    @cached_property
    def reference(self) -> ReferenceEngine:
        """The reference engine for this rulebook."""
        return ReferenceEngine(self.rulebook, Assessment(**self.shared_record, status="rated"))

    @cached_property
    def plan(self) -> Plan:
        """The rulebook as the ordered steps that engines run."""
        return plan(self.rulebook) if self._made is None else self._made.plan

    @cached_property
    def compared(self) -> tuple[Compared, ...]:
        """The cohort functions of the rules; empty if each subject is rated alone."""
        return compared(self.rulebook)

    @cached_property
    def work(self) -> int:
        """The most units of work that an assessment of one subject may take, at most 1,000,000.

        A unit is one step of the rules; a step on n-bit numbers counts ⌈n/256⌉².

        >>> from kpirules import load
        >>> load({"kpirules": 1, "outputs": {"half": "1 / 2"}}).work
        3
        """
        from ..analysis.bounds import bounds

        return max((part.work for part in self.parts.values()), default=0) or bounds(self.plan).work

    @cached_property
    def scalar(self) -> ScalarEngine:
        """The scalar engine for this rulebook."""
        return ScalarEngine(self.plan) if self._made is None else self._made

    @cached_property
    def integers(self) -> IntegerProgram:
        """The rules as steps on integers, for tables."""
        from ..engines.integers import integer_program

        return integer_program(self.plan)

    @cached_property
    def column_integers(self) -> IntegerProgram:
        """The steps of `integers` as columns compute them: status and band as tests of regions."""
        from ..engines.integers import with_regions

        return with_regions(self.integers, {"status", "band"})

    def column_plan(self) -> ColumnPlan:
        """Return which results of a table are computed by columns, and the obstacles for the others.

        Columns are doubles and 64-bit integers; rows that these can't decide exactly go to the scalar engine. Each
        obstacle names a step, and what would make it fit. What reads a value of the cohort has none before a table's
        rows are known; such a table is rated by columns all the same.

        Raises:
            RulebookError: if it has several variants or editions: ask a `part`.

        >>> from kpirules import load
        >>> done = {"type": "integer", "min": 0, "max": 9}
        >>> program = load({"kpirules": 1, "inputs": {"done": done}, "outputs": {"growth": "exp(done)"}})
        >>> print(program.column_plan(), end="")
        by columns: status, because, overrides, decided_by, requirements
        row by row: outputs.growth
          outputs.growth: the nearest double of an irrational number may be uncertain; round it
        """
        return self.part()._column_plan

    @cached_property
    def _column_plan(self) -> ColumnPlan:
        from ..engines.columns import plan_of_columns

        return plan_of_columns(self.integers)

    def sql(
        self,
        *,
        dialect: str,
        table: str,
        key: str | Sequence[str] = (),
        records: Mapping[str, str] | None = None,
        columns: Sequence[str] | None = None,
        absent: Sequence[str] = (),
        allocate: bool = True,
        uncertified: bool = False,
        dbt: bool = False,
    ) -> str:
        """Return one query that rates a table where it is stored.

        It gives the values of `assess_table`, computed on integers: scores are exact decimals, fractions without
        end are the nearest doubles, and a row that is not valid has its first problem in the column `error` and no
        rating. Rows that are compared, or share a quota, are rated together with those of their cohort.

        Args:
            dialect: `duckdb`, `sqlite`, `postgres`, `spark`, `clickhouse`, `datafusion`, `mysql`, `sqlserver`,
                `snowflake` or `bigquery`.
            table: the name of the table, with its schema before a point. Each input is the column that it declares,
                else the one of its id.
            key: the columns to return beside the ratings; all inputs if empty.
            records: by list input, the table with one record a row. Its rows are joined to subjects by `key`, or by
                the columns after a colon, as in `tasks:person`. A subject without records gets an empty list.
            columns: the columns to add, as for `assess_table`. By default `status`, `score` and `band`, and every
                `points.ID` and `outputs.ID`.
            absent: inputs that the table has no column for.
            allocate: whether the rulebook's quotas apply; if not, bands are those before quotas.
            uncertified: whether the dialect may be one whose queries no test runs.
            dbt: whether to return a model of dbt, which names the table `hr.people` as `source('hr', 'people')`, and
                `people` as `ref('people')`.

        Raises:
            RulebookError: if neither the rows nor `load` choose the variant and edition.
            ValueError: if a column, input or dialect does not exist, or the dialect is not certified; if a column has
                no form in this dialect (`NoSqlForm`), with the steps in the way.

        >>> from kpirules import load
        >>> done = {"type": "integer", "min": 0, "max": 9}
        >>> program = load({"kpirules": 1, "inputs": {"done": done}, "outputs": {"twice": "2 * done"}})
        >>> text = program.sql(dialect="duckdb", table="people", key="person")
        >>> print("\\n".join(line.strip() for line in text.splitlines()[-3:]))
        CASE WHEN problem IS NULL THEN outputs_twice_n END AS "outputs.twice",
        problem AS error
        FROM rated;
        """
        from .by_sql import sql

        return sql(
            self,
            dialect=dialect,
            table=table,
            key=key,
            records=records or {},
            columns=columns,
            absent=absent,
            allocate=allocate,
            uncertified=uncertified,
            dbt=dbt,
        )

    def javascript(self) -> JavaScript:
        """Return the rules as a JavaScript module that rates a subject in a browser or under Node, exactly.

        Returns:
            The `code` of an ES module without dependencies, and its `types` in TypeScript. Its function `assess`
            gives the values of `kpirules.assess`, with numbers as exact texts.

        Raises:
            RulebookError: if neither subjects nor `load` choose the variant and edition.
            ValueError: if a step has no form in JavaScript (`NoJavaScriptForm`), with the steps in the way.

        >>> from kpirules import load
        >>> done = {"type": "integer", "min": 0, "max": 9}
        >>> program = load({"kpirules": 1, "inputs": {"done": done}, "outputs": {"twice": "2 * done"}})
        >>> print("".join(program.javascript().types.partition("export interface Subject")[1:]), end="")
        export interface Subject {
          done: Exact;
        }
        """
        from .by_javascript import javascript

        return javascript(self)

    def form(self, *, language: str | None = None) -> str:
        """Return one HTML file with a form that rates a subject as you type, and a table that is pasted.

        The page makes no request, and needs none: its policy forbids them.

        Args:
            language: of the page at first; by default the one that most labels have.

        Raises:
            RulebookError: if neither subjects nor `load` choose the variant and edition.
            ValueError: if a step has no form in JavaScript (`NoJavaScriptForm`), with the steps in the way.

        >>> from kpirules import load
        >>> done = {"type": "integer", "min": 0, "max": 9}
        >>> page = load({"kpirules": 1, "inputs": {"done": done}, "outputs": {"twice": "2 * done"}}).form()
        >>> page.partition("; ")[0].rpartition('"')[2]
        "default-src 'none'"
        """
        from .by_form import form

        return form(self, language)

    @cached_property
    def margins(self) -> Margins | None:
        """The margins of its bands, None without bands."""
        bands = self.rulebook.bands
        if bands is None:
            return None
        return margins(bands, can_differ=bands.measure is None and not self.rulebook.bands_on_exact)

    @cached_property
    def outlines(self) -> dict[str, Outline]:
        """The outline of each criterion by id, the score first."""
        return outlines(self.rulebook, self.scalar.detailed.slots)

    @cached_property
    def legend(self) -> Legend:
        """The words that every assessment by this rulebook carries."""
        return legend(self.rulebook)

    @cached_property
    def defaults_written(self) -> DefaultsWritten:
        """The plain data of the inputs that can take their default, by mark."""
        return DefaultsWritten(self.scalar.defaults)

    @cached_property
    def writers(self) -> dict[str, Writer]:
        """Functions that write the arguments of its engine as plain data, by input."""
        return writers(self.scalar.plan)

    @cached_property
    def shared_record(self) -> dict[str, Any]:
        """The attributes that all records by this rulebook share, before quotas act."""
        rulebook = self.rulebook
        return {
            "rulebook": rulebook.id,
            "edition": rulebook.edition_in_force,
            "variant": rulebook.version.variant,
            "scoring_hash": rulebook.scoring_hash,
            "content_hash": rulebook.content_hash,
            "quotas": (),
            "legend": self.legend,
        }

    def __getstate__(self) -> dict[str, Any]:
        # Generated code can't be pickled, so it is generated again.
        return {name: getattr(self, name) for name in _STATE}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        for name, value in {**state, "_made": None}.items():
            object.__setattr__(self, name, value)


@as_bundle.register
def _bundle(program: Program) -> dict[str, str]:
    return program.card.bundle()


_STATE = tuple(attribute.name for attribute in fields(Program) if attribute.init)


def not_in_force(at: At, on: date, rulebooks: Sequence[Rulebook]) -> Diagnostic:
    """Return the diagnostic for a day on which no edition of a variant is in force.

    Args:
        at: its place.
        on: the day.
        rulebooks: the editions, by date.
    """
    periods: list[list[date | None]] = []
    for rulebook in rulebooks:
        first = _choose(max, rulebook.effective_from, rulebook.version.from_)
        end = _choose(min, rulebook.effective_until, rulebook.version.until)
        if periods and first is not None and periods[-1][1] == first:
            periods[-1][1] = end
        elif first is None or end is None or first < end:
            periods.append([first, end])
    periods_in_words = (period_in_words(first, end) for first, end in periods)
    return overlays.not_in_force(at, on.isoformat(), " and ".join(dict.fromkeys(periods_in_words)))


def _choose(choose: Callable[[list[date]], date], *days: date | None) -> date | None:
    known = [day for day in days if day is not None]
    return choose(known) if known else None


def compile(rulebook: Rulebook, *, found: tuple[Diagnostic, ...] = ()) -> Program:
    """Compile a rulebook to a program.

    Args:
        rulebook: as built or edited.
        found: diagnostics from reading it.

    Raises:
        RulebookError: with the whole report, if it has errors.

    >>> from kpirules import load
    >>> program = load({"kpirules": 1, "id": "tiny", "outputs": {"half": "1 / 2"}})
    >>> compile(program.rulebook) == program
    True
    """
    report, prover = examined(rulebook, found)
    if report.errors:
        raise RulebookError(report)
    # Keep what was lowered and generated for the check.
    return Program(rulebook, report) if prover is None else Program.made(rulebook, report, prover.engine)


def examined(
    rulebook: Rulebook, found: tuple[Diagnostic, ...] = (), *, does_prove: bool = False
) -> tuple[Report, Prover | None]:
    """Check a rulebook; return the report, and the prover that found its evidence.

    Args:
        rulebook: as built or edited.
        found: diagnostics from reading it.
        does_prove: whether to use z3 too.
    """
    # Checks are imported late: a process that only assesses does not need them.
    from ..analysis.checking import check
    from ..analysis.proving import Prover, of_its_subjects, prove

    provers: list[Prover] = []
    refuted: list[Diagnostic] = []

    def proving(facts: Facts) -> Iterator[Diagnostic]:
        rated = of_its_subjects(facts.plan, rulebook)
        is_whole = facts.unresolved.is_nothing
        bounds = facts.bounds
        prover = Prover(facts.plan, rated, does_prove, refuted, known=bounds, has_rating=is_whole, rulebook=rulebook)
        provers.append(prover)
        yield from prove(facts, provers[0])

    report = Report.of(check(rulebook, found, proving, refuted if does_prove else None))
    # A plan with formulas of quotas is for the check only, because no assessment computes them.
    return report, provers[0] if provers and not rulebook.quotas and not report.errors else None
