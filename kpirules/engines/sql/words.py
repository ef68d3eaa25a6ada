"""Names and texts as SQL writes them."""

from __future__ import annotations

import re

from .dialects import Dialect

__all__ = ["RESERVED", "name_in", "one_line", "text_in"]

PLAIN = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)

WORDS = """
abort accessible account action add after all alter always analyse analyze and anti any array as asc
asensitive asof assert_rows_modified asymmetric at attach authorization autoincrement backup before begin
between bigint binary bit blob boolean both browse bulk by call calls cascade case cast change char character
check checkpoint clustered coalesce collate collation column columns commit compute concurrently condition
conflict connection constraint contains containstable continue convert create cross cube cume_dist current
current_date current_time current_timestamp current_user cursor database databases date day_hour
day_microsecond day_minute day_second dec decimal declare default deferrable deferred define delayed delete
dense_rank deny desc describe detach deterministic disk distinct distinctrow div do double drop dual dump each
else elseif empty enclosed end enum errlvl escape escaped except exclude exclusive execute exists exit explain
external extract fail false fetch file fillfactor filter final first first_value float float4 float8 following
for force foreign format freetext freeze from full fulltext function generated get glob goto grant group
grouping grouping_id groups gscluster hash having high_priority holdlock hour_microsecond hour_minute
hour_second identity if ignore ilike immediate in increment index indexed infile initially inner inout
insensitive insert instead int int1 int2 int3 int4 int8 integer intersect interval into io_after_gtids
io_before_gtids is isnull issue iterate join json_table key keys kill lag lambda last last_value lateral lead
leading leave left level like limit linear lines load localtime localtimestamp lock long longblob longtext
lookup loop low_priority map master_bind master_ssl_verify_server_cert match match_recognize materialized
maxvalue mediumblob mediumint mediumtext merge middleint minus minute_microsecond minute_second mod modifies
national natural nchar new no no_write_to_binlog nocheck none not nothing notnull nth_value ntile null nullif
nulls numeric of off offset on only open optimize optimizer_costs option optionally or order organization
others out outer outfile over overlaps overlay partition percent percent_rank pivot pivot_longer pivot_wider
placing plan position positional pragma preceding precision prewhere primary print proc procedure proto public
purge qualify query raise raiserror range rank read read_write reads real reconfigure recursive references
regexp reindex release rename repeat replace require resignal respect restrict return returning revoke right
rlike rollback rollup row row_number rows rule sample save savepoint schema schemas second_microsecond
securityaudit select semantic semi sensitive separator session_user set setof settings show shutdown signal
similar smallint some spatial specific sql sql_big_result sql_calc_found_rows sql_small_result sqlexception
sqlstate sqlwarning ssl start starting statistics stored straight_join struct substring summarize symmetric
system table tablesample temp temporary terminated textsize then ties time timestamp tinyblob tinyint tinytext
to top trailing tran transaction treat trigger trim true truncate try_cast try_convert tsequal tuple unbounded
undo union unique unlock unnest unpack unpivot unsigned update updatetext usage use user using utc_date
utc_time utc_timestamp vacuum values varbinary varchar varcharacter variadic varying verbose view virtual
waitfor when where while window with within without write writetext xmlattributes xmlconcat xmlelement
xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable xor year_month zerofill
"""
"""Words that a database may not read as a name without quotes."""

RESERVED = frozenset(WORDS.split())


def name_in(dialect: Dialect, name: str) -> str:
    """Return a name, in quotes unless it is a plain word.

    Args:
        dialect: the forms of the database.
        name: a table or column.
    """
    if PLAIN.fullmatch(name) and name not in RESERVED:
        return name
    start, end = dialect.quotes[0], dialect.quotes[1]
    return f"{start}{name.replace(end, end * 2)}{end}"


def text_in(dialect: Dialect, text: str) -> str:
    """Return a literal of text.

    Args:
        dialect: the forms of the database.
        text: any text.
    """
    if dialect.has_escapes:
        text = text.replace("\\", "\\\\")
    text = text.replace("'", "''" if dialect.is_doubled else "\\'")
    return f"{dialect.prefix}'{text}'"


def one_line(text: str) -> str:
    """Return a text on one line, so that it can't end the comment it is in.

    Args:
        text: words of a rulebook.
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
