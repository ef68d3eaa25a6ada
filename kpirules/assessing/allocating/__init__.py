"""Allocating: quotas decide who of a cohort keeps a band."""

from .allocating import allocate, share_quotas
from .allocation import Allocation, QuotaGroup, member_told

__all__ = ["Allocation", "QuotaGroup", "allocate", "member_told", "share_quotas"]
