"""What a channel may promise, day by day: its own stock, the pool and what will have arrived, and why."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.allocation.shares import fenced_units
from workbench.agents.allocation.standing import SERIES, Standing, standing_of
from workbench.errors import TableError
from workbench.formulas.stock import WHERE
from workbench.policy import Policy
from workbench.tables import TABLES

Units = NDArray[np.int64]
TABLE = TABLES["available_to_promise"]


def available_to_promise(
    stock: pd.DataFrame,
    channel_shares: pd.DataFrame,
    inbound: pd.DataFrame,
    demand_paths: pd.DataFrame,
    regions: pd.DataFrame,
    channels: pd.DataFrame,
    warehouses: pd.DataFrame,
    prices: pd.DataFrame,
    *,
    policy: Policy,
    as_of: datetime,
) -> pd.DataFrame:
    """The table `available_to_promise` over the policy's cover days, for every channel that wants a SKU.

    Ring-fenced units are the channel's own. Of what is pooled or will have arrived by a day, so much is kept
    as the other channels want beyond their own fences by that day with a chance of `oversell_risk`, read from
    the demand paths: so the chance that a promise out of the pool finds nothing stays within the risk. What
    is backordered is kept too. An arrival counts from the day promised on; one that is overdue, or has no
    date, does not count. Pool of 10, others want 3, 4 or 9 on three paths: at a risk of 0.4 they keep 4, at
    0.3 they keep 9.

    Raises TableError for fences and arrivals of less than nothing, and as `allocate` does.
    """
    if stock.empty or demand_paths.empty:
        return TABLE.empty()
    _refuse_negative(channel_shares, "channel_shares")
    _refuse_negative(inbound, "inbound")
    day = policy.business.day(as_of)
    rules = policy.allocation
    known = (regions, channels, warehouses, prices, TABLES["serving_costs"].empty())  # nobody is asked
    standing = standing_of(stock, demand_paths, *known, rules=rules, day=day)
    own = _own(standing, channel_shares)
    parts = [
        _by_day(
            standing,
            channel_shares,
            own,
            _arriving(standing, inbound, day, ahead),
            ahead,
            rules.oversell_risk,
        ).assign(date=pd.Timestamp(day + timedelta(days=ahead - 1)))
        for ahead in range(1, rules.cover_days + 1)
    ]
    rows = pd.concat(parts)[TABLE.names].astype({column.name: column.dtype for column in TABLE.columns})
    return rows.sort_values(list(TABLE.key), ignore_index=True)


def _by_day(
    standing: Standing,
    channel_shares: pd.DataFrame,
    own: Units,
    arriving: Units,
    ahead: int,
    risk: float,
) -> pd.DataFrame:
    """The table's rows of one day, `ahead` days of demand from today."""
    items, item = standing.items, standing.series["item"].to_numpy(np.int64)
    available = items["available"].to_numpy(np.int64)
    pooled = np.maximum(available - fenced_units(channel_shares, items), 0)
    # fences that exceed what is there: nobody can sell more than there is
    ring_fenced = np.minimum(own, available[item])
    beyond = np.maximum(standing.wanted_until(ahead) - ring_fenced[:, None].astype(np.float32), 0)
    others = standing.of_items(beyond)[item] - beyond
    claimed = np.ceil(np.quantile(others, 1 - risk, axis=1, method="inverted_cdf") - 1e-3).astype(np.int64)
    owed = items["backordered"].to_numpy(np.int64)
    shared = (pooled + arriving)[item]
    kept = np.minimum(np.maximum(claimed, 0) + owed[item], shared)
    rows = standing.series[SERIES].assign(
        ring_fenced=ring_fenced, pooled=pooled[item], arriving=arriving[item], kept=kept
    )
    return rows.assign(units=ring_fenced + shared - kept, reason=_reasons(rows))


def _reasons(rows: pd.DataFrame) -> NDArray[np.object_]:
    """What a promise rests on; of several the one of most units, and why there is none."""
    left = rows["kept"].to_numpy()
    pooled = np.maximum(rows["pooled"] - left, 0)
    arriving = rows["pooled"] + rows["arriving"] - left - pooled
    rests_on = np.column_stack([rows["ring_fenced"], pooled, arriving])
    names = np.array(["ring-fenced stock", "pooled stock", "dated arrivals"], dtype=object)
    why_none = np.where(left > 0, "kept for other channels", "nothing there")
    return np.where(rests_on.sum(axis=1) > 0, names[rests_on.argmax(axis=1)], why_none)


def _own(standing: Standing, channel_shares: pd.DataFrame) -> Units:
    shares = channel_shares.set_index(SERIES)["quantity"]
    found = shares.reindex(pd.MultiIndex.from_frame(standing.series[SERIES]), fill_value=0)
    return np.asarray(found.to_numpy(), dtype=np.int64)


def _arriving(standing: Standing, inbound: pd.DataFrame, day: object, ahead: int) -> Units:
    """Units promised from today on, due by then, of every item."""
    today = pd.Timestamp(str(day))
    due = inbound[inbound["promised_on"].between(today, today + timedelta(days=ahead - 1))]
    by_item = due.groupby(WHERE)["quantity"].sum()
    found = by_item.reindex(pd.MultiIndex.from_frame(standing.items[WHERE]), fill_value=0)
    return np.asarray(found.to_numpy(), dtype=np.int64)


def _refuse_negative(table: pd.DataFrame, name: str) -> None:
    wrong = table[table["quantity"] < 0]
    if len(wrong):
        first = wrong.sort_values(WHERE).iloc[0]
        raise TableError(
            name,
            f"{first['sku']} at {first['warehouse']}",
            "quantity",
            int(first["quantity"]),
            "give units, 0 or more",
        )
