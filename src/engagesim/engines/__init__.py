"""Two engines that simulate a month: Mesa, agent by agent, and compiled loops over many societies."""
