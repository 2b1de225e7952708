import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.making import order, proposal, redirect, share, shipment, transfer
from workbench.authority import judge
from workbench.policy import Policy
from workbench.tables import proposals_table

NOTHING_EARLIER = pd.DataFrame()


def _judge(*records, policy=None, doubtful=None, assumed=(), earlier=NOTHING_EARLIER):
    return judge(
        proposals_table(records),
        policy or Policy(),
        doubtful=doubtful or {},
        assumed=assumed,
        earlier=earlier,
    ).set_index("subject")


def _earlier(*records, decision="executed", **columns):
    return proposals_table(records).assign(decision=decision, decided_lines=None, **columns)


def test_what_is_inside_every_limit_is_executed_and_the_proposals_stay_as_they_are():
    table = proposals_table([order(), transfer(), share(), shipment()])
    judged = judge(table, Policy(), doubtful={}, assumed=[], earlier=NOTHING_EARLIER)
    assert judged["decision"].tolist() == ["executed"] * 4
    assert judged["rule"].tolist() == [""] * 4
    assert judged[table.columns].equals(table)


def test_no_proposals_give_none_with_the_same_columns():
    empty = judge(proposals_table([]), Policy(), doubtful={}, assumed=["x"], earlier=NOTHING_EARLIER)
    assert empty.empty
    assert empty.columns.tolist()[-3:] == ["decision", "decision_reason", "rule"]


@pytest.mark.parametrize(("value", "decision"), [(50_000.0, "executed"), (50_000.01, "escalated")])
def test_a_purchase_order_may_reach_the_limit_and_not_pass_it(value, decision):
    assert _judge(order(value=value)).loc["PO-S1", "decision"] == decision


def test_the_reason_names_rule_limit_and_value():
    row = _judge(order(value=62_310.5)).loc["PO-S1"]
    assert row["rule"] == "purchase_order_limit"
    assert row["decision_reason"] == (
        "Purchase orders of this day to S1 come to 62,310.50 USD; "
        "above 50,000.00 USD they need a person (purchase_order_limit)."
    )


def test_splitting_a_purchase_order_does_not_evade_the_limit():
    judged = _judge(
        order(value=30_000.0),
        order(value=20_000.01, subject="PO-S1-check"),
        order("S2", value=30_000.0),
    )
    assert judged["decision"].to_dict() == {
        "PO-S1": "escalated",
        "PO-S1-check": "escalated",
        "PO-S2": "executed",
    }
    assert "come to 50,000.01 USD" in judged.loc["PO-S1", "decision_reason"]


def test_what_is_redirected_of_a_suppliers_orders_counts_with_them():
    assert _judge(redirect(value=50_000.0)).loc["RD-P1-W1-W2", "decision"] == "executed"
    row = _judge(redirect(value=50_001.0)).loc["RD-P1-W1-W2"]
    assert (row["decision"], row["rule"]) == ("escalated", "purchase_order_limit")
    moved = _earlier(redirect(value=20_000.0))
    assert _judge(order(value=30_000.0), earlier=moved).loc["PO-S1", "decision"] == "executed"
    assert _judge(order(value=30_001.0), earlier=moved).loc["PO-S1", "decision"] == "escalated"
    assert _judge(order("S2", value=30_001.0), earlier=moved).loc["PO-S2", "decision"] == "executed"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 5_000_000), min_size=1, max_size=8))
def test_however_an_order_is_split_the_sum_decides(cents):
    judged = _judge(*(order(value=part / 100, subject=f"PO-S1-{at}") for at, part in enumerate(cents)))
    expected = "escalated" if sum(cents) > 5_000_000 else "executed"
    assert set(judged["decision"]) == {expected}


@pytest.mark.parametrize(
    ("decision", "outcome"),
    [("executed", "escalated"), ("approved", "escalated"), ("rejected", "executed"), ("expired", "executed")],
)
def test_what_was_carried_out_earlier_on_the_day_counts(decision, outcome):
    earlier = _earlier(order(value=30_000.0), decision=decision)
    assert _judge(order(value=20_000.01), earlier=earlier).loc["PO-S1", "decision"] == outcome


