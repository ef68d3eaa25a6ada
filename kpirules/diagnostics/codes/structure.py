"""KR120 to KR199: documents that are not rulebooks."""

from __future__ import annotations

from collections.abc import Iterable

from ...kernel.brief import shortened
from ..foreign import foreign_word
from ..report import did_you_mean, listed, with_point
from .catalogue import Say, error

__all__ = [
    "band_named_like",
    "criterion_twice",
    "default_not_allowed",
    "empty_text",
    "empty_value",
    "ends_reversed",
    "keys_exclude",
    "knots_not_ascending",
    "misplaced_key",
    "missing_key",
    "missing_max",
    "name_taken",
    "named_twice",
    "no_amount",
    "no_constant",
    "no_language",
    "no_options",
    "no_points_at_all",
    "no_reason",
    "none_of",
    "not_allowable",
    "number_outside",
    "parameter_of_another_kind",
    "reserved_id",
    "reserved_status",
    "rest_before_the_end",
    "too_few",
    "unknown_band",
    "unknown_code",
    "unknown_example",
    "unknown_version",
    "unknown_word",
    "unusable_id",
    "wrong_kind_of_value",
]


@error("KR120")
def missing_key(key: str, of: str, meaning: str) -> Say:
    """Missing key.

    **What it checks**

    That every mapping has its required keys.

    **Why it matters**

    A missing value can't be guessed.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {worked: {min: 0, max: 12}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {worked: {type: integer, min: 0, max: 12}}
    ```
    """
    return Say(f"{of} needs the key `{key}`", f"write `{key}`: {meaning[:1].lower()}{meaning[1:].rstrip('.')}")


@error("KR121")
def wrong_kind_of_value(place: str, expected: str, found: str, help: str = "") -> Say:
    """Value of the wrong type.

    **What it checks**

    That a value is a number, a text, a list or a mapping as its place requires.

    **Why it matters**

    A list instead of a number, or a number instead of a condition, has no meaning.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: [70], rate: 0.9}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 70, rate: 0.9}}
    ```
    """
    return Say(f"{place} must be {expected}, not {found}", help)


@error("KR122")
def empty_value(key: str) -> Say:
    """Key without a value.

    **What it checks**

    That every key has a value. `null` is a value only in `given` and `expect` of an example.

    **Why it matters**

    An empty value is usually a forgotten one. It is never read as zero, false or absent.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 70, rate: }}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 70, rate: 0.9}}
    ```
    """
    return Say(f"{key} has no value", "write a value, or remove the line")


@error("KR123")
def unknown_word(word: str, place: str, words: Iterable[str]) -> Say:
    """Unknown word.

    **What it checks**

    That keys such as `type`, `combine`, `missing` and `mode` have a word that the language defines.

    **Why it matters**

    A misspelt policy would have no effect.

    **Fails**

    ```yaml
    kpirules: 1
    score: {combine: average}
    criteria: {quality: {max: 10, rate: 0.9}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    score: {combine: mean}
    criteria: {quality: {rate: 0.9}}
    ```
    """
    known = tuple(words)
    otherwise = f"the allowed words are {listed(known, 'and')}" if len(known) > 1 else f"write `{known[0]}`"
    meant = foreign_word(word, known)
    remedy = f"did you mean `{meant}`?" if meant else did_you_mean(word, known, otherwise)
    return Say(f"`{shortened(word)}` is not a valid value of {place}", remedy)


@error("KR125")
def unknown_version(found: str) -> Say:
    """Unknown version of the language.

    **What it checks**

    That `kpirules` is 1, the only version of the language.

    **Why it matters**

    Another version may give the same words other meanings.

    **Fails**

    ```yaml
    kpirules: 2
    ```

    **Passes**

    ```yaml
    kpirules: 1
    ```
    """
    return Say(f"version `{shortened(found)}` of the language is unknown", "write `kpirules: 1`")


