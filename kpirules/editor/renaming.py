"""Renames a name in every file of a folder that reads it, or says why that can't be done safely."""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

from attrs import evolve, frozen

from ..diagnostics import Diagnostic, Fix, Source, Span
from ..diagnostics.fixes import fixed
from ..documents import is_appraisal
from ..documents.building.names import RESERVED
from ..language.expressions import CASED_ID, FUNCTION_NAMES, ID
from ..rating.program import Program
from ..testing import is_case_file, run_case
from .checking import Checked, checked, is_kpirules_file
from .index import Index, Occurrence
from .survey import survey, survey_of_cases
from .symbols import Symbol
from .workspace import Workspace, identity_of

__all__ = ["RefusedRename", "Renaming", "family", "places_of", "prepared", "renamed"]

RENAMED = ("name", "criterion", "output", "field", "argument", "variable", "override")

NEVER = {
    "built_in": "`{id}` is a name of the language",
    "band": "a band may stand in formulas and subjects as a text, which can't be told from other texts",
}


MAX_CASES = 1_000
"""The most cases of a file that are run before a rename: enough for any that people write."""


class RefusedRename(Exception):
    """A rename that can't be done, or not safely; its text is the reason."""


@frozen
class Renaming:
    """The edits of a rename, by the path of the file."""

    edits: Mapping[str, tuple[Fix, ...]]


# -- the files that belong together ---------------------------------------------------------------


def family(workspace: Workspace, path: str | PathLike[str], symbol: Symbol) -> tuple[str, ...]:
    """Return the files in which a name may have the meaning that it has in one of them.

    These are the documents that define it, the rulebooks that extend these, what those extend, and the case files and
    appraisals about any of them, as far as they stand in the folders of the first ones.

    Args:
        workspace: the open texts.
        path: the file with the name.
        symbol: the name.
    """
    own = _rulebook(workspace, path)
    chain = [] if own is None else [document.source.name for document in workspace.chain_of(own)]
    if symbol.kind == "variable" or not chain:
        return (Path(path).as_posix(),)
    surveys = {name: survey(document.root) for name in chain if (document := workspace.document(name)[0])}
    definers = {
        identity_of(name)
        for name, found in surveys.items()
        if any(definition.symbol == symbol for definition in found.definitions)
    }
    related = {identity_of(name): name for name in chain}
    beside = [found for name in chain for found in workspace.beside(name)]
    for found in dict.fromkeys(beside):
        if is_case_file(found):
            continue
        extended = {identity_of(document.source.name): document.source.name for document in workspace.chain_of(found)}
        if not definers.isdisjoint(extended):
            related = {**extended, **related}
    for found in dict.fromkeys(beside):
        if _names_one(workspace, found, related):
            related.setdefault(identity_of(found), found.as_posix())
    return tuple(related.values())


def _rulebook(workspace: Workspace, path: str | PathLike[str]) -> str | PathLike[str] | None:
    if not is_case_file(path):
        return path
    document, _ = workspace.document(path)
    return None if document is None else workspace.rulebook_of(path, document)


def _names_one(workspace: Workspace, path: Path, related: Mapping[str, str]) -> bool:
    """Return whether a case file or an appraisal is about one of some rulebooks."""
    document, _ = workspace.document(path)
    if document is None:
        return False
    if is_case_file(path):
        rulebook = workspace.rulebook_of(path, document)
        return rulebook is not None and identity_of(rulebook) in related
    return is_appraisal(document) and any(
        identity_of(rulebook) in related for rulebook in workspace.rulebooks_of(path, document)
    )


def _indexed(workspace: Workspace, files: Sequence[str]) -> Index:
    surveys = {}
    for file in files:
        document, _ = workspace.document(file)
        if document is not None and not is_appraisal(document):
            read = survey_of_cases if is_case_file(file) else survey
            surveys[document.source.name] = read(document.root)
    return Index(surveys)


def places_of(workspace: Workspace, path: str | PathLike[str], symbol: Symbol) -> tuple[Occurrence, ...]:
    """Return every place of a name, in all files that belong together.

    Args:
        workspace: the open texts.
        path: the file with the name.
        symbol: the name.
    """
    return tuple(_indexed(workspace, family(workspace, path, symbol)).of(symbol))


# -- renaming -------------------------------------------------------------------------------------


def prepared(workspace: Workspace, path: str | PathLike[str], offset: int) -> Occurrence:
    """Return the name at a place that can be renamed.

    Args:
        workspace: the open texts.
        path: the file.
        offset: the place in it.

    Raises:
        RefusedRename: if there is none.
    """
    index, document = workspace.index(path), Path(path).as_posix()
    if document not in index.surveys:
        raise RefusedRename("the text can't be read: mend it first")
    place = index.at(document, offset)
    if place is None:
        raise RefusedRename("there is no name here that the rulebook defines")
    symbol = place.symbol
    if symbol.kind in NEVER:
        raise RefusedRename(NEVER[symbol.kind].format(id=symbol.id))
    if symbol.kind not in RENAMED or not (symbol.kind == "variable" or symbol in index.definitions):
        raise RefusedRename(f"`{symbol.id}` is not defined in a file that can be read")
    return place


