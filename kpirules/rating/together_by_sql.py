"""Prepares a rulebook whose rows are rated together for a query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve, frozen

from ..engines.integers import TRUE, Building, IntegerProgram, Obstacle, Result, integer_program
from ..engines.sql import MOST_WITHIN, NoSqlForm, Together
from ..language.model import DEFAULT_MAX_MEMBERS, Rulebook
from ..plan import plan
from ..plan.ops import Op, Read, walk
from ..plan.steps import Output
from .columns import QUOTAS
from .compared_by_sql import Comparing
from .quotas_by_sql import Allotting, can_name_quotas

__all__ = ["Prepared", "prepared"]


@frozen
class Prepared:
    """A rulebook whose rows are rated together, as steps.

    Args:
        integers: the steps.
        together: what rows of a cohort share.
        after: the results of outputs after quotas, by those before.
        read: the `let` that more rows have than need them.
    """

    integers: IntegerProgram
    together: Together
    after: Mapping[str, str]
    read: frozenset[str]


def prepared(rulebook: Rulebook, *, is_allocated: bool) -> Prepared:
    """Return the steps of a rulebook whose rows are rated together.

    Args:
        rulebook: rules of one variant and one edition.
        is_allocated: whether its quotas act.

    Raises:
        NoSqlForm: if its quotas or its functions over cohorts have no form as windows.
    """
    cohort = rulebook.cohort
    within, most = ((), DEFAULT_MAX_MEMBERS) if cohort is None else (cohort.within, cohort.max_members)
    if len(within) > MOST_WITHIN:
        reason = f"it divides rows by {len(within)} inputs, and a query by at most {MOST_WITHIN}"
        raise NoSqlForm([Obstacle("cohort.within", reason, "join them in one input")])
    allotting = Allotting(rulebook) if is_allocated and rulebook.quotas else None
    comparing = Comparing(plan(rulebook if allotting is None else allotting.extended()))
    found = integer_program(comparing.plan)
    build, texts = Building(steps=list(found.steps)), list(found.texts)
    declared = {one.id for one in rulebook.inputs}
    early, late = comparing.early_of(build, declared), comparing.late_of(found, build)
    quotas = None if allotting is None else allotting.quotas(comparing.plan, found, build, texts)
    own = tuple(one for one in found.inputs if one.id in declared)
    added = {f"{one.id}" for one in comparing.late} | ({one.id for one in allotting.added} if allotting else set())
    ops = [step.op for step in comparing.plan.steps if isinstance(step, Output) and step.id in added]
    lets = {id_: value.op for id_, value in comparing.plan.let.items()}
    results = dict(found.results)
    if allotting is not None and can_name_quotas(rulebook):
        results[QUOTAS] = Result("text", TRUE, TRUE, TRUE)
    return Prepared(
        evolve(found, inputs=own, steps=tuple(build.steps), texts=tuple(texts), results=results),
        Together(within, most, bool(comparing.early or comparing.late), early, late, quotas),
        {} if allotting is None else allotting.after,
        frozenset(_read(ops, lets)),
    )


def _read(ops: Iterable[Op], lets: Mapping[str, Op]) -> Iterator[str]:
    """Yield the `let` that operations read, directly or not."""
    waiting, found = list(ops), set[str]()
    while waiting:
        for part in walk(waiting.pop()):
            if isinstance(part, Read) and part.name in lets and part.name not in found:
                found.add(part.name)
                waiting.append(lets[part.name])
                yield part.name
