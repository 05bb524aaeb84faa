"""Describe the match with a place in sentences: the fit, any disagreements, what is now known, and what is not."""

from typing import Any, NamedTuple

import pandas as pd

from engagesim.parameters import parameter_table
from engagesim.places.profile import QUANTITY, Quantity
from engagesim.places.stored import Place
from engagesim.report.text import several

NOT_A_FORECAST = (
    "This is not a forecast of the place. It shows which simulated societies look like the place in the numbers that "
    "you gave. Other societies, and other models, may look the same; what you did not state is the model's guess."
)

NARROWED, HARDLY = 0.25, 0.1
"""Share by which a range must narrow for a context to count as better known, and share below which it hardly does."""

SHOWN = 0.5
"""Number of standard deviations by which a parameter of behaviour must move to be mentioned."""


class Matched(NamedTuple):
    """A match with a place: its societies, how many were simulated, and the tables of ``places.matching``."""

    place: Place
    simulated: int
    match: pd.DataFrame
    widths: pd.DataFrame
    predicted: pd.DataFrame
    behaviour: pd.DataFrame
    calibration: str


def answer(match: pd.DataFrame, widths: pd.DataFrame, behaviour: pd.DataFrame) -> list[str]:
    """Return the result in a few sentences, the most important first, based on the tables of ``places.matching``."""
    return [_how_well(match), *_at_odds(match), *_known(widths), *_behaviour(behaviour)]


def _how_well(match: pd.DataFrame) -> str:
    reached = (match["fit_low"] <= match["stated_high"]) & (match["stated_low"] <= match["fit_high"])
    names = list(match.loc[~reached, "quantity"])
    if not names:
        everything = f"all {len(match)} numbers" if len(match) > 1 else "your number"
        return f"The model has societies that agree with {everything}."
    return (
        f"The model has societies that agree with {int(reached.sum())} of {several(len(match), 'number')}. It does not "
        f"reach: {'; '.join(names)}."
    )


def _at_odds(match: pd.DataFrame) -> list[str]:
    odd = match[match["at_odds"]].sort_values("chance", kind="stable")
    if odd.empty:
        return ["No number is at odds with the others."]
    rows: Any = odd.itertuples()
    said = [
        f"At odds with your other numbers: {row.quantity}. You say "
        f"{between(QUANTITY[row.quantity], row.stated_low, row.stated_high)}; "
        f"the others suggest {between(QUANTITY[row.quantity], row.others_low, row.others_high)}."
        for row in rows
    ]
    return [*said, "Check these numbers: one of them may be wrong, or the place works differently from the model."]


def _known(widths: pd.DataFrame) -> list[str]:
    known, little = widths[widths["narrower"] >= NARROWED], widths[widths["narrower"] < HARDLY]
    said = []
    if len(known):
        said.append(f"Your numbers reveal most about: {'; '.join([context_name(path) for path in known['path']])}.")
    if len(little):
        unknown = "; ".join([context_name(path) for path in little["path"]])
        said.append(f"They reveal little or nothing about: {unknown}.")
    return said


def _behaviour(table: pd.DataFrame) -> list[str]:
    if table.empty:
        return ["How people behave was not varied."]
    moved = table[table["moved"].abs() >= SHOWN]
    if moved.empty:
        return [
            "They reveal little about how people behave: no parameter moves by half a standard deviation of the "
            "calibrated sets."
        ]
    names = [
        f"{context_name(path)} ({'more' if move > 0 else 'less'})"
        for path, move in zip(moved["path"], moved["moved"], strict=True)
    ]
    return [f"They reveal something about how people behave: {'; '.join(names[:5])}."]


def context_name(path: str) -> str:
    """Return the description of a parameter with a lower-case first letter."""
    words = _ROWS[path]
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


_ROWS = {row.path: row.description for row in parameter_table()}


def between(about: Quantity, low: float, high: float) -> str:
    """Return an interval of a quantity in words."""
    return f"{about.said(low)} to {about.said(high)}"
