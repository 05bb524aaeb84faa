"""Limits on what one visitor may request, so that nobody takes up the whole machine."""

from engagesim.errors import ParameterError
from engagesim.machine import cores
from engagesim.parameters import Parameters

MOST_VISITORS, MOST_PAGES = 60, 10
"""The most pages open at the same time, over all visitors and in one browser."""

MOST_CITIZENS, MOST_DISTRICTS, MOST_DEGREE = 2000, 40, 30
"""The largest society, which can still be seen and stepped in a few milliseconds."""

MOST_MONTHS = 1200
"""The most months of a society in the browser."""

MOST_ACTS = 200
"""The most changes on the way in one society, so that a link to it is short enough for browsers and servers."""

SPEEDS = (1, 2, 5, 10, 20, 50)
"""Speeds to choose from, in months per second."""

MESSAGES_A_SECOND, SOCIETIES_A_SECOND = 100, 10
"""How many messages a page may send and societies it may open per second; more must wait. Playing sends one a month."""

MOST_MAP_WORK = 500_000_000
"""The most agent-months of a map: about twenty seconds on one core."""

AT_A_TIME = max(1, cores() // 2)
"""The most computations in the background at the same time, over all visitors; each uses one core."""

MOST_WAITING = 30
"""The most computations that may wait, over all visitors."""


def check_size(parameters: Parameters) -> None:
    """Refuse a society that is too large for the browser, or made from files of the server.

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
