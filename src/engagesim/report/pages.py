"""The templates of every page and text of a report, and the one way to fill them in."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape


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
    """Return a template; in HTML all text that is filled in is escaped, and a name without a value is an error."""
    return _environment().get_template(name)
