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
    limit_of,
    order_of,
)
from ..engines.sql import Limited, NoSqlForm, Places, Quotas
from ..language.expressions import Expression
from ..language.expressions.tree import Name, substitute
from ..language.model import ChoiceDomain, Cohort, Input, Named, Quota, Rulebook, Words
from ..plan import Plan
from ..plan.steps import Output

__all__ = ["Allotting", "can_name_quotas"]

STEM = "of_quotas"
"""What the names of added outputs begin with."""

MOST_NAMED = 5
"""Quotas whose combinations a query lists."""


def can_name_quotas(rulebook: Rulebook) -> bool:
    """Return whether a query can name the quotas that decided: no two limit the same band.

    Args:
        rulebook: the rules.
    """
    bands = [quota.band for quota in rulebook.quotas]
    return len(set(bands)) == len(bands) and 0 < len(bands) <= MOST_NAMED


@define(eq=False)
class Allotting:
    """A rulebook whose quotas are prepared.

    Args:
        rulebook: rules of one variant and one edition, with bands and quotas.
        stem: what the names of added outputs begin with.
        added: the outputs to add.
        after: the results of outputs after quotas, by those before; only of outputs that read the band.
        levels: the quotas of each band, best band first.
    """

    rulebook: Rulebook
    stem: str = field(init=False)
    added: list[Named] = field(factory=list)
    after: dict[str, str] = field(factory=dict)
    levels: list[list[Quota]] = field(init=False)
    plan: Plan = field(init=False)
    integers: IntegerProgram = field(init=False)
    build: Building = field(init=False)
    texts: list[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        ids = self._read_first | {one.id for one in self.rulebook.outputs}
        self.stem = STEM
        while any(id_.startswith(self.stem) for id_ in ids):
            self.stem += "_"
        self.levels = list(self._levels(self._bands))

    @property
    def cohort(self) -> Cohort:
        assert self.rulebook.cohort is not None, "a rulebook with quotas has a cohort"
        return self.rulebook.cohort

    @property
    def _bands(self) -> tuple[str, ...]:
        assert self.rulebook.bands is not None, "a rulebook with quotas has bands"
        return self.rulebook.bands.ids

    @property
    def _read_first(self) -> set[str]:
        """The names that hide outputs of the same name."""
        book = self.rulebook
        flat = (book.inputs, book.parameters, book.calendars, book.let)
        return {part.id for parts in flat for part in parts}

    @property
    def band(self) -> str:
        """The name of the input for the final band."""
        return f"{self.stem}_band"

    def extended(self) -> Rulebook:
        """Return the rulebook with the formulas of its quotas as outputs.

        Raises:
            NoSqlForm: if its quotas have no form as windows.
        """
        book = self.rulebook
        for of_band in self.levels:
            self._add_formulas(of_band)
        is_band_read = self._add_outputs()
        band = Input(self.band, ChoiceDomain(self._bands, order="best_first"), is_optional=True)
        inputs = (*book.inputs, *([band] if is_band_read else []))
        return evolve(book, inputs=inputs, outputs=(*book.outputs, *self.added))

    def quotas(self, plan: Plan, integers: IntegerProgram, build: Building, texts: list[str]) -> Quotas:
        """Return the quotas as windows of a query.

        Args:
            plan: the steps of the extended rulebook.
            integers: the same as steps on integers.
            build: takes further steps.
            texts: takes the bands that no step names.

        Raises:
            NoSqlForm: if they have no form as windows.
        """
        self.plan, self.integers, self.build, self.texts = plan, integers, build, texts
        self._refuse()
        texts += [one for one in self._bands if one not in texts]
        limited = tuple(map(self._limited, self.levels))
        return Quotas({one: texts.index(one) for one in self._bands}, limited, self._final())

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

    def _add_outputs(self) -> bool:
        """Add copies of the outputs and invariants that read the band; the copies read the band after quotas.

        Returns:
            Whether there are any.
        """
        book, names, hidden = self.rulebook, {"band"}, self._read_first
        outputs: list[Named] = []
        while found := [one for one in book.outputs if one not in outputs and names.intersection(one.value.names)]:
            outputs += found
            names |= {one.id for one in found} - hidden
        places = {one.id: f"{self.stem}_after{place}" for place, one in enumerate(outputs)}
        nodes = {"band": Name(self.band)} | {id_: Name(places[id_]) for id_ in places.keys() - hidden}
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
        return bool(again)

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
            if name not in results or not results[name].is_given_by_steps
        ]
        if found:
            raise NoSqlForm(found)

    # -- limits and orders as steps ---------------------------------------------------------------

    def _result(self, path: str) -> Result:
        return self.integers.results[f"outputs.{self._id(path)}"]

    def _limited(self, quotas: Sequence[Quota]) -> Limited:
        """Return the quotas of one band as windows of a query."""
        first = quotas[0]
        orders = [self._order(f"{first.words.path}.order[{place}]") for place in range(len(first.order))]
        return Limited(
            first.band,
            self.texts.index(first.band),
            self.texts.index(first.demote_to),
            first.ties,
            tuple(number for number in orders if self.build.steps[number].operation != "constant"),
            tuple(map(self._places, quotas)),
        )

    def _places(self, quota: Quota) -> Places:
        """Return one quota."""
        build, path = self.build, quota.words.path
        build.path = f"{path}.limit"
        share, minimum = self._result(f"{path}.at_most"), self._result(f"{path}.minimum")
        applies = TRUE if quota.when is None else self._result(f"{path}.when").value
        zero = build.integer(0)
        part = build.arithmetic("%", minimum.value, minimum.denominator)
        is_wrong = build.either(build.compare("<", share.value, zero), build.compare("<", minimum.value, zero))
        is_wrong = build.both(applies, build.either(is_wrong, build.compare("<", zero, part)))
        base = build.add("window", value=f"{quota.id} base", within=(0, self.cohort.max_members))
        above, least = (build.choose(build.compare("<", x, zero), zero, x) for x in (share.value, minimum.value))
        is_before, is_left_out = quota.base == "before", quota.base == "after" and not quota.counts_its_band
        limit = limit_of(
            build,
            (above, share.denominator),
            base,
            build.arithmetic("//", least, minimum.denominator),
            quota.round,
            is_left_out=is_left_out,
        )
        counted = None if quota.of is None else (*quota.of, *([quota.band] if is_left_out else []))
        return Places(
            quota.id,
            _label_and_source(quota.words),
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
        build, id_ = self.build, self._id(path)
        result = self._result(path)
        step = next(one for one in self.plan.steps if isinstance(one, Output) and one.id == id_)
        build.path = path
        if result.kind == "number":
            return order_of(build, result.value, result.denominator)
        if result.kind == "boolean":
            return build.count(result.value)
        if result.kind == "date":
            return result.value
        found = build.integer(0)
        for option, rank in step.op.type.ranks.items():
            if option in self.texts:
                asked = build.compare("==", result.value, build.integer(self.texts.index(option)))
                found = build.choose(asked, build.integer(rank), found)
        return found

    def _final(self) -> Mapping[str, int]:
        """Return the steps that read the final band, which a window decides, by their kind."""
        found: dict[str, int] = {}
        for number, step in enumerate(self.build.steps):
            if step.value == self.band and step.operation in ("input", "given"):
                found[step.operation] = number
                self.build.steps[number] = evolve(step, operation="window")
        return found


_WAY_OUT = "`allocate=False` (`--no-allocate`) gives bands before quotas"


def _label_and_source(words: Words) -> str:
    label = "" if words.label is None else words.label.text()
    return ". ".join(filter(None, [label, "" if words.source is None else str(words.source)]))
