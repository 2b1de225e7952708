"""One parcel of 1 kg, by the dear and clean bike or the cheap and dirty van; every number worked by hand."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.rows import table
from workbench.agents.routing import route
from workbench.agents.routing.frontier import _undominated, frontier
from workbench.optimize.last_plan import NO_PLAN
from workbench.optimize.route_plan import plan_routes
from workbench.policy import Policy
from workbench.tables import TABLES, validate

AS_OF = datetime(2026, 11, 16, 4, tzinfo=UTC)
VAN, BIKE = (6.0, 3.0), (9.0, 0.5)  # freight and handling 1.00, kg of CO2 equivalent


def line(order_id="1", sku="A", **others):
    told = {"order_id": order_id, "line": 1, "sku": sku, "quantity": 1, "region": "east", "channel": "shop"}
    return told | {"ordered_at": "2026-11-15T12:00Z"} | others


def service(name, co2e, days=2):
    told = {"carrier": "C", "service": name, "days": days, "on_time_rate": 1.0}
    return told | {"co2e_per_parcel": co2e, "co2e_per_kg": 0.0}


def rate(name, price):
    told = {"carrier": "C", "service": name, "zone": "near", "charge": price}
    return told | {"weight_from_kg": 0, "weight_to_kg": 10}


def tables(*lines, on_hand=100, **others):
    counts = dict.fromkeys(("reserved", "backordered", "in_transfer", "on_order", "inventory_position"), 0)
    there = {"sku": "A", "warehouse": "E", "on_hand": on_hand, "available": on_hand}
    place = {"warehouse": "E", "name": "east", "country": "US", "handling_cost": 1.0}
    zone = {"carrier": "C", "warehouse": "E", "region": "east", "zone": "near"}
    known = {
        "open_lines": table("open_lines", *lines),
        "stock": table("stock", there | counts),
        "products": table("products", {"sku": "A", "name": "A", "weight_kg": 1.0}),
        "warehouses": table("warehouses", place),
        "regions": table("regions", {"region": "east", "warehouse": "E", "rank": 1}),
        "services": table("services", service("van", 3.0), service("bike", 0.5)),
        "zones": table("zones", zone),
        "rates": table("rates", rate("van", 5.0), rate("bike", 8.0)),
        "deliveries": table("deliveries"),
        "disruptions": table("disruptions"),
    }
    return (known | others).values()


def found(*lines, routing=None, picked=None, **given):
    policy = Policy.model_validate({"routing": routing or {}})
    made_with = Policy.model_validate({"routing": (routing or {}) | (picked or {})})
    known = *tables(*lines, **given), table("inbound"), NO_PLAN
    return frontier(plan_routes(*known, policy=made_with, as_of=AS_OF), policy=policy)


def plans(*lines, **given):
    return validate("routing_frontier", found(*lines, **given).plans)


def test_a_clean_way_is_a_plan_of_its_own_once_emissions_are_dear_enough():
    """The bike costs 3.00 more and spares 2.5 kg: it pays from 1.20 a kg on, and 0.10 x 100 is more."""
    van, bike = plans(line()).to_dict("records")

    assert (van["cost"], van["co2e_kg"], van["current"]) == (*VAN, True)
    assert (bike["cost"], bike["co2e_kg"], bike["current"]) == (*BIKE, False)
    assert (van["co2e_price"], bike["co2e_price"]) == (0.1, pytest.approx(10.0))
    assert [row["plan"] for row in (van, bike)] == [1, 2]
    assert [row["order_days_late"] for row in (van, bike)] == [0.0, 0.0]
    assert [row["parcels"] for row in (van, bike)] == [1, 1]


def test_a_fast_way_is_a_plan_of_its_own_once_lateness_is_dear_enough():
    """Due on day 2, the slow van is two days late; the express costs 12.00 more: it pays from 6.00 a day."""
    ways = table("services", service("van", 1.0, days=4), service("express", 1.0, days=2))
    cards = table("rates", rate("van", 5.0), rate("express", 17.0))
    van, express = plans(line(promised_on="2026-11-18"), services=ways, rates=cards).to_dict("records")

    assert (van["cost"], van["order_days_late"], van["current"]) == (6.0, pytest.approx(2.0, abs=0.05), True)
    assert (express["cost"], express["order_days_late"]) == (18.0, pytest.approx(0.0, abs=0.05))
    assert express["lateness_cost_per_day"] == 8.0  # twice the policy's 4.00
    assert express["co2e_price"] == 0.1


def test_a_way_that_is_dearer_and_dirtier_is_no_plan():
    dirty = table("services", service("van", 3.0), service("bike", 3.5))

    assert plans(line(), services=dirty)["cost"].tolist() == [6.0]


def test_the_weights_of_a_row_set_in_the_policy_make_its_plan():
    row = plans(line()).query("not current").iloc[0]
    weights = {name: float(row[name]) for name in ("co2e_price", "lateness_cost_per_day")}
    policy = Policy.model_validate({"routing": weights})
    made = route(*tables(line()), table("inbound"), policy=policy, as_of=AS_OF, seed=1)

    assert made["value"].sum() == row["cost"]
    again = plans(line(), routing=weights)
    assert again.loc[again["current"], "cost"].tolist() == [row["cost"]]


def test_a_plan_made_with_other_weights_stands_beside_the_policys_own():
    """Made by bike at 10.00 a kg, the van at the policy's 0.10 is still there to go back to."""
    van, bike = plans(line(), picked={"co2e_price": 10.0}).to_dict("records")

    assert (van["cost"], van["co2e_price"], van["current"]) == (6.0, 0.1, False)
    assert (bike["cost"], bike["co2e_price"], bike["current"]) == (9.0, 10.0, True)


