"""Other weights of routing picked for a day: by whom, why, and who may not."""

import pytest

from tests.authority.people import POLICY, publish
from tests.ledger.making import DAY, LATER, RUN, new_ledger, shipment
from workbench.authority import Desk
from workbench.authority.routing_weights import last_pick, weighed
from workbench.errors import LedgerError, ParameterError
from workbench.ledger.door import PICKED
from workbench.ledger.ledger import Ledger
from workbench.policy import Policy

GREEN = {"lateness_cost_per_day": 4.0, "co2e_price": 1.1}


@pytest.fixture
def ledger(tmp_path):
    ledger = new_ledger(tmp_path)
    publish(ledger, shipment())
    return ledger


def desk(ledger, person="Ann", run_id=None):
    return Desk(ledger, POLICY, run_id, lambda: LATER, person)


def test_a_pick_is_kept_with_who_and_why_and_holds_for_its_day(ledger):
    told = []
    sits = desk(ledger)
    sits.watch(lambda: told.append("told"))
    sits.pick_routes(GREEN, " greener until Friday ")

    (event,) = ledger.events(PICKED).to_dict("records")
    assert (event["run_id"], event["subject"], event["happened_at"]) == (RUN, "2026-11-16", LATER)
    texts = {"lateness_cost_per_day": "4.0", "co2e_price": "1.1"}
    assert event["detail"] == {"weights": texts, "by": "Ann", "reason": "greener until Friday"}
    assert last_pick(ledger, DAY) == event["detail"]
    assert last_pick(ledger, DAY.replace(day=17)) is None
    assert told == ["told"]
    assert ledger.verify() is None


def test_the_last_pick_of_the_day_holds(ledger):
    desk(ledger).pick_routes(GREEN, "greener")
    desk(ledger, "Bob").pick_routes(GREEN | {"co2e_price": 0.1}, "as it was")

    assert last_pick(ledger, DAY)["by"] == "Bob"
    assert last_pick(ledger, DAY)["weights"]["co2e_price"] == "0.1"


@pytest.mark.parametrize(
    ("person", "weights", "reason", "sentence"),
    [
        ("", GREEN, "greener", "Nobody is known here"),
        ("Cem", GREEN, "greener", "no role that may decide on proposals of routing"),
        ("Zoe", GREEN, "greener", "none of the policy's people.members"),
        ("Ann", GREEN, "  ", "own words"),
        ("Ann", {"co2e_price": 1.0}, "greener", "as numbers of 0 or more"),
        ("Ann", GREEN | {"co2e_price": -1.0}, "greener", "as numbers of 0 or more"),
        ("Ann", GREEN | {"co2e_price": float("nan")}, "greener", "as numbers of 0 or more"),
    ],
)
def test_who_may_not_and_what_is_no_pick_is_refused_and_nothing_is_written(
    ledger, person, weights, reason, sentence
):
    head = ledger.head()
    with pytest.raises(LedgerError, match=sentence):
        desk(ledger, person).pick_routes(weights, reason)
    assert ledger.head() == head


def test_a_plan_of_before_cannot_be_picked_from(ledger):
    publish(ledger, shipment(), run_id="20261116-2")
    head = ledger.head()
    with pytest.raises(LedgerError, match="not the live one"):
        desk(ledger, run_id=RUN).pick_routes(GREEN, "greener")
    assert ledger.head() == head


def test_from_a_page_that_is_only_read_nothing_is_picked(ledger, tmp_path):
    looking = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", read_only=True)
    head = ledger.head()
    with pytest.raises(LedgerError, match=r"read.?only"):
        desk(looking).pick_routes(GREEN, "greener")
    assert ledger.head() == head


def test_the_policy_is_weighed_by_what_a_run_was_given_and_else_stays():
    policy = Policy()
    assert weighed(policy, {}) == policy
    assert weighed(policy, {"co2e_price": "", "sku": "A"}) == policy
    found = weighed(policy, {"co2e_price": "1.1", "lateness_cost_per_day": "8"})
    assert (found.routing.co2e_price, found.routing.lateness_cost_per_day) == (1.1, 8.0)
    assert found.routing.max_parcels == policy.routing.max_parcels


@pytest.mark.parametrize("text", ["much", "-1", "nan", "inf"])
def test_what_is_no_weight_is_named(text):
    with pytest.raises(ParameterError, match=f"co2e_price is '{text}'; give a number of 0 or more"):
        weighed(Policy(), {"co2e_price": text})
