"""Programs of several variants and editions: which part rates a subject, and which choices are required."""

from __future__ import annotations

import pickle
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

import kpirules as kr
from kpirules.documents import content_hash
from kpirules.loading.loading import load_whole, show
from kpirules.rating.program import Program
from tests.budget import some

BASE = """
kpirules: 1
id: review
edition: "2026"
effective: {from: 2026-01-01, until: 2028-01-01}
inputs:
  done: {type: integer, min: 0, max: 10}
  post: {type: choice, options: [staff, head]}
  month_end: {type: date}
criteria: {work: {max: 100, rate: done / 10}}
score: {round: {places: 0}, band_on: rounded}
bands: {good: {from: 50}, poor: {from: 0}}
variants:
  staff: {}
  head:
    criteria: {work: {max: 80}, care: {max: 20, entered: {step: 1}}}
    outputs: {pay: score * 2}
amendments: [{from: 2026-07-01, change: {bands: {good: {from: 60}}}}]
"""
BY_SUBJECT = BASE + "variant_by: post\nedition_by: month_end\n"
ASKING = BASE + "allow: {KR242: nothing reads what tells the variant and the day}\n"


@attrs.frozen
class Person:
    done: int
    post: str
    month_end: date
    care: int | None = None


def codes(text: str, **chosen: Any) -> list[str]:
    """Return the codes of the errors that loading raises."""
    try:
        kr.loads(text, **chosen)
    except kr.RulebookError as refusal:
        return [one.code for one in refusal.report.errors]
    return []


def rated(program: Program, **subject: Any) -> tuple[str, str, str | None]:
    one = kr.assess(program, subject)
    assert one == kr.assess(program, subject, engine="reference")
    return one.variant, one.edition, one.band


def test_a_subject_is_rated_by_its_variant_and_edition() -> None:
    program = kr.loads(BY_SUBJECT)
    june, july = date(2026, 6, 30), date(2026, 7, 1)
    assert rated(program, done=5, post="staff", month_end=june) == ("staff", "2026", "good")
    assert rated(program, done=5, post="staff", month_end=july) == ("staff", "2026, amended 2026-07-01", "poor")
    assert rated(program, done=5, post="head", month_end=june, care=10) == ("head", "2026", "good")
    assert kr.assess(program, Person(5, "head", july, 20)).points == {"work": 40, "care": 20}


def test_a_subject_that_gives_what_only_another_variant_has_is_refused() -> None:
    program = kr.loads(BY_SUBJECT)
    with pytest.raises(kr.SubjectError) as refusal:
        kr.assess(program, {"done": 5, "post": "staff", "month_end": "2026-01-31", "care": 3})
    assert [(one.code, one.path) for one in refusal.value.report] == [("KR601", "care")]


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ({}, [("KR602", "post"), ("KR602", "month_end")]),
        ({"post": "boss", "month_end": 5}, [("KR604", "post"), ("KR603", "month_end")]),
        ({"post": "head", "month_end": "2025-12-31"}, [("KR536", "month_end")]),
        ({"post": "head", "month_end": "2028-01-01"}, [("KR536", "month_end")]),
        (5, [("KR600", "")]),
    ],
)
def test_the_inputs_that_choose_variant_and_edition_must_be_valid(subject: object, expected: object) -> None:
    with pytest.raises(kr.SubjectError) as refusal:
        kr.assess(kr.loads(BY_SUBJECT), subject)
    assert [(one.code, one.path) for one in refusal.value.report] == expected


def test_a_variant_and_a_day_that_are_asked_for_outrank_what_the_subject_tells() -> None:
    subject = {"done": 5, "post": "staff", "month_end": "2026-01-31", "care": 20}
    program = kr.loads(BY_SUBJECT, variant="head", on="2026-07-01")
    assert program.parts == {}
    assert rated(program, **subject) == ("head", "2026, amended 2026-07-01", "good")
    by_day = kr.loads(BY_SUBJECT, variant="head")
    assert rated(by_day, **subject)[:2] == ("head", "2026")
    by_post = kr.loads(BY_SUBJECT, on=date(2026, 7, 1))
    assert (by_post.variant_by, by_post.edition_by) == ("post", "")
    assert rated(by_post, **{**subject, "care": None})[:2] == ("staff", "2026, amended 2026-07-01")


