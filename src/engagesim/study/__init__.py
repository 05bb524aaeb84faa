"""Studies and their storage: designs, plans, execution, folders, provenance, snapshots. Knows no engine."""
