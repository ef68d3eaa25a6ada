"""Makes a scorecard from answers to questions: KPIs with targets, their weights, and bands."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Protocol, TypeVar

from attrs import frozen

from ...kernel.exact import from_text, to_text
from ...kernel.visible import neutral
from ..failure import CommandError
from .names import in_yaml, refused_in, unused_id

__all__ = ["Terminal", "scorecard_from_answers"]

T = TypeVar("T")

FULL = Fraction(100)
"""Points for what is on target."""

MOST_CAP = 200
"""Less is better down to nothing, which gives twice the points of the target."""

MOST_TARGET = 10**12
MOST_PLACES = 6
MOST_KPIS = 50
BANDS = "Excellent 90, Good 70, Fair 50, Poor 0"

_BAND = re.compile(r"(.*\S)\s+(\S+)")


class Asker(Protocol):
    """Asks questions and reads answers."""

    def ask(self, question: str) -> str: ...

    def tell(self, text: str) -> None: ...


class Terminal:
    """Asks the person at the terminal.

    Raises:
        CommandError: if there is no terminal, or the input ends.
    """

    def __init__(self) -> None:
        if not sys.stdin.isatty():
            raise CommandError(
                "there is no terminal to ask on; start from a template: `kpirules new FILE --template NAME`"
            )

    def ask(self, question: str) -> str:
        try:
            return input(neutral(question)).strip()
        except EOFError:
            raise CommandError("the answers ended; nothing is written") from None

    def tell(self, text: str) -> None:
        print(neutral(text))


@frozen
class Kpi:
    """A KPI: its id and label, its unit or an empty text, its target, and whether more is better."""

    id: str
    label: str
    unit: str
    target: Fraction
    more_is_better: bool


@frozen
class Band:
    """One band: its id and label, and the least score."""

    id: str
    label: str
    least: Fraction


class _NotUnderstoodError(Exception):
    """An answer that can't be read; the text says what to write."""


def scorecard_from_answers(person: Asker, id_: str, file: str) -> str:
    """Return a rulebook made from a person's answers.

    Args:
        person: asks the questions.
        id_: the id of the rulebook.
        file: the name of its file, for comments.
    """
    person.tell("Each KPI has a target; 100 points say that it was reached. Enter takes what stands in [brackets].")
    title = _ask(person, "Title", _words, "Scorecard")
    kpis = _kpis(person)
    cap = _ask(person, f"Most points for one KPI, from 100 to {MOST_CAP}", _cap, "100")
    weights = _weights(person, kpis)
    bands = _ask(person, "Bands, best first, each with its least score", lambda text: _bands(text, cap, kpis), BANDS)
    return _rulebook(id_, file, title, kpis, cap, weights, bands)


def _ask(person: Asker, question: str, read: Callable[[str], T], default: str | None = None) -> T:
    """Ask until the answer can be read; return its value."""
    shown = f"{question} [{default}]: " if default else f"{question}: "
    while True:
        try:
            return read(_held(person.ask(shown)) or default or "")
        except _NotUnderstoodError as problem:
            person.tell(f"  {problem}")


def _kpis(person: Asker) -> list[Kpi]:
    kpis: list[Kpi] = []
    while len(kpis) < MOST_KPIS:
        ends = "; Enter when there are no more" if kpis else ""
        label = _ask(person, f"KPI {len(kpis) + 1}, as people call it{ends}", str if kpis else _words)
        if not label:
            break
        unit = _ask(person, "  Unit, such as EUR, % or days; Enter for none", str)
        target = _ask(person, "  Target", _target)
        more = _ask(person, "  Is more than the target better, yes or no", _parse_yes, "yes")
        kpis.append(Kpi(unused_id(label, "kpi", _taken(kpis)), label, unit, target, more))
    return kpis


def _taken(kpis: list[Kpi]) -> set[str]:
    return {name for kpi in kpis for name in (kpi.id, f"target_{kpi.id}")}


def _weights(person: Asker, kpis: list[Kpi]) -> list[Fraction]:
    """Return the weights in per cent; empty if all are equal."""
    if len(kpis) == 1:
        return []
    names = ", ".join(kpi.label for kpi in kpis)
    return _ask(person, f"Weights in % of {names}; Enter for equal ones", lambda text: _weights_read(text, len(kpis)))


# -- answers --------------------------------------------------------------------------------------


def _held(text: str) -> str:
    if character := refused_in(text):
        raise _NotUnderstoodError(f"Write it without {character}.")
    return text


def _words(text: str) -> str:
    if not text:
        raise _NotUnderstoodError("Write a name.")
    return text


def _parse_yes(text: str) -> bool:
    answers = {"yes": True, "y": True, "no": False, "n": False}
    if text.lower() not in answers:
        raise _NotUnderstoodError("Write `yes` or `no`.")
    return answers[text.lower()]


def _number(text: str) -> Fraction:
    try:
        number = from_text(text.removesuffix("%").strip())
    except ValueError:
        number = None
    if number is None:
        raise _NotUnderstoodError(f"`{text}` is not a number; write digits and a point, such as 400000 or 2.5.")
    return number


