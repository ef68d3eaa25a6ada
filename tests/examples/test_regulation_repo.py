"""The model repository of regulations: its hooks and workflow steps, run in a scratch repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from attrs import evolve, frozen

from tests.commands import write_command

MODEL = Path(__file__).parents[2] / "examples" / "regulation_repo"
WORKFLOW = MODEL / ".github" / "workflows" / "rulebooks.yml"

GIT = {
    "GIT_AUTHOR_NAME": "Editor", "GIT_AUTHOR_EMAIL": "editor@example.org",
    "GIT_COMMITTER_NAME": "Editor", "GIT_COMMITTER_EMAIL": "editor@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
}  # fmt: skip

TABLE = """\
| who | district | before | after | score | new score | difference | because of |
|---|---|---|---|--:|--:|--:|---|
| `Hải An` | coast | good | excellent | 87.66 | 88.66 | +1 | only together: criteria.online, bands.excellent |
| `Kim Long` | coast | good | fair | 77.89 | 77.89 | 0 | overrides.complaints |
| `Quảng Tiến` | coast | good | fair | 87.08 | 87.08 | 0 | overrides.complaints |
| `Thanh Trì` | coast | good | excellent | 89.08 | 90.08 | +1 | any one alone: criteria.online, bands.excellent |
| `Thủy Vân` | north | excellent | fair | 93.25 | 93.25 | 0 | overrides.complaints |
"""


@frozen
class Repository:
    """A scratch repository with the command on its path."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, command: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", command],
            cwd=self.folder,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def git(self, *arguments: str) -> str:
        done = self.run(" ".join(["git", *arguments]))
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return a copy of the model with its rulebooks on `main`, on a new branch."""
    folder, bin_ = tmp_path_factory.mktemp("model") / "rules", tmp_path_factory.mktemp("commands") / "bin"
    shutil.copytree(MODEL, folder, ignore=shutil.ignore_patterns("amendment"))
    write_command(bin_)
    path = os.pathsep.join([str(bin_), os.environ.get("PATH", "")])
    python_path = os.pathsep.join([str(MODEL.parents[1]), os.environ.get("PYTHONPATH", "")])
    made = Repository(folder, {**os.environ, **GIT, "PATH": path, "PYTHONPATH": python_path})
    made.git("init", "--quiet", "--initial-branch=main")
    made.git("add", ".")
    made.git("commit", "--quiet", "--message=Rules")
    made.git("switch", "--quiet", "--create=amendment")
    return made


@pytest.fixture
def repository(model: Repository, tmp_path: Path) -> Repository:
    """Return a copy of that repository."""
    shutil.copytree(model.folder, tmp_path / "rules")
    return evolve(model, folder=tmp_path / "rules")


def amended(repository: Repository) -> None:
    """Commit the amendment under review."""
    shutil.copytree(MODEL / "amendment", repository.folder / "rulebooks", dirs_exist_ok=True)
    repository.git("commit", "--quiet", "--all", "--message=Amendment")


def steps() -> dict[str, str]:
    """Return the commands of the workflow by step, except installing steps."""
    job = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["rulebooks"]
    return {step["name"]: step["run"] for step in job["steps"] if "run" in step and step["name"] != "Install"}


def workflow(repository: Repository, summary: Path) -> list[int]:
    """Return the exit codes of all steps, in order."""
    base = repository.git("merge-base", "main", "HEAD")
    return [
        repository.run(command, BASE=base, GITHUB_STEP_SUMMARY=str(summary)).returncode
        for command in steps().values()
    ]


def hooks(repository: Repository) -> dict[str, int]:
    """Return the exit codes of the hooks on the files changed since `main`."""
    config = yaml.safe_load((repository.folder / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    repository.git("add", ".")
    changed = repository.git("diff", "--name-only", "--diff-filter=d", "main").splitlines()
    codes = {}
    for hook in config["repos"][0]["hooks"]:
        assert hook["pass_filenames"] is False
        if any(re.search(hook["files"], name) for name in changed):
            codes[hook["id"]] = repository.run(hook["entry"]).returncode
    return codes


def test_an_amendment_passes_the_workflow_with_a_table_of_changed_ratings(
    repository: Repository, tmp_path: Path
) -> None:
    amended(repository)
    summary = tmp_path / "summary.md"
    assert workflow(repository, summary) == [0, 0, 0, 0]
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("## central\n\n**Impact** — `model.one_stop.central 2026 → model.one_stop.central 2027`\n")
    assert "\n**5 of 24 ratings in the population change**\n" in text
    assert f"\n{TABLE}\n" in text
    # Its own file is the same; what it extends is not.
    local = text.partition("\n## local\n")[2]
    assert "\n**4 of 24 ratings in the population change**\n" in local
    assert "| `Cầu Giấy Mới` | coast | good | excellent | 88.98 | 88.98 | 0 | bands.excellent |\n" in local


def test_the_hooks_let_the_amendment_pass(repository: Repository) -> None:
    amended(repository)
    assert hooks(repository) == {"kpirules-check": 0, "kpirules-test": 0}


def test_unchanged_rulebooks_are_reported_as_unchanged(repository: Repository, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    assert workflow(repository, summary) == [0, 0, 0, 0]
    assert summary.read_text(encoding="utf-8") == "## central is unchanged\n\n## local is unchanged\n\n"
    assert hooks(repository) == {}


def test_a_new_rulebook_is_said_to_be_new(repository: Repository, tmp_path: Path) -> None:
    local = repository.folder / "rulebooks" / "local.kpi.yaml"
    shutil.copy(local, local.with_name("coast.kpi.yaml"))
    summary = tmp_path / "summary.md"
    assert workflow(repository, summary) == [0, 0, 0, 0]
    assert "## coast is new\n" in summary.read_text(encoding="utf-8")


def test_a_deleted_rulebook_is_reported_as_removed(repository: Repository, tmp_path: Path) -> None:
    (repository.folder / "rulebooks" / "local.kpi.yaml").unlink()
    done = repository.run("bash impact.sh main")
    assert (done.returncode, done.stdout) == (0, "## local is removed\n\n## central is unchanged\n\n")


def test_at_a_first_push_everything_is_new(repository: Repository) -> None:
    done = repository.run(f"bash impact.sh {'0' * 40}")
    assert (done.returncode, done.stdout) == (0, "## central is new\n\n## local is new\n\n")


def test_a_missing_commit_fails_the_workflow(repository: Repository) -> None:
    assert repository.run("bash impact.sh nowhere").returncode != 0


VARIED = """\
kpirules: 1
id: varied
inputs:
  ward: {type: text}
  district: {type: choice, options: [coast, north]}
  done: {type: integer, min: 0, max: 100}
