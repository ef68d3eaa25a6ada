"""Writes the pages that follow from something else: codes, keys, functions and rounding from the tables of the
package, a page of the site for the README of each example.

python docs/generate.py            write the pages
python docs/generate.py --check    fail where a page is not what would be written
"""

from __future__ import annotations

import sys
from pathlib import Path

from keys import PAGES, key_index, key_page

from kpirules.diagnostics.codes import CATALOGUE
from kpirules.kernel.exact import MODE_TABLE
from kpirules.language.expressions import AGGREGATES, COHORT_FUNCTIONS, FUNCTIONS

DOCS = Path(__file__).parent
REFERENCE = DOCS / "reference"
EXAMPLES = DOCS.parent / "examples"

RULES = (".kpi.yaml", ".appraisal.yaml")
"""What the names of rulebooks and appraisals end with."""

TO_BEGIN_WITH = ("saas_scorecard", "objectives", "supplier_card", "teacher_evaluation", "nine_box")
"""Examples of the size of one page, which a company or a school would write for itself."""

LONGEST_OPEN = 60
"""Lines of a rulebook that a page shows without being asked: about one screen."""

FAMILIES = {
    "KR1": "Document",
    "KR2": "Names, types, expressions",
    "KR3": "Criteria, scales, score, bands",
    "KR4": "Overrides, cohorts and quotas",
    "KR5": "Dates, editions, sources",
    "KR6": "Inputs and faults while assessing",
    "KR7": "Cases",
    "KR8": "Appraisals",
}


def pages() -> dict[Path, str]:
    """Every generated page with its text."""
    written = {REFERENCE / "codes" / f"{code}.md": code_page(code) for code in CATALOGUE}
    written[REFERENCE / "codes" / "index.md"] = code_index()
    written[REFERENCE / "functions.md"] = function_page()
    written[REFERENCE / "keys" / "index.md"] = key_index()
    written |= {REFERENCE / "keys" / f"{page.name}.md": key_page(page) for page in PAGES}
    folders = sorted(readme.parent.name for readme in EXAMPLES.glob("*/README.md"))
    written |= {DOCS / "examples" / f"{folder}.md": example_page(folder) for folder in folders}
    written[DOCS / "examples" / "index.md"] = example_index(folders)
    return written


def code_page(code: str) -> str:
    """The page of one code: its docstring under a title."""
    row = CATALOGUE[code]
    _, _, body = row.page.partition("\n")
    accepted = (
        f"Accept it on purpose with `allow: {{{code}: reason}}`, at the node or at the top."
        if row.can_be_allowed
        else "It can't be allowed: nothing sensible is left to evaluate."
    )
    return f"# {code} · {row.title}\n\n`{row.name}` · {row.severity.value}\n\n{body.strip()}\n\n{accepted}\n"


def code_index() -> str:
    """All codes by family."""
    lines = ["# Codes", "", "Every diagnostic has a stable code; a code is never used for anything else."]
    for family, title in FAMILIES.items():
        codes = [code for code in sorted(CATALOGUE) if code.startswith(family)]
        if not codes:
            continue
        lines += ["", f"## {family}xx · {title}", "", "| code | weighs | what it says |", "|---|---|---|"]
        lines += [
            f"| [{code}]({code}.md) | {CATALOGUE[code].severity.value} | {CATALOGUE[code].title} |" for code in codes
        ]
    lines += ["", "```{toctree}", ":hidden:", ":glob:", "", "KR*", "```"]
    return "\n".join(lines) + "\n"


def function_page() -> str:
    """Functions, aggregates and rounding modes from their tables."""
    lines = ["# Functions", "", "Every row holds an example that is run.", ""]
    lines += ["| function | meaning | example |", "|---|---|---|"]
    for function in FUNCTIONS.values():
        call, gives = function.example
        lines.append(f"| `{function.signature}` | {function.summary} | `{call}` → `{gives}` |")
    lines += [
        "",
        "## Aggregates",
        "",
        "`f(… for t in tasks if …)` over a list input, or over the children of a",
    ]
    lines += ["group that remain: `f(… for c in children.results)`. In the examples `tasks` has the hours 1, 2, 6."]
    lines += ["Where constants come first, brackets of its own go around `… for …`. They are literals or parameters."]
    lines += ["", "| aggregate | meaning | of nothing | example |", "|---|---|---|---|"]
    for row in AGGREGATES.values():
        call, gives = row.example
        lines.append(f"| `{row.signature}` | {row.summary} | {row.of_nothing} | `{call}` → `{gives}` |")
    lines += [
        "",
        "## Functions over a cohort",
        "",
        "`E` is a number and `C` a condition, looked at for every member that is not exempt; where it is absent, the",
        "member is left out. In the examples the members have the hours 1, 2 and 6, and the second one asks.",
        "[How to compare members](../how-to/compare-with-others.md) says where they stand and how they are assessed.",
        "",
        "| function | meaning | of nothing | example |",
        "|---|---|---|---|",
    ]
    for one in COHORT_FUNCTIONS.values():
        call, gives = one.example
        lines.append(f"| `{one.signature}` | {one.summary} | {one.of_nothing} | `{call}` → `{gives}` |")
    lines += ["", "## Rounding modes", "", "| mode | meaning |", "|---|---|"]
    lines += [f"| `{mode.name}` | {mode.meaning} |" for mode in MODE_TABLE.values()]
    return "\n".join(lines) + "\n"


def example_page(folder: str) -> str:
    """The README of an example as a page of the site, with its rulebooks below."""
    found = [path for path in (EXAMPLES / folder).rglob("*.yaml") if path.name.endswith(RULES)]
    shown = "\n".join(rules(path) for path in sorted(found))
    return f"```{{include}} ../../examples/{folder}/README.md\n```\n\n## Its rules\n\n{shown}"


def rules(path: Path) -> str:
    """A rulebook or appraisal, folded away where it is long."""
    lines = path.read_text("utf-8").count("\n")
    name = path.relative_to(EXAMPLES)
    opened = " open" if lines <= LONGEST_OPEN else ""
    return (
        f"<details{opened}><summary><code>{'/'.join(name.parts[1:])}</code> · {lines:,} lines</summary>\n\n"
        f"```{{literalinclude}} ../../examples/{name.as_posix()}\n:language: yaml\n```\n\n</details>\n"
    )


def example_index(folders: list[str]) -> str:
    """All examples by the titles of their READMEs."""
    lines = ["# Examples", "", "Whole rulebooks with data and cases, each in a folder of its own.", ""]
    first = [folder for folder in TO_BEGIN_WITH if folder in folders]
    rest = [folder for folder in folders if folder not in first]
    for heading, group in (("To begin with", first), ("Regulations and published systems", rest)):
        lines += [f"## {heading}", ""]
        for folder in group:
            title, _, _ = (EXAMPLES / folder / "README.md").read_text("utf-8").partition("\n")
            lines.append(f"- [{title.removeprefix('# ')}](../../examples/{folder}/README.md)")
        lines.append("")
    return "\n".join([*lines, "```{toctree}", ":hidden:", "", *first, *rest, "```"]) + "\n"


def main() -> int:
    wanted = pages()
    if "--check" in sys.argv[1:]:
        stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
        folders = ("reference/codes", "reference/keys", "examples")
        stale += [page for folder in folders for page in (DOCS / folder).glob("*.md") if page not in wanted]
        for path in stale:
            print(f"{path.relative_to(DOCS)} is not what would be written", file=sys.stderr)
        return 1 if stale else 0
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
