"""Lateness from chances by day: the geometric promise gives the known formula, draws give the chances."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workbench.formulas.transit_times import promised_times
from workbench.optimize.lateness import chance_late, drawn_days, expected_days_late, possible_times


@given(st.integers(0, 6), st.floats(0.5, 1.0), st.integers(-5, 8))
def test_a_promise_is_as_late_as_its_geometric_delay(days, rate, slack):
    pmf = promised_times(np.array([days]), np.array([rate]), 80)
    row, allowed = np.zeros(1, dtype=np.int64), np.array([slack + days], dtype=float)
    # a geometric delay d with chance of success p has E[(d - s)+] = q^(s + 1) / p for s >= 0, q / p - s below
    known = (1 - rate) ** (max(slack, 0) + 1) / rate + max(-slack, 0)
    assert np.allclose(expected_days_late(pmf, row, allowed), known, atol=1e-9)
    late = 1.0 if slack < 0 else (1 - rate) ** (slack + 1)
    assert np.allclose(chance_late(pmf, row, allowed), late, atol=1e-9)


@given(st.lists(st.integers(0, 9), min_size=2, max_size=9).filter(any), st.integers(-3, 12))
def test_lateness_is_the_mean_over_the_days(counts, allowed):
    pmf = np.array([counts]) / sum(counts)
    days, row, limit = np.arange(len(counts)), np.zeros(1, dtype=np.int64), np.array([float(allowed)])
    late = np.maximum(days - allowed, 0) @ pmf[0]
    assert np.allclose(expected_days_late(pmf, row, limit), late)
    assert np.allclose(chance_late(pmf, row, limit), pmf[0][days > allowed].sum())


def test_without_a_promise_nothing_is_late():
    pmf, row = np.array([[0.5, 0.5]]), np.zeros(1, dtype=np.int64)
    assert expected_days_late(pmf, row, np.array([np.inf])).tolist() == [0.0]
    assert chance_late(pmf, row, np.array([np.inf])).tolist() == [0.0]


def test_drawn_days_have_the_chances_and_vary_with_what_they_rest_on():
    rng = np.random.default_rng(1)
    pmf = np.array([[0.1, 0.6, 0.3], [0.0, 0.0, 1.0]])
    times = possible_times(pmf, np.array([50.0, 5.0]), 400, rng)
    assert np.allclose(times.sum(axis=2), 1.0)
    assert abs(times[0, :, 1].std() - np.sqrt(0.6 * 0.4 / 51)) < 0.01
    days = drawn_days(times, np.array([0] * 50 + [1]), rng)
    assert days.shape == (51, 400)
    assert np.allclose([(days[:50] == day).mean() for day in range(3)], pmf[0], atol=0.02)
    assert (days[50] == 2).all()
