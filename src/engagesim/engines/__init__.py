"""Two engines that simulate the month: Mesa, agent by agent, or compiled loops over many societies."""
