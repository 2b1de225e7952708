import numpy as np

from workbench.agents.replenishment.alternatives import is_right
from workbench.policy import ReplenishmentPolicy


def test_an_order_is_right_where_it_costs_hardly_more_than_the_best_of_what_else_was_open():
    costs = {
        "chosen": np.array([10.0, 10.0, 10.0]),
        "nothing": np.array([50.0, 4.9, 50.0]),
        "half": np.array([5.0, 50.0, 4.9]),
    }
    rules = ReplenishmentPolicy(tolerance=0.05)
    assert is_right(costs, 100.0, rules).tolist() == [True, False, False]
