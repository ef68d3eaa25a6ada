"""Two rulebooks → what differs between them, and what it means for ratings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import asdict, frozen

from ..errors import budgeted
from ..kernel.brief import brief, counted
from ..kernel.shown import Shown
from ..language.model import Rulebook
from ..rating.program import Program
from .differing import Change, Found, found_between
from .hybrids import merged, program_of
from .meaning import UNKNOWN, Significance, Subjects, signified
from .sides import Side, sides
from .units import Split, is_wording, split
from .writing import CHOICE, WORDING, Part, parts_of

__all__ = ["Comparison", "Difference", "Edition", "Look", "compare", "examined", "significance_data"]


@frozen
class Edition:
    """What tells a rulebook from others.

    Args:
        id: of the rulebook.
        edition: as written, or empty; after an amendment that writes none, with its day.
        scoring_hash: of everything that can change a score or a rating.
        content_hash: of everything.
    """

    id: str
    edition: str
    scoring_hash: str
    content_hash: str

    @classmethod
    def of(cls, rulebook: Rulebook) -> Edition:
        return cls(rulebook.id, rulebook.edition_in_force, rulebook.scoring_hash, rulebook.content_hash)

    def __str__(self) -> str:
        return " ".join(filter(None, (self.id, self.edition)))


@frozen
class Difference:
    """One part of a rulebook that is not the same in both editions.

    Args:
        ref: the way to it through the document: `criteria.results`, `bands.good.requires.enough`.
        kind: what it is called: `criterion`, `band`, `parameter`.
        change: `added`, `removed`, `changed` or `moved`.
        changes: what stands under its keys, before and after.
        old_source, new_source: its citation in each edition, or that of what it belongs to.
        twin: of something added or removed, the ref of the one thing that equals it but for its id, or empty: it
            may have been renamed.
        significance: what it means for ratings, by itself.
        together: refs of the differences without which it can't be applied, itself left out.
    """

    ref: str
    kind: str
    change: str
    changes: tuple[Change, ...]
    old_source: str
    new_source: str
    twin: str
    significance: Significance
    together: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its ref; of the rulebook itself, `rulebook`."""
        return self.ref or "rulebook"


@frozen
class Comparison(Shown):
    """What differs between two editions of a rulebook.

    Args:
        old, new: the editions.
        differences: in the order of the new edition; what is gone comes after them.
        significance: of all differences together.
        across: of a part of two rulebooks, what it means that subjects choose their part in another way; None where
            they choose it alike.
    """

    old: Edition
    new: Edition
    differences: tuple[Difference, ...]
    significance: Significance
    across: Significance | None = None

    def __repr__(self) -> str:
        differences = counted(len(self.differences), "difference")
        return brief(self, f"{self.old} → {self.new}", differences, self.significance.ratings)

    @property
    def is_same(self) -> bool:
        """Whether nothing differs, not even a word."""
        return not self.differences and self.old.content_hash == self.new.content_hash

    @property
    def title(self) -> str:
        """The title of a page of its own."""
        return f"{self.old} → {self.new}"

    def data(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "old": asdict(self.old),
            "new": asdict(self.new),
            "is_same": self.is_same,
            "significance": significance_data(self.significance),
            "across": None if self.across is None else significance_data(self.across),
            "differences": [_difference_data(one) for one in self.differences],
        }


def significance_data(found: Significance) -> dict[str, Any]:
    """What a difference means, for JSON."""
    return {"kind": found.kind, "verdicts": list(found.verdicts), "evidence": found.evidence} | {
        key: list(value) if isinstance(value, tuple) else value for key, value in asdict(found).items()
    }


def _difference_data(one: Difference) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "kind": one.kind,
        "change": one.change,
        "changes": [asdict(change) for change in one.changes],
        "old_source": one.old_source,
        "new_source": one.new_source,
        "twin": one.twin,
        "significance": significance_data(one.significance),
        "together": list(one.together),
    }


def compare(old: Program, new: Program, *, budget: int | None = None) -> Comparison:
    """What differs between two editions of a rulebook, and what each difference means for ratings.

    Args:
        old: the edition that is compared with: one variant on one day.
        new: the edition that is asked about, likewise.
        budget: units of work that it may take, and 1,500,000 without it; see KR113 for what is counted.

    Returns:
        Every part that was added, removed, changed or moved, by its id, with both citations; and of each, and of all
        together, the verdicts: on ratings, on who is accepted, and on what is promised.

    Raises:
        RulebookError: where one of them has several variants or editions; `Program.part` chooses one, and
            `compare_parts` looks at all; or where it takes more work than the budget.

    >>> from kpirules import load
    >>> rules = {"kpirules": 1, "id": "tiny", "inputs": {"done": {"type": "integer", "min": 0, "max": 10}},
    ...          "criteria": {"work": {"max": 100, "rate": "done / 10"}}}
    >>> changed = rules | {"criteria": {"work": {"max": 100, "rate": "done / 20"}}}
    >>> found = compare(load(rules), load(changed))
    >>> [(one.change, one.ref, one.changes[0].old, one.changes[0].new) for one in found.differences]
    [('changed', 'criteria.work', 'done / 10', 'done / 20')]
    >>> print(found.significance)
    ratings change, shown: score 100, status `rated` → score 50, status `rated`, shown with {"done": 10}
    """
    with budgeted(budget):
        return examined(old, new).comparison


