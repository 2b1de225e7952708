"""The demo's stock on the morning of the plan: what is left, reserved, ring-fenced and on its way."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.lake.demo_catalogue import Catalogue
from workbench.lake.demo_days import PLAN_DAY
from workbench.lake.demo_demand import Counts
from workbench.lake.demo_situations import (
    KEYED_FOR,
    MISDIRECTED,
    MISPLACED,
    NEW_PRODUCTS,
    NEW_STOCK,
    PROTECTED,
    UNSERVABLE,
    VIRAL,
    VIRAL_STOCK,
)

RESERVE = 0.12  # share of SKUs of which Columbus holds a reserve
RESERVE_DAYS = 4.0
TRANSFERS = (("MDT", "CMH", 1), ("DFW", "RNO", 2), ("CMH", "MDT", 1))  # from, to, days until arrival
TRANSFER_LINES = 5
FAST = 40  # best sellers with ring-fenced stock
RING_FENCED = {"amazon": 0.7, "walmart": 0.7}  # part of the channel's share of demand
RING_FENCED_FROM = 40  # available units


def left_over(goods: Catalogue, stock: Counts, rng: np.random.Generator) -> Counts:
    """Stock after the ordinary orders: Columbus' reserve added, and what the situations need put in place."""
    stock = stock.copy()
    sku = goods.book["sku"]
    free = ~sku.isin(PROTECTED) & (stock.sum(axis=1) > 0)
    kept = free & (rng.random(len(sku)) < RESERVE)
    reserve = np.ceil(goods.book["rate"] * RESERVE_DAYS).astype("int32")
    stock[kept, goods.warehouses.index("CMH")] += reserve[kept]
    planted = {VIRAL.sku: VIRAL_STOCK, UNSERVABLE: {}, **dict.fromkeys(NEW_PRODUCTS, NEW_STOCK), **MISPLACED}
    for name, places in planted.items():
        stock[sku == name] = [places.get(place, 0) for place in goods.warehouses]
    return stock


def without_misplaced(purchase_orders: pd.DataFrame) -> pd.DataFrame:
    """Open purchase orders but those that would mend the misplaced stock by themselves."""
    return purchase_orders[~purchase_orders["sku"].isin(MISPLACED)].reset_index(drop=True)


def keyed_for_one(purchase_orders: pd.DataFrame) -> pd.DataFrame:
    """Open purchase orders, all units of the misdirected SKU's newest order on its line for one warehouse."""
    own = purchase_orders["sku"] == MISDIRECTED
    newest = own & (purchase_orders["ordered_on"] == purchase_orders.loc[own, "ordered_on"].max())
    wrong = newest & (purchase_orders["warehouse"] == KEYED_FOR)
    if not wrong.any():
        return purchase_orders
    units = purchase_orders["quantity"].mask(wrong, purchase_orders.loc[newest, "quantity"].sum())
    kept: pd.DataFrame = purchase_orders.assign(quantity=units)[~newest | wrong]
    return kept.reset_index(drop=True)


def transfers(goods: Catalogue, rng: np.random.Generator) -> pd.DataFrame:
    """The table `transfers`: a few moves that left last week."""
    free = goods.book.loc[~goods.book["sku"].isin(PROTECTED) & (goods.book["rate"] > 2), "sku"]
    frames = []
    for number, (origin, destination, days) in enumerate(TRANSFERS):
        frames.append(
            pd.DataFrame(
                {
                    "transfer_id": f"T2611-{101 + number}",
                    "sku": np.sort(rng.choice(free, TRANSFER_LINES, replace=False)),
                    "from_warehouse": origin,
                    "to_warehouse": destination,
                    "quantity": rng.integers(6, 40, TRANSFER_LINES),
                    "expected_on": PLAN_DAY + pd.Timedelta(days=days),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def inventory(goods: Catalogue, stock: Counts, lines: pd.DataFrame) -> pd.DataFrame:
    """The table `inventory`: what is left (skus, warehouses), what open lines have reserved and wait for."""
    waiting = lines[lines["open"] & ~lines["cancelled"]]
    reserved, backordered = np.zeros_like(stock), np.zeros_like(stock)
    there = waiting[waiting["place"] >= 0]
    np.add.at(reserved, (there["sku"], there["place"]), there["quantity"])
    nowhere = waiting[waiting["place"] < 0]
    np.add.at(backordered, (nowhere["sku"], nowhere["region"]), nowhere["quantity"])  # at its first choice
    sku, place = np.nonzero(
        (stock + reserved + backordered > 0) | (np.arange(stock.shape[1]) < len(goods.regions))
    )
    return pd.DataFrame(
        {
            "sku": goods.book["sku"].to_numpy()[sku],
            "warehouse": np.array(goods.warehouses)[place],
            "on_hand": (stock + reserved)[sku, place],
            "reserved": reserved[sku, place],
            "backordered": backordered[sku, place],
            "counted_on": PLAN_DAY,
        }
    )


def channel_stock(goods: Catalogue, stock: Counts) -> pd.DataFrame:
    """The table `channel_stock`: part of the best sellers is kept for the marketplaces with hard promises."""
    best = goods.book["rate"].to_numpy().argsort(kind="stable")[::-1][:FAST]
    frames = []
    for name, part in RING_FENCED.items():
        share = goods.shares[best, goods.channels.index(name)]
        quantity = np.floor(stock[best] * part * share[:, None]).astype(np.int64)
        row, place = np.nonzero((quantity > 0) & (stock[best] >= RING_FENCED_FROM))
        frames.append(
            pd.DataFrame(
                {
                    "sku": goods.book["sku"].to_numpy()[best[row]],
                    "warehouse": np.array(goods.warehouses)[place],
                    "channel": name,
                    "quantity": quantity[row, place],
                }
            )
        )
    return pd.concat(frames).sort_values(["sku", "warehouse", "channel"], ignore_index=True)
