"""Names inside a formula with their places, also in one that is half written.

The parser refuses a formula with a mistake, and it puts the bodies of functions in place of their calls. An editor
needs the names that stand in the text, so this reads words and brackets alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import define, field, frozen

from ..language.expressions import MAX_LENGTH

__all__ = ["Binding", "Mention", "Words", "scan", "value_start"]

_TOKEN = re.compile(
    r"""(?P<text>"[^"]*(?:"|\Z)|'[^']*(?:'|\Z))"""
    r"""|(?P<number>\d[\w.]*)"""
    r"""|(?P<word>[^\W\d]\w*)"""
    r"""|(?P<sign>[=<>!]=|\S)""",
)

_KEY = re.compile(r"(?:^|[\s{,\[-])\"?(?:[A-Za-z_][\w.]*)\"?:[ \t]+|^[ \t]*-[ \t]+")
"""What stands before a value on its line: a key with its colon, or the dash of a list."""

SYNTAX = frozenset({"and", "or", "not", "if", "else", "for", "in", "True", "False", "None"})
"""Words of the expression syntax, which name nothing."""


@frozen
class Binding:
    """A loop variable: `t` in `sum(t.hours for t in tasks)`.

    Args:
        variable: its name.
        collection: what it runs through, such as `tasks` or `children.results`.
        group: the number of the bracket in which it is known, 0 for none.
        start: the offset of the variable after `for`.
    """

    variable: str
    collection: str
    group: int
    start: int


@frozen
class Mention:
    """A word of a formula that names something.

    Args:
        word: the word.
        start: its offset in the formula.
        role: name, call, member (after a dot), owner (before a dot), or argument (before `=` in a call).
        of: the word before the dot of a member, or the called function of an argument.
        binding: the loop variable that the word, or its owner, is; None for any other.
    """

    word: str
    start: int
    role: str
    of: str = ""
    binding: Binding | None = None

    @property
    def end(self) -> int:
        return self.start + len(self.word)


@frozen
class Words:
    """The words of a formula.

    Args:
        mentions: the words that name something, in order.
        bindings: its loop variables.
        texts: the start and end of each quoted text.
    """

    mentions: tuple[Mention, ...]
    bindings: tuple[Binding, ...]
    texts: tuple[tuple[int, int], ...] = ()


@frozen
class _Token:
    kind: str
    text: str
    start: int
    groups: tuple[int, ...]
    call: str


@define
class _Brackets:
    """The open brackets at a place: their numbers, and the function that each belongs to."""

    open: list[tuple[int, str]] = field(factory=lambda: [(0, "")])
    count: int = 0

    def read(self, sign: str, before: str) -> None:
        if sign in "([{":
            self.count += 1
            self.open.append((self.count, before if sign == "(" else ""))
        elif sign in ")]}" and len(self.open) > 1:
            self.open.pop()


def scan(text: str) -> Words:
    """Return the names that a formula mentions.

    Args:
        text: the formula, possibly incomplete.

    >>> words = scan("sum(t.hours for t in tasks if t.done) / total")
    >>> [(mention.word, mention.role) for mention in words.mentions]
    [('sum', 'call'), ('t', 'owner'), ('hours', 'member'), ('t', 'name'), ('tasks', 'name'), ('t', 'owner'), \
('done', 'member'), ('total', 'name')]
    >>> words.bindings[0].collection
    'tasks'
    """
    if len(text) > MAX_LENGTH:
        # No parser reads it either.
        return Words((), ())
    tokens = list(_tokens(text))
    bindings = tuple(_bindings(tokens))
    texts = tuple((token.start, token.start + len(token.text)) for token in tokens if token.kind == "text")
    return Words(tuple(_mentions(tokens, bindings)), bindings, texts)


def _tokens(text: str) -> Iterator[_Token]:
    brackets, before = _Brackets(), ""
    for found in _TOKEN.finditer(text):
        kind, word = found.lastgroup or "", found[0]
        numbers = tuple(number for number, _ in brackets.open)
        yield _Token(kind, word, found.start(), numbers, brackets.open[-1][1])
        if kind == "sign":
            brackets.read(word, before)
        before = word if kind == "word" and word not in SYNTAX else ""


def _bindings(tokens: list[_Token]) -> Iterator[Binding]:
    for index, token in enumerate(tokens):
        following = tokens[index + 1 : index + 6]
        if token.text != "for" or not following or following[0].kind != "word":
            continue
        variable, collection = following[0], ""
        if len(following) > 2 and following[1].text == "in" and following[2].kind == "word":
            collection = following[2].text
            if len(following) > 4 and following[3].text == "." and following[4].kind == "word":
                collection = f"{collection}.{following[4].text}"
        yield Binding(variable.text, collection, token.groups[-1], variable.start)


def _mentions(tokens: list[_Token], bindings: tuple[Binding, ...]) -> Iterator[Mention]:
    nothing = _Token("", "", 0, (), "")
    for index, token in enumerate(tokens):
        if token.kind != "word" or token.text in SYNTAX:
            continue
        before = tokens[index - 1] if index else nothing
        after = tokens[index + 1] if index + 1 < len(tokens) else nothing
        owner = tokens[index - 2] if index > 1 else nothing
        if before.text == "." and owner.kind == "word":
            yield Mention(token.text, token.start, "member", owner.text, _binding(owner, bindings))
        elif after.text == ".":
            yield Mention(token.text, token.start, "owner", "", _binding(token, bindings))
        elif after.text == "(":
            yield Mention(token.text, token.start, "call")
        elif after.text == "=" and token.call and before.text in ("(", ","):
            yield Mention(token.text, token.start, "argument", token.call)
        else:
            is_collection = before.text == "in" and index > 2 and tokens[index - 3].text == "for"
            binding = None if is_collection else _binding(token, bindings)
            yield Mention(token.text, token.start, "name", "", binding)


def _binding(token: _Token, bindings: tuple[Binding, ...]) -> Binding | None:
    """Return the loop variable that a word refers to; of several, the innermost."""
    for group in reversed(token.groups):
        for binding in bindings:
            if binding.variable == token.text and binding.group == group:
                return binding
    return None


def value_start(text: str, offset: int) -> int | None:
    """Return the start of the value at an offset, after its key on the same line; None if there is none.

    Args:
        text: a document that may be broken.
        offset: the place.

    >>> text = "criteria:\\n  a: {max: 3, rate: 'min(x"
    >>> text[value_start(text, len(text)):]
    "'min(x"
    """
    line = text.rfind("\n", 0, offset) + 1
    found = [one.end() for one in _KEY.finditer(text[line:offset])]
    return line + found[-1] if found else None
