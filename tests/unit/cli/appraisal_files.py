"""The files of a small appraisal with three stages, a list with records of its own, and quotas."""

from __future__ import annotations

from pathlib import Path

__all__ = ["STAGES", "results", "write_appraisal"]

UNIT = """\
kpirules: 1
id: unit
inputs:
  done: {type: integer, min: 0, max: 9}
criteria: {work: {max: 9, points: done}}
bands:
  good: {from: 5}
  poor: {from: 0}
"""

STAFF = """\
kpirules: 1
id: staff
inputs:
  unit: {type: text}
  unit_band: {type: choice, options: bands}
  tasks: {type: list, fields: {hours: {type: integer, min: 0, max: 9}}}
  away: {type: boolean, default: false}
exemptions: {away: {when: away, status: away}}
criteria:
  of_unit: {max: 4, measure: unit_band, lookup: {good: 4, poor: 1}}
  own: {max: 5, rate: 'min(sum(t.hours for t in tasks) / 7, 1)'}
score: {round: {places: 2}, band_on: rounded}
bands: {good: {from: 5}, poor: {from: 0}}
cohort:
  within: [unit]
  quotas:
    best:
      band: good
      at_most: 50%
      of: all
      base: before
      round: down
      minimum: 1
      order: [score]
      ties: keep
      demote_to: poor
"""

YEAR = """\
kpirules: 1
id: year
inputs:
  monthly:
    type: list
    fields:
      month: {type: integer, min: 1, max: 12}
      score: {type: number, min: 0, max: 9, decimals: 2, optional: true}
outputs:
  mean: avg(default(m.score, 0) for m in monthly)
  summer: count(m.month > 5 for m in monthly)
"""

APPRAISAL = """\
kpirules: 1
appraisal: commune
stages:
  unit: {rulebook: rules/unit.kpi.yaml, key: [unit]}
  month:
    rulebook: rules/staff.kpi.yaml
    key: [person, month]
    take: {unit_band: {stage: unit, value: band, match: [unit]}}
  year:
    rulebook: rules/year.kpi.yaml
    key: [person]
    take: {monthly: {stage: month, each: {month: month, score: score}, match: [person]}}
"""

STAGES = ("unit", "month", "year")


def write_appraisal(folder: Path, persons: int = 6, months: int = 3) -> None:
    """Write the appraisal, its rulebooks and tables into a folder.

    Args:
        folder: that takes them.
        persons: how many there are, in three units.
        months: of each.
    """
    (folder / "rules").mkdir()
    (folder / "data").mkdir()
    for name, text in (("unit", UNIT), ("staff", STAFF), ("year", YEAR)):
        (folder / "rules" / f"{name}.kpi.yaml").write_text(text, encoding="utf-8")
    (folder / "commune.kpi.yaml").write_text(APPRAISAL, encoding="utf-8")
    units = "".join(f"U{number},{3 * number + 1}\n" for number in range(3))
    (folder / "data" / "unit.csv").write_text(f"unit,done\n{units}", encoding="utf-8")
    keys = [(person, month) for person in range(persons) for month in range(1, months + 1)]
    rows = "".join(f"P{person},{month},U{person % 3},{(person + month) % 11 == 0}\n" for person, month in keys)
    (folder / "data" / "month.csv").write_text(f"person,month,unit,away\n{rows}", encoding="utf-8")
    tasks = "".join(f"P{p},{m},{(p * m + turn) % 5}\n" for p, m in keys for turn in range(p % 4))
    (folder / "data" / "month.tasks.csv").write_text(f"person,month,hours\n{tasks}", encoding="utf-8")
    people = "".join(f'{{"person": "P{person}"}}\n' for person in range(persons))
    (folder / "data" / "year.jsonl").write_text(people, encoding="utf-8")


def results(folder: Path) -> dict[str, bytes]:
    """Return the files of an output by name.

    Args:
        folder: of the output.
    """
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
