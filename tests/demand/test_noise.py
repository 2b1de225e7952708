"""The noise of days is found whatever the level of their week was."""

import numpy as np
import pytest

from workbench.demand.noise import NOISES, noises

KIND = np.zeros(300, dtype=np.int64)


def found(noise, mean=5.0, level=0.0, windows=8, series=300):
    rng = np.random.default_rng(0)
    units = []
    for _ in range(windows):
        weeks = np.repeat(rng.lognormal(0, level, (series, 4)) if level else np.ones((series, 4)), 7, axis=1)
        shaken = rng.gamma(1 / noise, noise, weeks.shape)
        units.append(rng.poisson(mean * weeks * shaken).astype(float))
    return noises([np.full_like(one, mean) for one in units], units, KIND[:series], 1)


@pytest.mark.parametrize("noise", [0.1, 0.5, 3.0])
def test_noise_is_found(noise):
    assert np.median(found(noise)) == pytest.approx(noise, rel=0.3)


def test_a_level_that_differs_from_week_to_week_is_no_noise():
    assert np.median(found(0.1, level=0.8)) == pytest.approx(0.1, rel=0.4)


def test_weekday_shape_is_no_noise():
    rng = np.random.default_rng(0)
    mean = np.tile([0.0, 2.0, 2.0, 2.0, 10.0, 30.0, 10.0], (300, 4))
    units = [rng.poisson(mean).astype(float) for _ in range(4)]
    assert np.median(noises([mean] * 4, units, KIND, 1)) < 0.05


def test_a_series_that_sold_nothing_has_the_noise_of_its_kind():
    units = [np.random.default_rng(0).poisson(5.0, (2, 28)).astype(float) for _ in range(8)]
    for one in units:
        one[1] = 0
    known, silent = noises([np.full((2, 28), 5.0)] * 8, units, np.zeros(2, dtype=np.int64), 1)
    assert NOISES[0] <= known < silent < NOISES[-1]


def test_windows_need_not_be_whole_weeks():
    units = [np.random.default_rng(0).poisson(5.0, (300, 10)).astype(float)] * 3
    assert np.median(noises([np.full((300, 10), 5.0)] * 3, units, KIND, 1)) < 0.1
