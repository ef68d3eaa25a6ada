"""KR420 to KR429: quotas as they are written. KR650 to KR659: quotas as they are allocated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...kernel.brief import shortened
from ..report import did_you_mean, listed
from .catalogue import Say, error, warning

__all__ = [
    "base_moves_later",
    "base_without_surplus",
    "disagree",
    "left_open",
    "may_be_no_number_of_members",
    "no_group_by",
    "no_number_of_members",
    "not_lower",
    "not_uniform",
    "open_policy",
    "other_quotas",
    "variants_share_no_places",
]

_NUMBERS = {
    "at_most": ("a number from 0", "keep it from 0: `max(…, 0)`"),
    "minimum": ("a whole number from 0", "round it: `floor(…)`, and keep it from 0: `max(…, 0)`"),
}
"""What a quota reads of a group may be, and how it becomes so."""


@error("KR420")
def open_policy(missing: Sequence[tuple[str, str]]) -> Say:
    """Quota that leaves a policy open.

    **What it checks**

    That a quota says all of what decides who keeps a band: `band`, `at_most`, `of`, `base`, `round`,
    `minimum`, `order`, `ties` and `demote_to`.

    **Why it matters**

    "At most 20 % of those rated good" is no rule yet. It allows 4, 5, 6 or 7 of the same 36 people, depending on
    who is counted, when, and how a part of a person is rounded; and it does not say who goes. A default would
    decide that about people without a word.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {excellent: {from: 90}, good: {from: 70}, fair: {from: 0}}
    cohort:
      quotas:
        excellent: {band: excellent, at_most: 20%, of: [good]}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {excellent: {from: 90}, good: {from: 70}, fair: {from: 0}}
    cohort:
      quotas:
        excellent:
          {band: excellent, at_most: 20%, of: [good], base: after, round: down, minimum: 0, order: [score],
           ties: undecided, demote_to: good}
    ```
    """
    return Say(
        f"the quota leaves open {listed((key for key, _ in missing), 'and')}",
        "write each; where the regulation does not say, decide, and say in a `note` that you did",
        notes=tuple(f"`{key}`: {meaning}" for key, meaning in missing),
    )


@error("KR421")
def not_lower(id: str, demote_to: str, band: str) -> Say:
    """Quota that does not move its surplus down.

    **What it checks**

    That `demote_to` is a lower band than `band`.

    **Why it matters**

    Who has no place would stay, or rise.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {excellent: {from: 90}, good: {from: 70}, fair: {from: 0}}
    cohort:
      quotas:
        good:
          {band: good, at_most: 50%, of: all, base: before, round: down, minimum: 0, order: [score],
           ties: undecided, demote_to: excellent}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {excellent: {from: 90}, good: {from: 70}, fair: {from: 0}}
    cohort:
      quotas:
        good:
          {band: good, at_most: 50%, of: all, base: before, round: down, minimum: 0, order: [score],
           ties: undecided, demote_to: fair}
    ```
    """
    return Say(f"`{demote_to}` is no lower band than `{band}`, which the quota `{id}` limits", "bands are best first")


@error("KR422")
def base_without_surplus(id: str, demote_to: str) -> Say:
    """Base that is counted after the surplus has moved, and does not count it.

    **What it checks**

    That with `base: after` the band under `demote_to` is among the bands of the base, or `of` is `all`.

    **Why it matters**

    What moves out of sight changes no base: `after` would mean the same as `before`, or less than it says.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {excellent: {from: 90}, good: {from: 70}, fair: {from: 0}}
    cohort:
      quotas:
        excellent:
          {band: excellent, at_most: 20%, of: [good], base: after, round: down, minimum: 0, order: [score],
           ties: undecided, demote_to: fair}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {excellent: {from: 90}, good: {from: 70}, fair: {from: 0}}
    cohort:
      quotas:
        excellent:
          {band: excellent, at_most: 20%, of: [good], base: before, round: down, minimum: 0, order: [score],
           ties: undecided, demote_to: fair}
    ```
    """
    return Say(
        f"the base of the quota `{id}` is counted once the surplus has moved to `{demote_to}`, and does not count it",
        f"add `{demote_to}` to `of`, or write `base: before`",
    )


@error("KR423")
def no_group_by(key: str, name: str, why: str, inputs: Iterable[str]) -> Say:
    """Word that tells no groups apart.

    **What it checks**

    That `within` and `uniform` list inputs that have one value for everybody: no lists, and none that may be
    absent.

    **Why it matters**

    Whoever has no such value would be in no group, and be compared with nobody.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {unit: {type: text, optional: true}}
    cohort: {within: [unit]}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {unit: {type: text}}
    cohort: {within: [unit]}
    ```
    """
    names = tuple(inputs)
    others = f"inputs are {listed(names, 'and')}" if names else "the rulebook has no inputs"
    help_ = did_you_mean(name, names, others) if name not in names else "name an input that everybody has"
    return Say(f"`{shortened(name)}` can't stand under `{key}`: {why}", help_)


@error("KR424")
def disagree(first: str, second: str, band: str, keys: Sequence[str]) -> Say:
    """Quotas of one band that disagree on who goes, or where.

    **What it checks**

    That all quotas that limit one band have the same `order`, `ties` and `demote_to`.

    **Why it matters**

    Members are looked at once, best first, and keep the band while every limit allows. With two orders there would
    be no best, and with two targets whoever both quotas move would have two bands.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {kind: {type: text}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {excellent: {from: 90}, good: {from: 70}, fair: {from: 0}}
    cohort:
      quotas:
        whole:
          {band: excellent, at_most: 20%, of: [good], base: after, round: down, minimum: 0, order: [score],
           ties: undecided, demote_to: good}
        each_kind:
          {band: excellent, at_most: 25%, of: [good], base: after, round: down, minimum: 0, order: [score],
           ties: keep, demote_to: good, within: [kind]}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {kind: {type: text}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {excellent: {from: 90}, good: {from: 70}, fair: {from: 0}}
    cohort:
      quotas:
        whole:
          {band: excellent, at_most: 20%, of: [good], base: after, round: down, minimum: 0, order: [score],
           ties: undecided, demote_to: good}
        each_kind:
          {band: excellent, at_most: 25%, of: [good], base: after, round: down, minimum: 0, order: [score],
           ties: undecided, demote_to: good, within: [kind]}
    ```
    """
    return Say(
        f"the quotas `{first}` and `{second}` both limit `{band}`, with another {listed(keys, 'and')}",
        "write the same in both",
    )


@warning("KR425")
def base_moves_later(id: str, other: str, band: str, target: str) -> Say:
    """Base that a lower quota changes afterwards.

    **What it checks**

    That no quota of a lower band moves members out of the base of a quota with `base: after`.

    **Why it matters**

    Bands are looked at best first, and the base of the better band is counted once its own surplus has moved. What
    a lower quota moves later makes that base smaller than it was counted.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {excellent: {from: 90}, good: {from: 70}, fair: {from: 0}}
    cohort:
      quotas:
        excellent:
          {band: excellent, at_most: 20%, of: [good], base: after, round: down, minimum: 0, order: [score],
           ties: undecided, demote_to: good}
        good:
          {band: good, at_most: 50%, of: all, base: before, round: down, minimum: 0, order: [score],
           ties: undecided, demote_to: fair}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {excellent: {from: 90}, good: {from: 70}, fair: {from: 0}}
    cohort:
      quotas:
        excellent:
          {band: excellent, at_most: 20%, of: [good, fair], base: after, round: down, minimum: 0, order: [score],
           ties: undecided, demote_to: good}
        good:
          {band: good, at_most: 50%, of: all, base: before, round: down, minimum: 0, order: [score],
           ties: undecided, demote_to: fair}
    ```
    """
    return Say(
        f"the quota `{other}` moves members from `{band}` to `{target}` after the base of `{id}` was counted",
        f"add `{target}` to `of`, write `base: before`, or `allow` it where that is meant",
    )


@error("KR426")
def left_open(what: str) -> Say:
    """Quota that reads a row without a value.

    **What it checks**

    That nothing a quota reads can meet a row that says `undefined`.

    **Why it matters**

    Somebody whose place is not defined stands neither before nor after the others.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {grade: {type: integer, min: 1, max: 3}}
    tables: {weight: {steps: [{from: 2, value: 1}, {undefined: true}]}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {excellent: {from: 90}, good: {from: 0}}
    cohort:
      quotas:
        excellent:
          {band: excellent, at_most: 20%, of: [good], base: after, round: down, minimum: 0,
           order: [score, weight(grade)], ties: undecided, demote_to: good}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {grade: {type: integer, min: 1, max: 3}}
    tables: {weight: {steps: [{from: 2, value: 1}, {value: 0}]}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {excellent: {from: 90}, good: {from: 0}}
    cohort:
      quotas:
        excellent:
          {band: excellent, at_most: 20%, of: [good], base: after, round: down, minimum: 0,
           order: [score, weight(grade)], ties: undecided, demote_to: good}
    ```
    """
    return Say(f"{what} can meet a row that says `undefined`", "give the row a value, or read something else")


@warning("KR427")
def may_be_no_number_of_members(id: str, key: str) -> Say:
    """Share or least number of members that may be none.

    **What it checks**

    That `at_most` of a quota is never below 0, and `minimum` always a whole number from 0, for all values of the
    inputs under `uniform`.

    **Why it matters**

    A group for which it is not cannot be allocated (KR651): nobody of it is rated, on the day when ratings are due.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {leaders: {type: integer, min: 0, max: 9}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {excellent: {from: 90}, good: {from: 0}}
    cohort:
      quotas:
        excellent:
          {band: excellent, at_most: 20%, of: [good], base: after, round: down, minimum: leaders / 2,
           order: [score], ties: undecided, demote_to: good, uniform: [leaders]}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {leaders: {type: integer, min: 0, max: 9}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {excellent: {from: 90}, good: {from: 0}}
    cohort:
      quotas:
        excellent:
          {band: excellent, at_most: 20%, of: [good], base: after, round: down, minimum: floor(leaders / 2),
           order: [score], ties: undecided, demote_to: good, uniform: [leaders]}
    ```
    """
    allowed, way_out = _NUMBERS[key]
    return Say(f"`{key}` of the quota `{id}` may come to what is not {allowed}", way_out)


@warning("KR428")
def variants_share_no_places(one: str, other: str) -> Say:
    """Variants whose members can't be allocated together.

    **What it checks**

    That variants between which `variant_by` picks have the same bands, `better` and quotas, the same parameters and
    tables where quotas read them, and the same kinds of values where quotas group or order members by them.

    **Why it matters**

    Members of several variants share their places. A cohort with members of both is refused (KR652); one whose
    members are all of one variant is allocated, and for rulebooks with such cohorts only this can be allowed.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {post: {type: choice, options: [head, staff]}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {excellent: {from: 90}, good: {from: 0}}
    cohort:
      quotas:
        excellent:
          {band: excellent, at_most: 20%, of: [good], base: after, round: down, minimum: 0, order: [score],
           ties: undecided, demote_to: good}
    variants: {head: {cohort: {quotas: {excellent: {at_most: 30%}}}}, staff: {}}
    variant_by: post
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {post: {type: choice, options: [head, staff]}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {excellent: {from: 90}, good: {from: 0}}
    cohort:
      quotas:
        excellent:
          {band: excellent, at_most: 20%, of: [good], base: after, round: down, minimum: 0, order: [score],
           ties: undecided, demote_to: good}
    variants: {head: {}, staff: {}}
    variant_by: post
    ```
    """
    return Say(
        f"`{shortened(one)}` and `{shortened(other)}` have other bands or quotas: a cohort with members of both is "
        "refused",
        "write the quotas outside the variants, and what differs with `when` or `uniform`",
    )


# -- while allocating ---------------------------------------------------------------------------------


@error("KR650")
def not_uniform(id: str, input: str, members: tuple[str, str], values: tuple[str, str]) -> Say:
    """Input that differs within a group, and must not.

    **What it checks**

    While a cohort is allocated: that the inputs under `uniform` of a quota are equal for all rated members of a
    group.

    **Why it matters**

    A group has one limit. If one member says the organisation is outstanding and another that it is not, there is
    no telling whether 20 % or 25 % may be excellent.

    **Fails**

    Under a quota with `uniform: [is_outstanding]`:

    ```python
    assess_cohort(program, {"An": {"is_outstanding": True}, "Bình": {"is_outstanding": False}})
    ```

    **Passes**

    ```python
    assess_cohort(program, {"An": {"is_outstanding": True}, "Bình": {"is_outstanding": True}})
    ```
    """
    return Say(
        f"`{input}` is {values[0]} for {shortened(members[0])} and {values[1]} for {shortened(members[1])}, and must "
        f"be equal throughout a group of the quota `{id}`",
        "correct the inputs, or put the input under `within`",
    )


@error("KR651")
def no_number_of_members(id: str, key: str, value: str) -> Say:
    """Number that cannot limit a group.

    **What it checks**

    That `at_most` of a quota is not negative, and that `minimum` is a whole number from 0: where it is the same for
    all groups when the rulebook is checked, else while a cohort is allocated.

    **Why it matters**

    Members are whole, and there are never fewer than none.

    **Fails**

    In a group with 3 leaders:

    ```yaml
    minimum: leaders / 2
    ```

    **Passes**

    ```yaml
    minimum: floor(leaders / 2)
    ```
    """
    return Say(f"`{key}` of the quota `{id}` is {value}, which is not {_NUMBERS[key][0]}", "correct the formula")


@error("KR652")
def other_quotas(one: str, other: str, *, are_compared: bool = False) -> Say:
    """Members that have other quotas, or are compared by other formulas, than those beside them.

    **What it checks**

    While a cohort is allocated: that variants of one edition have the same bands and quotas, the same parameters and
    tables where quotas read them, and the same kinds of values where quotas group or order members by them.

    While a cohort is assessed: that members of different variants or editions are compared by expressions that mean
    the same. Each expression in a function such as `cohort_avg` must stand in all of them, and all that it reads must
    have equal definitions there; `score`, `exact_score`, points and shares are each member's own.

    **Why it matters**

    Members of several variants share their places. With two limits nobody could tell how many places there are.

    **Fails**

    ```yaml
    variants:
      head: {cohort: {quotas: {excellent: {at_most: 30%}}}}
      deputy: {}
    ```

    **Passes**

    ```yaml
    variants:
      head: {}
      deputy: {}
    ```
    """
    if are_compared:
        return Say(
            f"{one} and {other} compare members by formulas that do not mean the same, and their members are in one "
            "cohort",
            "let what is compared be the same in both, or separate them by `within` of the cohort",
        )
    return Say(
        f"{one} and {other} have other bands or quotas, and their members share places",
        "write the quotas outside the variants, and what differs with `when` or `uniform`",
    )
