"""KR2xx: names, types and expressions."""

from __future__ import annotations

from collections.abc import Iterable

from ..foreign import foreign_function
from ..phrases import Phrase
from ..report import did_you_mean, listed
from .catalogue import Say, error, warning


@error("KR200")
def syntax_error(reason: str, help: str = "") -> Say:
    """Expression that can't be read.

    **What it checks**

    That an expression follows the grammar: matching brackets and quotes, `else` after `if`, operators between values.

    **Why it matters**

    An incomplete formula can't be guessed.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: "10 * (hours + 2"}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: "10 * (hours + 2)"}
    ```
    """
    return Say(f"the expression can't be read: {reason}", help)


@error("KR201")
def unknown_name(name: str, known: Iterable[str], label: str = "", help: str = "") -> Say:
    """Name that does not exist.

    **What it checks**

    That every name in an expression is an input, parameter or named value of the rulebook, and every field a field of
    its record.

    **Why it matters**

    A misspelt name has no value: neither zero nor absent.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: 10 * hour}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: 10 * hours}
    ```
    """
    return Say(f"unknown name `{name}`", help or did_you_mean(name, known), label)


@error("KR202")
def not_in_the_language(what: str, help: str = "") -> Say:
    """Syntax that expressions don't allow.

    **What it checks**

    That an expression uses only what the language has: numbers, names, arithmetic, comparisons, conditions,
    aggregates and the functions of the reference.

    **Why it matters**

    Expressions are a small part of Python's syntax. The rest could loop, read the clock, or mean something else to a
    reader of tables.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {days: hours // 8}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {days: floor(hours / 8)}
    ```
    """
    return Say(f"{what} is not allowed in an expression", help)


@error("KR203")
def percent_sign() -> Say:
    """Percent sign that is not after a number.

    **What it checks**

    That `%` follows a number directly.

    **Why it matters**

    In Python `%` is the remainder; in a regulation it means hundredths. Here it has only the second meaning.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {rest: "hours % 8"}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {rest: "mod(hours, 8)"}
    ```
    """
    return Say(
        "`%` is the percent sign and must follow a number directly",
        "write `20%` for one fifth, or `mod(a, b)` for the remainder",
    )


@error("KR204")
def expression_too_large(what: str, found: int, limit: int, help: str) -> Say:
    """Expression beyond a limit.

    **What it checks**

    That an expression has at most 2,000 characters, 500 parts after functions are substituted, and 50 levels of
    nesting; and that all expressions of a rulebook together have at most 20,000 parts.

    **Why it matters**

    The limits keep assessments fast and formulas readable: parts of a larger formula deserve names.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    functions:
      twice: {args: [x], value: x + x}
      f: {args: [x], value: twice(twice(twice(twice(twice(twice(twice(twice(x))))))))}
    outputs: {pay: f(hours)}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    functions:
      twice: {args: [x], value: x + x}
      f: {args: [x], value: 128 * twice(x)}
    outputs: {pay: f(hours)}
    ```
    """
    return Say(f"{what}: {found:,}, but at most {limit:,} are allowed", help)


@error("KR205")
def number_form(text: str, help: str) -> Say:
    """Number in an unsupported notation.

    **What it checks**

    That numbers are written with the digits 0 to 9 and a point, with at most 20 digits and an exponent within ±30.

    **Why it matters**

    `0x1F` and `1_000` are numbers only to some readers. No regulation needs more than twenty digits.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: "hours + 0x1F"}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: hours + 31}
    ```
    """
    return Say(f"`{text}` is not a valid number", help)


@error("KR206")
def looks_like_a_date(text: str, call: str) -> Say:
    """Subtraction that looks like a date.

    **What it checks**

    That no expression joins three numbers like `2026-01-31`.

    **Why it matters**

    Its value would be 1994, but a date was meant.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hired: {type: date}}
    outputs: {is_new: hired > 2026-01-31}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hired: {type: date}}
    outputs: {is_new: 'hired > date(2026, 1, 31)'}
    ```
    """
    return Say(
        f"`{text}` looks like a date, but is a subtraction",
        f"write `{call}` for the date; put spaces around `-` to subtract",
    )


