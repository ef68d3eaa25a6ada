"""The Python side of the widget: texts from a browser in, fields, ratings and problems out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traitlets import TraitError

import kpirules as kr
from kpirules.kernel.exact import from_text
from kpirules.language.model import NumberDomain
from kpirules.notebook.changing import changing_of
from kpirules.notebook.sliders import MOST_STOPS, between, slider
from kpirules.notebook.texts import texts_of, values_of
from tests.budget import examples

RULES = """
kpirules: 1
id: demo.visits
title: {en: Visits, vi: Lượt thăm}
inputs:
  done:   {type: integer, min: 0, max: 10, label: {en: Done, vi: Đã làm}, note: Of this year., unit: visits}
  hours:  {type: number, above: 0, below: 24, decimals: 1, optional: true}
  part:   {type: number, min: 0, max: 1, step: 0.25, default: 0.5}
  post:   {type: choice, options: {head: {en: Head, vi: Trưởng}, other: Other}}
  late:   {type: boolean, default: false}
  day:    {type: date, min: 2026-01-01, max: 2026-12-31, optional: true}
  notes:  {type: text, optional: true, max_length: 9}
  visits: {type: list, max_items: 2, column: Thăm, fields: {on: {type: date}, hours: {type: number, decimals: 1}}}
parameters: {most: {value: 60, label: The most}, cut: 25%, is_strict: true}
let: {kept: '1 - cut if is_strict else 1'}
criteria:
  work:  {max: most, rate: done / 10}
  care:  {max: 30, entered: {step: 0.5}}
  hours: {max: 10, points: 'min(count(visits), 10) * kept'}
