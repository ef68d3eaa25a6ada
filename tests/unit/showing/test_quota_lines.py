"""Quotas in explanations."""

from __future__ import annotations

import kpirules as kr
from tests.rules import program

RULES = """
title: Quotas
inputs: {x: {type: integer, min: 0, max: 100}}
criteria: {main: {max: 100, points: x}}
bands: {top: {from: 90, label: The best}, good: {from: 70}, fair: {from: 0}}
overrides: {always: {when: x == 99, band: top}}
cohort:
  quotas:
    few:
      {label: A third, source: Art. 5, note: so it is, band: top, at_most: 1/3, of: all, base: before, round: half_up,
       minimum: 0, order: [score], ties: TIES, demote_to: good}
"""


def explained(ties: str, *xs: int, language: str | None = None) -> list[str]:
    rules = program(RULES.replace("TIES", ties))
    found = kr.assess_cohort(rules, {f"m{place}": {"x": x} for place, x in enumerate(xs)})
    return [kr.explain(one, language=language).text() for one in found.values()]


def test_limit_base_place_and_last_place_are_shown_to_everyone_who_had_the_band() -> None:
    kept, moved, other = explained("undecided", 95, 92, 80)
    assert "few · A third  keeps «top · The best»" in kept
    for text in (kept, moved):
        assert "at most 1: 1/3 of 3, rounded (half_up)" in text
        assert "the base is counted before anybody moves" in text
        assert "the last place is held by m0" in text
        assert "Art. 5" in text
        assert "so it is" in text
    assert "place 1 of 2" in kept
    assert "place 2 of 2" in moved
    assert "limits «top · The best»; it did not decide this rating" in other


def test_the_verdict_names_the_quota_and_the_bands_what_stood_in_the_way() -> None:
    _, moved, _ = explained("undecided", 95, 92, 80)
    assert "Rated good\n  decided by the quota «few · A third»" in moved
    assert "by the score alone: 2 clear of «good»" in moved
    assert "applies, but «good» is given by «few · A third»" in moved
    assert "given by «few · A third»" in moved


def test_equals_learn_how_many_places_are_left_for_them() -> None:
    first, second, worse, *_ = explained("undecided", 95, 95, 91)
    assert "No rating yet: people decide a tie\n  decided by the quota" in first
    assert "1 of the 2 tied members have a place" in first
    assert "shared by 2 members" in first
    for text in (first, second, worse):
        assert "people decide which of these tied members gets the last place: m0, m1" in text
    many = explained("undecided", 95, 95, 95, 95, 91)[-1]
    assert "people decide which of 4 tied members gets the last place, among them m0, m1, m2" in many
    first, *_ = explained("undecided", 95, 95, 80, language="vi")
    assert "chỗ cuối cùng: người có thẩm quyền chọn giữa những người bằng nhau m0, m1" in first
    many = explained("undecided", 95, 95, 95, 95, 91, language="vi")[-1]
    assert "chỗ cuối cùng: người có thẩm quyền chọn giữa 4 người bằng nhau, trong đó có m0, m1, m2" in many


def test_where_there_is_no_place_nobody_holds_one() -> None:
    only, *_ = explained("undecided", 95)
    assert "at most 0: 1/3 of 1, rounded (half_up)" in only
    assert "nobody holds a place" in only


def test_many_equals_at_the_last_place_are_counted_and_some_named() -> None:
    texts = explained("keep", 95, 95, 95, 95, 91)
    assert "keeps «top · The best» beyond the limit, with the members tied with it" in texts[0]
    assert "the last place is held by 4 tied members, among them m0, m1, m2" in texts[4]


def test_a_quota_speaks_vietnamese() -> None:
    _, moved, _ = explained("undecided", 95, 92, 80, language="vi")
    assert "hết chỗ: chuyển từ «top · The best» xuống «good»" in moved
    assert "người giữ chỗ cuối cùng: m0" in moved


def test_a_forced_band_is_limited_too_and_the_quota_is_named_for_the_final_one() -> None:
    _, forced = explained("undecided", 100, 99)
    assert "decided by the quota «few · A third»" in forced


def test_a_notebook_shows_what_the_quota_did() -> None:
    rules = program(RULES.replace("TIES", "undecided"))
    found = kr.assess_cohort(rules, {"a": {"x": 95}, "b": {"x": 92}})
    assert "decided by the quota few" in found["b"]._repr_mimebundle_()["text/plain"]


def test_a_quota_that_has_decided_nothing_is_explained_by_its_rule() -> None:
    rules = program(
        """
        inputs:
          x: {type: integer, min: 0, max: 100}
          unit: {type: text}
          is_large: {type: boolean}
        criteria: {main: {max: 100, points: x}}
        bands: {top: {from: 90, label: The best}, good: {from: 70}, fair: {from: 0}}
        exemptions: {zero: {when: x == 0, status: not_rated}}
        cohort:
          within: [unit]
          quotas:
            few: {band: top, at_most: 20%, of: [good], base: after, round: down, minimum: 1, order: [score, -x],
              ties: undecided, demote_to: good}
            half: {band: good, at_most: 50%, of: all, base: before, round: up, minimum: 0, order: [score],
              ties: demote, demote_to: fair, uniform: [is_large], when: is_large}
        """
    )
    text = kr.explain(kr.assess(rules, {"x": 95, "unit": "A", "is_large": True})).text()
    assert text.partition("── Quotas ")[2].partition("\n\n")[0].splitlines()[1:] == [
        "few   limits «top · The best»; it did not decide this rating",
        "  at most 20% of «good», rounded (down), and never fewer than 1",
        "  the base is counted once the surplus has moved",
        "  greater values come first: score, -x",
        "  if there are fewer places than tied members, people decide who keeps «top · The best»",
        "  members with equal values share it: unit",
        "half  limits «good»; it did not decide this rating",
        "  at most 50% of all rated members, rounded (up)",
        "  the base is counted before anybody moves",
        "  greater values come first: score",
        "  if there are fewer places than tied members, all of these move to «fair»",
        "  members with equal values share it: unit",
        "  it applies if is_large",
    ]
    vietnamese = kr.explain(kr.assess(rules, {"x": 95, "unit": "A", "is_large": True}), language="vi").text()
    assert "nhiều nhất 50% của tất cả những người được xếp loại, làm tròn (ra xa số 0)" in vietnamese
    exempt = kr.explain(kr.assess(rules, {"x": 0, "unit": "A", "is_large": True}))
    assert "── Quotas ──" not in exempt.text()


def test_a_quota_that_acted_says_who_comes_first_and_what_becomes_of_equals() -> None:
    _, moved, _ = explained("keep", 95, 92, 80)
    assert "\n  greater values come first: score\n" in moved
    assert "\n  if there are fewer places than tied members, all of these keep «top · The best»\n" in moved


def test_a_record_without_the_rules_of_its_quotas_is_explained_anyway() -> None:
    rules = program(RULES.replace("TIES", "keep"))
    data = kr.assess_cohort(rules, {"An": {"x": 95}})["An"].to_data()
    entries = data["legend"]["entries"]
    data["legend"]["entries"] = {key: entry for key, entry in entries.items() if ": " not in key}
    text = kr.explain(kr.Assessment.from_data(data)).text()
    assert "few · A third  keeps «top · The best» beyond" not in text
    assert "greater values come first" not in text
