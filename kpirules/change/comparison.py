"""Two rulebooks → the differences between them, and what they mean for ratings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import asdict, frozen

from ..analysis.proving.solving import require_z3
from ..errors import budgeted
from ..kernel.brief import brief, counted
from ..kernel.shown import Shown
from ..language.model import Rulebook
from ..rating.program import Program
from .common_subjects import Subjects
from .differing import Change, Found, found_between
from .hybrids import merged, program_of
from .known import NOTHING_KNOWN, KnownSubjects
from .meaning import signified
from .sides import Side, sides
from .significance import UNKNOWN, Significance
from .units import Split, is_wording, split
from .writing import CHOICE, WORDING, Part, parts_of

__all__ = ["Comparison", "Difference", "Edition", "ExaminedComparison", "compare", "examined", "significance_data"]


@frozen
class Edition:
    """The identity of a rulebook.

    Args:
        id: the id of the rulebook.
        edition: as written, or empty; after an amendment without a name, the amendment's day.
        scoring_hash: the hash of everything that can change a score or a rating.
        content_hash: the hash of everything.
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
    """A part of a rulebook that differs between the editions.

    Args:
        ref: its path in the document: `criteria.results`, `bands.good.requires.enough`.
        kind: the kind of part: `criterion`, `band`, `parameter`.
        change: `added`, `removed`, `changed` or `moved`.
        changes: its keys that differ, with both values.
        old_source, new_source: its citation in each edition, or that of its nearest parent.
        twin: if added or removed, the ref of the only part that is equal except for its id, or empty: it may have
            been renamed.
        significance: what it means for ratings, alone.
        together: refs of other differences that it can't be applied without.
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
        """The ref; `rulebook` for the rulebook itself."""
        return self.ref or "rulebook"


@frozen
class Comparison(Shown):
    """The differences between two editions of a rulebook.

    Args:
        old, new: the editions.
        differences: in the order of the new edition; removed parts come last.
        significance: the verdicts on all differences together.
        across: for a part of two rulebooks, the verdicts if they choose parts differently; None if they choose in
            the same way.
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
        """The title of the HTML page."""
        return f"{self.old} → {self.new}"

    def data(self) -> dict[str, Any]:
        """Return the same as data for JSON."""
        return {
            "old": asdict(self.old),
            "new": asdict(self.new),
            "is_same": self.is_same,
            "significance": significance_data(self.significance),
            "across": None if self.across is None else significance_data(self.across),
            "differences": [_difference_data(difference) for difference in self.differences],
        }


def significance_data(significance: Significance) -> dict[str, Any]:
    """Return the significance of a difference as data for JSON."""
    return {"kind": significance.kind, "verdicts": list(significance.verdicts), "evidence": significance.evidence} | {
        key: list(value) if isinstance(value, tuple) else value for key, value in asdict(significance).items()
    }


def _difference_data(difference: Difference) -> dict[str, Any]:
    return {
        "ref": difference.ref,
        "kind": difference.kind,
        "change": difference.change,
        "changes": [asdict(change) for change in difference.changes],
        "old_source": difference.old_source,
        "new_source": difference.new_source,
        "twin": difference.twin,
        "significance": significance_data(difference.significance),
        "together": list(difference.together),
    }


