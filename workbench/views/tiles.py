"""Tiles: a few numbers at a glance, each with its unit and what to make of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Literal
from urllib.parse import urlencode

Tone = Literal["", "good", "mind", "wrong"]


@dataclass(frozen=True)
class Tile:
    """One number: its name, the number as written, its unit, a note, whether to mind it, where it leads."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    tone: Tone = ""
    link: str = ""


def tiles(each: Iterable[Tile]) -> str:
    """Tiles side by side, as HTML; everything in them is escaped."""
    return f'<div class="wb wb-tiles">{"".join(_tile(tile) for tile in each)}</div>'


def _tile(tile: Tile) -> str:
    unit = f'<span class="wb-unit">{escape(tile.unit)}</span>' if tile.unit else ""
    note = f'<div class="wb-note">{escape(tile.note)}</div>' if tile.note else ""
    tone = f" wb-{tile.tone}" if tile.tone else ""
    opening, closing = ("div", "div") if not tile.link else (f'a href="{escape(tile.link)}"', "a")
    return (
        f'<{opening} class="wb-tile{tone}"><div class="wb-label">{escape(tile.label)}</div>'
        f'<div class="wb-value">{escape(tile.value)}{unit}</div>{note}</{closing}>'
    )


def page(name: str, **asked: str) -> str:
    """The address of another page, with what it is asked for.

    >>> page("item", sku="A&B <c>")
    'item.ipynb?sku=A%26B+%3Cc%3E'
    """
    return f"{name}.ipynb" + (f"?{urlencode(asked)}" if asked else "")
