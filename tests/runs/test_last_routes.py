"""Which plans the routing of a run begins from, and that this is recorded."""

import pytest

from tests.lake.tiny_business import DAY
from tests.rows import table
from tests.runs.toy_plan import toy_business
from workbench.optimize.last_plan import NO_PLAN
from workbench.runs.business import now
from workbench.runs.last_routes import last_routes, last_scarcity
from workbench.runs.step import Step

WAYS = [{"order_id": "1", "line": 1, "parcel": 1, "warehouse": "main", "carrier": "C", "service": "van"}]
PRICES = [{"warehouse": "main", "scarcity_price": 2.5}]


@pytest.fixture
def business(tmp_path):
    return toy_business(tmp_path / "business")


def start(business, run_id, day=DAY, policy="p", parameters=None, **tables):
    versions = {name: business.lake.write(name, frame) for name, frame in tables.items()}
    business.ledger.start_run(run_id, day, run_id, versions, policy, now(), parameters=parameters)
    return Step("routing", business, run_id, exploring=False)


def publish(business, run_id, **given):
    step = start(business, run_id, **given)
    step.write("planned_ways", table("planned_ways", *WAYS))
    step.write("scarcity_prices", table("scarcity_prices", *PRICES))
    step.finish()
    business.ledger.publish(run_id, {}, now())
    return step


def test_a_plan_made_again_begins_from_the_one_before_and_says_so(business):
    first = publish(business, "20261116-1")
    again = start(business, "20261116-2")

    last = last_routes(again)
    assert last.ways[list(WAYS[0])].to_dict("records") == WAYS
    assert last.prices["scarcity_price"].tolist() == [2.5]
    again.finish()
    made = business.ledger.steps("20261116-1")["routing"]["versions"]
    assert business.ledger.steps("20261116-2")["routing"]["began_from"] == made
    assert last_routes(first) is NO_PLAN


@pytest.mark.parametrize(
    "other",
    [
        {"day": DAY.replace(day=17)},
        {"policy": "another"},
        {"rates": table("rates")},
        {"parameters": {"co2e_price": "1.1"}},
    ],
)
def test_on_another_day_or_with_another_policy_rates_or_weights_all_is_weighed_anew(business, other):
    publish(business, "20261116-1")
    again = start(business, "20261116-2", **other)

    assert last_routes(again) is NO_PLAN
    again.finish()
    assert business.ledger.steps("20261116-2")["routing"]["began_from"] == {}


def test_a_plan_that_kept_no_ways_is_not_begun_from(business):
    start(business, "20261116-1").finish()
    business.ledger.publish("20261116-1", {}, now())

    assert last_routes(start(business, "20261116-2")) is NO_PLAN


def test_what_was_scarce_in_the_plan_before_is_read_on_any_later_day_and_recorded(business):
    assert last_scarcity(start(business, "20261116-0")).empty
    publish(business, "20261116-1")
    again = start(business, "20261117-1", day=DAY.replace(day=17))

    assert last_scarcity(again)["scarcity_price"].tolist() == [2.5]
    again.finish()
    made = business.ledger.steps("20261116-1")["routing"]["versions"]
    began = {"scarcity_prices": made["scarcity_prices"]}
    assert business.ledger.steps("20261117-1")["routing"]["began_from"] == began
