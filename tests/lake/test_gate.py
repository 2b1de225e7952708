"""The gate as a whole: what stops a plan, what is set aside, how rows are counted, what is written."""

from datetime import date

import pandas as pd
import pytest

from tests.lake.tiny_business import DAY, FILES, ORDER, ORDERS, account, checked, faults, write_business
from workbench.errors import GateStop, MappingError
from workbench.lake.gate import LAKE, admit, check
from workbench.lake.gate import ORDER as TABLE_ORDER
from workbench.lake.store import Lake
from workbench.policy import BusinessPolicy, GatePolicy, Policy
from workbench.tables import INPUTS, validate

EXPORT = """
[order_export]
file = "orders.csv"
columns = { order_id = "No", ordered_at = "At", sku = "Item", units = "Qty", price = "Price", customer = "W" }
constants = { channel = "shop", region = "east" }
cancellation_prefix = "C"
not_products = "^POST$"
"""
EXPORTED = "No,At,Item,Qty,Price,W\n1,2026-11-14 09:00,A,3,10,x\n2,2026-11-15 09:00,B,1,5,y\n"


def admitted(folder, **files):
    """The lake's versions after the gate has let these files in."""
    return admit(checked(folder, **files), Lake(folder / LAKE))


def test_every_input_table_is_inspected_once():
    assert sorted(TABLE_ORDER) == sorted(INPUTS)


def test_clean_files_pass_whole(tmp_path):
    report = checked(tmp_path)
    assert report.stops == [] and report.quarantine.empty
    for name, frame in report.tables.items():
        validate(name, frame)
    assert report.tables["sales"]["units"].tolist() == [2, 3, 1]
    assert report.tables["lanes"].empty


# -- stops --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"products": b""}, "products.csv has no bytes"),
        ({"products": "sku,name\n"}, "products.csv has a header and no rows, but products is needed"),
        ({"products": "sku,name"}, "products.csv has a header and no rows"),
        ({"products": None}, "No file fills products"),
        (
            {"products": "sku,title\nA,Apple\n"},
            "products.csv has no column 'name' (name: what people call it)",
        ),
        ({"products": "sku,name,sku\nA,Apple,B\n"}, "products.csv has the column 'sku' twice"),
        ({"products": "sku,name\nA,\nB,\n"}, "No row of products.csv can be used for products: 2 of 2"),
        ({"products": b"\x00\x81\x8d"}, "products.csv is no text file"),
        ({"lanes": b""}, "lanes.csv has no bytes"),
        ({"sales": "date,sku,channel,region,units\n2026-11-12,A,shop,east,2\n"}, "sales.csv is 4 days old"),
        (
            {"inventory": "sku,warehouse,on_hand,counted_on\nA,main,5,2026-11-10\n"},
            "inventory.csv is 6 days old for 2026-11-16: its latest counted_on is 2026-11-10, and "
            "gate.max_age_days allows 2",
        ),
        ({"order_lines": ORDERS + ORDER.replace("11-15", "11-13")}, "order_lines.csv is 3 days old"),
        (
            {"inventory": FILES["inventory"].replace("1,2026-11-16", "1,2026-11-17")},
            "inventory.csv is of a later day than 2026-11-16, which is planned: in 1 of 2 rows counted_on is "
            "after it, up to 2026-11-17; plan 2026-11-17, or put the export of 2026-11-16 in its place.",
        ),
    ],
)
def test_a_file_that_cannot_be_planned_on_stops_the_plan(files, told, tmp_path):
    report = checked(tmp_path, **files)
    assert len(report.stops) == 1 and told in report.stops[0]
    with pytest.raises(GateStop):
        admit(report, Lake(tmp_path / LAKE))
    assert Lake(tmp_path / LAKE).versions() == {}


def test_a_mapped_file_that_is_not_there_stops(tmp_path):
    write_business(tmp_path)
    (tmp_path / "prices.csv").unlink()
    assert "prices.csv is missing" in check(tmp_path, Policy(), DAY).stops[0]


