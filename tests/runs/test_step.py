import pandas as pd
import pytest

from tests.lake.tiny_business import DAY
from tests.rows import table
from tests.runs.toy_plan import toy_business
from workbench import release
from workbench.authority.autonomy import stop
from workbench.errors import WorkbenchError
from workbench.runs.business import now
from workbench.runs.step import open_step
from workbench.tables import TABLES, proposals_table

RUN = "20261116-1"


QUARANTINED = table(
    "quarantine",
    *(
        {"table": table, "file": f"{table}.csv", "row": row, "sku": sku, "date": date}
        | {"column": "x", "found": "?", "problem": "no number", "remedy": "mend"}
        for table, row, sku, date in (
            ("inventory", 3, "A", None),
            ("sales", 4, "B", pd.Timestamp("2026-11-10")),
            ("sales", 5, "C", pd.Timestamp("2026-01-01")),
            ("rates", 6, "D", None),
        )
    ),
)
MODELS = table(
    "demand_models",
    {"sku": "N", "channel": "shop", "region": "east", "model": "category"}
    | {"history_days": 3, "censored_days": 0, "recent": 1.0, "never_seen": True},
)
TRANSFER = {
    "agent": "allocation",
    "kind": "transfer",
    "subject": "TR-main-side",
    "title": "Move 2 units from main to side.",
    "skus": ["A"],
    "quantity": 2,
    "value": 1.0,
    "confidence": 0.9,
    "reason": "wrong_warehouse",
    "if_nothing": "2 units are missed.",
    "money_at_risk": 9.0,
    "alternatives": [{"action": "do nothing", "cost": 9.0}],
    "evidence": ["2 too many"],
    "lines": [
        {"sku": "A", "from_warehouse": "main", "to_warehouse": "side", "quantity": 2}
        | {"expected_on": "2026-11-18", "cost": 1.0, "gain": 8.0}
    ],
}


@pytest.fixture
def business(tmp_path):
    """The tiny business with a run of its day begun on hand-made tables."""
    business = toy_business(tmp_path / "business")
    stock = {"sku": "A", "warehouse": "main", "on_hand": 5, "reserved": 0, "backordered": 0}
    tables = {
        "quarantine": QUARANTINED,
        "assumptions": table(
            "assumptions", {"table": "offers", "column": "unit_cost", "assumed": "60 % of the price"}
        ),
        "inventory": table("inventory", stock | {"counted_on": pd.Timestamp(DAY)}),
        "demand_models": MODELS,
    }
    versions = {name: business.lake.write(name, frame) for name, frame in tables.items()}
    business.ledger.start_run(RUN, DAY, "inputs", versions, business.policy.digest(), now())
    return business


def _step(business, name="allocation"):
    return open_step(name, folder=str(business.folder), run_id=RUN)


def test_only_quarantined_rows_of_tables_that_were_read_and_are_young_cast_doubt(business):
    step = _step(business)
    assert step.doubtful() == {}
    _ = step.tables.stock
    assert step.doubtful() == {"A": "inventory.csv row 3: no number"}
    _ = step.tables.sales
    assert step.doubtful().keys() == {"A", "B"}


def test_a_pattern_never_seen_is_in_doubt_for_those_who_plan_on_demand_until_a_person_adopts_it(business):
    step = _step(business)
    _ = step.tables.demand_paths
    assert step.doubtful()["N"] == "a pattern never seen"
    new = TRANSFER | {"agent": "demand_sensing", "kind": "adopt_forecast", "subject": "NS-N", "skus": ["N"]}
    line = {"sku": "N", "channel": "shop", "region": "east", "quantity": 9.0}
    step.decide(proposals_table([new | {"never_seen": True, "lines": [line]}]))
    business.ledger.publish(RUN, {}, now())
    business.desk.approve(f"NS-N-{RUN}")
    release.release(business.ledger, business.policy, now())
    assert "N" not in step.doubtful()


def test_the_step_that_made_the_forecast_does_not_doubt_its_own_patterns(business):
    step = _step(business, "demand_sensing")
    step.write("demand_models", MODELS)
    _ = step.tables.demand_paths
    assert "N" not in step.doubtful()


