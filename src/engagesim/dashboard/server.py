"""The dashboard's server: Solara's page on Starlette and uvicorn; it sends nothing to other machines."""

import ctypes
import gc
import os
import secrets
import socket
import sys
import threading
import warnings
import webbrowser
from importlib import import_module
from pathlib import Path
from socket import getfqdn, gethostname
from typing import Any, NamedTuple

from engagesim.dashboard.library import LIBRARY
from engagesim.dashboard.limits import MOST_PAGES, MOST_VISITORS
from engagesim.dashboard.security import LOOPBACK, Guard, PageLimit, Reports
from engagesim.errors import ExtraError, InputError

PAGE = "engagesim.dashboard.page"

_SETTINGS = {
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",  # nothing is reported to anybody
    "SOLARA_ASSETS_PROXY": "true",  # scripts come from this server
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_THEME_TITLE": "engagesim",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_KERNEL_CULL_TIMEOUT": "3m",  # a browser that left silently takes up a place; links restore its state
    "SOLARA_KERNEL_MAX_COUNT": str(MOST_VISITORS),
    "SOLARA_KERNEL_MAX_PER_SESSION": str(MOST_PAGES),
    "SOLARA_SESSION_HTTP_ONLY": "true",
    # Solara also reads a .env file in the working folder, which may be a stranger's; these settings override it.
    "SOLARA_STATE_BACKEND": "",
    "SOLARA_OAUTH_PRIVATE": "false",
}

_MESSAGE_BYTES = 1_000_000
"""Largest size of a page's message, in bytes; clicks and typing need a few hundred."""


class ServerOptions(NamedTuple):
    """Options of the server: its host and port (0: any free port), the folder of studies, and other host names.

    ``users_place`` is a folder written by ``engagesim place``, which *My place* opens; ``boundaries`` is a map of
    districts for *Explore*.

    The names must include that of any proxy, because a dashboard refuses requests to unknown names.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    studies: Path = Path("outputs")
    names: frozenset[str] = frozenset()
    users_place: Path | None = None
    boundaries: Path | None = None

    @property
    def is_loopback(self) -> bool:
        """Return whether only this machine can reach the dashboard."""
        return self.host in LOOPBACK


def serve(place: ServerOptions, opens_browser: bool) -> None:
    """Serve the dashboard until interrupted.

    Raises
    ------
    ExtraError
        If the extra ``app`` is not installed.
    InputError
        If the host or the port cannot be used.
    """
    LIBRARY.root = place.studies
    application, scripts = _solara()
    from uvicorn import Config, Server  # noqa: PLC0415 - part of the extra

    from engagesim.dashboard.jobs import stop_all  # noqa: PLC0415 - imports the extra

    if place.users_place is not None:
        from engagesim.dashboard.place import show  # noqa: PLC0415 - imports the extra

        show(place.users_place)
    if place.boundaries is not None:
        from engagesim.dashboard.session import show_map  # noqa: PLC0415 - imports the extra

        show_map(place.boundaries)
    door = _bound(place)
    _warm()
    address = _address(place, door.getsockname()[1])
    print(f"engagesim: the dashboard is at {address} (Ctrl-C ends it)", flush=True)
    if not place.is_loopback:
        print(
            f"engagesim: anybody who can reach {place.host} can use the dashboard and read its folder of studies; it "
            "has no password and no encryption: put it behind a proxy that has both",
            flush=True,
        )
    if opens_browser:
        threading.Timer(0.5, webbrowser.open, [address]).start()
    warnings.filterwarnings("ignore", "Cookies with samesite=none", UserWarning)  # concerns embedded pages only
    config = Config(
        Guard(Reports(application, LIBRARY), _names(place), scripts, packs=not place.is_loopback),
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=1,
        ws_max_size=_MESSAGE_BYTES,
        callback_notify=tidy,
        timeout_notify=EVERY_S,
    )
    server = Server(config)
    try:
        server.run(sockets=[door])
    except KeyboardInterrupt:  # uvicorn has closed everything by then
        return
    finally:
        stop_all()
    if not server.started:
        raise RuntimeError("the dashboard's server did not start")


def _names(place: ServerOptions) -> frozenset[str]:
    """Return the host names that requests to this server may use, besides plain addresses."""
    machine = frozenset() if place.is_loopback else {gethostname(), getfqdn()}
    return frozenset(name.lower() for name in LOOPBACK | {place.host} | place.names | machine)


def _solara() -> tuple[Any, Path]:
    """Return Solara's application for our page, and the folder of the scripts that it serves."""
    os.environ.update(_SETTINGS | {"SOLARA_APP": PAGE, "SOLARA_SESSION_SECRET_KEY": secrets.token_urlsafe()})
    try:
        import solara.server.settings as solara_settings  # noqa: PLC0415 - part of the extra
        from solara.server.kernel_context import contexts  # noqa: PLC0415
        from solara.server.starlette import app  # noqa: PLC0415
    except ModuleNotFoundError:
        raise ExtraError("app", "app") from None
    from engagesim.dashboard.events import MessageFilter, hear_events_only  # noqa: PLC0415 - imports the extra

    hear_events_only()
    seated = PageLimit(MessageFilter(app), lambda: {each.id: each.session_id for each in list(contexts.values())})
    return seated, Path(solara_settings.assets.proxy_cache_dir)


def _warm() -> None:
    """Prepare what the first visitor would otherwise wait for: the page, the compiled engine and the scenarios."""
    import_module(PAGE)
    from engagesim.dashboard.glossary import glossary  # noqa: PLC0415 - imports the engine
    from engagesim.engines.compiled.ensemble import engine_for  # noqa: PLC0415
    from engagesim.mechanisms.design import design_of  # noqa: PLC0415
    from engagesim.parameters import Parameters  # noqa: PLC0415

    engine_for(design_of(Parameters))
    glossary()
    # Everything loaded so far stays in memory. A garbage collector that skips it does not delay the drawing of a month,
    # and does not wait until the garbage amounts to a quarter of it.
    gc.collect()
    gc.freeze()
    return_large_blocks()


def _bound(place: ServerOptions) -> socket.socket:
    """Return a socket that is already listening, so that early visitors wait for the server."""
    try:
        family = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((place.host, place.port), family=family, backlog=128)
    except (OSError, UnicodeError) as error:  # UnicodeError is for names that no machine can have
        said = getattr(error, "strerror", None) or "is not the name of a machine"
        raise InputError(
            f"host = {place.host}, port = {place.port}: must be a name or an address of this machine, and a free port "
            f"(0: any); {said}"
        ) from None


def _address(place: ServerOptions, port: int) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(place.host, place.host)  # noqa: S104
    return f"http://{host}:{port}/"


EVERY_S = 60
"""Seconds between two calls of ``tidy``."""

_MMAP_THRESHOLD, _LARGE = -3, 1 << 20
"""Number of an option of the C library's ``mallopt`` (``M_MMAP_THRESHOLD`` in ``malloc.h``), and our value for it."""


def return_large_blocks() -> None:
    """Make the C library immediately return every free block of a megabyte or more to the system.

    The C library of Linux does so at first, but then less and less often: each such block that is freed raises its
    threshold, up to 32 MB, and smaller blocks stay with the process.
    """
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    if set_option := getattr(library, "mallopt", None):  # other C libraries have none
        set_option(_MMAP_THRESHOLD, _LARGE)


async def tidy() -> None:
    """Free departed visitors' memory; the garbage collector alone would wait until memory use grew by a quarter."""
    gc.collect()
