"""Draw sample paths: counts around the forecasts, with levels that stay wrong and worlds that are shared."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from workbench.demand.history import Counts, History, Units
from workbench.demand.levels import Levels, remembered
from workbench.demand.mixture import Chances
from workbench.demand.partitions import each
from workbench.demand.paths import Paths
from workbench.demand.spread import Spread, shared_codes

PARTITION = 256  # series drawn at a time: bounds the memory, and fixes which numbers each series draws
AT_ONCE = 16  # partitions under way before they are put in place
FEW = 2.0  # units a day below which counts are looked up from 0 on rather than drawn through a gamma
FARTHEST_COUNT = 1000  # at which such a look-up stops
DAY, OWN, SHARED_BY = range(3)  # streams of random numbers


class Part(NamedTuple):
    """A partition's number and all that it needs of its series, one row each; codes (series, factors)."""

    number: int
    mean: Units
    kind: Counts
    noise: Chances
    own: Chances
    codes: Counts


class Worlds(NamedTuple):
    """What all partitions share."""

    seed: int
    paths: int
    levels: Levels
    loads: Chances
    day: Units

    def stream(self, *key: int) -> np.random.Generator:
        """Random numbers of one thing: the same wherever they are drawn."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))


def draw(history: History, mean: Units, spread: Spread, *, paths: int, seed: int, threads: int = 1) -> Paths:
    """Paths (series × horizon, paths), float32 counts, of forecasts `mean` (series, horizon), units a day.

    Series after series, day after day. Partitions and what series share draw from streams of their own, so
    that neither threads nor machines change a number.
    """
    drawn = np.empty((*mean.shape, paths), dtype=np.float32)
    for rows, block in blocks(history, mean, spread, paths=paths, seed=seed, threads=threads):
        drawn[rows] = block
    return drawn.reshape(mean.size, paths)


def blocks(
    history: History, mean: Units, spread: Spread, *, paths: int, seed: int, threads: int = 1
) -> Iterator[tuple[slice, Units]]:
    """The same block after block: rows of the series, and their paths (series, horizon, paths).

    For whoever sums them up, so that all of them never lie in memory at a time.
    """
    series, horizon = mean.shape
    day = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(DAY,)))
    shared = day.standard_normal((horizon, paths), dtype=np.float32) * np.float32(np.sqrt(spread.day))
    worlds = Worlds(seed, paths, spread.levels, spread.loads, np.exp(shared - np.float32(spread.day / 2)))
    codes = np.column_stack(shared_codes(history))
    cuts = [slice(start, start + PARTITION) for start in range(0, series, PARTITION)]
    parts = [
        Part(number, mean[cut], spread.kind[cut], spread.noise[cut], spread.own[cut], codes[cut])
        for number, cut in enumerate(cuts)
    ]
    for first in range(0, len(parts), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        yield from zip(
            cuts[some],
            each(partial(draw_part, worlds), parts[some], jobs=threads, threads=True),
            strict=True,
        )


def draw_part(worlds: Worlds, part: Part) -> Units:
    """Paths of one partition (series, horizon, paths)."""
    series, horizon = part.mean.shape
    rng = worlds.stream(OWN, part.number)
    level = _levels(worlds, part, -(-horizon // 7), rng)
    drawn = np.empty((series, horizon, worlds.paths), dtype=np.float32)
    size = (1 / part.noise).astype(np.float32)
    few = part.mean.max(axis=1, initial=0) < FEW
    for rows, counts in ((few, _looked_up), (~few, _through_gamma)):
        rate = part.mean[rows, :, None] * worlds.day
        for week in range(level.shape[1]):
            rate[:, 7 * week : 7 * week + 7] *= level[rows, week][:, None]
        drawn[rows] = counts(rate, size[rows][:, None, None], rng)
    return drawn


def _levels(worlds: Worlds, part: Part, weeks: int, rng: np.random.Generator) -> Units:
    """Levels (series, weeks, paths), of mean 1: what is wrong on the whole is for the models to put right."""
    shape = (weeks, worlds.paths)
    load = worlds.loads[part.kind].astype(np.float32)[..., None, None]
    place = load[:, -1] * rng.standard_normal((len(part.kind), *shape), dtype=np.float32)
    for factor, code in enumerate(part.codes.T):
        place += load[:, factor] * _shared(worlds, factor, code, shape)
    remembered(place, worlds.levels.kept[part.kind])
    level = np.stack([worlds.levels.at(place[:, week], week, part.kind) for week in range(weeks)], axis=1)
    wide = np.flatnonzero(part.own)
    width = np.sqrt(np.log1p(part.own[wide])).astype(np.float32)
    own = rng.standard_normal((len(wide), worlds.paths), dtype=np.float32) * width[:, None]
    level[wide] *= np.exp(own - width[:, None] ** 2 / 2)[:, None]
    return np.asarray(level / level.mean(axis=2, keepdims=True))  # the paths' mean is the forecast


def _shared(worlds: Worlds, factor: int, code: Counts, shape: tuple[int, int]) -> Units:
    """Standard normals (series, weeks, paths), one and the same for all series of one code."""
    codes, row = np.unique(code, return_inverse=True)
    streams = [worlds.stream(SHARED_BY, factor, int(one)) for one in codes]
    drawn = [stream.standard_normal(shape, dtype=np.float32) for stream in streams]
    return np.stack(drawn)[row]


def _through_gamma(rate: Units, size: Units, rng: np.random.Generator) -> Units:
    """Negative binomial counts of mean `rate` (series, days, paths), as Poisson counts around a gamma."""
    rate *= rng.standard_gamma(np.broadcast_to(size, rate.shape), dtype=np.float32)
    rate /= size
    return rng.poisson(rate).astype(np.float32)


def _looked_up(rate: Units, size: Units, rng: np.random.Generator) -> Units:
    """The same where most counts are 0: the count at which the distribution passes a uniform number."""
    left = rng.random(rate.shape, dtype=np.float32)
    chance = np.exp(-size * np.log1p(rate / size))  # of 0
    counts = np.zeros(rate.shape, dtype=np.float32)
    cell = np.flatnonzero(left >= chance)
    left, chance, ratio = left.ravel()[cell], chance.ravel()[cell], (rate / (rate + size)).ravel()[cell]
    sizes = np.repeat(size.ravel(), rate[0].size if len(rate) else 0)[cell]
    for count in range(1, FARTHEST_COUNT):
        left = left - chance
        chance = chance * ratio * ((sizes + np.float32(count - 1)) / np.float32(count))
        counts.ravel()[cell] = count
        beyond = np.flatnonzero(left >= chance)
        if not len(beyond):
            break
        cell = cell[beyond]
        left, chance, ratio, sizes = (values[beyond] for values in (left, chance, ratio, sizes))
    return counts
