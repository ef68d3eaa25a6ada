"""Values that are displayed in the forms registered for their class."""

from __future__ import annotations

import pytest

from kpirules.kernel.markup import Html, element
from kpirules.kernel.shown import Shown, as_bundle, as_html, as_markdown, as_text


class Note(Shown):
    @property
    def title(self) -> str:
        return "A & B"


@as_text.register
def _text(note: Note) -> str:
    return f"{note.title}\n"


@as_markdown.register
def _markdown(note: Note) -> str:
    return f"*{note.title}*\n"


@as_html.register
def _html(note: Note) -> Html:
    return element("p", note.title)


def test_each_form_is_the_one_registered_for_the_class() -> None:
    note = Note()
    assert str(note) == note.text() == "A & B\n"
    assert note.markdown() == "*A & B*\n"
    assert note.html() == "<p>A &amp; B</p>"
    assert note._repr_mimebundle_() == {
        "text/plain": "A & B\n",
        "text/markdown": "*A & B*\n",
        "text/html": "<p>A &amp; B</p>",
    }


def test_a_page_has_the_title_and_the_element() -> None:
    page = Note().html(is_page=True)
    assert "<title>A &amp; B</title>" in page
    assert "<p>A &amp; B</p>" in page


@pytest.mark.parametrize(
    ("form", "name"), [(as_text, "text"), (as_markdown, "Markdown"), (as_html, "HTML"), (as_bundle, "bundle")]
)
def test_a_class_without_a_form_is_named(form: object, name: str) -> None:
    assert callable(form)
    with pytest.raises(TypeError, match=rf"^no {name} is registered for int$"):
        form(1)


def test_a_shown_value_needs_a_title() -> None:
    class Untitled(Shown):
        pass

    with pytest.raises(TypeError, match="title"):
        Untitled()  # type: ignore[abstract]
