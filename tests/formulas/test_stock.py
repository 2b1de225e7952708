import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rows import table
from workbench.errors import TableError
from workbench.formulas.stock import channel_shares, inbound, open_lines, positions
from workbench.tables import TABLES, validate

MONDAY = pd.Timestamp("2026-11-16")


def held(on_hand, reserved=0, backordered=0, warehouse="W", sku="A"):
    return {
        "sku": sku,
        "warehouse": warehouse,
        "on_hand": on_hand,
        "reserved": reserved,
        "backordered": backordered,
        "counted_on": MONDAY,
    }


def released(kind, quantity, line=0, overdue=False, **where):
    made = {
        "proposal_id": f"{kind}-1",
        "line": line,
        "kind": kind,
        "reference": "R1",
        "reference_line": 0,
        "sku": "A",
        "quantity": quantity,
        "released_at": pd.Timestamp("2026-11-15 16:00", tz="UTC"),
        "overdue": overdue,
    }
    return made | where


def bought(quantity, received=0, reference="P1"):
    return {
        "purchase_order_id": reference,
        "sku": "A",
        "supplier": "S",
        "warehouse": "W",
        "quantity": quantity,
        "quantity_received": received,
        "ordered_on": pd.Timestamp("2026-11-01"),
        "promised_on": pd.Timestamp("2026-11-20"),
    }


def moving(quantity):
    return {
        "transfer_id": "T1",
        "sku": "A",
        "from_warehouse": "V",
        "to_warehouse": "W",
        "quantity": quantity,
        "expected_on": pd.Timestamp("2026-11-18"),
    }


def wanted(quantity, line=1, warehouse=None, status="open"):
    return {
        "order_id": "R1",
        "line": line,
        "ordered_at": pd.Timestamp("2026-11-15 12:00", tz="UTC"),
        "channel": "shop",
        "region": "east",
        "sku": "A",
        "quantity": quantity,
        "status": status,
        "warehouse": warehouse,
    }


def position(stock=(), transfers=(), orders=(), lines=(), outstanding=(), warehouse="W"):
    frame = positions(
        table("inventory", *stock),
        table("transfers", *transfers),
        table("purchase_orders", *orders),
        table("order_lines", *lines),
        table("outstanding", *outstanding),
    )
    validate("stock", frame)
    return frame.set_index("warehouse").loc[warehouse]


def test_the_inventory_position_adds_what_comes_and_takes_off_what_is_promised():
    row = position([held(10, reserved=3, backordered=1)], [moving(4)], [bought(7, received=2)])
    assert row["available"] == 7
    assert (row["in_transfer"], row["on_order"]) == (4, 5)
    assert row["inventory_position"] == 10 + 4 + 5 - 3 - 1


def test_a_released_purchase_order_is_on_order_until_it_is_overdue():
    release = released("purchase_order", 6, to_warehouse="W", supplier="S")
    assert position([held(1)], outstanding=[release])["on_order"] == 6
    assert position([held(1)], outstanding=[release | {"overdue": True}])["on_order"] == 0


def test_a_released_transfer_has_left_and_is_on_its_way():
    move = released("transfer", 4, from_warehouse="V", to_warehouse="W")
    stock = [held(10, warehouse="V"), held(1)]
    assert position(stock, outstanding=[move], warehouse="V")["on_hand"] == 6
    assert position(stock, outstanding=[move])["in_transfer"] == 4


def redirected(quantity, **changes):
    return released("redirect", quantity, reference="P1", from_warehouse="W", to_warehouse="V") | changes


def on_order(orders, *releases):
    """Units on order by warehouse, and whether the lines that will arrive are in a redirect."""
    known = [held(0), held(0, warehouse="V")]
    units = {w: int(position(known, (), orders, (), releases, w)["on_order"]) for w in "VW"}
    tables = (table("transfers"), table("purchase_orders", *orders), table("outstanding", *releases))
    rows = validate("inbound", inbound(*tables, time_zone="UTC")).set_index("warehouse")
    assert {w: rows["quantity"].get(w, 0) for w in "VW"} == units
    return units, rows["redirected"].to_dict()


def test_a_redirected_order_arrives_elsewhere_on_its_day():
    assert on_order([bought(100)]) == ({"V": 0, "W": 100}, {"W": False})
    assert on_order([bought(100)], redirected(40)) == ({"V": 40, "W": 60}, {"V": True, "W": True})
    assert on_order([bought(100)], redirected(100)) == ({"V": 100, "W": 0}, {"V": True})
    # an order that goes to both already, and a redirect that nobody confirmed in time
    both = [bought(100), bought(20) | {"warehouse": "V"}]
    assert on_order(both, redirected(40)) == ({"V": 60, "W": 60}, {"V": True, "W": True})
    assert on_order(both, redirected(40, overdue=True)) == ({"V": 20, "W": 100}, {"V": False, "W": False})
    rows = inbound(
        table("transfers"),
        table("purchase_orders", bought(100)),
        table("outstanding", redirected(40)),
        time_zone="UTC",
    )
    assert set(rows["promised_on"]) == {pd.Timestamp("2026-11-20")}
    assert rows["confirmed"].all()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 99), st.integers(0, 99), st.lists(st.integers(1, 60), max_size=3))