def test_a_rulebook_with_variants_asks_for_one_when_it_is_loaded() -> None:
    with pytest.raises(kr.RulebookError) as refusal:
        kr.loads(ASKING)
    (one,) = refusal.value.report
    assert (one.code, one.message) == ("KR531", "the rulebook has the variants `staff` and `head`")


def test_a_rulebook_with_amendments_asks_for_the_day_when_somebody_is_assessed() -> None:
    program = kr.loads(ASKING, variant="staff")
    for engine in ("scalar", "reference"):
        with pytest.raises(kr.RulebookError) as refusal:
            kr.assess(program, {"done": 5, "post": "staff", "month_end": "2026-01-31"}, engine=engine)
        assert [one.code for one in refusal.value.report] == ["KR535"]
    with pytest.raises(kr.RulebookError):
        kr.assess_table(program, [])
    assert kr.loads(ASKING, variant="staff", on="2026-01-01").report.is_clean


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"variant": "boss"}, ["KR530"]),
        ({"variant": "head", "on": "2025-12-31"}, ["KR536"]),
        ({"on": "2028-01-01"}, ["KR536", "KR536"]),
        ({"variant": "head", "on": "2027-12-31"}, []),
    ],
)
def test_a_requested_variant_or_day_must_exist(chosen: dict[str, Any], expected: list[str]) -> None:
    assert sorted(codes(BY_SUBJECT, **chosen)) == sorted(dict.fromkeys(expected))


def test_a_rulebook_without_variants_has_none_that_could_be_asked_for() -> None:
    assert codes("kpirules: 1\noutputs: {a: 1}", variant="head") == ["KR530"]
    assert codes("kpirules: 1\noutputs: {a: 1}", on="2026-01-01") == []


@pytest.mark.parametrize("on", ["2026-13-01", "soon", ""])
def test_a_day_that_is_none_is_a_mistake_of_the_program(on: str) -> None:
    with pytest.raises(ValueError, match="is a date such as"):
        kr.loads(BY_SUBJECT, on=on)


def test_a_point_in_time_is_no_day() -> None:
    with pytest.raises(TypeError):
        kr.loads(BY_SUBJECT, on=datetime(2026, 1, 1))


def test_parts_are_chosen_by_hand_as_well() -> None:
    program = kr.loads(BY_SUBJECT)
    assert list(program.parts) == [(v, d) for v in ("staff", "head") for d in (None, date(2026, 7, 1))]
    assert program.variants == ("staff", "head")
    part = program.part("head", date(2026, 7, 1))
    assert part == kr.loads(BY_SUBJECT, variant="head", on="2026-07-01")
    assert part.part("head", date(2027, 1, 1)) is part
    assert program.narrowed("staff").whole == tuple(list(program.parts.values())[:2])
    for chosen, code in (
        ((), "KR531"),
        (("head",), "KR535"),
        (("boss",), "KR530"),
        ((None, date(2025, 1, 1)), "KR536"),
    ):
        with pytest.raises(kr.RulebookError) as refusal:
            program.part(*chosen)
        assert [one.code for one in refusal.value.report] == [code]
    with pytest.raises(kr.RulebookError):
        part.part("head", date(2026, 1, 1))


def test_a_program_with_parts_is_a_value() -> None:
    program = kr.loads(BY_SUBJECT)
    again = pickle.loads(pickle.dumps(program))
    assert again == program
    assert hash(again) == hash(program)
    assert again.report == program.report
    assert program != kr.loads(BY_SUBJECT, on="2026-01-01")
    assert program.rulebook == program.whole[0].rulebook
    assert program.id == "review"
    subject = {"done": 5, "post": "staff", "month_end": "2026-07-31"}
    assert kr.assess(again, subject) == kr.assess(program, subject)


def test_the_hashes_of_a_merged_rulebook_are_those_of_what_it_says() -> None:
    merged = kr.loads(BY_SUBJECT, variant="staff", on="2026-07-01").rulebook
    plainly = BY_SUBJECT.partition("variants:")[0].replace("{from: 50}", "{from: 60}")
    by_hand = kr.loads(plainly + "allow: {KR242: x}").rulebook
    assert merged.scoring_hash == by_hand.scoring_hash
    assert merged.scoring_hash != kr.loads(BY_SUBJECT, variant="staff", on="2026-01-01").rulebook.scoring_hash
    assert merged.content_hash == content_hash(merged)


