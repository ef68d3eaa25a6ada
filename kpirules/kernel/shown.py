"""Values that show themselves as text, Markdown and HTML.

The module that renders a class registers its forms with `as_text`, `as_markdown` and `as_html`. So that module
imports the class, and never the reverse.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import singledispatch

from .markup import Html, bundle, page

__all__ = ["Displayed", "Shown", "as_bundle", "as_html", "as_markdown", "as_text"]


@singledispatch
def as_text(value: object) -> str:
    """Return plain text that ends with a line break."""
    raise TypeError(f"no text is registered for {type(value).__name__}")


@singledispatch
def as_markdown(value: object) -> str:
    """Return CommonMark."""
    raise TypeError(f"no Markdown is registered for {type(value).__name__}")


@singledispatch
def as_html(value: object) -> Html:
    """Return one HTML element without script."""
    raise TypeError(f"no HTML is registered for {type(value).__name__}")


@singledispatch
def as_bundle(value: object) -> dict[str, str]:
    """Return the forms of a value for a notebook, by media type."""
    raise TypeError(f"no bundle is registered for {type(value).__name__}")


class Displayed:
    """A value that a notebook displays in the forms registered for its class."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return the formats for a notebook."""
        return as_bundle(self)


class Shown(Displayed, ABC):
    """A value in English with a title, whose forms are registered for its class."""

    __slots__ = ()

    @property
    @abstractmethod
    def title(self) -> str:
        """The title of the HTML page."""

    def __str__(self) -> str:
        return self.text()

    def text(self) -> str:
        """Return plain text that ends with a line break."""
        return as_text(self)

    def markdown(self) -> str:
        """Return CommonMark with tables, for a pull request."""
        return as_markdown(self)

    def html(self, *, is_page: bool = False) -> str:
        """Return HTML without script.

        Args:
            is_page: True for a whole page instead of one element.
        """
        found = as_html(self)
        return page(self.title, found, "en") if is_page else str(found)


@as_bundle.register
def _bundle(shown: Shown) -> dict[str, str]:
    return bundle(shown.text(), shown.markdown(), shown.html())
