"""Laws for each code: its findings are true of every subject, and everything that its page promises is found.

A law gives verdicts. Its two kinds say that a finding was true, and that something which happens was found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction

from attrs import frozen

from kpirules import Assessment, Diagnostic, FaultError, Program, SubjectError, assess
from kpirules.analysis.checking.facts import facts
from kpirules.analysis.proving.subjects import every_subject, of_its_subjects
from kpirules.engines.scalar import Decision, Fault
from kpirules.language.expressions import Expression

from .drafting import LEVELS, Mapped
from .trying import Tried, decided, part_at, without, written

__all__ = ["LAWS", "OF_FORM", "OF_PARTS", "Verdict"]


@frozen
class Verdict:
    """Whether a law holds for one finding, or for one event that must be reported.

    Args:
        code: of the finding.
        kind: `true` of a finding that claims something, `found` of what happens and must be said.
        failure: what is wrong, or empty.
    """

    code: str
    kind: str
    failure: str = ""


FAULTS = {
    "KR350": {"KR620"},
    "KR351": {"KR621", "KR622", "KR623", "KR624"},
    "KR352": {"KR625"},
    "KR312": {"KR625"},
    "KR362": {"KR624"},
    "KR364": {"KR624"},
}
"""The codes that an assessment of the witness ends with."""

CODES_OF_FAULTS = {
    "division": ("KR350",),
    "domain": ("KR351",),
    "date": ("KR351",),
    "calendar": ("KR351",),
    "scale": ("KR351", "KR362", "KR364"),
    "points": ("KR352", "KR312"),
}
"""What the check must say of a fault, at its place."""

FEW = 220
"""Subjects that are tried in any case, whatever one of them costs in these rulebooks."""

LEFT_OPEN = {"KR330": "bands", "KR331": "bands.", "KR334": "requires."}
"""How what leaves the witness without a band is called."""


# -- shown ------------------------------------------------------------------------------------------


def shown(tried: Tried) -> Iterator[Verdict]:
    """Yield whether a shown subject is valid, and has what the finding claims by both engines."""
    for one in tried.report:
        if one.evidence == "shown":
            is_right = bool(one.witness) and is_shown_by(tried, one, json.loads(one.witness, parse_float=Decimal))
            yield Verdict(one.code, "true", "" if is_right else f"{one.witness} does not show it: {one.message}")
        elif one.witness:
            yield Verdict(one.code, "true", f"a witness of what is not shown: {one.witness}")


def is_shown_by(tried: Tried, found: Diagnostic, subject: Mapped) -> bool:
    """Return whether a subject has what a finding claims, by an engine."""
    if found.path.startswith("cohort.quotas."):
        return _of_quota(tried, found, subject)
    return all(_happens(tried, found, subject, engine) for engine in ("scalar", "reference"))


def _happens(tried: Tried, found: Diagnostic, subject: Mapped, engine: str) -> bool:
    try:
        assessment = assess(tried.program, subject, engine=engine)
    except SubjectError:
        return False
    except FaultError as fault:
        (diagnostic,) = fault.report
        return diagnostic.code in FAULTS.get(found.code, ()) and diagnostic.path == found.path
    if found.code in LEFT_OPEN:
        is_open = assessment.status == "undefined" and assessment.band is None
        return is_open and all(one.startswith(LEFT_OPEN[found.code]) for one in assessment.because)
    shows = SHOWN.get(found.code)
    return shows is not None and shows(tried, found, assessment)


def _is_carried(tried: Tried, found: Diagnostic, assessment: Assessment) -> bool:
    score, exact, bands = assessment.score, assessment.exact_score, tried.rulebook.bands
    if score is None or exact is None or bands is None:
        return False
    return any((Fraction(score) in one.interval) != (exact in one.interval) for one in bands.levels)


def _is_above_a_limit(tried: Tried, found: Diagnostic, assessment: Assessment) -> bool:
    limit = part_at(tried.book, found.path)
    held = [one.held for one in assessment.limits if f"score.limits.{one.id}" == found.path]
    return held == [True] and assessment.score is not None and Decimal(limit["at_most"]) < assessment.score


def _lacks_children(tried: Tried, found: Diagnostic, assessment: Assessment) -> bool:
    outcome = assessment.outcomes[found.path.rpartition(".")[2]]
    return outcome.why in ("nothing_remains", "nothing_to_rescale", "too_little_remains")


def _is_broken(tried: Tried, found: Diagnostic, assessment: Assessment) -> bool:
    return [one.held for one in assessment.invariants if f"invariants.{one.id}" == found.path] == [False]


SHOWN = {"KR321": _is_carried, "KR322": _is_above_a_limit, "KR337": _lacks_children, "KR404": _is_broken}
"""What an assessment must tell of the witness, by the code of a finding that is no fault and leaves no band open."""


def decided_findings(tried: Tried) -> Iterator[Verdict]:
    """Yield whether no finding is only possible although all subjects can be tried."""
    if every_subject(of_its_subjects(tried.plan, tried.rulebook), FEW) is None:
        return
    for one in tried.report:
        if one.evidence == "possible":
            yield Verdict(one.code, "true", f"left at possible: {one.path}: {one.message}")


# -- faults -----------------------------------------------------------------------------------------


def faults(tried: Tried) -> Iterator[Verdict]:
    """Yield whether every fault of a valid subject is reported, and every reported group leaves its limits."""
    happened: dict[Fault, Mapped] = {}
    for subject, answer in zip(tried.subjects, tried.answers, strict=True):
        if isinstance(answer, Fault):
            happened.setdefault(answer, tried.given(subject))
    for fault, subject in happened.items():
        codes = CODES_OF_FAULTS[fault.kind]
        said = [one.code for one in tried.found(*codes) if one.path == fault.path]
        yield Verdict((said or codes)[0], "found", "" if said else f"{fault} of {subject} is not said")
    for one in tried.found("KR312"):
        if one.evidence == "":
            does = Fault(one.path, "points") in happened
            yield Verdict("KR312", "true", "" if does else f"no subject leaves it: {one.message}")
    for one in tried.found("KR350", "KR351", "KR352"):
        if one.evidence not in ("shown", "possible"):
            yield Verdict(one.code, "true", f"without evidence: {one.message}")


# -- bands ------------------------------------------------------------------------------------------


def open_ratings(tried: Tried) -> Iterator[Verdict]:
    """Yield whether each subject in a hole, in several bands, or in none by requirements has its finding."""
    bands = tried.rulebook.bands
    if bands is None:
        return
    seen: set[str] = set()
    for subject, answer in zip(tried.subjects, tried.answers, strict=True):
        if not isinstance(answer, Decision) or answer.is_early or answer.status != "undefined":
            continue
        number = answer.number("banded_on")
        if answer.band("before") is not None or (number is None and "banded_on" in answer.slots):
            continue
        inside = [one for one in bands.levels if number is None or number in one.interval]
        code = "KR331" if answer.applying > 1 else "KR334" if inside else "KR330"
        if code not in seen:
            seen.add(code)
            is_said = code in tried.codes
            yield Verdict(code, "found", "" if is_said else f"{tried.given(subject)} has no band")


def bands_nobody_gets(tried: Tried) -> Iterator[Verdict]:
    """Yield whether no subject has a band that is reported as unreachable."""
    for one in tried.found("KR332"):
        id_ = one.path.rpartition(".")[2]
        given = [answer for answer in tried.decisions if id_ in (answer.band("band"), answer.band("before"))]
        yield Verdict("KR332", "true", f"`{id_}` is given" if given else "")


def rounding(tried: Tried) -> Iterator[Verdict]:
    """Yield whether rounding that decides a subject's band is reported, unless `band_on` is written."""
    bands = tried.rulebook.bands
    if bands is None or bands.measure is not None or tried.rulebook.bands_on_written:
        return
    for answer in tried.decisions:
        score, exact = (None, None) if answer.is_early else (answer.number("score"), answer.number("exact_score"))
        if score is None or exact is None:
            continue
        if any((score in one.interval) != (exact in one.interval) for one in bands.levels):
            yield Verdict("KR321", "found", "" if "KR321" in tried.codes else f"{exact} is rounded to {score}")
            return


