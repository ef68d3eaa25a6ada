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

    A stage that does not exist has no values to take.

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
def stage_cycle(cycle: Sequence[str]) -> Say:
    """Stages that take from each other in a cycle.

    **What it checks**

    That no stage takes from itself, directly or through others. Stages that are allocated together are one stage
    here.

    **Why it matters**

    A stage runs after the stages that it takes from; in a cycle, none can be the first.

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
        f"these stages take from each other in a cycle: {' → '.join(cycle)}",
        "remove one `take`, or an `allocate_with` that joins stages",
    )


@error("KR803")
def unusable_stage_rulebook(rulebook: str, why: str, help: str) -> Say:
    """Rulebook of a stage that can't be used.

    **What it checks**

    That the file a stage names can be read and is a rulebook without errors. The path is relative to the appraisal's
    folder.

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

    That `take` fills inputs of the stage's rulebook, and `each` fills fields of the list input.

    **Why it matters**

    The value would be lost.

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
    otherwise = f"there are {listed(names, 'and')}" if names else "it has none"
    return Say(f"{of} has no `{shortened(name)}`", did_you_mean(name, names, otherwise))


@error("KR805")
def unreadable_in_stage(name: str, stage: str, why: str, known: Iterable[str], output: str = "") -> Say:
    """Name that a stage can't provide.

    **What it checks**

    That `value`, `each` and `match` read names of the other stage: columns of its key, inputs, outputs, `score`,
    `exact_score`, `band` and `status`. In its own stage, `match` reads keys and inputs, because nothing else is known
    yet.

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

    That `each` fills list inputs, and `value` fills all others.

    **Why it matters**

    `value` takes from one assessment, `each` makes a record of every assessment that matches.

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
        return Say(f"`{name}` is a list, but `value` takes one value", "write `each: {field: name}`")
    return Say(f"`{name}` is not a list, and `each` needs a list input", "write `value: name`")


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
    return Say(f"records of `{name}` need {listed(fields, 'and')}, which {are} missing", "add them to `each`")


@error("KR808")
def taken_of_another_type(what: str, found: str, name: str, expected: str, help: str = "") -> Say:
    """Value of a type that the input does not allow.

    **What it checks**

    That a taken value has the type of the input or field it fills, and that the input has every option of a choice,
    such as every band or status.

    **Why it matters**

    Some or all subjects could not be assessed.

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
    return Say(f"`{what}` is {found}, but `{name}` takes {expected}", help)


@error("KR809")
def unusable_key_column(name: str, why: str, help: str) -> Say:
    """Column that can't be part of a key.

    **What it checks**

    That each column of a key is listed once, is known before assessing, holds single values, and does not have the
    name of a result.

    **Why it matters**

    The key identifies the subjects of a stage, and other stages match by it.

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
    """Edition date that can't be used.

    **What it checks**

    That `on` names a column of the key or a date input that is not taken.

    **Why it matters**

    The date chooses the edition of the rulebook for each subject.

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
    """Stages that can't be allocated together.

    **What it checks**

    That stages which are allocated together all name one another in `allocate_with`, and use variants of one rulebook
    with quotas.

    **Why it matters**

    A quota counts the members of all stages that share it, so each of them must name the others.

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

    That the document to load or assess with is a rulebook.

    **Why it matters**

    An appraisal rates no subject itself: each of its stages does, by a rulebook.

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
    return Say(
        "this is an appraisal, not a rulebook", "run it with `kpirules appraise`, or `load_appraisal` in Python"
    )


@error("KR813")
def no_appraisal() -> Say:
    """Document that is not an appraisal.

    **What it checks**

    That a file to run as an appraisal has an `appraisal` id.

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
    return Say("this document is not an appraisal", "an appraisal has an `appraisal` id and `stages`")