def test_a_table_made_by_an_earlier_step_passes_on_what_it_rests_on(business):
    first = _step(business, "demand_sensing")
    _ = first.tables.sales
    first.write("spikes", TABLES["spikes"].empty())
    first.finish()
    second = _step(business)
    _ = second.tables.spikes
    assert second.rests_on() == {"sales"}


def test_what_was_assumed_of_a_table_that_was_read_is_told(business):
    step = _step(business)
    assert step.assumed() == []
    _ = step.tables.offers
    assert step.assumed() == ["offers.unit_cost: 60 % of the price"]


def test_the_next_step_sees_stock_where_todays_transfers_will_put_it(business):
    step = _step(business)
    decided = step.decide(proposals_table([TRANSFER]))
    assert decided["decision"].tolist() == ["executed"]
    step.finish()
    stock = _step(business, "replenishment").tables.stock.set_index("warehouse")
    assert stock["on_hand"].to_dict() == {"main": 3, "side": 0}
    assert stock["in_transfer"].to_dict() == {"main": 0, "side": 2}


def test_the_next_step_sees_orders_where_todays_redirects_will_put_them(business):
    order = {"purchase_order_id": "P1", "sku": "A", "supplier": "S", "warehouse": "main", "quantity": 30}
    order |= {"ordered_on": pd.Timestamp("2026-11-02"), "promised_on": pd.Timestamp("2026-11-26")}
    version = business.lake.write("purchase_orders", table("purchase_orders", order))
    line = TRANSFER["lines"][0] | {"purchase_order_id": "P1", "supplier": "S", "quantity": 20, "on_order": 30}
    line |= {"order_multiple": 1, "landed_cost": 1.0, "value": 20.0}
    moved = TRANSFER | {"kind": "redirect", "subject": "RD-P1-main-side", "quantity": 20, "lines": [line]}
    known = business.ledger.run(RUN)["versions"] | {"purchase_orders": version}
    run = "20261116-2"
    business.ledger.start_run(run, DAY, "redirect", known, business.policy.digest(), now())
    step = open_step("allocation", folder=str(business.folder), run_id=run)
    step.decide(proposals_table([moved]))
    after = step.after_moves()
    step.finish()
    tables = open_step("replenishment", folder=str(business.folder), run_id=run).tables
    assert tables.stock.set_index("warehouse")["on_order"].to_dict() == {"main": 10, "side": 20}
    assert tables.inbound["quantity"].tolist() == [10, 20]
    # and so does the step itself, once it has decided
    pd.testing.assert_frame_equal(after["inbound"], tables.inbound)
    pd.testing.assert_frame_equal(after["stock"], tables.stock)


def test_exploring_before_the_first_plan_says_what_to_do(business):
    with pytest.raises(
        WorkbenchError, match="No plan has been published in business: run `workbench plan` first"
    ):
        open_step("allocation", folder=str(business.folder))
    with pytest.raises(WorkbenchError, match="No plan has been published for 2026-11-15"):
        open_step("allocation", folder=str(business.folder), date="2026-11-15")


def test_exploring_writes_nothing(business):
    business.ledger.publish(RUN, {}, now())
    before = business.ledger.head(), business.lake.versions()
    step = open_step("allocation", folder=str(business.folder))
    step.write("spikes", TABLES["spikes"].empty())
    step.decide(proposals_table([TRANSFER]))
    step.finish()
    assert (business.ledger.head(), business.lake.versions()) == before


def test_an_agent_that_is_stopped_after_it_was_judged_carries_nothing_out(business, monkeypatch):
    step = _step(business)
    judged_by = step._authority

    def stopped_right_after():
        changes = judged_by()
        stop(business.ledger, "allocation", "planner", now(), "wrong counts")
        return changes

    monkeypatch.setattr(step, "_authority", stopped_right_after)
    decided = step.decide(proposals_table([TRANSFER]))
    assert decided[["decision", "rule"]].to_numpy().tolist() == [["escalated", "stopped"]]
    assert "allocation is stopped" in business.ledger.proposals(RUN)["decision_reason"][0]
