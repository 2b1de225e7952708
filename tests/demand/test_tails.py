"""Chances of sums, against textbook tails and against the paths that they stand for."""

import numpy as np
import pytest
from scipy.stats import nbinom

from workbench.demand.sampling import _heavy
from workbench.demand.tails import central, sum_chances


def chances(sold, mean, noise, level):
    return sum_chances(*(np.array([float(value)]) for value in (sold, mean, noise, level)))


def test_without_level_it_is_a_negative_binomial():
    at_least, at_most = chances(7, 10, 0.5, 1e-9)
    assert at_most[0] == pytest.approx(nbinom.cdf(7, 2, 2 / 12), abs=1e-4)
    assert at_least[0] == pytest.approx(nbinom.sf(6, 2, 2 / 12), abs=1e-4)


def test_an_uncertain_level_makes_far_sums_likelier():
    assert chances(40, 10, 0.05, 0.3)[0][0] > 10 * chances(40, 10, 0.05, 0.01)[0][0]


def test_tiny_chances_are_told_apart():
    assert 0 < chances(400, 10, 0.05, 0.01)[0][0] < chances(300, 10, 0.05, 0.01)[0][0] < 1e-16


def test_at_least_nothing_is_certain():
    assert chances(0, 3, 0.1, 0.1)[0][0] == 1


def test_chances_are_those_of_the_levels_that_paths_draw():
    rng = np.random.default_rng(0)
    level = np.exp(_heavy(rng, (1, 200_000), 0.2)[0])
    drawn = rng.poisson(20 * level / level.mean() * rng.gamma(10, 0.1, 200_000))
    for sold in (8, 20, 45):
        assert chances(sold, 20, 0.1, 0.2)[1][0] == pytest.approx((drawn <= sold).mean(), abs=0.01)


def test_sums_at_their_median_lie_in_every_interval():
    assert central(np.array([0.49]), np.array([0.51]), 0.5) == 1
    assert central(np.array([0.96]), np.array([0.99]), 0.8) == 0
