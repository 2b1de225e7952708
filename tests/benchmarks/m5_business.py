"""The M5 as the engine sees a business: item × store × state, by department, with its calendar and prices."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tests.benchmarks.m5_data import M5Data
from workbench.demand.drivers import Drivers
from workbench.demand.events import events
from workbench.demand.history import History
from workbench.demand.signals import known_signals
from workbench.policy import Policy
from workbench.tables import TABLES

STATES = ("CA", "TX", "WI")


class M5Business(NamedTuple):
    """What `workbench.demand.engine.fit` takes; the calendar as the table of that name."""

    history: History
    drivers: Drivers
    calendar: pd.DataFrame


def business(data: M5Data, origin: int, policy: Policy) -> M5Business:
    """What is known at `origin`: sales before it; calendar and prices also of the days ahead, as planned.

    Series stay in the file's order. A food-stamp day (SNAP) is an event of its state.
    """
    days = min(origin, policy.demand.history_days)
    horizon = policy.demand.horizon_days
    history = _history(data, origin, days)
    dates = pd.DatetimeIndex(data.calendar["date"][origin - days : origin + horizon]).as_unit("us")
    calendar = _calendar(data.calendar)
    drivers = Drivers(
        discount=np.broadcast_to(np.float32(0), (len(data.names), days + horizon)),
        price=data.prices(origin - days, origin + horizon),
        events=events(calendar, history.series, dates),
        signals=known_signals(TABLES["signals"].empty(), history, None, zone="UTC"),
    )
    return M5Business(history, drivers, calendar)


def _history(data: M5Data, origin: int, days: int) -> History:
    units = data.sales[:, origin - days : origin].astype(np.float32)
    sold = data.sales[:, :origin] > 0
    born = np.where(sold.any(axis=1), sold.argmax(axis=1), origin)
    first = np.maximum(born - (origin - days), 0)
    seen = np.arange(days) >= first[:, None]
    series = data.names[["item_id", "store_id", "state_id", "dept_id"]]
    series = series.set_axis(["sku", "channel", "region", "category"], axis=1)
    dates = pd.DatetimeIndex(data.calendar["date"][origin - days : origin]).as_unit("us")
    return History(series, dates, units, seen, np.zeros_like(seen), first)


def _calendar(days: pd.DataFrame) -> pd.DataFrame:
    named = [days.loc[days[name].notna(), ["date", name]] for name in ("event_name_1", "event_name_2")]
    common = pd.concat([part.set_axis(["date", "event"], axis=1) for part in named])
    parts = [common.assign(region=state) for state in STATES]
    snap = {state: days.loc[days[f"snap_{state}"] == 1, ["date"]] for state in STATES}
    parts += [on.assign(event="SNAP", region=state) for state, on in snap.items()]
    return pd.concat(parts, ignore_index=True).drop_duplicates()
