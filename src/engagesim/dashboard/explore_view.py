"""The view of a society in *Explore*: social graph, time series, map, summary, and one agent's reasons."""

from functools import partial
from typing import Any

import numpy as np
from markupsafe import Markup

from engagesim.dashboard.figures import picture
from engagesim.dashboard.glossary import REASONS, about_measure, about_option, label, short
from engagesim.dashboard.limits import MOST_MONTHS
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.measures import MEASURE_NAMES
from engagesim.report.map_figure import Shades, district_picture, quality
from engagesim.report.network_figure import RELATIONS, Relation, arrange, relation
from engagesim.report.style import ACT_COLOURS, BLUE, GREEN, ORANGE, PALE, SKY_BLUE, VERMILION
from engagesim.report.text import MEASURE, capital, counted_in, district_name, percent, several
from engagesim.rules.vocabulary import Response, Role, Stance, Strategy
from engagesim.society.boundaries import DistrictMap
from engagesim.society.state import Column, columns

_KINDS: tuple[tuple[str, Any, str, str], ...] = (
    ("Citizens who", Strategy, "citizen", "strategy"),
    ("Officials who", Response, "official", "response"),
    ("Politicians who", Stance, "politician", "stance"),
)
"""The kinds of agents, and the column that holds the acts of each kind."""

_KIND = {Role.CITIZEN: 0, Role.MANAGER: 1, Role.PROVIDER: 1, Role.POLITICIAN: 2}

_RELATIONS = {
    Relation.DISPUTE: "Users have made a demand that no kept promise has met",
    Relation.PROMISE: "The official has promised what users demand, and the promise is not due yet",
    Relation.AGREEMENT: "Users and the official keep to an agreement",
}

_DIM = "#5f6368"
"""Colour in the dark theme for an act that is pale in the light theme."""

_LEADS, _COMMITS, _ALLIED, _RELATION = 4, 8, 16, 32
"""Bits for an agent that leads, has committed, or is in a standing coalition; from 32 up, an official's relation."""


def colours_of(name: str) -> dict[str, str]:
    """Return the colour of a strategy, response or stance in the light and the dark theme."""
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
        {"name": name, "label": short(name), "dash": "", "help": about_option(name), **colours_of(name)}
        for name in names
    ]


STARTS = ("seed", "population.citizens", "population.districts", "population.reform_minded_share")
"""Parameters that restart the simulation when they are changed."""

