"""Named values of the rulebook, and of the records of a list."""

from __future__ import annotations

from functools import lru_cache

from attrs import frozen

from ...plan import ops
from ...plan.ops import Op, operands
from ...plan.steps import Value

__all__ = ["Known", "Named", "names_read"]


@frozen(eq=False)
class Named:
    """A named value.

    Args:
        value: the value with its formula.
        scope: the list whose records have it, with a point, or empty.
        times: the most times it is computed.
    """

    value: Value
    scope: str
    times: int


@frozen(eq=False)
class Known:
    """The work and faults of computing a named value.

    Args:
        faults: the possible faults, and whether each is certain.
        work: its work units.
        again: the units repeated each time while a row leaves it undefined, including those of the values it reads.
    """

    faults: dict[tuple[str, str, int], bool]
    work: int
    again: int


@lru_cache(maxsize=1)
def _leaves() -> frozenset[type]:
    return frozenset({ops.Const, ops.Local, ops.Stop, ops.Undefined, ops.Unknown})


def names_read(named: Named) -> list[str]:
    """Return the keys of the names that a formula reads."""
    found: dict[str, None] = {}
    pending: list[tuple[Op, str]] = [(named.value.op, named.scope)]
    leaves = _leaves()
    while pending:
        op, scope = pending.pop()
        kind = type(op)
        if kind in leaves:
            continue
        if isinstance(op, ops.Read):
            found[op.name] = None
        elif isinstance(op, ops.Item):
            found[scope + op.name] = None
        elif isinstance(op, ops.Arithmetic):
            pending += ((op.left, scope), (op.right, scope))
        else:
            inner = f"{op.records.name}." if isinstance(op, ops.Over) else scope
            pending += ((part, inner) for part in operands(op))
    return list(found)
