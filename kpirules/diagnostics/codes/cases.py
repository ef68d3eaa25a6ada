"""KR7xx: case files, worked examples, and what they expect."""

from __future__ import annotations

from collections.abc import Iterable

from ...kernel.brief import shortened
from ..report import did_you_mean, listed
from .catalogue import Say, error

__all__ = [
    "another_error",
    "case_twice",
    "difference",
    "error_did_not_occur",
    "no_rulebook",
    "nothing_comparable",
    "unexpected_error",
    "unknown_case",
    "unknown_case_key",
    "unknown_expectation",
    "unusable_case",
]


@error("KR701")
def unusable_case(place: str, expected: str, found: str) -> Say:
    """Case file with a wrong structure.

    **What it checks**

    That a case file names its `rulebook` and lists `cases`, and that each case has a `name`, a `given` and an
    `expect` of the right kind.

    **Why it matters**

    A malformed case would not run, and would seem to pass.

    **Fails**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {given: {served: 12}, expect: {score: 100}}
    ```

    **Passes**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: whole year, given: {served: 12}, expect: {score: 100}}
    ```
    """
    return Say(f"{place} must be {expected}, but {found}")


@error("KR702")
def unknown_case_key(key: str, of: str, known: Iterable[str]) -> Say:
    """Key that a case does not have.

    **What it checks**

    That all keys of a case file, of a case and of its `expect` exist.

    **Why it matters**

    A misspelt expectation would be compared with nothing, and the case would always pass.

    **Fails**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: whole year, given: {served: 12}, expect: {scores: 100}}
    ```

    **Passes**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: whole year, given: {served: 12}, expect: {score: 100}}
    ```
    """
    names = tuple(known)
    keys = f"its keys are {listed(names, 'and')}"
    return Say(f"{of} has no key `{shortened(key)}`", did_you_mean(key, names, keys))


@error("KR703")
def unknown_case(name: str, known: Iterable[str]) -> Say:
    """`like` with a case that does not exist.

    **What it checks**

    That `like` names another case of the same file, and that the chain of cases has an end.

    **Why it matters**

    There would be nothing to copy.

    **Fails**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: whole year, given: {served: 12}, expect: {score: 100}}
      - {name: half a year, like: whole yaer, given: {served: 6}, expect: {score: 50}}
    ```

    **Passes**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: whole year, given: {served: 12}, expect: {score: 100}}
      - {name: half a year, like: whole year, given: {served: 6}, expect: {score: 50}}
    ```
    """
    names = tuple(known)
    if name in names:
        return Say(f"`{shortened(name)}` leads back to this case", "write out the `given` of one of them")
    return Say(f"there is no case `{shortened(name)}`", did_you_mean(name, names))


@error("KR704")
def case_twice(name: str, first_line: int, what: str = "case") -> Say:
    """Two cases with the same name.

    **What it checks**

    That every case of a file has a unique name.

    **Why it matters**

    A failure is reported by the name, and `like` refers to it.

    **Fails**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: whole year, given: {served: 12}, expect: {score: 100}}
      - {name: whole year, given: {served: 6}, expect: {score: 50}}
    ```

    **Passes**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: whole year, given: {served: 12}, expect: {score: 100}}
      - {name: half a year, given: {served: 6}, expect: {score: 50}}
    ```
    """
    return Say(
        f"duplicate {what} `{shortened(name)}`",
        "remove one, or rename it",
        notes=(f"first written in line {first_line}",),
    )


@error("KR705")
def nothing_comparable(problem: str, remedy: str) -> Say:
    """Expectation that always or never holds.

    **What it checks**

    That `expect` is not empty; that numbers are expected where numbers are compared; that `error` is a code or the
    beginning of one, and the only expectation.

    **Why it matters**

    A case that expects nothing passes under every rulebook, and one that expects the impossible under none.

    **Fails**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: too many months, given: {served: 13}, expect: {error: KR604, score: 100}}
    ```

    **Passes**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: too many months, given: {served: 13}, expect: {error: KR604}}
    ```
    """
    return Say(problem, remedy)


