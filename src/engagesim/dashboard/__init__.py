"""The dashboard: societies, comparisons, studies and maps in a browser (extra ``app``)."""
