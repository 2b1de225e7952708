"""Chances of sums, against textbook tails."""

import numpy as np
import pytest
from scipy.stats import nbinom

from workbench.demand.tails import sum_chances


def chances(sold, mean, noise, levels=(1.0,)):
    level = np.array([levels])
    weight = np.full(len(levels), 1 / len(levels))
    return sum_chances(*(np.array([float(value)]) for value in (sold, mean, noise)), level, weight)


def test_at_a_sure_level_it_is_a_negative_binomial():
    at_least, at_most = chances(7, 10, 0.5)
    assert at_most[0] == pytest.approx(nbinom.cdf(7, 2, 2 / 12), abs=1e-6)
    assert at_least[0] == pytest.approx(nbinom.sf(6, 2, 2 / 12), abs=1e-6)


def test_the_chance_is_the_mean_over_levels():
    mixed = [side[0] for side in chances(7, 10, 0.5, (0.5, 2.0))]
    alone = [np.mean([chances(7, mean, 0.5)[side] for mean in (5, 20)]) for side in (0, 1)]
    assert mixed == pytest.approx(alone)


def test_an_uncertain_level_makes_far_sums_likelier():
    assert chances(40, 10, 0.05, (0.5, 1.5))[0][0] > 10 * chances(40, 10, 0.05)[0][0]


def test_tiny_chances_are_told_apart():
    assert 0 < chances(400, 10, 0.05)[0][0] < chances(300, 10, 0.05)[0][0] < 1e-16


def test_at_least_nothing_is_certain():
    assert chances(0, 3, 0.1)[0][0] == 1
