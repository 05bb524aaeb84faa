"""The report of a comparison: one page that needs nothing else, in plain words first, methods last."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from warnings import catch_warnings, filterwarnings

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib import rc_context

from engagesim.analysis.comparing import Comparison
from engagesim.analysis.resampling import USUAL
from engagesim.mechanisms.design import sources_of
from engagesim.report import comparison_tables as tables
from engagesim.report.comparison_blocks import blocks_of
from engagesim.report.comparison_words import Said, answer, named
from engagesim.report.palette import drawing
from engagesim.report.phrases import capital, plain
from engagesim.report.robust import failures, in_short
from engagesim.report.searched import explained, summed_up
from engagesim.report.validation import mechanisms_said
from engagesim.writing import write_whole

if TYPE_CHECKING:
    from engagesim.analysis.robustness import Robustness
    from engagesim.analysis.searching import Searched

PAGE = "report.html"


class Findings(NamedTuple):
    """What there is to tell.

    ``robustness`` says how packages fare where the context is not known, ``searched`` what was found by a search;
    without them the page says that this was not asked. ``sets`` counts the parameter sets of a calibration that the
    societies took in turn.
    """

    comparison: Comparison
    robustness: "Robustness | None" = None
    searched: "Searched | None" = None
    sets: int = 1


def write_page(found: Findings, title: str, folder: Path) -> Path:
    """Write ``report.html``: what a comparison says, for somebody who has to decide.

    The page is one file: drawings and style are within, nothing is loaded, no script runs. All text that comes from
    a config is escaped. The same comparison gives the same bytes.

    Parameters
    ----------
    found : Findings
    title : str
    folder : Path
        Made if it is not there.

    Returns
    -------
    Path
        The file written.
    """
    with drawing(), rc_context({"svg.fonttype": "none"}), catch_warnings():
        filterwarnings("ignore", message="Glyph")  # words stay words: the reader's browser has the letters
        blocks = blocks_of(found.comparison, found.robustness, found.searched)
    loader = PackageLoader("engagesim", "report/templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    comparison, robustness, searched = found.comparison, found.robustness, found.searched
    contexts = {context: capital(plain(context)) for context in comparison.contexts}
    text = environment.get_template("report.html").render(
        title=title,
        contexts=contexts,
        outcome=comparison.asked,
        facts=_facts(comparison),
        answers=_answers(found),
        rankings=[tables.ranking_table(comparison, context) for context in contexts],
        robustness=robustness,
        failures=[] if robustness is None else failures(robustness),
        tables=tables,
        comparison=comparison,
        sets=found.sets,
        mechanisms=mechanisms_said(sources_of(type(next(iter(comparison.contexts.values()))))),
        searched=searched,
        search_said=[] if searched is None else explained(searched),
        **blocks,
    )
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / PAGE, text.encode())
    return folder / PAGE


def _answers(found: Findings) -> dict[str, list[Said]]:
    """Return what there is to say in plain words, by what it is about."""
    answers = {capital(plain(name)): answer(found.comparison, name) for name in found.comparison.contexts}
    if found.robustness is not None:
        answers["Where the context is not known"] = in_short(found.robustness)
    if found.searched is not None:
        answers["Found by the search"] = summed_up(found.searched)
    return answers


def _facts(comparison: Comparison) -> dict[str, Any]:
    """Return the numbers that the text on methods needs."""
    parameters = next(iter(comparison.contexts.values()))
    saved = comparison.saved[comparison.saved["outcome"] == comparison.outcome]["times"]
    saved = saved[np.isfinite(saved)]
    packages = list(dict.fromkeys(package.name for some in comparison.packages.values() for package in some))
    entries = [entry for some in comparison.packages.values() for package in some for entry in package.interventions]
    assumed = sum(entry.cost_source.lstrip().lower().startswith("assumption") for entry in entries)
    return {
        "months": parameters.months,
        "seeds": len(comparison.seeds),
        "runs": sum((1 + len(some)) * len(comparison.seeds) for some in comparison.packages.values()),
        "packages": len(packages),
        "named": named(packages),
        "level": f"{100 * USUAL.level:.0f} %",
        "draws": f"{USUAL.draws:,}",
        "assumed": assumed,
        "entries": len(entries),
        "saved": (float(saved.min()), float(saved.median()), float(saved.max())) if len(saved) else None,
    }