def test_an_earlier_order_counts_as_a_person_changed_it():
    earlier = _earlier(order(value=30_000.0), decision="changed")
    earlier["decided_lines"] = [[{"quantity": 1200, "value": 10_000.0}]]
    assert _judge(order(value=40_000.0), earlier=earlier).loc["PO-S1", "decision"] == "executed"


@pytest.mark.parametrize(
    ("touched", "decision"), [(0.3, "escalated"), (0.299, "executed"), (0.0, "executed")]
)
def test_an_outage_waits_from_thirty_per_cent_on(touched, decision):
    row = _judge(shipment(outage_share=touched)).loc["SH-W1-fast-air"]
    assert row["decision"] == decision
    assert (row["rule"] == "outage_share_limit") == (decision == "escalated")


@pytest.mark.parametrize(("moved", "decision"), [(0.2, "executed"), (0.201, "escalated")])
def test_a_fifth_of_a_buffer_moves_and_no_more(moved, decision):
    row = _judge(transfer(buffer_share=moved)).loc["TR-W1-W2"]
    assert row["decision"] == decision
    assert ("20.1 %" in row["decision_reason"]) == (decision == "escalated")


def test_moves_are_summed_over_the_day():
    earlier = _earlier(transfer(buffer_share=0.15))
    assert _judge(transfer(buffer_share=0.05), earlier=earlier).loc["TR-W1-W2", "decision"] == "executed"
    row = _judge(transfer(buffer_share=0.051), earlier=earlier).loc["TR-W1-W2"]
    assert "to 20.1 %; above 20 % it needs a person" in row["decision_reason"]


def _move(subject, part, sku="A", quantity=10):
    """A transfer whose line says what it moves of its buffer."""
    record = transfer(sku=sku, subject=subject, buffer_share=part, quantity=quantity)
    return record | {"lines": [record["lines"][0] | {"buffer_share": part}]}


def test_two_moves_out_of_one_buffer_are_summed_where_their_lines_say_what_they_move():
    judged = _judge(_move("TR-W1-W2", 0.15), _move("TR-W1-W3", 0.15), _move("TR-W1-W4", 0.15, sku="B"))
    assert judged["decision"].tolist() == ["escalated", "escalated", "executed"]


def test_a_step_beyond_the_limit_waits_and_does_not_hold_up_what_moves_inside_it():
    judged = _judge(_move("TR-W1-W2", 0.15), _move("TR-W1-W2-A", 0.25))
    assert judged["decision"].tolist() == ["executed", "escalated"]
    assert "to 25 %; above 20 %" in judged.loc["TR-W1-W2-A", "decision_reason"]


def test_a_step_beyond_the_limit_that_a_person_let_go_counts_on_its_buffer():
    beyond = transfer(subject="TR-W1-W2-A", buffer_share=0.25)
    judged = _judge(
        _move("TR-W1-W3", 0.05),
        _move("TR-W1-W4", 0.05, sku="B"),
        earlier=_earlier(beyond, decision="approved"),
    )
    assert judged["decision"].tolist() == ["escalated", "executed"]


@pytest.mark.parametrize(("units", "decision"), [(5, "executed"), (6, "escalated"), (0, "executed")])
def test_an_earlier_move_counts_as_a_person_changed_it(units, decision):
    earlier = _earlier(_move("TR-W1-W2", 0.2, quantity=10), decision="changed")
    earlier["decided_lines"] = [[earlier["lines"][0][0] | {"quantity": units}]]
    assert _judge(_move("TR-W1-W3", 0.1), earlier=earlier).loc["TR-W1-W3", "decision"] == decision


def test_an_earlier_share_counts_by_the_units_that_change_hands():
    record = share(quantity=100, before=50, buffer_share=0.2)
    earlier = _earlier(record, decision="changed")
    earlier["decided_lines"] = [[record["lines"][0] | {"quantity": 75}]]
    for part, decision in ((0.1, "executed"), (0.11, "escalated")):
        judged = _judge(share(buffer_share=part), earlier=earlier)
        assert judged.loc["CS-W1-shop", "decision"] == decision


