"""Scales of the axes of a study's figures."""

from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter


def set_scales(axes: Axes, is_log_across: bool, is_log_up: bool = False) -> None:
    """Spread a factor over an axis as it was spread over its range; ticks on a logarithmic scale are plain numbers."""
    axes.set(xscale="log" if is_log_across else "linear", yscale="log" if is_log_up else "linear")
    for axis, is_log in ((axes.xaxis, is_log_across), (axes.yaxis, is_log_up)):
        if is_log:
            axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            axis.set_major_formatter(StrMethodFormatter("{x:g}"))
            axis.set_minor_formatter(NullFormatter())
