"""Findings of proofs and searches: limits of work and of digits, possible faults, conditions that never vary."""

from __future__ import annotations

from collections.abc import Sequence

from ..phrases import Phrase, Worded
from ..report import listed
from .catalogue import Say, error, warning


@error("KR260")
def may_be_too_wide(bits: str, most: str, lists: Sequence[str] = ()) -> Say:
    """Number that may need too many bits.

    **What it checks**

    That no number of a valid subject needs more than 32,768 bits in its numerator or denominator. For a sum of
    quotients over a list, the check uses the least common multiple of all divisors that the inputs allow.

    **Why it matters**

    Exact numbers grow. Every subject must be rated in bounded time and memory, so a rulebook that could exceed the
    limits is refused as a whole, not for the one subject with long numbers.

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
        f"an exact number here may need {bits} bits, but only {most} are allowed",
        f"{fewer}round intermediate numbers, as in `round(a / b, 6)`, or give inputs tighter `decimals` and limits",
    )


@error("KR261")
def may_be_too_much_work(work: str, most: str, heaviest: str) -> Say:
    """Assessment that may take too much work.

    **What it checks**

    That no assessment of a valid subject takes more than 1,000,000 units of work. A step counts one if its number is
    at most 256 bits wide, and ⌈n/256⌉² for n bits; an irrational function counts 100, and four rows of a table count
    one. Steps in a list count once for each possible record (10,000 without `max_items`).

    **Why it matters**

    Every subject that the inputs allow must be rated in bounded time.

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
        f"an assessment may take {work} units of work, but only {most} are allowed; most of it here{heaviest}",
        "give lists a lower `max_items` and inputs fewer `decimals`, or round intermediate numbers",
    )


@warning("KR341")
def always_decided(what: str, outcome: str) -> Say:
    """Condition that always has the same result.

    **What it checks**

    That the conditions of a rulebook depend on the subject. The check reports:

    - a condition, or a condition inside a formula, that is true for every subject, or false for every subject;
    - a comparison of constants, such as `3 < 5`;
    - a validation that the domains of the inputs and the other validations imply.

    It does not report conditions that only parameters decide, because the author switches them. Nor does it report
    invariants that always hold.

    **Why it matters**

    A branch that is never taken, or a requirement that always holds, is not what its author intended.

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
    # Other outcomes hold only where the condition is evaluated, which these words would leave out.
    condition: str | Worded = Phrase.of("page_open_condition") if what == "the condition" else what
    wording = Phrase.of(f"page_open_KR341_{outcome}", condition=condition) if outcome in ("true", "false") else None
    help = "remove it, or correct the value that it compares with"
    return Say(f"{what} is always {outcome}", help, wording=wording)


@warning("KR350")
def can_divide_by_zero(formula: str) -> Say:
    """Possible division by zero.

    **What it checks**

    That no divisor is zero for a valid subject, given the domains, validations and surrounding conditions. The
    finding names a subject whose assessment ends with this fault, or is called possible. If all such subjects end
    with an earlier fault, the formula is reported once that fault is fixed.

    **Why it matters**

    The quotient does not exist: the assessment of that subject ends with an error instead of a rating.

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
        "write the value for 0: `ratio(a, b, if_zero=0)` or `a / b if b > 0 else 0`; or require an input above 0",
    )


@warning("KR351")
def can_fault(what: str, help: str) -> Say:
    """Value outside a function, calendar or scale.

    **What it checks**

    That no valid subject leads to an undefined root or logarithm, to a day outside a calendar, or to a value beyond
    the ends of a scale. The finding names a subject whose assessment ends with this fault, or is called possible.

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
    """Points that can exceed their limits.

    **What it checks**

    That no valid subject gets points outside the min and max of a criterion, unless it says `outside: clamp`. The
    finding names a subject whose assessment ends with this fault, or is called possible.

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
        "correct the formula or the max, `allow` it if no subject comes there, or cut it off by `outside: clamp`",
    )


@warning("KR404")
def invariant_broken(invariant: str) -> Say:
    """Invariant that some subject breaks.

    **What it checks**

    That no subject that the check tries breaks an invariant. The finding names one that does. For `never_lowers` and
    `never_raises` it names two that differ in one input. An invariant without a finding may still be false:
    `kpirules prove` proves it or refutes it.

    **Why it matters**

    An invariant says what must hold for everybody. Either the rules are wrong, or it is.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {done: {type: integer, min: 0, max: 20}, planned: {type: integer, min: 1, max: 20}}
    criteria: {work: {max: 100, points: 'min(5 * done, 100)'}}
    invariants: {all_done: done < planned or score == 100}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {done: {type: integer, min: 0, max: 20}, planned: {type: integer, min: 1, max: 20}}
    criteria: {work: {max: 100, rate: 'min(done / planned, 1)'}}
    score: {round: {places: 2, mode: half_up}}
    invariants: {all_done: done < planned or score == 100}
    ```
    """
    return Say(f"the invariant `{invariant}` does not hold", "correct the rules or the invariant")


@warning("KR402")
def changes_nothing(override: str, why: str) -> Say:
    """Override that never decides a rating.

    **What it checks**

    That each override decides the rating of some subject, alone or together with others. The finding is proved: no
    assessment has the override among its deciding ones. Two overrides with the same effect decide together, so
    neither is reported. Two conditions are compared by their text; `check --prove` compares their meaning.

    **Why it matters**

    A ceiling above another ceiling that always holds, or a veto beside a stricter one with the same condition, is
    obsolete, or one of the two is wrong.

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
