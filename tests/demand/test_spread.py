"""Variances that were put into made-up errors are found again."""

import numpy as np
import pandas as pd
import pytest

from workbench.demand.backtest import Window
from workbench.demand.history import History
from workbench.demand.spread import SHARED, calibrate, guess, sum_noise

WINDOWS, DAYS = 12, 28


def history_of(skus, channels):
    rows = [
        (f"S{sku:03d}", f"c{channel}", "north", "A") for sku in range(skus) for channel in range(channels)
    ]
    series = pd.DataFrame(rows, columns=["sku", "channel", "region", "category"])
    nothing = np.zeros((len(series), 0), dtype=np.float32)
    days = pd.date_range("2026-01-01", periods=0)
    return History(series, days, nothing, nothing > 0, nothing > 0, np.zeros(len(series), dtype=np.int64))


def found(skus=150, channels=2, mean=20.0, noise=0.0, own=0.0, sku=0.0, business=0.0, day=0.0, seed=0):
    rng = np.random.default_rng(seed)
    history = history_of(skus, channels)
    series = skus * channels

    def factor(variance, shape):
        return np.exp(np.sqrt(np.log1p(variance)) * rng.standard_normal(shape)) / np.sqrt(1 + variance)

    windows, expected = [], []
    for _ in range(WINDOWS):
        level = factor(own, (series, 1)) * factor(business, (1, 1))
        level = level * np.repeat(factor(sku, (skus, 1)), channels, axis=0) * factor(day, (1, DAYS))
        shaken = rng.gamma(1 / noise, noise, (series, DAYS)) if noise else 1.0
        units = rng.poisson(mean * level * shaken).astype(np.float32)
        windows.append(
            Window(units, units, np.ones_like(units, dtype=bool), np.zeros(len(units), dtype=np.int64))
        )
        expected.append(np.full_like(units, mean))
    return calibrate(history, expected, windows, expected[0])


def shared(spread, *by):
    return spread.shared[SHARED.index(by)]


def test_the_noise_of_days_is_found_apart_from_the_level():
    spread = found(noise=0.3, own=0.04)
    assert spread.noise.mean() == pytest.approx(0.3, rel=0.2)
    assert spread.levels.slope[spread.kind[0]] == pytest.approx(0.2, abs=0.08)


def test_steady_demand_has_little_spread():
    spread = found()
    assert spread.noise.max() < 0.05
    assert spread.levels.slope[spread.kind[0]] < 0.15


def test_what_the_channels_of_a_sku_share_is_found():
    spread = found(own=0.02, sku=0.06)
    assert shared(spread, "sku") == pytest.approx(0.06, rel=0.5)
    assert shared(spread, "channel") < 0.01


def test_what_the_whole_business_shares_is_found():
    spreads = [found(skus=50, own=0.02, business=0.03, seed=seed) for seed in range(4)]
    everywhere = [sum(shared(spread, *by) for by in SHARED if by != ("sku",)) for spread in spreads]
    assert np.mean(everywhere) == pytest.approx(0.03, rel=0.6)


def test_a_good_day_for_all_is_found():
    assert found(day=0.05).day == pytest.approx(0.05, rel=0.4)


def test_lumpy_demand_is_noise_and_no_level():
    spread = found(skus=400, channels=1, mean=0.2, noise=30.0)
    assert np.median(spread.noise) > 8


def test_what_is_shared_and_what_is_own_make_up_the_whole():
    loads = found(skus=50, own=0.05, sku=0.3, business=0.1).loads
    assert (loads**2).sum(axis=1) == pytest.approx(np.ones(len(loads)))
    assert loads[:, -1].min() > 0.3


def test_two_equal_days_have_half_the_noise_of_one():
    assert sum_noise(np.array([[3.0, 3.0]]), np.array([0.5])).tolist() == [0.25]


def test_without_a_backtest_every_series_is_wide():
    assert guess(3).levels.slope.min() > 0.4


def test_a_widened_series_leaves_the_others_as_they_are():
    wider = guess(3).widened(np.array([False, True, False]), np.array([0.4]))
    assert wider.own.tolist() == [0.0, 0.4, 0.0]


@pytest.mark.parametrize(("plenty", "noise"), [(100, 0.01), (10**9, 0.5)])
def test_noise_is_read_off_the_windows_of_the_serving_models_where_they_are_enough(
    monkeypatch, plenty, noise
):
    """Two calm windows of the models that serve, ten noisy ones of others."""
    monkeypatch.setattr("workbench.demand.spread.PLENTY", plenty)
    rng = np.random.default_rng(1)
    shaken = [np.ones((200, DAYS))] * 2 + [rng.gamma(1 / 0.6, 0.6, (200, DAYS)) for _ in range(10)]
    sold = [rng.poisson(20 * factor).astype(np.float32) for factor in shaken]
    windows = [
        Window(units, units, np.ones_like(units, dtype=bool), np.zeros(len(units), dtype=np.int64))
        for units in sold
    ]
    expected = [np.full_like(units, 20) for units in sold]
    spread = calibrate(history_of(200, 1), expected, windows, expected[0], like=2)
    assert spread.noise.mean() == pytest.approx(noise, abs=0.1)
