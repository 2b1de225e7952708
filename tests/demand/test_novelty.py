"""Runaways are flagged, chance is not."""

import numpy as np

from tests.demand.test_sampling import paths_of, spread_of
from workbench.demand.backtest import Window
from workbench.demand.novelty import outside_band


def flagged(units, mean, spread):
    units = units.astype(np.float32)
    recent = Window(units, units, np.ones_like(units, dtype=bool))
    return outside_band(recent, np.full_like(units, mean), spread, 0.999)


def test_thousands_of_honest_series_give_hardly_a_false_flag():
    factors = {"own": 0.05, "noise": 0.3}
    drawn = paths_of(3.0, 3000, paths=2, **factors)[:, :, 0]
    assert flagged(drawn, 3.0, spread_of(3000, **factors)).sum() <= 3


def test_a_series_at_ten_times_its_level_is_flagged_among_thousands():
    factors = {"own": 0.05, "noise": 0.3}
    drawn = paths_of(3.0, 3000, paths=2, **factors)[:, :, 0]
    drawn[7] = 30
    assert flagged(drawn, 3.0, spread_of(3000, **factors))[7]


def test_a_best_seller_that_stops_is_flagged():
    spread = spread_of(2, own=0.01, noise=0.1)
    assert flagged(np.array([[20] * 28, [0] * 28]), 20.0, spread).tolist() == [False, True]


def test_a_slow_seller_that_sells_nothing_is_not():
    assert not flagged(np.zeros((1, 28)), 0.1, spread_of(1, own=0.05, noise=0.5)).any()


def test_days_that_were_not_scored_flag_nothing():
    units = np.full((1, 28), 500.0, dtype=np.float32)
    recent = Window(units, units, np.zeros_like(units, dtype=bool))
    assert not outside_band(recent, np.full_like(units, 1.0), spread_of(1), 0.999).any()
