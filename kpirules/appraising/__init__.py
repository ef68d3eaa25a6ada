"""Appraisals: rulebooks wired together, run stage by stage.

Appraisal, Programs ──wire──▶ AppraisalProgram ──appraise──▶ Appraised

Input: an appraisal with its programs, and the records of each stage. Output: results stage by stage.
It knows neither files nor the command line.
"""

from .appraising import Appraised, AppraisedStage, RowError, appraise, count, tally_of
from .impact import AppraisalImpact, StageMove, appraisal_impact
from .known import Known, Reading
from .names import UNKNOWN, key_text
from .running import Outcome, Running, StageRow, keyed_rows
from .summary import StageSummary, Summary, Tally, quota_data
from .together import Together, assess_together, group_of, is_rated_whole
from .wiring import AppraisalProgram, wire, wires_examined

__all__ = [
    "UNKNOWN",
    "AppraisalImpact",
    "AppraisalProgram",
    "Appraised",
    "AppraisedStage",
    "Known",
    "Outcome",
    "Reading",
    "RowError",
    "Running",
    "StageMove",
    "StageRow",
    "StageSummary",
    "Summary",
    "Tally",
    "Together",
    "appraisal_impact",
    "appraise",
    "assess_together",
    "count",
    "group_of",
    "is_rated_whole",
    "key_text",
    "keyed_rows",
    "quota_data",
    "tally_of",
    "wire",
    "wires_examined",
]
