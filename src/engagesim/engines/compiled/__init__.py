"""The same month for many societies at once, compiled."""

from engagesim.engines.compiled.ensemble import BatchResult, Options, RunKey, Simulated, simulate, stream

__all__ = ["BatchResult", "Options", "RunKey", "Simulated", "simulate", "stream"]
