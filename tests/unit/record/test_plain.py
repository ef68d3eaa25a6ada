"""A recorded assessment is written as plain data and read back without loss."""

import json
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

from kpirules import assess, explain, load
from kpirules.kernel.mappings import FrozenMap
from kpirules.record import Assessment, Condition, Margin, Value
from kpirules.record.plain import FORMAT, to_data
from tests.budget import examples
from tests.records import computation, exempt, records, staff, unit

written_by_hand = pytest.mark.parametrize("record", [staff(), staff(disciplined=True), unit(), exempt()])


class TestWriting:
    @written_by_hand
    def test_what_is_written_is_read_back_equal(self, record: Assessment) -> None:
        assert Assessment.from_data(record.to_data()) == record
        assert Assessment.from_json(record.to_json()) == record

    @written_by_hand
    def test_types_and_order_survive_too(self, record: Assessment) -> None:
        assert repr(Assessment.from_json(record.to_json(indent=2))) == repr(record)

    @settings(max_examples=examples(150), suppress_health_check=list(HealthCheck), deadline=None)
    @given(records())
    def test_any_record_is_read_back_equal(self, record: Assessment) -> None:
        again = Assessment.from_json(record.to_json())
        assert again == record
        assert again.to_json() == record.to_json()

    def test_data_has_the_format_and_every_field_in_order(self) -> None:
        assert list(staff().to_data()) == ["format", *(f.name for f in attrs.fields(Assessment))]
        assert staff().to_data()["format"] == FORMAT

    def test_numbers_are_exact_texts(self) -> None:
        data = staff().to_data()
        assert data["score"] == "89.21"
        assert data["exact_score"] == "2141/24"
        assert data["margin"]["up"] == "0.79"

    def test_a_distance_whose_decimal_does_not_end_is_a_fraction(self) -> None:
        record = attrs.evolve(staff(), margin=Margin(Fraction(1, 3), Decimal("0.5")))
        assert record.to_data()["margin"]["up"] == "1/3"
        assert Assessment.from_data(record.to_data()).margin == record.margin

    def test_a_small_decimal_is_written_without_an_exponent(self) -> None:
        assert attrs.evolve(staff(), score=Decimal("0.0000001")).to_data()["score"] == "0.0000001"

    def test_texts_and_dates_cannot_be_taken_for_numbers(self) -> None:
        values: FrozenMap[str, Value] = FrozenMap({"text": "89.58", "number": Fraction("89.58"), "none": None})
        data = attrs.evolve(staff(), outputs=values).to_data()
        assert data["outputs"] == {"text": {"text": "89.58"}, "number": "89.58", "none": None}
        assert unit().to_data()["let"]["since"] == {"date": "2026-01-01"}

    def test_readings_are_pairs(self) -> None:
        data = unit().to_data()["limits"][0]["computation"]
        readings = [["report_days", "7"]]
        assert data == {"formula": "report_days > 5", "readings": readings, "value": True, "terms": []}

    def test_json_keeps_letters_and_is_the_same_each_time(self) -> None:
        assert "Kết quả thực hiện nhiệm vụ" in staff().to_json()
        assert staff().to_json() == staff().to_json()


def changed(path: str, value: object) -> dict[str, object]:
    """Return the data of a record with one place changed."""
    data = to_data(unit())
    *way, last = path.split("/")
    place: Any = data
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    place[int(last) if last.isdigit() else last] = value
    return data


