"""What no spike explains: a channel that sells more, and a series that sold more before."""

import numpy as np
import pytest

from tests.demand.test_spike_runs import STEADY, watched

ONE = np.array([0])


def at(minute):
    return np.array([float(minute)])


def test_orders_and_what_is_expected_between_two_minutes():
    seen = watched(STEADY)
    assert seen.orders_between(ONE, at(1440), at(2880)) == 24
    assert seen.expected_between(ONE, at(1440), at(2880)) == pytest.approx(24)


def test_a_steady_series_is_held_against_its_forecast():
    mean, unsure = watched(STEADY).mean(ONE, at(11_520), at(11_580))
    assert mean == pytest.approx(1)
    assert unsure == pytest.approx(1 / (28 * 24))


def test_a_series_that_sold_four_times_as_much_is_held_against_most_of_that():
    """672 orders a week less one standard error, 25.9, and half an order, against 168.5: 3.84."""
    assert watched(np.arange(7, 12_960, 15.0)).risen(ONE, at(11_520))[0] == pytest.approx(3.84, abs=0.01)
