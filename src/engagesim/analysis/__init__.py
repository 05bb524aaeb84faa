"""Statistics of results: intervals, effects, sensitivity, comparisons of packages, robustness and search."""
