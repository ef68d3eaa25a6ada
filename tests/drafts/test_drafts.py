"""First drafts of thirteen rulebooks by readers of the tutorial: each finding is true and useful.

The drafts stay as they were written. Where a finding is not worth a word, the check is mended. Before texts that nothing
reads were left alone, two findings more were false: `name` of an objective and `observer` of an observation.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import kpirules as kr

HERE = Path(__file__).parent
KINDS = {"decision", "mistake", "repeats", "limit"}
FINDINGS = yaml.safe_load((HERE / "findings.yaml").read_text(encoding="utf-8"))


def test_every_draft_has_its_findings_told() -> None:
    assert {path.name.removesuffix(".kpi.yaml") for path in HERE.glob("*.kpi.yaml")} == set(FINDINGS)
    assert {finding["is"] for found in FINDINGS.values() for finding in found} <= KINDS


@pytest.mark.parametrize("draft", FINDINGS)
def test_a_draft_meets_the_findings_that_are_worth_a_word_and_no_others(draft: str) -> None:
    report = kr.check(HERE / f"{draft}.kpi.yaml")
    found = [(finding.code, finding.span.line if finding.span else 0) for finding in report.findings]
    assert found == [(finding["code"], finding["line"]) for finding in FINDINGS[draft]]
