"""The pages on the keys of a rulebook: what stands on which page, and an example of every key.

Keys, types and meanings come from the table of shapes, by which rulebooks are read. `tests/meta/test_key_pages.py`
sees to it that every key has its place and an example that fits.
"""

from __future__ import annotations

from attrs import field, frozen

from kpirules.documents.shapes import SHAPES, Key, Kind

__all__ = ["EVERYWHERE", "EXAMPLES", "PAGES", "Page", "Part", "example_of", "key_index", "key_page", "keys_of"]

EVERYWHERE = ("label", "note", "source", "allow")
"""Keys of nearly every mapping: they stand in the index, once."""

EVERY_INPUT = ("type", "optional", "default", "unit", "column")
"""Keys of inputs of every type."""


@frozen
class Part:
    """A mapping on a page.

    Args:
        title: of the section.
        shapes: of which the keys are shown; a key of several is shown once.
        words: what comes before the keys.
        only: the keys that are shown, all unless written.
        without: keys that stand elsewhere.
        advanced: keys for which few have a use; they come in a table of their own.
    """

    title: str
    shapes: tuple[str, ...]
    words: str
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    advanced: tuple[str, ...] = ()


@frozen
class Page:
    """A page on one part of a rulebook.

    Args:
        name: of the file.
        title: of the page.
        about: the page in a few words, for the index.
        words: the page in a few sentences.
        rulebook: a whole rulebook or appraisal.
        parts: the sections.
        advanced: sections that few need.
    """

    name: str
    title: str
    about: str
    words: str
    rulebook: str
    parts: tuple[Part, ...]
    advanced: tuple[Part, ...] = field(default=())


