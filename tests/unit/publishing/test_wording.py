"""Formulas in words, in the language of the reader."""

from __future__ import annotations

import pytest

from kpirules.diagnostics.page_phrases import PAGE_PHRASES
from kpirules.language.expressions.functions import AGGREGATES, COHORT_FUNCTIONS, FUNCTIONS
from kpirules.language.expressions.syntax import parse
from kpirules.language.expressions.tree import Node, Unreadable

from .kit import wording

SAID = [
    ("done", "«Work done»", "«Đã làm»"),
    ("extra_work", "«extra work»", "«extra work»"),
    ("score + exact_score", "the score plus the score before rounding", "điểm chung cộng điểm chung trước khi làm tròn"),
    ("points.quantity - 1", "the points of «Quantity» minus 1", "điểm của «Số lượng» trừ 1"),
    ("share.quantity", "the share of «Quantity»", "tỷ lệ đạt của «Số lượng»"),
    ("max.quantity", "the most points of «Quantity»", "điểm tối đa của «Số lượng»"),
    ("25% * done", "25 % times «Work done»", "25 % nhân «Đã làm»"),
    ("done - (planned - 1)", "«Work done» minus («Work planned» minus 1)", "«Đã làm» trừ («Kế hoạch» trừ 1)"),
    ("done / (planned * 2)", "«Work done» divided by («Work planned» times 2)", "«Đã làm» chia cho («Kế hoạch» nhân 2)"),
    ("(done + 1) ** 2", "(«Work done» plus 1) to the power 2", "(«Đã làm» cộng 1) lũy thừa 2"),
    ("done - -2", "«Work done» minus −2", "«Đã làm» trừ −2"),
    ("-done", "minus «Work done»", "âm «Đã làm»"),
    ("+done", "«Work done»", "«Đã làm»"),
    ("+(done + 1) * 2", "(«Work done» plus 1) times 2", "(«Đã làm» cộng 1) nhân 2"),
    ("0 <= done < 5", "«Work done» is at least 0 and «Work done» is less than 5", "«Đã làm» ít nhất là 0 và «Đã làm» nhỏ hơn 5"),
    ("1 < 2", "1 is less than 2", "1 nhỏ hơn 2"),
    ("late == True", "«Late» is yes", "«Trễ hạn» là có"),
    ("on >= date(2026, 1, 31)", "«Day» is 2026-01-31 or after", "«Ngày» là 2026-01-31 hoặc sau đó"),
    ("date(2026, 1, 31) > on", "«Day» is before 2026-01-31", "«Ngày» trước 2026-01-31"),
    ("date(2026, 1, 1) < on <= date(2026, 2, 1)", "«Day» is after 2026-01-01 and «Day» is 2026-02-01 or before", "«Ngày» sau 2026-01-01 và «Ngày» là 2026-02-01 hoặc trước đó"),
    ("year(date(done, 2, 1))", "the year of (the day 1 of month 2 of year «Work done»)", "năm của (ngày 1 tháng 2 năm «Đã làm»)"),
    ("grade != 'none'", "«Grade» is not «No grade»", "«Ngạch» không phải là «Không bậc»"),
    ("grade > 'low'", "«Grade» is better than «Low grade»", "«Ngạch» cao hơn «Bậc thấp»"),
    ("'low' > grade", "«Grade» is worse than «Low grade»", "«Ngạch» kém hơn «Bậc thấp»"),
    ("band >= 'good'", "the band is no worse than «Good»", "mức xếp loại không kém hơn «Tốt»"),
    ("grade in ('low', 'none')", "«Grade» is one of «Low grade» or «No grade»", "«Ngạch» là một trong «Bậc thấp» hoặc «Không bậc»"),
    ("done not in (1, 2, 3)", "«Work done» is none of 1, 2 or 3", "«Đã làm» không thuộc 1, 2 hoặc 3"),
    ("late and (done > 1 or not late)", "«Late» and («Work done» is more than 1 or not «Late»)", "«Trễ hạn» và («Đã làm» lớn hơn 1 hoặc không phải «Trễ hạn»)"),
    ("1 if late else 2 if done > 1 else 3", "1 if «Late», otherwise 2 if «Work done» is more than 1, otherwise 3", "1 nếu «Trễ hạn», còn lại 2 nếu «Đã làm» lớn hơn 1, còn lại 3"),
    ("done > 1 if late else True", "if «Late», then «Work done» is more than 1", "nếu «Trễ hạn» thì «Đã làm» lớn hơn 1"),
    ("(1 if late else 2) * 3", "(1 if «Late», otherwise 2) times 3", "(1 nếu «Trễ hạn», còn lại 2) nhân 3"),
    ("min(done, planned + 1, 3)", "the least of «Work done», («Work planned» plus 1) and 3", "số nhỏ nhất trong «Đã làm», («Kế hoạch» cộng 1) và 3"),
    ("default(extra_work, 0) > 1", "(«extra work», or 0 if it is absent) is more than 1", "(«extra work», hoặc 0 nếu không có) lớn hơn 1"),
    ("default(extra_work, v=0)", "«extra work», or 0 if it is absent", "«extra work», hoặc 0 nếu không có"),
    ("round(done, 2)", "«Work done» rounded to 2 decimal places, halves away from zero", "«Đã làm» làm tròn đến 2 chữ số thập phân, chính giữa thì ra xa số 0"),
    ("round(done, to=half, mode='up')", "«Work done» rounded to multiples of «Half», always away from zero", "«Đã làm» làm tròn đến bội số của «Một nửa», luôn ra xa số 0"),
    ("round(done)", "«Work done» rounded to 0 decimal places, halves away from zero", "«Đã làm» làm tròn đến 0 chữ số thập phân, chính giữa thì ra xa số 0"),
    ("factor(done, grade) + double(done)", "(«Factor» for «Work done» and «Grade») plus («Twice» for «Work done»)", "(«Hệ số» với «Đã làm» và «Ngạch») cộng («Gấp đôi» với «Đã làm»)"),
    ("level(done)", "«level» for «Work done»", "«level» với «Đã làm»"),
    ("sum(t.hours * 2 for t in tasks)", "the sum of («Hours» times 2) over «Tasks»", "tổng («Số giờ» nhân 2) của «Nhiệm vụ»"),
    ("sum(t.hours for t in tasks if t.kind == 'hard')", "the sum of «Hours» over «Tasks» where («Kind» is «Hard»)", "tổng «Số giờ» của «Nhiệm vụ» trong đó («Loại» là «Khó»)"),
    ("count(tasks) > 1", "the number of «Tasks» is more than 1", "số dòng của «Nhiệm vụ» lớn hơn 1"),
    ("count(t.hours > 1 for t in tasks)", "the number of «Tasks» with («Hours» is more than 1)", "số dòng của «Nhiệm vụ» có («Số giờ» lớn hơn 1)"),
    ("any(t.kind == 'easy' for t in tasks)", "for at least one of «Tasks» («Kind» is «Easy»)", "ít nhất một dòng của «Nhiệm vụ» có («Loại» là «Dễ»)"),
    ("trimmed_avg(1, 2, (t.hours for t in tasks))", "the mean of «Hours» over «Tasks» without the 1 least and the 2 greatest", "trung bình «Số giờ» của «Nhiệm vụ», bỏ 1 giá trị nhỏ nhất và 2 giá trị lớn nhất"),
    ("max(c.points / c.max * c.share * c.weight for c in children.mean_of)", "the greatest (points divided by most points times share times weight) of the criteria of «Mean»", "(điểm chia cho điểm tối đa nhân tỷ lệ đạt nhân trọng số) lớn nhất của các tiêu chí của «Bình quân»"),
    ("cohort_count()", "the number of members", "số thành viên"),
    ("cohort_count(late)", "the number of members with («Late»)", "số thành viên có («Trễ hạn»)"),
    ("cohort_quantile(0.5, done)", "the quantile 0.5 of «Work done» over all members", "phân vị 0.5 của «Đã làm» trong tất cả thành viên"),
    ("cohort_stdev(done + 1)", "the standard deviation of («Work done» plus 1) over all members", "độ lệch chuẩn («Đã làm» cộng 1) của tất cả thành viên"),
]  # fmt: skip


