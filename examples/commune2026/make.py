"""Writes the tables of a made-up commune: 12 divisions of 3 agencies, 200 people, one year.

python make.py data      writes the tables of commune.appraisal.yaml into the folder `data`

Nothing but the standard library is needed. Everything follows from SEED, and of the random numbers only `random()` is
used, whose sequence is the same in every version of Python: the tables are the same bytes everywhere.

What a year holds besides the ordinary is put in on purpose and named below: SPECIAL and EQUALS for people, DIVISIONS
for organisations, BETWEEN and UNASSIGNED for months that the decree leaves without a score.
"""

from __future__ import annotations

import csv
import sys
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

SEED = 335
MONTHS = range(1, 13)
QUARTER = Decimal("0.25")

Row = dict[str, Any]
Tables = dict[str, list[Row]]

# The coefficients of ../nd335/catalogue.csv: the commune Nghĩa Lâm, Nghệ An, QĐ 283/QĐ-UBND of 31/5/2026.
PRODUCTS = {"DC.16": "0.6", "DC.01": "1", "DC.HN.02": "1.6", "DC.02": "5", "DC.15": "6", "DC.03": "7", "DC.05": "12"}
LEADING = {"QL.01": "14", "QL.02": "9", "QL.03": "8", "QL.09": "13"}

GENERAL = {
    "g1_1": 5, "g1_2": 5, "g2_1": 2.5, "g2_2": 2.5, "g2_3": 2.5, "g2_4": 2.5,
    "g3_1": 2.5, "g3_2": 2.5, "g3_3": 2.5, "g3_4": 2.5,
}  # fmt: skip
ENTERED = {
    "policy_work": 10, "staff_management": 10, "reform": 10, "institutions": 10, "management": 10, "coordination": 5,
    "digital": 10, "science": 5, "procedures": 5, "petitions": 5,
}  # fmt: skip

AGENCIES = {"Đảng ủy": True, "Ủy ban nhân dân": False, "Mặt trận": False}
"""Whether the competent level has found the agency outstanding: then 25 % instead of 20 % may be excellent."""

DIVISIONS = {
    # division: agency, people, points that it lacks of 100, what else is unlike the usual
    "Văn phòng Đảng ủy": ("Đảng ủy", 12, 3, {"exceeding": 45}),
    "Ban Xây dựng Đảng": ("Đảng ủy", 12, 5, {"exceeding": 40}),
    "Ủy ban Kiểm tra": ("Đảng ủy", 10, 12, {}),
    "Văn phòng HĐND và UBND": ("Ủy ban nhân dân", 22, 4, {"exceeding": 36}),
    # 92 points: less than 30 % exceed, and not all shortcomings fixed; 78 points: 95 % on time; 60 points: 21 % late
    "Phòng Kinh tế": ("Ủy ban nhân dân", 20, 8, {"exceeding": 25}),
    "Phòng Hạ tầng": ("Ủy ban nhân dân", 20, 8, {"exceeding": 40, "shortcomings_fixed": False}),
    "Phòng Văn hóa - Xã hội": ("Ủy ban nhân dân", 18, 18, {}),
    "Trung tâm Hành chính công": ("Ủy ban nhân dân", 18, 22, {"on_time_with_quality": 95, "late": 5}),
    "Phòng Tài chính": ("Ủy ban nhân dân", 18, 25, {}),
    "Ban Quản lý dự án": ("Ủy ban nhân dân", 16, 40, {"on_time_with_quality": 79, "late": 21}),
    "Cơ quan Mặt trận": ("Mặt trận", 18, 35, {"on_time_with_quality": 85, "late": 15}),
    "Khối đoàn thể": ("Mặt trận", 16, 10, {"concluded_wrongdoing": True, "exceeding": 35}),
}

