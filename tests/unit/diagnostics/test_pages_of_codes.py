"""Pages of codes are docstrings, read from the source if Python omits docstrings."""

from __future__ import annotations

from types import ModuleType

from kpirules.diagnostics import codes
from kpirules.diagnostics.codes import CATALOGUE, Say
from kpirules.diagnostics.codes.catalogue import _page, _pages


def test_the_source_holds_every_page() -> None:
    modules = [module.__name__ for module in vars(codes).values() if isinstance(module, ModuleType)]
    found = {page for module in modules for page in _pages(module).values()}
    assert {code.page for code in CATALOGUE.values()} <= found
    assert all(code.page for code in CATALOGUE.values())


def documented() -> Say:
    """A page.

    Of two lines.
    """
    return Say("")


def test_a_page_without_a_docstring_is_read_from_the_source() -> None:
    page = _page(documented)
    assert page == "A page.\n\nOf two lines."
    documented.__doc__ = None
    assert _page(documented) == page


def test_without_source_there_is_no_page() -> None:
    assert _pages("sys") == {}
