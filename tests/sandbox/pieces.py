"""The functions that the helper process runs, from plain arguments to plain answers."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser
from typing import Any

import attrs

import kpirules as kr
from kpirules.diagnostics.render import render_text
from kpirules.kernel.exact import to_text

from . import heavy as heavy_documents
from .growing import SHAPES

INPUTS: dict[str, Any] = {
    "x": {"type": "number", "min": 0, "max": 100, "decimals": 2},
    "y": {"type": "integer", "min": -1000, "max": 1000},
    "wide": {"type": "number"},
    "ok": {"type": "boolean"},
    "name": {"type": "text"},
    "grade": {"type": "choice", "options": ["good", "fair"], "ordered": "best_first"},
    "since": {"type": "date"},
    "maybe": {"type": "number", "min": 0, "max": 1, "optional": True},
    "tasks": {
        "type": "list",
        "fields": {
            "hours": {"type": "number", "min": 0, "max": 40, "decimals": 1},
            "weight": {"type": "integer", "min": 1, "max": 1000000},
            "kind": {"type": "choice", "options": ["plain", "urgent"]},
        },
    },
}
SUBJECT: dict[str, Any] = {
    "x": 4, "y": -3, "wide": 10**17, "ok": True, "name": "Lan", "grade": "fair", "since": "2026-03-01",
    "tasks": [{"hours": 2, "weight": 3, "kind": "plain"}, {"hours": 5, "weight": 7, "kind": "urgent"}],
}  # fmt: skip


def around(expression: object, **more: Any) -> dict[str, Any]:
    """Return a small rulebook with one expression."""
    return {"kpirules": 1, "id": "sandbox", "inputs": INPUTS, "outputs": {"answer": expression}, **more}


def told(report: kr.Report) -> list[str]:
    """Return the codes of a report, after checking that its text holds no terminal commands."""
    drawn = render_text(report)
    assert_harmless(drawn)
    return sorted({d.code for d in report.errors})


def grown(shape: str, size: int) -> list[str]:
    """Return the first code of a rulebook of some size, and the evidence of all its findings."""
    report = kr.check(SHAPES[shape](size))
    assert_harmless(render_text(report))
    found = [(d.code, d.evidence) for d in report]
    code = found[0][0]
    return [code, *sorted({evidence for one, evidence in found if one == code})]


def heavy(kind: str, *arguments: Any) -> list[str]:
    """Return the findings of a document of `tests.sandbox.heavy`, checked, compared, explained or staged."""
    found: list[str] = getattr(heavy_documents, kind)(*arguments)
    return found


def newlines(count: int, kind: str) -> list[str]:
    """The codes of ends of lines in a text, or in the name of an input."""
    try:
        if kind == "text":
            return told(kr.check(text="\n" * count))
        kr.assess(kr.load(around("x")), {"\n" * count: 1})
    except kr.SubjectError as error:
        return told(error.report)
    return []


def assert_harmless(text: str) -> None:
    """Check that a text has no terminal commands, invisible characters or changes of direction."""
    for character in "\0\x07\x08\x1b\x7f\x9b\u202a\u202e\u2066\u2069\u200e\u200f\ufeff":
        assert character not in text, f"U+{ord(character):04X}"
    text.encode()


def expression(text: str) -> object:
    """Return the codes that refuse an expression, or its value."""
    try:
        program = kr.load(around(text))
    except kr.RulebookError as error:
        return told(error.report)
    return rate(program, SUBJECT)


def rate(program: kr.Program, subject: object) -> object:
    """Return the codes that refuse a subject, or its status and outputs as texts."""
    try:
        assessment = kr.assess(program, subject)
    except (kr.SubjectError, kr.FaultError) as error:
        return told(error.report)
    explanation = kr.explain(assessment)
    for drawn in (explanation.text(), explanation.markdown(), explanation.html()):
        assert_harmless(drawn)
    return {"status": assessment.status, **{name: shown(v) for name, v in assessment.outputs.items()}}


def shown(value: object) -> str:
    return to_text(value) if isinstance(value, Fraction) else str(value)


def checked(text: str) -> list[str]:
    """Return the codes of all findings in a text."""
    return told(kr.check(text=text))


def assessed(rulebook: Mapping[str, Any], subject: object) -> object:
    """Load a rulebook, and assess and explain a subject."""
    try:
        program = kr.load(rulebook)
    except kr.RulebookError as error:
        return told(error.report)
    return rate(program, subject)


def attacked(kind: str, first: int, count: int) -> list[str]:
    """Return the wrong outcomes of some attacks of the corpus."""
    from .attacks import tried

    return tried(kind, first, count)


# -- functions, named values, criteria ------------------------------------------------------------


def functions_of_functions(levels: int, calls: str) -> object:
    """`f1(x)` is written with `f0` twice, `f2` with `f1` twice, and so on."""
    functions = {"f0": {"args": ["x"], "value": "x + 1"}}
    for level in range(1, levels):
        value = calls.replace("f(", f"f{level - 1}(")
        functions[f"f{level}"] = {"args": ["x"], "value": value}
    return assessed(around(f"f{levels - 1}(x)", functions=functions), SUBJECT)


def function_around_itself(times: int, body: str) -> object:
    """`f(f(f(x)))`."""
    functions = {"f": {"args": ["x"], "value": body}}
    return assessed(around("f(" * times + "x" + ")" * times, functions=functions), SUBJECT)


def chain(length: int, step: str, first: str = "wide") -> object:
    """Return named values, each of which reads the previous one."""
    let = {"v0": first}
    for number in range(1, length):
        let[f"v{number}"] = step.replace("v", f"v{number - 1}")
    return assessed(around(f"v{length - 1}", let=let), SUBJECT)


def chain_backwards(length: int) -> object:
    """Return named values, each of which reads the next one."""
    let = {f"v{number}": f"v{number - 1} + 1" for number in range(length - 1, 0, -1)}
    return assessed(around(f"v{length - 1}", let={**let, "v0": "x"}), SUBJECT)


def aggregated(expression: str, records: int, kind: str = "") -> object:
    """Assess an aggregate over many records."""
    made = [
        {"hours": number % 40, "weight": number * 97 % 1_000_000 + 1, "kind": "plain"} for number in range(records)
    ]
    return assessed(around(expression), {**SUBJECT, "tasks": made})


FULL = 1_000_000


def filled(body: str, engine: str, share: int) -> list[float]:
    """Return the seconds and units of an assessment with one kind of step up to a share of the limit."""
    fields = {
        "hours": {"type": "number", "min": 0, "max": 40, "decimals": 1},
        "weight": {"type": "integer", "min": 1, "max": 1_000_000},
        "since": {"type": "date"},
        "grade": {"type": "choice", "options": [f"o{n}" for n in range(2_000)], "ordered": "best_first"},
    }
    tables = {
        "steps": {"steps": [*({"from": 300 - n, "value": n} for n in range(300)), {"value": 0}]},
        "above": {"thresholds": {"above": [1_000_000 + n for n in range(300)]}},
    }

    def program(most: int) -> kr.Program:
        tasks = {"type": "list", "max_items": most, "fields": fields}
        return kr.load(
            {"kpirules": 1, "id": "full", "inputs": {"tasks": tasks}, "tables": tables, "outputs": {"o": body}}
        )

    each = program(11).work - program(10).work
    count = min(FULL // each - 1, 10_000) // share
    full = program(count)
    records = [
        {"hours": n % 40, "weight": n * 97 % 1_000_000 + 1, "since": f"2026-01-0{n % 9 + 1}", "grade": "o1999"}
        for n in range(count)
    ]
    begun = time.process_time()
    kr.assess(full, {"tasks": records}, engine=engine)
    return [time.process_time() - begun, full.work]


def many_criteria(count: int, points: str, score: Mapping[str, Any]) -> object:
    """Criteria side by side, each of an input of its own."""
    inputs = {f"n{number}": {"type": "integer", "min": 1, "max": 10**17} for number in range(count)}
    criteria = {f"c{number}": {"max": 1, "points": points.replace("n", f"n{number}")} for number in range(count)}
    rulebook = {"kpirules": 1, "id": "many", "inputs": inputs, "criteria": criteria, "score": dict(score)}
    subject = {f"n{number}": 10**17 - number * 7 for number in range(count)}
    return assessed(rulebook, subject)


# -- sizes ----------------------------------------------------------------------------------------


def long_tables(rows: int, records: int, shape: str) -> object:
    """A table of many rows, asked once a record."""
    shapes: dict[str, Any] = {
        "steps": {"steps": [*({"from": rows - n, "value": n} for n in range(rows)), {"value": 0}]},
        "scale": {"scale": [[n, n % 7] for n in range(rows)], "outside": "clamp"},
        "thresholds": {"thresholds": {"above": list(range(rows))}},
    }
    made = [{"hours": 0, "weight": number + 1, "kind": "plain"} for number in range(records)]
    rulebook = around("sum(points_of(t.weight) for t in tasks)", tables={"points_of": shapes[shape]})
    return assessed(rulebook, {**SUBJECT, "tasks": made})


def long_choice(options: int, records: int) -> object:
    """An ordered choice of many options, compared once a record."""
    names = [f"option {number}" for number in range(options)]
    fields = {"grade": {"type": "choice", "options": names, "ordered": "best_first"}}
    inputs = {"rows": {"type": "list", "fields": fields}}
    answer = f'count(r.grade >= "option {options - 1}" for r in rows)'
    rulebook = {"kpirules": 1, "id": "long", "inputs": inputs, "outputs": {"answer": answer}}
    return assessed(rulebook, {"rows": [{"grade": names[-1 - n % options]} for n in range(records)]})


def long_lookup(options: int, records: int) -> object:
    """A look-up of many options, asked once a record."""
    names = [f"o{number}" for number in range(options)]
    fields = {"grade": {"type": "choice", "options": names}}
    inputs = {"rows": {"type": "list", "fields": fields}}
    tables = {"points_of": {"lookup": dict.fromkeys(names, 1)}}
    rulebook = {
        "kpirules": 1, "id": "long", "inputs": inputs, "tables": tables,
        "outputs": {"answer": "sum(points_of(r.grade) for r in rows)"},
    }  # fmt: skip
    return assessed(rulebook, {"rows": [{"grade": names[-1 - n % options]} for n in range(records)]})


def many_booleans(count: int, shape: str) -> object:
    """Bands and criteria that hang on many conditions: combinations grow as powers of two."""
    inputs = {f"b{number}": {"type": "boolean"} for number in range(count)}
    criteria = {f"c{number}": {"max": 1, "met": f"b{number}"} for number in range(count)}
    if shape == "requires":
        levels = {
            f"band{number}": {"from": 0, "requires": f"b{number} and not b{(number + 1) % count}"}
            for number in range(count)
        }
    elif shape == "applies":
        for number in range(count):
            criteria[f"c{number}"]["applies"] = f"b{number}"
        levels = {"good": {"from": 1}, "poor": {"from": 0}}
    else:
        condition = " and ".join(f"(b{number} or not b{(number * 7 + 3) % count})" for number in range(count))
        levels = {"good": {"from": 0, "requires": condition}, "poor": {"from": 0}}
    rulebook = {
        "kpirules": 1, "id": "bits", "inputs": inputs, "criteria": criteria, "bands": levels,
        "score": {"rescale": True} if shape == "applies" else {},
    }  # fmt: skip
    return assessed(rulebook, {f"b{number}": True for number in range(count)})


def fine_grid(decimals: int, count: int) -> object:
    """A score that is a multiple of something very small, with bands between."""
    inputs = {f"n{n}": {"type": "number", "min": 0, "max": 100, "decimals": decimals} for n in range(count)}
    criteria = {f"c{n}": {"max": 100, "points": f"n{n} * 0.{'3' * 15} / {n + 7}"} for n in range(count)}
    bands = {"good": {"from": 50, "to": 100}, "fair": {"from": 20, "below": 49.999}, "poor": {"to": 19}}
    rulebook = {
        "kpirules": 1, "id": "fine", "inputs": inputs, "criteria": criteria, "bands": bands,
        "score": {"round": {"places": 2}},
    }  # fmt: skip
    return assessed(rulebook, {f"n{n}": 3 for n in range(count)})


# -- hostile subjects -----------------------------------------------------------------------------


class Raises(Mapping[str, Any]):
    """A mapping that raises when it is read."""

    def __getitem__(self, name: str) -> Any:
        raise RuntimeError("gotcha")

    def __iter__(self) -> Iterator[str]:
        return iter(["x"])

    def __len__(self) -> int:
        return 1


class Endless(Sequence[Any]):
    """A list that reports a short length and never ends."""

    def __getitem__(self, index: Any) -> Any:
        return {"hours": 1, "weight": 1, "kind": "plain"}

    def __len__(self) -> int:
        return 1


class EndlessList(list[Any]):
    """A list that reports its length and never ends."""

    def __iter__(self) -> Iterator[Any]:
        while True:
            yield {"hours": 1, "weight": 1, "kind": "plain"}

    def __len__(self) -> int:
        return 3


class VastList(EndlessList):
    """A list that reports a length beyond every limit."""

    def __len__(self) -> int:
        return 10**12


class EndlessMapping(dict[str, Any]):
    """A mapping whose names never end."""

    def items(self) -> Any:
        return ((f"x{number}", 1) for number in itertools.count())


class Shifting(Mapping[str, Any]):
    """A mapping that returns another value on each read."""

    def __init__(self) -> None:
        self.asked = 0

    def __getitem__(self, name: str) -> Any:
        self.asked += 1
        return SUBJECT[name] if self.asked < 9 else -(10**9)

    def __iter__(self) -> Iterator[str]:
        return iter(SUBJECT)

    def __len__(self) -> int:
        return len(SUBJECT)


class Liar(str):
    """A text that equals everything and has another text's hash."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return hash("good")

    def __str__(self) -> str:
        return "nonsense"

    def __len__(self) -> int:
        return 1


