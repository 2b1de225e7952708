"""The lines of an item as plain records: quantities that can be changed, each beside what is there today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.tables import LINES_OF_KIND, TABLES, Column
from workbench.views.approval_setting import Record, Setting
from workbench.views.lines import standing_lines
from workbench.views.numerals import NOTHING, SPACE, number, percent
from workbench.views.numerals import day as written_day
from workbench.views.words import spoken

MOST_LINES = 400  # a longer item is decided as a whole; its lines stand in the plan's export
# columns of a line that help to decide, the quantity before them
COLUMNS = {
    "forecast_lines": ("sku", "channel", "region"),
    "channel_share_lines": ("sku", "warehouse", "channel"),
    "redirect_lines": (
        "purchase_order_id",
        "sku",
        "from_warehouse",
        "to_warehouse",
        "on_order",
        "order_multiple",
        "expected_on",
        "cost",
        "gain",
    ),
    "transfer_lines": ("sku", "from_warehouse", "to_warehouse", "expected_on", "cost", "gain"),
    "purchase_order_lines": (
        "sku",
        "warehouse",
        "order_multiple",
        "minimum_order_quantity",
        "landed_cost",
        "value",
        "expected_on",
        "covers",
        "bound_by",
    ),
    "shipment_lines": (
        "order_id",
        "sku",
        "warehouse",
        "carrier",
        "service",
        "cost",
        "expected_on",
        "days_late",
    ),
}
# what a quantity is a change from: what it is called, and whether the quantity comes on top of it
TODAY = {
    "purchase_order": ("There and to come", True),
    "redirect": ("There and to come", True),
    "transfer": ("Available there", True),
    "channel_share": ("The channel's share", False),
}


def today_of(proposal: Mapping[Any, Any]) -> Record | None:
    """What the quantities of a proposal change; None where they change nothing that is counted today."""
    if proposal["kind"] not in TODAY:
        return None
    name, adds = TODAY[proposal["kind"]]
    return {"name": name, "adds": adds}


def columns_of(proposal: Mapping[Any, Any], currency: str) -> list[Record]:
    """Headings of a line's cells, and whether they are numbers, names that take room, or neither."""
    return [{"heading": _heading(column, currency), "kind": _kind(column)} for column in _shown(proposal)]


def line_records(proposal: Mapping[Any, Any], setting: Setting) -> list[Record]:
    """The first lines as they stand, by position."""
    shown, lines = _shown(proposal), standing_lines(proposal)[:MOST_LINES]
    return [
        {
            "position": position,
            "quantity": None if line.get("quantity") is None else float(line["quantity"]),
            "step": line.get("order_multiple", 1),
            "today": _today(str(proposal["kind"]), line, setting),
            "cells": [_cell(column, line.get(column.name), setting) for column in shown],
        }
        for position, line in enumerate(lines)
    ]


def _shown(proposal: Mapping[Any, Any]) -> list[Column]:
    table = TABLES[LINES_OF_KIND[proposal["kind"]]]
    return [table[name] for name in COLUMNS[table.name]]


def _today(kind: str, line: Mapping[str, Any], setting: Setting) -> float | None:
    """Units that the line's quantity changes; None where nothing is known of them."""
    if kind == "channel_share":
        return float(line["quantity_before"])
    if kind == "purchase_order":
        return _stock(setting, line["sku"], line["warehouse"], "inventory_position")
    if kind == "redirect":
        return _stock(setting, line["sku"], line["to_warehouse"], "inventory_position")
    if kind == "transfer":
        return _stock(setting, line["sku"], line["to_warehouse"], "available")
    return None


def _stock(setting: Setting, sku: str, warehouse: str, column: str) -> float:
    return float(setting.stock.get((sku, warehouse), {}).get(column, 0))


def _heading(column: Column, currency: str) -> str:
    unit = column.unit.replace("money", currency) if _counts(column) else ""
    heading = spoken(column.name)
    return f"{heading}, {unit}" if unit and unit != "fraction" else heading


def _kind(column: Column) -> str:
    if _counts(column):
        return "number"
    return "wide" if column.name == "sku" else ""


def _counts(column: Column) -> bool:
    return column.dtype in ("int64", "float64")


def _cell(column: Column, value: Any, setting: Setting) -> str:
    if value is None or pd.isna(value):
        return NOTHING
    if column.name == "sku":
        return setting.named(value)
    if column.name.endswith("_on"):
        return written_day(pd.Timestamp(value)).replace(" ", SPACE)  # a date keeps to one line
    if column.unit == "fraction":
        return percent(value)
    if _counts(column):
        return number(value, 2 if "per unit" in column.unit else 0)
    return str(value)
