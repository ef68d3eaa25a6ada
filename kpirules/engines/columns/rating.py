"""Runs an integer program on the columns of a data frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import narwhals.stable.v2 as nw
from attrs import frozen

from ..integers import IntegerProgram
from .entering import EPOCH
from .leaving import REFUSED, results
from .library import lib
from .printing import Printing
from .records import Listed
from .running import run

__all__ = ["Rated", "rated"]

CELLS, FEWEST_ROWS = 1 << 25, 1 << 16
"""Maximum cells of all columns, and minimum rows, that are rated at once: a quarter of a gigabyte."""

POLARS_ROWS = 1 << 20
"""Maximum rows that Polars rates at once: with more it asks the system for memory again and again."""


@frozen
class Rated:
    """A table rated by columns.

    Args:
        program: the rules as steps on integers.
        frame: the results: numbers as doubles, anything else as integers, -1 if absent; any in a refused row.
        refused: the indexes of the rows that the scalar engine must rate.
        texts: the texts of the rulebook and of the table.
        backend: the library of the table.
    """

    program: IntegerProgram
    frame: nw.DataFrame[Any]
    refused: tuple[int, ...]
    texts: Sequence[str]
    backend: nw.Implementation

    def series(self, result: str, name: str, word: Callable[[str], str | None] | None = None) -> nw.Series[Any]:
        """Return a result as a column of a table.

        Args:
            result: the name of the result.
            name: the name of the column.
            word: returns the text to show for a text, or None.
        """
        kind, found = self.program.results[result].kind, self.frame[result].alias(name)
        if kind == "number":
            return self._back(found)
        if kind in ("text", "code"):
            words: list[str | None]
            if coding := self.program.results[result].coding:
                codes = sorted(found.unique().to_list())
                found = found.replace_strict(codes, list(range(len(codes))), return_dtype=nw.Int64)
                words = list(map(coding.of, codes))
            else:
                words = [text if word is None else word(text) for text in self._texts(found)]
            kind = "text"
            if self.backend.is_pandas():
                return _of_pandas(found, kind, dict(enumerate(words)), self.backend)
            return self._back(_of_texts(found, words))
        meanings: dict[int, Any] = {0: False, 1: True}
        if kind == "date":
            meanings = {code: date.fromordinal(code) for code in found.unique().to_list() if code >= 0}
        if self.backend.is_pandas():
            return _of_pandas(found, kind, meanings, self.backend)
        return self._back(_of(found, kind))

    def _texts(self, found: nw.Series[Any]) -> Sequence[str]:
        """Return the texts up to the last one that a column has."""
        return self.texts[: max(found.max(), -1) + 1] if len(found) else ()

    def _back(self, found: nw.Series[Any]) -> nw.Series[Any]:
        """Return a series, converted to the library of the table."""
        if found.implementation is self.backend:
            return found
        if self.backend.is_pandas():
            native = self.backend.to_native_namespace()
            return nw.from_native(native.Series(found.to_numpy(), name=found.name), series_only=True)
        arrow_library = self.backend.to_native_namespace()
        cells = found.to_arrow()
        if found.dtype == nw.String:
            cells = cells.cast(arrow_library.string())
        native = arrow_library.chunked_array([cells])
        arrow: nw.Series[Any] = nw.from_native(native, series_only=True)
        return arrow.alias(found.name)


def rated(
    program: IntegerProgram,
    frame: nw.DataFrame[Any],
    columns: Mapping[str, str],
    names: Sequence[str],
    lists: Mapping[str, Listed],
) -> Rated:
    """Rate all rows of a data frame.

    Args:
        program: the rules; the results have a column form.
        frame: a data frame of Polars, pandas or PyArrow with at least one column.
        columns: the columns of the frame by input.
        names: the names of the results.
        lists: the records by list.

    Raises:
        Unreadable: if a column is of a type that has no column form.
    """
    printing = Printing(program, frame, columns, names, lists)
    last = results(printing, names)
    count = max(FEWEST_ROWS, CELLS // printing.width)
    if not lists and lib() is not nw:
        count = POLARS_ROWS
    parts = [run(printing, last, start, count) for start in range(0, max(len(frame), 1), count)]
    whole = nw.maybe_reset_index(nw.concat(parts)) if len(parts) > 1 else parts[0]
    refused = tuple(whole[REFUSED].arg_true().to_list()) if REFUSED in whole.columns else ()
    return Rated(program, whole, refused, printing.texts, frame.implementation)


def _of_pandas(
    found: nw.Series[Any], kind: str, meanings: Mapping[int, Any], backend: nw.Implementation
) -> nw.Series[Any]:
    """Return integers decoded to values, as a column of pandas."""
    values = [meanings.get(code) for code in found.to_numpy().tolist()]
    if kind == "text":
        return nw.new_series(found.name, values, nw.String, backend=backend.to_native_namespace())
    native = backend.to_native_namespace()
    dtype = "boolean" if kind == "boolean" else "object"
    return nw.from_native(native.Series(values, name=found.name, dtype=dtype), series_only=True)


def _of(found: nw.Series[Any], kind: str) -> nw.Series[Any]:
    """Return integers decoded to values, as a column of Polars or PyArrow."""
    cell = nw.col(found.name)
    if kind == "date":
        values = nw.when(cell >= 0).then((cell - EPOCH).cast(nw.Int32).cast(nw.Date))
    else:
        values = nw.when(cell >= 0).then(cell == 1)
    return found.to_frame().select(values.alias(found.name))[found.name]


def _of_texts(found: nw.Series[Any], texts: Sequence[str | None]) -> nw.Series[Any]:
    """Return the texts of indexes as Polars and PyArrow hold them; the last one is that of absent cells."""
    if found.implementation.is_polars():
        return nw.from_native(_of_texts_in_polars(found.to_native(), texts), series_only=True)
    cell, last = nw.col(found.name), len(texts)
    places = found.to_frame().select(nw.when(cell < 0).then(nw.lit(last, nw.Int64)).otherwise(cell).alias(found.name))
    backend = found.implementation.to_native_namespace()
    words = nw.new_series(found.name, [*texts, None], nw.String, backend=backend)
    return words[places[found.name]]


def _of_texts_in_polars(found: Any, texts: Sequence[str | None]) -> Any:
    """Return the texts of indexes; a single one need not be looked up row by row."""
    import polars as pl

    code = found.min() if len(found) else -1
    if len(found) and code == found.max():
        word = texts[code] if code >= 0 else None
        return pl.repeat(word, len(found), dtype=pl.String, eager=True).alias(found.name)
    words = pl.Series(found.name, texts, pl.String)
    return words.gather(
        found.cast(pl.UInt32, strict=False) if code < 0 else found.cast(pl.UInt32, wrap_numerical=True)
    )