def renamed(workspace: Workspace, path: str | PathLike[str], offset: int, new: str) -> Renaming:
    """Return the edits that rename the name at a place.

    The files are checked as they will be: a rename that causes a new error in one of them is refused.

    Args:
        workspace: the open texts.
        path: the file.
        offset: the place in it.
        new: the new name.

    Raises:
        RefusedRename: if the new name is not valid or taken, or a use can't be renamed.
    """
    symbol = prepared(workspace, path, offset).symbol
    files = family(workspace, path, symbol)
    index = _indexed(workspace, files)
    _check_form(symbol, new, index)
    _check_free(symbol, new, index)
    edits: dict[str, list[Fix]] = {}
    for place in index.of(symbol):
        if not place.is_exact:
            raise RefusedRename(f"{_where(place.span)} writes `{symbol.id}` in a way that can't be replaced")
        edits.setdefault(place.span.source.name, []).append(_edit(place, new))
    found = {name: tuple(dict.fromkeys(fixes)) for name, fixes in edits.items()}
    _check_outcome(workspace, files, found)
    return Renaming(found)


def _where(span: Span) -> str:
    return f"{Path(span.source.name).name}:{span.line}"


def _edit(place: Occurrence, new: str) -> Fix:
    span = place.span
    if span.text[:1] in "\"'":
        span = evolve(span, start=span.start + 1, end=span.end - 1)
    return Fix(span, new, is_safe=False)


def _check_form(symbol: Symbol, new: str, index: Index) -> None:
    if new == symbol.id:
        raise RefusedRename(f"it is already called `{new}`")
    form = CASED_ID if symbol.kind == "override" else ID
    if not form.match(new):
        raise RefusedRename(f"`{new}` is not a name: it begins with a letter a-z, then a-z, digits and `_`")
    if keyword.iskeyword(new) or (symbol.kind != "override" and new in RESERVED):
        raise RefusedRename(f"`{new}` is a word of the language")
    if new in FUNCTION_NAMES and index.section(symbol) in ("tables", "functions"):
        raise RefusedRename(f"`{new}` is a function of the language")


def _check_free(symbol: Symbol, new: str, index: Index) -> None:
    """Refuse a name that is taken where the renamed one is read: their uses could not be distinguished."""
    for other, definitions in index.definitions.items():
        if other.id == new and _meets(symbol, other, index):
            line = definitions[0].key.span
            raise RefusedRename(f"`{new}` is taken: {Path(line.source.name).name}:{line.line}")
    if index.section(symbol) == "parameters":
        for text in index.texts_in_cases(new):
            raise RefusedRename(f"`{new}` is taken: {_where(text.span)} compares with this text")
    if symbol.kind not in ("field", "override") and new in _variables(index):
        raise RefusedRename(f"`{new}` is taken: a formula uses it for the current record")


def _variables(index: Index) -> set[str]:
    return {
        place.symbol.id
        for document in index.surveys
        for place in index.occurrences(document)
        if place.symbol.kind == "variable"
    }


def _meets(symbol: Symbol, other: Symbol, index: Index) -> bool:
    """Return whether two symbols may be read by their bare names in one formula, or are of one kind."""
    if symbol.kind in ("field", "override"):
        return other.kind == symbol.kind and other.owner == symbol.owner
    if other.kind == symbol.kind == "criterion":
        return True
    return all(
        one.kind in ("name", "output", "argument", "variable", "band")
        or (one.kind == "criterion" and index.is_entered(one))
        for one in (symbol, other)
    )


def _check_outcome(workspace: Workspace, files: Sequence[str], edits: Mapping[str, tuple[Fix, ...]]) -> None:
    """Refuse a rename that would give a file a new error, or change the outcome of a case."""
    after = workspace
    for name, fixes in edits.items():
        source: Source = fixes[0].span.source
        after = after.having(name, fixed(source, fixes))
    # Rulebooks come first: their programs check the case files.
    programs: dict[str, Program] = {}
    for file in sorted(files, key=is_case_file):
        document, _ = workspace.document(file)
        if document is None or not is_kpirules_file(file, document.source.text):
            continue
        found = checked(after, file, programs)
        failed = _failing(found)
        problems = [*found.report.errors, *failed.values()]
        if not problems:
            continue
        before = checked(workspace, file)
        known = Counter(error.code for error in before.report.errors)
        already = _failing(before)
        problems = [*found.report.errors, *(error for name, error in failed.items() if name not in already)]
        for error in problems:
            known[error.code] -= 1
            if known[error.code] < 0:
                raise RefusedRename(f"it would cause an error: {_error_in_words(error)}")


def _failing(found: Checked) -> Mapping[str, Diagnostic]:
    """Return an error of each case that fails, by its name."""
    failing: dict[str, Diagnostic] = {}
    for case in found.cases[:MAX_CASES]:
        assert found.program is not None, "cases are read with their rulebook"
        outcome = run_case(found.program, case)
        if not outcome.passed:
            failing[case.name] = outcome.report.errors[-1]
    return failing


def _error_in_words(error: Diagnostic) -> str:
    span = error.span
    place = "" if span is None else f" ({_where(span)})"
    return f"{error.code} {error.message}{place}"
