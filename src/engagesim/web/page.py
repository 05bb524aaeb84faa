"""The page: one HTML file that contains the engine, the societies and all scripts, and needs no network."""

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from engagesim import MODEL_VERSION
from engagesim.analysis.intervals import LEAST_DIFFERING
from engagesim.mechanisms.design import Design, design_of, version_of
from engagesim.parameters import Parameters
from engagesim.report.pages import template
from engagesim.web.assembly import bundled
from engagesim.web.compiling import web_engine
from engagesim.web.content import OWN, controls, is_ready, levers, own_society, ready_societies, words
from engagesim.web.tables import model_tables

MARK = '<meta name="generator" content="engagesim page">'
"""The tag that identifies a page as written by engagesim."""


MOST_YEARS = 50
"""Maximum length of a class session, in years."""


def laboratory(parameters: Parameters, said: Sequence[str], years: int | None = None) -> str:
    """Return the laboratory page for a society.

    Parameters
    ----------
    parameters : Parameters
        The society that the page opens with.
    said : sequence of str
        Arguments of ``engagesim run`` that make the society, as in ``["scenario=merit_state", "engagement=survey"]``.
    years : int, optional
        If given, the page opens with a class session of this many years.

    Returns
    -------
    str
        The whole file.

    Raises
    ------
    EngagementError
        If a mechanism needs its own engine, and the tool chain is not installed.
    """
    tree = type(parameters)
    ready = is_ready(said)
    societies = ready_societies() if not tree.mechanisms else {}
    if ready is None:
        societies = {OWN: own_society(parameters, said), **societies}
    start = f"tab=class&years={years}" if years else ""
    data = {"societies": societies, "opens": ready or OWN, "start": start, "lesson": None}
    title = f"engagesim: {societies[ready or OWN]['title']}"
    return _filled(design_of(tree), title, data)


def lesson_page(lesson: Mapping[str, Any]) -> str:
    """Return the page of a lesson that ``engagesim.web.lessons`` has read."""
    data = {"societies": lesson["societies"], "opens": next(iter(lesson["societies"])), "lesson": lesson}
    return _filled(design_of(Parameters), f"{lesson['title']}: a lesson with engagesim", data)


def _filled(design: Design, title: str, data: Mapping[str, Any]) -> str:
    engine = web_engine(design)
    told = {
        **data,
        "model": model_tables(design, engine),
        "controls": controls(design.tree),
        "levers": levers(),
        "words": words(design.tree),
        "least_differing": LEAST_DIFFERING,
        "version": version_of(design.tree, design.rules) if design.tree.mechanisms else MODEL_VERSION,
    }
    script, worker = bundled(design, "main"), bundled(design, "worker")
    return template("laboratory.html").render(
        title=title,
        mark=Markup(MARK),  # noqa: S704 - ours
        style=Markup(template("laboratory.css").render()),  # noqa: S704 - ours
        hashed=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        script=Markup(script),  # noqa: S704 - ours
        worker=inside(worker),
        data=as_data(told),
        module=base64.b64encode(gzip.compress(engine.module, 9, mtime=0)).decode(),
    )


def as_data(told: Mapping[str, Any]) -> Markup:
    """Return JSON for a block of data in a page; no tag and no comment can begin in it."""
    return Markup(json.dumps(told, separators=(",", ":")).replace("<", "\\u003c"))  # noqa: S704 - no markup can begin in it


def inside(text: str) -> Markup:
    """Return a script for a block of a page, without anything that could end the block."""
    return Markup(text.replace("</", "<\\/").replace("<!--", "<\\!--"))  # noqa: S704 - no markup can begin in it