def test_an_unreadable_parquet_file_stops(tmp_path):
    (tmp_path / "sales.parquet").write_bytes(b"PAR1 this is none")
    report = checked(tmp_path, mapping='[tables.sales]\nfile = "sales.parquet"\n')
    assert "sales.parquet cannot be read" in report.stops[0]


def test_all_stops_and_all_faults_come_at_once(tmp_path):
    report = checked(tmp_path, products=b"", prices=None, inventory=FILES["inventory"].replace("5,1", "x,1"))
    assert len(report.stops) == 2
    assert faults(report) == {("inventory", 2, "on_hand", "no number")}


def test_an_optional_file_may_hold_only_a_header(tmp_path):
    report = checked(tmp_path, lanes="from_warehouse,to_warehouse,cost_per_unit,days\n")
    assert report.stops == []


def test_a_lane_of_less_than_no_volume_is_named_with_what_to_write(tmp_path):
    header = "from_warehouse,to_warehouse,cost_per_unit,days,m3_per_day\n"
    report = checked(tmp_path, lanes=header + "main,side,1,1,\nside,main,1,1,-3\n")
    fault = report.quarantine.set_index("column").loc["m3_per_day"]
    assert fault[["file", "row", "found", "problem", "remedy"]].tolist() == [
        *("lanes.csv", 3, "-3", "negative", "give 0 or more")
    ]
    assert report.tables["lanes"]["m3_per_day"].isna().tolist() == [True]


def test_without_a_mapping_there_is_nothing_to_check(tmp_path):
    with pytest.raises(MappingError, match=r"mapping\.toml is missing"):
        check(tmp_path, Policy(), DAY)


def test_a_table_whose_day_is_assumed_has_no_age(tmp_path):
    old = FILES["inventory"].replace("2026-11-16", "2026-01-01")
    mapping = (
        '[tables.inventory]\nfile = "inventory.csv"\nassumed = { counted_on = "the first of January" }\n'
    )
    report = checked(tmp_path, mapping=mapping, inventory=old)
    assert report.stops == []
    assert report.assumptions.to_numpy().tolist() == [["inventory", "counted_on", "the first of January"]]


def test_an_assumed_day_after_the_planned_one_is_none(tmp_path):
    later = FILES["inventory"].replace("2026-11-16", "2026-11-20")
    mapping = '[tables.inventory]\nfile = "inventory.csv"\nassumed = { counted_on = "the last day" }\n'
    assert checked(tmp_path, mapping=mapping, inventory=later).stops == []


def test_the_age_is_counted_on_the_business_day(tmp_path):
    # 05:00 UTC on the 14th is still the 13th in Los Angeles
    files = {"order_lines": ORDERS + ORDER.replace("2026-11-15T10", "2026-11-14T05")}
    assert checked(tmp_path, **files).stops == []
    abroad = Policy(business=BusinessPolicy(time_zone="America/Los_Angeles"))
    assert "order_lines.csv is 3 days old" in checked(tmp_path, policy=abroad, **files).stops[0]


SHORT = "".join(f"2026-11-{day:02d},A,shop,east,1\n" for day in range(10, 16))


def test_a_file_much_shorter_than_last_time_stops(tmp_path):
    header = "date,sku,channel,region,units\n"
    admitted(tmp_path, sales=header + SHORT + SHORT.replace("east", "west"))
    assert checked(tmp_path, sales=header + SHORT + SHORT.replace("east", "west")[:84]).stops == []
    (stop,) = checked(tmp_path, sales=header + SHORT).stops
    assert "sales.csv has 6 rows and had 12 last time, 50% fewer" in stop


def test_the_limit_of_shrinking_itself_stops(tmp_path):
    header = "date,sku,channel,region,units\n"
    rows = (SHORT + SHORT.replace("east", "west")).splitlines(keepends=True)[:10]
    admitted(tmp_path, sales=header + "".join(rows))
    assert checked(tmp_path, sales=header + "".join(rows[-7:])).stops == []
    (stop,) = checked(tmp_path, sales=header + "".join(rows[-6:])).stops
    assert stop == (
        "sales.csv has 6 rows and had 10 last time, 40% fewer, and gate.max_shrink stops a plan from 40% on; "
        "export it whole, or raise gate.max_shrink if it is whole."
    )
    thirds = Policy(gate=GatePolicy(max_shrink=0.3))
    assert checked(tmp_path, policy=thirds, sales=header + "".join(rows[-8:])).stops == []
    assert len(checked(tmp_path, policy=thirds, sales=header + "".join(rows[-7:])).stops) == 1


