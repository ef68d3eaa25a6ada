"""Assessing: what is given is validated, an engine runs, and the record is made."""

from .allowed import allowed
from .assessing import assess

__all__ = ["allowed", "assess"]