class TestReading:
    @pytest.mark.parametrize(
        ("path", "value", "message"),
        [
            ("format", "kpirules.assessment/2", "format: expected `kpirules.assessment/1`, found "),
            ("score", 90, "score: expected the text of a decimal, found 90"),
            ("score", "9e1", "score: expected the text of a decimal, found "),
            ("exact_score", 90.5, "exact_score: expected the exact text of a number, found 90.5"),
            ("exact_score", "1/0", "exact_score: expected the exact text of a number, found "),
            ("status", None, "status: expected a text, found null"),
            ("because", "bands", "because: expected a list, found "),
            ("because/0", 1, "because[0]: expected a text, found 1"),
            ("outcomes", [], "outcomes: expected a mapping by name, found []"),
            ("outcomes", {1: {}}, "outcomes: expected a mapping by name, found "),
            ("outcomes/score/points", True, "outcomes.score.points: expected the exact text of a number"),
            (
                "outcomes/score/contributions/0/points",
                None,
                "outcomes.score.contributions[0].points: expected the exact",
            ),
            ("outcomes/score/id", "other", "outcomes.score.id: expected `score`, found "),
            ("limits/0/held", "true", "limits[0].held: expected true or false, found "),
            ("limits/0/computation/readings/0", ["a"], "limits[0].computation.readings[0]: expected a list of 2"),
            ("let/since", {"date": "2026-02-30"}, "let.since.date: expected a date such as 2026-01-01"),
            (
                "let/since",
                {"date": "2026-01-01", "text": ""},
                "let.since: expected the exact text of a number",
            ),
            ("let/attainment", 0.97, "let.attainment: expected the exact text of a number, found 0.97"),
            ("margin", [], "margin: expected a mapping, found []"),
            ("margin/up", 1, "margin.up: expected the text of a decimal, found 1"),
            ("margin/up", "1/x", "margin.up: expected the exact text of a number, found "),
            (
                "outcomes/score/outcome",
                'scored"><script>',
                "outcomes.score.outcome: expected `scored`, `excluded` or `missing`, found ",
            ),
            (
                "outcomes/score/outcome",
                ["scored"],
                "outcomes.score.outcome: expected `scored`, `excluded` or `missing`",
            ),
            (
                "outcomes/score/why",
                "<b>",
                "outcomes.score.why: expected `applies`, `absent`, `parent`, `nothing_remains`, `nothing_to_rescale`, "
                "`too_little_remains`, `unrated_child` or `undefined` or an empty text, found ",
            ),
            (
                "outcomes/score/policy",
                "none",
                "outcomes.score.policy: expected `exclude`, `zero`, `full` or `unrated` or an empty text, found ",
            ),
            (
                "outcomes/score/computations",
                {"<b>": None},
                "outcomes.score.computations.<b>: expected `applies`, `points`, `rate`, `met`, `measure` or `cases`, found ",
            ),
            (
                "outcomes/score/contributions/0/kind",
                "<script>",
                "outcomes.score.contributions[0].kind: expected `criterion`, `own`, `rescale`, `clamp`, `limit` or `rounding`",
            ),
            ("legend/band_on", "x", "legend.band_on: expected `rounded`, `exact` or `measure`, found "),
            (
                "status",
                "<b>",
                "status: expected a name of letters, digits and `_` that begins with a letter, found ",
            ),
            ("legend/entries/bands.a/colour", "", "legend.entries.bands.a.colour: unknown field"),
        ],
    )
    def test_anything_else_is_refused_with_its_place(self, path: str, value: object, message: str) -> None:
        with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
            Assessment.from_data(changed(path, value))

    def test_a_field_that_is_missing_is_named(self) -> None:
        data = to_data(unit())
        del data["limits"][0]["held"]
        with pytest.raises(ValueError, match=r"limits\[0\].held: missing field"):
            Assessment.from_data(data)

    def test_an_unknown_field_at_the_top_is_named(self) -> None:
        with pytest.raises(ValueError, match="colour: unknown field"):
            Assessment.from_data({**to_data(unit()), "colour": 1})

    @pytest.mark.parametrize("found", [None, [], "text", 3])
    def test_what_is_not_a_mapping_is_refused(self, found: object) -> None:
        with pytest.raises(ValueError, match="the record: expected a mapping"):
            Assessment.from_data(found)

    def test_what_json_cannot_show_is_refused_anyway(self) -> None:
        with pytest.raises(ValueError, match="score: expected the text of a decimal"):
            Assessment.from_data({**to_data(unit()), "score": Fraction(1)})

    @pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "NaN", '{"format": 1e999}'])
    def test_text_that_is_not_a_record_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - the reasons are those of JSON
            Assessment.from_json(text)

    def test_a_name_that_is_a_duplicate_is_refused(self) -> None:
        text = staff().to_json()
        with pytest.raises(ValueError, match="`status` is a duplicate key"):
            Assessment.from_json(text.replace('"status"', '"status": "rated", "status"', 1))

    def test_data_from_other_libraries_may_use_tuples(self) -> None:
        data = to_data(unit())
        data["because"] = tuple(data["because"])
        assert Assessment.from_data(data) == unit()

    def test_a_condition_survives_json(self) -> None:
        condition = Condition("x", True, computation("a > 1", True, a=Fraction(2)))
        record = attrs.evolve(staff(), invariants=(condition,))
        assert Assessment.from_data(json.loads(json.dumps(to_data(record)))).invariants == (condition,)


def nested(depth: int) -> str:
    """Return the record of a rating with nested groups."""
    criteria = {"g": {"criteria": {"a": {"max": 9, "points": "x"}}}}
    inputs = {"x": {"type": "integer", "min": 0, "max": 9}}
    data = assess(load({"kpirules": 1, "inputs": inputs, "criteria": criteria}), {"x": 3}).to_data()
    outcomes = {"score": data["outcomes"]["score"]}
    for number in range(depth):
        above = f"g{number - 1}" if number else "score"
        outcomes[f"g{number}"] = data["outcomes"]["g"] | {"id": f"g{number}", "parent": above}
    return json.dumps(data | {"outcomes": dict(reversed(outcomes.items()))})


def test_groups_of_a_record_lie_no_deeper_than_those_of_a_rulebook() -> None:
    assert explain(Assessment.from_json(nested(59))).text()
    for depth in (60, 3_000):
        with pytest.raises(ValueError, match=r"outcomes\.g59\.parent: expected a group less than 60 deep"):
            Assessment.from_json(nested(depth))


def test_a_record_from_before_subjects_were_recorded_is_read() -> None:
    data = staff().to_data()
    for name in ("given", "records", "given_hash"):
        del data[name]
    found = Assessment.from_data(data)
    assert found == attrs.evolve(staff(), given=FrozenMap(), records=FrozenMap(), given_hash="")


def test_a_record_that_an_earlier_version_stored_is_read() -> None:
    """The file is never rewritten: fields that came later are marked as added."""
    text = (Path(__file__).parent / "stored.json").read_text(encoding="utf-8")
    record = Assessment.from_json(text)
    assert (record.score, record.band, record.points["work"]) == (Decimal("50.0"), "fair", Fraction(101, 2))
    assert "Hours in time" in str(explain(record))
    assert Assessment.from_json(record.to_json()) == record