def test_a_finding_is_told_once_with_the_variants_it_concerns() -> None:
    text = BY_SUBJECT.replace("from: 0}}", "from: 1}}").replace("max: 80}", "max: 80, rate: 1 - done / 10 / 2}")
    report = kr.check(text=text)
    assert [(one.code, one.notes[-1]) for one in report.findings] == [("KR330", "concerns `staff`")]


def test_what_serves_another_variant_is_not_unused_and_an_input_that_must_be_given_for_nothing_is() -> None:
    text = """
kpirules: 1
inputs:
  post: {type: choice, options: [a, b]}
  x: {type: number, min: 0, max: 1}
  y: {type: number, min: 0, max: 1}
parameters: {first: 1, second: 2, never: 3}
variant_by: post
criteria: {one: {max: 10, rate: x}}
score: {band_on: exact}
variants:
  a: {outputs: {pay: first * y}}
  b: {outputs: {pay: second}}
"""
    found = [(one.code, one.path, one.notes) for one in kr.check(text=text).findings if one.code == "KR242"]
    assert found == [("KR242", "inputs.y", ("concerns `b`",)), ("KR242", "parameters.never", ())]


def test_an_acceptance_that_serves_one_variant_is_not_unused() -> None:
    text = """
kpirules: 1
criteria: {one: {max: 100, entered: {step: 1}}}
bands: {good: {above: 50}, poor: {below: 50}}
variants:
  a: {}
  b: {bands: {replace: true, fair: {from: 50}, poor: {below: 50}}}
allow: {KR330: the regulation leaves it open}
"""
    assert [one.code for one in kr.check(text=text).findings] == []
    assert [one.code for one in kr.check(text=text, variant="b").findings] == ["KR243"]


def test_check_takes_a_variant_and_a_day() -> None:
    assert [one.code for one in kr.check(text=BY_SUBJECT, variant="boss")] == ["KR530"]
    assert [one.code for one in kr.check(text=BY_SUBJECT, on="2025-01-01").errors] == ["KR536"]
    program = kr.loads(BY_SUBJECT)
    assert kr.check(program) == program.report
    assert kr.check(program, variant="head", on="2026-07-01") == program.part("head", date(2026, 7, 1)).report


def test_a_broken_variant_is_told_and_stops_the_whole() -> None:
    text = BY_SUBJECT.replace("max: 80}", "max: eighty}")
    with pytest.raises(kr.RulebookError) as refusal:
        kr.loads(text)
    assert {one.notes for one in refusal.value.report.errors} == {("concerns `head`",)}
    assert codes(text, variant="staff") == []


def test_a_broken_variant_beside_an_unknown_day() -> None:
    assert set(codes(BY_SUBJECT.replace("max: 80}", "max: {}}"), on="2025-01-01")) == {"KR121", "KR536"}


def test_an_edition_input_without_amendments_keeps_the_period() -> None:
    text = BASE.partition("variants:")[0] + "edition_by: month_end\nallow: {KR242: post}\n"
    program = kr.loads(text)
    assert list(program.parts) == [("", None)]
    assert rated(program, done=5, post="staff", month_end="2026-01-01") == ("", "2026", "good")
    with pytest.raises(kr.SubjectError):
        kr.assess(program, {"done": 5, "post": "staff", "month_end": "2029-01-01"})


def test_a_table_holds_subjects_of_all_variants() -> None:
    program = kr.loads(BY_SUBJECT)
    rows = [
        {"done": 5, "post": "staff", "month_end": "2026-01-31"},
        {"done": 5, "post": "head", "month_end": "2026-07-31", "care": 20},
    ]
    columns = ["score", "band", "points.care", "outputs.pay"]
    for engine_rows in (rows, [{**rows[0], "care": None}, rows[1]]):
        found = [
            tuple(row[name] for name in columns) for row in kr.assess_table(program, engine_rows, columns=columns)
        ]
        assert found == [(50, "good", None, None), (60, "good", 20, 120)]


def test_a_data_frame_holds_subjects_of_all_variants() -> None:
    pl = pytest.importorskip("polars")
    text = BY_SUBJECT.replace("staff: {}", 'staff: {outputs: {pay: post == "staff"}}')
    frame = pl.DataFrame(
        {"done": [5, 5], "post": ["staff", "head"], "month_end": ["2026-01-31"] * 2, "care": [None, 20]}
    )
    found = kr.assess_table(kr.loads(text), frame, columns=["score", "points.care"])
    assert found.select("score", "points.care").rows() == [(50.0, None), (60.0, 20.0)]