PAGES = (
    Page(
        "inputs",
        "Inputs",
        "what may be known: numbers, choices, dates, lists, and their limits",
        "What may be known about the one who is rated: a person, a team, a supplier. Each input has a "
        "name, a `type` and, "
        "where it makes sense, limits. A value outside its limits is refused, never corrected. "
        "[Missing data](../../how-to/missing-data.md) says what `optional` and `default` do.",
        """\
kpirules: 1
id: demo.inputs
inputs:
  hours:   {type: number, min: 0, max: 744, decimals: 1, unit: h, label: Hours worked}
  absent:  {type: integer, min: 0, max: 31, label: Days absent}
  warned:  {type: boolean, default: false, label: Warned in writing}
  started: {type: date, min: 2000-01-01, max: 2030-12-31, label: In this post since}
  grade:   {type: choice, options: {senior: Senior, junior: Junior}, ordered: best_first}
  tasks:
    type: list
    min_items: 1
    fields:
      name: {type: text, label: Task}
      done: {type: boolean}
validations:
  warned_with_reason: {that: absent <= 5 or warned, label: More than 5 days absent are warned of}
outputs:
  done_per_day: share(t.done for t in tasks) * hours / (32 - absent)
  years: years(started, date(2031, 1, 1))
  is_senior: grade == "senior"
""",
        (
            Part(
                "Every input",
                (
                    "number_input",
                    "integer_input",
                    "boolean_input",
                    "choice_input",
                    "date_input",
                    "text_input",
                    "list_input",
                ),
                "These keys are the same for all types. A list has no `default`.",
                only=EVERY_INPUT,
            ),
            Part(
                "Numbers",
                ("number_input", "integer_input"),
                "`type: number`, or `type: integer` for whole numbers. Numbers are exact: 0.1 is a tenth.",
                without=EVERY_INPUT,
                advanced=("above", "below", "step"),
            ),
            Part(
                "Choices",
                ("choice_input",),
                '`type: choice`: one of several options. In formulas an option is quoted: `grade == "senior"`.',
                without=EVERY_INPUT,
                advanced=("ordered",),
            ),
            Part("Dates", ("date_input",), "`type: date`, written 2026-01-31.", without=EVERY_INPUT),
            Part(
                "Texts",
                ("text_input",),
                "`type: text`: for people, and to tell records apart.",
                without=EVERY_INPUT,
            ),
            Part(
                "Lists",
                ("list_input",),
                "`type: list`: any number of records, such as tasks or monthly scores. "
                "[Aggregates](../functions.md#aggregates) make one number of them.",
                without=EVERY_INPUT,
                advanced=("unique", "max_items", "validations"),
            ),
            Part(
                "Validations",
                ("condition",),
                "Conditions on inputs that must hold. Subjects for whom it does not are refused.",
            ),
        ),
    ),
    Page(
        "values",
        "Named values and tables",
        "names for what formulas use several times; tables, functions, calendars",
        "Names for what formulas use several times: `parameters` are the numbers of the rules, `let` "
        "what is computed from "
        "inputs, `outputs` what comes out besides the rating. Each is an expression, or the long form below. "
        "[Functions](../functions.md) lists what expressions can do.",
        """\
kpirules: 1
id: demo.values
inputs:
  planned: {type: integer, min: 1, max: 1000}
  done:    {type: integer, min: 0, max: 1000}
parameters:
  bonus: {value: 500, unit: EUR, label: Bonus for a full quota}
let:
  attained: {value: "min(done / planned, 1)", label: Part of the plan}
tables:
  factor:
    steps:
      - {from: 95%, value: 1}
      - {from: 80%, value: 0.5}
      - {value: 0}
  days_off:
    args: [attained, planned]
    cases:
      - {when: {attained: 1, planned: {from: 100}}, value: 2}
      - {when: {attained: {from: 80%}}, value: 1}
      - {value: 0}
outputs:
  pay: {value: bonus * factor(attained), unit: EUR, label: Bonus}
  days_off: {value: "days_off(attained, planned)", unit: days}
""",
        (
            Part("Named values", ("named",), "`let`, `parameters`, `outputs`: by id, an expression or these keys."),
            Part(
                "Tables",
                ("table",),
                "Functions made of rows, `factor(attained)`, or of cases over several values, "
                "`days_off(attained, planned)`. [How to use tables](../../how-to/tables.md).",
                advanced=("gives", "outside", "unique", "unit"),
            ),
            Part("Rows of tables", ("table_step",), "Under `steps`. The first row that holds gives the value."),
            Part("Options of tables", ("table_option",), "Under `lookup`, for an option with more than a value."),
            Part(
                "Cases of tables",
                ("table_case",),
                "Under `cases`. The first case that holds gives the value. [Intervals](criteria.md#intervals) "
                "are those of criteria.",
            ),
        ),
        (
            Part(
                "Options of a table's values",
                ("gives",),
                "`gives: bands`, or the options of the table's values.",
            ),
            Part(
                "Functions",
                ("function",),
                "Formulas with arguments, such as `part_of(done, planned)`. Every call is replaced by the formula.",
            ),
            Part(
                "Calendars",
                ("calendar",),
                "The working days, for `workdays(a, b, calendar)`. [How to count days](../../how-to/dates.md).",
            ),
        ),
    ),
    Page(
        "criteria",
        "Criteria",
        "criteria, with their formulas or tables",
        "Each criterion earns points. It has one of `points`, `rate`, `met`, `entered`, `cases`, or "
        "`measure` with a table; or it "
        "is a group with `criteria` of its own ([groups and weights](groups.md)).",
        """\
kpirules: 1
id: demo.criteria
inputs:
  planned:  {type: integer, min: 1, max: 1000}
  done:     {type: integer, min: 0, max: 1000}
  on_time:  {type: number, min: 0, max: 100, decimals: 1, unit: "%"}
  training: {type: number, min: 0, max: 200, decimals: 1, unit: h}
  report:   {type: boolean}
  level:    {type: choice, options: [high, low]}
  started:  {type: date, min: 2010-01-01, max: 2026-12-31}
criteria:
  results: {max: 40, rate: "min(done / planned, 1)"}
  report:  {max: 10, met: report}
  on_time:
    max: 20
    measure: on_time
    steps: [{from: 95, points: 20}, {from: 80, points: 10}, {points: 0}]
  training: {max: 10, measure: training, scale: [[0, 0], [40, 10]], outside: clamp}
  level:    {max: 5, measure: level, lookup: {high: 5, low: 0}}
  matrix:
    max: 5
    cases:
      - {when: {level: high, started: {to: 2023-12-31}}, points: 5}
      - {when: {level: high}, points: 3}
      - {points: 0}
  conduct:  {max: 10, entered: {step: 0.5}}
score: {round: {places: 1}}
""",
        (
            Part(
                "A criterion",
                ("criterion",),
                "",
                without=("criteria", "combine", "weights", "rescale", "require_share", "weight", "extra"),
                advanced=("unique", "min", "round", "outside", "unit"),
            ),
            Part(
                "Cases",
                ("case",),
                "Under `cases`: the first case that holds, in order. The last one may have no "
                "`when`. [Decision tables](../language.md#decision-tables) says more.",
                advanced=("rate", "undefined"),
            ),
            Part(
                "Intervals",
                ("stretch",),
                "The allowed values of a name, under `when`: a lower end, an upper end, or both.",
            ),
            Part(
                "Rows",
                ("step",),
                "Under `steps`, from the first to the last: the first row that holds. A last row without ends "
                "is for the rest.",
                advanced=("above", "below", "equals", "rate", "undefined"),
            ),
            Part(
                "Options",
                ("option",),
                "Under `lookup`, where more is said than the points.",
                advanced=("rate", "undefined"),
            ),
            Part("Entered points", ("entered",), "Points that a person enters, as an input of the criterion's name."),
            Part("Rounding", ("round",), "Here, and in `score`. [How to round](../../how-to/round.md)."),
        ),
        (
            Part(
                "Thresholds",
                ("thresholds",),
                "Each threshold that is passed gives points, such as 1 for every started 10 hours.",
            ),
        ),
    ),
    Page(
        "groups",
        "Groups and weights",
        "how criteria come together: sums, weighted means",
        "A criterion with `criteria` of its own is a group, and so is `score`. A `sum` adds points, and "
        "the maxima say how "
        "much each counts. A `mean` averages shares, points divided by `max`, by the `weight` of each; "
        "`max` is 100 unless it is written.",
        """\
kpirules: 1
id: demo.groups
inputs:
  revenue: {type: number, min: 0, max: 200, decimals: 1, unit: "%", label: Part of the target}
  survey:  {type: number, min: 0, max: 100, decimals: 1, optional: true, label: Result of the survey}
  cost:    {type: number, min: 0, max: 200, decimals: 1, unit: "%", label: Part of the budget}
criteria:
  results:
    weight: 70%
    combine: mean
    criteria:
      revenue: {weight: 2, points: "min(revenue, 100)"}
      cost:    {weight: 1, points: "clamp(200 - cost, 0, 100)"}
    weights: relative
  customers: {weight: 30%, points: survey, missing: exclude}
score: {combine: mean, round: {places: 1}}
""",
        (Part("A group", ("criterion",), "", only=("criteria", "combine", "weight", "max", "missing")),),
        (
            Part(
                "Where children are left out",
                ("criterion",),
                "A child whose `applies` is false, or with `missing: exclude`, leaves the group.",
                only=("rescale", "require_share"),
            ),
            Part("Points on top, and free weights", ("criterion",), "", only=("extra", "weights")),
        ),
    ),
    Page(
        "score-and-bands",
        "Score and bands",
        "rounding, caps, and the rating scale",
        "The `score` is the sum of the criteria unless it says otherwise. `bands` is the rating scale, "
        "best band first; an "
        "end that is not written is the neighbour's.",
        """\
kpirules: 1
id: demo.bands
inputs:
  training: {type: integer, min: 0, max: 100, unit: h}
  late:     {type: boolean, label: The yearly report was late}
criteria:
  results: {max: 70, entered: {step: 0.25}}
  conduct: {max: 30, entered: {step: 0.25}}
score:
  round: {places: 1, mode: half_up}
  band_on: rounded
  limits: {late: {when: late, at_most: 80}}
bands:
  levels:
    excellent: {from: 90, requires: training >= 20, label: Excellent}
    good:      {from: 70, label: Good}
    fair:      {from: 0, label: Fair}
  fall: next
""",
        (
            Part(
                "The score",
                ("score",),
                "",
                without=("points", "combine", "weights", "rescale", "require_share", "unit"),
                advanced=("min", "better", "missing", "outside"),
            ),
            Part(
                "A band",
                ("band",),
                "Under `bands`, by id: the best first.",
                advanced=("above", "to", "below"),
            ),
            Part(
                "Limits of the score", ("limit",), "Under `score.limits`, by id. [How to cap](../../how-to/cap.md)."
            ),
        ),
        (
            Part(
                "The score as a group",
                ("score",),
                "`score` is a group; [groups and weights](groups.md) explains these keys.",
                only=("points", "combine", "weights", "rescale", "require_share", "unit"),
            ),
            Part(
                "Bands with more to say",
                ("bands",),
                "`bands` with `levels`: the bands stand under `levels`, and beside it what holds for all of them.",
            ),
        ),
    ),
    Page(
        "overrides",
        "Exemptions and overrides",
        "who is not rated, and what outranks the score",
        "Who is not rated at all, and what outranks the score. [Who is exempt](../../how-to/exempt.md) and "
        "[vetoes](../../how-to/veto.md) are two pages on how to use them.",
        """\
kpirules: 1
id: demo.overrides
inputs:
  worked:    {type: integer, min: 0, max: 12, label: Months worked}
  warned:    {type: boolean}
  dismissed: {type: boolean}
exemptions:
  short: {when: worked < 6, status: not_rated, source: Article 3}
criteria:
  results: {max: 100, entered: {step: 1}}
bands:
  good: {from: 70}
  fair: {from: 50}
  poor: {from: 0}
overrides:
  warning:   {when: warned, band_at_most: fair, source: Article 9}
  dismissal: {when: dismissed, band: poor, source: Article 10}
""",
        (
            Part("Exemptions", ("exemption",), "By id, in order. The first that holds ends the assessment."),
            Part(
                "Overrides",
                ("override",),
                "By id. All that hold count: the lowest ceiling wins against floors and against the score.",
            ),
        ),
    ),
    Page(
        "tests",
        "Examples and invariants",
        "what must come out",
        "What must come out. `kpirules test` runs the examples; the same keys stand in a file of cases.",
        """\
kpirules: 1
id: demo.tests
inputs:
  planned: {type: integer, min: 1, max: 1000}
  done:    {type: integer, min: 0, max: 1000}
criteria:
  results: {max: 100, rate: "min(done / planned, 1)"}
score: {round: {places: 2}}
invariants:
  full: {that: done < planned or score == 100, label: Doing everything earns all points}
  fair: {never_lowers: [done], never_raises: [planned]}
examples:
  - name: a third
    given: {planned: 3, done: 1}
    expect: {score: 33.33, points: {results: "100/3"}}
  - name: more than planned
    like: a third
    given: {done: 5}
    expect: {score: 100}
""",
        (
            Part(
                "Invariants",
                ("invariant",),
                "By id. A condition is checked at each assessment, and `check` looks for a subject that breaks it "
                "([KR404](../codes/KR404.md)); `never_lowers` and `never_raises` are tested by "
                "[`invariants_hold`](../../how-to/properties.md). [`prove`](../../how-to/prove.md) proves both.",
            ),
            Part("Examples", ("example",), "A list.", advanced=("variant", "on", "members")),
            Part(
                "What is expected",
                ("expect",),
                'Under `expect`. Only what is named is compared, and exactly: a third is `"1/3"`.',
                advanced=("share", "let", "overrides", "error", "members"),
            ),
        ),
        (Part("Members of a cohort", ("member",), "Under `members`, for rules that [compare members](cohort.md)."),),
    ),
    Page(
        "cohort",
        "Cohorts and quotas",
        "comparing people with each other, and only so many in a band",
        "For rules by which people are compared with each other, or only so many may have the best "
        "band. Most rulebooks "
        "have neither. [Comparing with others](../../how-to/compare-with-others.md), "
        "[quotas](../../how-to/quota.md).",
        """\
kpirules: 1
id: demo.cohort
inputs:
  unit: {type: text}
criteria:
  results: {max: 100, entered: {step: 0.5}}
bands:
  excellent: {from: 90}
  good:      {from: 0}
cohort:
  within: [unit]
  quotas:
    excellent:
      band: excellent
      at_most: 20%
      of: all
      base: before
      round: down
      minimum: 1
      order: [score]
      ties: undecided
      demote_to: good
""",
        (
            Part("The cohort", ("cohort",), "", advanced=("max_members",)),
            Part("A quota", ("quota",), "Under `cohort.quotas`, by id.", advanced=("within", "uniform", "when")),
        ),
    ),
    Page(
        "versions",
        "Versions",
        "changes by date, by post, and by place",
        "Rules change by date, and differ by post. A rulebook can hold what changes: as `amendments` by "
        "date, as `variants` by "
        "kind of subject, or in a file that `extends` another. [How to amend](../../how-to/amend.md), "
        "[how to use variants](../../how-to/variants.md).",
        """\
kpirules: 1
id: demo.versions
effective: {from: 2026-01-01}
inputs:
  post: {type: choice, options: [staff, head]}
criteria:
  results: {max: 70, entered: {step: 0.5}}
  conduct: {max: 30, entered: {step: 0.5}}
bands:
  good: {from: 70}
  fair: {from: 0}
variant_by: post
variants:
  staff: {}
  head:
    bands: {good: {from: 75}}
amendments:
  - {from: 2026-07-01, source: Decision 12, change: {bands: {good: {label: Good}}}}
""",
        (
            Part(
                "At the top of the rulebook",
                ("rulebook",),
                "",
                only=("effective", "extends", "variants", "variant_by", "amendments", "edition_by"),
            ),
            Part("A period", ("effective",), "Under `effective`."),
            Part(
                "An amendment", ("amendment",), "A list under `amendments`. They add up in the order of their dates."
            ),
            Part(
                "A variant",
                ("variant",),
                "Under `variants`, by name. Besides these keys it has those of a rulebook, with what is different.",
                only=("like", "label", "amendments"),
            ),
        ),
    ),
    Page(
        "appraisal",
        "Appraisals",
        "several rulebooks wired together",
        "Several rulebooks wired together: months into a year, units into the rating of their heads. An "
        "appraisal is a file of "
        "its own. [How to appraise](../../how-to/appraise.md).",
        """\
kpirules: 1
appraisal: demo.year
stages:
  month:
    rulebook: month.kpi.yaml
    key: [person, month]
  year:
    rulebook: year.kpi.yaml
    key: [person]
    take:
      months: {stage: month, each: {month: month, score: score}, match: [person]}
""",
        (
            Part("The file", ("appraisal",), ""),
            Part("A stage", ("stage",), "Under `stages`, by id.", advanced=("variant", "on", "allocate_with")),
            Part("What is taken from other stages", ("take",), "Under `take`, by input."),
        ),
    ),
)

