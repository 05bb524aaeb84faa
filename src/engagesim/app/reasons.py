"""One agent: who it is, what it does, and the terms of its choice."""

from typing import Any

from engagesim.agents import Actor
from engagesim.app.words import short
from engagesim.ensemble.living import LiveSociety
from engagesim.model import EngagementModel
from engagesim.report.phrases import act, capital, counted
from engagesim.rules.vocabulary import Response, Role, Stance, Strategy
from engagesim.society.state import Column, columns

_ACTS: dict[Role, tuple[str, Any, Any]] = {
    Role.CITIZEN: ("citizen", "strategy", Strategy),
    Role.MANAGER: ("official", "response", Response),
    Role.PROVIDER: ("official", "response", Response),
    Role.POLITICIAN: ("politician", "stance", Stance),
}
_TERMS = "value of service quality rising from 0 to 1"


def about(society: LiveSociety, row: int, weighs: bool) -> dict[str, Any]:
    """Tell of one agent what the page shows.

    Parameters
    ----------
    society : LiveSociety
    row : int
    weighs : bool
        Whether to find out its reasons, for which everybody is made as an agent: a quarter of a second at 1,000.
    """
    entity, name, acts = _ACTS[society.wiring.role(row)]
    place = row - {"citizen": 0, "official": society.wiring.citizens}.get(
        entity, society.wiring.citizens + society.wiring.officials
    )
    state = {each.name: society.state.column(each.entity, each.name)[place, 0] for each in columns(entity)}  # type: ignore[arg-type]
    doing = acts(int(state[name])).name.lower()
    return {
        "row": row,
        "title": f"{society.wiring.role(row).name.capitalize()} {row}, district {society.wiring.district_of(row)}",
        "does": _does(society, row, doing),
        "unit": _TERMS,
        "state": [_state(each, float(state[each.name]), acts) for each in columns(entity)],  # type: ignore[arg-type]
        "options": _options(society, row, doing) if weighs and society.month else [],
        "wait": "Pause to see its reasons." if society.month else "It has not chosen yet.",
    }


def _does(society: LiveSociety, row: int, doing: str) -> str:
    if not society.month:
        return "It has done nothing yet."
    wiring = society.wiring
    near = wiring.neighbours[wiring.first[row] : wiring.first[row + 1]]
    tied = counted(float(society.broad[near].mean()), len(near)) if len(near) else "none"
    member = "stands" if society.broad[row] else "does not stand"
    return f"This month it chose to {act(doing)}. It {member} in a broad coalition; of its neighbours {tied} do."


def _options(society: LiveSociety, row: int, doing: str) -> list[dict[str, Any]]:
    """Weigh the options as the agent would now, at the end of the month."""
    actor: Actor = EngagementModel.restore(society.snapshot()).actors[row]
    return [
        {
            "label": "Become a client" if option == Strategy.CLIENT.name else capital(short(option.lower())),
            "chosen": option.lower() == doing,
            "total": float(sum(terms.values())),
            "terms": [
                {"label": term.replace("_", " "), "value": float(value)}
                for term, value in sorted(terms.items(), key=lambda item: -abs(item[1]))
            ],
        }
        for option, terms in actor.reasons().items()
    ]


def _state(column: Column, value: float, acts: Any) -> dict[str, str]:
    if column.unit in {"Strategy", "Response", "Stance"}:
        shown = short(acts(int(value)).name.lower())
    elif column.unit == "Disposition":
        shown = "reform-minded" if value else "clientelist"
    else:
        shown = f"{value:.0f}" if column.kind == "count" else f"{value:.2f}"
    return {"label": f"{column.description} ({column.unit})", "value": shown}
