"""Robustness of packages over uncertain contexts, in words and figures."""

from typing import Any

import pandas as pd
from markupsafe import Markup

from engagesim.analysis.robustness import Robustness, harmful_packages
from engagesim.report.comparison_figures import named_rows, panel, svg
from engagesim.report.comparison_words import Said, lines, lower, named, option, threshold, worth
from engagesim.report.style import PALE, SKY_BLUE, VERMILION, Caption
from engagesim.report.text import capital, counted_in, plain
from engagesim.study.intervention_packages import BASELINE


def in_short(robustness: Robustness) -> list[Said]:
    """State which option holds up best across contexts, and which packages do harm."""
    is_package, outcome = robustness.table["package"] != BASELINE, robustness.question.outcome
    first: Any = robustness.table[is_package].sort_values(["mean_regret", "package"]).iloc[0]
    nothing: Any = robustness.table[~is_package].iloc[0]
    best = nothing if nothing.mean_regret < first.mean_regret else first
    harmful = harmful_packages(robustness)
    name, text, conditions = next(found for found in failures(robustness) if found[0] == capital(plain(first.package)))
    return [
        Said(
            f"Any of the {robustness.contexts} contexts might be the true one. Over all of them, "
            f"{option(best.package)} is the safest choice for {lower(outcome)}: it falls short of the best option in "
            f"each context by {worth(best.mean_regret, outcome)} on average, and by "
            f"{worth(best.greatest_regret, outcome)} at worst. "
            f"{capital(plain(first.package))} does worse than doing nothing in "
            f"{counted_in(float(first.harm_share), robustness.contexts)} contexts."
        ),
        Said(f"{name} {text}", conditions),
        Said(
            f"Clearly worse than doing nothing in more contexts than chance explains: {named(harmful)}."
            if harmful
            else "No package is clearly worse than doing nothing in more contexts than chance explains."
        ),
    ]


def failures(robustness: Robustness) -> list[tuple[str, str, list[str]]]:
    """Return the name of each package, how often it fails, and the conditions of failure in sentences."""
    found = dict(list(robustness.failures.groupby("package", sort=False)))
    return [
        (capital(plain(name)), *_failing(robustness.points[name] < robustness.question.least_gain, found.get(name)))
        for name in map(str, robustness.table["package"])
        if name != BASELINE
    ]


def _failing(fails: "pd.Series[bool]", conditions: pd.DataFrame | None) -> tuple[str, list[str]]:
    failed = int(fails.sum())
    often = f"fails in {counted_in(float(fails.mean()), len(fails))} contexts"
    if failed in {0, len(fails)}:
        return f"{often}.", []
    if conditions is None:
        return f"{often}; no simple condition describes them.", []
    most = "mostly " if conditions["coverage"].sum() > 0.5 else "among others "
    return f"{often}, {most}where:", [_condition(row, failed) for row in lines(conditions)]


def _condition(row: Any, failed: int) -> str:
    """State how often a package fails where a rule holds, and how often it fails elsewhere."""
    there = round(row.coverage * failed)
    others = "and nowhere else" if there == failed else f"and {failed - there} times elsewhere"
    others = "and once elsewhere" if failed - there == 1 else others
    often = counted_in(row.density, round(there / row.density))
    return f"{capital(row.rule)}: it fails in {often} such contexts, {others}."


def across(robustness: Robustness) -> Markup:
    """Draw the number of contexts in which each package does harm, gains too little, or gains enough."""
    names = [str(name) for name in robustness.table["package"] if name != BASELINE]
    gains, asked = robustness.points[names], robustness.question
    harm, enough = (gains < 0).sum(), (gains >= asked.least_gain).sum()
    least = threshold(asked.least_gain, asked.outcome, True)
    between = len(gains) - harm - enough
    parts = (("worse than doing nothing", harm, VERMILION, "//"), (f"gains under {least}", between, PALE, ""),
             (f"gains {least} or more", enough, SKY_BLUE, ""))  # fmt: skip
    figure, axes = panel(0.85 + 0.26 * len(names), 1.45, 0.2)
    before = 0 * harm
    for label, count, colour, hatch in parts:
        axes.barh(range(len(names)), count, left=before, color=colour, hatch=hatch, height=0.62, label=label,
                  edgecolor="white", linewidth=0.4)  # fmt: skip
        before = before + count
    named_rows(axes, names, (0.0, float(len(gains))))
    axes.set_xlabel("contexts")
    figure.legend(loc="upper left", ncols=3, frameon=False, fontsize=6.8, handlelength=1.1, columnspacing=0.9,
                  borderpad=0, borderaxespad=0.2)  # fmt: skip
    figure.subplots_adjust(top=1 - 0.3 / figure.get_figheight())
    told = "; ".join(
        f"{plain(name)} does worse than doing nothing in {harm[name]} and gains {least} or more in {enough[name]}"
        for name in names
    )
    title = "How often each package harms, gains too little, and gains enough"
    return svg(figure, Caption(title, f"Of {len(gains)} contexts: {told}."))
