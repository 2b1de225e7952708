"""What routing would serve from a second warehouse anyway is no sale that a transfer saves."""

import numpy as np
import pytest
from hypothesis import example, given, settings
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
from workbench.optimize.overflow import NOBODY, overflow

SECOND = {"east": ["E"], "west": ["W", "E"]}
MARGIN = 10.0


def helped(**changes):
    """W is asked first in the west, E next; W wants 3 a day, E 20 once."""
    return business(regions=listed(SECOND), **changes)


def listed(order):
    return table(
        "regions",
        *(
            {"region": region, "warehouse": name, "rank": rank}
            for region, names in order.items()
            for rank, name in enumerate(names, 1)
        ),
    )


def test_a_transfer_of_what_would_be_served_from_elsewhere_anyway_is_not_proposed():
    # E has 80 to spare for the 42 that W lacks: a unit moved for 1 spares a detour of 1
    assert plan(helped()).empty
    assert plan(helped(), policy(overflow_cost=0.5)).empty
    assert not plan(business()).empty


def test_a_dear_detour_is_worth_a_move():
    # 36 lacking from the arrival on, all served at 3 a unit more; 20 of them move for 1 each
    row = proposal(plan(helped(), policy(overflow_cost=3.0)), "TR-E-W")
    assert (row["quantity"], row["money_at_risk"]) == (20.0, 40.0)
    costs = {other["action"]: other["cost"] for other in row["alternatives"]}
    assert costs == {"Do nothing.": 108.0, "Move half of every line.": 88.0}
    assert "36 units" in row["if_nothing"]
    assert "0 are lost, 36 leave from elsewhere" in row["if_nothing"]
    # routing knows no margins: it sends a unit that brings 10 at a detour of 99, so a move spares 99
    dearest = proposal(plan(helped(), policy(overflow_cost=99.0)), "TR-E-W")
    assert dearest["money_at_risk"] == 20 * (99 - 1)


def test_units_that_the_origin_gives_to_the_same_customers_anyway_save_no_sale():
    # E has 30 and gives what it can spare: the west loses the same units whether they move or not
    tables = helped(stock=table("stock", stock("A", "E", 30), stock("A", "W", 0)))
    assert plan(tables).empty


def test_units_lent_to_a_third_region_are_not_spare():
    # M is short of 80, E is asked there next and lends all it can spare: nothing is left for W
    tables = business(
        regions=listed({"east": ["E"], "middle": ["M", "E"], "west": ["W"]}),
        warehouses=table(
            "warehouses", *({"warehouse": name, "name": name, "country": "US"} for name in "EMW")
        ),
        demand_paths=wanted(
            ("A", "shop", "east", worlds(20)),
            ("A", "shop", "middle", worlds(80)),
            ("A", "shop", "west", by_day([3.0] * 14)),
        ),
    )
    assert plan(tables).empty
    assert not plan(tables | {"regions": listed({"east": ["E"], "middle": ["M"], "west": ["W"]})}).empty


def test_units_lent_by_a_warehouse_that_sells_nothing_itself_are_worth_what_they_serve():
    # E's 60 all go to the middle: to move one loses a sale there for one in the west
    tables = business(
        stock=table("stock", stock("A", "E", 60), stock("A", "W", 0)),
        regions=listed({"middle": ["M", "E"], "west": ["W"]}),
        warehouses=table(
            "warehouses", *({"warehouse": name, "name": name, "country": "US"} for name in "EMW")
        ),
        demand_paths=wanted(("A", "shop", "middle", worlds(80)), ("A", "shop", "west", by_day([3.0] * 14))),
    )
    assert plan(tables).empty


UNITS = st.one_of(st.just(0), st.integers(0, 40))


@settings(max_examples=150, deadline=None)
@given(
    available=st.tuples(UNITS, UNITS, UNITS),
    demand=st.tuples(*[st.tuples(UNITS, UNITS)] * 3),
    seconds=st.tuples(
        st.sampled_from(["", "M", "W"]), st.sampled_from(["", "E", "W"]), st.sampled_from(["", "E", "M"])
    ),
    detour=st.sampled_from([0.0, 2.0, 4.0]),
)
@example(available=(40, 0, 0), demand=((5, 5), (40, 20), (30, 30)), seconds=("", "E", "E"), detour=4.0)
def test_a_plan_never_promises_more_than_serving_the_demand_again_from_the_moved_stock_saves(
    available, demand, seconds, detour
):
    names = ["E", "M", "W"]
    order = {
        region: [first, *second]
        for region, first, second in zip(("east", "middle", "west"), names, seconds, strict=True)
    }
    lanes = [
        {"from_warehouse": "E", "to_warehouse": "W", "cost_per_unit": 1.0, "days": 0},
        {"from_warehouse": "M", "to_warehouse": "W", "cost_per_unit": 1.0, "days": 0},
    ]
    tables = business(
        stock=table("stock", *(stock("A", *row) for row in zip(names, available, strict=True))),
        regions=listed(order),
        lanes=table("lanes", *lanes),
        warehouses=table(
            "warehouses", *({"warehouse": name, "name": name, "country": "US"} for name in names)
        ),
        demand_paths=wanted(
            *(("A", "shop", region, worlds(*units)) for region, units in zip(order, demand, strict=True))
        ),
    )
    units = np.array([np.tile(of, PATHS // 2) for of in demand], dtype=np.float32)
    asked = np.array(
        [[names.index(name) for name in row] + [NOBODY] * (2 - len(row)) for row in order.values()]
    )

    def cost(there):
        served = overflow(np.repeat(np.float32(there)[:, None], PATHS, axis=1), units, asked)
        return (served.unserved.sum(axis=0) * MARGIN + served.by_rank[1].sum(axis=0) * detour).mean()

    moved, promised = np.array(available, dtype=float), 0.0
    for row in plan(tables, policy(overflow_cost=detour)).to_dict("records"):
        promised += row["money_at_risk"]
        for line in row["lines"] if row["kind"] == "transfer" else []:
            moved[names.index(line["from_warehouse"])] -= line["quantity"]
            moved[names.index(line["to_warehouse"])] += line["quantity"]
    spent = (np.maximum(np.array(available) - moved, 0)).sum() * 1.0
    assert promised <= cost(np.array(available)) - cost(moved) - spent + 1e-3
    assert promised == pytest.approx(0) or promised > 0
