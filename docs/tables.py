"""Write the tables of the documents from the code: ``python docs/tables.py``.

A table stands between ``<!-- table: NAME -->`` and ``<!-- end of table -->``; the text around it is written by hand.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import yaml

from engagesim.cli.config import config_folder
from engagesim.cli.table import markdown
from engagesim.measures import MEASURES
from engagesim.parameters import FORM_DIMENSIONS
from engagesim.society.state import COLUMNS

DOCS = Path(__file__).parent
PLACE = re.compile(r"(<!-- table: (?P<name>[a-z]+) -->\n).*?(<!-- end of table -->)", re.DOTALL)


def parameters() -> str:
    """Every parameter."""
    return markdown()


def state() -> str:
    """Every state variable, by the entity that has it."""
    return _table(
        ("entity", "variable", "unit", "meaning", "changes"),
        ((c.entity, f"`{c.name}`", c.unit, c.description, "no" if c.fixed else "yes") for c in COLUMNS),
    )


def measures() -> str:
    """Every measure of a month."""
    return _table(
        ("measure", "unit", "meaning", "over"),
        ((f"`{m.name}`", m.unit, m.description, m.level) for m in MEASURES),
    )


def forms() -> str:
    """The profile of every form of engagement that can be asked for."""
    profiles = [yaml.safe_load(path.read_text("utf-8")) for path in sorted((config_folder() / "engagement").iterdir())]
    names = [name for name in FORM_DIMENSIONS if name != "opened"]
    rows = ([f"`{form['form']}`", *(f"{form.get(name, 0):g}" for name in names)] for form in profiles)
    return _table(("form", *names), rows)


TABLES: dict[str, Callable[[], str]] = {table.__name__: table for table in (parameters, state, measures, forms)}


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(headings)
    lines = [head, ["---"] * len(head), *map(list, rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def renewed(page: str) -> str:
    """Return a page with every table as the code has it now."""
    return PLACE.sub(lambda found: f"{found[1]}\n{TABLES[found['name']]()}\n\n{found[3]}", page)


def main() -> None:
    """Renew the tables of every page."""
    for path in sorted(DOCS.rglob("*.md")):
        path.write_text(renewed(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
