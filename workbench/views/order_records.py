"""Orders, their lines and their sums as plain records: what the order grid sends to its page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from workbench.views.numerals import NOTHING, SPACE, count, money, number, percent, units
from workbench.views.numerals import day as written_day
from workbench.views.order_book import Ground
from workbench.views.words import DECISIONS, spoken

Record = dict[str, Any]
# what changes of a line while quantities are tried, after its quantity and product
LIVE = ("Unit, landed", "Value", "Cover, days")
# and what stays: heading, column of the line
FIXED = {
    "No stockout": "covers",
    "Set by": "bound_by",
    "Arrives": "expected_on",
    "Last pack gains": "marginal_return",
    "Alone it orders": "quantity_alone",
    "Without it, out on": "out_on_q0500",
    "Else from": "fallback",
}


def sums(orders: pd.DataFrame, ground: Ground, currency: str) -> Record:
    """All orders together against the day's budget; `share` (of the budget) is None without one."""
    spent = float(orders["value"].sum())
    text = f"{money(spent, currency)} in {count(len(orders), 'order', 'orders')}"
    if ground.budget is None:
        return {"text": text, "note": "No budget is given for this day.", "share": None, "over": False}
    left = ground.budget - spent
    said = f"{money(abs(left), currency)} {'left' if left >= 0 else 'above the budget'}"
    share = spent / ground.budget if ground.budget else math.inf
    return {
        "text": text,
        "note": f"{percent(share)} of the budget of {money(ground.budget, currency)}; {said}.",
        "share": min(share, 1e6),
        "over": left < 0,
    }


def order_row(proposal_id: str, order: Mapping[Any, Any], currency: str, *, changed: bool) -> Record:
    """An order as a row of the builder's list."""
    return {
        "id": proposal_id,
        "supplier": f"{order['supplier']} · {order['name']}" if order["name"] else order["supplier"],
        "under": f"{proposal_id} · {spoken(DECISIONS[order['decision']])}",
        "lines": count(order["lines"], "line", "lines"),
        "value": money(order["value"], currency),
        "minimum": money(order["minimum"], currency) if order["minimum"] else "none",
        "reached": _reached(order, currency),
        "short": order["missing"] > 0,
        "changed": changed,
    }


def facts(order: Mapping[Any, Any], currency: str) -> list[list[str]]:
    """An order in figures: what it costs, and how it stands against its supplier's terms."""
    told = [
        ["Landed value", money(order["value"], currency)],
        ["Quantity", units(order["quantity"])],
        ["Value at unit cost", money(order["order_value"], currency)],
        ["Supplier's minimum", money(order["minimum"], currency) if order["minimum"] else "none"],
        ["Missing to it", money(order["missing"], currency) if order["missing"] else "nothing"],
        ["Volume", f"{number(order['volume_m3'], 1)}{SPACE}m³"],
        ["Last line arrives", written_day(order["expected_on"])],
    ]
    if not math.isnan(order["capacity"]):
        told.append(["Supplier's most units", units(order["capacity"])])
    return told


def warnings(order: Mapping[Any, Any], sums_over: bool, currency: str) -> list[str]:
    """What the tried quantities break, in sentences; a person may still want it, and then says why."""
    name = order["name"] or order["supplier"]
    said = []
    if order["missing"] > 0:
        said.append(
            f"{money(order['missing'], currency)} are missing to {name}'s minimum of "
            f"{money(order['minimum'], currency)}: add units, or reject the order."
        )
    if order["above_capacity"] > 0:
        said.append(
            f"{name} takes no more than {units(order['capacity'])} in one order; "
            f"{units(order['above_capacity'])} are too many."
        )
    if sums_over:
        said.append("All orders together, with all that is tried here, are above the day's budget.")
    return said


def pulled(order: Mapping[Any, Any], currency: str) -> str:
    """What was pulled forward for the supplier's minimum, and what that costs; empty where nothing was."""
    if not order["pulled"]:
        return ""
    return (
        f"{count(order['pulled'], 'line was', 'lines were')} pulled forward to reach the supplier's minimum; "
        f"that gives up {money(order['pull_cost'], currency)} of expected gain."
    )


def line_record(line: Mapping[Any, Any], names: Mapping[str, str]) -> Record:
    """A line with what stays while its quantity is tried."""
    sku, pack, least = line["sku"], line["order_multiple"], line["minimum_order_quantity"]
    return {
        "position": line["position"],
        "quantity": line["proposed"],
        "written": number(line["proposed"]),
        "pack": pack,
        "sku": sku,
        "warehouse": line["warehouse"],
        "product": f"{sku} · {names[sku]}" if sku in names else sku,
        "terms": f"{line['warehouse']} · packs of {number(pack)}, at least {number(least)}",
        "cells": [_fixed(name, line[name]) for name in FIXED.values()],
    }


def live_line(line: Mapping[Any, Any], faults: Sequence[str], price_before: float) -> Record:
    """What a tried quantity makes of a line: price, value, cover; and what is wrong with it."""
    note = ""
    if abs(line["landed_cost"] - price_before) > 0.005:
        word = "cheaper" if line["landed_cost"] < price_before else "dearer"
        note = f"another price tier: {number(abs(line['landed_cost'] - price_before), 2)} a unit {word}"
    return {
        "cells": [
            number(line["landed_cost"], 2),
            number(line["value"]),
            f"{_cover(line['cover_before'])} → {_cover(line['cover'])}",
        ],
        "note": note,
        "faults": list(faults),
    }


def _fixed(column: str, value: Any) -> str:
    if pd.isna(value):
        return NOTHING
    if isinstance(value, pd.Timestamp):
        return f"{value.day}{SPACE}{value:%b}"
    if column == "covers":
        return percent(value)
    if isinstance(value, float):
        return number(value, 2 if column == "marginal_return" else 0)
    return "pulled forward for the supplier's minimum" if value == "supplier minimum" else str(value)


def _reached(order: Mapping[Any, Any], currency: str) -> str:
    if not order["minimum"]:
        return ""
    return f"{money(order['missing'], currency)} missing" if order["missing"] else "reached"


def _cover(days: float) -> str:
    return "no demand" if math.isinf(days) else number(days)
