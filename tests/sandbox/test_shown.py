"""Texts of strangers are shown as texts only: in pages, in Markdown, on a terminal, in the log of a CI runner.

One hostile text at a time stands in every text of a record, a rulebook, a comparison, a report, and everything is
rendered in every form. A real parser reads the result.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import cache
from typing import Any
from unicodedata import category

import attrs
import pytest

import kpirules as kr
from kpirules.appraising.summary import StageSummary, Summary
from kpirules.change.by_part import compare_parts, impact_parts
from kpirules.diagnostics.formats import render_github
from kpirules.diagnostics.render import render_text
from kpirules.kernel.mappings import FrozenMap
from kpirules.language.wording import Citation
from kpirules.plan.showing import show
from kpirules.publishing import Book, site
from kpirules.publishing.pages import SCRIPT
from kpirules.record import Assessment, Contribution, QuotaOutcome
from kpirules.showing.explaining.html import as_html
from kpirules.showing.explaining.lines import Line
from kpirules.testing import examples_of, run_case
from tests.budget import by_budget, some
from tests.records import exempt, staff, unit

from .shown import ALL, HOSTILE, HTML, MARK, assert_neutral, assert_texts_only, harmless_like, html_shape

Views = dict[str, str]


def of_bundle(bundle: Views, name: str) -> Views:
    return {f"{media} {name}": view for media, view in bundle.items()}


# -- records --------------------------------------------------------------------------------------


def views_of_record(record: Assessment, *languages: str | None) -> Views:
    views = of_bundle(record._repr_mimebundle_(), "card") | {"text/plain repr": repr(record)}
    for language in languages or (None, "vi"):
        explained = kr.explain(record, language=language)
        views |= of_bundle(explained._repr_mimebundle_(), str(language))
        views |= {
            f"text/html page {language}": explained.html(),
            f"text/plain str {language}": str(explained),
            f"text/plain narrow {language}": explained.text(columns=60),
            f"text/plain repr {language}": repr(explained),
        }
    return views


def allotted() -> Assessment:
    """Return a record with the effects of quotas."""
    made = QuotaOutcome(
        id="best", band="good", effect="moved", target="fair", at_most=Fraction(1, 5), base=9, minimum=1, limit=1, held=2,
        rank=2, tied=1, last=("An", "Chi"), sharing=2,
    )  # fmt: skip
    return attrs.evolve(staff(), quotas=(made,))


RECORDS = {"staff": staff, "unit": unit, "exempt": exempt, "allotted": allotted}


def texts_in(data: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every text of plain data."""
    if isinstance(data, dict):
        for name, part in data.items():
            yield from texts_in(part, (*way, name))
    elif isinstance(data, list):
        for index, part in enumerate(data):
            yield from texts_in(part, (*way, index))
    elif isinstance(data, str) and way != ("format",):
        yield way


def put(data: Any, way: tuple[Any, ...], text: str) -> None:
    for step in way[:-1]:
        data = data[step]
    data[way[-1]] = text


def with_text(data: Any, way: tuple[Any, ...], text: str) -> Any:
    copy = json.loads(json.dumps(data))
    put(copy, way, text)
    return copy


