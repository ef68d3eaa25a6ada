"""Databases on this machine that can run a printed query: each opens one, fills a table and returns rows."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any

__all__ = ["DATABASES", "Absent", "Database", "Tables", "arrow_table", "opened"]

Rows = Sequence[Sequence[Any]]
Tables = Mapping[str, tuple[Mapping[str, str], Rows]]
Run = Callable[[Tables, str], list[dict[str, Any]]]


MANY = 50
"""Rows that DuckDB inserts at once: one by one takes four times as long."""


class Absent(Exception):
    """A database that is not installed; the argument says what installs it."""


class Database:
    """An open database.

    Args:
        name: the name of its dialect.
        version: its version.
        run: takes tables by name and a query, and returns the rows of the query. A table is its columns with their
            kinds (`integer`, `double`, `real`, `decimal P S`, `boolean`, `text` or `date`), and its rows.
    """

    def __init__(self, name: str, version: str, run: Run) -> None:
        self.name, self.version, self.run = name, version, run


@contextmanager
def opened(name: str) -> Iterator[Database]:
    """Open a database of this machine.

    Args:
        name: the name of a dialect.

    Raises:
        Absent: if it is not installed.
    """
    with DATABASES[name]() as database:
        yield database


def _imported(module: str, package: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        raise Absent(f"pip install {package}") from None


def _types(types: Mapping[str, str]) -> Callable[[str], str]:
    """Return a function that gives the type of a column of a kind."""

    def of(kind: str) -> str:
        head, *rest = kind.split()
        return types[head] + (f"({', '.join(rest)})" if rest else "")

    return of


def _created(table: str, kinds: Mapping[str, str], of: Callable[[str], str], quote: str = '"') -> str:
    columns = ", ".join(f"{quote}{name}{quote} {of(kind)}" for name, kind in kinds.items())
    return f"CREATE TABLE {table} ({columns})"


@contextmanager
def _duckdb() -> Iterator[Database]:
    duckdb = _imported("duckdb", "duckdb")
    of = _types(
        {
            "integer": "BIGINT",
            "double": "DOUBLE",
            "real": "FLOAT",
            "decimal": "DECIMAL",
            "boolean": "BOOLEAN",
            "text": "VARCHAR COLLATE NOCASE",
            "date": "DATE",
        }
    )
    with duckdb.connect() as connection:

        def run(tables: Tables, query: str) -> list[dict[str, Any]]:
            for table, (kinds, rows) in tables.items():
                connection.execute(f"DROP TABLE IF EXISTS {table}")
                connection.execute(_created(table, kinds, of))
                marks = f"({', '.join('?' * len(kinds))})"
                for start in range(0, len(rows), MANY):
                    some = rows[start : start + MANY]
                    values = ", ".join([marks] * len(some))
                    connection.execute(f"INSERT INTO {table} VALUES {values}", [*chain.from_iterable(some)])
            return _rows(connection.execute(query))

        yield Database("duckdb", duckdb.__version__, run)


@contextmanager
def _sqlite() -> Iterator[Database]:
    import sqlite3

    def bound(value: Any) -> Any:
        if value is None or isinstance(value, int | float | str):
            return value
        return value.isoformat() if hasattr(value, "isoformat") else float(value)

    of = _types(
        dict.fromkeys(("integer", "boolean"), "INTEGER")
        | dict.fromkeys(("double", "real", "decimal"), "NUMERIC")
        | dict.fromkeys(("text", "date"), "TEXT COLLATE NOCASE")
    )
    connection = sqlite3.connect(":memory:")
    try:

        def run(tables: Tables, query: str) -> list[dict[str, Any]]:
            for table, (kinds, rows) in tables.items():
                connection.execute(f"DROP TABLE IF EXISTS {table}")
                connection.execute(_created(table, kinds, of))
                marks = ", ".join("?" * len(kinds))
                connection.executemany(
                    f"INSERT INTO {table} VALUES ({marks})", [list(map(bound, row)) for row in rows]
                )
            return _rows(connection.execute(query))

        yield Database("sqlite", sqlite3.sqlite_version, run)
    finally:
        connection.close()


@contextmanager
def _postgres() -> Iterator[Database]:
    """Yield PostgreSQL. This is long since it creates, starts and stops a server of its own."""
    psycopg = _imported("psycopg", "'psycopg[binary]'")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb") or (str(programs[-1]) if programs else None)
    if found is None:
        raise Absent("apt-get install postgresql")
    of = _types(
        {
            "integer": "bigint",
            "double": "double precision",
            "real": "real",
            "decimal": "numeric",
            "boolean": "boolean",
            "text": "text",
            "date": "date",
        }
    )
    folder = Path(tempfile.mkdtemp(prefix="kpirules-"))
    # A server refuses to run as root.
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        user = {"user": "postgres", "group": "postgres", "extra_groups": []}
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **user}
    data, control = str(folder / "data"), str(Path(found).with_name("pg_ctl"))
    try:
        create = [found, "-D", data, "-A", "trust", "-U", "kpirules", "-N", "-E", "UTF8", "--locale=C"]
        subprocess.run(create, check=True, **quiet)
        settings = f"-k {folder} -c listen_addresses='' -c fsync=off"
        subprocess.run([control, "-D", data, "-w", "-o", settings, "start"], check=True, **quiet)
        with psycopg.connect(host=str(folder), user="kpirules", dbname="postgres", autocommit=True) as connection:

            def run(tables: Tables, query: str) -> list[dict[str, Any]]:
                for table, (kinds, rows) in tables.items():
                    connection.execute(f"DROP TABLE IF EXISTS {table}")
                    connection.execute(_created(table, kinds, of))
                    marks = ", ".join(["%s"] * len(kinds))
                    with connection.cursor() as cursor:
                        cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", list(rows))
                return _rows(connection.execute(query))

            version = str(connection.info.server_version // 10_000)
            yield Database("postgres", version, run)
    finally:
        subprocess.run([control, "-D", data, "-m", "immediate", "stop"], check=False, **quiet)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _datafusion() -> Iterator[Database]:
    datafusion = _imported("datafusion", "datafusion")
    arrow = _imported("pyarrow", "pyarrow")
    context = datafusion.SessionContext()

    def run(tables: Tables, query: str) -> list[dict[str, Any]]:
        for table, (kinds, rows) in tables.items():
            context.deregister_table(table)
            batches = [arrow_table(arrow, kinds, rows).combine_chunks().to_batches()]
            context.register_record_batches(table, batches)
        return _from_arrow(context.sql(query).to_arrow_table())

    yield Database("datafusion", datafusion.__version__, run)


@contextmanager
def _clickhouse() -> Iterator[Database]:
    session = _imported("chdb.session", "chdb").Session()
    of = _types(
        {
            "integer": "Int64",
            "double": "Float64",
            "real": "Float32",
            "decimal": "Decimal",
            "boolean": "Bool",
            "text": "String",
            "date": "Date32",
        }
    )

    def cell(value: Any) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, bool | int):
            return str(value).lower()
        if isinstance(value, float):
            return repr(value)
        text = str(value).replace("\\", "\\\\").replace("'", "\\'")
        return f"'{text}'"

    def run(tables: Tables, query: str) -> list[dict[str, Any]]:
        for table, (kinds, rows) in tables.items():
            session.query(f"DROP TABLE IF EXISTS {table}")
            session.query(_created(table, kinds, lambda kind: f"Nullable({of(kind)})") + " ENGINE = Memory")
            if rows:
                values = ", ".join(f"({', '.join(map(cell, row))})" for row in rows)
                session.query(f"INSERT INTO {table} VALUES {values}")
        return _from_arrow(session.query(query.rstrip().rstrip(";"), "ArrowTable"))

    try:
        yield Database("clickhouse", import_module("chdb").__version__, run)
    finally:
        session.close()


@contextmanager
def _spark() -> Iterator[Database]:
    sql = _imported("pyspark.sql", "pyspark")
    if shutil.which("java") is None:
        raise Absent("apt-get install default-jre-headless")
    of = _types(
        {
            "integer": "bigint",
            "double": "double",
            "real": "float",
            "decimal": "decimal",
            "boolean": "boolean",
            "text": "string",
            "date": "date",
        }
    )
    settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "1", "spark.log.level": "OFF"}
    builder = sql.SparkSession.builder.master("local[2]").appName("kpirules")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()

    def run(tables: Tables, query: str) -> list[dict[str, Any]]:
        for table, (kinds, rows) in tables.items():
            schema = ", ".join(f"`{name}` {of(kind)}" for name, kind in kinds.items())
            session.createDataFrame([tuple(row) for row in rows], schema).createOrReplaceTempView(table)
        return [row.asDict() for row in session.sql(query.rstrip().rstrip(";")).collect()]

    try:
        yield Database("spark", session.version, run)
    finally:
        session.stop()


def _rows(cursor: Any) -> list[dict[str, Any]]:
    """Return the rows of a cursor."""
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def arrow_table(arrow: Any, kinds: Mapping[str, str], rows: Rows) -> Any:
    """Return rows as an Arrow table.

    Args:
        arrow: the module pyarrow.
        kinds: the columns with their kinds.
        rows: the rows.
    """
    types = {
        "integer": arrow.int64(),
        "double": arrow.float64(),
        "real": arrow.float32(),
        "boolean": arrow.bool_(),
        "text": arrow.string(),
        "date": arrow.date32(),
    }
    columns = {}
    for place, (name, kind) in enumerate(kinds.items()):
        type_ = arrow.decimal128(*map(int, kind.split()[1:])) if kind.startswith("decimal") else types[kind]
        columns[name] = arrow.array([row[place] for row in rows], type_)
    return arrow.table(columns)


def _from_arrow(table: Any) -> list[dict[str, Any]]:
    """Return the rows of an Arrow table, with bytes decoded to texts."""
    rows: list[dict[str, Any]] = table.to_pylist()
    return [{name: cell.decode() if isinstance(cell, bytes) else cell for name, cell in row.items()} for row in rows]


DATABASES: Mapping[str, Callable[[], Any]] = {
    "duckdb": _duckdb,
    "sqlite": _sqlite,
    "postgres": _postgres,
    "spark": _spark,
    "clickhouse": _clickhouse,
    "datafusion": _datafusion,
}
"""The databases that tests run, by dialect."""
