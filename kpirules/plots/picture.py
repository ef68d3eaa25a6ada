"""A picture as SVG, which a notebook shows and a page or a file can hold."""

from __future__ import annotations

from attrs import field, frozen

from ..kernel.brief import brief
from ..kernel.markup import Html
from ..kernel.pictures import figure

__all__ = ["LOOK", "Picture"]

COLOURS = (
    ";--good:color-mix(in srgb,currentColor 25%,#2f6bff);--bad:color-mix(in srgb,currentColor 25%,#ff2a1a)"
    ";--soft:color-mix(in srgb,currentColor 74%,transparent)"
)
"""Colours that fit light and dark surroundings: mixed from the colour of the text around."""

LOOK = {"colours": COLOURS, "xmlns": "http://www.w3.org/2000/svg"}
"""What a drawing needs to stand alone, in a file too."""


@frozen
class Picture:
    """A chart as SVG without scripts, for light and dark pages and narrow screens.

    A notebook shows it, and so does a page that holds its text, or a file with it: `path.write_text(picture.svg)`.

    Args:
        title: its description in a line.
        svg: the drawing.
    """

    title: str
    svg: str = field(repr=False)

    def __repr__(self) -> str:
        return brief(self, self.title)

    def __str__(self) -> str:
        return self.svg

    def _repr_html_(self) -> str:
        """Return the drawing for a notebook."""
        return str(figure(Html(self.svg)))
