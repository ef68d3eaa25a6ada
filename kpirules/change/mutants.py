"""Mutants: rulebooks with one small mistake of the kind that people make.

Each changes a decision that coverage counts: it moves an end by a unit, includes or excludes the end of a comparison,
or leaves out a rule. A mutant consists of documents, and is loaded as any rulebook is.
The file is long since one class has a method for each kind of mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice, pairwise

from attrs import evolve, field, frozen

from ..analysis.checking.places import INVARIANT, places
from ..diagnostics import Span
from ..documents import Document, Listing, Scalar
from ..documents import Mapping as Node
from ..documents.document import Entry
from ..documents.document import Node as Any_
from ..kernel.exact import MODES, is_finite_decimal, to_text
from ..kernel.exact.grammar import DECIMAL
from ..language.expressions import Expression, tree
from ..language.model import Criterion, Measure, NumberDomain, Rulebook
from ..rating.versions import Requested, composed

__all__ = ["Mutant", "mutants"]

INNER = {"from": "above", "above": "from", "to": "below", "below": "to"}
"""The same end with its number, or without."""

OPERATORS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
COMPARES = re.compile(r"<=|>=|==|!=|<|>")
JOINS = re.compile(r"\b(and|or)\b")
IN = re.compile(r"\b(not\s+in|in)\b")

GIVES = ("points", "rate", "value", "each")
"""Keys of rows under which stands what they give."""

OTHERS = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor"}
"""Functions with what is taken for them."""

POLICIES = {
    "missing": {"zero": "full", "full": "zero", "exclude": "zero", "unrated": "zero"},
    "overlap": {"best": "worst", "worst": "best"},
    "band_on": {"rounded": "exact", "exact": "rounded"},
    "base": {"before": "after", "after": "before"},
    "ties": {"undecided": "demote", "demote": "keep", "keep": "demote"},
    "combine": {"min": "max", "max": "min"},
}
"""What else may be written under a key."""

At = tuple[str, int, int]


def _at(span: Span) -> At:
    return span.source.name, span.start, span.end


@frozen
class Edit:
    """The edits that make a mutant's documents.

    Args:
        values: scalars with their new values.
        keys: keys with their new names; None removes a key and its value.
        swapped: two keys of one mapping to exchange.
    """

    values: Mapping[At, bool | Fraction | str] = field(factory=dict)
    keys: Mapping[At, str | None] = field(factory=dict)
    swapped: tuple[At, At] | None = None

    @property
    def key(self) -> object:
        """The identity of an edit, to find duplicates."""
        return frozenset(self.values.items()), frozenset(self.keys.items()), self.swapped

    def of(self, node: Any_) -> Any_:
        """Return a node with the edits applied."""
        match node:
            case Scalar(span=span):
                return _written(self.values[_at(span)], span) if _at(span) in self.values else node
            case Listing(items=items):
                return evolve(node, items=tuple(map(self.of, items)))
            case _:
                kept = [entry for entry in node if self.keys.get(_at(entry.key.span), "") is not None]
                entries = [Entry(self._key(entry.key), self.of(entry.value)) for entry in kept]
                places = [_at(entry.key.span) for entry in kept]
                if self.swapped is not None and set(self.swapped) <= set(places):
                    one, other = map(places.index, self.swapped)
                    entries[one], entries[other] = entries[other], entries[one]
                return evolve(node, entries=tuple(entries))

    def _key(self, key: Scalar) -> Scalar:
        name = self.keys.get(_at(key.span))
        return key if name is None else evolve(key, value=name, text=name, offsets=())


def _written(value: bool | Fraction | str, span: Span) -> Scalar:
    match value:
        case bool():
            return Scalar(value, str(value).lower(), span)
        case Fraction() if is_finite_decimal(value):
            return Scalar(value, to_text(value), span)
        case _:
            return Scalar(str(value), str(value), span)


@frozen
class Mutant:
    """A rulebook with one small fault.

    Args:
        kind: `edge`, `comparison`, `logic`, `number`, `points`, `weight`, `choice`, `rounding`, `limit`, `rule`,
            `order`, `absence` or `policy`.
        path: the path of the changed part.
        old, new: the text before and after; `new` is empty if a part is left out.
        span: its place.
        edit: the edit that makes the fault.
        plain: an edit that leaves out the changed part; if its check has no findings, the fault has no effect.
    """

    kind: str
    path: str
    old: str
    new: str
    span: Span | None = field(default=None, repr=False)
    edit: Edit = field(factory=Edit, eq=False, repr=False)
    plain: Edit | None = field(default=None, eq=False, repr=False)

    @property
    def place(self) -> str:
        """The file, line and column, or an empty text."""
        span = self.span
        return "" if span is None else f"{span.source.name}:{span.line}:{span.column}"

    def __str__(self) -> str:
        return f"{self.kind} {self.path}: `{self.old}` → {f'`{self.new}`' if self.new else 'left out'}"

    def documents(self, documents: Sequence[Document]) -> list[Document]:
        """Return documents with the fault.

        Args:
            documents: the documents of the rulebook: the requested one, then the one that it extends, and so on.
        """
        found = []
        for document in documents:
            root = self.edit.of(document.root)
            if not isinstance(root, Node):
                raise TypeError("the root of a document is a mapping")
            found.append(evolve(document, root=root))
        return found


def mutants(documents: Sequence[Document]) -> tuple[Mutant, ...]:
    """Return every mutant of a rulebook, each once, in the order of its document.

    Only the requested document is changed, because those that it extends have cases of their own.

    Args:
        documents: the requested one, then the one that it extends, and so on.
    """
    name = documents[0].source.name if documents else ""
    found: dict[object, Mutant] = {}
    for part in composed(documents, Requested())[0]:
        if part.rulebook is not None:
            making = _MutantMaker(part.rulebook)
            for mutant in (*making.of_tree(part.root.root), *making.of_formulas()):
                if mutant.span is None or mutant.span.source.name == name:
                    found.setdefault(mutant.edit.key, mutant)
    return tuple(sorted(found.values(), key=lambda mutant: _at(mutant.span) if mutant.span else ("", 0, 0)))


class _MutantMaker:
    """Makes the mutants of one variant and edition.

    Args:
        rulebook: its rules.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.criteria = {criterion.id: criterion for criterion in rulebook.criteria()}
        self.inputs = {input_.id: input_.domain for input_ in rulebook.inputs}
        for input_ in rulebook.inputs:
            self.inputs |= {field.id: field.domain for field in getattr(input_.domain, "fields", ())}

    # -- keys and numbers of the document -----------------------------------------------------------

    def of_tree(self, root: Node) -> Iterator[Mutant]:
        for section in ("validations", "overrides", "exemptions"):
            yield from self._dropped(root.get(section), section)
        yield from self._swapped(root.get("exemptions"), "exemptions")
        yield from self._criteria(root.get("criteria"), "criteria")
        score = root.get("score")
        if isinstance(score, Node) and self.rulebook.root is not None:
            yield from self._criterion(score, "score", self.rulebook.root)
            yield from self._policy(score, "score", "band_on")
            yield from self._dropped(score.get("limits"), "score.limits")
        for path, table in _entries(root.get("tables"), "tables"):
            yield from self._shape(table, path, None)
        yield from self._bands(root.get("bands"))
        cohort = root.get("cohort")
        for path, quota in _entries(cohort.get("quotas") if isinstance(cohort, Node) else None, "cohort.quotas"):
            for key in ("base", "ties"):
                yield from self._policy(quota, path, key)
            yield from self._mode(quota, path, "round")
        yield from self._dropped(cohort.get("quotas") if isinstance(cohort, Node) else None, "cohort.quotas")

    def _criteria(self, section: Any_ | None, path: str) -> Iterator[Mutant]:
        siblings = list(_entries(section, path))
        for key in ("weight", "max"):
            for (_, one), (child_path, other) in pairwise(siblings):
                yield from _exchanged(one.get(key), other.get(key), f"{child_path}.{key}")
        for child_path, node in siblings:
            yield from self._criterion(node, child_path, self.criteria[child_path.rpartition(".")[2]])

    def _criterion(self, node: Node, path: str, criterion: Criterion) -> Iterator[Mutant]:
        for key, kind in (("applies", "absence"), ("outside", "limit"), ("round", "rounding")):
            yield from _left_out(node, path, key, kind)
        yield from self._policy(node, path, "missing", kind="absence")
        yield from self._policy(node, path, "combine", kind="choice")
        rescale = node.get("rescale")
        if isinstance(rescale, Scalar) and isinstance(rescale.value, bool):
            yield _put(rescale, "policy", f"{path}.rescale", value=not rescale.value)
        yield from self._number(node.get("require_share"), f"{path}.require_share", "edge")
        if not criterion.children:
            yield from self._number(node.get("max"), f"{path}.max", "points")
        yield from self._rounding(node.get("round"), f"{path}.round")
        yield from self._shape(node, path, criterion)
        yield from self._criteria(node.get("criteria"), f"{path}.criteria")
        if path == "score":
            yield from self._criteria(node.get("children"), "criteria")

    def _rounding(self, node: Any_ | None, path: str) -> Iterator[Mutant]:
        if isinstance(node, Node):
            yield from self._mode(node, path, "mode")
            yield from self._number(node.get("places"), f"{path}.places", "rounding")
            yield from self._number(node.get("to"), f"{path}.to", "rounding")

    @staticmethod
    def _mode(node: Node, path: str, key: str) -> Iterator[Mutant]:
        written = node.get(key)
        if isinstance(written, Scalar) and written.value in MODES:
            for mode in ("half_up", "half_even", "down", "up"):
                if mode != written.value:
                    yield _put(written, "rounding", f"{path}.{key}", mode)

    def _shape(self, node: Node, path: str, criterion: Criterion | None) -> Iterator[Mutant]:
        """Yield the mutants of a criterion's or a table's rows."""
        unit = None
        if criterion is not None and isinstance(criterion.body, Measure):
            unit = self._unit_of(criterion.body.measure.tree)
        steps, scale, lookup = node.get("steps"), node.get("scale"), node.get("lookup")
        for index, row in enumerate(steps.items if isinstance(steps, Listing) else ()):
            if isinstance(row, Node):
                yield from self._row(row, f"{path}.steps[{index}]", unit)
        yield from self._cases(node, path)
        for index, knot in enumerate(scale.items if isinstance(scale, Listing) else ()):
            if isinstance(knot, Listing) and len(knot.items) > 1:
                yield from self._number(knot.items[0], f"{path}.scale[{index}]", "edge", unit)
                yield from self._number(knot.items[1], f"{path}.scale[{index}]", "points")
        for entry in lookup if isinstance(lookup, Node) else ():
            yield from self._number(entry.value, f"{path}.lookup.{entry.key.text}", "points")
        thresholds = node.get("thresholds")
        for entry in thresholds if isinstance(thresholds, Node) else ():
            threshold_path = f"{path}.thresholds.{entry.key.text}"
            if entry.key.text in INNER:
                yield _renamed(entry, threshold_path)
                for item in entry.value.items if isinstance(entry.value, Listing) else ():
                    yield from self._number(item, threshold_path, "edge", unit)
            else:
                yield from self._number(entry.value, threshold_path, "points")

    def _cases(self, node: Node, path: str) -> Iterator[Mutant]:
        """Yield the mutants of a decision table's cases."""
        cases = node.get("cases")
        for index, row in enumerate(cases.items if isinstance(cases, Listing) else ()):
            if not isinstance(row, Node):
                continue
            case_path = f"{path}.cases[{index}]"
            for key in GIVES[:3]:
                yield from self._number(row.get(key), f"{case_path}.{key}", "points")
            for name, needed in _entries(row.get("when"), f"{case_path}.when"):
                domain = self.inputs.get(name.rpartition(".")[2])
                yield from self._ends(needed, name, domain.grid.unit if isinstance(domain, NumberDomain) else None)
        yield from _left_out(node, path, "unique", "policy") if isinstance(cases, Listing) else ()

    def _row(self, row: Node, path: str, unit: Fraction | None) -> Iterator[Mutant]:
        for key in GIVES[:3]:
            yield from self._number(row.get(key), f"{path}.{key}", "points")
        yield from self._number(row.get("equals"), f"{path}.equals", "edge", unit)
        yield from self._ends(row, path, unit)

    def _ends(self, node: Node, path: str, unit: Fraction | None) -> Iterator[Mutant]:
        for entry in node:
            if entry.key.text in INNER:
                yield _renamed(entry, f"{path}.{entry.key.text}")
                yield from self._number(entry.value, f"{path}.{entry.key.text}", "edge", unit)

    def _bands(self, bands: Any_ | None) -> Iterator[Mutant]:
        if not isinstance(bands, Node):
            return
        levels = bands.get("levels")
        unit = self._unit_of_score()
        if isinstance(levels, Node):
            yield from self._policy(bands, "bands", "overlap")
            yield from _left_out(bands, "bands", "fall", "policy")
            unit = unit if bands.get("measure") is None else None
        for path, level in _entries(levels if isinstance(levels, Node) else bands, "bands"):
            yield from self._ends(level, path, unit)
            requires = level.get("requires")
            yield from self._dropped(requires, f"{path}.requires")
            if isinstance(requires, Scalar):
                yield from _left_out(level, path, "requires", "rule")

    def _unit_of_score(self) -> Fraction | None:
        root = self.rulebook.root
        if root is None or root.round is None or self.rulebook.bands_on_exact:
            return None
        places = root.round.places
        return root.round.to if places is None else Fraction(1, 10) ** places

    @staticmethod
    def _policy(node: Node, path: str, key: str, kind: str = "policy") -> Iterator[Mutant]:
        written = node.get(key)
        if isinstance(written, Scalar) and (other := POLICIES[key].get(written.text)):
            yield _put(written, kind, f"{path}.{key}", other)

    @staticmethod
    def _dropped(section: Any_ | None, path: str) -> Iterator[Mutant]:
        for entry in section if isinstance(section, Node) else ():
            edit = Edit(keys={_at(entry.key.span): None})
            yield Mutant("rule", f"{path}.{entry.key.text}", entry.key.text, "", entry.key.span, edit)

    @staticmethod
    def _swapped(section: Any_ | None, path: str) -> Iterator[Mutant]:
        for entry, other in pairwise(section if isinstance(section, Node) else ()):
            edit = Edit(swapped=(_at(entry.key.span), _at(other.key.span)))
            names = entry.key.text, other.key.text
            yield Mutant("order", path, ", ".join(names), ", ".join(names[::-1]), entry.key.span, edit)

    @staticmethod
    def _number(node: Any_ | None, path: str, kind: str, unit: Fraction | None = None) -> Iterator[Mutant]:
        """Yield a mutant with a number one unit greater, and one with it one unit less."""
        text = "" if not isinstance(node, Scalar) else _text_of(node)
        if isinstance(node, Scalar) and re.fullmatch(f"{DECIMAL}%?", text):
            for other in _neighbours(text, unit):
                yield _put(node, kind, path, other if other.endswith("%") else Fraction(other))

    # -- formulas -----------------------------------------------------------------------------------

    def of_formulas(self) -> Iterator[Mutant]:
        for parameter in self.rulebook.parameters:
            yield from self._formula(parameter.formula, parameter.words.path)
        for place in places(self.rulebook):
            if place.stage != INVARIANT:
                yield from self._formula(place.expression, place.path)

    def _formula(self, expression: Expression, path: str) -> Iterator[Mutant]:
        stand_ins = dict(_fallbacks(expression))
        units = {
            id(literal): unit
            for node in expression.nodes
            if isinstance(node, tree.Comparison)
            for pair in pairwise(node.operands)
            for literal, other in (pair, pair[::-1])
            if isinstance(literal, tree.Literal) and (unit := self._unit_of(other)) is not None
        }
        for node in expression.nodes:
            if node.part is not None:
                changes = self._changes(node, node.part, units.get(id(node)))
                # One change of the default of a quotient or of an absent value is enough.
                is_stand_in = id(node) in stand_ins
                for kind, start, end, text in islice(changes, 1 if is_stand_in else None):
                    made = _rewritten(node.part.excerpt, kind, path, (start, end), text)
                    plain = stand_ins.get(id(node))
                    yield from made if plain is None else (evolve(mutant, plain=plain) for mutant in made)

    def _changes(
        self, node: tree.Node, part: tree.Part, unit: Fraction | None
    ) -> Iterator[tuple[str, int, int, str]]:
        """Yield the changes of a node: the kind, the range, and the new text."""
        match node:
            case tree.Literal(value=bool() as value):
                yield "choice", part.start, part.end, str(not value)
            case tree.Literal(value=Fraction()) if re.fullmatch(f"{DECIMAL}%?", part.text):
                for other in _neighbours(part.text, unit):
                    yield "number" if unit is None else "edge", part.start, part.end, other
            case tree.Comparison(operands=operands):
                yield from _between(part, operands, COMPARES, "comparison", OPERATORS.__getitem__)
            case tree.Logic(operands=operands):
                yield from _between(part, operands, JOINS, "logic", {"and": "or", "or": "and"}.__getitem__)
            case tree.Membership(operand=operand, options=options):
                yield from _between(
                    part, (operand, options[0]), IN, "logic", lambda word: "in" if word != "in" else "not in"
                )
            case tree.Not() if part.text.startswith("not"):
                yield "logic", part.start, part.start + len("not"), ""
            case tree.Call(function=function) | tree.Aggregate(function=function):
                if function in OTHERS and part.text.startswith(function):
                    yield "choice", part.start, part.start + len(function), OTHERS[function]
                if function == "round" and isinstance(node, tree.Call) and "mode" not in dict(node.named):
                    yield "rounding", part.end - 1, part.end, ', mode="down")'
                for name, argument in node.named if isinstance(node, tree.Call) else ():
                    if name == "mode" and isinstance(argument, tree.Literal) and argument.part is not None:
                        mode = "half_even" if argument.value != "half_even" else "half_up"
                        yield "rounding", argument.part.start, argument.part.end, f'"{mode}"'

    def _unit_of(self, node: tree.Node) -> Fraction | None:
        """Return the unit of an input that is compared with literals, or None."""
        name = node.id if isinstance(node, tree.Name) else node.name if isinstance(node, tree.Field) else ""
        domain = self.inputs.get(name)
        if isinstance(domain, NumberDomain) and (domain.is_integer or domain.step or domain.decimals is not None):
            return domain.grid.unit
        return self._unit_of_score() if name == "score" else None


