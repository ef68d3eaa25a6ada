"""Findings about quotas beyond the conformance suite."""

from __future__ import annotations

from typing import Any

import pytest

import kpirules as kr

HEAD = """\
kpirules: 1
inputs:
  unit: {type: text}
  size: {type: integer, min: 0, max: 9}
  tall: {type: boolean}
  born: {type: date}
  grade: {type: choice, options: [a, b]}
  ranked: {type: choice, options: [a, b], ordered: best_first}
  late: {type: number, min: 0, max: 1, decimals: 1, optional: true}
parameters: {fifth: 20%, least: 1}
criteria: {main: {max: 100, entered: {step: 1}}}
bands: {top: {from: 90}, good: {from: 70}, fair: {from: 0}}
allow: {KR242: inputs of other cases}
cohort:
  within: [unit]
  quotas:
"""

QUOTA = {
    "band": "top",
    "at_most": "fifth",
    "of": "[good]",
    "base": "after",
    "round": "down",
    "minimum": "least",
    "order": "[score]",
    "ties": "undecided",
    "demote_to": "good",
}


def written(id_: str, **changes: str) -> str:
    parts = ", ".join(f"{key}: {value}" for key, value in (QUOTA | changes).items())
    return f"    {id_}: {{{parts}}}\n"


def codes(*quotas: str) -> list[str]:
    return [one.code for one in kr.check(text=HEAD + "".join(quotas)).findings]


def test_a_quota_with_every_policy_has_no_finding() -> None:
    assert codes(written("top")) == []


@pytest.mark.parametrize(
    "order", ["[size, score]", "[tall]", "[born]", "[ranked]", "[main]", "[points.main]", "[-size]"]
)
def test_what_can_be_compared_is_an_order(order: str) -> None:
    assert codes(written("top", order=order)) == []


@pytest.mark.parametrize("order", ["[grade]", "[unit]"])
def test_what_has_no_order_is_refused(order: str) -> None:
    assert codes(written("top", order=order)) == ["KR220"]


def test_an_order_that_may_be_absent_is_refused() -> None:
    assert codes(written("top", order="[late]")) == ["KR230"]
    assert codes(written("top", order="['default(late, 0)']")) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"at_most": "0"}, []),
        ({"at_most": "3"}, []),
        ({"at_most": "-1%"}, ["KR651"]),
        ({"minimum": "2.5"}, ["KR651"]),
        ({"minimum": "fifth"}, ["KR651"]),
        ({"minimum": "-1"}, ["KR651"]),
        ({"minimum": "1/2"}, ["KR651"]),
        ({"minimum": "10/2"}, []),
        ({"at_most": "1 - 2"}, ["KR651"]),
        ({"at_most": "fifth - least", "when": "tall", "uniform": "[tall]"}, ["KR651"]),
        ({"at_most": "least - 2", "when": "False"}, []),
        ({"at_most": "size / 10"}, ["KR240"]),
        ({"at_most": "size / 10", "uniform": "[size]"}, []),
        ({"at_most": "tall", "uniform": "[tall]"}, ["KR220"]),
        ({"when": "fifth", "uniform": "[tall]"}, ["KR220"]),
        ({"when": "size > 3", "uniform": "[size]"}, []),
        ({"at_most": "points.main / 100"}, ["KR240"]),
    ],
)
def test_a_share_and_a_minimum_are_numbers_of_the_group(changes: dict[str, str], found: list[str]) -> None:
    assert codes(written("top", **changes)) == found


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"minimum": "size / 2"}, '"size": 9,'),
        ({"minimum": "size - 5"}, '"size": 0,'),
        ({"at_most": "20% if tall else -20%"}, '"tall": false,'),
        ({"at_most": "(size - 1) / 10", "when": "not tall"}, '"size": 0,'),
        ({"minimum": "floor(size / 2)"}, None),
        ({"minimum": "'max(size - 5, 0)'"}, None),
        ({"at_most": "(size - 5) / 10", "when": "size > 5"}, None),
    ],
)
def test_a_share_or_minimum_that_may_limit_no_group_is_shown_with_one(
    changes: dict[str, str], shown: str | None
) -> None:
    found = kr.check(text=HEAD + written("top", uniform="[size, tall]", **changes)).findings
    if shown is None:
        assert found == ()
        return
    (one,) = found
    key = "minimum" if "minimum" in changes else "at_most"
    number = "a whole number" if key == "minimum" else "a number"
    assert (one.code, one.path, one.evidence) == ("KR427", f"cohort.quotas.top.{key}", "shown")
    assert one.message == f"`{key}` of the quota `top` can be something other than {number} of at least 0"
    assert shown in one.witness


