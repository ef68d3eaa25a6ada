"""Makes ids and YAML texts from texts that people write."""

from __future__ import annotations

import json
import keyword
import re
import unicodedata
from collections.abc import Container

from ...documents.building.names import RESERVED
from ...documents.limits import character_name, refused_in_value
from ...testing.updating import as_text

__all__ = ["id_of", "in_yaml", "refused_in", "unused_id"]

_NO_ID = re.compile(r"[^a-z0-9]+")


def id_of(text: str) -> str:
    """Return an id from the letters of a text, empty if it has none to start with.

    >>> id_of("Doanh thu (triệu đồng)"), id_of("2026")
    ('doanh_thu_trieu_dong', '')
    """
    bare = unicodedata.normalize("NFKD", text.lower().replace("đ", "d").replace("ß", "ss"))
    words = _NO_ID.sub("_", "".join(sign for sign in bare if not unicodedata.combining(sign))).strip("_")
    return words if words[:1].isalpha() else ""


def unused_id(text: str, instead: str, taken: Container[str]) -> str:
    """Return a new id for an input, which formulas can read.

    Args:
        text: its name for people.
        instead: the id if the text gives none.
        taken: the ids in use.

    >>> unused_id("Max", "kpi", ()), unused_id("%", "kpi", ["kpi"])
    ('max_value', 'kpi_2')
    """
    id_ = id_of(text) or instead
    if id_ in RESERVED or keyword.iskeyword(id_):
        id_ += "_value"
    number, found = 1, id_
    while found in taken:
        number += 1
        found = f"{id_}_{number}"
    return found


def in_yaml(text: str) -> str:
    """Return a text as a YAML scalar that is also valid inside braces."""
    written = as_text(text)
    # YAML reads no control characters, and takes some others for ends of lines.
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in written)


def refused_in(text: str) -> str:
    """Return the name of the first character that no rulebook may contain, or an empty text.

    >>> refused_in("a" + chr(0)), refused_in("a")
    ('the control character U+0000 (NUL)', '')
    """
    place = refused_in_value(text)
    return "" if place is None else character_name(text[place])
