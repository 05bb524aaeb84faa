"""What *Explore* shows of a society: the social graph, time series, a summary, and one agent with its reasons."""

from typing import Any

import numpy as np

from engagesim.dashboard.glossary import REASONS, about_measure, about_option, label, short
from engagesim.dashboard.limits import MOST_MONTHS
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.engines.mesa import EngagementModel
from engagesim.engines.mesa.agents import Actor
from engagesim.measures import MEASURE_NAMES
from engagesim.report.network_figure import arrange
from engagesim.report.style import ACT_COLOURS, BLUE, GREEN, ORANGE, PALE, SKY_BLUE, VERMILION
from engagesim.report.text import MEASURE, capital, counted, percent
from engagesim.rules.vocabulary import Response, Role, Stance, Strategy
from engagesim.society.state import Column, columns

_KINDS: tuple[tuple[str, Any, str, str], ...] = (
    ("Citizens who", Strategy, "citizen", "strategy"),
    ("Officials who", Response, "official", "response"),
    ("Politicians who", Stance, "politician", "stance"),
)
"""Whose acts there are, and where each kind of agent keeps its own."""

_KIND = {Role.CITIZEN: 0, Role.MANAGER: 1, Role.PROVIDER: 1, Role.POLITICIAN: 2}

_DIM = "#5f6368"
"""What is pale on white is dim on black."""

_MEMBER = 16
"""Bit of a member of a broad coalition, beside what an agent does."""


def _colours(name: str) -> dict[str, str]:
    """Return the colour of a strategy, response or stance in the light and in the dark."""
    light = ACT_COLOURS[name]
    return {"light": "#c9c9c9" if light == PALE else light, "dark": _DIM if light == PALE else light}


def _line(name: str, light: str, dark: str, dash: str = "") -> dict[str, str]:
    text = label(name).lower()
    return {
        "name": name,
        "label": text,
        "light": light,
        "dark": dark,
        "dash": dash,
        "help": about_measure(MEASURE[name]),
    }


def _stacked(*names: str) -> list[dict[str, str]]:
    return [
        {"name": name, "label": short(name), "dash": "", "help": about_option(name), **_colours(name)} for name in names
    ]


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
        "title": "Strategies of citizens",
        "unit": "share of citizens",
        "stacked": True,
        "lines": _stacked("collaborate", "confront", "client", "abstain"),
    },
    {
        "title": "Responses of officials",
        "unit": "share of officials",
        "stacked": True,
        "lines": _stacked("cocreate", "accommodate", "token", "resist"),
    },
]
"""Time series: each measure by its name; areas have the colours of what is done."""

SHOWN = [line["name"] for panel in PANELS for line in panel["lines"]]
"""Measures of the time series, in the order of their columns."""

_COLUMNS = [MEASURE_NAMES.index(name) for name in SHOWN]


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
    """Return what changes: what each agent does and whether it is in a broad coalition, and each quality."""
    doing = np.concatenate([society.state.column(entity, name)[:, 0] for *_, entity, name in _KINDS])  # type: ignore[arg-type]
    acts = doing.astype(np.uint8) | (society.broad * np.uint8(_MEMBER))
    quality = society.state.column("district", "quality")[:, 0]
    return {"acts": acts.tobytes(), "quality": quality.round(4).tolist(), "month": society.month, "life": life}


def _act(name: str) -> dict[str, str]:
    return {"label": short(name), "help": about_option(name), **_colours(name)}


def history(society: LiveSociety) -> bytes:
    """Return the time series so far, as ``Curves`` takes them."""
    return np.ascontiguousarray(society.metrics[:, _COLUMNS], dtype="<f4").tobytes()


def status(society: LiveSociety) -> str:
    """Describe the current society in a sentence or two."""
    if not society.month:
        people = society.parameters.population
        return f"{people.citizens} citizens in {people.districts} districts. Press Play or Step to start."
    last = dict(zip(MEASURE_NAMES, society.observed(society.month - 1)[0].tolist(), strict=True))
    coalition = (
        f"A broad coalition has {percent(last['coalition_share'])} of all agents, with members in "
        f"{counted(last['coalition_breadth'], society.wiring.districts)} districts."
        if last["coalition_share"] > 0
        else "There is no broad coalition."
    )
    end = f" The dashboard stops at month {MOST_MONTHS}." if society.month >= MOST_MONTHS else ""
    return (
        f"Service quality {last['quality']:.2f}, trust {last['trust']:.2f}. {percent(last['collaborate'])} of citizens "
        f"collaborate, {percent(last['confront'])} confront, {percent(last['client'])} are clients; "
        f"{percent(last['responsive'])} of officials accommodate or co-create. {coalition}{end}"
    )


def about(society: LiveSociety, row: int, weighs: bool) -> dict[str, Any]:
    """Return what the page shows of one agent: who it is, what it does, and the terms of its choice.

    Parameters
    ----------
    society : LiveSociety
    row : int
    weighs : bool
        Whether to find out its reasons, for which everybody is made as an agent: a quarter of a second at 1,000.
    """
    wiring, role = society.wiring, society.wiring.role(row)
    kind = _KIND[role]
    _, acts, entity, name = _KINDS[kind]
    place = row - (0, wiring.citizens, wiring.citizens + wiring.officials)[kind]
    known: Any = columns(entity)  # type: ignore[arg-type]
    state = {each.name: society.state.column(each.entity, each.name)[place, 0] for each in known}
    doing = acts(int(state[name])).name.lower()
    return {
        "row": row,
        "title": f"{role.name.capitalize()} {row}, district {wiring.district_of(row)}",
        "does": _does(society, row, doing),
        "help": about_option(doing),
        "state": [_state(each, float(state[each.name]), acts) for each in known],
        "options": _options(society, row, doing) if weighs and society.month else [],
        "wait": "Pause to see the reasons." if society.month else "The first choice comes in month 1.",
    }


def _does(society: LiveSociety, row: int, doing: str) -> str:
    if not society.month:
        return "Nothing has happened yet."
    wiring, role = society.wiring, society.wiring.role(row).name.lower()
    near = wiring.neighbours[wiring.first[row] : wiring.first[row + 1]]
    tied, contacts = int(society.broad[near].sum()), f"{len(near)} contacts"
    chosen = f"This month this {role} {_DOES.get(doing, f'chose to {short(doing)}')}."
    if not len(near):
        return f"{chosen} They have no contacts."
    if not society.broad[row]:
        others = f"none of their {contacts} is" if not tied else f"{tied} of their {contacts} are"
        return f"{chosen} They are not in a broad coalition; {others}."
    return f"{chosen} They are in a broad coalition, with {tied} of their {contacts}."


_DOES = {"client": "is a client", "patronage": "stands for patronage", "arms_length": "keeps at arm's length"}


def _options(society: LiveSociety, row: int, doing: str) -> list[dict[str, Any]]:
    """Weigh the options as the agent would now, at the end of the month."""
    actor: Actor = EngagementModel.restore(society.snapshot()).actors[row]
    return [
        {
            "label": "Become a client" if option == Strategy.CLIENT.name else capital(short(option.lower())),
            "help": about_option(option),
            "chosen": option.lower() == doing,
            "total": float(sum(terms.values())),
            "terms": [
                {"label": term.replace("_", " "), "value": float(value), "help": REASONS[term]}
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
