from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pandas as pd
import pytest

from tests.ledger.making import (
    AT,
    DAY,
    RUN,
    new_ledger,
    order,
    proposal,
    publish,
    redirect,
    share,
    shipment,
    transfer,
)
from workbench.authority import Desk
from workbench.formulas import stock
from workbench.policy import Policy
from workbench.release import confirm, outstanding, release
from workbench.tables import INPUTS, TABLES, validate

FILES = ("purchase_orders", "receipts", "transfers", "order_lines", "channel_stock", "inventory")
ORDER, MOVE = f"PO-S1-{RUN}", f"TR-W1-W2-{RUN}"


@pytest.fixture
def ledger(tmp_path):
    return new_ledger(tmp_path)


def _files(**rows):
    """Input tables with these rows, what they do not say left as the dictionary has it; the rest empty."""
    tables = {}
    for name in FILES:
        table = INPUTS[name]
        records = [
            {column.name: column.default for column in table.columns if not column.required} | row
            for row in rows.get(name, [])
        ]
        frame = pd.DataFrame(records, columns=table.names)
        tables[name] = frame.astype({column.name: column.dtype for column in table.columns})
    return SimpleNamespace(**tables)


def _released(ledger, *records, run_id=RUN, day=DAY, at=AT):
    publish(ledger, *records, run_id=run_id, day=day, decision="executed", at=at)
    release(ledger, Policy(), at)


def _after(days):
    return AT + timedelta(days=days)


def _outstanding(ledger, files, days=1, policy=None):
    return validate("outstanding", outstanding(ledger, files, policy or Policy(), _after(days)))


def _count(on, **changes):
    row = {"sku": "A", "warehouse": "W2", "on_hand": 10, "counted_on": pd.Timestamp(on)}
    return row | changes


OPEN_ORDER = {
    "purchase_order_id": ORDER,
    "sku": "A",
    "supplier": "S1",
    "warehouse": "W1",
    "quantity": 120,
    "ordered_on": pd.Timestamp("2026-11-16"),
}
RECEIPT = OPEN_ORDER | {
    "received_on": pd.Timestamp("2026-11-17"),
    "quantity_ordered": 120,
    "quantity_received": 120,
}
OPEN_TRANSFER = {
    "transfer_id": MOVE,
    "sku": "A",
    "from_warehouse": "W1",
    "to_warehouse": "W2",
    "quantity": 10,
    "expected_on": pd.Timestamp("2026-11-18"),
}
OPEN_LINE = {
    "order_id": "O1",
    "line": 1,
    "ordered_at": AT,
    "channel": "shop",
    "region": "DE",
    "sku": "A",
    "quantity": 2,
    "status": "open",
    "warehouse": "W1",
}


def test_with_nothing_released_nothing_is_outstanding(ledger):
    publish(ledger, order())
    assert _outstanding(ledger, _files()).equals(TABLES["outstanding"].empty())


def test_every_released_line_is_outstanding_while_no_file_knows_it(ledger):
    _released(ledger, order(), transfer(), share(), shipment())
    table = _outstanding(ledger, _files(order_lines=[OPEN_LINE])).set_index("kind")
    assert table.loc["purchase_order", ["reference", "supplier", "to_warehouse", "quantity"]].tolist() == [
        ORDER,
        "S1",
        "W1",
        120,
    ]
    assert table.loc["transfer", ["reference", "from_warehouse", "to_warehouse"]].tolist() == [
        MOVE,
        "W1",
        "W2",
    ]
    assert table.loc["shipment", ["reference", "reference_line", "from_warehouse"]].tolist() == [
        "O1",
        1,
        "W1",
    ]
    assert table.loc["channel_share", ["channel", "to_warehouse", "quantity"]].tolist() == ["shop", "W1", 100]
    assert table.loc["transfer", "expected_on"] == pd.Timestamp("2026-11-18")
    assert table["to_warehouse"].isna().to_dict()["shipment"]
    assert not table["overdue"].any()


