"""KR300 to KR319: criteria, groups and scales."""

from __future__ import annotations

from collections.abc import Iterable

from ..report import listed
from .catalogue import Say, error, warning


def _none(ids: Iterable[str]) -> str:
    return "has none" if len(tuple(ids)) == 1 else "have none"


@error("KR301", can_be_allowed=True)
def max_is_not_the_sum(group: str, written: str, total: str, difference: str, parts: Iterable[str]) -> Say:
    """Max of a sum that differs from the sum of the maxima.

    **What it checks**

    That the `max` of a sum, or of the score, equals the sum of its children's maxima without `extra` points. A capped
    group says `outside: clamp`.

    **Why it matters**

    In many published scales the parts do not add up to the whole. Only the author of the regulation can say whether
    the whole is a cap, or a part is wrong.

    **Fails**

    ```yaml
    kpirules: 1
    criteria:
      quality: {max: 60, entered: {step: 1}}
      discipline: {max: 30, entered: {step: 1}}
    score: {max: 100}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria:
      quality: {max: 60, entered: {step: 1}}
      discipline: {max: 40, entered: {step: 1}}
    score: {max: 100}
    ```
    """
    return Say(
        f"the max of {group} is {written}, but the maxima below it add up to {total}, {difference}",
        "correct one of them, write `outside: clamp` if the max is a cap, or `allow` it with a reason",
        notes=(f"the maxima: {', '.join(parts)}",),
    )


@error("KR302")
def weights_missing(group: str, without: Iterable[str]) -> Say:
    """Weights of some children only.

    **What it checks**

    That in a mean either all children have a `weight` or none has.

    **Why it matters**

    There is no way to know the weight of a child without one among weighted children.

    **Fails**

    ```yaml
    kpirules: 1
    score: {combine: mean}
    criteria:
      quality: {weight: 60%, entered: {step: 1}}
      speed: {entered: {step: 1}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    score: {combine: mean}
    criteria:
      quality: {weight: 60%, entered: {step: 1}}
      speed: {weight: 40%, entered: {step: 1}}
    ```
    """
    return Say(
        f"some children of {group} have a weight, but {listed(without, 'and')} {_none(without)}",
        "give every child a `weight`, or none",
    )


@error("KR303")
def weight_not_positive(id: str, weight: str) -> Say:
    """Weight that is zero or negative.

    **What it checks**

    That every weight is above zero.

    **Why it matters**

    A criterion of weight zero would be judged without any effect; a negative weight would reward failure.

    **Fails**

    ```yaml
    kpirules: 1
    score: {combine: mean}
    criteria:
      quality: {weight: 100%, entered: {step: 1}}
      speed: {weight: 0, entered: {step: 1}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    score: {combine: mean}
    criteria:
      quality: {weight: 90%, entered: {step: 1}}
      speed: {weight: 10%, entered: {step: 1}}
    ```
    """
    return Say(f"the weight of `{id}` is {weight}", "write a weight above 0, or remove the criterion")


@error("KR304")
def weights_do_not_add(group: str, total: str, lacks_percent: bool) -> Say:
    """Weights that do not add up to 100 %.

    **What it checks**

    That the weights in a mean add up to exactly 100 %, or 1, unless the group says `weights: relative`.

    **Why it matters**

    The scores do not reveal weights that add up to 95 %, because a mean divides by their sum.

    **Fails**

    ```yaml
    kpirules: 1
    score: {combine: mean}
    criteria:
      quality: {weight: 60%, entered: {step: 1}}
      speed: {weight: 35%, entered: {step: 1}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    score: {combine: mean}
    criteria:
      quality: {weight: 60%, entered: {step: 1}}
      speed: {weight: 40%, entered: {step: 1}}
    ```
    """
    help_ = "correct the weights, or write `weights: relative` if only their proportions matter"
    if lacks_percent:
        help_ = "write `%` after each number, or `weights: relative`"
    return Say(f"the weights in {group} add up to {total}, not to 100 %", help_)


