"""Who to buy from: the cheapest once lead-time risk is paid for, and a faster one for what comes too soon."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LATE = 0.95  # the quantile of lead time that stock has to wait for; moves a comparison, never a quantity


def late_days(lead_times: NDArray[np.int64]) -> NDArray[np.float64]:
    """Days for which goods are held because a lead time varies: from its mean to a late one, (suppliers,).

    `lead_times` (suppliers, paths) in days. 10 and 20 with equal chance are late by 5 beyond their mean:

    >>> late_days(np.array([[10, 20]])).tolist()
    [5.0]
    """
    late = np.quantile(lead_times, LATE, axis=1, method="inverted_cdf") - lead_times.mean(axis=1)
    return np.asarray(np.maximum(late, 0), dtype=np.float64)


def roles(lines: pd.DataFrame) -> pd.DataFrame:
    """Role, premium and fallback of every line; `lines` has item, supplier, cost, lead_time and review.

    `cost` is landed cost with risk, money per unit; `lead_time` the mean, `review` days to the next order.
    Of the lines of an item the cheapest is its `main` source. The cheapest of those that deliver sooner is
    `fast`: it serves what comes before the main one can. Where even its next order would arrive in time, a
    unit that the main one leaves short costs no more than the `premium`, the difference of the two. The
    others are `rejected`. `fallback` is the row of the cheapest other line of the item, -1 if none; that of a
    line that is not main is the main one.
    """
    ranked = lines.reset_index(drop=True).sort_values(["item", "cost", "supplier"], kind="stable")
    place = ranked.groupby("item").cumcount()
    main_lead_time = _of_place(ranked, ranked["lead_time"], place, 0)
    fast = ranked[(place > 0) & (ranked["lead_time"] < main_lead_time)].drop_duplicates("item")
    role = pd.Series("rejected", index=ranked.index).mask(place == 0, "main")
    role[fast.index] = "fast"
    in_time = fast[fast["lead_time"] + fast["review"] <= main_lead_time[fast.index]]
    dearer = ranked["item"].map(in_time.set_index("item")["cost"]) - ranked["cost"]
    row = ranked.index.to_series()
    fallback = _of_place(ranked, row, place, 1).where(place == 0, _of_place(ranked, row, place, 0))
    found = {
        "role": role,
        "premium": dearer.where(place == 0).fillna(np.inf),
        "fallback": fallback.fillna(-1).astype("int64"),
    }
    return pd.DataFrame(found).sort_index()


def cover_ends(
    lines: pd.DataFrame, lead_times: NDArray[np.int64], next_arrivals: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Day until which an order of each line has to last, by path; `lines` has role, fallback and
    takes_orders, `lead_times` and `next_arrivals` (lines, paths) are days until its orders arrive.

    Until the first later order can arrive, which may be before that of today does and then leaves it nothing
    to cover; a fast source only until the main one's order of today does.
    """
    ends: NDArray[np.int64] = np.maximum(lead_times, next_arrivals)
    main = lines["fallback"].to_numpy(np.int64)
    bridges = np.flatnonzero(
        (lines["role"] == "fast").to_numpy() & lines["takes_orders"].to_numpy(bool)[main]
    )
    until_main = np.minimum(ends[bridges], lead_times[main[bridges]])
    ends[bridges] = np.maximum(lead_times[bridges], until_main)
    return ends


def _of_place(
    ranked: pd.DataFrame, values: pd.Series[float], place: pd.Series[int], wanted: int
) -> pd.Series[float]:
    """The value of the item's line of a place, on all lines of the item."""
    there = place == wanted
    return ranked["item"].map(pd.Series(values[there].to_numpy(), index=ranked.loc[there, "item"]))
