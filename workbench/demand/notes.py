"""Sentences on the input of a forecast: what was missing, and what was done about it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from workbench.demand.history import History, holes
from workbench.policy import DemandPolicy

NAMED = 5  # examples in a sentence
SURE = 20.0  # sales days expected in a gap from which it is no chance: one in e ** 20
ROWS_SAID = {
    "blank": ("have no sku, channel, region or date", "they are left out; fill them in"),
    "negative": (
        "have negative units",
        "they are left out, as what comes back is no less demand; give it in the table returns",
    ),
    "unknown": (
        "have no units",
        "their days are taken as not recorded, not as zero demand, and filled from each series' own level; "
        "give the units",
    ),
    "same": ("say the same as another row", "such rows count once; take the repeats out"),
    "parts": (
        "share their sku, channel, region and day with others",
        "as parts of one day they are added up; give one row a day",
    ),
}  # of each fault of History.faults: what is wrong, what was done and what to do
LEAST_STEPS = 3  # steps between values that tell how often they come
SIGNAL = ["kind", "sku", "channel", "region"]


def on_inputs(
    history: History,
    sales: pd.DataFrame,
    products: pd.DataFrame,
    calendar: pd.DataFrame,
    day: pd.Timestamp,
    rules: DemandPolicy,
    prices: pd.DataFrame | None = None,
    signals: pd.DataFrame | None = None,
) -> list[str]:
    """What a planner should know about the input, a sentence each."""
    parts = (
        _rows(history),
        _length(history, rules),
        _holes(history, rules),
        _gaps(history, rules),
        _later(sales, day),
        _zeros(history),
        _sold_out(history),
        _unknown(sales, products),
        _unsold(history, products),
        _calendar(calendar, day, rules),
        _unpriced(history, prices),
        _several_a_day(signals),
        _spaced(signals),
    )
    return [sentence for part in parts for sentence in part]


def _rows(history: History) -> Iterable[str]:
    for fault, rows in history.faults.items():
        if len(rows):
            wrong, done = ROWS_SAID[fault]
            days = rows["date"].dt.strftime("%Y-%m-%d").fillna("no date")
            named = _some(rows["sku"].fillna("no SKU") + " on " + days)
            yield f"{len(rows)} rows of sales {wrong} ({named}): {done}."


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


def _gaps(history: History, rules: DemandPolicy) -> Iterable[str]:
    """Series that sell on most days, yet on none for longer than the whole business may."""
    row, column = np.nonzero((history.units > 0) | (history.alive & ~history.seen))
    gap = np.where(np.diff(row) == 0, np.diff(column) - 1, 0)
    often = np.bincount(row, minlength=len(history.series)) / np.maximum(history.alive.sum(axis=1), 1)
    long = np.flatnonzero((gap > rules.hole_days) & (gap * often[row[1:]] > SURE))
    if len(long):
        silent = history.series.iloc[np.unique(row[long])]
        yield (
            f"{len(silent)} series that sell often sold nothing for up to {gap[long].max()} days in between "
            f"({_places(silent)}): the days count as zero demand; mark them in_stock = false in sales where "
            "it could not be bought, or give the missing rows."
        )


def _later(sales: pd.DataFrame, day: pd.Timestamp) -> Iterable[str]:
    later = int((sales["date"] >= day).sum())
    if later:
        yield f"{later} rows of sales are dated {day:%Y-%m-%d} or later: not used, that is what is forecast."


def _zeros(history: History) -> Iterable[str]:
    lived = history.first < len(history.days)
    zero = history.series.loc[lived & (history.units.sum(axis=1) == 0)]
    if len(zero):
        yield (
            f"{len(zero)} series have not sold a unit since they began ({_places(zero)}): their forecast "
            "rests on other series of their channel and category."
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
    unknown = sales.loc[~sales["sku"].isin(products["sku"]), "sku"].dropna()
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
    ends = calendar.groupby("region")["date"].max()
    short = ends[ends < end]
    if len(short):
        yield (
            f"calendar ends on {short.min():%Y-%m-%d} in {_some(short.index.to_series())}, the forecast on "
            f"{end:%Y-%m-%d}: no holiday is known in between; add the coming events, if there are any."
        )


def _unpriced(history: History, prices: pd.DataFrame | None) -> Iterable[str]:
    if prices is None or prices.empty:
        return
    unpriced = history.series.loc[~history.series["sku"].isin(prices["sku"]), "sku"]
    if len(unpriced):
        yield (
            f"{unpriced.nunique()} SKUs have no price ({_some(unpriced)}): they are forecast without it, new "
            "ones as if they cost what their category costs; add them to prices."
        )


def _several_a_day(signals: pd.DataFrame | None) -> Iterable[str]:
    for kind, rows in _by_kind(signals):
        many = rows.duplicated([*SIGNAL, "day"], keep=False)
        if many.any():
            first = rows.loc[many, "day"].min()
            yield (
                f"signals of kind {kind} have several values a day, first on {first:%Y-%m-%d}: the mean of "
                "each day is used; give one value a day."
            )


def _spaced(signals: pd.DataFrame | None) -> Iterable[str]:
    """Kinds whose values come in even steps of more than a day; single events far apart do not."""
    for kind, rows in _by_kind(signals):
        step = rows.drop_duplicates([*SIGNAL, "day"]).sort_values("day").groupby(SIGNAL)["day"].diff().dt.days
        usual, steps = step.median(), step.count()
        if steps >= LEAST_STEPS and usual > 1 and step.sub(usual).abs().le(usual / 10).sum() > 0.8 * steps:
            yield (
                f"signals of kind {kind} have a value every {usual:.0f} days where one a day is wanted: each "
                "is held until the next; give daily values."
            )


def _by_kind(signals: pd.DataFrame | None) -> Iterable[tuple[str, pd.DataFrame]]:
    if signals is not None:
        for kind, rows in signals.assign(day=signals["date"].dt.normalize()).groupby("kind"):
            yield str(kind), rows


def _places(series: pd.DataFrame) -> str:
    return _some(series["sku"] + " in " + series["channel"] + ", " + series["region"])


def _some(names: pd.Series[str]) -> str:
    """The first names in sorted order."""
    found = sorted(set(names))
    return ", ".join(found[:NAMED]) + (", …" if len(found) > NAMED else "")
