"""The same month for many societies at once, compiled."""

from engagesim.ensemble.simulating import Lived, Options, Simulated, Society, simulate, stream

__all__ = ["Lived", "Options", "Simulated", "Society", "simulate", "stream"]
