"""VN2 as the workbench sees a business: the demand engine's paths, and the replenishment agent's orders.

A product is a SKU, a store a region with a warehouse of its own, a store format a channel. A week's sales
stand on its Sunday, when they are known; the business is closed on the other days.
"""

from datetime import UTC

import numpy as np
import pandas as pd

from tests.benchmarks.vn2_data import VN2Data
from tests.benchmarks.vn2_rules import HOLDING, SHORTAGE, State, Units
from tests.rows import table
from workbench.agents.replenishment import replenish, situation_of
from workbench.demand.engine import forecast
from workbench.formulas.landed_cost import landed_offers
from workbench.formulas.stock import inbound, positions
from workbench.policy import Policy
from workbench.tables import TABLES

LEAD_TIME, WEEK = 14, 7  # days: what is ordered on a Monday is there on the Monday after next
UNIT_COST = 1.0
POLICY = Policy.model_validate(
    {
        "demand": {"horizon_days": 35, "backtest_windows": 6},
        "replenishment": {
            "review_days": WEEK,
            "holding_rate": HOLDING * 365 / WEEK / UNIT_COST,
            "stockout_penalty": 0.0,
            "lost_share": 1.0,
            "lead_time_spread": 0.0,
            "obsolete_loss": 0.0,
        },
    }
)
SKU, REGION, CHANNEL, CATEGORY = "Product", "Store", "Format", "Department"


def order(known: VN2Data, state: State, weeks: int, seed: int = 0) -> Units:
    """The order at the end of the last week known (series,), units; `weeks` more are played."""
    day = known.weeks[-1] + pd.Timedelta(days=WEEK)
    as_of = day.to_pydatetime().replace(tzinfo=UTC)
    products = _products(known.series, day + pd.Timedelta(days=weeks * WEEK - 1))
    empty = {name: TABLES[name].empty() for name in TABLES}
    found = forecast(
        _sales(known),
        products,
        empty["prices"],
        empty["promotions"],
        empty["calendar"],
        empty["signals"],
        policy=POLICY,
        as_of=as_of,
        seed=seed,
    )
    supply = _supply(known, state, day, found.paths, products)
    proposals = replenish(situation_of(*supply, policy=POLICY, as_of=as_of, seed=seed), policy=POLICY)
    lines = pd.DataFrame(
        [line for lines in proposals["lines"] for line in lines], columns=["sku", "warehouse", "quantity"]
    )
    lines = lines.groupby(["sku", "warehouse"])["quantity"].sum()
    wanted = pd.MultiIndex.from_frame(known.series[[SKU, REGION]])
    return lines.reindex(wanted, fill_value=0).to_numpy(dtype=np.int64)


def _sales(known: VN2Data) -> pd.DataFrame:
    """The table `sales`: from a series' first week in stock on, a row a week, on its Sunday."""
    alive = np.maximum.accumulate(known.in_stock, axis=1)
    row, column = np.nonzero(alive)
    of = known.series.iloc[row].reset_index(drop=True)
    return pd.DataFrame(
        {
            "date": known.weeks[column] + pd.Timedelta(days=WEEK - 1),
            "sku": of[SKU],
            "channel": of[CHANNEL],
            "region": of[REGION],
            "units": known.sales[row, column],
            "in_stock": pd.array(known.in_stock[row, column], dtype="boolean"),
        }
    ).astype({c.name: c.dtype for c in TABLES["sales"].columns})


def _products(series: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    """All of them go off sale with the game."""
    rows = [
        {"sku": sku, "name": sku, "category": kind, "discontinued_on": last}
        for sku, kind in series[[SKU, CATEGORY]].drop_duplicates().to_numpy()
    ]
    return table("products", *rows)


def _supply(
    known: VN2Data, state: State, day: pd.Timestamp, paths: pd.DataFrame, products: pd.DataFrame
) -> list[pd.DataFrame]:
    """What `replenish` takes, by position: one supplier who sells everything at 1 and delivers in two weeks.

    A unit sells at its cost and what a lost sale costs. What sells is held for half a review period in the
    agent's accounts and costs nothing in VN2's: that much is added to the price.
    """
    start, keys = day - pd.Timedelta(days=365), known.series
    stores, skus = keys[REGION].unique(), keys[SKU].unique()
    warehouses = table("warehouses", *({"warehouse": s, "name": s, "country": "FR"} for s in stores))
    suppliers = table(
        "suppliers",
        {"supplier": "S", "name": "S", "country": "FR", "currency": "EUR", "lead_time_days": LEAD_TIME},
    )
    offer = {"supplier": "S", "valid_from": start, "unit_cost": UNIT_COST, "currency": "EUR"}
    offers = table("offers", *(offer | {"sku": sku} for sku in skus))
    landed = landed_offers(
        offers,
        suppliers,
        products,
        warehouses,
        table("tariffs"),
        table("fx_rates"),
        day=day.date(),
        base_currency="EUR",
    )
    due = [(state.due_1, 0), (state.due_2, WEEK)]
    ordered = [
        {"purchase_order_id": f"{ahead}", "supplier": "S", "sku": sku, "warehouse": store, "quantity": units}
        | {
            "ordered_on": day + pd.Timedelta(days=ahead - LEAD_TIME),
            "promised_on": day + pd.Timedelta(days=ahead),
        }
        for coming, ahead in due
        for sku, store, units in zip(keys[SKU], keys[REGION], coming.tolist(), strict=True)
        if units
    ]
    orders = table("purchase_orders", *ordered)
    there = [
        {"sku": sku, "warehouse": store, "on_hand": units}
        for sku, store, units in zip(keys[SKU], keys[REGION], state.on_hand.tolist(), strict=True)
    ]
    transfers, released = table("transfers"), TABLES["outstanding"].empty()
    stock = positions(table("inventory", *there), transfers, orders, table("order_lines"), released)
    channels = keys[[SKU, CHANNEL]].drop_duplicates().to_numpy()
    price = {"valid_from": start, "price": UNIT_COST + SHORTAGE + HOLDING / 2}
    return [
        stock,
        inbound(transfers, orders, released, time_zone="UTC"),
        paths,
        table("regions", *({"region": s, "warehouse": s, "rank": 1} for s in stores)),
        warehouses,
        products,
        suppliers,
        landed,
        table("receipts"),
        table("prices", *(price | {"sku": sku, "channel": channel} for sku, channel in channels)),
        table("cash"),
        released,
    ]
