"""Draw who meets whom, and how a dispute becomes an agreement: ``python docs/meetings.py`` writes two pictures.

They open ``docs/odd.md``. A box is somebody or a state, an arrow what one does to the other or what happens.
"""

from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from engagesim.report.style import BLACK, BLUE, FAINT, GREEN, PAGE_WIDTH, PURPLE, QUIET, VERMILION, drawing

FIGURES = Path(__file__).parent / "figures"


class Arrow(NamedTuple):
    """From one box to another, with what it says: where, and to which side the words stand."""

    source: str
    target: str
    text: str
    at: tuple[float, float]
    colour: str = BLACK
    bend: float = 0.0
    side: str = "center"


PEOPLE = {
    "politician": (0.61, 0.93, "Politician\nstance, held until reconsidered"),
    "manager": (0.61, 0.67, "Manager\nresponse, held until reconsidered"),
    "provider": (0.61, 0.38, "Provider at a service point\nresponse, held until reconsidered"),
    "organisation": (0.27, 0.38, "Organisation\nof its users:\nmembers, leaders"),
    "citizen": (0.40, 0.08, "Citizen\nstrategy, each month"),
    "peers": (0.16, 0.08, "Peers"),
    "coalition": (0.9, 0.66, "Coalition\nof the district:\nthose who\nhave joined"),
    "service": (0.9, 0.25, "Service\nof the district:\nquality"),
}
MEETINGS = (
    Arrow("politician", "manager", "pressure or backing,\npurge and reshuffle", (0.595, 0.80), PURPLE, side="right"),
    Arrow("manager", "provider", "pressure, sanction, shield,\nmeans of the service point",
          (0.595, 0.545), PURPLE, side="right"),
    Arrow("organisation", "provider", "demand,\nconfrontation", (0.41, 0.475), VERMILION, -0.3),
    Arrow("provider", "organisation", "promise,\nkept or broken", (0.42, 0.272), VERMILION, -0.3),
    Arrow("citizen", "organisation", "joins, leads,\nleaves", (0.365, 0.21), VERMILION, side="left"),
    Arrow("citizen", "provider", "collaborates or confronts,\nbrings something", (0.54, 0.20), VERMILION, side="left"),
    Arrow("peers", "citizen", "ask", (0.245, 0.105)),
    Arrow("citizen", "politician", "votes; some are brokers,\nwho speak for others;\nclients get favours",
          (0.12, 0.68), BLUE, -1.6, "left"),
    Arrow("provider", "service", "works", (0.80, 0.345), GREEN),
    Arrow("service", "citizen", "serves, disappoints", (0.70, 0.08), GREEN, -0.15),
    Arrow("politician", "coalition", "joins as a sponsor", (0.80, 0.86), BLUE, -0.15, "left"),
    Arrow("manager", "coalition", "joins", (0.795, 0.685), BLUE),
    Arrow("provider", "coalition", "joins with\nan agreement", (0.80, 0.475), BLUE, 0.1, "left"),
)  # fmt: skip

STATES = {
    "quiet": (0.10, 0.62, "No dispute"),
    "dispute": (0.40, 0.62, "Dispute"),
    "promise": (0.70, 0.62, "Promise,\nnot due yet"),
    "agreement": (0.70, 0.14, "Agreement"),
}
EVENTS = (
    Arrow("quiet", "dispute", "demand", (0.245, 0.75), VERMILION, -0.25),
    Arrow("dispute", "quiet", "given up", (0.245, 0.47), FAINT, -0.25),
    Arrow("dispute", "promise", "promise, in earnest or for show", (0.55, 0.80), GREEN, -0.25),
    Arrow("promise", "dispute", "due: broken,\nand anger", (0.55, 0.44), VERMILION, -0.25),
    Arrow("promise", "agreement", "due: kept, by one who responds\nin earnest; the word counts more",
          (0.715, 0.36), GREEN, side="left"),
    Arrow("agreement", "quiet", "users disorganised, or no response in earnest;\nnew demands are rare while it stands",
          (0.04, 0.10), FAINT, -0.25, "left"),
)  # fmt: skip


def picture(boxes: dict[str, tuple[float, float, str]], arrows: tuple[Arrow, ...], height: float) -> Figure:
    """Return a picture of boxes and of the arrows among them."""
    figure = Figure(figsize=(PAGE_WIDTH, height))
    canvas = FigureCanvasAgg(figure)
    axes: Axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
    drawn: dict[str, FancyBboxPatch] = {}
    for name, (across, up, words) in boxes.items():
        written = axes.text(across, up, words, ha="center", va="center", fontsize=7.5, zorder=3)
        around = axes.transData.inverted().transform_bbox(written.get_window_extent(canvas.get_renderer()))
        low, high = (around.x0 - 0.02, around.y0 - 0.07 / height), (around.x1 + 0.02, around.y1 + 0.07 / height)
        box = FancyBboxPatch(low, high[0] - low[0], high[1] - low[1], boxstyle="round,pad=0,rounding_size=0.008")
        box.set(facecolor="white", edgecolor=QUIET, linewidth=0.8, mutation_aspect=PAGE_WIDTH / height)
        axes.add_patch(box)
        drawn[name] = box
    for arrow in arrows:
        way = {"arrowstyle": "-|>", "color": arrow.colour, "linewidth": 1.1, "shrinkA": 2, "shrinkB": 2}
        way |= {"connectionstyle": f"arc3,rad={arrow.bend}"}
        way |= {"patchA": drawn[arrow.source], "patchB": drawn[arrow.target]}
        axes.annotate("", boxes[arrow.target][:2], boxes[arrow.source][:2], arrowprops=way, zorder=2)
        axes.text(*arrow.at, arrow.text, fontsize=6.6, color=arrow.colour if arrow.colour != FAINT else QUIET,
                  ha=arrow.side, va="center")  # fmt: skip
    if "dispute" in boxes:
        way = {"arrowstyle": "-|>", "color": VERMILION, "linewidth": 1.1, "connectionstyle": "arc3,rad=-2.2"}
        axes.annotate("", (0.43, 0.71), (0.37, 0.71), arrowprops=way | {"shrinkA": 0, "shrinkB": 0})
        axes.text(
            0.4, 0.95, "refused in silence: confrontation", fontsize=6.6, color=VERMILION, ha="center", va="center"
        )
    return figure


def drawings() -> dict[Path, bytes]:
    """Return the pictures as SVG, by where they stand."""
    found = {}
    with drawing():
        for name, figure in (("meetings", picture(PEOPLE, MEETINGS, 4.6)), ("bargain", picture(STATES, EVENTS, 2.4))):
            target = BytesIO()
            figure.savefig(target, format="svg", metadata={"Date": None})
            found[FIGURES / f"{name}.svg"] = target.getvalue()
    return found


def main() -> None:
    """Write the pictures."""
    for path, content in drawings().items():
        path.write_bytes(content)


if __name__ == "__main__":
    main()