score: {round: {places: 2}, band_on: rounded}
bands: {good: {from: 50, label: Good}, fair: {from: 0}}
"""

SUBJECT = {"done": 8, "post": "head", "care": Decimal("12.5"), "Thăm": [{"on": date(2026, 7, 1), "hours": 2.5}]}


@pytest.fixture(scope="module")
def rules() -> kr.Program:
    return kr.loads(RULES)


def entered(widget: Any, **changes: Any) -> dict[str, Any]:
    """Send a message as the browser does, and return the answer."""
    widget._entered = {**widget._entered, "view": "v", "serial": widget._entered["serial"] + 1, **changes}
    assert widget._shown["serial"] == widget._entered["serial"]
    return dict(widget._shown)


def typed(widget: Any, **texts: Any) -> dict[str, Any]:
    return entered(widget, values={**widget._entered["values"], **texts})


def ruled(widget: Any, texts: dict[str, str]) -> dict[str, Any]:
    return entered(widget, rules={**widget._entered["rules"], **texts})


def told(answer: dict[str, Any]) -> dict[str, str]:
    return {problem["path"]: problem["message"] for problem in answer["problems"]}


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch, rules: kr.Program) -> None:
    monkeypatch.setattr("kpirules.notebook.find_spec", lambda _: None)
    with pytest.raises(ImportError, match=r'^widgets need an extra: pip install "kpirules\[widget\]"$'):
        kr.widget(rules)


def test_each_input_has_a_field_with_its_label_and_limits(rules: kr.Program) -> None:
    own, entered_ = kr.widget(rules, language="vi")._form["groups"]
    fields = {field["id"]: field for field in own["fields"]}
    assert [own["title"], entered_["title"]] == ["Dữ liệu đầu vào", "Điểm do người đánh giá nhập"]
    assert {id_: (field["kind"], field["label"], field["hint"]) for id_, field in fields.items()} == {
        "done": ("integer", "Đã làm", "từ 0 đến 10"),
        "hours": ("number", "hours", "trên 0 và dưới 24 · nhiều nhất 1 chữ số sau dấu thập phân · có thể để trống"),
        "part": ("number", "part", "từ 0 đến 1 · theo bước 0.25 · nếu để trống: 0.5"),
        "post": ("choice", "post", ""),
        "late": ("boolean", "late", "nếu để trống: không"),
        "day": ("date", "day", "từ 2026-01-01 đến 2026-12-31 · có thể để trống"),
        "notes": ("text", "notes", "có thể để trống"),
        "visits": ("list", "visits", ""),
    }
    assert fields["post"]["options"] == [("head", "Trưởng"), ("other", "Other")]
    assert (fields["done"]["note"], fields["done"]["unit"]) == ("Of this year.", "visits")
    assert (fields["day"]["min"], fields["day"]["max"]) == ("2026-01-01", "2026-12-31")
    assert [field["path"] for field in fields["visits"]["fields"]] == ["visits[].on", "visits[].hours"]
    assert fields["hours"]["slider"] == {
        "first": "0.1",
        "last": "23.9",
        "low": 2,
        "high": 238,
        "step": "1",
        "places": 1,
    }
    assert fields["visits"]["fields"][1]["slider"] is None
    assert entered_["fields"][0]["slider"]["last"] == "30"


def test_texts_are_exact_values(rules: kr.Program) -> None:
    widget = kr.widget(rules, subject=SUBJECT)
    assert widget._entered["values"] == {
        "done": "8",
        "post": "head",
        "care": "12.5",
        "visits": [{"on": "2026-07-01", "hours": "2.5"}],
    }
    assert widget.assessment == kr.assess(rules, SUBJECT)
    answer = typed(widget, hours=" 23.9 ", part="1/4", late="true", day="2026-02-28", notes="so", care="7")
    assert answer["problems"] == []
    assert widget.subject == {
        "done": 8,
        "hours": Decimal("23.9"),
        "part": Decimal("0.25"),
        "post": "head",
        "late": True,
        "day": date(2026, 2, 28),
        "notes": "so",
        "visits": [{"on": date(2026, 7, 1), "hours": Decimal("2.5")}],
        "care": Decimal(7),
    }
    assert widget.assessment == kr.assess(rules, widget.subject)


def test_problems_are_at_their_fields_in_the_language_of_the_form(rules: kr.Program) -> None:
    widget = kr.widget(rules, language="vi")
    assert {problem["path"] for problem in widget._shown["problems"] if problem["is_missing"]} == {
        "done",
        "post",
        "care",
    }
    answer = typed(
        widget, done="11", part="1/3", late="maybe", day="soon", visits=[{"on": "2026-07-01", "hours": "4,5"}]
    )
    found = told(answer)
    assert found["done"] == "Đã làm là 11, lớn hơn 10"
    assert found["visits[0].hours"].endswith("Hãy dùng dấu chấm thập phân: 4.5")
    assert {"part", "late", "day", "post", "care"} < found.keys()
    assert (answer["headline"], answer["wrong"], answer["missing"]) == ("Chưa xếp loại", "Cần sửa: 5", "Còn thiếu: 2")
    assert widget.assessment is None
    assert {problem.code for problem in widget.problems} == {"KR602", "KR603", "KR604"}
    assert widget.subject["part"] == Fraction(1, 3)


def test_a_problem_of_a_whole_list_is_at_the_list(rules: kr.Program) -> None:
    row = {"on": "2026-07-01", "hours": "1"}
    assert told(typed(kr.widget(rules, subject=SUBJECT), visits=[row] * 3)).keys() == {"visits"}


def test_a_fault_is_told() -> None:
    faulty = kr.loads(
        "kpirules: 1\ninputs: {a: {type: integer, min: 0, max: 9}}\nallow: {KR350: a test}\noutputs: {half: 1 / a}\n"
    )
    widget = kr.widget(faulty, subject={"a": 2})
    assert (widget._shown["tone"], widget.assessment.outputs["half"]) == ("good", Fraction(1, 2))
    answer = typed(widget, a="0")
    assert [problem["message"] for problem in answer["problems"]] == [
        "the rules do not work for these values: they divide by zero"
    ]
    assert (widget.assessment, widget.problems[0].code) == (None, "KR620")


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"values": 5, "rules": "x"},
        {"values": {"done": 8, "post": ["head"], "visits": {"on": 1}, "other": "x"}},
        {
            "values": {"visits": [5, None, {"on": None, "hours": []}, [[]]]},
            "rules": {"bands.good.from": 5, "id": "x"},
        },
        {"values": {"done": "9" * 5000, "notes": "\ud800", "day": "2026-02-30"}, "explained": "yes"},
    ],
)
def test_a_message_that_no_widget_sends_is_harmless(rules: kr.Program, message: dict[str, Any]) -> None:
    widget = kr.widget(rules, subject=SUBJECT, changing=["bands.good.from"])
    widget._entered = message
    assert widget.assessment is None
    assert widget.problems
    assert widget.program is rules
    # The next subject is rated as if nothing had been.
    widget.subject = SUBJECT
    assert widget.assessment == kr.assess(rules, SUBJECT)


def test_rules_change_by_path(rules: kr.Program) -> None:
    changing = ["bands.good.from", "parameters.most", "parameters.cut", "parameters.is_strict", "criteria.work.rate"]
    widget = kr.widget(rules, subject=SUBJECT, changing=changing)
    assert widget._form["groups"][0]["title"] == "Rules"
    fields = {field["id"]: field for field in widget._form["groups"][0]["fields"]}
    assert {id_: (field["kind"], field["label"], field["unit"], field["hint"]) for id_, field in fields.items()} == {
        "bands.good.from": ("number", "Good · from", "", "50 in the rulebook"),
        "parameters.most": ("number", "The most", "", "60 in the rulebook"),
        "parameters.cut": ("number", "cut", "%", "25% in the rulebook"),
        "parameters.is_strict": ("boolean", "is strict", "", "yes in the rulebook"),
        "criteria.work.rate": ("formula", "work · rate", "", "done / 10 in the rulebook"),
    }
    assert widget.program is rules
    assert widget.assessment.score == Decimal("61.25")
    assert ruled(widget, {"bands.good.from": "61.5"})["headline"] == "Rated fair · 61.25"
    assert widget.program.rulebook == kr.with_changes(rules, {"bands.good.from": Decimal("61.5")}).rulebook
    ruled(widget, {"bands.good.from": "50", "parameters.cut": "50", "parameters.most": "30"})
    assert widget.assessment.score == Decimal("37")
    ruled(widget, {"parameters.is_strict": "false", "criteria.work.rate": "done / 20"})
    assert widget.assessment.score == Decimal("25.5")
    ruled(widget, dict(widget._written))
    assert widget.program is rules


def test_errors_of_changed_rules_are_at_what_was_changed(rules: kr.Program) -> None:
    widget = kr.widget(rules, subject=SUBJECT, changing=["bands.good.from", "parameters.most", "criteria.care.max"])
    ruled(widget, {"bands.good.from": "60"})
    good = widget.program
    answer = ruled(widget, {"parameters.most": "lots"})
    assert told(answer).keys() == {"rules:parameters.most"}
    assert "`lots`" in answer["problems"][0]["message"]
    assert (widget.program, widget.assessment) == (good, None)
    assert {problem.severity for problem in widget.problems} >= {kr.Severity.ERROR}
    assert ruled(widget, {"parameters.most": "59"})["problems"] == []
    # Without a maximum the points of an assessor have no limit.
    assert told(ruled(widget, {"criteria.care.max": ""})).keys() == {"rules:criteria.care.max"}


def test_an_unwritten_value_can_be_added(rules: kr.Program) -> None:
    widget = kr.widget(
        rules, subject=SUBJECT, changing={"score.max": (50, 150), "criteria.care.max": (20, 40, "2.5")}
    )
    first, second = widget._form["groups"][0]["fields"]
    assert (first["default"], first["slider"]["last"], first["hint"]) == ("", "150", "")
    assert (second["slider"]["first"], second["slider"]["step"], second["slider"]["places"]) == ("20", "25", 1)
    assert widget.program is rules
    ruled(widget, {"criteria.care.max": "22.5"})
    assert widget.program.rulebook.root.children[1].max == Fraction(45, 2)


def test_a_row_of_steps_can_be_changed() -> None:
    rules = kr.loads(
        "kpirules: 1\ninputs: {a: {type: integer, min: 0, max: 9}}\n"
        "criteria: {work: {max: 9, measure: a, steps: [{points: 8, from: 5}, {points: 2, below: 5}]}}\n"
    )
    widget = kr.widget(rules, subject={"a": 7}, changing=["criteria.work.steps[0].points"])
    assert widget._form["groups"][0]["fields"][0]["label"] == "work · steps · row 1 · points"
    ruled(widget, {"criteria.work.steps[0].points": "6.5"})
    assert widget.assessment.score == Decimal("6.5")
    widget.language = "vi"
    assert widget._form["groups"][0]["fields"][0]["label"] == "work · steps · dòng 1 · points"


def test_a_key_that_is_a_number_is_no_row() -> None:
    rules = kr.loads(
        "kpirules: 1\ninputs: {a: {type: choice, options: ['1', '2']}}\n"
        "criteria: {work: {max: 9, measure: a, lookup: {'1': {points: 8}, '2': {points: 2}}}}\n"
    )
    widget = kr.widget(rules, changing='criteria.work.lookup["1"].points')
    assert widget._form["groups"][0]["fields"][0]["label"] == "work · lookup · 1 · points"


@pytest.mark.parametrize(
    ("changing", "reason"),
    [
        (["criteria.wrk.max"], "`criteria.wrk.max` is in no part of the rulebook; parts of `criteria` are "),
        (["bands.god.from"], "there is no band `god`: `bands.god.from` leads to no value"),
        (["inputs.post"], "`inputs.post` has several values: name one of them, such as `inputs.post."),
        ({"bands.good.from": (90, 50)}, "the slider of `bands.good.from` needs its ends, such as (0, 100)"),
        ({"bands.good.from": (0, 50, 0)}, "the slider of `bands.good.from` needs its ends"),
        ({"bands.good.from": ("a", 50)}, "the slider of `bands.good.from` needs its ends"),
    ],
)
def test_what_cannot_be_changed_is_told(rules: kr.Program, changing: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}"):
        kr.widget(rules, changing=changing)


@pytest.mark.parametrize("changing", ["bands", ["bands"], ["bands.good", "bands.fair"], {"bands": (0, 100)}])
def test_a_part_or_section_stands_for_its_numbers(rules: kr.Program, changing: Any) -> None:
    fields = kr.widget(rules, changing=changing)._form["groups"][0]["fields"]
    assert [one["id"] for one in fields] == ["bands.good.from", "bands.fair.from"]


def test_one_path_needs_no_list(rules: kr.Program) -> None:
    fields = kr.widget(rules, changing="bands.good.from")._form["groups"][0]["fields"]
    assert [one["id"] for one in fields] == ["bands.good.from"]


def test_observers_hear_of_ratings(rules: kr.Program) -> None:
    widget = kr.widget(rules, subject=SUBJECT)
    heard: list[Any] = []
    widget.observe(lambda change: heard.append((change["new"].score, widget.subject["done"])), "assessment")
    typed(widget, done="9")
    widget.subject = SUBJECT | {"done": 10}
    assert heard == [(Decimal("67.25"), 9), (Decimal("73.25"), 10)]
    with pytest.raises(TraitError, match="read-only"):
        widget.assessment = None


def test_an_observer_may_fail_or_answer(rules: kr.Program) -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError

    widget = kr.widget(rules, subject=SUBJECT)
    widget.observe(fail, "assessment")
    with pytest.raises(ZeroDivisionError):
        typed(widget, done="9")
    assert widget._shown["headline"] == "Rated good · 67.25"
    assert widget.assessment.score == Decimal("67.25")
    widget.unobserve_all("assessment")

    def at_most_five(change: Any) -> None:
        if change["new"].get("done", 0) > 5:
            widget.subject = change["new"] | {"done": 5}

    widget.observe(at_most_five, "subject")
    typed(widget, done="7")
    assert widget._entered["values"]["done"] == "5"
    assert (widget.subject["done"], widget.assessment.score) == (5, Decimal("43.25"))


def test_a_subject_from_python_fills_the_fields(rules: kr.Program) -> None:
    @attrs.frozen
    class Person:
        done: int
        post: str
        care: float
        late: bool = False

    widget = kr.widget(rules, subject=Person(8, "head", 12.5))
    assert widget._entered["values"] == {"done": "8", "post": "head", "care": "12.5", "late": "false", "visits": []}
    widget.subject = {"done": 3}
    assert widget.subject == {"done": 3, "visits": []}
    assert widget._entered["view"] == ""
    with pytest.raises(kr.SubjectError, match="did you mean `done`"):
        widget.subject = {"dome": 3}
    assert widget.subject == {"done": 3, "visits": []}
    for wrong in (5, {"visits": [5]}):
        with pytest.raises(kr.SubjectError, match="KR600"):
            kr.widget(rules, subject=wrong)
    assert (
        told(kr.widget(rules, subject={"visits": 5})._shown)["visits"] == 'visits is the text "5"; a list is expected'
    )


def test_the_language_can_be_changed(rules: kr.Program) -> None:
    widget = kr.widget(rules, subject=SUBJECT)
    assert (widget._form["title"], widget._form["words"]["yes"]) == ("Visits", "yes")
    widget.language = "vi"
    assert (widget._form["title"], widget._form["words"]["yes"]) == ("Lượt thăm", "có")
    assert widget._shown["headline"] == "Xếp loại «good» · 61.25"


def test_reasons_are_written_on_demand(rules: kr.Program) -> None:
    widget = kr.widget(rules, subject=SUBJECT)
    assert "<table" not in widget._shown["html"]
    assert widget._shown["html"].count("<svg") == 2
    assert "<table" in entered(widget, explained=True)["html"]


def test_a_subject_chooses_its_variant() -> None:
    rules = kr.loads(
        "kpirules: 1\ninputs: {post: {type: choice, options: [head, deputy]}, a: {type: integer, min: 0, max: 9}}\n"
        "criteria: {work: {max: 9, points: a}}\nvariant_by: post\n"
        "variants: {head: {criteria: {work: {max: 18}}}, deputy: {}}\n"
    )
    widget = kr.widget(rules, subject={"post": "deputy", "a": 9}, changing=["criteria.work.max"])
    assert widget.assessment.outcomes["work"].max == 9
    typed(widget, post="head")
    assert widget.assessment.outcomes["work"].max == 18
    dated = kr.loads(
        "kpirules: 1\ncriteria: {work: {max: 9, points: 5}}\n"
        "amendments: [{from: 2026-07-01, change: {criteria: {work: {max: 8}}}}]\n"
    )
    with pytest.raises(kr.RulebookError, match="KR5"):
        kr.widget(dated)
    assert kr.widget(dated.part(on=date(2026, 8, 1))).assessment.outcomes["work"].max == 8


def test_rules_that_are_not_in_force_are_told_at_no_field() -> None:
    dated = kr.loads(
        "kpirules: 1\neffective: {from: 2026-01-01}\ninputs: {day: {type: date}}\nedition_by: day\n"
        "criteria: {work: {max: 9, points: 5}}\namendments: [{from: 2026-07-01, change: {criteria: {work: {max: 8}}}}]\n"
    )
    widget = kr.widget(dated, subject={"day": date(2026, 8, 1)})
    assert widget.assessment.outcomes["work"].max == 8
    answer = typed(widget, day="2025-01-01")
    assert [problem["path"] for problem in answer["problems"]] == [widget.problems[0].path]


def test_a_rulebook_that_compares_people_is_refused() -> None:
    ranked = kr.loads("kpirules: 1\ninputs: {a: {type: integer, min: 0, max: 9}}\noutputs: {place: cohort_rank(a)}\n")
    with pytest.raises(kr.SubjectError, match="assess_cohort"):
        kr.widget(ranked)


def test_a_band_before_quotas_is_marked() -> None:
    rules = kr.loads(
        "kpirules: 1\ninputs: {x: {type: integer, min: 0, max: 100}}\ncriteria: {main: {max: 100, points: x}}\n"
        "bands: {top: {from: 90}, low: {from: 0}}\ncohort: {quotas: {few: {band: top, at_most: 20%, of: all, base: before,"
        " round: down, minimum: 0, order: [score], ties: undecided, demote_to: low}}}\n"
    )
    assert "before quotas" in kr.widget(rules, subject={"x": 95})._shown["html"]


def test_a_widget_has_a_short_representation(rules: kr.Program) -> None:
    assert repr(kr.widget(rules, subject=SUBJECT)) == "<RatingWidget demo.visits · Rated good · 61.25>"


def stops(places: dict[str, Any]) -> list[Fraction]:
    """Return the numbers of a slider as the browser computes them."""
    inner = range(places["low"], places["high"] + 1)
    texts = [places["first"], places["last"]]
    low, high = (number for text in texts if (number := from_text(text)) is not None)
    return [low, *(Fraction(at * int(places["step"]), 10 ** places["places"]) for at in inner), high]


ENDS = st.decimals(-1000, 1000, places=2).map(Fraction)


@settings(max_examples=examples(60), deadline=None)
@given(data=st.data(), is_open=st.tuples(st.booleans(), st.booleans()), is_integer=st.booleans())
def test_each_place_of_a_slider_is_a_value_of_its_domain(
    data: Any, is_open: tuple[bool, bool], is_integer: bool
) -> None:
    low, high = sorted(data.draw(st.tuples(ENDS, ENDS)))
    domain = NumberDomain(
        None if is_open[0] else low,
        None if is_open[1] else high,
        low if is_open[0] else None,
        high if is_open[1] else None,
        data.draw(st.none() | st.integers(0, 4)),
        data.draw(st.none() | st.sampled_from([Fraction(1, 4), Fraction(3), Fraction(1, 3)])),
        is_integer,
    )
    if (places := slider(domain)) is None:
        return
    found = stops(places)
    assert found == sorted(set(found))
    assert len(found) <= MOST_STOPS + 3
    assert all((number / domain.grid.unit).denominator == 1 for number in found)
    assert low < found[0] if is_open[0] else low <= found[0]
    assert found[-1] < high if is_open[1] else found[-1] <= high


def test_numbers_of_rules_have_about_a_hundred_places() -> None:
    counts = {
        text: len(stops(slider(between(Fraction(0), Fraction(text))) or {})) for text in ("1", "7", "140", "0.5")
    }
    assert counts == {"1": 2, "7": 8, "140": 141, "0.5": 101}


@pytest.mark.parametrize("read", [texts_of, values_of])
def test_what_is_no_mapping_has_no_values(read: Callable[..., Any], rules: kr.Program) -> None:
    assert read(rules.inputs.values(), 5) == {}


def test_places_keep_the_order_in_which_they_are_named(rules: kr.Program) -> None:
    paths = ["score.round.places", "bands.good.from"]
    assert [place.path for place in changing_of(rules, paths)] == paths