VARIANTS = """
variants: {head: {cohort: {quotas: {top: {at_most: 30%}}}}, staff: {}, clerk: {}}
variant_by: post
"""


def test_variants_that_share_no_places_are_reported_before_anyone_is_rated() -> None:
    head = HEAD.replace("inputs:", "inputs:\n  post: {type: choice, options: [head, staff, clerk]}")
    text = head + written("top") + VARIANTS
    staff, clerk = kr.check(text=text).findings
    assert (staff.code, staff.path, staff.notes) == ("KR428", "cohort", ("concerns `head`, `staff`",))
    assert staff.message == (
        "`head` and `staff` have different bands or quotas: a cohort with members of both is refused"
    )
    assert (clerk.code, clerk.notes) == ("KR428", ("concerns `clerk`",))
    assert [one.code for one in kr.loads(text).report.findings] == ["KR428", "KR428"]


@pytest.mark.parametrize(
    "change",
    [
        "{cohort: {quotas: {top: {label: The best}}}}",
        "{criteria: {main: {label: Work}}}",
        "{bands: {top: {from: 95}}}",
    ],
)
def test_variants_whose_quotas_mean_the_same_share_places(change: str) -> None:
    head = HEAD.replace("inputs:", "inputs:\n  post: {type: choice, options: [head, staff]}")
    rest = f"variants: {{head: {change}, staff: {{}}}}\nvariant_by: post\n"
    assert [one.code for one in kr.check(text=head + written("top") + rest).findings] == []


def test_variants_that_share_places_agree_on_which_scores_are_better() -> None:
    head = HEAD.replace("inputs:", "inputs:\n  post: {type: choice, options: [head, staff]}")
    rest = "variants: {head: {score: {better: listed}}, staff: {}}\nvariant_by: post\n"
    report = kr.check(text=head + written("top") + rest)
    assert [one.code for one in report.findings] == ["KR428"]


def test_variants_that_share_no_places_may_be_meant_so() -> None:
    head = HEAD.replace("inputs:", "inputs:\n  post: {type: choice, options: [head, staff, clerk]}")
    text = head.replace("other cases", "other cases, KR428: each post has its own cohort") + written("top")
    assert kr.check(text=text + VARIANTS).findings == ()
    without = VARIANTS.replace("{cohort: {quotas: {top: {at_most: 30%}}}}", "{cohort: null}")
    assert kr.check(text=text + without).findings == ()
    assert {one.code for one in kr.check(text=head + written("top") + without).findings} == {"KR428"}


def test_one_variant_alone_shares_its_places_with_nobody() -> None:
    head = HEAD.replace("inputs:", "inputs:\n  post: {type: choice, options: [head, staff, clerk]}")
    text = head + written("top") + VARIANTS
    assert kr.check(text=text, variant="staff").findings == ()
    assert kr.check(text=text.replace("variant_by: post\n", "")).findings == ()


def test_a_condition_reads_calendars_which_differ_from_nobody() -> None:
    head = HEAD.replace(
        "criteria:", "calendars: {office: {weekend: [], from: 2026-01-01, until: 2027-01-01}}\ncriteria:"
    )
    head = head.replace("born: {type: date}", "born: {type: date, min: 2026-01-01, max: 2026-12-31}")
    when = "'workdays(date(2026, 1, 1), born, office) > 3'"
    text = head + written("top", when=when, uniform="[born]")
    assert kr.check(text=text).findings == ()
    rules = kr.loads(text)
    member = {"unit": "A", "size": 1, "tall": True, "grade": "a", "ranked": "a", "main": 95}
    for born, band in (("2026-01-02", "top"), ("2026-12-01", "good")):
        members = {name: {**member, "born": born, "main": main} for name, main in (("an", 95), ("bình", 94))}
        assert kr.assess_cohort(rules, members)["bình"].band == band


def test_what_an_invariant_cannot_compare_is_reported_with_the_reason() -> None:
    text = HEAD.replace("cohort:", "invariants: {fine: {that: cohort_avg(score) > 3}}\ncohort:") + written("top")
    (found,) = kr.check(text=text).errors
    assert (found.code, found.label) == (
        "KR240",
        "only outputs compare what members come to: elsewhere they are compared before any is rated",
    )


def test_quotas_of_one_band_agree_on_order_ties_and_target() -> None:
    assert codes(written("one"), written("two", at_most="30%", within="[size]")) == []
    assert codes(written("one"), written("two", ties="keep")) == ["KR424"]
    report = kr.check(
        text=HEAD + written("one", of="all") + written("two", of="all", order="[size]", ties="keep", demote_to="fair")
    )
    (found,) = report.findings
    assert "differ in `order`, `ties` and `demote_to`" in found.message
    assert found.path == "cohort.quotas.two"


