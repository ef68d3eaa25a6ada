"""KR52x and KR53x: overlays, which are extended documents, variants and amendments."""

from __future__ import annotations

from collections.abc import Iterable

from ...kernel.brief import shortened
from ..report import did_you_mean, listed
from .catalogue import Say, error, warning

__all__ = [
    "already_so",
    "base_unread",
    "date_needed",
    "empty_in_overlay",
    "extends_nowhere",
    "extends_without_end",
    "not_in_force",
    "not_in_overlay",
    "removes_absent",
    "replaces_absent",
    "same_day",
    "too_many_versions",
    "unknown_variant",
    "unusable_edition_by",
    "unusable_variant_by",
    "variant_needed",
]


@error("KR520")
def extends_nowhere() -> Say:
    """Path of an extended document that begins nowhere.

    **What it checks**

    That `extends` stands in a file. Its path begins at the folder of the file that writes it, and a text or
    mapping has none.

    **Why it matters**

    Whatever folder the program happens to run in would decide which rules are extended.

    **Fails**

    ```yaml
    kpirules: 1
    extends: city.kpi.yaml
    ```

    **Passes**

    ```yaml
    # in the file district.kpi.yaml, beside city.kpi.yaml
    kpirules: 1
    extends: city.kpi.yaml
    ```
    """
    return Say(
        "a text or mapping extends nothing: the path begins at the folder of a file",
        "write the rulebook to a file beside the other one, and load that",
    )


@error("KR521")
def base_unread(name: str, reason: str, help: str) -> Say:
    """Extended document that can't be read.

    **What it checks**

    That the file named by `extends` is there and is a rulebook of at most 1 MiB. Its path is relative, and stays
    below the folder of the first document, also after links are followed. `--root`, in Python `root=`, names a
    folder further up.

    **Why it matters**

    Without it most of the rules are missing. And a rulebook that comes from elsewhere must not decide which files
    of a machine are read, or shown in reports: what is not a rulebook is never quoted.

    **Fails**

    ```yaml
    # there is no such file
    kpirules: 1
    extends: ctiy.kpi.yaml
    ```

    **Passes**

    ```yaml
    # in the file district.kpi.yaml, beside city.kpi.yaml
    kpirules: 1
    extends: city.kpi.yaml
    ```
    """
    return Say(
        f"the extended document {shortened(name)} can't be read: {reason}",
        help,
    )


@error("KR522")
def extends_without_end(names: Iterable[str], most: int) -> Say:
    """Documents that extend each other without end.

    **What it checks**

    That the way from a document to the one it extends, and on, comes to an end, after at most 10 documents.

    **Why it matters**

    There is no first document that the others would change. A long line of changes is understood by nobody.

    **Fails**

    ```yaml
    # in the file city.kpi.yaml
    kpirules: 1
    extends: city.kpi.yaml
    ```

    **Passes**

    ```yaml
    # in the file district.kpi.yaml, beside city.kpi.yaml
    kpirules: 1
    extends: city.kpi.yaml
    ```
    """
    line = list(names)
    way = " → ".join(map(shortened, line))
    if len(set(line)) < len(line):
        return Say(f"documents extend each other in a circle: {way}", "one of them must not extend another")
    return Say(f"more than {most} documents extend each other: {way}", "merge some of them")


@error("KR523")
def not_in_overlay(key: str, of: str) -> Say:
    """Key that a change can't have.

    **What it checks**

    That a variant and the `change` of an amendment write what they change, and none of the keys that never
    merge or choose what is merged: `kpirules`, `extends`, `variants`, `variant_by`, `amendments` of an
    amendment, `edition_by` and `examples`.

    **Why it matters**

    What is merged would depend on what it is merged with.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {post: {type: choice, options: [staff, head]}}
    variant_by: post
    variants:
      staff: {}
      head: {examples: []}
    outputs: {is_head: post == "head"}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {post: {type: choice, options: [staff, head]}}
    variant_by: post
    variants: {staff: {}, head: {}}
    outputs: {is_head: post == "head"}
    ```
    """
    return Say(f"`{key}` has no place in {of}", "write it at the top level of the rulebook")


