"""One mistake gives one error: accepted rulebooks with a mistake planted at one place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

import kpirules as kr
from kpirules.documents import read_text
from kpirules.documents.building.decoding import plain
from tests.budget import by_budget, some

ACCEPTED = some(sorted((Path(__file__).parents[1] / "conformance" / "accepted").rglob("*.kpi.yaml")), 4)
EACH, EVERY = by_budget((1, 4), (3, 1))
"""Mistakes of a kind that are planted in one rulebook, and of how many rulebooks one has them."""

Way = tuple[str | int, ...]
Doc = dict[str, Any]

MERGED = {"extends", "variants", "amendments", "appraisal"}
ASIDE = {"examples", "allow", "label", "source", "note", "kpirules", "id", "title"}
CLOSED = {"type", "combine", "missing", "mode", "outside", "overlap", "fall", "base", "ties", "weights", "better"}
FORMULAS = {"points", "rate", "met", "when", "that", "measure", "at_most", "applies"}
KEYS = CLOSED | FORMULAS | {
    "min", "max", "from", "to", "above", "below", "steps", "scale", "thresholds", "lookup", "entered", "bands", "score",
    "criteria", "inputs", "let", "overrides", "outputs", "requires", "band", "band_at_most", "band_at_least", "status",
    "options", "fields", "round", "places", "rescale", "decimals", "optional", "default", "levels", "cohort", "order",
    "weight", "parameters", "tables", "validations", "exemptions", "max_items", "min_items", "unique", "value",
}  # fmt: skip

OF_IDS = {"inputs", "fields", "let", "parameters", "tables", "criteria", "bands", "levels", "overrides", "outputs"}
"""Maps whose keys an author chooses."""


def thawed(value: Any) -> Any:
    """Return a plain value with mutable maps and lists."""
    if isinstance(value, Mapping):
        return {key: thawed(part) for key, part in value.items()}
    return [thawed(part) for part in value] if isinstance(value, list | tuple) else value


def document(path: Path) -> Doc | None:
    read, _ = read_text(path.read_text(encoding="utf-8"), path.name)
    if read is None:
        return None
    found: Doc = thawed(plain(read.root))
    found.pop("examples", None)
    return None if MERGED & found.keys() else found


def ways(value: Any, way: Way = ()) -> Iterator[tuple[Way, Any]]:
    """Yield every value of a document with its path."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        if key not in ASIDE:
            yield (*way, key), part
            yield from ways(part, (*way, key))


def changed(whole: Doc, way: Way, change: Callable[[Any, str | int], None]) -> Doc:
    """Return a copy of a document with a change of the map or list around a place."""
    copy = thawed(whole)
    around = copy
    for key in way[:-1]:
        around = around[key]
    change(around, way[-1])
    return copy  # type: ignore[no-any-return]


def put(value: Any) -> Callable[[Any, str | int], None]:
    return lambda around, key: around.__setitem__(key, value)


def renamed(new: str) -> Callable[[Any, str | int], None]:
    def change(around: Any, key: str | int) -> None:
        items = [(new if one == key else one, part) for one, part in around.items()]
        around.clear()
        around.update(items)

    return change


def swapped(word: str) -> str:
    """Return a word with two letters in its middle swapped."""
    middle = max(1, len(word) // 2)
    return word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]


def is_formula(way: Way, value: Any) -> bool:
    named = len(way) >= 2 and way[-2] in ("let", "outputs")
    return isinstance(value, str) and (way[-1] in FORMULAS or named)


def names_in(text: str) -> list[str]:
    words = re.findall(r"(?<![\w.\"'])[a-z_]\w*(?![\w(.])", re.sub(r"([\"']).*?\1", "", text))
    return [word for word in words if word not in ("and", "or", "not", "if", "else", "for", "in")]