@pytest.mark.parametrize(("confidence", "decision"), [(0.6, "executed"), (0.599, "escalated")])
def test_confidence_below_the_agents_threshold_waits(confidence, decision):
    row = _judge(order(confidence=confidence)).loc["PO-S1"]
    assert row["decision"] == decision
    assert ("is 59.9 %; below 60 % replenishment needs a person" in row["decision_reason"]) == (
        decision == "escalated"
    )


def test_each_agent_has_its_own_threshold():
    policy = Policy.model_validate({"authority": {"confidence": {"routing": 0.95}}})
    judged = _judge(order(), shipment(), policy=policy)
    assert judged["decision"].to_dict() == {"PO-S1": "executed", "SH-W1-fast-air": "escalated"}


def test_a_pattern_never_seen_waits():
    assert _judge(order(never_seen=True)).loc["PO-S1", "rule"] == "never_seen"


def test_what_no_file_has_confirmed_waits_always():
    released = proposal("UR-PO-S1", "unconfirmed_release", "replenishment", order()["lines"], confidence=1.0)
    judged = _judge(released, order("S2", unconfirmed=True), order("S3"))
    assert judged["rule"].to_dict() == {"PO-S2": "unconfirmed", "PO-S3": "", "UR-PO-S1": "unconfirmed"}


def test_a_purchase_order_without_lines_waits_always():
    nobody = proposal("PO-nobody", "purchase_order", "replenishment", [], value=0.0, confidence=1.0)
    row = _judge(nobody).loc["PO-nobody"]
    assert (row["decision"], row["rule"]) == ("escalated", "no_lines")
    assert "nothing can be ordered" in row["decision_reason"]


def test_a_proposal_that_touches_a_doubtful_sku_waits_and_says_why():
    doubtful = {"B": "sales.csv row 7: negative", "C": "a pattern never seen"}
    judged = _judge(order(), order("S2", sku="B", skus=["B", "C"]), doubtful=doubtful)
    assert judged["decision"].to_dict() == {"PO-S1": "executed", "PO-S2": "escalated"}
    assert judged.loc["PO-S2", "rule"] == "doubtful"
    assert judged.loc["PO-S2", "decision_reason"] == (
        "It rests on inputs in doubt: B (sales.csv row 7: negative), C (a pattern never seen) (doubtful)."
    )


def test_of_many_doubtful_skus_some_are_named():
    skus = list("ABCDE")
    row = _judge(order(skus=skus), doubtful=dict.fromkeys(skus, "why")).loc["PO-S1"]
    assert "doubt: A (why), B (why), C (why), and 2 more (doubtful)." in row["decision_reason"]


def test_what_rests_on_an_assumption_waits_and_names_some():
    row = _judge(order(), assumed=[f"sentence {number}" for number in range(5)]).loc["PO-S1"]
    assert row["rule"] == "assumed"
    assert "sentence 0; sentence 1; sentence 2; and 2 more (assumed)" in row["decision_reason"]


def test_every_rule_that_hits_is_named_and_the_weightiest_comes_first():
    row = _judge(order(value=60_000.0, never_seen=True, confidence=0.1), doubtful={"A": "why"}).loc["PO-S1"]
    assert row["rule"] == "purchase_order_limit"
    for name in ("purchase_order_limit", "never_seen", "confidence", "doubtful"):
        assert f"({name})" in row["decision_reason"]


def test_the_order_of_rows_does_not_matter():
    records = [order(value=30_000.0), order(value=30_000.0, subject="PO-S1-check"), transfer(), share()]
    table = proposals_table(records)
    turned = table.iloc[::-1]
    as_is, as_turned = (
        judge(rows, Policy(), doubtful={}, assumed=[], earlier=NOTHING_EARLIER) for rows in (table, turned)
    )
    assert as_turned.sort_index().equals(as_is)
