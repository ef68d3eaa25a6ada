"""Settings of the documentation site: Markdown by MyST, the API from docstrings, notebooks that are executed.

sphinx-build -W --keep-going -b html docs docs/_build/html
"""

from __future__ import annotations

import html
import inspect
import json
import os
import re
import sys
from pathlib import Path
from typing import Any, ClassVar

import attrs
import nbformat
import plotly.io
import yaml
from docutils import nodes
from nbclient import NotebookClient
from plotly.offline import get_plotlyjs
from pygments.lexers.special import TextLexer
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger
from sphinx.util.nodes import make_refnode

HERE = Path(__file__).parent
ROOT = HERE.parent

# The site is about this checkout, whatever else is installed; the kernel of the notebook learns it too.
sys.path.insert(0, str(ROOT))
os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])

import kpirules.testing  # noqa: E402

project = "kpirules"
author = "The kpirules authors"
copyright = "The kpirules authors, Apache-2.0"
version = release = kpirules.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
exclude_patterns = ["_build"]

# -- checks ---------------------------------------------------------------------------------------

nitpicky = True
nitpick_ignore_regex = [
    # Nothing is fetched while the site is built, so other projects' pages are no targets.
    ("py:.*", r"(collections|datetime|decimal|fractions|hypothesis|os|pathlib|typing)\..*"),
    # Parts that are no public names: what they are is said where they are used.
    ("py:class", "JavaScript|RatingWidget"),
    ("py:class", "Figure"),
    ("py:class", r"kpirules\.(appraising|change|diagnostics|kernel|language|rating|record|showing)\..*"),
]

# -- Markdown -------------------------------------------------------------------------------------

