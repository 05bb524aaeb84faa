"""The table of differences: numbers written out, a small drawing beside them, and a verdict in words."""

from typing import Any

import pandas as pd
from markupsafe import Markup

from engagesim.analysis.differences import LOWER, WORSE
from engagesim.app.compare_charts import bar, look_of
from engagesim.app.study_tables import table
from engagesim.report.comparison_words import OUTCOME, amount, change, of_hundred

COLUMNS = (
    "Outcome",
    "A",
    "B",
    "B less A",
    "Beside 0",
    "95 %, alone",
    "95 %, all together",
    "Verdict for B",
    "Seeds that agree",
)


def difference_table(rows: pd.DataFrame, caption: str) -> Markup:
    """Return differences, as ``analysis.differences.compare`` gives them, as a table."""
    return table(caption, COLUMNS, [_row(row) for row in rows.itertuples(index=False)])


def _row(row: Any) -> tuple[object, ...]:
    about = OUTCOME[str(row.outcome)]
    intervals = [
        f"{change(low, about, named=False)} to {change(high, about, named=False)}"
        for low, high in ((row.low, row.high), (row.low_all, row.high_all))
    ]
    agreeing = row.worse_share if row.verdict in {WORSE, LOWER} else max(row.better_share, row.worse_share)
    verdict = Markup('<span class="verdict {}">{}</span>').format(look_of(row.verdict), row.verdict)
    levels = (amount(row.baseline, about), amount(row.mean, about), change(row.difference, about))
    return about.description, *levels, bar(row), *intervals, verdict, of_hundred(agreeing)
