"""KR2xx: names, types and expressions."""

from __future__ import annotations

from collections.abc import Iterable

from ..foreign import foreign_function
from ..report import did_you_mean, listed
from .catalogue import Say, error, warning


@error("KR200")
def syntax_error(reason: str, help: str = "") -> Say:
    """Expression that can't be read.

    **What it checks**

    That an expression follows the grammar: brackets and quotes that close, `if` with `else`, operators
    between values.

    **Why it matters**

    Nothing of it can be guessed: a formula that almost says something says nothing.

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
    """Name that nothing has.

    **What it checks**

    That every name in an expression is an input, parameter or named value of the rulebook, and every field
    one of its record.

    **Why it matters**

    A misspelt name has no value. It would not be zero, and not be absent either.

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
    """Something that expressions cannot say.

    **What it checks**

    That an expression uses only what the language has: numbers, names, arithmetic, comparisons, conditions,
    aggregates and the functions of the reference.

    **Why it matters**

    Expressions are a small part of Python's syntax. What is left out could loop, look at the clock, or mean
    something else to a reader of tables.

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
    """Percent sign away from a number.

    **What it checks**

    That `%` stands directly after a number.

    **Why it matters**

    In Python `%` is the remainder, in a regulation it is the hundredth part. Only one of them can be meant.

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
        "`%` is the percent sign and stands directly after a number",
        "write `20%` for one fifth, or `mod(a, b)` for the remainder",
    )


@error("KR204")
def expression_too_large(what: str, found: int, limit: int, help: str) -> Say:
    """Expression beyond a limit.

    **What it checks**

    That an expression has at most 2,000 characters, 500 parts once functions are substituted, and 50 levels
    of nesting; and that all expressions of a rulebook together have at most 20,000 parts.

    **Why it matters**

    The limits keep every assessment short, and every formula readable: what is larger has parts that
    deserve a name.

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
    return Say(f"{what}: {found:,}, and at most {limit:,} are allowed", help)


@error("KR205")
def number_form(text: str, help: str) -> Say:
    """Number that is written otherwise.

    **What it checks**

    That numbers are written with the digits 0 to 9 and a point, with at most 20 digits and an exponent within ±30.

    **Why it matters**

    `0x1F` and `1_000` are numbers to some readers and none to others. Twenty digits are more than any regulation
    writes.

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

    That no expression has three numbers joined like `2026-01-31`.

    **Why it matters**

    It would be 1994. Whoever wrote it meant a day.

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
    """Value where a literal must stand.

    **What it checks**

    That options after `in`, and the arguments `places`, `to`, `n` and `mode` are literals; the arguments
    may be parameters.

    **Why it matters**

    What a rounding rounds to is part of the rule, not of the subject, and the bounds of every number are
    known before any assessment.

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
    """Constant that a function has no meaning for.

    **What it checks**

    That the places of a rounding are whole and within ±30, that the multiple it rounds to is above 0, and
    that the degree of a root is whole, from 1 to 64.

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

    That everything called is a function of the language, or a function or table of the rulebook.

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

    That a function is given all the arguments it needs, each once and no others.

    **Why it matters**

    `ratio` without `if_zero` would have no answer for a zero denominator, which is the reason it exists.

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
    return Say(problem, f"it is written `{signature}`")


@error("KR212")
def function_by_itself(name: str) -> Say:
    """Function that is not called.

    **What it checks**

    That the name of a function or table is followed by its arguments.

    **Why it matters**

    The function itself is no value.

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
    """Aggregate that is not written as one.

    **What it checks**

    That `sum`, `avg`, `any`, `all`, `share` and their like go through a list or `children.<group>`, one
    level deep, with one `for` and at most one `if`, and that the word after `for` means nothing else.

    **Why it matters**

    There is one way to write an aggregate, so that everybody reads it alike.

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
    return Say(problem, help or f"`{name}` is written `{example}`")


