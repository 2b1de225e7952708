"""Runaways are flagged, chance is not."""

import numpy as np

from tests.demand.test_sampling import paths_of, spread_of
from workbench.demand.backtest import Window
from workbench.demand.novelty import outside_band, sum_chance


def chances(units, mean, spread, scored=True):
    units = np.asarray(units, dtype=np.float32)
    window = Window(units, units, np.full(units.shape, scored), np.zeros(len(units), dtype=np.int64))
    return sum_chance(window, np.full_like(units, mean), spread)


def flagged(units, mean, spread, past=()):
    return outside_band(chances(units, mean, spread), past, 0.999)


FACTORS = {"level": 0.05, "noise": 0.3, "kept": 1.0}


def test_thousands_of_honest_series_give_hardly_a_false_flag():
    drawn = paths_of(3.0, 3000, paths=2, **FACTORS)[:, :, 0]
    assert flagged(drawn, 3.0, spread_of(3000, **FACTORS)).sum() <= 3


def test_a_series_at_ten_times_its_level_is_flagged_among_thousands():
    drawn = paths_of(3.0, 3000, paths=2, **FACTORS)
    drawn[7, :, 0] = 30
    spread = spread_of(3000, **FACTORS)
    assert flagged(drawn[:, :, 0], 3.0, spread, [chances(drawn[:, :, 1], 3.0, spread)])[7]


def test_what_happens_in_every_window_is_nothing_new():
    spread = spread_of(500, level=0.01, noise=0.1)
    drawn = paths_of(3.0, 500, paths=8, seed=1, **FACTORS)
    drawn[::50, 3] += 400  # in every window ten series take one large order
    past = [chances(drawn[:, :, window], 3.0, spread) for window in range(1, 8)]
    assert flagged(drawn[:, :, 0], 3.0, spread).sum() >= 10
    assert flagged(drawn[:, :, 0], 3.0, spread, past).sum() <= 3


def test_a_best_seller_that_stops_is_flagged():
    spread = spread_of(2, level=0.01, noise=0.1)
    assert flagged([[20] * 28, [0] * 28], 20.0, spread).tolist() == [False, True]


def test_a_slow_seller_that_sells_nothing_is_not():
    assert not flagged(np.zeros((1, 28)), 0.1, spread_of(1, level=0.05, noise=0.5)).any()


def test_days_that_were_not_scored_flag_nothing():
    assert chances(np.full((1, 28), 500.0), 1.0, spread_of(1), scored=False).tolist() == [1.0]
