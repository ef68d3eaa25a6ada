"""`kpirules diff`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import RULEBOOK

STRICTER = RULEBOOK.replace("good: {from: 70,", "good: {from: 90,")
STAFF = "person,unit,served,warned\nan,a,12,\nbình,b,11,true\nchi,b,2,\n"
TASKS = "person,planned,done\nan,3,2\nbình,4,4\n"
JOINED = ("--key", "person", "--records", "tasks=tasks.csv", "--group", "unit")


@pytest.fixture
def diff(kpirules: Callable[..., Any], write: Callable[..., str]) -> Callable[..., Any]:
    """Return a function that compares the rulebook with a stricter one."""
    write("new.kpi.yaml", STRICTER)
    write("staff.csv", STAFF)
    write("tasks.csv", TASKS)
    return lambda *arguments: kpirules("diff", "staff.kpi.yaml", "new.kpi.yaml", *arguments)


def test_what_differs_gives_1(diff: Callable[..., Any]) -> None:
    ran = diff()
    assert (ran.code, ran.err) == (1, "")
    assert "changed band bands.good\n    from: 70 → 90\n    ratings change, shown\n" in ran.out


def test_nothing_that_differs_gives_0(kpirules: Callable[..., Any]) -> None:
    ran = kpirules("diff", "staff.kpi.yaml", "staff.kpi.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert "nothing differs" in ran.out


def test_words_that_differ_give_1(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    write("other.kpi.yaml", RULEBOOK.replace("Kết quả", "Results"))
    ran = kpirules("diff", "staff.kpi.yaml", "other.kpi.yaml")
    assert ran.code == 1
    assert "wording only" in ran.out


def test_a_rulebook_with_errors_gives_2(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    write("broken.kpi.yaml", "kpirules: 1\noutputs: {x: y}\n")
    ran = kpirules("diff", "staff.kpi.yaml", "broken.kpi.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith("kpirules: broken.kpi.yaml: the rulebook has errors\n")


def test_a_rulebook_that_is_not_there_gives_2(diff: Callable[..., Any], kpirules: Callable[..., Any]) -> None:
    ran = kpirules("diff", "staff.kpi.yaml", "nowhere.kpi.yaml")
    assert (ran.code, ran.err) == (2, "kpirules: nowhere.kpi.yaml: no such file\n")


@pytest.mark.parametrize(
    ("option", "name", "begins"),
    [
        ("markdown", "diff.md", "`staff.review → staff.review`"),
        ("html", "diff.html", "<!doctype html>"),
        ("json", "diff.json", "{"),
        ("text", "diff.txt", "staff.review → staff.review\n"),
    ],
)
def test_the_format_is_an_option_or_in_the_name_of_the_output(
    diff: Callable[..., Any], folder: Path, option: str, name: str, begins: str
) -> None:
    assert diff("--format", option).out.startswith(begins)
    assert diff("-o", name).code == 1
    assert (folder / name).read_text(encoding="utf-8").startswith(begins)


def test_json_is_whole(diff: Callable[..., Any]) -> None:
    data = json.loads(diff("--format", "json").out)
    assert [one["ref"] for one in data["differences"]] == ["bands.good"]


def test_an_output_overwrites_nothing_that_is_read(diff: Callable[..., Any]) -> None:
    ran = diff("-o", "new.kpi.yaml")
    assert (ran.code, ran.err) == (2, "kpirules: new.kpi.yaml: the output would overwrite an input file\n")
    assert diff("--population", "staff.csv", *JOINED, "-o", "tasks.csv").code == 2


def test_a_population_is_told_who_is_rated_otherwise(diff: Callable[..., Any]) -> None:
    ran = diff("--population", "staff.csv", *JOINED)
    assert (ran.code, ran.err) == (1, "")
    assert "1 of 3 ratings in the population change" in ran.out
    assert "  an   a     good    fair   83.33      83.33           0  bands.good\n" in ran.out
    assert "by unit:" in ran.out


def test_the_impact_in_markdown_begins_with_the_population(diff: Callable[..., Any]) -> None:
    ran = diff("--population", "staff.csv", *JOINED, "--format", "markdown")
    assert ran.out.startswith(
        "**Impact** — `staff.review → staff.review`\n\n**1 of 3 ratings in the population change**\n"
    )


def test_a_population_that_is_not_moved_gives_0_where_nothing_differs(
    diff: Callable[..., Any], kpirules: Callable[..., Any]
) -> None:
    ran = kpirules("diff", "staff.kpi.yaml", "staff.kpi.yaml", "--population", "staff.csv", *JOINED)
    assert (ran.code, ran.err) == (0, "")
    assert "0 of 3 ratings in the population change" in ran.out


def test_a_population_may_be_json_without_a_key(diff: Callable[..., Any], write: Callable[..., str]) -> None:
    write("team.json", '[{"served": 12, "tasks": [{"planned": 3, "done": 2}], "unit": 7}]')
    ran = diff("--population", "team.json", "--ignore", "unit")
    assert "  1    good    fair" in ran.out
    assert "by unit" in diff("--population", "team.json", "--group", "unit").out


def test_a_row_that_cannot_be_read_is_an_error_in_the_matrix(
    diff: Callable[..., Any], write: Callable[..., str]
) -> None:
    write("staff.csv", STAFF + "dũng,c\n")
    ran = diff("--population", "staff.csv", *JOINED)
    assert ran.err == "staff.csv:5: error: the line has 2 cells, but there are 4 columns\n"
    assert "dũng  old" in ran.out


def test_very_many_rows_that_cannot_be_read_are_counted(diff: Callable[..., Any], write: Callable[..., str]) -> None:
    write("staff.csv", STAFF + "".join(f"d{n},c\n" for n in range(25)))
    ran = diff("--population", "staff.csv", *JOINED)
    assert len(ran.err.splitlines()) == 21
    assert ran.err.endswith("… and 5 more\n")


def test_what_is_no_subject_at_all_is_an_error_in_the_matrix(
    diff: Callable[..., Any], write: Callable[..., str]
) -> None:
    write("team.json", '[5, {"served": 12, "tasks": []}]')
    assert "can't be assessed:" in diff("--population", "team.json").out


@pytest.mark.parametrize("option", ["--key", "--group", "--records", "--ignore"])
def test_options_that_speak_of_subjects_need_some(diff: Callable[..., Any], option: str) -> None:
    ran = diff(option, "x")
    assert (ran.code, ran.err) == (2, f"kpirules: {option} needs `--population`: the subjects to rate\n")


def test_a_group_that_is_no_column_gives_2(diff: Callable[..., Any]) -> None:
    ran = diff("--population", "staff.csv", *JOINED[:-1], "units", "--ignore", "unit")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("kpirules: --group: there is no column `units`")


AMENDED = """\
kpirules: 1
id: amended
inputs: {done: {type: integer, min: 0, max: 100}}
criteria: {work: {max: 100, points: done}}
bands: {good: {from: 50}, poor: {from: 0}}
variants:
  city: {bands: {good: {from: 60}}}
  village: {bands: {good: {from: 40}}}
