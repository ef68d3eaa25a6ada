"""Laws of `explain`: it works for every record, contributions add up, and no text becomes markup."""

import json
import re
from datetime import date
from fractions import Fraction
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from unicodedata import category

from attrs import evolve
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import kpirules
from kpirules.kernel.exact import parse_text
from kpirules.kernel.mappings import FrozenMap
from kpirules.record import Assessment, Contribution, Entry, Outcome
from kpirules.showing.explaining import LetterDetails, explain
from kpirules.showing.explaining.lines import KINDS
from tests.agreement.generation import unshown
from tests.budget import examples
from tests.records import FRACTIONS, records
from tests.rules import program
from tests.strategies import rulebooks, subjects

ZERO_WIDTH_NON_JOINER, ZERO_WIDTH_JOINER = "\u200c", "\u200d"
LANGUAGES = st.sampled_from([None, "en", "vi", "vi-VN", "fr", "<b>"])
often = settings(max_examples=examples(120), suppress_health_check=list(HealthCheck), deadline=None)

PAGE_TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "article",
    "header",
    "section",
    "footer",
    "h1",
    "h2",
}
PAGE_TAGS |= {"main", "dl", "dt", "dd", "thead", "caption"}
PAGE_TAGS |= {"p", "ul", "li", "table", "tbody", "tr", "th", "td", "code", "cite", "a", "div", "span", "abbr"}
MARKDOWN_TAGS = {"h1", "h2", "p", "ul", "li", "strong", "em", "code", "a", "hr"}
MARKDOWN_TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
MARKDOWN = MarkdownIt("commonmark").enable("table")

WICKED = "<b>`x`</b> | \u202e*y*\n# [z](javascript:alert(1))"
ABOUT = LetterDetails("An " + WICKED, WICKED, WICKED, date(2027, 1, 5), WICKED)
FORMS = st.sampled_from([("full", None), ("letter", ABOUT)])


class Markup(HTMLParser):
    """Collects tags, attributes and text of HTML, and checks its nesting."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.open: list[str] = []
        self.feed(re.sub(r"<figure.*?</figure>", "", text, flags=re.DOTALL))  # pictures have tests of their own
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check_attributes(markup: Markup) -> None:
    for name, value in markup.attributes:
        assert name in {"class", "lang", "style", "href", "rel", "scope", "colspan", "charset", "name", "content"} | {
            "data-head",
            "title",
        }
        assert name != "href" or value.startswith("https://")
        assert name != "style" or re.fullmatch(r"--depth: \d+|text-align:right", value)
        assert name != "class" or re.fullmatch(r"[a-z_ -]+", value)


@often
@given(records(), LANGUAGES, FORMS)
def test_every_rendering_of_every_record_is_given(record: Assessment, language: str | None, form: Any) -> None:
    explanation = explain(record, language=language, form=form[0], about=form[1])
    assert {line.kind for line in explanation.walk()} <= set(KINDS)
    assert str(explanation) == explanation.text()
    assert explanation.markdown()
    assert json.loads(json.dumps(explanation.data())) == explanation.data()


@often
@given(records(), LANGUAGES, st.integers(0, 140), FORMS)
def test_text_has_no_character_that_commands_a_terminal(
    record: Assessment, language: str | None, columns: int, form: Any
) -> None:
    text = explain(record, language=language, form=form[0], about=form[1]).text(columns=columns)
    commands = {c for c in text if category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert commands <= {"\n", ZERO_WIDTH_JOINER, ZERO_WIDTH_NON_JOINER}


@often
@given(records(), LANGUAGES, st.booleans(), FORMS)
def test_html_is_well_nested_and_no_text_becomes_markup(
    record: Assessment, language: str | None, is_page: bool, form: Any
) -> None:
    markup = Markup(explain(record, language=language, form=form[0], about=form[1]).html(is_page=is_page))
    assert markup.tags <= PAGE_TAGS
    check_attributes(markup)


@often
@given(records(), LANGUAGES, FORMS)
def test_no_text_becomes_markup_in_markdown(record: Assessment, language: str | None, form: Any) -> None:
    markdown = explain(record, language=language, form=form[0], about=form[1]).markdown()
    markup = Markup(MARKDOWN.render(markdown))
    assert markup.tags <= MARKDOWN_TAGS
    check_attributes(markup)


@st.composite
def sums(draw: st.DrawFn) -> Assessment:
    """Return a record whose score is the exact sum of its contributions."""
    added = draw(st.lists(FRACTIONS, min_size=2, max_size=6))
    lines = [Contribution("criterion", f"c{i}", points) for i, points in enumerate(added)]
    kinds = draw(st.lists(st.sampled_from(["clamp", "limit", "rounding", "rescale"]), max_size=3))
    lines += [Contribution(kind, "", draw(FRACTIONS)) for kind in kinds]
    total = sum((line.points for line in lines), Fraction(0))
    outcomes = [Outcome(f"c{i}", "scored", points, parent="score") for i, points in enumerate(added)]
    outcomes.append(Outcome("score", "scored", total, contributions=tuple(lines)))
    by_id = FrozenMap({outcome.id: outcome for outcome in outcomes})
    return Assessment("demo", "", "", "", "", "rated", exact_score=total, outcomes=by_id)


def added_up(working: str) -> Fraction:
    first, *rest = working.removeprefix("= ").split(" ")
    signs, numbers = rest[::2], rest[1::2]
    return parse_text(first) + sum(
        (parse_text(number) * (-1 if sign == "-" else 1) for sign, number in zip(signs, numbers, strict=True)),
        Fraction(0),
    )


def read(amount: str) -> Fraction:
    return parse_text(amount.partition(" (")[0])


def is_shortened(text: str) -> bool:
    """Return whether a number is marked as shortened."""
    return "≈" in (text if text.startswith("= ") else text.partition(" (")[0])


@often
@given(sums())
def test_the_shown_sum_equals_the_shown_points(record: Assessment) -> None:
    (score,) = explain(record).sections[0].children
    shown = [score.amount, *score.working, *(child.amount for child in score.children)]
    if any(is_shortened(part) for part in shown):
        return
    (working,) = score.working
    assert added_up(working) == read(score.amount) == record.exact_score
    assert sum(map(read, (child.amount for child in score.children)), Fraction(0)) == record.exact_score


@often
@given(st.data())
def test_records_of_engines_are_explained_and_add_up(data: st.DataObject) -> None:
    book = data.draw(rulebooks())
    try:
        rules = unshown(book)
        record = kpirules.assess(rules, data.draw(subjects(book, rules)))
    except kpirules.KpirulesError:
        reject()
    assert Assessment.from_json(record.to_json()) == record
    explanation = explain(record)
    assert explanation.text()
    assert Markup(explanation.html()).tags <= PAGE_TAGS
    for outcome in record.outcomes.values():
        if outcome.points is not None:
            assert sum((line.points for line in outcome.contributions), Fraction(0)) == outcome.points
    for language in (None, "vi"):
        for line in explain(record, language=language).walk():
            steps = [line.formula, *(step[2:] for step in line.working)]
            assert all(one != other for one, other in pairwise(steps)), line
            # A row of `cases` is quoted as its author wrote it.
            own_words = re.sub("«[^»]*»", "", " ".join(steps[1:]))
            assert not re.search(r"\b(True|False|true|false)\b", own_words), line
    for line in explanation.walk():
        if line.kind == "criterion" and line.working and not is_shortened(line.working[0]):
            assert added_up(line.working[0]) == record.outcomes[line.id].points


AGGREGATES = """
inputs:
  tasks:
    type: list
    max_items: 60
    fields: {n: {type: number, min: -1000, max: 1000, decimals: 2, unit: km/h}, late: {type: boolean}}
    let: {third: item.n / 3}
