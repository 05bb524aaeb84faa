"""What a tab keeps in the link, and how it opens a society in Explore."""

from collections.abc import Mapping

from engagesim.app.asked import Asked
from engagesim.app.visit import Visit
from engagesim.errors import EngagementError


def said(visit: Visit, tab: str) -> dict[str, str]:
    """Return the words that a tab keeps in the link, without its name before them."""
    return {key.removeprefix(f"{tab}."): word for key, word in visit.extras.value.items() if key.startswith(f"{tab}.")}


def keep(visit: Visit, tab: str, words: Mapping[str, str]) -> None:
    """Have the link carry these words of a tab, in place of those it has."""
    gone = dict.fromkeys(said(visit, tab).keys() - words.keys())
    visit.keep(**{f"{tab}.{key}": word for key, word in {**gone, **words}.items()})


def explore(visit: Visit, asked: Asked, month: int = 0) -> None:
    """Open a society in Explore; where that cannot be, say why."""
    try:
        visit.open(asked, month)
    except EngagementError as error:
        visit.complaint.set(str(error))
    else:
        visit.complaint.set("")
        visit.tab.set("explore")
