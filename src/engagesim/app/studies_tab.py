"""*Studies*: any stored sweep or comparison, opened and explored."""

from collections.abc import Callable

import solara

from engagesim.app.comparison_view import ComparisonView
from engagesim.app.inputs import CHARTS, TABS, Choice, Press
from engagesim.app.keeping import said
from engagesim.app.shelf import SHELF, Kept
from engagesim.app.study_view import StudyView
from engagesim.app.visit import Visit
from engagesim.errors import EngagementError


@solara.component
def StudiesTab(visit: Visit) -> None:
    """Choose what is stored, and look into it."""
    asked_again, ask_again = solara.use_state(0)
    found = solara.use_memo(SHELF.listed, [asked_again])
    words = said(visit, "studies")
    name = words.get("of", found[0].name if found else "")

    def choose(name: str) -> None:
        visit.keep("studies", {"of": name})

    solara.Style(CHARTS)
    solara.Style(TABS)
    with solara.Div(classes=["es-view"]):
        solara.HTML("h1", "What was simulated before")
        if not found:
            solara.HTML("p", f"There is nothing in {SHELF.root} yet. Make something and look again:", classes=["lead"])
            solara.HTML("pre", "engagesim sweep study=coalition_phase\nengagesim compare comparison=forms")
        with solara.Div(classes=["es-fields"]):
            if found:
                Choice(label=f"In {SHELF.root}", options=_named(found, name), value=name, on_value=choose)
            with solara.Div(classes=["actions"]):
                Press("Look again", lambda: ask_again(asked_again + 1))
        if name:
            Opened(visit, name, lambda view: visit.keep("studies", {"of": name, **view}), words)


@solara.component
def Opened(visit: Visit, name: str, keep_view: Callable[[dict[str, str]], None], words: dict[str, str]) -> None:
    """Show a study or a comparison, or say in one line why not."""
    try:
        is_comparison = SHELF.kind(name) == "comparison"
        trouble = ""
    except EngagementError as error:
        is_comparison, trouble = False, str(error)
    if trouble:
        solara.HTML("p", trouble, classes=["trouble"], attributes={"role": "alert"})
    elif is_comparison:
        ComparisonView(name, words, keep_view)
    else:
        StudyView(visit, name, words, keep_view)


def _named(found: list[Kept], name: str) -> list[tuple[str, str]]:
    named = [(kept.name, f"{kept.name} ({kept.kind})") for kept in found]
    return named if name in dict(named) else [(name, name), *named]