# -- parts of a document --------------------------------------------------------------------------


def _entries(section: Any_ | None, path: str) -> Iterator[tuple[str, Node]]:
    """Yield the entries of a section that are mappings, each with its path."""
    for entry in section if isinstance(section, Node) else ():
        if isinstance(entry.value, Node):
            yield f"{path}.{entry.key.text}", entry.value


def _put(node: Scalar, kind: str, path: str, value: bool | Fraction | str) -> Mutant:
    new = _written(value, node.span)
    return Mutant(kind, path, node.text, new.text, node.span, Edit(values={_at(node.span): value}))


def _renamed(entry: Entry, path: str) -> Mutant:
    other = INNER[entry.key.text]
    at = _at(entry.key.span)
    return Mutant("comparison", path, entry.key.text, other, entry.key.span, Edit(keys={at: other}))


def _left_out(node: Node, path: str, key: str, kind: str) -> Iterator[Mutant]:
    for entry in node:
        if entry.key.text == key:
            edit = Edit(keys={_at(entry.key.span): None})
            yield Mutant(kind, f"{path}.{key}", key, "", entry.key.span, edit)


def _exchanged(one: Any_ | None, other: Any_ | None, path: str) -> Iterator[Mutant]:
    """Yield a mutant with two numbers swapped, if they differ."""
    if isinstance(one, Scalar) and isinstance(other, Scalar) and one.text != other.text:
        values = [number for number in (other.value, one.value) if isinstance(number, Fraction | str)]
        if len(values) == 2:
            edit = Edit(values={_at(one.span): values[0], _at(other.span): values[1]})
            old, new = f"{one.text}, {other.text}", f"{other.text}, {one.text}"
            yield Mutant("weight", path, old, new, other.span, edit)