def test_a_file_that_has_not_shrunk_passes_whatever_the_limit(tmp_path):
    admitted(tmp_path)
    assert checked(tmp_path, policy=Policy(gate=GatePolicy(max_shrink=0.0))).stops == []


def test_rows_in_quarantine_count_as_length(tmp_path):
    admitted(tmp_path)
    spoilt = FILES["sales"].replace("A,shop,east,2", "A,shop,east,x")
    assert checked(tmp_path, sales=spoilt).stops == []
    # and they counted last time
    admitted(tmp_path, sales=spoilt)
    assert (
        "had 3 last time"
        in checked(tmp_path, sales=FILES["sales"][: FILES["sales"].index("2026-11-14")]).stops[-1]
    )


def test_a_short_optional_file_may_shrink_freely(tmp_path):
    lanes = "from_warehouse,to_warehouse,cost_per_unit,days\nmain,side,1,1\nside,main,1,1\n"
    admitted(tmp_path, lanes=lanes)
    assert checked(tmp_path, lanes=lanes[: lanes.index("side,main")]).stops == []
    strict = Policy(gate=GatePolicy(shrink_min_rows=2))
    stops = checked(tmp_path, policy=strict, lanes=lanes[: lanes.index("side,main")]).stops
    assert "lanes.csv has 1 rows and had 2" in stops[0]


LANES = "from_warehouse,to_warehouse,cost_per_unit,days\n"
TWO_LANES = LANES + "main,side,1,1\nside,main,1,1\n"


def test_a_table_that_had_rows_last_time_must_stay_mapped(tmp_path):
    admitted(tmp_path, lanes=TWO_LANES)
    (stop,) = checked(tmp_path).stops
    assert stop == (
        "No file fills lanes, which had 2 rows last time; map it again under [tables.lanes] in mapping.toml, "
        "or, when there are none any more, name a file there that has only the header."
    )
    assert checked(tmp_path, lanes=LANES).stops == []


def test_a_long_table_that_is_empty_now_says_how_to_pass(tmp_path):
    admitted(tmp_path, lanes=TWO_LANES)
    strict = Policy(gate=GatePolicy(shrink_min_rows=2))
    told = "raise gate.shrink_min_rows above 2"
    assert told in checked(tmp_path, policy=strict).stops[0]
    assert told in checked(tmp_path, policy=strict, lanes=LANES).stops[0]
    raised = Policy(gate=GatePolicy(shrink_min_rows=3))
    assert checked(tmp_path, policy=raised, lanes=LANES).stops == []


def test_a_table_that_had_only_a_header_may_go(tmp_path):
    admitted(tmp_path, lanes=LANES)
    (tmp_path / "lanes.csv").unlink()
    assert checked(tmp_path).stops == []


# -- scope --------------------------------------------------------------------------------------------------


def test_sales_of_the_planned_day_and_later_are_out_of_scope(tmp_path):
    later = "2026-11-16,A,shop,east,2\n2026-11-17,Z,shop,east,2\n"
    report = checked(tmp_path, sales=FILES["sales"] + later)
    assert account(report, "sales") == (5, 3, 0, 2)
    told = "5 rows in = 3 used + 0 quarantined + 2 out of scope (2 dated 2026-11-16 or later)."
    assert f"sales.csv (sales): {told}" in report.sentences()


@pytest.mark.parametrize(("instant", "used"), [("2026-11-16T04:00:00Z", 2), ("2026-11-16T04:00:01Z", 1)])
def test_orders_after_the_plans_instant_are_out_of_scope(instant, used, tmp_path):
    late = ORDER.replace("O1", "O2").replace("2026-11-15T10:00:00Z", instant)
    report = checked(tmp_path, order_lines=ORDERS + ORDER + late)
    assert account(report, "order_lines") == (2, used, 0, 2 - used)


