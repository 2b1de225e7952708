"""What to order today, how much of it, from whom, and when it will be there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import pandas as pd

from workbench.agents.replenishment.choosing import choose_orders
from workbench.agents.replenishment.faults import sound_input
from workbench.agents.replenishment.orders import Day, purchase_orders
from workbench.agents.replenishment.situation import situation_of
from workbench.agents.replenishment.unbought import unconfirmed_releases, without_offer
from workbench.policy import Policy
from workbench.tables import PROPOSALS, proposals_table

OWN = {"supplier": "str", "expected_cost": "float64", "unconfirmed": "bool", "bad_input": "str"}


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

    Beside the common columns: `supplier`, `expected_cost` (of the order on its own paths, money),
    `unconfirmed` (it rests on SKUs with an overdue release, or with stock on order that has no date) and
    `bad_input` (what is wrong with what it rests on, in sentences; empty: nothing). Lines on `doubtful` SKUs,
    and on SKUs with an offer that cannot be right, go into an order of their own, PO-<supplier>-check; with a
    budget below 0 every order waits. SKUs that will be missed and that nobody offers stand in PO-nobody,
    which has no lines and waits for a person.

    Stock runs down through lost sales to the day on which an order of today would arrive, in every path with
    a lead time of its own; the order is sized for what is short from then until the next order can arrive,
    by margin and penalty against holding, write-off and the price of waiting; all orders together keep to
    the budget, the warehouses' room and the suppliers' terms.

    Raises TableError for a region without a warehouse, an unknown supplier or product, a delivery before its
    order, order days and closed days that are none, and demand paths of another day.
    """
    day = policy.business.day(as_of)
    landed_offers, cash, faults = sound_input(landed_offers, cash, day)
    records = list(unconfirmed_releases(outstanding, landed_offers, policy, day))
    if demand_paths.empty:
        return _table(records)
    met = situation_of(
        stock,
        inbound,
        demand_paths,
        regions,
        warehouses,
        products,
        suppliers,
        landed_offers,
        receipts,
        prices,
        cash,
        policy=policy,
        as_of=as_of,
        seed=seed,
    )
    if met.market:
        chosen = choose_orders(met.market, met.limits)
        overdue = set(outstanding.loc[outstanding["overdue"], "sku"])
        today = Day(day, met.wanted.horizon, policy, met.vendors, met.inbound, overdue, doubtful, faults)
        records.extend(purchase_orders(chosen, met.market, today))
    return _table([*records, *without_offer(met.items, met.market, met.run, policy, faults)])


def _table(records: list[dict[str, object]]) -> pd.DataFrame:
    if not records:
        return PROPOSALS.empty().assign(**{name: pd.Series(dtype=dtype) for name, dtype in OWN.items()})
    return proposals_table(records).astype(OWN)
