"""The page *My place*: sliders for what a visitor knows about a place, and an immediate match with the model.

Societies are simulated once for the chosen people and form; moving a slider then simulates nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
import solara
from markupsafe import Markup

from engagesim.configs.compose import composed_place
from engagesim.dashboard.components import (
    Alert,
    Button,
    Controls,
    JobControl,
    Text,
    Tree,
    choice,
    group,
    number,
)
from engagesim.dashboard.figures import picture
from engagesim.dashboard.glossary import IDEAS, about_intervention, label
from engagesim.dashboard.jobs import Job
from engagesim.dashboard.links import number as number_of
from engagesim.dashboard.links import one_of, text_of, whole
from engagesim.dashboard.session import Session
from engagesim.dashboard.society_request import USUAL, Act, SocietyRequest, form_changes, forms, offered
from engagesim.engines.compiled import Options, simulate
from engagesim.errors import EngagementError, ParameterError, nearest
from engagesim.parameters import Parameters
from engagesim.places.matching import Effort, Fit, fit, match_table, set_table, societies_for, width_table
from engagesim.places.profile import HISTORY, QUANTITY, SURE, Profile, profile_of
from engagesim.places.stored import Place, read_place, read_simulated
from engagesim.report.place_page import draw_match, draw_widths
from engagesim.report.place_words import NOT_A_FORECAST, answer
from engagesim.report.text import capital
from engagesim.study.observed import Observed
from engagesim.study.run_part import Simulate

SIMULATED = 1024
"""Number of societies simulated for the sliders, which takes about ten seconds on one core."""

ASKED = ("participation", "protest", "satisfaction", "clients", "reelection", "tenure", "merit", "quality", "trust")
"""Quantities that the form asks for."""

UNKNOWN = "unknown"

_CERTAINTY = (
    (UNKNOWN, "I do not know", "The number is ignored."),
    ("guess", "A guess", "Within two thirds of the number, in 19 of 20 cases."),
    ("roughly", "Roughly", "Within a third of the number, in 19 of 20 cases."),
    ("sure", "Sure", "Within a tenth of the number, in 19 of 20 cases."),
)
_USUAL = {
    "participation": (0.2, "roughly"), "protest": (0.04, UNKNOWN), "satisfaction": (0.35, "roughly"),
    "clients": (0.25, "guess"), "reelection": (0.6, UNKNOWN), "tenure": (42.0, "roughly"), "merit": (0.4, "roughly"),
    "quality": (0.35, UNKNOWN), "trust": (0.35, UNKNOWN),
}  # fmt: skip
_COUNTS = {
    "citizens": ("Adults who live there", (10, 10_000_000), "A smaller society stands for a large place."),
    "officials": ("Officials who serve them", (2, 1_000_000), "Managers included."),
    "form_months": ("Months for which it has been open", (1, HISTORY), "If a form of engagement is open."),
}


class Stored(NamedTuple):
    """A place named on the command line, and the societies that were simulated for it."""

    place: Place
    societies: pd.DataFrame


class _Shelf:
    """The place that the dashboard was opened with, if any."""

    stored: Stored | None = None


SHELF = _Shelf()


def show(folder: Path) -> None:
    """Open *My place* with a place that ``engagesim place`` has matched.

    Raises
    ------
    ParameterError
        If the folder does not hold a matched place.
    """
    SHELF.stored = Stored(read_place(folder, offered()), read_simulated(folder))


@dataclass(frozen=True)
class PlaceRequest:
    """A visitor's statements about a place, read by name from the query parameters of a link."""

    citizens: int = 5000
    officials: int = 50
    form: str = "none"
    form_months: int = 12
    said: Mapping[str, tuple[float, str]] = field(default_factory=lambda: dict(_USUAL))

    @classmethod
    def of(cls, words: Mapping[str, str]) -> Self:
        """Read the statements from the query parameters of a link; settings that are missing keep their values.

        Raises
        ------
        ParameterError
            If a value is wrong; the message names the key and states what is allowed.
        """
        found, said = cls.usual(), {}
        known = [*_COUNTS, "form", *ASKED, *(f"{name}_sure" for name in ASKED)]
        unknown = next((name for name in words if name not in known), None)
        if unknown is not None:
            raise ParameterError(f"place.{unknown}: no such key{nearest(unknown, known)}")
        counts: dict[str, Any] = {
            name: whole(f"place.{name}", words[name], *_COUNTS[name][1]) for name in _COUNTS if name in words
        }
        if "form" in words:
            counts["form"] = one_of("place.form", words["form"], forms())
        certain = [name for name, _, _ in _CERTAINTY]
        for name in ASKED:
            value, sure = found.said[name]
            if name in words:
                value = number_of(f"place.{name}", words[name], 0.0, _top(name))
            sure = one_of(f"place.{name}_sure", words.get(f"{name}_sure", sure), certain)
            said[name] = (value, sure)
        return replace(found, **counts, said=said)

    @classmethod
    def usual(cls) -> Self:
        """Return the form's initial state: the stored place, or values in the middle of the ranges."""
        if SHELF.stored is None:
            return cls()
        stated = {each.quantity: each for each in SHELF.stored.place.profile.statements}
        return cls(
            said={
                name: (round(stated[name].value, 4), _nearest_word(stated[name].within / max(stated[name].value, 1e-9)))
                if name in stated else (_USUAL[name][0], UNKNOWN)
                for name in ASKED
            }
        )  # fmt: skip

    def changed(self, name: str, value: Any) -> Self:
        """Return the request with one change."""
        return type(self).of({**self.texts(), name: text_of(value)})

    def texts(self) -> dict[str, str]:
        """Return the differences from the form's initial state, as query parameters of a link."""
        usual = self.usual()
        texts = {
            name: text_of(getattr(self, name))
            for name in (*_COUNTS, "form")
            if getattr(self, name) != getattr(usual, name)
        }
        for name, (value, sure) in self.said.items():
            before = usual.said[name]
            texts |= {name: text_of(value)} if value != before[0] else {}
            texts |= {f"{name}_sure": sure} if sure != before[1] else {}
        return texts

    @property
    def settled(self) -> tuple[Any, ...]:
        """Return the settings that the simulated societies depend on."""
        return () if SHELF.stored else (self.citizens, self.officials, self.form, self.form_months)

    def profile(self) -> Profile:
        """Return the place with the numbers that the visitor knows.

        Raises
        ------
        ParameterError
            If the numbers of people and posts are incompatible.
        """
        tree = {
            "name": "My place", "citizens": self.citizens, "officials": self.officials, "form": self.form,
            "form_months": self.form_months, "know": {"participation": "0.2 ± 0.1"},
        }  # fmt: skip
        base = profile_of(tree, offered()) if SHELF.stored is None else SHELF.stored.place.profile
        settled = {QUANTITY[name].path for name in ASKED} & set(base.exact)
        return base.saying(
            {
                name: (value, max(SURE[sure] * value, 0.01 * min(_top(name), 100)))
                for name, (value, sure) in self.said.items()
                if sure != UNKNOWN and QUANTITY[name].path not in settled
            }
        )


