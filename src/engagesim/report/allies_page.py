"""The page of a search for allies: the answer, a map of actors with the path drawn on it, and tables."""

from itertools import pairwise
from pathlib import Path
from typing import Any

from markupsafe import Markup
from matplotlib.axes import Axes

from engagesim.alliances.found import Allies
from engagesim.alliances.futures import DEFECT, TRANSFER
from engagesim.alliances.levers import lever_words
from engagesim.alliances.standing import Standing
from engagesim.report.allies_words import (
    IN_THE_WAY,
    NOT_A_FORECAST,
    REQUIRED,
    answer,
    gain,
    motive,
    stands,
    title,
    titled,
    titles,
)
from engagesim.report.comparison_figures import panel, svg, unique
from engagesim.report.comparison_tables import Table
from engagesim.report.pages import template, written
from engagesim.report.style import ACT_COLOURS, BLACK, BLUE, FAINT, PALE, QUIET, VERMILION, Caption, drawing_for_a_page
from engagesim.report.text import capital, percent


def write_page(found: Allies, folder: Path) -> Path:
    """Write ``report.html``, one file without scripts; the same search gives an identical file.

    Parameters
    ----------
    found : Allies
    folder : Path
        Created if it does not exist.

    Returns
    -------
    Path
        The file written.
    """
    with drawing_for_a_page():
        drawn = unique(draw_map(found), "map")
    text = template("allies.html").render(
        title=title(found),
        answers=answer(found),
        not_a_forecast=NOT_A_FORECAST,
        map=drawn,
        path_table=path_table(found),
        who_table=who_table(found),
        small_table=_small_table(found),
        blow_table=_blow_table(found),
        holds=found.horizon.holds,
        horizon=found.horizon.months,
        futures=found.effort.futures,
        fresh=found.effort.fresh,
    )
    return written(text, folder)


def draw_map(found: Allies, chosen: str = "") -> Markup:
    """Draw the actors of the district and the path; a page can let users choose an actor.

    Parameters
    ----------
    found : Allies
    chosen : str
        The key of an actor to mark.
    """
    where = _places(found)
    order = {each.actor: number for number, each in enumerate(found.judged.path, 1)}
    figure, axes = panel(3.4, 0.05, 0.05)
    figure.set_size_inches(6.6, 3.9)
    figure.subplots_adjust(0.01, 0.01, 0.99, 0.99)
    for one, other in _ties(found):
        axes.plot(*zip(where[one], where[other], strict=True), color=PALE, linewidth=1.2, zorder=1)
    steps = [where[each.actor] for each in found.judged.path]
    for start, end in pairwise(steps):
        look = {"arrowstyle": "-|>", "color": BLUE, "linewidth": 1.3, "shrinkA": 9, "shrinkB": 9, "alpha": 0.8}
        axes.annotate("", end, start, arrowprops={**look, "connectionstyle": "arc3,rad=0.12"}, zorder=2)
    for place, stand in enumerate(found.standings):
        _draw_actor(axes, where[stand.actor.key], stand, f"pick-{place}", stand.actor.key == chosen)
        if found.judged.missing.get(stand.actor.key, 0.0) >= IN_THE_WAY and stand.actor.kind in REQUIRED:
            axes.plot(
                where[stand.actor.key][0] + 0.22, where[stand.actor.key][1] + 0.16, "x", color=VERMILION, ms=8, mew=2.2
            )
        if stand.actor.key in order:
            axes.annotate(
                str(order[stand.actor.key]), where[stand.actor.key], color=BLUE, fontsize=9, fontweight="bold",
                xytext=(-13, 8), textcoords="offset points", ha="center", va="center", zorder=6,
            )  # fmt: skip
    axes.set(xlim=(-0.6, _width(found) + 0.6), ylim=(-0.75, 3.5))
    axes.set_axis_off()
    said = "; ".join(
        f"{titled(each.actor)}: {stands(each)}" + (f"; step {order[each.actor.key]}" if each.actor.key in order else "")
        for each in found.standings
    )
    return svg(figure, Caption("Actors of the district and the path", said))


def _width(found: Allies) -> float:
    """Return the width of the map as a number of providers."""
    return float(max(3, sum(actor.kind == "provider" for actor in found.actors)))