def _first(quantity, received=0):
    return {
        "purchase_order_id": "P1", "sku": "A", "supplier": "S1", "warehouse": "W1", "quantity": quantity,
        "quantity_received": received, "ordered_on": pd.Timestamp("2026-11-09"),
        "promised_on": pd.Timestamp("2026-11-26"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("orders", "left"),
    [
        ([_first(60)], 1),
        ([_first(37)], 1),
        ([_first(36)], 0),
        ([_first(36, received=24)], 0),
        ([_first(60, received=24)], 1),
        ([_first(60, received=60)], 0),
        ([], 0),
    ],
    ids=[
        "as before",
        "a unit too many",
        "as redirected",
        "as redirected, and received in part",
        "received in part there",
        "received whole there",
        "gone",
    ],
)
def test_a_redirect_is_confirmed_when_its_first_warehouse_gets_no_more_than_the_rest(ledger, orders, left):
    _released(ledger, redirect(quantity=24, on_order=60))
    table = _outstanding(ledger, _files(purchase_orders=orders))
    assert len(table) == left
    columns = ["kind", "reference", "supplier", "from_warehouse", "to_warehouse", "quantity"]
    assert table[columns].to_numpy().tolist() == [["redirect", "P1", "S1", "W1", "W2", 24]] * left


@pytest.mark.parametrize(("received_on", "left"), [("2026-11-12", 0), ("2026-11-17", 1)])
def test_what_came_before_a_redirect_was_not_to_come_any_more(ledger, received_on, left):
    """80 ordered, 20 received: 24 of the 60 to come were redirected, or 20 of the 60 have come since."""
    _released(ledger, redirect(quantity=24, on_order=60))
    came = RECEIPT | {"purchase_order_id": "P1", "sku": "A", "warehouse": "W1"}
    came |= {"received_on": pd.Timestamp(received_on), "quantity_received": 20}
    files = _files(purchase_orders=[_first(56, received=20)], receipts=[came])
    assert len(_outstanding(ledger, files)) == left


def test_a_released_redirect_counts_until_the_files_show_it_and_once(ledger):
    _released(ledger, redirect(quantity=24, on_order=60))

    def on_order(*orders):
        files = _files(purchase_orders=list(orders))
        made = stock.inbound(
            files.transfers, files.purchase_orders, _outstanding(ledger, files), time_zone="UTC"
        )
        return dict(zip(made["warehouse"], made["quantity"], strict=True))

    assert on_order(_first(60)) == {"W1": 36, "W2": 24}
    assert on_order(_first(36), _first(24) | {"warehouse": "W2"}) == {"W1": 36, "W2": 24}


@pytest.mark.parametrize("files", [{"purchase_orders": [OPEN_ORDER]}, {"receipts": [RECEIPT]}])
def test_a_purchase_order_is_confirmed_by_its_id(ledger, files):
    _released(ledger, order(), order("S2"))
    assert _outstanding(ledger, _files(**files))["reference"].tolist() == [f"PO-S2-{RUN}"]


def test_a_transfer_is_confirmed_by_its_id(ledger):
    _released(ledger, transfer())
    assert _outstanding(ledger, _files(transfers=[OPEN_TRANSFER])).empty


@pytest.mark.parametrize(
    ("counts", "left"),
    [
        ([_count("2026-11-18")], 1),
        ([_count("2026-11-19")], 0),
        ([_count("2026-11-19", sku="B")], 1),
        ([_count("2026-11-19", warehouse="W1")], 1),
    ],
)
def test_a_transfer_is_confirmed_by_a_count_of_its_destination_after_its_arrival(ledger, counts, left):
    _released(ledger, transfer(expected_on="2026-11-18"))
    assert len(_outstanding(ledger, _files(inventory=counts))) == left


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        ([OPEN_LINE], 1),
        ([OPEN_LINE | {"status": "shipped"}], 0),
        ([OPEN_LINE | {"status": "cancelled"}], 0),
        ([OPEN_LINE | {"line": 2}], 0),
        ([], 0),
    ],
)
def test_a_shipment_is_confirmed_when_its_line_is_open_no_more(ledger, lines, left):
    _released(ledger, shipment())
    assert len(_outstanding(ledger, _files(order_lines=lines))) == left


