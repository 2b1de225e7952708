"""Sentences on the input of a forecast: what was missing, and what was done about it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from workbench.demand.history import History, holes
from workbench.policy import DemandPolicy

NAMED = 5  # examples in a sentence


def on_inputs(
    history: History,
    sales: pd.DataFrame,
    products: pd.DataFrame,
    calendar: pd.DataFrame,
    day: pd.Timestamp,
    rules: DemandPolicy,
) -> list[str]:
    """What a planner should know about the input, a sentence each."""
    parts = (
        _length(history, rules),
        _holes(history, rules),
        _later(sales, day),
        _zeros(history),
        _sold_out(history),
        _unknown(sales, products),
        _unsold(history, products),
        _calendar(calendar, day, rules),
    )
    return [sentence for part in parts for sentence in part]


def _length(history: History, rules: DemandPolicy) -> Iterable[str]:
    days = len(history.days)
    if days == 0:
        yield "sales holds no row before the day of the plan, so nothing is forecast; give past sales."
    elif days < rules.min_history_days:
        yield (
            f"sales holds {days} days, fewer than the {rules.min_history_days} that the policy asks for: "
            "every series counts as never seen, no model could be tried on the past, and the paths are wide; "
            "give older sales."
        )


def _holes(history: History, rules: DemandPolicy) -> Iterable[str]:
    if not len(history.days):
        return
    missing = np.flatnonzero(holes(history.units, rules.hole_days))
    for run in np.split(missing, np.flatnonzero(np.diff(missing) > 1) + 1) if len(missing) else []:
        first, last = history.days[run[0]], history.days[run[-1]]
        yield (
            f"sales has no unit on any of the {len(run)} days from {first:%Y-%m-%d} to {last:%Y-%m-%d}: they "
            "are taken as not recorded, not as zero demand, and filled from each series' own level; give the "
            "missing sales."
        )


def _later(sales: pd.DataFrame, day: pd.Timestamp) -> Iterable[str]:
    later = int((sales["date"] >= day).sum())
    if later:
        yield f"{later} rows of sales are dated {day:%Y-%m-%d} or later: not used, that is what is forecast."


def _zeros(history: History) -> Iterable[str]:
    lived = history.first < len(history.days)
    zero = history.series.loc[lived & (history.units.sum(axis=1) == 0)]
    if len(zero):
        names = _some(zero["sku"] + " in " + zero["channel"] + ", " + zero["region"])
        yield (
            f"{len(zero)} series have not sold a unit since they began ({names}): their forecast rests on "
            "other series of their channel and category."
        )


def _sold_out(history: History) -> Iterable[str]:
    lived = history.alive.sum(axis=1)
    dark = history.series.loc[(lived > 0) & (history.censored.sum(axis=1) == lived)]
    if len(dark):
        yield (
            f"{len(dark)} series were out of stock on every day of their life ({_some(dark['sku'])}): what "
            "they would have sold is unknown; their forecast rests on other series."
        )


def _unknown(sales: pd.DataFrame, products: pd.DataFrame) -> Iterable[str]:
    unknown = sales.loc[~sales["sku"].isin(products["sku"]), "sku"]
    if len(unknown):
        yield (
            f"{unknown.nunique()} SKUs of sales are not in products ({_some(unknown)}): they are forecast as "
            "uncategorised; add them to products."
        )


def _unsold(history: History, products: pd.DataFrame) -> Iterable[str]:
    unsold = products.loc[~products["sku"].isin(history.series["sku"]), "sku"]
    if len(unsold):
        yield (
            f"{len(unsold)} products have no sales and no launch near the day of the plan ({_some(unsold)}): "
            "nothing is forecast for them; give launched_on in products if they are new."
        )


def _calendar(calendar: pd.DataFrame, day: pd.Timestamp, rules: DemandPolicy) -> Iterable[str]:
    end = day + pd.Timedelta(days=rules.horizon_days - 1)
    if len(calendar) and calendar["date"].max() < end:
        yield (
            f"calendar ends on {calendar['date'].max():%Y-%m-%d}, the forecast on {end:%Y-%m-%d}: no holiday "
            "is known in between; add the coming events, if there are any."
        )


def _some(names: pd.Series[str]) -> str:
    """The first names in sorted order."""
    found = sorted(set(names))
    return ", ".join(found[:NAMED]) + (", …" if len(found) > NAMED else "")
