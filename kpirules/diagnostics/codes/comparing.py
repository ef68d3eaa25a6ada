"""KR44x: functions over the members of a cohort."""

from __future__ import annotations

from .catalogue import Say, error, warning

__all__ = ["cohort_may_be_undefined", "compared_differently", "may_be_too_much_work_a_cohort", "no_cohort_here"]


@error("KR440")
def no_cohort_here(function: str, reason: str) -> Say:
    """Cohort function where members can't be compared.

    **What it checks**

    That functions over the cohort are used only where all members are known to be valid: in `let`, criteria, limits,
    bands, overrides, outputs and invariants. They are not allowed in exemptions, validations, fields of a list, the
    conditions under which points are entered, or inside each other.

    **Why it matters**

    Exempt subjects are not members, and the inputs that a subject needs can't depend on other subjects: the members
    must be known before they are compared.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    exemptions: {first: {when: cohort_rank(hours) == 1, status: not_rated}}
    outputs: {mean: cohort_avg(hours)}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    exemptions: {away: {when: hours == 0, status: not_rated}}
    outputs: {mean: cohort_avg(hours)}
    ```
    """
    return Say(f"`{function}` can't be used here: {reason}", "compare members in `let`, criteria or outputs")


@error("KR441")
def cohort_may_be_undefined(function: str) -> Say:
    """Comparison by an undefined value.

    **What it checks**

    That no row with `undefined` affects a value that a cohort function compares, nor a table or `let` that it reads.

    **Why it matters**

    An undefined value of one member would leave the ratings of all undefined, or the member would be left out
    silently.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    tables:
      worth:
        steps: [{from: 8, value: 1}, {undefined: true}]
    outputs: {mean: cohort_avg(worth(hours))}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    tables:
      worth:
        steps: [{from: 8, value: 1}, {value: 0}]
    outputs: {mean: cohort_avg(worth(hours))}
    ```
    """
    return Say(
        f"the values that `{function}` compares may be undefined for a member",
        "compare a value that every member has, or give the row a value",
    )


@error("KR442")
def may_be_too_much_work_a_cohort(found: str, most: str) -> Say:
    """Comparison that may take too much work.

    **What it checks**

    That all cohort functions together take at most 1,000 units of work for each member: one for a number of up to 256
    bits, and ⌈n/256⌉² for one of n bits.

    **Why it matters**

    A rulebook from an untrusted source can then run without a time limit.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {spread: cohort_stdev((hours ** 16) ** 4)}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {spread: "cohort_stdev(round((hours ** 16) ** 4, 2))"}
    ```
    """
    return Say(
        f"comparing a cohort may take {found} units of work for each member, but only {most} are allowed",
        "round the compared values, give the inputs tighter `decimals` and limits, or compare less",
    )


@warning("KR403")
def compared_differently(one: str, other: str, what: str) -> Say:
    """Members compared by formulas with different meanings.

    **What it checks**

    That members of different variants or editions can be compared: each expression in a function such as `cohort_avg`
    is used in all of them, and everything it reads has equal definitions. `score`, `exact_score`, points and shares
    are each member's own. The inputs of `within` must be the same too. Variants are never in one cohort if `within`
    has the input of `variant_by`, nor editions if it has that of `edition_by`.

    **Why it matters**

    An average of hours is meaningless if one variant means hours worked and another hours paid. A cohort with members
    of both is refused (KR652); the check reports it before such a cohort exists.

    **Fails**

    ```yaml
    kpirules: 1
    inputs:
      post: {type: choice, options: [head, staff]}
      done: {type: integer, min: 0, max: 100}
    let: {pace: done / 2}
    criteria: {work: {max: 100, points: "100 if pace >= cohort_avg(pace) else 50"}}
    variants: {head: {let: {pace: done / 4}}, staff: {}}
    variant_by: post
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs:
      post: {type: choice, options: [head, staff]}
      done: {type: integer, min: 0, max: 100}
    let: {pace: done / 2}
    cohort: {within: [post]}
    criteria: {work: {max: 100, points: "100 if pace >= cohort_avg(pace) else 50"}}
    variants: {head: {let: {pace: done / 4}}, staff: {}}
    variant_by: post
    ```
    """
    return Say(
        f"members of {one} and {other} can be in one cohort, but {what}",
        "make the compared values the same in both, or separate them with `within` of the cohort",
    )
