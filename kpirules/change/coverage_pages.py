"""Coverage as text, Markdown and HTML: what was never seen, and the rulebook's text coloured by what was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from ..diagnostics import Source
from ..kernel.exact import to_text
from ..kernel.markup import Html, element, joined, page, plain, style
from ..kernel.shown import as_html, as_markdown, as_text
from ..kernel.visible import neutral
from .coverage import Coverage, together
from .decisions import VERSION, Point

__all__ = ["coverage_page", "percent", "summary"]

RULES = """
& pre { font: .85em/1.5 ui-monospace, monospace; white-space: pre-wrap; }
& mark { color: inherit; border-radius: .2em; }
& mark.all { background: color-mix(in srgb, #2fa84f 30%, transparent); }
& mark.some { background: color-mix(in srgb, #e0a100 38%, transparent); }
& mark.none { background: color-mix(in srgb, #e03020 38%, transparent); }
"""

STATES = {"all": "every outcome seen", "some": "some outcomes never seen", "none": "never seen"}


def percent(share: Fraction) -> str:
    """Return a share in per cent with one place, rounded down: 100 % is everything.

    >>> percent(Fraction(1999, 2000))
    '99.9 %'
    """
    return f"{to_text(Fraction(int(share * 1000), 10))} %"


def _sentence(found: Coverage) -> str:
    return f"{found.rulebook}: {len(found.covered)} of {len(found.points)} decision points covered"


def summary(found: Sequence[Coverage]) -> str:
    """Return one line about several rulebooks.

    Args:
        found: the coverage of each.
    """
    return f"coverage {percent(together(found))} of the decision points (definition {VERSION})"


@as_text.register
def _text(found: Coverage) -> str:
    lines = [f"{_sentence(found)}, {percent(found.share)}"]
    lines += [f"  {point.place}: {point}" if point.place else f"  {point}" for point in found.never]
    return "\n".join(map(neutral, lines)) + "\n"


@as_markdown.register
def _markdown(found: Coverage) -> str:
    lines = [f"{plain(_sentence(found))}, {percent(found.share)}", ""]
    lines += [f"- {plain(' '.join(filter(None, (point.place, str(point)))))}" for point in found.never]
    return "\n".join(lines).rstrip() + "\n"


@as_html.register
def _html(found: Coverage) -> Html:
    legend = [element("mark", words, classes=state) for state, words in STATES.items()]
    parts = [
        style("kpirules-coverage", RULES),
        element("h2", f"{_sentence(found)}, {percent(found.share)}"),
        element("p", joined(legend, " · ")),
        *(_painted(source, found) for source in found.sources),
    ]
    return element("section", joined(parts), classes="kpirules-coverage")


def coverage_page(found: Sequence[Coverage]) -> str:
    """Return a separate page about several rulebooks.

    Args:
        found: the coverage of each.
    """
    body = joined([element("h1", summary(found)), *map(as_html, found)])
    return page(f"Coverage: {percent(together(found))}", body, "en")


def _painted(source: Source, found: Coverage) -> Html:
    """Return the text of a document; nested parts have their own colour."""
    at: defaultdict[tuple[int, int], list[Point]] = defaultdict(list)
    for point in found.points:
        span = point.decision.span
        if span is not None and span.source == source:
            at[span.start, span.end].append(point)
    pieces = joined(_pieces(source.text, at, found))
    return joined([element("h3", source.name), element("pre", pieces)])


def _pieces(text: str, at: dict[tuple[int, int], list[Point]], found: Coverage) -> Iterator[str | Html]:
    """Yield the parts of a text, each coloured by the smallest span that holds it."""
    spans = sorted(at, key=lambda one: one[1] - one[0])
    ends = sorted({0, len(text), *(end for span in spans for end in span)})
    for start, end in pairwise(ends):
        inner = next((span for span in spans if span[0] <= start and end <= span[1]), None)
        if inner is None:
            yield text[start:end]
            continue
        never = [point for point in at[inner] if point not in found.covered]
        state = "all" if not never else "none" if len(never) == len(at[inner]) else "some"
        told = "; ".join(f"never: {point}" for point in never) or "every outcome seen"
        yield element("mark", text[start:end], classes=state, title=told)
