import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gamma, lognorm, norm, poisson, uniform

from workbench.formulas.loss_functions import (
    distribution_loss,
    normal_loss,
    normal_second_loss,
    pmf_loss,
    poisson_loss,
)

LEVEL = st.floats(-50, 200)


@given(LEVEL, st.floats(0.1, 90), st.floats(0.1, 40))
def test_what_is_left_less_what_is_short_is_the_level_less_the_mean(level, mean, sd):
    whole = np.floor(level)
    for at, loss in ((level, normal_loss(level, mean, sd)), (whole, poisson_loss(whole, mean))):
        assert loss.left - loss.short == pytest.approx(at - mean, abs=1e-9)
        assert min(loss) >= 0


def test_a_level_at_the_mean_is_short_by_0_4_of_the_spread():
    assert normal_loss(50, 50, 8).short == pytest.approx(8 / np.sqrt(2 * np.pi))


def test_the_second_loss_sums_the_first_over_all_levels_above():
    summed, _ = quad(lambda level: normal_loss(level, 50, 8).short, 45, 150)
    assert normal_second_loss(45, 50, 8) == pytest.approx(summed)


def test_poisson_losses_are_sums_over_demands():
    demand, level = np.arange(60), 4
    chance = poisson.pmf(demand, 3.5)
    loss = poisson_loss(level, 3.5)
    assert loss.short == pytest.approx(np.sum(np.maximum(demand - level, 0) * chance))
    assert loss.left == pytest.approx(np.sum(np.maximum(level - demand, 0) * chance))


def test_below_0_all_demand_is_short():
    assert poisson_loss(-2, 3.0) == (5, 0)


def test_losses_of_many_skus_by_probability():
    loss = pmf_loss(np.array([1, 2]), np.array([0.0, 2]), np.array([[0.5, 0.5], [0.25, 0.75]]))
    np.testing.assert_allclose(loss.short, [0.5, 0])
    np.testing.assert_allclose(loss.left, [0.5, 0.5])


@pytest.mark.parametrize("level", [20, 50, 90, 5000])
def test_any_distribution_agrees_with_the_normal(level):
    np.testing.assert_allclose(
        distribution_loss(level, norm(50, 8)), normal_loss(level, 50, 8), rtol=1e-7, atol=1e-9
    )


def test_any_distribution_agrees_with_the_poisson():
    np.testing.assert_allclose(distribution_loss(7, poisson(5.5)), poisson_loss(7, 5.5), rtol=1e-9)


def test_a_distribution_with_a_parameter_for_every_sku():
    loss = distribution_loss(np.array([8, 8, 30]), uniform(0, np.array([10, 20, 20])))
    np.testing.assert_allclose(loss.short, [0.2, 3.6, 0], atol=1e-9)
    np.testing.assert_allclose(loss.left, [3.2, 1.6, 20])


@pytest.mark.parametrize("demand", [gamma(0.05, scale=100), lognorm(1.2, scale=50)])
@pytest.mark.parametrize("level", [0.1, 5, 100])
def test_a_distribution_that_starts_steeply(demand, level):
    below, _ = quad(demand.cdf, 0, level, limit=500)
    assert distribution_loss(level, demand).left == pytest.approx(below, rel=1e-6)