def test_a_lower_quota_that_takes_from_a_base_is_reported_unless_it_does_not() -> None:
    lower = written("low", band="good", demote_to="fair", of="all")
    assert codes(written("top"), lower) == ["KR425"]
    assert codes(written("top", base="before"), lower) == []
    assert codes(written("top", of="all"), lower) == []
    assert codes(written("top", of="[good, fair]"), lower) == []
    assert codes(written("low", band="good", demote_to="fair", of="[fair]"), written("top", of="[top, good]")) == [
        "KR425"
    ]


def test_a_quota_of_bands_that_are_not_there_is_reported_once() -> None:
    assert codes(written("top", band="tpo"), written("two")) == ["KR144"]


def test_a_quota_without_bands_is_refused() -> None:
    text = (HEAD + written("top")).replace("bands: {top: {from: 90}, good: {from: 70}, fair: {from: 0}}\n", "")
    assert {one.code for one in kr.check(text=text).findings} >= {"KR144"}


def test_a_cohort_says_something() -> None:
    assert [one.code for one in kr.check(text="kpirules: 1\ncohort: {}\n")] == ["KR132"]


def test_quotas_change_the_scoring_hash_and_their_labels_do_not() -> None:
    def hashes(text: str) -> tuple[str, str]:
        rulebook = kr.loads(HEAD + text).rulebook
        return rulebook.scoring_hash, rulebook.content_hash

    first = hashes(written("top"))
    labelled = hashes(written("top", label="Best"))
    other = hashes(written("top", round="up"))
    assert labelled[0] == first[0] != other[0]
    assert len({first[1], labelled[1], other[1]}) == 3
    assert hashes(written("a") + written("b")) == hashes(written("b") + written("a"))


def test_the_bands_of_a_base_are_kept_best_first_and_defaults_are_none() -> None:
    rulebook = kr.loads(HEAD + written("top", of="[fair, top, good]")).rulebook
    assert rulebook.cohort is not None
    (quota,) = rulebook.cohort.quotas
    assert (quota.of, quota.within, quota.uniform, quota.when) == (("top", "good", "fair"), (), (), None)
    assert (rulebook.cohort.within, rulebook.cohort.max_members) == (("unit",), 1_000_000)
    assert quota.counts_its_band


def faults(text: str) -> list[tuple[str, str]]:
    report = kr.check(text=text)
    return [(one.code, one.path) for one in report.findings]


def test_a_fault_of_what_a_quota_reads_is_reported_unless_its_condition_keeps_it_away() -> None:
    at = "cohort.quotas.top"
    assert faults(HEAD + written("top", order="[score / size]")) == [("KR350", f"{at}.order[0]")]
    assert faults(HEAD + written("top", at_most="1 / size", uniform="[size]")) == [("KR350", f"{at}.at_most")]
    assert faults(HEAD + written("top", at_most="1 / size", uniform="[size]", when="size > 0")) == []
    assert faults(HEAD + written("top", when="1 / size > 0.5", uniform="[size]")) == [("KR350", f"{at}.when")]


def evidence(text: str) -> list[tuple[str, str, str]]:
    """Return faults with their evidence and witness."""
    return [(one.path, one.evidence, one.witness) for one in kr.check(text=text).findings if one.code == "KR350"]


TOP = (
    '{"unit": "", "size": 0, "tall": false, "born": "2026-01-01", "grade": "a", "ranked": "a", "late": 0, '
    '"main": 100}'
)


def test_a_fault_of_an_order_is_shown_by_one_who_is_put_in_order() -> None:
    at = "cohort.quotas.top.order[0]"
    assert evidence(HEAD + written("top", order="[1 / size]")) == [(at, "shown", TOP)]
    for when in ("size > 0", "False"):
        assert evidence(HEAD + written("top", order="[1 / size]", when=when, uniform="[size]")) == []
    other = {"order": "[1 / size]", "uniform": "[size]"}
    both = written("one", when="size > 0", **other) + written("two", when="size > 1", **other)
    assert [one[1] for one in evidence(HEAD + both)] == ["possible"]
    both = written("one", when="size > 0", **other) + written("two", **other)
    assert [one[1:] for one in evidence(HEAD + both)] == [("shown", TOP)]


@pytest.mark.parametrize("order", ["[1 / (main - 50)]", "[1 / (score - 50)]"])
def test_a_fault_of_an_order_is_not_shown_by_one_of_another_band(order: str) -> None:
    assert [one[1] for one in evidence(HEAD + written("top", order=order))] == ["possible"]


