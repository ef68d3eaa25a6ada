"""KR320 to KR349: the score and its bands."""

from __future__ import annotations

from collections.abc import Iterable

from ..phrases import Phrase
from ..report import listed
from .catalogue import Say, error, warning


def _example(stretch: str, witness: str) -> str:
    """Return a number of an interval, or the interval if it is one number; any subject if bands have no ends."""
    if not stretch:
        return "a subject"
    return stretch if stretch == f"exactly {witness}" else f"{witness} (as anything {stretch})"


@error("KR320")
def score_needs_round(why: str, *, has_bands: bool = False) -> Say:
    """Score that can be an unending decimal.

    **What it checks**

    That a score with an unending decimal such as 1/3 has a rounding, and that it is rounded to multiples that are
    finite decimals.

    **Why it matters**

    A score is published as a decimal. If the rulebook does not say how it is rounded, each reader would round it
    differently.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {passed: {type: integer, min: 0, max: 3}}
    criteria: {quality: {max: 10, rate: passed / 3}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {passed: {type: integer, min: 0, max: 3}}
    criteria: {quality: {max: 10, rate: passed / 3}}
    score: {round: {places: 2, mode: half_up}}
    ```
    """
    return Say(
        f"the score can be an unending decimal, but {why}",
        f"write it under `score`: `round: {{places: 2, mode: half_up}}`{', `band_on: rounded`' * has_bands}",
    )


@warning("KR321")
def band_on_not_written(edge: str, rounding: str) -> Say:
    """Rounding that can decide the band without saying so.

    **What it checks**

    That a rulebook says `band_on: rounded` or `band_on: exact` if its rounding can move a score across the end of a
    band.

    **Why it matters**

    With 66.666… rounded to 66.67, one reading gives the band from 66.67 and the other gives the band below.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {passed: {type: integer, min: 0, max: 3}}
    criteria: {quality: {max: 100, rate: passed / 3}}
    score: {round: {places: 2, mode: half_up}}
    bands: {good: {from: 66.67}, poor: {from: 0}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {passed: {type: integer, min: 0, max: 3}}
    criteria: {quality: {max: 100, rate: passed / 3}}
    score: {round: {places: 2, mode: half_up}, band_on: rounded}
    bands: {good: {from: 66.67}, poor: {from: 0}}
    ```
    """
    return Say(
        f"rounding ({rounding}) can move a score across the end of a band at {edge}, and nothing says "
        "which of the two numbers decides",
        "write `band_on: rounded` (the published score, as it is now) or `band_on: exact`",
    )


@warning("KR322")
def limit_stepped_over(limit: str, most: str, rounding: str) -> Say:
    """Limit on the score that rounding exceeds.

    **What it checks**

    That no score is published above its limit. Limits come before rounding, so a limit between two rounded numbers
    can be rounded up. The finding names such a subject, or is called possible.

    **Why it matters**

    With a limit of 7.5 and whole scores, a subject could get 8 points, more than the regulation allows.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {late: {type: boolean}}
    criteria: {quality: {max: 10, entered: {step: 0.5}}}
    score: {round: {places: 0}, limits: {late: {when: late, at_most: 7.5}}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {late: {type: boolean}}
    criteria: {quality: {max: 10, entered: {step: 0.5}}}
    score: {round: {places: 0}, limits: {late: {when: late, at_most: 7}}}
    ```
    """
    return Say(
        f"rounding ({rounding}) can publish a score above the limit `{limit}`{f' of {most}' if most else ''}",
        "write a limit that is a multiple of the rounding step, round the limit, or round the score down",
    )


@warning("KR330")
def hole(stretch: str, witness: str) -> Say:
    """Numbers that are in no band.

    **What it checks**

    That every score between the least and the greatest is in a band; if bands have a `measure`, every number is.

    **Why it matters**

    A subject with such a score gets no band: the status is `undefined`. Often `above` is a mistake for `from`.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {good: {above: 50}, poor: {below: 50}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {good: {from: 50}, poor: {below: 50}}
    ```
    """
    return Say(
        f"{_example(stretch, witness)} is in no band",
        "close the gap, or `allow` it if the regulation leaves it open",
    )


