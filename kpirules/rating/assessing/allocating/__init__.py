"""Allocating: quotas decide which members of a cohort keep a band."""

from .allocating import allocate, share_quotas
from .allocation import Allocation, QuotaGroup, check_names, member_label

__all__ = ["Allocation", "QuotaGroup", "allocate", "check_names", "member_label", "share_quotas"]
