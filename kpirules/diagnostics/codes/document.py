"""KR101 to KR119: texts that cannot be read as a document."""

from __future__ import annotations

from collections.abc import Iterable

from ...kernel.brief import shortened
from ..report import did_you_mean, listed
from .catalogue import Say, error

__all__ = [
    "duplicate_key",
    "foreign_value",
    "no_mapping",
    "number_out_of_range",
    "over_budget",
    "refused_character",
    "second_document",
    "too_deep",
    "too_large",
    "unknown_key",
    "unreadable",
    "unusable_key",
    "yaml_machinery",
]


@error("KR101")
def unreadable(problem: str, way_out: str = "", label: str = "", notes: tuple[str, ...] = ()) -> Say:
    """Text that is neither YAML nor JSON.

    **What it checks**

    That the text follows the grammar of YAML 1.2, or of JSON where the name ends with `.json`. Reading
    stops at the first place that does not.

    **Why it matters**

    A quote, a colon or a leading sign means something to YAML before the rulebook is looked at. Most of
    these mistakes are expressions that want quotes around the whole of them.

    **Fails**

    ```yaml
    kpirules: 1
    id: staff
    title: 'Review' + ' of staff'
    ```

    **Passes**

    ```yaml
    kpirules: 1
    id: staff
    title: "'Review' + ' of staff'"
    ```
    """
    return Say(problem, way_out, label, notes)


@error("KR102")
def duplicate_key(key: str, first_line: int) -> Say:
    """Duplicate key in a mapping.

    **What it checks**

    That no key is repeated within one mapping.

    **Why it matters**

    Most readers keep the last of the two without a word: a criterion, a weight or a band that somebody
    wrote would not count.

    **Fails**

    ```yaml
    kpirules: 1
    id: staff
    id: staff_2026
    ```

    **Passes**

    ```yaml
    kpirules: 1
    id: staff_2026
    ```
    """
    key = shortened(key)
    notes = (f"`{key}` is first written in line {first_line}",)
    return Say(f"duplicate key `{key}`", "remove one, or rename it", "again here", notes)


@error("KR103")
def unknown_key(key: str, known: Iterable[str] | None, meant: str = "", help: str = "") -> Say:
    """Key that means nothing where it stands.

    **What it checks**

    That every key is one the language defines at its place.

    **Why it matters**

    A misspelt key would otherwise be passed over, and what it was to say would silently not hold.

    **Fails**

    ```yaml
    kpirules: 1
    id: staff
    titel: Review of staff
    ```

    **Passes**

    ```yaml
    kpirules: 1
    id: staff
    title: Review of staff
    ```
    """
    problem = f"unknown key `{shortened(key)}`"
    if meant or help:
        return Say(problem, help or f"did you mean `{meant}`?")
    if known is None:
        return Say(problem)
    words = tuple(known)
    allowed = f"known here: {listed(words, 'and')}" if words else "no keys are known here"
    return Say(problem, did_you_mean(key, words, allowed))


@error("KR104")
def yaml_machinery(what: str, way_out: str) -> Say:
    """Anchor, alias, tag, directive or merge key.

    **What it checks**

    That the document uses none of the machinery by which YAML copies nodes or changes their type.

    **Why it matters**

    A rulebook is read by people: each rule stands where it holds. What several rules share has a name in
    the rulebook itself: a parameter, a function, a table or a variant.

    **Fails**

    ```yaml
    kpirules: 1
    id: staff
    let:
      base: &base 10
      bonus: *base
    ```

    **Passes**

    ```yaml
    kpirules: 1
    id: staff
    let:
      base: 10
      bonus: base
    ```
    """
    return Say(what, way_out)


@error("KR105")
def second_document() -> Say:
    """More than one document in a text.

    **What it checks**

    That no further document begins after the first one.

    **Why it matters**

    Only one rulebook can be meant by a file; which of two would be a guess.

    **Fails**

    ```yaml
    kpirules: 1
    id: staff
    ---
    kpirules: 1
    id: managers
    ```

    **Passes**

    ```yaml
    kpirules: 1
    id: staff
    ```
    """
    return Say("a second document begins here", "keep one rulebook in a file", "the first one ends before this")


@error("KR106")
def too_large(size: int | None, limit: int) -> Say:
    """Text above 1 MiB.

    **What it checks**

    That the text has at most 1,048,576 bytes in UTF-8.

    **Why it matters**

    The largest regulations need a tenth of it. A larger text is usually something else: a table of
    subjects, an export, an attack.

    **Fails**

    ```yaml
    # more than 1 MiB of anything
    ```

    **Passes**

    ```yaml
    kpirules: 1
    id: staff
    ```
    """
    found = f"more than {limit:,}" if size is None else f"{size:,}"
    message = f"the text has {found} bytes; at most {limit:,} are read"
    return Say(message, "check that this is a rulebook; share parts of a large one through `extends`")


