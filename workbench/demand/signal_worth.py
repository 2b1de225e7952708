"""What signals are worth: the global model's error on past days with them, and without each kind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workbench.demand.backtest import Window
from workbench.demand.boosting import Sample, fit, forecasts, sampled
from workbench.demand.curves import totals
from workbench.demand.features import Outlook, Told, outlook, running
from workbench.demand.history import Units
from workbench.demand.partitions import each
from workbench.demand.signals import FEATURES
from workbench.formulas.accuracy import wape
from workbench.tables import TABLES

TREES, ROWS_A_SERIES = 40, 20  # a model of a second, for each kind of signal anew


def worth(
    tolds: Sequence[Told], windows: Sequence[Window], horizon: int, *, seed: int, jobs: int
) -> pd.DataFrame:
    """The table `signal_worth`: the error with all signals, and without each kind and without all.

    `tolds` is what was known at each backtest's origin, newest first, and `windows` what came after each. The
    models are learnt before the oldest for forecasts of `horizon` days, all small ones: what is compared is
    with and without, not with what serves. Daily errors on scored days of the series that the kind says
    something about. Without signals, without backtests or with too little to learn from there are no rows.

    Changes of one or two per cent either way are what another seed would give too.
    """
    table = TABLES["signal_worth"]
    kinds = tuple(tolds[0].drivers.signals.kinds) if tolds else ()
    sample = (
        sampled(tolds[-1], tolds[-1].days, horizon, seed=seed, rows_a_series=ROWS_A_SERIES) if kinds else None
    )
    if sample is None:
        return table.empty()
    known = [
        outlook(told, running(told), totals(told.units, told.pool), told.days, window.units.shape[1])
        for told, window in zip(tolds, windows, strict=True)
    ]

    outs = [(), *((kind,) for kind in kinds), kinds]
    complete, *lacking = each(
        partial(_tried, sample=sample, known=known, seed=seed), outs, jobs=jobs, threads=True
    )
    rows = [
        {"kind": name} | _compared(tolds[0], windows, out, complete, without)
        for name, out, without in zip([*kinds, "all"], outs[1:], lacking, strict=True)
    ]
    return pd.DataFrame(rows, columns=table.names).astype({c.name: c.dtype for c in table.columns})


def _tried(out: tuple[str, ...], sample: Sample, known: Sequence[Outlook], seed: int) -> list[Units]:
    """Forecasts of each window without the kinds `out`."""
    without = {f"{kind}_{feature}" for kind in out for feature in FEATURES}
    learned = fit(sample, seed=seed, trees=TREES, without=without)
    return [forecasts(learned, at, jobs=1) for at in known]


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