def _top(name: str) -> float:
    return 120.0 if QUANTITY[name].unit == "months" else 1.0


def _nearest_word(share: float) -> str:
    return min(SURE, key=lambda word: abs(SURE[word] - share))


class Draws(NamedTuple):
    """Simulated societies, and the settings that they depend on."""

    settled: tuple[Any, ...]
    societies: pd.DataFrame


def compute(request: PlaceRequest, report: Callable[[float], None], count: int = SIMULATED) -> Draws:
    """Simulate societies for the chosen people and form, on one core."""
    done = 0

    def told(points: Sequence[Parameters], seeds: Sequence[int]) -> Observed:
        nonlocal done
        report(done / count)
        done += len(points)
        return simulate(points, seeds, Options(threads=1))

    watched: Simulate = told
    return Draws(request.settled, societies_for(request.profile(), _sets(), Effort(count, threads=1), watched))


@cache
def _usual_sets() -> tuple[Mapping[str, float], ...]:
    return composed_place([])[1].sets


def _sets() -> tuple[Mapping[str, float], ...]:
    return _usual_sets() if SHELF.stored is None else SHELF.stored.place.sets


class Found(NamedTuple):
    """What the societies reveal about the place."""

    sentences: list[str]
    match: Markup | None
    widths: Markup
    fitted: Fit


def found(request: PlaceRequest, societies: pd.DataFrame) -> Found:
    """Match the visitor's statements with the societies."""
    profile = request.profile()
    fitted, table = fit(societies, profile), match_table(societies, profile)
    widths = width_table(societies, fitted, profile)
    sentences = answer(table, widths, set_table(societies, fitted, _sets())) if len(table) else [
        "You have stated no number yet, so all societies fit."
    ]  # fmt: skip
    drawn = picture("place-match", lambda: draw_match(table)) if len(table) else None
    return Found(sentences, drawn, picture("place-widths", lambda: draw_widths(widths)), fitted)


def most_like(request: PlaceRequest, societies: pd.DataFrame, fitted: Fit) -> tuple[SocietyRequest, int]:
    """Return a request for the society that carries the most weight for the place, and its present month."""
    row = fitted.values.index[int(np.argmax(fitted.weights))]
    profile = request.profile()
    contexts = {path: float(fitted.values.loc[row, path]) for path in fitted.values.columns if "." in path}
    values = {
        **_sets()[int(societies.loc[row, "set"])],
        **profile.exact,
        **contexts,
        "seed": int(societies.loc[row, "seed"]),
    }
    acts = sorted(Act(entry["start"], entry["name"], 1) for entry in profile.history)
    return SocietyRequest(changes={**form_changes(USUAL, "none"), **values}, acts=tuple(acts)), HISTORY


