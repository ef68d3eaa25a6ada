"""Problems of a subject in the words of people who do not know the rulebook."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from unittest.mock import NonCallableMock

import pytest

import kpirules as kr
from kpirules.diagnostics import Limits
from kpirules.diagnostics.codes import CATALOGUE
from kpirules.diagnostics.phrases import PHRASES
from tests.rules import program

RULES = """
inputs:
  part: {type: number, min: 0, max: 10, decimals: 2, label: {en: Share, vi: Tỷ lệ}, unit: "%"}
  half: {type: number, above: 0, below: 10, step: 0.5, label: {en: Half hours, vi: Nửa giờ}}
  free_number: {type: number, optional: true}
  tenth: {type: number, decimals: 1, optional: true}
  weeks: {type: integer, column: Số tuần, min: 0, max: 52, label: {en: Weeks, vi: Số tuần}}
  kind: {type: choice, options: [a, b], label: {en: Kind, vi: Loại}}
  is_late: {type: boolean}
  name: {type: text, max_length: 5, default: An}
  due: {type: date, min: 2026-01-01, max: 2026-12-31, optional: true, label: {en: Day, vi: Ngày}}
  tasks:
    type: list
    label: {en: Tasks, vi: Công việc}
    fields: {code: {type: text, label: {en: Code, vi: Mã}}, hours: {type: integer, min: 0, label: {en: Hours}}}
    unique: [code, hours]
    min_items: 1
    max_items: 3
validations:
  enough: {that: weeks >= part or weeks < 2, label: {en: More weeks than shares, vi: Số tuần nhiều hơn tỷ lệ}}
criteria:
  extra: {max: 5, applies: is_late, entered: {step: 1}, label: {en: Extra, vi: Thêm}, missing: zero}
