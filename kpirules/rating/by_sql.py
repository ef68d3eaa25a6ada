"""Prints the rating of a table as one query for a database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ..diagnostics import did_you_mean, listed
from ..engines.integers import Obstacle, with_regions
from ..engines.sql import DIALECTS, Dialect, NoSqlForm, Part, Source, query
from ..language.model import Rulebook, Words
from .columns import QUOTAS, columns_of, usual_columns
from .quotas_by_sql import can_name_quotas
from .together_by_sql import Prepared, prepared

if TYPE_CHECKING:
    from .program import Program

__all__ = ["dialect_of", "sql"]


def sql(
    program: Program,
    *,
    dialect: str,
    table: str,
    key: str | Sequence[str],
    records: Mapping[str, str],
    columns: Sequence[str] | None,
    absent: Sequence[str],
    allocate: bool,
    uncertified: bool,
    dbt: bool,
) -> str:
    """Return the query of a program; arguments are those of `Program.sql`."""
    found, parts = dialect_of(dialect, is_uncertified=uncertified), program.settled().whole
    is_together = _is_together(program, is_allocated=allocate)
    inputs = {variable.id: variable for part in parts for variable in part.integers.inputs}
    for name in absent:
        if name not in inputs:
            raise ValueError(
                f"absent: there is no input `{name}`; {did_you_mean(name, inputs, listed(inputs, 'and'))}"
            )
    names = _names(parts, columns, is_allocated=allocate)
    keys = (key,) if isinstance(key, str) else tuple(key)
    for name in keys:
        if name in (*(name for own in names for name in own), "error"):
            raise ValueError(f"the key `{name}` has the name of a column to add; rename it, or choose `columns`")
    joined = _joined(records, {id_ for part in parts for id_ in part.integers.records}, keys)
    source = Source(table, keys, frozenset(absent), joined, dbt)
    # An empty cell says that an input is another part's.
    columns_of_inputs = {
        id_: one.column or id_ for id_, one in inputs.items() if id_ not in absent and one.type.kind != "list"
    }
    choosing = [inputs[id_] for id_ in (program.variant_by, program.edition_by) if id_]
    made = [
        _part(
            program,
            part,
            own,
            columns_of_inputs,
            prepared(part.rulebook, is_allocated=allocate) if is_together else None,
        )
        for part, own in zip(parts, names, strict=True)
        if _days(part.rulebook) is not None or not program.edition_by
    ]
    return query(made, found, source, choosing, list(_heading(program, found, table)))


def _is_together(program: Program, *, is_allocated: bool) -> bool:
    """Return whether rows are rated together; refuse rows of several variants or editions that are."""
    if not program.is_compared and not (is_allocated and program.has_quotas):
        return False
    if program.parts:
        help = "`--variant` or `--on` chooses one"
        if not program.is_compared:
            help += "; `allocate=False` (`--no-allocate`) gives bands before quotas"
        why = "rows of several variants or editions are rated together, which has no form in SQL"
        raise NoSqlForm([Obstacle(program.id, why, help)])
    return True


def _joined(
    records: Mapping[str, str], lists: Collection[str], keys: tuple[str, ...]
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the table of the records of each list, with the columns that join it."""
    joined = {}
    for name, written in records.items():
        if name not in lists:
            raise ValueError(
                f"records: `{name}` is not a list input; {did_you_mean(name, lists, listed(lists, 'and'))}"
            )
        own, _, key = written.partition(":")
        joined[name] = own, tuple(filter(None, key.split(","))) or keys
        if not joined[name][1]:
            raise ValueError(f"records of `{name}` need a key: write `{own}:person`, with the column that joins them")
    return joined


def _part(
    program: Program, part: Program, names: Mapping[str, str], columns: Mapping[str, str], found: Prepared | None
) -> Part:
    """Return the rules of some rows."""
    rulebook, version = part.rulebook, part.rulebook.version
    own = {variable.id for variable in part.integers.inputs}
    titles = [version.variant if program.variants else "", f"{version.from_:%Y%m%d}" if version.from_ else ""]
    title = "_".join(filter(None, titles)) or "first"
    days = _days(rulebook) if program.edition_by else None
    if found is not None:
        names = {name: found.after.get(result, result) for name, result in names.items()}
        if refused := [name for name in names if name.removeprefix("let.") in found.read and name.startswith("let.")]:
            why = "quotas or compared values read it, so that rows have it that do not need it"
            raise NoSqlForm([Obstacle(name, why, "choose other columns") for name in refused])
    return Part(
        with_regions(part.integers, {*names.values()}) if found is None else found.integers,
        names,
        _notes(rulebook),
        f"{title}_" if program.parts else "",
        (columns[program.variant_by], version.variant) if program.variant_by else None,
        days and (columns[program.edition_by], *days),
        {id_: column for id_, column in columns.items() if id_ not in own},
        None if found is None else found.together.needed(found.integers, names),
    )