@error("KR126")
def unusable_id(id: str, near: str, *, is_cased: bool = False) -> Say:
    """Id with characters other than letters, digits and `_`.

    **What it checks**

    That every id begins with a letter a-z, followed by letters a-z, digits and `_`. Ids of bands and
    statuses may have uppercase letters. Later parts of a dotted id may begin with a digit: `vn.2025`.

    **Why it matters**

    Ids are used in expressions, results and file formats. Texts for people belong in `label`.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {Kỷ luật: {max: 10, entered: {step: 1}}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {ky_luat: {label: Kỷ luật, max: 10, entered: {step: 1}}}
    ```
    """
    letters = "letters a-z and A-Z" if is_cased else "lowercase letters a-z"
    help = f"write `{near}`" if near else f"an id has only {letters}, digits and `_`"
    return Say(f"`{shortened(id)}` cannot be an id", f"{help}; write the text for people in `label`")


@error("KR127")
def reserved_id(id: str, why: str) -> Say:
    """Id that is reserved in expressions.

    **What it checks**

    - Inputs, parameters, `let`, tables, functions, calendars and arguments have no reserved name, such as `score` or
      `points`, and no name that is a word of the expression syntax.
    - Tables and functions do not have the name of a built-in function.
    - No criterion is named `score`.

    **Why it matters**

    An expression could not read such a name.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {score: {type: number, min: 0, max: 100}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {test_score: {type: number, min: 0, max: 100}}
    ```
    """
    return Say(f"`{id}` cannot be a name here: it is {why}", "choose another name")


@error("KR128")
def name_taken(id: str, kind: str, first_kind: str, first_line: int) -> Say:
    """Name that is used twice.

    **What it checks**

    That inputs, parameters, `let`, tables, functions and calendars have unique names, because they share one
    namespace. An `entered` criterion declares an input with its own id. The `column` of an input is not the id or
    column of another input.

    **Why it matters**

    An expression that reads the name, or data that give it, could mean either.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {quality: {type: number, min: 0, max: 1}}
    let: {quality: 0.5}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {quality: {type: number, min: 0, max: 1}}
    let: {half_quality: quality / 2}
    ```
    """
    return Say(
        f"the name `{id}` is taken",
        f"rename this {kind}",
        f"this {kind} has the same name as the {first_kind}"
        if kind != first_kind
        else f"a second {kind} of this name",
        (f"the {first_kind} `{id}` is in line {first_line}",),
    )


@error("KR129")
def criterion_twice(id: str, first_line: int) -> Say:
    """Two criteria with the same id.

    **What it checks**

    That the id of a criterion is unique in the whole tree, not only in its group.

    **Why it matters**

    `points.quality` must mean one criterion.

    **Fails**

    ```yaml
    kpirules: 1
    criteria:
      work: {criteria: {quality: {max: 10, rate: 0.5}}}
      conduct: {criteria: {quality: {max: 10, rate: 0.5}}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria:
      work: {criteria: {work_quality: {max: 10, rate: 0.5}}}
      conduct: {criteria: {conduct_quality: {max: 10, rate: 0.5}}}
    ```
    """
    return Say(
        f"duplicate criterion `{id}`",
        "rename one of the two",
        notes=(f"first written in line {first_line}",),
    )


@error("KR130")
def band_named_like(id: str, kind: str, line: int) -> Say:
    """Band with the name of an input or a `let`.

    **What it checks**

    That no band has the id of an input or of a named value.

    **Why it matters**

    `band_at_most: good` could mean the band, or an expression that reads the input.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {good: {type: boolean}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {good: {from: 50}, poor: {from: 0}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {is_good: {type: boolean}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {good: {from: 50}, poor: {from: 0}}
    ```
    """
    return Say(f"the band `{id}` has the same name as the {kind} in line {line}", "rename one of the two")


@error("KR131")
def keys_exclude(found: Iterable[str]) -> Say:
    """Keys that exclude each other.

    **What it checks**

    That a mapping does not have two keys of which only one can apply: `from` and `above`, `rate` and `met`, `band`
    and `unrated`.

    **Why it matters**

    There is no way to know which of them applies.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 10, rate: 0.5, met: 1 > 0}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 10, rate: 0.5}}
    ```
    """
    return Say(f"{listed(found, 'and')} exclude each other", "keep one of them")


@error("KR132")
def none_of(of: str, choices: Iterable[str]) -> Say:
    """Mapping without its defining key.

    **What it checks**

    That a criterion says how it earns points, a row what it gives, an override what it does, and a rounding its step.

    **Why it matters**

    Without it nothing can be computed.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 10}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 10, entered: {step: 1}}}
    ```
    """
    return Say(f"{of} needs {'one of ' if len(tuple(choices)) > 1 else ''}{listed(choices)}")


