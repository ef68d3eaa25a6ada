"""Each section of a page, of a rulebook that uses every key."""

from __future__ import annotations

import re
from functools import cache

import pytest
from attrs import evolve

import kpirules as kr
from kpirules.kernel.markup import Html
from kpirules.publishing.gaps import gaps_section
from kpirules.publishing.pages import Page, _sections
from kpirules.publishing.reader import Reader, Section, table
from kpirules.rating.program import Program

from .kit import kit, reader, text_of


@cache
def page() -> Page:
    return Page("kit.html", "kit", "", "en", kit(), kit().whole)


@cache
def sections(language: str = "en") -> dict[str, Section]:
    own = evolve(page(), language=language)
    return {section.id: section for section in _sections(own, reader(language), kit().form())}


def told(id_: str, language: str = "en") -> str:
    return text_of(sections(language)[id_].html)


def told_of(section: str, **keys: object) -> str:
    """Return the text of a section of a small rulebook with some keys."""
    rules = {"kpirules": 1, "id": "small", "inputs": {"x": {"type": "integer", "min": 0, "max": 10}}} | keys
    program = kr.load(rules)
    page = Page("small.html", "small", "", None, program, program.whole)
    found = {part.id: part for part in _sections(page, Reader.of(program.rulebook, None), program.form())}
    return text_of(found[section].html) if found[section].content else ""


EXPECTED = {
    "bands": [
        "Bands Best first. band number requires as well Excellent from 90 On time not «Late» Article 6 Good from 50 below 90",
        "If a requirement fails, the best lower band whose requirements hold is given.",
    ],
    "score": [
        "the sum of points over the criteria of «Total»",
        "If one is left out the others stand for the whole Limits never below 0, never above 100",
        "Rounding to 1 decimal place, halves to the even neighbour Banding the score before rounding decides the band",
    ],
    "criteria": [
        "criterion most points how points are earned source Quantity 40 40 times (the least of «Completion» and 1) Article 3",
        "Conduct 10 an assessor enters the points, in steps of 0.5 Speech 5 an assessor enters the points",
        "Bonus 5 «extra work», or 0 if it is absent; on top of the others Penalty -5 … 0 −5 if «Late», otherwise 0",
        # The share alone counts below a mean: no 100 points that nobody wrote.
        "One «Work done» divided by 10; weight 0.6",
        "Hours at work Measured the sum of «Hours» over «Tasks» ∑ «Tasks» Hours Points when gives from 20 5 "
        "from 10 below 20 50 % = 2.5 Middling otherwise 0 the first row that holds counts",
        "Points when gives 0 0 10 5 between the rows, points grow in a straight line Capped",
        "beyond the ends, the points of the end count",
        "when from 3 from 6 from 9 1 for each of these that is reached",
        "when gives High grade 5 Low grade 20 % = 1 No grade the rules do not say Open",
        "when gives «Work done» is more than 5 100 % = 5 Article 4 otherwise the rules do not say",
        "when gives «Work done» is at least 5 5 otherwise 0 at most one row may hold",
        "Rounding to multiples of 0.5, always towards zero",
        "Mean Points 5 times (0.6 times the share of «One» plus 0.4 times the share of «Two»)",
        "If a value is absent it counts as 0 If one is left out only the others count At least must remain 60 %",
        "One Share «Work done» divided by 10 Work done 10 If a value is absent the criterion is left out "
        "Limits never below 0 %, never above 100 %",
        "even mean Points 4 times (the share of «three» plus the share of «four») divided by 2",
    ],
    "values": ["Double hours, for each of «Tasks» 2 times «Hours» 2 × Hours Completion (%) «Work done» divided by"],
    "functions": [
        "Twice of «x» 2 times «x» 2 × x Factor of «d» and «g» when gives «d» is at least 5 and «g» is «high» 2",
        "level when gives from 8 high otherwise low",
    ],
    "parameters": ["Half Chosen 50 %", "most 45"],
    "calendars": [
        "office In force from 2026-01-01, before 2030-01-01 Days off each week Saturday and Sunday "
        "Holidays 2026-09-02 Working days in place of others 2026-09-05"
    ],
    "exemptions": ["Too short «Working days» is less than 0 «not rated» Article 2"],
    "limits": ["Cap «Late» at most «most» Article 5 always always at most 2 times «most»"],
    "overrides": [
        "Veto «Grade» is «No grade» and «Work done» is 0 gives «Poor» Article 7",
        "ceiling «Grade» is no better than «Low grade» at most «Good» floor «Work done» is 10 at least «Good»",
        "gives «Good» if «Late», otherwise «Poor» stopped «Late» and «Work done» is 1 no rating: «on hold» anyway always",
    ],
    "quotas": [
        "Those with equal «Unit» are compared with one another. A fifth Article 9 «Excellent»: at most 20 % of "
        "«Excellent» and «Good», rounded (always towards zero), and never fewer than 1 the others move to «Good»",
        "greater values come first: the score, or 0 if it is absent; minus «Work done»",
        "members with equal values share it: «Grade» it applies if «most» is more than 1 So it is.",
        "«Good»: at most «Half» of all rated members",
    ],
    "inputs": [
        "Work done (h) a whole number from 0 to 10 Work planned a number from 1 to 10 with at most 1 decimal",
        "extra work a number above 0 below 5 in steps of 0.5; may be absent Late yes · no; if absent: no",
        "Grade High grade · Low grade · No grade Day a date from 2026-01-01 to 2029-12-31",
        "Tasks 1 to 5 records; no two records with equal «Code» Code a text of at most 200 characters",
    ],
    "validations": ["if «extra work» is given, then «extra work» is more than 0", "No empty task for each of «Tasks»: «Hours» is more than 0"],
    "outputs": ["Pay (VND) Article 8 (1000 times the score times «Half») rounded to multiples of 5"],
    "invariants": [
        "Late is never excellent (the band, or «Poor» if it is absent) is not «Excellent» or not «Late»",
        "A greater value of «Work done» never makes the rating worse A greater value of «Late» never makes the rating better",
    ],
    "gaps": ["Graded «No grade»: the rules do not say Open Cased «otherwise»: the rules do not say"],
    "try": ["Enter values and see the rating at once."],
    "changes": ["from 2027-01-01"],
}  # fmt: skip


