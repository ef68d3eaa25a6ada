"""The meaning of the names and texts in a formula, in the words of a reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from attrs import evolve, field, frozen

from ..kernel.exact import is_finite_decimal, to_text
from ..kernel.mappings import FrozenMap
from ..kernel.visible import neutral
from ..language.expressions.tree import Field, Literal, Name, Node, walk
from ..showing.explaining.voice import Voice

__all__ = ["Names"]

_OWN = {"score": "said_score", "exact_score": "said_exact_score", "band": "said_band"}
"""The names that the language itself defines, with their phrases."""

_OF_CRITERIA = {"points": "said_points", "share": "said_share", "max": "said_most"}


@frozen
class Names:
    """The names of one rulebook in the language of a reader.

    Args:
        voice: the language and the labels.
        bound: the list that each variable of a formula runs over; empty for an argument.
    """

    voice: Voice
    bound: FrozenMap[str, str] = field(factory=FrozenMap)

    def within(self, variable: str, of: str) -> Names:
        """Return the names inside an aggregate.

        Args:
            variable: the variable of the aggregate, or `item`.
            of: the list or group that it runs over.
        """
        return evolve(self, bound=FrozenMap({**self.bound, variable: of}))

    def with_arguments(self, names: Iterable[str]) -> Names:
        """Return the names inside a function or table."""
        return evolve(self, bound=FrozenMap({**self.bound, **dict.fromkeys(names, "")}))

    def full(self, node: Name | Field) -> str:
        """Return a name with the list before a field: `tasks.done` for `t.done`."""
        of = self.bound.get(node.owner, "") if isinstance(node, Field) else ""
        return f"{of}.{node.name}" if of and isinstance(node, Field) else node.dotted

    def said(self, node: Name | Field, quoted: str = "«{}»") -> str:
        """Return the definition of a name.

        Args:
            node: the name.
            quoted: how a label of the rulebook is set off from the words around it.
        """
        name = self.full(node)
        head, dot, rest = name.partition(".")
        if not dot:
            return self._alone(name, quoted)
        if head == "children":
            group, _, field = rest.partition(".")
            title = quoted.format(self.voice.title("criteria", group))
            return self.voice.say(f"said_child_{field}") if field else self.voice.say("said_children", name=title)
        if head in _OF_CRITERIA:
            return self.voice.say(_OF_CRITERIA[head], name=quoted.format(self.voice.title("criteria", rest)))
        return quoted.format(self.voice.title("inputs", name))

    def _alone(self, name: str, quoted: str) -> str:
        if name in _OWN:
            return self.voice.say(_OWN[name])
        kind, id_ = ("", name) if name in self.bound else self.voice.part(name)
        return quoted.format(self.voice.title(kind, id_))

    def called(self, function: str) -> str:
        """Return what a function or table of the rulebook is named."""
        return self.voice.title(*self.voice.part(f"{function}("))

    def literal(self, node: Literal, beside: Node | None = None) -> str:
        """Return a constant; an option or band by its label.

        Args:
            node: the constant.
            beside: what it is compared with, or None.
        """
        match node.value:
            case bool():
                return self.voice.say("yes" if node.value else "no")
            case Fraction():
                return self.number(node)
            case text:
                return f"«{self.option(text, beside)}»"

    def number(self, node: Literal) -> str:
        """Return a number as its author wrote it, also as a percentage."""
        assert isinstance(node.value, Fraction)
        is_percent = node.part is not None and node.part.text.endswith("%")
        if is_percent and is_finite_decimal(node.value * 100):
            return f"{to_text(node.value * 100)} %"
        return to_text(node.value)

    def option(self, text: str, beside: Node | None) -> str:
        """Return the label of an option, found by what it is compared with; else that of the only option so named."""
        entries = self.voice.legend.entries
        for key in (*self._choices(beside), "bands."):
            if f"{key}{text}" in entries:
                return self.voice.read(entries[f"{key}{text}"].label) or neutral(text.replace("_", " "))
        return neutral(text.replace("_", " "))

    def is_choice(self, node: Node) -> bool:
        """Return whether a value is compared as a choice, not as a number."""
        if isinstance(node, Name) and node.id == "band":
            return True
        prefixes = tuple(self._choices(node))
        return any(key.startswith(prefixes) for key in self.voice.legend.entries) if prefixes else False

    def _choices(self, node: Node | None) -> Iterator[str]:
        """Yield the prefix of the keys of options, for each name in an expression."""
        for part in walk(node) if node is not None else ():
            if isinstance(part, Name | Field):
                yield f"options.{self.full(part)}: "