@error("KR305")
def key_means_nothing(key: str, where: str, reason: str, help: str = "") -> Say:
    """Key without a meaning for this `combine`.

    **What it checks**

    That `weight` is used in means only, `extra` and `rescale` in sums only, and `weights: relative` only with
    weights.

    **Why it matters**

    The author of such a key expects an effect. It would be ignored silently.

    **Fails**

    ```yaml
    kpirules: 1
    criteria:
      quality: {max: 60, weight: 60%, entered: {step: 1}}
      speed: {max: 40, weight: 40%, entered: {step: 1}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    score: {combine: mean}
    criteria:
      quality: {weight: 60%, entered: {step: 1}}
      speed: {weight: 40%, entered: {step: 1}}
    ```
    """
    message = f"`{key}` has no meaning {where}"
    return Say(f"{message}: {reason}" if reason else message, help or f"remove `{key}`, or choose another `combine`")


@warning("KR306")
def key_changes_nothing(key: str, why: str) -> Say:
    """Key without an effect.

    **What it checks**

    That each of these keys can have an effect:

    - `rescale`, if a child that counts in the max of the sum can be excluded (extras, deductions and
      unbounded children do not count);
    - `require_share`, if such a child can be excluded and the others can be less than the share;
    - `fall`, if a band has requirements, and `overlap`, if bands overlap.

    **Why it matters**

    The key describes a case that can't happen: either it is obsolete, or an `applies` or `missing` was forgotten.

    **Fails**

    ```yaml
    kpirules: 1
    criteria:
      quality: {max: 60, entered: {step: 1}}
      speed: {max: 40, entered: {step: 1}}
    score: {max: 100, rescale: true}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {has_deadlines: {type: boolean}}
    criteria:
      quality: {max: 60, entered: {step: 1}}
      speed: {max: 40, applies: has_deadlines, entered: {step: 1}}
    score: {max: 100, rescale: true, round: {places: 2}}
    ```
    """
    return Say(f"`{key}` has no effect: {why}", f"remove `{key}`")


@error("KR307")
def no_share(id: str, group: str, combine: str, most: str) -> Say:
    """Child without a share in a group of shares.

    **What it checks**

    That every child has a max other than zero, unless the group is a sum. A share is points divided by max.

    **Why it matters**

    The mean, minimum or product would have nothing to combine.

    **Fails**

    ```yaml
    kpirules: 1
    score: {combine: mean}
    criteria:
      quality: {entered: {step: 1}}
      penalties: {min: -10, max: 0, entered: {step: 1}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria:
      quality: {max: 100, entered: {step: 1}}
      penalties: {min: -10, max: 0, entered: {step: 1}}
    score: {min: 0, max: 100, outside: clamp}
    ```
    """
    why = f"has a max of {most}" if most else "has no max"
    return Say(
        f"`{id}` {why}, so it has no share for the {combine.replace('_', ' ')} of {group}",
        "give it a max above 0, or move it into a sum",
    )


@error("KR308")
def negative_share(id: str, group: str, combine: str) -> Say:
    """Negative share in a geometric or harmonic mean.

    **What it checks**

    That no child of a `geometric_mean` or `harmonic_mean` can have points below zero.

    **Why it matters**

    These means are not defined for negative numbers.

    **Fails**

    ```yaml
    kpirules: 1
    score: {combine: geometric_mean, round: {places: 2}}
    criteria:
      health: {entered: {step: 1}}
      income: {min: -10, entered: {step: 1}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    score: {combine: geometric_mean, round: {places: 2}}
    criteria:
      health: {entered: {step: 1}}
      income: {entered: {step: 1}}
    ```
    """
    return Say(
        f"`{id}` can have a negative share, which the {combine.replace('_', ' ')} of {group} can't contain",
        "set its `min` to 0 or more",
    )


