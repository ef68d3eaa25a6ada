"""Cases: the input values of a subject, and the exact results expected.

A case is in `examples` of a rulebook, or in a `*.cases.yaml` file beside it::

    path ──read_cases──▶ CaseFile ─┐
    program ──examples_of──────────┴▶ Case ──run_case──▶ CaseOutcome ──▶ text

No test runner is needed; others can be built on `run_case`. `kpirules.pytest_plugin` is the plugin for pytest.

`mutate` makes small faults in a rulebook, and reports those that its cases do not detect.

Properties of all subjects are tested with subjects that Hypothesis draws (`kpirules[test]`): `subjects`,
`cohorts` and `rulebooks` are strategies; `always_in_range`, `monotone`, `unaffected_by`, `veto_dominates` and
`never_lower_than` are properties, each one line of a test.

Input: case files, or a program to draw subjects from. Output: the outcome of each case, and strategies.
It does not know the command line.
"""

import importlib
from typing import TYPE_CHECKING

from .cases import Case, CaseFile, CaseOutcome, Difference
from .examples import examples_of
from .expectations import check_cases
from .gating import ChangedCase, Gate, gate
from .known import known_from
from .reading import is_case_file, read_cases
from .running import program_of, run_case

if TYPE_CHECKING:
    from .generated import rulebooks
    from .mutating import Mutation, Verdict, mutate
    from .properties import (
        always_in_range,
        invariants_hold,
        monotone,
        never_lower_than,
        unaffected_by,
        veto_dominates,
    )
    from .strategies import cohorts, subjects
else:
    # Running cases needs neither Hypothesis nor anything else but kpirules.
    _LATER = {
        "Mutation": ".mutating",
        "Verdict": ".mutating",
        "always_in_range": ".properties",
        "cohorts": ".strategies",
        "invariants_hold": ".properties",
        "monotone": ".properties",
        "mutate": ".mutating",
        "never_lower_than": ".properties",
        "rulebooks": ".generated",
        "subjects": ".strategies",
        "unaffected_by": ".properties",
        "veto_dominates": ".properties",
    }

    def __getattr__(name):
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            module = importlib.import_module(_LATER[name], __name__)
        except ModuleNotFoundError as missing:
            if missing.name != "hypothesis":
                raise
            message = f"kpirules.testing.{name} needs Hypothesis: pip install 'kpirules[test]'"
            raise ModuleNotFoundError(message, name="hypothesis") from None
        value = globals()[name] = getattr(module, name)
        return value

    def __dir__():
        return sorted({*globals(), *_LATER})


del TYPE_CHECKING

__all__ = [
    "Case",
    "CaseFile",
    "CaseOutcome",
    "ChangedCase",
    "Difference",
    "Gate",
    "Mutation",
    "Verdict",
    "always_in_range",
    "check_cases",
    "cohorts",
    "examples_of",
    "gate",
    "invariants_hold",
    "is_case_file",
    "known_from",
    "monotone",
    "mutate",
    "never_lower_than",
    "program_of",
    "read_cases",
    "rulebooks",
    "run_case",
    "subjects",
    "unaffected_by",
    "veto_dominates",
]