SPECIAL: dict[str, tuple[str, Row]] = {
    # person: why, and what is unlike the usual
    "CC040": ("vector m6: twelve months from 87 to 95", {"scores": (92, 95, 88, 90, 91, 89, 93, 90, 87, 94, 90, 91)}),
    "CC041": (
        "vector m7: the same until July, then maternity leave",
        {"scores": (92, 95, 88, 90, 91, 89, 93), "months": range(1, 8), "absence": "maternity_leave"},
    ),
    "CC045": ("came in September", {"months": range(9, 13)}),
    "CC065": ("left in April", {"months": range(1, 4)}),
    "CC086": ("five months between two unpaid leaves", {"months": range(4, 9), "absence": "unpaid_leave"}),
    "CC110": ("unpaid leave, but six months worked", {"months": range(7, 13), "absence": "unpaid_leave"}),
    "CC130": ("four months, then sick leave", {"months": range(1, 5), "absence": "sick_leave"}),
    "CC009": ("on maternity leave the whole year", {"months": range(0), "absence": "maternity_leave"}),
    "CC015": ("disciplined, with every point there is", {"scores": (100,) * 12, "vetoed": True}),
    "CC070": ("a conclusion of a competent level", {"vetoed": True}),
    "CC168": ("a deputy with a veto", {"vetoed": True}),
    "CC075": ("transferred in July", {"moves": (7, "Phòng Tài chính")}),
    "CC100": ("transferred in October to another agency", {"moves": (10, "Văn phòng Đảng ủy")}),
}

EQUALS = ("CC171", "CC173", "CC174", "CC176", "CC190")
"""Five who have every point there is, in a group of similar tasks that has fewer places for the excellent."""

BETWEEN = {
    # division, month: whose đ or e is neither of the two values of the decree
    ("Ủy ban Kiểm tra", 3): ("head", "organising"),
    ("Phòng Văn hóa - Xã hội", 8): ("deputy", "unity"),
    ("Phòng Tài chính", 11): ("head", "unity"),
}

UNASSIGNED = {("CC130", 2), ("CC131", 6), ("CC163", 4), ("CC163", 5)}
"""People in months in which nothing was assigned to them."""