@error("KR524")
def removes_absent(path: str, near: Iterable[str]) -> Say:
    """Removal of something that is not there.

    **What it checks**

    That `null` in an overlay stands for something the rulebook has before the overlay is merged. It is
    enough where that is so for one variant or edition that the overlay is part of.

    **Why it matters**

    A misspelt name would leave in force what should be removed.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 60, entered: {step: 1}}, speed: {max: 40, entered: {step: 1}}}
    variants: {head: {criteria: {sped: null}}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 60, entered: {step: 1}}, speed: {max: 40, entered: {step: 1}}}
    variants: {head: {criteria: {speed: null}}}
    ```
    """
    return Say(
        f"`{path}` can't be removed: it is not there",
        did_you_mean(path.rpartition(".")[2], near, "remove the line"),
    )


@warning("KR525")
def already_so(path: str) -> Say:
    """Change to what is so already.

    **What it checks**

    That an overlay sets values to what they are not yet. It is enough where it changes something for one
    variant or edition that it is part of.

    **Why it matters**

    The line changes nothing, and will hide a later change of the rules below it.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 60, entered: {step: 1}}}
    variants: {head: {criteria: {quality: {max: 60}}}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 60, entered: {step: 1}}}
    variants: {head: {criteria: {quality: {max: 70}}}}
    ```
    """
    return Say(f"`{path}` is so already", "remove the line, or write what it should become")


@error("KR526")
def empty_in_overlay(path: str) -> Say:
    """Overlay that leaves a value empty.

    **What it checks**

    That every key of an overlay has a value. Only the word `null` removes what it stands for.

    **Why it matters**

    A line whose value was forgotten would remove a rule.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 60, entered: {step: 1}}}
    variants: {head: {criteria: {quality: }}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 60, entered: {step: 1}}, speed: {max: 40, entered: {step: 1}}}
    variants: {head: {criteria: {speed: null}}}
    ```
    """
    return Say(f"`{path}` is empty", "write its value, or `null` to remove it; `{}` for no changes")


@error("KR527")
def replaces_absent(path: str) -> Say:
    """Replacement of something that is not there.

    **What it checks**

    That a map with `replace: true` stands where the rulebook has one.

    **Why it matters**

    A misspelt name would add a second map beside the one that should be replaced.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 60, entered: {step: 1}}}
    variants: {head: {criteria: {qualty: {replace: true, max: 60, entered: {step: 2}}}}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 60, entered: {step: 1}}}
    variants: {head: {criteria: {quality: {replace: true, max: 60, entered: {step: 2}}}}}
    ```
    """
    return Say(f"`{path}` can't be replaced: it is no map of the rulebook", "remove `replace`, or correct the name")


@error("KR530")
def unknown_variant(name: str, known: Iterable[str]) -> Say:
    """Variant that does not exist.

    **What it checks**

    That the variant that is asked for, or named by `like`, is one of the rulebook or of a document that it
    extends.

    **Why it matters**

    There are no rules by that name.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 60, entered: {step: 1}}}
    variants: {head: {}, deputy: {like: haed}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 60, entered: {step: 1}}}
    variants: {head: {}, deputy: {like: head}}
    ```
    """
    names = tuple(known)
    otherwise = f"there are {listed(names, 'and')}" if names else "the rulebook has no variants"
    return Say(f"there is no variant `{shortened(name)}`", did_you_mean(name, names, otherwise))


@error("KR531")
def variant_needed(known: Iterable[str], is_one_asked_for: bool = True) -> Say:
    """Variant that nobody has chosen.

    **What it checks**

    That whoever loads a rulebook with `variants` says which, unless `variant_by` names the input that tells it.

    **Why it matters**

    Each variant has rules of its own.

    **Fails**

    ```python
    program = load("annexes.kpi.yaml")
    ```

    **Passes**

    ```python
    program = load("annexes.kpi.yaml", variant="head")
    ```
    """
    way_out = "say which: by `variant=` or `--variant`"
    if not is_one_asked_for:
        way_out += ", or by `variant_by: input` in the rulebook"
    return Say(f"the rulebook has the variants {listed(known, 'and')}", way_out)


