"""Appraisals: rulebooks wired together, run stage by stage.

Appraisal, Programs ──wire──▶ AppraisalProgram ──appraise──▶ Appraised
"""

from .appraising import Appraised, AppraisedStage, RowError, appraise, count, tally_of
from .known import Known, Reading
from .names import key_text
from .running import Outcome, Running, StageRow, told_apart
from .summary import StageSummary, Summary, Tally
from .wiring import AppraisalProgram, wire, wires_examined

__all__ = [
    "AppraisalProgram",
    "Appraised",
    "AppraisedStage",
    "Known",
    "Outcome",
    "Reading",
    "RowError",
    "Running",
    "StageRow",
    "StageSummary",
    "Summary",
    "Tally",
    "appraise",
    "count",
    "key_text",
    "tally_of",
    "told_apart",
    "wire",
    "wires_examined",
]
