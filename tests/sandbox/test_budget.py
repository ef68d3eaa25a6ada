"""Small documents that need much work: each ends within two seconds and 300 MB.

Each is a shape of `tests.sandbox.heavy`. What would take longer is refused with KR113; everything else is read as far as
it was before there were budgets.
"""

from __future__ import annotations

import pytest

pytest.importorskip("resource", reason="limits on a process are those of POSIX")

import kpirules as kr
from kpirules.kernel.budget import DEFAULT_BUDGET, within

from ..benchmarks import long
from ..budget import by_budget, some
from . import heavy
from .confined import ROOT, Confined

OVER = {
    "100 criteria in 500 variants",
    "800 criteria in 200 variants",
    "500 variants that change nothing",
    "20 variants in 24 editions",
    "tables of 2,000 rows",
    "a look-up of 20,000 options",
    "1,000 comparisons of 9,000 options",
    "200 look-ups of 100 options",
}
"""What the usual budget refuses."""

MOST_MEMORY = 300 * 2**20


@pytest.fixture(scope="module")
def confined() -> Confined:
    return Confined(MOST_MEMORY)


@pytest.mark.parametrize("name", some(heavy.DOCUMENTS, 9))
def test_a_check_ends_soon_and_says_where_it_was_ended(confined: Confined, name: str) -> None:
    found = confined.answer("heavy", "check", name)
    assert (found == ["KR113"]) == (name in OVER)


@pytest.mark.parametrize(
    ("name", "codes"),
    some(
        [
            ("200 bands moved", []),
            ("50 changes of 100 criteria", ["KR113"]),
            ("300 changes of 300 criteria", []),
            ("1 change of 500 criteria", []),
            ("40 variants", ["KR113"]),
        ],
        5,
    ),
)
def test_a_comparison_ends_soon(confined: Confined, name: str, codes: list[str]) -> None:
    # Both editions are loaded before, each within a budget of its own.
    assert confined.answer("heavy", "compared", name, within=6) == codes


@pytest.mark.parametrize("name", some(heavy.EXPLAINED, 3))
def test_an_explanation_ends_soon(confined: Confined, name: str) -> None:
    assert confined.answer("heavy", "explained", name) == []


def test_the_stages_of_an_appraisal_share_one_budget(confined: Confined) -> None:
    few, budget = by_budget((2, 200_000), (4, DEFAULT_BUDGET))
    assert confined.answer("heavy", "staged", few, 20, budget) == []
    assert confined.answer("heavy", "staged", 300, 60, budget) == ["KR113"]


@pytest.mark.parametrize(("kind", "code"), [("text", "KR106"), ("name", "KR601")])
def test_thirty_million_ends_of_lines_are_told_in_few_words(confined: Confined, kind: str, code: str) -> None:
    assert code in confined.answer("newlines", 30_000_000, kind)


def test_the_same_work_spends_the_same_budget() -> None:
    spent = []
    for _ in range(2):
        with within(10**9) as budget:
            kr.check(heavy.variants(10, 5))
        spent.append((budget.spent, budget.kinds))
    assert spent[0] == spent[1]


def test_regulations_stay_far_below_the_budget() -> None:
    spent = {}
    paths = sorted((ROOT / "examples").rglob("*.kpi.yaml"))
    for path in {*some(paths, 12), ROOT / "examples/kontum1923/positions.kpi.yaml"}:
        with within(10**9) as budget:
            kr.check(path)
        spent[path.name] = budget.spent
    with within(10**9) as budget:
        kr.check(text=long.rulebook())
    assert budget.spent < DEFAULT_BUDGET / 4
    # Nine positions with the rulebook of each, and three hundred kilobytes of findings that are proved.
    assert spent.pop("positions.kpi.yaml") < DEFAULT_BUDGET * 2 / 3
    assert max(spent.values()) < DEFAULT_BUDGET / 3
