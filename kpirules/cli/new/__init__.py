"""`kpirules new`: a rulebook to start from, made from a template, answers, or the columns of a table."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path

from ...kernel.visible import neutral
from ...loading.atomic import write_whole
from ..failure import CommandError, files
from ..schema import schema_text
from ..terminal import say
from .asking import Terminal, scorecard_from_answers
from .names import id_of
from .tables import from_table
from .templates import TEMPLATES, template

__all__ = ["run"]

SCHEMA = "kpirules.schema.json"
NAME = "rulebook.kpi.yaml"
ENDINGS = (".yaml", ".yml")


def run(options: Namespace) -> int:
    """Write a rulebook to start from, and the schema named in its first line.

    Args:
        options: the options of the command line.

    Raises:
        CommandError: if the file exists or can't be written, or no rulebook can be made from the options.
    """
    if options.list:
        width = max(map(len, TEMPLATES))
        say(*(f"{name:<{width}}  {about}" for name, about in TEMPLATES.items()))
        return 0
    if options.path is None:
        raise CommandError("say what is written: `kpirules new FILE` (`kpirules new --list` names the templates)")
    path = _target(options.path)
    with files(path):
        if path.exists():
            raise _is_there(path)
    text = f"# yaml-language-server: $schema={SCHEMA}\n\n" + _text(options, path)
    with files(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except FileExistsError:
            raise _is_there(path) from None
        schema = path.parent / SCHEMA
        # All rulebooks of a directory share one schema.
        if not schema.exists():
            write_whole(schema, [schema_text().encode()])
    say(f"{path} written; next: kpirules check {path}")
    return 0


def _text(options: Namespace, path: Path) -> str:
    """Return the rulebook without its first line."""
    id_, name = id_of(path.name.partition(".")[0]) or "rulebook", neutral(path.name)
    if options.interactive:
        return scorecard_from_answers(Terminal(), id_, name)
    if options.table is not None:
        return from_table(options.table, options.key, options.delimiter, id_, name)
    return template(options.template, id_, name)


def _is_there(path: Path) -> CommandError:
    return CommandError(f"{path}: the file already exists, and was not changed")


def _target(written: str) -> Path:
    path = Path(written)
    if written.endswith(("/", os.sep)) or path.is_dir():
        return path / NAME
    if path.suffix.lower() not in ENDINGS:
        raise CommandError(f"{written}: the name of a rulebook ends in `.kpi.yaml`")
    return path
