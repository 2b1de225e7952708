"""The global model: gradient-boosted trees over all series that correct each series' plain forecast.

Poisson deviance on units, so that totals come out right, with the plain forecast as the trees' start: where
the features say nothing, it stands. Ke et al. (2017), LightGBM: a highly efficient gradient boosting decision
tree; the M5's winners used the same kind of model (Makridakis, Spiliotis & Assimakopoulos 2022).
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import lightgbm
import numpy as np

from workbench.demand.curves import totals
from workbench.demand.features import Outlook, Running, Told, outlook, part_of, rows, running
from workbench.demand.history import Units
from workbench.demand.partitions import each

CATEGORIES = ("category", "channel", "event_-1", "event_+0", "event_+1", "event_+2", "weekday")
TREES = 110
PARAMETERS = {
    "objective": "poisson",
    "boost_from_average": False,
    "learning_rate": 0.1,
    "num_leaves": 63,
    "min_data_in_leaf": 200,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "cat_smooth": 50.0,
    "max_bin": 127,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
MOST_ROWS = 1_200_000  # to learn from: more cost time and gain little
FEW_ROWS = 50_000  # that even few series are to give
ROWS_A_SERIES = 60
LEAST_ROWS = 2_000  # to learn from fewer would be to learn them by heart
LEARNT_DAYS = 800  # origins older than this teach little
LEAST_DAYS = 56  # of history before the first origin that is learnt from
OLD_ENOUGH = 14  # days of life before an origin
STEPS = (7, 28)  # days between origins: of small businesses, whose rows are few, and of large ones
SERIES_AT_ONCE = 2048  # predicted at a time: bounds the memory

Sample = tuple[Units, Units, Units]  # features (rows, features), units (rows,), log of the base (rows,)


class Learned(NamedTuple):
    """A fitted model as text, so that it goes to any process, for forecasts of `horizon` days."""

    trees: str
    horizon: int


def learn(
    told: Told,
    days: int,
    horizon: int,
    *,
    seed: int,
    jobs: int,
    trees: int = TREES,
    rows_a_series: int = ROWS_A_SERIES,
) -> Learned | None:
    """Fit on the first `days` columns alone: at past origins, what came in the days after each.

    None where there is too little to learn from.
    """
    wanted = int(np.clip(rows_a_series * len(told.units), FEW_ROWS, MOST_ROWS))
    step = STEPS[wanted < len(told.units) * min(days, LEARNT_DAYS)]
    origins = range(days - horizon, max(LEAST_DAYS, days - LEARNT_DAYS), -step)
    if not origins:
        return None
    share = min(1.0, wanted / (len(origins) * len(told.units) * horizon))
    sums, pools, rng = running(told), totals(told.units, told.pool), np.random.default_rng(seed)
    parts, features = [], []
    for origin in origins:
        known = outlook(told, sums, pools, origin, horizon)
        parts.append(_sample(known, told, sums, origin, share, rng))
        features = known.features
    x, y, start = (np.concatenate(part) for part in zip(*parts, strict=True))
    if len(y) < LEAST_ROWS or not y.any():
        return None
    parts.clear()
    of_kinds = [name for name in features if name in CATEGORIES]
    data = lightgbm.Dataset(x, y, init_score=start, feature_name=features, categorical_feature=of_kinds)
    booster = lightgbm.train(PARAMETERS | {"seed": seed, "num_threads": jobs}, data, trees)
    return Learned(booster.model_to_string(), horizon)


def _sample(
    known: Outlook, told: Told, sums: Running, origin: int, share: float, rng: np.random.Generator
) -> Sample:
    """Some pairs of a series that is old enough and a day ahead, with what came."""
    horizon = known.base.shape[1]
    grown = np.flatnonzero(sums.living[:, origin] > OLD_ENOUGH)
    drawn = rng.choice(len(grown) * horizon, int(share * len(grown) * horizon), replace=False, shuffle=False)
    series, day = grown[drawn // horizon], drawn % horizon
    wanted = told.units[series, origin + day] * told.lifts[series, origin + day]
    return rows(known, series, day), wanted, np.log(known.base[series, day])


def foresee(learned: Learned, told: Told, origin: int, horizon: int, *, jobs: int) -> Units:
    """Forecasts from column `origin` (series, horizon), units a day, block of series after block."""
    known = outlook(told, running(told), totals(told.units, told.pool), origin, horizon)
    starts = range(0, len(told.units), SERIES_AT_ONCE)
    parts = [part_of(known, slice(start, start + SERIES_AT_ONCE)) for start in starts]
    work = partial(corrected, trees=learned.trees)
    return np.concatenate(each(work, parts, jobs=jobs, threads=True))


def corrected(known: Outlook, trees: str) -> Units:
    """The base of some series as the trees correct it (series, horizon)."""
    series, horizon = known.base.shape
    pairs = np.repeat(np.arange(series), horizon), np.tile(np.arange(horizon), series)
    raw = lightgbm.Booster(model_str=trees).predict(rows(known, *pairs), raw_score=True, num_threads=1)
    return np.asarray(np.exp(np.reshape(np.asarray(raw), (series, horizon))) * known.base, dtype=np.float32)