# -- rows -------------------------------------------------------------------------------------------


def rows(tried: Tried) -> Iterator[Verdict]:
    """Yield whether the reported rows are exactly the unreachable ones."""
    for one in tried.found("KR315"):
        if part_at(tried.book, one.path) is None:
            yield Verdict("KR315", "true", f"nothing stands at {one.path}")
            continue
        subject = tried.first_difference(_left_undefined(one.path), f"undefined {one.path}")
        yield Verdict("KR315", "true", f"{subject} reaches the row" if subject is not None else "")
    said = {one.path for one in tried.found("KR315")}
    for path, leaf in _leaves(tried.book):
        for index in _out_of_reach(tried.book, leaf):
            is_said = f"{path}.steps[{index}]" in said
            yield Verdict("KR315", "found", "" if is_said else f"no number reaches row {index} of {path}")


def forms(tried: Tried) -> Iterator[Verdict]:
    """Yield whether exactly the uncovered numbers, missing options and unordered thresholds are reported."""
    for path, leaf in _leaves(tried.book):
        if "steps" in leaf:
            numbers = [one for one in _numbers_of(tried.book, leaf) if _first(leaf["steps"], one) is None]
            is_left_out = any(one.path == path for one in tried.found("KR314"))
            if numbers and not is_left_out:
                yield Verdict("KR314", "found", f"no row of {path} holds for {numbers[0]}")
            elif is_left_out:
                yield Verdict("KR314", "true", "" if numbers else f"every number has a row of {path}")
        if "thresholds" in leaf:
            key = next(one for one in leaf["thresholds"] if one != "each")
            ends = leaf["thresholds"][key]
            is_ordered = ends == sorted(set(ends)) or ends == sorted(set(ends), reverse=True)
            is_said = any(one.path == path for one in tried.found("KR316"))
            if is_said or not is_ordered:
                kind = "true" if is_said else "found"
                yield Verdict("KR316", kind, "" if is_said is not is_ordered else f"thresholds {ends} of {path}")
        if "lookup" in leaf:
            is_left_out = "else" not in leaf["lookup"] and len(leaf["lookup"]) < len(LEVELS)
            is_said = any(one.path == path for one in tried.found("KR317"))
            if is_said or is_left_out:
                kind = "true" if is_said else "found"
                yield Verdict("KR317", kind, "" if is_said is is_left_out else f"options of {path}")


