"""Series and aggregates made to agree: what pools and the whole business say, shared out over the series.

Three answers for an aggregate are averaged, in logs: the sum of its series' own forecasts, its calendar
curve, and Prophet's where it was fitted. Each counts by how small its errors of weekly sums were in the
backtests.
Pools are then scaled to the total, and series to their pool, day by day, so that everything adds up unless a
day would be scaled by more than BOUNDS; newcomers, whom no pool's past knows, come on top
(Hyndman & Athanasopoulos, Forecasting: Principles and Practice, section 11.2: top-down on forecast shares).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.demand.backtest import Window, weekly
from workbench.demand.curves import Effects, totals
from workbench.demand.history import Counts, Units
from workbench.tables import TABLES

TOTAL = -1  # number of the whole business among the pools
BOUNDS = (0.5, 2.0)  # of what a day of a series may be scaled by
FEWEST = 3.0  # units a day: the forecast of a smaller pool is left to its series
SOURCES = ("series", "curve", "prophet")
PRIOR_ERROR = 0.05  # relative error of a weekly sum that every source is given for two weeks of evidence
PRIOR_WEEKS = 2.0


class Aggregates(NamedTuple):
    """What was said of the pools beside their series' forecasts: `curve` (pools, days), units a day.

    `prophet` holds days (days,) by number of the pool, and by TOTAL, as far as it was fitted.
    """

    curve: Effects
    prophet: Mapping[int, Units]


def weights(error: Effects) -> Effects:
    """Weight of each of SOURCES from their errors, inverse to its square.

    >>> weights(np.array([0.1, 0.05, 0.1])).round(4).tolist()
    [0.1667, 0.6667, 0.1667]
    """
    return np.asarray(error**-2 / (error**-2).sum())


def blend(error: Effects) -> pd.DataFrame:
    """The table `blend`."""
    table = TABLES["blend"]
    return pd.DataFrame({"source": SOURCES, "weight": weights(error), "weekly_error": error}).astype(
        {column.name: column.dtype for column in table.columns}
    )


def errors(
    forecasts: Sequence[Units], aggregates: Sequence[Aggregates], windows: Sequence[Window], pool: Counts
) -> Effects:
    """Error of each of SOURCES in the windows (sources,), relative; `forecasts` (series, days) a window.

    Root mean square of the errors of logs of weekly sums, over all pools and the total, by what they sell.
    """
    squares, evidence = np.full(3, PRIOR_WEEKS * PRIOR_ERROR**2), np.full(3, PRIOR_WEEKS)
    for forecast, said, truth in zip(forecasts, aggregates, windows, strict=False):
        known = np.where(truth.scored, forecast, 0)
        sold = weekly(totals(np.where(truth.scored, truth.calm, 0), pool))
        seen = totals(known, pool) / np.maximum(totals(forecast, pool), 1e-9)  # of the pool's expected sales
        seen_of_all = known.sum(axis=0) / np.maximum(forecast.sum(axis=0), 1e-9)
        for number, answers in _answers(forecast, said, pool):
            share = seen[number] if number != TOTAL else seen_of_all
            actual = sold[number] if number != TOTAL else sold.sum(axis=0)
            for source, days in enumerate(answers):
                told = days is not None and (actual > 0).all() and actual.mean() > 7 * FEWEST
                if told:
                    error = np.log(weekly(np.asarray(days) * share) / actual)
                    weight = actual.sum() / max(sold.sum(), 1e-9)
                    squares[source] += weight * float((error**2).sum())
                    evidence[source] += weight * len(error)
    return np.asarray(np.sqrt(squares / evidence))


def reconciled(forecast: Units, said: Aggregates, pool: Counts, weight: Effects) -> Units:
    """The forecasts (series, days) scaled so that pools and total sell what all sources together say."""
    own = totals(forecast, pool)
    agreed = {number: _blend(answers, weight) for number, answers in _answers(forecast, said, pool)}
    pools = np.stack([agreed[number] for number in range(len(own))])
    pools = np.where(own.mean(axis=1, keepdims=True) >= FEWEST, pools, own)
    pools *= agreed[TOTAL] / np.maximum(pools.sum(axis=0), 1e-9)
    factor = np.clip(pools / np.maximum(own, 1e-9), *BOUNDS)
    return np.asarray(forecast * factor[pool], dtype=np.float32)


def _answers(
    forecast: Units, said: Aggregates, pool: Counts
) -> list[tuple[int, tuple[Effects, Effects, Units | None]]]:
    """What each source says of each pool and of the total (days,), by number."""
    own = totals(forecast, pool)
    found = [
        (number, (own[number], said.curve[number], said.prophet.get(number))) for number in range(len(own))
    ]
    return [*found, (TOTAL, (own.sum(axis=0), said.curve.sum(axis=0), said.prophet.get(TOTAL)))]


def _blend(answers: Sequence[Effects | Units | None], weight: Effects) -> Effects:
    known = [(days, share) for days, share in zip(answers, weight, strict=True) if days is not None]
    logs = sum(share * np.log(np.maximum(days, 1e-6)) for days, share in known)
    return np.asarray(np.exp(logs / sum(share for _, share in known)))
