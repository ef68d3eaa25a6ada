"""An explanation as Markdown: headings, nested lists, formulas as code."""

from __future__ import annotations

from collections.abc import Iterator

from ...kernel.markup import code, emphasis, link, plain, strong
from .lines import Line

__all__ = ["as_markdown"]


def as_markdown(head: Line, verdict: Line, sections: tuple[Line, ...], foot: Line) -> str:
    """Return the explanation as CommonMark.

    Args:
        head: the rulebook.
        verdict: the rating with its facts.
        sections: the reasons for the rating.
        foot: the hashes of the rules.
    """
    lines = [f"# {plain(head.label or head.id)}", ""]
    lines += [" · ".join(_parts(code(head.id), plain(head.remark), _citation(head))), ""]
    lines += [emphasis(head.note), ""] if head.note else []
    lines += [f"- {plain(detail.label)}: {plain(detail.amount)}" for detail in head.children]
    lines += [""] if head.children else []
    lines += [strong(verdict.label), ""]
    lines += [part for fact in verdict.children for part in _item(fact, "")]
    for section in sections:
        lines += ["", f"## {plain(section.label)}", ""]
        lines += [part for child in section.children for part in _item(child, "")]
    lines += ["", "---", "", *(f"- {plain(fact.label)}" for fact in foot.children)]
    return "\n".join(lines) + "\n"


def _item(line: Line, indent: str) -> Iterator[str]:
    if line.kind == "table":
        yield from ("", line.table.markdown(), "")
        return
    yield f"{indent}- {_sentence(line)}"
    inner = indent + "  "
    if line.kind not in ("formula", "terms"):
        for formula in _parts(_formula(line)):
            yield f"{inner}- {formula}"
    if line.note:
        yield f"{inner}- {emphasis(line.note)}"
    for child in line.children:
        yield from _item(child, inner)


def _sentence(line: Line) -> str:
    if line.kind == "formula":
        return f"{emphasis(line.label or line.id)}: {_formula(line)}"
    if line.kind == "terms":
        return " — ".join(_parts(_formula(line), plain(line.remark)))
    if line.kind == "fact":
        return " ".join(_parts(plain(line.label), _citation(line)))
    # The first part is emphasised, even a label alone, so that `1.` or `-` in it starts no list.
    name = strong(line.id or line.label) + (f" {plain(line.label)}" if line.id and line.label else "")
    amount = f"{plain(line.amount)} / {plain(line.out_of)}" if line.out_of else plain(line.amount)
    return " — ".join(_parts(f"{name}: {amount}" if amount else name, plain(line.remark), _citation(line)))


def _formula(line: Line) -> str:
    return " ".join(code(part) for part in _parts(line.formula, *line.working))


def _citation(line: Line) -> str:
    if line.citation is None:
        return ""
    return link(str(line.citation), line.citation.url)


def _parts(*parts: str) -> list[str]:
    return [part for part in parts if part]
