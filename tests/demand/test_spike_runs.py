"""A run opens where the rate rose, and surprises as much as a likelihood ratio says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.demand.hour_profile import Calendar, Expected
from workbench.demand.order_stream import Orders
from workbench.demand.spike_runs import runs, surprise
from workbench.demand.spikes import _first
from workbench.demand.watched import Watched

DAYS = 9
FLAT = np.full((7, 24), 1 / 24)
SPREADS = np.full((2, 3), 0.01)


def watched(*minutes, level=24.0):
    """Series of a channel each, at given minutes; an order an hour is expected."""
    series = np.repeat(np.arange(len(minutes)), [len(one) for one in minutes])
    orders = Orders(series, np.concatenate(minutes).astype(np.float64), np.ones(len(series)))
    calendar = Calendar(None, np.arange(DAYS) % 7)
    expected = Expected.of(np.full((len(minutes), DAYS), level), FLAT, calendar)
    return Watched(orders, expected, np.arange(len(minutes)), 0.0)


STEADY = np.arange(30, DAYS * 1440, 60.0)
BURST = np.sort(np.r_[STEADY, 12_000 + np.arange(20.0)])


def found(*minutes, least=5.0):
    return _first(runs(watched(*minutes), 8 * 1440.0, SPREADS, least), least)


def test_a_steady_series_has_no_run():
    assert not len(found(STEADY, STEADY).series)


def test_a_burst_is_a_run_that_opens_with_it():
    """From 12,000 on an order a minute; the first of the hour before may open it, the fifth tells."""
    run = found(STEADY, BURST)
    assert run.series.tolist() == [1]
    assert 11_970 <= run.first[0] <= 12_000
    assert 12_003 <= run.last[0] <= 12_006
    assert run.mean[0] == pytest.approx((run.last[0] - run.first[0]) / 60)


def test_what_another_series_did_before_in_the_table_changes_nothing():
    assert found(STEADY, BURST).first == found(BURST).first
    assert found(BURST, STEADY).last == found(BURST).last


def test_a_run_is_no_longer_than_a_day():
    dense = np.sort(np.r_[STEADY, np.arange(7 * 1440.0, 9 * 1440, 20)])
    seen = runs(watched(dense), 8 * 1440.0, SPREADS[:1], 0.0)
    assert (seen.last - seen.first).max() <= 1440


def test_a_level_known_less_well_surprises_less():
    counts, means = np.full(2, 30.0), np.full(2, 10.0)
    sure, unsure = surprise(counts, means, np.array([0.001, 0.2]))
    assert unsure < sure < 30 * np.log(3) - 20


@given(st.floats(0.01, 100), st.floats(0, 200), st.floats(0.001, 2))
def test_surprise_is_none_below_the_mean_and_grows_above(mean, later, variance):
    one, more = surprise(np.array([later, later + 1]), np.full(2, mean), np.full(2, variance))
    assert one >= 0
    assert more >= one - 1e-9
    if later <= mean:
        assert one == 0
