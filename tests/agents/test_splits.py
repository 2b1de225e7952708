"""Two lines of 1 kg, A at E and B at both: 8.34 and 7.57 in two parcels, and 22.56 or 15.00 in one."""

from datetime import UTC, datetime

import pytest

from tests.agents.test_routing import line, rate, service, stock, zones
from tests.rows import table
from workbench.agents.routing import split_or_whole
from workbench.optimize.last_plan import NO_PLAN
from workbench.optimize.route_plan import plan_routes
from workbench.policy import Policy

AS_OF = datetime(2026, 11, 16, 4, tzinfo=UTC)
ORDER = line("1"), line("1", sku="B", number=2)
THERE = ("A", "E", 9, 0), ("B", "E", 9, 0), ("B", "W", 9, 0)
SPLIT, WHOLE = "E C ground + W C ground", "E C ground"


def counted(*lines, there=THERE, heavy=18.56):
    """`heavy`: freight of a parcel of 2 kg from E, where 4.00 of handling come on top."""
    places = ("E", 2.0), ("W", 1.0)
    warehouses = [{"warehouse": n, "name": n, "country": "US", "handling_cost": cost} for n, cost in places]
    tables = {
        "open_lines": table("open_lines", *lines),
        "stock": stock(*there),
        "products": table("products", *({"sku": sku, "name": sku, "weight_kg": 1.0} for sku in "AB")),
        "warehouses": table("warehouses", *warehouses),
        "regions": table(
            "regions", *({"region": "east", "warehouse": n, "rank": r} for r, n in enumerate("EW", 1))
        ),
        "services": table("services", service(co2e_per_parcel=0.0, co2e_per_kg=0.0)),
        "zones": zones("C").query("region == 'east'"),
        "rates": table("rates", rate(6.34, end=2), rate(heavy, start=2), rate(6.57, zone="far")),
        "deliveries": table("deliveries"),
        "disruptions": table("disruptions"),
        "inbound": table("inbound"),
    }
    return split_or_whole(plan_routes(*tables.values(), NO_PLAN, policy=Policy(), as_of=AS_OF))


def test_a_split_order_is_told_with_what_one_parcel_would_cost_and_what_splitting_saves():
    (found,) = counted(*ORDER).to_dict("records")

    assert (found["order_id"], found["parcels"], found["ways"]) == ("1", 2, SPLIT)
    assert (found["cost"], found["other_cost"]) == (pytest.approx(15.91), pytest.approx(22.56))
    assert (found["other_parcels"], found["other_ways"]) == (1, WHOLE)
    assert found["more"] == pytest.approx(6.65, abs=1e-4)


def test_an_order_in_one_parcel_is_told_where_a_split_was_the_next_best():
    """In one parcel it costs 11.00 + 4.00, and no other warehouse has all of it."""
    (found,) = counted(*ORDER, heavy=11.0).to_dict("records")

    assert (found["parcels"], found["ways"], found["cost"]) == (1, WHOLE, pytest.approx(15.0))
    assert (found["other_parcels"], found["other_ways"]) == (2, SPLIT)
    assert found["more"] == pytest.approx(0.91, abs=1e-4)


def test_where_another_way_of_the_one_parcel_is_nearer_no_split_is_told():
    """All of it could leave W at 6.57 + 2.00 too: 8.57, and the cheapest."""
    assert counted(*ORDER, there=(*THERE, ("A", "W", 9, 0)), heavy=6.0).empty


def test_an_order_that_no_warehouse_can_send_whole_has_nothing_beside_it():
    (found,) = counted(*ORDER, there=(("A", "E", 9, 0), ("B", "W", 9, 0))).to_dict("records")

    assert (found["parcels"], found["cost"]) == (2, pytest.approx(15.91))
    assert found["other_ways"] != found["other_ways"]
    assert found["more"] != found["more"]


def test_orders_of_one_line_and_days_without_orders_have_no_choice():
    assert counted(line("1")).empty
    assert counted().empty
