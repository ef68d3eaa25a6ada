"""One faulty amendment, tried on every tool."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from attrs import frozen

import kpirules as kr
from kpirules.cli import main
from kpirules.testing import always_in_range, invariants_hold, known_from, never_lower_than
from tests.budget import by_budget

__all__ = ["HERE", "TOOLS", "Amendment", "amendments", "is_without_effect", "noticed"]

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
DRAWN = by_budget(20, 60)
"""Subjects, or pairs of them, that a property draws."""


@frozen
class Amendment:
    """A faulty amendment.

    Args:
        rulebook: of the examples, without its ending.
        kind: of the mistake.
        was: what stands in the rulebook.
        instead: what stands there then.
        meant: what it was meant to say.
    """

    rulebook: str
    kind: str
    was: str
    instead: str
    meant: str

    def __str__(self) -> str:
        return f"{self.rulebook}: {self.kind}: {' '.join(self.was.split())} → {' '.join(self.instead.split())}"


def amendments() -> list[Amendment]:
    """All of them, in the order in which they were written down."""
    found = yaml.safe_load((HERE / "amendments.yaml").read_text(encoding="utf-8"))
    return [Amendment(one["rulebook"], one["kind"], one["was"], one["is"], one["meant"]) for one in found]


@frozen
class Tried:
    """Both editions in folders of their own, each with all that stands beside it."""

    old: Path
    new: Path

    @property
    def programs(self) -> tuple[kr.Program, kr.Program]:
        return kr.load(self.old, root=self.old.parents[1]), kr.load(self.new, root=self.new.parents[1])

    def cases(self, path: Path) -> list[str]:
        """The rulebook and its case files."""
        beside = sorted(path.parent.glob("*.cases.yaml"))
        own = [one for one in beside if f"rulebook: {path.name}" in one.read_text(encoding="utf-8")]
        return [str(path), *map(str, own)]


def ran(*words: str) -> tuple[int, str]:
    """The exit code and the output of a command."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        code = main(list(words))
    return code, out.getvalue()


@cache
def findings(path: Path) -> frozenset[tuple[str, str]]:
    return frozenset((one.code, one.path) for one in kr.check(path, root=path.parents[1]).findings)


def by_check(tried: Tried) -> bool:
    """A finding that the old edition has not."""
    return bool(findings(tried.new) - findings(tried.old))


def by_cases(tried: Tried) -> bool:
    """A case of the old edition that fails."""
    return ran("test", *tried.cases(tried.new), "--root", str(tried.new.parents[1]))[0] != 0


@cache
def uncovered(path: Path, cases: tuple[str, ...]) -> frozenset[str]:
    _, out = ran("test", "--coverage", *cases, "--root", str(path.parents[1]))
    return frozenset(line.partition(": ")[2] for line in out.splitlines() if path.name in line)


def by_coverage(tried: Tried) -> bool:
    """A decision point that the cases no longer reach, or do not know."""
    old, new = (uncovered(path, tuple(tried.cases(path))) for path in (tried.old, tried.new))
    return len(new) > len(old)


def by_properties(tried: Tried) -> bool:
    """A property that held."""
    old, new = tried.programs
    tests: tuple[Callable[..., Any], ...] = (
        lambda program: always_in_range(program, examples=DRAWN),
        lambda program: invariants_hold(program, examples=DRAWN),
    )
    for test in tests:
        with suppress(AssertionError):
            test(old)
            try:
                test(new)
            except AssertionError:
                return True
    try:
        never_lower_than(new, old, examples=DRAWN)
    except AssertionError:
        return True
    return False


def by_proof(tried: Tried) -> bool:
    """A subject, or a cohort, that both rate differently, or that only one accepts: shown, or found by z3.

    Or one with which an invariant says something else.
    """
    old, new = tried.programs
    known = known_from(tried.cases(tried.old), root=tried.old.parents[1])
    # Several variants and editions are compared by z3 alone.
    with suppress(kr.RulebookError):
        shown = kr.compare(old, new, known=known).significance
        is_shown_by_promise = any(one.endswith("}") for one in shown.promises)
        if shown.witness or shown.refused or shown.admitted or is_shown_by_promise:
            return True
    claims = kr.prove_change(old, new).claims
    return any(claim.answer == "refuted" and claim.subjects for claim in claims)


TOOLS: dict[str, Callable[[Tried], bool]] = {
    "check": by_check,
    "cases": by_cases,
    "coverage": by_coverage,
    "properties": by_properties,
    "prove": by_proof,
}
"""By name, whether a tool notices it."""


def noticed(amendment: Amendment, tools: Collection[str] = TOOLS) -> Iterator[tuple[str, bool]]:
    """Yield each of some tools, and whether it notices an amendment.

    What the check refuses, no other tool is asked about.
    """
    with editions(amendment) as tried:
        is_refused = bool(kr.check(tried.new, root=tried.new.parents[1]).errors)
        for tool in tools:
            if is_refused and tool not in ("check", "cases"):
                yield tool, False
                continue
            try:
                yield tool, TOOLS[tool](tried)
            except kr.KpirulesError:
                yield tool, False


def is_without_effect(amendment: Amendment) -> bool:
    """Whether it is proved that an amendment changes nobody's rating."""
    with editions(amendment) as tried:
        return kr.prove_change(*tried.programs).is_good


@contextmanager
def editions(amendment: Amendment) -> Iterator[Tried]:
    """Write both editions into folders of their own."""
    folder, _, name = amendment.rulebook.rpartition("/")
    with TemporaryDirectory() as made:
        root = Path(made)
        for edition in ("old", "new"):
            shutil.copytree(EXAMPLES, root / edition, dirs_exist_ok=True, ignore=shutil.ignore_patterns("data"))
        tried = Tried(root / "old" / folder / f"{name}.kpi.yaml", root / "new" / folder / f"{name}.kpi.yaml")
        text = tried.new.read_text(encoding="utf-8")
        if amendment.was not in text:
            raise ValueError(f"the rulebook does not say it: {amendment}")
        tried.new.write_text(text.replace(amendment.was, amendment.instead, 1), encoding="utf-8")
        yield tried
