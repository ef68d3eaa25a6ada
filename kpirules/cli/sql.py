"""`kpirules sql`."""

from __future__ import annotations

from argparse import Namespace

from ..engines.sql import NoSqlForm
from ..errors import KpirulesError
from .assess import program_of
from .failure import CommandError
from .terminal import output, say

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Write a rulebook as one query.

    Args:
        options: of the command line.

    Returns:
        0, or 1 if a column has no form in the dialect.

    Raises:
        CommandError: if an option names what does not exist.
    """
    program = program_of(options)
    try:
        text = program.sql(
            dialect=options.dialect,
            table=options.table,
            key=_names(options.key),
            records=dict(_pair(written) for written in options.records),
            columns=None if options.columns is None else _names(options.columns),
            absent=[name for written in options.absent for name in _names(written)],
            allocate=options.allocate,
            uncertified=options.uncertified,
            dbt=options.dbt,
        )
    except NoSqlForm as refused:
        say(*(f"{options.rulebook}: no form in SQL: {obstacle}" for obstacle in refused.obstacles), aside=True)
        return 1
    except KpirulesError as mistaken:
        say(*str(mistaken).split("\n"), aside=True)
        raise CommandError(f"{options.rulebook}: nothing chooses its variant and edition") from None
    except ValueError as mistaken:
        raise CommandError(str(mistaken)) from None
    with output(options.output, options.rulebook) as out:
        out.write(text)
    return 0


def _names(written: str | None) -> list[str]:
    return [name.strip() for name in (written or "").split(",") if name.strip()]


def _pair(written: str) -> tuple[str, str]:
    name, sign, table = written.partition("=")
    if not (name and sign and table):
        raise CommandError(f"--records is INPUT=TABLE:KEY, such as `tasks=tasks:person`, not `{written}`")
    return name, table
