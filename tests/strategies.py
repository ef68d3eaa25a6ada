"""Generated rulebooks and subjects: rulebooks as plain mappings, correct by construction.

`rulebooks()` draws a mapping that `kpirules.load` accepts without errors; `subjects(mapping)` draws a
valid subject for it, biased to the ends of every domain and to the numbers the rulebook itself mentions.
A subject may still fault: quotients are not guarded everywhere, and not every criterion is clamped.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import assume, reject
from hypothesis import strategies as st

from kpirules import FaultError, Program, RulebookError, SubjectError, assess
from kpirules.testing.generated import conditions, numbers
from kpirules.testing.generated import drawn_rulebooks as rulebooks
from kpirules.testing.generated.formulas import Declared, Draw, Mapped
from tests.agreement.generation import unshown

__all__ = ["Case", "cases", "conditions", "entered", "numbers", "permuted", "rulebooks", "subjects"]


def decimals(low: int, high: int, places: int = 2) -> st.SearchStrategy[Decimal]:
    """Return a strategy of exact decimals from `low` to `high`, with ends and whole numbers drawn often."""
    unit = 10**places
    return st.one_of(
        st.sampled_from([low, high, low + 1, (low + high) // 2]).map(Decimal),
        st.integers(low * unit, high * unit).map(lambda n: Decimal(n).scaleb(-places)),
    )


# -- subjects -------------------------------------------------------------------------------------


class Case:
    """A generated rulebook as a mapping, its program, and a valid subject of it."""

    def __init__(self, book: Mapped, program: Program, subject: Mapped) -> None:
        self.book = book
        self.program = program
        self.subject = subject

    def __repr__(self) -> str:
        return f"Case({self.book!r}, ..., {self.subject!r})"


@st.composite
def cases(draw: Draw) -> Case:
    """Return a strategy of cases, loaded without the search for witnesses, which takes most of the time."""
    book = draw(rulebooks())
    try:
        program = unshown(book)
    except RulebookError as refused:
        # A drawn formula may be one constant beyond its limits, which the check is right to refuse.
        if {diagnostic.code for diagnostic in refused.report.errors} != {"KR313"}:
            raise
        reject()
    return Case(book, program, draw(subjects(book, program)))


@st.composite
def subjects(draw: Draw, book: Declared, program: Program | None = None) -> Mapped:
    """Return a strategy of valid subjects of a generated rulebook."""
    subject: Mapped = {}
    for id_, declared in book["inputs"].items():
        if not is_optional(declared) or draw(st.booleans()):
            subject[id_] = draw(values(declared))
    judged = {
        id_: draw(st.integers(0, 2 * criterion["max"]).map(lambda n: Decimal(n) / 2))
        for id_, criterion in entered(book["criteria"]).items()
    }
    subject |= judged
    # What an assessor must not enter for this subject, only the rules can tell.
    try:
        assess(program or unshown(book), subject)
    except SubjectError as problem:
        for diagnostic in problem.report:
            assume(diagnostic.code == "KR606")
            del subject[diagnostic.path]
    except FaultError:
        pass
    return subject


def is_optional(declared: Declared) -> bool:
    return "optional" in declared or "default" in declared


def entered(criteria: Declared) -> Mapped:
    """Return the criteria with entered points, by id."""
    found: Mapped = {}
    for id_, criterion in criteria.items():
        if "entered" in criterion:
            found[id_] = criterion
        found |= entered(criterion.get("criteria", {}))
    return found


def values(declared: Declared) -> st.SearchStrategy[Any]:
    """Return a strategy of the values of an input."""
    match declared["type"]:
        case "number":
            found = decimals(int(declared.get("min", 0)), int(declared["max"]), declared["decimals"])
            return found.filter(lambda x: x > declared["above"]) if "above" in declared else found
        case "integer":
            return st.one_of(
                st.sampled_from([declared["min"], declared["max"]]),
                st.integers(declared["min"], declared["max"]),
            )
        case "boolean":
            return st.booleans()
        case "choice":
            return st.sampled_from(declared["options"])
        case "date":
            return st.sampled_from(["2026-01-01", "2026-06-30", "2026-07-01", "2026-12-31"])
        case _:
            fields = declared["fields"]
            required = {name: values(field) for name, field in fields.items() if not is_optional(field)}
            optional = {name: values(field) for name, field in fields.items() if is_optional(field)}
            return st.lists(st.fixed_dictionaries(required, optional=optional), max_size=3)


@st.composite
def permuted(draw: Draw, value: Any, kept: frozenset[str] = frozenset()) -> Any:
    """Return a strategy of plain data with the keys of its mappings in another order.

    Args:
        value: what is permuted.
        kept: keys whose own mapping stays in its order, because it means something there.
    """

    def shuffled(part: Any, key: str) -> Any:
        if isinstance(part, dict):
            names = list(part) if key in kept else draw(st.permutations(list(part)))
            return {name: shuffled(part[name], name) for name in names}
        return [shuffled(one, "") for one in part] if isinstance(part, list) else part

    return shuffled(value, "")
