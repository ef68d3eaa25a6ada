"""An explanation reads the same as text, Markdown and HTML."""

from html.parser import HTMLParser

import pytest

from kpirules.kernel.widths import width
from kpirules.language.wording import Citation
from kpirules.showing.explaining import Line, explain
from kpirules.showing.explaining.html import as_html
from kpirules.showing.explaining.markdown import as_markdown
from kpirules.showing.explaining.text import as_text
from tests.records import exempt, staff, unit

STAFF = """\
Đánh giá, xếp loại chất lượng công chức
vn.nd335_2025.staff · edition 2026-01 · [Nghị định 335/2025/NĐ-CP]

Rated good — Hoàn thành tốt nhiệm vụ
  score 89.21 of 100; 2141/24 (≈ 89.208333) before it is rounded to 2 places, half_up
  0.79 short of «excellent · Hoàn thành xuất sắc nhiệm vụ»
  19.21 clear of «fair · Hoàn thành nhiệm vụ»

── Points ──────────────────────────────────────────────────────────────────────────────────────────
score                                                    89.21 / 100
│  = 26.5 + 1505/24 + 1/600
├─ general · Tiêu chí chung                               26.5 / 30
│  │  = 9 + 9 + 8.5
│  ├─ ethics                                                 9 / 10   entered by an assessor
│  ├─ competence                                             9 / 10   entered by an assessor
│  └─ innovation                                           8.5 / 10   entered by an assessor
├─ results · Kết quả thực hiện nhiệm vụ  1505/24 (≈ 62.708333) / 70   [Điều 14]
│     rate: (quantity + quality + progress) / 3
│       = (≈0.916667 + ≈0.895833 + 0.875) / 3 = 43/48 (≈ 0.895833)
│       → 70 × 43/48 = 1505/24 (≈ 62.708333)
└─ rounded to 2 places, half_up             1/600 (≈ 0.001667)

── Bands ───────────────────────────────────────────────────────────────────────────────────────────
excellent · Hoàn thành xuất sắc nhiệm vụ  from 90  89.21 is outside
good · Hoàn thành tốt nhiệm vụ            from 70  given

── Values ──────────────────────────────────────────────────────────────────────────────────────────
assigned                  12
   sum(t.coefficient * t.assigned for t in tasks) = 12
quantity  11/12 (≈ 0.916667)
   min(ratio(sum(t.coefficient * t.completed for t in tasks), assigned, if_zero=0), 1)
     = min(ratio(11, 12, if_zero=0), 1)
quality   43/48 (≈ 0.895833)
   min(ratio(sum(t.quality for t in tasks), assigned, if_zero=0), 1)
     = min(ratio(10.75, 12, if_zero=0), 1)
progress               0.875
   min(ratio(sum(t.progress for t in tasks), assigned, if_zero=0), 1)
     = min(ratio(10.5, 12, if_zero=0), 1)

≈ marks a number that is shortened here; all others are exact.
scoring rules 5c0e
whole rulebook c0de
"""

