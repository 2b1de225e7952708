"""The queue of proposals as plain records: what the approval panel sends to the page, already written out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.tables import LINES_OF_KIND, TABLES, Column
from workbench.views.lines import standing_lines
from workbench.views.numerals import NOTHING, clock, count, money, number, percent, units
from workbench.views.numerals import day as written_day
from workbench.views.words import BY_A_PERSON, DECISIONS, WAITING, spoken

Record = dict[str, Any]
MOST_LINES = 400  # a longer item is decided as a whole; its lines stand in the plan's export
# columns of a line that help to decide, the quantity before them
COLUMNS = {
    "forecast_lines": ("sku", "channel", "region"),
    "channel_share_lines": ("sku", "warehouse", "channel", "quantity_before"),
    "transfer_lines": ("sku", "from_warehouse", "to_warehouse", "expected_on", "cost", "gain"),
    "purchase_order_lines": (
        "sku",
        "warehouse",
        "order_multiple",
        "landed_cost",
        "value",
        "expected_on",
        "covers",
        "out_on_q0500",
        "lost_q0500",
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
# there is nothing to buy, move or ship in these
FIXED_KINDS = ("hold_orders", "unconfirmed_release")


def in_sight(queue: pd.DataFrame) -> pd.DataFrame:
    """The part of a plan's proposals that a person deals with: what waits, and what people decided since.

    Once released a decision is history.
    """
    decided = queue["decision"].isin(BY_A_PERSON) & ~queue["released"].astype(bool)
    return queue[queue["decision"].isin(WAITING) | decided]


def sum_of(queue: pd.DataFrame, currency: str) -> str:
    """How much waits, in a sentence."""
    waiting = queue[queue["decision"].isin(WAITING)]
    if waiting.empty:
        return "Nothing waits for a person"
    return (
        f"{count(len(waiting), 'decision waits', 'decisions wait')}, "
        f"{money(waiting['money_at_risk'].sum(), currency)} at risk"
    )


def row(proposal: Mapping[Any, Any], currency: str) -> Record:
    """One proposal as a row of the queue."""
    waits = proposal["decision"] in WAITING
    return {
        "id": proposal["proposal_id"],
        "agent": spoken(proposal["agent"]),
        "risk": money(proposal["money_at_risk"], currency),
        "title": proposal["title"],
        "under": _under(proposal),
        "why": _text(proposal["decision_reason"]) if waits else _stands(proposal),
        "waits": waits,
    }


def item(proposal: Mapping[Any, Any], currency: str, time_zone: str, names: Mapping[str, str]) -> Record:
    """One proposal whole; `names` are products' names by SKU."""
    table = TABLES[LINES_OF_KIND[proposal["kind"]]]
    shown = [table[name] for name in COLUMNS[table.name]]
    lines = standing_lines(proposal)
    return {
        "id": proposal["proposal_id"],
        "title": proposal["title"],
        "under": f"{_under(proposal)} · {proposal['subject']} · {spoken(proposal['reason'])}",
        "facts": _facts(proposal, currency),
        "stands": _stands(proposal, time_zone) + ".",
        "why": _text(proposal["decision_reason"]),
        "if_nothing": proposal["if_nothing"],
        "alternatives": [[a["action"], money(a["cost"], currency)] for a in proposal["alternatives"]],
        "evidence": [str(sentence) for sentence in proposal["evidence"]],
        "columns": [_column(column, currency) for column in shown],
        "lines_title": _lines_title(len(lines)),
        "lines": [_line(position, line, shown, names) for position, line in enumerate(lines[:MOST_LINES])],
        "editable": proposal["kind"] not in FIXED_KINDS and proposal["decision"] in WAITING,
        "may": _may(proposal),
    }


def _under(proposal: Mapping[Any, Any]) -> str:
    return f"{spoken(proposal['agent'])} · {spoken(proposal['kind'])}"


def _facts(proposal: Mapping[Any, Any], currency: str) -> list[list[str]]:
    decided = proposal["decision"] == "changed"
    facts = [
        ["At risk if nothing is done", money(proposal["money_at_risk"], currency)],
        ["Value", money(_value(proposal) if decided else proposal["value"], currency)],
        ["Quantity", units(proposal["approved_quantity"] if decided else proposal["quantity"])],
        ["Confidence", percent(proposal["confidence"])],
    ]
    if proposal["never_seen"]:
        facts.append(["Pattern", "never seen before"])
    if proposal["outage_share"]:
        facts.append(["Touched by an outage", f"{percent(proposal['outage_share'])} of open orders"])
    if proposal["buffer_share"]:
        facts.append(["Moves of a buffer", percent(proposal["buffer_share"])])
    return facts


def _value(proposal: Mapping[Any, Any]) -> float:
    """What a changed proposal is worth as it was decided; where lines have no value, as it was proposed."""
    lines = standing_lines(proposal)
    priced = bool(lines) and all("value" in line for line in lines)
    return math.fsum(line["value"] for line in lines) if priced else float(proposal["value"])


def _stands(proposal: Mapping[Any, Any], time_zone: str = "") -> str:
    """What has become of it, by whom."""
    decision = proposal["decision"]
    if decision == "escalated":
        return "Waits for a person"
    when = f" at {clock(proposal['decided_at'], time_zone)}" if time_zone else ""
    amount = proposal["approved_quantity"]
    changed = f" to {units(amount)}" if decision == "changed" and not pd.isna(amount) else ""
    return f"{spoken(DECISIONS[decision])}{changed}, by {proposal['decided_by']}{when}"


def _may(proposal: Mapping[Any, Any]) -> list[str]:
    if proposal["decision"] in WAITING:
        return ["approve", "reject"]
    return ["undo"] if proposal["decision"] in BY_A_PERSON and not proposal["released"] else []


def _lines_title(lines: int) -> str:
    title = count(lines, "line", "lines")
    return title if lines <= MOST_LINES else f"{title}, the first {MOST_LINES} of them"


def _column(column: Column, currency: str) -> Record:
    unit = column.unit.replace("money", currency) if column.dtype in ("int64", "float64") else ""
    heading = spoken(column.name)
    return {
        "heading": f"{heading}, {unit}" if unit and unit != "fraction" else heading,
        "right": column.dtype in ("int64", "float64"),
    }


def _line(position: int, line: Mapping[str, Any], shown: list[Column], names: Mapping[str, str]) -> Record:
    quantity = line.get("quantity")
    return {
        "position": position,
        "quantity": None if quantity is None else float(quantity),
        "written": NOTHING if quantity is None else number(quantity),
        "cells": [_cell(column, line.get(column.name), names) for column in shown],
    }


def _cell(column: Column, value: Any, names: Mapping[str, str]) -> str:
    if value is None or pd.isna(value):
        return NOTHING
    if column.name == "sku":
        return f"{value} · {names[value]}" if value in names else str(value)
    if column.name.endswith("_on"):
        return written_day(pd.Timestamp(value))
    if column.unit == "fraction":
        return percent(value)
    if column.dtype in ("int64", "float64"):
        return number(value, 2 if "per unit" in column.unit else 0)
    return str(value)


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)