@error("KR532")
def unusable_variant_by(problem: str, way_out: str) -> Say:
    """Input that can't tell the variant.

    **What it checks**

    That `variant_by` names a choice input that every variant has, with the same options and not optional, and
    that each option is the name of a variant.

    **Why it matters**

    A subject would have no rules.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {post: {type: choice, options: [staff, head]}}
    criteria: {quality: {max: 60, entered: {step: 1}}}
    variant_by: post
    variants: {staff: {}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {post: {type: choice, options: [staff, head]}}
    criteria: {quality: {max: 60, entered: {step: 1}}}
    variant_by: post
    variants: {staff: {}, head: {criteria: {quality: {max: 70}}}}
    ```
    """
    return Say(problem, way_out)


@error("KR533")
def unusable_edition_by(name: str, problem: str) -> Say:
    """Input that can't tell the edition.

    **What it checks**

    That `edition_by` names a date input that every variant and edition has, and that is not optional.

    **Why it matters**

    Without a date nobody can tell which amendments are in force.

    **Fails**

    ```yaml
    kpirules: 1
    inputs: {period: {type: integer, min: 1, max: 12}}
    criteria: {quality: {max: 60, entered: {step: 1}}}
    edition_by: period
    amendments: [{from: 2026-07-01, change: {criteria: {quality: {max: 70}}}}]
    ```

    **Passes**

    ```yaml
    kpirules: 1
    inputs: {month_end: {type: date}}
    criteria: {quality: {max: 60, entered: {step: 1}}}
    edition_by: month_end
    amendments: [{from: 2026-07-01, change: {criteria: {quality: {max: 70}}}}]
    ```
    """
    return Say(f"`{shortened(name)}` can't tell the edition: {problem}", "name a date input that every subject gives")


@error("KR534")
def same_day(day: str, line: int) -> Say:
    """Two amendments from the same day.

    **What it checks**

    That the amendments of a list begin on different days.

    **Why it matters**

    Where both change the same rule, nothing says which of them holds.

    **Fails**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 60, entered: {step: 1}}}
    amendments:
      - {from: 2026-07-01, change: {criteria: {quality: {max: 70}}}}
      - {from: 2026-07-01, change: {criteria: {quality: {max: 80}}}}
    ```

    **Passes**

    ```yaml
    kpirules: 1
    criteria: {quality: {max: 60, entered: {step: 1}}}
    amendments:
      - {from: 2026-07-01, change: {criteria: {quality: {max: 70}}}}
      - {from: 2027-01-01, change: {criteria: {quality: {max: 80}}}}
    ```
    """
    return Say(f"another amendment begins on {day}, in line {line}", "merge the two, or correct the date")


@error("KR535")
def date_needed(days: Iterable[str]) -> Say:
    """Edition that nobody has chosen.

    **What it checks**

    That whoever assesses by a rulebook with `amendments` says on which day, unless `edition_by` names the input
    that tells it.

    **Why it matters**

    The rules are different before and after an amendment, and kpirules never looks at a clock.

    **Fails**

    ```python
    assess(load("review.kpi.yaml"), subject)
    ```

    **Passes**

    ```python
    assess(load("review.kpi.yaml", on=date(2026, 8, 31)), subject)
    ```
    """
    return Say(
        f"the rulebook has amendments from {listed(days, 'and')}",
        "say the day: by `on=` or `--on`, or by `edition_by: input` in the rulebook",
    )


@error("KR536")
def not_in_force(day: str, period: str) -> Say:
    """Day on which the rulebook is not in force.

    **What it checks**

    That the day asked for by `on`, or the one a subject gives for `edition_by`, is in the period `effective` of the
    rulebook: on or after `from`, and before `until`.

    **Why it matters**

    The rules do not apply then.

    **Fails**

    ```python
    load("review2026.kpi.yaml", on=date(2025, 12, 31))
    ```

    **Passes**

    ```python
    load("review2026.kpi.yaml", on=date(2026, 1, 1))
    ```
    """
    return Say(f"the rulebook is not in force on {day}", f"it is in force {period}")


@error("KR537")
def too_many_versions(count: int, most: int) -> Say:
    """More variants and editions than can be checked.

    **What it checks**

    That a rulebook has at most 500 results: the editions of each variant, counted over all variants.

    **Why it matters**

    Each of them is checked as a whole.

    **Fails**

    ```yaml
    # 40 variants and 20 amendments, of which each changes every variant
    ```

    **Passes**

    ```yaml
    # the same in several rulebooks, which extend one
    ```
    """
    return Say(
        f"variants and amendments make {count:,} rulebooks; the most is {most:,}", "split it into several rulebooks"
    )
