"""Carriers that are out: which open orders each of them touches."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from workbench.optimize.batch import Floats
from workbench.optimize.open_orders import OpenOrders


def outage_shares(orders: OpenOrders, carriers: Iterable[str]) -> tuple[pd.Series[str], Floats]:
    """By order: which of the `carriers` that are out touches it (empty: none), and the share of all orders.

    Outage share = open orders whose planned or only service is the carrier's / all open orders. An order that
    two outages touch stands under the larger.
    """
    count = len(orders.orders)
    touching, share = np.full(count, "", dtype=object), np.zeros(count)
    serves = orders.costs.carriers(count)
    several = sum((served.astype(np.int64) for served in serves.values()), np.zeros(count, np.int64)) > 1
    for carrier in sorted(carriers):
        planned = orders.lines.loc[orders.lines["carrier"] == carrier, "order"]
        touched = serves.get(carrier, np.zeros(count, dtype=np.bool_)) & ~several
        touched[planned] = True
        larger = touched & (touched.mean() > share)
        touching[larger], share[larger] = carrier, touched.mean()
    return pd.Series(touching, dtype="str"), share
