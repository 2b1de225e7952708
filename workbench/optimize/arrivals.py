"""When what is on order will arrive, in every sampled world."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.formulas.lead_times import days_to_arrival, independent

Days = NDArray[np.int64]


def arrival_days(
    inbound: pd.DataFrame,
    suppliers: pd.DataFrame,
    lead_times: Days,
    *,
    day: date,
    undated_days: int,
    seed: int,
) -> Days:
    """Days from today until every row of `inbound` arrives, shape (rows, paths).

    A purchase order takes one of its supplier's lead times (`lead_times`, in the order of `suppliers`), given
    how long it has waited: of its own in every path where it was placed a `review` (days) ago or earlier,
    else that of today's order. A later promise of the supplier moves it. Without any date it counts as
    ordered on the first day from today on that its supplier takes orders, `opens` days away. A transfer
    arrives when expected, tomorrow when that has passed, and after `undated_days` when nobody said when.
    """
    today = pd.Timestamp(day)
    position = pd.Index(suppliers["supplier"]).get_indexer(pd.Index(inbound["supplier"].fillna("")))
    expected = (inbound["promised_on"] - today).dt.days
    fixed = expected.where(expected >= 0, 1).where(expected.notna(), undated_days)
    days: Days = np.repeat(fixed.to_numpy(np.int64)[:, None], lead_times.shape[1], axis=1)
    known = np.flatnonzero((position >= 0) & (inbound["kind"] == "purchase_order").to_numpy())
    promised_days = suppliers["lead_time_days"].to_numpy(float)[position[known]]
    opens = suppliers["opens"].to_numpy(np.int64)[position[known]]
    waited = _waited(inbound.iloc[known], promised_days, today, -opens)
    draws = lead_times[position[known]]
    # what was ordered within a review period sails with what is ordered today, and is not overtaken by it
    apart = waited >= suppliers["review"].to_numpy(np.int64)[position[known]]
    names = inbound["reference"].iloc[known].loc[apart].tolist()
    draws[apart] = independent(draws[apart], names, seed=seed)
    days[known] = days_to_arrival(draws, waited)
    return days


def _waited(
    orders: pd.DataFrame, promised_days: NDArray[np.float64], today: pd.Timestamp, undated: Days
) -> Days:
    """Days since each order was placed, or would have been to be promised for its day; else `undated`."""
    since_order = (today - orders["ordered_on"]).dt.days
    to_promise = (orders["promised_on"] - today).dt.days
    by_promise = pd.Series(np.rint(promised_days), index=orders.index) - to_promise
    # a release expects its own median day of arrival, which is no word of the supplier's
    waited = by_promise.where(orders["confirmed"], since_order).fillna(since_order).fillna(by_promise)
    return waited.fillna(pd.Series(undated, index=orders.index)).to_numpy(np.int64)