@warning("KR814")
def several_possible(name: str, stages: str, missing: Sequence[str]) -> Say:
    """Value that may come from several assessments.

    **What it checks**

    That `match` has the whole key of the other stage if one value is taken. If `stage` names several stages, each may
    have an assessment that matches.

    **Why it matters**

    If several assessments match, a required input can't be filled and an optional one is absent; none is chosen.

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
        "`allow` it if every subject is in only one of them",
    )


# -- rows of a stage ------------------------------------------------------------------------------


@error("KR850")
def key_not_given(name: str) -> Say:
    """Row without a part of its key.

    **What it checks**

    That a row of a stage's table has a value in every column of the key.

    **Why it matters**

    Nothing would identify the subject of the assessment.

    **Fails**

    ```json
    {"unit": [{"done": 3}]}
    ```

    **Passes**

    ```json
    {"unit": [{"unit": "A", "done": 3}]}
    ```
    """
    return Say(f"`{name}` is part of the key, but missing", f"give `{name}` a number, text, date or yes/no")


@error("KR851")
def key_twice(key: str) -> Say:
    """Rows with the same key.

    **What it checks**

    That no two rows of a stage have the same key.

    **Why it matters**

    There is no way to know which of them is meant, so neither is assessed.

    **Fails**

    ```json
    {"unit": [{"unit": "A", "done": 3}, {"unit": "A", "done": 4}]}
    ```

    **Passes**

    ```json
    {"unit": [{"unit": "A", "done": 3}, {"unit": "B", "done": 4}]}
    ```
    """
    return Say(f"the key ({shortened(key)}) is also in another row", "remove one of them, or add a column to `key`")


@error("KR852")
def none_matches(name: str, stages: str, match: str) -> Say:
    """Required input for which no assessment matches.

    **What it checks**

    That a taken input which is neither optional nor has a default has a matching assessment.

    **Why it matters**

    The value is unknown.

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
        f"no assessment of {stages} matches ({shortened(match)}) for `{name}`",
        "add the row there, or make the input `optional`",
    )


@error("KR853")
def several_match(name: str, stages: str, match: str, count: int) -> Say:
    """Required input for which several assessments match.

    **What it checks**

    That one assessment matches if one value is taken.

    **Why it matters**

    There is no way to know which of them is meant.

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
        f"{count} assessments of {stages} match ({shortened(match)}) for `{name}`",
        "add a column to `match`, or fill a list with `each`",
    )


@error("KR854")
def taken_value_absent(name: str, what: str, of: str, why: str) -> Say:
    """Required value that the matching assessment does not have.

    **What it checks**

    That an assessment has the score, band, input or output that fills a required input or field.

    **Why it matters**

    An unrated subject has no score, and an absent score is never zero.

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

    That every row that matches, or may match, could be assessed.

    **Why it matters**

    Otherwise the value is unknown, or the list is incomplete.

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
    """Input that is both given and taken.

    **What it checks**

    That the table of a stage omits the inputs that `take` fills.

    **Why it matters**

    There is no way to know which of the two values is right.

    **Fails**

    ```json
    {"unit": [{"unit": "A", "done": 3}], "head": [{"unit": "A", "unit_band": "good"}]}
    ```

    **Passes**

    ```json
    {"unit": [{"unit": "A", "done": 3}], "head": [{"unit": "A"}]}
    ```
    """
    return Say(f"`{name}` is given here and taken from another stage", "remove it from the table")


@error("KR857")
def cohort_in_error(of: str, is_certain: bool) -> Say:
    """Cohort with a member that could not be assessed.

    **What it checks**

    That every row of a cohort could be assessed, if its members are compared or share a quota. A row without its
    cohort may belong to any cohort, and a row without its variant or edition to any of these. A quota of one edition
    concerns only the members of this edition.

    **Why it matters**

    A rank, an average or a quota changes if a member is left out.

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

    That a row has a date if its stage chooses the edition of the rulebook by it.

    **Why it matters**

    There is no way to know which rules are in force.

    **Fails**

    ```json
    {"dated": [{"unit": "A", "day": "2026"}]}
    ```

    **Passes**

    ```json
    {"dated": [{"unit": "A", "day": "2026-03-31"}]}
    ```
    """
    return Say(f"`{name}` chooses the edition, but is not a date", "write an existing date as YYYY-MM-DD")
