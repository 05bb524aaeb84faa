"""The page of the robustness panel: a figure, one line per claim, and a table."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup

from engagesim.report.markdown import as_page, pipe_table, safe
from engagesim.report.pages import template, written
from engagesim.report.style import BLUE, ORANGE, PALE, QUIET, VERMILION, Caption, drawing, new_figure, save
from engagesim.validation.claims import AS_IT_IS, MOST_SETS, SOCIETY, conclusions
from engagesim.validation.experiments import Size
from engagesim.validation.facts import Fact
from engagesim.validation.parameter_sets import Calibration

REPORT, TABLE, FIGURE = "report.md", "robustness.csv", "robustness"

_MARKS = {"holds": ("o", BLUE), "unclear": ("_", ORANGE), "flips": ("X", VERMILION)}
"""Symbol and colour of each result; the symbols also differ in black and white."""


class Made(NamedTuple):
    """The origin of a panel: its size, the calibration whose sets it used, and the command that repeats it."""

    size: Size
    calibration: Calibration
    command: str


def write_report(table: pd.DataFrame, facts: Sequence[Fact], made: Made, folder: Path) -> None:
    """Write ``report.md``, ``report.html``, ``robustness.csv`` and the figure.

    Parameters
    ----------
    table : DataFrame
        As :func:`engagesim.validation.claims.panel` returns it.
    facts : sequence of Fact
        The claims.
    made : Made
    folder : Path
    """
    table.round(5).to_csv(folder / TABLE, index=False)
    found = conclusions(table)
    kinds = [each.kind for each in found.values()]
    text = template("robustness.md").render(
        command=made.command.replace("`", "'"),
        claims=len(found),
        everywhere=kinds.count("everywhere"),
        conditioned=kinds.count("conditioned"),
        withdrawn=kinds.count("withdrawn"),
        variations=table["variation"].nunique() - 1,
        draws=made.size.trials,
        sets=min(made.size.trials, len(made.calibration.sets)),
        societies=made.size.districts,
        districts=SOCIETY["population.districts"],
        citizens=SOCIETY["population.citizens"] // SOCIETY["population.districts"],
        most=f"{MOST_SETS:.0%}".replace("%", " %"),
        description=safe(made.calibration.description) or "No description.",
        topics=[_topic(fact, table) for fact in facts],
        axes_table=_axes_table(table),
        figure=f"figures/{FIGURE}.svg",
    )
    (folder / REPORT).write_text(text, "utf-8", newline="\n")
    drawn = draw(table, folder / "figures")
    page = template("validation.html").render(
        title="How far each claim holds",
        body=Markup(as_page(text, drawn)),  # noqa: S704 - Markdown is rendered with tags escaped
    )
    written(page, folder)


def _topic(fact: Fact, table: pd.DataFrame) -> dict[str, str]:
    """Return the parts of the page that cover the claims of one file."""
    mine = table[table["claim"].str.startswith(f"{fact.id}.")]
    usual = mine[mine["variation"] == AS_IT_IS].set_index("claim")
    rows = []
    for name, each in conclusions(mine).items():
        row = usual.loc[name]
        said = f"**withdrawn**: {each.words}" if each.kind == "withdrawn" else each.words
        shown = "{value:.3f} ({low:.3f} to {high:.3f})" if np.isfinite(row["value"]) else "not defined"
        effect = shown.format(**row)
        rows.append((f"`{name}`", safe(str(row["says"])), said, effect, f"{row['sets']:.0%}"))
    return {
        "title": safe(fact.title),
        "source": safe(fact.source),
        "note": safe(fact.note),
        "table": pipe_table(("", "claim", "how far it holds", "effect, unchanged model", "draws"), rows),
    }


def _axes_table(table: pd.DataFrame) -> str:
    """Return a table of how often claims hold, are unclear or flip in each variation."""
    rows = []
    for (axis, name), part in table.groupby(["axis", "variation"], sort=False):
        counts = part["result"].value_counts()
        rows.append((axis, name, *(int(counts.get(each, 0)) for each in _MARKS)))
    return pipe_table(("what is varied", "variation", *_MARKS), rows)


def draw(table: pd.DataFrame, folder: Path) -> str:
    """Draw every claim in every variation as one matrix of symbols, and return the drawing."""
    names, columns = list(dict.fromkeys(table["claim"])), list(dict.fromkeys(table["variation"]))
    axes_of = dict(zip(table["variation"], table["axis"], strict=True))
    places = table.assign(x=table["variation"].map(columns.index), y=table["claim"].map(names.index))
    with drawing():
        figure = new_figure(1.9 + 0.165 * len(names))
        axes = figure.subplots()
        for result, (marker, colour) in _MARKS.items():
            some = places[places["result"] == result]
            width = 1.6 if marker == "_" else 0.5
            axes.scatter(some["x"], some["y"], s=26, marker=marker, color=colour, linewidths=width, label=result)
        for x, y, share in places.loc[places["sets"] < 1, ["x", "y", "sets"]].itertuples(index=False):
            axes.text(x + 0.42, y, f"{100 * share:.0f}", fontsize=4.5, color=QUIET, ha="center", va="center")
        for left, (one, other) in enumerate(pairwise(columns)):
            if axes_of[one] != axes_of[other]:
                axes.axvline(left + 0.62, color=QUIET, linewidth=0.6)
        axes.set_yticks(np.arange(len(names)), names, fontsize=6.5)
        axes.set_xticks(np.arange(len(columns)), columns, rotation=50, ha="left", rotation_mode="anchor", fontsize=6.5)
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.hlines(np.arange(len(names)) + 0.5, -0.6, len(columns) - 0.2, color=PALE, linewidth=0.4)
        axes.set(xlim=(-0.6, len(columns) - 0.2), ylim=(len(names) - 0.4, -0.6))
        figure.legend(
            loc="outside lower right", ncols=3, title="small numbers: % of draws (parameter sets) in which it holds"
        )
        figure.set_layout_engine("constrained")
        counts = table["result"].value_counts()
        said = ", ".join(f"{int(counts.get(each, 0))} {each}" for each in _MARKS)
        caption = Caption(
            "Each claim in each variation", f"{len(names)} claims in {len(columns)} variations of the model: {said}."
        )
        drawn, _ = save(figure, folder, FIGURE, caption)
    text = drawn.read_text("utf-8")
    return text[text.index("<svg") :]
