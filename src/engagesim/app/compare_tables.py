"""The table of differences: numbers written out, a small drawing beside them, and a verdict in words."""

from typing import Any

import pandas as pd
from markupsafe import Markup

from engagesim.analysis.differences import LOWER, WORSE
from engagesim.app.compare_charts import bar, look_of
from engagesim.report.comparison_words import OUTCOME, amount, change, of_hundred

COLUMNS = ("Outcome", "A", "B", "B less A", "", "95 %, alone", "95 %, all together", "Verdict for B", "Seeds that agree")


def difference_table(rows: pd.DataFrame, caption: str) -> Markup:
    """Return differences, as ``analysis.differences.compare`` gives them, as a table."""
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(name) for name in COLUMNS)
    body = Markup("").join(map(_row, rows.itertuples(index=False)))
    return Markup(
        '<div class="table-wrap" tabindex="0" role="region" aria-label="{0}"><table class="numbers"><caption>{0}</caption>'
        "<thead><tr>{1}</tr></thead><tbody>{2}</tbody></table></div>"
    ).format(caption, head, body)


def _row(row: Any) -> Markup:
    about = OUTCOME[str(row.outcome)]
    intervals = [
        f"{change(low, about, named=False)} to {change(high, about, named=False)}"
        for low, high in ((row.low, row.high), (row.low_all, row.high_all))
    ]
    agreeing = row.worse_share if row.verdict in {WORSE, LOWER} else max(row.better_share, row.worse_share)
    cells = (
        amount(row.baseline, about), amount(row.mean, about), change(row.difference, about), bar(row), *intervals,
        Markup('<span class="verdict {}">{}</span>').format(look_of(row.verdict), row.verdict), of_hundred(agreeing),
    )  # fmt: skip
    return Markup('<tr><th scope="row">{}</th>{}</tr>').format(
        about.description, Markup("").join(Markup("<td>{}</td>").format(cell) for cell in cells)
    )
