"""KR4xx: overrides, cohorts and quotas."""

from __future__ import annotations

from .catalogue import Say, warning


@warning("KR401")
def always_fires(id: str, effect: str) -> Say:
    """Override that always fires.

    **What it checks**

    That an override without `when` does not decide every rating.

    **Why it matters**

    An override that always forces a band, or always ends without a rating, makes the rest of the rulebook useless.
    Usually its `when` was forgotten.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {good: {from: 50}, poor: {from: 0}}
    overrides: {veto: {band: poor}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {disciplined: {type: boolean}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {good: {from: 50}, poor: {from: 0}}
    overrides: {veto: {when: disciplined, band: poor}}
    ```
    """
    return Say(f"the override `{id}` always fires, so {effect}", "write its `when`")
