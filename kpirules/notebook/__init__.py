"""Rulebooks in notebooks: the magics `%%rulebook` and `%rulebook` of IPython.

In: the text of a cell, or the path of a rulebook. Out: a Program under a name of the notebook. It knows nothing of
how rulebooks are rated or shown. IPython is imported only here, by those who load the extension.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["load_ipython_extension"]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add the magics to a shell; IPython calls this for `%load_ext kpirules`.

    Args:
        shell: the shell of the notebook.
    """
    from .magics import RulebookMagics

    magics = RulebookMagics(shell)
    shell.magics_manager.register_function(magics.rulebook, magic_kind="line_cell")
    shell.events.register("pre_run_cell", magics.reload)
