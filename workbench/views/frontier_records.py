"""Plans of the day beside today's, as plain records: the list to pick from, and what a pick would change."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from workbench.views.numerals import count, number

Record = dict[str, Any]
WAITS = "waits"
MOST_MOVES = 40  # ways from and to that are told; the rest are counted together
LISTED = (
    ("cost", "Cost", 0),
    ("co2e_kg", "CO2e", 0),
    ("order_days_late", "Late", 0),
    ("orders_held", "Held", 0),
    ("lateness_cost_per_day", "A day late at", 2),
    ("co2e_price", "A kg of CO2e at", 2),
)
UNITS = {
    "cost": "{}",
    "co2e_kg": "kg",
    "order_days_late": "days",
    "lateness_cost_per_day": "{}",
    "co2e_price": "{}",
}


def headings(currency: str) -> list[list[str]]:
    """Heading and unit of every figure of the list."""
    return [[title, UNITS.get(name, "").format(currency)] for name, title, _ in LISTED]


def listed(plans: pd.DataFrame) -> list[Record]:
    """A row a plan of `routing_frontier`: its figures, and under them how far they are from today's."""
    (own,) = plans[plans["current"]].to_dict("records")
    return [
        {
            "plan": int(row["plan"]),
            "current": bool(row["current"]),
            "cells": [
                [number(row[name], digits), "" if digits else _beside(row[name] - own[name])]
                for name, _, digits in LISTED
            ],
        }
        for row in plans.to_dict("records")
    ]


def _beside(difference: float) -> str:
    return "" if round(difference) == 0 else more(difference)


def against(orders: pd.DataFrame, plan: int, current: int, gone: Collection[str], currency: str) -> Record:
    """What a plan does otherwise than today's with the orders that have not left.

    `orders`: as `Frontier.orders`; `gone`: orders that have left the building, which nothing changes.
    """
    was, will = (orders[orders["plan"] == which].set_index("order_id") for which in (current, plan))
    here = ~was.index.isin(list(gone))
    was, will = was[here], will.loc[was.index[here]]
    moved = was["way"] != will["way"]
    ways = pd.DataFrame({"was": was["way"], "will": will["way"]})[moved].replace("", WAITS)
    counted = (
        ways.value_counts().reset_index().sort_values(["count", "was", "will"], ascending=[False, True, True])
    )
    told, rest = counted.head(MOST_MOVES), counted["count"].iloc[MOST_MOVES:]
    lines = [[row["was"], row["will"], number(row["count"])] for row in told.to_dict("records")]
    if len(rest):
        lines.append(["other ways", "", number(rest.sum())])
    left = len(orders[orders["plan"] == plan]) - len(was)
    stay = f"; {count(left, 'has left and stays', 'have left and stay')}" if left else ""
    return {
        "plan": plan,
        "current": plan == current,
        "facts": [
            _fact(f"Freight and handling, {currency}", was["cost"], will["cost"]),
            _fact("CO2e, kg", was["co2e_kg"], will["co2e_kg"]),
            _fact("Late, order days", was["days_late"], will["days_late"], 1),
            ["Orders that change way", number(moved.sum()), f"of {number(len(was))}{stay}"],
        ],
        "moves": lines,
    }


def _fact(name: str, was: pd.Series[float], will: pd.Series[float], digits: int = 0) -> list[str]:
    before, after = was.sum(), will.sum()
    return [name, f"{number(before, digits)} → {number(after, digits)}", more(after - before, digits)]


def more(value: float, digits: int = 0) -> str:
    """A difference with its sign.

    >>> more(12.4), more(-0.2)
    ('+12', '0')
    """
    text = number(value, digits)
    return f"+{text}" if round(value, digits) > 0 else text
