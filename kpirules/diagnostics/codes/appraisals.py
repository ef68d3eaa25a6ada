"""KR8xx: appraisals, which wire rulebooks together, and the rows of their stages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...kernel.brief import shortened
from ..report import did_you_mean, listed
from .catalogue import Say, error, warning

__all__ = [
    "allocated_alone",
    "appraisal_for_a_rulebook",
    "cohort_in_error",
    "given_and_taken",
    "key_not_given",
    "key_twice",
    "missing_taken_field",
    "no_appraisal",
    "no_edition_day",
    "none_matches",
    "several_match",
    "several_possible",
    "stage_cycle",
    "stage_in_error",
    "taken_of_another_kind",
    "taken_of_another_type",
    "taken_value_absent",
    "undated_edition",
    "unknown_stage",
    "unknown_taken",
    "unreadable_in_stage",
    "unusable_key_column",
    "unusable_stage_rulebook",
]


@error("KR801")
def unknown_stage(name: str, known: Iterable[str]) -> Say:
    """Stage that the appraisal does not have.

    **What it checks**

    That `stage` and `allocate_with` name stages of the same appraisal.

    **Why it matters**

    There is nothing to take a value from.

    **Fails**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit]}
      head:
        rulebook: head.kpi.yaml
        key: [unit]
        take: {unit_band: {stage: units, value: band, match: [unit]}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit]}
      head:
        rulebook: head.kpi.yaml
        key: [unit]
        take: {unit_band: {stage: unit, value: band, match: [unit]}}
    ```
    """
    names = tuple(known)
    return Say(
        f"there is no stage `{shortened(name)}`", did_you_mean(name, names, f"there are {listed(names, 'and')}")
    )


@error("KR802")
def stage_cycle(way: Sequence[str]) -> Say:
    """Stages that take from each other in a circle.

    **What it checks**

    That no stage takes from itself, be it through others. Stages that are allocated together are one stage here.

    **Why it matters**

    A stage runs after those that it takes from; in a circle none can be the first.

    **Fails**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit:
        rulebook: unit.kpi.yaml
        key: [unit]
        take: {head_band: {stage: head, value: band, match: [unit]}}
      head:
        rulebook: head.kpi.yaml
        key: [unit]
        take: {unit_band: {stage: unit, value: band, match: [unit]}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit]}
      head:
        rulebook: head.kpi.yaml
        key: [unit]
        take: {unit_band: {stage: unit, value: band, match: [unit]}}
    ```
    """
    return Say(
        f"these stages take from each other in a circle: {' → '.join(way)}",
        "leave out one of the `take`, or `allocate_with` where it makes one stage of several",
    )


@error("KR803")
def unusable_stage_rulebook(rulebook: str, why: str, help: str) -> Say:
    """Rulebook of a stage that can't be used.

    **What it checks**

    That the file a stage names, by the path from the appraisal's own folder, can be read and is a rulebook without
    errors.

    **Why it matters**

    A stage rates its subjects by this rulebook.

    **Fails**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: units.kpi.yaml, key: [unit]}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit]}
    ```
    """
    return Say(f"the rulebook {shortened(rulebook)} {why}", help)


@error("KR804")
def unknown_taken(name: str, of: str, known: Iterable[str]) -> Say:
    """Input or field to fill that the rulebook does not have.

    **What it checks**

    That `take` fills inputs of the stage's rulebook, and `each` fields of the list input.

    **Why it matters**

    The value would go nowhere.

    **Fails**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit]}
      head:
        rulebook: head.kpi.yaml
        key: [unit]
        take: {unit_bnad: {stage: unit, value: band, match: [unit]}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit]}
      head:
        rulebook: head.kpi.yaml
        key: [unit]
        take: {unit_band: {stage: unit, value: band, match: [unit]}}
    ```
    """
    names = tuple(known)
    otherwise = f"there are {listed(names, 'and')}" if names else "there are none"
    return Say(f"{of} has no `{shortened(name)}`", did_you_mean(name, names, otherwise))


@error("KR805")
def unreadable_in_stage(name: str, stage: str, why: str, known: Iterable[str], output: str = "") -> Say:
    """Name that can't be read of a stage.

    **What it checks**

    That `value`, `each` and `match` read what a stage knows of its subjects: the columns of its key, inputs, outputs,
    `score`, `exact_score`, `band` and `status`. On the side that takes, `match` reads keys and inputs, for nothing
    else is known yet.

    **Why it matters**

    There is no such value.

    **Fails**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit]}
      head:
        rulebook: head.kpi.yaml
        key: [unit]
        take: {unit_band: {stage: unit, value: rank, match: [unit]}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit]}
      head:
        rulebook: head.kpi.yaml
        key: [unit]
        take: {unit_band: {stage: unit, value: band, match: [unit]}}
    ```
    """
    names = tuple(known)
    message = f"`{shortened(name)}` {why} stage `{stage}`"
    if output:
        return Say(message, f"write `{output}` for the output, or give one of them another name")
    return Say(message, did_you_mean(name, names, f"it has {listed(names, 'and')}"))


@error("KR806")
def taken_of_another_kind(name: str, is_list: bool) -> Say:
    """One value for a list, or records for one value.

    **What it checks**

    That a list input is filled by `each`, and any other input by `value`.

    **Why it matters**

    `value` takes from one assessment, `each` makes a record of every one that matches.

    **Fails**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit]}
      head:
        rulebook: head.kpi.yaml
        key: [unit]
        take: {unit_band: {stage: unit, each: {band: band}, match: [unit]}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit]}
      head:
        rulebook: head.kpi.yaml
        key: [unit]
        take: {unit_band: {stage: unit, value: band, match: [unit]}}
    ```
    """
    if is_list:
        return Say(f"`{name}` is a list, and `value` takes one value", "write `each: {field: what}`")
    return Say(f"`{name}` is no list, and `each` makes records", "write `value: what`")


@error("KR807")
def missing_taken_field(name: str, fields: Sequence[str]) -> Say:
    """Required field of a record that `each` leaves out.

    **What it checks**

    That `each` fills every field of the list input that is neither optional nor has a default.

    **Why it matters**

    No record would be valid.

    **Fails**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      month: {rulebook: person.kpi.yaml, key: [person, month]}
      year:
        rulebook: year.kpi.yaml
        key: [person]
        take: {monthly: {stage: month, each: {month: month}, match: [person]}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      month: {rulebook: person.kpi.yaml, key: [person, month]}
      year:
        rulebook: year.kpi.yaml
        key: [person]
        take: {monthly: {stage: month, each: {month: month, score: score}, match: [person]}}
    ```
    """
    are = "are" if len(fields) > 1 else "is"
    return Say(f"records of `{name}` need {listed(fields, 'and')}, which {are} not taken", "add them to `each`")


@error("KR808")
def taken_of_another_type(what: str, found: str, name: str, expected: str, help: str = "") -> Say:
    """Value of a type that the input does not take.

    **What it checks**

    That a value that is taken has the type of the input or field it fills, and that the input knows every option of a
    choice: bands and statuses are such.

    **Why it matters**

    No subject, or not every one, could be assessed.

    **Fails**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit]}
      head:
        rulebook: head.kpi.yaml
        key: [unit]
        take: {unit_band: {stage: unit, value: score, match: [unit]}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit]}
      head:
        rulebook: head.kpi.yaml
        key: [unit]
        take: {unit_band: {stage: unit, value: band, match: [unit]}}
    ```
    """
    return Say(f"`{what}` is {found}, and `{name}` takes {expected}", help)


@error("KR809")
def unusable_key_column(name: str, why: str, help: str) -> Say:
    """Column that can't be part of a key.

    **What it checks**

    That the columns of a key stand once each, are known before anything is assessed, hold single values, and are not
    named like what an assessment gives.

    **Why it matters**

    The key tells the subjects of a stage apart, and is what others match.

    **Fails**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit, unit]}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit]}
    ```
    """
    return Say(f"`{shortened(name)}` can't be part of the key: {why}", help)


@error("KR810")
def undated_edition(name: str, why: str, help: str) -> Say:
    """Date of an edition that is none.

    **What it checks**

    That `on` names a column of the key or a date input that is not taken, and that it stands where the rulebook has
    amendments.

    **Why it matters**

    The date picks the edition of the rulebook for each subject.

    **Fails**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit], on: day}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit]}
    ```
    """
    return Say(f"`{shortened(name)}` {why}", help)


@error("KR811")
def allocated_alone(stage: str, why: str, help: str) -> Say:
    """Stages that are not allocated together as they say.

    **What it checks**

    That stages which are allocated together all name one another in `allocate_with`, and rate by variants of one
    rulebook with quotas.

    **Why it matters**

    A quota counts the members of all stages that share it; each of them must say so.

    **Fails**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      staff: {rulebook: person.kpi.yaml, key: [person, month], allocate_with: [head]}
      head:  {rulebook: person.kpi.yaml, key: [person, month]}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      staff: {rulebook: person.kpi.yaml, key: [person, month]}
      head:  {rulebook: person.kpi.yaml, key: [person, month]}
    ```
    """
    return Say(f"stage `{stage}` {why}", help)


@error("KR812")
def appraisal_for_a_rulebook() -> Say:
    """Appraisal where a rulebook is expected.

    **What it checks**

    That what is loaded, or assessed by, is a rulebook.

    **Why it matters**

    An appraisal rates nobody by itself: each of its stages does, by a rulebook.

    **Fails**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      inner: {rulebook: other-appraisal.kpi.yaml, key: [unit]}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit]}
    ```
    """
    return Say("this is an appraisal and no rulebook", "run it by `kpirules appraise`, or `load_appraisal` in Python")


@error("KR813")
def no_appraisal() -> Say:
    """Document that is no appraisal.

    **What it checks**

    That a file which is run as an appraisal has an `appraisal` id.

    **Why it matters**

    A rulebook rates single subjects; an appraisal says where the values of each stage come from.

    **Fails**

    ```yaml
    kpirules: 1
    id: unit
    outputs: {half: 1 / 2}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      unit: {rulebook: unit.kpi.yaml, key: [unit]}
    ```
    """
    return Say("this document is no appraisal", "an appraisal has an `appraisal` id and `stages`")


@warning("KR814")
def several_possible(name: str, stages: str, missing: Sequence[str]) -> Say:
    """Value that several assessments could give.

    **What it checks**

    That what `match` compares tells the subjects of the other stage apart, where one value is taken: the whole key of
    one stage.

    **Why it matters**

    Where several match, a required input can't be filled and an optional one is absent; nothing is picked.

    **Fails**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      month: {rulebook: unit.kpi.yaml, key: [unit, month]}
      head:
        rulebook: head.kpi.yaml
        key: [unit]
        take: {unit_band: {stage: month, value: band, match: [unit]}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    appraisal: commune
    stages:
      month: {rulebook: unit.kpi.yaml, key: [unit, month]}
      head:
        rulebook: head.kpi.yaml
        key: [unit, month]
        take: {unit_band: {stage: month, value: band, match: [unit, month]}}
    ```
    """
    if missing:
        return Say(
            f"several assessments of {stages} may match for `{name}`, which takes one value",
            f"add {listed(missing, 'and')} to `match`",
        )
    return Say(
        f"{stages} may each have an assessment that matches for `{name}`, which takes one value",
        "`allow` it where every subject is in one of them only",
    )


# -- rows of a stage ------------------------------------------------------------------------------


@error("KR850")
def key_not_given(name: str) -> Say:
    """Row without a part of its key.

    **What it checks**

    That a row of a stage's table has a value in every column of the key.

    **Why it matters**

    Nobody could say whose assessment it is.

    **Fails**

    ```json
    {"unit": [{"done": 3}]}
    ```

    **Passes**

    ```json
    {"unit": [{"unit": "A", "done": 3}]}
    ```
    """
    return Say(f"`{name}` is part of the key, and is not given", f"give `{name}` a number, text, date or yes/no")


@error("KR851")
def key_twice(key: str) -> Say:
    """Rows with one key.

    **What it checks**

    That no two rows of a stage have the same key.

    **Why it matters**

    Which of them is meant is nobody's to guess, so neither is assessed.

    **Fails**

    ```json
    {"unit": [{"unit": "A", "done": 3}, {"unit": "A", "done": 4}]}
    ```

    **Passes**

    ```json
    {"unit": [{"unit": "A", "done": 3}, {"unit": "B", "done": 4}]}
    ```
    """
    return Say(f"the key ({shortened(key)}) stands in another row too", "leave one of them out, or add to `key`")


@error("KR852")
def none_matches(name: str, stages: str, match: str) -> Say:
    """Required input for which no assessment matches.

    **What it checks**

    That an input which is taken, and is neither optional nor has a default, has an assessment to come from.

    **Why it matters**

    The value is not known.

    **Fails**

    ```json
    {"unit": [{"unit": "A", "done": 3}], "head": [{"unit": "B"}]}
    ```

    **Passes**

    ```json
    {"unit": [{"unit": "A", "done": 3}], "head": [{"unit": "A"}]}
    ```
    """
    return Say(
        f"no assessment of {stages} matches ({shortened(match)}), from which `{name}` is taken",
        "add the row there, or make the input `optional`",
    )


@error("KR853")
def several_match(name: str, stages: str, match: str, count: int) -> Say:
    """Required input for which several assessments match.

    **What it checks**

    That one assessment matches where one value is taken.

    **Why it matters**

    Which of them is meant is nobody's to guess.

    **Fails**

    ```json
    {"month": [{"unit": "A", "month": 1}, {"unit": "A", "month": 2}], "unit_head": [{"unit": "A"}]}
    ```

    **Passes**

    ```json
    {"month": [{"unit": "A", "month": 1}], "unit_head": [{"unit": "A"}]}
    ```
    """
    return Say(
        f"{count} assessments of {stages} match ({shortened(match)}), from which `{name}` is taken",
        "add to `match`, or fill a list by `each`",
    )


@error("KR854")
def taken_value_absent(name: str, what: str, of: str, why: str) -> Say:
    """Required value that the matching assessment does not have.

    **What it checks**

    That an assessment has the score, band, input or output which fills a required input or field.

    **Why it matters**

    Whoever is not rated has no score, and absence is never taken for zero.

    **Fails**

    ```json
    {"unit": [{"unit": "A", "done": 3, "closed": true}], "head": [{"unit": "A"}]}
    ```

    **Passes**

    ```json
    {"unit": [{"unit": "A", "done": 3}], "head": [{"unit": "A"}]}
    ```
    """
    return Say(
        f"`{name}` is taken from `{what}` of {of}, which is absent: {why}",
        "make it `optional` in the rulebook that reads it",
    )


@error("KR855")
def stage_in_error(name: str, of: str, is_certain: bool) -> Say:
    """Value from a row that could not be assessed.

    **What it checks**

    That every row that matches, or may match by what could be read of it, could be assessed.

    **Why it matters**

    Without it the value is not known, or the list is not whole.

    **Fails**

    ```json
    {"unit": [{"unit": "A", "done": -3}], "head": [{"unit": "A"}]}
    ```

    **Passes**

    ```json
    {"unit": [{"unit": "A", "done": 3}], "head": [{"unit": "A"}]}
    ```
    """
    taken = "is taken" if is_certain else "may be taken"
    return Say(f"`{name}` {taken} from {of}, which could not be assessed", "correct that row first")


@error("KR856")
def given_and_taken(name: str) -> Say:
    """Input that is given and taken.

    **What it checks**

    That the table of a stage leaves out what `take` fills.

    **Why it matters**

    Which of the two values holds is nobody's to guess.

    **Fails**

    ```json
    {"unit": [{"unit": "A", "done": 3}], "head": [{"unit": "A", "unit_band": "good"}]}
    ```

    **Passes**

    ```json
    {"unit": [{"unit": "A", "done": 3}], "head": [{"unit": "A"}]}
    ```
    """
    return Say(f"`{name}` is given here, and taken from another stage", "leave it out of the table")


@error("KR857")
def cohort_in_error(of: str, is_certain: bool) -> Say:
    """Member of a cohort that could not be assessed as a whole.

    **What it checks**

    That every row of a cohort could be assessed, where its members are compared or share a quota. A row that does not
    tell its cohort may belong to any; one that does not tell its variant or edition may be of any. A quota of one
    edition concerns the members of this edition alone.

    **Why it matters**

    A rank, an average or a quota that leaves somebody out is another one.

    **Fails**

    ```json
    {"ranked": [{"unit": "A", "done": 3}, {"unit": "B", "done": -3}]}
    ```

    **Passes**

    ```json
    {"ranked": [{"unit": "A", "done": 3}, {"unit": "B", "done": 3}]}
    ```
    """
    cohort = "of the same cohort" if is_certain else "which may be of the same cohort"
    return Say(f"not rated: `{shortened(of)}`, {cohort}, could not be assessed", "correct that row first")


@error("KR858")
def no_edition_day(name: str) -> Say:
    """Row without the day of its edition.

    **What it checks**

    That a row gives a date where its stage picks the edition of the rulebook by it.

    **Why it matters**

    Nobody could say which rules are in force.

    **Fails**

    ```json
    {"dated": [{"unit": "A", "day": "2026"}]}
    ```

    **Passes**

    ```json
    {"dated": [{"unit": "A", "day": "2026-03-31"}]}
    ```
    """
    return Say(f"`{name}` picks the edition, but is not a date", "write an existing date as YYYY-MM-DD")
