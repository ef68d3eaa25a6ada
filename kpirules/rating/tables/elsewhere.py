"""Rates lazy frames of other libraries where their data are: by a query if there is one, else batch by batch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from typing import Any, Literal

from attrs import evolve, frozen

from ...engines.integers import FALSE
from ...engines.sql import DIALECTS, NoSqlForm, name_in
from ...language.model import Input
from ...plan.ops import Arithmetic, Chain, Const, Logic, Member, Negate, Not, Read, walk
from ...plan.steps import Exempt
from ..program import Program
from .asked import Asked
from .frames import as_frame
from .series import kinds_of

__all__ = ["Job", "by_arrow", "by_dask", "by_duckdb", "by_spark"]

_VIEWS = count(1)

_WHOLE = ("tinyint", "smallint", "int", "integer", "bigint", "hugeint")

_TEXTS = ("varchar", "string")

_TYPES = {
    "number": (*_WHOLE, *(f"u{name}" for name in _WHOLE), "float", "double", "decimal"),
    "boolean": ("boolean",),
    "date": ("date",),
    "choice": _TEXTS,
    "text": _TEXTS,
}
"""The types of columns that hold the values of inputs, by kind."""


NO_PARTITION = (
    "rows that are compared, or share quotas, are rated together, and no partition of this frame has all of them: "
    "give its computed rows, such as `table.toArrow()` or `table.compute()`"
)


PLAIN = (Arithmetic, Chain, Const, Logic, Member, Negate, Not, Read)
"""Operations whose inputs a query asks for exactly where kpirules reads them."""


@frozen
class Job:
    """A lazy frame to rate.

    Args:
        asked: the options of the table.
        program: the rules.
        table: the lazy frame.
        records: the tables of records, by list input.
        rated: rates a batch with its records.
        is_by_query: whether no option asks for more than a query has.
        is_together: whether rows are compared or share quotas, so that a batch must hold all of them.
    """

    asked: Asked
    program: Program
    table: Any
    records: Mapping[str, Any]
    rated: Callable[[Any, Mapping[str, Any]], Any]
    is_by_query: bool
    is_together: bool

    @property
    def kinds(self) -> dict[str, str]:
        """The types of the columns to add."""
        known = kinds_of(self.program)
        return {one.name: known.get(one.name, one.kind) for one in self.asked.columns}

    def query(self, dialect: str, types: Mapping[str, str], view: str, records: Mapping[str, str]) -> str | None:
        """Return a query that rates the table; None if there is none.

        Args:
            dialect: of the database.
            types: the type of each column of the table, as the database writes it.
            view: its name in the query.
            records: the names of the tables of records.
        """
        if self.program.parts or not self.is_by_query:
            return None
        if self.is_together and not all(map(_has_exact_errors, self.program.whole)):
            return None
        inputs, columns = self.asked.rulebook.inputs, list(types)
        if not all(_holds(types[name], one) for one in inputs for name in (one.id, one.column) if name in types):
            return None  # the database would convert the values, or refuse to compare them
        try:
            text = self.program.sql(
                dialect=dialect,
                table=view,
                key=columns,
                records={id_: f"{name}:{','.join(self.asked.key)}" for id_, name in records.items()},
                columns=[one.name for one in self.asked.chosen],
                absent=[one.id for one in inputs if one.id not in records and not {one.id, one.column} & {*columns}],
                allocate=self.asked.is_allocated,
            )
        except NoSqlForm:
            return None
        names = {name: name_in(DIALECTS[dialect], name) for name in (*columns, *self.kinds)}
        numbers = {name for name, kind in self.kinds.items() if kind == "number"}
        shown = [
            f"CAST({quoted} AS DOUBLE) AS {quoted}" if name in numbers else quoted for name, quoted in names.items()
        ]
        return f"SELECT {', '.join(shown)} FROM (\n{text.rstrip().removesuffix(';')}\n) AS rated"

    def batch(self, batch: Any) -> Any:
        """Return a batch with its ratings."""
        return self.rated(batch, {id_: _matching(one, batch, self.asked.key) for id_, one in self.records.items()})


def _has_exact_errors(part: Program) -> bool:
    """Return whether a query rates every row that kpirules rates, so that no cohort stays unrated by mistake.

    A query may refuse a number with more decimals than it holds, a row without an input that an exemption might have
    read, and an undefined row that a validation reads.
    """
    integers, plan = part.integers, part.plan
    is_open = any(refusal.kind == "open" and refusal.flag != FALSE for refusal in integers.refusals)
    exempting = [op for step in plan.steps if isinstance(step, Exempt) for op in walk(step.when)]
    is_plain = all(isinstance(op, PLAIN) and not (isinstance(op, Read) and op.name in plan.let) for op in exempting)
    return not integers.declared and not is_open and is_plain


def _holds(type_: str, declared: Input) -> bool:
    """Return whether a type of a database holds the values of an input, and no others."""
    return re.sub(r"\(.*\)$", "", type_.lower()) in _TYPES.get(declared.type.kind, (type_.lower(),))


def _matching(records: Any, batch: Any, key: tuple[str, ...], how: Literal["semi", "anti"] = "semi") -> Any:
    """Return the records of the rows of a batch; with `anti`, the records of other rows."""
    import narwhals.stable.v2 as nw

    keys = nw.from_native(batch).select(key).unique()
    return nw.from_native(records).join(keys, on=list(key), how=how).to_native()


def _keyed_alike(job: Job, id_: str, records: Any, schema: Any) -> Any:
    """Return records as an Arrow table whose key has the types of a schema, as joining needs it."""
    import pyarrow as pa

    frame = as_frame(_in_memory(records))
    table = pa.Table.from_pylist(list(records)) if frame is None else frame.to_arrow()
    job.asked.check_columns(table.column_names, f"the table of `{id_}`", job.asked.fields(id_))
    for name in job.asked.key:
        old, new = table.schema.field(name).type, schema.field(name).type
        kinds = [(pa.types.is_string, pa.types.is_large_string), (pa.types.is_integer,)]
        is_alike = any(all(any(is_of(one) for is_of in kind) for one in (old, new)) for kind in kinds)
        if not (is_alike or old == new or pa.types.is_null(old)):
            raise ValueError(
                f"the key `{name}` is {old} in the table of `{id_}`, and {new} in the table: give both one type"
            )
        table = table.set_column(table.column_names.index(name), name, table[name].cast(new))
    return table


def _in_memory(records: Any) -> Any:
    """Return records as an eager data frame."""
    return records.to_arrow_table() if hasattr(records, "to_arrow_table") else records


def by_spark(job: Job) -> Any:
    """Return a rated data frame of Spark."""

    def view(frame: Any) -> str:
        name = f"kpirules_{next(_VIEWS)}"
        frame.createOrReplaceTempView(name)
        return name

    table = job.table
    query = job.query("spark", dict(table.dtypes), view(table), {id_: view(one) for id_, one in job.records.items()})
    if query is not None:
        return table.sparkSession.sql(query)
    if job.is_together:
        raise ValueError(NO_PARTITION)
    from pyspark.sql.types import BooleanType, DateType, DoubleType, StringType, StructField, StructType

    types = {"number": DoubleType(), "boolean": BooleanType(), "date": DateType()}
    added = [StructField(name, types.get(kind, StringType())) for name, kind in job.kinds.items()]
    local = evolve(job, table=None, records={id_: one.toArrow() for id_, one in job.records.items()})

    def rate(batches: Iterable[Any]) -> Iterator[Any]:
        import pyarrow as pa

        for batch in batches:
            yield from local.batch(pa.Table.from_batches([batch])).to_batches()

    return table.mapInArrow(rate, StructType([*table.schema.fields, *added]))


def by_arrow(job: Job) -> Any:
    """Return a reader of rated Arrow batches."""
    import pyarrow as pa

    types = {"number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32()}
    added = [pa.field(name, types.get(kind, pa.string())) for name, kind in job.kinds.items()]
    own = job.table.schema
    schema = pa.schema([*own, *added])
    local = evolve(job, records={id_: _keyed_alike(job, id_, one, own) for id_, one in job.records.items()})

    def rated() -> Iterator[Any]:
        if job.is_together:
            yield from job.rated(job.table.read_all(), local.records).cast(schema).to_batches()
            return
        rest = dict(local.records)
        for batch in job.table:
            table = pa.Table.from_batches([batch], own)
            yield from local.batch(table).cast(schema).to_batches()
            rest = {id_: _matching(one, table, job.asked.key, how="anti") for id_, one in rest.items()}
        if any(len(one) for one in rest.values()):
            job.rated(own.empty_table(), rest)  # which refuses records that match no row

    return pa.RecordBatchReader.from_batches(schema, rated())


def by_dask(job: Job) -> Any:
    """Return a rated data frame of Dask."""
    if job.is_together:
        raise ValueError(NO_PARTITION)
    records = {id_: one.compute() if hasattr(one, "compute") else one for id_, one in job.records.items()}
    local = evolve(job, table=None, records=records)
    return job.table.map_partitions(local.batch, meta=local.batch(job.table._meta))


def by_duckdb(job: Job) -> Any:
    """Return a rated relation of DuckDB; one with records, or that no query rates, is computed at once."""
    table = job.table
    if not job.records:
        types = dict(zip(table.columns, map(str, table.types), strict=True))
        order = "kpirules row"
        if job.is_together and order not in types:  # windows change the order of rows
            query = job.query("duckdb", types | {order: "BIGINT"}, "subjects", {})
            if query is not None:
                numbered = table.project(f'*, ROW_NUMBER() OVER () AS "{order}"')
                return numbered.query("subjects", query).order(f'"{order}"').project(f'* EXCLUDE ("{order}")')
        elif (query := job.query("duckdb", types, "subjects", {})) is not None:
            return table.query("subjects", query)
    # One relation alone is named in a query; records of another one are joined as Arrow tables.
    records = {id_: _in_memory(one) for id_, one in job.records.items()}
    rated_rows = job.rated(table.to_arrow_table(), records)  # noqa: F841 # DuckDB finds it by its name
    return table.query("subjects", "SELECT * FROM rated_rows")