amendments:
  - from: 2027-01-01
    source: Decree 2
    change: {bands: {poor: {label: Poor}}}
"""


@pytest.mark.parametrize(
    ("options", "change"),
    [
        (("--variant", "city", "--old-on", "2026-12-31", "--on", "2027-01-01"), "label: + Poor"),
        (("--old-variant", "village", "--variant", "city", "--on", "2026-05-01"), "from: 40 → 60"),
    ],
)
def test_variants_and_editions_of_one_file_are_compared(
    kpirules: Callable[..., Any], write: Callable[..., str], options: tuple[str, ...], change: str
) -> None:
    book = write("amended.kpi.yaml", AMENDED)
    ran = kpirules("diff", book, book, *options)
    assert (ran.code, ran.err) == (1, "")
    assert f"    {change}\n" in ran.out


def test_a_file_of_several_variants_and_editions_is_compared_part_by_part(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    old = write("amended.kpi.yaml", AMENDED)
    same = kpirules("diff", old, old)
    assert (same.code, same.err) == (0, "")
    assert (
        same.out
        == """\
amended → amended
nothing differs

variants and editions:
  part                           means
  city before all amendments     nothing differs
  city from 2027-01-01           nothing differs
  village before all amendments  nothing differs
  village from 2027-01-01        nothing differs