@error("KR309")
def rescale_not_written(group: str, leaving: Iterable[str]) -> Say:
    """Sum that does not say how to treat excluded points.

    **What it checks**

    That a sum whose children can be excluded says `rescale: true` or `rescale: false`.

    **Why it matters**

    With `true` the other children count for the whole, with `false` the points are lost. The two give different
    ratings, and regulations use either.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {has_deadlines: {type: boolean}}
    criteria:
      quality: {max: 60, entered: {step: 1}}
      speed: {max: 40, applies: has_deadlines, entered: {step: 1}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {has_deadlines: {type: boolean}}
    criteria:
      quality: {max: 60, entered: {step: 1}}
      speed: {max: 40, applies: has_deadlines, entered: {step: 1}}
    score: {rescale: false}
    ```
    """
    return Say(
        f"{listed(leaving, 'and')} can be excluded, but {group} does not say how to treat those points",
        "write `rescale: true` (the others count for the whole) or `rescale: false` (the points are lost)",
    )


@warning("KR310")
def never_missing(id: str) -> Say:
    """`missing` for values that are never absent.

    **What it checks**

    That a criterion with `missing` reads a value that may be absent, and that a group with `missing` can have no
    points, or less than `require_share`.

    **Why it matters**

    The policy has no effect. Perhaps an input should be `optional: true`.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {rate: {type: number, min: 0, max: 1}}
    criteria: {quality: {max: 60, rate: rate, missing: zero}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {rate: {type: number, min: 0, max: 1, optional: true}}
    criteria: {quality: {max: 60, rate: rate, missing: zero}}
    ```
    """
    return Say(f"nothing that {id} needs can be absent, so `missing` has no effect", "remove `missing`")


@error("KR311")
def policy_outside(id: str, policy: str, why: str) -> Say:
    """Policy for absence that gives impossible points.

    **What it checks**

    That `missing: full` has a max, and that `missing: zero` gives points within the limits.

    **Why it matters**

    The policy would give points that the criterion can never have.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {sales: {type: number, min: 0, optional: true}}
    criteria: {bonus: {points: sales, missing: full}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {sales: {type: number, min: 0, optional: true}}
    criteria: {bonus: {points: sales, missing: zero}}
    ```
    """
    return Say(f"`missing: {policy}` gives {id} impossible points: {why}", "choose another policy")


@warning("KR312")
def group_outside(group: str, why: str, limit: str) -> Say:
    """Group whose children can exceed its limits.

    **What it checks**

    That the children of a group can't have less than its min or more than its max, unless it says `outside: clamp`.
    The check uses the bounds of their formulas, not their declared limits. The finding names such a subject, or is
    called possible.

    **Why it matters**

    The assessment of such a subject fails.

    **Fails**

    ```yaml
    kpirules: 1
    criteria:
      quality: {max: 100, entered: {step: 1}}
      penalties: {min: -10, max: 0, entered: {step: 1}}
    score: {max: 100}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria:
      quality: {max: 100, entered: {step: 1}}
      penalties: {min: -10, max: 0, entered: {step: 1}}
    score: {max: 100, outside: clamp}
    ```
    """
    return Say(
        f"{group} can leave {limit}: {why}",
        "write `outside: clamp` to cap the points, or change the limit",
    )


@error("KR313", can_be_allowed=True)
def points_beyond_limits(id: str, what: str, points: str, limits: str) -> Say:
    """Points outside the limits of their criterion.

    **What it checks**

    That the points of rows, options, scales and constants lie between the min and the max of the criterion, unless it
    says `outside: clamp`.

    **Why it matters**

    A row that gives 25 of 20 points is a mistake in the table or in the max. The assessment would end with an error.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {delay: {type: integer, min: 0, max: 30}}
    criteria:
      speed: {max: 20, measure: delay, steps: [{to: 5, points: 25}, {points: 0}]}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {delay: {type: integer, min: 0, max: 30}}
    criteria:
      speed: {max: 20, measure: delay, steps: [{to: 5, points: 20}, {points: 0}]}
    ```
    """
    return Say(
        f"{what} gives {points} points, but `{id}` has {limits}",
        "correct the points or the limits, or write `outside: clamp`",
    )