# -- files ----------------------------------------------------------------------------------------


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".kpi.yaml").write_text(f"kpirules: 1\n{text}", encoding="utf-8")
    return folder / "main.kpi.yaml"


CITY = "criteria: {work: {max: 100, entered: {step: 1}}}\nscore: {band_on: exact}"


def test_an_extended_file_is_found_from_the_file_that_names_it(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        main="extends: rules/region.kpi.yaml\ncriteria: {work: {max: 80}}",
        rules__region="extends: ../city.kpi.yaml\nid: region",
        city=CITY,
    )
    rulebook = kr.load(path).rulebook
    assert (rulebook.id, rulebook.root and rulebook.root.max) == ("region", 80)
    assert "    max: 80\n" in show(path)
    assert f"# from {tmp_path.as_posix()}/city.kpi.yaml:2" in show(path)


def test_a_step_back_through_a_link_stays_as_it_is_written(tmp_path: Path) -> None:
    path = write(
        tmp_path, main="extends: rules/../city.kpi.yaml", city="id: wrong", far__city=CITY, far__rules__x="id: x"
    )
    (tmp_path / "rules").symlink_to(tmp_path / "far" / "rules")
    assert f"# from {tmp_path.as_posix()}/rules/../city.kpi.yaml:2" in show(path)


def test_links_that_lead_to_each_other_are_no_rulebook(tmp_path: Path) -> None:
    path = write(tmp_path, main="extends: one.kpi.yaml")
    (tmp_path / "one.kpi.yaml").symlink_to(tmp_path / "two.kpi.yaml")
    (tmp_path / "two.kpi.yaml").symlink_to(tmp_path / "one.kpi.yaml")
    (found,) = kr.check(path).errors
    assert (found.code, found.message) == (
        "KR521",
        "the extended document one.kpi.yaml can't be read: too many levels of symbolic links",
    )


@pytest.mark.parametrize("written", ["~", "null", "''"])
def test_nothing_is_no_path(tmp_path: Path, written: str) -> None:
    (found,) = kr.check(write(tmp_path, main=f"extends: {written}")).errors
    this = "a text" if written == "''" else "empty"
    assert found.message == f"`extends` must be the path of a rulebook, not {this}"


def test_a_mistake_is_told_in_the_file_that_makes_it(tmp_path: Path) -> None:
    path = write(tmp_path, main="extends: city.kpi.yaml\nid: a", city=CITY.replace("step: 1", "step: x"))
    (found,) = kr.check(path).errors
    assert found.span is not None
    assert (Path(found.span.source.name).name, found.span.line) == ("city.kpi.yaml", 2)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"main": "extends: none.kpi.yaml"}, ["KR521"]),
        ({"main": "extends: main.kpi.yaml"}, ["KR522"]),
        ({"main": "extends: city.kpi.yaml", "city": "extends: sub/../main.kpi.yaml", "sub__x": ""}, ["KR522"]),
        ({"main": "extends: 5"}, ["KR121"]),
        ({"main": "extends: city.kpi.yaml", "city": "id: a\nid: b"}, ["KR103"]),
        ({"main": "extends: city.kpi.yaml", "city": "a: *b"}, ["KR105"]),
        ({"main": "extends: 1.kpi.yaml", **{str(n): f"extends: {n + 1}.kpi.yaml" for n in range(1, 20)}}, ["KR522"]),
    ],
)
def test_an_extended_file_that_cannot_be_used_is_told(
    tmp_path: Path, texts: dict[str, str], expected: list[str]
) -> None:
    path = write(tmp_path, **texts)
    found = [one.code for one in kr.check(path).errors]
    assert len(found) == len(expected)
    with pytest.raises(kr.RulebookError):
        kr.load(path)
    with pytest.raises(kr.RulebookError):
        show(path)


def test_a_text_and_a_mapping_extend_nothing() -> None:
    for refused in (lambda: kr.loads("kpirules: 1\nextends: a"), lambda: kr.load({"kpirules": 1, "extends": "a"})):
        with pytest.raises(kr.RulebookError) as refusal:
            refused()
        assert [one.code for one in refusal.value.report] == ["KR520"]
    assert [one.code for one in kr.check(text="kpirules: 1\nextends: a")] == ["KR520"]
    assert [one.code for one in kr.check({"kpirules": 1, "extends": 5})] == ["KR121"]


