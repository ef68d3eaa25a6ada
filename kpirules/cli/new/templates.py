"""Templates of complete rulebooks, from the folder `rulebooks`."""

from __future__ import annotations

from importlib.resources import files

from ...diagnostics import did_you_mean, listed
from ..failure import CommandError, one_line

__all__ = ["TEMPLATES", "template"]

TEMPLATES = {
    "scorecard": "weighted KPIs against targets; more or less is better; caps, a missing KPI, a veto",
    "review": "tasks done of those planned, an assessor's judgement, a warning",
    "supplier": "deliveries, defects and price by steps and a scale; one class down at most",
    "grid": "a place in a grid that follows from two judgements",
    "quota": "one in five of each unit may have the best band",
    "list": "everybody's own objectives and weights",
}
"""Names of templates, with what each shows."""


def template(name: str, id_: str, file: str) -> str:
    """Return a template as a new rulebook.

    Args:
        name: the name of the template.
        id_: the id of the rulebook.
        file: the name of its file, for comments.

    Raises:
        CommandError: if there is no such template.
    """
    if name not in TEMPLATES:
        remedy = did_you_mean(name, TEMPLATES, f"there are {listed(TEMPLATES, 'and')}")
        raise CommandError(f"there is no template `{one_line(name)}`; {remedy}")
    folder = files(__package__) / "rulebooks"
    text = (folder / f"{name}.kpi.yaml").read_text(encoding="utf-8")
    return text.replace("\nid: rulebook\n", f"\nid: {id_}\n", 1).replace("rulebook.kpi.yaml", file)
