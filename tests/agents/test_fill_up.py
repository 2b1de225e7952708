"""What fills a container, worked by hand on the business of `test_replenishment`."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agents.test_replenishment import AS_OF, CERTAIN, demand, inputs, offer, stock, wanted
from workbench.agents.replenishment import situation_of
from workbench.agents.replenishment.fill_up import fill_up
from workbench.policy import Policy


@pytest.fixture(scope="module")
def market():
    """A and B are short of 70 from their arrival to the next one; packs of 10 are of 0.5 m³."""
    rules = CERTAIN | {"holding_rate": 0.365, "stockout_penalty": 0.0}  # a day of A costs 0.005, of B 0.01
    given = inputs(
        stock=[stock(140), stock(140, sku="B")],
        products=[{"sku": sku, "name": sku, "hs_code": "61", "volume_m3": 0.05} for sku in "AB"],
        offers=[offer(order_multiple=10), offer(sku="B", unit_cost=10.0, order_multiple=10)],
        demand_paths=wanted(demand(), demand(sku="B")),
    )
    policy = Policy.model_validate({"replenishment": rules})
    return situation_of(*given, policy=policy, as_of=AS_OF).market


def ordered(*quantities):
    rows = {"supplier": "S", "sku": list("AB")[: len(quantities)], "warehouse": "W"}
    return pd.DataFrame(rows | {"quantity": np.array(quantities, dtype=float)})


def test_the_line_that_costs_least_to_buy_ahead_fills_the_container(market):
    added = fill_up(ordered(70, 70), market, missing=0.9)

    assert added[["sku", "warehouse", "units"]].to_numpy().tolist() == [["A", "W", 20]]
    # 20 units at 5.00, bought a review of 7 days sooner at 0.005 a day
    assert added["value"].item() == pytest.approx(100.0)
    assert added["gain"].item() == pytest.approx(-20 * 7 * 0.005, abs=0.01)


def test_a_line_that_is_short_is_added_to_first_and_gains(market):
    added = fill_up(ordered(70, 50), market, missing=0.9)

    assert added[["sku", "units"]].to_numpy().tolist() == [["B", 20]]
    assert added["gain"].item() > 0


def test_a_line_of_nothing_and_one_that_nobody_offers_stay_as_they_are(market):
    unknown = ordered(70, 0).assign(sku=["A", "B"])
    gone = pd.concat([unknown, ordered(50).assign(supplier="gone")], ignore_index=True)

    assert set(fill_up(gone, market, missing=3.0)["sku"]) == {"A"}
    assert fill_up(gone.iloc[1:], market, missing=3.0).empty


@given(st.integers(1, 20), st.integers(1, 20), st.floats(0.01, 20.0))
def test_what_is_added_fills_what_is_missing_with_no_pack_too_many(market, a, b, missing):
    added = fill_up(ordered(10 * a, 10 * b), market, missing)

    assert missing - 1e-6 <= added["volume_m3"].sum() < missing + 0.5
    assert (added["units"] % 10 == 0).all()


def test_nothing_is_added_where_nothing_is_missing(market):
    assert fill_up(ordered(70, 70), market, missing=0.0).empty
