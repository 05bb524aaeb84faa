"""Limits on what one visitor may request, to keep anyone from taking up the whole machine."""

from engagesim.errors import ParameterError
from engagesim.machine import cores
from engagesim.parameters import Parameters

MOST_VISITORS, MOST_PAGES = 60, 10
"""Maximum numbers of open pages, for all visitors together and for one browser."""

MOST_CITIZENS, MOST_DISTRICTS, MOST_DEGREE = 2000, 40, 30
"""Size of the largest society; simulating and drawing a month of it still takes only a few milliseconds."""

MOST_MONTHS = 1200
"""Maximum number of months of a society in the browser."""

MOST_ACTS = 200
"""Maximum number of changes during a run; with more, a link would be too long for browsers and servers."""

SPEEDS = (1, 2, 5, 10, 20, 50)
"""Speeds to choose from, in months per second."""

MESSAGES_A_SECOND, SOCIETIES_A_SECOND = 100, 10
"""Limits on a page's messages and on new societies, per second; playing sends one message per month."""

MOST_MAP_WORK = 500_000_000
"""Maximum number of agent-months simulated for a map, which takes about twenty seconds on one core."""

AT_A_TIME = max(1, cores() // 2)
"""Maximum number of simultaneous background computations, over all visitors; each uses one core."""

MOST_WAITING = 30
"""Maximum number of computations that may wait, over all visitors."""


def check_size(parameters: Parameters) -> None:
    """Refuse a society that is too large for the browser, or made from files on the server.

    Raises
    ------
    ParameterError
        If the society is not allowed; the message names the parameter and states what is allowed.
    """
    people, network = parameters.population, parameters.network
    for path, value, most in (
        ("population.citizens", people.citizens, MOST_CITIZENS),
        ("population.districts", people.districts, MOST_DISTRICTS),
        ("population.providers", people.providers, MOST_DISTRICTS),
        ("network.degree", network.degree, MOST_DEGREE),
    ):
        if value > most:
            raise ParameterError(f"{path} = {value}: must be at most {most} in the dashboard")
    if people.file is not None or network.kind == "file":
        raise ParameterError(
            "network.kind = file: must be another kind in the dashboard, which reads no files; engagesim run does"
        )
