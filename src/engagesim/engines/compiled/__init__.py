"""The compiled engine: the same month for many societies at once."""

from engagesim.engines.compiled.ensemble import BatchResult, Options, RunKey, Simulated, simulate, stream

__all__ = ["BatchResult", "Options", "RunKey", "Simulated", "simulate", "stream"]