EXAMPLES = {
    # what nearly every mapping may have
    "label": "label: Hours worked",
    "note": "note: The office keeps the list.",
    "source": "source: Article 12",
    "allow": "allow: {KR336: Kept for 2027.}",
    "unit": "unit: h",
    "citation.document": "document: Decree 335/2025",
    "citation.article": "article: 12",
    "citation.clause": "clause: 3 b",
    "citation.url": "url: https://example.org/335",
    # the top
    "kpirules": "kpirules: 1",
    "id": "id: acme.review",
    "title": "title: Yearly review",
    "edition": "edition: 2026",
    "effective": "effective: {from: 2026-01-01}",
    "inputs": "inputs: {hours: {type: number}}",
    "rulebook.validations": "validations: {order: {that: start < end}}",
    "parameters": "parameters: {bonus: 500}",
    "tables": "tables: {factor: {…}}",
    "functions": "functions: {part: {…}}",
    "calendars": "calendars: {office: {…}}",
    "let": "let: {part: done / planned}",
    "exemptions": "exemptions: {short: {…}}",
    "criteria": "criteria: {results: {…}}",
    "score": "score: {round: {places: 1}}",
    "rulebook.bands": "bands: {good: {from: 70}, fair: {from: 0}}",
    "overrides": "overrides: {warning: {…}}",
    "cohort": "cohort: {within: [unit]}",
    "outputs": "outputs: {pay: 2 * score}",
    "invariants": "invariants: {top: {that: score <= 100}}",
    "never_lowers": "never_lowers: [done, tasks.hours]",
    "never_raises": "never_raises: [planned]",
    "examples": "examples: [{name: a third, expect: {score: 33}}]",
    "require_sources": "require_sources: true",
    "extends": "extends: ../national.kpi.yaml",
    "variants": "variants: {staff: {}, head: {…}}",
    "variant_by": "variant_by: post",
    "amendments": "amendments: [{from: 2026-07-01, change: {…}}]",
    "edition_by": "edition_by: month_end",
    # inputs
    "type": "type: number",
    "integer_input.type": "type: integer",
    "boolean_input.type": "type: boolean",
    "choice_input.type": "type: choice",
    "date_input.type": "type: date",
    "text_input.type": "type: text",
    "list_input.type": "type: list",
    "min": "min: 0",
    "max": "max: 100",
    "above": "above: 0",
    "below": "below: 100",
    "decimals": "decimals: 2",
    "step": "step: 0.5",
    "optional": "optional: true",
    "default": "default: 0",
    "column": "column: Hours worked",
    "boolean_input.default": "default: false",
    "choice_input.default": "default: junior",
    "date_input.default": "default: 2026-12-31",
    "text_input.default": "default: none",
    "options": "options: [senior, junior]",
    "ordered": "ordered: best_first",
    "date_input.min": "min: 2026-01-01",
    "date_input.max": "max: 2026-12-31",
    "max_length": "max_length: 40",
    "fields": "fields: {done: {type: boolean}}",
    "list_input.let": "let: {late: item.days > 3}",
    "unique": "unique: [month]",
    "min_items": "min_items: 1",
    "max_items": "max_items: 12",
    "list_input.validations": "validations: {order: {that: item.start < item.end}}",
    "that": "that: done <= planned",
    # values
    "value": "value: done / planned",
    "table_step.value": "value: 0.5",
    "table_option.value": "value: 0.5",
    "table_case.value": "value: 0.5",
    "table_case.when": "when: {attained: {from: 80%}, planned: [10, 20]}",
    "table.unique": "unique: true",
    "gives": "gives: bands",
    "args": "args: [done, planned]",
    "weekend": "weekend: [sat, sun]",
    "holidays": "holidays: [2026-01-01]",
    "makeup": "makeup: [2026-02-28]",
    "calendar.from": "from: 2026-01-01",
    "calendar.until": "until: 2027-01-01",
    "table.unit": "unit: EUR",
    # criteria
    "points": "points: 10 - 2 * complaints",
    "step.points": "points: 10",
    "option.points": "points: 10",
    "score.points": "points: points.a * points.b",
    "rate": "rate: min(done / planned, 1)",
    "step.rate": "rate: 50%",
    "option.rate": "rate: 50%",
    "met": "met: report_sent",
    "measure": "measure: on_time",
    "bands.measure": "measure: risk",
    "steps": "steps: [{from: 90, points: 10}, {points: 0}]",
    "table.steps": "steps: [{from: 90, value: 1}, {value: 0}]",
    "table.cases": "cases: [{when: {level: high}, value: 5}, {value: 0}]",
    "scale": "scale: [[0, 0], [40, 10]]",
    "thresholds": "thresholds: {from: [10, 20], each: 5}",
    "lookup": "lookup: {high: 5, low: 0}",
    "cases": "cases: [{when: {level: high}, points: 5}, {points: 0}]",
    "case.when": "when: {level: [high, middle], years: {from: 2}}",
    "case.points": "points: 5",
    "case.rate": "rate: 50%",
    "criterion.unique": "unique: true",
    "stretch.from": "from: 2",
    "stretch.above": "above: 2",
    "stretch.to": "to: 5",
    "stretch.below": "below: 5",
    "entered": "entered: {step: 0.5}",
    "combine": "combine: mean",
    "weights": "weights: relative",
    "rescale": "rescale: true",
    "require_share": "require_share: 60%",
    "weight": "weight: 35%",
    "extra": "extra: true",
    "applies": "applies: months_worked >= 6",
    "missing": "missing: exclude",
    "score.missing": "missing: zero",
    "outside": "outside: clamp",
    "round": "round: {places: 1, mode: half_up}",
    "places": "places: 1",
    "round.to": "to: 0.5",
    "mode": "mode: half_up",
    "from": "from: 90",
    "to": "to: 50",
    "equals": "equals: 3",
    "undefined": "undefined: true",
    "thresholds.above": "above: [10, 20]",
    "thresholds.from": "from: [10, 20]",
    "thresholds.below": "below: [3, 6]",
    "thresholds.to": "to: [3, 6]",
    "each": "each: 5",
    # score and bands
    "limits": "limits: {late: {when: late, at_most: 80}}",
    "when": "when: warned",
    "limit.at_most": "at_most: 80",
    "band_on": "band_on: rounded",
    "better": "better: lower",
    "levels": "levels: {good: {from: 70}, fair: {from: 0}}",
    "fall": "fall: next",
    "overlap": "overlap: best",
    "requires": "requires: training >= 20",
    # exemptions and overrides
    "status": "status: not_rated",
    "band": "band: poor",
    "band_at_most": "band_at_most: fair",
    "band_at_least": "band_at_least: fair",
    "unrated": "unrated: suspended",
    # examples
    "name": "name: a third of the tasks",
    "like": "like: a third of the tasks",
    "given": "given: {planned: 3, done: 1}",
    "expect": "expect: {score: 33.33, band: fair}",
    "example.variant": "variant: head",
    "example.on": "on: 2026-07-01",
    "example.members": "members: [{name: An, given: {done: 1}}]",
    "expect.score": "score: 33.33",
    "expect.band": "band: fair",
    "expect.status": "status: rated",
    "expect.points": 'points: {results: "100/3"}',
    "expect.share": 'share: {results: "1/3"}',
    "expect.let": 'let: {part: "1/3"}',
    "expect.outputs": "outputs: {pay: 500}",
    "expect.overrides": "overrides: [warning]",
    "expect.error": "error: KR604",
    "expect.members": "members: {An: {band: good}}",
    # cohorts
    "within": "within: [unit]",
    "max_members": "max_members: 5000",
    "quotas": "quotas: {excellent: {…}}",
    "quota.band": "band: excellent",
    "at_most": "at_most: 20%",
    "of": "of: all",
    "base": "base: before",
    "quota.round": "round: down",
    "minimum": "minimum: 1",
    "order": "order: [score, seniority]",
    "ties": "ties: undecided",
    "demote_to": "demote_to: good",
    "uniform": "uniform: [unit_is_outstanding]",
    "quota.when": "when: unit_is_outstanding",
    # versions
    "effective.from": "from: 2026-01-01",
    "effective.until": "until: 2027-01-01",
    "amendment.from": "from: 2026-07-01",
    "amendment.change": "change: {bands: {good: {from: 75}}}",
    "variant.like": "like: staff",
    "variant.label": "label: Heads of units",
    # appraisals
    "appraisal": "appraisal: acme.year",
    "stages": "stages: {month: {…}, year: {…}}",
    "rulebook": "rulebook: month.kpi.yaml",
    "stage.variant": "variant: head",
    "key": "key: [person, month]",
    "stage.on": "on: month_end",
    "take": "take: {months: {…}}",
    "allocate_with": "allocate_with: [head]",
    "stage": "stage: month",
    "take.value": "value: band",
    "take.each": "each: {month: month, score: score}",
    "match": "match: [person]",
}
"""An example of every key: by shape and key where it differs by shape, else by key. `…` is what is left out."""

