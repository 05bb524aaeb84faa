"""Limits on what one visitor may request, so that nobody takes the machine from the others."""

from engagesim.errors import ParameterError
from engagesim.machine import cores
from engagesim.parameters import Parameters

MOST_VISITORS, MOST_PAGES = 60, 10
"""Pages open at the same time: of all visitors, and in one browser."""

MOST_CITIZENS, MOST_DISTRICTS, MOST_DEGREE = 2000, 40, 30
"""Size of a society: what can still be seen, and stepped in a few milliseconds."""

MOST_MONTHS = 1200
"""The most months of a society in the browser."""

MOST_ACTS = 200
"""Things done on the way in one society; a link to it stays as short as browsers and servers take."""

SPEEDS = (1, 2, 5, 10, 20, 50)
"""Speeds to choose from, in months per second."""

MESSAGES_A_SECOND, SOCIETIES_A_SECOND = 100, 10
"""How fast a page may speak, and open societies; what comes faster waits. Playing takes a message a month."""

MOST_MAP_WORK = 500_000_000
"""Agent-months of a map: some twenty seconds of one core."""

AT_A_TIME = max(1, cores() // 2)
"""Computations in the background at the same time, over all visitors; each has one core."""

MOST_WAITING = 30
"""Computations that wait for their turn, over all visitors."""


def check_size(parameters: Parameters) -> None:
    """Refuse a society that is too large for the browser, or made from files of the server.

    Raises
    ------
    ParameterError
        If the society is not allowed; the message names the parameter and says what is allowed.
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
