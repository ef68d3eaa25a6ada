"""AppraisalProgram × tables → Appraised: stage by stage, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from ..diagnostics import Diagnostic, Report, did_you_mean, listed
from ..diagnostics.report import OTHER_FORM, same_letters
from ..kernel.brief import brief, counted
from ..kernel.mappings import FrozenMap
from ..language.model import by_id, ids_by_column
from ..rating.tables import rows_of
from ..record import Assessment
from .known import Reading
from .names import key_text
from .running import Outcome, Running, StageRow, keyed_rows
from .summary import Summary, Tally, quota_data
from .together import Together, assess_together, group_of, is_rated_whole
from .wiring import AppraisalProgram

__all__ = ["Appraised", "AppraisedStage", "RowError", "appraise", "count", "tally_of"]


@frozen
class RowError:
    """A row that could not be assessed.

    Args:
        row: its number in the table, from 0.
        key: the texts of its key; empty if a part is missing.
        report: every reason.
    """

    row: int
    key: tuple[str, ...]
    report: Report


@frozen
class AppraisedStage:
    """The results of one stage.

    Args:
        id: the stage.
        key: the columns of the key.
        assessments: assessments by key, in the order of the table.
        errors: the rows that could not be assessed, in the order of the table.
    """

    id: str
    key: tuple[str, ...]
    assessments: FrozenMap[tuple[str, ...], Assessment]
    errors: tuple[RowError, ...] = ()

    def __repr__(self) -> str:
        assessed = counted(len(self.assessments), "assessment")
        return brief(self, self.id, assessed, f"{len(self.errors):,} in error" if self.errors else "")


@frozen
class Appraised:
    """The results of an appraisal.

    Args:
        appraisal: its id.
        stages: stages by name, in the order in which they ran.
        summary: the bands, and the subjects without a rating or assessment, with reasons.
    """

    appraisal: str
    stages: FrozenMap[str, AppraisedStage]
    summary: Summary = field(eq=False, repr=False)

    def __repr__(self) -> str:
        assessed = sum(len(stage.assessments) for stage in self.stages.values())
        errors = sum(len(stage.errors) for stage in self.stages.values())
        counts = counted(len(self.stages), "stage"), counted(assessed, "assessment")
        return brief(self, self.appraisal, *counts, f"{errors:,} in error" if errors else "")

    @property
    def errors(self) -> tuple[tuple[str, RowError], ...]:
        """The rows of all stages that could not be assessed, each with its stage."""
        return tuple((id_, error) for id_, stage in self.stages.items() for error in stage.errors)


def appraise(program: AppraisalProgram, tables: Mapping[str, Any], *, engine: str = "scalar") -> Appraised:
    """Rate the subjects of every stage of an appraisal.

    Args:
        program: an appraisal with its rulebooks, from `load_appraisal`.
        tables: the subjects of each stage: an iterable of mappings, or a data frame of pandas, Polars, PyArrow or
            Modin. Each column is an input or part of the key; leave out the inputs of `take`. `STAGE.INPUT` may
            hold the records of a list input, one a row, joined by the columns of the key.
        engine: `scalar`, or `reference`, as for `assess`.

    Returns:
        The assessments of every stage by key. If a row can't be assessed, its reasons are among the errors of its
        stage, and so are those of rows that take values from it. All other rows are assessed.

    Raises:
        ValueError: if a stage has no table, or a table belongs to no stage.
        ImportError: if a data frame is given without the extra `table`.

    >>> from kpirules import load_appraisal
    >>> program = load_appraisal(
    ...     {"kpirules": 1, "appraisal": "demo", "stages": {
    ...         "unit": {"rulebook": "unit", "key": ["unit"]},
    ...         "staff": {"rulebook": "staff", "key": ["name", "unit"],
    ...                   "take": {"of_unit": {"stage": "unit", "value": "score", "match": ["unit"]}}},
    ...     }},
    ...     rulebooks={
    ...         "unit": {"kpirules": 1, "inputs": {"done": {"type": "integer", "min": 0, "max": 9}},
    ...                  "criteria": {"work": {"max": 9, "points": "done"}}},
    ...         "staff": {"kpirules": 1, "inputs": {"of_unit": {"type": "integer", "min": 0, "max": 9}},
    ...                   "criteria": {"work": {"max": 18, "points": "2 * of_unit"}}},
    ...     },
    ... )
    >>> done = appraise(program, {"unit": [{"unit": "A", "done": 7}], "staff": [{"name": "An", "unit": "A"}]})
    >>> done.stages["staff"].assessments["An", "A"].score
    Decimal('14')
    """
    rows = _tables(program, tables)
    running = Running.of(program)
    stages: dict[str, AppraisedStage] = {}
    tallies: dict[str, Tally] = {}
    for unit in program.order:
        staged = {id_: keyed_rows(running.reading(id_), rows[id_]) for id_ in unit}
        together = assess_together(running, staged, engine=engine) if is_rated_whole(program, unit) else Together({})
        for id_ in unit:
            reading, tally = running.reading(id_), tally_of(program, id_)
            outcomes = []
            for place, row in enumerate(staged[id_]):
                outcome = (
                    together.outcomes[id_][place]
                    if together.outcomes
                    else running.assess(reading, row, engine=engine)
                )
                given = running.known.whole(reading, row.given)
                running.note(reading, row, given, outcome)
                count(tally, row, outcome, group_of(program, id_, given))
                outcomes.append((row, outcome))
            stages[id_], tallies[id_] = _stage(program, id_, outcomes), tally
        tallies[unit[0]].quotas += map(quota_data, together.groups)
    summary = Summary(program.id, FrozenMap({id_: tally.summary() for id_, tally in tallies.items()}))
    return Appraised(program.id, FrozenMap(stages), summary)


def _stage(program: AppraisalProgram, id_: str, outcomes: list[tuple[StageRow, Outcome]]) -> AppraisedStage:
    return AppraisedStage(
        id_,
        program.stage(id_).key,
        FrozenMap({row.key: outcome for row, outcome in outcomes if isinstance(outcome, Assessment)}),
        tuple(RowError(row.number, row.key, outcome) for row, outcome in outcomes if isinstance(outcome, Report)),
    )


def tally_of(program: AppraisalProgram, id_: str) -> Tally:
    """Return the empty tally of a stage.

    Args:
        program: the appraisal.
        id_: the stage.
    """
    bands = program.programs[id_].gathered.bands
    return Tally(id_, () if bands is None else tuple(band.id for band in bands.levels))


def count(tally: Tally, row: StageRow, outcome: Outcome, group: str = "") -> None:
    """Add the outcome of a row to a tally.

    Args:
        tally: the tally of its stage.
        row: the row with its key.
        outcome: the row's outcome.
        group: its cohort in words, or empty.
    """
    if isinstance(outcome, Assessment):
        because = "" if outcome.status == "rated" else " ".join(outcome.because)
        tally.rated(", ".join(row.key), outcome.status, outcome.band, because, group)
    else:
        tally.failed(", ".join(row.key) or f"row {row.number + 1}", map(diagnostic_line, outcome))


def diagnostic_line(diagnostic: Diagnostic) -> str:
    """Return a diagnostic in one line."""
    return f"{diagnostic.code} {diagnostic.message}"


# -- tables ---------------------------------------------------------------------------------------


def _tables(program: AppraisalProgram, tables: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every stage, with the records from separate tables."""
    known = [stage.id for stage in program.appraisal.stages]
    for name in tables:
        stage, _, input_ = name.partition(".")
        if stage not in known:
            raise ValueError(
                f"there is no stage `{stage}`; {did_you_mean(stage, known, f'there are {listed(known)}')}"
            )
        lists = Reading(program, stage).lists
        if input_ and input_ not in lists:
            otherwise = f"there are {listed(lists, 'and')}" if lists else "there is none"
            raise ValueError(
                f"stage `{stage}` has no list input `{input_}`; {did_you_mean(input_, lists, otherwise)}"
            )
    missing = [id_ for id_ in known if id_ not in tables]
    if missing:
        raise ValueError(f"there is no table for stage {listed(missing, 'and')}; it may be empty")
    rows = {id_: _by_id(rows_of(tables[id_]), _columns(program, id_)) for id_ in known}
    for name in tables:
        stage, _, input_ = name.partition(".")
        if input_:
            columns = {**_columns(program, stage), **_columns(program, stage, input_)}
            _join(Reading(program, stage), rows[stage], input_, _by_id(rows_of(tables[name]), columns))
    return rows


