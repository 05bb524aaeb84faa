"""Everybody's state and reasons in a month, as a table."""

from __future__ import annotations

from typing import Any

import pandas as pd

from engagesim.model.clock import EngagementModel
from engagesim.society.state import columns


def agent_table(model: EngagementModel) -> pd.DataFrame:
    """Return one row an agent: month, row, role, district, state, and the terms of each option's utility.

    A term stands under ``OPTION.term``, in units of the value of service quality rising from 0 to 1; cells that do
    not concern a kind of agent are empty. Reasons are those that the agent would have now, at the end of the month.
    """
    rows: list[dict[str, Any]] = []
    for entity, members in (
        ("citizen", model.citizens),
        ("official", model.officials),
        ("politician", model.politicians),
    ):
        names = [column.name for column in columns(entity, None, model.design.columns)]  # type: ignore[arg-type]
        for member in members:
            row = {"month": model.month - 1, "row": member.row, "role": member.role.name.lower()}
            row |= {"district": member.home.row, **{name: getattr(member, name) for name in names}}
            for option, terms in member.reasons().items():
                row |= {f"{option.lower()}.{term}": value for term, value in terms.items()}
            rows.append(row)
    return pd.DataFrame(rows)