def test_where_a_higher_quota_moves_members_a_fault_of_an_order_needs_others() -> None:
    lower = written("low", band="good", demote_to="fair", of="all", order="[1 / (main - 95)]")
    head = HEAD.replace("good: {from: 70}", "good: {from: 40}").replace("other cases", "other cases, KR425: a test")
    allowed = head + lower
    assert [one[1] for one in evidence(allowed)] == ["possible"]
    assert [one[1] for one in evidence(allowed + written("top"))] == ["possible"]
    shown = lower.replace("(main - 95)", "size")
    assert [one[1] for one in evidence(head + shown)] == ["shown"]
    assert [one[1] for one in evidence(head + shown + written("top"))] == ["possible"]


@pytest.mark.parametrize("order", ["[tall, born]", "[ranked]"])
def test_orders_of_all_kinds_are_evaluated(order: str) -> None:
    assert codes(written("top", order=order, when="size > 3", uniform="[size]")) == []


def test_a_condition_that_always_holds_is_reported_once_at_its_place() -> None:
    at = "cohort.quotas.top"
    assert faults(HEAD + written("top", when="size >= 0", uniform="[size]")) == [("KR341", f"{at}.when")]
    share = "20% if size >= 0 else 25%"
    assert faults(HEAD + written("top", at_most=share, uniform="[size]")) == [("KR341", f"{at}.at_most")]


def test_an_output_is_followed_for_the_bands_that_quotas_give() -> None:
    text = HEAD.replace(
        "bands: {top: {from: 90}, good: {from: 70}, fair: {from: 0}}",
        "score: {better: listed}\nbands: {top: {from: 0}, good: {from: 101}}",
    )
    text += written("top") + "outputs: {of_quotas: '1 / (0 if band == \"good\" else 1)'}\n"
    assert [path for code, path in faults(text) if code == "KR350"] == ["outputs.of_quotas"]


def test_a_band_that_only_a_quota_gives_is_reachable() -> None:
    text = HEAD.replace(
        "bands: {top: {from: 90}, good: {from: 70}, fair: {from: 0}}",
        "score: {better: listed}\nbands: {top: {from: 0}, good: {from: 101}}",
    )
    assert faults(text + written("top")) == []


def test_an_invariant_may_find_a_member_without_a_band() -> None:
    head = HEAD.replace("cohort:", 'invariants: {fine: {that: \'band in ("top", "good", "fair")\'}}\ncohort:')
    assert codes_of(head + written("top")) == ["KR230"]
    assert codes_of(head + written("top", ties="keep")) == []


def codes_of(text: str) -> list[str]:
    return [one.code for one in kr.check(text=text).findings if one.code != "KR341"]


RISING = ("poor", 0), ("good", 50), ("top", 90)


@pytest.mark.parametrize(
    ("bands", "demote_to", "more", "codes"),
    [
        # One mistake: in the right order the quota moves its surplus down.
        (RISING, "good", {}, ["KR333"]),
        # Two: in no order does it.
        (RISING, "top", {}, ["KR333", "KR421"]),
        (RISING[::-1], "top", {}, ["KR421"]),
        (RISING, "good", {"better": "lower"}, ["KR421"]),
        (RISING[::-1], "good", {"better": "lower"}, ["KR333"]),
    ],
)
def test_a_list_that_runs_the_wrong_way_explains_where_quotas_move(
    bands: tuple[tuple[str, int], ...], demote_to: str, more: dict[str, Any], codes: list[str]
) -> None:
    quota = {"band": "top", "at_most": "20%", "of": "all", "base": "before", "round": "down", "minimum": 0}
    quota |= {"order": ["work_done"], "ties": "keep", "demote_to": demote_to}
    book = {
        "kpirules": 1,
        "inputs": {"work_done": {"type": "integer", "min": 0, "max": 100}},
        "criteria": {"work": {"max": 100, "points": "work_done"}},
        "score": more,
        "bands": {name: {"to" if more else "from": end} for name, end in bands},
        "cohort": {"quotas": {"few": quota}},
    }
    assert sorted(one.code for one in kr.check(book).errors) == codes


def test_a_quota_that_moves_nobody_down_hides_nothing_else() -> None:
    quota = {"band": "good", "at_most": "20%", "of": ["good", "good"], "base": "after", "round": "down", "minimum": 0}
    quota |= {"order": ["score"], "ties": "keep", "demote_to": "top"}
    book = {
        "kpirules": 1,
        "criteria": {"work": {"max": 100, "entered": {"step": 1}}},
        "bands": {"top": {"from": 90}, "good": {"from": 0}},
        "exemptions": {"away": {"when": "1 + True", "status": "rated"}},
        "cohort": {"quotas": {"few": quota}},
    }
    assert sorted(one.code for one in kr.check(book).errors) == ["KR140", "KR148", "KR220", "KR421", "KR422"]
