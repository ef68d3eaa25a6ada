"""The receipt of an appraisal: hashes of everything it read and wrote."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from ... import __version__
from ...appraising import AppraisalProgram
from ...kernel.visible import neutral
from ...language.model import Rulebook
from ...loading.appraisals import Files, stage_files
from ...loading.files import NamedFile, resolved
from ..failure import CommandError, files, one_line

__all__ = ["FORMAT", "differences", "made_of", "read_receipt"]

FORMAT = "kpirules.receipt/1"

FORMULAS = "csv_formulas"
"""An option that receipts omit where formulas are kept, as older versions did."""


def made_of(
    path: str, program: AppraisalProgram, read: Files, data: Mapping[Path, bytes], options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the hashes of everything that the results depend on, from the bytes that were read.

    Args:
        path: the path of the appraisal.
        program: the loaded appraisal.
        read: the files it was loaded from.
        data: the tables of its stages.
        options: the command line's options that change the output.
    """
    own_file = _read_at(Path(path), read)
    stages = {id_: _read_at(file, read) for id_, file in stage_files(path, program.appraisal).items()}
    named = {own_file.identity, *(file.identity for file in stages.values())}
    bases = {
        between(file.name, Path(path).parent): _sha256(file.data)
        for file in read.values()
        if file.identity not in named
    }
    return {
        "kpirules": __version__,
        "python": platform.python_version(),
        "appraisal": {"id": program.id, "sha256": _sha256(own_file.data)},
        "rulebooks": {id_: _rulebook(program, id_, file.data) for id_, file in stages.items()},
        **({"bases": dict(sorted(bases.items()))} if bases else {}),
        "data": {table.name: _sha256(found) for table, found in data.items()},
        "options": dict(options),
    }


def _read_at(path: Path, read: Files) -> NamedFile:
    """Return the file that was read from a path."""
    found = read.get(str(resolved(path)))
    if found is None:
        raise CommandError(f"{one_line(path)}: this path now leads to another file; run it again")
    return found


def _sha256(data: bytes) -> str:
    return sha256(data).hexdigest()


def _rulebook(program: AppraisalProgram, id_: str, data: bytes) -> dict[str, Any]:
    parts = [part.rulebook for part in program.programs[id_].whole]
    return {
        "file": program.stage(id_).rulebook,
        "sha256": _sha256(data),
        "id": parts[0].id,
        "editions": {
            _version(rulebook): {
                "edition": rulebook.edition,
                "scoring_hash": rulebook.scoring_hash,
                "content_hash": rulebook.content_hash,
            }
            for rulebook in parts
        },
    }


def _version(rulebook: Rulebook) -> str:
    """Return the variant and the first day of an edition as one text; `whole` if the rulebook has neither."""
    from_ = rulebook.version.from_
    named = [rulebook.version.variant, "" if from_ is None else f"from {from_.isoformat()}"]
    return " ".join(filter(None, named)) or "whole"


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the differences between two `made_of` mappings, one line each.

    Args:
        before: the saved mapping.
        after: the mapping computed now.
    """
    return list(_differing(before, after, ()))


def _differing(before: Any, after: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            yield from _differing(before.get(name), after.get(name), (*path, str(name)))
    elif before != after:
        yield neutral(_difference_line(before, after, path))


def _difference_line(before: Any, now: Any, path: tuple[str, ...]) -> str:
    name = " ".join(path)
    if before is None:
        return f"{name} is new"
    if now is None:
        return f"{name} is gone"
    is_hash = path[-1] in ("sha256", "scoring_hash", "content_hash") or path[0] in ("bases", "data", "results")
    return f"{name} has changed" if is_hash else f"{name} was {before} and is {now}"


def read_receipt(path: str) -> dict[str, Any]:
    """Read a receipt.

    Args:
        path: its file.

    Raises:
        CommandError: if it can't be read or is not a receipt.
    """
    with files(path):
        data = Path(path).read_bytes()
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise CommandError(f"{one_line(path)}: this is not a receipt (`{FORMAT}`)")
    for key_path, is_valid, expected in _SHAPE:
        value: Any = found
        for name in key_path:
            value = value.get(name)
        if not is_valid(value):
            raise CommandError(
                f"{one_line(path)}: the receipt can't be used: `{'.'.join(key_path)}` is not {expected}"
            )
    return found


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def _is_results(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(sha256, str) and _is_path(name) and Path(name).name == name != ".."
        for name, sha256 in value.items()
    )


def _is_options(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() - {FORMULAS} == {"brief", "ignore", "delimiter", "block_rows"}


_SHAPE: tuple[tuple[tuple[str, ...], Callable[[Any], bool], str], ...] = (
    (("made_of",), lambda value: isinstance(value, dict), "a mapping"),
    (("made_of", "options"), _is_options, "a mapping of `brief`, `ignore`, `delimiter` and `block_rows`"),
    (("made_of", "options", "brief"), lambda value: isinstance(value, bool), "true or false"),
    (
        ("made_of", "options", "ignore"),
        lambda value: isinstance(value, list) and all(isinstance(name, str) for name in value),
        "a list of names",
    ),
    (("made_of", "options", "delimiter"), lambda value: isinstance(value, str), "a text"),
    (
        ("made_of", "options", "block_rows"),
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value > 0,
        "a whole number of at least 1",
    ),
    (("made_of", "options", FORMULAS), lambda value: value in (None, "escape"), "`escape`"),
    (("paths",), lambda value: isinstance(value, dict), "a mapping"),
    (("paths", "appraisal"), _is_path, "a path"),
    (("paths", "data"), _is_path, "a path"),
    (("results",), _is_results, "a mapping of files to their hashes"),
)
"""Each part of a receipt that is read: its path, a test, and what it must be; mappings come before their parts."""


def between(path: str, folder: Path) -> str:
    """Return the relative path from a folder to a file, with `/` on every system; absolute if there is none."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on another drive
        return Path(path).resolve().as_posix()
