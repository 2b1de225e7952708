import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from workbench.formulas.s_s_policy import s_s_cost, s_s_exact, s_s_power_approximation

COSTS = {"holding_cost": 1, "stockout_cost": 4, "fixed_cost": 5}


def test_a_coin_of_demand_is_ordered_every_second_period():
    # order up to 1 once it is gone: two periods a cycle, half of them with the unit left over
    cost = s_s_cost(
        reorder_point=0,
        order_up_to_level=1,
        holding_cost=1,
        stockout_cost=4,
        fixed_cost=10,
        demand_pmf=[0.5, 0.5],
    )
    assert cost == (10 + 2 * 0.5) / 2


def test_the_cost_is_that_of_the_long_run():
    """The chain of stock after ordering, by its stationary distribution."""
    low, high, chance = 1, 4, np.array([0.2, 0.3, 0.3, 0.2])
    starts = np.arange(low + 1, high + 1)
    moves, cost = np.zeros((3, 3)), np.zeros(3)
    for place, start in enumerate(starts):
        for demand, probability in enumerate(chance):
            ends = start - demand
            cost[place] += probability * (max(ends, 0) + 4 * max(-ends, 0) + 5 * (ends <= low))
            moves[place, (high if ends <= low else ends) - low - 1] += probability
    share = np.linalg.matrix_power(moves, 200)[0]
    found = s_s_cost(**COSTS, reorder_point=low, order_up_to_level=high, demand_pmf=chance)
    assert found == pytest.approx(share @ cost)


def test_the_textbook_policy():
    best = s_s_exact(**COSTS, demand_mean=6)
    assert best[:2] == (4, 10)
    assert best.cost == pytest.approx(8.0341, abs=1e-4)


def test_poisson_by_its_mean_and_by_its_probabilities_are_one():
    by_mean = s_s_exact(**COSTS, demand_mean=6)
    by_chance = s_s_exact(**COSTS, demand_pmf=poisson.pmf(np.arange(60), 6))
    assert by_chance == pytest.approx(by_mean)


@settings(max_examples=25)
@given(
    st.lists(st.floats(0.05, 1), min_size=2, max_size=6),
    st.floats(0.2, 5),
    st.floats(1, 60),
    st.floats(0.5, 80),
)
def test_no_policy_near_the_best_costs_less(weights, holding_cost, stockout_cost, fixed_cost):
    system = {
        "holding_cost": holding_cost,
        "stockout_cost": stockout_cost,
        "fixed_cost": fixed_cost,
        "demand_pmf": np.array(weights) / np.sum(weights),
    }
    best = s_s_exact(**system)
    for low in range(best.reorder_point - 4, best.reorder_point + 5):
        for high in range(low + 1, best.order_up_to_level + 5):
            cost = s_s_cost(**system, reorder_point=low, order_up_to_level=high)
            assert cost >= best.cost * (1 - 1e-9)


def test_the_power_approximation_is_near_the_best():
    policy = s_s_power_approximation(
        holding_cost=1, stockout_cost=9, fixed_cost=64, demand_mean=25, demand_sd=5
    )
    low, high = np.rint(policy)
    best = s_s_exact(holding_cost=1, stockout_cost=9, fixed_cost=64, demand_mean=25)
    found = s_s_cost(
        reorder_point=low,
        order_up_to_level=high,
        holding_cost=1,
        stockout_cost=9,
        fixed_cost=64,
        demand_mean=25,
    )
    assert best.cost <= found <= 1.05 * best.cost


def test_many_skus_at_once():
    many = s_s_power_approximation(
        holding_cost=[2, 0.18],
        stockout_cost=[36, 0.7],
        fixed_cost=[60, 2.5],
        demand_mean=[190, 50],
        demand_sd=[48, 8],
    )
    np.testing.assert_allclose(many.reorder_point, [226.61379, 40.19462])
    np.testing.assert_allclose(many.order_up_to_level, [324.37979, 74.29017])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"fixed_cost": 0}, "fixed_cost: found 0"),
        ({"demand_mean": -1}, "demand_mean: found -1"),
        ({"demand_pmf": [0.5, 0.5]}, "found both or neither"),
        ({"demand_mean": None}, "found both or neither"),
        ({"demand_mean": None, "demand_pmf": [1, 0]}, "give a demand that is not always 0"),
        ({"demand_mean": None, "demand_pmf": [0.6, 0.6]}, "give probabilities that sum to 1"),
    ],
)
def test_systems_that_are_none_are_named(changed, said):
    with pytest.raises(ValueError, match=said):
        s_s_exact(**COSTS | {"demand_mean": 6} | changed)


def test_levels_that_are_not_whole_or_in_order_are_refused():
    with pytest.raises(ValueError, match="reorder_point: found 10; give a reorder point below"):
        s_s_cost(**COSTS, demand_mean=6, reorder_point=10, order_up_to_level=10)
    with pytest.raises(ValueError, match=r"order_up_to_level: found 9\.5; give a whole number"):
        s_s_cost(**COSTS, demand_mean=6, reorder_point=4, order_up_to_level=9.5)
