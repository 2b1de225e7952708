import pandas as pd
import pytest

from tests.ledger.making import RUN, new_ledger, order, publish, redirect, share, shipment, transfer
from tests.release.test_confirmations import _files as files
from workbench.release.shadow import compared


@pytest.fixture
def shadowed(tmp_path):
    ledger = new_ledger(tmp_path)
    publish(ledger, order(), order("S2"), transfer(), share(), shipment(), decision="shadowed")
    return ledger.proposals(RUN)


def _bought(order_id, quantity, supplier="S1"):
    return {
        "purchase_order_id": order_id, "sku": "A", "supplier": supplier, "warehouse": "W1",
        "quantity": quantity, "ordered_on": pd.Timestamp("2026-11-16"),
    }  # fmt: skip


def _line(service):
    return {
        "order_id": "O1", "line": 1, "ordered_at": pd.Timestamp("2026-11-16", tz="UTC"), "channel": "shop",
        "region": "DE", "sku": "A", "quantity": 2, "status": "shipped", "warehouse": "W1", "carrier": "fast",
        "service": service,
    }  # fmt: skip


def _done(shadowed, read, later):
    rows = compared(shadowed, read, later).to_dict("records")
    return {row["proposal_id"].removesuffix(f"-{RUN}"): (row["proposed"], row["done"]) for row in rows}


def test_what_people_did_stands_beside_what_the_shadow_proposed(shadowed):
    moved = {"transfer_id": "T1", "sku": "A", "from_warehouse": "W1", "to_warehouse": "W2", "quantity": 7,
             "expected_on": pd.Timestamp("2026-11-18")}  # fmt: skip
    fenced = {"sku": "A", "warehouse": "W1", "channel": "shop", "quantity": 80}
    read = files(purchase_orders=[_bought("P1", 500)])
    later = files(
        purchase_orders=[_bought("P1", 500), _bought("P2", 60), _bought("P3", 24)],
        transfers=[moved],
        channel_stock=[fenced],
        order_lines=[_line("air")],
    )
    assert _done(shadowed, read, later) == {
        "PO-S1": (120, 84),
        "PO-S2": (120, 0),
        "TR-W1-W2": (10, 7),
        "CS-W1-shop": (100, 80),
        "SH-W1-fast-air": (2, 2),
    }


def test_a_redirect_is_done_when_its_order_goes_there(tmp_path):
    ledger = new_ledger(tmp_path)
    publish(ledger, redirect(quantity=24), decision="shadowed")
    before = _bought("P1", 60)
    after = [_bought("P1", 48), _bought("P1", 12) | {"warehouse": "W2"}]
    found = _done(ledger.proposals(RUN), files(purchase_orders=[before]), files(purchase_orders=after))
    assert found == {"RD-P1-W1-W2": (24, 12)}


def test_a_shipment_by_another_service_is_not_what_was_proposed(shadowed):
    assert _done(shadowed, files(), files(order_lines=[_line("ground")]))["SH-W1-fast-air"] == (2, 0)


def test_what_is_not_in_the_shadow_is_not_compared(shadowed):
    assert compared(shadowed.assign(decision="executed"), files(), files()).empty