def _left_undefined(path: str) -> Callable[[Mapped], object]:
    """Return a change that makes a row undefined."""

    def change(book: Mapped) -> None:
        above, _, last = path.rpartition(".")
        if path.endswith("]"):
            row = part_at(book, path)
            row.pop("points", None)
            row["undefined"] = True
        else:
            part_at(book, above)[last] = {"undefined": True}

    return change


def _leaves(part: Mapped, path: str = "") -> Iterator[tuple[str, Mapped]]:
    """Yield every leaf with its path."""
    for id_, one in part.get("criteria", {}).items():
        way = f"{path}.criteria.{id_}".removeprefix(".")
        if "criteria" in one:
            yield from _leaves(one, way)
        else:
            yield way, one


def _numbers_of(book: Mapped, leaf: Mapped) -> list[Fraction]:
    """Return the possible numbers of a measured input, or else one number of every interval."""
    domain = book.get("inputs", {}).get(leaf["measure"])
    if domain is None:
        return [Fraction(number, 4) for number in range(-40, 60)]
    step = Fraction(domain.get("step", 1))
    low, high = Fraction(domain["min"]), Fraction(domain["max"])
    return [low + step * count for count in range(int((high - low) / step) + 1)]


def _first(steps: list[Mapped], number: Fraction) -> int | None:
    """Return the first row that holds for a number."""
    return next((index for index, row in enumerate(steps) if _holds(row, number)), None)


def _holds(row: Mapped, number: Fraction) -> bool:
    return (
        number >= row.get("from", number)
        and number <= row.get("to", number)
        and number == row.get("equals", number)
        and ("above" not in row or number > row["above"])
        and ("below" not in row or number < row["below"])
    )


def _out_of_reach(book: Mapped, leaf: Mapped) -> list[int]:
    """Yield rows that are the first to hold for no number."""
    if "steps" not in leaf:
        return []
    reached = {_first(leaf["steps"], one) for one in _numbers_of(book, leaf)}
    return [index for index in range(len(leaf["steps"])) if index not in reached]


# -- what changes nothing ---------------------------------------------------------------------------


