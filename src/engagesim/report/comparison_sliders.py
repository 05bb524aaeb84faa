"""Contexts that a reader of a report moves through with sliders, each simulated beforehand."""

from typing import Any, NamedTuple

from engagesim.analysis.robustness import Robustness
from engagesim.parameters import parameter_table
from engagesim.report.comparison_figures import Looks
from engagesim.report.comparison_tables import Table, interval
from engagesim.report.comparison_words import change, difference_unit, lines, scale_of
from engagesim.report.text import capital, plain

_ABOUT = {row.path: row.description for row in parameter_table()}


class Asking(NamedTuple):
    """What the page needs: data for the script, the same numbers as a table, and how they came about."""

    data: dict[str, Any]
    table: Table
    contexts: list[Any]
    seeds: int
    start: str


def asking(sliders: Robustness, looks: Looks, start: str) -> Asking:
    """Return the contexts of the sliders; the sliders start in the middle.

    Parameters
    ----------
    sliders : Robustness
        Over a grid of contexts, with intervals.
    looks : mapping
        Of the packages, as in the figures.
    start : str
        The context that everything else is as in.
    """
    outcome, found = sliders.question.outcome, sliders.intervals
    assert found is not None  # noqa: S101 - there are two seeds or more
    paths = [str(path) for path in sliders.factors["path"]]
    scale, columns = scale_of(outcome), ("Package", "Difference", "95 % interval", "Verdict", "")
    contexts, rows = [], []
    for number, place in enumerate(sliders.points[paths].to_dict("records")):
        answers = []
        for row in lines(found[found["context"] == number]):
            words = (change(row.difference, outcome, named=False), interval(row.low, row.high, outcome), row.verdict)
            answers.append(
                {
                    "package": capital(plain(row.package)), "difference": words[0], "interval": words[1],
                    "verdict": words[2], "colour": looks[row.package][0], "at": scale * row.difference,
                    "low": scale * row.low, "high": scale * row.high,
                }
            )  # fmt: skip
            rows.append((plain(row.package), *(f"{value:g}" for value in place.values()), *words))
        contexts.append({"at": list(place.values()), "answers": answers})
    factors = []
    for path in paths:
        values = sorted(set(sliders.points[path]))
        said = [f"{value:g}" for value in values]
        factors.append(
            {"label": _ABOUT.get(path, path), "values": values, "said": said, "start": (len(values) - 1) // 2}
        )
    low, high = min(0.0, scale * float(found["low"].min())), max(0.0, scale * float(found["high"].max()))
    data = {
        "factors": factors, "contexts": contexts, "columns": [*columns[:4], "From less to more"], "low": low,
        "high": high, "caption": f"{outcome.description} in this context: difference from doing nothing, "
        f"{difference_unit(outcome)}",
    }  # fmt: skip
    names = [capital(plain(path.rpartition(".")[2])) for path in paths]
    table = Table(f"{outcome.description} in each context", ("Package", *names, *columns[1:4]), rows)
    return Asking(data, table, contexts, sliders.seeds, start)
