"""The figures of a study: what fits its design."""

import textwrap
from collections.abc import Iterator
from pathlib import Path

from matplotlib.figure import Figure

from engagesim.analysis.hysteresis import moving_setting
from engagesim.errors import EngagementError
from engagesim.report.effects import draw_effects, draw_indices
from engagesim.report.loops import draw_loop
from engagesim.report.maps import draw_boundary, draw_map
from engagesim.report.palette import drawing
from engagesim.report.paper import Caption, save
from engagesim.report.times import draw_curve, draw_fans, draw_formation_times
from engagesim.study.argument_checks import checked
from engagesim.study.observed import check_mean
from engagesim.study.results import Results

_TITLE_WIDTH = 80
"""Letters in a line of a figure's title."""

type Drawn = tuple[str, Figure, Caption]


def draw_study(results: Results, folder: Path) -> list[Path]:
    """Draw what fits the design of a study, each figure as SVG and as PNG.

    Parameters
    ----------
    results : Results
        A study, as ``load`` reads it.
    folder : Path
        Where the files go; made if it is not there.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    EngagementError
        Where no run went well, or the study's measure has no mean.
    """
    checked(results, Results, "results")
    folder = checked(Path(folder) if isinstance(folder, str) else folder, Path, "folder")
    if results.sound.empty:
        raise EngagementError(f"{results.folder}: no run went well; there is nothing to draw")
    check_mean(results.plan.study.measure)
    with drawing():
        return [path for drawn in figures(results) for path in _keep(*drawn, folder)]


def _keep(name: str, figure: Figure, caption: Caption, folder: Path) -> list[Path]:
    figure.suptitle(textwrap.fill(caption.title, _TITLE_WIDTH), x=0.01, ha="left")
    return save(figure, folder, name, caption)


def figures(results: Results) -> Iterator[Drawn]:
    """Yield what fits the design of a study: a name, a figure and its caption; to be drawn within ``drawing()``."""
    kind = results.plan.study.design.kind
    match kind:
        case "sobol" | "morris":
            for variant in results.plan.variants:
                yield "_".join(("indices", *variant.labels.values())), *draw_indices(results, variant.labels)
        case "boundary":
            yield "boundary", *draw_boundary(results)
        case "grid" if len(results.varying) > 1 and not results.plan.study.design.zipped:
            yield "map", *draw_map(results)
        case "grid":
            yield "outcome", *draw_curve(results)
    if results.varying and kind not in {"grid", "boundary"}:
        yield "effects", *draw_effects(results)
    yield "time_to_coalition", *draw_formation_times(results)
    if results.months is not None:
        yield "over_time", *draw_fans(results, results.months)
        if moving_setting(results.plan.variants[0].parameters):
            yield "loop", *draw_loop(results, results.months)