@warning("KR331")
def overlap(bands: Iterable[str], stretch: str, witness: str, is_certain: bool) -> Say:
    """Numbers that are in several bands.

    **What it checks**

    That no two bands can apply to one subject, unless `overlap: best` or `overlap: worst` says which one counts.

    **Why it matters**

    If several bands apply, the rating is `undefined`: none is chosen silently.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {good: {from: 50}, poor: {to: 50}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {good: {from: 50}, poor: {below: 50}}
    ```
    """
    ids = list(bands)
    how = "" if is_certain else " where their requirements hold"
    several = "" if is_certain or len(ids) == 2 else "several of "
    return Say(
        f"{_example(stretch, witness)} is in {several}{listed(ids, 'and')}{how}",
        "separate the bands, or write `overlap: best` or `overlap: worst` with the bands under `levels`",
    )


@warning("KR332")
def unreachable_band(id: str, reach: str = "", *, is_taken: bool = False, has_numbers: bool = False) -> Say:
    """Band that no subject can get.

    **What it checks**

    That some subject can get each band: by a possible number and its requirements, or by an override, a quota or
    `fall: next`. A band is reported for its requirements only if it is proved that no subject meets them: by the
    domains, the values of choices, or all subjects if there are few. `check --prove` also reports a band that
    validations and criteria together make unreachable.

    **Why it matters**

    Either the band is obsolete, or its ends do not fit the scale of the score.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {outstanding: {above: 100}, good: {from: 50, to: 100}, poor: {below: 50}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {outstanding: {above: 90}, good: {from: 50}, poor: {below: 50}}
    ```
    """
    why = "no subject with a number in it meets its requirements" if has_numbers else "it contains no possible number"
    if is_taken:
        why = "other bands take all its numbers"
    elif reach:
        why += f"; these are {reach}"
    remedy = "correct its ends or its requirements" if has_numbers else "correct its ends or the points"
    wording = Phrase.of("page_open_KR332", band=f"`{id}`")
    return Say(f"no subject can get the band `{id}`: {why}", f"{remedy}, or remove it", wording=wording)


LISTED = "`better: listed`"


@error("KR333")
def bands_out_of_order(better: str, number: str, where: str, misplaced: Iterable[str] = (), *, all_are: bool) -> Say:
    """Bands that are not listed from best to worst.

    **What it checks**

    That the list of bands runs in one direction. With `better: higher`, the default, no later band lies above an
    earlier one; with `better: lower`, none lies below. A band lies above another if none of its ends is lower and
    one is higher. If one end is lower and the other higher, neither lies above; bands without ends do not count. With
    `better: listed` the list is the order, and nothing is checked. With more than 500 bands, each is compared only
    with its neighbours.

    **Why it matters**

    The first band is the best: ceilings, floors, `overlap`, `fall`, margins, quotas and comparisons follow the list.
    In a list from worst to best, a ceiling raises ratings.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {errors: {max: 100, entered: {step: 1}}}
    bands: {good: {to: 10}, fair: {to: 30}, poor: {above: 30}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {errors: {max: 100, entered: {step: 1}}}
    score: {better: lower}
    bands: {good: {to: 10}, fair: {to: 30}, poor: {above: 30}}
    ```
    """
    if misplaced:
        band, position, other, side = misplaced
        as_if = "worse" if position == "after" else "better"
        return Say(
            f"the band `{band}` is listed {position} `{other}`, as if it were {as_if}, but lies {side} it",
            f"list the bands from the best to the worst; if the list alone is the order, write {LISTED} {where}",
        )
    best, worst, other = ("highest", "lowest", "lower") if better == "higher" else ("lowest", "highest", "higher")
    which = "these" if all_are else "most of these"
    return Say(
        f"bands must be listed best first, but {which} run from the {worst} to the {best} {number}",
        f"list them from the {best} to the {worst}; if a {other} {number} is better, write `better: {other}` "
        f"{where}; if the list alone is the order, {LISTED}",
    )