@error("KR133")
def misplaced_key(key: str, reason: str, help: str = "") -> Say:
    """Key that has no meaning beside the others.

    **What it checks**

    That keys of a group are used in groups, keys of a leaf in leaves, and tables with the `measure` that they
    convert to points.

    **Why it matters**

    A key without an effect misleads its readers.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 10, rate: 0.5, combine: mean}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 10, rate: 0.5}}
    ```
    """
    return Say(f"`{key}` cannot be used here: {reason}", help)


@error("KR134")
def missing_max(id: str) -> Say:
    """Leaf of a sum without `max`.

    **What it checks**

    That every leaf of a sum writes its `max`, except one whose `points` are an expression.

    **Why it matters**

    The max of a sum is the sum of its children's. A rate of an unknown max gives no points.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {rate: 0.9}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 70, rate: 0.9}}
    ```
    """
    return Say(f"the max of `{id}` is unknown", "write `max`: the most points it can earn")


@error("KR135")
def ends_reversed(what: str, lower: str, upper: str, why: str = "") -> Say:
    """Empty range.

    **What it checks**

    That the ends of a domain, of a criterion's limits, of a row and of a band allow at least one number; in a domain,
    one on its grid. That a list can have `min_items` records that differ in their `unique` fields.

    **Why it matters**

    No value could lie inside.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {good: {from: 90, below: 50}, poor: {from: 0}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {good: {from: 50, to: 90}, poor: {from: 0}}
    ```
    """
    if why:
        return Say(f"{what} has no valid value: {why}", f"write {lower}, or {upper}")
    return Say(f"{what} is empty: it runs from {lower} to {upper}", "swap the ends, or correct one of them")


@error("KR136")
def no_amount(text: str, known: Iterable[str]) -> Say:
    """Text instead of a number or the name of a parameter.

    **What it checks**

    That max, weight, thresholds, knots and points are a number, a percentage, a quotient such as `1/3`, or the name
    of a parameter.

    **Why it matters**

    These are the constants of a regulation, which its reviewers expect in one place.

    **Fails**

    ```yaml
    kpirules: 1
    parameters: {most: 70}
    criteria: {quality: {max: mots, rate: 0.9}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    parameters: {most: 70}
    criteria: {quality: {max: most, rate: 0.9}}
    ```
    """
    return Say(
        f"`{shortened(text)}` is neither a number nor a parameter",
        with_point(text) or did_you_mean(text, known, "write a number, or name a formula in `parameters`"),
    )


@error("KR137")
def number_outside(place: str, found: str, allowed: str) -> Say:
    """Number out of range.

    **What it checks**

    That counts and places are whole, and that steps and multiples are above zero.

    **Why it matters**

    Half a decimal place or a step of zero means nothing.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 24, step: 0}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 24, step: 0.25}}
    ```
    """
    return Say(f"{place} is {found}", f"write {allowed}")


@error("KR138")
def knots_not_ascending(before: str, after: str) -> Say:
    """Scale whose pairs do not ascend.

    **What it checks**

    That the first numbers of the pairs of a `scale` increase.

    **Why it matters**

    If two pairs had the same first number, or the scale turned back, one measure would have several values.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {delay: {type: integer, min: 0, max: 50}}
    criteria: {speed: {max: 10, measure: delay, scale: [[50, 0], [0, 10]]}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {delay: {type: integer, min: 0, max: 50}}
    criteria: {speed: {max: 10, measure: delay, scale: [[0, 10], [50, 0]]}}
    ```
    """
    return Say(
        f"{after} comes after {before} in the scale", "order the pairs by their first number, without duplicates"
    )


@error("KR139")
def rest_before_the_end(row: int, what: str = "row") -> Say:
    """Row without a condition before the end.

    **What it checks**

    That only the last row of `steps` has none of `from`, `above`, `to`, `below` and `equals`.

    **Why it matters**

    Rows are tried in order, so no row after it can apply.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {rate: {type: number, min: 0, max: 100}}
    criteria: {quality: {max: 10, measure: rate, steps: [{points: 0}, {from: 90, points: 10}]}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {rate: {type: number, min: 0, max: 100}}
    criteria: {quality: {max: 10, measure: rate, steps: [{from: 90, points: 10}, {points: 0}]}}
    ```
    """
    return Say(
        f"{what} {row} always applies, but other {what}s follow it", "move it to the end, or give it a condition"
    )