@error("KR207")
def not_a_constant(place: str, help: str) -> Say:
    """Value where only a literal is allowed.

    **What it checks**

    That options after `in`, and the arguments `places`, `to`, `n` and `mode`, are literals; the arguments may also be
    parameters.

    **Why it matters**

    The precision of a rounding belongs to the rule, not to the subject, and the bounds of every number are known
    before any assessment.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: 'round(hours, hours)'}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: 'round(hours, 2)'}
    ```
    """
    return Say(f"{place} is not a literal", help)


@error("KR208")
def constant_out_of_range(place: str, allowed: str) -> Say:
    """Constant outside the domain of a function.

    **What it checks**

    That the places of a rounding are whole and within ±30, that its multiple is above 0, and that the degree of a
    root is a whole number from 1 to 64.

    **Why it matters**

    Rounding to a multiple of zero, or to half a place, means nothing.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: 'round(hours, to=0)'}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: 'round(hours, to=0.5)'}
    ```
    """
    return Say(f"{place} must be {allowed}")


@error("KR210")
def unknown_function(name: str, known: Iterable[str]) -> Say:
    """Function that does not exist.

    **What it checks**

    That every called function is a function of the language, or a function or table of the rulebook.

    **Why it matters**

    A misspelt function computes nothing.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: absolute(hours)}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: abs(hours)}
    ```
    """
    return Say(f"unknown function `{name}`", foreign_function(name) or did_you_mean(name, known))


@error("KR211")
def wrong_arguments(signature: str, problem: str) -> Say:
    """Arguments that do not fit the function.

    **What it checks**

    That a call has all arguments that the function needs, each once, and no others.

    **Why it matters**

    `ratio` without `if_zero` would have no value for a zero denominator, which is its purpose.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: 'ratio(10, hours)'}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: 'ratio(10, hours, if_zero=0)'}
    ```
    """
    return Say(problem, f"write `{signature}`")


@error("KR212")
def function_by_itself(name: str) -> Say:
    """Function without a call.

    **What it checks**

    That the name of a function or table is followed by its arguments.

    **Why it matters**

    A function itself is not a value.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: hours + round}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: hours + round(hours)}
    ```
    """
    return Say(f"`{name}` is a function, not a value", f"call it: `{name}(…)`")


@error("KR213")
def aggregate_form(name: str, problem: str, example: str, help: str = "") -> Say:
    """Malformed aggregate.

    **What it checks**

    That `sum`, `avg`, `any`, `all`, `share` and the like iterate over a list or `children.<group>`, one level deep,
    with one `for` and at most one `if`, and that the word after `for` has no other meaning.

    **Why it matters**

    There is one way to write an aggregate, so that everyone reads it the same way.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {tasks: {type: list, fields: {hours: {type: number, min: 0, max: 100}}}}
    outputs: {total: sum(tasks)}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {tasks: {type: list, fields: {hours: {type: number, min: 0, max: 100}}}}
    outputs: {total: sum(t.hours for t in tasks)}
    ```
    """
    return Say(problem, help or f"write `{example}`")


@error("KR214")
def recursive_function(name: str, cycle: Iterable[str]) -> Say:
    """Recursive function.

    **What it checks**

    That no function of the rulebook calls itself, directly or through others.

    **Why it matters**

    A call is replaced by the formula; a recursive one would never end.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    functions:
      pay: {args: [x], value: 10 + pay(x)}
    outputs: {total: pay(hours)}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    functions:
      pay: {args: [x], value: 10 + x}
    outputs: {total: pay(hours)}
    ```
    """
    return Say(
        f"the function `{name}` calls itself: {' → '.join(cycle)}",
        "functions are substituted where they are called, so they can't be recursive",
    )


