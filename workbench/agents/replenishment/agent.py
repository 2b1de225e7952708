"""What to order today, how much of it, from whom, and when it will be there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import numpy as np
import pandas as pd

from workbench.agents.replenishment.choosing import choose_orders, limits_of
from workbench.agents.replenishment.market import lines_of, market_of, suppliers_of
from workbench.agents.replenishment.orders import Day, purchase_orders
from workbench.agents.replenishment.runout import arrivals_of, run_out
from workbench.agents.replenishment.unbought import unconfirmed_releases, without_offer
from workbench.agents.replenishment.wanted import Wanted, wanted_of
from workbench.errors import TableError
from workbench.formulas.stock import WHERE
from workbench.optimize.arrivals import arrival_days
from workbench.optimize.supplier_choice import cover_ends
from workbench.policy import Policy
from workbench.tables import PROPOSALS, proposals_table

OWN = {"supplier": "str", "expected_cost": "float64", "unconfirmed": "bool"}


def replenish(  # noqa: PLR0913 - its arguments are the list of what it knows
    stock: pd.DataFrame,
    inbound: pd.DataFrame,
    demand_paths: pd.DataFrame,
    regions: pd.DataFrame,
    warehouses: pd.DataFrame,
    products: pd.DataFrame,
    suppliers: pd.DataFrame,
    landed_offers: pd.DataFrame,
    receipts: pd.DataFrame,
    prices: pd.DataFrame,
    cash: pd.DataFrame,
    outstanding: pd.DataFrame,
    *,
    policy: Policy,
    as_of: datetime,
    seed: int = 0,
    doubtful: Collection[str] = (),
) -> pd.DataFrame:
    """Purchase orders of the day and releases that nobody confirmed, as proposals.

    Beside the common columns: `supplier`, `expected_cost` (of the order on its own paths, money) and
    `unconfirmed` (it rests on SKUs with an overdue release, or with stock on order that has no date). Lines
    on `doubtful` SKUs go into an order of their own, PO-<supplier>-check. SKUs that will be missed and that
    nobody offers stand in PO-nobody, which has no lines and waits for a person.

    Stock runs down through lost sales to the day on which an order of today would arrive, in every path with
    a lead time of its own; the order is sized for what is short from then until the next order can arrive,
    by margin and penalty against holding, write-off and the price of waiting; all orders together keep to
    the budget, the warehouses' room and the suppliers' terms.

    Raises TableError for a region without a warehouse, an unknown supplier or product, a negative budget, a
    delivery before its order, and demand paths of another day.
    """
    day, rules = policy.business.day(as_of), policy.replenishment
    records = list(unconfirmed_releases(outstanding, landed_offers, policy, day))
    if demand_paths.empty:
        return _table(records)
    wanted = wanted_of(demand_paths, regions, stock, day)
    items = _items(wanted, stock, products, prices, day)
    vendors = suppliers_of(suppliers, receipts, rules, day=day, paths=wanted.paths.shape[1], seed=seed)
    inbound = inbound.sort_values(["reference", "sku", "warehouse"], ignore_index=True)
    due = arrival_days(inbound, vendors.table, vendors.lead_times, day=day, undated_days=rules.review_days)
    lines, tiers = lines_of(landed_offers, items, vendors, rules)
    lead_times = vendors.lead_times[lines["position"]]
    run = run_out(
        wanted,
        items["start"].to_numpy(np.int64),
        arrivals_of(inbound, due, items),
        lines["item"].to_numpy(np.int64),
        lead_times,
        cover_ends(lines, lead_times),
        rules.lost_share,
    )
    if lines.empty:
        return _table([*records, *without_offer(items, None, run, policy)])
    market = market_of(lines, tiers, lead_times, run, rules, day)
    limits = limits_of(market, stock, inbound, products, warehouses, suppliers, cash, day)
    chosen = choose_orders(market, limits)
    overdue = set(outstanding.loc[outstanding["overdue"], "sku"])
    today = Day(day, wanted.horizon, policy, vendors, inbound, overdue, doubtful)
    records.extend(purchase_orders(chosen, market, today))
    records.extend(without_offer(items, market, run, policy))
    return _table(records)


def _items(
    wanted: Wanted, stock: pd.DataFrame, products: pd.DataFrame, prices: pd.DataFrame, day: date
) -> pd.DataFrame:
    """The items with `start` (units to begin with, backorders taken off), `price`, `volume_m3` and `rate`
    (units expected a day)."""
    there = stock[WHERE].assign(start=stock["available"] - stock["backordered"])
    items = wanted.items.merge(there, on=WHERE, how="left", validate="one_to_one")
    items = items.merge(products[["sku", "volume_m3"]], on="sku", how="left", validate="many_to_one")
    if items["volume_m3"].isna().any():
        sku = items.loc[items["volume_m3"].isna(), "sku"].min()
        raise TableError("products", f"SKU {sku}", "volume_m3", "nothing", "add the product with its volume")
    price = _prices(wanted.channels, prices, pd.Timestamp(day)).reindex(items.index)
    rate = wanted.channels.groupby("item")["units"].sum().reindex(items.index).fillna(0) / wanted.horizon
    return items.assign(start=items["start"].fillna(0).astype("int64"), price=price, rate=rate)


def _prices(channels: pd.DataFrame, prices: pd.DataFrame, day: pd.Timestamp) -> pd.Series[float]:
    """Today's price of each item, weighted by what its channels are expected to sell; blank without one."""
    holds = (prices["valid_from"] <= day) & ~(prices["valid_to"] < day)
    key = ["sku", "channel"]
    today = prices[holds].sort_values([*key, "valid_from"]).drop_duplicates(key, keep="last")
    sold = channels.merge(today[[*key, "price"]], on=key, how="left", validate="many_to_one")
    sold = sold.dropna(subset="price")
    # a channel that sells next to nothing still names a price
    weight = sold["units"] + 1e-9
    total = (weight * sold["price"]).groupby(sold["item"]).sum()
    return total / weight.groupby(sold["item"]).sum()


def _table(records: list[dict[str, object]]) -> pd.DataFrame:
    if not records:
        return PROPOSALS.empty().assign(**{name: pd.Series(dtype=dtype) for name, dtype in OWN.items()})
    return proposals_table(records).astype(OWN)
