"""How packages hold up where the context is not known, in words and drawn."""

from typing import Any

import pandas as pd
from markupsafe import Markup

from engagesim.analysis.robustness import Robustness
from engagesim.report.comparison_figures import named_rows, panel, svg
from engagesim.report.comparison_words import Said, lines, lower, named, of_hundred
from engagesim.report.style import PALE, SKY_BLUE, VERMILION, Caption
from engagesim.report.text import capital, plain
from engagesim.study.packages import BASELINE


def in_short(robustness: Robustness) -> list[Said]:
    """Return which package holds up best over contexts, how often it harms, and where it fails."""
    table = robustness.table[robustness.table["package"] != BASELINE]
    best: Any = table.sort_values(["mean_regret", "package"]).iloc[0]
    harmful = [str(row.package) for row in lines(table) if row.clear_harm_share > 0]
    what = lower(robustness.question.outcome)
    name, text, conditions = next(found for found in failures(robustness) if found[0] == capital(plain(best.package)))
    return [
        Said(
            f"Over {robustness.contexts} contexts, any of which might be the true one, {plain(best.package)} is the "
            f"safest choice for {what}: on average it falls least short of whatever would have been best "
            f"(by {best.mean_regret:.3f}; at worst by {best.greatest_regret:.3f}). It does worse than nothing in "
            f"{of_hundred(best.harm_share) + ' of them' if best.harm_share else 'none of them'}."
        ),
        Said(f"{name} {text}", conditions),
        Said(
            f"Clearly worse than doing nothing in some contexts: {named(harmful)}."
            if harmful
            else "No package does clearly worse than nothing in any of them."
        ),
    ]


def failures(robustness: Robustness) -> list[tuple[str, str, list[str]]]:
    """Return, by package, how often it fails, and sentences on the conditions."""
    found = dict(list(robustness.failures.groupby("package", sort=False)))
    return [
        (capital(plain(name)), *_failing(robustness.points[name] < robustness.question.least_gain, found.get(name)))
        for name in map(str, robustness.table["package"])
        if name != BASELINE
    ]


def _failing(fails: "pd.Series[bool]", conditions: pd.DataFrame | None) -> tuple[str, list[str]]:
    if not fails.any():
        return "fails in none of these contexts.", []
    if fails.all():
        return "fails in all of these contexts.", []
    often = f"fails in {of_hundred(float(fails.mean()))} contexts"
    if conditions is None:
        return f"{often}; no simple condition tells where.", []
    return f"{often}, mostly where:", [_condition(row) for row in lines(conditions)]


def _condition(row: Any) -> str:
    return (
        f"{capital(row.rule)}: it fails in {of_hundred(row.density)} contexts like that, "
        f"which hold {of_hundred(row.coverage)} of all its failures."
    )


def across(robustness: Robustness) -> Markup:
    """Draw the shares of contexts in which each package harms, gains too little, and gains enough."""
    names = [str(name) for name in robustness.table["package"] if name != BASELINE]
    gains, least = robustness.points[names], robustness.question.least_gain
    harm, enough = 100 * (gains < 0).mean(), 100 * (gains >= least).mean()
    parts = (("worse than nothing", harm, VERMILION, "//"), (f"gains under {least:g}", 100 - harm - enough, PALE, ""),
             (f"gains {least:g} or more", enough, SKY_BLUE, ""))  # fmt: skip
    figure, axes = panel(0.85 + 0.26 * len(names), 1.45, 0.2)
    before = 0 * harm
    for label, share, colour, hatch in parts:
        axes.barh(range(len(names)), share, left=before, color=colour, hatch=hatch, height=0.62, label=label,
                  edgecolor="white", linewidth=0.4)  # fmt: skip
        before = before + share
    named_rows(axes, names, (0.0, 100.0))
    axes.set_xlabel("contexts, of 100")
    figure.legend(loc="upper left", ncols=3, frameon=False, fontsize=6.8, handlelength=1.1, columnspacing=0.9,
                  borderpad=0, borderaxespad=0.2)  # fmt: skip
    figure.subplots_adjust(top=1 - 0.3 / figure.get_figheight())
    told = "; ".join(
        f"{plain(name)} does worse than nothing in {of_hundred(harm[name] / 100)} and gains {least:g} or more in "
        f"{of_hundred(enough[name] / 100)}"
        for name in names
    )
    title = "How often each package harms, gains too little, and gains enough"
    return svg(figure, Caption(title, f"Of contexts: {told}."))