@error("KR140")
def named_twice(what: str, name: str, first: str = "") -> Say:
    """Duplicate in a list.

    **What it checks**

    That options, arguments, unique fields, example names, and the stages and columns of a list have no duplicates.
    Bands, the options of one input, and statuses differ in more than case.

    **Why it matters**

    A duplicate has no effect, or another word was meant.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {level: {type: choice, options: [high, low, high]}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {level: {type: choice, options: [high, middle, low]}}
    ```
    """
    same = "" if first in ("", name) else f"it differs from `{shortened(first)}` only in case"
    return Say(f"duplicate {what} `{shortened(name)}`", "remove one, or rename it", same)


@error("KR141")
def default_not_allowed(found: str, why: str) -> Say:
    """Default that its input does not allow.

    **What it checks**

    That `default` is a value of the input's type and domain.

    **Why it matters**

    It replaces an absent value, so it must be an allowed value.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {worked: {type: integer, min: 0, max: 12, default: 13}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {worked: {type: integer, min: 0, max: 12, default: 12}}
    ```
    """
    return Say(f"the default {found} is not allowed by the input", why)


@error("KR142")
def no_options(name: str, known: Iterable[str]) -> Say:
    """Reference to options that do not exist.

    **What it checks**

    That `options` and `gives` name `bands`, a choice input, or a table that gives a choice.

    **Why it matters**

    There are no options to use.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {last_year: {type: choice, options: bands}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {last_year: {type: choice, options: bands}}
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {good: {from: 50}, poor: {from: 0}}
    ```
    """
    return Say(f"`{shortened(name)}` has no options", did_you_mean(name, known, "write the options: `[high, low]`"))


@error("KR143")
def unknown_example(name: str, known: Iterable[str]) -> Say:
    """`like` with an example that does not exist.

    **What it checks**

    That `like` names another example of the same file.

    **Why it matters**

    Its `given` can't be copied.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {worked: {type: integer, min: 0, max: 12}}
    examples:
      - {name: whole year, given: {worked: 12}, expect: {status: rated}}
      - {name: half year, like: whole yaer, given: {worked: 6}, expect: {status: rated}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {worked: {type: integer, min: 0, max: 12}}
    examples:
      - {name: whole year, given: {worked: 12}, expect: {status: rated}}
      - {name: half year, like: whole year, given: {worked: 6}, expect: {status: rated}}
    ```
    """
    return Say(f"there is no example `{shortened(name)}`", did_you_mean(name, known))


@error("KR144")
def unknown_band(name: str, known: Iterable[str]) -> Say:
    """Band that does not exist.

    **What it checks**

    That `band`, `band_at_most` and `band_at_least` name a band of the rulebook.

    **Why it matters**

    The override would have no band to give.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {good: {from: 50}, poor: {from: 0}}
    overrides: {veto: {when: quality < 10, band: por}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 100, entered: {step: 1}}}
    bands: {good: {from: 50}, poor: {from: 0}}
    overrides: {veto: {when: quality < 10, band: poor}}
    ```
    """
    bands = tuple(known)
    otherwise = f"the bands are {listed(bands, 'and')}" if bands else "the rulebook has no `bands`"
    return Say(f"there is no band `{shortened(name)}`", did_you_mean(name, bands, otherwise))


@error("KR145")
def unknown_code(code: str, known: Iterable[str]) -> Say:
    """Unknown code.

    **What it checks**

    That every key of `allow` is a code of this version.

    **Why it matters**

    The intended exception has no effect, and a later reader believes that it has.

    **Fails**

    ```yaml
    kpirules: 1
    allow: {KR999: decided in 2026}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    allow: {KR242: kept for the next edition}
    ```
    """
    return Say(
        f"there is no diagnostic `{shortened(code)}`",
        did_you_mean(code.upper(), known, "write a code such as `KR242`"),
    )


@error("KR146")
def not_allowable(code: str, title: str) -> Say:
    """Error that can't be allowed.

    **What it checks**

    That `allow` names only diagnostics with which the rulebook still has one meaning.

    **Why it matters**

    After most errors nothing can be computed.

    **Fails**

    ```yaml
    kpirules: 1
    allow: {KR121: we like it so}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    allow: {KR242: kept for the next edition}
    ```
    """
    return Say(f"`{code}` can't be allowed ({title[:1].lower()}{title[1:]})", "correct what it reports")


