"""What is wrong with an order beyond its single lines: one that is not whole, a promise that is no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd

from workbench.lake.faults import Finding
from workbench.lake.sheet import Sheet

LINE = ["order_id", "line"]
DONE = ("shipped", "cancelled")


def broken_orders(orders: Sheet) -> Iterator[Finding]:
    """Open lines of an order of which another line is in quarantine: it would leave in part.

    A line that stands in the file once more is no reason, nor is one that is shipped or cancelled.
    """
    values, good = orders.frame, orders.good()
    bad = values[values.index.isin(orders.bad()) & ~values["status"].isin(DONE)]
    repeated = pd.MultiIndex.from_frame(bad[LINE]).isin(pd.MultiIndex.from_frame(good[LINE]))
    waits = good["order_id"].isin(bad.loc[~repeated, "order_id"]) & (good["status"] == "open")
    yield Finding(good.index[waits], "order_id", "broken order", "mend the other lines of this order")


def promise_findings(values: pd.DataFrame, zone: ZoneInfo) -> Iterator[Finding]:
    """Open lines promised for a day before they were ordered."""
    ordered_on = values["ordered_at"].dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    before = (values["promised_on"] < ordered_on) & (values["status"] == "open")
    remedy = "correct the day, or leave it blank where none was promised"
    yield Finding(values.index[before], "promised_on", "wrong order", remedy)


def overdue(orders: Sheet, day: date) -> list[str]:
    """A sentence on open orders whose promise is past: they leave all the same, and late."""
    good = orders.good()
    late = good[(good["status"] == "open") & (good["promised_on"] < pd.Timestamp(day))]
    if late.empty:
        return []
    first, count = late.iloc[0], late["order_id"].nunique()
    return [
        f"{orders.file}, promised_on: {count:,} open orders were promised for a day before {day}, "
        f"the first in row {late.index[0]} ({first['order_id']}, {first['promised_on']:%Y-%m-%d}); "
        "they are routed as late: tell the customers, or correct the day."
    ]