@error("KR707")
def no_rulebook(problem: str, remedy: str) -> Say:
    """Case file whose rulebook cannot be used.

    **What it checks**

    That `rulebook` is the path from the case file to a rulebook without errors.

    **Why it matters**

    None of the cases could run.

    **Fails**

    ```yaml
    rulebook: staf.kpi.yaml
    cases:
      - {name: whole year, given: {served: 12}, expect: {score: 100}}
    ```

    **Passes**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: whole year, given: {served: 12}, expect: {score: 100}}
    ```
    """
    return Say(problem, remedy)


@error("KR710")
def unknown_expectation(kind: str, name: str, known: Iterable[str], of: str = "rulebook") -> Say:
    """Expectation of a name that the rulebook does not have.

    **What it checks**

    That every expected criterion, `let`, output, override, band and status exists in the rulebook.

    **Why it matters**

    A name that does not exist has no value, and expecting `null` of it would always pass.

    **Fails**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: whole year, given: {served: 12}, expect: {points: {presense: 100}}}
    ```

    **Passes**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: whole year, given: {served: 12}, expect: {points: {presence: 100}}}
    ```
    """
    names = tuple(known)
    there_are = f"it has {listed(names, 'and')}" if names else "it has none"
    return Say(f"the {of} has no {kind} `{shortened(name)}`", did_you_mean(name, names, there_are))


@error("KR720")
def difference(what: str, expected: str, got: str, because: tuple[str, ...] = ()) -> Say:
    """Result that differs from its expectation.

    **What it checks**

    That each result equals its expectation exactly, without any tolerance.

    **Why it matters**

    Either the rulebook or the expectation is wrong. A score of 89.99 is not 90.

    **Fails**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: four months, given: {served: 4}, expect: {points: {presence: 33.33}}}
    ```

    **Passes**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: four months, given: {served: 4}, expect: {points: {presence: "100/3"}}}
    ```
    """
    return Say(f"`{what}` is {got}", label=f"expected {expected}", notes=because)


@error("KR721")
def error_did_not_occur(code: str, got: str) -> Say:
    """Expected error that did not occur.

    **What it checks**

    That a subject is refused if the case expects it.

    **Why it matters**

    A subject would be rated by values that the case calls impossible.

    **Fails**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: all months, given: {served: 12}, expect: {error: KR604}}
    ```

    **Passes**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: too many months, given: {served: 13}, expect: {error: KR604}}
    ```
    """
    return Say(f"the subject is assessed, with the status `{got}`", label=f"expected the error {code}")


@error("KR722")
def another_error(code: str, got: Iterable[str]) -> Say:
    """Error with a different code than expected.

    **What it checks**

    That one of the errors has the expected code, or begins with it.

    **Why it matters**

    The subject is refused for a reason that the case does not expect.

    **Fails**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: too many months, given: {served: 13}, expect: {error: KR602}}
    ```

    **Passes**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: too many months, given: {served: 13}, expect: {error: KR604}}
    ```
    """
    return Say(f"the subject is refused with {listed(got, 'and')}", label=f"expected the error {code}")


@error("KR723")
def unexpected_error(codes: Iterable[str]) -> Say:
    """Case whose subject cannot be assessed.

    **What it checks**

    That a subject has a result if the case expects one.

    **Why it matters**

    None of the expectations can be compared.

    **Fails**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: too many months, given: {served: 13}, expect: {score: 100}}
    ```

    **Passes**

    ```yaml
    rulebook: staff.kpi.yaml
    cases:
      - {name: all months, given: {served: 12}, expect: {score: 100}}
    ```
    """
    names = tuple(codes)
    return Say(
        f"the subject can't be assessed: {listed(names, 'and')}",
        f"correct `given`, or expect it: `error: {names[0]}`",
    )
