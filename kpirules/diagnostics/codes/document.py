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
def unreadable(problem: str, remedy: str = "", label: str = "", notes: tuple[str, ...] = ()) -> Say:
    """Text that is neither YAML nor JSON.

    **What it checks**

    That the text follows the grammar of YAML 1.2, or of JSON where the name ends with `.json`. Reading
    stops at the first place that does not.

    **Why it matters**

    YAML gives meaning to a quote, a colon or a leading sign before the rulebook is read. Most of these mistakes are
    expressions that need quotes around them.

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
    return Say(problem, remedy, label, notes)


@error("KR102")
def duplicate_key(key: str, first_line: int) -> Say:
    """Duplicate key in a mapping.

    **What it checks**

    That no key is repeated within one mapping.

    **Why it matters**

    Most parsers silently keep the last of the two: a criterion, a weight or a band would be lost.

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
    """Key that has no meaning in its place.

    **What it checks**

    That the language defines every key in its place.

    **Why it matters**

    A misspelt key would be ignored, and its rule would silently not apply.

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
    allowed = f"allowed here: {listed(words, 'and')}" if words else "no keys are allowed here"
    return Say(problem, did_you_mean(key, words, allowed))


@error("KR104")
def yaml_machinery(what: str, remedy: str) -> Say:
    """Anchor, alias, tag, directive or merge key.

    **What it checks**

    That the document does not use YAML features that copy nodes or change their type.

    **Why it matters**

    People read a rulebook, so each rule is written where it applies. A value that several rules share has a
    name in the rulebook: a parameter, a function, a table or a variant.

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
    return Say(what, remedy)


@error("KR105")
def second_document() -> Say:
    """More than one document in a text.

    **What it checks**

    That no second document follows the first one.

    **Why it matters**

    A file has one rulebook; there is no way to know which of two is meant.

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

    The largest regulations need a tenth of that. A larger text is usually something else: a table of subjects, an
    export, an attack.

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

    Every later stage walks the document; these limits keep that fast for any text.

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
    return Say(f"more than {limit:,} {what}", "check that this is a rulebook; split a deep group into smaller ones")


@error("KR108")
def refused_character(problem: str, remedy: str, notes: tuple[str, ...] = ()) -> Say:
    """Bytes that are not UTF-8, or an invisible character.

    **What it checks**

    That the text is UTF-8 without control characters, lone surrogates, stray byte order marks or line separators
    other than line feed, either raw or escaped.

    **Why it matters**

    Programs read such characters and people don't see them: a hidden line end can hide a rule, an escape sequence can
    rewrite a terminal.

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
    return Say(problem, remedy, notes=notes)


@error("KR109")
def unusable_key(problem: str, remedy: str, label: str = "") -> Say:
    """Key that is not a text, or a value split by a comma.

    **What it checks**

    - Every key is a text of at least one character.
    - Between curly brackets, every key has a colon after it.
    - In a list, no comma is inside round brackets.

    **Why it matters**

    Between curly or square brackets a comma ends a value, even inside an expression or a label. The rest is then
    read as a key without a value.

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
    return Say(problem, remedy, label)


@error("KR110")
def no_mapping(found: str) -> Say:
    """Document that is not a mapping.

    **What it checks**

    That the document is a mapping of keys to values.

    **Why it matters**

    Everything in a rulebook has a name, so an empty document, a list or a single value is not a rulebook.

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
    return Say(f"{found}, but a rulebook is a mapping of keys to values", "begin with `kpirules: 1`")


@error("KR111")
def number_out_of_range(number: str, why: str) -> Say:
    """Number that is too long or out of range.

    **What it checks**

    That the exponent of a number lies within ±30 and that it has at most 100 digits.

    **Why it matters**

    Numbers are exact, so `1e999999999` would have a billion digits. No regulation comes near these limits.

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
def foreign_value(problem: str, remedy: str) -> Say:
    """Value of a Python mapping that a rulebook can't contain.

    **What it checks**

    That a rulebook given as a Python mapping contains only None, booleans, finite numbers, texts, dates, enumeration
    members, lists, tuples and mappings, and that nothing contains itself.

    **Why it matters**

    Any other value would need a guess: an instant is not a calendar date, a set has no order, NaN is not a number.

    **Fails**

    ```python
    {"kpirules": 1, "id": "staff", "parameters": {"most": float("nan")}}
    ```

    **Passes**

    ```python
    {"kpirules": 1, "id": "staff", "parameters": {"most": 10}}
    ```
    """
    return Say(problem, remedy)


@error("KR113")
def over_budget(limit: int, heaviest: str, units: int) -> Say:
    """More work than the budget allows.

    **What it checks**

    That reading, checking, comparing or explaining takes no more units of work than the budget: 1,500,000, unless
    `budget=` or `--budget` says otherwise. These are counted: nodes read and merged, parts built and checked,
    operations bounded, code generated, subjects tried and rated, steps of proofs, lines shown. A unit is about a
    microsecond. No clock is read, so a document takes as many units on every machine. All variants and editions
    count, and all documents that one load reads.

    **Why it matters**

    A small text can need much work: 500 variants of 100 criteria fit into 30 kB. A service that accepts rulebooks
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
    help = f"if the rulebook must be so large, pass `--budget {raised}`, in Python `budget={raised}`"
    return Say(message, f"{help}; or choose one variant and day, or split the rulebook")