@pytest.mark.parametrize(
    ("fenced", "left"), [(100, 0), (93, 0), (75, 0), (74, 1), (50, 1), (43, 1), (None, 1)]
)
def test_a_share_is_confirmed_when_the_file_is_nearer_to_it_than_to_the_share_before(ledger, fenced, left):
    _released(ledger, share(quantity=100, before=50))
    row = {"sku": "A", "warehouse": "W1", "channel": "shop", "quantity": fenced}
    files = _files(channel_stock=[] if fenced is None else [row])
    assert len(_outstanding(ledger, files)) == left


def test_a_share_set_to_nothing_is_outstanding_and_an_order_line_set_to_nothing_is_not(ledger):
    publish(
        ledger, share(quantity=100, before=50), proposal("PO-S1", "purchase_order", "replenishment", _two())
    )
    desk = Desk(ledger, Policy(), None, lambda: AT, "planner")
    desk.approve(f"CS-W1-shop-{RUN}", {0: 0})
    desk.approve(ORDER, {0: 0})
    release(ledger, Policy(), AT)
    row = {"sku": "A", "warehouse": "W1", "channel": "shop", "quantity": 50}
    table = _outstanding(ledger, _files(channel_stock=[row]))
    assert table[["kind", "sku", "line", "quantity"]].to_numpy().tolist() == [
        ["channel_share", "A", 0, 0],
        ["purchase_order", "B", 1, 120],
    ]


def _two():
    return order()["lines"] + order(sku="B")["lines"]


@pytest.mark.parametrize(("days", "overdue"), [(5, False), (6, True)])
def test_what_no_file_confirms_within_the_policys_days_is_overdue(ledger, days, overdue):
    _released(ledger, order())
    assert _outstanding(ledger, _files(), days)["overdue"].tolist() == [overdue]


def test_each_kind_has_its_own_days(ledger):
    _released(ledger, order(), transfer(), share(), shipment())
    policy = Policy.model_validate({"release": {"confirm_days": {"purchase_order": 0}}})
    table = _outstanding(ledger, _files(order_lines=[OPEN_LINE]), days=2, policy=policy).set_index("kind")
    assert table["overdue"].to_dict() == {
        "channel_share": True,
        "purchase_order": True,
        "shipment": False,
        "transfer": False,
    }


def test_days_count_from_the_business_day_in_the_policys_zone(ledger):
    _released(ledger, share(), at=datetime(2026, 11, 17, 3, tzinfo=UTC))
    chicago = Policy.model_validate({"business": {"time_zone": "America/Chicago"}})
    at = datetime(2026, 11, 18, 10, tzinfo=UTC)
    assert outstanding(ledger, _files(), chicago, at)["overdue"].tolist() == [True]
    assert outstanding(ledger, _files(), Policy(), at)["overdue"].tolist() == [False]


def test_days_count_from_the_plans_day_when_the_clock_of_the_machine_is_behind_it(ledger):
    _released(ledger, order(), at=datetime(2025, 1, 1, tzinfo=UTC))
    assert _outstanding(ledger, _files())["overdue"].tolist() == [False]


def test_a_later_share_takes_the_place_of_an_earlier_one(ledger):
    _released(ledger, share(quantity=100, before=50), share(channel="market", quantity=9, before=0))
    later = _after(1)
    _released(ledger, share(quantity=80, before=100), run_id="20261117-1", day=later.date(), at=later)
    table = _outstanding(ledger, _files())
    assert table[["channel", "quantity"]].to_numpy().tolist() == [["market", 9], ["shop", 80]]


@pytest.mark.parametrize(("fenced", "left"), [(50, 1), (93, 1), (80, 0), (78, 0)])
def test_a_share_is_not_confirmed_by_a_figure_from_before_an_earlier_release(ledger, fenced, left):
    _released(ledger, share(quantity=100, before=50))
    later = _after(1)
    _released(ledger, share(quantity=80, before=93), run_id="20261117-1", day=later.date(), at=later)
    files = _files(channel_stock=[{"sku": "A", "warehouse": "W1", "channel": "shop", "quantity": fenced}])
    assert len(_outstanding(ledger, files)) == left
    assert confirm(ledger, files, later) == (0 if left else 2)