def tree(text: str) -> Node:
    found = parse(text, problems := [])
    assert found is not None, problems
    return found.tree


@pytest.mark.parametrize(("text", "english", "vietnamese"), SAID)
def test_a_formula_is_said_in_the_language_of_the_reader(text: str, english: str, vietnamese: str) -> None:
    assert (wording("en").text(tree(text)), wording("vi").text(tree(text))) == (english, vietnamese)


def test_every_function_has_words_of_its_own() -> None:
    own = {f"said_fn_{name}" for name in FUNCTIONS}
    over = {f"said_all_{name}" for name in AGGREGATES}
    of = {name.removeprefix("cohort_") for name in COHORT_FUNCTIONS}
    assert own | over <= PAGE_PHRASES.keys()
    assert all(f"said_of_{name}" in PAGE_PHRASES or f"said_all_{name}" in PAGE_PHRASES for name in of)
    known = own | over | {f"said_of_{name}{end}" for name in of for end in ("", "_if")} | {"said_all_count_if"}
    assert {key for key in PAGE_PHRASES if key.startswith(("said_fn_", "said_all_", "said_of_"))} - {
        "said_of_these"
    } <= known


def test_a_function_without_words_is_told_by_its_name_and_unreadable_text_by_nothing() -> None:
    assert wording().text(tree("newest(done, 2)")) == "«newest» for «Work done» and 2"
    assert wording().text(tree("nothing()")) == "«nothing»"
    assert wording().text(Unreadable()) == ""


def test_arguments_stand_for_themselves() -> None:
    rules = wording()
    assert type(rules)(rules.names.with_arguments(["done"])).text(tree("2 * done")) == "2 times «done»"


def test_an_option_is_found_by_what_it_is_compared_with_else_shown_in_words() -> None:
    assert wording().text(tree("grade == 'no_such'")) == "«Grade» is «no such»"
    assert wording().text(tree("remark == 'good'")) == "«remark» is «Good»"