MORE = {
    "optional": ("absence", "../language.md#absence"),
    "missing": ("absence", "../language.md#absence"),
    "applies": ("who is left out", "../language.md#criteria"),
    "step.undefined": ("gaps", "../../explanation/gaps.md"),
    "rescale": ("groups", "../language.md#criteria"),
    "extra": ("groups", "../language.md#criteria"),
    "require_share": ("what remains", "../language.md#criteria"),
    "round": ("rounding modes", "../functions.md#rounding-modes"),
    "quota.round": ("rounding modes", "../functions.md#rounding-modes"),
    "mode": ("rounding modes", "../functions.md#rounding-modes"),
    "fields": ("numbers, choices, …", "#numbers"),
    "steps": ("rows", "criteria.md#rows"),
    "table.steps": ("rows", "#rows-of-tables"),
    "lookup": ("options", "criteria.md#options"),
    "table.lookup": ("options", "#options-of-tables"),
    "table.cases": ("cases", "#cases-of-tables"),
    "thresholds": ("thresholds", "criteria.md#thresholds"),
    "entered": ("entered points", "criteria.md#entered-points"),
    "criteria": ("criteria", "criteria.md"),
    "combine": ("groups", "../language.md#criteria"),
    "score": ("score and bands", "score-and-bands.md"),
    "rulebook.bands": ("score and bands", "score-and-bands.md#a-band"),
    "limits": ("limits", "#limits-of-the-score"),
    "band_on": ("how to round", "../../how-to/round.md"),
    "better": ("direction", "../language.md#rating"),
    "inputs": ("inputs", "inputs.md"),
    "rulebook.validations": ("validations", "inputs.md#validations"),
    "parameters": ("named values", "values.md"),
    "let": ("named values", "values.md"),
    "outputs": ("named values", "values.md"),
    "tables": ("tables", "values.md#tables"),
    "functions": ("functions", "values.md#functions"),
    "calendars": ("calendars", "values.md#calendars"),
    "exemptions": ("exemptions", "overrides.md#exemptions"),
    "overrides": ("overrides", "overrides.md#overrides"),
    "cohort": ("cohorts and quotas", "cohort.md"),
    "invariants": ("examples and invariants", "tests.md"),
    "examples": ("examples and invariants", "tests.md"),
    "effective": ("versions", "versions.md"),
    "extends": ("local rules", "../../how-to/variants.md#local-rules-in-a-file-of-their-own"),
    "variants": ("variants", "versions.md#a-variant"),
    "amendments": ("amendments", "versions.md#an-amendment"),
    "allow": ("codes", "../codes/index.md"),
    "expect.error": ("codes", "../codes/index.md"),
    "source": ("citation", "index.md#a-citation"),
    "ties": ("quotas", "../language.md#quotas"),
    "base": ("quotas", "../language.md#quotas"),
    "within": ("cohorts", "../language.md#cohorts"),
    "take": ("what is taken", "#what-is-taken-from-other-stages"),
}
"""Where more is said of a key: the words of the link, and the page."""