@frozen(eq=False)
class Look:
    """A comparison with what it was made from.

    Args:
        comparison: of two editions.
        ways: from one to the other.
        old, new: the sides.
        subjects: on which they were tried.
    """

    comparison: Comparison
    ways: Split
    old: Side
    new: Side
    subjects: Subjects


def examined(
    old: Program,
    new: Program,
    wholes: tuple[Program, Program] | None = None,
    across: Significance | None = None,
) -> Look:
    """The comparison of two editions, with what it was made from.

    Args:
        old, new: the editions.
        wholes: the rulebooks that they are parts of, if any.
        across: what it means that subjects choose their part in another way, where they do.
    """
    rules = old.part(), new.part()
    one, other = sides(*rules, wholes or ((old, new) if old.parts or new.parts else None))
    old, new = rules
    parts, others = parts_of(old.rulebook), parts_of(new.rulebook)
    found = found_between(parts, others)
    ways = split(old, new, parts, others, found)
    looking = _Looking(one, other, ways, Subjects(one, other), across)
    by_ref = looking.by_unit()
    differences = []
    for each in found:
        significance, together = by_ref.get(each.ref) or (looking.of_one(each, parts, others), ())
        differences.append(
            Difference(
                each.ref,
                each.kind,
                each.change,
                each.changes,
                each.old_source,
                each.new_source,
                each.twin,
                significance,
                together,
            )
        )
    whole = signified(one, other, looking.subjects)
    told = across if any(each.significance is across for each in differences) else None
    editions = Edition.of(old.rulebook), Edition.of(new.rulebook)
    return Look(Comparison(*editions, tuple(differences), whole, told), ways, one, other, looking.subjects)


@frozen(eq=False)
class _Looking:
    """A look at differences one by one.

    Args:
        old, new: the sides.
        ways: from one to the other.
        subjects: on which they are tried.
        across: what it means that subjects choose their part in another way, where they do.
    """

    old: Side
    new: Side
    ways: Split
    subjects: Subjects
    across: Significance | None

    def by_unit(self) -> dict[str, tuple[Significance, tuple[str, ...]]]:
        """What each difference means that can be applied, alone or with what it needs."""
        found: dict[str, tuple[Significance, tuple[str, ...]]] = {}
        ways = self.ways
        bases = {id(one): self.old.with_rules(one) for one in (ways.old, *(unit.base for unit in ways.units))}
        for unit in ways.units:
            if ways.is_whole or unit.alone is None:
                significance = UNKNOWN
            else:
                significance = signified(bases[id(unit.base)], self.old.with_rules(unit.alone), self.subjects)
            for ref in unit.refs:
                together = () if ways.is_whole else tuple(one for one in unit.refs if one != ref)
                found[ref] = (significance, together)
        return found

    def of_one(self, one: Found, parts: Mapping[str, Part], others: Mapping[str, Part]) -> Significance:
        """What words mean, and definitions: nothing reads these, but an input may be demanded."""
        if is_wording(one):
            keys = {change.key for change in one.changes}
            if not one.ref and keys & {"variant_by", "edition_by"} and self.across is not None:
                return self.across
            if not one.ref and keys & CHOICE:
                base = self.old.with_rules(self.ways.old)
                return signified(base, base.chosen_like(self.new), self.subjects)
            is_word = keys <= WORDING or one.kind in ("example", "order")
            return Significance("wording" if is_word else "same")
        if one.ref not in self.ways.definitions:
            raise ValueError(f"{one.ref} is neither a definition nor a unit")
        if one.kind not in ("input", "field"):
            return Significance("same")
        if one.change == "added":
            added = program_of(merged(parts, others, [one.ref]).values())
            return UNKNOWN if added is None else signified(self.old, self.old.with_rules(added), self.subjects)
        kept = program_of(merged(others, parts, [one.ref]).values())
        return UNKNOWN if kept is None else signified(self.new.with_rules(kept), self.new, self.subjects)
