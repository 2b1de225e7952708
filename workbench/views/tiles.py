"""Tiles: a few numbers at a glance, each with its unit and what to make of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Literal

Tone = Literal["", "good", "mind", "wrong"]


@dataclass(frozen=True)
class Tile:
    """One number: its name, the number as written, its unit, a note below, and whether to mind it."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    tone: Tone = ""


def tiles(each: Iterable[Tile]) -> str:
    """Tiles side by side, as HTML; everything in them is escaped."""
    return f'<div class="wb wb-tiles">{"".join(_tile(tile) for tile in each)}</div>'


def _tile(tile: Tile) -> str:
    unit = f'<span class="wb-unit">{escape(tile.unit)}</span>' if tile.unit else ""
    note = f'<div class="wb-note">{escape(tile.note)}</div>' if tile.note else ""
    tone = f" wb-{tile.tone}" if tile.tone else ""
    return (
        f'<div class="wb-tile{tone}"><div class="wb-label">{escape(tile.label)}</div>'
        f'<div class="wb-value">{escape(tile.value)}{unit}</div>{note}</div>'
    )
