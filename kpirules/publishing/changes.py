"""The section about what changed between editions, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..change import Change, Comparison, Difference, compare
from ..kernel.markup import Html, element, joined
from ..kernel.shown import as_html
from ..language.expressions.syntax import parse
from ..rating.program import Program
from .gaps import part_named
from .reader import NOTHING, Cell, Reader, Section, table

__all__ = ["changes_section", "compared"]

_FORMULAS = frozenset({"applies", "measure", "met", "points", "rate", "that", "value", "when"})
"""The keys that hold a formula, which is shown in words."""

_SAID = {
    "applies": "applies",
    "band": "head_band",
    "band_at_least": "band_at_least",
    "band_at_most": "band_at_most",
    "label": "head_name",
    "max": "head_most",
    "measure": "measure",
    "points": "points",
    "rate": "share",
    "round": "rounding",
    "source": "head_source",
    "value": "head_value",
    "when": "head_when",
}
"""The phrases of the most frequent keys; another key is shown by its name."""

_NUMBER = re.compile(r"-?[\d.]+ ?%?")


def compared(editions: Sequence[Program]) -> tuple[Comparison, ...]:
    """Return the comparison of each edition with the next, in order of their dates."""
    return tuple(compare(old, new) for old, new in pairwise(editions))


def changes_section(reader: Reader, editions: Sequence[Program], comparisons: Sequence[Comparison]) -> Section:
    """Return what changed from each edition to the next, latest first.

    Args:
        reader: the reader.
        editions: in order of their dates.
        comparisons: of each with the next.
    """
    steps = zip(pairwise(editions), comparisons, strict=True)
    blocks = [_changed(old, new, found, reader) for (old, new), found in steps]
    return reader.section("changes", *blocks[::-1])


def _changed(old: Program, new: Program, found: Comparison, reader: Reader) -> Html:
    first = new.rulebook.version.from_
    day = "" if first is None else reader.say("period_from", first=first.isoformat())
    readers = (Reader.of(old.rulebook, reader.voice.language), Reader.of(new.rulebook, reader.voice.language))
    heads = [reader.say(f"head_{head}") for head in ("name", "change", "key", "before", "after", "source", "means")]
    rows = [row for difference in found.differences for row in _rows(difference, *readers)]
    verdicts = _means(found.significance.verdicts, reader)
    means = element("p", verdicts[:1].upper() + verdicts[1:])
    # The evidence of a comparison is in English.
    whole = element("div", as_html(found), lang="en")
    folded = element("details", element("summary", reader.say("changes_whole")), whole) if rows else NOTHING
    return element("article", element("h3", day), means, table(heads, rows), folded, classes="item")


def _means(verdicts: Sequence[str], reader: Reader) -> str:
    return "; ".join(reader.say(f"verdict_{verdict}") for verdict in verdicts)


def _rows(difference: Difference, old: Reader, new: Reader) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each key that differs; facts about the whole part are in the first row."""
    own = old if difference.change == "removed" else new
    name = part_named(difference.ref, own) if difference.ref else new.say("rulebooks")
    change = new.say(f"change_{difference.change}")
    means = _means(difference.significance.verdicts, new)
    # The label of a part that is new names it already, and its source has a column.
    changes = [
        one for one in difference.changes if one.key != "source" and (one.key != "label" or (one.old and one.new))
    ]
    for at, one in enumerate(changes or (Change("", "", ""),)):
        cells = (
            _key(one.key, new),
            _value(one.key, one.old, difference, old),
            _value(one.key, one.new, difference, new),
        )
        yield (name, change, *cells, _source(difference), means) if at == 0 else ("", "", *cells, "", "")


def _key(key: str, reader: Reader) -> str:
    return reader.say(_SAID[key]) if key in _SAID else key.replace("_", " ")


def _value(key: str, text: str, difference: Difference, reader: Reader) -> Cell:
    """Return a value of a key: a formula in words, a band or a part by its label."""
    if not text or _NUMBER.fullmatch(text):
        return text
    if key == "label":
        return part_named(difference.ref, reader)
    if key.startswith("band") and f"bands.{text}" in reader.voice.legend.entries:
        return reader.title("bands", text)
    tree = parse(text, []) if key in _FORMULAS else None
    return text if tree is None else reader.words(tree.tree)


def _source(difference: Difference) -> Html:
    """Return the citation; with that of the edition before if they differ."""
    old, new = difference.old_source, difference.new_source
    # A rulebook does not name the language of a citation.
    cites = [element("cite", text, lang="") for text in dict.fromkeys((old, new)) if text]
    return joined(cites, " → ")
