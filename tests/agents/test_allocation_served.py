"""Moves are worth what routing really pays: the cheapest first, day by day, at the price of its ways."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agents.allocating import (
    PATHS,
    business,
    by_day,
    plan,
    policy,
    proposal,
    stock,
    wanted,
    worlds,
)
from tests.rows import table
from workbench.agents.allocation.asked import asked_in_turn
from workbench.optimize.overflow import NOBODY

MARGIN = 10.0


def listed(order):
    rows = [(region, place, rank) for region, places in order.items() for rank, place in enumerate(places, 1)]
    names = ("region", "warehouse", "rank")
    return table("regions", *(dict(zip(names, row, strict=True)) for row in rows))


def costs(**by_lane):
    """Rows of `serving_costs` of A; `east_E=9`, or with the price of a place of the day `east_E=(9, 0.4)`."""
    rows = []
    for lane, money in by_lane.items():
        region, place = lane.split("_")
        serving, capacity = money if isinstance(money, tuple) else (money, 0.0)
        about = {"sku": "A", "region": region, "warehouse": place}
        rows.append(about | {"serving_cost": serving, "places_cost": capacity})
    return table("serving_costs", *rows)


def helped(serving_costs, **changes):
    """W is asked first in the west, E next; W wants 3 a day, E 20 once and has 80 to spare."""
    regions = listed({"east": ["E"], "west": ["W", "E"]})
    return business(**{"regions": regions, "serving_costs": serving_costs} | changes)


def places_of(*warehouses):
    return table("warehouses", *({"warehouse": name, "name": name, "country": "US"} for name in warehouses))


def test_a_move_is_worth_the_detour_that_routing_would_pay():
    # 36 from the arrival on leave from E at 12.50 instead of 9: 20 move for 1 each
    tables = helped(costs(east_E=9.0, west_W=9.0, west_E=12.5))
    row = proposal(plan(tables, policy(overflow_cost=0.0)), "TR-E-W")
    assert (row["quantity"], row["money_at_risk"]) == (20.0, pytest.approx(20 * 3.5 - 20))
    assert "with stock that costs least, as routing prices its ways." in row["evidence"][-2]
    near = helped(costs(east_E=9.0, west_W=9.0, west_E=9.5))
    assert plan(near, policy(overflow_cost=99.0)).empty


def test_without_a_priced_way_the_ranks_are_assumed_and_the_proposal_says_so():
    row = proposal(plan(helped(costs(east_E=9.0)), policy(overflow_cost=3.0)), "TR-E-W")
    assert row["money_at_risk"] == 40.0
    assumed = "No way has a price, so the next warehouse of a region is assumed to cost 3.00 USD a unit more"
    assert row["evidence"][-2].startswith(assumed)


def test_from_a_warehouse_without_a_way_nobody_is_served():
    # routing could never send E's spare units to the west: what W lacks is lost, not served at a detour
    tables = helped(costs(east_E=9.0, west_W=9.0))
    row = proposal(plan(tables, policy(overflow_cost=0.0)), "TR-E-W")
    assert row["money_at_risk"] == 20 * (MARGIN - 1)
    assert "36 are lost, 0 leave from elsewhere" in row["if_nothing"]


def test_demand_falls_on_the_warehouse_that_serves_it_at_least_cost_whatever_its_rank():
    # E serves the west for less than W does: a unit moved there spares nothing
    assert plan(helped(costs(east_E=9.0, west_W=9.0, west_E=8.0)), policy(overflow_cost=99.0)).empty
    # and what stands at W is better moved to E, where the east lacks it and the west is served for 3 less
    back = table("lanes", {"from_warehouse": "W", "to_warehouse": "E", "cost_per_unit": 1.0, "days": 0})
    tables = helped(
        costs(east_E=9.0, west_W=9.0, west_E=6.0),
        stock=table("stock", stock("A", "E", 20), stock("A", "W", 100)),
        lanes=back,
    )
    row = proposal(plan(tables), "TR-W-E")
    assert (row["quantity"], row["money_at_risk"]) == (20.0, pytest.approx(20 * (3 - 1)))


def test_a_scarce_place_of_the_day_makes_a_detour_cheaper_and_never_less_than_nothing():
    def gain(price):
        found = plan(helped(costs(east_E=9.0, west_W=(9.0, price), west_E=12.5)))
        return found["money_at_risk"].sum()

    assert gain(0.5) == pytest.approx(36 * (3.0 - 1))  # 20 inside the guardrail and 16 beyond
    assert gain(9.0) == 0.0


def test_the_origin_s_own_detours_are_spared_at_their_price_before_others():
    # the west lacks 40 on the first day: E lends its 10 at 1 each, M the other 30 at 5 each
    tables = business(
        stock=table("stock", stock("A", "E", 10), stock("A", "M", 100), stock("A", "W", 0)),
        regions=listed({"west": ["W", "E", "M"]}),
        lanes=table(
            "lanes",
            *(
                {"from_warehouse": place, "to_warehouse": "W", "cost_per_unit": 0.5, "days": 0}
                for place in "EM"
            ),
        ),
        warehouses=places_of(*"EMW"),
        demand_paths=wanted(("A", "shop", "west", worlds(40))),
        serving_costs=costs(west_W=9.0, west_E=10.0, west_M=14.0),
    )
    proposals = plan(tables)
    assert proposal(proposals, "TR-M-W")["money_at_risk"] == pytest.approx(20 * (5 - 0.5))
    assert proposal(proposals, "TR-E-W")["money_at_risk"] == pytest.approx(2 * (1 - 0.5))


def test_no_day_keeps_units_back_for_what_a_later_one_will_want():
    # W's west is served from E while E lasts, 10 days of 3; then E's own east finds nothing on day 12
    east = np.zeros((14, PATHS), dtype=np.float32)
    east[12] = 20
    tables = helped(
        costs(east_E=9.0, west_W=9.0, west_E=9.0),
        stock=table("stock", stock("A", "E", 30), stock("A", "W", 0)),
        demand_paths=wanted(("A", "shop", "east", east), ("A", "shop", "west", by_day([3.0] * 14))),
        lanes=table("lanes", {"from_warehouse": "W", "to_warehouse": "E", "cost_per_unit": 1.0, "days": 0}),
    )
    # with 20 to spare at W the east's loss is seen, and met by what W's own customers do not want
    spare = {"stock": table("stock", stock("A", "E", 30), stock("A", "W", 40))}
    assert plan(tables | spare).empty  # W serves its 42 itself: E has its 20 in the end
    short = {"stock": table("stock", stock("A", "E", 10), stock("A", "W", 62))}
    assert proposal(plan(tables | short), "TR-W-E")["quantity"] == 10


def test_routing_takes_the_cheapest_first_and_asks_nobody_who_cannot_serve():
    items = table("stock", *(stock("A", place, 1) for place in "EMW"))
    places = table("serving_costs", {"sku": "A", "region": "north"}, {"sku": "A", "region": "south"})
    regions = listed({"north": ["E", "M", "W", "X"], "south": ["W", "M"]})
    found = asked_in_turn(
        places, regions, items, costs(north_X=1.0, north_W=8.0, north_E=(9.0, 0.5), north_M=9.0), 2.0
    )
    assert found.items.tolist() == [[2, 0, 1], [2, 1, NOBODY]]  # E before M by its rank
    assert found.more.tolist() == [[0.0, 1.5, 1.0], [0.0, 2.0, 0.0]]
    assert found.assumed.tolist() == [False, True]


UNITS = st.one_of(st.just(0), st.integers(0, 40))
MONEY = st.integers(0, 16).map(lambda number: number / 2)


def routed(there, days, prices):
    """Money of days' demand by region, each day from the cheapest first; what nobody has is lost."""
    there, total = list(there), 0.0
    for wants in days:
        left = list(wants)
        ranked = [sorted(range(3), key=lambda place, of=of: (of[place], place)) for of in prices]
        for rank in range(3):
            asks = [(region, ranked[region][rank]) for region in range(3)]
            share = {}
            for place in range(3):
                asked = sum(left[region] for region, at in asks if at == place)
                share[place] = min(1.0, there[place] / asked) if asked else 0.0
            for region, place in asks:
                units = left[region] * share[place]
                left[region] -= units
                there[place] -= units
                total += units * (prices[region][place] - min(prices[region]))
        total += sum(left) * MARGIN
    return total


