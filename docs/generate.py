"""Writes the reference pages that follow from the tables of the package: codes, functions, rounding.

python docs/generate.py            write the pages
python docs/generate.py --check    fail where a page is not what would be written
"""

from __future__ import annotations

import sys
from pathlib import Path

from kpirules.diagnostics.codes import CATALOGUE
from kpirules.exact import MODE_TABLE
from kpirules.expressions import AGGREGATES, FUNCTIONS

REFERENCE = Path(__file__).parent / "reference"

FAMILIES = {
    "KR1": "Document",
    "KR2": "Names, types, expressions",
    "KR3": "Criteria, scales, score, bands",
    "KR4": "Exemptions and overrides",
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
    lines += ["", "| aggregate | meaning | of nothing | example |", "|---|---|---|---|"]
    for row in AGGREGATES.values():
        call, gives = row.example
        lines.append(f"| `{row.name}` | {row.summary} | {row.of_nothing} | `{call}` → `{gives}` |")
    lines += ["", "## Rounding modes", "", "| mode | meaning |", "|---|---|"]
    lines += [f"| `{mode.name}` | {mode.meaning} |" for mode in MODE_TABLE.values()]
    return "\n".join(lines) + "\n"


def main() -> int:
    wanted = pages()
    if "--check" in sys.argv[1:]:
        stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
        stale += [p for p in (REFERENCE / "codes").glob("*.md") if p not in wanted]
        for path in stale:
            print(f"{path.relative_to(REFERENCE.parent)} is not what the tables say", file=sys.stderr)
        return 1 if stale else 0
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