def test_blank_rows_are_counted_and_left_out(tmp_path):
    report = checked(tmp_path, sales=FILES["sales"] + "\n,,,,\n")
    assert account(report, "sales") == (5, 3, 0, 2)
    assert faults(report) == set()


# -- admitting ----------------------------------------------------------------------------------------------


def test_the_same_files_twice_change_nothing(tmp_path):
    first = admitted(tmp_path)
    assert first == admitted(tmp_path)
    assert set(first) == {*INPUTS, "quarantine", "assumptions", "files"}
    assert set(first.values()) == {0}


def test_row_order_of_a_file_does_not_matter(tmp_path):
    first = admitted(tmp_path)
    header, *rows = FILES["sales"].splitlines()
    assert admitted(tmp_path, sales="\n".join([header, *rows[::-1]]) + "\n") == first


def test_one_changed_cell_makes_one_new_version(tmp_path):
    first = admitted(tmp_path)
    second = admitted(tmp_path, prices=FILES["prices"].replace(",10", ",11"))
    assert {name for name in first if first[name] != second[name]} == {"prices"}


def test_checking_twice_gives_the_same_report(tmp_path):
    spoilt = FILES["sales"] + "2026-11-15,Z,shop,east,1\n2026-11-15,A,shop,north,-1\n"
    first, second = (checked(tmp_path, sales=spoilt) for _ in range(2))
    assert first.sentences() == second.sentences()
    pd.testing.assert_frame_equal(first.quarantine, second.quarantine)


# -- the report ---------------------------------------------------------------------------------------------


def test_the_opening_says_how_many_skus_and_how_much_money(tmp_path):
    # 7 units of A at a price of 10; 2 units of B, which has no price, at a cost of 3
    spoilt = "2026-11-15,A,shop,north,7\n2026-11-15,B,shop,north,2\n"
    opening = checked(tmp_path, sales=FILES["sales"] + spoilt).sentences()[0]
    assert opening == (
        "Faults in 2 of 18 rows, in 1 of 9 files, touch 2 SKUs and 76.00 USD; these rows are in quarantine."
    )


def test_a_row_with_two_faults_counts_once(tmp_path):
    report = checked(tmp_path, sales=FILES["sales"] + "2026-11-15,Z,shop,north,7\n")
    assert account(report, "sales") == (4, 3, 1, 0)
    assert len(report.quarantine) == 2


def test_like_faults_make_one_sentence(tmp_path):
    rows = "".join(f"2026-11-{day:02d},A,shop,north,1\n" for day in range(1, 13))
    sentences = checked(tmp_path, sales=FILES["sales"] + rows).sentences()
    assert sentences[1] == (
        "sales.csv, region, 12 rows (5, 6, 7, …): found 'north' (a key that no other row explains); "
        "correct it, or add it to regions."
    )


def test_a_single_fault_names_row_column_and_what_was_there(tmp_path):
    sentences = checked(
        tmp_path, inventory=FILES["inventory"].replace("B,main,7", "B,main,12 pcs")
    ).sentences()
    assert (
        "inventory.csv, row 3, on_hand: found '12 pcs' (no number); write only the number, as 1234.5."
        in sentences
    )


def test_stops_come_before_faults(tmp_path):
    sentences = checked(tmp_path, products=b"").sentences()
    assert sentences[0].startswith("No plan can be made for 2026-11-16, the last one stays live.")
    assert sentences[1].startswith("STOP: products.csv has no bytes")


def test_assumptions_close_the_report(tmp_path):
    mapping = '[tables.prices]\nfile = "prices.csv"\nassumed = { price = "the list price of 2025" }\n'
    assert (
        checked(tmp_path, mapping=mapping).sentences()[-1]
        == "Assumed for prices.price: the list price of 2025."
    )


def test_the_quarantine_names_sku_day_and_money(tmp_path):
    (row,) = checked(tmp_path, sales=FILES["sales"] + "2026-11-15,A,shop,north,7\n").quarantine.to_dict(
        "records"
    )
    assert row["file"] == "sales.csv" and row["row"] == 5 and row["sku"] == "A"
    assert row["date"] == pd.Timestamp("2026-11-15") and row["value"] == 70.0
    assert row["found"] == "north"