def compare(
    old: Program,
    new: Program,
    *,
    known: KnownSubjects = NOTHING_KNOWN,
    budget: int | None = None,
    prove: bool = False,
) -> Comparison:
    """Compare two editions of a rulebook, and say what each difference means for ratings.

    Args:
        old: the old edition: one variant on one day.
        new: the new edition, likewise.
        known: subjects and cohorts to try first; `kpirules.testing.known_from` reads those of cases. The examples of
            both rulebooks are tried anyway.
        budget: limit on units of work, 1,500,000 by default; see KR113 for what is counted.
        prove: whether to ask z3 where the plans differ and no subject that was tried shows a difference. Needs the
            extra `prove`.

    Returns:
        Every part that was added, removed, changed or moved, with both citations. Each part and the whole have
        verdicts on ratings, on accepted subjects, and on invariants.

    Raises:
        RulebookError: if a program has several variants or editions (`Program.part` chooses one, `compare_parts`
            compares all), or if it takes more work than the budget.
        ModuleNotFoundError: if `prove` is set and z3 is not installed.

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
    if prove:
        require_z3()
    with budgeted(budget):
        return examined(old, new, known=known, does_prove=prove).comparison


@frozen(eq=False)
class ExaminedComparison:
    """A comparison with the intermediate values it was computed from.

    Args:
        comparison: the comparison of two editions.
        ways: the steps from each edition to the other.
        old, new: the sides.
        subjects: the subjects that were rated.
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
    *,
    known: KnownSubjects = NOTHING_KNOWN,
    does_prove: bool = False,
) -> ExaminedComparison:
    """Return the comparison of two editions with its intermediate values.

    Args:
        old, new: the editions.
        wholes: the rulebooks that contain them, if any.
        across: the verdicts if subjects choose their part differently, or None.
        known: the subjects and cohorts to try first.
        does_prove: whether to ask z3 too.
    """
    rules = old.part(), new.part()
    old_side, new_side = sides(*rules, wholes or ((old, new) if old.parts or new.parts else None))
    old, new = rules
    parts, others = parts_of(old.rulebook), parts_of(new.rulebook)
    found = found_between(parts, others)
    ways = split(old, new, parts, others, found)
    examiner = _DifferenceExaminer(
        old_side,
        new_side,
        ways,
        Subjects(old_side, new_side, known, does_prove),
        across,
    )
    by_ref = examiner.by_unit()
    differences = []
    for difference in found:
        significance, together = by_ref.get(difference.ref) or (examiner.of_one(difference, parts, others), ())
        differences.append(
            Difference(
                difference.ref,
                difference.kind,
                difference.change,
                difference.changes,
                difference.old_source,
                difference.new_source,
                difference.twin,
                significance,
                together,
            )
        )
    meaning = _of_only(differences, ways, old_side, new_side) or signified(old_side, new_side, examiner.subjects)
    across_if_used = across if any(difference.significance is across for difference in differences) else None
    editions = Edition.of(old.rulebook), Edition.of(new.rulebook)
    return ExaminedComparison(
        Comparison(*editions, tuple(differences), meaning, across_if_used),
        ways,
        old_side,
        new_side,
        examiner.subjects,
    )


def _of_only(differences: Sequence[Difference], ways: Split, old: Side, new: Side) -> Significance | None:
    """Return the verdict on the only difference, if it turns the old rules into the new ones; None if it does not."""
    if len(differences) != 1 or len(ways.units) != 1 or ways.is_whole:
        return None
    if old.whole.parts or new.whole.parts or old.choice != new.choice:
        return None
    (unit,) = ways.units
    alone = None if unit.alone is None else unit.alone.rulebook.scoring_hash
    is_all = unit.base is old.program and alone == new.program.rulebook.scoring_hash
    return differences[0].significance if is_all else None


@frozen(eq=False)
class _DifferenceExaminer:
    """Examines differences one by one.

    Args:
        old, new: the sides.
        ways: the steps from each edition to the other.
        subjects: the subjects that are rated.
        across: the verdicts if subjects choose their part differently, or None.
    """

    old: Side
    new: Side
    ways: Split
    subjects: Subjects
    across: Significance | None

    def by_unit(self) -> dict[str, tuple[Significance, tuple[str, ...]]]:
        """Return the significance of each difference that can be applied, alone or with the ones it needs."""
        found: dict[str, tuple[Significance, tuple[str, ...]]] = {}
        ways = self.ways
        bases = {
            id(program): self.old.with_rules(program) for program in (ways.old, *(unit.base for unit in ways.units))
        }
        for unit in ways.units:
            if ways.is_whole or unit.alone is None:
                significance = UNKNOWN
            else:
                significance = signified(bases[id(unit.base)], self.old.with_rules(unit.alone), self.subjects)
            for ref in unit.refs:
                together = () if ways.is_whole else tuple(other for other in unit.refs if other != ref)
                found[ref] = (significance, together)
        return found

    def of_one(self, difference: Found, parts: Mapping[str, Part], others: Mapping[str, Part]) -> Significance:
        """Return the significance of a wording or definition: no rule reads it, but a new input may be required."""
        if is_wording(difference):
            keys = {change.key for change in difference.changes}
            if not difference.ref and keys & {"variant_by", "edition_by"} and self.across is not None:
                return self.across
            if not difference.ref and keys & CHOICE:
                base = self.old.with_rules(self.ways.old)
                return signified(base, base.chosen_like(self.new), self.subjects)
            is_word = keys <= WORDING or difference.kind in ("example", "order")
            return Significance("wording" if is_word else "same")
        if difference.ref not in self.ways.definitions:
            raise ValueError(f"{difference.ref} is neither a definition nor a unit")
        if difference.kind not in ("input", "field"):
            return Significance("same")
        if difference.change == "added":
            added = program_of(merged(parts, others, [difference.ref]).values())
            return UNKNOWN if added is None else signified(self.old, self.old.with_rules(added), self.subjects)
        program_ = program_of(merged(others, parts, [difference.ref]).values())
        return UNKNOWN if program_ is None else signified(self.new.with_rules(program_), self.new, self.subjects)