@settings(max_examples=50, deadline=None)
@given(
    available=st.tuples(UNITS, UNITS, UNITS),
    daily=st.lists(st.tuples(UNITS, UNITS, UNITS), min_size=1, max_size=3),
    prices=st.tuples(*[st.tuples(MONEY, MONEY, MONEY)] * 3),
)
def test_doing_nothing_costs_what_serving_the_days_in_turn_does(available, daily, prices):
    """The sum over all targets of what is lost and what detours cost, against a plain count."""
    names, regions = "EMW", ("east", "middle", "west")
    lanes = [(one, other) for one in names for other in names if one != other]
    tables = business(
        stock=table("stock", *(stock("A", *row) for row in zip(names, available, strict=True))),
        regions=listed(dict.fromkeys(regions, names)),
        lanes=table(
            "lanes",
            *(
                {"from_warehouse": one, "to_warehouse": other, "cost_per_unit": 0.0, "days": 0}
                for one, other in lanes
            ),
        ),
        warehouses=places_of(*names),
        demand_paths=wanted(
            *(("A", "shop", region, by_day([day[at] for day in daily])) for at, region in enumerate(regions))
        ),
        serving_costs=costs(
            **{
                f"{region}_{place}": 20 + prices[at][number]
                for at, region in enumerate(regions)
                for number, place in enumerate(names)
            }
        ),
    )
    nothing = {}
    for row in plan(tables).to_dict("records"):
        if row["kind"] == "transfer" and "-A" not in row["subject"]:
            line, cost = row["lines"][0], {other["action"]: other["cost"] for other in row["alternatives"]}
            nothing[line["to_warehouse"]] = max(nothing.get(line["to_warehouse"], 0.0), cost["Do nothing."])
    assert sum(nothing.values()) <= routed(available, daily, prices) + 0.02 * len(nothing)