def test_parcels_of_one_order_line_stand_side_by_side_and_a_later_shipment_takes_their_place(ledger):
    _released(ledger, shipment(), shipment(subject="SH-W2-fast-air", quantity=1))
    files = _files(order_lines=[OPEN_LINE])
    assert _outstanding(ledger, files)["quantity"].tolist() == [2, 1]
    later = _after(1)
    _released(ledger, shipment(quantity=3), run_id="20261117-1", day=later.date(), at=later)
    assert _outstanding(ledger, files)["quantity"].tolist() == [3]


def test_what_releases_nothing_physical_is_never_outstanding(ledger):
    line = {"sku": "A", "channel": "shop", "region": "DE", "quantity": 10.5}
    held = shipment()["lines"][0] | {"warehouse": None, "carrier": None, "service": None}
    _released(
        ledger,
        proposal("AF-shop", "adopt_forecast", "demand_sensing", [line]),
        proposal("SP-A-shop", "act_on_spike", "demand_sensing", [line]),
        proposal("HO-stock", "hold_orders", "routing", [held]),
    )
    assert len(ledger.releases()) == 3
    assert _outstanding(ledger, _files(order_lines=[OPEN_LINE])).empty


def test_once_confirmed_the_files_are_believed(ledger):
    _released(ledger, order(), transfer(), share())
    seen = _files(purchase_orders=[OPEN_ORDER], transfers=[OPEN_TRANSFER])
    assert confirm(ledger, seen, _after(1)) == 2
    assert confirm(ledger, seen, _after(1)) == 0
    assert _outstanding(ledger, _files())["kind"].tolist() == ["channel_share"]


def test_an_order_line_is_open_or_not_and_needs_no_memory(ledger):
    _released(ledger, shipment())
    assert confirm(ledger, _files(), _after(1)) == 0
    assert len(_outstanding(ledger, _files(order_lines=[OPEN_LINE]))) == 1


def test_a_person_who_settles_an_unconfirmed_release_ends_its_waiting(ledger):
    _released(ledger, order(), order("S2"))
    settled = proposal(f"UR-{ORDER}", "unconfirmed_release", "replenishment", order()["lines"])
    _released(ledger, settled, run_id="20261126-1", day=_after(10).date(), at=_after(10))
    assert _outstanding(ledger, _files(), days=11)["reference"].tolist() == [f"PO-S2-{RUN}"]


def test_a_day_of_shipments_is_settled_as_one(ledger):
    day = shipment(), shipment("O2", subject="SH-W2-fast-air")
    many = day[0] | {"lines": [*day[0]["lines"], *shipment("O3")["lines"]]}
    _released(ledger, many, day[1])
    files = _files(order_lines=[OPEN_LINE | {"order_id": name} for name in ("O1", "O2", "O3")])
    settled = proposal(f"UR-SH-W1-fast-air-{RUN}", "unconfirmed_release", "replenishment", [], quantity=0.0)
    _released(ledger, settled, run_id="20261126-1", day=_after(10).date(), at=_after(10))
    assert _outstanding(ledger, files, days=11)["reference"].tolist() == ["O2"]


def test_two_days_on_unchanged_files_what_was_released_counts_once(ledger):
    files = _files(
        inventory=[_count("2026-11-16", warehouse="W1", on_hand=50, reserved=2), _count("2026-11-16")],
        order_lines=[OPEN_LINE],
    )
    _released(ledger, order(quantity=120), transfer(quantity=10), shipment(quantity=2))
    counted = stock.positions(
        files.inventory,
        files.transfers,
        files.purchase_orders,
        files.order_lines,
        _outstanding(ledger, files),
    ).set_index("warehouse")
    # W1: 50 there, 10 left for W2, 2 left for the customer with their reservation, 120 bought
    assert counted.loc["W1", ["on_hand", "reserved", "on_order", "inventory_position"]].tolist() == [
        38,
        0,
        120,
        158,
    ]
    assert counted.loc["W2", ["on_hand", "in_transfer", "inventory_position"]].tolist() == [10, 10, 20]
    arrived = _files(
        inventory=[_count("2026-11-19", warehouse="W1", on_hand=38), _count("2026-11-19", on_hand=20)],
        purchase_orders=[OPEN_ORDER],
    )
    assert _outstanding(ledger, arrived, days=3).empty
