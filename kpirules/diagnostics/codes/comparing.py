"""KR44x: functions over the members of a cohort."""

from __future__ import annotations

from .catalogue import Say, error, warning

__all__ = ["cohort_may_be_undefined", "compared_differently", "may_be_too_much_work_a_cohort", "no_cohort_here"]


@error("KR440")
def no_cohort_here(function: str, reason: str) -> Say:
    """Function over a cohort where members can't be compared.

    **What it checks**

    That functions over the cohort stand where all members are known to be valid: in `let`, criteria, limits, bands,
    overrides, outputs and invariants; not in exemptions, validations, the fields of a list, the conditions under
    which points are entered, and not in each other.

    **Why it matters**

    Whoever is exempt does not count among the members, and what a subject must give can't depend on the others: a
    cohort could not say who belongs to it before it is compared.

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
    return Say(f"`{function}` can't stand here: {reason}", "compare members in `let`, criteria or outputs")


@error("KR441")
def cohort_may_be_undefined(function: str) -> Say:
    """Comparison by what a regulation leaves open.

    **What it checks**

    That no row says `undefined` in what a function over a cohort compares, nor in a table or `let` that it reads.

    **Why it matters**

    What the regulation does not say of one member would leave open the rating of all, or the member would be left
    out in silence.

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
        f"what `{function}` compares may be undefined for a member",
        "compare something that is known of every member, or write what the row gives",
    )


@error("KR442")
def may_be_too_much_work_a_cohort(found: str, most: str) -> Say:
    """Comparison that may take too much work.

    **What it checks**

    That all functions over the cohort together take at most 1,000 units of work for each member: one for a number of
    up to 256 bits, and ⌈n/256⌉² for one of n bits.

    **Why it matters**

    A rulebook from anywhere can be run without a clock beside it.

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
        f"comparing a cohort may take {found} units of work for each member, and {most} are allowed",
        "round what is compared, give the inputs tighter `decimals` and limits, or compare less",
    )


@warning("KR403")
def compared_differently(one: str, other: str, what: str) -> Say:
    """Members that other rules compare by formulas that do not mean the same.

    **What it checks**

    That members of different variants or editions can be compared with each other: each expression in a function such
    as `cohort_avg` stands in all of them, and all that it reads has equal definitions there. `score`, `exact_score`,
    points and shares are each member's own. The inputs of `within` must be the same ones, too. Variants are never in
    one cohort where `within` has the input of `variant_by`, nor are editions where it has that of `edition_by`.

    **Why it matters**

    An average of hours says nothing where one variant means hours worked and another hours paid. A cohort with
    members of both is refused (KR652); the check says so before there is one.

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
        f"members of {one} and {other} can be in one cohort, and {what}",
        "let what is compared be the same in both, or separate them by `within` of the cohort",
    )
