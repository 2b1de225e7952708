"""The demo's calendar: two years sold, the plan's day after them, holidays, seasons and the days ahead."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

FIRST_DAY = pd.Timestamp("2024-11-18")
PLAN_DAY = pd.Timestamp("2026-11-16")
SOLD_DAYS = 728
DAYS_AHEAD = 70
DATES = pd.date_range(FIRST_DAY, periods=SOLD_DAYS + DAYS_AHEAD, unit="us")
TIME_ZONE = "America/Chicago"

# what a day sells against an ordinary one; `2026-12-24:2` is two days from then
EVENTS = """
event;days;factor;regions;channels
New Year's Day;2025-01-01 2026-01-01 2027-01-01;0.75;*;*
Valentine's week;2025-02-08:6 2026-02-08:6;1.18;*;*
Presidents' Day;2025-02-17 2026-02-16;1.12;*;*
Texas Independence Day;2025-03-02 2026-03-02;0.94;central;*
Patriots' Day;2025-04-21 2026-04-20;0.92;east;*
Easter Sunday;2025-04-20 2026-04-05;0.80;*;*
Mother's Day week;2025-05-05:6 2026-05-04:6;1.25;*;*
Memorial Day;2025-05-26 2026-05-25;1.15;*;*
Independence Day;2025-07-04 2026-07-04;0.78;*;*
Prime Days;2025-07-08:4 2026-07-07:4;1.9;*;amazon
Pioneer Day;2025-07-24 2026-07-24;0.93;west;*
Labor Day;2025-09-01 2026-09-07;1.12;*;*
Thanksgiving Day;2024-11-28 2025-11-27 2026-11-26;1.10;*;*
Black Friday;2024-11-29 2025-11-28 2026-11-27;1.75;*;*
Black Friday weekend;2024-11-30:2 2025-11-29:2 2026-11-28:2;1.35;*;*
Cyber Monday;2024-12-02 2025-12-01 2026-11-30;1.70;*;*
Last shipping days;2024-12-20:4 2025-12-20:4 2026-12-20:4;0.72;*;*
Christmas;2024-12-24:2 2025-12-24:2 2026-12-24:2;0.40;*;*
"""

# twelve month factors a profile; between mid-months it is a straight line
SEASONS = {
    "even": (0.97, 0.97, 0.98, 0.98, 0.99, 0.98, 0.98, 1.00, 1.02, 1.03, 1.08, 1.06),
    "gift": (0.72, 0.80, 0.80, 0.82, 0.90, 0.86, 0.84, 0.88, 0.95, 1.08, 1.55, 1.80),
    "summer": (0.55, 0.60, 0.80, 1.05, 1.40, 1.65, 1.60, 1.35, 1.00, 0.78, 0.68, 0.60),
    "spring": (0.62, 0.82, 1.30, 1.60, 1.50, 1.20, 0.98, 0.85, 0.88, 0.82, 0.68, 0.62),
    "school": (0.95, 0.90, 0.88, 0.86, 0.86, 0.92, 1.25, 1.60, 1.20, 0.95, 0.98, 0.95),
}

# Monday to Sunday
WEEKDAYS = {
    "shop": (1.08, 1.02, 0.98, 0.96, 0.92, 0.96, 1.08),
    "amazon": (1.06, 1.04, 1.02, 1.00, 0.96, 0.92, 1.00),
    "walmart": (0.98, 0.96, 0.96, 0.98, 1.02, 1.06, 1.04),
    "ebay": (0.98, 0.97, 0.97, 0.97, 0.96, 1.02, 1.13),
    "tiktok": (0.90, 0.92, 0.94, 0.98, 1.04, 1.10, 1.12),
}


class Holidays(NamedTuple):
    """What the calendar does to demand: the table and factors of shape (days, regions, channels)."""

    table: pd.DataFrame
    factors: Array


def day(values: pd.DatetimeIndex) -> pd.Series[pd.Timestamp]:
    """Days as a column of the dictionary's type."""
    return pd.Series(values).astype("datetime64[us]")


def season(profile: str) -> Array:
    """Factor of every day of `DATES` in a profile.

    >>> season("gift")[DATES == "2026-11-16"].round(2).tolist()
    [1.55]
    """
    months = np.array(SEASONS[profile])
    middles = np.arange(-1, 13) + 0.5
    position = DATES.month.to_numpy() - 1 + (DATES.day.to_numpy() - 1) / 30.0
    return np.interp(position, middles, np.r_[months[-1], months, months[0]])


def weekday(channel: str) -> Array:
    """Factor of every day of `DATES` on a channel."""
    factors: Array = np.array(WEEKDAYS[channel])[DATES.day_of_week.to_numpy()]
    return factors


def holidays(regions: list[str], channels: list[str]) -> Holidays:
    """Events by region as the calendar has them, and what they do to demand."""
    factors = np.ones((len(DATES), len(regions), len(channels)))
    records = []
    for line in EVENTS.strip().splitlines()[1:]:
        event, spans, factor, where, sold = line.split(";")
        days = pd.DatetimeIndex(np.concatenate([_span(span) for span in spans.split()]))
        at = [index for index, region in enumerate(regions) if where in ("*", region)]
        through = [index for index, channel in enumerate(channels) if sold in ("*", channel)]
        factors[np.ix_(DATES.isin(days), np.array(at), np.array(through))] *= float(factor)
        records += [(when, regions[index], event) for when in days for index in at]
    table = pd.DataFrame(records, columns=["date", "region", "event"]).astype({"date": "datetime64[us]"})
    return Holidays(table.sort_values(["date", "region", "event"], ignore_index=True), factors)


def _span(span: str) -> NDArray[np.datetime64]:
    """Days of `2026-12-24:2`: a first day and how many."""
    first, _, count = span.partition(":")
    return np.asarray(pd.date_range(first, periods=int(count or 1), unit="us").to_numpy())
