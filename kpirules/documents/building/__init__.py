"""Document to Rulebook, or to Appraisal."""

from .appraisal import build_appraisal, is_appraisal
from .rulebook import build

__all__ = ["build", "build_appraisal", "is_appraisal"]
