"""The limit is theory's where theory holds, and stricter where the past surprised more often."""

import numpy as np
import pytest

from workbench.demand.spike_limit import limit

RATE, DAYS = 1.0, 300.0


def limit_of(alarms, days=DAYS, rate=RATE):
    """Every surprise in a series of its own."""
    alarms = np.asarray(alarms, dtype=np.float64)
    return limit(alarms, np.arange(len(alarms)), np.zeros(len(alarms)), days=days, rate=rate)


def by_theory(times=1.0):
    """Surprises of ten months: were theory right, x × 10 of them would lie below x a month."""
    return np.arange(1, 100 * times + 1) / 10 / times


def test_theory_that_holds_sets_the_limit():
    assert limit_of(by_theory()) == pytest.approx(RATE, rel=0.05)


def test_ten_times_as_many_surprises_ask_for_a_tenth():
    assert limit_of(by_theory(10)) == pytest.approx(RATE / 10, rel=0.05)


def test_a_heavier_tail_makes_it_stricter():
    """Surprises spread over the square of theory's range: 1 a month in truth lies at 10 × (1 / 100 × 10)²."""
    assert 0.1 * RATE < limit_of(10 * (by_theory() / 10) ** 2) < 0.15 * RATE


def test_no_surprise_does_not_make_it_laxer():
    assert limit_of([]) == RATE


def test_a_day_counts_once_and_one_true_spike_changes_little():
    alarms = by_theory()
    repeated = limit(np.tile(alarms, 5), np.tile(np.arange(100), 5), np.zeros(500), days=DAYS, rate=RATE)
    assert repeated == limit_of(alarms)
    assert limit_of([*alarms[1:], 1e-200]) > 0.5 * limit_of(alarms)


@pytest.mark.parametrize(("days", "rate"), [(3.0, 1.0), (DAYS, 0.0)])
def test_too_short_a_past_or_no_alarm_allowed_leave_the_policys_rate(days, rate):
    assert limit_of(by_theory(10), days, rate) == rate


def test_a_past_full_of_true_spikes_does_not_silence_the_next():
    assert limit_of(np.full(1000, 1e-200)) == pytest.approx(RATE / 1000)
