"""`kpirules lsp`."""

from __future__ import annotations

from argparse import Namespace

from .failure import CommandError

__all__ = ["run"]

MISSING = 'the language server needs an extra: pip install "kpirules[lsp]"'


def run(options: Namespace) -> int:
    """Answer an editor on standard input and output until it leaves.

    Args:
        options: of the command line.

    Returns:
        0.

    Raises:
        CommandError: if pygls is not installed.
    """
    try:
        from ..editor.server import serve
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise CommandError(MISSING) from None
    serve(options.root)
    return 0