@error("KR314")
def uncovered(what: str, stretch: str, witness: str) -> Say:
    """Numbers without a row.

    **What it checks**

    That the rows of `steps` cover every possible number of the measure: the domain of its input if it is a plain
    input, else all numbers.

    **Why it matters**

    A subject with such a number could not be rated. Often `below` is a mistake for `to`.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {delay: {type: number, min: 0, max: 30}}
    criteria:
      speed: {max: 20, measure: delay, steps: [{below: 5, points: 20}, {above: 5, points: 0}]}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {delay: {type: number, min: 0, max: 30}}
    criteria:
      speed: {max: 20, measure: delay, steps: [{below: 5, points: 20}, {from: 5, points: 0}]}
    ```
    """
    numbers = stretch if stretch == f"exactly {witness}" else f"numbers {stretch}, such as {witness}"
    return Say(
        f"no row of {what} covers {numbers}",
        "add a row, or a last one without a condition: `{points: 0}`, `{undefined: true}`",
    )


@warning("KR315")
def unreachable_row(what: str, row: str, is_measured: bool = True) -> Say:
    """Row that is never reached.

    **What it checks**

    That every row of `steps` is the first to hold for some number, and that `else` applies to some option.

    **Why it matters**

    The first row that holds wins, so a row in the wrong order is never used.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {rate: {type: number, min: 0, max: 100}}
    criteria:
      quality: {max: 20, measure: rate, steps: [{from: 50, points: 10}, {from: 90, points: 20}, {points: 0}]}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {rate: {type: number, min: 0, max: 100}}
    criteria:
      quality: {max: 20, measure: rate, steps: [{from: 90, points: 20}, {from: 50, points: 10}, {points: 0}]}
    ```
    """
    rest = "the last row" if not row else f"the row `{row}`"
    return Say(
        f"{rest} of {what} is never reached: "
        + ("earlier rows cover all of it" if is_measured else "no valid subject reaches it"),
        "order the rows, or remove this one" if is_measured else "correct its ends, or remove it",
    )


@warning("KR316")
def thresholds_out_of_order(what: str, why: str) -> Say:
    """Thresholds that are not in order.

    **What it checks**

    That thresholds rise or fall from one to the next, without duplicates.

    **Why it matters**

    A duplicate threshold counts twice; one out of order is usually a mistake.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {sales: {type: number, min: 0, max: 100}}
    criteria: {growth: {max: 3, measure: sales, thresholds: {from: [10, 20, 20]}}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {sales: {type: number, min: 0, max: 100}}
    criteria: {growth: {max: 3, measure: sales, thresholds: {from: [10, 20, 30]}}}
    ```
    """
    return Say(f"the thresholds of {what} are not in order: {why}", "write each once, rising or falling")


@error("KR317")
def lookup_incomplete(what: str, options: Iterable[str]) -> Say:
    """Option that a lookup leaves out.

    **What it checks**

    That a `lookup` has every option of its choice, or `else`; for a condition both `true` and `false`.

    **Why it matters**

    A subject with such an option could not be rated.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {grade: {type: choice, options: [high, middle, low]}}
    criteria: {quality: {max: 20, measure: grade, lookup: {high: 20, middle: 10}}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {grade: {type: choice, options: [high, middle, low]}}
    criteria: {quality: {max: 20, measure: grade, lookup: {high: 20, middle: 10, low: 0}}}
    ```
    """
    return Say(f"the lookup of {what} leaves out {listed(options, 'and')}", "add them, or `else`")


@warning("KR318")
def step_misses_the_end(id: str, step: str, key: str, end: str) -> Say:
    """Step that misses the min or the max.

    **What it checks**

    That the `min` and the `max` of an `entered` criterion are multiples of its `step`, counted from zero.

    **Why it matters**

    No subject could get the maximum, or the minimum.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {ethics: {max: 10, entered: {step: 3}}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {ethics: {max: 10, entered: {step: 2.5}}}
    ```
    """
    return Say(
        f"`{id}` is entered in steps of {step}, which never give its {key} {end}",
        "choose a step that divides it",
    )