def _text_of(node: Scalar) -> str:
    return to_text(node.value) if isinstance(node.value, Fraction) else node.text


def _neighbours(text: str, unit: Fraction | None) -> Iterator[str]:
    """Yield the numbers one unit above and below a written one, by default a unit of its last digit.

    >>> list(_neighbours("2.5%", None)), list(_neighbours("90", Fraction(1, 100)))
    (['2.6%', '2.4%'], ['90.01', '89.99'])
    """
    digits = text.rstrip("%")
    is_percent = digits != text
    step = Fraction(1, 10) ** len(digits.partition(".")[2]) if unit is None else unit * (100 if is_percent else 1)
    for other in (Fraction(digits) + step, Fraction(digits) - step):
        yield f"{to_text(other)}%" if is_percent else to_text(other)


def _between(
    part: tree.Part,
    operands: Sequence[tree.Node],
    pattern: re.Pattern[str],
    kind: str,
    other: Callable[[str], str],
) -> Iterator[tuple[str, int, int, str]]:
    """Yield changes of the operators between the operands of a formula."""
    text = part.excerpt.text
    stretches = [(part.start, part.end)]
    if all(operand.part is not None and operand.part.excerpt == part.excerpt for operand in operands):
        ends = [(operand.part.start, operand.part.end) for operand in operands if operand.part is not None]
        stretches = [(end[1], following[0]) for end, following in pairwise(ends)]
    found = [match for stretch in stretches for match in pattern.finditer(text, *stretch)]
    # A substituted function has its text elsewhere, and may contain the same operators.
    for match in found if len(found) == len(operands) - 1 else ():
        yield kind, match.start(), match.end(), other(match[0])


