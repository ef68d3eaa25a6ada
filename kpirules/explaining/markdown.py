"""An explanation as Markdown: headings, nested lists, formulas as code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .lines import Line

__all__ = ["as_markdown"]

# What could begin something else inside a line; no text stands where a line begins.
_SPECIAL = re.compile(r"([\\`*_\[\]<>&#|~$])")
_SAFE_ADDRESS = re.compile(r"https?://[^\s<>()\\]+", re.IGNORECASE)


def as_markdown(head: Line, verdict: Line, sections: tuple[Line, ...], foot: Line) -> str:
    """The explanation as CommonMark.

    Args:
        head: the rulebook.
        verdict: the rating with its facts.
        sections: everything it rests on.
        foot: what identifies the rules.
    """
    lines = [f"# {_text(head.label or head.id)}", ""]
    lines += [" · ".join(_parts(_code(head.id), _text(head.remark), _citation(head))), ""]
    lines += [_emphasis(head.note), ""] if head.note else []
    lines += [f"**{_text(verdict.label)}**", ""]
    lines += [part for fact in verdict.children for part in _item(fact, "")]
    for section in sections:
        lines += ["", f"## {_text(section.label)}", ""]
        lines += [part for child in section.children for part in _item(child, "")]
    lines += ["", "---", "", *(f"- {_text(fact.label)}" for fact in foot.children)]
    return "\n".join(lines) + "\n"


def _item(line: Line, indent: str) -> Iterator[str]:
    yield f"{indent}- {_sentence(line)}"
    inner = indent + "  "
    if line.kind != "formula":
        for formula in _parts(_formula(line)):
            yield f"{inner}- {formula}"
    if line.note:
        yield f"{inner}- {_emphasis(line.note)}"
    for child in line.children:
        yield from _item(child, inner)


def _sentence(line: Line) -> str:
    if line.kind == "formula":
        return f"{_emphasis(line.id)}: {_formula(line)}"
    if line.kind == "fact":
        return " ".join(_parts(_text(line.label), _citation(line)))
    # What stands first is emphasised, also a label alone, so that `1.` or `-` in it begins no list.
    name = f"**{_text(line.id or line.label)}**" + (f" {_text(line.label)}" if line.id and line.label else "")
    amount = f"{_text(line.amount)} / {_text(line.out_of)}" if line.out_of else _text(line.amount)
    return " — ".join(_parts(f"{name}: {amount}" if amount else name, _text(line.remark), _citation(line)))


def _formula(line: Line) -> str:
    return " ".join(_code(part) for part in _parts(line.formula, *line.working))


def _citation(line: Line) -> str:
    if line.citation is None:
        return ""
    text = _text(str(line.citation))
    return f"[{text}]({line.citation.url})" if _SAFE_ADDRESS.fullmatch(line.citation.url) else f"\\[{text}\\]"


def _parts(*parts: str) -> list[str]:
    return [part for part in parts if part]


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _emphasis(text: str) -> str:
    return f"*{_text(text)}*" if text else ""


def _code(text: str) -> str:
    """A code span; its fence is longer than any run of backticks inside."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    inner = f" {text} " if text.startswith("`") or text.endswith("`") else text
    return f"{fence}{inner}{fence}" if text else ""
