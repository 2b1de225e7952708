"""Small proposals, runs and ledgers to test with."""

from datetime import UTC, date, datetime, timedelta

from workbench.authority.rests_on import policy_read
from workbench.ledger.ledger import Ledger
from workbench.policy import Policy
from workbench.tables import proposals_table

DAY = date(2026, 11, 16)
RUN = "20261116-1"
AT = datetime(2026, 11, 16, 10, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


def new_ledger(directory):
    return Ledger(f"sqlite:///{directory / 'ledger.db'}")


def proposal(subject, kind, agent, lines, **changes):
    return {
        "agent": agent,
        "kind": kind,
        "subject": subject,
        "title": f"Do {subject}.",
        "skus": sorted({line["sku"] for line in lines}),
        "quantity": float(sum(line["quantity"] for line in lines)),
        "value": 100.0,
        "confidence": 0.9,
        "reason": "demand",
        "if_nothing": "Stock runs out on 2026-11-20.",
        "money_at_risk": 500.0,
        "alternatives": [{"action": "do nothing", "cost": 500.0}],
        "evidence": ["Sold 10 a day."],
        "lines": lines,
    } | changes


def order(supplier="S1", value=1200.0, subject=None, quantity=120, sku="A", **changes):
    """A purchase order of one line in packs of 12, at least 100."""
    line = {
        "sku": sku,
        "supplier": supplier,
        "warehouse": "W1",
        "quantity": quantity,
        "order_multiple": 12,
        "minimum_order_quantity": 100,
        "unit_cost": 8.0,
        "currency": "EUR",
        "landed_cost": value / quantity,
        "value": value,
        "expected_on": "2026-12-01",
        "protection_interval": 21.0,
        "covers": 0.95,
        "marginal_return": 3.0,
        "bound_by": "demand",
    }
    changes = {"value": value} | changes
    return proposal(subject or f"PO-{supplier}", "purchase_order", "replenishment", [line], **changes)


def transfer(sku="A", quantity=10, expected_on="2026-11-18", buffer_share=0.1, subject="TR-W1-W2", **changes):
    line = {
        "sku": sku,
        "from_warehouse": "W1",
        "to_warehouse": "W2",
        "quantity": quantity,
        "expected_on": expected_on,
        "cost": 5.0,
        "gain": 80.0,
    }
    return proposal(subject, "transfer", "allocation", [line], buffer_share=buffer_share, **changes)


def redirect(quantity=24, on_order=60, supplier="S1", value=None, **changes):
    """Units of order P1 that arrive at W2 instead of W1, in packs of 12."""
    value = 2.0 * quantity if value is None else value
    line = {
        "purchase_order_id": "P1",
        "sku": "A",
        "supplier": supplier,
        "from_warehouse": "W1",
        "to_warehouse": "W2",
        "quantity": quantity,
        "on_order": on_order,
        "order_multiple": 12,
        "expected_on": "2026-11-26",
        "landed_cost": value / quantity,
        "value": value,
        "cost": 3.6,
        "gain": 80.0,
    }
    return proposal("RD-P1-W1-W2", "redirect", "allocation", [line], value=value, **changes)


def share(quantity=100, before=50, sku="A", channel="shop", **changes):
    line = {
        "sku": sku,
        "warehouse": "W1",
        "channel": channel,
        "quantity": quantity,
        "quantity_before": before,
    }
    return proposal(f"CS-W1-{channel}", "channel_share", "allocation", [line], **changes)


def shipment(order_id="O1", line=1, quantity=2, sku="A", subject="SH-W1-fast-air", **changes):
    line = {
        "order_id": order_id,
        "line": line,
        "parcel": 1,
        "sku": sku,
        "warehouse": "W1",
        "carrier": "fast",
        "service": "air",
        "quantity": quantity,
        "cost": 7.25,
        "co2e_kg": 0.4,
        "expected_on": "2026-11-17",
        "days_late": 0.0,
    }
    return proposal(subject, "shipment", "routing", [line], **changes)


def judged(*records, decision="escalated", reason="Above the limit."):
    return proposals_table(records).assign(decision=decision, decision_reason=reason)


def start(ledger, run_id=RUN, day=DAY, inputs="same", at=AT, policy=None):
    policy = policy or Policy()
    ledger.start_run(run_id, day, inputs, {"sales": 3}, policy.digest(), at, policy_read(policy))
    return run_id


def publish(ledger, *records, run_id=RUN, day=DAY, decision="escalated", at=AT, policy=None):
    """A live plan of these proposals."""
    start(ledger, run_id, day, at=at, policy=policy)
    ledger.record(run_id, judged(*records, decision=decision), at)
    ledger.publish(run_id, {"proposals": len(records)}, at)
    return run_id


def standing(ledger, proposal_id):
    """A proposal's row as it stands now."""
    proposals = ledger.proposals(proposal_id[-len(RUN) :])
    return proposals.set_index("proposal_id").loc[proposal_id]
