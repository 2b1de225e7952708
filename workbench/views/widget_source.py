"""The JavaScript of our widgets: what they share, then their own, as the one module that anywidget loads."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def source_of(widget: str) -> str:
    """The module of a widget, by the name of its file."""
    parts = (HERE / f"{name}.js" for name in ("page", "asking", widget))
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)
