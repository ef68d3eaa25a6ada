"""A commune's whole year: every rating against fractions, quotas, ceilings, and the command line."""

from __future__ import annotations

import csv
import importlib.util
import json
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import kpirules as kr
from kpirules.cli import main
from tests.budget import by_budget

from . import commune335
from .decree335 import Rating

FOLDER = Path(__file__).parents[2] / "examples" / "commune2026"
APPRAISAL = FOLDER / "commune.appraisal.yaml"


def script() -> ModuleType:
    """Return the script that makes the tables."""
    spec = importlib.util.spec_from_file_location("commune2026_make", FOLDER / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def make() -> ModuleType:
    return script()


@pytest.fixture(scope="module")
def tables(make: ModuleType) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = make.tables()
    return found


@pytest.fixture(scope="module")
def appraisal() -> kr.AppraisalProgram:
    return kr.load_appraisal(APPRAISAL, root=FOLDER.parent)


@pytest.fixture(scope="module")
def done(appraisal: kr.AppraisalProgram, tables: dict[str, list[dict[str, Any]]]) -> kr.Appraised:
    return kr.appraise(appraisal, tables)


@pytest.fixture(scope="module")
def plainly(tables: dict[str, list[dict[str, Any]]]) -> dict[str, dict[tuple[str, ...], Rating]]:
    return commune335.commune(tables)


@pytest.fixture(scope="module")
def year(done: kr.Appraised) -> dict[str, kr.Assessment]:
    """Return the yearly ratings by person."""
    return {person: rating for (person, _), rating in done.stages["year"].assessments.items()}


@pytest.fixture(scope="module")
def groups(
    tables: dict[str, list[dict[str, Any]]], year: dict[str, kr.Assessment]
) -> dict[tuple[str, ...], list[tuple[dict[str, Any], kr.Assessment]]]:
    """Return the members of each agency, and of each of its groups of similar tasks."""
    found: dict[tuple[str, ...], list[tuple[dict[str, Any], kr.Assessment]]] = {}
    for row in tables["year"]:
        for group in ((row["agency"],), (row["agency"], row["task_group"])):
            found.setdefault(group, []).append((row, year[row["person"]]))
    return found


def share(members: list[tuple[dict[str, Any], kr.Assessment]]) -> Fraction:
    return Fraction(1, 4) if members[0][0]["outstanding"] else Fraction(1, 5)


def bands(members: list[tuple[dict[str, Any], kr.Assessment]]) -> Counter[str | None]:
    return Counter(rating.band for _, rating in members)


def test_the_wires_have_no_findings() -> None:
    assert [str(one) for one in kr.check(APPRAISAL, root=FOLDER.parent).findings] == []


def test_two_hundred_people_work_for_a_year_in_twelve_divisions(tables: dict[str, list[dict[str, Any]]]) -> None:
    assert {name: len(rows) for name, rows in tables.items() if "." not in name} == {
        "organisation": 12,
        "month": 1973,
        "deputy": 228,
        "head": 144,
        "year": 200,
    }


@pytest.mark.parametrize("stage", ["organisation", "month", "deputy", "head", "year"])
def test_every_rating_of_a_stage_is_what_plain_fractions_give(
    done: kr.Appraised, plainly: dict[str, dict[tuple[str, ...], Rating]], stage: str
) -> None:
    found = done.stages[stage]
    assert found.errors == ()
    assert set(found.assessments) == set(plainly[stage])
    for key, rating in found.assessments.items():
        wanted = plainly[stage][key]
        assert (rating.status, rating.score, rating.band) == (wanted.status, wanted.score, wanted.band), key


@pytest.mark.parametrize("stage", ["organisation", "month", "deputy", "head", "year"])
def test_the_summary_counts_what_plain_fractions_count(
    done: kr.Appraised, plainly: dict[str, dict[tuple[str, ...], Rating]], stage: str
) -> None:
    counted = done.summary.stages[stage]
    wanted = plainly[stage].values()
    assert dict(counted.bands) == {
        band: sum(one.band == band for one in wanted) for band in ("excellent", "good", "fair", "poor")
    }
    assert dict(counted.statuses) == dict(sorted(Counter(one.status for one in wanted).items()))


STATUSES = {
    "organisation": {"rated": 8, "undefined": 4},
    "month": {"insufficient": 4, "rated": 1969},
    "deputy": {"rated": 222, "undefined": 6},
    "head": {"rated": 137, "undefined": 7},
    "year": {
        "insufficient": 1,
        "not_classified": 3,
        "open_ceiling": 2,
        "open_month": 10,
        "rated": 172,
        "undecided": 12,
    },
}


def test_the_gaps_of_the_decree_are_counted(done: kr.Appraised) -> None:
    assert {id_: dict(one.statuses) for id_, one in done.summary.stages.items()} == STATUSES


def test_no_quota_is_exceeded_in_an_agency_or_a_group_of_similar_tasks(
    groups: dict[tuple[str, ...], list[tuple[dict[str, Any], kr.Assessment]]],
) -> None:
    assert len(groups) == 12
    for group, members in groups.items():
        counted = bands(members)
        assert counted["excellent"] <= share(members) * counted["good"], group


def test_no_quota_is_exceeded_however_people_decide_ties(
    groups: dict[tuple[str, ...], list[tuple[dict[str, Any], kr.Assessment]]],
) -> None:
    """Of the undecided as many become excellent as a group of similar tasks has places, and the others good."""
    chosen: Counter[str] = Counter()
    for group, members in groups.items():
        if len(group) == 2:
            counted, undecided = bands(members), sum(rating.status == "undecided" for _, rating in members)
            reached = counted["excellent"] + counted["good"] + undecided
            places = max(x for x in range(reached + 1) if x <= share(members) * (reached - x))
            extra = places - counted["excellent"]
            assert undecided == 0 or 0 < extra < undecided, group
            chosen[group[0]] += min(extra, undecided)
    assert sum(chosen.values()) > 0
    for (agency,), members in ((group, members) for group, members in groups.items() if len(group) == 1):
        counted, undecided = bands(members), sum(rating.status == "undecided" for _, rating in members)
        excellent = counted["excellent"] + chosen[agency]
        assert excellent <= share(members) * (counted["good"] + undecided - chosen[agency]), agency


def test_no_member_is_moved_while_a_place_is_free(
    groups: dict[tuple[str, ...], list[tuple[dict[str, Any], kr.Assessment]]],
) -> None:
    """With one more excellent and one good less the quota would be broken, wherever somebody was moved."""
    moved = 0
    for group, members in groups.items():
        if len(group) == 2 and not any(rating.status == "undecided" for _, rating in members):
            surplus = [one for _, one in members if one.band == "good" and one.score is not None and one.score >= 90]
            surplus = [one for one in surplus if not one.overrides]
            counted = bands(members)
            assert not surplus or counted["excellent"] + 1 > share(members) * (counted["good"] - 1), group
            moved += len(surplus)
    assert moved > 20


def test_no_head_is_rated_above_the_division(
    done: kr.Appraised, tables: dict[str, list[dict[str, Any]]], year: dict[str, kr.Assessment]
) -> None:
    order = ("poor", "fair", "good", "excellent")
    seen: Counter[str] = Counter()
    for row in tables["year"]:
        if not row["is_head"]:
            continue
        ceiling, rating = done.stages["organisation"].assessments[row["unit"],].band, year[row["person"]]
        if ceiling is None:
            assert (rating.status, rating.band) in (("open_ceiling", None), ("open_month", None))
            seen["open"] += 1
        elif rating.band is not None:
            assert order.index(rating.band) <= order.index(ceiling)
            by_points = commune335.level(Fraction(str(rating.score)))
            seen["lowered" if order.index(by_points) > order.index(ceiling) else "untouched"] += 1
    assert seen == {"open": 4, "lowered": 4, "untouched": 1}


def test_d_of_a_leader_comes_from_the_scores_of_those_managed_in_that_month(
    done: kr.Appraised,
) -> None:
    months, deputies = done.stages["month"].assessments, done.stages["deputy"].assessments
    seen: Counter[str] = Counter()
    for stage in ("deputy", "head"):
        for (_, *place), rating in done.stages[stage].assessments.items():
            scores = [one.score for key, one in months.items() if key[1 : len(place) + 1] == tuple(place)]
            if stage == "head":
                scores += [one.score for key, one in deputies.items() if key[1:3] == tuple(place)]
            d = rating.share.get("unit_results")
            if d == Fraction(1, 2):
                assert any(score is not None and score < 50 for score in scores)
            elif d == 1:
                assert all(score is not None and score >= 50 for score in scores)
            else:
                assert None in scores
            seen[str(d)] += 1
    assert seen == {"1": 313, "1/2": 50, "None": 9}


M6 = {"quarter1": Fraction(275, 3), "quarter2": 90, "quarter3": 90, "quarter4": Fraction(275, 3)}


def test_the_vector_m6_goes_through_the_whole_year(year: dict[str, kr.Assessment]) -> None:
    rating = year["CC040"]
    assert (rating.exact_score, str(rating.score)) == (Fraction(545, 6), "90.83")
    assert {name: rating.outputs[name] for name in M6} == M6
    assert (rating.outputs["half_year"], rating.outputs["months_counted"]) == (Fraction(545, 6), 12)


def test_the_vector_m7_goes_through_the_whole_year(year: dict[str, kr.Assessment]) -> None:
    rating = year["CC041"]
    assert (rating.exact_score, str(rating.score)) == (Fraction(638, 7), "91.14")
    assert (rating.outputs["quarter3"], rating.outputs["quarter4"], rating.outputs["months_counted"]) == (93, None, 7)


SPECIAL = {
    "came in September": ("not_classified", None),
    "left in April": ("not_classified", None),
    "five months between two unpaid leaves": ("not_classified", None),
    "unpaid leave, but six months worked": ("rated", "excellent"),
    "four months, then sick leave": ("rated", "good"),
    "on maternity leave the whole year": ("insufficient", None),
    "disciplined, with every point there is": ("rated", "poor"),
    "a conclusion of a competent level": ("rated", "poor"),
    "a deputy with a veto": ("rated", "poor"),
}


@pytest.mark.parametrize("why", SPECIAL)
def test_unusual_subjects_are_rated_as_the_decree_says(
    make: ModuleType, year: dict[str, kr.Assessment], why: str
) -> None:
    person = next(person for person, (reason, _) in make.SPECIAL.items() if reason == why)
    assert (year[person].status, year[person].band) == SPECIAL[why]


def test_months_at_the_old_division_count_after_a_transfer(
    make: ModuleType, done: kr.Appraised, year: dict[str, kr.Assessment]
) -> None:
    for person, (_, otherwise) in make.SPECIAL.items():
        if "moves" in otherwise:
            units = Counter(key[2] for key in done.stages["month"].assessments if key[0] == person)
            assert len(units) == 2
            assert units[otherwise["moves"][1]] == 13 - otherwise["moves"][0]
            assert year[person].outputs["months_counted"] == 12


def test_ties_at_the_limit_are_undecided(make: ModuleType, year: dict[str, kr.Assessment]) -> None:
    assert {(year[person].status, str(year[person].score)) for person in make.EQUALS} == {("undecided", "100")}


def only(unit: str, data: Path) -> None:
    """Remove all rows except those of one division from the tables of a folder."""
    for path in data.iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(head)
            writer.writerows(row for row in rows if row[head.index("unit")] == unit)


def test_the_whole_year_is_run_by_two_commands(
    tmp_path: Path,
    appraisal: kr.AppraisalProgram,
    tables: dict[str, list[dict[str, Any]]],
    done: kr.Appraised,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The commands of the README give what Python gives, and the receipt confirms it.

    In the fixed budget they run one division alone.
    """
    data, out = tmp_path / "data", tmp_path / "out"
    subprocess.run([sys.executable, str(FOLDER / "make.py"), str(data)], check=True)
    assert sum(file.stat().st_size for file in data.iterdir()) < 1_000_000
    if unit := by_budget("Ủy ban Kiểm tra", ""):
        only(unit, data)
        kept = {name: [row for row in rows if row["unit"] == unit] for name, rows in tables.items()}
        done = kr.appraise(appraisal, kept)
    assert main(["appraise", str(APPRAISAL), "--root", str(FOLDER.parent), "--data", str(data), "-o", str(out)]) == 0
    told = (out / "summary.txt").read_text(encoding="utf-8")
    assert told.strip() == done.summary.text()
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary == json.loads(json.dumps(done.summary.to_data()))
    with (out / "year.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rating = done.stages["year"].assessments[row["person"], row["unit"]]
            assert (row["status"], row["score"], row["band"]) == (
                rating.status,
                "" if rating.score is None else str(rating.score),
                rating.band or "",
            )
    assert main(["verify", str(out / "receipt.json"), "--root", str(FOLDER.parent)]) == 0
    capsys.readouterr()


def test_the_tables_of_the_readme_are_those_of_the_summary(done: kr.Appraised) -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    for id_, stage in done.summary.stages.items():
        others = ", ".join(f"{count} `{status}`" for status, count in stage.statuses.items() if status != "rated")
        counts = " | ".join(f"{stage.bands[band]:,}" for band in ("excellent", "good", "fair", "poor"))
        assert f"| `{id_}` | {stage.rows:,} | {counts} | {others} |" in readme
    for quota in done.summary.to_data()["stages"]["year"]["quotas"]:
        within = f"{quota['within']['agency']} | {quota['within']['task_group']}"
        share = f"{int(100 * Fraction(quota['at_most']))} %"
        counts = f"{quota['held']} | {quota['limit']} | {quota['kept']} | {len(quota['moved'])}"
        assert f"| {within} | {share} | {counts} | {len(quota['undecided'])} |" in readme


def test_counts_in_the_words_of_the_readme_are_true(make: ModuleType, done: kr.Appraised) -> None:
    quotas = done.summary.to_data()["stages"]["year"]["quotas"]
    assert (sum(one["held"] for one in quotas), sum(one["limit"] for one in quotas)) == (110, 27)
    months = done.stages["month"].assessments
    unscored = {(key[2], key[1]) for key, one in months.items() if one.status == "insufficient"}
    assert len(unscored) == len(make.UNASSIGNED)
    leaders = {**done.stages["deputy"].assessments, **done.stages["head"].assessments}
    open_ = [key for key, one in leaders.items() if one.status == "undefined"]
    led_to = [key for key in open_ if (key[2], key[1]) in unscored]
    assert (len(open_), len(led_to), len({key[0] for key in led_to})) == (13, 8, 5)


def test_the_script_writes_the_same_tables_each_time(tmp_path: Path, make: ModuleType) -> None:
    for folder in ("a", "b"):
        make.write(tmp_path / folder)
    files = sorted(file.name for file in (tmp_path / "a").iterdir())
    assert len(files) == 8
    assert all((tmp_path / "a" / one).read_bytes() == (tmp_path / "b" / one).read_bytes() for one in files)


def test_the_script_asks_for_a_folder(tmp_path: Path) -> None:
    command = [sys.executable, str(FOLDER / "make.py")]
    ran = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (1, "python make.py FOLDER\n")
    assert list(tmp_path.iterdir()) == []


def test_the_summary_is_what_json_gives_back(done: kr.Appraised) -> None:
    data = done.summary.to_data()
    assert json.loads(json.dumps(data)) == data
