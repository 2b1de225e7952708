"""What moves demand beside its own past: calendar, prices, promotions and signals, day by day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.demand.events import Events, events
from workbench.demand.history import History, Units
from workbench.demand.promotions import discounts
from workbench.demand.signals import KnownSignals, known_signals


@dataclass(frozen=True)
class Drivers:
    """Over history and horizon: `discount` (series, days), a fraction; `price` (series, days), money, NaN
    where there is none; the calendar's events, and the signals as they become known.
    """

    discount: Units
    price: Units
    events: Events
    signals: KnownSignals


def read_drivers(
    history: History,
    prices: pd.DataFrame,
    promotions: pd.DataFrame,
    calendar: pd.DataFrame,
    signals: pd.DataFrame,
    *,
    horizon: int,
    zone: str,
) -> Drivers:
    """The drivers of every series of `history`, from the tables of their names."""
    days = len(history.days) + horizon
    start = history.days[0] if len(history.days) else pd.Timestamp(0)
    price = daily_prices(history, prices, days)
    return Drivers(
        discount=discounts(history, promotions, horizon),
        price=price,
        events=events(calendar, history.series, pd.date_range(start, periods=days, unit="us")),
        signals=known_signals(signals, history, price, zone=zone),
    )


def daily_prices(history: History, prices: pd.DataFrame, days: int) -> Units:
    """Price of every series on each of `days` days from the first of history (series, days), NaN: none.

    Where several hold on a day the one that began last counts.
    """
    found = np.full((len(history.series), days), np.nan, dtype=np.float32)
    if prices.empty or not len(history.days):
        return found
    rows = history.series[["sku", "channel"]].reset_index(names="row")
    matched = prices.merge(rows, on=["sku", "channel"], how="inner", validate="many_to_many")
    matched = matched.sort_values("valid_from", kind="stable")
    begins = (matched["valid_from"] - history.days[0]).dt.days.clip(0, days)
    ends = (matched["valid_to"] - history.days[0]).dt.days.fillna(days - 1).clip(-1, days - 1) + 1
    columns = (matched["row"], begins.astype("int64"), ends.astype("int64"), matched["price"])
    for row, begin, end, price in zip(*columns, strict=True):
        found[row, begin:end] = price
    return found
