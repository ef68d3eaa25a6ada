"""The options of a table: which columns are inputs, keys, or are added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from attrs import evolve, frozen

from ...diagnostics import did_you_mean, listed
from ...diagnostics.report import OTHER_FORM, same_letters
from ...language.model import Input, ListDomain, Rulebook, by_id, ids_by_column
from ..columns import Column, columns_of, usual_columns
from .frames import check_name

__all__ = ["ERROR", "Asked", "Joined", "chosen", "key_in_words", "names_of", "place_of"]

ERROR = "error"
"""The column for the reasons why a row could not be rated."""

Joined = Mapping[str, Mapping[tuple[Any, ...], list[dict[str, Any]]]]
"""The records of each row by its key, by list input."""


@frozen(slots=False)
class Asked:
    """The options of a table.

    Args:
        rulebook: the rules.
        key, ignore: named columns.
        chosen: the columns to add.
        keeps_errors: whether a row may have no rating.
        is_allocated: whether quotas apply.
    """

    rulebook: Rulebook
    key: tuple[str, ...]
    ignore: tuple[str, ...]
    chosen: tuple[Column, ...]
    keeps_errors: bool = False
    is_allocated: bool = True

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return (*self.chosen, *([Column(ERROR, lambda _: None, "text")] if self.keeps_errors else []))

    @cached_property
    def left_out(self) -> frozenset[str]:
        """Columns that are not inputs."""
        declared = {*(one.id for one in self.rulebook.inputs), *self.columns_of_inputs}
        return frozenset((*self.ignore, *(name for name in self.key if name not in declared)))

    @cached_property
    def columns_of_inputs(self) -> Mapping[str, str]:
        return ids_by_column(self.rulebook.inputs)

    def key_of(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(row.get(name) for name in self.key)

    def given(self, row: dict[str, Any], joined: Joined) -> dict[str, Any]:
        """The inputs that a row gives by their ids, with its records."""
        given = {name: value for name, value in row.items() if name not in self.left_out}
        given = dict(by_id(given, self.columns_of_inputs))
        for id_, by_key in joined.items():
            given[id_] = by_key.get(self.key_of(row), [])
        return given

    def fields(self, id_: str) -> tuple[Input, ...]:
        """Return the fields of a list input."""
        lists = {input_.id: input_.domain for input_ in self.rulebook.inputs if isinstance(input_.domain, ListDomain)}
        if id_ not in lists:
            otherwise = f"there are {listed(lists, 'and')}" if lists else "there is none"
            raise ValueError(f"records: `{id_}` is not a list input; {did_you_mean(id_, lists, otherwise)}")
        if not self.key:
            raise ValueError("records need `key`: the columns that join records to rows")
        return lists[id_].fields

    def check_columns(self, names: Sequence[str], what: str, fields: Sequence[Input] | None = None) -> None:
        """Refuse unknown columns, and columns whose names are taken."""
        for name in names:
            check_name(name, what)
        inputs = self.rulebook.inputs if fields is None else fields
        known = [*(one.id for one in inputs), *ids_by_column(inputs)]
        for name in names:
            if name not in known and name not in self.key and name not in self.ignore:
                way_out = did_you_mean(name, known, "if that is intended, name it in `key` or `ignore`")
                raise ValueError(f"{what} has a column `{name}`, which is not an input; {way_out}")
        for name in self.key:
            if names and name not in names:
                same = same_letters(name, names)
                alike = f"; it has `{same}`: {OTHER_FORM}" if same else ""
                raise ValueError(f"{what} has no column `{name}`, which `key` names{alike}")
        if fields is None:
            for column in self.columns:
                if column.name in names:
                    raise ValueError(f"{what} already has a column `{column.name}`; rename it, or choose `columns`")


def names_of(written: str | Sequence[str]) -> tuple[str, ...]:
    return (written,) if isinstance(written, str) else tuple(written)


def chosen(rulebook: Rulebook, names: Sequence[str] | None, language: str | None) -> tuple[Column, ...]:
    known = columns_of(rulebook, language)
    if language is not None:
        known["band"] = evolve(known["band_label"], name="band")
    wanted = usual_columns(rulebook) if names is None else names_of(names)
    for name in wanted:
        if name not in known:
            raise ValueError(
                f"there is no column `{name}`; {did_you_mean(name, known, f'there are {listed(known)}')}"
            )
    return tuple(known[name] for name in dict.fromkeys(wanted))


def place_of(number: int, row: Mapping[str, Any], key: tuple[str, ...]) -> str:
    return f"rows[{number}]" + (f" {key_in_words(tuple(row.get(name) for name in key))}" if key else "")


def key_in_words(key: tuple[Any, ...]) -> str:
    return f"({', '.join(map(str, key))})"
