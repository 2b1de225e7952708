"""What a day's purchases are decided on: what can be bought, what it meets and costs, and what limits it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import numpy as np
import pandas as pd

from workbench.agents.replenishment.choosing import Chosen, choose_orders, limits_of
from workbench.agents.replenishment.faults import Faults, sound_input
from workbench.agents.replenishment.market import (
    Market,
    Suppliers,
    covered_chance,
    lines_of,
    market_of,
    suppliers_of,
)
from workbench.agents.replenishment.runout import Arrivals, RunOut, arrivals_of, run_out
from workbench.agents.replenishment.wanted import Wanted, wanted_of
from workbench.errors import TableError
from workbench.formulas.stock import WHERE
from workbench.optimize.arrivals import arrival_days
from workbench.optimize.purchase_limits import Limits
from workbench.optimize.supplier_choice import cover_ends
from workbench.policy import Policy, ReplenishmentPolicy


@dataclass(frozen=True)
class Situation:
    """A business day as the agent sees it before it decides; without a `market` where nothing is offered.

    `items` has start, price, volume_m3, rate and sold_days; `arrivals` are the units of `inbound`, which is
    sorted; `landed_offers` are those that can be reckoned with, `faults` what is wrong with the others.
    """

    day: date
    wanted: Wanted
    items: pd.DataFrame
    vendors: Suppliers
    inbound: pd.DataFrame
    arrivals: Arrivals
    run: RunOut
    market: Market | None
    limits: Limits
    landed_offers: pd.DataFrame
    outstanding: pd.DataFrame
    faults: Faults

    @cached_property
    def chosen(self) -> Chosen | None:
        """The orders of the day; None where nothing is offered."""
        return choose_orders(self.market, self.limits) if self.market else None


def situation_of(  # noqa: PLR0913 - its arguments are the list of what it knows
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
) -> Situation:
    """The tables of a day, run down and priced.

    Stock runs down through lost sales to the day on which an order of today would arrive, in every path with
    a lead time of its own. Raises TableError for a region without a warehouse, an unknown supplier or
    product, a delivery before its order, order days and closed days that are none, and demand paths of
    another day.
    """
    day, rules = policy.business.day(as_of), policy.replenishment
    landed_offers, cash, faults = sound_input(landed_offers, cash, day)
    wanted = wanted_of(demand_paths, regions, stock, products, day)
    items = items_of(wanted, stock, products, prices, day)
    vendors = suppliers_of(suppliers, receipts, rules, day=day, paths=wanted.paths.shape[1], seed=seed)
    inbound = inbound.sort_values(["reference", "sku", "warehouse"], ignore_index=True)
    due = arrival_days(
        inbound, vendors.table, vendors.lead_times, day=day, undated_days=rules.review_days, seed=seed
    )
    arrivals = arrivals_of(inbound, due, items)
    lines, tiers = lines_of(landed_offers, items, vendors, rules)
    run = met_by(wanted, items, arrivals, lines, vendors, rules)
    market, limits = None, Limits()
    if len(lines):
        market = market_of(lines, tiers, vendors.lead_times[lines["position"]], run, rules, day)
        limits = limits_of(
            market, stock, inbound, products, warehouses, suppliers, cash, day, rules.container_fill
        )
    return Situation(
        day,
        wanted,
        items,
        vendors,
        inbound,
        arrivals,
        run,
        market,
        limits,
        landed_offers,
        outstanding,
        faults,
    )


def met_by(
    wanted: Wanted,
    items: pd.DataFrame,
    arrivals: Arrivals,
    lines: pd.DataFrame,
    vendors: Suppliers,
    rules: ReplenishmentPolicy,
) -> RunOut:
    """What every line meets."""
    position = lines["position"].to_numpy(np.int64)
    lead_times = vendors.lead_times[position]
    return run_out(
        wanted,
        items["start"].to_numpy(np.int64),
        arrivals,
        lines["item"].to_numpy(np.int64),
        lead_times,
        cover_ends(lines, lead_times, vendors.next_arrivals[position]),
        lines["review"].to_numpy(np.int64),
        covered_chance(lines, rules),
        rules.lost_share,
    )


def items_of(
    wanted: Wanted, stock: pd.DataFrame, products: pd.DataFrame, prices: pd.DataFrame, day: date
) -> pd.DataFrame:
    """The items of `wanted` with `start` (units to begin with, backorders taken off), `price`, `volume_m3`
    and `rate` (units expected a day)."""
    there = stock[WHERE].assign(start=stock["available"] - stock["backordered"])
    items = wanted.items.merge(there, on=WHERE, how="left", validate="one_to_one")
    items = items.merge(products[["sku", "volume_m3"]], on="sku", how="left", validate="many_to_one")
    if items["volume_m3"].isna().any():
        sku = items.loc[items["volume_m3"].isna(), "sku"].min()
        raise TableError("products", f"SKU {sku}", "volume_m3", "nothing", "add the product with its volume")
    price = _prices(wanted.channels, prices, pd.Timestamp(day)).reindex(items.index)
    rate = wanted.channels.groupby("item")["units"].sum().reindex(items.index).fillna(0) / max(
        1, wanted.horizon
    )
    start = items["start"].fillna(0).astype("int64")
    return items.assign(start=start, price=price, rate=rate)


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
