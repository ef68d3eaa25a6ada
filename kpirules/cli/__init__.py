"""The command line: files in, files out, and an exit code.

    kpirules check   rulebooks and case files, without a subject
    kpirules test    examples and case files
    kpirules mutate  small faults in a rulebook that its cases do not notice
    kpirules assess  a rulebook and a file of subjects, to a table
    kpirules explain one rating
    kpirules appraise rulebooks wired together, and a folder of tables, to a folder of results
    kpirules verify  results by their receipt
    kpirules diff    what differs between two editions, and whose ratings differ
    kpirules plan    the steps or the code that engines run
    kpirules sql     a rulebook as one query, to rate a table where it is stored
    kpirules js      a rulebook as a JavaScript module
    kpirules form    a rulebook as a form for a browser
    kpirules doctor  whether the engines on this machine reproduce the golden corpora
    kpirules show    a rulebook with everything merged into it
    kpirules docs    pages about rulebooks, for readers who are not programmers
    kpirules new     a first rulebook
    kpirules schema  for editors
    kpirules lsp     findings, names and examples in an editor while a rulebook is written

Exit codes: 0 all is well, 1 something was found (a finding, a failed case, a subject that can't be assessed),
2 the command could not run, 3 kpirules itself failed. Results go to standard output, everything else to standard
error.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

from ..kernel.budget import allowing
from .arguments import parser
from .failure import CommandError, internal, unusable
from .terminal import say

__all__ = ["main"]

COULD_NOT_RUN = 2
FAILED = 3
"""Exit code when kpirules itself is at fault."""
INTERRUPTED = 130
"""Exit code of a program interrupted from the keyboard, as shells report it."""
CLOSED_OUTPUT = 141
"""Exit code of a program whose reader closed the pipe, as shells report it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        arguments: the words after `kpirules`; those of this process by default.

    Raises:
        SystemExit: after `--help` and `--version`.
    """
    _write_utf8()
    options = Namespace()
    try:
        options = parser().parse_args(arguments)
        # Only the command that runs is imported, so that help comes at once.
        with allowing(getattr(options, "budget", None)):
            code: int = import_module(f".{options.module}", __package__).run(options)
        sys.stdout.flush()
    except CommandError as problem:
        say(f"kpirules: {problem}", aside=True)
        return COULD_NOT_RUN
    except BrokenPipeError:
        _abandon_output()
        return CLOSED_OUTPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as problem:
        if problem.filename is None:  # files that a command opens have names
            _abandon_output()
        say(f"kpirules: {unusable(problem, 'standard output')}", aside=True)
        return COULD_NOT_RUN
    except Exception as failure:
        say(*internal(failure, options).split("\n"), aside=True)
        return FAILED
    return code


def _write_utf8() -> None:
    """Write UTF-8 even where the terminal has another encoding."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and (stream.encoding or "").lower().replace("-", "") != "utf8":
            reconfigure(encoding="utf-8")


def _abandon_output() -> None:
    """Discard buffered output, which Python would otherwise complain about at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
