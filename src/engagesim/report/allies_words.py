"""The result of a search for allies in sentences: whom to approach, what moves them, and what stands in the way."""

import re

from engagesim.alliances.found import Allies
from engagesim.alliances.futures import DEFECT, TRANSFER
from engagesim.alliances.levers import lever_words
from engagesim.alliances.search import Gain
from engagesim.alliances.standing import Standing
from engagesim.alliances.today import Actor
from engagesim.report.text import capital, listed, percent

NOT_A_FORECAST = (
    "This is not a forecast of what named people will do. It shows what happens in simulated societies that have "
    "the traits that you entered. All other traits are drawn at random, and the levers' sizes are assumptions. Use "
    "it to prepare a conversation, never to judge a person."
)

IN_THE_WAY, MANY = 0.5, 3
"""Smallest share of missed months for which an actor is named, and maximum number of names."""

_RANKS = ("highest", "second highest", "third highest", "fourth highest", "fifth highest")

_DOES = {
    "RESIST": "resists", "TOKEN": "gives a token response", "ACCOMMODATE": "acts on what users ask",
    "COCREATE": "works together with users", "PATRONAGE": "defends patronage",
    "ARMS_LENGTH": "keeps at arm's length", "SPONSOR": "sponsors reform",
}  # fmt: skip

MOTIVES = {
    "rents": ("the post brings little private gain", "private gain from the post"),
    "exposure": ("being seen not to respond", "hardly anyone sees who does not respond"),
    "experience": ("responding has paid before", "responding has not paid before"),
    "effort": ("it is little work", "the work"),
    "drive": ("the wish to serve", "little wish to serve"),
    "voice": ("what users report helps the work", "users report little that helps"),
    "pressure": ("those above back it", "pressure from above"),
    "bond": ("an agreement or a coalition binds", "nothing binds yet"),
    "joint_gain": ("what users bring to joint work", "users bring little to joint work"),
    "practice": ("know-how from joint work", "no know-how from joint work"),
    "machine": ("patronage brings few votes", "the votes that patronage brings"),
    "quiet": ("staying out is worth little", "staying out is safe"),
    "credit": ("credit with voters", "no credit with voters"),
    "organised_support": ("organised users stand behind it", "no organised users stand behind it"),
    "need": ("a service that falls short", "no need"),
    "hope": ("something has been achieved together", "nothing has been achieved together"),
    "company": ("people they know are members", "hardly anybody they know is a member"),
    "cost": ("membership costs little", "the time that it takes"),
    "fear": ("nobody punishes members", "fear of the patron"),
}
"""The terms of a choice in words: as a reason for reform, and as a reason against it."""

_SLIGHT = 0.01
"""Size below which a motive is not named, in units of service quality."""


def titled(actor: Actor) -> str:
    """Return the name of an actor from the files or, if there is none, the kind of actor."""
    if actor.name:
        return actor.name if actor.entity != "citizen" else f"{_group(actor)}: {actor.name}"
    if actor.kind in {"manager", "politician"}:
        return f"the {actor.kind}"
    if actor.entity == "citizen":
        return _group(actor)
    return f"the provider with the {_rank(actor.number)} morale"


def _group(actor: Actor) -> str:
    if actor.kind == "brokers":
        return "brokers, who are tied to the politician"
    return f"users of {actor.provider or f'provider {actor.number + 1}'}"


def _enclosed(name: str) -> str:
    """Close a name that has a relative clause with a comma, for the middle of a sentence."""
    return f"{name}," if ", who" in name else name


def _rank(number: int) -> str:
    return _RANKS[number] if number < len(_RANKS) else f"{number + 1}th highest"


def titles(found: Allies) -> dict[str, str]:
    """Return the name of each actor, by key."""
    return {actor.key: titled(actor) for actor in found.actors}


def stands(found: Standing) -> str:
    """Return the position of an actor today."""
    if found.actor.entity == "citizen":
        people = round(found.people)
        return f"{people} who do not belong and have the most ties" if people else "all belong already"
    several = len(found.does) > 1
    parts = [
        f"{_DOES[name]}{f' in {percent(share)} of the societies' if several else ''}"
        for name, share in sorted(found.does.items(), key=lambda each: -each[1])[:2]
    ]
    if found.actor.entity == "official":
        parts.append(f"morale {found.morale:.2f}, {percent(found.protection)} of posts protected")
    short = found.bar - found.support
    required = f"has support of {found.support:.2f} and needs {found.bar:.2f} to join"
    return f"{'; '.join(parts)}; {'has the support to join' if short <= 0 else required}"


def motive(found: Standing) -> tuple[str, str]:
    """Return an actor's reasons for reform and against it, at most two each."""
    ordered = sorted(found.terms.items(), key=lambda each: each[1])
    against = [MOTIVES[name][1] for name, value in ordered if value < -_SLIGHT][:2]
    in_favour = [MOTIVES[name][0] for name, value in reversed(ordered) if value > _SLIGHT][:2]
    return " and ".join(in_favour) or "nothing much", " and ".join(against) or "nothing much"


def gain(found: Gain | None) -> str:
    """Return a gain with its interval, in percentage points."""
    if found is None:
        return ""
    points = [100 * each for each in (found.value, found.low, found.high)]
    digits = int(any(0 < abs(each) < _ROUNDS_TO_NOTHING for each in points))
    value, low, high = (re.sub(r"^[+-](0(\.0)?)$", r"\1", f"{each:+.{digits}f}") for each in points)
    return f"{value} ({low} to {high}) points"


