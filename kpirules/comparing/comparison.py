"""Two rulebooks → what differs between them, and what it means for ratings."""

from __future__ import annotations

from typing import Any

from attrs import asdict, frozen

from ..brief import brief, counted
from ..markup import bundle
from ..model import Rulebook
from ..program import Program
from .demanding import demands
from .differing import Change, Found, found_between
from .meaning import Significance, Subjects, signified
from .proof import fingerprint
from .units import Split, is_wording, split
from .writing import WORDING, parts_of

__all__ = ["Comparison", "Difference", "Edition", "compare", "examined"]


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
class Comparison:
    """What differs between two editions of a rulebook.

    Args:
        old, new: the editions.
        differences: in the order of the new edition; what is gone comes after them.
        significance: of all differences together.
    """

    old: Edition
    new: Edition
    differences: tuple[Difference, ...]
    significance: Significance

    def __repr__(self) -> str:
        differences = counted(len(self.differences), "difference")
        return brief(self, f"{self.old} → {self.new}", differences, self.significance.ratings)

    @property
    def is_same(self) -> bool:
        """Whether nothing differs, not even a word."""
        return not self.differences and self.old.content_hash == self.new.content_hash

    def __str__(self) -> str:
        return self.text()

    def text(self) -> str:
        """Plain text, with a line break at its end."""
        from .showing import comparison_text

        return comparison_text(self)

    def markdown(self) -> str:
        """CommonMark with tables, for a pull request."""
        from .showing import comparison_markdown

        return comparison_markdown(self)

    def html(self, *, is_page: bool = False) -> str:
        """HTML without script.

        Args:
            is_page: True for a page of its own instead of one element.
        """
        from .showing import comparison_html, page

        found = comparison_html(self)
        return page(f"{self.old} → {self.new}", found) if is_page else found

    def data(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "old": asdict(self.old),
            "new": asdict(self.new),
            "is_same": self.is_same,
            "significance": significance_data(self.significance),
            "differences": [_difference_data(one) for one in self.differences],
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows."""
        return bundle(self.text(), self.markdown(), self.html())


def significance_data(found: Significance) -> dict[str, Any]:
    """What a difference means, for JSON."""
    return {"kind": found.kind, "evidence": found.evidence, **asdict(found), "demands": list(found.demands)}


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


def compare(old: Program, new: Program) -> Comparison:
    """What differs between two editions of a rulebook, and what each difference means for ratings.

    Args:
        old: the edition that is compared with: one variant on one day.
        new: the edition that is asked about, likewise.

    Returns:
        Every part that was added, removed, changed or moved, by its id, with both citations. Of each, and of all
        together, it is *proved* that ratings stay the same, *shown* with a subject that they don't, or *possible*.

    Raises:
        RulebookError: where one of them has several variants or editions; `Program.part` chooses one, and
            `compare_parts` looks at all.

    >>> from kpirules import load
    >>> rules = {"kpirules": 1, "id": "tiny", "inputs": {"done": {"type": "integer", "min": 0, "max": 10}},
    ...          "criteria": {"work": {"max": 100, "rate": "done / 10"}}}
    >>> changed = rules | {"criteria": {"work": {"max": 100, "rate": "done / 20"}}}
    >>> found = compare(load(rules), load(changed))
    >>> [(one.change, one.ref, one.changes[0].old, one.changes[0].new) for one in found.differences]
    [('changed', 'criteria.work', 'done / 10', 'done / 20')]
    >>> print(found.significance)
    scores change, shown with {"done": 10}: score 100, status `rated` → score 50, status `rated`
    """
    return examined(old, new)[0]


def examined(old: Program, new: Program) -> tuple[Comparison, Split]:
    """The comparison, and the ways from one edition to the other."""
    old, new = old.part(), new.part()
    parts, others = parts_of(old.rulebook), parts_of(new.rulebook)
    found = found_between(parts, others)
    ways = split(old, new, parts, others, found)
    subjects = Subjects(old, new)
    by_ref = _by_unit(ways, subjects)
    differences = []
    for one in found:
        significance, together = by_ref.get(one.ref) or (_of_one(one, ways, old, new), ())
        differences.append(
            Difference(
                one.ref,
                one.kind,
                one.change,
                one.changes,
                one.old_source,
                one.new_source,
                one.twin,
                significance,
                together,
            )
        )
    whole = signified(old, new, subjects)
    return Comparison(Edition.of(old.rulebook), Edition.of(new.rulebook), tuple(differences), whole), ways


def _by_unit(ways: Split, subjects: Subjects) -> dict[str, tuple[Significance, tuple[str, ...]]]:
    """What each difference means that can be applied, alone or with what it needs."""
    found: dict[str, tuple[Significance, tuple[str, ...]]] = {}
    for unit in ways.units:
        if ways.is_whole or unit.alone is None:
            significance = Significance("possible")
        else:
            significance = signified(ways.old, unit.alone, subjects)
        for ref in unit.refs:
            together = () if ways.is_whole else tuple(one for one in unit.refs if one != ref)
            found[ref] = (significance, together)
    return found


def _of_one(one: Found, ways: Split, old: Program, new: Program) -> Significance:
    """What words mean, and definitions: these do nothing by themselves, but an input may demand something."""
    if is_wording(one):
        is_word = all(change.key in WORDING for change in one.changes) or one.kind in ("example", "order")
        return Significance("wording" if is_word else "same")
    assert one.ref in ways.definitions, "anything else is a unit"
    inputs, others = old.rulebook.inputs, new.rulebook.inputs
    has_it = ways.old if one.change == "added" else ways.new
    asked: tuple[str, ...] = ()
    if one.kind in ("input", "field"):
        named = f"`{'.'.join(one.ref.split('.')[1::2])}` "
        asked = tuple(sentence for sentence in demands(inputs, others) if sentence.startswith(named))
    base = old if one.change == "added" else new
    is_same = fingerprint(base) == fingerprint(has_it)
    return Significance("same" if is_same else "possible", asked)