def _days(rulebook: Rulebook) -> tuple[date, date] | None:
    """Return the first and the last day on which rules are in force; None if there is none."""
    firsts = [day for day in (rulebook.effective_from, rulebook.version.from_) if day is not None]
    ends = [day for day in (rulebook.effective_until, rulebook.version.until) if day is not None]
    first, last = max(firsts, default=date.min), min(ends, default=None)
    if last is not None and last <= first:
        return None
    return first, date.max if last is None else last - timedelta(1)


def dialect_of(name: str, *, is_uncertified: bool) -> Dialect:
    """Return a dialect.

    Args:
        name: its name.
        is_uncertified: whether it may be one whose queries no test runs.

    Raises:
        ValueError: if there is none, or it must not be used.
    """
    if name not in DIALECTS:
        raise ValueError(f"there is no dialect `{name}`; {did_you_mean(name, DIALECTS, listed(DIALECTS, 'and'))}")
    found = DIALECTS[name]
    if not (found.is_certified or is_uncertified):
        raise ValueError(
            f"queries for {found.title} follow its documentation, but no test runs them; "
            "to print one all the same, give `uncertified=True` (`--uncertified`)"
        )
    return found


def _names(parts: Sequence[Program], columns: Sequence[str] | None, *, is_allocated: bool) -> list[dict[str, str]]:
    """Return the results of each part to print, by column."""
    known = [columns_of(part.rulebook) for part in parts]
    if columns is not None:
        whole = dict.fromkeys(name for names in known for name in names)
        for name in columns:
            if name not in whole:
                raise ValueError(
                    f"there is no column `{name}`; {did_you_mean(name, whole, f'there are {listed(whole)}')}"
                )
    found = []
    for part, names in zip(parts, known, strict=True):
        results, usual = part.integers.results, usual_columns(part.rulebook)
        if columns is None:
            chosen = [name for name in names if name in usual or name.startswith(("points.", "outputs."))]
            # A criterion outside the plan has no points to show.
            chosen = [name for name in chosen if name in usual or name in results]
        else:
            chosen = [name for name in columns if name in names]
        printable = {name for name, result in results.items() if result.is_given_by_steps}
        printable |= {QUOTAS} if is_allocated and can_name_quotas(part.rulebook) else set()
        if obstacles := [Obstacle(name, "it has no form in SQL") for name in chosen if name not in printable]:
            raise NoSqlForm(obstacles)
        found.append({name: name for name in dict.fromkeys(chosen)})
    return found


def _heading(program: Program, dialect: Dialect, table: str) -> Iterator[str]:
    from .. import __version__

    rulebook = program.rulebook
    version = rulebook.version
    facts = [rulebook.id]
    if program.parts:
        facts += [f"rules by {listed(filter(None, (program.variant_by, program.edition_by)), 'and')}"]
    elif rulebook.edition_in_force:
        facts += [f"edition {rulebook.edition_in_force}"]
    facts += [f"variant {version.variant}"] if version.variant and not program.variant_by else []
    yield from filter(None, [", ".join(filter(None, facts)), _words(rulebook.words)])
    yield f"Rates each row of {table}, for {dialect.title}. A row with an `error` has no rating."
    hashes = ", ".join(dict.fromkeys(part.rulebook.scoring_hash for part in program.whole))
    yield f"Printed by kpirules {__version__} from the rules {hashes}: print it again if they change."


def _words(words: Words) -> str:
    """Return a label and a citation."""
    label = "" if words.label is None else words.label.text()
    return ". ".join(filter(None, [label, "" if words.source is None else str(words.source)]))


def _notes(rulebook: Rulebook) -> Mapping[str, str]:
    """Return the comments on parts of a rulebook, by path."""
    parts: list[tuple[str, str, Words]] = []
    for criterion in rulebook.criteria():
        parts.append((f"criteria.{criterion.id}", criterion.id, criterion.words))
    for kind, named in (
        ("let", rulebook.let),
        ("outputs", rulebook.outputs),
        ("overrides", rulebook.overrides),
        ("validations", rulebook.validations),
        ("exemptions", rulebook.exemptions),
    ):
        parts += [(f"{kind}.{one.id}", one.id, one.words) for one in named]
    return {path: f"{id_}: {text}" if (text := _words(words)) else "" for path, id_, words in parts}
