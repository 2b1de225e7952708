"""Figures that answer a planner's question, from frames of the dictionary; one file a subject."""