class Number(int):
    """A whole number with false parts and comparisons."""

    numerator = property(lambda self: 10**9)  # type: ignore[assignment]
    denominator = property(lambda self: 0)  # type: ignore[assignment]

    def __lt__(self, other: object) -> bool:
        return False

    def __gt__(self, other: object) -> bool:
        return False

    def __index__(self) -> int:
        return 10**9

    def __add__(self, other: object) -> Any:
        return "never"


class Quotient(Fraction):
    """An exact number with false comparisons and sums."""

    def __lt__(self, other: object) -> bool:
        return False

    def __gt__(self, other: object) -> bool:
        return False

    def __add__(self, other: object) -> Any:
        return Fraction(10**9)


class Truth:
    """An object that claims to be a boolean and has side effects."""

    def __bool__(self) -> bool:
        raise RuntimeError("gotcha")


Truth.__name__ = "bool_"


class Silent:
    """An object that raises when it is shown."""

    def __str__(self) -> str:
        raise RuntimeError("gotcha")

    __repr__ = __str__


class Posing:
    """An object that claims to be of another class."""

    @property
    def __class__(self) -> Any:
        return str


def posing(kind: type) -> object:
    """Return an object that claims to be of a class."""

    class Posing:
        @property
        def __class__(self) -> Any:
            return kind

    return Posing()


