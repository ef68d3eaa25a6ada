"""Ranks under drawn weights."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import kpirules as kr
from kpirules.change.sensing.stability import _drawn, _spearman, _words

SHARE = {"type": "number", "min": 0, "max": 1, "decimals": 2}


def rules(**more: Any) -> kr.Program:
    return kr.load(
        {
            "kpirules": 1,
            "id": "demo.ranks",
            "inputs": {"a": SHARE, "b": SHARE, "c": SHARE | {"optional": True}},
            "criteria": {
                "first": {"max": 60, "rate": "a"},
                "second": {"max": 30, "rate": "b"},
                "third": {"max": 10, "rate": "c", "missing": "exclude"},
            },
            "score": {"rescale": True, "round": {"places": 1}, "band_on": "rounded"},
            "bands": {"good": {"from": 50}, "poor": {"from": 0}},
        }
        | more
    )


PEOPLE = [
    {"who": "An", "a": 1, "b": 1, "c": 1},
    {"who": "Bo", "a": 0.8, "b": 0.2, "c": 0.1},
    {"who": "Chi", "a": 0.2, "b": 0.9, "c": 0.9},
    {"who": "Dung", "a": 0.1, "b": 0.1},
]


def found(program: kr.Program, people: Any = PEOPLE, **options: Any) -> kr.RankStability:
    return kr.rank_stability(program, people, key="who", **{"seed": 7, "draws": 60, "top": 1} | options)


def test_ranks_are_those_of_rules_with_the_drawn_maxima() -> None:
    drawn, program = found(rules(), draws=5), rules()
    words, ranks = _words(7), []
    for _ in range(5):
        maxima = [Fraction(100 * part, 10_000) for part in _drawn(words, 3, 10_000)]
        ids = ("first", "second", "third")
        changes = {f"criteria.{id_}.max": most for id_, most in zip(ids, maxima, strict=True)}
        table = [{name: value for name, value in one.items() if name != "who"} for one in PEOPLE]
        rated = [kr.assess(kr.with_changes(program, changes), one) for one in table]
        scores = [one.score or 0 for one in rated]
        ranks.append([1 + sum(other > score for other in scores) for score in scores])
    for place, name in enumerate(one["who"] for one in PEOPLE):
        one = next(subject for subject in drawn if subject.subject == name)
        mine = [draw[place] for draw in ranks]
        assert (one.best, one.worst) == (min(mine), max(mine))
        assert one.keeps_rank == Fraction(sum(rank == one.rank for rank in mine), 5)
        assert one.in_top == Fraction(mine.count(1), 5)


def test_a_seed_gives_the_same_draws_and_dominance_is_seen() -> None:
    one, other = found(rules()), found(rules())
    assert one == other != found(rules(), seed=8)
    assert [(each.subject, each.rank) for each in one] == [("An", 1), ("Bo", 2), ("Chi", 3), ("Dung", 4)]
    an, bo, chi, dung = one
    assert (an.best, an.worst, an.keeps_band, an.in_top) == (1, 1, 1, 1)
    assert (bo.best, bo.worst) == (chi.best, chi.worst) == (2, 3)
    assert bo.keeps_rank + chi.keeps_rank == 2 * bo.keeps_rank < 2
    assert (dung.worst, dung.keeps_band) == (4, 1)
    assert one.correlation is not None
    assert one.least_correlation == pytest.approx(0.8)


def test_arrays_by_column_are_a_table() -> None:
    lists = {name: [person.get(name) for person in PEOPLE] for name in PEOPLE[0]}
    arrays = {"who": np.array(lists["who"])} | {name: np.array(lists[name], dtype=float) for name in ("a", "b", "c")}
    assert found(rules(), lists) == found(rules(), arrays) == found(rules())


def test_a_mean_a_cap_and_an_exact_band() -> None:
    criteria = {
        "first": {"weight": "60%", "rate": "a"},
        "second": {"weight": "40%", "rate": "b"},
    }
    score = {"combine": "mean", "max": 10, "band_on": "exact", "limits": {"cap": {"when": "b > 0.95", "at_most": 1}}}
    rated = found(rules(criteria=criteria, score=score, bands={"good": {"from": 5}, "poor": {"from": 0}}))
    assert [(one.subject, one.rank, one.band) for one in rated] == [
        ("Bo", 1, "good"),
        ("Chi", 2, "poor"),
        ("An", 3, "poor"),
        ("Dung", 3, "poor"),
    ]
    assert 0 < rated.subjects[0].keeps_band < 1


def test_weights_are_drawn_from_all_divisions_alike() -> None:
    words = _words(3)
    drawn = [_drawn(words, 3, 4) for _ in range(300)]
    assert all(sum(weights) == 4 for weights in drawn)
    assert {weights: round(drawn.count(weights), -2) for weights in drawn} == {
        (2, 1, 1): 100,
        (1, 2, 1): 100,
        (1, 1, 2): 100,
    }


def test_correlation_of_ties() -> None:
    assert _spearman([1, 2, 3], [3, 2, 1]) == -1
    assert _spearman([1, 1, 3], [1, 1, 3]) == pytest.approx(1)
    assert _spearman([1, 1], [1, 2]) is None


def test_it_shows_itself() -> None:
    rated = found(rules(), [*PEOPLE, {"who": "Em", "a": 1, "b": 1, "c": 0}], draws=10)
    assert repr(rated) == "<RankStability demo.ranks · 5 subjects · 10 draws>"
    text = rated.text()
    assert "seed 7; weights are whole parts of 10,000" in text
    assert "rank correlation (Spearman)" in text
    assert "| `An` | 1 | 1 to 1 | 100.0 % |" in rated.markdown()
    assert "<table" in rated.html(is_page=True)
    data = json.loads(json.dumps(rated.data()))
    assert data["criteria"] == ["first", "second", "third"]
    assert data["subjects"][0]["subject"] == "An"
    assert rated.rows()[0]["in_top"] == "1"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"score": {"combine": "min"}}, "a sum or a mean"),
        ({"criteria": {"first": {"max": 60, "rate": "a"}}, "score": {}}, "at least two"),
        ({"outputs": {}, "let": {"x": "points.first"}}, "a formula reads `points.first`"),
        (
            {"criteria": {"first": {"rate": "a", "max": 1}, "plus": {"points": "b", "max": 1, "extra": True}}},
            "no share",
        ),
        (
            {"score": {"rescale": True, "require_share": "95%", "missing": "zero", "round": {"places": 1}}},
            "require_share",
        ),
    ],
)
def test_rulebooks_without_such_weights_are_refused(more: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        found(rules(**more))


def test_options_are_checked() -> None:
    for wrong in ({"draws": 0}, {"top": 0}, {"grid": 2}):
        with pytest.raises(ValueError, match="at least"):
            found(rules(), **wrong)


def test_the_score_of_a_subject_without_any_criterion_stays() -> None:
    absent = {"second": {"max": 30, "rate": "b"}, "third": {"max": 70, "rate": "c"}}
    criteria = {id_: one | {"missing": "exclude"} for id_, one in absent.items()}
    optional = {"b": SHARE | {"optional": True}, "c": SHARE | {"optional": True}}
    score = {"rescale": True, "missing": "full", "round": {"places": 1}, "band_on": "rounded"}
    program = rules(inputs=optional, criteria=criteria, score=score)
    people = [{"who": "An"}, {"who": "Bo", "b": 0.9, "c": 0.1}, {"who": "Chi", "b": 0.1, "c": 0.9}]
    an, *others = found(program, people)
    assert (an.subject, an.rank, an.worst, an.keeps_band) == ("An", 1, 1, 1)
    assert {(one.subject, one.best, one.worst) for one in others} == {("Chi", 2, 3), ("Bo", 2, 3)}
