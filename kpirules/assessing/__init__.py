"""Assessing: what is given is validated, an engine runs, the record is made; quotas decide who keeps a band."""

from .allocating import Allocation, QuotaGroup, allocate
from .assessing import assess
from .cohorts import assess_cohort

__all__ = ["Allocation", "QuotaGroup", "allocate", "assess", "assess_cohort"]
