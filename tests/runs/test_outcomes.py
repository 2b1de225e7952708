"""A plan of the four agents looked at again when more and more of what it was for has happened."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from tests.agents.conftest import MONDAY, PATHS, WANTED, every_table
from tests.rows import table
from tests.runs.decided_day import files_of, open_business, plan_day
from workbench.policy import Policy
from workbench.release import release
from workbench.runs.outcomes import judge_matured

DAY = MONDAY.date()
EAGER = {"transfer_min_gain": 0.0, "share_min_gain": 0.0, "attention_min_gain": 0.0}
RULES = {"allocation": EAGER, "demand": {"paths": PATHS}, "business": {"plan_hour": 4}}
RULES |= {"replenishment": {"overdue_days": 30}}
LATEST = 30  # days: its horizon of 28 has passed, 7 days of lead time and 30 beyond have not


def sold(days, **changes):
    """What was sold from the plan's day on: as much as the series' rates say, in whole units."""
    rng = np.random.default_rng(11)
    rows = [
        {"date": MONDAY + pd.Timedelta(days=ahead), "sku": sku, "channel": channel, "region": region}
        | {"units": int(rng.poisson(rate))}
        | changes
        for ahead in range(days)
        for sku, rate in WANTED.items()
        for channel in ("market", "shop")
        for region in ("east", "west")
    ]
    return table("sales", *rows)


@pytest.fixture
def planned(tmp_path):
    """A business whose plan of Monday was carried out whole, and its run."""
    business = open_business(tmp_path / "small", **RULES)
    run_id = plan_day(business, DAY, every_table(), executed=True)
    return business, run_id


def judge_after(business, days, sales=None, **files):
    day = DAY + dt.timedelta(days=days)
    sales = sold(days) if sales is None else sales
    return judge_matured(business, files_of(business, sales=sales, **files), day)


def parcels(business, run_id, delivered_on="2026-11-18"):
    """Deliveries of all that the plan shipped."""
    proposals = business.ledger.proposals(run_id)
    shipped = proposals[proposals["kind"] == "shipment"]
    lines = pd.DataFrame([line for lines in shipped["lines"] for line in lines])
    lines = lines.drop_duplicates(["order_id", "parcel"])
    return table(
        "deliveries",
        *(
            {name: line[name] for name in ("order_id", "parcel", "carrier", "service", "warehouse")}
            | {"region": "east", "handed_over_on": "2026-11-16", "delivered_on": delivered_on}
            for line in lines.to_dict("records")
        ),
    )


def receipts(business, run_id, days):
    """Receipts of all purchase orders of the plan so many days after it."""
    orders = business.ledger.proposals(run_id).query("kind == 'purchase_order'")
    return table(
        "receipts",
        *(
            {name: line[name] for name in ("supplier", "sku", "warehouse")}
            | {"purchase_order_id": order["proposal_id"], "ordered_on": MONDAY}
            | {"received_on": MONDAY + pd.Timedelta(days=days)}
            | {"quantity_ordered": line["quantity"], "quantity_received": line["quantity"]}
            for order in orders.to_dict("records")
            for line in pd.DataFrame(order["lines"]).drop_duplicates("sku").to_dict("records")
        ),
    )


def kinds(business):
    return set(business.ledger.outcomes()["kind"])


def test_nothing_is_judged_before_it_has_happened(planned):
    business, _ = planned
    assert judge_after(business, 1) == 0
    assert business.ledger.outcomes().empty


def test_shipments_are_judged_when_their_parcels_have_arrived(planned):
    business, run_id = planned
    shipped = parcels(business, run_id)
    assert judge_after(business, 3, deliveries=shipped.assign(delivered_on=pd.NaT)) == 0
    assert judge_after(business, 3, deliveries=shipped) > 0
    outcomes = business.ledger.outcomes()
    assert kinds(business) == {"shipment"}
    assert set(outcomes["matured_on"]) == {pd.Timestamp("2026-11-19")}


def test_shares_and_transfers_are_judged_when_the_cover_days_have_passed(planned):
    business, _ = planned
    assert judge_after(business, 13) == 0
    assert judge_after(business, 14) > 0
    assert kinds(business) == {"transfer", "channel_share"}
    assert set(business.ledger.outcomes()["matured_on"]) == {MONDAY + pd.Timedelta(days=14)}


def test_a_redirect_is_judged_when_the_cover_days_from_its_arrival_on_have_passed(tmp_path):
    business, tables = open_business(tmp_path / "small", **RULES), every_table()
    # the east lacks A, and 300 are on their way to the west
    order = {"reference": "P7", "kind": "purchase_order", "sku": "A", "warehouse": "W", "supplier": "S"}
    order |= {"quantity": 300, "ordered_on": "2026-11-10", "promised_on": MONDAY + pd.Timedelta(days=8)}
    more = table("inbound", order | {"confirmed": True, "redirected": False})
    tables["inbound"] = pd.concat([tables["inbound"], more], ignore_index=True)
    run_id = plan_day(business, DAY, tables, executed=True)
    redirects = business.ledger.proposals(run_id).query("kind == 'redirect'")
    assert redirects["subject"].tolist() == ["RD-P7-W-E"]
    judge_after(business, 21)
    assert "redirect" not in kinds(business)
    judge_after(business, 22)
    (outcome,) = business.ledger.outcomes().query("kind == 'redirect'").to_dict("records")
    assert outcome["matured_on"] == MONDAY + pd.Timedelta(days=22)
    assert outcome["best_cost"] > 0


def test_forecasts_are_judged_when_their_horizon_has_passed(planned):
    business, run_id = planned
    judge_after(business, 28)
    outcomes = business.ledger.outcomes()
    assert {"adopt_forecast", "act_on_spike"} <= set(outcomes["kind"])
    proposals = business.ledger.proposals(run_id).set_index("proposal_id")
    claimed = proposals["confidence"].reindex(outcomes["proposal_id"])
    assert (outcomes["confidence"].to_numpy() == claimed.to_numpy()).all()
    assert (outcomes["correct"] == (outcomes["regret"] <= outcomes["tolerance"])).all()


def test_an_order_that_was_placed_is_judged_once_it_has_arrived(planned):
    business, run_id = planned
    release(business.ledger, business.policy, business.policy.business.as_of(DAY))
    judge_after(business, LATEST)
    assert "purchase_order" not in kinds(business)
    assert judge_after(business, 45, receipts=receipts(business, run_id, days=8)) > 0
    assert "purchase_order" in kinds(business)


def test_an_order_that_never_arrives_is_judged_wrong_once_it_is_overdue_for_too_long(planned):
    business, run_id = planned
    release(business.ledger, business.policy, business.policy.business.as_of(DAY))
    judge_after(business, LATEST)
    assert "purchase_order" not in kinds(business)
    assert judge_after(business, 60) > 0
    judged = business.ledger.outcomes().query("kind == 'purchase_order'")
    assert len(judged) == len(receipts(business, run_id, days=8)["purchase_order_id"].unique())
    assert not judged["correct"].any()


def test_an_order_that_was_never_placed_is_not_missed(planned):
    business, _ = planned
    assert judge_after(business, 60) > 0
    assert "purchase_order" in kinds(business)
    assert business.ledger.outcomes().query("kind == 'purchase_order'")["correct"].any()


def test_a_decision_is_judged_once(planned):
    business, run_id = planned
    files = {"deliveries": parcels(business, run_id), "receipts": receipts(business, run_id, days=8)}
    assert judge_after(business, 45, **files) > 0
    head = business.ledger.head()
    assert judge_after(business, 45, **files) == 0
    assert judge_after(business, 46, **files) == 0
    assert business.ledger.head() == head
    assert business.ledger.verify() is None


def test_a_sku_that_was_out_of_stock_is_not_judged_until_it_is_known_what_was_wanted(planned):
    business, run_id = planned
    sales = sold(28)
    sales.loc[(sales["sku"] == "A") & (sales["date"] == MONDAY), "in_stock"] = False
    judge_after(business, 28, sales)
    judged = set(business.ledger.outcomes()["proposal_id"])
    proposals = business.ledger.proposals(run_id)
    forecasts = proposals[proposals["kind"] == "adopt_forecast"]
    rests = forecasts["skus"].map(lambda skus: "A" in skus)
    assert rests.any()
    assert set(forecasts.loc[~rests, "proposal_id"]) <= judged
    assert not set(forecasts.loc[rests, "proposal_id"]) & judged


def test_the_live_plan_is_not_judged_by_its_own_day(planned):
    business, _ = planned
    assert judge_matured(business, files_of(business, sales=sold(60)), DAY) == 0


def test_what_a_person_refused_is_judged_beside_what_was_proposed(tmp_path):
    business = open_business(tmp_path / "small", **RULES)
    run_id = plan_day(business, DAY, every_table())
    waiting = business.ledger.proposals(run_id).query("decision == 'escalated' and agent == 'allocation'")
    assert len(waiting)
    refused = waiting["proposal_id"].iloc[0]
    business.ledger.decide(refused, "rejected", "Ann", business.policy.business.as_of(DAY), reason="no")
    judge_after(business, 14)
    outcomes = business.ledger.outcomes().set_index("proposal_id")
    assert outcomes["decided_cost"].notna().sum() == 1
    assert outcomes.loc[refused, "decided_cost"] >= outcomes.loc[refused, "best_cost"]


@pytest.mark.parametrize("cover_days", [7, 21])
def test_a_decision_is_judged_by_the_policy_that_it_was_made_under(tmp_path, cover_days):
    business = open_business(tmp_path / "small", **RULES)
    kept = Policy.model_validate(RULES | {"allocation": EAGER | {"cover_days": cover_days}})
    text = pd.DataFrame({"policy": [kept.digest()], "text": [kept.toml()]})
    plan_day(business, DAY, every_table() | {"policy_text": text}, executed=True)
    judge_after(business, 14)
    assert ("transfer" in kinds(business)) == (cover_days == 7)
    judge_after(business, 21)
    moved = business.ledger.outcomes().query("kind == 'transfer'")
    assert set(moved["matured_on"]) == {MONDAY + pd.Timedelta(days=cover_days)}