MAIN = (
    "incentives.patronage", "incentives.merit_protection", "incentives.audit", "incentives.publicity",
    "incentives.recognition", "incentives.exposure",
)  # fmt: skip
MORE = (
    "incentives.pressure", "incentives.rents", "incentives.repression", "incentives.credit", "incentives.competition",
    "incentives.autonomy", "incentives.supervision", "incentives.monitoring", "incentives.turnover",
    "conditions.resources",
)  # fmt: skip
"""Settings that can be changed while the simulation runs; those in ``MAIN`` are visible from the start."""

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
        "title": "Organisations and bargains",
        "unit": "share of citizens, of service points",
        "stacked": False,
        "lines": [
            _line("members", BLUE, SKY_BLUE),
            _line("disputes", VERMILION, ORANGE, "6 3"),
            _line("agreements", GREEN, GREEN, "2 3"),
        ],
    },
    {
        "title": "Coalitions",
        "unit": "share of districts, of agents",
        "stacked": False,
        "lines": [_line("coalition_districts", BLUE, SKY_BLUE), _line("coalition_share", VERMILION, ORANGE, "6 3")],
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
"""The time series, with their measures by name; stacked areas have the colours of the acts that they show."""

SERIES = [*(line["name"] for panel in PANELS for line in panel["lines"]), "elections", "new_politicians"]
"""Measures of the time series, in the order of their columns; the last two are drawn as marks below the curves."""

_COLUMNS = [MEASURE_NAMES.index(name) for name in SERIES]


def scene(society: LiveSociety) -> dict[str, Any]:
    """Return what stays fixed: agents' positions as shares of the picture's width, ties, districts and the legend."""
    wiring, layout = society.wiring, arrange(society.wiring)
    (left, low), (right, high) = layout.corners
    width = right - left
    where = np.column_stack((layout.where[:, 0] - left, high - layout.where[:, 1])) / width
    names = layout.centres - (0.0, float(layout.radii.max()) + 1.0)
    discs = np.column_stack((layout.centres[:, 0] - left, high - layout.centres[:, 1], layout.radii + 0.25))
    roles = np.full(wiring.agents, Role.CITIZEN, dtype=np.uint8)
    roles[wiring.citizens :] = [wiring.role(agent) for agent in range(wiring.citizens, wiring.agents)]
    return {
        "where": where.astype("<f4").tobytes(),
        "roles": roles.tobytes(),
        "homes": wiring.homes.astype("<u2").tobytes(),
        "ties": wiring.edges.astype("<u4").tobytes(),
        "districts": (np.column_stack((names[:, 0] - left, high - names[:, 1])) / width).tolist(),
        "drawn": layout.districts.tolist(),
        "discs": (discs / width).tolist(),
        "relations": [
            {"label": words, "colour": colour, "help": _RELATIONS[kind]} for kind, (words, colour) in RELATIONS.items()
        ],
        "ratio": (high - low) / width,
        "step": 1 / width,
        "names": [role.name.capitalize() for role in Role],
        "groups": [
            {"title": title, "acts": [_act(member.name.lower()) for member in acts]} for title, acts, *_ in _KINDS
        ],
        "title": (
            f"The social graph of {wiring.citizens} citizens, {wiring.officials} officials and {wiring.districts} "
            f"politicians in {several(wiring.districts, 'district')}"
        ),
    }


def frame(society: LiveSociety, life: int) -> dict[str, Any]:
    """Return what changes: each agent's act and commitment, and the state of each district."""
    doing = np.concatenate([society.state.column(entity, name)[:, 0] for *_, entity, name in _KINDS])  # type: ignore[arg-type]
    state, citizens = society.state, society.wiring.citizens
    acts = doing.astype(np.uint8) | (society.in_coalition * np.uint8(_ALLIED))
    members = np.concatenate([state.column(entity, "member")[:, 0] for _, _, entity, _ in _KINDS])  # type: ignore[arg-type]
    acts |= members.astype(np.uint8) * np.uint8(_COMMITS)
    acts[:citizens] |= state.column("citizen", "leader")[:, 0].astype(np.uint8) * np.uint8(_LEADS)
    bargains = _relations(society)
    acts[citizens : citizens + len(bargains)] |= bargains.astype(np.uint8) * np.uint8(_RELATION)
    return {
        "acts": acts.tobytes(),
        "quality": state.column("district", "quality")[:, 0].round(4).tolist(),
        "standing": state.column("district", "coalition")[:, 0].tolist(),
        "month": society.month,
        "life": life,
    }


def _relations(society: LiveSociety) -> Any:
    """Return the number that stands for each official's relation with users."""
    names = ("dispute", "promise_due", "agreement")
    return relation(*(society.state.column("official", name)[:, 0] for name in names))


def _act(name: str) -> dict[str, str]:
    return {"label": short(name), "help": about_option(name), **colours_of(name)}


def history(society: LiveSociety) -> bytes:
    """Return the time series so far as data for ``Curves``."""
    return np.ascontiguousarray(society.metrics[:, _COLUMNS], dtype="<f4").tobytes()


def on_map(society: LiveSociety, districts: DistrictMap) -> list[Markup]:
    """Draw service quality and citizens' trust in each district."""
    state, home = society.state, society.wiring.district
    people = np.maximum(np.bincount(home, minlength=society.wiring.districts), 1)
    trust = np.bincount(home, state.column("citizen", "trust")[:, 0], society.wiring.districts) / people
    shown = (
        quality(state.column("district", "quality")[:, 0].tolist(), (0.0, 1.0)),
        Shades("Trust of citizens (0 to 1)", trust.tolist(), (0.0, 1.0)),
    )
    title = f"districts after {several(society.month, 'month')}"
    return [
        picture(f"district-{place}", partial(district_picture, districts, each, title))
        for place, each in enumerate(shown)
    ]


def status(society: LiveSociety) -> str:
    """Describe the current society in a sentence or two."""
    if not society.month:
        people = society.parameters.population
        return f"{people.citizens} citizens in {several(people.districts, 'district')}. Press Play or Step to start."
    last = dict(zip(MEASURE_NAMES, society.observed(society.month - 1)[0].tolist(), strict=True))
    standing = round(last["coalition_districts"] * society.wiring.districts)
    coalition = (
        f"A coalition stands in {counted_in(last['coalition_districts'], society.wiring.districts)} districts."
        if standing
        else "No district has a coalition."
    )
    kinds = np.bincount(_relations(society), minlength=len(Relation))
    bargains = ", ".join(f"{kinds[kind]} {words}" for kind, (words, _) in RELATIONS.items())
    bargains = f"{percent(last['members'])} belong to an organisation of users. Service points: {bargains}."
    end = f" The dashboard stops at month {MOST_MONTHS}." if society.month >= MOST_MONTHS else ""
    return (
        f"Service quality {last['quality']:.2f}, trust {last['trust']:.2f}. {percent(last['collaborate'])} of citizens "
        f"collaborate, {percent(last['confront'])} confront, and {percent(last['client'])} are clients; "
        f"{percent(last['responsive'])} of officials accommodate or co-create. {bargains} {coalition}{end}"
    )


def about(society: LiveSociety, row: int, weighs: bool) -> dict[str, Any]:
    """Return the page's data on one agent: who it is, what it does, and the terms of its choice.

    Parameters
    ----------
    society : LiveSociety
    row : int
    weighs : bool
        Whether to compute its reasons, which needs every agent as an object: a quarter of a second for 1,000.
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
        "title": f"{role.name.capitalize()} {row}, {district_name(wiring.district_of(row))}",
        "does": _does(society, row, doing),
        "help": about_option(doing),
        "state": [_state(each, float(state[each.name]), acts) for each in known],
        "options": _options(society, row, doing) if weighs and society.month else [],
        "wait": "Pause to see the reasons." if society.month else "The first choice comes in month 1.",
    }


def _does(society: LiveSociety, row: int, doing: str) -> str:
    if not society.month:
        return "Nothing has happened yet."
    role = society.wiring.role(row)
    chosen = f"This {role.name.lower()} {_DOES[doing]}."
    if role == Role.CITIZEN:
        return f"{chosen} {_belongs(society, row)}"
    told = {Role.MANAGER: lambda *_: "", Role.PROVIDER: _bargains, Role.POLITICIAN: _office}[role](society, row)
    return f"{chosen}{told} {_joined(society, row, role)}"


def _value(society: LiveSociety, entity: Any, name: str, place: int) -> int:
    return int(society.state.column(entity, name)[place, 0])


def _belongs(society: LiveSociety, row: int) -> str:
    wiring = society.wiring
    near = wiring.neighbours[wiring.first[row] : wiring.first[row + 1]]
    peers = near[near < wiring.citizens]
    tied = int(society.state.column("citizen", "member")[peers, 0].sum())
    others = f"{tied} of their {len(peers)} peers do" if len(peers) else "they have no peers"
    if not _value(society, "citizen", "member", row):
        return f"They do not belong to the organisation of users; {others}."
    months = _value(society, "citizen", "belonging", row)
    leads = ", and lead it" if _value(society, "citizen", "leader", row) else ""
    allied = " Through it they belong to the coalition of the district." if society.in_coalition[row] else ""
    return f"They have belonged to the organisation of users for {several(months, 'month')}{leads}; {others}.{allied}"


def _bargains(society: LiveSociety, row: int) -> str:
    names = ("members", "leading", "dispute", "promise_due", "agreement")
    known = {name: _value(society, "official", name, row - society.wiring.citizens) for name in names}
    members, leaders = several(known["members"], "member"), several(known["leading"], "leader")
    told = f" The organisation of users has {members} and {leaders}."
    if known["dispute"]:
        told += f" Users have been in dispute with the provider for {several(known['dispute'], 'month')}."
    if known["promise_due"]:
        told += f" The provider has made a promise, due in {several(known['promise_due'], 'month')}."
    if known["agreement"]:
        told += " An agreement with users stands."
    return told if known["dispute"] or known["promise_due"] or known["agreement"] else f"{told} No demand is open."


def _office(society: LiveSociety, row: int) -> str:
    place = row - society.wiring.citizens - society.wiring.officials
    held, left = (_value(society, "politician", name, place) for name in ("in_office", "election_in"))
    months, soon = several(held, "month"), several(left, "month")
    return f" They have been in office for {months}; the next election is due in {soon}."


def _joined(society: LiveSociety, row: int, role: Role) -> str:
    wiring = society.wiring
    entity = "politician" if role == Role.POLITICIAN else "official"
    place = row - wiring.citizens - (wiring.officials if role == Role.POLITICIAN else 0)
    home = wiring.district_of(row)
    stands = _value(society, "district", "coalition", home)
    age = f"has stood for {several(_value(society, 'district', 'coalition_age', home), 'month')}"
    if _value(society, entity, "member", place):
        return (
            f"They belong to the coalition of the district, which {age}."
            if stands
            else ("They are ready for a coalition, but none stands in the district.")
        )
    return (
        f"They do not belong to the coalition of the district, which {age}."
        if stands
        else "No coalition stands in the district."
    )


_DOES = {
    "abstain": "abstains this month",
    "collaborate": "collaborates this month",
    "confront": "confronts this month",
    "client": "is a client this month",
    "resist": "resists citizens' engagement until reconsidering",
    "token": "gives a token response until reconsidering",
    "accommodate": "accommodates until reconsidering",
    "cocreate": "co-creates until reconsidering",
    "patronage": "stands on a platform of patronage",
    "arms_length": "stands on a platform of keeping at arm's length",
    "sponsor": "stands on a platform of sponsoring engagement",
}
"""What an agent does, or the position that it holds, in words that can follow its role."""


def _options(society: LiveSociety, row: int, doing: str) -> list[dict[str, Any]]:
    """Weigh the options as the agent would at the end of this month."""
    from engagesim.engines.mesa import EngagementModel  # noqa: PLC0415 - comparisons import this module, but not Mesa

    actor: Any = EngagementModel.restore(society.snapshot()).actors[row]
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