def test_one_variant_and_edition_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.kpi.yaml"
    path.write_text(BY_SUBJECT, encoding="utf-8")
    assert "from: 60" in show(path, variant="staff", on="2026-07-01")
    for chosen, code in (({}, "KR531"), ({"variant": "head"}, "KR535"), ({"variant": "boss"}, "KR530")):
        with pytest.raises(kr.RulebookError) as refusal:
            show(path, **chosen)
        assert [one.code for one in refusal.value.report] == [code]


def test_load_whole_keeps_all_variants_and_editions(tmp_path: Path) -> None:
    path = tmp_path / "a.kpi.yaml"
    path.write_text(ASKING, encoding="utf-8")
    program = load_whole(path)
    assert program.variants == ("staff", "head")
    with pytest.raises(kr.RulebookError):
        program.settled()
    assert kr.loads(BY_SUBJECT).settled().variants == ("staff", "head")


def test_a_notebook_shows_what_all_variants_have_together() -> None:
    shown = kr.loads(BY_SUBJECT)._repr_mimebundle_()["text/plain"]
    assert "variants: staff, head" in shown
    assert "care" in shown
    assert "variants" not in kr.loads("kpirules: 1\noutputs: {a: 1}")._repr_mimebundle_()["text/plain"]


ROOT = Path(__file__).parents[3]
MERGED = (
    "examples/commune2026/leader.kpi.yaml",
    "examples/kontum1923/positions.kpi.yaml",
    "examples/amended2026/month.kpi.yaml",
    *(f"tests/conformance/accepted/overlays/{name}.kpi.yaml" for name in ("amendments", "variants", "district")),
)


@pytest.mark.parametrize("name", some(MERGED, 2))
def test_what_is_shown_is_a_rulebook_that_rates_alike(name: str) -> None:
    for part in some(load_whole(ROOT / name, root=ROOT).whole, 4):
        version = part.rulebook.version
        on = version.from_ or (version.until and version.until - timedelta(days=1))
        again = kr.loads(show(ROOT / name, variant=version.variant or None, on=on, root=ROOT)).rulebook
        assert again.scoring_hash == part.rulebook.scoring_hash
        assert (again.variant_by, again.edition_by) == (
            "" if version.variant else part.rulebook.variant_by,
            "" if on else part.rulebook.edition_by,
        )


def test_a_file_name_with_a_line_break_breaks_no_line_of_what_is_shown(tmp_path: Path) -> None:
    path = write(tmp_path, main='extends: "a\\nb: 5.kpi.yaml"\ntitle: T')
    (tmp_path / "a\nb: 5.kpi.yaml").write_text(f"kpirules: 1\n{CITY}", encoding="utf-8")
    text = show(path)
    assert f"# from {tmp_path.as_posix()}/a␊b: 5.kpi.yaml:2" in text
    assert kr.loads(text).rulebook.scoring_hash == kr.load(path).rulebook.scoring_hash


def test_a_text_that_looks_like_a_number_is_shown_in_quotes(tmp_path: Path) -> None:
    assert 'title: "1e400"\n' in show(write(tmp_path, main="title: '1e400'"))


@pytest.mark.parametrize(("double", "codes"), [("item.n * 2", []), ("item.n * 3", ["KR403"])])
def test_members_are_compared_by_what_computed_fields_of_records_mean(double: str, codes: list[str]) -> None:
    text = f"""
kpirules: 1
inputs:
  post: {{type: choice, options: [head, staff]}}
  tasks: {{type: list, fields: {{n: {{type: integer, min: 0, max: 9}}}}, let: {{double: item.n * 2}}}}
variant_by: post
variants: {{head: {{inputs: {{tasks: {{let: {{double: "{double}"}}}}}}}}, staff: {{}}}}
cohort: {{max_members: 100}}
outputs: {{rank: cohort_rank(sum(t.double for t in tasks))}}
"""
    text = text if codes else text.replace('{inputs: {tasks: {let: {double: "item.n * 2"}}}}', "{}")
    assert [one.code for one in kr.check(text=text).findings] == codes
