"""Allocating: quotas decide who of a cohort keeps a band."""

from .allocating import allocate, share_quotas
from .allocation import Allocation, QuotaGroup

__all__ = ["Allocation", "QuotaGroup", "allocate", "share_quotas"]