@error("KR147")
def no_reason(code: str) -> Say:
    """Allowed diagnostic without a reason.

    **What it checks**

    That every entry of `allow` gives its reason as a text.

    **Why it matters**

    A later reader must be able to distinguish a decision from an oversight.

    **Fails**

    ```yaml
    kpirules: 1
    allow: {KR242: ""}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    allow: {KR242: kept for the next edition}
    ```
    """
    return Say(f"`{shortened(code)}` is allowed without a reason", "write the reason")


@error("KR148")
def reserved_status(status: str) -> Say:
    """Reserved status.

    **What it checks**

    That exemptions and overrides do not give `rated`, `undefined`, `insufficient` or `undecided`.

    **Why it matters**

    These statuses describe an assessment; a status of the regulation must differ from them.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {worked: {type: integer, min: 0, max: 12}}
    exemptions: {short: {when: worked < 6, status: undefined}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {worked: {type: integer, min: 0, max: 12}}
    exemptions: {short: {when: worked < 6, status: not_classified}}
    ```
    """
    return Say(f"the status `{status}` is built in", "choose another word, such as `not_classified`")


@error("KR149")
def no_constant(id: str, reason: str) -> Say:
    """Parameter without a value.

    **What it checks**

    That every parameter can be computed: without division by zero, roots of negative numbers, or impossible dates.

    **Why it matters**

    A parameter is a constant, so its error affects every subject.

    **Fails**

    ```yaml
    kpirules: 1
    parameters: {part: 1 / 0}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    parameters: {part: 1 / 3}
    ```
    """
    return Say(f"the parameter `{id}` has no value: {reason}")


@error("KR150")
def too_few(place: str, least: int, what: str) -> Say:
    """List or mapping with too few entries.

    **What it checks**

    That a group has criteria, a scale two pairs, a choice options, and a pair two numbers.

    **Why it matters**

    With fewer there is nothing to compute, or no line to draw.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {work: {criteria: {}}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {work: {criteria: {quality: {max: 10, entered: {step: 1}}}}}
    ```
    """
    return Say(f"{place} has {what}", f"at least {least} {'is' if least == 1 else 'are'} needed")


@error("KR151")
def no_language(tag: str) -> Say:
    """Text without a valid language tag.

    **What it checks**

    That texts by language have tags such as `vi`, `en` or `en-GB`.

    **Why it matters**

    Explanations select the text by the reader's language.

    **Fails**

    ```yaml
    kpirules: 1
    title: {vietnamese text: Đánh giá}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    title: {vi: Đánh giá}
    ```
    """
    return Say(f"`{shortened(tag)}` is not a language tag", "write a tag such as `vi` or `en-GB`")


@error("KR152")
def no_points_at_all() -> Say:
    """Score without criteria.

    **What it checks**

    That a rulebook with `score` has `criteria`, or `points` in the score.

    **Why it matters**

    The score would always be zero.

    **Fails**

    ```yaml
    kpirules: 1
    score: {max: 100}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    score: {max: 100}
    criteria: {quality: {max: 100, rate: 0.9}}
    ```
    """
    return Say("the score has no criteria and no formula", "write `criteria`, or `points` in the score")


@error("KR153")
def parameter_of_another_kind(name: str, found: str) -> Say:
    """Parameter of the wrong type.

    **What it checks**

    That a parameter used as a number is a number.

    **Why it matters**

    A date or a text can't be compared with points.

    **Fails**

    ```yaml
    kpirules: 1
    parameters: {most: "'ten'"}
    criteria: {quality: {max: most, rate: 0.9}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    parameters: {most: 10}
    criteria: {quality: {max: most, rate: 0.9}}
    ```
    """
    return Say(f"expected a number, but the parameter `{name}` is a {found}")


@error("KR154")
def empty_text(place: str) -> Say:
    """Empty text.

    **What it checks**

    That labels, notes and citations are not empty.

    **Why it matters**

    An empty label would hide the id.

    **Fails**

    ```yaml
    kpirules: 1
    title: ""
    ```

    **Passes**

    ```yaml
    kpirules: 1
    title: Review of staff
    ```
    """
    return Say(f"{place} is an empty text", "write one, or remove the line")
