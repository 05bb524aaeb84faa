"""Lessons as data: each is a file in ``lessons``, with its societies, steps and claims."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from engagesim.configs.compose import composed
from engagesim.errors import ParameterError, no_such
from engagesim.files import document
from engagesim.web.content import society

_LESSONS = Path(__file__).parent / "lessons"


@cache
def lesson_names() -> tuple[str, ...]:
    """Return the names of all lessons, in the order in which they are taught."""
    files = sorted(_LESSONS.glob("*.yaml"), key=lambda file: _read(file)["number"])
    return tuple(file.stem for file in files)


def lesson_named(name: str) -> dict[str, Any]:
    """Return a lesson as data for its page.

    Raises
    ------
    ParameterError
        If there is no lesson of that name; the message lists the existing ones.
    """
    if name not in lesson_names():
        raise ParameterError(no_such(name, "lesson", lesson_names(), place="lesson = "))
    told = _read(_LESSONS / f"{name}.yaml")
    societies = {key: _society(each) for key, each in told.pop("societies").items()}
    return {"name": name, **_in_html(told), "societies": societies}


def _read(file: Path) -> dict[str, Any]:
    return document(file, "title: Trial and error")


def _society(told: Mapping[str, Any]) -> dict[str, Any]:
    said = list(told["said"])
    return society(composed(said).parameters, said, told["title"], told.get("about", ""))


_PROSE = {"text", "reveal", "goal", "notice", "try", "extend", "because"}
_markdown = MarkdownIt("commonmark", {"html": False})


def _in_html(tree: Any, key: str = "") -> Any:
    """Return nested data in which prose is converted to HTML."""
    if isinstance(tree, dict):
        return {name: _in_html(each, name) for name, each in tree.items()}
    if isinstance(tree, list):
        return [_in_html(each, key) for each in tree]
    return _markdown.render(tree) if key in _PROSE and isinstance(tree, str) else tree