@error("KR220")
def type_mismatch(expected: str, found: str, place: str, help: str = "") -> Say:
    """Value of the wrong type for its place.

    **What it checks**

    That numbers are used in arithmetic, conditions in decisions, and so on for every place of a rulebook.

    **Why it matters**

    The language converts nothing: true is not 1, and a quoted number is a text.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {late: {type: boolean}}
    outputs: {penalty: 10 * late}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {late: {type: boolean}}
    outputs: {penalty: 10 if late else 0}
    ```
    """
    return Say(f"{place} must be a {expected}, not a {found}", help)


@error("KR221")
def not_comparable(left: str, right: str, help: str = "") -> Say:
    """Comparison of different types.

    **What it checks**

    That both sides of a comparison have the same type; choices must have the same options.

    **Why it matters**

    A number never equals a text, so the result would always be false.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {is_full: hours == '40'}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {is_full: hours == 40}
    ```
    """
    return Say(f"a {left} can't be compared with a {right}", help)


@error("KR222")
def no_order(what: str) -> Say:
    """Comparison of values without an order.

    **What it checks**

    That `<`, `<=`, `>` and `>=` compare numbers, dates, or choices whose options are `ordered`.

    **Why it matters**

    The rulebook decides whether `high` is more than `low`, not the alphabet.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {grade: {type: choice, options: [high, middle, low]}}
    outputs: {is_fine: 'grade >= "middle"'}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {grade: {type: choice, options: [high, middle, low], ordered: best_first}}
    outputs: {is_fine: 'grade >= "middle"'}
    ```
    """
    return Say(
        f"a {what} has no order, so none of its values is greater than another",
        "give a choice `ordered: best_first` or `worst_first`, or test it for equality",
    )


@error("KR223")
def unknown_option(option: str, options: Iterable[str] | None) -> Say:
    """Option that a choice does not have.

    **What it checks**

    That every option in an expression, a lookup or a table belongs to its choice.

    **Why it matters**

    A misspelt option is never chosen, so its rule would never apply.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {grade: {type: choice, options: [high, middle, low]}}
    outputs: {is_best: 'grade == "hihg"'}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {grade: {type: choice, options: [high, middle, low]}}
    outputs: {is_best: 'grade == "high"'}
    ```
    """
    problem = f'"{option}" is not one of the options'
    if options is None:
        return Say(problem)
    known = tuple(options)
    return Say(problem, did_you_mean(option, known, f"the options are {listed(known, 'and')}"))


@error("KR224")
def branches_differ(then: str, otherwise: str) -> Say:
    """Branches of different types.

    **What it checks**

    That both branches of `a if c else b` and of `default(a, b)` have the same type.

    **Why it matters**

    Otherwise the type of the result would be unknown.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: hours if hours > 8 else 'none'}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: hours if hours > 8 else 0}
    ```
    """
    return Say(f"one branch is a {then} and the other a {otherwise}", "make both branches the same type")


OF_NOTHING = " of nothing"
OF_TOO_FEW = " of too few"
"""Suffixes of the names of aggregates over no records, or over too few."""


@error("KR230")
def unsettled_absence(names: Iterable[str], place: str, ways: str) -> Say:
    """Value that may be absent where it is used.

    **What it checks**

    That a value which may be absent, such as an optional input or the points of a criterion that can be excluded, is
    handled where it is used: by `default(x, v)`, by `given(x)` before it, or by `missing` of the criterion.

    **Why it matters**

    Absent is neither zero nor false. The rulebook decides what it means.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 40, optional: true}}
    criteria: {presence: {max: 40, points: hours}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 40, optional: true}}
    criteria: {presence: {max: 40, points: hours, missing: zero}}
    ```
    """
    names = tuple(names)
    if any(name.endswith(OF_NOTHING) for name in names):
        ways += "; a list is not empty after `count(list) > 0`, or with `min_items: 1`"
    if any(name.endswith(OF_TOO_FEW) for name in names):
        ways += "; a greater `min_items` ensures enough records"
    return Say(f"{place} may be absent, because {listed(names, 'and')} may be absent", ways)