def test_a_quantity_that_cannot_be_believed_touches_no_money(tmp_path):
    report = checked(tmp_path, sales=FILES["sales"] + "2026-11-15,A,shop,east,9000000\n")
    assert report.quarantine["value"].tolist() == [0.0]


# -- an export of order lines -------------------------------------------------------------------------------


def exported(folder, lines):
    return checked(folder, mapping=EXPORT, sales=None, orders=lines)


def write_export(folder, lines):
    (folder / "orders.csv").write_text(lines)
    write_business(folder, EXPORT, sales=None)
    return check(folder, Policy(), DAY)


def test_an_order_export_fills_sales_and_returns(tmp_path):
    back = "C3,2026-11-15 10:00,A,-1,10,x\nC4,2026-11-15 10:00,B,-2,5,z\n"
    report = write_export(tmp_path, EXPORTED + back)
    assert report.tables["sales"][["sku", "units"]].to_numpy().tolist() == [["A", 2], ["B", 1]]
    assert report.tables["returns"][["sku", "units"]].to_numpy().tolist() == [["B", 2]]
    assert account(report, "sales") == (4, 4, 0, 0)


def test_lines_of_an_export_with_an_unknown_sku_are_set_aside(tmp_path):
    lines = "2,2026-11-15 09:00,Z,4,2.5,y\n3,2026-11-15,POST,1,3,y\n4,2026-11-16 08:00,A,1,10,y\n"
    report = write_export(tmp_path, EXPORTED + lines)
    assert faults(report) == {("sales", 4, "sku", "unknown")}
    assert report.quarantine["value"].tolist() == [10.0]
    assert account(report, "sales") == (5, 2, 1, 2)
    assert report.tables["sales"]["sku"].tolist() == ["A", "B"]


def test_broken_and_blank_lines_of_an_export_are_counted(tmp_path):
    report = write_export(tmp_path, EXPORTED + "3,2026-11-15\n\n4,2026-11-15,A,x,10,z\n")
    assert faults(report) == {("sales", 4, "whole row", "incomplete row"), ("sales", 6, "units", "no number")}
    assert account(report, "sales") == (5, 2, 2, 1)


def test_an_export_without_its_columns_stops(tmp_path):
    report = write_export(tmp_path, "No,At,Item\n1,2026-11-15,A\n")
    assert "orders.csv has no column Price, Qty, W" in report.stops[0]


def test_skus_of_other_files_meet_the_exports_in_any_capitals(tmp_path):
    (tmp_path / "orders.csv").write_text(EXPORTED)
    small = {name: FILES[name].replace("\nA,", "\na,") for name in ("products", "inventory")}
    write_business(tmp_path, EXPORT, sales=None, **small)
    report = check(tmp_path, Policy(), DAY)
    assert report.stops == [] and faults(report) == set()
    assert report.tables["products"]["sku"].tolist() == ["A", "B"]
    assert report.tables["inventory"]["sku"].tolist() == ["A", "B"]


def test_without_an_export_codes_count_as_they_are_written(tmp_path):
    report = checked(tmp_path, inventory=FILES["inventory"].replace("A,main", "a,main"))
    assert faults(report) == {("inventory", 2, "sku", "unknown")}


def test_another_day_reads_the_same_files_differently(tmp_path):
    write_business(tmp_path, inventory=FILES["inventory"].replace("11-16", "11-15"))
    report = check(tmp_path, Policy(), date(2026, 11, 15))
    assert account(report, "sales") == (3, 2, 0, 1)


def test_a_row_in_quarantine_keeps_its_key(tmp_path):
    header = "origin,destination,hs_prefix,valid_from,valid_to,duty_rate\n"
    rows = "CN,US,61,2026-01-01,2026-12-31,0.1\nCN,US,61,2026-06-01,,0.2\nCN,US,,2026-01-01,,0.1\n"
    quarantine = checked(tmp_path, tariffs=header + rows).quarantine
    assert quarantine["key"].tolist() == [
        "CN, US, 61, 2026-01-01",
        "CN, US, 61, 2026-06-01",
        "CN, US, , 2026-01-01",
    ]