UNIT = """\
Quarterly rating of a unit
unit.quarter · variant head

No rating: the rulebook does not say which one
  «a · Outstanding» requires «exceeds · Three in ten tasks exceed the target», which does not hold
    [Art. 8a]
      exceeding >= 30% → 0.28 >= 30% → does not hold
  score 90 of 100
  lowered by 4.375, limited by «late_report · Report was late»

── Points ──────────────────────────────────────────────────────────────────────────────────────────
score                                                 90 / 100  mean of the shares
│  = 59.375 + 0 + 25 + 10 - 4.375
├─ delivery · Delivery of the year's programme        95 / 100  weight 0.5; adds 59.375 [Art. 7 (2)]
│  │  = 96.6 - 1.6
│  │  measure: attainment
│  │    = 0.97 %
│  │    → 96.6: row «from 0.95 below 1»
│  ├─ before limits and rounding                    96.6
│  └─ rounded                                       -1.6
├─ digital · Digital services                   left out        does not apply; weight 0.2
│     If any.
│     applies: digital_targets > 0 → 0 > 0 → does not hold
├─ complaints                                        100 / 100  weight 0.2; adds 25
│     met: complaints == 0 → 0 == 0 → holds
├─ surveys · Surveys of the public                     0 / 100  absent: answered; missing data
│                                                               counts as 0; weight 0.1
│     rate: answered / asked → absent / 12 → absent
├─ kept within its limits                             10
└─ late_report · Report was late                  -4.375        [Art. 9]

── Limits of the score ─────────────────────────────────────────────────────────────────────────────
late_report · Report was late  at most cap = 90; lowers the score by 4.375 [Art. 9]
   report_days > 5 → 7 > 5
no_report                      does not hold
   not reported → not yes

── Bands ───────────────────────────────────────────────────────────────────────────────────────────
a · Outstanding                                              from 90  a requirement does not hold
├─ exceeds · Three in ten tasks exceed the target                     does not hold [Art. 8a]
│     exceeding >= 30% → 0.28 >= 30%
└─ settled · Everything found last time is settled                    holds
      settled → yes
b · Good                                            from 70 below 90  90 is outside
c · Fair                                            from 50 below 70  90 is outside

── Values ──────────────────────────────────────────────────────────────────────────────────────────
attainment      0.97 %
   done / planned = 97 / 100
since       2026-01-01
   started → 2026-01-01
remark
   'long' if x else y
     → 'long' if yes else y
     → long long long long long long long long long long long long long long long long long long
       long long long long long long long long long long long long
  not needed: spare, other

── Assumed by default ──────────────────────────────────────────────────────────────────────────────
tasks[3].failures       0
place              Hà Nội
checked                no

── What should hold but does not ───────────────────────────────────────────────────────────────────
sane · Done is at most assigned
   done <= planned → 3 <= 2 → does not hold

scoring rules aa
whole rulebook bb
"""

EXEMPT_MARKDOWN = """\
# Đánh giá, xếp loại chất lượng công chức

`vn.nd335_2025.staff` · [Nghị định 335/2025/NĐ-CP](https://example.org/nd335?a=1&b=2)

**No rating: not\\_classified**

- exempt by «short\\_service» \\[Điều 11\\]
  - `months_worked < 6` `→ 5 < 6` `→ holds`

---

- scoring rules 5c0e
- whole rulebook c0de
"""

HEAD, VERDICT, FOOT = (
    Line("rulebook", "demo"),
    Line("rating", label="Rated"),
    Line("foot", children=(Line("fact", label="end"),)),
)


