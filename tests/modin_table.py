"""Rates a table of Modin, and prints its rows as JSON; `test_frames_of_modin` runs it where Modin is installed."""

from __future__ import annotations

import json
import os

from kpirules import assess_table, loads


def main() -> None:
    """Rate the table that all libraries share, and one with records in a second table."""
    os.environ |= {"MODIN_ENGINE": "dask", "MODIN_CPUS": "2"}
    import modin.pandas as pd

    from tests.frames import BY_BATCH, RECORDS, ROWS, RULEBOOK, TASKS, WITH_RECORDS

    found = []
    for engine in (None, "columns"):
        table = assess_table(
            loads(RULEBOOK), pd.DataFrame(ROWS), ignore="name", columns=BY_BATCH, on_error="report", engine=engine
        )
        found.append(table)
    people = pd.DataFrame({"person": ["An", "Bình", "Chi"]})
    found.append(
        assess_table(
            loads(WITH_RECORDS), people, key="person", records={"tasks": pd.DataFrame(TASKS)}, columns=RECORDS,
            on_error="report",
        )
    )  # fmt: skip
    assert all(isinstance(table, pd.DataFrame) for table in found)
    # JSON of pandas writes NaN as null, and each double exactly.
    print(json.dumps([json.loads(table.to_json(orient="records", double_precision=15)) for table in found]))


if __name__ == "__main__":
    main()