@pytest.mark.parametrize("id_", EXPECTED)
def test_a_section_tells_each_key_in_words(id_: str) -> None:
    for expected in EXPECTED[id_]:
        assert expected in told(id_)


def test_every_section_is_tried_in_both_languages() -> None:
    assert EXPECTED.keys() | {"examples"} == sections().keys() == sections("vi").keys()
    assert [id_ for id_, section in sections("vi").items() if not section.content] == ["examples"]
    assert "Tiêu chí và điểm tiêu chí điểm tối đa cách tính điểm căn cứ Số lượng 40 40 nhân" in told("criteria", "vi")


def test_a_text_in_another_language_is_marked() -> None:
    assert '<span lang="">Chosen</span>' in sections()["parameters"].html.text
    assert '<cite lang=""><a href="https://example.org/rules"' in reader().source(kit().rulebook.words).text
    assert "lang" not in sections()["bands"].html.text.replace('<cite lang="">', "")


def test_rows_have_the_names_of_their_columns_and_their_depth() -> None:
    html = sections()["criteria"].html.text
    assert '<th scope="col">criterion</th>' in html
    assert html.count('<tr class="item" style="--depth: 1">') == len(("one", "two", "three", "four", "five", "six"))
    assert 'data-head="most points"' in html
    assert re.search(r'<a href="#criteria\.quantity">.*<article id="criteria\.quantity"|<article', html, re.DOTALL)
    assert not table(("a", "b"), [])


def test_how_a_band_is_chosen_is_told() -> None:
    criteria = {"work": {"max": 10, "points": "x"}}
    bands = {"good": {"from": 5, "requires": {"that": "x > 6"}}, "poor": {"from": 0}}
    said = told_of("bands", criteria=criteria, bands=bands)
    assert said.endswith("its requirements hold; where none is, the rules give none.")
    for overlap, which in (("best", "best"), ("worst", "worst")):
        levels = {"overlap": overlap, "measure": "x", "levels": {"good": {"from": 5}, "poor": {"from": 0, "to": 10}}}
        said = told_of("bands", bands=levels)
        assert "Bands are given by «x»." in said
        assert said.endswith(f"If several apply, the {which} is given.")
    assert told_of("bands") == told_of("score") == told_of("quotas") == told_of("examples") == ""


