"""`kpirules assess`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kpirules import Assessment, assess, load

STAFF = """\
person,served,warned,joined
an,12,true,2019-05-01
bình,12,FALSE,
chi,1,,
"""
TASKS = """\
person,planned,done
an,3,2
an,1.5,1.5
bình,3,2
"""
JOINED = ("--key", "person", "--records", "tasks=tasks.csv")


@pytest.fixture
def rated(kpirules: Callable[..., Any], write: Callable[..., str]) -> Callable[..., Any]:
    """Return a function that rates the rows of a CSV file, with the records of another one."""

    def run(*arguments: str, staff: str = STAFF, tasks: str = TASKS) -> Any:
        write("staff.csv", staff)
        write("tasks.csv", tasks)
        return kpirules("assess", "staff.kpi.yaml", "staff.csv", *JOINED, *arguments)

    return run


@pytest.fixture
def rows(kpirules: Callable[..., Any], write: Callable[..., str]) -> Callable[..., Any]:
    """Return a function that rates the subjects of a text without records, as CSV."""

    def run(name: str, text: str, *arguments: str) -> Any:
        return kpirules("assess", "staff.kpi.yaml", write(name, text), "--format", "csv", *arguments)

    return run


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


# -- what comes out ------------------------------------------------------------------------------


def test_a_table_is_aligned_for_people(rated: Callable[..., Any]) -> None:
    ran = rated()
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "person  status     score  band  margin_up  margin_down  points.results  outputs.bonus"
        "  outputs.veteran  outputs.since\n"
        "──────  ─────────  ─────  ────  ─────────  ───────────  ──────────────  ─────────────"
        "  ───────────────  ─────────────\n"
        "an      rated      88.89  fair                   18.89     ≈ 88.888889          888.9"
        "  true             2019-05-01\n"
        "bình    rated      83.33  good                   13.33     ≈ 83.333333          833.3"
        "  false\n"
        "chi     not_rated\n"
    )


def test_wide_characters_take_two_columns_of_a_table(rated: Callable[..., Any]) -> None:
    ran = rated("--columns", "score", staff="person,served\n李雷,12\n", tasks="person,planned,done\n")
    assert ran.out == "person  score\n──────  ─────\n李雷       50\n"


def test_text_of_a_subject_never_commands_the_terminal(rated: Callable[..., Any]) -> None:
    ran = rated("--columns", "score", staff="person,served\n\x1b[31m,12\n", tasks="person,planned,done\n")
    assert "\x1b" not in ran.out
    assert "␛[31m" in ran.out


def test_csv_holds_every_number_exactly(rated: Callable[..., Any]) -> None:
    an, bình, chi = lines(rated("--format", "csv").out)
    assert (an["points.amount"], an["points.results"], an["score"]) == ("350/9", "800/9", "88.89")
    assert (bình["points.amount"], bình["margin_down"], bình["outputs.since"]) == ("100/3", "13.33", "")
    assert (chi["status"], chi["score"], chi["band"]) == ("not_rated", "", "")


def test_csv_has_the_points_of_every_criterion_and_every_output(rated: Callable[..., Any]) -> None:
    head = rated("--format", "csv").out.splitlines()[0]
    assert head == (
        "person,status,score,band,margin_up,margin_down,points.results,points.amount,points.presence,"
        "outputs.bonus,outputs.veteran,outputs.since"
    )


def test_columns_can_be_chosen(rated: Callable[..., Any]) -> None:
    chosen = "band,exact_score,share.presence,let.rate,overrides,because,rounding_decided,outputs.veteran"
    an, _, chi = lines(rated("--format", "csv", "--columns", chosen).out)
    assert an == {
        "person": "an",
        "band": "fair",
        "exact_score": "800/9",
        "share.presence": "1",
        "let.rate": "7/9",
        "overrides": "warning",
        "because": "",
        "rounding_decided": "false",
        "outputs.veteran": "true",
    }
    assert (chi["because"], chi["rounding_decided"]) == ("exemptions.short_service", "")


def test_a_column_that_does_not_exist_is_refused(rated: Callable[..., Any]) -> None:
    ran = rated("--columns", "scores")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "kpirules: --columns: there is no column `scores`; did you mean `score`?\n"


def test_a_language_adds_the_label_of_the_band(rated: Callable[..., Any]) -> None:
    found = lines(rated("--format", "csv", "--language", "vi").out)
    assert [(row["band"], row["band_label"]) for row in found] == [("fair", "fair"), ("good", "Tốt"), ("", "")]


def test_jsonl_holds_the_whole_record_of_each_subject(rated: Callable[..., Any], folder: Path) -> None:
    first, *_ = [json.loads(line) for line in rated("--format", "jsonl").out.splitlines()]
    tasks = [{"planned": 3, "done": 2}, {"planned": 1.5, "done": 1.5}]
    given = {"person": "an", "served": 12, "warned": True, "joined": "2019-05-01", "tasks": tasks}
    assert first["key"] == {"person": "an"}
    assert Assessment.from_data(first["assessment"]) == assess(load(folder / "staff.kpi.yaml"), given)


def test_json_is_a_list_of_whole_records(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    write("two.json", '[{"served": 12, "tasks": []}, {"served": 6, "tasks": []}]')
    found = json.loads(kpirules("assess", "staff.kpi.yaml", "two.json", "--format", "json").out)
    assert [(one["row"], one["assessment"]["score"]) for one in found] == [(1, "50"), (2, "25")]
    write("none.json", "[]")
    assert kpirules("assess", "staff.kpi.yaml", "none.json", "--format", "json").out == "[]\n"


@pytest.mark.parametrize(
    ("name", "begins"),
    [("o.csv", "person,"), ("o.jsonl", '{"key"'), ("o.json", "[\n{"), ("o.txt", "person  ")],
)
def test_the_name_of_the_output_tells_its_format(
    rated: Callable[..., Any], folder: Path, name: str, begins: str
) -> None:
    ran = rated("-o", name)
    assert (ran.code, ran.out) == (0, "")
    assert (folder / name).read_text(encoding="utf-8").startswith(begins)


def test_an_output_is_there_whole_or_stays_what_it_was(
    rated: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rated.csv"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    with monkeypatch.context() as patched:
        patched.setattr("kpirules.cli.assess.assess", lambda *rest, **named: 1 / 0)
        rated("-o", str(path), "--format", "csv")
    assert path.read_text(encoding="utf-8") == "old"
    assert not list(tmp_path.glob(".*"))
    assert rated("-o", str(path), "--format", "csv").code == 0
    assert path.read_text(encoding="utf-8").startswith("person,status")
    assert path.stat().st_mode & 0o777 == 0o640


def test_an_output_behind_a_link_is_written_where_it_is(rated: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("", encoding="utf-8")
    inode = (tmp_path / "real.csv").stat().st_ino
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert rated("-o", str(tmp_path / "link.csv"), "--format", "csv").code == 0
    assert (tmp_path / "real.csv").stat().st_ino == inode
    assert (tmp_path / "real.csv").read_text(encoding="utf-8").startswith("person,status")
    assert rated("-o", "/dev/null").code == 0


def test_an_output_never_overwrites_what_is_read(rated: Callable[..., Any], folder: Path) -> None:
    ran = rated("-o", "tasks.csv")
    assert (ran.code, ran.err) == (2, "kpirules: tasks.csv: the output would overwrite an input file\n")
    assert (folder / "tasks.csv").read_text(encoding="utf-8") == TASKS


def test_a_rulebook_without_bands_has_no_columns_for_them(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    write("a.kpi.yaml", "kpirules: 1\nid: a\ninputs: {x: {type: number, min: 0, max: 1}}\noutputs: {y: x * 3}\n")
    ran = kpirules("assess", "a.kpi.yaml", write("a.csv", "x\n0.1\n"), "--format", "csv")
    assert ran.out == "row,status,outputs.y\n1,rated,0.3\n"


# -- cells ---------------------------------------------------------------------------------------


def test_numbers_of_csv_are_read_exactly_from_their_text(rows: Callable[..., Any], write: Callable[..., str]) -> None:
    tasks = "person,planned,done\na,0.3,0.1\n"
    ran = rows("a.csv", "person,served\na, 12 \n", "--key", "person", "--records", f"tasks={write('t.csv', tasks)}")
    assert lines(ran.out)[0]["points.amount"] == "50/3"


def test_a_quotient_is_a_number_of_csv(rows: Callable[..., Any]) -> None:
    assert rows("a.csv", "served\n24/2\n").err.count("KR602") == 1
    assert "24/0" in rows("a.csv", "served\n24/0\n").err


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("served", "twelve", '`served` is the text "twelve"; allowed: a whole number from 0 to 12'),
        ("served", '"3,5"', '`served` is the text "3,5"; allowed: a whole number from 0 to 12'),
        ("served", "1e99", '`served` is the text "1e99"'),
        ("served", "12.5", "`served` is 12.5, above 12"),
        ("warned", "yes", '`warned` is the text "yes"; allowed: true or false'),
        ("warned", "1", '`warned` is the text "1"; allowed: true or false'),
        ("level", "chief", '`level` is "chief", which is not an option; allowed: `junior` or `senior`'),
        ("joined", "1/2/2020", '`joined` is the text "1/2/2020"; allowed: a date'),
    ],
)
def test_an_invalid_cell_is_reported_with_its_line(
    rows: Callable[..., Any], column: str, cell: str, said: str
) -> None:
    ran = rows("a.csv", f"{column},person\n{cell},x\n")
    assert ran.code == 1
    assert any(line.startswith("a.csv:2: error[KR6") and said in line for line in ran.err.splitlines())


def test_every_problem_of_a_row_is_reported_and_the_other_rows_are_rated(rated: Callable[..., Any]) -> None:
    ran = rated("--columns", "score", staff="person,served,warned\nan,13,maybe\nbình,12,\nchi,,\n")
    assert ran.code == 1
    assert ran.out.splitlines()[2:] == ["bình    83.33"]
    assert [line.partition(";")[0] for line in ran.err.splitlines()] == [
        "staff.csv:2: error[KR604]: `served` is 13, above 12",
        'staff.csv:2: error[KR603]: `warned` is the text "maybe"',
        "staff.csv:4: error[KR602]: `served` is not given",
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_column(rated: Callable[..., Any]) -> None:
    assert rated(staff="\ufeff" + STAFF, tasks="\ufeff" + TASKS).code == 0


def test_lines_may_end_as_windows_ends_them(rated: Callable[..., Any]) -> None:
    plain = rated("--format", "csv").out
    assert rated("--format", "csv", staff=STAFF.replace("\n", "\r\n")).out == plain


def test_a_cell_of_several_lines_keeps_the_count_of_lines(rows: Callable[..., Any]) -> None:
    ran = rows("a.csv", 'person,served\n"a\nb",12\n\nc,13\n')
    assert {line.partition(" ")[0] for line in ran.err.splitlines()} == {"a.csv:2:", "a.csv:5:"}


def test_another_delimiter_is_named_by_an_option(rated: Callable[..., Any]) -> None:
    other = {"staff": STAFF.replace(",", ";"), "tasks": TASKS.replace(",", ";")}
    assert rated("--delimiter", ";", **other).code == 0
    ran = rated(**other)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "kpirules: staff.csv:1: there is only one column; try `--delimiter ';'`\n"
    assert rated("--delimiter", ";;").err == "kpirules: the delimiter must be one character other than a quote\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a.csv: the file is empty; its first line names the columns"),
        (
            "served,servd\n",
            "the column `servd` is not an input; did you mean `served`? Otherwise name it in `--key` or `--ignore`",
        ),
        ("served,qqq\n", "`qqq` is not an input; if that is intended, name it in `--key` or `--ignore`"),
        ("served,served\n", "a.csv:1: duplicate column `served`"),
        ("served,tasks\n", "a.csv:1: `tasks` is a list; give its records with `--records tasks=FILE`"),
        ('served\n"1"2\n', "a.csv:2: the line is not CSV"),
    ],
)
def test_a_csv_that_cannot_be_followed_is_refused_as_a_whole(rows: Callable[..., Any], text: str, said: str) -> None:
    ran = rows("a.csv", text)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_text_that_is_not_utf_8_is_refused_with_its_line(kpirules: Callable[..., Any], folder: Path) -> None:
    (folder / "a.csv").write_bytes(b"served\n1\n\xff\n")
    ran = kpirules("assess", "staff.kpi.yaml", "a.csv")
    assert ran.err == "kpirules: a.csv:3: the text is not UTF-8; save the file as UTF-8\n"


def test_a_line_with_too_many_cells_is_a_bad_row(rows: Callable[..., Any]) -> None:
    ran = rows("a.csv", "served\n1,2\n")
    assert (ran.code, ran.err) == (1, "a.csv:2: error: the line has 2 cells, but there are 1 columns\n")


def test_columns_can_be_left_out_on_purpose(rated: Callable[..., Any]) -> None:
    staff = "person,served,zone,joined\nan,12,north,never\n"
    ran = rated("--ignore", "zone,joined", "--format", "csv", staff=staff, tasks="person,planned,done\n")
    assert (ran.code, lines(ran.out)[0]["outputs.since"]) == (0, "")


# -- JSON ----------------------------------------------------------------------------------------


def test_numbers_of_json_are_read_exactly_from_their_text(rows: Callable[..., Any]) -> None:
    text = '{"served": 12.0, "tasks": [{"planned": 0.3, "done": 0.1}]}'
    assert lines(rows("a.json", text).out)[0]["points.amount"] == "50/3"


def test_a_float_that_only_looks_allowed_is_refused(rows: Callable[..., Any]) -> None:
    text = '{"served": 12, "tasks": [{"planned": 1, "done": 0.1000000000000000055511151231257827}]}'
    assert "more than 2 digits after the point" in rows("a.json", text).err


def test_subjects_of_a_list_are_reported_where_they_begin(rows: Callable[..., Any]) -> None:
    ran = rows("a.json", '[\n {"served": 12, "tasks": []},\n\n {"served": "12", "tasks": [3]}, 5]')
    assert ran.code == 1
    assert len(lines(ran.out)) == 1
    assert [line.partition(": ")[0] for line in ran.err.splitlines()] == ["a.json:4", "a.json:4", "a.json:4"]
    assert "write digits with a decimal point, without quotes" in ran.err


def test_the_key_of_a_json_subject_may_be_a_number_or_an_input(rows: Callable[..., Any]) -> None:
    first = '{"nr": 7, "person": "an", "served": 12, "tasks": []}'
    text = f'{first}\n{{"person": "b"}}\n{first.replace("7", "true")}\n'
    ran = rows("a.jsonl", text, "--key", "nr,person", "--columns", "score")
    assert ran.out == "nr,person,score\n7,an,50\ntrue,an,50\n"
    assert ran.err == "a.jsonl:2: error: the key (nr, person) is missing\n"


def test_a_bad_line_of_jsonl_is_a_bad_row(rows: Callable[..., Any]) -> None:
    good = '{"served": 12, "tasks": []}'
    bad = [
        '{"served": 12,}',
        "{} {}",
        '{"served": NaN}',
        '{"served": 1e99}',
        '{"served": 1, "served": 2}',
        "[1]",
    ]
    ran = rows("a.jsonl", "\n".join([good, "", *bad, good]))
    assert ran.code == 1
    assert [line["row"] for line in lines(ran.out)] == ["1", "8"]
    errors = ran.err.splitlines()
    assert [error.split(":")[1] for error in errors] == ["3", "4", "5", "6", "7", "8"]
    assert "not JSON from character 4 on: extra text after the end" in errors[1]
    assert "`NaN` is not a number" in errors[2]
    assert "a number can't be read" in errors[3]
    assert "duplicate key `served`" in errors[4]
    assert "a list of 1" in errors[5]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[{]", "a.json:1:3: this is not JSON: expected a key in double quotes"),
        ("[{}\n {}]", "a.json:2:2: this is not JSON: expected a comma or `]`"),
        ("[{}] x", "a.json:1:6: this is not JSON: extra text after the end"),
        ("{} x", "a.json:1:4: this is not JSON: extra text after the end"),
        ("", "a.json:1:1: this is not JSON: expected a value"),
        ("[" * 100_000, "a.json:1:2: this is not JSON: the value is nested too deeply"),
    ],
)
def test_a_file_that_is_not_json_is_refused_as_a_whole(rows: Callable[..., Any], text: str, said: str) -> None:
    ran = rows("a.json", text)
    assert (ran.code, ran.err) == (2, f"kpirules: {said}\n")


@pytest.mark.parametrize("format_", ["table", "csv", "json", "jsonl"])
def test_half_of_a_character_is_a_bad_row_and_the_others_are_rated(
    kpirules: Callable[..., Any], write: Callable[..., str], format_: str
) -> None:
    write("s.jsonl", '{"k": "a\\ud83d", "served": 12, "tasks": []}\n{"k": "b", "served": 12, "tasks": []}\n')
    ran = kpirules("assess", "staff.kpi.yaml", "s.jsonl", "--key", "k", "--format", format_)
    assert ran.code == 1
    assert ran.err == "s.jsonl:1: error: the key (k) has half of a character, U+D83D\n"
    assert "b" in ran.out


def test_the_format_is_told_by_the_name_or_an_option(rows: Callable[..., Any]) -> None:
    text = '{"served": 12, "tasks": []}\n'
    ran = rows("a.txt", text)
    assert (ran.code, ran.err) == (
        2,
        "kpirules: a.txt: name the format of the file: `--data-format csv`, `json` or `jsonl`\n",
    )
    assert rows("a.txt", text, "--data-format", "jsonl").code == 0
    assert rows("a.ndjson", text).code == 0


def test_subjects_can_come_from_standard_input(kpirules: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.TextIOWrapper(io.BytesIO(b"served\n13\n"))
    monkeypatch.setattr("sys.stdin", data)
    ran = kpirules("assess", "staff.kpi.yaml", "-", "--data-format", "csv")
    assert ran.code == 1
    assert ran.err.startswith("standard input:2: error[KR604]")
    assert "name the format of standard input" in kpirules("assess", "staff.kpi.yaml", "-").err


# -- records -------------------------------------------------------------------------------------


def test_a_subject_without_records_has_an_empty_list(rated: Callable[..., Any]) -> None:
    found = lines(rated("--format", "csv", staff="person,served\nan,12\ndung,12\n").out)
    assert [row["points.amount"] for row in found] == ["350/9", "0"]


def test_a_mistake_in_a_record_is_reported_at_its_own_line(rated: Callable[..., Any]) -> None:
    ran = rated(tasks=TASKS + "\nan,0,5\n")
    assert ran.code == 1
    assert ran.err.startswith("tasks.csv:6: error[KR604]: `planned` is 0, not above 0 (of an); allowed:")


def test_a_record_of_nobody_is_an_error(rated: Callable[..., Any]) -> None:
    ran = rated(tasks=TASKS + "dung,1,1\n")
    assert (ran.code, ran.err) == (1, "tasks.csv:5: error: no subject has the key `dung`\n")
    assert "83.33" in ran.out


def test_what_is_written_in_another_form_of_unicode_is_told_so(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    write("s.csv", "tên,served\nBình,12\n")
    write("t.csv", "tên,planned,done,name\nBi\u0300nh,2,1,x\n")
    form = "the letters are the same in another Unicode form (NFC, NFD)"
    ran = kpirules("assess", "staff.kpi.yaml", "s.csv", "--key", "tên", "--records", "tasks=t.csv")
    assert ran.err == f"t.csv:2: error: no subject has the key `Bi\u0300nh`; there is `Bình`: {form}\n"
    ran = kpirules("assess", "staff.kpi.yaml", "s.csv", "--key", "te\u0302n", "--ignore", "tên")
    assert ran.err == (
        f"kpirules: s.csv:1: there is no column `te\u0302n`, which `--key` names; there is `tên`: {form}\n"
    )


def test_equal_keys_are_an_error_of_each_row(rated: Callable[..., Any]) -> None:
    ran = rated("--columns", "score", staff="person,served\nan,12\nbình,12\nan,6\n")
    assert ran.code == 1
    assert ran.out.splitlines()[2:] == ["bình    83.33"]
    assert ran.err == (
        "staff.csv:2: error: the key `an` is also at staff.csv:4\n"
        "staff.csv:4: error: the key `an` is also at staff.csv:2\n"
    )


def test_a_row_without_its_key_is_a_bad_row(rated: Callable[..., Any]) -> None:
    ran = rated(staff=STAFF + ",12,,\n")
    assert (ran.code, ran.err) == (1, "staff.csv:5: error: the key (person) is missing\n")


def test_a_subject_with_a_broken_record_is_not_rated(rated: Callable[..., Any]) -> None:
    ran = rated("--columns", "score", tasks=TASKS + "bình,1\n")
    assert ran.code == 1
    assert "bình" not in ran.out
    assert ran.err == (
        "staff.csv:3: error: one of its records can't be read: tasks.csv:5: the line has 2 cells, "
        "but there are 3 columns\n"
    )


def test_a_broken_record_that_belongs_to_nobody_is_told(rated: Callable[..., Any]) -> None:
    ran = rated("--columns", "score", tasks=TASKS + "bìnhh,1\n")
    assert ran.code == 1
    assert ran.err == (
        "tasks.csv:5: error: the line has 2 cells, but there are 3 columns; no subject has the key `bìnhh`\n"
    )


def test_records_are_joined_by_what_their_key_means(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    write(
        "numbered.kpi.yaml",
        "kpirules: 1\n"
        "inputs:\n"
        "  no: {type: integer, min: 1, max: 9}\n"
        "  tasks: {type: list, fields: {p: {type: integer, min: 0, max: 9}}}\n"
        "outputs: {sum: sum(t.p for t in tasks), odd: 'mod(no, 2) == 1'}\n",
    )
    write("tasks.csv", "no,p\n01,3\n1,4\n2,5\n")
    command = ("assess", "numbered.kpi.yaml", "staff.csv", "--key", "no", "--records", "tasks=tasks.csv")
    write("staff.csv", "no\n1\n 002\n")
    ran = kpirules(*command, "--format", "csv", "--columns", "outputs.sum")
    assert (ran.code, ran.out, ran.err) == (0, "no,outputs.sum\n1,7\n2,5\n", "")
    write("staff.csv", "no\n1\n2\n01\n")
    told = kpirules(*command).err
    assert told.splitlines()[0] == "staff.csv:2: error: the key `1` is also at staff.csv:4"


def test_a_record_with_an_unknown_owner_stops_the_command(rated: Callable[..., Any]) -> None:
    ran = rated(tasks=TASKS + ",1,1\n")
    assert (ran.code, ran.out, ran.err) == (2, "", "kpirules: tasks.csv:5: the key (person) is missing\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--key", "person", "--records", "task=tasks.csv"], "did you mean `tasks`?"),
        (["--key", "person", "--records", "qqq=tasks.csv"], "not a list input; there are `tasks`"),
        (["--key", "person", "--records", "tasks"], "write `--records INPUT=FILE`"),
        (["--records", "tasks=tasks.csv"], "--records needs `--key`"),
        (["--key", "person", "--records", "tasks=-"], "records can't come from standard input"),
        (["--key", "persons"], "there is no column `persons`, which `--key` names"),
        (["--key", "person", "--records", "tasks=none.csv"], "none.csv: no such file"),
        (["--key", "person", "--records", "tasks=staff.csv"], "staff.csv:1: the column `served` is not an input"),
    ],
)
def test_records_that_cannot_be_joined_are_refused(
    kpirules: Callable[..., Any], write: Callable[..., str], arguments: list[str], said: str
) -> None:
    write("staff.csv", STAFF)
    write("tasks.csv", TASKS)
    ran = kpirules("assess", "staff.kpi.yaml", "staff.csv", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_records_may_be_jsonl_and_subjects_json(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    write("s.json", '[{"person": "an", "served": 12}, {"person": "b", "served": 12, "tasks": []}, 4]')
    write("t.jsonl", '{"person": "an", "planned": 2, "done": 1, "name": "x"}\n')
    chosen = ("--key", "person", "--records", "tasks=t.jsonl", "--columns", "score", "--format", "csv")
    ran = kpirules("assess", "staff.kpi.yaml", "s.json", *chosen)
    assert ran.out == "person,score\nan,75\n"
    assert "s.json:1: error: `tasks` is given both here and by `--records`" in ran.err
    assert "s.json:1: error[KR600]" in ran.err


def test_a_record_that_is_no_mapping_stops_everything(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    write("staff.csv", STAFF)
    write("t.jsonl", "3\n")
    ran = kpirules("assess", "staff.kpi.yaml", "staff.csv", "--key", "person", "--records", "tasks=t.jsonl")
    assert ran.err == "kpirules: t.jsonl:1: a record must be a mapping of names to values\n"


# -- rulebooks and faults ------------------------------------------------------------------------


def test_a_rulebook_with_errors_is_shown_and_nothing_is_assessed(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    write("bad.kpi.yaml", "kpirules: 1\nid: bad\noutputs: {y: x}\n")
    ran = kpirules("assess", "bad.kpi.yaml", write("a.csv", "x\n"))
    assert (ran.code, ran.out) == (2, "")
    assert "error[KR" in ran.err
    assert ran.err.endswith("kpirules: bad.kpi.yaml: the rulebook has errors\n")


def test_a_fault_is_reported_with_the_place_of_its_formula(
    kpirules: Callable[..., Any], write: Callable[..., str]
) -> None:
    rulebook = "kpirules: 1\nid: a\ninputs: {x: {type: number, min: 0, max: 9}}\noutputs: {y: 1 / x}\n"
    write("a.kpi.yaml", rulebook)
    ran = kpirules("assess", "a.kpi.yaml", write("a.csv", "x\n0\n4\n"), "--format", "csv")
    assert (ran.code, ran.out) == (1, "row,status,outputs.y\n2,rated,0.25\n")
    assert ran.err.startswith("a.csv:2: error[KR620]: a number is divided by zero (")
    assert "(in the formula at a.kpi.yaml:4)" in ran.err


def test_data_is_read_up_to_a_limit(
    kpirules: Callable[..., Any], write: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpirules.cli.subjects.reading.MAX_DATA_BYTES", 100)
    ran = kpirules("assess", "staff.kpi.yaml", write("staff.csv", "served,warned\n" + "12,yes\n" * 20))
    assert (ran.code, ran.out) == (2, "")
    assert "the file has more than 100 bytes; split it" in ran.err
    # A device tells no size.
    ran = kpirules("assess", "staff.kpi.yaml", "/dev/zero", "--data-format", "csv")
    assert ran.code == 2
    assert "the file has more than 100 bytes; split it" in ran.err
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"x" * 200)))
    ran = kpirules("assess", "staff.kpi.yaml", "-", "--data-format", "csv")
    assert "standard input: the file has more than 100 bytes; split it" in ran.err


def test_an_invariant_that_does_not_hold_is_found(kpirules: Callable[..., Any], write: Callable[..., str]) -> None:
    rules = write(
        "t.kpi.yaml",
        "kpirules: 1\nid: t\ninputs: {n: {type: integer, min: 0, max: 9}}\noutputs: {x: n}\n"
        "invariants: {small: {that: n < 5}}\n",
    )
    ran = kpirules("assess", rules, write("t.csv", "n\n4\n5\n"), "--format", "csv")
    assert (ran.code, ran.err) == (1, "t.csv:3: error: the invariant `small` does not hold\n")
    assert len(ran.out.splitlines()) == 3
    assert kpirules("assess", rules, write("u.csv", "n\n4\n")).code == 0
