"""Pages about rulebooks, for readers who are not programmers.

Input: programs with their worked examples. Output: HTML pages by file name, in each language of the labels. It knows
neither files nor the command line.
"""

from .site import Book, site

__all__ = ["Book", "site"]
