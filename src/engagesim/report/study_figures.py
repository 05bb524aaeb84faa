"""The figures of a study: what fits its design."""

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
from engagesim.study.results import Results

type Drawn = tuple[str, Figure, Caption]


def draw_study(results: Results, folder: Path) -> list[Path]:
    """Draw what fits the design of a study, each figure as SVG and as PNG.

    Parameters
    ----------
    results : Results
    folder : Path
        Where the files go; made if it is not there.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    EngagementError
        Where no run went well.
    """
    if results.runs["failed"].notna().all():
        raise EngagementError(f"{results.folder}: no run went well; there is nothing to draw")
    with drawing():
        return [path for name, figure, caption in _figures(results) for path in save(figure, folder, name, caption)]


def _figures(results: Results) -> Iterator[Drawn]:
    kind, factors = results.plan.study.design.kind, len(results.plan.study.factors)
    match kind:
        case "sobol" | "morris":
            for variant in results.plan.variants:
                yield "_".join(("indices", *variant.labels.values())), *draw_indices(results, variant.labels)
        case "boundary":
            yield "boundary", *draw_boundary(results)
        case "grid" if factors > 1 and not results.plan.study.design.zipped:
            yield "map", *draw_map(results)
        case "grid":
            yield "outcome", *draw_curve(results)
    if results.plan.paths and kind not in {"grid", "boundary"}:
        yield "effects", *draw_effects(results)
    yield "time_to_coalition", *draw_formation_times(results)
    if results.months is not None:
        yield "over_time", *draw_fans(results, results.months)
        if moving_setting(results.plan.variants[0].parameters):
            yield "loop", *draw_loop(results, results.months)
