"""What serving a region from a warehouse costs, by hand and beside the routing of a single order."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from tests.rows import table
from workbench.optimize.last_plan import NO_PLAN
from workbench.optimize.route_plan import plan_routes
from workbench.optimize.serving_costs import serving_costs
from workbench.policy import Policy
from workbench.tables import TABLES, validate

MONDAY = pd.Timestamp("2026-11-16")
AS_OF = datetime(2026, 11, 16, 4, tzinfo=UTC)
POLICY = Policy(routing={"lateness_cost_per_day": 4.0})
NAMES = ("open_lines", "products", "warehouses", "regions", "services", "zones", "rates", "deliveries")
CLEAN = {"carrier": "C", "co2e_per_parcel": 0.0, "co2e_per_kg": 0.0}
CARD = {"carrier": "C", "weight_from_kg": 0.0, "weight_to_kg": 5.0}


def ordered(*days, **other):
    """Open lines that came in on Sunday, each promised so many days after Monday's plan."""
    about = {"line": 1, "region": "east", "channel": "shop", "sku": "A", "quantity": 1}
    about |= {"ordered_at": "2026-11-15T12:00Z"} | other
    lines = [{"order_id": f"{number}", "promised_on": MONDAY + pd.Timedelta(days=number)} for number in days]
    return table("open_lines", *(about | line for line in lines))


def business(**changes):
    """One carrier: a van in 2 days for 7.50 and a plane in 1 day for 9.50 from E and W to the east."""
    tables = {
        "demand": pd.DataFrame({"sku": ["A"], "region": ["east"]}),
        "open_lines": ordered(2),
        "products": table("products", {"sku": "A", "name": "Lamp", "weight_kg": 1.0, "volume_m3": 0.001}),
        "warehouses": table(
            "warehouses",
            {"warehouse": "E", "name": "East", "country": "US", "handling_cost": 2.0},
            {"warehouse": "W", "name": "West", "country": "US", "handling_cost": 3.0},
        ),
        "regions": table("regions", *({"region": "east", "warehouse": place, "rank": 1} for place in "EW")),
        "services": table(
            "services",
            CLEAN | {"service": "van", "days": 2, "on_time_rate": 0.8},
            CLEAN | {"service": "plane", "days": 1, "on_time_rate": 1.0},
        ),
        "zones": table(
            "zones", *({"carrier": "C", "warehouse": p, "region": "east", "zone": "1"} for p in "EW")
        ),
        "rates": table(
            "rates",
            CARD | {"service": "van", "zone": "1", "charge": 7.5},
            CARD | {"service": "plane", "zone": "1", "charge": 9.5},
        ),
        "deliveries": table("deliveries"),
        "disruptions": table("disruptions"),
        "scarcity_prices": table("scarcity_prices"),
    }
    return tables | changes


def priced(policy=POLICY, **changes):
    tables = business(**changes)
    named = (tables[name] for name in ("demand", *NAMES, "disruptions", "scarcity_prices"))
    return validate("serving_costs", serving_costs(*named, policy=policy, as_of=AS_OF))


def at(found, warehouse):
    return found.set_index("warehouse")["serving_cost"].get(warehouse)


def test_a_typical_order_line_goes_by_its_cheapest_way():
    # van: 7.50 + 2.00 + lateness 4.00 x 0.2 / 0.8 = 10.50; plane: 9.50 + 2.00 and never late
    assert at(priced(), "E") == pytest.approx(10.5)
    assert at(priced(), "W") == pytest.approx(11.5)
    # promised for tomorrow the van is 1.25 days late, 14.50, and the plane 11.50
    assert at(priced(open_lines=ordered(1)), "E") == pytest.approx(11.5)
    # two of five are promised for tomorrow
    assert at(priced(open_lines=ordered(1, 1, 2, 2, 2)), "E") == pytest.approx(0.4 * 11.5 + 0.6 * 10.5)


def test_without_open_lines_it_is_one_unit_that_is_never_late():
    assert at(priced(open_lines=ordered()), "E") == pytest.approx(9.5)


def test_a_line_of_several_units_shares_its_parcel():
    # 3 kg in a parcel are charged as one; handling is by line
    assert at(priced(open_lines=ordered(2, quantity=3)), "E") == pytest.approx(10.5 / 3)


@pytest.mark.parametrize("days", [0, 1, 2, 5])
@pytest.mark.parametrize("place", ["E", "W"])
def test_it_is_what_routing_pays_for_such_an_order(place, days):
    orders = ordered(days)
    tables = business(open_lines=orders)
    stock = table(
        "stock", dict.fromkeys(TABLES["stock"].names[2:], 0) | {"sku": "A", "warehouse": place, "on_hand": 1}
    )
    known = (tables[name] for name in NAMES[1:])
    plan = plan_routes(
        orders, stock, *known, tables["disruptions"], table("inbound"), NO_PLAN, policy=POLICY, as_of=AS_OF
    )
    assert at(priced(open_lines=orders), place) == pytest.approx(plan.found.cost)


def test_a_warehouse_from_which_no_way_has_a_price_has_no_row():
    heavy = table("products", {"sku": "A", "name": "Lamp", "weight_kg": 6.0})
    listed = table("regions", {"region": "east", "warehouse": "W", "rank": 1})
    assert priced(products=heavy).empty
    assert priced(products=table("products")).empty
    assert priced(rates=table("rates")).empty
    assert priced(zones=table("zones")).empty
    assert priced(services=table("services")).empty
    assert priced(regions=listed)["warehouse"].tolist() == ["W"]


def test_an_outage_counts_unless_it_is_known_to_end_within_the_cover_days():
    down = {"kind": "warehouse", "name": "E", "starts_at": "2026-11-15T00:00Z"}
    ends = {"ends_at": "2026-11-20T00:00Z"}
    assert priced(disruptions=table("disruptions", down))["warehouse"].tolist() == ["W"]
    assert len(priced(disruptions=table("disruptions", down | ends))) == 2
    short = POLICY.model_copy(update={"allocation": POLICY.allocation.model_copy(update={"cover_days": 3})})
    assert priced(short, disruptions=table("disruptions", down | ends))["warehouse"].tolist() == ["W"]


def test_a_scarce_place_of_the_day_costs_what_the_next_best_way_does_at_most():
    van = {"sku": "", "warehouse": "E", "carrier": "C", "service": "van"}

    def added(price):
        found = priced(scarcity_prices=table("scarcity_prices", van | {"scarcity_price": price}))
        assert at(found, "E") == pytest.approx(10.5)
        return found["places_cost"].tolist()

    assert added(0.4) == pytest.approx([0.4, 0.0])
    assert added(7.0) == pytest.approx([1.0, 0.0])  # by plane


def test_the_order_of_rows_does_not_matter():
    tables = business(open_lines=ordered(1, 2, 3))
    turned = {name: frame.iloc[::-1] for name, frame in tables.items()}
    pd.testing.assert_frame_equal(priced(**turned), priced(**tables))
    assert np.isfinite(priced()["serving_cost"]).all()
