"""KR420 to KR429: quotas as written. KR650 to KR659: quotas as allocated."""

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
    "at_most": ("a number of at least 0", "write `max(…, 0)`"),
    "minimum": ("a whole number of at least 0", "round it with `floor(…)`, and write `max(…, 0)`"),
}
"""Allowed values of the numbers that a quota reads, and the help for others."""


@error("KR420")
def open_policy(missing: Sequence[tuple[str, str]]) -> Say:
    """Incomplete quota.

    **What it checks**

    That a quota has all keys that decide who keeps a band: `band`, `at_most`, `of`, `base`, `round`, `minimum`,
    `order`, `ties` and `demote_to`.

    **Why it matters**

    "At most 20 % of those rated good" is not yet a rule. It allows 4, 5, 6 or 7 of the same 36 people, depending on
    who is counted, when, and how a fraction of a person is rounded; and it does not say who is demoted. A default
    would decide that about people silently.

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
        f"the quota does not say {listed((key for key, _ in missing), 'and')}",
        "write each; if the regulation does not say, decide, and record that in a `note`",
        notes=tuple(f"`{key}`: {meaning}" for key, meaning in missing),
    )


@error("KR421")
def not_lower(id: str, demote_to: str, band: str) -> Say:
    """Quota that does not demote its surplus.

    **What it checks**

    That `demote_to` is a lower band than `band`.

    **Why it matters**

    A surplus member would stay, or rise.

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
    return Say(
        f"`{demote_to}` is not a lower band than `{band}`, which the quota `{id}` limits",
        f"name a band that is listed after `{band}`",
    )


@error("KR422")
def base_without_surplus(id: str, demote_to: str) -> Say:
    """Base that omits the surplus, although it is counted `after`.

    **What it checks**

    That with `base: after` the band in `demote_to` is part of the base, or `of` is `all`.

    **Why it matters**

    If demoted members leave the base, `after` would mean the same as `before`.

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
        f"the base of the quota `{id}` is counted after the surplus moves to `{demote_to}`, but omits that band",
        f"add `{demote_to}` to `of`, or write `base: before`",
    )


@error("KR423")
def no_group_by(key: str, name: str, why: str, inputs: Iterable[str]) -> Say:
    """Name that can't define groups.

    **What it checks**

    That `within` and `uniform` list inputs with one value for every member: no lists, and none that may be absent.

    **Why it matters**

    A member without such a value would be in no group, and be compared with nobody.

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
    help_ = did_you_mean(name, names, others) if name not in names else "name an input that every member has"
    return Say(f"`{shortened(name)}` can't be used in `{key}`: {why}", help_)


@error("KR424")
def disagree(first: str, second: str, band: str, keys: Sequence[str]) -> Say:
    """Quotas of one band that disagree.

    **What it checks**

    That all quotas for one band have the same `order`, `ties` and `demote_to`.

    **Why it matters**

    Members are considered once, best first, and keep the band while every limit allows. Two orders would have no
    common best, and two targets would give a member two bands.

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
        f"the quotas `{first}` and `{second}` both limit `{band}`, but differ in {listed(keys, 'and')}",
        "write the same in both",
    )


@warning("KR425")
def base_moves_later(id: str, other: str, band: str, target: str) -> Say:
    """Base that a lower quota changes afterwards.

    **What it checks**

    That no quota of a lower band moves members out of the base of a quota with `base: after`.

    **Why it matters**

    Bands are considered best first, and the base of a better band is counted after its own surplus moves. If a lower
    quota moves members later, that base becomes smaller than counted.

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
        f"add `{target}` to `of`, write `base: before`, or `allow` it if that is intended",
    )


@error("KR426")
def left_open(what: str) -> Say:
    """Quota that can read an undefined row.

    **What it checks**

    That no value that a quota reads can be `undefined`.

    **Why it matters**

    A member with an undefined place can't be ordered among the others.

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
    return Say(f"{what} can be `undefined`", "give the row a value, or read another value")


@warning("KR427")
def may_be_no_number_of_members(id: str, key: str) -> Say:
    """Limit of a quota that can be invalid.

    **What it checks**

    That `at_most` of a quota is never below 0, and `minimum` always a whole number of at least 0, for all values of
    the inputs in `uniform`.

    **Why it matters**

    A group with another value can't be allocated (KR651): none of its members is rated.

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
    allowed, remedy = _NUMBERS[key]
    return Say(f"`{key}` of the quota `{id}` can be something other than {allowed}", remedy)


@warning("KR428")
def variants_share_no_places(one: str, other: str) -> Say:
    """Variants that can't be allocated together.

    **What it checks**

    That the variants that `variant_by` chooses from have the same bands, `better` and quotas, the same parameters and
    tables that quotas read, and the same types of values by which quotas group or order members.

    **Why it matters**

    Members of several variants share their places. A cohort with members of both is refused (KR652); a cohort of one
    variant is allocated, so a rulebook with only such cohorts may `allow` this.

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
        f"`{shortened(one)}` and `{shortened(other)}` have different bands or quotas: a cohort with members of "
        "both is refused",
        "write the quotas outside the variants, and express differences with `when` or `uniform`",
    )


# -- while allocating ---------------------------------------------------------------------------------


@error("KR650")
def not_uniform(id: str, input: str, members: tuple[str, str], values: tuple[str, str]) -> Say:
    """Input that must be equal within a group.

    **What it checks**

    While a cohort is allocated: that the inputs in `uniform` of a quota are equal for all rated members of a group.

    **Why it matters**

    A group has one limit. If one member says the organisation is outstanding and another that it is not, there is no
    way to know whether 20 % or 25 % may be excellent.

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
        f"`{input}` is {values[0]} for {shortened(members[0])} and {values[1]} for {shortened(members[1])}, but must "
        f"be equal within a group of the quota `{id}`",
        "correct the inputs, or add the input to `within`",
    )


@error("KR651")
def no_number_of_members(id: str, key: str, value: str) -> Say:
    """Invalid limit of a group.

    **What it checks**

    That `at_most` of a quota is not negative, and that `minimum` is a whole number of at least 0. This is checked
    with the rulebook if the value is the same for all groups, else while a cohort is allocated.

    **Why it matters**

    The number of members is whole and never negative.

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
    """Members of one cohort with different quotas or comparisons.

    **What it checks**

    While a cohort is allocated: that variants of one edition have the same bands and quotas, the same parameters and
    tables that quotas read, and the same types of values by which quotas group or order members.
    While a cohort is assessed: that expressions which compare members of different variants or editions have the same
    meaning. Each expression in a function such as `cohort_avg` must be used in all of them, and everything it reads
    must have equal definitions; `score`, `exact_score`, points and shares are each member's own.

    **Why it matters**

    Members of several variants share their places. With two limits the number of places would be unknown.

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
            f"{one} and {other} compare members by formulas with different meanings, but their members are in one "
            "cohort",
            "make the compared values the same in both, or separate them with `within` of the cohort",
        )
    return Say(
        f"{one} and {other} have different bands or quotas, but their members share places",
        "write the quotas outside the variants, and express differences with `when` or `uniform`",
    )