score: {rescale: false}
outputs: {n: count(tasks)}
"""

VALID: dict[str, Any] = {
    "part": 1,
    "half": 1.5,
    "weeks": 3,
    "kind": "a",
    "is_late": False,
    "tasks": [{"code": "x", "hours": 1}],
}

DATED = """
kpirules: 1
inputs: {day: {type: date}, done: {type: integer, min: 0, max: 9}}
edition_by: day
effective: {from: 2026-01-01}
criteria: {work: {max: 9, points: done}}
"""


def problems(**changes: Any) -> list[kr.Diagnostic]:
    given = {name: value for name, value in (VALID | changes).items() if value is not ...}
    with pytest.raises(kr.SubjectError) as refused:
        kr.assess(program(RULES), given)
    return list(refused.value.report)


RECORD = {"code": "x", "hours": 1}

SAID: list[tuple[dict[str, Any], str, str]] = [
    ({"weeks": ...}, "Weeks is missing", "thiếu Số tuần"),
    ({"is_late": ...}, "is late is missing", "thiếu is late"),
    ({"Số tuần": 1}, "Số tuần is given twice, also as weeks", "Số tuần được nhập hai lần, cả với tên weeks"),
    ({"weks": 1}, "weks is not known here", "không có mục nào tên là weks"),
    ({"part": -1}, "Share is -1, below 0", "Tỷ lệ là -1, nhỏ hơn 0"),
    ({"part": 11}, "Share is 11, above 10", "Tỷ lệ là 11, lớn hơn 10"),
    ({"half": 0}, "Half hours is 0, not above 0", "Nửa giờ là 0, phải lớn hơn 0"),
    ({"half": 10}, "Half hours is 10, not below 10", "Nửa giờ là 10, phải nhỏ hơn 10"),
    ({"half": 0.7}, "Half hours is 0.7, which is not a multiple of 0.5", "Nửa giờ là 0.7, không phải bội số của 0.5"),
    ({"part": Decimal("0.123")}, "Share is 0.123, which has more than 2 digits after the point", "Tỷ lệ là 0.123, có hơn 2 chữ số sau dấu thập phân"),
    ({"tenth": 0.25}, "tenth is 0.25, which has more than 1 digit after the point", "tenth là 0.25, có hơn 1 chữ số sau dấu thập phân"),
    ({"free_number": 10**18}, "free number is 1000000000000000000, which has more than 18 digits before the point", "free number là 1000000000000000000, có hơn 18 chữ số trước dấu thập phân"),
    ({"weeks": 1.5}, "Weeks is 1.5, which is not a whole number", "Số tuần là 1.5, không phải số nguyên"),
    ({"kind": "c"}, 'Kind is "c", which is not an option', 'Loại là "c", không phải một lựa chọn'),
    ({"name": "Nguyễn"}, "name is 6 characters long, which is too long", "name là dài 6 ký tự, quá dài"),
    ({"due": "2025-12-31"}, "Day is 2025-12-31, before 2026-01-01", "Ngày là 2025-12-31, trước ngày 2026-01-01"),
    ({"due": date(2027, 1, 1)}, "Day is 2027-01-01, after 2026-12-31", "Ngày là 2027-01-01, sau ngày 2026-12-31"),
    ({"weeks": "3"}, 'Weeks is the text "3"; a whole number is expected', "Số tuần là văn bản “3”; cần một số nguyên"),
    ({"part": True}, "Share is yes or no (true); a number is expected", "Tỷ lệ là có hoặc không (có); cần một số"),
    ({"part": False}, "Share is yes or no (false); a number is expected", "Tỷ lệ là có hoặc không (không); cần một số"),
    ({"is_late": 1}, "is late is the number 1; yes or no is expected", "is late là số 1; cần có hoặc không"),
    ({"kind": 1}, "Kind is the number 1; one of the options is expected", "Loại là số 1; cần một trong các lựa chọn"),
    ({"name": [1]}, "name is a list of 1; a text is expected", "name là danh sách gồm 1; cần một văn bản"),
    ({"name": "\ud83d"}, "name is a text with half of a character, U+D83D; a text is expected", "name là văn bản có ký tự bị cắt đôi, U+D83D; cần một văn bản"),
    ({"due": datetime(2026, 5, 1, 12)}, "Day is a point in time (2026-05-01T12:00:00); a date is expected", "Ngày là một thời điểm (2026-05-01T12:00:00); cần một ngày"),
    ({"weeks": date(2026, 5, 1)}, "Weeks is the date 2026-05-01; a whole number is expected", "Số tuần là ngày 2026-05-01; cần một số nguyên"),
    ({"tasks": {"a": 1}}, "Tasks is a mapping; a list is expected", "Công việc là các giá trị có tên; cần một danh sách"),
    ({"part": Fraction(10**20000)}, "Share is a number with too many digits; a number is expected", "Tỷ lệ là số có quá nhiều chữ số; cần một số"),
    ({"part": Decimal("1e4000")}, "Share is a number with too many digits; a number is expected", "Tỷ lệ là số có quá nhiều chữ số; cần một số"),
    ({"part": float("nan")}, "Share is `nan`, which is not a number; a number is expected", "Tỷ lệ là `nan`, không phải là số; cần một số"),
    ({"kind": NonCallableMock(spec=str)}, "Kind is a value of another type (`NonCallableMock`); one of the options is expected", "Loại là giá trị thuộc loại khác (`NonCallableMock`); cần một trong các lựa chọn"),
    ({"tasks": []}, "Tasks: 0 entries; 1 to 3 are allowed", "Công việc: 0 dòng; được phép từ 1 đến 3"),
    ({"tasks": [RECORD, RECORD]}, "Code, Hours is already in no. 1", "Mã, Hours đã có ở dòng 1"),
    ({"tasks": [RECORD, {"code": "y", "hours": -1}]}, "Hours (no. 2) is -1, below 0", "Hours (dòng 2) là -1, nhỏ hơn 0"),
    ({"tasks": [RECORD, {"code": "y"}]}, "Hours (no. 2) is missing", "thiếu Hours (dòng 2)"),
    ({"tasks": [3]}, "named values are needed, but this is the number 3", "cần các giá trị có tên; đây là số 3"),
    ({"part": 9}, "this must hold: More weeks than shares", "điều này phải thỏa: Số tuần nhiều hơn tỷ lệ"),
    ({"extra": 3}, "Extra is entered, but does not apply", "Thêm đã được nhập nhưng không áp dụng"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "english", "vietnamese"), SAID)
def test_a_problem_is_told_by_labels_in_the_language_asked_for(
    changes: dict[str, Any], english: str, vietnamese: str
) -> None:
    (problem,) = problems(**changes)
    assert problem.message_in("en") == problem.message_in() == problem.message_in("fr") == english
    assert problem.message_in("vi-VN") == vietnamese


def test_the_limits_of_an_input_are_values() -> None:
    (share,) = problems(part=-1)
    assert share.limits == Limits("number", Fraction(0), Fraction(10), decimals=2, unit="%")
    (half,) = problems(half=0)
    assert half.limits is not None
    assert half.to_data()["limits"] == {
        "kind": "number",
        "above": "0",
        "below": "10",
        "step": "0.5",
        "is_required": True,
    }
    (kind,) = problems(kind="c")
    assert kind.to_data()["limits"] == {"kind": "choice", "options": ["a", "b"], "is_required": True}
    (day,) = problems(due="2025-12-31")
    assert day.limits == Limits("date", date(2026, 1, 1), date(2026, 12, 31), is_required=False)
    (tasks,) = problems(tasks=[])
    assert tasks.limits == Limits("list", min_items=1, max_items=3)
    (name,) = problems(name="Nguyễn")
    assert name.limits == Limits("text", max_length=5, is_required=False)
    (late,) = problems(is_late=...)
    assert late.limits == Limits("boolean")
    (weeks,) = problems(weeks=1.5)
    assert weeks.limits == Limits("integer", Fraction(0), Fraction(52))
    (unknown,) = problems(weks=1)
    assert unknown.limits is None
    assert "limits" not in unknown.to_data()


def test_entered_points_that_are_missing_have_their_label_and_limits() -> None:
    rules = program(RULES.replace(", missing: zero", ""))
    with pytest.raises(kr.SubjectError) as refused:
        kr.assess(rules, VALID | {"is_late": True})
    (problem,) = refused.value.report
    assert problem.message_in("vi") == "thiếu Thêm"
    assert problem.limits == Limits("number", Fraction(0), Fraction(5), step=Fraction(1), is_required=False)


def test_every_code_of_a_subject_has_a_phrase_and_the_others_give_their_message() -> None:
    of_subjects = {code for code in CATALOGUE if code.startswith(("KR60", "KR62", "KR63", "KR64"))}
    for phrases in PHRASES.values():
        assert {f"problem_{code}" for code in of_subjects} <= phrases.keys()
    fault = kr.Diagnostic("KR620", kr.Severity.ERROR, "a number is divided by zero (n = 0)")
    assert fault.message_in("vi") == "không tính được với các giá trị này: chia cho 0"
    with pytest.raises(kr.SubjectError) as refused:
        kr.assess(kr.loads(DATED), {"day": "2025-01-31", "done": 5})
    assert refused.value.report.errors[0].message_in("vi") == "quy định không có hiệu lực vào ngày 2025-01-31"
    assert kr.Diagnostic("KR301", kr.Severity.ERROR, "as it is").message_in("vi") == "as it is"


def test_every_phrase_of_a_problem_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    class Asked(dict[str, str]):
        def __getitem__(self, key: str) -> str:
            asked.add(key)
            return super().__getitem__(key)

    asked: set[str] = set()
    monkeypatch.setitem(PHRASES, "en", Asked(PHRASES["en"]))
    for changes, english, _ in SAID:
        assert [problem.message_in("en") for problem in problems(**changes)] == [english]
    unused = {key for key in PHRASES["en"] if key.startswith("problem_")} - asked
    assert all(key.startswith(("problem_KR536", "problem_KR62", "problem_KR63", "problem_KR64")) for key in unused), (
        unused
    )
