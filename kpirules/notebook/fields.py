"""The field of each input in a widget, with its label and limits, in one language."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from attrs import frozen

from ..diagnostics import Limits
from ..diagnostics.phrases import phrases
from ..kernel.visible import neutral
from ..language.model import ChoiceDomain, DateDomain, Input, ListDomain, NumberDomain, limits
from ..language.wording import Label
from .sliders import slider
from .texts import text_of

__all__ = ["Fields", "groups_of"]

WORDS = {
    "yes": "yes",
    "no": "no",
    "absent": "absent",
    "add": "form_add",
    "remove": "form_remove",
    "paste": "form_paste_rows",
    "result": "form_result",
    "reasons": "widget_reasons",
    "slider": "widget_slider",
    "reset": "widget_reset",
}
"""The phrases that the browser needs, by its names for them."""


@frozen
class Fields:
    """Writes inputs as fields in one language.

    Args:
        language: the tag of the language, or None.
    """

    language: str | None

    def say(self, phrase: str, **gaps: str) -> str:
        return phrases(self.language)[1][phrase].format(**gaps)

    def words(self) -> dict[str, str]:
        """Return the phrases that the browser needs; it fills their gaps."""
        return {name: phrases(self.language)[1][phrase] for name, phrase in WORDS.items()}

    def label(self, label: Label | None, id_: str) -> str:
        """Return a label, or an id in words."""
        return neutral(id_.replace("_", " ") if label is None else label.text(self.language))

    def field(self, declared: Input, path: str) -> dict[str, Any]:
        """Return an input as plain data for the browser.

        Args:
            declared: the input.
            path: where the problems of its value are reported.
        """
        allowed = limits(declared)
        found = {
            "id": declared.id,
            "path": path,
            "kind": allowed.kind,
            "label": self.label(declared.words.label, declared.id),
            "note": "" if declared.words.note is None else self.label(declared.words.note, ""),
            "unit": neutral(allowed.unit),
            "hint": self.hint(allowed, declared.default),
            "required": allowed.is_required,
        }
        match declared.domain:
            case DateDomain(minimum=first, maximum=last):
                found |= {name: text_of(end) for name, end in (("min", first), ("max", last)) if end is not None}
            case ChoiceDomain(options=options, labels=labels):
                found["options"] = [(option, self.label(labels.get(option), option)) for option in options]
            case NumberDomain() as numbers:
                found["slider"] = slider(numbers)
                found["default"] = "" if declared.default is None else text_of(declared.default)
            case ListDomain(fields=fields):
                found["fields"] = [self.field(one, f"{path}[].{one.id}") for one in fields]
        return found

    def hint(self, allowed: Limits, default: object) -> str:
        """Return the values that a field accepts, in words."""
        found = [] if allowed.kind not in ("number", "integer", "date") else self._limits(allowed)
        if default is not None:
            value = self.say("yes" if default else "no") if isinstance(default, bool) else text_of(default)
            found.append(self.say("form_default", value=value))
        elif not allowed.is_required:
            found.append(self.say("form_optional"))
        return neutral(" · ".join(found))

    def _limits(self, allowed: Limits) -> list[str]:
        low = "above" if allowed.above is not None else "from" if allowed.min is not None else ""
        high = "below" if allowed.below is not None else "to" if allowed.max is not None else ""
        ends = {
            "low": text_of(allowed.min if allowed.above is None else allowed.above),
            "high": text_of(allowed.max if allowed.below is None else allowed.below),
        }
        # The phrase has gaps for the ends that there are.
        found = [self.say("_".join(filter(None, (low, high))), **ends)] if low or high else []
        if allowed.step is not None:
            found.append(self.say("form_step", step=text_of(allowed.step)))
        elif allowed.kind == "number" and allowed.decimals is not None:
            phrase = "form_decimal" if allowed.decimals == 1 else "form_decimals"
            found.append(self.say(phrase, count=str(allowed.decimals)))
        return found


def groups_of(inputs: Iterable[Input], fields: Fields) -> list[dict[str, Any]]:
    """Return the inputs in groups: measured ones, and points that an assessor enters.

    Args:
        inputs: those of the rulebook.
        fields: writes them.
    """
    declared = tuple(inputs)
    write = partial(map, lambda one: fields.field(one, one.id))
    groups = [
        ("given_inputs", [one for one in declared if one.entered_for is None]),
        ("form_entered", [one for one in declared if one.entered_for is not None]),
    ]
    return [
        {"title": fields.say(phrase), "of": "values", "fields": [*write(some)]} for phrase, some in groups if some
    ]
