"""What was wanted on days that have passed: the one path that came true."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from workbench.demand.paths import KEYS, with_paths

SERIES = ["sku", "channel", "region"]


def came_true(
    series: pd.DataFrame, sales: pd.DataFrame, assumed_demand: pd.DataFrame, *, day: date, days: int
) -> tuple[pd.DataFrame, set[str]]:
    """Demand of `series` (sku, channel, region) from a day on, shaped as demand_paths with one path.

    What has no row of sales sold nothing. Sales are not demand: on days out of stock it is what
    `assumed_demand` takes to have been wanted. Beside it the SKUs of which that is not known for some day,
    and which nothing can be judged by; there it is what was sold.
    """
    dates = pd.date_range(pd.Timestamp(day), periods=days, unit="us")
    keys = series[SERIES].drop_duplicates().merge(pd.DataFrame({"date": dates}), how="cross")
    keys = keys.sort_values(KEYS, ignore_index=True)
    then = sales[sales["date"].isin(dates)]
    sold = then.assign(out=then["in_stock"].eq(False).fillna(False))
    sold = sold.groupby(KEYS, as_index=False).agg(units=("units", "sum"), out=("out", "any"))
    found = keys.merge(sold, on=KEYS, how="left", validate="one_to_one")
    found = found.merge(assumed_demand[[*KEYS, "wanted"]], on=KEYS, how="left", validate="one_to_one")
    unknown = found["out"].eq(True) & found["wanted"].isna()
    wanted = found[["units", "wanted"]].max(axis=1).fillna(0.0).to_numpy(np.float32)
    return with_paths(keys, wanted[:, None]), set(found.loc[unknown, "sku"])