@pytest.mark.parametrize(
    ("combine", "weights", "short", "formula"),
    [
        ("mean", (30, 70), "the mean of the shares", "(30 times the share of «one» plus 70 times the share of «two») divided by 100"),
        ("mean", (), "the mean of the shares", "(the share of «one» plus the share of «two») divided by 2"),
        ("geometric_mean", (), "the geometric mean", "(the root of (the share of «one» times the share of «two») of degree 2)"),
        ("geometric_mean", (25, 75), "the geometric mean", "(the share of «one» to the power 0.25) times (the share of «two» to the power 0.75)"),
        ("harmonic_mean", (), "the harmonic mean", "2 divided by (1 divided by the share of «one» plus 1 divided by the share of «two»)"),
        ("min", (), "the lowest share", "(the least of the share of «one» and the share of «two»)"),
        ("max", (), "the highest share", "(the greatest of the share of «one» and the share of «two»)"),
        ("product", (), "the product of the shares", "the share of «one» times the share of «two»"),
    ],
)  # fmt: skip
def test_how_criteria_are_combined_is_told(combine: str, weights: tuple[int, ...], short: str, formula: str) -> None:
    of_weights = [{"weight": f"{weight}%"} if sum(weights) == 1 else {"weight": weight} for weight in weights] or [
        {},
        {},
    ]
    parts = {name: {"rate": "x / 10", **weight} for name, weight in zip(("one", "two"), of_weights, strict=True)}
    relative = {"weights": "relative"} if weights else {}
    group = {"max": 5, "combine": combine, "criteria": parts, **relative}
    said = told_of("criteria", criteria={"all": group}, score={"round": {"places": 2, "mode": "up"}})
    assert f"all 5 {short}" in said
    assert f"Points 5 times {formula}" in said


def test_a_group_of_one_and_of_many_criteria_is_told_too() -> None:
    score = {"round": {"places": 2, "mode": "up"}}
    summed = {"one": {"max": 30, "rate": "x / 10"}, "two": {"max": 12.5, "rate": "x / 10"}}
    assert told_of("score", criteria=summed).startswith("The score At most 42.5 Points")
    alone = {"combine": "min", "criteria": {"one": {"rate": "x / 10"}}}
    assert "Points 100 times the share of «one»" in told_of("criteria", criteria={"all": alone}, score=score)
    parts = {f"part{number}": {"rate": "x / 10"} for number in range(9)}
    many = {"combine": "max", "criteria": parts}
    assert "times the greatest" not in told_of("criteria", criteria={"all": many}, score=score)
    said = told_of("score", criteria=parts, score=score | {"combine": "geometric_mean", "max": 1})
    assert said.startswith("The score At most 1 Points the geometric mean of the shares of its criteria Rounding")


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"missing": "full", "rate": "x / 10"}, "If a value is absent it counts in full"),
        ({"missing": "unrated", "rate": "x / 10"}, "If a value is absent there is no rating"),
        ({"outside": "clamp", "min": None, "max": 5, "points": "x"}, "never below 0, never above 5"),
    ],
)
def test_what_becomes_of_absent_and_extreme_values_is_told(keys: dict[str, object], expected: str) -> None:
    own = {"max": 10} | {key: value for key, value in keys.items() if value is not None}
    assert expected in told_of("criteria", criteria={"work": own})


def test_an_unbounded_criterion_is_clamped_on_one_side() -> None:
    work = {"outside": "clamp", "min": 2, "points": "x"}
    assert "Limits never below 2" in told_of("criteria", criteria={"group": {"criteria": {"work": work}}})


def test_a_group_that_is_not_rescaled_says_so() -> None:
    parts = {"one": {"max": 5, "applies": "x > 2", "rate": "1"}, "two": {"max": 5, "rate": "1"}}
    said = told_of("criteria", criteria={"all": {"rescale": False, "criteria": parts}})
    assert "If one is left out its points are lacking" in said


def finding(language: str, **keys: object) -> Html:
    """Return what the gaps of a small rulebook say about one accepted finding."""
    criteria = {"work": {"max": 10, "points": "x"}}
    rules = {"kpirules": 1, "id": "small", "inputs": {"x": WHOLE}, "criteria": criteria} | keys
    program = kr.load({key: value for key, value in rules.items() if value})
    return gaps_section(Reader.of(program.rulebook, language), program.report).html


