"""``engagesim completion``: prints a script for bash, zsh or fish, and completes words as they are typed.

The script calls ``engagesim`` at each press of Tab, through argcomplete, which knows how each shell quotes and splits
words. So the choices are those of the current configs. Nothing slow is imported, because settings come from the file
that ``--help`` reads.
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping
from glob import escape, glob
from pathlib import Path
from typing import Any

from argcomplete.completers import SuppressCompleter
from argcomplete.finders import CompletionFinder
from argcomplete.shell_integration import shellcode

from engagesim.cli.exit_codes import DONE
from engagesim.cli.help import COMMANDS, LEVELS, settings
from engagesim.configs import choices, purpose
from engagesim.errors import EngagementError

SHELLS = ("bash", "zsh", "fish")

type Offered = Iterable[tuple[str, str]]
"""Possible words, each with its meaning."""

_WITH_PARAMETERS = ("run", "page", "sweep", "compare", "allies", "validate", "calibrate", "robustness")
_ON_FOLDERS = ("run", "rerun", "plot", "export", "place")
_LOG = {"says": "how much is reported on standard error", "choices": LEVELS}
_OPEN = {"choices": ("auto", "true", "false")}


def completion(arguments: list[str]) -> int:
    """Print the script for a shell."""
    match arguments:
        case [shell] if shell in SHELLS:
            print(shellcode(["engagesim"], shell=shell))
            return DONE
    raise EngagementError(f"{' '.join(arguments)!r}: must be one of {', '.join(SHELLS)}")


def complete() -> None:
    """Answer the shell's request, which is in the environment, with possible words, and exit."""
    finder = CompletionFinder(always_complete_options="long", default_completer=SuppressCompleter())
    finder(_parser(settings()))


def _parser(known: Mapping[str, Any]) -> argparse.ArgumentParser:
    """Return a parser of all commands, which argcomplete uses to find the position of the word."""
    parser = argparse.ArgumentParser(prog="engagesim", add_help=False)
    parser.add_argument("--version", action="store_true", help="the version of the package")
    commands = parser.add_subparsers()
    for name, command in COMMANDS.items():
        words = commands.add_parser(name, help=command.purpose, add_help=False)
        words.add_argument("--help", action="store_true", help="explain the command and its settings")
        for flag, about in known["commands"].get(name, {}).get("flags", {}).items():
            takes: dict[str, Any] = {"choices": about["choices"]} if about["choices"] else {"action": "store_true"}
            words.add_argument(*flag.split(", "), help=about["says"], **takes)
        words.add_argument("words", nargs="*").completer = _Completer(name, known)  # type: ignore[attr-defined]
    return parser


class _Completer:
    """The possible completions of a word of a command, in the form that argcomplete needs."""

    def __init__(self, command: str, known: Mapping[str, Any]) -> None:
        self.command, self.known = command, known

    def __call__(self, prefix: str, **_: object) -> dict[str, str]:
        """Return the words that begin with the typed text, each with its meaning."""
        found = dict(self._values(*prefix.split("=", 1)) if "=" in prefix else self._words(prefix))
        return {word: said for word, said in found.items() if word.startswith(prefix)}

    def _words(self, prefix: str) -> Offered:
        match self.command:
            case "completion":
                yield from ((shell, "") for shell in SHELLS)
            case "help":
                yield from ((name, command.purpose) for name, command in COMMANDS.items())
        for group in self._groups:
            yield f"{group}=", "one of the configs of the package"
        for key, entry in self._settings.items():
            yield f"{key}{'.' if entry.get('is_mapping') else '='}", entry["says"]
        if prefix and self.command in _ON_FOLDERS:
            yield from _files(prefix)

    def _values(self, key: str, typed: str) -> Offered:
        """Yield the values of a setting; for the comma-separated list of a multirun, yield values for its last item."""
        before = typed.rpartition(",")[0]
        head = f"{key}={before}," if before else f"{key}="
        if key in self._groups:
            for name, path in choices(key).items():
                yield f"{head}{name}", purpose(path.read_text("utf-8"))
            return
        entry = self._settings.get(key, {})
        for choice in entry.get("choices", ()):
            yield f"{head}{choice}", ""
        if entry.get("is_place"):
            yield from ((f"{key}={place}", said) for place, said in _files(typed))

    @property
    def _groups(self) -> list[str]:
        return [*self.known["commands"].get(self.command, {}).get("groups", ())]

    @property
    def _settings(self) -> dict[str, Any]:
        own = self.known["commands"].get(self.command, {}).get("settings", {})
        others = {
            key: {
                "says": said,
                "is_place": key in ("mechanisms", "output", "studies", "place", "boundaries"),
                **(_OPEN if key == "open" else {}),
            }
            for key, said in COMMANDS[self.command].keys.items()
        }
        parameters = self.known["parameters"] if self.command in _WITH_PARAMETERS else {}
        log = {} if self.command in ("help", "completion") else {"log": _LOG}
        return {**own, **others, **parameters, **log}


def _files(typed: str) -> Iterator[tuple[str, str]]:
    """Yield files and folders; a folder ends in a slash, so that completion continues inside it."""
    for place in sorted(glob(f"{escape(typed)}*")):
        yield (f"{place}/" if Path(place).is_dir() else place), ""
