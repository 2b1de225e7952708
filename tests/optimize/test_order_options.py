"""What an option costs, by hand, and which parcels make a whole order."""

import numpy as np
import pandas as pd
import pytest

from workbench.optimize.order_options import lateness_cost, outlay, priced, standing, with_plan
from workbench.optimize.parcels import parcels
from workbench.optimize.stock_pools import Pools
from workbench.policy import RoutingPolicy

CARD = {"carrier": ["C"], "service": ["S"], "zone": ["1"]}
RATES = pd.DataFrame(CARD | {"weight_from_kg": [0.0], "weight_to_kg": [5.0], "charge": [7.5]})
RULES = RoutingPolicy(lateness_cost_per_day=4.0, co2e_price=0.1)


def option(**changes):
    row = {
        "way": 0,
        "weight_kg": 3.0,
        "handling": 2.0,
        "share": 0.5,
        "slack": -1.0,
        "on_time_rate": 0.8,
        "co2e_per_parcel": 1.0,
        "co2e_per_kg": 0.5,
    }
    return pd.DataFrame([row | changes])


def test_the_cost_is_freight_handling_carbon_and_the_lines_share_of_lateness():
    """7.50 + 2.00 + 0.1 x (1 + 3 x 0.5) + 4.00 x 0.5 x (1 + 0.2 / 0.8) = 12.25."""
    found = priced(option(), RATES, pd.DataFrame(CARD), RULES).iloc[[0]]
    assert found["days_late"].iloc[0] == pytest.approx(1.25)
    assert outlay(found, RULES).iloc[0] == pytest.approx(9.75)
    assert lateness_cost(found, RULES).iloc[0] == pytest.approx(2.0)
    assert found["cost"].iloc[0] == pytest.approx(12.25)


@pytest.mark.parametrize("useless", [{"weight_kg": 5.0}, {"on_time_rate": 0.0}])
def test_what_has_no_price_or_never_arrives_is_no_option(useless):
    assert priced(option(**useless), RATES, pd.DataFrame(CARD), RULES).empty


def test_a_parcel_stands_where_all_its_lines_are_covered():
    """Line 0 is in warehouse 0 alone, line 1 in both: together they stand in 0."""
    covered = np.array([[True, False], [True, True]])
    made = parcels(np.array([0, 0]), covered, 2)
    stands = standing(made, Pools(np.ones(4), np.zeros((2, 2), dtype=np.int64), covered))
    assert stands.to_numpy().tolist() == [[0, 0], [1, 0], [1, 1], [2, 0]]


def test_an_order_has_a_plan_if_all_parcels_of_one_can_go():
    made = parcels(np.array([0, 0, 1]), np.ones((3, 1), dtype=bool), 2)
    assert with_plan(made, np.array([0, 1]), 2).tolist() == [True, False]
    assert with_plan(made, np.array([0, 3]), 2).tolist() == [False, True]