@error("KR319")
def require_share_outside(group: str, share: str, lacks_percent: bool) -> Say:
    """Required share that is out of range.

    **What it checks**

    That `require_share` is between 0 and 1, which is 100 %.

    **Why it matters**

    With `70` instead of `70%` the group would always be missing.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {has_deadlines: {type: boolean}}
    criteria:
      quality: {max: 60, entered: {step: 1}}
      speed: {max: 40, applies: has_deadlines, entered: {step: 1}}
    score: {rescale: false, require_share: 70}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {has_deadlines: {type: boolean}}
    criteria:
      quality: {max: 60, entered: {step: 1}}
      speed: {max: 40, applies: has_deadlines, entered: {step: 1}}
    score: {rescale: false, require_share: 70%}
    ```
    """
    help_ = f"write `{share}%`" if lacks_percent else "write a part of the whole, such as `60%`"
    return Say(f"{group} requires a share of {share}, but a share is between 0 and 1", help_)


@warning("KR337")
def may_be_unrated(group: str, why: str) -> Say:
    """Group that may have no points without saying what that means.

    **What it checks**

    That a group has `missing` if it can be missing: if all its children can be absent, or less than `require_share`
    can remain. The finding names such a subject, or is called possible. The score itself does not need it:
    without points there is no score, and the status is `insufficient`.

    **Why it matters**

    Without `missing` the whole rating of such a subject is `insufficient`. The author may have meant to exclude the
    group, or to count it as zero.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {has_field_work: {type: boolean}}
    criteria:
      office: {max: 60, entered: {step: 1}}
      field:
        rescale: true
        criteria:
          visits: {max: 20, applies: has_field_work, entered: {step: 1}}
          reports: {max: 20, applies: has_field_work, entered: {step: 1}}
    score: {round: {places: 2}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {has_field_work: {type: boolean}}
    criteria:
      office: {max: 60, entered: {step: 1}}
      field:
        rescale: true
        missing: exclude
        criteria:
          visits: {max: 20, applies: has_field_work, entered: {step: 1}}
          reports: {max: 20, applies: has_field_work, entered: {step: 1}}
    score: {rescale: true, round: {places: 2}}
    ```
    """
    return Say(
        f"{group} can be missing, because {why}, but does not say what that means: the status is `insufficient`",
        "write `missing: unrated` if that is intended, else `missing: exclude`, `zero` or `full`",
    )


@warning("KR362")
def no_case_holds(id: str, where: str) -> Say:
    """Decision table with no case for some subjects.

    **What it checks**

    That some case of `cases` holds for every combination of the values that they read. The check splits each domain
    at the ends and values in the cases, and tries all combinations, up to 100,000. The finding names such a subject,
    or is called possible.

    **Why it matters**

    The assessment of such a subject ends with an error instead of a rating.

    **Fails**

    ```yaml
    kpirules: 1
    inputs:
      result: {type: choice, options: [above, as_agreed, below]}
      years: {type: integer, min: 0, max: 40}
    criteria:
      work: {max: 10, cases: [{when: {result: above}, points: 10}, {when: {years: {from: 1}}, points: 5}]}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs:
      result: {type: choice, options: [above, as_agreed, below]}
      years: {type: integer, min: 0, max: 40}
    criteria:
      work:
        max: 10
        cases: [{when: {result: above}, points: 10}, {when: {years: {from: 1}}, points: 5}, {points: 0}]
    ```
    """
    left_out = f"leave out {where}" if where else "may leave out some subjects"
    return Say(f"the cases of {id} {left_out}", "add a case, or a last one without `when`")


