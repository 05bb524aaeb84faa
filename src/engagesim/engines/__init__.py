"""The same month in two engines: Mesa agents one by one, and compiled loops over many societies."""
