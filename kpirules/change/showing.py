"""Comparisons and impacts as text, Markdown and HTML."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from ..kernel.cards import Card, Table
from ..kernel.exact import approximate_text, to_text
from ..kernel.markup import Html, element, joined, plain
from ..kernel.shown import as_html, as_markdown, as_text
from ..kernel.visible import neutral
from ..kernel.widths import distinguishable
from .by_part import ByPart, Part
from .comparison import Comparison, Difference
from .differing import Change
from .effects import Effect, Impact, Move, Refusal
from .significance import Significance
from .verdicts import VERDICTS

__all__: list[str] = []

MOST_MOVES = 50
"""Subjects shown in the text; JSON has all of them."""

DIGITS = 12
"""Digits of a hash that are shown."""

SAME = "nothing differs"

ACROSS = "across variants and editions"


# -- comparisons ----------------------------------------------------------------------------------


@as_text.register
def _comparison_text(comparison: Comparison) -> str:
    """Return a line for each edition and key, and what every difference means."""
    lines = [
        f"{comparison.old} → {comparison.new}",
        _sentence(comparison),
        *(f"  {fact}" for fact in _facts(comparison)),
    ]
    for difference in comparison.differences:
        lines += ["", _headline(difference), *(f"    {_arrow(change)}" for change in difference.changes)]
        lines += [f"    {fact}" for fact in _remarks(difference, comparison)]
    return "\n".join(map(neutral, lines)) + "\n"


@as_markdown.register
def _comparison_markdown(comparison: Comparison) -> str:
    """Return a table of the differences below their common verdicts."""
    return _card(comparison).markdown()


@as_html.register
def _comparison_html(comparison: Comparison) -> Html:
    """Return a comparison as one HTML element."""
    return _card(comparison).html()


def _card(comparison: Comparison) -> Card:
    rows = [row for difference in comparison.differences for row in _rows(difference, comparison)]
    head = ("what", "change", "key", "before", "after", "source", "means")
    tables = (Table.whole("differences", head, rows),) if rows else ()
    state = "good" if comparison.significance.is_quiet else "bad"
    return Card(
        f"{comparison.old} → {comparison.new}",
        "",
        "",
        _sentence(comparison),
        state,
        tuple(_facts(comparison)),
        tables,
    )


def _sentence(comparison: Comparison) -> str:
    if comparison.is_same:
        return SAME
    verdicts = _short(comparison.significance)
    return verdicts if comparison.across is None else f"{verdicts}; {ACROSS}: {_short(comparison.across)}"


def _of_one(difference: Difference, comparison: Comparison) -> str:
    """Return the verdicts on a difference, labelled if they concern subjects that change their part."""
    verdicts = _short(difference.significance)
    return verdicts if difference.significance is not comparison.across else f"{ACROSS}: {verdicts}"


def _short(significance: Significance) -> str:
    """Return the verdicts without their witnesses."""
    return "; ".join(VERDICTS[name].short for name in significance.verdicts)


def _facts(comparison: Comparison) -> Iterator[str]:
    yield from _shown(comparison.significance)
    for name in ("scoring_hash", "content_hash"):
        old, new = getattr(comparison.old, name)[:DIGITS], getattr(comparison.new, name)[:DIGITS]
        yield f"{name.replace('_', ' ')} {old}" + ("" if old == new else f" → {new}")


def _shown(means: Significance, witness: str = "") -> Iterator[str]:
    """Yield the evidence for verdicts; `witness` is already shown."""
    yield from means.reasons
    yield from means.promises
    if means.witness:
        yield _between(means.old, means.new)
        yield (
            f"shown with the same subject{means.how}" if _is_witness_of(means.witness, witness) else means.shown_with
        )
    elif means.ratings == "possible":
        yield means.looked_at


def _is_witness_of(witness: str, whole: str) -> bool:
    """Return whether a witness is a given subject without the inputs that only the new rules have."""
    if not whole:
        return False
    values = json.loads(whole)
    return all(id_ in values and values[id_] == value for id_, value in json.loads(witness).items())


def _between(old: str, new: str) -> str:
    return " → ".join(distinguishable(old, new))


def _headline(difference: Difference) -> str:
    kind = "" if difference.kind == difference.name else f"{difference.kind} "
    return " ".join(filter(None, (difference.change, f"{kind}{difference.name}", _cited(difference))))


def _cited(difference: Difference) -> str:
    old, new = difference.old_source, difference.new_source
    if not (old or new):
        return ""
    return f"[{old or new}]" if old == new or not (old and new) else f"[{old} → {new}]"


def _arrow(change: Change) -> str:
    if change.old and change.new:
        return f"{change.key}: {_between(change.old, change.new)}"
    return f"{change.key}: + {change.new}" if change.new else f"{change.key}: - {change.old}"


def _remarks(difference: Difference, comparison: Comparison) -> Iterator[str]:
    means = difference.significance
    if difference.together:
        yield f"together with {', '.join(difference.together)}"
    if difference.twin:
        yield f"equal to {difference.twin} except for its name"
    yield _of_one(difference, comparison)
    yield from _shown(means, comparison.significance.witness)


def _rows(difference: Difference, comparison: Comparison) -> Iterator[tuple[str, ...]]:
    """Yield a row for each key; facts about the whole part are in the first."""
    means = _of_one(difference, comparison)
    if difference.significance.witness:
        means += f": {_between(difference.significance.old, difference.significance.new)}"
    means += f"; together with {', '.join(difference.together)}" if difference.together else ""
    means += f"; equal to {difference.twin} except for its name" if difference.twin else ""
    first = (difference.name, f"{difference.kind} {difference.change}")
    source = _cited(difference).strip("[]")
    for index, change in enumerate(difference.changes or (Change("", "", ""),)):
        cells = (change.key, *distinguishable(change.old, change.new))
        yield (*first, *cells, source, means) if index == 0 else ("", "", *cells, "", "")


# -- impacts --------------------------------------------------------------------------------------


@as_text.register
def _impact_text(impact: Impact) -> str:
    """Return the comparison, and below it the effect on the population."""
    parts = [_comparison_text(impact.comparison), _lead(impact), *(f"  {fact}" for fact in _impact_facts(impact))]
    return "\n".join([*parts, *(f"\n{table.text()}" for table in _tables(impact))]) + "\n"


@as_markdown.register
def _impact_markdown(impact: Impact) -> str:
    """Return the effect on the population, then the differences, in Markdown."""
    return f"{_impact_card(impact).markdown()}\n{_comparison_markdown(impact.comparison)}"


@as_html.register
def _impact_html(impact: Impact) -> Html:
    """Return the same content as HTML elements."""
    return joined((_impact_card(impact).html(), _comparison_html(impact.comparison)), "\n")


def _impact_card(impact: Impact) -> Card:
    state = "bad" if impact.rated_otherwise else "good"
    title = f"{impact.comparison.old} → {impact.comparison.new}"
    return Card(title, "Impact", "", _lead(impact), state, tuple(_impact_facts(impact)), tuple(_tables(impact)))


def _lead(impact: Impact) -> str:
    return f"{len(impact.rated_otherwise):,} of {impact.count:,} ratings in the population change"


def _impact_facts(impact: Impact) -> Iterator[str]:
    scores = [move.difference for move in impact.moves if move.difference]
    if scores:
        ends = dict.fromkeys(_signed(end) for end in (max(scores), min(scores)))
        yield f"scores change: {len(scores):,}, by {' to '.join(reversed(ends))}"
    if impact.better or impact.worse:
        yield f"better band: {impact.better:,}; worse band: {impact.worse:,}"
    if impact.interacting:
        yield f"no single cause, because changes interact: {len(impact.interacting):,}"
    unseen = [
        ref for effect in impact.effects if effect.alone is None and effect.without is None for ref in effect.refs
    ]
    if unseen:
        yield f"not applied alone: {', '.join(unseen)}"


def _tables(impact: Impact) -> Iterator[Table]:
    levels = [level for level in impact.levels if any(level in pair for pair in impact.matrix)]
    if not levels:
        return
    last = tuple(range(1, len(levels) + 2))
    rows = [_matrix_row(impact.matrix, old, levels) for old in levels]
    total = Counter[str]()
    for (_, new), count in impact.matrix.items():
        total[new] += count
    sum_ = "(sum)" if "sum" in levels else "sum"
    rows.append((sum_, *(f"{total[level]:,}" for level in levels), f"{impact.count:,}"))
    yield Table.whole("from (rows) to (columns)", ("", *levels, sum_), rows, numbers=last)
    if impact.groups:
        yield _groups(impact, levels)
    has_single_effects = any(effect.alone is not None or effect.without is not None for effect in impact.effects)
    if has_single_effects:
        head = ("change", "alone: changed ratings", "other score", "left out: changed ratings", "other score")
        yield Table.whole(
            "each change alone", head, [_effect(effect) for effect in impact.effects], numbers=(1, 2, 3, 4)
        )
    moved = impact.rated_otherwise or impact.moves
    if moved:
        because = _because if has_single_effects else _note_on_others
        shown = [_move(move, because(move), has_group=bool(impact.group)) for move in moved[:MOST_MOVES]]
        group = (impact.group,) if impact.group else ()
        head = ("who", *group, "before", "after", "score", "new score", "difference", "because of")
        numbers = tuple(range(len(head) - 4, len(head) - 1))
        yield Table.whole("changed ratings and scores", head, shown, numbers=numbers, more=len(moved) - len(shown))
    if impact.refusals:
        yield _refusals(impact.refusals, "can't be assessed")


def _refusals(refusals: Sequence[Refusal], caption: str) -> Table:
    rows = [
        (", ".join(refusal.key), refusal.edition, "; ".join(refusal.reasons)) for refusal in refusals[:MOST_MOVES]
    ]
    return Table.whole(caption, ("who", "by the edition", "because"), rows, more=len(refusals) - len(rows))


def _matrix_row(matrix: Mapping[tuple[str, str], int], old: str, levels: list[str]) -> tuple[str, ...]:
    counts = [matrix.get((old, new), 0) for new in levels]
    return (old, *(f"{count:,}" if count else "" for count in counts), f"{sum(counts):,}")


def _groups(impact: Impact, levels: list[str]) -> Table:
    """Return the number of subjects by group and level, before and after."""
    rows = []
    for name, matrix in impact.groups.items():
        before, after = Counter[str](), Counter[str]()
        for (old, new), count in matrix.items():
            before[old] += count
            after[new] += count
        moved = sum(count for (old, new), count in matrix.items() if old != new)
        cells = [
            f"{before[level]:,}" if before[level] == after[level] else f"{before[level]:,} → {after[level]:,}"
            for level in levels
        ]
        rows.append((name or "(none)", f"{before.total():,}", f"{moved:,}", *cells))
    head = (impact.group, "subjects", "changed ratings", *levels)
    return Table.whole(f"by {impact.group}", head, rows, numbers=tuple(range(1, len(head))))


def _effect(effect: Effect) -> tuple[str, ...]:
    counts = (effect.alone, effect.alone_scores, effect.without, effect.without_scores)
    return (" + ".join(ref or "rulebook" for ref in effect.refs), *("?" if n is None else f"{n:,}" for n in counts))


def _move(move: Move, reason: str, *, has_group: bool) -> tuple[str, ...]:
    difference = move.difference
    return (
        ", ".join(move.key),
        *([move.group] if has_group else []),
        move.old,
        move.new,
        _number(move.old_score),
        _number(move.new_score),
        "" if difference is None else _signed(difference),
        reason,
    )


def _note_on_others(move: Move) -> str:
    """Return the note for a subject whose changed rating may be due to changes for other subjects."""
    return "not attributed"


def _because(move: Move) -> str:
    """Return the changes that cause a move: those that suffice, and those that are needed, if different."""
    alone, needed = ", ".join(move.alone), ", ".join(move.needed)
    if alone == needed:
        return alone or "several together"
    if not alone:
        return f"only together: {needed}"
    if not needed:
        return f"any one alone: {alone}"
    return f"suffices: {alone}; needed: {needed}"


def _number(score: Fraction | None) -> str:
    return "" if score is None else approximate_text(score)


def _signed(number: Fraction) -> str:
    return f"+{to_text(number)}" if number > 0 else to_text(number)


# -- part by part ---------------------------------------------------------------------------------


@as_text.register
def _by_part_text(by_part: ByPart) -> str:
    """Return a line for each part, then the differing parts in full."""
    card = _parts_card(by_part)
    lines = [card.id, card.lead, *(f"  {fact}" for fact in card.facts)]
    text = "\n".join(map(neutral, lines)) + "\n" + "".join(f"\n{table.text()}\n" for table in card.tables)
    details = [
        f"\n=== {neutral(part.name)} ===\n\n{part.found.text()}" for part in _parts_in_full(by_part) if part.found
    ]
    return text + "".join(details)


@as_markdown.register
def _by_part_markdown(by_part: ByPart) -> str:
    """Return a table of the parts, then the differing parts in full."""
    details = [
        f"\n### {plain(part.name)}\n\n{part.found.markdown()}" for part in _parts_in_full(by_part) if part.found
    ]
    return _parts_card(by_part).markdown() + "".join(details)


@as_html.register
def _by_part_html(by_part: ByPart) -> Html:
    """Return the same content as HTML elements."""
    parts = [_parts_card(by_part).html()]
    for part in _parts_in_full(by_part):
        if part.found is not None:
            html = _impact_html(part.found) if isinstance(part.found, Impact) else _comparison_html(part.found)
            parts += [element("h2", part.name), html]
    return joined(parts, "\n")


def _parts_in_full(by_part: ByPart) -> list[Part]:
    """Return the parts that are shown in full."""
    return [part for part in by_part.parts if not part.is_quiet]


def _parts_card(by_part: ByPart) -> Card:
    rows = [(part.name, _of_part(part), *_counts(part, by_part)) for part in by_part.parts]
    head = ("part", "means", *(() if by_part.count is None else ("subjects", "changed ratings")))
    tables = [Table.whole("variants and editions", head, rows, numbers=tuple(range(2, len(head))))]
    tables += [_refusals(by_part.refusals, "belong to no variant or edition")] if by_part.refusals else []
    differ = sum(not part.is_same for part in by_part.parts)
    lead = f"{differ:,} of {len(by_part.parts):,} variants and editions differ" if differ else SAME
    facts = (
        []
        if by_part.count is None
        else [f"{by_part.rated_otherwise:,} of {by_part.count:,} ratings in the population change"]
    )
    if by_part.across is not None:
        facts += [f"{ACROSS}: {_short(by_part.across)}", *_shown(by_part.across)]
    state = "bad" if differ else "good"
    return Card(f"{by_part.old} → {by_part.new}", "", "", lead, state, tuple(facts), tuple(tables))


def _of_part(part: Part) -> str:
    if part.comparison is None:
        return f"only in the {part.only} rulebook"
    return SAME if part.is_same else _short(part.comparison.significance)


def _counts(part: Part, by_part: ByPart) -> tuple[str, ...]:
    if by_part.count is None:
        return ()
    return f"{part.count:,}", f"{len(part.found.rated_otherwise):,}" if isinstance(part.found, Impact) else ""
