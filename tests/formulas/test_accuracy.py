"""Accuracy measures against numbers worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.formulas.accuracy import bias, coverage, pinball, uniform_transform, wape

UNITS = st.lists(st.floats(0, 1e6), min_size=1, max_size=20)


def test_over_forecast_has_positive_bias():
    assert bias([15, 10], [10, 10]) == 0.25
    assert bias([5, 10], [10, 10]) == -0.25


def test_errors_of_either_side_add_up_in_wape():
    assert wape([15, 5], [10, 10]) == 0.5


def test_a_missing_value_leaves_its_pair_out():
    assert wape([15, np.nan], [10, 100]) == 0.5


def test_nothing_sold_gives_no_ratio():
    assert math.isnan(wape([1], [0]))
    assert math.isnan(bias([1], [0]))


def test_unequal_shapes_are_refused_with_both_shapes():
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
        wape([1, 2], [1, 2, 3])


def test_a_high_quantile_is_hurt_more_by_demand_above_it():
    assert pinball([10], [20], 0.9) == pytest.approx(9.0)
    assert pinball([20], [10], 0.9) == pytest.approx(1.0)


@given(UNITS)
def test_a_perfect_forecast_has_no_error(units):
    assert pinball(units, units, 0.3) == 0
    if sum(units) > 0:
        assert wape(units, units) == 0
        assert bias(units, units) == 0


def test_honest_paths_of_counts_give_uniform_transforms():
    rng = np.random.default_rng(0)
    rate = rng.gamma(1.0, 1.0, 4000)
    transform = uniform_transform(rng.poisson(rate[:, None], (4000, 300)), rng.poisson(rate), seed=1)
    for probability in (0.5, 0.8, 0.95):
        assert coverage(transform, probability) == pytest.approx(probability, abs=0.025)


def test_paths_that_are_too_narrow_cover_too_little():
    rng = np.random.default_rng(0)
    transform = uniform_transform(rng.normal(0, 0.5, (2000, 300)), rng.normal(0, 1, 2000), seed=1)
    assert coverage(transform, 0.8) < 0.6
