"""Two engines that run the month: Mesa agents one by one, or compiled loops over many societies."""
