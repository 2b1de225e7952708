"""The JavaScript of our widgets: what they share, then their own, as the one module that anywidget loads."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
SHARED = ("page", "asking", "heartbeat")


def source_of(*files: str) -> str:
    """The module of a widget, by the names of its files; the last one has `render`."""
    parts = (HERE / f"{name}.js" for name in (*SHARED, *files))
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)


def style_of(widget: str) -> str:
    """The stylesheet of a widget, by the name of its file; what all pages share is in look.css."""
    return (HERE / f"{widget}.css").read_text(encoding="utf-8")
