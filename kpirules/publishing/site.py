"""A site: a page for each rulebook, variant and language, and a page that lists them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve, frozen

from ..analysis.checking.parts import parts
from ..diagnostics import Diagnostic, Report
from ..errors import KpirulesError
from ..kernel.brief import brief, counted
from ..language.model import Words
from ..rating.program import Program
from ..testing import CaseOutcome
from .pages import Page, index_page, rulebook_page

__all__ = ["Book", "site"]


@frozen
class Book:
    """A rulebook to publish.

    Args:
        name: the first part of the names of its pages.
        program: the rules, with all variants and editions.
        outcomes: its worked examples, all passed.
    """

    name: str
    program: Program
    outcomes: tuple[CaseOutcome, ...] = ()

    def __repr__(self) -> str:
        return brief(self, self.name, self.program.id, counted(len(self.outcomes), "example"))


def site(books: Sequence[Book]) -> dict[str, str]:
    """Return the pages of rulebooks by file name; an `index.html` too if there are several.

    A page tells one variant in one language of the labels. It is about the latest edition, and tells what changed
    from each earlier edition to the next.

    Args:
        books: the rulebooks.

    Raises:
        KpirulesError: an example fails, with what it expects and what the rules give.

    >>> from kpirules import load
    >>> rules = {"kpirules": 1, "id": "demo", "title": "Visits", "inputs": {"done": {"type": "integer", "min": 0}},
    ...          "outputs": {"twice": "2 * done"}}
    >>> list(site([Book("visits", load(rules))]))
    ['visits.html']
    """
    failed = tuple(diagnostic for book in books for outcome in book.outcomes for diagnostic in _failures(outcome))
    if failed:
        raise KpirulesError(Report(failed))
    pages = list(_pages(books))
    written = {own.file: rulebook_page(own, pages) for own in pages}
    return written | ({"index.html": index_page(pages)} if len(pages) > 1 else {})


def _failures(outcome: CaseOutcome) -> Iterator[Diagnostic]:
    """Yield what is wrong with an example, with its name."""
    for diagnostic in outcome.report.errors:
        yield evolve(diagnostic, notes=(f"for the example {outcome.case.name}", *diagnostic.notes))


def _pages(books: Iterable[Book]) -> Iterator[Page]:
    """Yield the pages, each with a file name of its own."""
    taken = {"index"}
    for book in books:
        languages = _languages(book.program)
        for variant in book.program.variants or ("",):
            stem = _free("-".join(filter(None, (book.name, variant))), taken)
            editions = [part for part in book.program.whole if part.rulebook.version.variant == variant]
            shown = tuple(outcome for outcome in book.outcomes if _variant_of(outcome) in ("", variant))
            first = Page(f"{stem}.html", stem, variant, languages[0], book.program, tuple(editions), shown)
            yield first
            for language in languages[1:]:
                yield evolve(first, file=f"{stem}.{language}.html", language=language)


def _free(stem: str, taken: set[str]) -> str:
    """Return a name that no other page has, and take it."""
    names = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))]
    found = next(name for name in names if name.casefold() not in taken)
    taken.add(found.casefold())
    return found


def _languages(program: Program) -> tuple[str | None, ...]:
    """Return the languages of the labels, the first one written first; None if no label has one."""
    words = [found for part in program.whole for found in parts(part.rulebook) if isinstance(found, Words)]
    words = [program.rulebook.words, *words]
    tags = (tag for one in words if one.label is not None for tag in one.label.texts if tag)
    return tuple({tag.lower(): tag for tag in reversed(list(tags))}.values())[::-1] or (None,)


def _variant_of(outcome: CaseOutcome) -> str:
    """Return the variant that rated an example; empty if the example has none."""
    rated = (outcome.assessment, *outcome.assessments.values())
    found = {assessment.variant for assessment in rated if assessment is not None}
    return found.pop() if len(found) == 1 else outcome.case.variant or ""
