"""Draw sample paths: counts around the forecasts, with levels that stay wrong and worlds that are shared."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from workbench.demand.history import Counts, History, Units
from workbench.demand.paths import Paths
from workbench.demand.spread import FADE, Spread
from workbench.demand.tails import CLIP, TAIL, Chances

PARTITION = 256  # series drawn at a time: bounds the memory, and fixes which numbers each series draws


@dataclass(frozen=True)
class Worlds:
    """Log factors that rows share, drawn once: path i is the same world everywhere.

    `business` (paths,), `day` (horizon, paths), `group` (groups, paths), `sku` (skus, paths); `group_of` and
    `sku_of` (series,) say which row a series shares.
    """

    business: Units
    day: Units
    group: Units
    sku: Units
    group_of: Counts
    sku_of: Counts


def draw(history: History, mean: Units, spread: Spread, *, paths: int, seed: int, threads: int = 1) -> Paths:
    """Paths (series × horizon, paths), float32 counts, of forecasts `mean` (series, horizon), units a day.

    Series after series, day after day. Partitions draw from streams of their own, so that neither their
    number at a time nor the threads change a number.
    """
    series, horizon = mean.shape
    shared, *own = np.random.SeedSequence(seed).spawn(1 + -(-series // PARTITION))
    worlds = _worlds(history, spread, horizon, paths, np.random.default_rng(shared))
    drawn = np.empty((series, horizon, paths), dtype=np.float32)

    def fill(part: int) -> None:
        rows = np.arange(part * PARTITION, min((part + 1) * PARTITION, series))
        drawn[rows[0] : rows[-1] + 1] = _partition(
            mean[rows], rows, spread, worlds, np.random.default_rng(own[part])
        )

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, range(len(own))))
    return drawn.reshape(series * horizon, paths)


def _worlds(history: History, spread: Spread, horizon: int, paths: int, rng: np.random.Generator) -> Worlds:
    group_of, sku_of = history.codes("channel", "category"), history.codes("sku")
    groups, skus = int(group_of.max(initial=-1)) + 1, int(sku_of.max(initial=-1)) + 1
    return Worlds(
        business=_heavy(rng, (1, paths), spread.business)[0],
        day=_heavy(rng, (horizon, paths), spread.day),
        group=_heavy(rng, (groups, paths), spread.group),
        sku=_heavy(rng, (skus, paths), spread.sku),
        group_of=group_of,
        sku_of=sku_of,
    )


def _partition(mean: Units, rows: Counts, spread: Spread, worlds: Worlds, rng: np.random.Generator) -> Units:
    series, horizon = mean.shape
    paths = len(worlds.business)
    level = worlds.business + worlds.group[worlds.group_of[rows]] + worlds.sku[worlds.sku_of[rows]]
    level += _heavy(rng, (series, paths), spread.own[rows][:, None])
    factor = _swing(rng, (series, horizon, paths), spread.swing[rows])
    factor += level[:, None, :] + worlds.day
    np.exp(factor, out=factor)
    factor *= (mean / factor.mean(axis=2))[:, :, None]  # the paths' mean stays the forecast's
    shape = (1 / spread.noise[rows]).astype(np.float32)[:, None, None]
    factor *= rng.standard_gamma(np.broadcast_to(shape, factor.shape), dtype=np.float32)
    factor /= shape
    return rng.poisson(factor).astype(np.float32)


def _swing(rng: np.random.Generator, size: tuple[int, int, int], variance: Chances) -> Units:
    """Log swings (series, horizon, paths) that fade from day to day, of a stationary variance."""
    swing = rng.standard_normal(size, dtype=np.float32)
    swing *= np.sqrt(np.log1p(variance)).astype(np.float32)[:, None, None]
    kept = np.float32(np.sqrt(1 - FADE**2))
    for day in range(1, size[1]):
        swing[:, day] = FADE * swing[:, day - 1] + kept * swing[:, day]
    return swing


def _heavy(rng: np.random.Generator, size: tuple[int, int], variance: float | np.ndarray) -> Units:
    """Log factors of a Student t, clipped, such that the factors' relative variance is about `variance`."""
    student = rng.standard_t(TAIL, size) * np.sqrt((TAIL - 2) / TAIL)
    return np.asarray(np.clip(student, -CLIP, CLIP) * np.sqrt(np.log1p(variance)), dtype=np.float32)