WHOLE = {"type": "integer", "min": 0, "max": 10, "label": {"en": "Done", "vi": "Đã làm"}}

FINE = {"label": {"en": "Fine", "vi": "Tốt"}, "requires": {"that": "x > 6"}, "allow": {"KR334": "why"}}
"""A band with a requirement, so that some subjects are in no band."""

ACCEPTED = {
    "inside": (
        {"bands": {"good": {"from": 5, **FINE}, "poor": {"below": 5}}},
        "with a number from 5 to 10, a subject that fails the requirements of «Fine» has no band",
        "có số điểm từ 5 đến 10 mà không đạt điều kiện của «Tốt» thì không thuộc mức nào",
    ),
    "exactly": (
        {"bands": {"good": {"from": 10, **FINE, "requires": {"that": "year > 2026"}}, "poor": {"below": 10}}}
        | {"inputs": {"x": WHOLE, "year": {"type": "integer", "min": 2020, "max": 2030}}},
        "with a number of exactly 10, a subject that fails the requirements of «Fine» has no band",
        "có số điểm đúng 10 mà không đạt điều kiện của «Tốt» thì không thuộc mức nào",
    ),
    "without numbers": (
        {"criteria": {}, "bands": {"good": FINE}},
        "a subject that fails the requirements of «Fine» has no band",
        "trường hợp không đạt điều kiện của «Tốt» thì không thuộc mức nào",
    ),
    "no subject": (
        {
            "bands": {
                "top": {"above": 10, "label": {"en": "Top", "vi": "Nhất"}, "allow": {"KR332": "why"}},
                "poor": {},
            }
        },
        "no subject can get «Top»",
        "không trường hợp nào được xếp «Nhất»",
    ),
    "unread": (
        {"inputs": {"x": WHOLE, "y": {**WHOLE, "allow": {"KR242": "why"}, "label": {"en": "Why", "vi": "Lý do"}}}},
        "«Why» is never read",
        "không quy tắc nào dùng đến «Lý do»",
    ),
    "true": (
        {"exemptions": {"e": {"when": "x >= 0", "status": "out", "allow": {"KR341": "why"}}}},
        "the condition is always true",
        "điều kiện này luôn đúng",
    ),
    "part": (
        {"outputs": {"pay": {"value": "1 if x >= 0 else 2", "allow": {"KR341": "why"}}}},
        "«x >= 0» is always true",
        "«x >= 0» luôn đúng",
    ),
    "implied": (
        {"validations": {"v": {"that": "x >= 0", "allow": {"KR341": "why"}}}},
        "the condition is always true: the domains and the other validations imply it",
        "the condition is always true: the domains and the other validations imply it",
    ),
    "false": (
        {"exemptions": {"e": {"when": "x > 10", "status": "out", "allow": {"KR341": "why"}}}},
        "the condition is always false",
        "điều kiện này luôn sai",
    ),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_accepted_findings_are_told_with_labels_in_the_language_of_the_page(case: str) -> None:
    keys, english, vietnamese = ACCEPTED[case]
    for language, words in (("en", english), ("vi", vietnamese)):
        told = finding(language, **keys)
        assert f"{words} why" in text_of(told)
        is_translated = english != vietnamese
        assert ('<span lang="en">' in told.text) is not is_translated


def test_a_reason_has_no_language() -> None:
    said = told_of("gaps", allow={"KR242": "Kept for later"})
    assert said.endswith("Kept for later")


def test_functions_and_tables_are_called_by_their_names() -> None:
    functions = {"twice": {"args": ["y"], "value": "2 * y"}}
    said = told_of("outputs", functions=functions, outputs={"a": "twice(x) + 1"})
    assert said == "Further results a («twice» for «x») plus 1 twice ( x ) + 1"


def test_programs_without_points_have_no_score() -> None:
    program: Program = kr.load({"kpirules": 1, "id": "t", "outputs": {"one": "1"}})
    page = Page("t.html", "t", "", None, program, program.whole)
    found = [
        section.id
        for section in _sections(page, Reader.of(program.rulebook, None), program.form())
        if section.content
    ]
    assert found == ["outputs", "try"]
