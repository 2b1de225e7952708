"""The global model: gradient-boosted trees over all series that correct each series' plain forecast.

Poisson deviance on units, so that totals come out right, with the plain forecast as the trees' start: where
the features say nothing, it stands. Ke et al. (2017), LightGBM: a highly efficient gradient boosting decision
tree; the M5's winners used the same kind of model (Makridakis, Spiliotis & Assimakopoulos 2022).
"""

from __future__ import annotations

from collections.abc import Collection
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
ROWS_A_SERIES = 40
LEAST_ROWS = 2_000  # to learn from fewer would be to learn them by heart
LEARNT_DAYS = 800  # origins older than this teach little
LEAST_DAYS = 56  # of history before the first origin that is learnt from
OLD_ENOUGH = 14  # days of life before an origin
STEPS = (7, 28)  # days between origins: of small businesses, whose rows are few, and of large ones
SERIES_AT_ONCE = 2048  # predicted at a time: bounds the memory


class Sample(NamedTuple):
    """What is learnt from: `x` (rows, features), `units` that came (rows,), log of the base (rows,)."""

    x: Units
    units: Units
    start: Units
    features: list[str]


class Learned(NamedTuple):
    """A fitted model as text, so that it goes to any process."""

    trees: str


def learn(told: Told, days: int, horizon: int, *, seed: int) -> Learned | None:
    """Fit on the first `days` columns alone: at past origins, what came in the days after each.

    None where there is too little to learn from.
    """
    sample = sampled(told, days, horizon, seed=seed)
    return fit(sample, seed=seed) if sample else None


def fit(sample: Sample, *, seed: int, trees: int = TREES, without: Collection[str] = ()) -> Learned:
    """The model that a sample teaches, if the features `without` had not been known.

    On one core: LightGBM's threads wait for each other by spinning, which on a busy machine takes five times
    as long, while two fits side by side take no more than one.
    """
    kept = [place for place, name in enumerate(sample.features) if name not in without]
    names = [sample.features[place] for place in kept]
    x = sample.x if len(kept) == len(sample.features) else sample.x[:, kept]
    of_kinds = [name for name in names if name in CATEGORIES]
    data = lightgbm.Dataset(
        x, sample.units, init_score=sample.start, feature_name=names, categorical_feature=of_kinds
    )
    booster = lightgbm.train(PARAMETERS | {"seed": seed, "num_threads": 1}, data, trees)
    return Learned(booster.model_to_string())


def sampled(
    told: Told, days: int, horizon: int, *, seed: int, rows_a_series: int = ROWS_A_SERIES
) -> Sample | None:
    """Some pairs of a series and a day ahead at past origins; None where there are too few."""
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
        parts.append(_pairs(known, told, sums, origin, share, rng))
        features = known.features
    x, units, start = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Sample(x, units, start, features) if len(units) >= LEAST_ROWS and units.any() else None


def _pairs(
    known: Outlook, told: Told, sums: Running, origin: int, share: float, rng: np.random.Generator
) -> tuple[Units, Units, Units]:
    """Features, units that came and log of the base of some pairs whose series is old enough."""
    horizon = known.base.shape[1]
    grown = np.flatnonzero(sums.living[:, origin] > OLD_ENOUGH)
    drawn = rng.choice(len(grown) * horizon, int(share * len(grown) * horizon), replace=False, shuffle=False)
    series, day = grown[drawn // horizon], drawn % horizon
    wanted = told.units[series, origin + day] * told.lifts[series, origin + day]
    return rows(known, series, day), wanted, np.log(known.base[series, day])


def foresee(learned: Learned, told: Told, origin: int, horizon: int, *, jobs: int) -> Units:
    """Forecasts from column `origin` (series, horizon), units a day."""
    known = outlook(told, running(told), totals(told.units, told.pool), origin, horizon)
    return forecasts(learned, known, jobs=jobs)


def forecasts(learned: Learned, known: Outlook, *, jobs: int) -> Units:
    """Forecasts of what is known at an origin (series, horizon), block of series after block."""
    starts = range(0, len(known.base), SERIES_AT_ONCE)
    parts = [part_of(known, slice(start, start + SERIES_AT_ONCE)) for start in starts]
    return np.concatenate(each(partial(corrected, trees=learned.trees), parts, jobs=jobs, threads=True))


def corrected(known: Outlook, trees: str) -> Units:
    """The base of some series as the trees correct it (series, horizon)."""
    series, horizon = known.base.shape
    pairs = np.repeat(np.arange(series), horizon), np.tile(np.arange(horizon), series)
    booster = lightgbm.Booster(model_str=trees)
    places = [known.features.index(name) for name in booster.feature_name()]
    raw = booster.predict(rows(known, *pairs)[:, places], raw_score=True, num_threads=1)
    return np.asarray(np.exp(np.reshape(np.asarray(raw), (series, horizon))) * known.base, dtype=np.float32)
