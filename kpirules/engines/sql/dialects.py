"""The differences between SQL dialects: one row for each database.

A template has the marks `{x}` and `{y}` for integers, `{cell}` for a column of the table, `{text}` for a literal,
`{low}` and `{high}` for the ends of a domain, `{least}` and `{most}` for the ends of its whole numbers, `{places}`
for decimal places, `{scale}` for ten to that power, `{digits}` for the digits of a decimal and `{width}` for those
that hold its product with the scale. Division is only printed for a dividend from 0 and a divisor from 1, where
rounding down and truncating are one.
"""

from __future__ import annotations

from attrs import frozen

__all__ = ["DIALECTS", "Dialect"]

NARROW_BITS = 62
"""Bits of integers in every dialect: 64 of them, with room for a sign and a sum."""


def _day(days: str) -> str:
    return "CASE WHEN {cell} BETWEEN DATE '{low}' AND DATE '{high}' THEN " + days + " END"


@frozen
class Dialect:
    """How one database writes each operation.

    Args:
        name: the word on the command line.
        title: the name of the database.
        is_certified: whether tests run its queries.
        number: an integer of `scale`-ths from a cell of any type of number; NULL if it has more places, is beyond
            the domain, or is not a number.
        tried: the text for `{tried}` in it; `whole` for whole numbers; `by_text` for floats, if a domain has more
            digits than tell a float. Cheaper are `of_double`, for doubles that tell them, and `of_integer`.
        size: a cell of any type as a number near it, NULL if it is none.
        divided: a quotient; `remainder`: its remainder.
        wide: the type of integers of up to `bits` bits; `wide_divided`: their quotient.
        decimal: an integer times an exact decimal factor, as a decimal with `digits` and `places`.
        double: an integer as a double.
        same: whether a cell is a text, by code points whatever its collation.
        key: a column that joins records to subjects, as it is compared by code points.
        joins: whether two of them are equal; a text never equals a number.
        length: the characters of a text.
        flag: a cell as a boolean; NULL if it is none.
        day: days since 1970-01-01 from a date within the domain, else NULL; `date`: the way back.
        fence: what keeps a common table expression from being copied into its readers.
        ending: what stands after the query.
        quotes: the marks around a name.
        prefix: what a literal of text begins with.
        kind: the name of the type of a cell; `floats`: those of floats of 32 bits, and of 64; `integers`: those of
            integers.
        otherwise: a `CASE` of integers with a value where no condition holds; `start` is that without its `END`.
        no_text: a missing text; `boolean` and `day_type`: the types of conditions and of dates.
        has_booleans: whether a column may be a condition.
        has_escapes: whether a backslash in a literal escapes.
        is_doubled: whether a quote in a literal is doubled; else a backslash stands before it.
    """

    name: str
    title: str
    number: str
    size: str = "TRY_CAST({cell} AS DOUBLE)"
    tried: str = ""
    whole: str = ""
    of_integer: str = ""
    of_double: str = ""
    is_certified: bool = False
    integer: str = "BIGINT"
    wide: str = ""
    bits: int = NARROW_BITS
    divided: str = "{x} / {y}"
    wide_divided: str = ""
    remainder: str = "{x} % {y}"
    decimal: str = "CAST({x} * {factor} AS DECIMAL({digits}, {places}))"
    double: str = "CAST({x} AS DOUBLE)"
    same: str = "{cell} = {text}"
    key: str = "{cell}"
    joins: str = "{x} = {y}"
    length: str = "CHAR_LENGTH({cell})"
    flag: str = "{cell}"
    day: str = _day("{cell} - DATE '1970-01-01'")
    date: str = "DATE '1970-01-01' + {x}"
    fence: str = ""
    ending: str = ""
    quotes: str = '""'
    prefix: str = ""
    kind: str = ""
    floats: tuple[str, str] = ("", "")
    integers: tuple[str, ...] = ()
    by_text: str = ""
    otherwise: str = "{start} ELSE {value} END"
    no_text: str = "CAST(NULL AS VARCHAR(1))"
    boolean: str = "BOOLEAN"
    day_type: str = "DATE"
    has_booleans: bool = True
    has_escapes: bool = False
    is_doubled: bool = True