@solara.component
def PlaceTab(session: Session) -> None:
    """A visitor's knowledge of a place, and how well the model matches it."""
    request, complaint = solara.use_memo(lambda: _request(session), [session.extras.value])
    job: Job = solara.use_memo(lambda: Job(session), [])
    last: solara.Reactive[Draws | None] = solara.use_reactive(
        None if SHELF.stored is None else Draws((), SHELF.stored.societies)
    )
    solara.use_effect(lambda: job.stop, [])

    def work(report: Callable[[float], None]) -> None:
        last.set(compute(request, report))

    def change(name: str, value: Any) -> None:
        session.attempt(lambda: session.keep("place", request.changed(name.removeprefix("place."), value).texts()))

    if complaint:
        Alert(complaint)
    with solara.Div(classes=["es-mapping"]):
        with solara.Div(classes=["es-side"]):
            Controls(controls(request), change)
        with solara.v.Html(tag="section", class_="es-view", attributes={"aria-label": "How well the model matches"}):
            Text("My place", tag="h1")
            Text("Enter what you know about a place. The page shows which simulated societies look like it.", "es-lead")
            draws = last.value
            if draws is None or draws.settled != request.settled:
                why = "Simulates the societies once; each slider then shows the match at once." if draws is None else (
                    "The people, the posts or the form have changed: simulate again."
                )  # fmt: skip
                Text(why, "es-note")
                JobControl(job, f"Simulate {SIMULATED:,} societies", lambda: job.start(work))
            if draws is not None and draws.settled == request.settled:
                Match(session, request, draws)
            Text(NOT_A_FORECAST, "es-note")


@solara.component
def Match(session: Session, request: PlaceRequest, draws: Draws) -> None:
    """Sentences and two figures on how well the societies match the visitor's statements."""
    now = solara.use_memo(lambda: found(request, draws.societies), [request, id(draws.societies)])
    with solara.Div(classes=["es-found"]):
        for sentence in now.sentences:
            Text(sentence, "es-finding")
        with solara.Div(classes=["es-panels"]):
            for title, about, drawn in (
                ("How well it matches", "Grey: all societies. Black: what you said. Blue: what fits all that you said. "
                 "Orange: what your other numbers suggest.", now.match),
                ("What remains unknown", "Grey: before your numbers. Blue: after them.", now.widths),
            ):  # fmt: skip
                if drawn is not None:
                    with solara.v.Html(tag="figure", class_="es-figure"):
                        Text(f"{title}. {about}", tag="figcaption")
                        solara.HTML("div", unsafe_innerHTML=drawn)
        Button(
            "Open the most similar society in Explore",
            lambda: session.explore(lambda: most_like(request, draws.societies, now.fitted)),
            "Shows the society with the largest weight, from five years ago to today",
        )


def controls(request: PlaceRequest) -> list[Tree]:
    """Return the controls for a place with their current values."""
    known = []
    settled = set() if SHELF.stored is None else set(SHELF.stored.place.profile.exact)
    for name in (each for each in ASKED if QUANTITY[each].path not in settled):
        about, (value, sure) = QUANTITY[name], request.said[name]
        step = 1.0 if about.unit == "months" else 0.01
        known.append(number(f"place.{name}", capital(name), value, (0.0, _top(name)), step, f"{capital(about.words)}.",
                            about.unit))  # fmt: skip
        known.append(choice(f"place.{name}_sure", f"How sure ({name})", sure, _CERTAINTY))
    note = "Numbers that you do not know are ignored."
    if SHELF.stored is not None:
        profile = SHELF.stored.place.profile
        return [group(f"What you know about {profile.name}", known, f"{note} {profile.standing_for}".strip())]
    counts = {
        name: number(f"place.{name}", text, getattr(request, name), ends, 1, about, slides=False)
        for name, (text, ends, about) in _COUNTS.items()
    }
    options = [("none", "None", IDEAS["Form of engagement"])]
    options += [(name, label(name), about_intervention(name)) for name in forms() if name != "none"]
    form = choice("place.form", "Form of engagement that is open", request.form, options)
    return [
        group("What is certain", [counts["citizens"], counts["officials"], form, counts["form_months"]]),
        group("What you know", known, note),
    ]


def _request(session: Session) -> tuple[PlaceRequest, str]:
    try:
        request = PlaceRequest.of(session.words_of("place"))
        request.profile()
    except EngagementError as error:
        return PlaceRequest.usual(), str(error)
    return request, ""