@error("KR214")
def recursive_function(name: str, cycle: Iterable[str]) -> Say:
    """Function that is defined by itself.

    **What it checks**

    That no function of the rulebook calls itself, directly or through others.

    **Why it matters**

    A call is replaced by the formula; one that contains itself would never end.

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
        "a function is substituted where it is called, so it can't call itself",
    )


@error("KR220")
def type_mismatch(expected: str, found: str, place: str, help: str = "") -> Say:
    """Value of another kind than its place asks for.

    **What it checks**

    That numbers stand where numbers are computed with, conditions where something is decided, and so on for
    every place of a rulebook.

    **Why it matters**

    The language converts nothing: a yes is not 1, and a quoted number is a text.

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
    """Comparison of things of different kinds.

    **What it checks**

    That both sides of a comparison are of one kind, and choices of the same options.

    **Why it matters**

    A number never equals a text, so the answer would always be no.

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
    """Comparison of what has no order.

    **What it checks**

    That `<`, `<=`, `>` and `>=` compare numbers, dates, or choices whose options are `ordered`.

    **Why it matters**

    Whether `high` is more than `low` is for the rulebook to say, not for the alphabet.

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
        f"a {what} has no order, so `<` and `>=` mean nothing",
        "use `==` or `in`, or give the choice `ordered: best_first` or `worst_first`",
    )


@error("KR223")
def unknown_option(option: str, options: Iterable[str] | None) -> Say:
    """Option that the choice does not have.

    **What it checks**

    That every option written in an expression, a look-up or a table is one of its choice.

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
    """Branches of different kinds.

    **What it checks**

    That `a if c else b` and `default(a, b)` give one kind of value, whichever way they go.

    **Why it matters**

    What comes after could not know what it works with.

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
    return Say(f"one branch is a {then} and the other a {otherwise}", "both branches give the same kind of value")


OF_NOTHING = " of nothing"
OF_TOO_FEW = " of too few"
"""How a name ends that says an aggregate goes over no records."""


@error("KR230")
def unsettled_absence(names: Iterable[str], place: str, ways: str) -> Say:
    """Value that may be absent where it is used.

    **What it checks**

    That everything that may be absent, such as an optional input or the points of a criterion that can be
    excluded, is settled where it is used: by `default(x, v)`, by `given(x)` before it, or by the `missing`
    of the criterion.

    **Why it matters**

    Absence is not zero, and not no. What it means is for the rulebook to say.

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
        ways += "; a list is not empty behind `count(list) > 0`, or with `min_items: 1`"
    if any(name.endswith(OF_TOO_FEW) for name in names):
        ways += "; enough records are there with a greater `min_items`"
    return Say(f"{place} may be absent, because {listed(names, 'and')} may be", ways)


@warning("KR231")
def never_absent(name: str, function: str) -> Say:
    """Question for absence where nothing can be absent.

    **What it checks**

    That `given(x)` and `default(x, v)` ask about something that may be absent.

    **Why it matters**

    Perhaps an input was to be `optional: true`; else the call says something that cannot happen.

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
        f"`{name}` is always there, so `{function}` changes nothing",
        "remove the call, or make the input `optional: true`",
    )


@error("KR240")
def not_readable_here(name: str, reason: str) -> Say:
    """Name that is known too late, or not here.

    **What it checks**

    That an expression reads only what is known at its place in the order of an assessment: inputs,
    exemptions, validations, criteria, the score and its limits, bands, overrides, outputs.

    **Why it matters**

    An exemption that read the score would need the score of somebody who has none.

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
    """Things that read each other in a circle.

    **What it checks**

    That no named value, criterion or output reads itself, directly or through others. A group reads its
    children, and everything below a group asks whether the group applies.

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

    That every input, field, parameter, named value, table, function and calendar is read by something: an
    expression, an amount, or what an example expects of a named value. An input or field of `type: text` may be
    there for people alone, as the name of a task is.

    **Why it matters**

    Either it is left over, or a formula was to read it and reads another.

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
    return Say(f"the {kind} `{name}` is read by nothing", "remove it, or `allow: {KR242: reason}` where it stands")


@warning("KR243")
def unused_allow(code: str) -> Say:
    """Diagnostic allowed where there is none.

    **What it checks**

    That every code under `allow` is found at that place or below it. It is looked at once the rulebook has no error.

    **Why it matters**

    An exception that outlives its reason would one day hide a mistake.

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
    return Say(f"`allow` names `{code}`, which is not found here", "remove it from `allow`")