TOUCHED: list[str] = []


@attrs.define
class Person:
    """A subject with properties that have side effects."""

    x: int = 4
    y: int = -3
    wide: int = 1
    ok: bool = True
    name: str = "Lan"
    grade: str = "fair"
    since: str = "2026-03-01"
    tasks: tuple[Any, ...] = ()

    @property
    def maybe(self) -> float:
        TOUCHED.append("maybe")
        return 1.0


HOSTILE: dict[str, Callable[[], Any]] = {
    "a mapping that raises": Raises,
    "a list that never ends": lambda: {**SUBJECT, "tasks": Endless()},
    "a list that never ends and is one": lambda: {**SUBJECT, "tasks": EndlessList()},
    "a list that is said to be vast": lambda: {**SUBJECT, "tasks": VastList()},
    "a mapping that never ends": EndlessMapping,
    "a mapping that changes": Shifting,
    "an option that lies": lambda: {**SUBJECT, "grade": Liar("worst")},
    "a text that lies": lambda: {**SUBJECT, "name": Liar("x" * 10**6)},
    "a whole number that lies": lambda: {**SUBJECT, "x": Number(10**6)},
    "an exact number that lies": lambda: {**SUBJECT, "x": Quotient(10**6)},
    "a boolean that lies": lambda: {**SUBJECT, "ok": Truth()},
    "something that raises when shown": lambda: {**SUBJECT, "x": Silent()},
    "something that poses as a text": lambda: {**SUBJECT, "name": Posing()},
    "a key that lies": lambda: {**SUBJECT, Liar("z"): 5},
    "an object with properties": Person,
    "a class": lambda: Person,
    "nothing": lambda: None,
    "a text": lambda: "x" * 10**7,
    "a list": lambda: [SUBJECT],
    "a mapping within itself": lambda: itself(),  # noqa: PLW0108
    "a list within itself": lambda: {**SUBJECT, "tasks": endless_list()},
    "a deep list": lambda: {**SUBJECT, "tasks": deep(100_000)},
    "a number in place of a record": lambda: {**SUBJECT, "tasks": [5]},
    "NaN": lambda: {**SUBJECT, "x": float("nan")},
    "infinity": lambda: {**SUBJECT, "x": float("inf")},
    "a signalling NaN": lambda: {**SUBJECT, "x": Decimal("sNaN")},
    "a decimal beyond everything": lambda: {**SUBJECT, "x": Decimal("1e999999999999")},
    "a decimal beside nothing": lambda: {**SUBJECT, "x": Decimal("1e-999999999999")},
    "a number of a million digits": lambda: {**SUBJECT, "x": 10**1_000_000},
    "a quotient of a million digits": lambda: {**SUBJECT, "x": Fraction(1, 10**1_000_000)},
    "a number of nine thousand digits": lambda: {**SUBJECT, "x": 10**9_000},
    "a complex number": lambda: {**SUBJECT, "x": 1j},
    "a boolean as number": lambda: {**SUBJECT, "x": True},
    "a number as boolean": lambda: {**SUBJECT, "ok": 1},
    "a number as text": lambda: {**SUBJECT, "x": "4"},
    "bytes": lambda: {**SUBJECT, "name": b"Lan"},
    "a function": lambda: {**SUBJECT, "x": print},
    "NUL in a text": lambda: {**SUBJECT, "name": "a\0b"},
    "half a character in a text": lambda: {**SUBJECT, "name": "\ud800"},
    "an escape in a text": lambda: {**SUBJECT, "name": "\x1b[31mred"},
    "an escape in an option": lambda: {**SUBJECT, "grade": "\x1b[31mred"},
    "a turn in an option": lambda: {**SUBJECT, "grade": "\u202eder"},
    "an escape in a name": lambda: {**SUBJECT, "\x1b[31mred": 1},
    "half a character in a name": lambda: {**SUBJECT, "\ud800": 1},
    "a long text": lambda: {**SUBJECT, "name": "x" * 10**7},
    "a long option": lambda: {**SUBJECT, "grade": "x" * 10**7},
    "a long name": lambda: {**SUBJECT, "x" * 10**6: 1},
    "dunder names": lambda: {**SUBJECT, "__class__": 1, "__dict__": {}, "__init__": print},
    "many unknown names": lambda: {**SUBJECT, **{f"unknown{n}": n for n in range(100_000)}},
    "many unknown names in many records": lambda: {
        **SUBJECT, "tasks": [{f"weight{n}": n for n in range(20)} for _ in range(10_000)]
    },
    "many values not allowed": lambda: {
        **SUBJECT, "tasks": [{"hours": -1, "weight": "x", "kind": None} for _ in range(10_000)]
    },
    "an instant": lambda: {**SUBJECT, "since": datetime(2026, 3, 1, 12)},
    "a date that is none": lambda: {**SUBJECT, "since": "2026-02-30"},
    "digits of another script": lambda: {**SUBJECT, "since": "２０２６-03-01"},
}  # fmt: skip