outputs:
  all: sum(t.n for t in tasks)
  thirds: sum(t.third for t in tasks if not t.late) + 1
  mean: default(avg(t.third for t in tasks), 0)
  best: sum_largest(3, (t.n for t in tasks)) / 3
  worst: sum_smallest(25, (t.n for t in tasks if t.late))
  middle: default(trimmed_avg(1, 2, (t.third for t in tasks)), 0)
"""
TASKS = st.fixed_dictionaries({"n": st.decimals(-1000, 1000, places=2), "late": st.booleans()})


@often
@given(st.lists(TASKS, max_size=50), LANGUAGES)
def test_the_terms_of_an_aggregate_add_up_to_its_result(tasks: Any, language: str | None) -> None:
    record = kpirules.assess(program(AGGREGATES), {"tasks": tasks})
    for line in explain(record, language=language).walk():
        if line.kind != "output":
            continue
        (terms,) = record.output_computations[line.id].terms
        added = [terms.values[place - 1] for place in terms.chosen] or terms.values
        told = [one.working for one in (line, *line.formulas) if len(one.working) == 2]
        if len(added) < 2 or terms.value is None:
            assert told == []
            continue
        ((chain, result),) = told
        # A sum of a field has its unit; one of numbers computed from it has not.
        assert result.endswith(" km/h") is (line.id in ("all", "best", "worst"))
        assert read(result.removeprefix("= ").removesuffix(" km/h")) == terms.value
        mean = re.fullmatch(r"= \((.*)\) / (\d+)", chain)
        assert (mean is not None) is (terms.combines == "mean")
        assert mean is None or int(mean[2]) == len(added)
        if "…" not in chain:
            assert (
                added_up(mean[1] if mean else chain)
                == sum(added, Fraction(0))
                == terms.value * (len(added) if mean else 1)
            )
        else:
            assert len(added) > 20


UNIT = "lượt/km"


def measured(entries: FrozenMap[str, Entry]) -> FrozenMap[str, Entry]:
    return FrozenMap({id_: evolve(entry, unit=UNIT) for id_, entry in entries.items()})


@often
@given(st.data(), LANGUAGES)
def test_values_in_formulas_differ_by_their_units_alone(data: st.DataObject, language: str | None) -> None:
    book = data.draw(rulebooks())
    try:
        rules = unshown(book)
        record = kpirules.assess(rules, data.draw(subjects(book, rules)))
    except kpirules.KpirulesError:
        reject()
    legend = evolve(record.legend, entries=measured(record.legend.entries), names=measured(record.legend.names))
    with_units = explain(evolve(record, legend=legend), language=language)
    computations = {**record.let_computations, **record.output_computations}
    for line, other in zip(explain(record, language=language).walk(), with_units.walk(), strict=True):
        assert [re.sub(rf"[()]| {UNIT}", "", step) for step in other.working] == [
            re.sub("[()]", "", step) for step in line.working
        ]
        if line.working and line.kind in ("let", "output"):
            for text, value in computations[line.id].readings:
                is_measured = isinstance(value, Fraction) and re.fullmatch("[a-z][a-z0-9_]*", text)
                assert not is_measured or UNIT in other.working[0], line


@often
@given(records(), LANGUAGES)
def test_the_same_record_is_explained_the_same_also_after_json(record: Assessment, language: str | None) -> None:
    again = Assessment.from_json(record.to_json())
    assert explain(again, language=language) == explain(record, language=language)
