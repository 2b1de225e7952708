"""Variances that were put into made-up errors are found again."""

import numpy as np
import pandas as pd
import pytest

from workbench.demand.backtest import Window
from workbench.demand.history import History
from workbench.demand.spread import calibrate, guess

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
        windows.append(Window(units, units, np.ones_like(units, dtype=bool)))
        expected.append(np.full_like(units, mean))
    speed = np.full(series, 2)
    return calibrate(history, expected, windows, speed)


def test_the_noise_of_days_is_found_apart_from_the_level():
    spread = found(noise=0.3, own=0.04)
    assert spread.noise.mean() == pytest.approx(0.3, rel=0.15)
    assert spread.level.mean() == pytest.approx(0.04, rel=0.4)


def test_steady_demand_has_little_spread():
    spread = found()
    assert spread.noise.max() < 0.05
    assert spread.level.mean() < 0.005


def test_what_the_channels_of_a_sku_share_is_found():
    spread = found(own=0.02, sku=0.06)
    assert spread.sku == pytest.approx(0.06, rel=0.4)
    assert spread.business < 0.01


def test_what_the_whole_business_shares_is_found():
    spreads = [found(skus=50, own=0.02, business=0.03, seed=seed) for seed in range(6)]
    assert np.mean([spread.business for spread in spreads]) == pytest.approx(0.03, rel=0.5)
    assert max(spread.sku for spread in spreads) < 0.01


def test_a_good_day_for_all_is_found():
    assert found(day=0.05).day == pytest.approx(0.05, rel=0.4)


def test_lumpy_demand_is_noise_and_no_level():
    spread = found(skus=400, channels=1, mean=0.2, noise=30.0)
    assert spread.noise.mean() == pytest.approx(30, rel=0.5)


def test_without_a_backtest_every_series_is_wide():
    assert guess(3).level.min() > 0.2
