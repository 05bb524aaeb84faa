"""What a tab has in the link, and how it opens a society in Explore."""

from collections.abc import Callable

from engagesim.app.asked import Asked
from engagesim.app.visit import Visit


def said(visit: Visit, tab: str) -> dict[str, str]:
    """Return the words that a tab keeps in the link, without its name before them."""
    return {key.removeprefix(f"{tab}."): word for key, word in visit.extras.value.items() if key.startswith(f"{tab}.")}


def explore(visit: Visit, found: Callable[[], tuple[Asked, int]]) -> None:
    """Find a society with the month it has come to, and open it in Explore; where that cannot be, say why."""

    def opening() -> None:
        visit.open(*found())
        visit.tab.set("explore")

    visit.attempt(opening)
