"""What a page offers to choose from, the most worth looking at first."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd


def skus(demand: pd.DataFrame, first: Iterable[str] = ()) -> list[str]:
    """SKUs by expected units, largest first; those of `first` before them, blanks left out."""
    wanted = demand.groupby("sku", as_index=False).agg(units=("mean", "sum"))
    ranked = wanted.sort_values(["units", "sku"], ascending=[False, True])["sku"]
    return list(dict.fromkeys(sku for sku in (*first, *ranked) if sku))


def skus_of(proposals: pd.DataFrame) -> list[str]:
    """SKUs that proposals rest on, those of the largest money at risk first."""
    ranked = proposals.sort_values(["money_at_risk", "proposal_id"], ascending=[False, True])
    return list(dict.fromkeys(sku for skus in ranked["skus"] for sku in skus))