_TRIED = "CASE WHEN {tried} = {cell} AND {tried} BETWEEN {low} AND {high} THEN CAST({tried} * {scale} AS BIGINT) END"
_DECIMAL = "TRY_CAST({cell} AS DECIMAL({digits}, {places}))"
_BY_TEXT = "TRY_CAST(CAST({cell} AS VARCHAR) AS DECIMAL({digits}, {places}))"

DIALECTS: dict[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        # `//` truncates, `/` is a division of doubles; HUGEINT has 128 bits; overflow raises; DECIMAL has 38 digits:
        # https://duckdb.org/docs/stable/sql/data_types/numeric
        # A product of decimals with at most 18 digits has no more, and overflows:
        # https://duckdb.org/docs/stable/sql/data_types/numeric#fixed-point-decimals
        # TRY_CAST is NULL where a cast fails: https://duckdb.org/docs/stable/sql/expressions/cast
        # A collation is of a column or an expression: https://duckdb.org/docs/stable/sql/expressions/collations
        # Not a number is equal to itself and greater than all: https://duckdb.org/docs/stable/sql/data_types/numeric
        Dialect(
            "duckdb",
            "DuckDB",
            _TRIED.replace("CASE WHEN ", "CASE WHEN TYPEOF({cell}) <> 'BOOLEAN' AND "),
            size="CASE WHEN TYPEOF({cell}) <> 'BOOLEAN' THEN TRY_CAST({cell} AS DOUBLE) END",
            tried=_DECIMAL.replace("digits", "width"),
            is_certified=True,
            kind="TYPEOF({cell})",
            floats=("FLOAT", "DOUBLE"),
            whole="TRY_CAST({cell} AS BIGINT)",
            # Reading by the type of a column is several times as fast as trying a decimal.
            integers=("BIGINT", "INTEGER"),
            of_integer="CASE WHEN {cell} BETWEEN {least} AND {most} THEN TRY_CAST({cell} AS BIGINT) * {scale} END",
            # Both conditions hold where the first is greater than that the second does not; AND is slower here.
            of_double="CASE WHEN (ROUND(CAST({cell} AS DOUBLE) * {scale}) / {scale} = {cell})"
            " > ({cell} NOT BETWEEN {low} AND {high})"
            " THEN TRY_CAST(ROUND(CAST({cell} AS DOUBLE) * {scale}) AS BIGINT) END",
            by_text=_BY_TEXT.replace("digits", "width"),
            wide="HUGEINT",
            bits=124,
            divided="{x} // {y}",
            wide_divided="{x} // {y}",
            same="{cell} COLLATE C = {text}",
            # A union has no collation, and the values of any type: https://duckdb.org/docs/stable/sql/data_types/union
            key="UNION_VALUE(k := {cell})",
            joins="{x} = {y} AND (TYPEOF({x}) LIKE '%VARCHAR%') = (TYPEOF({y}) LIKE '%VARCHAR%')",
            length="LENGTH({cell})",
            # Any number but 0 is true as a condition; yes is 1 as a number, and some texts as a condition.
            flag="CASE WHEN TYPEOF({cell}) <> 'VARCHAR' AND {cell} IN (TRUE, FALSE) THEN {cell} END",
            date="DATE '1970-01-01' + CAST({x} AS INTEGER)",
        ),
        # `/` of integers truncates, other numbers are doubles, no decimals, values have types, not columns:
        # https://www.sqlite.org/datatype3.html and https://www.sqlite.org/lang_expr.html
        # Not a number is NULL: https://www.sqlite.org/floatingpoint.html
        # AS MATERIALIZED keeps a query from being copied: https://www.sqlite.org/lang_with.html
        # Dates are texts; julianday('0001-01-01') is 1721425.5: https://www.sqlite.org/lang_datefunc.html
        Dialect(
            "sqlite",
            "SQLite",
            "CASE WHEN TYPEOF({cell}) = 'integer' AND {cell} BETWEEN {low} AND {high} THEN {cell} * {scale}"
            " WHEN TYPEOF({cell}) = 'real' AND {cell} BETWEEN {low_float} AND {high_float}"
            " AND ROUND({cell} * {scale}) / {scale}.0 = {cell} THEN CAST(ROUND({cell} * {scale}) AS INTEGER) END",
            size="CASE WHEN TYPEOF({cell}) IN ('integer', 'real') THEN {cell} END",
            is_certified=True,
            integer="INTEGER",
            decimal="{x} * {numerator} / {denominator}.0",
            double="CAST({x} AS REAL)",
            # A sign takes the affinity of a column away, under which the text 1 is the number.
            same="+{cell} COLLATE BINARY = {text}",
            key="+{cell} COLLATE BINARY",
            length="CASE WHEN TYPEOF({cell}) = 'text' THEN LENGTH({cell}) END",
            flag="CASE WHEN +{cell} IN (0, 1) THEN {cell} END",
            day="CASE WHEN DATE(JULIANDAY({cell})) = {cell} AND {cell} BETWEEN '{low}' AND '{high}'"
            " THEN CAST(JULIANDAY({cell}) - 2440587.5 AS INTEGER) END",
            date="DATE({x} + 2440587.5)",
            boolean="INTEGER",
            day_type="TEXT",
            fence="MATERIALIZED ",
        ),
        # `/` of integers truncates, `div` of numeric truncates, numeric has any number of digits; overflow raises:
        # https://www.postgresql.org/docs/17/functions-math.html
        # Not a number is greater than all; a float as text has the fewest digits that tell it:
        # https://www.postgresql.org/docs/17/datatype-numeric.html
        # Collation "C" compares bytes: https://www.postgresql.org/docs/17/collation.html
        # AS MATERIALIZED keeps a query from being copied: https://www.postgresql.org/docs/17/queries-with.html
        Dialect(
            "postgres",
            "PostgreSQL",
            "CASE WHEN {tried} BETWEEN {low} AND {high} AND ROUND({tried}, {places}) = {tried}"
            " THEN CAST({tried} * {scale} AS BIGINT) END",
            size="CAST(CAST({cell} AS TEXT) AS NUMERIC)",
            tried="CAST(CAST({cell} AS TEXT) AS NUMERIC)",
            is_certified=True,
            wide="NUMERIC",
            bits=400,
            wide_divided="DIV({x}, {y})",
            double="CAST({x} AS DOUBLE PRECISION)",
            same='{cell} COLLATE "C" = {text}',
            date="DATE '1970-01-01' + CAST({x} AS INTEGER)",
            fence="MATERIALIZED ",
        ),
        # `div` truncates and returns BIGINT; overflow raises in ANSI mode, the default of Spark 4:
        # https://spark.apache.org/docs/latest/sql-ref-ansi-compliance.html
        # Not a number is equal to itself and greater than all:
        # https://spark.apache.org/docs/latest/sql-ref-datatypes.html
        # UTF8_BINARY compares bytes: https://spark.apache.org/docs/latest/sql-ref-collation.html
        # A backslash in a literal escapes: https://spark.apache.org/docs/latest/sql-ref-literals.html
        Dialect(
            "spark",
            "Spark",
            "CASE WHEN ({tried} = {cell} OR (TYPEOF({cell}) = 'float' AND CAST({tried} AS FLOAT) = {cell}))"
            " AND {tried} BETWEEN {low} AND {high} THEN CAST({tried} * {scale} AS BIGINT) END",
            tried=_DECIMAL,
            by_text="TRY_CAST(CAST({cell} AS STRING) AS DECIMAL({digits}, {places}))",
            is_certified=True,
            kind="TYPEOF({cell})",
            floats=("float", "double"),
            divided="{x} DIV {y}",
            same="{cell} COLLATE UTF8_BINARY = {text}",
            day=_day("DATEDIFF({cell}, DATE '1970-01-01')"),
            date="DATE_ADD(DATE '1970-01-01', CAST({x} AS INT))",
            quotes="``",
            has_escapes=True,
        ),
        # `intDiv` truncates; overflow wraps: https://clickhouse.com/docs/sql-reference/functions/arithmetic-functions
        # A literal with a point is a double; Decimal has up to 76 digits:
        # https://clickhouse.com/docs/sql-reference/data-types/decimal
        # Texts compare by bytes: https://clickhouse.com/docs/sql-reference/data-types/string
        # A backslash in a literal escapes: https://clickhouse.com/docs/sql-reference/syntax
        # Merged, the expressions of many tables grow too long:
        # https://clickhouse.com/docs/operations/settings/settings#query_plan_merge_expressions
        Dialect(
            "clickhouse",
            "ClickHouse",
            "CASE WHEN {tried} BETWEEN {low} AND {high} AND CASE WHEN toTypeName({cell}) LIKE '%Float32%'"
            " THEN toFloat32({tried}) = {cell} WHEN toTypeName({cell}) LIKE '%Float64%'"
            " THEN toFloat64({tried}) = {cell} ELSE {tried} = {cell} END THEN toInt64({tried} * {scale}) END",
            size="toFloat64OrNull(toString({cell}))",
            tried="toDecimal128OrNull(toString({cell}), {places})",
            is_certified=True,
            # A cast to a type without NULL fails on one.
            integer="Nullable(Int64)",
            wide="Nullable(Int128)",
            bits=124,
            divided="intDiv({x}, {y})",
            wide_divided="intDiv({x}, {y})",
            decimal="CAST({x} AS DECIMAL(38, {places})) * CAST('{factor}' AS DECIMAL(38, {places}))",
            double="CAST({x} AS Float64)",
            length="lengthUTF8({cell})",
            no_text="CAST(NULL AS Nullable(String))",
            boolean="Nullable(Bool)",
            day_type="Nullable(Date32)",
            # Any number but 0 is true as a condition.
            flag="CASE WHEN {cell} IN (0, 1) THEN {cell} END",
            day="CASE WHEN {cell} BETWEEN toDate32('{low}') AND toDate32('{high}')"
            " THEN toInt64(toInt32(toDate32({cell}))) END",
            date="toDate32(toInt32({x}))",
            ending="SETTINGS query_plan_merge_expressions = 0",
            has_escapes=True,
        ),
        # `/` of integers truncates; overflow wraps or raises by version; TRY_CAST is NULL where a cast fails:
        # https://datafusion.apache.org/user-guide/sql/operators.html
        # https://datafusion.apache.org/user-guide/sql/data_types.html
        Dialect(
            "datafusion",
            "DataFusion",
            "CASE WHEN CAST({tried} AS DOUBLE) = CAST(CAST({cell} AS VARCHAR) AS DOUBLE)"
            " AND TRY_CAST(CAST({cell} AS VARCHAR) AS DECIMAL(76, 38)) = {tried}"
            " AND {tried} BETWEEN {low} AND {high} THEN CAST({tried} * {scale} AS BIGINT) END",
            size="TRY_CAST(CAST({cell} AS VARCHAR) AS DOUBLE)",
            tried=_BY_TEXT,
            # It does not agree with itself on whether such a column may be NULL where tables are joined.
            otherwise="COALESCE({case}, {value})",
            is_certified=True,
            decimal="CAST({x} AS DECIMAL(20, 0)) * CAST('{factor}' AS DECIMAL({factor_digits}, {places}))",
            day=_day("CAST(CAST({cell} AS INTEGER) AS BIGINT)"),
            date="CAST(CAST({x} AS INTEGER) AS DATE)",
        ),
        # `DIV` truncates; overflow raises: https://dev.mysql.com/doc/refman/8.4/en/arithmetic-functions.html
        # utf8mb4_0900_bin compares code points without padding:
        # https://dev.mysql.com/doc/refman/8.4/en/charset-collation-names.html
        # A backslash in a literal escapes: https://dev.mysql.com/doc/refman/8.4/en/string-literals.html
        Dialect(
            "mysql",
            "MySQL 8",
            "CASE WHEN {cell} BETWEEN {low_float} AND {high_float} AND ROUND({cell} * {scale}) / {scale} = {cell}"
            " THEN CAST(ROUND({cell} * {scale}) AS SIGNED) END",
            size="{cell}",
            integer="SIGNED",
            divided="{x} DIV {y}",
            double="CAST({x} AS DOUBLE)",
            same="CONVERT({cell} USING utf8mb4) COLLATE utf8mb4_0900_bin = {text}",
            flag="CASE WHEN {cell} IN (0, 1) THEN {cell} END",
            day=_day("DATEDIFF({cell}, DATE '1970-01-01')"),
            date="DATE_ADD(DATE '1970-01-01', INTERVAL {x} DAY)",
            quotes="``",
            no_text="CAST(NULL AS CHAR)",
            boolean="SIGNED",
            has_escapes=True,
        ),
        # `/` of integers truncates; overflow raises; a column is no condition, and there are no boolean literals:
        # https://learn.microsoft.com/en-us/sql/t-sql/language-elements/divide-transact-sql
        # https://learn.microsoft.com/en-us/sql/t-sql/data-types/bit-transact-sql
        # A comparison ignores trailing blanks, hence the mark after both texts:
        # https://learn.microsoft.com/en-us/sql/t-sql/language-elements/string-comparison-assignment
        # LEN ignores trailing blanks: https://learn.microsoft.com/en-us/sql/t-sql/functions/len-transact-sql
        Dialect(
            "sqlserver",
            "SQL Server",
            _TRIED.replace("{low}", "{low_float}").replace("{high}", "{high_float}"),
            size="TRY_CAST({cell} AS FLOAT)",
            tried=_DECIMAL,
            double="CAST({x} AS FLOAT)",
            same="CONCAT({cell}, N'.') COLLATE Latin1_General_100_BIN2 = CONCAT({text}, N'.')",
            length="LEN(CONCAT({cell}, N'.') COLLATE Latin1_General_100_CI_AS_SC) - 1",
            day="CASE WHEN {cell} BETWEEN CAST('{low}' AS DATE) AND CAST('{high}' AS DATE)"
            " THEN DATEDIFF(DAY, CAST('1970-01-01' AS DATE), {cell}) END",
            date="DATEADD(DAY, {x}, CAST('1970-01-01' AS DATE))",
            quotes="[]",
            prefix="N",
            boolean="INTEGER",
            has_booleans=False,
        ),
        # `/` is a division of decimals, all integers are NUMBER(38, 0):
        # https://docs.snowflake.com/en/sql-reference/operators-arithmetic
        # An empty collation compares code points: https://docs.snowflake.com/en/sql-reference/collation
        # Not a number is equal to itself and greater than all:
        # https://docs.snowflake.com/en/sql-reference/data-types-numeric
        # A backslash in a literal escapes: https://docs.snowflake.com/en/sql-reference/data-types-text
        Dialect(
            "snowflake",
            "Snowflake",
            "CASE WHEN {cell} BETWEEN {low_float} AND {high_float} AND ROUND({cell} * {scale}) / {scale} = {cell}"
            " THEN CAST(ROUND({cell} * {scale}) AS NUMBER(38, 0)) END",
            size="CAST({cell} AS DOUBLE)",
            integer="NUMBER(38, 0)",
            divided="CAST(({x} - MOD({x}, {y})) / {y} AS NUMBER(38, 0))",
            remainder="MOD({x}, {y})",
            same="COLLATE({cell}, '') = {text}",
            length="LENGTH({cell})",
            day=_day("DATEDIFF('day', DATE '1970-01-01', {cell})"),
            date="DATEADD('day', {x}, DATE '1970-01-01')",
            has_escapes=True,
        ),
        # `DIV` truncates; overflow raises; NUMERIC has 9 places, BIGNUMERIC 38; a literal with a point is a double:
        # https://cloud.google.com/bigquery/docs/reference/standard-sql/mathematical_functions
        # https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types
        # An empty collation compares code points:
        # https://cloud.google.com/bigquery/docs/reference/standard-sql/collation-concepts
        # A backslash escapes: https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical
        Dialect(
            "bigquery",
            "BigQuery",
            "CASE WHEN ROUND({tried}, {places}) = {cell} AND {tried} BETWEEN {low_float} AND {high_float}"
            " THEN CAST(ROUND({tried}, {places}) * {scale} AS INT64) END",
            size="SAFE_CAST({cell} AS FLOAT64)",
            tried="SAFE_CAST({cell} AS BIGNUMERIC)",
            integer="INT64",
            divided="DIV({x}, {y})",
            remainder="MOD({x}, {y})",
            decimal="{x} * BIGNUMERIC '{factor}'",
            double="CAST({x} AS FLOAT64)",
            same="COLLATE({cell}, '') = {text}",
            day=_day("DATE_DIFF({cell}, DATE '1970-01-01', DAY)"),
            date="DATE_ADD(DATE '1970-01-01', INTERVAL {x} DAY)",
            quotes="``",
            has_escapes=True,
            is_doubled=False,
        ),
    )
}
