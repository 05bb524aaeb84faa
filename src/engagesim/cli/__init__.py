"""The command line: one module per command, plus help, progress, logging and exit codes.

``engagesim COMMAND [overrides]``.

Exit codes: 0 done, 1 a bug in engagesim (or a rerun with different results), 2 an error in the input (one line states
what it must be), 130 interrupted by Ctrl-C, 143 or 129 ended by a signal (SIGTERM, SIGHUP).
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

from engagesim.cli.exit_codes import BY_SIGNAL, DONE, INTERRUPTED, attempt, say
from engagesim.cli.help import COMMANDS, help_on, no_command
from engagesim.cli.process import heard, surroundings
from engagesim.errors import check_printable

_HELP = {"-h", "--help"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    if "_ARGCOMPLETE" in os.environ:  # set only by the script of `engagesim completion`
        from engagesim.cli.completion import complete  # noqa: PLC0415 - needed only then

        complete()
    arguments = list(sys.argv[1:] if argv is None else argv)

    def work() -> int:
        code = _dispatch(arguments)
        sys.stdout.flush()  # a full disk is reported now, not by Python at exit
        return code

    with surroundings(), heard() as signals:
        try:
            return attempt(work)
        except KeyboardInterrupt as interrupt:
            code = BY_SIGNAL + signals[-1] if signals else INTERRUPTED
            return say(f"interrupted; {str(interrupt) or 'nothing half-written is left'}", code)


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in _HELP:
        return help_on([])
    if arguments[0] == "--version":
        print(version("engagesim"))
        return DONE
    check_printable(arguments)
    name, *rest = arguments
    if name not in COMMANDS:
        raise no_command(name)
    if _HELP & set(rest):
        return help_on([name])
    if name == "help":
        return help_on(rest)
    from engagesim.cli.log import level_of, shown  # noqa: PLC0415 - slow to import, and help must be fast

    level, rest = level_of(rest)
    command = getattr(import_module(f"engagesim.cli.{name}"), name)
    with shown(level, is_told=name == "run"):
        code: int = command(rest)
    return code
