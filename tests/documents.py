"""Runs the examples of Markdown pages, so that every example is true.

Each page gets a folder of its own with a copy of `examples/`, in which all of it runs, from top to bottom:

- a `python` block runs; one that begins with `>>>` is compared as a doctest; all share their names;
- in a `console` block, each `$ kpirules …` runs, and what stands below it is compared line by line;
- in a `sh` block, each line that begins with `kpirules` runs; other lines, and other `$` lines, do not;
- a `yaml` block that begins with `kpirules: 1` is a rulebook in which `check` finds nothing.

Comments directly above a block say more about it:

- `<!-- rejected: KR201 -->`: the rulebook has this code among its findings;
- `<!-- exits with 1 -->`: the last command of the block does, where 0 is expected otherwise;
- `<!-- file: my.kpi.yaml -->`: the block is written to this file, for the examples below it;
- `<!-- added to: my.kpi.yaml -->`: the block is added to the end of this file;
- `<!-- changed in: my.kpi.yaml -->`: this `diff` block says what changes in this file: the lines with `-` and with a
  blank stand there once, and become those with `+` and with a blank;
- `<!-- by now: my.kpi.yaml -->`: what was written, added and changed has come to this;
- `<!-- not run -->`: nothing is done with the block.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import PythonCodeBlockParser
from sybil.parsers.markdown.lexers import FencedCodeBlockLexer

import kpirules as kr

from .commands import write_command

__all__ = ["pages", "parse_blocks", "parse_python", "settle_in", "settle_out"]

ROOT = Path(__file__).parents[1]

_FENCES = FencedCodeBlockLexer("[^\n]+")
_COMMENT = re.compile(r"<!--\s*(.+?)\s*-->\s*\Z", re.DOTALL)
_PYTHON = PythonCodeBlockParser()


def pages(path: str = ".") -> Sybil:
    """Collect the examples of every Markdown page below a folder, except pages of codes, which the catalogue has too."""
    return Sybil(
        parsers=[parse_python, parse_blocks],
        path=str(ROOT / path),
        pattern="*.md",
        excludes=["docs/reference/codes/*.md"],
        setup=settle_in,
        teardown=settle_out,
    )


# -- where a page runs ----------------------------------------------------------------------------


def settle_in(namespace: dict[str, Any], *, has_examples: bool = True) -> None:
    """Create the folder of a page with the command and, if it has any, the examples, and change to it."""
    folder = Path(tempfile.mkdtemp(prefix="kpirules-page-"))
    namespace["_folder"], namespace["_home"] = folder, os.getcwd()
    if has_examples and (ROOT / "examples").exists():
        # Six times as fast as `shutil.copytree`.
        subprocess.run(["cp", "-R", ROOT / "examples", folder], check=True)
    write_command(folder / ".bin")
    os.chdir(folder)


def settle_out(namespace: dict[str, Any]) -> None:
    """Change back, and remove the folder."""
    os.chdir(namespace["_home"])
    shutil.rmtree(namespace["_folder"])


# -- blocks ---------------------------------------------------------------------------------------


def parse_python(document: Document) -> Iterable[Region]:
    """Yield the Python blocks and doctests of a page."""
    return (region for region in _PYTHON(document) if "not run" not in _remarks(document, region.start))


def parse_blocks(document: Document) -> Iterable[Region]:
    """Yield the rulebooks, commands and files of a page."""
    for region in _FENCES(document):
        remarks = _remarks(document, region.start)
        language = region.lexemes["language"].strip()
        source = str(region.lexemes["source"])
        is_rulebook = language == "yaml" and source.startswith("kpirules: 1\n")
        is_file = any(remark.startswith(("file:", "added to:", "changed in:", "by now:")) for remark in remarks)
        if language == "python" or "not run" in remarks:
            continue
        if is_rulebook or is_file or (language in ("console", "sh") and _commands(language, source)):
            region.parsed = language, source, remarks
            region.evaluator = _evaluate
            yield region


def _remarks(document: Document, place: int) -> list[str]:
    """Yield the comments directly above a block, the nearest first."""
    before, remarks = document.text[:place], []
    # The search begins at the last comment, or a page of many would take long.
    while match := _COMMENT.match(before, max(before.rfind("<!--"), 0)):
        remarks.append(" ".join(match[1].split()))
        before = before[: match.start()]
    return remarks


def _evaluate(example: Example) -> str | None:
    language, source, remarks = example.parsed
    said = dict(remark.split(": ", 1) for remark in remarks if ": " in remark)
    if "file" in said:
        path = Path(example.namespace["_folder"], said["file"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    if "added to" in said:
        path = Path(example.namespace["_folder"], said["added to"])
        path.write_text(path.read_text(encoding="utf-8") + source, encoding="utf-8")
    if "by now" in said and Path(example.namespace["_folder"], said["by now"]).read_text(encoding="utf-8") != source:
        return f"{said['by now']} is not what stands here"
    if "changed in" in said:
        return _change(Path(example.namespace["_folder"], said["changed in"]), source)
    if language in ("console", "sh"):
        return _run(language, source, remarks, example.namespace["_folder"], Path.cwd())
    if source.startswith("kpirules: 1\n") and language == "yaml":
        return _check(source, said.get("rejected"))
    return None


def _change(path: Path, source: str) -> str | None:
    """Apply a `diff` block to a file; its lines are consecutive, and begin with `-`, `+` or a blank."""
    lines = source.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if not line.startswith("+"))
    after = "".join(line[1:] for line in lines if not line.startswith("-"))
    text = path.read_text(encoding="utf-8")
    if text.count(before) != 1:
        return f"these lines stand {text.count(before)} times in {path.name}, and not once:\n{before}"
    path.write_text(text.replace(before, after), encoding="utf-8")
    return None


def _check(source: str, expected: str | None) -> str | None:
    report = kr.check(text=source)
    found = {diagnostic.code for diagnostic in report.findings}
    if expected is None:
        return None if report.is_clean else f"this rulebook is not clean:\n{_drawn(report)}"
    return None if expected in found else f"{expected} is expected, and this is found:\n{_drawn(report)}"


def _drawn(report: kr.Report) -> str:
    from kpirules.diagnostics.render import render_text

    return render_text(report)


# -- commands -------------------------------------------------------------------------------------


def _commands(language: str, source: str) -> list[tuple[str, str | None]]:
    """Yield the commands of a block with their expected output, None for any output."""
    commands: list[tuple[str, str | None]] = []
    if language == "sh":
        for line in source.replace("\\\n", " ").splitlines():
            if line.startswith("kpirules "):
                commands.append((line, None))
        return commands
    for part in re.split(r"^\$ ", source, flags=re.MULTILINE)[1:]:
        line, _, output = part.replace("\\\n", " ").partition("\n")
        if line.startswith("kpirules "):
            commands.append((line, output if output.strip() else None))
    return commands


def _run(language: str, source: str, remarks: list[str], folder: Path, here: Path) -> str | None:
    exits = [int(remark.removeprefix("exits with ")) for remark in remarks if remark.startswith("exits with ")]
    commands = _commands(language, source)
    for number, (command, expected) in enumerate(commands, 1):
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=here,
            env=_surroundings(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        wanted = exits[0] if exits and number == len(commands) else 0
        if done.returncode != wanted:
            return f"`{command}` exits with {done.returncode}, not {wanted}:\n{done.stdout}"
        if expected is not None and _lines(done.stdout) != _lines(expected):
            return f"`{command}` says\n{done.stdout}\nand not\n{expected}"
    return None


def _lines(text: str) -> list[str]:
    """Return the lines of an output without trailing blanks, which editors remove."""
    return [line.rstrip() for line in text.rstrip().splitlines()]


def _surroundings(folder: Path) -> dict[str, str]:
    """Return the environment of a command: no colours, 100 columns, UTF-8, and this kpirules."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("FORCE_", "CLICOLOR"))},
        "PATH": f"{folder / '.bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
        "COLUMNS": "100",
        "TERM": "dumb",
    }
