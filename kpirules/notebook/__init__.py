"""Rulebooks in notebooks: the magics `%%rulebook` and `%rulebook` of IPython, and a widget that rates as you type.

In: the text of a cell, the path of a rulebook, or what is typed into a field. Out: a Program under a name of the
notebook, or a rating. It rates nothing by itself. IPython and anywidget are imported only here, by those who load
the extension or make a widget.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..rating.program import Program
    from .rating_widget import RatingWidget

__all__ = ["load_ipython_extension", "widget"]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add the magics to a shell; IPython calls this for `%load_ext kpirules`.

    Args:
        shell: the shell of the notebook.
    """
    from .magics import RulebookMagics

    magics = RulebookMagics(shell)
    shell.magics_manager.register_function(magics.rulebook, magic_kind="line_cell")
    shell.events.register("pre_run_cell", magics.reload)


def widget(
    program: Program,
    *,
    subject: object = None,
    language: str | None = None,
    changing: str | Iterable[str] | Mapping[str, tuple[Any, ...]] = (),
) -> RatingWidget:
    """Return a widget with a field and a slider for each input, and the rating live.

    Args:
        program: the rules; a subject chooses its variant and edition.
        subject: the values in the fields at first, as `assess` takes them; some may be missing.
        language: tag such as `vi` for labels and for the widget's own words; if None, labels are in the language
            their author wrote first, and the words are English.
        changing: weights, maxima, thresholds, parameters or formulas that may be changed too, by path as
            `with_changes` takes it. The path of a part or section stands for its numbers: `["bands"]`. A mapping of
            paths gives the ends of their sliders, such as `{"bands.good.from": (50, 90)}`, or `(50, 90, 0.5)`
            for steps.

    Returns:
        A widget of anywidget, for Jupyter, VS Code and marimo. Its `subject`, `assessment`, `program` and `problems`
        follow the fields, and can be observed.

    Raises:
        ImportError: anywidget is not installed.
        RulebookError: if nothing chooses the variant or edition of a subject.
        SubjectError: if the subject has unknown names, or the rulebook compares subjects with each other.
        ValueError: a path in `changing` leads to no single value.

    >>> from kpirules import load
    >>> done = {"type": "integer", "min": 0, "max": 9}
    >>> program = load({"kpirules": 1, "inputs": {"done": done}, "criteria": {"work": {"max": 9, "points": "done"}}})
    >>> shown = widget(program, subject={"done": 3})
    >>> shown.assessment.score
    Decimal('3')
    >>> shown.subject = {"done": 7}
    >>> shown.assessment.score
    Decimal('7')
    """
    if find_spec("anywidget") is None:
        raise ImportError('widgets need an extra: pip install "kpirules[widget]"')
    from .rating_widget import RatingWidget

    return RatingWidget(program, subject, language=language, changing=changing)