class Chance:
    """Numbers that only depend on the seed.

    Args:
        seed: a whole number.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def real(self) -> float:
        """A number from 0 to below 1."""
        return self._random.random()

    def whole(self, most: int) -> int:
        """A whole number from 0 to `most`."""
        return int(self.real() * (most + 1))

    def one(self, of: list[str]) -> str:
        """One of several."""
        return of[self.whole(len(of) - 1)]


def lacking(maxima: dict[str, Any], points: Decimal) -> Row:
    """The maxima less some points, taken off in quarters, one criterion after the other."""
    left = {name: Decimal(str(most)) for name, most in maxima.items()}
    while points > 0:
        for name in left:
            if points > 0 and left[name] > 0:
                left[name] -= QUARTER
                points -= QUARTER
    return left


def organisation(name: str) -> Row:
    """The row of a division: 80 tasks of the programme and 20 that arose, all done."""
    _, _, lacks, otherwise = DIVISIONS[name]
    usual = {
        "unit": name,
        "programme_tasks": 80, "programme_completed": 80, "arising_tasks": 20, "arising_completed": 20,
        "on_time_with_quality": 100, "exceeding": 10, "late": 0,
        "subordinate_failed": False, "shortcomings_fixed": True, "concluded_wrongdoing": False,
        "programme_excused": False, "has_procedures": True, "has_petitions": True,
    }  # fmt: skip
    return usual | otherwise | lacking(ENTERED, Decimal(lacks))


def person(number: int, post: str, unit: str, chance: Chance) -> Row:
    """Somebody: where and as what they work, how well, and when."""
    name = f"CC{number:03}"
    luck = chance.real()
    skill = 0.97 if luck < 0.3 else 0.9 if luck < 0.6 else 0.7 if luck < 0.96 else 0.2
    if post != "staff":
        skill = max(skill, 0.9)
    return {
        "person": name, "post": post, "unit": unit, "skill": skill, "serves_public": chance.real() < 0.4,
        "group": "leaders" if post != "staff" else "support" if chance.real() < 0.25 else "specialists",
        "months": MONTHS, "absence": "none", "vetoed": False, "scores": (), "moves": None,
    } | SPECIAL.get(name, ("", {}))[1] | ({"scores": (100,) * 12} if name in EQUALS else {})  # fmt: skip


def people(chance: Chance) -> list[Row]:
    """Everybody by division: the head, the deputies, and the staff, divided among the fields of the deputies."""
    found: list[Row] = []
    for unit, (_, size, _, _) in DIVISIONS.items():
        fields = 2 if size >= 18 else 1
        for place in range(size):
            post = "head" if place == 0 else "deputy" if place <= fields else "staff"
            one = person(len(found) + 1, post, unit, chance)
            found.append(one | {"field": f"field {1 + (place - 1) % fields}" if place else None})
    return found


def month(one: Row, number: int, chance: Chance) -> tuple[Row, list[Row]]:
    """A month of somebody: the row with the points that were entered, and the tasks."""
    moved = one["moves"] is not None and number >= one["moves"][0]
    key = {"person": one["person"], "month": number, "unit": one["moves"][1] if moved else one["unit"]}
    if one["post"] != "head":
        key["field"] = "field 1" if moved else one["field"]
    wanted = one["scores"][number - 1] if one["scores"] else None
    worse = 1 - one["skill"]
    lacks = Decimal(100 - wanted) if wanted else QUARTER * int(8 + 60 * worse * chance.real())
    general = lacking(GENERAL, lacks)
    attitude = general.pop("g2_4")
    shown = {"g2_4_public": attitude if one["serves_public"] else None}
    shown["g2_4_internal"] = None if one["serves_public"] else attitude
    row = key | {"serves_public": one["serves_public"]} | general | shown
    if one["post"] != "staff":
        row |= {"post": one["post"], "organising": "fulfilled", "unity": "united"}
        if chance.real() < 0.04:
            row["organising"] = "prolonged"
        who, part = BETWEEN.get((one["unit"], number), ("", ""))
        if who == one["post"]:
            row[part] = "between"
    if (one["person"], number) in UNASSIGNED:
        return row, []
    catalogue = PRODUCTS if one["post"] == "staff" else LEADING
    return row, [key | task(catalogue, 0.0 if wanted else worse, chance) for _ in range(3)]


def task(catalogue: dict[str, str], worse: float, chance: Chance) -> Row:
    """A product with what became of it."""
    product = chance.one(list(catalogue))
    assigned = 1 + chance.whole(11)
    completed = assigned - int(assigned * worse * chance.real() * 1.2)
    failures = int(completed * worse * chance.real() * 2)
    delays = int(completed * worse * chance.real() * 2)
    return {
        "product": product, "coefficient": Decimal(catalogue[product]), "assigned": assigned, "completed": completed,
        "failures": failures, "objective_failures": chance.whole(failures) if chance.real() < 0.1 else 0,
        "delays": delays, "objective_delays": chance.whole(delays) if chance.real() < 0.1 else 0,
    }  # fmt: skip


def year(one: Row) -> Row:
    """The row of somebody's year, where they are at its end."""
    unit = one["moves"][1] if one["moves"] else one["unit"]
    agency = DIVISIONS[unit][0]
    return {
        "person": one["person"], "unit": unit, "agency": agency, "task_group": one["group"],
        "outstanding": AGENCIES[agency], "absence": one["absence"], "vetoed": one["vetoed"],
        "is_head": one["post"] == "head",
    }  # fmt: skip


def tables() -> Tables:
    """All tables of the appraisal, by the name of the stage, and of the list within it."""
    chance = Chance(SEED)
    found: Tables = {"organisation": [organisation(name) for name in DIVISIONS], "year": []}
    stages = {"staff": "month", "deputy": "deputy", "head": "head"}
    found |= {name: [] for stage in stages.values() for name in (stage, f"{stage}.tasks")}
    for one in people(chance):
        stage = stages[one["post"]]
        for number in one["months"]:
            row, tasks = month(one, number, chance)
            found[stage].append(row)
            found[f"{stage}.tasks"] += tasks
        found["year"].append(year(one))
    return found


def cell(value: object) -> str:
    """A value as a table holds it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def write(folder: Path) -> None:
    """Write all tables into a folder, one file each."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables().items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(rows[0])
            writer.writerows([cell(value) for value in row.values()] for row in rows)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python make.py FOLDER")
    write(Path(sys.argv[1]))