@error("KR107")
def too_deep(what: str, limit: int) -> Say:
    """Nesting beyond 60 levels, or more than 60,000 nodes.

    **What it checks**

    That mappings and lists nest at most 60 deep, and that the document has at most 60,000 nodes.

    **Why it matters**

    Every later stage walks the document; these limits keep that short for any text whatever.

    **Fails**

    ```yaml
    kpirules: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
    ```

    **Passes**

    ```yaml
    kpirules: 1
    id: staff
    ```
    """
    return Say(f"more than {limit:,} {what}", "check that this is a rulebook; a group can be split in flat parts")


@error("KR108")
def refused_character(problem: str, way_out: str, notes: tuple[str, ...] = ()) -> Say:
    """Bytes that are not UTF-8, or a character nobody can see.

    **What it checks**

    That the text is UTF-8 and holds no control characters, halves of characters, stray byte order marks or
    line separators other than line feed, neither as they are nor by an escape.

    **Why it matters**

    Such characters change what a program reads and not what a person sees: a hidden line end can smuggle in
    a rule, an escape sequence can repaint a terminal.

    **Fails**

    ```yaml
    kpirules: 1
    id: staff
    title: "Review\\0"
    ```

    **Passes**

    ```yaml
    kpirules: 1
    id: staff
    title: "Review"
    ```
    """
    return Say(problem, way_out, notes=notes)


@error("KR109")
def unusable_key(problem: str, way_out: str, label: str = "") -> Say:
    """Key that is no text, or a value that a comma has split.

    **What it checks**

    That every key is a text of at least one character and, between curly brackets, has a colon after it;
    and that no comma stands inside round brackets within a list.

    **Why it matters**

    Between curly or square brackets a comma ends a value, also inside an expression or a label. The rest
    of it then reads as a key without a value.

    **Fails**

    ```yaml
    kpirules: 1
    id: staff
    criteria: {discipline: {label: Order, discipline, points: 5}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    id: staff
    criteria: {discipline: {label: "Order, discipline", points: 5}}
    ```
    """
    return Say(problem, way_out, label)


@error("KR110")
def no_mapping(found: str) -> Say:
    """Document that is not a mapping.

    **What it checks**

    That the document is a mapping: keys with values.

    **Why it matters**

    Everything in a rulebook has a name, so an empty document, a list or a single value cannot be one.

    **Fails**

    ```yaml
    - kpirules: 1
    - id: staff
    ```

    **Passes**

    ```yaml
    kpirules: 1
    id: staff
    ```
    """
    return Say(f"{found}, where keys with values are expected", "begin with `kpirules: 1`")


@error("KR111")
def number_out_of_range(number: str, why: str) -> Say:
    """Number that is too long or too far from one.

    **What it checks**

    That the exponent of a number lies within ±30 and that it has at most 100 digits.

    **Why it matters**

    Numbers are exact, so `1e999999999` would be a billion digits. No regulation comes near these limits.

    **Fails**

    ```yaml
    kpirules: 1
    id: staff
    parameters: {most: 1e31}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    id: staff
    parameters: {most: 1e30}
    ```
    """
    return Say(
        f"the number `{shortened(number, 24)}` {why}",
        "write a number with an exponent within ±30 and at most 100 digits",
    )


@error("KR112")
def foreign_value(problem: str, way_out: str) -> Say:
    """Value of a Python mapping that a rulebook cannot hold.

    **What it checks**

    That a rulebook given as a Python mapping holds only None, booleans, finite numbers, texts, dates,
    enumeration members, lists, tuples and mappings, and that nothing contains itself.

    **Why it matters**

    Any other value would have to be guessed at: an instant is not a calendar date, a set has no order, NaN
    is no number.

    **Fails**

    ```python
    {"kpirules": 1, "id": "staff", "parameters": {"most": float("nan")}}
    ```

    **Passes**

    ```python
    {"kpirules": 1, "id": "staff", "parameters": {"most": 10}}
    ```
    """
    return Say(problem, way_out)


@error("KR113")
def over_budget(limit: int, heaviest: str, units: int) -> Say:
    """More work than the budget allows.

    **What it checks**

    That reading, checking, comparing or explaining takes no more units of work than the budget: 1,500,000, unless
    `budget=` or `--budget` says otherwise. Counted are nodes read and merged, parts built and checked, operations
    bounded, code generated, subjects tried and rated, steps of proofs, lines shown. A unit is about a microsecond.
    No clock is looked at, so a document takes the same on every machine. All variants and editions count, and all
    documents that one load reads.

    **Why it matters**

    A small text can ask for much work: 500 variants of 100 criteria fit into 30 kB. A service that takes rulebooks
    from strangers must not be stopped by one of them. The largest published regulation of the examples takes half of
    the budget.

    **Fails**

    ```yaml
    # a hundred criteria in five hundred variants
    ```

    **Passes**

    ```yaml
    kpirules: 1
    id: staff
    ```
    """
    message = f"this takes more than {limit:,} units of work, of which {heaviest} took {units:,}"
    raised = 10 * limit
    help = f"if the rulebook is meant to be so large, pass `--budget {raised}`, in Python `budget={raised}`"
    return Say(message, f"{help}; or ask for one variant and day, or split it")
