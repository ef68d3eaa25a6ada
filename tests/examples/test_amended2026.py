"""A year with an amendment in the middle: each month follows the rules at its end, in fractions and by the appraisal."""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from pathlib import Path

import kpirules as kr
from kpirules.cli import main

from .decree335 import half_up, level

FOLDER = Path(__file__).parents[2] / "examples" / "amended2026"
AMENDED = date(2026, 7, 1)
Row = dict[str, str]


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rated(row: Row) -> tuple[Fraction, str]:
    """Return the score and band of one month."""
    is_amended = date.fromisoformat(row["month_end"]) >= AMENDED
    timely, digital = (Fraction(int(row[part]), int(row["received"])) for part in ("on_time", "online"))
    of_timely, of_digital = (45, 25) if is_amended else (60, 10)
    score = half_up(int(row["conduct"]) + of_timely * timely + of_digital * digital)
    band = level(score)
    return score, "good" if is_amended and digital < Fraction(1, 2) and band == "excellent" else band


def test_months_of_both_editions_and_their_years_come_out_in_plain_fractions(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["appraise", str(FOLDER / "office.kpi.yaml"), "--data", str(FOLDER / "data"), "-o", str(out)]) == 0
    months: dict[str, list[Fraction]] = {}
    for given, found in zip(rows(FOLDER / "data" / "month.csv"), rows(out / "month.csv"), strict=True):
        score, band = rated(given)
        assert (found["person"], Fraction(found["score"]), found["band"]) == (given["person"], score, band)
        months.setdefault(given["person"], []).append(score)
    for found in rows(out / "year.csv"):
        scores = months[found["person"]]
        mean = half_up(sum(scores, Fraction(0)) / len(scores))
        assert (Fraction(found["score"]), found["band"]) == (mean, level(mean))


def test_one_person_has_months_of_both_editions() -> None:
    program = kr.load(FOLDER / "month.kpi.yaml")
    found: dict[str, set[str]] = {}
    for row in rows(FOLDER / "data" / "month.csv"):
        given = {name: int(cell) for name, cell in row.items() if name not in ("person", "month_end")}
        assessment = kr.assess(program, {**given, "month_end": row["month_end"]})
        found.setdefault(row["person"], set()).add(assessment.edition)
        assert f"edition {assessment.edition} ·" in str(kr.explain(assessment))
    assert found["Nguyễn Thị Thảo"] == {"2026", "2026, amended 2026-07-01"}
    assert found["Trần Mỹ Linh"] == {"2026, amended 2026-07-01"}
