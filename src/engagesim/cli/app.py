"""``engagesim app``: serves the dashboard for a browser."""

import signal
import sys
from pathlib import Path

from engagesim.cli.exit_codes import DONE
from engagesim.cli.help import COMMANDS
from engagesim.cli.place import with_place
from engagesim.configs.compose import known_interventions
from engagesim.configs.mechanisms import refuse
from engagesim.configs.override_values import text_of
from engagesim.dashboard.server import ServerOptions, serve
from engagesim.errors import ParameterError, no_such, not_one_of, shown
from engagesim.places.stored import read_place

_OPEN = {"auto": None, "true": True, "false": False}


def app(arguments: list[str]) -> int:
    """Serve the dashboard until Ctrl-C or a signal ends it."""
    place, opens = asked(with_place("app", arguments))
    _end_with_the_terminal()
    serve(place, opens)
    return DONE


def _end_with_the_terminal() -> None:
    """Shut the server down properly when the terminal closes, as on SIGTERM, unless SIGHUP is ignored."""
    if hasattr(signal, "SIGHUP") and callable(signal.getsignal(signal.SIGHUP)):
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))


def asked(arguments: list[str]) -> tuple[ServerOptions, bool]:
    """Return where to serve the dashboard, where its studies are, and whether to open a browser.

    Raises
    ------
    ParameterError
        If an argument is wrong; the message names its key and states what is allowed.
    """
    refuse(arguments, "the dashboard simulates societies without mechanisms")
    pairs = [_pair(argument) for argument in arguments]
    given = dict(pairs)
    if len(given) < len(pairs):
        twice = next(key for key in given if sum(key == other for other, _ in pairs) > 1)
        raise ParameterError(f"{twice}: is given twice; must be given once")
    usual = ServerOptions()
    host = given.get("host", usual.host)
    if not host or any(character.isspace() for character in host):
        raise ParameterError(f"host = {host!r}: must be a name or an address of this machine")
    port = given.get("port", str(usual.port))
    if not (port.isascii() and port.isdecimal() and len(port) <= 5 and int(port) <= 65535):
        raise ParameterError(f"port = {port}: must be a whole number from 0 (any free one) to 65535")
    opens = given.get("open", "auto")
    if opens not in _OPEN:
        raise ParameterError(not_one_of("open", opens, _OPEN))
    chosen = _OPEN[opens]
    studies = Path(text_of("studies", given["studies"])) if "studies" in given else usual.studies
    if "studies" in given and not studies.is_dir():
        raise ParameterError(f"studies = {studies}: must be a folder that holds studies and comparisons")
    names = frozenset(filter(None, given.get("names", "").split(",")))
    known = Path(text_of("place", given["place"])) if "place" in given else None
    if known is not None:
        read_place(known, known_interventions())
    boundaries = Path(text_of("boundaries", given["boundaries"])) if "boundaries" in given else None
    place = ServerOptions(host, int(port), studies, names, known, boundaries)
    return place, sys.stdout.isatty() and place.is_loopback if chosen is None else chosen


def _pair(argument: str) -> tuple[str, str]:
    key, equals, value = argument.partition("=")
    keys = COMMANDS["app"].keys
    if not equals:
        raise ParameterError(f"{shown(argument)}: must be KEY=VALUE, as in port=8765")
    if key not in keys:
        raise ParameterError(no_such(key, "key", keys))
    return key, value