@warning("KR231")
def never_absent(name: str, function: str) -> Say:
    """Test for absence of a value that is never absent.

    **What it checks**

    That `given(x)` and `default(x, v)` are used on values that may be absent.

    **Why it matters**

    Perhaps an input should be `optional: true`; otherwise the call tests an impossible case.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: '10 * default(hours, 0)'}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {hours: {type: number, min: 0, max: 100}}
    outputs: {pay: 10 * hours}
    ```
    """
    return Say(
        f"`{name}` is never absent, so `{function}` has no effect",
        "remove the call, or make the input `optional: true`",
    )


@error("KR240")
def not_readable_here(name: str, reason: str) -> Say:
    """Name that is not known in its place.

    **What it checks**

    That an expression reads only names that are known at its stage of an assessment, in this order: inputs,
    exemptions, validations, criteria, the score and its limits, bands, overrides, outputs.

    **Why it matters**

    An exemption that reads the score would need the score of a subject that has none.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 10, entered: {step: 1}}}
    exemptions: {top: {when: points.quality > 9, status: exempt}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 10, entered: {step: 1}}}
    exemptions: {top: {when: quality > 9, status: exempt}}
    ```
    """
    return Say(f"`{name}` can't be read here", label=reason)


@error("KR241")
def cycle(names: Iterable[str]) -> Say:
    """Circular reference.

    **What it checks**

    That no named value, criterion or output reads itself, directly or through others. A group reads its children, and
    everything below a group reads whether the group applies.

    **Why it matters**

    None of them could be computed first.

    **Fails**

    ```yaml
    kpirules: 1
    let: {a: b + 1, b: a - 1}
    outputs: {pay: a}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    let: {a: b + 1, b: 2 - 1}
    outputs: {pay: a}
    ```
    """
    return Say(f"circular reference: {' → '.join(names)}", "remove one of these references")


@warning("KR242")
def unused(kind: str, name: str) -> Say:
    """Declaration that nothing reads.

    **What it checks**

    That every input, field, parameter, named value, table, function and calendar is read: by an expression, by an
    amount, or by an example that expects a named value. An input or field of `type: text` may be for people only,
    such as the name of a task.

    **Why it matters**

    Either it is obsolete, or a formula reads the wrong name.

    **Fails**

    ```yaml
    kpirules: 1
    inputs:
      hours: {type: number, min: 0, max: 100}
      bonus: {type: number, min: 0, max: 100}
    outputs: {pay: 10 * hours}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs:
      hours: {type: number, min: 0, max: 100}
      bonus: {type: number, min: 0, max: 100}
    outputs: {pay: 10 * hours + bonus}
    ```
    """
    help = "remove it, or `allow: {KR242: reason}` in its place"
    wording = Phrase.of("page_open_KR242", name=f"`{name}`")
    return Say(f"the {kind} `{name}` is never read", help, wording=wording)


@warning("KR243")
def unused_allow(code: str) -> Say:
    """Allowed diagnostic that does not occur.

    **What it checks**

    That every code in `allow` is found at its place or below. This is checked once the rulebook has no errors.

    **Why it matters**

    An obsolete exception could hide a later mistake.

    **Fails**

    ```yaml
    kpirules: 1
    inputs:
      hours: {type: number, min: 0, max: 100, allow: {KR242: for next year}}
    outputs: {pay: 10 * hours}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs:
      hours: {type: number, min: 0, max: 100}
    outputs: {pay: 10 * hours}
    ```
    """
    return Say(f"`allow` names `{code}`, which does not occur here", "remove it from `allow`")
