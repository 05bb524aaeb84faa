"""When does a district form a coalition that lasts? What the answer depends on, what keeps the trap closed, and memory.

python experiments/when_do_coalitions_last/run.py [FOLDER]
"""

import re
import sys
from collections.abc import Callable, Mapping
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray
from scipy import stats

from engagesim import Options, Parameters, scenario, simulate
from engagesim.society.events import WORDS

plt.rcParams["svg.hashsalt"] = "engagesim"  # the same picture is the same file
HERE = Path(__file__).parent
OUTCOMES = {"coalition_ever": "have had one that lasted", "coalition_districts": "have one at the end"}
MONEY, USUAL = "incentives.patronage", 0.3
YEAR = 12
COLOURS = {"none": "#D55E00", "cocreation": "#0072B2"}
Values = NDArray[np.float64]


class Interval(NamedTuple):
    """An estimate with its 95 percent interval over seeds."""

    estimate: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Values) -> "Interval":
        """Return the mean of one value per seed, with Student's interval."""
        mean, half = float(values.mean()), float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values))
        return cls(mean, mean - half, mean + half)


def society(sizes: Mapping[str, Any], form: str = "cocreation", context: str = "contested_reform") -> Parameters:
    """Return a society in a context, in which a form opens after two years, or none does."""
    return scenario(context, engagement=form).changed(dict(sizes))


def last_year(metrics: Any, name: str) -> Values:
    """Return the mean of a measure in the last year, or its last value; shape (points, seeds)."""
    values: Values = metrics.measure(name)
    return values[..., -1] if name in OUTCOMES else values[..., -YEAR:].mean(axis=2)


def curve(asked: Mapping[str, Any]) -> pd.DataFrame:
    """Return the share of districts with a coalition, by form and patronage money."""
    rows = []
    for form in COLOURS:
        points = [society({**asked["society"], MONEY: level}, form) for level in asked["levels"]]
        found = simulate(points, range(1, asked["seeds"] + 1))
        for name in OUTCOMES:
            for level, values in zip(asked["levels"], last_year(found, name), strict=True):
                rows.append({"form": form, "measure": name, "patronage": level, **Interval.of(values)._asdict()})
    return pd.DataFrame(rows)


def resampled(of: Callable[[NDArray[np.int64]], float], seeds: int, draws: int = 400) -> Interval:
    """Return a statistic over seeds, with its percentile interval from resampled seeds."""
    rng = np.random.default_rng(1)
    drawn = [of(rng.integers(0, seeds, seeds)) for _ in range(draws)]
    low, high = np.nanpercentile(drawn, [2.5, 97.5]) if np.isfinite(drawn).any() else (np.nan, np.nan)
    return Interval(of(np.arange(seeds)), float(low), float(high))


