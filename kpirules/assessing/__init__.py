"""Assessing: what is given is validated, an engine runs, the record is made; quotas decide who keeps a band."""

from .allocating import Allocation, QuotaGroup, allocate, share_quotas
from .assessing import assess
from .choosing import part_of
from .cohorts import assess_cohort

__all__ = ["Allocation", "QuotaGroup", "allocate", "assess", "assess_cohort", "part_of", "share_quotas"]
