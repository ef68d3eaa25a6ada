"""Runs appraisals on files: reads tables, writes results and a receipt, and saves its state block by block."""

from .receipt import differences, read_receipt
from .running import Finished, run_appraisal
from .tables import StageTable, data_of, tables_in

__all__ = ["Finished", "StageTable", "data_of", "differences", "read_receipt", "run_appraisal", "tables_in"]