SPECIAL = ("effective", "tables", "functions", "calendars", "cohort", "invariants", "require_sources", "allow")
VERSIONED = ("extends", "variants", "variant_by", "amendments", "edition_by")
"""Keys of a rulebook for which few have a use."""


def keys_of(part: Part) -> list[tuple[str, Key]]:
    """The keys of a part, each with the shape whose key it is."""
    found: dict[str, tuple[str, Key]] = {}
    for name in part.shapes:
        for key in SHAPES[name].keys:
            is_wanted = key.name in part.only if part.only else key.name not in (*part.without, *EVERYWHERE)
            if is_wanted:
                found.setdefault(key.name, (name, key))
    return sorted(found.values(), key=lambda row: part.only.index(row[1].name)) if part.only else list(found.values())


def example_of(shape: str, key: str) -> str:
    """The example of a key."""
    return EXAMPLES.get(f"{shape}.{key}") or EXAMPLES[key]


def key_page(page: Page) -> str:
    """A page on the keys of one part of a rulebook."""
    lines = [f"# {page.title}", "", page.words, ""]
    # The rulebooks of an appraisal are files of their own, which this page does not have.
    lines += ["<!-- not run -->"] if "\nappraisal:" in page.rulebook else []
    lines += ["```yaml", *page.rulebook.splitlines(), "```", ""]
    lines += [line for part in page.parts for line in _section(part, "##")]
    if page.advanced:
        lines += ["## For special cases", ""]
        lines += [line for part in page.advanced for line in _section(part, "###")]
    if page.name not in ("tests", "versions", "appraisal"):
        lines += [
            "`label`, `note`, `source` and `allow` [may stand nearly everywhere](index.md#keys-for-every-part).",
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def key_index() -> str:
    """The first of these pages: the keys at the top, those that stand everywhere, and the other pages."""
    rows = [("rulebook", key) for key in SHAPES["rulebook"].keys]
    lines = [
        "# Keys of a rulebook",
        "",
        "Every key with what it takes, what it means and an example. The tables are made from those by "
        "which rulebooks",
        "are read, so they are complete. The [tutorial](../../tutorial.md) is the place to begin.",
        "",
        "| page | what it is about |",
        "|---|---|",
        *(f"| [{page.title}]({page.name}.md) | {page.about} |" for page in PAGES),
        "",
        "## At the top",
        "",
        *_table([row for row in rows if row[1].name not in (*SPECIAL, *VERSIONED)]),
        "",
        "### For special cases",
        "",
        *_table([row for row in rows if row[1].name in (*SPECIAL, *VERSIONED)]),
        "",
        "## Keys for every part",
        "",
        "Inputs, named values, criteria, rows, bands, overrides and most other parts may have these.",
        "",
        *_table([("criterion", SHAPES["criterion"].by_name[name]) for name in EVERYWHERE]),
        "",
        "### A citation",
        "",
        "The long form of `source`: at least one of these keys.",
        "",
        *_table([("citation", key) for key in SHAPES["citation"].keys]),
        "",
        "```{toctree}",
        ":hidden:",
        "",
        *(page.name for page in PAGES),
        "```",
    ]
    return "\n".join(lines) + "\n"


def _section(part: Part, level: str) -> list[str]:
    rows = keys_of(part)
    lines = [f"{level} {part.title}", "", *([part.words, ""] if part.words else [])]
    lines += [*_table([row for row in rows if row[1].name not in part.advanced]), ""]
    if part.advanced:
        lines += ["For special cases:", "", *_table([row for row in rows if row[1].name in part.advanced]), ""]
    return lines


def _table(rows: list[tuple[str, Key]]) -> list[str]:
    lines = ["| key | takes | meaning | example |", "|---|---|---|---|"]
    for shape, key in rows:
        words, link = MORE.get(f"{shape}.{key.name}") or MORE.get(key.name) or ("", "")
        more = f" See [{words}]({link})." if link else ""
        needed = " **Must be written.**" if key.is_required else ""
        example = example_of(shape, key.name).replace("|", "\\|")
        takes = "a value of its type" if key.name == "default" else _takes(key.kind)
        lines.append(f"| `{key.name}` | {takes} | {key.help}{needed}{more} | `{example}` |")
    return lines


def _takes(kind: Kind) -> str:
    """What a key takes, in words."""
    if kind.scalar == "whole":
        return f"a whole number from {kind.least:,}" + (f" to {kind.most:,}" if kind.most is not None else "")
    if kind.scalar == "expression" and not kind.shape and kind.items is None and kind.entries is None:
        return f"[{kind.words}](../functions.md)"
    return kind.words
