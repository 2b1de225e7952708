"""The stakeholders' page in numbers: what is at risk, done, bought, late and doubtful today.

Every tile leads to what is behind it: the approvals it counts, the item it means, or a part of the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pandas as pd

from workbench.views.figures.buying import budget_of, spending
from workbench.views.figures.shipping import trouble as troubled_orders
from workbench.views.figures.stock import lost_sales
from workbench.views.lines import lines_of
from workbench.views.numerals import NOTHING, count, money, number, percent
from workbench.views.tiles import Tile, page
from workbench.views.trouble import LATE
from workbench.views.words import BY_A_PERSON, WAITING

SOON_HOURS = 7 * 24
SPENDING = ("purchase_order", "transfer", "shipment")  # kinds whose value is money that leaves
SHOWN = 8  # rows of a table here; all of them stand where the tile leads


def decision_tiles(proposals: pd.DataFrame, currency: str) -> list[Tile]:
    """What waits and what was done."""
    waits, done = waiting(proposals), done_by_itself(proposals)
    people = proposals[proposals["decision"].isin(BY_A_PERSON)]
    rejected = people["decision"] == "rejected"
    spent = done.loc[done["kind"].isin(SPENDING), "value"].sum()
    return [
        Tile(
            "At risk in what waits",
            number(waits["money_at_risk"].sum()),
            currency,
            count(len(waits), "decision waits for a person", "decisions wait for a person"),
            "mind" if len(waits) else "good",
            page("approvals"),
        ),
        Tile(
            "Done by the agents",
            number(len(done)),
            f"of {number(len(proposals))}",
            f"{money(spent, currency)} bound or spent",
            link="#Done",
        ),
        Tile(
            "Decided by people",
            number(len(people)),
            f"of {number(len(people) + len(waits))}",
            f"{number((~rejected).sum())} approved, {number(rejected.sum())} rejected",
            link=page("approvals"),
        ),
    ]


def days_before(day: date, days: int) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first and the last of so many days before a day.

    >>> [f"{each:%d %b}" for each in days_before(date(2026, 11, 16), 28)]
    ['19 Oct', '15 Nov']
    """
    return pd.Timestamp(day) - timedelta(days=days), pd.Timestamp(day) - timedelta(days=1)


def service_tiles(
    wanted: float, projection: pd.DataFrame, sales: pd.DataFrame, assumed_demand: pd.DataFrame, days: int
) -> list[Tile]:
    """Share of demand met from stock: expected of units wanted ahead, and realised in sales of as many days.

    What could not be bought in those days is what `assumed_demand` takes to have been wanted beyond sales.
    """
    last = projection.sort_values("hours").drop_duplicates(["sku", "warehouse"], keep="last")
    sold = float(sales["units"].sum())
    missed = float((assumed_demand["wanted"] - assumed_demand["sold"]).sum())
    return [
        Tile(
            "Fill rate expected",
            _share(wanted - float(last["lost_units"].sum()), wanted),
            f"next {days} days",
            f"{_share(sold, sold + missed)} in the last {days} days, as far as stock-outs are on record",
            link="#Stock",
        )
    ]


def forecast_tiles(backtest: pd.DataFrame) -> list[Tile]:
    """How far the forecast was off on past days that it had not seen."""
    served = backtest[(backtest["speed"] == "all") & (backtest["model"] == "served")].to_dict("records")
    error, bias = (served[0]["wape"], served[0]["bias"]) if served else (float("nan"), float("nan"))
    lean = "too much" if bias > 0 else "too little"
    return [
        Tile(
            "Forecast error",
            _percent(error),
            "of units sold" if served else "",
            f"by day and series, on past days; in sum {_percent(abs(bias), 1)} {lean}"
            if served
            else "none is known",
            link=page("scorecard"),
        )
    ]