def test_every_order_is_told_in_every_plan_with_its_way_and_what_it_comes_to():
    """The second order's two lines leave from two places, and the third waits for stock in both plans."""
    two = [line("2", sku="A"), line("2", sku="B") | {"line": 2}]
    stock = [
        {"sku": sku, "warehouse": place, "on_hand": 9, "available": 9}
        | dict.fromkeys(("reserved", "backordered", "in_transfer", "on_order", "inventory_position"), 0)
        for sku, place in (("A", "E"), ("B", "W"))
    ]
    places = [{"warehouse": name, "name": name, "country": "US", "handling_cost": 1.0} for name in ("E", "W")]
    zones = [{"carrier": "C", "warehouse": name, "region": "east", "zone": "near"} for name in ("E", "W")]
    known = found(
        line("1"),
        *two,
        line("3", sku="Z"),
        stock=table("stock", *stock),
        products=table("products", *({"sku": sku, "name": sku, "weight_kg": 1.0} for sku in "AB")),
        warehouses=table("warehouses", *places),
        regions=table(
            "regions", *({"region": "east", "warehouse": w, "rank": r} for r, w in enumerate("EW", 1))
        ),
        zones=table("zones", *zones),
    )

    first = known.orders[known.orders["plan"] == 1].set_index("order_id")
    assert first["way"].tolist() == ["E C van", "E C van + W C van", ""]
    assert first["cost"].tolist() == [6.0, 12.0, 0.0]
    assert first["co2e_kg"].tolist() == [3.0, 6.0, 0.0]
    totals = known.orders.groupby("plan")[["cost", "co2e_kg", "days_late"]].sum()
    listed = known.plans.set_index("plan")[["cost", "co2e_kg", "order_days_late"]]
    np.testing.assert_allclose(totals.to_numpy(), listed.to_numpy())
    assert known.orders.loc[known.orders["plan"] == 2, "way"].iloc[0] == "E C bike"


def test_a_policy_without_a_weight_is_shown_what_the_usual_one_would_do():
    known = plans(line(), routing={"co2e_price": 0.0})

    assert known.loc[known["current"], "co2e_price"].tolist() == [0.0]
    assert known["co2e_kg"].tolist() == [3.0, 0.5]


def test_orders_that_wait_are_counted_whatever_they_wait_for():
    """Two want the only unit, and a third a SKU that nobody has."""
    known = plans(line("1"), line("2"), line("3", sku="B"), on_hand=1)

    assert known["orders_held"].tolist() == [2, 2]
    assert known["parcels"].tolist() == [1, 1]


def test_the_order_of_rows_does_not_matter():
    lines = [line(str(number)) for number in range(5)]

    pd.testing.assert_frame_equal(plans(*lines), plans(*lines[::-1]))


def test_a_day_without_orders_has_no_plans():
    known = found()

    assert known.plans.empty
    assert known.orders.empty
    assert known.plans.columns.tolist() == TABLES["routing_frontier"].names


def test_orders_of_which_none_can_leave_are_one_plan_of_nothing():
    (only,) = plans(line(sku="B")).to_dict("records")

    assert (only["cost"], only["parcels"], only["orders_held"], only["split_rate"]) == (0.0, 0, 1, 0.0)
    assert only["current"]


@given(arrays.arrays(np.float64, st.tuples(st.integers(1, 12), st.just(3)), elements=st.integers(0, 4)))
def test_what_is_left_out_is_equalled_by_what_is_kept_and_nothing_kept_is_beaten(aims):
    kept = _undominated(aims)
    front = aims[kept]

    assert all((front <= row).all(axis=1).any() for row in aims)
    assert len(np.unique(front, axis=0)) == len(front)
    assert not any(((row <= front).all(axis=1) & (row < front).any(axis=1)).any() for row in aims)