myst_enable_extensions = ["attrs_block", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # the notebook arrives executed, see below

# -- Python ---------------------------------------------------------------------------------------

add_module_names = False
default_role = "code"  # as in docstrings
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_custom_sections = [("Fields", "params_style"), "Rounding", "Source"]
trim_doctest_flags = True

# -- looks ----------------------------------------------------------------------------------------

html_theme = "furo"
html_title = f"kpirules {release}"
html_static_path = ["_static"]
html_css_files = ["kpirules.css"]
html_show_sphinx = False
html_copy_source = False
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True


# -- what Sphinx can't know -----------------------------------------------------------------------


def as_page(text: str) -> str:
    """Markdown as GitHub shows it, made ready for the site.

    Links to pages that lie beside `docs` lead to their place on the site, and a file that a page writes for its own
    examples gets its name above it.
    """
    text = re.sub(r"\]\((?:\.\./)*examples/(\w+)/README\.md", r"](/examples/\1.md", text)
    text = re.sub(r"\]\(\.\./(\w+)/README\.md", r"](/examples/\1.md", text)
    text = re.sub(
        r"\]\((?:\.\./)*examples/(\w+)\.ipynb", lambda link: f"](/notebooks/{NOTEBOOKS[link[1]]}.ipynb", text
    )
    text = re.sub(r"\]\((?:\.\./)+CHANGELOG\.md", r"](/changelog.md", text)
    text = re.sub(r"\]\((?:\.\./)*docs/", r"](/", text)
    text = re.sub(r"\[([^\]]+)\]\((?:\.\./)*tests/[^)]*\)", r"\1", text)  # the site has no tests
    return re.sub(
        r"^<!-- file: (\S+) -->\n```(\w+)\n", r"```{code-block} \2\n:caption: \1\n\n", text, flags=re.MULTILINE
    )


def read(app: object, name: str, source: list[str]) -> None:
    """A page of the site."""
    source[0] = as_page(source[0])


def included(app: object, path: Path, parent: str, source: list[str]) -> None:
    """A page that lies beside `docs`."""
    source[0] = as_page(source[0])


class Explained(SphinxDirective):
    """The explanation of a rating by a rulebook of the page, made while the site is built.

    Its argument is the name that the page gives the rulebook by `<!-- file: NAME -->`, its content the subject.
    """

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {"alt": str}

    def run(self) -> list[nodes.Node]:
        page = self.env.doc2path(self.env.docname).read_text("utf-8")
        rulebook = re.search(rf"^<!-- file: {self.arguments[0]} -->\n```yaml\n(.*?)^```$", page, re.M | re.S)
        if rulebook is None:
            raise self.error(f"the page has no file {self.arguments[0]}")
        assessment = kpirules.assess(kpirules.loads(rulebook[1]), yaml.safe_load("\n".join(self.content)))
        # It stands in a page that has a title and headings already.
        shown = re.sub(r"<(/?)h[12]\b", r"<\1h6", kpirules.explain(assessment).html(is_page=False))
        alt = html.escape(self.options["alt"])
        return [nodes.raw("", f'<figure class="explained" aria-label="{alt}">{shown}</figure>', format="html")]


def prepared(app: object, what: str, name: str, obj: Any, options: object, lines: list[str]) -> None:
    """A docstring as napoleon understands it: the `Args` of a frozen value are its fields, a line for each."""
    if what == "property" and lines:
        lines[0] = lines[0].replace(": ", " – ")  # or what stands before the colon is taken for a type
    if not is_value(what, obj):
        return
    types = {name: text for class_ in reversed(obj.__mro__) for name, text in inspect.get_annotations(class_).items()}

    def typed(match: re.Match[str]) -> str:
        return f"{match[0]} (``{types[match[1]]}``)" if match[1] in types else match[0]

    lines[:] = [
        "Fields:" if line == "Args:" else re.sub(r"^    (\w+)(?:, \w+)?(?=: )", typed, line) for line in lines
    ]


def called(app: object, what: str, name: str, obj: Any, options: object, taken: str, given: str) -> Any:
    """Frozen values are made by the library, so nobody needs to know how they are called."""
    return ("", None) if is_value(what, obj) else None


def is_value(what: str, obj: Any) -> bool:
    return what == "class" and inspect.isclass(obj) and attrs.has(obj)


def link_codes(app: Any, doctree: nodes.document, name: str) -> None:
    """A code in a sentence leads to its page."""
    for text in list(doctree.findall(nodes.Text)):
        parts = re.split(r"\b(KR\d{3})\b", text.astext())
        targets = [f"reference/codes/{part}" for part in parts[1::2]]
        is_prose = isinstance(text.parent, nodes.paragraph | nodes.strong | nodes.emphasis)
        if not (is_prose and targets and set(targets) <= app.env.found_docs - {name}):
            continue
        put: list[nodes.Node] = [nodes.Text(part) for part in parts]
        for place, target in enumerate(targets):
            code = parts[2 * place + 1]
            put[2 * place + 1] = make_refnode(app.builder, name, target, "", nodes.Text(code), code)
        text.parent.replace(text, put)


def mark_explanations(app: object, doctree: nodes.document, name: str) -> None:
    """Explanations in plain text are a hundred columns wide; on a narrow screen their lines break."""
    for block in doctree.findall(nodes.literal_block):
        if RULE.search(block.astext()):
            block["classes"].append("explanation")
            around = block.parent
            if isinstance(around, nodes.container):
                around["classes"].append("explanation")


def cut_rules(app: object, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """A line across a page is as wide as the page."""
    if "body" in context:
        context["body"] = RULE.sub(r'<span class="rule">\g<0></span>', context["body"])


RULE = re.compile("─{20,}")


def look_for_public_names(app: object, env: Any) -> None:
    """A public name that the API leaves out stops the build."""
    for module in (kpirules, kpirules.plots, kpirules.testing):
        for name in module.__all__:
            if inspect.ismodule(getattr(module, name)):
                continue
            if f"{module.__name__}.{name}" not in env.domains["py"].objects:
                getLogger(__name__).warning("%s.%s is not in the API", module.__name__, name)


NOTEBOOKS = {
    "first_steps": "first-steps",
    "prototype": "prototype",
    "two_editions": "two_editions",
    "scale_out": "scale_out",
}
"""The page of each notebook in `examples`."""

STORED = {"scale_out"}
"""Notebooks that keep their outputs, since they need more than Python; `pytest -m engines` runs them."""

FIGURE, WIDGET = "application/vnd.plotly.v1+json", "application/vnd.jupyter.widget-view+json"


def execute(notebook: Path, page: Path) -> None:
    """Run a notebook in its own folder, and keep what came out as a page."""
    content = nbformat.read(notebook, as_version=4)
    if notebook.stem not in STORED:
        folder = {"metadata": {"path": str(notebook.parent)}}
        NotebookClient(content, kernel_name="python3", resources=folder).execute()
    for output in (output for cell in content.cells for output in cell.get("outputs", ())):
        one_form(output.get("data", {}))
    content.metadata.pop("widgets", None)  # their state would load scripts from elsewhere
    page.parent.mkdir(exist_ok=True)
    nbformat.write(content, page)


def one_form(data: dict[str, Any]) -> None:
    """Keep one form of a value, which needs nothing from elsewhere."""
    if FIGURE in data:
        figure = plotly.io.from_json(json.dumps(data.pop(FIGURE)))
        data["text/html"] = figure.to_html(full_html=False, include_plotlyjs="../_static/plotly.min.js")
    data.pop(WIDGET, None)
    if "text/html" in data:
        data.pop("text/markdown", None)


def execute_notebooks(app: object) -> None:
    """A cell that fails stops the build."""
    (HERE / "_static" / "plotly.min.js").write_text(get_plotlyjs(), encoding="utf-8")
    for name, page in NOTEBOOKS.items():
        execute(ROOT / "examples" / f"{name}.ipynb", HERE / "notebooks" / f"{page}.ipynb")


def setup(app: Any) -> None:
    app.add_lexer("csv", TextLexer)
    app.add_directive("explained", Explained)
    app.connect("builder-inited", execute_notebooks)
    app.connect("source-read", read)
    app.connect("include-read", included)
    app.connect("env-check-consistency", look_for_public_names)
    app.connect("doctree-resolved", link_codes)
    app.connect("doctree-resolved", mark_explanations)
    app.connect("html-page-context", cut_rules)
    app.connect("autodoc-process-docstring", prepared, priority=100)
    app.connect("autodoc-process-signature", called)