def stock_tiles(
    stock: pd.DataFrame, offers: pd.DataFrame, projection: pd.DataFrame, prices: pd.DataFrame, currency: str
) -> list[Tile]:
    """What stands in stock, and what of it runs out; `offers` are landed offers."""
    lost = lost_sales(projection, prices)
    soon = projection[(projection["hours"] == SOON_HOURS) & (projection["stockout_probability"] > 0.5)]
    out = lost[lost["sku"].isin(soon["sku"])].sort_values(["value", "sku"], ascending=[False, True])
    worst = list(out["sku"].head(1))
    return [
        Tile(
            "Stock value",
            number(stock_value(stock, offers)),
            currency,
            f"{number(stock['on_hand'].sum())} units on hand, at what they cost to buy today",
            link="#Stock",
        ),
        Tile(
            "Run out within 7 days",
            number(len(out)),
            "SKUs",
            f"{money(lost['value'].sum(), currency)} of sales expected to be lost over the horizon",
            "mind" if worst else "",
            page("item", sku=worst[0]) if worst else "#Stock",
        ),
    ]


def stock_value(stock: pd.DataFrame, offers: pd.DataFrame) -> float:
    """Units on hand at the lowest landed cost of their SKU and warehouse; a SKU nobody offers counts as 0."""
    cost = offers.groupby(["sku", "warehouse"], as_index=False)["landed_cost"].min()
    valued = stock.merge(cost, on=["sku", "warehouse"], how="left", validate="one_to_one")
    return float((valued["on_hand"] * valued["landed_cost"].fillna(0.0)).sum())


def buying_tiles(
    proposals: pd.DataFrame, cash: pd.DataFrame, found: pd.DataFrame, *, day: date, currency: str
) -> list[Tile]:
    """What is bought against the budget, and who delivers late; `found` is what is out of the ordinary."""
    spent = float(spending(proposals)["value"].sum())
    budget = budget_of(cash, day)
    late = found[found["what"] == LATE]
    return [
        Tile(
            "Ordered today",
            number(spent),
            currency,
            "no budget is given for today"
            if not budget
            else f"{percent(spent / budget)} of the day's budget, what waits included",
            "wrong" if budget and spent > budget else "",
            page("approvals", agent="replenishment"),
        ),
        Tile(
            "Late suppliers",
            number(len(late)),
            "suppliers",
            _named(late["about"]) if len(late) else "none is late",
            "mind" if len(late) else "good",
            "#Trouble",
        ),
    ]


def order_tiles(proposals: pd.DataFrame) -> list[Tile]:
    """Which customers wait."""
    shipments = lines_of(proposals, "shipment", "hold_orders")
    states = troubled_orders(shipments, proposals)
    late, held = ((states["state"] == state).sum() for state in ("late", "on hold"))
    return [
        Tile(
            "Orders late or on hold",
            number(late + held),
            f"of {number(shipments['order_id'].nunique())}",
            f"{number(late)} will miss their promise, {number(held)} cannot be shipped",
            "mind" if late + held else "good",
            page("approvals", agent="routing"),
        )
    ]


def input_tiles(
    spikes: pd.DataFrame, quarantine: pd.DataFrame, assumptions: pd.DataFrame, currency: str
) -> list[Tile]:
    """What runs away, and how far the inputs can be trusted."""
    rows = quarantine.drop_duplicates(["file", "row"])
    first = list(spikes.sort_values(["units", "sku"], ascending=[False, True])["sku"].head(1))
    return [
        Tile(
            "Demand running away",
            number(len(spikes)),
            "series",
            f"sold far above what was expected, {first[0]} most"
            if first
            else "all series keep to their forecast",
            "mind" if first else "good",
            page("item", sku=first[0]) if first else "#Stock",
        ),
        Tile(
            "Quarantined rows",
            number(len(rows)),
            "rows",
            f"{money(rows['value'].sum(), currency)} touched; "
            f"{count(len(assumptions), 'assumption stands', 'assumptions stand')}",
            "mind" if len(rows) or len(assumptions) else "good",
            "#Inputs",
        ),
    ]


def _named(names: Iterable[str]) -> str:
    """The first few names, and how many more there are."""
    first, *others = names
    return f"{first} first" + (f", and {count(len(others), 'other', 'others')}" if others else "")


def _share(part: float, whole: float) -> str:
    return percent(part / whole, 1) if whole > 0 else NOTHING


def _percent(share: float, digits: int = 0) -> str:
    return NOTHING if pd.isna(share) else percent(share, digits)


def waiting(proposals: pd.DataFrame) -> pd.DataFrame:
    """What waits for a person."""
    return proposals[proposals["decision"].isin(WAITING)]


def done_by_itself(proposals: pd.DataFrame) -> pd.DataFrame:
    """What agents carried out by themselves."""
    return proposals[proposals["decision"] == "executed"]
