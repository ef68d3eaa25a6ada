"""`kpirules prove`."""

from __future__ import annotations

from argparse import Namespace

from ..change.proofs import Proofs, prove, prove_change
from ..change.proofs.showing import proofs_text
from ..errors import RulebookError
from ..rating.program import Program
from .assess import format_of_output
from .failure import CommandError, at_work_on
from .loaded import load_chosen, needs_z3
from .rendered import rendered
from .terminal import output, say

__all__ = ["run"]

FORMATS = {".md": "markdown", ".html": "html", ".htm": "html", ".json": "json"}


def run(options: Namespace) -> int:
    """Prove what holds for every subject of a rulebook, or of two editions of it.

    Args:
        options: of the command line.

    Returns:
        0 if every claim is proved or accepted by the rulebook, 1 otherwise.
    """
    if options.new is None and (options.nobody_loses_a_band or options.only_where is not None):
        raise CommandError("`--nobody-loses-a-band` and `--only-where` need two editions: OLD NEW")
    program = load_chosen(options.rulebook, options.variant, options.on, options.root)
    with at_work_on(options.rulebook), needs_z3():
        found = prove(program) if options.new is None else _of_change(program, options)
    with output(options.output, options.rulebook, *([options.new] if options.new else [])) as out:
        out.write(_rendered(found, options))
    return int(not found.is_good)


def _of_change(old: Program, options: Namespace) -> Proofs:
    new = load_chosen(options.new, options.variant, options.on, options.root)
    try:
        return prove_change(old, new, nobody_loses_a_band=options.nobody_loses_a_band, only_where=options.only_where)
    except RulebookError as mistaken:
        say(*str(mistaken).split("\n"), aside=True)
        raise CommandError("--only-where is no condition over the names of the new edition") from None


def _rendered(found: Proofs, options: Namespace) -> str:
    format_ = options.format or format_of_output(options.output, FORMATS, "text")
    return proofs_text(found, is_whole=options.verbose) if format_ == "text" else rendered(found, format_)