def idle_keys(tried: Tried) -> Iterator[Verdict]:
    """Yield whether keys that are reported without effect can be left out without a difference."""
    for one in tried.found("KR306", "KR310", "KR336"):
        path = one.path
        if one.code == "KR306" and path.startswith("bands"):
            path = f"{path}.{'fall' if '`fall`' in one.message else 'overlap'}"
        if part_at(tried.book, path) is None:
            yield Verdict(one.code, "true", f"nothing stands at {path}")
            continue
        # The condition of a limit may fault all the same.
        of = "answers" if one.code == "KR336" else "everything"
        subject = tried.first_difference(without(path), f"without {path}", of=of)
        yield Verdict(one.code, "true", f"without {path} {subject} is rated otherwise" if subject is not None else "")


def scales(tried: Tried) -> Iterator[Verdict]:
    """No subject has more points of a criterion than the finding about its max says, or a term of a mean."""
    for one in tried.found("KR342", "KR343"):
        kind = "points." if one.code == "KR342" else ""
        for name, most in re.findall(r"`([a-z0-9_.]+)` (?:earns at most|up to) ([0-9./-]+)", one.message):
            asked = [each for each in tried.decisions if f"{kind}{name}" in each.slots]
            values = [value for each in asked if (value := each.number(f"{kind}{name}")) is not None]
            beyond = [value for value in values if value > Fraction(most)]
            yield Verdict(one.code, "true", f"{name} can be {beyond[0]}" if beyond else "")


def overrides(tried: Tried) -> Iterator[Verdict]:
    """Yield whether overrides reported without effect have none, and those that always fire have the reported one."""
    bands = tried.rulebook.bands
    ids = () if bands is None else bands.ids
    for one in tried.found("KR402"):
        # The condition of an override may fault all the same.
        subject = tried.first_difference(without(one.path), f"without {one.path}", of="rated answers")
        yield Verdict(
            "KR402", "true", f"without {one.path} {subject} is rated otherwise" if subject is not None else ""
        )
    said = {one.path for one in tried.found("KR401")}
    for override in tried.rulebook.overrides:
        is_said = override.words.path in said
        always = override.when is None or override.when.constant is True
        if always and override.kind in ("band", "unrated"):
            yield Verdict("KR401", "found", "" if is_said else f"`{override.id}` fires for all")
        if is_said:
            places = [ids.index(band) for one in tried.decisions if (band := one.band("band")) is not None]
            target = ids.index(override.target) if override.target in ids else None
            is_true = always
            if override.kind == "unrated":
                is_true &= not any(one.status == "rated" for one in tried.decisions if not one.is_early)
            elif override.kind == "band_at_least":
                is_true &= target is not None and all(place <= target for place in places)
            else:
                is_true &= target is not None and all(place >= target for place in places)
            yield Verdict("KR401", "true", "" if is_true else f"`{override.id}` does not: {places}")


# -- conditions -------------------------------------------------------------------------------------


def conditions(tried: Tried) -> Iterator[Verdict]:
    """Yield whether a condition reported as constant can be replaced by its outcome without a difference."""
    places = {place.path: place.expression for place in facts(tried.rulebook).places}
    for one in tried.found("KR341"):
        expression = places.get(one.path)
        said = re.search(r"(the condition|a condition in this formula|`(.*)`) is always (true|false)", one.message)
        if expression is None or said is None:
            yield Verdict("KR341", "true", f"not understood: {one}")
            continue
        candidates = [said[2]] if said[2] else [expression.text]
        if said[1].startswith("a condition") or "…" in said[1]:
            candidates = list(_parts_of(expression))
        whole = _whole(tried, one.path, expression)
        outcome = said[3].capitalize()
        holds = any(_may_be_written(tried, whole, text, outcome) for text in candidates)
        yield Verdict("KR341", "true", "" if holds else f"{one.path}: {one.message}: {expression.text}")


def _whole(tried: Tried, path: str, expression: Expression) -> str:
    """Return the path of a formula in the document."""
    part = part_at(tried.book, path)
    if not isinstance(part, dict):
        return path
    return f"{path}.{next(key for key, value in part.items() if str(value) == expression.text)}"


def _parts_of(expression: Expression) -> Iterator[str]:
    """Yield the parts of a formula that may be conditions, including the whole."""
    yield from (node.part.text for node in expression.nodes if node.part is not None)


