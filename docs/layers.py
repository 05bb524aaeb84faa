"""Draw the layers of the code for the documentation: ``python docs/layers.py`` writes ``docs/figures/layers.svg``.

Floors are those of the import contract in ``pyproject.toml``, modules are the files, and the two numbered
ways are the lists under "How a number travels" in ``docs/architecture.md``.
"""

import ast
import re
import textwrap
import tomllib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from engagesim.report.style import BLUE, FAINT, QUIET, VERMILION, drawing

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PACKAGE = ROOT / "src" / "engagesim"
FIGURE = DOCS / "figures" / "layers.svg"
WAYS = (BLUE, VERMILION)
type Place = tuple[str, str]
"""A layer, and a module in it."""

LEFT, SAID, NAMES, LETTER = 0.02, 0.17, 0.5, 0.00615
"""Where the name of a layer, what it is and its modules begin, and how wide a letter is, as shares of the width."""


def levels() -> list[list[str]]:
    """Return the layers of each level, the highest first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    return [re.findall(r"\w+", layer) for contract in contracts if contract["type"] == "layers"
            for layer in contract["layers"]]  # fmt: skip


def modules(layer: str) -> dict[str, Path]:
    """Return the modules of a layer by their names within it; a layer that is one file has itself."""
    folder = PACKAGE / layer
    if not folder.is_dir():
        return {layer: folder.with_suffix(".py")}
    files = (path for path in sorted(folder.rglob("*.py")) if path.name != "__init__.py")
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in files}


def sentence(layer: str) -> str:
    """Return what a layer says it is: the first sentence of its docstring."""
    folder = PACKAGE / layer
    return said(folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py"))


def said(path: Path) -> str:
    """Return the first line of a module's docstring."""
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]


def ways() -> list[list[Place]]:
    """Return the two ways of a number as layers and modules, as ``docs/architecture.md`` lists them."""
    page = (DOCS / "architecture.md").read_text("utf-8").partition("## How a number travels")[2].partition("\n## ")[0]
    lists = re.findall(r"(?:^\d\. .*(?:\n +.*)*\n?)+", page, re.MULTILINE)
    return [[_place(path) for path in re.findall(r"`([\w/]+)\.py`", each)] for each in lists]


def _place(path: str) -> Place:
    layer, _, module = path.partition("/")
    return layer, module or layer


def picture() -> Figure:
    """Return the picture of the layers."""
    every = [layer for layers in levels() for layer in layers if layer != "__main__"]
    lines = {layer: textwrap.wrap("    ".join(modules(layer)), 70, break_on_hyphens=False) for layer in every}
    words = {layer: textwrap.wrap(sentence(layer).replace("``", ""), 44) for layer in every}
    tall = {layer: max(len(lines[layer]), len(words[layer]), 1) + 1.0 for layer in every}
    total = sum(tall.values())
    figure = Figure(figsize=(9, total * 0.155))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 1), ylim=(total + 0.3, -0.3))
    axes.axis("off")
    top, spots = 0.0, {}
    corners = "round,pad=0,rounding_size=0.008"
    for layer in every:
        box = FancyBboxPatch(
            (LEFT - 0.01, top + 0.15), 0.96, tall[layer] - 0.3, boxstyle=corners, mutation_aspect=total / 9
        )
        box.set(facecolor="white", edgecolor=FAINT, linewidth=0.6)
        axes.add_patch(box)
        axes.text(LEFT, top + 0.95, layer, weight="bold", fontsize=8.5, va="center")
        for line, text in enumerate(words[layer]):
            axes.text(SAID, top + 0.95 + line, text, fontsize=6.8, va="center", color=QUIET)
        for line, text in enumerate(lines[layer]):
            axes.text(NAMES, top + 0.95 + line, text, fontsize=6.6, va="center", family="DejaVu Sans Mono")
            for found in re.finditer(r"\S+", text):
                spots[layer, found[0]] = NAMES + LETTER * (found.start() - 1.1), top + 0.95 + line
        top += tall[layer]
    for colour, way in zip(WAYS, ways(), strict=True):
        _draw_way(axes, spots, way, colour)
    return figure


def _draw_way(axes: Axes, spots: dict[Place, tuple[float, float]], way: Sequence[Place], colour: str) -> None:
    circle = {"boxstyle": "circle,pad=0.18", "facecolor": colour, "edgecolor": "none"}
    for number, place in enumerate(way, 1):
        across, down = spots[place]
        spots[place] = across - 1.7 * LETTER, down
        axes.text(
            across,
            down,
            str(number),
            fontsize=5,
            color="white",
            ha="center",
            va="center",
            weight="bold",
            bbox=circle,
        )


def drawn() -> bytes:
    """Return the picture as an SVG."""
    target = BytesIO()
    with drawing():
        picture().savefig(target, format="svg", metadata={"Date": None})
    return target.getvalue()


def main() -> None:
    """Write the picture."""
    FIGURE.write_bytes(drawn())


if __name__ == "__main__":
    main()