@warning("KR334")
def possible_gap(bands: Iterable[str], stretch: str, numbers: Phrase | None, *, falls: bool, has_lower: bool) -> Say:
    """Requirement that may leave a subject without a band.

    **What it checks**

    That a band with requirements has an alternative for subjects that fail them: another band for the same numbers,
    or a lower one through `fall: next`.

    **Why it matters**

    A subject with the score of the band that fails its requirement would be in no band. If such a subject is found,
    it is named.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {on_time: {type: boolean}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {good: {from: 50, requires: on_time}, poor: {below: 50}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {on_time: {type: boolean}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands:
      fall: next
      levels: {good: {from: 50, requires: on_time}, poor: {below: 50}}
    ```
    """
    names = tuple(bands)
    what = f"the requirements of {listed(names, 'and')}"
    number = stretch if stretch.startswith("exactly") else f"a number {stretch}"
    ways_out = [] if has_lower else ["add a lower band that requires nothing"]
    ways_out += [] if falls else ["write `fall: next` with the bands under `levels`"]
    quoted = ", ".join(f"`{name}`" for name in names)
    wording = Phrase.of("page_open_KR334", bands=quoted)
    if numbers is not None:
        wording = Phrase.of("page_open_KR334_inside", bands=quoted, numbers=numbers)
    return Say(
        f"{f'with {number}, ' if stretch else ''}a subject that fails {what} has no band",
        f"{' and '.join(ways_out)}, or `allow` it if the regulation leaves it open",
        wording=wording,
    )


@error("KR335")
def bands_without_score(band: str) -> Say:
    """Band with ends but without a score.

    **What it checks**

    That bands with `from`, `above`, `to` or `below` have a number to compare: the score, or their own `measure`.

    **Why it matters**

    Without a number no subject is inside such a band.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {rate: {type: number, min: 0, max: 1}}
    bands: {good: {from: 0.5}, poor: {from: 0}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {rate: {type: number, min: 0, max: 1}}
    bands:
      measure: rate
      levels: {good: {from: 0.5}, poor: {from: 0}}
    ```
    """
    return Say(
        f"the band `{band}` has an end, but there is no score",
        "write `criteria`, or `measure` with the bands under `levels`",
    )


@warning("KR336")
def limit_never_lowers(limit: str, most: str = "") -> Say:
    """Limit on the score that never lowers it.

    **What it checks**

    That each limit on the score can lower it: it must be less than the greatest score that the bounds allow while it
    applies, after earlier limits. `check --prove` also reports a limit that lowers no score for reasons that only a
    proof finds, such as a validation over several inputs.

    **Why it matters**

    A limit of 120 on a score of at most 100 has no effect. Either the scale has changed, or a digit is wrong.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {late: {type: boolean}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    score: {limits: {late: {when: late, at_most: 120}}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {late: {type: boolean}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    score: {limits: {late: {when: late, at_most: 70}}}
    ```
    """
    why = (
        f"which is at most {most} while the limit applies"
        if most
        else "which is never greater while the limit applies"
    )
    return Say(
        f"the limit `{limit}` never lowers the score, {why}",
        "lower `at_most`, or remove the limit",
    )


@error("KR338")
def only_where_higher_is_better(what: str, help: str) -> Say:
    """Limit or order that assumes a higher score is better, though a lower one is.

    **What it checks**

    That with `better: lower` the score has no `limits`, and no quota orders members by a bare `score` or
    `exact_score`.

    **Why it matters**

    A limit is a maximum score: if lower is better, it could only help. In `order` greater is better, so a bare
    `score` would keep the band for the worst scores.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {errors: {max: 100, entered: {step: 1}}}
    score: {better: lower, limits: {most: {at_most: 50}}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {errors: {max: 100, entered: {step: 1}}}
    score: {better: lower}
    ```
    """
    return Say(f"{what}, but the rulebook says `better: lower`", help)