def _may_be_written(tried: Tried, whole: str, text: str, outcome: str) -> bool:
    """Return whether a condition can be replaced by its outcome anywhere in a formula without a difference.

    Subjects whose assessment faults are left aside, for the condition may be what has no answer.
    """
    formula = str(part_at(tried.book, whole))
    for found in re.finditer(re.escape(text), formula):
        replaced = f"{formula[: found.start()]}{outcome}{formula[found.end() :]}"
        try:
            answers = tried.answers_of(written(whole, replaced), f"{whole} {replaced}")
        except Exception:  # that part is no condition, and its rulebook cannot be run
            continue
        pairs = zip(answers or (), tried.answers, strict=False)
        if answers and all(decided(one) == decided(other) for one, other in pairs if not isinstance(other, Fault)):
            return True
    return False


# -- quotas -----------------------------------------------------------------------------------------


def terms(tried: Tried) -> Iterator[Verdict]:
    """Yield whether invalid shares and minimums of quotas are reported, constant ones as errors."""
    for quota in tried.rulebook.quotas:
        for key in ("at_most", "minimum"):
            path = f"{quota.words.path}.{key}"
            # Both are computed before either is looked at: who has no answer to one is not asked about the other.
            keys = (key, "minimum" if key == "at_most" else "at_most")
            programs = [_formula_of_quota(tried, one) for one in keys]
            numbers = _numbers(programs, [tried.given(one) for one in tried.subjects])
            said = [one for one in tried.found("KR427") if one.path == path]
            if any(_is_none(number, key) for number in numbers):
                yield Verdict("KR427", "found", "" if said else f"`{key}` may be none: {numbers}")
            elif any(one.evidence == "" for one in said):
                yield Verdict("KR427", "true", f"`{key}` is a number for all")


def _of_quota(tried: Tried, found: Diagnostic, subject: Mapped) -> bool:
    """Return whether a finding about a quota's formula is true, by the reference engine."""
    key = found.path.rpartition(".")[2]
    program = _formula_of_quota(tried, key)
    try:
        number = _number(program, subject)
    except FaultError as fault:
        return fault.report.errors[0].code in FAULTS.get(found.code, ())
    return found.code == "KR427" and number is not None and _is_none(number, key)


def _formula_of_quota(tried: Tried, key: str) -> Program:
    """Return a rulebook with the formula of a quota as the output `number`, absent if its `when` fails."""
    (quota,) = tried.book["cohort"]["quotas"].values()
    outputs = {
        "holds": str(quota.get("when", "True")),
        "number": f"({quota[key]}) if {quota.get('when', True)} else -9",
    }
    inputs = tried.book["inputs"]
    return Tried({"kpirules": 1, "inputs": inputs, "outputs": outputs}).program


def _number(program: Program, subject: Mapped) -> Fraction | None:
    known = {one.id for one in program.rulebook.inputs}
    given = {name: value for name, value in subject.items() if name in known}
    outputs = assess(program, given, engine="reference").outputs
    return outputs["number"] if outputs["holds"] else None


def _numbers(programs: list[Program], subjects: list[Mapped]) -> set[Fraction]:
    """Return the values of a quota's formula for all subjects without a fault."""
    found: set[Fraction] = set()
    for subject in subjects:
        try:
            number, *_ = [_number(program, subject) for program in programs]
        except FaultError:
            continue
        found |= set() if number is None else {number}
    return found


def _is_none(number: Fraction, key: str) -> bool:
    """Return whether a number is no valid limit: a negative share, or a minimum that is negative or not whole."""
    return number < 0 or (key == "minimum" and number.denominator != 1)


OF_FORM: dict[str, Callable[[Tried], Iterator[Verdict]]] = {"forms": forms}
"""Laws that hold for rulebooks with errors too."""

OF_PARTS: dict[str, Callable[[Tried], Iterator[Verdict]]] = {
    "shown": shown,
    "decided": decided_findings,
    "faults": faults,
    "open ratings": open_ratings,
    "bands nobody gets": bands_nobody_gets,
    "rounding": rounding,
}
"""Laws of each variant and edition, and of the subjects that it rates."""

LAWS: dict[str, Callable[[Tried], Iterator[Verdict]]] = {
    "shown": shown,
    "decided": decided_findings,
    "faults": faults,
    "open ratings": open_ratings,
    "bands nobody gets": bands_nobody_gets,
    "rounding": rounding,
    "rows": rows,
    "idle keys": idle_keys,
    "overrides": overrides,
    "conditions": conditions,
    "terms": terms,
    "scales": scales,
}
"""Laws of rulebooks without errors."""
