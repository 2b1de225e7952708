"""Levels that were put into made-up weeks are found again."""

import numpy as np
import pytest

from workbench.demand.levels import KINDS, PLACES, SIZES, Levels, Weeks, fitted, kinds_of, remembered, unknown


def place_of(normal):
    return np.abs(PLACES - normal).argmin()


def weeks_of(level, mean=35.0, kind=5, series=600, windows=4, seed=0):
    """Windows of four weeks, whose `level` (rng, shape) is drawn anew."""
    rng = np.random.default_rng(seed)
    expected = np.full((series, 4), mean)
    kinds = np.full(series, kind)
    made = [rng.poisson(expected * level(rng, (series, 1))) for _ in range(windows)]
    return [Weeks(expected, units.astype(float), np.full((series, 4), 1e-3), kinds) for units in made]


def test_a_forecast_is_of_the_kind_of_its_size():
    mean = np.array([[0.01, 0.01], [0.5, 0.7], [100.0, 50.0]])
    assert kinds_of(mean, np.array([0, 27, 0])).tolist() == [0, 3, len(SIZES)]
    assert kinds_of(np.array([[1.4, 0.0]]), np.zeros(1), np.array([[True, False]])).tolist() == [4]


def test_a_forecast_of_weekly_records_is_of_the_kind_that_its_backtests_weeks_are_of():
    # 2 units on the one open day of two: of the kind of 2 a day, as a backtest that scores this day says
    mean, opened = np.array([[2.0, 0.0], [0.5, 0.0]]), np.array([[True, False]] * 2)
    assert kinds_of(mean, np.zeros(2)).tolist() == kinds_of(mean, np.zeros(2), opened).tolist() == [4, 3]


def test_series_that_have_been_quiet_are_kinds_of_their_own():
    mean = np.array([[0.05, 0.05], [0.2, 0.2], [5.0, 5.0]])
    assert kinds_of(mean, np.array([28, 40, 500])).tolist() == [7, 8, 9]


def test_the_width_of_levels_is_found():
    levels = fitted(weeks_of(lambda rng, shape: rng.lognormal(0, 0.3, shape)))
    low, high = levels.table[0, 5, [place_of(-1), place_of(1)]]
    assert (np.log(low), np.log(high)) == pytest.approx((-0.3, 0.3), abs=0.08)


def test_series_that_stop_are_found():
    levels = fitted(weeks_of(lambda rng, shape: rng.choice([0.0, 1.0], shape, p=[0.2, 0.8])))
    assert levels.table[0, 5, place_of(-1.4)] < 0.1  # the 8 % quantile
    assert levels.table[0, 5, place_of(0)] == pytest.approx(1, abs=0.1)


def test_a_forecast_that_is_too_low_is_put_right():
    levels = fitted(weeks_of(lambda _, shape: np.full(shape, 1.4)))
    assert levels.mean[:, 5] == pytest.approx(np.full(4, 1.4), abs=0.06)


def test_rare_far_levels_do_not_lift_the_mean_above_what_was_sold():
    windows = weeks_of(lambda rng, shape: np.where(rng.random(shape) < 0.003, 50, 0.9), mean=0.2, kind=0)
    aim = sum(w.units.sum() for w in windows) / sum(w.mean.sum() for w in windows)
    assert fitted(windows).mean[:, 0] == pytest.approx(np.full(4, aim), abs=0.45)


def test_levels_that_last_are_told_from_those_that_do_not():
    lasting = fitted(weeks_of(lambda rng, shape: rng.lognormal(0, 0.5, shape)))
    fresh = fitted(weeks_of(lambda rng, shape: rng.lognormal(0, 0.5, (shape[0], 4))))
    assert lasting.kept[5] > fresh.kept[5]


def test_one_window_is_enough_to_begin_with():
    levels = fitted(weeks_of(lambda _, shape: np.ones(shape), windows=1))
    assert levels.mean[0, 5] == pytest.approx(1, abs=0.1)


def test_normals_remember_the_week_before():
    place = remembered(np.random.default_rng(0).standard_normal((1, 3, 50_000)), np.array([0.8]))[0]
    assert np.corrcoef(place)[0] == pytest.approx([1, 0.8, 0.64], abs=0.02)
    assert place.std(axis=1) == pytest.approx(np.ones(3), abs=0.02)


def test_the_level_at_a_place_is_that_of_week_and_kind():
    table = np.arange(2 * KINDS)[:, None] + 0 * PLACES
    levels = Levels(table.reshape(2, KINDS, -1).astype(np.float32), np.full(KINDS, 0.5))
    assert levels.at(np.zeros((2, 1)), 1, np.array([0, 2])).ravel().tolist() == [KINDS, KINDS + 2]
    assert (
        levels.at(np.full((1, 1), 99.0), 5, np.array([1])).item() == KINDS + 1
    )  # weeks beyond are as the last


def test_unknown_levels_are_wide_around_the_forecast():
    levels = unknown()
    assert levels.mean == pytest.approx(np.ones((1, KINDS)), abs=1e-3)
    assert levels.slope.min() > 0.4