def planted(whole: Doc, kind: str) -> Iterator[tuple[Way, Doc]]:
    """Yield copies of a document with a mistake of one kind, one for each place."""
    for way, value in ways(whole):
        key = way[-1]
        is_key = isinstance(key, str) and key in KEYS and not (len(way) > 1 and way[-2] in OF_IDS)
        of_section = len(way) == 2 and way[0] in ("inputs", "criteria", "bands", "overrides")
        is_number = not isinstance(value, str | bool | dict | list) and value is not None
        formula = value if is_formula(way, value) else ""
        match kind:
            case "misspelt key" if is_key and len(str(key)) > 3 and swapped(str(key)) != key:
                yield way, changed(whole, way, renamed(swapped(str(key))))
            case "key of nothing" if of_section and isinstance(value, dict):
                yield way, changed(whole, way, lambda around, key: around[key].__setitem__("zzz", 1))
            case "no value" if is_key and len(way) > 2:
                yield way, changed(whole, way, put(None))
            case "number as text" if is_key and is_number:
                yield way, changed(whole, way, put("a number"))
            case "number as list" if is_key and is_number:
                yield way, changed(whole, way, put([value]))
            case "unknown parameter" if is_key and is_number and key not in ("places", "decimals", "max_items"):
                yield way, changed(whole, way, put("nosuch"))
            case "map as number" if is_key and isinstance(value, dict):
                yield way, changed(whole, way, put(7))
            case "map as list" if is_key and isinstance(value, dict):
                yield way, changed(whole, way, put([1]))
            case "word that there is not" if key in CLOSED and isinstance(value, str) and "fields" not in way:
                yield way, changed(whole, way, put("nosuchword"))
            case "band that there is not" if key in ("band", "demote_to") and isinstance(value, str):
                yield way, changed(whole, way, put("nosuchband"))
            case "bracket" if formula:
                yield way, changed(whole, way, put(f"({formula}"))
            case "operator" if formula:
                yield way, changed(whole, way, put(f"{formula} +"))
            case "assignment" if formula:
                yield way, changed(whole, way, put(f"{formula} = 3"))
            case "text in a sum" if formula and key not in ("when", "that", "met", "applies"):
                yield way, changed(whole, way, put(f'({formula}) + "a"'))
            case "condition in a sum" if formula and key not in ("when", "that", "met", "applies"):
                yield way, changed(whole, way, put(f"({formula}) + True"))
            case "unknown name" if formula and key not in ("applies", "when") and names_in(formula):
                name = names_in(formula)[0]
                yield way, changed(whole, way, put(re.sub(rf'(?<![\w."]){name}\b', "no_such_name", formula, count=1)))
            case "unknown function" if formula and (call := re.search(r"\b([a-z_]+)\(", formula)):
                name = call.group(1)
                if name not in ("given", "default"):
                    yield way, changed(whole, way, put(formula.replace(f"{name}(", f"q{name}q(", 1)))
            case "percent of a name" if formula and names_in(formula) == [formula]:
                yield way, changed(whole, way, put(f"{formula}%"))


KINDS = (
    "misspelt key", "key of nothing", "no value", "number as text", "number as list", "unknown parameter",
    "map as number", "map as list", "word that there is not", "band that there is not", "bracket", "operator",
    "assignment", "text in a sum", "condition in a sum", "unknown name", "unknown function", "percent of a name",
)  # fmt: skip


@pytest.fixture(scope="module")
def documents() -> dict[str, Doc]:
    read = ((path.parent.name + "/" + path.name, document(path)) for path in ACCEPTED)
    return {name: found for name, found in read if found is not None}


@pytest.mark.parametrize("kind", KINDS)
def test_one_mistake_gives_one_error(kind: str, documents: dict[str, Doc]) -> None:
    """Every mistake is reported, and none by several errors."""
    random, tried = Random(kind), 0
    having = [name for name, whole in documents.items() if next(planted(whole, kind), None)]
    for name in having[KINDS.index(kind) % EVERY :: EVERY]:
        whole = documents[name]
        mistakes = list(planted(whole, kind))
        for way, mistaken in random.sample(mistakes, min(EACH, len(mistakes))):
            errors = kr.check(mistaken).errors
            assert len(errors) == 1, (name, way, [one.message for one in errors])
            tried += 1
    assert tried >= by_budget(2, 10)
