"""KR52x and KR53x: overlays: extended documents, variants and amendments."""

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
    """Relative path without a folder.

    **What it checks**

    That `extends` is in a file. Its path is relative to the folder of that file, and a text or mapping has no folder.

    **Why it matters**

    Otherwise the working directory of the program would decide which rules are extended.

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
        "a text or mapping can't use `extends`: the path is relative to the folder of a file",
        "write the rulebook to a file beside the other one, and load that",
    )


@error("KR521")
def base_unread(name: str, reason: str, help: str) -> Say:
    """Extended document that can't be read.

    **What it checks**

    That the file named by `extends` exists and is a rulebook of at most 1 MiB. Its path is relative, and stays
    inside the folder of the first document after links are followed. `--root`, in Python `root=`, allows a wider
    folder.

    **Why it matters**

    Without it most of the rules are missing. A rulebook from elsewhere must not decide which files of a machine are
    read or shown in reports: a file that is not a rulebook is never quoted.

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
    """Chain of `extends` that is a cycle, or too long.

    **What it checks**

    That the chain of `extends` ends after at most 10 documents.

    **Why it matters**

    A cycle has no base document, and nobody understands a long chain of changes.

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
    chain = " → ".join(map(shortened, line))
    if len(set(line)) < len(line):
        return Say(f"documents extend each other in a cycle: {chain}", "remove one `extends`")
    return Say(f"the chain of `extends` has more than {most} documents: {chain}", "merge some of them")


@error("KR523")
def not_in_overlay(key: str, of: str) -> Say:
    """Key that an overlay can't have.

    **What it checks**

    That a variant and the `change` of an amendment have only keys that merge. These keys do not merge: `kpirules`,
    `extends`, `variants`, `variant_by`, `amendments` of an amendment, `edition_by` and `examples`.

    **Why it matters**

    Otherwise the result of a merge would depend on its own result.

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
    return Say(f"`{key}` is not allowed in {of}", "write it at the top level of the rulebook")


@error("KR524")
def removes_absent(path: str, near: Iterable[str]) -> Say:
    """Removal of something that does not exist.

    **What it checks**

    That `null` in an overlay removes something the rulebook has before the overlay is merged, in at least one
    variant or edition that uses the overlay.

    **Why it matters**

    A misspelt name would leave the old rule in force.

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
        f"`{path}` can't be removed: it does not exist",
        did_you_mean(path.rpartition(".")[2], near, "remove the line"),
    )


@warning("KR525")
def already_so(path: str) -> Say:
    """Change without an effect.

    **What it checks**

    That an overlay changes values, in at least one variant or edition that uses it.

    **Why it matters**

    The line has no effect, and would hide a later change of the rules below it.

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
    return Say(f"`{path}` already has this value", "remove the line, or write another value")


@error("KR526")
def empty_in_overlay(path: str) -> Say:
    """Empty value in an overlay.

    **What it checks**

    That every key of an overlay has a value. Only the word `null` removes a rule.

    **Why it matters**

    A forgotten value would remove a rule.

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
    """Replacement of something that does not exist.

    **What it checks**

    That a mapping with `replace: true` replaces a mapping of the rulebook.

    **Why it matters**

    A misspelt name would add a second mapping beside the one to replace.

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
    return Say(
        f"`{path}` can't be replaced: it is not a mapping of the rulebook", "remove `replace`, or correct the name"
    )


@error("KR530")
def unknown_variant(name: str, known: Iterable[str]) -> Say:
    """Variant that does not exist.

    **What it checks**

    That the requested variant, or the one named by `like`, exists in the rulebook or in a document that it extends.

    **Why it matters**

    There are no rules of that name.

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
def variant_needed(known: Iterable[str], is_one_requested: bool = True) -> Say:
    """Missing choice of a variant.

    **What it checks**

    That a variant is chosen when a rulebook with `variants` is loaded, unless `variant_by` names an input that
    chooses it.

    **Why it matters**

    Each variant has its own rules.

    **Fails**

    ```python
    program = load("annexes.kpi.yaml")
    ```

    **Passes**

    ```python
    program = load("annexes.kpi.yaml", variant="head")
    ```
    """
    remedy = "choose one with `variant=` or `--variant`"
    if not is_one_requested:
        remedy += ", or write `variant_by: input` in the rulebook"
    return Say(f"the rulebook has the variants {listed(known, 'and')}", remedy)


@error("KR532")
def unusable_variant_by(problem: str, remedy: str) -> Say:
    """Input that can't choose the variant.

    **What it checks**

    That `variant_by` names a choice input that every variant has with the same options, that it is not optional, and
    that each option is the name of a variant.

    **Why it matters**

    Otherwise a subject could have no rules.

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
    return Say(problem, remedy)


@error("KR533")
def unusable_edition_by(name: str, problem: str) -> Say:
    """Input that can't choose the edition.

    **What it checks**

    That `edition_by` names a date input that every variant and edition has, and that is not optional.

    **Why it matters**

    Without a date the amendments in force are unknown.

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
    return Say(f"`{shortened(name)}` can't choose the edition: {problem}", "name a date input that every subject has")


@error("KR534")
def same_day(day: str, line: int) -> Say:
    """Two amendments from the same day.

    **What it checks**

    That the amendments of a list begin on different days.

    **Why it matters**

    If both change the same rule, there is no way to know which holds.

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
    """Missing choice of an edition.

    **What it checks**

    That a day is chosen when a rulebook with `amendments` is used, unless `edition_by` names an input that chooses
    it.

    **Why it matters**

    Rules differ before and after an amendment, and kpirules never reads a clock.

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
        "choose a day with `on=` or `--on`, or write `edition_by: input` in the rulebook",
    )


@error("KR536")
def not_in_force(day: str, period: str) -> Say:
    """Day on which the rulebook is not in force.

    **What it checks**

    That the day from `on`, or a subject's day for `edition_by`, is in the `effective` period of the rulebook: on or
    after `from`, and before `until`.

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
    """Too many variants and editions.

    **What it checks**

    That a rulebook has at most 500 results: the editions of each variant, summed over all variants.

    **Why it matters**

    Each of them is checked completely.

    **Fails**

    ```yaml
    # 40 variants and 20 amendments, each of which changes every variant
    ```

    **Passes**

    ```yaml
    # the same in several rulebooks, which extend one
    ```
    """
    return Say(
        f"variants and amendments make {count:,} rulebooks, but at most {most:,} are allowed",
        "split it into several rulebooks",
    )