def _target(text: str) -> Fraction:
    number = _number(text)
    if not 0 < number <= MOST_TARGET or (number * 10**MOST_PLACES).denominator > 1:
        raise _NotUnderstoodError(
            f"A target is above 0, at most {MOST_TARGET:,}, with at most {MOST_PLACES} decimals."
        )
    return number


def _cap(text: str) -> Fraction:
    number = _number(text)
    if not FULL <= number <= MOST_CAP or number.denominator > 1:
        raise _NotUnderstoodError(f"Write a whole number from 100 to {MOST_CAP}.")
    return number


def _weights_read(text: str, count: int) -> list[Fraction]:
    weights = [_number(part) for part in re.split(r"[\s,;]+", text.replace("%", " ").strip()) if part]
    if weights and len(weights) != count:
        raise _NotUnderstoodError(f"Write {count} weights, such as {_example_of_weights(count)}.")
    if any(weight <= 0 for weight in weights):
        raise _NotUnderstoodError("A weight is above 0.")
    if weights and sum(weights) != FULL:
        raise _NotUnderstoodError(f"The weights make {to_text(sum(weights, Fraction(0)))} %, and not 100 %.")
    return weights


def _example_of_weights(count: int) -> str:
    each = 100 // count
    return " ".join([str(100 - each * (count - 1))] + [str(each)] * (count - 1))


def _bands(text: str, cap: Fraction, kpis: list[Kpi]) -> list[Band]:
    bands: list[Band] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = _BAND.fullmatch(part)
        if found is None:
            raise _NotUnderstoodError(f"`{part}` is no band; write its name and its least score, such as `Good 70`.")
        least = _number(found[2])
        if bands and least >= bands[-1].least:
            raise _NotUnderstoodError("The best band comes first, and each one begins below the one before.")
        # Bands and inputs have different names, and bands differ from each other.
        taken = _taken(kpis) | {band.id for band in bands}
        bands.append(Band(unused_id(found[1], "band", taken), found[1], least))
    if not bands or bands[-1].least != 0:
        raise _NotUnderstoodError("The last band begins at 0, so that every score has one.")
    if bands[0].least > cap or any((10 * band.least).denominator > 1 for band in bands):
        raise _NotUnderstoodError(f"A band begins at {to_text(cap)} at most, with at most one decimal.")
    return bands


# -- the rulebook ---------------------------------------------------------------------------------


def _rulebook(
    id_: str, file: str, title: str, kpis: list[Kpi], cap: Fraction, weights: list[Fraction], bands: list[Band]
) -> str:
    """Return the text of the rulebook. This is long since it holds that text."""
    most = to_text(cap)
    rows = [weights[n] if weights else None for n in range(len(kpis))]
    on_target = next(band for band in bands if band.least <= FULL)
    given = ", ".join(f"{kpi.id}: {to_text(kpi.target)}" for kpi in kpis)
    lines = [
        "# A scorecard: each KPI has a target, and 100 points say that it was reached.",
        "# The score is the weighted mean of the points.",
        "#",
        f"#     kpirules check {file}      finds mistakes",
        f"#     kpirules test {file}       runs the example below",
        "",
        "kpirules: 1",
        f"id: {id_}",
        f"title: {in_yaml(title)}",
        "",
        "# What is measured. Values outside these limits are refused: widen them where they are too narrow.",
        "inputs:",
        *(f"  {kpi.id}: {{{_domain(kpi)}{_unit(kpi)}, label: {in_yaml(kpi.label)}}}" for kpi in kpis),
        "",
        "parameters:",
        *(f"  target_{kpi.id}: {{value: {to_text(kpi.target)}{_unit(kpi)}}}" for kpi in kpis),
        "",
        f"# Nobody has less than 0 points for a KPI, or more than {most}.",
        "criteria:",
        *(
            f'  {kpi.id}: {{{_weight(weight)}max: {most}, points: "{_points(kpi, most)}"}}'
            for kpi, weight in zip(kpis, rows, strict=True)
        ),
        "",
        f"score: {{combine: mean, max: {most}, round: {{places: 1, mode: half_up}}, band_on: rounded}}",
        "",
        "# Best band first.",
        "bands:",
        *(f"  {band.id}: {{from: {to_text(band.least)}, label: {in_yaml(band.label)}}}" for band in bands),
        "",
        "# Expected results.",
        "examples:",
        "  - name: everything on target",
        f"    given: {{{given}}}",
        f"    expect: {{score: 100, band: {on_target.id}}}",
    ]
    return "\n".join(lines) + "\n"


def _domain(kpi: Kpi) -> str:
    places = next(places for places in range(MOST_PLACES + 1) if (kpi.target * 10**places).denominator == 1)
    most = 10 ** (len(str(int(kpi.target))) + 1)
    return f"type: number, min: 0, max: {most}, decimals: {max(places, 2)}"


def _unit(kpi: Kpi) -> str:
    return f", unit: {in_yaml(kpi.unit)}" if kpi.unit else ""


def _weight(weight: Fraction | None) -> str:
    return "" if weight is None else f"weight: {to_text(weight)}%, "


def _points(kpi: Kpi, most: str) -> str:
    percent = f"100 * {kpi.id} / target_{kpi.id}"
    return f"clamp({percent if kpi.more_is_better else f'200 - {percent}'}, 0, {most})"
