"""The command line: ``engagesim COMMAND [overrides]``.

Exit codes: 0 done, 1 our fault (a bug, said so), 2 the input's fault (one line says what and what is allowed),
130 interrupted.
"""

import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version

from engagesim.errors import EngagementError, nearest

USAGE = """\
engagesim: how states and societies engage, agent by agent

Examples
  engagesim run                                        simulate the society of conf/config.yaml
  engagesim run scenario=merit_state engagement=survey incentives.patronage=0.2
  engagesim run -m seed=1,2,3                          several runs, one folder each
  engagesim rerun outputs/run/2026-01-01_12-00-00      repeat a stored run and compare the bytes
  engagesim parameters                                 every parameter with unit, range, default and source

Commands
  run, rerun, parameters        `engagesim COMMAND --help` says more
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(USAGE, end="")
        return 0
    if arguments[0] == "--version":
        print(version("engagesim"))
        return 0
    try:
        return _command(arguments[0])(arguments[1:])
    except EngagementError as error:
        return _say(" ".join(str(error).split()), 2)
    except KeyboardInterrupt:
        return _say("interrupted; nothing half-written is left", 130)
    except Exception as error:
        if os.environ.get("ENGAGESIM_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}"
        return _say(f"a bug of ours, please report it (ENGAGESIM_DEBUG=1 shows where): {what}", 1)


def _say(text: str, code: int) -> int:
    print(f"engagesim: {text}", file=sys.stderr)
    return code


def _command(name: str) -> Callable[[list[str]], int]:
    """Find a command; each is imported when used, so that help comes at once."""
    if name == "run":
        from engagesim.cli.run import run  # noqa: PLC0415

        return run
    if name == "rerun":
        from engagesim.cli.run import rerun  # noqa: PLC0415

        return rerun
    if name == "parameters":
        from engagesim.cli.table import parameters  # noqa: PLC0415

        return parameters
    raise EngagementError(
        f"{name!r} is no command{nearest(name, ['run', 'rerun', 'parameters'])}; see engagesim --help"
    )
