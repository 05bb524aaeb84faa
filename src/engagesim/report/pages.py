"""Templates for all pages and texts of reports, and the functions that fill them in and write pages."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from engagesim.files import write_whole

PAGE = "report.html"
"""The page in a folder of results; it is written last, as a sign that the folder is complete."""


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("engagesim", "report/templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def template(name: str) -> Template:
    """Return a template; HTML templates escape the text filled in, and a name without a value raises an error."""
    return _environment().get_template(name)


def written(text: str, folder: Path) -> Path:
    """Write a page into a folder, which is created if it does not exist, and return the path of the file."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / PAGE, text.encode())
    return folder / PAGE
