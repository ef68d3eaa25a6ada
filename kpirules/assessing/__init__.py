"""Assessing: what is given is validated, an engine runs, and the record is made."""

from .assessing import assess

__all__ = ["assess"]
