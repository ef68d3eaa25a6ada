"""What is proved or shown of a sound rulebook: limits of work and width, faults, conditions decided for good."""

from __future__ import annotations

from collections.abc import Sequence

from ..report import listed
from .catalogue import Say, error, warning


@error("KR260")
def may_be_too_wide(bits: str, most: str, lists: Sequence[str] = ()) -> Say:
    """Number that may need too many bits.

    **What it checks**

    That for no valid subject a number needs more than 32,768 bits above or below its fraction line. The sum of
    quotients over a list counts with the least common multiple of all divisors that the inputs allow.

    **Why it matters**

    Exact numbers grow. A rating must come out in bounded time and memory for every subject, so a rulebook that
    could exceed the limits is refused as a whole, and not for the one person whose numbers are long.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {x: {type: number, min: 0, max: 1}}
    outputs: {y: (((x + 1) ** 16) ** 16) ** 4}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {x: {type: number, min: 0, max: 1, decimals: 2}}
    outputs: {y: "round(x + 1, 2) ** 16"}
    ```
    """
    fewer = f"say how many records {listed(lists, 'and')} may have, as in `max_items: 20`, " if lists else ""
    return Say(
        f"an exact number here may need {bits} bits, and {most} are allowed",
        f"{fewer}round on the way, as in `round(a / b, 6)`, or give the inputs tighter `decimals` and limits",
    )


@error("KR261")
def may_be_too_much_work(work: str, most: str, heaviest: str) -> Say:
    """Assessment that may take too much work.

    **What it checks**

    That for no valid subject an assessment takes more than 1,000,000 units of work. A step counts one where it gives
    no number wider than 256 bits, and ⌈n/256⌉² for one of n bits; an irrational function counts 100, and four rows
    of a table count one. With lists, every step counts as often as there may be records (10,000 without `max_items`).

    **Why it matters**

    A rating must come out in bounded time for every subject that the inputs allow.

    **Fails**

    ```yaml
    kpirules: 1
    inputs:
      tasks:
        type: list
        fields: {hours: {type: number, min: 0, max: 1}}
    outputs:
      a: sum(t.hours ** 16 for t in tasks)
      b: sum((t.hours + 1) ** 16 for t in tasks)
      c: sum((t.hours + 2) ** 16 for t in tasks)
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs:
      tasks:
        type: list
        max_items: 100
        fields: {hours: {type: number, min: 0, max: 1, decimals: 2}}
    outputs: {a: sum(t.hours ** 16 for t in tasks)}
    ```
    """
    return Say(
        f"an assessment may take {work} units of work, and {most} are allowed; most of it here{heaviest}",
        "give lists a lower `max_items` and inputs fewer `decimals`, or round on the way",
    )


@warning("KR341")
def always_decided(what: str, outcome: str) -> Say:
    """Condition that always comes out the same.

    **What it checks**

    That the conditions of a rulebook depend on the subject. The check tells of:

    - a condition, or a condition inside a formula, that is true for every subject, or false for every subject;
    - a comparison of constants, such as `3 < 5`;
    - a validation that the domains of the inputs and the other validations imply.

    It does not tell of conditions that parameters alone decide, since those are switches of the author, nor of
    invariants that always hold.

    **Why it matters**

    A branch that is never taken, or a demand that everybody fulfils, is not what its author had in mind.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {late: {type: integer, min: 0, max: 10}}
    outputs: {pay: 100 if late >= 0 else 50}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {late: {type: integer, min: 0, max: 10}}
    outputs: {pay: 100 if late == 0 else 50}
    ```
    """
    return Say(f"{what} is always {outcome}", "remove it, or compare with a value that the inputs can differ from")


@warning("KR350")
def can_divide_by_zero(formula: str) -> Say:
    """Division that can be by zero.

    **What it checks**

    That no divisor can be zero for a valid subject, as far as domains, validations and conditions around it say.
    The finding comes with a subject whose assessment ends with this fault, or is called possible. A formula whose
    subjects all end with an earlier fault is told of once that one is mended.

    **Why it matters**

    There is no quotient by zero: the assessment of that subject ends with an error instead of a rating.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {done: {type: integer, min: 0, max: 10}, planned: {type: integer, min: 0, max: 10}}
    outputs: {rate: done / planned}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {done: {type: integer, min: 0, max: 10}, planned: {type: integer, min: 0, max: 10}}
    outputs: {rate: "ratio(done, planned, if_zero=0)"}
    ```
    """
    return Say(
        "a divisor here can be zero",
        "say what holds then: `ratio(a, b, if_zero=0)` or `a / b if b > 0 else 0`; or let the input be above 0",
    )


@warning("KR351")
def can_fault(what: str, help: str) -> Say:
    """Value that a function, calendar or scale has no answer for.

    **What it checks**

    That no valid subject leads to a root or logarithm of what has none, to a day that is in no calendar, or to a
    value beyond the ends of a scale. The finding comes with a subject whose assessment ends with this fault, or is
    called possible.

    **Why it matters**

    The assessment of that subject ends with an error instead of a rating.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {days_late: {type: integer, min: 0, max: 100}}
    criteria: {speed: {max: 10, measure: days_late, scale: [[0, 10], [30, 0]]}}
    score: {round: {places: 2}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {days_late: {type: integer, min: 0, max: 100}}
    criteria: {speed: {max: 10, measure: days_late, scale: [[0, 10], [30, 0]], outside: clamp}}
    score: {round: {places: 2}}
    ```
    """
    return Say(what, help)


@warning("KR352")
def points_can_leave(criterion: str, ends: str) -> Say:
    """Points that can leave their limits.

    **What it checks**

    That no valid subject earns points outside the min and max of a criterion, unless it says `outside: clamp`. The
    finding comes with a subject whose assessment ends with this fault, or is called possible.

    **Why it matters**

    Points outside the limits are an error: the subject gets no rating.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {done: {type: integer, min: 0, max: 120}}
    criteria: {work: {max: 100, points: done}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {done: {type: integer, min: 0, max: 120}}
    criteria: {work: {max: 100, points: done, outside: clamp}}
    ```
    """
    return Say(
        f"{criterion} can earn points outside {ends}",
        "write `outside: clamp`, or correct the formula or the max",
    )


@warning("KR402")
def changes_nothing(override: str, why: str) -> Say:
    """Override that never decides a rating.

    **What it checks**

    That each override decides the rating of some subject, alone or together with others. The finding is proved:
    the override is among the deciding ones of no assessment. Two overrides of one effect decide together, so neither
    is reported. Two conditions are compared by their text; `check --prove` compares what they mean.

    **Why it matters**

    A ceiling above another ceiling that always holds, or a veto beside a stricter one with the same condition, is
    left over from an earlier text, or one of the two is wrong.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {disciplined: {type: boolean}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {good: {from: 70}, fair: {from: 50}, poor: {from: 0}}
    overrides:
      warning: {when: disciplined, band_at_most: fair}
      discipline: {when: disciplined, band: poor}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {warned: {type: boolean}, disciplined: {type: boolean}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {good: {from: 70}, fair: {from: 50}, poor: {from: 0}}
    overrides:
      warning: {when: warned, band_at_most: fair}
      discipline: {when: disciplined, band: poor}
    ```
    """
    return Say(f"`{override}` never decides a rating: {why}", "remove it, or correct its condition or band")
