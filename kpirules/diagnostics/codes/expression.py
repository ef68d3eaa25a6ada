"""KR2xx: names, types and expressions."""

from __future__ import annotations

from collections.abc import Iterable

from ..report import did_you_mean, listed
from .catalogue import Say, error, warning


@error("KR200")
def syntax_error(reason: str, help: str = "") -> Say:
    """TODO-PAGE"""
    return Say(f"the expression can't be read: {reason}", help)


@error("KR201")
def unknown_name(name: str, known: Iterable[str], label: str = "", help: str = "") -> Say:
    """TODO-PAGE"""
    return Say(f"unknown name `{name}`", help or did_you_mean(name, known), label)


@error("KR202")
def not_in_the_language(what: str, help: str = "") -> Say:
    """TODO-PAGE"""
    return Say(f"{what} has no meaning in an expression", help)


@error("KR203")
def percent_sign() -> Say:
    """TODO-PAGE"""
    return Say(
        "`%` is the percent sign and stands directly after a number",
        "write `20%` for one fifth, or `mod(a, b)` for the remainder",
    )


@error("KR204")
def too_large(what: str, found: int, limit: int, help: str) -> Say:
    """TODO-PAGE"""
    return Say(f"{what}: {found:,}, and at most {limit:,} are allowed", help)


@error("KR205")
def number_form(text: str, help: str) -> Say:
    """TODO-PAGE"""
    return Say(f"`{text}` is no number of the language", help)


@error("KR206")
def looks_like_a_date(text: str, call: str) -> Say:
    """TODO-PAGE"""
    return Say(
        f"`{text}` would be a subtraction, and looks like a date",
        f"write `{call}` for the date; put spaces around `-` to subtract",
    )


@error("KR207")
def not_a_constant(place: str, help: str) -> Say:
    """TODO-PAGE"""
    return Say(f"{place} is not a literal", help)


@error("KR208")
def constant_out_of_range(place: str, allowed: str) -> Say:
    """TODO-PAGE"""
    return Say(f"{place} is {allowed}, and this is not", "write another number")


@error("KR210")
def unknown_function(name: str, known: Iterable[str]) -> Say:
    """TODO-PAGE"""
    return Say(f"unknown function `{name}`", did_you_mean(name, known))


@error("KR211")
def wrong_arguments(signature: str, problem: str) -> Say:
    """TODO-PAGE"""
    return Say(problem, f"it is written `{signature}`")


@error("KR212")
def function_by_itself(name: str) -> Say:
    """TODO-PAGE"""
    return Say(f"`{name}` is a function, not a value", f"call it: `{name}(…)`")


@error("KR213")
def aggregate_form(name: str, problem: str, example: str) -> Say:
    """TODO-PAGE"""
    return Say(problem, f"`{name}` is written `{example}`")


@error("KR214")
def recursive_function(name: str, cycle: Iterable[str]) -> Say:
    """TODO-PAGE"""
    return Say(
        f"the function `{name}` is defined by itself: {' → '.join(cycle)}",
        "a function is substituted where it is called, so it can't call itself",
    )


@error("KR220")
def type_mismatch(expected: str, found: str, place: str, help: str = "") -> Say:
    """TODO-PAGE"""
    return Say(f"{place} must be a {expected}, and this is a {found}", help)


@error("KR221")
def not_comparable(left: str, right: str, help: str = "") -> Say:
    """TODO-PAGE"""
    return Say(f"a {left} can't be compared with a {right}", help)


@error("KR222")
def no_order(what: str) -> Say:
    """TODO-PAGE"""
    return Say(
        f"a {what} has no order, so `<` and `>=` mean nothing",
        "use `==` or `in`, or give the choice `ordered: best_first` or `worst_first`",
    )


@error("KR223")
def unknown_option(option: str, options: Iterable[str]) -> Say:
    """TODO-PAGE"""
    known = tuple(options)
    return Say(
        f'"{option}" is not one of the options',
        did_you_mean(option, known, f"the options are {listed(known, 'and')}"),
    )


@error("KR224")
def branches_differ(then: str, otherwise: str) -> Say:
    """TODO-PAGE"""
    return Say(
        f"one branch is a {then} and the other a {otherwise}", "both branches give the same kind of value"
    )


@error("KR230")
def unsettled_absence(names: Iterable[str], place: str, ways: str) -> Say:
    """TODO-PAGE"""
    return Say(f"{place} may be absent, because {listed(names, 'and')} may be", ways)


@warning("KR231")
def never_absent(name: str, function: str) -> Say:
    """TODO-PAGE"""
    return Say(
        f"`{name}` is always there, so `{function}` changes nothing",
        "remove the call, or make the input `optional: true`",
    )


@error("KR240")
def not_readable_here(name: str, reason: str) -> Say:
    """TODO-PAGE"""
    return Say(f"`{name}` can't be read here", label=reason)


@error("KR241")
def cycle(names: Iterable[str]) -> Say:
    """TODO-PAGE"""
    return Say(
        f"these read each other in a circle: {' → '.join(names)}", "one of them must stop reading the others"
    )


@warning("KR242")
def unused(kind: str, name: str) -> Say:
    """TODO-PAGE"""
    return Say(
        f"the {kind} `{name}` is read by nothing", "remove it, or `allow: {KR242: reason}` where it stands"
    )


@error("KR250")
def later(what: str) -> Say:
    """TODO-PAGE"""
    return Say(
        f"{what} are part of the language and not of this version of kpirules", "leave them out for now"
    )
