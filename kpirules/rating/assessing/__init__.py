"""Assessing: values are validated, an engine runs, the record is made, quotas decide who keeps a band."""

from .allocating import Allocation, QuotaGroup, allocate, member_label, share_quotas
from .assessing import assess
from .choosing import part_of
from .cohorts import assess_cohort, assess_members

__all__ = [
    "Allocation",
    "QuotaGroup",
    "allocate",
    "assess",
    "assess_cohort",
    "assess_members",
    "member_label",
    "part_of",
    "share_quotas",
]
