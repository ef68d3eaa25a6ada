"""The magics `%%rulebook NAME` and `%rulebook NAME PATH`."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from shlex import split
from typing import Any, NoReturn, cast

from attrs import define, field, frozen
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

from ..diagnostics.render import render_text
from ..errors import RulebookError
from ..loading.loading import load, loads, read_documents
from ..rating.program import Program

__all__ = ["RulebookMagics"]

USAGE = "write `%%rulebook NAME` above the text of a rulebook, or `%rulebook NAME PATH`"

Texts = tuple[tuple[str, str], ...]
"""The name and the text of each file of a rulebook."""


@frozen
class Watched:
    """A name of the notebook whose rulebook is in files.

    Args:
        path: the path of the rulebook.
        load: loads it again.
        texts: what its files held when they were last read; empty if they could not be read.
        program: the program then, or None if the rulebook had errors.
    """

    path: str
    load: Callable[[], Program]
    texts: Texts
    program: Program | None


class _Parser(ArgumentParser):
    """A parser that reports an error as a magic does."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; {USAGE}")


@define(eq=False)
class RulebookMagics:
    """The magics of rulebooks in a shell.

    Args:
        shell: the shell of the notebook.
        watched: the rulebooks in files, by their names in the notebook.
    """

    shell: InteractiveShell
    watched: dict[str, Watched] = field(factory=dict)

    @property
    def space(self) -> dict[str, Any]:
        """The names of the notebook."""
        return cast("dict[str, Any]", self.shell.user_ns)

    def rulebook(self, line: str, cell: str | None = None) -> None:
        """Load a rulebook from the text of the cell (`%%rulebook NAME`) or from a file (`%rulebook NAME PATH`).

        `--variant NAME` and `--on DAY` choose a variant and an edition. A file is read again once it, or a file that
        it extends, has changed. While the rulebook has errors its name is not defined.
        """
        given = _arguments().parse_args(split(line))
        if not given.name.isidentifier():
            raise UsageError(f"`{given.name}` is not a name in Python")
        if (cell is None) == (given.path is None):
            raise UsageError(USAGE)
        self.watched.pop(given.name, None)
        if cell is None:
            path = given.path
            self._bind(given.name, lambda: load(path, variant=given.variant, on=given.on), _texts(path), given.path)
        else:
            # The first line of the cell is the magic, so that lines are counted as the notebook counts them.
            text = f"\n{cell}"
            self._bind(given.name, lambda: loads(text, name=given.name, variant=given.variant, on=given.on))

    def reload(self, *_: object) -> None:
        """Load the rulebooks again whose files have changed, before a cell runs."""
        for name, watched in tuple(self.watched.items()):
            if self.space.get(name) is not watched.program:
                # The notebook uses the name for something else.
                del self.watched[name]
            elif (texts := _texts(watched.path)) != watched.texts:
                print(f"{watched.path} has changed: `{name}` is loaded again")
                try:
                    self._bind(name, watched.load, texts, watched.path)
                except UsageError as error:
                    print(f"UsageError: {error}")

    def _bind(self, name: str, loading: Callable[[], Program], texts: Texts = (), path: str | None = None) -> None:
        """Load a rulebook, show what was found, and give the program its name.

        Raises:
            UsageError: if the rulebook has errors; the name is undefined then, so that no cell uses old rules.
        """
        self.space.pop(name, None)
        program = None
        try:
            program = loading()
            self.space[name] = program
            found = program.report
        except RulebookError as error:
            found = error.report
        except (OSError, TypeError, ValueError) as error:
            raise UsageError(str(error)) from None
        finally:
            if path is not None:
                self.watched[name] = Watched(path, loading, texts, program)
        if found.findings:
            print(render_text(found), end="")
        if program is None:
            raise UsageError(f"the rulebook has errors, so `{name}` is not defined")
        self.shell.displayhook(program)


def _arguments() -> ArgumentParser:
    parser = _Parser("rulebook", add_help=False)
    parser.add_argument("name")
    parser.add_argument("path", nargs="?")
    parser.add_argument("--variant")
    parser.add_argument("--on")
    return parser


def _texts(path: str) -> Texts:
    """Return the names and texts of a rulebook's files; empty if one can't be read."""
    try:
        return tuple((one.source.name, one.source.text) for one in read_documents(path))
    except (OSError, RulebookError):
        return ()