def test_a_redirect_makes_no_unit_and_loses_none(quantity, received, moves):
    orders = [bought(quantity, received=min(received, quantity))]
    due = quantity - min(received, quantity)
    releases = [redirected(units, line=line) for line, units in enumerate(moves)]
    units, _ = on_order(orders, *releases)
    assert units == {"V": min(sum(moves), due), "W": due - min(sum(moves), due)}


def test_a_redirect_of_a_line_on_no_order_is_named():
    with pytest.raises(TableError, match=r"outstanding, redirect-1, A, reference: .*P9.*no such SKU for W"):
        on_order([bought(100)], redirected(40, reference="P9"))


def test_a_released_shipment_has_left_with_its_reservation():
    ship = released("shipment", 3, reference_line=1, from_warehouse="W")
    row = position([held(10, reserved=5)], lines=[wanted(3, warehouse="W")], outstanding=[ship])
    assert (row["on_hand"], row["reserved"], row["available"]) == (7, 2, 5)


def test_a_shipment_from_elsewhere_frees_the_reservation_where_it_was():
    ship = released("shipment", 3, reference_line=1, from_warehouse="V")
    case = {
        "stock": [held(10, reserved=5), held(8, warehouse="V")],
        "lines": [wanted(3, warehouse="W")],
        "outstanding": [ship],
    }
    assert position(**case)["reserved"] == 2
    assert position(**case, warehouse="V")["on_hand"] == 5


def test_a_shipped_backorder_is_owed_no_longer():
    ship = released("shipment", 2, reference_line=1, from_warehouse="W")
    row = position([held(4, backordered=3)], lines=[wanted(2)], outstanding=[ship])
    assert (row["on_hand"], row["backordered"]) == (2, 1)


def test_more_cannot_be_promised_than_is_there():
    assert position([held(2, reserved=5)])["available"] == 0


def test_nothing_known_gives_an_empty_table_of_the_same_columns():
    names = ("inventory", "transfers", "purchase_orders", "order_lines", "outstanding")
    frame = positions(*(table(name) for name in names))
    assert frame.empty
    assert list(frame) == TABLES["stock"].names


def test_what_will_arrive_is_dated_and_what_came_is_left_out():
    rows = inbound(
        table("transfers", moving(4)),
        table("purchase_orders", bought(7, received=2), bought(5, received=5, reference="P2")),
        table(
            "outstanding",
            released(
                "purchase_order", 6, to_warehouse="W", supplier="S", expected_on=pd.Timestamp("2026-12-01")
            ),
        ),
        time_zone="Asia/Tokyo",
    )
    validate("inbound", rows)
    table_of = rows.set_index("reference")
    assert table_of["quantity"].to_dict() == {"P1": 5, "R1": 6, "T1": 4}
    assert table_of.loc["R1", "promised_on"] == pd.Timestamp("2026-12-01")
    # released at 16:00 UTC on the 15th, which is the 16th in Tokyo
    assert table_of.loc["R1", "ordered_on"] == MONDAY
    assert table_of["confirmed"].to_dict() == {"P1": True, "R1": False, "T1": True}


def test_an_order_line_in_a_released_shipment_is_routed_no_more():
    lines = table("order_lines", wanted(3), wanted(1, line=2), wanted(9, line=3, status="shipped"))
    ship = released("shipment", 3, reference_line=1, from_warehouse="W")
    assert open_lines(lines, table("outstanding", ship))["line"].tolist() == [2]
    assert open_lines(lines, table("outstanding", ship | {"overdue": True}))["line"].tolist() == [1, 2]


def test_of_a_line_that_was_shipped_in_part_the_rest_is_still_routed():
    lines = table("order_lines", wanted(3), wanted(1, line=2))
    parts = [released("shipment", 1, line=n, reference_line=1, from_warehouse="W") for n in (0, 1)]
    left = open_lines(lines, table("outstanding", *parts))
    validate("open_lines", left)
    assert dict(zip(left["line"], left["quantity"], strict=True)) == {1: 1, 2: 1}


def test_the_last_released_share_stands_in_place_of_the_files():
    fenced = {"sku": "A", "warehouse": "W", "channel": "shop", "quantity": 5}
    share = {"to_warehouse": "W", "channel": "shop"}
    later = {"released_at": pd.Timestamp("2026-11-15 18:00", tz="UTC"), "proposal_id": "later"}
    rows = channel_shares(
        table("channel_stock", fenced, fenced | {"channel": "amazon", "quantity": 2}),
        table(
            "outstanding",
            released("channel_share", 9, **share, **later),
            released("channel_share", 7, **share),
        ),
    )
    assert rows.set_index("channel")["quantity"].to_dict() == {"amazon": 2, "shop": 9}


@pytest.mark.parametrize("name", ["positions", "inbound"])
def test_the_order_of_rows_does_not_matter(name):
    stock = table("inventory", held(1), held(2, warehouse="V"), held(3, sku="B"))
    moves = table("transfers", moving(4), moving(1) | {"transfer_id": "T2"})
    orders = table("purchase_orders", bought(7), bought(3, reference="P2"))
    none = (table("order_lines"), table("outstanding"))

    def result(turn):
        parts = [frame.iloc[::turn] for frame in (stock, moves, orders)]
        return (
            positions(*parts, *none) if name == "positions" else inbound(*parts[1:], none[1], time_zone="UTC")
        )

    pd.testing.assert_frame_equal(result(1), result(-1))