def unchanged_first(variants: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the variants, beginning with the one that changes nothing, to which the others are compared."""
    return sorted(variants.items(), key=lambda variant: bool(variant[1]))


def varied(parameters: Parameters, variant: Mapping[str, Any]) -> Parameters:
    """Return parameters with the values and the multiples that a variant names."""
    times = {path: attrgetter(path)(parameters) * by for path, by in variant.get("times", {}).items()}
    return parameters.changed({**variant.get("set", {}), **times})


def panel(asked: Mapping[str, Any]) -> pd.DataFrame:
    """Return the shares of every variant at every point."""
    levels, rows = asked["panel"]["levels"], []
    places = [("cocreation", x, society({**asked["society"], MONEY: x})) for x in levels]
    places += [("none", x, society({**asked["society"], MONEY: x}, "none")) for x in levels[1:3]]
    for label, variant in unchanged_first(asked["panel"]["variants"]):
        seeds = variant.get("seeds", asked["panel"]["seeds"])
        found = simulate([varied(place, variant) for *_, place in places], range(1, seeds + 1))
        for name in OUTCOMES:
            for (form, level, _), values in zip(places, last_year(found, name), strict=True):
                at = {"variant": label, "measure": name, "form": form, "patronage": level}
                rows.append({**at, **Interval.of(values)._asdict()})
    return pd.DataFrame(rows)


def reelected(events: NDArray[Any], seeds: int) -> Interval:
    """Return the share of patrons who are re-elected at elections, with the interval of a ratio over seeds."""
    kind, before = (WORDS[name] for name in ("kind", "before"))
    patrons = events[events["before"] == before.index("patronage")]
    stayed, left = (
        np.bincount(patrons["lane"][patrons["kind"] == kind.index(name)] % seeds, minlength=seeds).astype(float)
        for name in ("reelected", "voted_out")
    )
    share = stayed.sum() / max(1.0, (stayed + left).sum())
    rest = stayed - share * (stayed + left)
    half = stats.t.ppf(0.975, seeds - 1) * rest.std(ddof=1) * np.sqrt(seeds) / max(1.0, (stayed + left).sum())
    return Interval(share, share - half, share + half)


TRAP = ("patronage", "client", "quality", "trust", "coalition_ever", "coalition_districts")


def trap(asked: Mapping[str, Any]) -> pd.DataFrame:
    """Return the clientelist trap, the trap without each of its causes, and the trap with each way out."""
    wanted, rows = asked["trap"], []
    points = {
        label: society({**asked["society"], **changes}, wanted["form"], "clientelist_trap")
        for label, changes in unchanged_first(wanted["variants"])
    }
    points |= {f"form: {form}": society(asked["society"], form, "clientelist_trap") for form in wanted["forms"]}
    points["the merit state"] = society(asked["society"], wanted["form"], "merit_state")
    seeds = wanted["seeds"]
    found = simulate(list(points.values()), range(1, seeds + 1), Options(events=True))
    values = {name: last_year(found, name) for name in TRAP}
    for place, label in enumerate(points):
        mine = found.events[found.events["lane"] // seeds == place]
        rows.append((label, "patrons re-elected", "level", *reelected(mine, seeds)))
        for name in TRAP:
            rows.append((label, name, "level", *Interval.of(values[name][place])))
            rows.append((label, name, "less the trap", *Interval.of(values[name][place] - values[name][0])))
    return pd.DataFrame(rows, columns=["variant", "measure", "what", *Interval._fields])


MEMORY = ("quality", "trust", "organisation", "coalition_districts")


def half_life(gap: Values, close: int) -> float:
    """Return the months until half of the gap at closing is gone; if it never is, all months after closing.

    Each gap is the mean over a year: the year before closing, or the year around the month.
    """
    smooth = np.convolve(gap, np.full(YEAR, 1 / YEAR), "valid")
    least = np.flatnonzero(smooth[close:] <= 0.5 * smooth[close - YEAR])
    return float(least[0] + YEAR // 2) if len(least) else float(len(gap) - close)


def lived(past: Mapping[str, Any], sizes: Mapping[str, Any], kind: str) -> Parameters:
    """Return the society without the past (``never``), or the one with it (``once``)."""
    some = past[kind]
    return society({**sizes, "months": past["months"], **some.get("set", {})}, some["form"], past["context"])


def memory(asked: Mapping[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the effect that a past leaves behind, month by month, and how long it takes to halve."""
    courses, rows = [], []
    for label, past in asked["memory"].items():
        seeds, close = past["seeds"], past["over"]
        pair = [lived(past, asked["society"], kind) for kind in ("never", "once")]
        found = simulate(pair, range(1, seeds + 1))
        for name in MEMORY:
            never, once = found.measure(name)
            gap = once - never
            mean, half = gap.mean(axis=0), 1.96 * stats.sem(gap, axis=0)
            course = {"month": range(1, len(mean) + 1), "gap": mean, "low": mean - half, "high": mean + half}
            courses.append(pd.DataFrame({"past": label, "measure": name, "over": close, **course}))
            around = resampled(lambda some, gap=gap, close=close: half_life(gap[some].mean(axis=0), close), seeds)
            rows.append((label, name, "gap when it ends", *Interval.of(gap[:, close - YEAR : close].mean(axis=1))))
            rows.append((label, name, "months until half is gone", *around))
            rows.append((label, name, "gap at the end", *Interval.of(gap[:, -5 * YEAR :].mean(axis=1))))
    return pd.concat(courses), pd.DataFrame(rows, columns=["past", "measure", "what", *Interval._fields])


def draw(shares: pd.DataFrame, variants: pd.DataFrame, path: Path) -> None:
    """Draw the share of districts with a coalition against patronage money, by form and for every variant."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.4), sharey=True, layout="constrained")
    for (form, name), part in shares.groupby(["form", "measure"], sort=False):
        style = "-" if name == "coalition_ever" else "--"
        label = f"{'co-creation' if form == 'cocreation' else 'no form'}: {OUTCOMES[str(name)]}"
        left.plot(part["patronage"], part["estimate"], style, color=COLOURS[str(form)], label=label)
        if name == "coalition_ever":
            left.fill_between(part["patronage"], part["low"], part["high"], color=COLOURS[str(form)], alpha=0.15)
    left.set(ylabel="Share of districts", title="As it is")
    some = variants[variants["measure"] == "coalition_ever"]
    for (_, form), part in some.groupby(["variant", "form"], sort=False):
        right.plot(part["patronage"], part["estimate"], color=COLOURS[str(form)], linewidth=0.7, alpha=0.7)
    right.set(title=f"{some['variant'].nunique()} definitions, sizes, networks and rates")
    left.set_ylim(0, None)
    left.legend(frameon=False, fontsize=8)
    figure.supxlabel("Patronage money in the district", fontsize=10)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def draw_memory(courses: pd.DataFrame, path: Path) -> None:
    """Draw the effect that a past leaves behind after its end, with one panel per measure."""
    figure, panels = plt.subplots(1, len(MEMORY), figsize=(2.7 * len(MEMORY), 3.2))
    for axes, name in zip(panels, MEMORY, strict=True):
        some = courses[(courses["measure"] == name) & (courses["month"] % 6 == 0)]
        for label, part in some.groupby("past", sort=False):
            years = (part["month"] - part["over"]) / YEAR
            line = axes.plot(years, part["gap"], label=str(label))
            axes.fill_between(years, part["low"], part["high"], color=line[0].get_color(), alpha=0.15, linewidth=0)
        axes.axhline(0, color="black", linewidth=0.6)
        axes.axvline(0, color="black", linewidth=0.6, linestyle=":")
        axes.set_title({"coalition_districts": "standing coalitions"}.get(name, name), fontsize=9)
    panels[0].set_ylabel("With that past less without")
    figure.supxlabel("Years since it was over", fontsize=9)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", ncols=len(labels), frameon=False, fontsize=8)
    figure.tight_layout(rect=(0, 0, 1, 0.93))
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def rows_of(tables: Mapping[str, pd.DataFrame]) -> dict[str, tuple[list[str], list[list[str]]]]:
    """Return headings and rows of the tables of the README, made from the stored results."""
    shares = tables["panel"].query(f"patronage == {USUAL}")
    found = shares.pivot_table(
        index="variant", columns=["form", "measure"], values=["estimate", "low", "high"], sort=False
    )
    levels = [
        [str(label), *(_within(*(row[part, form, name] for part in Interval._fields)) for form, name in SHOWN)]
        for label, row in found.iterrows()
    ]
    trapped = tables["trap"].query("what == 'level'").pivot(index="variant", columns="measure")
    trap_rows = [
        [str(label), *(_within(*(trapped.loc[label, (part, name)] for part in Interval._fields)) for name in TRAPPED)]
        for label in tables["trap"]["variant"].unique()
    ]
    return {
        "levels": (["variant", "no form: lasting", "co-creation: lasting", "co-creation: standing"], levels),
        "trap": (["", "patrons re-elected", "patrons in office", "clients", "quality", "lasting coalition"], trap_rows),
        "memory": (
            ["past", "measure", "gap when it ends", "months until half is gone", "gap in the last five years"],
            _memories(tables["memory"]),
        ),
    }


SHOWN = (("none", "coalition_ever"), ("cocreation", "coalition_ever"), ("cocreation", "coalition_districts"))
TRAPPED = ("patrons re-elected", "patronage", "client", "quality", "coalition_ever")
TABLE = re.compile(r"(<!-- table: (?P<name>[a-z]+) -->\n).*?(<!-- end of table -->)", re.DOTALL)


def _memories(table: pd.DataFrame) -> list[list[str]]:
    rows = []
    for (label, name), part in table.groupby(["past", "measure"], sort=False):
        ends = part.set_index("what")
        start, half, last = (ends.loc[what, list(Interval._fields)] for what in ends.index)
        months = f"{half.iloc[0]:.0f} ({half.iloc[1]:.0f} to {half.iloc[2]:.0f})"
        rows.append([str(label), str(name), _within(*start), months, _within(*last)])
    return rows


def _within(estimate: float, low: float, high: float) -> str:
    """Return an estimate with half the width of its interval, as text."""
    return f"{estimate:.2f} ± {(high - low) / 2:.2f}"


def stored(path: Path) -> pd.DataFrame:
    """Read a table of results, in which "none" is a form and not a missing value."""
    return pd.read_csv(path, keep_default_na=False, na_values=[""])


def renewed(page: str, tables: Mapping[str, pd.DataFrame]) -> str:
    """Return a page with its tables made again from the results."""
    made = {
        name: "\n".join(f"| {' | '.join(cells)} |" for cells in (headings, ["---"] * len(headings), *rows))
        for name, (headings, rows) in rows_of(tables).items()
    }
    return TABLE.sub(lambda found: f"{found[1]}\n{made[found['name']]}\n\n{found[3]}", page)


def main(folder: Path = HERE, config: Path = HERE / "config.yaml") -> dict[str, pd.DataFrame]:
    """Run the experiment, write its tables and figures into a folder, and return the tables."""
    asked = yaml.safe_load(config.read_text("utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"curve": curve(asked)}
    tables["panel"] = panel(asked)
    tables["trap"] = trap(asked)
    courses, tables["memory"] = memory(asked)
    for name, table in tables.items():
        table.round(4).to_csv(folder / f"{name}.csv", index=False)
        print(f"\n{name}\n{table.round(3).to_string(index=False)}")
    page = folder / "README.md"
    if page.exists():
        page.write_text(
            renewed(page.read_text("utf-8"), {name: stored(folder / f"{name}.csv") for name in tables}), "utf-8"
        )
    draw(tables["curve"], tables["panel"], folder / "coalitions.svg")
    draw_memory(courses, folder / "memory.svg")
    return tables


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
