"""What *Explore* shows of a society: the social graph, time series, sentences, and one agent with its reasons."""

from typing import Any

import numpy as np

from engagesim.agents import Actor
from engagesim.dashboard.glossary import label, short
from engagesim.dashboard.limits import MOST_MONTHS
from engagesim.ensemble.living import LiveSociety
from engagesim.measures import MEASURE_NAMES
from engagesim.model import EngagementModel
from engagesim.report.layout import arrange
from engagesim.report.palette import ACT_COLOURS, BLUE, GREEN, ORANGE, PALE, SKY_BLUE, VERMILION
from engagesim.report.phrases import act, capital, counted, percent
from engagesim.rules.vocabulary import Response, Role, Stance, Strategy
from engagesim.society.state import Column, columns

_KINDS = (
    ("Citizens who", Strategy, "citizen", "strategy"),
    ("Officials who", Response, "official", "response"),
    ("Politicians who", Stance, "politician", "stance"),
)
_DIM = "#5f6368"
"""What is pale on white is dim on black."""

_MEMBER = 16
"""Bit of a member of a broad coalition, beside what an agent does."""


def colours(name: str) -> dict[str, str]:
    """Return the colour of a strategy, response or stance in the light and in the dark."""
    light = ACT_COLOURS[name]
    return {"light": "#c9c9c9" if light == PALE else light, "dark": _DIM if light == PALE else light}


def scene(society: LiveSociety) -> dict[str, Any]:
    """Return what stays: places of the agents in widths of the picture, ties, districts, and the legend."""
    wiring, layout = society.wiring, arrange(society.wiring)
    (left, low), (right, high) = layout.corners
    width = right - left
    where = np.column_stack((layout.where[:, 0] - left, high - layout.where[:, 1])) / width
    names = layout.centres - (0.0, float(layout.radii.max()) + 1.0)
    roles = np.full(wiring.agents, Role.CITIZEN, dtype=np.uint8)
    roles[wiring.citizens :] = [wiring.role(agent) for agent in range(wiring.citizens, wiring.agents)]
    return {
        "where": where.astype("<f4").tobytes(),
        "roles": roles.tobytes(),
        "homes": wiring.homes.astype("<u2").tobytes(),
        "ties": wiring.edges.astype("<u4").tobytes(),
        "districts": (np.column_stack((names[:, 0] - left, high - names[:, 1])) / width).tolist(),
        "ratio": (high - low) / width,
        "step": 1 / width,
        "names": [role.name.capitalize() for role in Role],
        "groups": [
            {"title": title, "acts": [_act(member.name.lower()) for member in acts]} for title, acts, *_ in _KINDS
        ],
        "title": (
            f"The social graph of {wiring.citizens} citizens, {wiring.officials} officials and {wiring.districts} "
            f"politicians in {wiring.districts} districts"
        ),
    }


def frame(society: LiveSociety, life: int) -> dict[str, Any]:
    """Return what changes: what each agent does and whether it stands in a broad coalition, and each quality."""
    doing = np.concatenate([society.state.column(entity, name)[:, 0] for *_, entity, name in _KINDS])  # type: ignore[arg-type]
    acts = doing.astype(np.uint8) | (society.broad * np.uint8(_MEMBER))
    quality = society.state.column("district", "quality")[:, 0]
    return {"acts": acts.tobytes(), "quality": quality.round(4).tolist(), "month": society.month, "life": life}


def _act(name: str) -> dict[str, str]:
    return {"label": short(name), "does": act(name), **colours(name)}


def _line(name: str, light: str, dark: str, dash: str = "") -> dict[str, str]:
    return {"name": name, "label": label(name).lower(), "light": light, "dark": dark, "dash": dash}


def _stacked(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "label": short(name), "dash": "", **colours(name)} for name in names]


PANELS: list[dict[str, Any]] = [
    {
        "title": "Services and trust",
        "unit": "0 to 1",
        "stacked": False,
        "lines": [
            _line("quality", BLUE, SKY_BLUE),
            _line("trust", VERMILION, ORANGE, "6 3"),
            _line("morale", GREEN, GREEN, "2 3"),
        ],
    },
    {
        "title": "Coalition",
        "unit": "share of agents, of districts",
        "stacked": False,
        "lines": [_line("coalition_share", BLUE, SKY_BLUE), _line("coalition_breadth", VERMILION, ORANGE, "6 3")],
    },
    {
        "title": "What citizens do",
        "unit": "share of citizens",
        "stacked": True,
        "lines": _stacked("collaborate", "confront", "client", "abstain"),
    },
    {
        "title": "How officials respond",
        "unit": "share of officials",
        "stacked": True,
        "lines": _stacked("cocreate", "accommodate", "token", "resist"),
    },
]
"""Time series: each measure by its name; areas have the colours of what is done."""

SHOWN = [line["name"] for panel in PANELS for line in panel["lines"]]
"""Measures of the time series, in the order of their columns."""

_COLUMNS = [MEASURE_NAMES.index(name) for name in SHOWN]


def history(society: LiveSociety) -> bytes:
    """Return the time series so far, as ``Curves`` takes them."""
    return np.ascontiguousarray(society.metrics[:, _COLUMNS], dtype="<f4").tobytes()


def status(society: LiveSociety) -> str:
    """Tell in a sentence or two how a society stands."""
    if not society.month:
        people = society.parameters.population
        return f"{people.citizens} citizens in {people.districts} districts. Press Play, or Step, to begin."
    last = dict(zip(MEASURE_NAMES, society.observed(society.month - 1)[0].tolist(), strict=True))
    coalition = (
        f"A broad coalition holds {percent(last['coalition_share'])} of all agents and reaches "
        f"{counted(last['coalition_breadth'], society.wiring.districts)} districts."
        if last["coalition_share"] > 0
        else "There is no broad coalition."
    )
    end = f" The dashboard stops at month {MOST_MONTHS}." if society.month >= MOST_MONTHS else ""
    return (
        f"Service quality {last['quality']:.2f}, trust {last['trust']:.2f}. {percent(last['engaged'])} of citizens "
        f"engage, {percent(last['client'])} are clients; {percent(last['responsive'])} of officials respond in "
        f"earnest. {coalition}{end}"
    )


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
