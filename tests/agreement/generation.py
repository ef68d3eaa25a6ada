"""Rulebooks and subjects drawn from a seeded source, across the whole breadth of the language.

`rulebook` draws a mapping that `kpirules.load` accepts; `subject` draws what is given for it, biased to the
ends of every domain and to the numbers that the rulebook mentions. The same source gives the same draws,
on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction

from attrs import frozen

from kpirules import Diagnostic, FaultError, Program, Report, RulebookError, SubjectError, assess, load
from kpirules.analysis.checking import Facts, check
from kpirules.analysis.proving import Prover
from kpirules.analysis.proving.prove import check_limits
from kpirules.documents import build, read_mapping
from kpirules.kernel.exact import is_finite_decimal, to_decimal, to_text
from kpirules.plan import plan

from . import rated
from .aiming import subject
from .drafting import CRITERIA, GIVEN, Drafting, Mapped, Where
from .judged import DECIMAL_MULTIPLES, rounding, tree

__all__ = ["MOST_REDRAWS", "REFUSED_RIGHTLY", "Drawn", "draw", "rulebook", "subject", "unshown"]

Load = Callable[[Mapped], Program]

MOST_REDRAWS = 20
"""Rulebooks that may be drawn in vain before one is accepted."""

REFUSED_RIGHTLY = frozenset({"KR204", "KR260", "KR261", "KR301", "KR313"})
"""What the check may say of a drawn rulebook: a formula too large, work or width without end, a constant too great."""

NEEDS_ROUND = "KR320"

LONGEST = 10**12
"""Denominators up to which a number is written as an end of a band: nobody writes longer ones."""

AIMED = 0.4
"""How often bands that can be aimed at the scores of subjects are."""


@frozen
class Drawn:
    """A drawn rulebook as a mapping, its program, and the number of rejected draws before it."""

    book: Mapped
    program: Program
    redraws: int


def rulebook(random: random.Random) -> Mapped:
    """Return a rulebook as a mapping that `load` accepts."""
    return draw(random).book


def draw(random: random.Random, load: Load = load) -> Drawn:
    """Return a rulebook with its program.

    Args:
        random: the source of randomness.
        load: returns the program of a mapping.

    Raises:
        RulebookError: if the check refuses a rulebook that it should accept.
    """
    for redraws in range(MOST_REDRAWS):
        book = _book(random)
        try:
            return Drawn(book, _aimed(random, book, _loaded(book, load), load), redraws)
        except RulebookError as refused:
            codes = {diagnostic.code for diagnostic in refused.report.errors}
            # A rounding is given to what lacks nothing else.
            if not (codes & REFUSED_RIGHTLY and codes <= REFUSED_RIGHTLY | {NEEDS_ROUND}):
                raise
    raise AssertionError(f"{MOST_REDRAWS} rulebooks in a row were refused")


def unshown(book: Mapped) -> Program:
    """Return the program of a rulebook, checked against the limits but without a search for subjects."""
    document, found = read_mapping(book)
    assert document is not None
    rulebook, more = build(document)
    if rulebook is None:
        raise RulebookError(Report.of((*found, *more)))

    def limits(facts: Facts) -> Iterator[Diagnostic]:
        yield from check_limits(facts, Prover(plan(facts.rulebook)))

    report = Report.of(check(rulebook, (*found, *more), limits))
    if report.errors:
        raise RulebookError(report)
    return Program(rulebook, report)


def _loaded(book: Mapped, load: Load) -> Program:
    """Return the program; a score that can be an unending decimal gets a rounding."""
    try:
        return load(book)
    except RulebookError as refused:
        if [diagnostic.code for diagnostic in refused.report.errors] != [NEEDS_ROUND]:
            raise
    book.setdefault("score", {})["round"] = {"places": 2, "mode": "half_even"}
    return load(book)


def _aimed(random: random.Random, book: Mapped, program: Program, load: Load) -> Program:
    """Return the program, often with bands that begin, or leave a hole, at scores of its subjects."""
    bands = book.get("bands", {})
    levels = list(bands.get("levels", bands).values())
    rising = [level for level in levels if level.keys() & {"from", "above"}]
    falling = [level for level in levels if level.keys() & {"to", "below"}]
    if "measure" in bands or "criteria" not in book or not (rising or falling) or random.random() > AIMED:
        return program
    numbers: set[Fraction] = set()
    for _ in range(2 * len(levels) + 2):
        try:
            found = assess(program, subject(random, book, program), engine="reference")
        except (SubjectError, FaultError):
            continue
        number = found.exact_score if random.random() < 0.5 or found.score is None else Fraction(found.score)
        if number is not None and number.denominator < LONGEST:
            numbers.add(number)
    if falling and numbers:
        book.get("score", {}).pop("better", None)
        hole = random.choice(sorted(numbers))
        for distance, level in enumerate(reversed(levels)):
            for end in ("from", "above", "to", "below"):
                level.pop(end, None)
            level.update({"above": _written(hole + distance - 1)} if distance else {"below": _written(hole)})
    elif not falling and len(numbers) >= len(rising):
        ends = sorted(random.sample(sorted(numbers), len(rising)), reverse=True)
        for level, number in zip(rising, ends, strict=True):
            level["from" if "from" in level else "above"] = _written(number)
    else:
        return program
    return _loaded(book, load)


def _written(number: Fraction) -> Decimal | str:
    """Return a constant as a rulebook writes it."""
    return to_decimal(number) if is_finite_decimal(number) else to_text(number)


def _book(random: random.Random) -> Mapped:
    """Return a rulebook, which is usually small."""
    is_large = random.random() < 0.15
    draft = Drafting(random, risk=random.choice((0, 0, 0.05, 0.15, 0.5)), size=3 if is_large else 2)
    draft.is_lenient = draft.chance(0.3)
    if draft.chance(0.88):
        draft.bands = ("best", "Good", "fair", "POOR")[: draft.one((2, 3, 3, 4))]
    book: Mapped = {"kpirules": 1, "id": draft.one(("drawn", "drawn.dotted.id"))}
    exempting = rated.exemptions(draft) if draft.chance(0.3) else None
    validating = rated.validations(draft) if draft.chance(0.2) else None
    if draft.chance(0.02):
        # As long as a calculation of which every step has a name.
        name = draft.name(draft.number(Where(GIVEN), 1), "number")
        for _ in range(30):
            name = draft.name(f"{name} + {draft.one(('1', '-2', '0.5'))}", "number")
    most: Decimal | None = Decimal(100)
    if draft.chance(0.94):
        criteria, judged = tree(draft, draft.one((3, 4, 5, 6) if is_large else (1, 1, 2, 2, 3)))
        book["criteria"], most = criteria, judged.most
        draft.has_score, draft.has_sure_score = True, judged.is_sure and "open_" not in str(draft.tables)
        draft.is_judged = True
        score = judged.body
        if draft.chance(0.85):
            score["round"] = rounding(draft, DECIMAL_MULTIPLES)
        if draft.chance(0.25):
            score["limits"] = rated.limits(draft)
        if draft.chance(0.7):
            score["band_on"] = draft.one(("rounded", "exact"))
        if score:
            book["score"] = score
    elif draft.chance(0.5):
        draft.has_score = True
        book["score"] = {
            "points": draft.number(Where(CRITERIA), 2),
            "outside": "clamp",
            "round": rounding(draft, DECIMAL_MULTIPLES),
        }
    if draft.bands:
        book["bands"] = rated.bands(draft, most or Decimal(100))
        levels = book["bands"].get("levels", book["bands"])
        is_lower = levels["best"].keys() & {"to", "below"} and not levels["best"].keys() & {"from", "above"}
        if is_lower and "measure" not in book["bands"]:
            # Limits and quotas are drawn as if a higher score were better, so the list alone tells.
            book.setdefault("score", {})["better"] = "listed"
    if draft.chance(0.5):
        book["overrides"] = rated.overrides(draft, draft.one((1, 1, 2, 3)))
    if draft.chance(0.6) or "criteria" not in book:
        book["outputs"] = rated.outputs(draft, draft.one((1, 2, 3, 5) if is_large else (1, 1, 2, 3)))
    if draft.chance(0.15):
        book["invariants"] = rated.invariants(draft)
    if draft.chance(0.15):
        draft.named("number", Where(CRITERIA))
    for key, part in (("exemptions", exempting), ("validations", validating), ("inputs", draft.inputs)):
        if part:
            book[key] = part
    for key in ("parameters", "tables", "functions", "calendars", "let"):
        if part := getattr(draft, key):
            book[key] = part
    if draft.is_lenient:
        book["allow"] = {"KR301": "drawn on purpose", "KR313": "drawn on purpose"}
    return book