@warning("KR363")
def case_never_comes(id: str, number: int, case: str) -> Say:
    """Case of a decision table that is never reached.

    **What it checks**

    That every case of `cases` is the first that holds for some combination of the values that they read.

    **Why it matters**

    The first case that holds wins, so a case in the wrong order is never used.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {years: {type: integer, min: 0, max: 40}}
    criteria:
      service:
        max: 10
        cases: [{when: {years: {from: 2}}, points: 5}, {when: {years: {from: 9}}, points: 10}, {points: 0}]
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {years: {type: integer, min: 0, max: 40}}
    criteria:
      service:
        max: 10
        cases: [{when: {years: {from: 9}}, points: 10}, {when: {years: {from: 2}}, points: 5}, {points: 0}]
    ```
    """
    return Say(f"case {number} of {id} is never reached: {case}", "order the cases, or remove this one")


@warning("KR364")
def several_cases_hold(id: str, which: str, where: str) -> Say:
    """Cases of a decision table that hold at once, though it says `unique`.

    **What it checks**

    That with `unique: true` no two cases hold at once. A last one without `when` does not count. The finding names a
    subject for whom two hold, or is called possible.

    **Why it matters**

    The assessment of such a subject ends with an error instead of a rating.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {years: {type: integer, min: 0, max: 40}}
    criteria:
      service:
        max: 10
        unique: true
        cases: [{when: {years: {to: 9}}, points: 5}, {when: {years: {from: 9}}, points: 10}]
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {years: {type: integer, min: 0, max: 40}}
    criteria:
      service:
        max: 10
        unique: true
        cases: [{when: {years: {below: 9}}, points: 5}, {when: {years: {from: 9}}, points: 10}]
    ```
    """
    such = f"hold at once, such as for {where}" if where else "may hold at once"
    return Say(f"{which} of {id} {such}", "make them exclude each other, or remove `unique`")


@warning("KR342")
def max_out_of_reach(criterion: str, most: str, implied: str, combine: str) -> Say:
    """Share of an implied max that no points reach.

    **What it checks**

    That a criterion without a written max can reach it in a group on shares: `combine: mean`, `geometric_mean`,
    `harmonic_mean`, `min`, `max` or `product`.

    **Why it matters**

    The max is 100 unless written. Points from 0 to 5 then have a share of at most 5 %, and lower every score.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {stars: {type: integer, min: 0, max: 5}, tests: {type: integer, min: 0, max: 100}}
    criteria: {stars: {points: stars}, tests: {points: tests}}
    score: {combine: mean, round: {places: 1}, band_on: exact}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {stars: {type: integer, min: 0, max: 5}, tests: {type: integer, min: 0, max: 100}}
    criteria: {stars: {max: 5, points: stars}, tests: {points: tests}}
    score: {combine: mean, round: {places: 1}, band_on: exact}
    ```
    """
    return Say(
        f"`{criterion}` earns at most {most} of the {implied} points that `combine: {combine}` takes its share of",
        f"write `max: {most}` if that is its scale, or `max: {implied}` to keep its share low",
    )


@warning("KR343")
def mean_of_scales(names: Iterable[str]) -> Say:
    """Mean in a formula of numbers that reach different maxima.

    **What it checks**

    That the terms of a mean, such as `(a + b) / 2` or `0.3 * a + 0.7 * b`, reach the same maximum.

    **Why it matters**

    Of a number up to 5 and one up to 100, the mean is little more than half of the second: the first hardly counts,
    and no subject gets more than 52.5.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {stars: {type: integer, min: 0, max: 5}, tests: {type: integer, min: 0, max: 100}}
    criteria: {work: {max: 100, points: (stars + tests) / 2}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {stars: {type: integer, min: 0, max: 5}, tests: {type: integer, min: 0, max: 100}}
    criteria: {work: {max: 100, points: (stars * 20 + tests) / 2}}
    ```
    """
    return Say(
        f"a mean of numbers with different scales: {', '.join(names)}",
        "bring them to one scale first (criteria have a `share`), or `allow` it if the rules write it so",
    )