def _free(data: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the paths of texts that may be any."""
    for way in texts_in(data):
        try:
            Assessment.from_data(with_text(data, way, MARK))
        except ValueError:
            continue  # it is a number, the id of an outcome, or a word of a closed list
        if way[-1] not in CLOSED:
            yield way


CLOSED = {"outcome", "kind", "why", "policy", "effect", "mode", "band_on", "status"}
"""Fields of a record whose texts are words of a closed list, or names."""


@cache
def free(name: str) -> frozenset[tuple[Any, ...]]:
    """Return the paths of a record's texts that may be any."""
    return frozenset(_free(RECORDS[name]().to_data()))


EACH = by_budget(1, 1_000)
"""Texts that are tried of those which stand alike: under the same key, as deep, in the same part of a record."""


@cache
def tried() -> dict[str, list[tuple[Any, ...]]]:
    """Return the paths of the texts that are tried in each record."""
    found: dict[str, list[tuple[Any, ...]]] = {name: [] for name in RECORDS}
    alike: Counter[tuple[Any, ...]] = Counter()
    for name, made in RECORDS.items():
        for way in texts_in(made().to_data()):
            stands = way[0], len(way), way[-1] if isinstance(way[-1], str) else way[-2]
            if way in free(name) and alike[stands] < EACH:
                found[name].append(way)
                alike[stands] += 1
    return {name: some(ways, 3) for name, ways in found.items()}


@pytest.mark.parametrize("name", RECORDS)
def test_no_text_of_a_record_becomes_anything_else(name: str) -> None:
    data = RECORDS[name]().to_data()
    for way in tried()[name]:
        harmless = Assessment.from_data(with_text(data, way, harmless_like(ALL)))
        record = Assessment.from_data(with_text(data, way, ALL))
        assert_texts_only(views_of_record(record, None), views_of_record(harmless, None))


@pytest.mark.parametrize("name", RECORDS)
def test_a_word_of_a_closed_list_is_no_other_text(name: str) -> None:
    data = RECORDS[name]().to_data()
    for way in texts_in(data):
        if way[-1] in CLOSED:
            # `status` takes any name of a rulebook, the others only their own words.
            with pytest.raises(ValueError, match=f"{way[-1]}: "):
                Assessment.from_data(with_text(data, way, HTML))


def test_many_texts_of_records_are_tried() -> None:
    counts = {name: len(ways) for name, ways in tried().items()}
    assert min(counts.values()) > 0
    assert sum(counts.values()) > by_budget(20, 60)


@pytest.mark.parametrize(
    ("name", "hostile"), some(((name, hostile) for name in ("staff", "unit") for hostile in HOSTILE), 6)
)
def test_all_texts_of_a_record_at_once_become_nothing_else(name: str, hostile: str) -> None:
    data = RECORDS[name]().to_data()
    for way in [*texts_in(data)]:
        if way in free(name):
            put(data, way, f"{hostile}{way[-1]}{hostile}")
    views = views_of_record(Assessment.from_data(data), "vi")
    assert_texts_only(views, views, is_shape_kept=False)


def test_the_attacks_that_were_found_are_refused_with_place_and_words() -> None:
    data = staff().to_data()
    outcome = with_text(data, ("outcomes", next(iter(data["outcomes"])), "outcome"), "<script>")
    with pytest.raises(
        ValueError, match=r"^outcomes\..*\.outcome: expected `scored`, `excluded` or `missing`, found"
    ):
        Assessment.from_json(json.dumps(outcome))
    id_, at = next((id_, 0) for id_, one in data["outcomes"].items() if one["contributions"])
    kind = with_text(data, ("outcomes", id_, "contributions", at, "kind"), "<script>")
    with pytest.raises(ValueError, match=r"contributions\[0\].kind: expected `criterion`, `own`, .* or `rounding`"):
        Assessment.from_json(json.dumps(kind))


def test_a_message_about_a_record_is_neutral() -> None:
    for data in ({**staff().to_data(), "\x1b[31m::x::": 1}, with_text(staff().to_data(), ("status",), "\x1b::x::")):
        with pytest.raises(ValueError, match=r"expected|unknown field") as refused:
            Assessment.from_data(data)
        assert_neutral(str(refused.value))


@pytest.mark.parametrize("hostile", some(HOSTILE, 3))
def test_words_that_no_reader_has_checked_become_no_class_and_no_element(hostile: str) -> None:
    """A program may make a record itself, without reading it."""
    record = staff()
    outcomes = {
        id_: attrs.evolve(
            one,
            outcome=hostile,
            why=hostile,
            policy=hostile,
            contributions=(*one.contributions, Contribution(hostile, hostile, Fraction(1))),
        )
        for id_, one in record.outcomes.items()
    }
    made = attrs.evolve(record, outcomes=FrozenMap(outcomes), status=hostile)
    line = Line(hostile, hostile, hostile, hostile, hostile, hostile, hostile, hostile, (hostile,), hostile)
    line = attrs.evolve(
        line, citation=Citation(text=hostile, url=hostile), children=(line, attrs.evolve(line, kind="fact"))
    )
    views = {"text/html": str(as_html(line, line, (), (line,), line, hostile, {hostile: hostile}))}
    with suppress(KeyError):  # there is no sentence for such a word
        views |= views_of_record(made)
    assert_texts_only(views, views, is_shape_kept=False)


def readable(text: str) -> str:
    """Return a text without the characters that no document may contain."""
    return "".join(one for one in text if one in "\n\t" or category(one) != "Cc")


# -- rulebooks, comparisons, impacts --------------------------------------------------------------


def rulebook(text: str, more: str = "") -> dict[str, Any]:
    """Return a rulebook with a text in every possible place; `more` changes its wording."""
    source = {"document": f"{text}{more}", "article": text, "clause": text, "url": f"https://{text}"}
    said = {"label": f"{text}{more}", "note": f"{text}{more}", "source": source}
    return {
        "kpirules": 1,
        "id": "shown",
        "title": {"en": f"{text}{more}", "vi": f"{text}{more}"},
        "edition": f"{text}{more}",
        "source": f"{text}{more}",
        "inputs": {
            "post": {"type": "choice", "options": [text, "other"], **said},
            "name": {"type": "text", "optional": True, "max_length": 1000, **said},
            "done": {"type": "integer", "min": 0, "max": 9, "unit": f"{text}{more}", **said},
        },
        "validations": {"sane": {"that": "done < 9", **said}},
        "let": {"rate": {"value": "done / 9", **said}},
        "exemptions": {"new": {"when": "done == 0", "status": "not_rated", **said}},
        "criteria": {
            "work": {"max": 60, "rate": "rate", **said},
            "post_": {"max": 40, "measure": "post", "lookup": {text: 40, "other": 1}, **said},
        },
        "score": {"round": {"places": 2, "mode": "half_up"}, "band_on": "rounded"},
        "bands": {"good": {"from": 60 if more else 50, **said}, "poor": {"from": 0, **said}},
        "overrides": {"veto": {"when": "done == 1", "band_at_most": "poor", **said}},
        "outputs": {"post_again": {"value": "post", **said}, "unused": {"value": "name", **said}},
        "invariants": {"held": {"that": "score >= 0", **said}},
        "allow": {"KR242": f"{text}{more}"},
        "examples": [{"name": f"{text}{more}", "given": {"post": text, "done": 5}, "expect": {"status": "rated"}}],
    }  # fmt: skip


def with_variants(text: str, more: str = "") -> dict[str, Any]:
    book = {name: part for name, part in rulebook(text, more).items() if name not in ("edition", "examples")}
    inputs = {**book["inputs"], "level": {"type": "choice", "options": ["head", "rest"]}}
    bands = {"bands": {"good": {"from": 70 if more else 55}}}
    return {
        **book,
        "inputs": inputs,
        "variant_by": "level",
        "variants": {"head": {"title": text, **bands}, "rest": {}},
    }


def subjects(text: str) -> list[dict[str, Any]]:
    return [
        {
            "who": f"{text}{number}",
            "unit": f"{text}{number % 2}",
            "post": post,
            "done": number,
            "name": text,
            "level": "head",
        }
        for number, post in enumerate((text, "other", text, "other", text, text, text, text))
    ] + [{"who": f"{text}-", "unit": text, "post": "neither", "done": 3, "name": text, "level": "head"}]


def program_views(text: str) -> Views:
    program = kr.load(rulebook(text))
    rated = kr.assess(program, {"post": text, "done": 5, "name": text})
    forms = of_bundle(program._repr_mimebundle_(), "program") | views_of_record(rated)
    parts = kr.load(with_variants(text))
    return forms | {
        "text/plain repr of program": repr(program),
        "text/plain plan": show(program.plan),
        **of_bundle(parts._repr_mimebundle_(), "variants"),
    }


FRAME = re.compile(
    r'<iframe title="[^"<>]*" sandbox="allow-scripts allow-downloads" loading="lazy" srcdoc="[^"<>]*"></iframe>'
)


def site_views(text: str) -> Views:
    """Return the pages about a rulebook, without the one script and the one form, which have tests of their own."""
    program = kr.load(rulebook(text))
    outcomes = tuple(run_case(program, case) for case in examples_of(program))
    script = f"<script>{SCRIPT}</script>"
    pages = site([Book(text, program, outcomes), Book("parts", kr.load(with_variants(text)))])
    assert [page.count(script) for page in pages.values()] == [1] * (len(pages) - 1) + [0]
    assert [len(FRAME.findall(page)) for page in pages.values()] == [1] * (len(pages) - 1) + [0]
    bare = [FRAME.sub("", page.replace(script, "")) for page in pages.values()]
    return {f"text/html page {place}": page for place, page in enumerate(bare)}


def comparison_views(text: str) -> Views:
    old, new = kr.load(rulebook(text)), kr.load(rulebook(text, "+"))
    levels = subjects(text)
    plain = [{name: value for name, value in one.items() if name != "level"} for one in levels]
    old_parts, new_parts = kr.load(with_variants(text)), kr.load(with_variants(text, "+"))
    found = {
        "comparison": kr.compare(old, new),
        "impact": kr.impact(old, new, plain, key="who", group="unit"),
        "parts": compare_parts(old_parts, new_parts),
        "impact of parts": impact_parts(old_parts, new_parts, levels, key="who", group="unit"),
    }
    views: Views = {}
    for name, one in found.items():
        views |= of_bundle(one._repr_mimebundle_(), name)
        views |= {
            f"text/plain repr of {name}": repr(one),
            f"text/plain str of {name}": str(one),
            f"text/html page of {name}": one.html(is_page=True),
        }
    return views


@pytest.mark.parametrize(
    ("views", "hostile"),
    [
        *((program_views, hostile) for hostile in some(HOSTILE[1:], 9)),
        *((site_views, hostile) for hostile in some(HOSTILE[1:], 20)),
        # What writes both is the same, and a comparison takes longer.
        *((comparison_views, hostile) for hostile in some(HOSTILE[1:], 30)),
    ],
)
def test_no_text_of_a_rulebook_becomes_anything_else(views: Callable[[str], Views], hostile: str) -> None:
    found = views(readable(hostile))
    # Some sentences leave out a text that is told already, so that no other one has all of its elements.
    assert_texts_only(found, found, is_shape_kept=False)
    assert any(MARK in view for view in found.values()) or MARK not in hostile


@pytest.mark.parametrize("views", some([program_views, site_views, comparison_views], 3))
@pytest.mark.parametrize("hostile", HOSTILE[:1])
def test_the_elements_of_a_rulebook_are_those_of_a_harmless_one(views: Callable[[str], Views], hostile: str) -> None:
    text = readable(hostile)
    found = views(text)
    assert_texts_only(found, views(harmless_like(text)))
    assert any(MARK in view for view in found.values())


# -- reports --------------------------------------------------------------------------------------


def report_of(text: str) -> kr.Report:
    source = kr.Source(text, f"{text}\n{text}\n{text}")
    placed = [
        kr.Diagnostic(
            "KR101", severity, text, kr.Span(source, 0, end), text, text, text, (text, text), None, "", text
        )
        for severity in kr.Severity
        for end in (1, len(text))
    ]
    bare = kr.Diagnostic("KR101", kr.Severity.ERROR, text, None, text, text, text, (text,), subject=text)
    accepted = kr.Diagnostic("KR101", kr.Severity.WARNING, text, allowed=text)
    return kr.Report((*placed, bare, accepted))


def report_views(text: str) -> Views:
    report = report_of(text)
    problem = kr.SubjectError(report)
    return {
        **of_bundle(report._repr_mimebundle_(), "report"),
        "text/plain str": str(report),
        "text/plain repr": repr(report),
        "text/plain error": f"{problem} {problem!r} {report.diagnostics[0]!r} {report.diagnostics[0].span!r}",
    }


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_of_a_report_becomes_anything_else(hostile: str) -> None:
    assert_texts_only(report_views(hostile), report_views("\n".join([MARK] * (1 + hostile.count("\n")))))
    assert_neutral(render_text(report_of(hostile), color=True), is_styled=True)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_an_annotation_of_github_is_one_command_on_one_line(hostile: str) -> None:
    report = report_of(hostile)
    lines = render_github(report).split("\n")
    assert lines.pop() == ""
    assert len(lines) == len([one for one in report if one.allowed is None])
    for line in lines:
        _, command, properties, *_ = (line.split("::", 2)[0], *line.split("::", 2)[1].partition(" ")[::2])
        assert command in ("error", "warning", "notice")
        names = [one.partition("=")[0] for one in properties.split(",")]
        assert set(names) <= {"file", "line", "endLine", "col", "endColumn", "title"}
        assert len(names) == len(set(names))
        assert line.isprintable() or all(one in "\u200c\u200d\u00a0" for one in line if not one.isprintable())


def test_a_mapping_with_hostile_keys_is_reported_as_text() -> None:
    program = kr.load(rulebook(MARK))
    for hostile in HOSTILE:
        report = kr.check({"kpirules": 1, hostile: 1, "inputs": {hostile: {"type": hostile, hostile: 1}}})
        assert report.errors
        assert_texts_only(report._repr_mimebundle_(), report._repr_mimebundle_())
        assert_neutral(render_text(report, color=True), is_styled=True)
        subject = {"post": hostile, "done": hostile, hostile: 1}
        with pytest.raises(kr.SubjectError) as refused:
            kr.assess(program, subject)
        assert_texts_only(refused.value.report._repr_mimebundle_(), refused.value.report._repr_mimebundle_())


# -- appraisals and cohorts -----------------------------------------------------------------------


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_summary_and_the_forms_of_small_values_are_neutral(hostile: str) -> None:
    quota = FrozenMap({
        "quota": hostile, "within": FrozenMap({hostile: hostile}), "band": hostile, "kept": 1, "limit": 1, "held": 2,
        "moved": (hostile,), "undecided": (hostile,),
    })  # fmt: skip
    counts = FrozenMap({hostile: 1})
    stage = StageSummary(
        hostile, 1, counts, counts, FrozenMap({hostile: counts}), (quota,), ((hostile,) * 3,), ((hostile, hostile),)
    )
    assert_neutral(Summary(hostile, FrozenMap({hostile: stage})).text())
    group = kr.QuotaGroup(
        hostile, hostile, FrozenMap({hostile: hostile}), Fraction(1), 0, 1, 1, 1, 1, (hostile,), (hostile,)
    )
    allocation = kr.Allocation(FrozenMap({hostile: staff()}), (group,))
    for value in (group, allocation, FrozenMap({hostile: hostile}), Contribution(hostile, hostile, Fraction(1))):
        assert_neutral(repr(value))


def test_the_page_of_an_explanation_has_no_script_and_loads_nothing() -> None:
    tags = {tag for tag, _ in html_shape(kr.explain(staff()).html())}
    assert not tags & {"script", "link", "img", "iframe", "object", "form"}
