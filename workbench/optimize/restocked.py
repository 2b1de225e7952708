"""From when order lines that wait for stock could leave: what arrives, and who waits before them."""

from __future__ import annotations

import pandas as pd


def restocked_on(
    waiting: pd.DataFrame, inbound: pd.DataFrame, today: pd.Timestamp
) -> pd.Series[pd.Timestamp]:
    """The day, indexed as `waiting`, on which what has arrived of the line's SKU is enough for it and for all
    lines before it in the queue; blank where nothing that is dated suffices.

    `waiting`: sku, quantity, promised_on, order; the queue is by the day promised, then by order. `inbound`:
    table `inbound`; what is overdue has no day that could be believed. An arrival anywhere counts, as
    transfers move it. Lines of 2 and 3 units wait, 4 arrive on the 20th and 9 on the 25th: the first can go
    on the 20th, the second on the 25th.

    >>> day = pd.Timestamp
    >>> lines = pd.DataFrame({"sku": "A", "quantity": [2, 3], "promised_on": day("2026-11-18")})
    >>> lines["order"] = [0, 1]
    >>> dates = [day("2026-11-20"), day("2026-11-25")]
    >>> coming = pd.DataFrame({"sku": "A", "quantity": [4, 9], "promised_on": dates})
    >>> [found.day for found in restocked_on(lines, coming, day("2026-11-16"))]
    [20, 25]
    """
    dated = inbound[inbound["promised_on"] >= today].sort_values(["promised_on", "sku"])
    come = dated.assign(units=dated.groupby("sku")["quantity"].cumsum().astype("float64"))
    queue = waiting.sort_values(["promised_on", "order"], kind="stable", na_position="last")
    queue = queue.assign(units=queue.groupby("sku")["quantity"].cumsum().astype("float64"))
    found = pd.merge_asof(
        queue[["sku", "units"]].rename_axis("row").reset_index().sort_values("units"),
        come[["sku", "units", "promised_on"]].sort_values("units"),
        on="units",
        by="sku",
        direction="forward",
    )
    return found.set_index("row")["promised_on"].reindex(waiting.index)