class Skeleton(HTMLParser):
    """Collects the tags of a text with their attributes, and checks their nesting."""

    VOID = frozenset({"meta"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data if self.open[-1:] != ["style"] else ""


class TestText:
    def test_a_rating_reads_from_the_result_down_to_its_values(self) -> None:
        assert str(explain(staff())) == STAFF

    def test_a_missing_rating_reads_from_the_reason_down(self) -> None:
        assert explain(unit()).text() == UNIT

    @pytest.mark.parametrize("columns", [60, 72, 100, 140])
    def test_no_line_is_wider_than_asked_for(self, columns: int) -> None:
        for record in (staff(), staff(disciplined=True), unit(), exempt()):
            for line in explain(record, language="vi").text(columns=columns).splitlines():
                assert width(line) <= columns, line

    def test_less_than_sixty_columns_are_sixty(self) -> None:
        assert explain(unit()).text(columns=5) == explain(unit()).text(columns=60)

    def test_names_and_remarks_are_wrapped_inside_their_columns(self) -> None:
        part = Line("criterion", "a", "kỷ luật " * 8, amount="1", out_of="2", remark="vì " * 12)
        root = Line("criterion", "score", amount="1", out_of="2", children=(part, part))
        text = as_text(HEAD, VERDICT, (Line("section", label="Points", children=(root,)),), FOOT, 60)
        assert text.split("\n\n")[2].splitlines()[1:6] == [
            "score                  1 / 2",
            "├─ a · kỷ luật kỷ      1 / 2  vì vì vì vì vì vì vì vì vì vì",
            "│     luật kỷ luật kỷ         vì vì",
            "│     luật kỷ luật kỷ",
            "│     luật kỷ luật kỷ",
        ]

    def test_a_word_longer_than_its_column_is_broken(self) -> None:
        fact = Line("fact", label="x" * 130 + " 等级" + "等" * 40)
        text = as_text(HEAD, Line("rating", label="Rated", children=(fact,)), (), FOOT, 60)
        assert text.splitlines()[3:8] == [
            "  " + "x" * 58,
            "    " + "x" * 56,
            "    " + "x" * 16,
            "    等级" + "等" * 26,
            "    " + "等" * 14,
        ]

    def test_a_shortened_number_stays_with_its_sign(self) -> None:
        fact = Line("fact", label="x" * 54 + " (≈ 0.5)")
        text = as_text(HEAD, Line("rating", label="Rated", children=(fact,)), (), FOOT, 60)
        assert text.splitlines()[3:5] == ["  " + "x" * 54, "    (≈ 0.5)"]

    def test_a_long_citation_is_below_its_remark(self) -> None:
        row = Line("band", "good", remark="given", citation=Citation(text="Nghị định số 335, Điều 8"))
        text = as_text(HEAD, VERDICT, (Line("section", label="B", children=(row,)),), FOOT, 60)
        assert "good  given [Nghị định số 335, Điều 8]\n" in text
        named = Line("band", "good", label="x" * 40)
        text = as_text(HEAD, VERDICT, (Line("section", label="B", children=(row, named)),), FOOT, 60)
        assert text.split("\n\n")[2].splitlines()[1:3] == [
            "good                          given",
            "                              [Nghị định số 335, Điều 8]",
        ]

    def test_a_very_deep_tree_is_still_shown(self) -> None:
        line = Line("criterion", "leaf", amount="1", remark="deep down")
        for depth in range(40):
            line = Line("criterion", f"g{depth}", amount="1", children=(line,))
        text = as_text(HEAD, VERDICT, (Line("section", label="Points", children=(line,)),), FOOT, 60)
        assert "leaf" in text
        assert text.count("deep") == 1

    def test_notes_are_with_what_they_are_about(self) -> None:
        head = Line("rulebook", "demo", note="a draft")
        fact = Line("fact", label="because", note="see there")
        text = as_text(head, Line("rating", label="Rated", children=(fact,)), (), FOOT, 60)
        assert text == "demo\na draft\n\nRated\n  because\n      see there\n\nend\n"

    def test_one_row_may_need_more_lines_for_its_name_than_for_its_remark(self) -> None:
        rows = (Line("let", "a", "long " * 20, amount="1"), Line("let", "b", amount="2"))
        text = as_text(HEAD, VERDICT, (Line("section", label="Values", children=rows),), FOOT, 60)
        assert text.split("\n\n")[2].splitlines()[-2:] == [
            "   long long long long long long long long long long",
            "b                                                          2",
        ]


class TestMarkdown:
    def test_an_exemption_reads_as_a_list(self) -> None:
        assert explain(exempt()).markdown() == EXEMPT_MARKDOWN

    def test_criteria_are_nested_lists_with_formulas_as_code(self) -> None:
        markdown = explain(staff()).markdown()
        assert "- **score**: 89.21 / 100\n  - `= 26.5 + 1505/24 + 1/600`\n  - **general** Tiêu" in markdown
        assert "    - *rate*: `(quantity + quality + progress) / 3` `= (≈0.916667 + " in markdown
        assert "- **good** Hoàn thành tốt nhiệm vụ: from 70 — given" in markdown

    def test_notes_are_emphasised(self) -> None:
        assert "    - *If any.*\n" in explain(unit()).markdown()
        assert "\n*a \\*draft\\**\n" in as_markdown(Line("rulebook", "x", note="a *draft*"), VERDICT, (), FOOT)

    def test_texts_cannot_begin_anything(self) -> None:
        fact = Line("fact", label="<b> `x` *y* [z](u) &amp; a|b ~~s~~ #1 $m$ \\")
        markdown = as_markdown(HEAD, Line("rating", label="Rated", children=(fact,)), (), FOOT)
        assert "- \\<b\\> \\`x\\` \\*y\\* \\[z\\](u) \\&amp; a\\|b \\~\\~s\\~\\~ \\#1 \\$m\\$ \\\\\n" in markdown

    @pytest.mark.parametrize(("formula", "code"), [("a", "`a`"), ("`a", "`` `a ``"), ("a``b", "```a``b```")])
    def test_code_has_a_fence_longer_than_what_is_inside(self, formula: str, code: str) -> None:
        fact = Line("fact", label="x", formula=formula)
        assert f"  - {code}\n" in as_markdown(HEAD, Line("rating", label="R", children=(fact,)), (), FOOT)

    @pytest.mark.parametrize(
        ("url", "shown"),
        [
            ("https://example.org/a?b=1", "[Art. 1](https://example.org/a?b=1)"),
            ("javascript:alert(1)", "\\[Art. 1\\]"),
            ("https://example.org/ (x)", "\\[Art. 1\\]"),
            ("", "\\[Art. 1\\]"),
        ],
    )
    def test_only_web_addresses_become_links(self, url: str, shown: str) -> None:
        head = Line("rulebook", "demo", citation=Citation(text="Art. 1", url=url))
        assert f"`demo` · {shown}\n" in as_markdown(head, VERDICT, (), FOOT)


class TestHtml:
    @pytest.mark.parametrize("record", [staff(), staff(disciplined=True), unit(), exempt()])
    def test_it_is_well_nested_and_says_what_the_lines_say(self, record: object) -> None:
        explanation = explain(record)  # type: ignore[arg-type]
        page = Skeleton(explanation.html())
        assert page.open == []
        for line in explanation.walk():
            for text in (line.label, line.amount, line.remark, line.formula, line.note, *line.working):
                assert text in page.text

    def test_a_page_is_self_contained_and_an_element_fits_another_page(self) -> None:
        page, element = explain(staff()).html(), explain(staff()).html(is_page=False)
        assert page.startswith("<!doctype html>")
        assert element.startswith('<article class="kpirules-explanation" lang="en">')
        assert element in page
        assert "<title>Rated good — Hoàn thành tốt nhiệm vụ — Đánh giá, xếp loại" in page
        assert not {"script", "img", "link", "iframe"} & set(Skeleton(page).tags)

    def test_rows_are_headed_by_their_names_and_know_their_depth(self) -> None:
        html = explain(staff()).html()
        assert '<th scope="row" style="--depth: 2"><code class="id">ethics</code></th>' in html
        assert '<td class="amount">9</td><td class="of">/ 10</td>' in html

    def test_only_web_addresses_become_links(self) -> None:
        assert Skeleton(explain(staff()).html()).links == ["https://example.org/nd335?a=1&b=2"]
        head = Line("rulebook", "demo", citation=Citation(text="Art. 1", url="javascript:alert(1)"))
        assert '<cite lang="">Art. 1</cite>' in str(as_html(head, VERDICT, (), (), FOOT, "en"))

    def test_texts_are_escaped(self) -> None:
        fact = Line("fact", label="<script>", formula="a < b", note='"&"', working=("→ 'x'",))
        html = str(as_html(HEAD, Line("rating", label="R", children=(fact,)), (), (), FOOT, '"><script>'))
        assert "<script>" not in html
        assert "&lt;script&gt;" in html
        assert "<code>a &lt; b → &#x27;x&#x27;</code>" in html
        assert '<p class="note">&quot;&amp;&quot;</p>' in html

    def test_a_section_of_mere_facts_needs_no_table(self) -> None:
        section = Line("section", label="Values", children=(Line("fact", label="none needed"),))
        html = str(as_html(HEAD, VERDICT, (), (section,), FOOT, "en"))
        assert "<table>" not in html
        assert "<p>none needed</p>" in html


def test_a_very_long_amount_keeps_no_room_for_itself_in_other_lines() -> None:
    rows = (Line("output", id="long", amount="a" * 5_000), Line("output", id="short", amount="12"))
    text = as_text(HEAD, VERDICT, (Line("section", label="Values", children=rows),), FOOT, 100)
    assert max(len(line) for line in text.splitlines() if "short" in line) < 60
    assert "a" * 5_000 in text


def test_a_long_word_is_broken_where_each_line_is_full() -> None:
    fact = Line("fact", label="等" * 100 + "b" * 31)
    text = as_text(HEAD, Line("rating", label="Rated", children=(fact,)), (), FOOT, 60)
    lines = [line for line in text.splitlines() if "等" in line or "bb" in line]
    assert "".join(line.strip() for line in lines) == "等" * 100 + "b" * 31
    assert [width(line) for line in lines] == [60, 60, 60, 60, 9]
