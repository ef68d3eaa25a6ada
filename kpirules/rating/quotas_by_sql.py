"""Prepares the quotas of a rulebook for a query: formulas become outputs, and limits steps on integers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise

from attrs import define, evolve, field

from ..engines.integers import (
    FALSE,
    TRUE,
    Building,
    IntegerProgram,
    Obstacle,
    Result,
    integer_program,
    limit_of,
    order_of,
)
from ..engines.sql import Limited, NoSqlForm, Places, Quotas
from ..language.expressions import Expression
from ..language.expressions.tree import Name, substitute
from ..language.model import ChoiceDomain, Cohort, Input, Named, Quota, Rulebook, Words
from ..plan import Plan, plan
from ..plan.steps import Output

__all__ = ["Prepared", "prepared"]

STEM = "of_quotas"
"""What the names of added outputs begin with."""


@define(eq=False)
class Prepared:
    """A rulebook with its quotas as steps.

    Args:
        integers: the steps.
        quotas: what a query does with them.
        after: the results of outputs after quotas, by those before; only of outputs that read the band.
        read: the `let` that formulas of quotas read, so that more rows have them.
    """

    integers: IntegerProgram
    quotas: Quotas
    after: Mapping[str, str]
    read: frozenset[str]


def prepared(rulebook: Rulebook) -> Prepared:
    """Return the steps of a rulebook with quotas.

    Args:
        rulebook: rules of one variant and one edition.

    Raises:
        NoSqlForm: if its quotas have no form as windows.
    """
    assert rulebook.cohort is not None, "a rulebook with quotas has a cohort"
    return _Preparing(rulebook, rulebook.cohort).run()


@define(eq=False)
class _Preparing:
    rulebook: Rulebook
    cohort: Cohort
    stem: str = field(init=False)
    added: list[Named] = field(factory=list)
    after: dict[str, str] = field(factory=dict)
    plan: Plan = field(init=False)
    to: Building = field(init=False)
    integers: IntegerProgram = field(init=False)
    texts: list[str] = field(init=False)

    def run(self) -> Prepared:
        """Return the steps, and what a query does with them."""
        book, bands = self.rulebook, self.rulebook.bands
        assert bands is not None, "a rulebook with quotas has bands"
        flat = (book.inputs, book.parameters, book.calendars, book.let, book.outputs)
        self.stem = STEM
        while any(part.id.startswith(self.stem) for parts in flat for part in parts):
            self.stem += "_"
        levels = list(self._levels(bands.ids))
        for of_band in levels:
            self._add_formulas(of_band)
        lets = {named.id: named.value for named in book.let}
        read = frozenset(self._read(lets))
        band = Input(f"{self.stem}_band", ChoiceDomain(bands.ids, order="best_first"), is_optional=True)
        self._add_outputs(band.id)
        inputs = (*book.inputs, *([band] if self.after else []))
        self.plan = plan(evolve(book, inputs=inputs, outputs=(*book.outputs, *self.added)))
        self.integers = integer_program(self.plan)
        self._refuse()
        self.to = Building(steps=list(self.integers.steps))
        self.texts = [*self.integers.texts, *(one for one in bands.ids if one not in self.integers.texts)]
        limited = tuple(map(self._limited, levels))
        codes = {one: self.texts.index(one) for one in bands.ids}
        quotas = Quotas(self.cohort.within, self.cohort.max_members, codes, limited, self._final(band.id))
        own = tuple(one for one in self.integers.inputs if one.id != band.id)
        integers = evolve(self.integers, inputs=own, steps=tuple(self.to.steps), texts=tuple(self.texts))
        return Prepared(integers, quotas, self.after, read)

    def _levels(self, bands: Sequence[str]) -> Iterator[list[Quota]]:
        """Yield the quotas of each band, best band first; each has groups within those of the next."""

        def keys(quota: Quota) -> frozenset[str]:
            return frozenset((*self.cohort.within, *quota.within))

        in_order = sorted(self.cohort.quotas, key=lambda quota: (bands.index(quota.band), quota.id))
        for band, of_band in groupby(in_order, key=lambda quota: quota.band):
            found = sorted(of_band, key=lambda quota: (-len(keys(quota)), quota.id))
            for inner, outer in pairwise(found):
                if not keys(inner) >= keys(outer):
                    pair = f"quotas `{inner.id}` and `{outer.id}` limit `{band}`"
                    why = f"{pair}, and neither has groups within the other's"
                    raise NoSqlForm([Obstacle("cohort.quotas", why, _WAY_OUT)])
            yield found

    # -- formulas as outputs ----------------------------------------------------------------------

    def _add_formulas(self, quotas: Sequence[Quota]) -> None:
        """Add the formulas of a band's quotas as outputs."""
        for quota in quotas:
            self._add(quota.at_most, f"{quota.words.path}.at_most")
            self._add(quota.minimum, f"{quota.words.path}.minimum")
            if quota.when is not None:
                self._add(quota.when, f"{quota.words.path}.when")
        for place, expression in enumerate(quotas[0].order):
            self._add(expression, f"{quotas[0].words.path}.order[{place}]")

    def _add(self, expression: Expression, path: str) -> str:
        """Add an output, and return its name."""
        name = f"{self.stem}{len(self.added)}"
        self.added.append(Named(name, expression, Words(path=path)))
        return name

    def _id(self, path: str) -> str:
        return next(named.id for named in self.added if named.words.path == path)

    def _read(self, lets: Mapping[str, Expression]) -> Iterator[str]:
        """Yield the `let` that added formulas read, directly or not."""
        waiting, found = [named.value for named in self.added], set[str]()
        while waiting:
            for name in waiting.pop().names:
                if name in lets and name not in found:
                    found.add(name)
                    waiting.append(lets[name])
                    yield name

    def _add_outputs(self, band: str) -> None:
        """Add the outputs and invariants that read the band once more, with the band after quotas."""
        book, names = self.rulebook, {"band"}
        outputs: list[Named] = []
        while found := [one for one in book.outputs if one not in outputs and names.intersection(one.value.names)]:
            outputs += found
            names |= {one.id for one in found}
        places = {one.id: f"{self.stem}_after{place}" for place, one in enumerate(outputs)}
        nodes = {"band": Name(band)} | {id_: Name(after) for id_, after in places.items()}
        again = [(places[one.id], one.value, f"outputs.{one.id}") for one in outputs]
        again += [
            (f"{self.stem}_holds{place}", one.that, one.words.path)
            for place, one in enumerate(book.invariants)
            if names.intersection(one.that.names)
        ]
        for name, value, path in again:
            tree = substitute(value.tree, dict(nodes))
            self.added.append(Named(name, evolve(value, tree=tree), Words(path=f"{path}_after_quotas")))
        self.after = {f"outputs.{one.id}": f"outputs.{places[one.id]}" for one in outputs}

    def _refuse(self) -> None:
        """Refuse formulas that may have no value, as they are computed for rows that do not need one."""
        paths = {named.words.path for named in self.added}
        found = [
            Obstacle(refusal.path, "it may have no value, and quotas need one", _WAY_OUT)
            for refusal in self.integers.refusals
            if refusal.flag != FALSE and refusal.path in paths
        ]
        found += [
            Obstacle(step.path, "a row may leave it undefined, and quotas need it", _WAY_OUT)
            for step in self.plan.steps
            if isinstance(step, Output) and step.path in paths and self.plan.may_be_undefined(step.op)
        ]
        needed = ["band", "status", *(f"outputs.{named.id}" for named in self.added if "_holds" not in named.id)]
        results = self.integers.results
        found += [
            Obstacle(name.removeprefix("outputs."), "it has no form in SQL, and quotas need it", _WAY_OUT)
            for name in needed
            if name not in results or not results[name].is_told_by_steps
        ]
        if found:
            raise NoSqlForm(found)

    # -- limits and orders as steps ---------------------------------------------------------------

    def _result(self, path: str) -> Result:
        return self.integers.results[f"outputs.{self._id(path)}"]

    def _limited(self, quotas: Sequence[Quota]) -> Limited:
        """Return what a query does with the quotas of one band."""
        first = quotas[0]
        orders = [self._order(f"{first.words.path}.order[{place}]") for place in range(len(first.order))]
        return Limited(
            first.band,
            self.texts.index(first.band),
            self.texts.index(first.demote_to),
            first.ties,
            tuple(number for number in orders if self.to.steps[number].operation != "constant"),
            tuple(map(self._places, quotas)),
        )

    def _places(self, quota: Quota) -> Places:
        """Return one quota."""
        to, path = self.to, quota.words.path
        to.path = f"{path}.limit"
        share, minimum = self._result(f"{path}.at_most"), self._result(f"{path}.minimum")
        applies = TRUE if quota.when is None else self._result(f"{path}.when").value
        zero = to.integer(0)
        part = to.arithmetic("%", minimum.value, minimum.denominator)
        is_wrong = to.either(to.compare("<", share.value, zero), to.compare("<", minimum.value, zero))
        is_wrong = to.both(applies, to.either(is_wrong, to.compare("<", zero, part)))
        base = to.add("window", value=f"{quota.id} base", within=(0, self.cohort.max_members))
        above, least = (to.choose(to.compare("<", x, zero), zero, x) for x in (share.value, minimum.value))
        is_before, is_left_out = quota.base == "before", quota.base == "after" and not quota.counts_its_band
        limit = limit_of(
            to,
            (above, share.denominator),
            base,
            to.arithmetic("//", least, minimum.denominator),
            quota.round,
            is_left_out=is_left_out,
        )
        counted = None if quota.of is None else (*quota.of, *([quota.band] if is_left_out else []))
        return Places(
            quota.id,
            _told(quota.words),
            tuple(dict.fromkeys((*self.cohort.within, *quota.within))),
            quota.uniform,
            None if counted is None else tuple(map(self.texts.index, counted)),
            is_before,
            base,
            limit,
            applies,
            is_wrong,
        )

    def _order(self, path: str) -> int:
        """Return a step that orders members; greater is better."""
        to, id_ = self.to, self._id(path)
        result = self._result(path)
        step = next(one for one in self.plan.steps if isinstance(one, Output) and one.id == id_)
        to.path = path
        if result.kind == "number":
            return order_of(to, result.value, result.denominator)
        if result.kind == "boolean":
            return to.count(result.value)
        if result.kind == "date":
            return result.value
        found = to.integer(0)
        for option, rank in step.op.type.ranks.items():
            if option in self.texts:
                asked = to.compare("==", result.value, to.integer(self.texts.index(option)))
                found = to.choose(asked, to.integer(rank), found)
        return found

    def _final(self, band: str) -> Mapping[str, int]:
        """Return the steps that read the final band, which a window decides, by their kind."""
        found: dict[str, int] = {}
        for number, step in enumerate(self.to.steps):
            if step.value == band and step.operation in ("input", "given"):
                found[step.operation] = number
                self.to.steps[number] = evolve(step, operation="window")
        return found


_WAY_OUT = "`allocate=False` (`--no-allocate`) gives bands before quotas"


def _told(words: Words) -> str:
    label = "" if words.label is None else words.label.text()
    return ". ".join(filter(None, [label, "" if words.source is None else str(words.source)]))
