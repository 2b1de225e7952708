"""The Brunel orders are read as they are, and the checker sees what is wrong with an assignment."""

import pandas as pd
import pytest

from tests.benchmarks import brunel
from tests.benchmarks.brunel_check import checked


@pytest.fixture(scope="module")
def files(request):
    return brunel.tables(request.getfixturevalue("real_data") / "brunel")


@pytest.fixture(scope="module")
def case(files):
    return brunel.problem(files)


def _way(case, order_id, plant):
    ways = case.options
    return ways[(ways[brunel.ORDER] == order_id) & (ways["plant"] == plant)].squeeze()


@pytest.mark.real_data
def test_facts_counted_by_hand(files, case):
    assert len(case.orders) == 9215
    assert case.capacity.sum() == 5791
    assert case.capacity["PLANT03"] == 1013
    assert (case.orders["Service Level"] == brunel.COLLECTED).sum() == 854
    assert (case.reason == "").all(), "every order has a plant and a freight"
    bound = case.options[case.options["plant"].isin(files["VmiCustomers"]["Plant Code"])]
    named = set(zip(files["VmiCustomers"]["Plant Code"], files["VmiCustomers"]["Customers"], strict=True))
    assert set(zip(bound["plant"], bound["Customer"], strict=True)) <= named


@pytest.mark.real_data
def test_a_collected_order_pays_storage_and_no_freight(case):
    """The first order of the file: 808 units at PLANT16's 1.9198075."""
    way = _way(case, "1447296446.7", "PLANT16")
    assert way["freight"] == 0
    assert way["cost"] == pytest.approx(808 * 1.9198075078524335)


@pytest.mark.real_data
def test_freight_is_the_minimum_or_rate_by_weight_of_the_cheapest_offer(files, case):
    sent = case.options[case.options["Service Level"] != brunel.COLLECTED]
    dear = sent.loc[sent["freight"].idxmax()]
    rates = files["FreightRates"]
    ports = files["PlantPorts"].loc[files["PlantPorts"]["Plant Code"] == dear["plant"], "Port"]
    fits = rates[
        rates["orig_port_cd"].isin(ports)
        & (rates["svc_cd"] == dear["Service Level"])
        & (rates["tpt_day_cnt"] <= dear["TPT"])
        & (rates["minm_wgh_qty"] <= dear["Weight"])
        & (rates["max_wgh_qty"] >= dear["Weight"])
    ]
    charges = [max(row["minimum cost"], row["rate"] * dear["Weight"]) for row in fits.to_dict("records")]
    assert dear["freight"] == pytest.approx(min(charges))


@pytest.mark.real_data
def test_the_checker_finds_what_is_wrong(real_data, case):
    ways = case.options.drop_duplicates("order").head(3)
    good = ways[[brunel.ORDER, "plant", "carrier", "cost"]].assign(reason="")
    others = case.orders.loc[~case.orders["order"].isin(ways["order"]), [brunel.ORDER]].assign(
        reason="no capacity"
    )
    rows = pd.concat([good, others], ignore_index=True)
    found = checked(real_data / "brunel", rows)
    assert (found["served"], found["violations"]) == (3, 0)
    assert found["cost"] == pytest.approx(good["cost"].sum(), abs=0.01)
    rows.loc[0, "plant"] = "PLANT19"
    rows.loc[1, "cost"] += 1
    wrong = checked(real_data / "brunel", rows.iloc[:-1])
    assert wrong["product"] == 1
    assert wrong["charge"] == 2, "the first one's cost is another plant's"
    assert wrong["orders"] == 1


def test_an_order_can_be_added_only_where_the_plants_have_room():
    """Two orders for a plant of one a day, one of which may go elsewhere: both; a third cannot."""
    options = pd.DataFrame(
        {"order": [0, 1, 1, 2], "plant": ["A", "A", "B", "B"], "cost": [1.0, 1.0, 9.0, 2.0]}
    )
    case = brunel.Problem(pd.DataFrame(), options, pd.Series({"A": 1, "B": 1}), None)
    assert brunel.most_served(brunel.batch(case, 1.0)) == 2
    made, found = brunel.assigned(case)
    assert found.cost - made.hold_cost[0] == 3.0
