"""Print docstrings and names drawn from the package, for a reader to judge.

python -m tests.words --seed "$(git rev-parse HEAD)"
python -m tests.words --seed 7 --count 20 kpirules/cli kpirules/change
"""

import argparse
import ast
import random
from pathlib import Path

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def first_lines(path: Path, tree: ast.Module) -> list[str]:
    """Return the first line of every docstring in a file, with its place."""
    docstrings = [
        (getattr(node, "lineno", 1), getattr(node, "name", "module"), ast.get_docstring(node))
        for node in ast.walk(tree)
        if isinstance(node, DOCUMENTED)
    ]
    return [f"{path}:{line} {name}: {text.splitlines()[0]}" for line, name, text in docstrings if text]


def names(path: Path, tree: ast.Module) -> list[str]:
    """Return every name a file gives to a function, class, parameter or variable, with its first place."""
    found: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.setdefault(node.name, node.lineno)
        elif isinstance(node, ast.arg):
            found.setdefault(node.arg, node.lineno)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.setdefault(node.id, node.lineno)
    return [f"{path}:{line} {name}" for name, line in found.items() if not name.startswith("__")]


def main() -> None:
    """Print the sample."""
    parser = argparse.ArgumentParser(prog="python -m tests.words", description="Print docstrings and names to judge.")
    parser.add_argument("folders", nargs="*", default=["kpirules"], help="folders to draw from")
    parser.add_argument("--seed", required=True, help="the same seed draws the same sample")
    parser.add_argument("--count", type=int, default=100, help="how many of each kind (default: 100)")
    arguments = parser.parse_args()
    files = [path for folder in arguments.folders for path in sorted(Path(folder).rglob("*.py"))]
    trees = [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in files]
    draw = random.Random(arguments.seed)
    for title, find in (("Docstrings", first_lines), ("Names", names)):
        everything = [line for path, tree in trees for line in find(path, tree)]
        print(f"{title}:", *draw.sample(everything, min(arguments.count, len(everything))), sep="\n  ")


if __name__ == "__main__":
    main()
