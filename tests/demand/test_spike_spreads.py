"""Spreads are drawn from the past, and read at any length."""

import numpy as np
import pytest

from tests.demand.test_spike_runs import STEADY, watched
from workbench.demand.spike_spreads import LEAST_SPREAD, LENGTHS, SPREADS, past_spreads, spread_at


def test_without_a_past_they_are_what_they_are_without():
    assert past_spreads(watched(STEADY), 1e9)[0] == pytest.approx(SPREADS)


def test_a_past_more_even_than_chance_brings_them_to_the_least():
    spreads = past_spreads(watched(np.arange(1, 12_960, 2.0), level=720.0), 1440.0)[0]
    assert spreads == pytest.approx(np.full(3, LEAST_SPREAD))


def test_between_two_lengths_the_logarithm_decides():
    spreads, series = SPREADS[None, :], np.zeros(4, dtype=np.int64)
    lengths = np.array([1.0, 120.0, LENGTHS[-1], 1e5])
    assert spread_at(spreads, series, lengths) == pytest.approx([0.02, 0.035, 0.15, 0.15])
