"""Textbook maths, pure."""
