"""What signals are worth: the global model's error on past days with them, and without each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.demand.backtest import Window
from workbench.demand.boosting import foresee, learn
from workbench.demand.features import Told
from workbench.demand.history import Units
from workbench.formulas.accuracy import wape
from workbench.tables import TABLES

SMALL = {"trees": 40, "rows_a_series": 20}  # a model of a few seconds, for each kind of signal anew


def worth(
    tolds: Sequence[Told],
    windows: Sequence[Window],
    horizon: int,
    *,
    seed: int,
    jobs: int,
) -> pd.DataFrame:
    """The table `signal_worth`: the error with all signals, and without each kind and without all.

    `tolds` is what was known at each backtest's origin, newest first, and `windows` what came after each. The
    models are learnt before the oldest for forecasts of `horizon` days, all small ones: what is compared is
    with and without, not with what serves. Daily errors on scored days of the series that the kind says something about. Without
    signals, without backtests or with too little to learn from there are no rows.

    Changes of one or two per cent either way are what another seed would give too.
    """
    table = TABLES["signal_worth"]
    kinds = tuple(tolds[0].drivers.signals.kinds) if tolds else ()
    complete = _forecasts(tolds, windows, (), horizon, seed, jobs) if kinds else None
    if complete is None:
        return table.empty()
    rows = []
    for name, out in [*((kind, (kind,)) for kind in kinds), ("all", kinds)]:
        lacking = _forecasts(tolds, windows, out, horizon, seed, jobs)
        if lacking is not None:
            rows.append({"kind": name} | _compared(tolds[0], windows, out, complete, lacking))
    return pd.DataFrame(rows, columns=table.names).astype({c.name: c.dtype for c in table.columns})


def _forecasts(
    tolds: Sequence[Told],
    windows: Sequence[Window],
    out: tuple[str, ...],
    horizon: int,
    seed: int,
    jobs: int,
) -> list[Units] | None:
    """Forecasts of each window (series, days) without the kinds `out`; None with too little to learn from."""
    given = [
        replace(told, drivers=replace(told.drivers, signals=told.drivers.signals.without(*out)))
        for told in tolds
    ]
    model = learn(given[-1], given[-1].days, horizon, seed=seed, jobs=jobs, **SMALL)
    if model is None:
        return None
    pairs = zip(given, windows, strict=True)
    return [foresee(model, told, told.days, window.units.shape[1], jobs=jobs) for told, window in pairs]


def _compared(
    told: Told,
    windows: Sequence[Window],
    out: tuple[str, ...],
    complete: Sequence[Units],
    lacking: Sequence[Units],
) -> dict[str, Any]:
    """The columns of a row beside its kind."""
    signals = told.drivers.signals
    about = np.any([signals.about(kind) for kind in out], axis=0)
    on = [window.scored & about[:, None] for window in windows]

    def error(forecasts: Sequence[Units]) -> float:
        pairs = list(zip(forecasts, windows, on, strict=True))
        expected = np.concatenate([days[kept] for days, _, kept in pairs])
        return wape(expected, np.concatenate([window.units[kept] for _, window, kept in pairs]))

    with_all, without = error(complete), error(lacking)
    return {
        "days_ahead": signals.days_ahead(*out),
        "wape_with": with_all,
        "wape_without": without,
        "change": with_all / without - 1 if without else float("nan"),
        "series_days": int(sum(kept.sum() for kept in on)),
    }