"""
    )
    new = write("new.kpi.yaml", AMENDED.partition("amendments:")[0].replace("from: 40", "from: 45"))
    ran = kpirules("diff", old, new)
    assert (ran.code, ran.err) == (1, "")
    assert "\n3 of 4 variants and editions differ\n" in ran.out
    assert "\n=== village from 2027-01-01 ===\n\namended amended 2027-01-01 → amended\n" in ran.out


VARIED = AMENDED.partition("amendments:")[0].replace(
    "inputs: {", "variant_by: place\ninputs: {place: {type: choice, options: [city, village]}, "
)
PLACES = "name,place,done\nAn,city,62\nBa,village,62\nCúc,village,39\nDũng,mountain,50\n"


def test_rows_belong_to_the_variant_that_they_tell(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    old, new = write("old.kpi.yaml", VARIED), write("new.kpi.yaml", VARIED.replace("from: 60", "from: 65"))
    write("places.csv", PLACES)
    ran = kpirules("diff", old, new, "--population", "places.csv", "--key", "name")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith("""\
amended → amended
1 of 2 variants and editions differ
  1 of 4 ratings in the population change

variants and editions:
  part     means                  subjects  changed ratings
  city     ratings change, shown         1                1
  village  nothing differs               2                0

belong to no variant or edition:
  who   by the edition  because
  Dũng  old             KR604 `place` is "mountain", which is not an option
  Dũng  new             KR604 `place` is "mountain", which is not an option

=== city ===
""")
    one = kpirules("diff", old, new, "--population", "places.csv", "--key", "name", "--variant", "city")
    assert (one.code, one.err) == (1, "2 rows of other variants or editions are left out\n")
    assert "\n1 of 2 ratings in the population change\n" in one.out
    for name, begins in (("by.md", "`amended → amended`\n"), ("by.html", "<!doctype html>\n")):
        assert kpirules("diff", old, new, "-o", name).code == 1
        assert Path(name).read_text(encoding="utf-8").startswith(begins)
    data = json.loads(kpirules("diff", old, new, "--format", "json").out)
    assert [(part["name"], part["only"], part["found"]["is_same"]) for part in data["parts"]] == [
        ("city", "", False),
        ("village", "", True),
    ]


def test_rows_of_another_day_are_left_out(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    dated = VARIED.replace("done: {", "at: {type: date, min: 2020-01-01, max: 2030-01-01}, done: {")
    text = dated + "edition_by: at\namendments:" + AMENDED.partition("amendments:")[2]
    old, new = write("old.kpi.yaml", text), write("new.kpi.yaml", text.replace("from: 60", "from: 65"))
    write("places.csv", "place,at,done\ncity,2026-05-01,62\nvillage,2027-05-01,62\ncity,2027-05-01,62\n")
    asked = ("diff", old, new, "--population", "places.csv", "--on", "2027-02-01")
    ran = kpirules(*asked)
    assert (ran.code, ran.err) == (1, "1 rows of other variants or editions are left out\n")
    assert "\n  1 of 2 ratings in the population change\n" in ran.out
    assert kpirules(*asked, "--variant", "city", "--old-on", "2026-02-01", "--old-variant", "village").err == ""


TYPED = """
kpirules: 1
id: typed
inputs: {code: {type: text}, n: {type: integer, min: 0, max: 9}}
criteria: {w: {max: 9, points: n}}
bands: {good: {from: 5}, poor: {from: 0}}
"""


def test_each_edition_reads_a_cell_by_its_own_type(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    integer = TYPED.replace("code: {type: text}", "code: {type: integer, min: 0, max: 99}")
    old, new = write("old.kpi.yaml", TYPED), write("new.kpi.yaml", integer.replace("from: 5", "from: 6"))
    write("people.csv", "name,code,n\nAn,07,5\nBa,12,7\n")
    for one, other in ((old, new), (new, old)):
        ran = kpirules("diff", one, other, "--population", "people.csv", "--key", "name")
        assert (ran.code, ran.err) == (1, "")
        assert "1 of 2 ratings in the population change" in ran.out
        assert "can't be assessed" not in ran.out
        assert 'shown with {"code": "07", "n": 5}' in ran.out


def test_each_edition_reads_the_records_of_a_list_by_its_own_types(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    listed = TYPED.replace("code: {type: text}", "tasks: {type: list, fields: {code: {type: text}}}")
    old = write("old.kpi.yaml", listed)
    new = write("new.kpi.yaml", listed.replace("{type: text}", "{type: integer, min: 0, max: 99}"))
    write("people.csv", "name,n\nAn,5\n")
    write("tasks.csv", "name,code\nAn,07\n")
    ran = kpirules("diff", old, new, "--population", "people.csv", "--key", "name", "--records", "tasks=tasks.csv")
    assert "0 of 1 ratings in the population change" in ran.out
    assert "can't be assessed" not in ran.out
