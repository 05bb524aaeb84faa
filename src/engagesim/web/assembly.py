"""Bundle the page's modules: the readable files in ``script`` become one script."""

import re
from collections.abc import Iterator
from pathlib import Path

from engagesim.mechanisms.design import Design
from engagesim.web.tables import measures_script, outcomes_script

_SCRIPTS = Path(__file__).parent / "script"
_IMPORT = re.compile(r"^import \{[^}]*\} from \"\./(\w+)\.js\";\n", re.MULTILINE)


def modules(design: Design) -> dict[str, str]:
    """Return every module by name; ``measures`` and ``outcomes`` are made from the formulas of the design."""
    found = {file.stem: file.read_text("utf-8") for file in sorted(_SCRIPTS.glob("*.js"))}
    return {**found, "measures": measures_script(design), "outcomes": outcomes_script(design)}


def bundled(design: Design, *entries: str) -> str:
    """Return one script with the given modules and all their imports; each module comes after its imports.

    All modules share one scope in it, so a name at the top of one module may not recur in another.
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
