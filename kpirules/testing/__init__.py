"""Cases: what is given of a subject, and exactly what must come out.

A case stands under `examples` of a rulebook, or in a `*.cases.yaml` file beside it::

    path ──read_cases──▶ CaseFile ─┐
    program ──examples_of──────────┴▶ Case ──run_case──▶ CaseOutcome ──▶ text

No test runner is needed; one may be built on `run_case`.
"""

from .cases import Case, CaseFile, CaseOutcome, Difference
from .examples import examples_of
from .expectations import check_cases
from .reading import is_case_file, read_cases
from .running import program_of, run_case

__all__ = [
    "Case",
    "CaseFile",
    "CaseOutcome",
    "Difference",
    "check_cases",
    "examples_of",
    "is_case_file",
    "program_of",
    "read_cases",
    "run_case",
]
