"""What a class has of each value is found through the noise of its members."""

import numpy as np
import pytest
from scipy.stats import poisson

from workbench.demand.mixture import shares

VALUES = np.array([1.0, 5.0, 20.0])


def found(counts):
    return shares(poisson.pmf(np.asarray(counts)[:, None], VALUES), np.full(3, 1 / 3))


def test_shares_are_found_behind_counts():
    rng = np.random.default_rng(0)
    counts = rng.poisson(rng.choice(VALUES, 4000, p=[0.6, 0.1, 0.3]))
    assert found(counts) == pytest.approx([0.6, 0.1, 0.3], abs=0.03)


def test_without_members_the_prior_stands():
    assert shares(np.zeros((0, 2)), np.array([0.3, 0.7])).tolist() == pytest.approx([0.3, 0.7])


def test_one_member_moves_the_prior_little():
    assert found([20])[2] == pytest.approx((1 + 5 / 3) / 6, abs=0.01)
