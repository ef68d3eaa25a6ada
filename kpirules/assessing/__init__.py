"""Assessing: what is given is validated, an engine runs, and the record is made."""

from .assessing import assess
from .cohorts import assess_cohort

__all__ = ["assess", "assess_cohort"]
