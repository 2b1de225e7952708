"""What to order today, how much of it, from whom, and when it will be there."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from workbench.agents.replenishment.orders import Day, purchase_orders
from workbench.agents.replenishment.situation import Situation
from workbench.agents.replenishment.unbought import unconfirmed_releases, without_offer
from workbench.policy import Policy
from workbench.tables import PROPOSALS, proposals_table

OWN = {"supplier": "str", "expected_cost": "float64", "unconfirmed": "bool", "bad_input": "str"}


def replenish(situation: Situation, *, policy: Policy, doubtful: Collection[str] = ()) -> pd.DataFrame:
    """Purchase orders of the day and releases that nobody confirmed, as proposals.

    Beside the common columns: `supplier`, `expected_cost` (of the order on its own paths, money),
    `unconfirmed` (it rests on SKUs with an overdue release, or with stock on order that has no date) and
    `bad_input` (what is wrong with what it rests on, in sentences; empty: nothing). Lines on `doubtful` SKUs,
    and on SKUs with an offer that cannot be right, go into an order of their own, PO-<supplier>-check; with a
    budget below 0 every order waits. SKUs that will be missed and that nobody offers stand in PO-nobody,
    which has no lines and waits for a person.

    Orders are sized for what is short from their arrival until the next order can arrive, by margin and
    penalty against holding, write-off and the price of waiting; all orders together keep to the budget, the
    warehouses' room and the suppliers' terms. `situation_of` makes the situation of the day's tables.
    """
    met, day = situation, situation.day
    records = list(unconfirmed_releases(met.outstanding, met.landed_offers, policy, day))
    if met.market and met.chosen:
        overdue = set(met.outstanding.loc[met.outstanding["overdue"], "sku"])
        today = Day(day, met.wanted.horizon, policy, met.vendors, met.inbound, overdue, doubtful, met.faults)
        records.extend(purchase_orders(met.chosen, met.market, today))
    return _table([*records, *without_offer(met, policy)])


def _table(records: list[dict[str, object]]) -> pd.DataFrame:
    if not records:
        return PROPOSALS.empty().assign(**{name: pd.Series(dtype=dtype) for name, dtype in OWN.items()})
    return proposals_table(records).astype(OWN)
