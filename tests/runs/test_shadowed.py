import datetime as dt

import pytest

from tests.ledger.making import AT, DAY, judged, order, transfer
from tests.rows import table
from tests.runs.decided_day import open_business
from workbench.runs.shadowed import shadow_record

NEXT = DAY + dt.timedelta(days=1)


@pytest.fixture
def business(tmp_path):
    return open_business(tmp_path / "small")


def plan(business, run_id, day, *records, **files):
    """A published plan that read these files."""
    versions = {name: business.lake.write(name, frame) for name, frame in files.items()}
    business.ledger.start_run(run_id, day, run_id, versions, business.policy.digest(), AT)
    business.ledger.record(run_id, judged(*records, decision="shadowed"), AT)
    business.ledger.publish(run_id, {}, AT)


def bought(*rows):
    """Purchase orders of SKU A, (order, supplier, units) each."""
    about = {"sku": "A", "warehouse": "W1", "ordered_on": "2026-11-16", "promised_on": "2026-12-01"}
    return table(
        "purchase_orders",
        *(
            about | {"purchase_order_id": name, "supplier": supplier, "quantity": units}
            for name, supplier, units in rows
        ),
    )


def test_before_a_later_day_nothing_can_be_compared(business):
    assert shadow_record(business).empty
    plan(business, "20261116-1", DAY, order(), purchase_orders=bought())
    (row,) = shadow_record(business).to_dict("records")
    assert (row["agent"], row["kind"], row["proposals"], row["n"]) == (
        "replenishment",
        "purchase_order",
        1,
        0,
    )


def test_what_people_did_by_the_next_day_is_counted_to_the_unit_and_in_money(business):
    """Of 120 for 1,200 from S1 all were bought, of as many from S2 60: half of its worth."""
    before = bought(("P0", "S2", 500))
    plan(business, "20261116-1", DAY, order(), order("S2"), transfer(), purchase_orders=before)
    after = bought(("P0", "S2", 500), ("P1", "S1", 120), ("P2", "S2", 60))
    plan(business, "20261117-1", NEXT, purchase_orders=after)
    rows = shadow_record(business).set_index("kind")
    assert rows.loc["purchase_order", ["proposals", "n", "right", "proposed", "done"]].tolist() == [
        *(2, 2, 1, 2400.0, 1800.0)
    ]
    assert rows.loc["transfer", ["n", "right", "proposed", "done"]].tolist() == [1, 0, 100.0, 0.0]
