"""The limit is theory's where theory holds, and stricter where the past surprised more often."""

import numpy as np
import pytest

from workbench.demand.spike_limit import EXAMINED, by_theory, limit

RATE, DAYS, ORDERS = 1.0, 300.0, 500.0
START = by_theory(ORDERS, EXAMINED * RATE)


def limit_of(excess, days=DAYS, rate=RATE, day=None):
    """Surprises so far beyond that of ten a month, every one on a day of its own."""
    surprise = START + np.asarray(excess, dtype=np.float64)
    day = np.arange(len(surprise)) if day is None else day
    return limit(surprise, day, orders=ORDERS, days=days, rate=rate)


def exponential(count, mean=1.0):
    """So many surprises as an exponential tail has them at its even quantiles."""
    return -mean * np.log((np.arange(count) + 0.5) / count)


def test_one_alarm_in_fifteen_thousand_orders_takes_their_logarithm():
    assert by_theory(ORDERS, 1.0) == pytest.approx(np.log(15_000))
    assert by_theory(ORDERS, 0.0) == np.inf


def test_theory_that_holds_sets_the_limit():
    assert limit_of(exponential(100)) == pytest.approx(by_theory(ORDERS, RATE), abs=0.05)


def test_ten_times_as_many_surprises_ask_for_a_tenth():
    assert limit_of(exponential(1000)) == pytest.approx(by_theory(ORDERS, RATE / 10), abs=0.05)


def test_a_heavier_tail_makes_it_stricter():
    """A mean excess of 2 instead of 1, drawn towards 1 by ten: 110 days have 210, ln 10 × 210 / 110."""
    assert limit_of(exponential(100, 2.0)) == pytest.approx(START + np.log(10) * 21 / 11, abs=0.1)


def test_no_surprise_and_smaller_ones_do_not_make_it_laxer():
    assert limit_of([]) == pytest.approx(by_theory(ORDERS, RATE))
    assert limit_of(np.full(1000, -1.0)) == limit_of([])


def test_a_day_counts_once_and_one_true_spike_changes_little():
    excess = exponential(100)
    assert limit_of(np.tile(excess, 5), day=np.tile(np.arange(100), 5)) == limit_of(excess)
    assert limit_of([*excess[1:], 400.0]) < limit_of(excess) + np.log(2)


@pytest.mark.parametrize(("days", "rate"), [(3.0, 1.0), (DAYS, 0.0)])
def test_too_short_a_past_or_no_alarm_allowed_leave_theorys_limit(days, rate):
    assert limit_of(exponential(1000), days, rate) == by_theory(ORDERS, rate)
