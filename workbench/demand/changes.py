"""What changed between two plans' forecasts, SKU by SKU, and why."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd

from workbench.demand.history import SERIES

PAIR = ["sku", "channel"]
OTHERWISE = "the wider trend"  # of aggregates, like series and signals, which every forecast leans on


class Plan(Protocol):
    """The tables of a plan that tell what its forecast rests on."""

    demand: pd.DataFrame
    demand_models: pd.DataFrame
    products: pd.DataFrame
    promotions: pd.DataFrame
    prices: pd.DataFrame
    spikes: pd.DataFrame


def changes(before: Plan, after: Plan) -> pd.DataFrame:
    """Expected units a day of every SKU over the days that both plans cover, the largest change first.

    Columns sku, before, after (units a day), why. The reason is that of the SKU's series which moved most,
    the first that holds of: new product, last day on sale, spike (in either plan), promotion and price (those
    of the days that both cover differ), stock-out days filled in, another model, own recent sales (they moved
    the same way). Without a common day there is no row.
    """
    days = np.intersect1d(before.demand["date"], after.demand["date"])
    moves = pd.DataFrame({"before": _rate(before.demand, days), "after": _rate(after.demand, days)})
    moves = moves.fillna(0.0)
    moves["why"] = _why(moves, before, after, days) if len(moves) else ""
    moves["size"] = (moves["after"] - moves["before"]).abs()
    moved = moves.reset_index().sort_values(["size", *SERIES], ascending=[False, True, True, True])
    found = moved.groupby("sku", as_index=False).agg(
        before=("before", "sum"), after=("after", "sum"), why=("why", "first")
    )
    order = (found["after"] - found["before"]).abs().sort_values(ascending=False, kind="stable").index
    return found.loc[order].reset_index(drop=True)


def _rate(demand: pd.DataFrame, days: np.ndarray) -> pd.Series[float]:
    """Expected units a day of each series over these days."""
    return demand[demand["date"].isin(days)].groupby(SERIES)["mean"].sum() / max(len(days), 1)


def _why(moves: pd.DataFrame, before: Plan, after: Plan, days: np.ndarray) -> np.ndarray:
    series = moves.index.to_frame(index=False)
    pair = pd.MultiIndex.from_frame(series[PAIR])
    was, now = (plan.demand_models.set_index(SERIES).reindex(moves.index) for plan in (before, after))
    trend = (now["recent"].fillna(0.0) - was["recent"].fillna(0.0)) * (moves["after"] - moves["before"])
    spiking = pd.concat([before.spikes[PAIR], after.spikes[PAIR]])
    known = was["model"].notna() & now["model"].notna()
    reasons = {
        "new product": ~series["sku"].isin(before.demand["sku"]),
        "last day on sale": series["sku"].isin(_going(before.products, after.products, days)),
        "spike": pair.isin(pd.MultiIndex.from_frame(spiking)),
        "promotion": pair.isin(_differing(before.promotions, after.promotions, "discount", days)),
        "price": pair.isin(_differing(before.prices, after.prices, "price", days)),
        "stock-out days filled in": now["censored_days"] > was["censored_days"],
        "another model": known & (was["model"] != now["model"]),
        "own recent sales": trend > 0,
    }
    return np.select([np.asarray(holds, dtype=bool) for holds in reasons.values()], [*reasons], OTHERWISE)


def _going(before: pd.DataFrame, after: pd.DataFrame, days: np.ndarray) -> pd.Series[str]:
    """SKUs that one of two tables `products` takes off sale by the last of these days, the other not then."""
    rows = pd.concat([before, after])[["sku", "discontinued_on"]]
    differing = rows[~rows.duplicated(keep=False)]
    going: pd.Series[str] = differing.loc[differing["discontinued_on"] < days[-1], "sku"]
    return going


def _differing(before: pd.DataFrame, after: pd.DataFrame, value: str, days: np.ndarray) -> pd.MultiIndex:
    """SKUs and channels whose rows that hold on these days differ between the two tables."""
    rows = pd.concat([_holding(table, value, days).drop_duplicates() for table in (before, after)])
    return pd.MultiIndex.from_frame(rows[~rows.duplicated(keep=False)][PAIR])


def _holding(table: pd.DataFrame, value: str, days: np.ndarray) -> pd.DataFrame:
    """Rows that hold on some of the days, with their validity cut to these."""
    first, last = pd.Timestamp(days[0]), pd.Timestamp(days[-1])
    held = table[(table["valid_from"] <= last) & ~(table["valid_to"] < first)]
    begins, ends = held["valid_from"], held["valid_to"]
    return held[[*PAIR, value]].assign(
        begins=begins.where(begins > first, first), ends=ends.where(ends < last, last)
    )
