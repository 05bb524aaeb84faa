"""How the site is built: ``make docs``.

The source of the site is the whole repository, so that notebooks, the findings of the experiments and the pages beside
README.md are part of it where they lie, and links between pages are those that also work in the repository. A link to
any other file (a config, a rule) becomes a copy of it in the site. Nothing is fetched, in building or in reading.
"""

import inspect
import logging
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import yaml
from numpydoc.xref import DEFAULT_LINKS
from pydantic import BaseModel
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

import engagesim
from engagesim.configs.compose import composed
from engagesim.web.lessons import lesson_named, lesson_names
from engagesim.web.page import laboratory, lesson_page

ROOT = Path(__file__).parents[1]
ABOUT = metadata("engagesim")
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))

project = CITATION["title"].partition(":")[0]
version = release = ABOUT["Version"]
copyright = f"{', '.join(author['name'] for author in CITATION['authors'])}. Licence: {CITATION['license']}"
root_doc = "docs/index"

include_patterns = [
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "experiments/*/README.md"),
    *("docs/**", "notebooks/README.md", "notebooks/*.ipynb"),
]
exclude_patterns = [".*", "**/__pycache__", "benchmarks", "outputs", "multirun", "src", "tests"]
templates_path = ["_templates"]

extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # the tests run the notebooks, and their outputs are committed
nb_ipywidgets_js = {}  # would come from a server; widgets move where Jupyter runs
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]

autodoc_member_order = "bysource"
autodoc_default_options = {"exclude-members": "model_config"}
autodoc_preserve_defaults = True
autodoc_typehints = "none"  # docstrings say more than hints do
autosummary_generate = False
numpydoc_show_class_members = False
numpydoc_xref_param_type = True
numpydoc_xref_ignore = "all"  # but what stands here
numpydoc_xref_aliases = {word: word for word in DEFAULT_LINKS} | {  # the pages of Python and NumPy are elsewhere
    name: f"engagesim.{name}" for name in engagesim.__all__ if inspect.isclass(getattr(engagesim, name))
}
numpydoc_xref_aliases |= {
    "Design": "engagesim.study.description.Design",
    "Factor": "engagesim.study.description.Factor",
    "BatchResult": "engagesim.engines.compiled.BatchResult",
    "Package": "engagesim.study.intervention_packages.Package",
    "Place": "engagesim.study.executors.Place",
    "Row": "engagesim.parameters.Row",
    "RunKey": "engagesim.engines.compiled.RunKey",
    "State": "engagesim.society.state.State",
}

html_theme = "furo"
html_title = f"{project} {version}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_extra_path = ["llms.txt"]  # what there is, for assistants
html_additional_pages = {"index": "start.html"}  # the door: leads to docs/index.html
html_show_sphinx = False
html_copy_source = False


class Words(SearchEnglish):
    """Finds a name by its words as well: "latin hypercube" leads to ``latin_hypercube``."""

    def split(self, input: str) -> list[str]:
        """Return the words of a text, and the parts of those that are put together."""
        words = super().split(input)
        return words + [part for word in words if "_" in word for part in word.split("_") if part]


def without_signature(_app: Sphinx, _kind: str, _name: str, made: Any, *said: Any) -> tuple[str, str] | None:
    """Hide the signature of a table of parameters, and one that would repeat every rule."""
    is_table = isinstance(made, type) and issubclass(made, BaseModel)
    return ("", "") if is_table or "<function" in str(said[1]) else None


def with_fields(_app: Sphinx, _kind: str, _name: str, made: Any, _options: Any, lines: list[str]) -> None:
    """Add the fields of a group of parameters to its docstring, as they are declared."""
    if isinstance(made, type) and issubclass(made, BaseModel):
        lines += ["", "Attributes", "----------"]
        for name, field in made.model_fields.items():
            lines += [name, f"    {field.description or inspect.getdoc(field.annotation)}".rstrip(".") + "."]


def with_pages(app: Sphinx, _error: Exception | None) -> None:
    """Write the laboratory and every lesson beside the site, each a file of its own."""
    said = ["scenario=contested_reform"]
    pages = {"laboratory": laboratory(composed(said).parameters, said)}
    pages |= {name: lesson_page(lesson_named(name)) for name in lesson_names()}
    folder = Path(app.outdir) / "pages"
    folder.mkdir(exist_ok=True)
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, "utf-8")


def setup(app: Sphinx) -> None:
    """Describe fields as declared, find names by their words, and let a pattern of pages in a menu match none."""
    app.add_search_language(Words)
    app.connect("autodoc-process-signature", without_signature)
    app.connect("autodoc-process-docstring", with_fields, priority=400)  # before numpydoc reads the docstring
    app.connect("build-finished", with_pages)
    toctrees = logging.getLogger("sphinx.sphinx.directives.other")
    toctrees.addFilter(lambda record: getattr(record, "subtype", "") != "empty_glob")
