"""The planning workbench: what a brand should do today, how sure that is, and what waits for a person."""
