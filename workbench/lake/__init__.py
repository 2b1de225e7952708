"""The only room that reads input files and writes tables."""
