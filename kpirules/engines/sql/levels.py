"""The tables that compute steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import frozen

from .tables import Table
from .terms import Terms
from .wanted import Wanted

__all__ = ["Levels", "slug"]

MOST_DEPTH = 8
"""Operations in an expression; a deeper one is a column of its own."""

MOST_REPEATED = 60
"""Characters of a condition that is written again at each use."""


def slug(path: str) -> str:
    """Return a name for a part of the rulebook.

    Args:
        path: of the part.
    """
    return path.rpartition(".")[2].split("[")[0] or "result"


@frozen
class Levels:
    """Prints steps as columns of tables.

    Args:
        terms: the expressions so far.
        wanted: the results.
        notes: the comments on parts of the rulebook, by path.
    """

    terms: Terms
    wanted: Wanted
    notes: Mapping[str, str]

    def tables(self, numbers: Sequence[int], shown: Sequence[int]) -> list[Table]:
        """Return the tables that compute some steps: each reads only those before it.

        Args:
            numbers: the steps.
            shown: the steps that are used after them, once for each use.
        """
        steps, terms = self.wanted.program.steps, self.terms
        uses = Counter[int](shown)
        for number in numbers:
            uses.update(steps[number].operands)
        titles = {result.value: f"{name.replace('.', '_')}_n" for name, result in self.wanted.results.items()}
        counts = Counter[str]()
        levels: list[list[tuple[str, str, str]]] = []  # path, column and expression
        made: dict[int, int] = {}
        for number in numbers:
            step = steps[number]
            if number in terms.known or step.operation == "opaque":
                continue
            expression, binds, depth = terms.expression(number)
            terms.known[number] = expression, binds, depth
            if number in self.wanted.worded:
                continue
            is_plain = depth == 0 or (step.is_flag and len(expression) <= MOST_REPEATED)
            if step.operation == "constant" or (depth < MOST_DEPTH and (is_plain or uses[number] < 2)):
                continue
            made[number] = max((made[one] + 1 for one in terms.columns_in(number) if one in made), default=0)
            counts[slug(step.path)] += 1
            column = terms.unused(titles.get(number) or f"{slug(step.path)}_{counts[slug(step.path)]}")
            if step.is_flag and not terms.dialect.has_booleans:
                expression = f"CASE WHEN {expression} THEN 1 ELSE 0 END"
            if not step.is_flag and terms.is_small(number):
                expression = terms.as_integer(expression)
            if made[number] == len(levels):
                levels.append([])
            levels[made[number]].append((step.path, column, expression))
            terms.make_column(number, column)
        return [self._table(columns) for columns in levels]

    def _table(self, columns: list[tuple[str, str, str]]) -> Table:
        """Return a table of columns that do not read each other, named after the parts of the rulebook."""
        paths = list(dict.fromkeys(path for path, _, _ in columns))
        first, last = slug(paths[0]), slug(paths[-1])
        joined = "" if len(paths) == 1 else "_and_" if len(paths) == 2 else "_to_"
        table = Table(self.terms.unused_table(f"{first}{joined}{last}" if joined else first))
        for path in paths:
            for place, (_, column, expression) in enumerate(one for one in columns if one[0] == path):
                table.columns[column] = expression
                if place == 0:
                    table.notes[column] = self.notes.get(path, "")
        return table
