"""What a way costs, by hand, and which parcels can go."""

import numpy as np
import pandas as pd
import pytest

from workbench.formulas.transit_times import TransitTimes, promised_times
from workbench.optimize.parcels import parcels
from workbench.optimize.rate_cards import charges
from workbench.optimize.way_costs import sent_parcels, way_costs
from workbench.policy import RoutingPolicy

RULES = RoutingPolicy(lateness_cost_per_day=4.0, co2e_price=0.1)
RATES = pd.DataFrame(
    {
        "carrier": "C",
        "service": "S",
        "zone": "1",
        "weight_from_kg": [0.0],
        "weight_to_kg": [5.0],
        "charge": [7.5],
        "surcharged": False,
    }
)
PLACES = pd.DataFrame({"warehouse": ["E", "W"], "handling_cost": [2.0, 3.0]})


def ways(**changes):
    """One service from both warehouses to the north, handed over today, two days."""
    row = {
        "carrier": "C",
        "service": "S",
        "zone": "1",
        "region": "north",
        "days": 2,
        "hand_over": pd.Timestamp("2026-11-16"),
        "co2e_per_parcel": 1.0,
        "co2e_per_kg": 0.5,
        "dimensional_kg_per_m3": 0.0,
        "surcharge_share": 0.0,
        "surcharge": 0.0,
        "carrier_down": False,
        "warehouse_down": False,
    }
    return pd.DataFrame([row | {"warehouse": place} | changes for place in "EW"])


def costs(
    covered=((True, True), (True, True)), weight=(3.0, 1.0), promised="2026-11-17", region="north", **way
):
    """One order of two lines that weigh so much."""
    made = parcels(np.zeros(len(covered), dtype=np.int64), np.array(covered), 2)
    lines = pd.DataFrame({"order": 0, "weight_kg": weight, "volume_m3": 0.001})
    order = pd.DataFrame({"region": [region], "promised_on": pd.to_datetime([promised]), "lines": 2})
    rows = ways(**way)
    sent = sent_parcels(made, lines, order, ["north"], np.array(covered))
    pmf = promised_times(rows["days"].to_numpy(), np.full(2, 0.8), 60)
    transit = TransitTimes(pmf, np.ones(2))
    return way_costs(sent, rows, ["north"], PLACES, charges(RATES, rows), transit, RULES)


def test_the_cost_is_freight_handling_carbon_and_the_lines_share_of_lateness():
    """7.50 + 2.00 + 0.1 x (1 + 3 x 0.5) + 4.00 x 0.5 x (1 + 0.2 / 0.8) = 12.25, promised a day before."""
    found = costs()
    assert found.cost.shape == (2, 1, 3)
    assert found.cost[0, 0, 0] == pytest.approx(12.25)
    row = found.details(np.array([0]), np.array([0]), np.array([0])).iloc[0]
    assert row["days_late"] == pytest.approx(1.25)
    assert row["outlay"] == pytest.approx(9.75)
    assert row["late_cost"] == pytest.approx(2.0)
    assert row["cost"] == pytest.approx(12.25)
    assert row["warehouse"] == "E"


def test_an_order_without_a_promise_is_never_late():
    assert costs(promised=None).cost[0, 0, 0] == pytest.approx(9.75)


def test_a_parcel_goes_only_where_all_its_lines_are_covered():
    """Line 0 is in E alone, line 1 in both: together they go from E."""
    found = costs(covered=((True, False), (True, True)))
    assert np.isfinite(found.cost[:, 0]).tolist() == [[True, True, True], [False, True, False]]


def test_what_has_no_price_cannot_go_but_is_reached():
    found = costs(weight=(3.0, 5.0))
    everything = np.ones((2, 1), dtype=bool)
    assert found.can_go(everything).tolist() == [True, False, False]
    assert found.reached().tolist() == [True, True, True]


def test_a_region_that_nobody_serves_is_not_reached():
    found = costs(region="south")
    assert not found.reached().any()
    assert not np.isfinite(found.cost).any()


def test_what_is_down_is_not_up():
    assert costs(warehouse_down=True).warehouse_up.tolist() == [False, False]
    assert not costs(carrier_down=True).up.any()
    assert costs().up.all()


def test_carriers_serve_the_orders_that_they_have_a_price_for():
    assert costs().carriers(1)["C"].tolist() == [True]
    assert costs(weight=(9.0, 9.0)).carriers(1)["C"].tolist() == [False]


def test_the_least_of_an_order_is_over_its_priced_ways():
    found = costs()
    assert found.least(np.array([7.0, 3.0]), 1).tolist() == [3.0]
    only_east = costs(covered=((True, False), (True, False)))
    assert only_east.least(np.array([7.0, 3.0]), 1).tolist() == [7.0]