def _fallbacks(expression: Expression) -> Iterator[tuple[int, Edit | None]]:
    """Yield the fallback arguments of `default` and `ratio`; for `ratio` with an edit to a plain quotient."""
    for node in expression.nodes:
        if not isinstance(node, tree.Call) or node.part is None:
            continue
        parts = [argument.part for argument in node.arguments]
        if node.function == "default" and len(parts) > 1:
            yield id(node.arguments[1]), None
        for name, argument in node.named:
            if (
                name == "if_zero"
                and None not in parts
                and {part.excerpt for part in parts if part} == {node.part.excerpt}
            ):
                quotient = " / ".join(f"({part.text})" for part in parts if part is not None)
                stretch = node.part.start, node.part.end
                (plain,) = _rewritten(node.part.excerpt, "", "", stretch, f"({quotient})")
                yield id(argument), plain.edit


def _rewritten(excerpt: tree.Excerpt, kind: str, path: str, stretch: tuple[int, int], text: str) -> Iterator[Mutant]:
    """Yield the mutant of a formula with a part replaced."""
    start, end = stretch
    whole = excerpt.whole
    if whole is not None:
        formula = f"{excerpt.text[:start]}{text}{excerpt.text[end:]}"
        value = Fraction(formula) if re.fullmatch(DECIMAL, formula) else formula
        edit = Edit(values={_at(whole): value})
        yield Mutant(kind, path, excerpt.text[start:end], text, excerpt.span(start, end), edit)
