"""KR420 to KR429: quotas as they are written. KR650 to KR659: quotas as they are allocated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..report import did_you_mean, listed, shortened
from .catalogue import Say, error

__all__ = ["base_without_surplus", "no_group_by", "not_lower", "open_policy"]


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