def itself() -> dict[str, Any]:
    made: dict[str, Any] = {**SUBJECT}
    made["tasks"] = made
    return made


def endless_list() -> list[Any]:
    made: list[Any] = []
    made.append(made)
    return made


def deep(levels: int) -> list[Any]:
    made: list[Any] = []
    for _ in range(levels):
        made = [made]
    return made


def hostile(what: str) -> object:
    """Return the outcome of assessing a hostile subject."""
    rulebook = {**around("x + y"), "outputs": {"answer": "x + y", "grade": "grade", "name": "name"}}
    program = kr.load(rulebook)
    subject = HOSTILE[what]()
    TOUCHED.clear()
    answer = rate(program, subject)
    assert not TOUCHED, TOUCHED
    return answer


# -- hostile documents ----------------------------------------------------------------------------


def read_mapping(what: str) -> object:
    """Return the codes of a hostile Python mapping."""
    value: Any = {"kpirules": 1, "id": "sandbox"}
    if what == "itself":
        value["note"] = value
    elif what == "deep":
        value["note"] = deep(100_000)
    elif what == "shared":
        shared: list[Any] = ["x"] * 10
        for _ in range(12):
            shared = [shared] * 10
        value["note"] = shared
    elif what == "NaN":
        value["parameters"] = {"most": float("nan")}
    elif what == "long number":
        value["parameters"] = {"most": 10**1_000_000}
    elif what == "surrogate":
        value["title"] = "\ud800"
    elif what == "escape":
        value["title"] = "\x1b[31mred"
    elif what == "turned":
        value["title"] = "\u202eder"
    elif what == "dunder":
        value["__class__"] = {"__init__": 1}
    elif what == "object":
        value["title"] = Silent()
    elif what == "endless":
        value["note"] = Endless()
    elif what == "lies":
        value["title"] = Liar("x" * 10**6)
    return told(kr.check(value))


def labelled(label: str) -> object:
    """Explain a rulebook with hostile texts in every form."""
    rulebook = around(
        "x", title=label, source={"document": label, "url": label}, criteria={
            "c": {"max": 10, "points": "x", "label": label, "note": label, "source": label},
        },
    )  # fmt: skip
    try:
        program = kr.load(rulebook)
    except kr.RulebookError as error:
        return told(error.report)
    explanation = kr.explain(kr.assess(program, SUBJECT))
    for drawn in (explanation.text(), explanation.markdown(), explanation.html()):
        assert_harmless(drawn)
    reader = Harm()
    reader.feed(explanation.html())
    return reader.found


class Harm(HTMLParser):
    """Collects everything in a page that could run or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "img", "iframe", "object", "embed", "form", "base"):
            self.found.append(tag)
        for name, value in attributes:
            scheme = (value or "").strip().partition(":")[0].lower()
            if name.startswith("on") or (name in ("href", "src") and scheme not in ("http", "https", "#")):
                self.found.append(f"{name}={value}")
