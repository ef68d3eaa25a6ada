"""Allocating: quotas decide who of a cohort keeps a band."""

from .allocating import allocate
from .allocation import Allocation, Member, QuotaGroup

__all__ = ["Allocation", "Member", "QuotaGroup", "allocate"]