def _places(found: Allies) -> dict[str, tuple[float, float]]:
    """Return the position of each actor: the politician on top, users at the bottom."""
    providers = max(1, sum(actor.kind == "provider" for actor in found.actors))
    middle = (_width(found) - 1) / 2 + 0.5
    step = _width(found) / providers
    fixed = {"politician": (middle - 0.5, 3.0), "manager": (middle - 0.5, 2.0), "brokers": (middle + 0.9, 3.0)}
    across = lambda number: step * (number + 0.5) - 0.5  # noqa: E731 - used only here
    rows = {"provider": 1.0, "users": 0.0}
    return {
        actor.key: fixed[actor.kind] if actor.kind in fixed else (across(actor.number), rows[actor.kind])
        for actor in found.actors
    }


def _ties(found: Allies) -> list[tuple[str, str]]:
    keys = {actor.key for actor in found.actors}
    ties = [("politician", "manager"), ("politician", "brokers")]
    for actor in found.actors:
        if actor.kind == "provider":
            ties.append(("manager", actor.key))
        if actor.kind == "users":
            ties.append((f"provider {actor.number + 1}", actor.key))
    return [(one, other) for one, other in ties if {one, other} <= keys]


def _draw_actor(axes: Axes, where: tuple[float, float], stand: Standing, pick: str, is_chosen: bool) -> None:
    shape = {"politician": "s", "manager": "D", "provider": "o"}.get(stand.actor.kind, "^")
    does = max(stand.does, key=stand.does.__getitem__)
    colour = ACT_COLOURS.get(does.lower(), PALE) if stand.actor.entity != "citizen" else PALE
    edge = BLACK if stand.belongs >= 0.5 else FAINT
    axes.plot(
        *where, shape, markersize=15, color=colour, markeredgecolor=BLUE if is_chosen else edge,
        markeredgewidth=3.0 if is_chosen else 1.6, zorder=4, gid=pick,
    )  # fmt: skip
    words = titled(stand.actor).removeprefix("the ").replace(" with the ", "\n").partition(":")[0].partition(",")[0]
    words = words if len(words) < 34 else f"{words[:32]}…"
    axes.annotate(
        words, where, xytext=(0, -12), textcoords="offset points", ha="center", va="top", fontsize=7, color=QUIET,
        zorder=6,
    )  # fmt: skip


def path_table(found: Allies) -> Table:
    """Return the steps of the path, one row each."""
    names = titles(found)
    rows = [
        (
            f"{number}. {names[each.actor]}", f"month {(number - 1) * found.lengths.every + 1}",
            capital(lever_words(each.lever)), f"{each.cost:,.0f}", percent(found.judged.chances[number]),
            gain(found.judged.steps[number - 1]),
            gain(found.judged.without[each.actor]),
        )
        for number, each in enumerate(found.judged.path, 1)
    ]  # fmt: skip
    columns = ("Whom", "When", "How", "Cost, dollars", "Chance after it", "The step adds", "Adds to the others")
    return Table("Whom to approach, in this order", columns, rows)


def who_table(found: Allies) -> Table:
    """Return the stance, motive, lever and gains of every actor."""
    known = {each.actor: each for each in found.candidates}
    order, missing = {each.actor: number for number, each in enumerate(found.judged.path, 1)}, found.judged.missing
    rows = []
    for stand in sorted(found.standings, key=lambda each: order.get(each.actor.key, len(order) + 1)):
        mine, key = known.get(stand.actor.key), stand.actor.key
        in_favour, against = motive(stand)
        rows.append(
            (
                capital(titled(stand.actor)), capital(stands(stand)), capital(in_favour), capital(against),
                capital(mine.lever) if mine else "None moves this actor",
                f"{mine.cost:,.0f}" if mine else "", gain(found.judged.alone.get(key)),
                gain(found.judged.without.get(key)), percent(missing[key]) if key in missing else "",
            )
        )  # fmt: skip
    columns = (
        "Who", "Today", "For reform", "Against reform", "Lever", "Cost, dollars", "Alone", "With the others",
        "Missing where the path fails",
    )  # fmt: skip
    return Table("Actors, those on the path first", columns, rows)


def _small_table(found: Allies) -> Table:
    names = titles(found)
    rows = [("; ".join(names[key] for key in keys), str(len(keys)), gain(each)) for keys, each in found.judged.smaller]
    return Table("The smallest winning coalitions", ("Allies", "How many", "Gain"), rows)


def _blow_table(found: Allies) -> Table:
    names, posts = titles(found), {actor.key for actor in found.actors if actor.entity != "citizen"}
    rows: list[Any] = [
        (
            names[each.actor],
            gain(found.judged.shocks[each.actor, TRANSFER]) if each.actor in posts else "–",
            gain(found.judged.shocks[each.actor, DEFECT]),
        )
        for each in found.judged.path
    ]
    return Table(
        "What happens to the chance if an ally …", ("Ally", "is transferred or voted out", "leaves for good"), rows
    )
