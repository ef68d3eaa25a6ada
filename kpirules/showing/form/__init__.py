"""The page of a form that rates in the browser.

Comes in: the statements of a printed module, and the words of its rulebook. Goes out: one HTML file without requests.
It knows no rulebook and no record.
"""

from .page import form_page, phrases_of_forms

__all__ = ["form_page", "phrases_of_forms"]
