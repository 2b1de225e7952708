"""From when order lines that wait for stock could leave: what arrives, and who waits before them."""

from __future__ import annotations

import numpy as np
import pandas as pd


def restocked_on(
    waiting: pd.DataFrame, inbound: pd.DataFrame, served: pd.DataFrame, today: pd.Timestamp
) -> pd.Series[pd.Timestamp]:
    """The day, indexed as `waiting`, on which what has arrived of the line's SKU, where its region can be
    served from, is enough for it after all lines before it in the queue; blank where nothing dated suffices.

    `waiting`: sku, region, quantity, promised_on, order; the queue is by the day promised, then by order.
    `inbound`: table `inbound`; what is overdue has no day that could be believed. `served`: region and
    warehouse, the pairs that some service links. Lines of 2 and 3 units wait, 4 arrive on the 20th and 9 on
    the 25th: the first can go on the 20th, the second on the 25th; but where the 9 arrive at a warehouse from
    which nobody goes to the region, the second has no day.

    >>> day = pd.Timestamp
    >>> lines = pd.DataFrame({"sku": "A", "region": "east", "quantity": [2, 3]})
    >>> lines = lines.assign(promised_on=day("2026-11-18"), order=[0, 1])
    >>> dates = [day("2026-11-20"), day("2026-11-25")]
    >>> coming = pd.DataFrame({"sku": "A", "warehouse": ["E", "W"], "quantity": [4, 9], "promised_on": dates})
    >>> served = pd.DataFrame({"region": "east", "warehouse": ["E", "W"]})
    >>> [found.day for found in restocked_on(lines, coming, served, day("2026-11-16"))]
    [20, 25]
    >>> restocked_on(lines, coming, served[:1], day("2026-11-16")).isna().tolist()
    [False, True]
    """
    dated = inbound[inbound["promised_on"] >= today].sort_values(["promised_on", "sku", "warehouse"])
    queue = waiting.sort_values(["promised_on", "order"], kind="stable", na_position="last")
    linked = served.groupby("region")["warehouse"].agg(set).to_dict()
    arriving, days = dict(list(dated.groupby("sku"))), {}
    for sku, lines in queue[queue["sku"].isin(arriving)].groupby("sku"):
        come = arriving[sku]
        reached = {
            region: come["warehouse"].isin(linked.get(region, ())).to_numpy()
            for region in lines["region"].unique()
        }
        left, day = come["quantity"].to_numpy(np.float64, copy=True), come["promised_on"].to_numpy()
        for row, region, quantity in zip(lines.index, lines["region"], lines["quantity"], strict=True):
            at = np.flatnonzero(reached[region] & (left > 0))
            taken = np.clip(quantity - (np.cumsum(left[at]) - left[at]), 0.0, left[at])
            left[at] -= taken
            if taken.sum() >= quantity:
                days[row] = day[at[taken > 0][-1]]
    return pd.Series(days, dtype="datetime64[us]").reindex(waiting.index)
