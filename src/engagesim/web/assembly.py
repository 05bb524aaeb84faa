"""Put the modules of the page together: readable files in ``script``, one script in the page."""

import re
from collections.abc import Iterator
from pathlib import Path

from engagesim.mechanisms.design import Design
from engagesim.web.tables import measures_script, outcomes_script

_SCRIPTS = Path(__file__).parent / "script"
_IMPORT = re.compile(r"^import \{[^}]*\} from \"\./(\w+)\.js\";\n", re.MULTILINE)


def modules(design: Design) -> dict[str, str]:
    """Return every module by its name; ``measures`` and ``outcomes`` are made from the formulas of the design."""
    found = {file.stem: file.read_text("utf-8") for file in sorted(_SCRIPTS.glob("*.js"))}
    return {**found, "measures": measures_script(design), "outcomes": outcomes_script(design)}


def bundled(design: Design, *entries: str) -> str:
    """Return one script with some modules and all that they import, each after what it imports.

    All modules share one scope there, so each name at the top of a module stands once in all of them.
    """
    known = modules(design)
    order: dict[str, None] = {}
    for entry in entries:
        order.update(dict.fromkeys(_needed(known, entry)))
    return "\n".join(_IMPORT.sub("", re.sub(r"^export ", "", known[name], flags=re.MULTILINE)) for name in order)


def _needed(known: dict[str, str], name: str) -> Iterator[str]:
    for other in _IMPORT.findall(known[name]):
        yield from _needed(known, other)
    yield name