criteria: {work: {max: 100, points: done}}
bands: {good: {from: 50}, poor: {from: 0}}
variant_by: district
variants: {coast: {bands: {good: {from: 60}}}, north: {}}
"""


def test_a_rulebook_with_variants_passes_the_gate(repository: Repository) -> None:
    rulebook = repository.folder / "rulebooks" / "varied.kpi.yaml"
    rulebook.write_text(VARIED, encoding="utf-8")
    rows = "ward,district,done\nA,coast,62\nB,north,62\n"
    (repository.folder / "population" / "varied.csv").write_text(rows, encoding="utf-8")
    repository.git("add", ".")
    repository.git("commit", "--quiet", "--message=Variants")
    done = repository.run("bash impact.sh HEAD")
    assert (done.returncode, done.stdout.rpartition("## ")[2]) == (0, "varied is unchanged\n\n")
    rulebook.write_text(VARIED.replace("from: 60", "from: 65"), encoding="utf-8")
    done = repository.run("bash impact.sh HEAD")
    assert done.returncode == 0
    assert "\n| `coast` | ratings change, shown | 1 | 1 |\n| `north` | nothing differs | 1 | 0 |\n" in done.stdout


def test_the_hooks_run_for_tables_of_cases(repository: Repository) -> None:
    (repository.folder / "rulebooks" / "central.csv").write_text("done\n", encoding="utf-8")
    assert hooks(repository) == {"kpirules-check": 0, "kpirules-test": 0}


def test_a_finding_closes_the_gate(repository: Repository, tmp_path: Path) -> None:
    central = repository.folder / "rulebooks" / "central.kpi.yaml"
    text = central.read_text(encoding="utf-8")
    central.write_text(
        text.replace("validations:", "  spare: {type: boolean, default: false}\n\nvalidations:"), encoding="utf-8"
    )
    assert workflow(repository, tmp_path / "summary.md") == [1, 0, 0, 0]
    assert hooks(repository) == {"kpirules-check": 1, "kpirules-test": 0}


def test_a_failed_case_closes_the_gate(repository: Repository, tmp_path: Path) -> None:
    shutil.copy(MODEL / "amendment" / "central.kpi.yaml", repository.folder / "rulebooks")
    assert workflow(repository, tmp_path / "summary.md") == [0, 1, 0, 1]
    assert hooks(repository) == {"kpirules-check": 0, "kpirules-test": 1}


def test_a_rulebook_with_an_error_closes_the_gate_everywhere(repository: Repository, tmp_path: Path) -> None:
    central = repository.folder / "rulebooks" / "central.kpi.yaml"
    text = central.read_text(encoding="utf-8")
    central.write_text(text.replace("rate: on_time / received", "rate: on_time / recieved"), encoding="utf-8")
    assert workflow(repository, tmp_path / "summary.md") == [1, 1, 2, 2]
    assert hooks(repository) == {"kpirules-check": 1, "kpirules-test": 1}


def test_an_expectation_that_changes_without_a_reason_closes_the_gate(repository: Repository, tmp_path: Path) -> None:
    amended(repository)
    cases = repository.folder / "rulebooks" / "central.cases.yaml"
    lines = cases.read_text(encoding="utf-8").splitlines(keepends=True)
    cases.write_text("".join(line for line in lines if "note:" not in line), encoding="utf-8")
    assert workflow(repository, tmp_path / "summary.md") == [0, 0, 0, 1]
    said = repository.run("bash gate.sh main").stdout
    assert "exactly 80 % online: no reason is written beside it\n  points.online: 20 → 16\n" in said


def test_the_workflow_needs_only_read_permission() -> None:
    whole = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert whole["permissions"] == {"contents": "read"}
    assert list(steps()) == [
        "Rulebooks and cases have no findings",
        "Cases pass",
        "What changes, and whom it moves",
        "Old cases, and why they changed",
    ]