_ROUNDS_TO_NOTHING = 0.5
"""Percentage points below which a gain would read 0 without a decimal."""


def answer(found: Allies) -> list[str]:
    """Return the result in a few sentences, with the most important first."""
    said = [_path(found), *_worth(found), *_smallest(found), *_fragile(found), *_in_the_way(found)]
    form = "A form of engagement is open" if found.is_open else "No form of engagement, such as a social audit, is open"
    return [*said, f"{form} in these societies today."]


def _path(found: Allies) -> str:
    names = titles(found)
    path = found.judged.path
    now = percent(found.judged.chances[0])
    what = f"a coalition forms and holds for {found.horizon.holds} months"
    if not path:
        return f"With these levers, no actor that you approach makes it more likely that {what} ({now})."
    if found.judged.total.value <= 0:
        return (
            f"No path that was tried makes it clearly more likely that {what}: on fresh futures the chance is {now} "
            f"without the path below, and {percent(found.judged.chances[-1])} with it. Its apparent gain was luck."
        )
    order = ", then ".join(f"{names[each.actor]} ({lever_words(each.lever)})" for each in path[:MANY])
    rest = f", then {len(path) - MANY} more" if len(path) > MANY else ""
    after = percent(found.judged.chances[-1])
    if found.judged.total.low <= 0:
        return (
            f"It is not certain that any path makes it more likely that {what}. With the best one found, the chance is "
            f"{after} instead of {now}: approach {order}{rest}."
        )
    return f"Approach {order}{rest}: the chance that {what} rises from {now} to {after}."


def _worth(found: Allies) -> list[str]:
    judged = found.judged
    if not judged.path:
        return []
    said = [
        f"On {judged.futures} fresh futures the gain is {gain(judged.total)}; on those of the search it seemed to be "
        f"{100 * judged.searched.value:+.0f} points. The path costs about {found.cost:,.0f} dollars."
    ]
    if judged.total.low <= 0:
        said.append("The interval includes no gain at all, so search with more futures before you rely on it.")
    return said


def _smallest(found: Allies) -> list[str]:
    if not found.judged.smaller or len(found.judged.smaller[0][0]) == len(found.judged.path):
        return []
    names = titles(found)
    keys, worth = found.judged.smaller[0]
    few = "One of them alone gains" if len(keys) == 1 else f"{len(keys)} of them alone gain"
    return [f"{few} nearly as much: {'; '.join([names[key] for key in keys])} ({gain(worth)})."]


def _fragile(found: Allies) -> list[str]:
    shocks = found.judged.shocks
    if not shocks:
        return []
    names = titles(found)
    said = []
    posts = {actor.key for actor in found.actors if actor.entity != "citizen"}
    for blow, words, of in ((TRANSFER, "loses the post", posts), (DEFECT, "leaves for good", set(names))):
        hit = {actor: change for (actor, each), change in shocks.items() if each == blow and actor in of}
        clear = [actor for actor, change in hit.items() if change.high < 0]
        if clear:
            actor = min(clear, key=lambda each: hit[each].value)
            who = f"{names[actor]} {words}" if actor in posts else f"{_enclosed(names[actor])} leave for good"
            said.append(f"Of the allies on the path, it hurts most if {who}: {gain(hit[actor])}.")
    return said or ["No single transfer or defection after the last step clearly makes a coalition less likely."]


def _in_the_way(found: Allies) -> list[str]:
    names = titles(found)
    missing = {key: share for key, share in found.judged.missing.items() if key in REQUIRED}
    said = [f"{names[key]} is missing in {percent(share)} of the months" for key, share in missing.items()
            if share >= IN_THE_WAY]  # fmt: skip
    if not said:
        return []
    return [f"No coalition can exist without the politician and the manager. Where the path fails, {listed(said)}."]


REQUIRED = ("politician", "manager")
"""Actors without whom no coalition can exist."""


def title(found: Allies) -> str:
    """Return the title of the page."""
    return f"{capital(found.name.replace('_', ' '))}, {found.district}: whom to bring together"


def case(found: Allies, key: str) -> tuple[list[str], list[str]]:
    """State the case for and the case against approaching an actor next."""
    place = next(number for number, actor in enumerate(found.actors) if actor.key == key)
    stand, judged = found.standings[place], found.judged
    in_favour, against = motive(stand)
    known = next((each for each in found.candidates if each.actor == key), None)
    order = [each.actor for each in judged.path]
    pro, con = [f"What counts for reform in their eyes: {in_favour}."], [f"What counts against it: {against}."]
    if known is None:
        return pro, [*con, "No lever moves this actor more than chance does."]
    pull = next(each for each in found.pulls if (each.actor, each.lever) == (key, known.lever))
    pro.append(
        f"What moves them: {lever_words(known.lever)}. If all others are approached too, they then "
        f"belong in {percent(pull.belongs)} of the months instead of {percent(pull.without)}."
    )
    if key in order:
        adds = judged.without[key]
        without = "the path gains less" if adds.low > 0 else "the path may gain as much"
        pro.append(f"Step {order.index(key) + 1} of the path. Without them, {without}: they add {gain(adds)}.")
        blow = judged.shocks[key, DEFECT]
        if blow.high < 0:
            con.append(f"If they leave for good after the last step, the chance changes by {gain(blow)}.")
    else:
        con.append(f"The path leaves them out; they would add {gain(judged.without.get(key))}.")
    if judged.alone[key].low <= 0:
        con.append(f"Approached alone, they bring no clear gain: {gain(judged.alone[key])}.")
    con.append(f"It costs about {known.cost:,.0f} dollars.")
    return pro, con
