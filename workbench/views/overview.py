"""The stakeholders' page in numbers: what is at risk, done, bought, late and doubtful today."""

from __future__ import annotations

from datetime import date

import pandas as pd

from workbench.views.figures.buying import budget_of, spending
from workbench.views.figures.shipping import trouble as troubled_orders
from workbench.views.figures.stock import lost_sales
from workbench.views.lines import lines_of
from workbench.views.numerals import count, money, number, percent
from workbench.views.tiles import Tile
from workbench.views.words import WAITING

SOON_HOURS = 7 * 24
SPENDING = ("purchase_order", "transfer", "shipment")  # kinds whose value is money that leaves


def decision_tiles(proposals: pd.DataFrame, currency: str) -> list[Tile]:
    """What waits and what was done."""
    waits, done = waiting(proposals), done_by_itself(proposals)
    spent = done.loc[done["kind"].isin(SPENDING), "value"].sum()
    return [
        Tile(
            "At risk in what waits",
            number(waits["money_at_risk"].sum()),
            currency,
            count(len(waits), "decision waits for a person", "decisions wait for a person"),
            "mind" if len(waits) else "good",
        ),
        Tile(
            "Done by the agents",
            number(len(done)),
            f"of {number(len(proposals))}",
            f"{money(spent, currency)} bound or spent",
        ),
    ]


def stock_tiles(
    stock: pd.DataFrame, offers: pd.DataFrame, projection: pd.DataFrame, prices: pd.DataFrame, currency: str
) -> list[Tile]:
    """What stands in stock, and what of it runs out; `offers` are landed offers."""
    lost = lost_sales(projection, prices)
    soon = projection[projection["hours"] == SOON_HOURS]
    out = soon[soon["stockout_probability"] > 0.5]["sku"].nunique()
    return [
        Tile(
            "Stock value",
            number(stock_value(stock, offers)),
            currency,
            f"{number(stock['on_hand'].sum())} units on hand, at what they cost to buy today",
        ),
        Tile(
            "Run out within 7 days",
            number(out),
            "SKUs",
            f"{money(lost['value'].sum(), currency)} of sales expected to be lost over the horizon",
            "mind" if out else "",
        ),
    ]


def stock_value(stock: pd.DataFrame, offers: pd.DataFrame) -> float:
    """Units on hand at the lowest landed cost of their SKU and warehouse; a SKU nobody offers counts as 0."""
    cost = offers.groupby(["sku", "warehouse"], as_index=False)["landed_cost"].min()
    valued = stock.merge(cost, on=["sku", "warehouse"], how="left", validate="one_to_one")
    return float((valued["on_hand"] * valued["landed_cost"].fillna(0.0)).sum())


def order_tiles(proposals: pd.DataFrame, cash: pd.DataFrame, *, day: date, currency: str) -> list[Tile]:
    """What is bought against the budget, and which customers wait."""
    spent = float(spending(proposals)["value"].sum())
    budget = budget_of(cash, day)
    shipments = lines_of(proposals, "shipment", "hold_orders")
    states = troubled_orders(shipments, proposals)
    late, held = ((states["state"] == state).sum() for state in ("late", "on hold"))
    orders = shipments["order_id"].nunique()
    return [
        Tile(
            "Ordered today",
            number(spent),
            currency,
            "no budget is given for today"
            if not budget
            else f"{percent(spent / budget)} of the day's budget, what waits included",
            "wrong" if budget and spent > budget else "",
        ),
        Tile(
            "Orders late or on hold",
            number(late + held),
            f"of {number(orders)}",
            f"{number(late)} will miss their promise, {number(held)} cannot be shipped",
            "mind" if late + held else "good",
        ),
    ]


def input_tiles(
    spikes: pd.DataFrame, quarantine: pd.DataFrame, assumptions: pd.DataFrame, currency: str
) -> list[Tile]:
    """What runs away, and how far the inputs can be trusted."""
    rows = quarantine.drop_duplicates(["file", "row"])
    return [
        Tile(
            "Demand running away",
            number(len(spikes)),
            "series",
            "sold far above what was expected of them"
            if len(spikes)
            else "all series keep to their forecast",
            "mind" if len(spikes) else "",
        ),
        Tile(
            "Quarantined rows",
            number(len(rows)),
            "rows",
            f"{money(rows['value'].sum(), currency)} touched; "
            f"{count(len(assumptions), 'assumption stands', 'assumptions stand')}",
            "mind" if len(rows) or len(assumptions) else "good",
        ),
    ]


def waiting(proposals: pd.DataFrame) -> pd.DataFrame:
    """What waits for a person."""
    return proposals[proposals["decision"].isin(WAITING)]


def done_by_itself(proposals: pd.DataFrame) -> pd.DataFrame:
    """What agents carried out by themselves."""
    return proposals[proposals["decision"] == "executed"]
