"""Studies and their storage, independent of engines: designs, plans, execution, folders, provenance and snapshots."""