def _columns(program: AppraisalProgram, stage: str, list_: str = "") -> Mapping[str, str]:
    """Return the ids of a stage's inputs, or of the fields of one of its lists, by their columns."""
    inputs = program.names[stage].inputs
    fields = getattr(inputs[list_].domain, "fields", ()) if list_ else inputs.values()
    return ids_by_column(fields)


def _by_id(rows: list[dict[str, Any]], columns: Mapping[str, str]) -> list[dict[str, Any]]:
    return [dict(by_id(row, columns)) for row in rows] if columns else rows


def _join(reading: Reading, rows: list[dict[str, Any]], input_: str, records: list[dict[str, Any]]) -> None:
    """Add the records of a list input to the rows; a row without any gets an empty list."""
    key = reading.program.stage(reading.id).key
    list_ = reading.program.names[reading.id].inputs[input_].domain
    fields = {field.id for field in getattr(list_, "fields", ())}
    by_key: dict[tuple[str | None, ...], list[dict[str, Any]]] = {}
    for record in records:
        fields_of_record = {name: value for name, value in record.items() if name in fields or name not in key}
        by_key.setdefault(tuple(key_text(record.get(name)) for name in key), []).append(fields_of_record)
    for number, row in enumerate(rows):
        if row.get(input_) is not None:
            place = f"row {number + 1} of stage `{reading.id}`"
            raise ValueError(f"{place}: `{input_}` is given both here and by `{reading.id}.{input_}`; give it once")
        row[input_] = by_key.get(reading.key(row), [])
    known = {reading.key(row) for row in rows}
    unknown_keys = [key for key in by_key if key not in known]
    if unknown_keys:
        same_key = same_letters(_key_in_words(unknown_keys[0]), map(_key_in_words, known))
        hint = f"; there is {same_key}: {OTHER_FORM}" if same_key else ""
        raise ValueError(
            f"records of `{input_}` match no row of stage `{reading.id}`: {_key_in_words(unknown_keys[0])}{hint}"
        )


def _key_in_words(key: tuple[str | None, ...]) -> str:
    return f"({', '.join(part or 'absent' for part in key)})"
