"""The page of one product: which it is, and what of it stands in the tiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.views.asked import Asked
from workbench.views.choices import skus_of
from workbench.views.figures.stock import lost_sales
from workbench.views.numerals import NOTHING, count, day, money, number, units
from workbench.views.tiles import Tile
from workbench.views.words import WAITING

DECISIONS = 60  # of the last decisions on a product are shown


@dataclass(frozen=True)
class Choice:
    """The product of the page; none, and why, where what was asked for is not to be had."""

    sku: str
    refusal: str = ""


def choose(asked: Asked, given: str, products: pd.DataFrame, proposals: pd.DataFrame) -> Choice:
    """The product asked for in the address, else the one given, else the one with most money at risk.

    A product is named by its SKU or, in whatever case, by a name that no other has.
    """
    if asked.refusal:
        return Choice("", asked.refusal)
    wanted = asked.get("sku") or given
    if not wanted:
        waiting = proposals[proposals["decision"].isin(WAITING)]
        first = [*skus_of(waiting), *products["sku"].head(1)]
        return Choice(first[0]) if first else Choice("", "There is no product in this plan.")
    named = products[products["name"].str.casefold() == wanted.casefold()]["sku"]
    for found in (products[products["sku"] == wanted]["sku"], named):
        if len(found) == 1:
            return Choice(str(found.iloc[0]))
    return Choice("", f"This plan knows no product {wanted}; type a part of its code or name and choose it.")


def item_tiles(
    stock: pd.DataFrame,
    demand: pd.DataFrame,
    projection: pd.DataFrame,
    prices: pd.DataFrame,
    offers: pd.DataFrame,
    decided: pd.DataFrame,
    live: Mapping[str, Any] | None,
    currency: str,
) -> list[Tile]:
    """What there is of a product, what is wanted of it, when it runs out, what it costs and what waits."""
    waits = decided[decided["decision"].isin(WAITING) & (decided["run_id"] == (live or {}).get("run_id"))]
    return [
        *_there(stock),
        *_wanted(demand, projection, prices, currency),
        *_paid(offers, prices, currency),
        Tile(
            "Waits for a person",
            number(len(waits)),
            "" if len(waits) == 1 else "decisions",
            f"{money(waits['money_at_risk'].sum(), currency)} at risk",
            "mind" if len(waits) else "good",
            "#Decisions",
        ),
    ]


def _there(stock: pd.DataFrame) -> list[Tile]:
    sums = stock[
        ["on_hand", "available", "backordered", "in_transfer", "on_order", "inventory_position"]
    ].sum()
    return [
        Tile(
            "On hand",
            number(sums["on_hand"]),
            "units",
            f"{number(sums['available'])} available, {number(sums['backordered'])} backordered",
            "mind" if sums["backordered"] else "",
            "#Stock",
        ),
        Tile(
            "On the way",
            number(sums["on_order"] + sums["in_transfer"]),
            "units",
            f"inventory position {units(sums['inventory_position'])}",
            link="#Stock",
        ),
    ]


def _wanted(
    demand: pd.DataFrame, projection: pd.DataFrame, prices: pd.DataFrame, currency: str
) -> list[Tile]:
    days = demand["date"].nunique()
    expected = float(demand["mean"].sum())
    lost = lost_sales(projection, prices)
    out = projection[projection["stockout_probability"] > 0.5].sort_values(["date", "warehouse"])
    first = None if out.empty else out.iloc[0]
    return [
        Tile(
            "Expected demand",
            number(expected / days, 1) if days else NOTHING,
            "units a day",
            f"{units(expected)} in {count(days, 'day', 'days')}",
            link="#Demand",
        ),
        Tile(
            "Runs out",
            "not soon" if first is None else day(first["date"]).rsplit(" ", 1)[0],
            "",
            "more likely than not it lasts everywhere"
            if first is None
            else f"first at {first['warehouse']}; {money(lost['value'].sum(), currency)} of sales lost",
            "" if first is None else "mind",
            "#Stock",
        ),
    ]


def _paid(offers: pd.DataFrame, prices: pd.DataFrame, currency: str) -> list[Tile]:
    cost = offers["landed_cost"].min()
    least, most = prices["price"].min(), prices["price"].max()
    sold = "it has no price" if prices.empty else f"sold at {number(least, 2)} to {number(most, 2)}"
    return [
        Tile(
            "Landed cost from",
            number(cost, 2),
            f"{currency} a unit" if len(offers) else "",
            sold if len(offers) else f"nobody offers it; {sold}",
            "" if len(offers) else "mind",
            "#Suppliers",
        )
    ]
