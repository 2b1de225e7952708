"""A channel's codes become SKUs: multipacks, bundles, and what no listing explains."""

import pandas as pd

from tests.lake.tiny_business import FILES, ORDERS, account, checked, faults
from workbench.lake.translation import translate
from workbench.tables import validate

LISTINGS = "channel,channel_sku,sku,units\nshop,A-1,A,1\nshop,A-6,A,6\nshop,AB,A,1\nshop,AB,B,2\n"
SALES = "date,channel_sku,channel,region,units\n"


def sold(folder, rows, listings=LISTINGS):
    return checked(folder, listings=listings, sales=SALES + rows)


def test_two_packs_of_six_are_twelve_units(tmp_path):
    report = sold(tmp_path, "2026-11-15,A-6,shop,east,2\n")
    assert report.tables["sales"][["sku", "units"]].to_numpy().tolist() == [["A", 12]]
    validate("sales", report.tables["sales"])


def test_a_bundle_is_a_row_for_each_of_its_skus(tmp_path):
    report = sold(tmp_path, "2026-11-15,AB,shop,east,3\n")
    assert report.tables["sales"][["sku", "units"]].to_numpy().tolist() == [["A", 3], ["B", 6]]
    assert account(report, "sales") == (1, 1, 0, 0)


def test_what_meets_in_one_sku_and_day_is_summed(tmp_path):
    report = sold(
        tmp_path, "2026-11-15,A-1,shop,east,1\n2026-11-15,A-6,shop,east,2\n2026-11-15,AB,shop,east,1\n"
    )
    assert report.tables["sales"][["sku", "units"]].to_numpy().tolist() == [["A", 14], ["B", 2]]
    assert account(report, "sales") == (3, 3, 0, 0)


def test_a_sku_is_in_stock_where_one_of_its_listings_is():
    key = {"date": pd.Timestamp("2026-11-15"), "channel": "shop", "region": "east"}
    rows = [("A-1", 1, False), ("A-6", 1, True), ("B-1", 1, False), ("B-2", 1, None), ("C-1", 1, None)]
    sales = pd.DataFrame([key | {"channel_sku": c, "units": u, "in_stock": s} for c, u, s in rows])
    listings = pd.DataFrame({"channel": "shop", "channel_sku": [code for code, _, _ in rows], "units": 1})
    listings["sku"] = listings["channel_sku"].str[0]
    made = translate("sales", sales.astype({"in_stock": "boolean"}), listings).set_index("sku")["in_stock"]
    assert made["A"] and not made["B"] and pd.isna(made["C"])


def test_an_order_line_of_a_bundle_becomes_lines_that_can_be_told_apart(tmp_path):
    header = ORDERS.replace("sku", "channel_sku")
    lines = "O1,1,2026-11-15T10:00:00Z,shop,east,A-6,2,open\nO1,2,2026-11-15T10:00:00Z,shop,east,AB,1,open\n"
    report = checked(tmp_path, listings=LISTINGS, order_lines=header + lines)
    made = report.tables["order_lines"][["line", "sku", "quantity"]].to_numpy().tolist()
    assert made == [[1, "A", 12], [2, "A", 1], [2001, "B", 2]]
    assert account(report, "order_lines") == (2, 2, 0, 0)


def test_a_code_that_no_listing_maps_is_set_aside(tmp_path):
    report = sold(tmp_path, "2026-11-15,A-1,shop,east,1\n2026-11-15,X,shop,east,1\n")
    assert faults(report) == {("sales", 3, "channel_sku", "unlisted")}


def test_without_listings_no_code_is_known(tmp_path):
    report = checked(tmp_path, sales=SALES + "2026-11-15,A-1,shop,east,1\n")
    assert faults(report) == {("sales", 2, "channel_sku", "unlisted")}
    assert "No row of sales.csv can be used for sales" in report.stops[0]


def test_a_bundle_with_a_part_in_quarantine_is_sold_by_nobody(tmp_path):
    rows = "2026-11-15,AB,shop,east,1\n2026-11-15,A-1,shop,east,1\n"
    report = sold(tmp_path, rows, LISTINGS.replace("AB,B,2", "AB,Z,2"))
    assert faults(report) == {
        ("listings", 4, "channel_sku", "broken bundle"),
        ("listings", 5, "sku", "unknown"),
        ("sales", 2, "channel_sku", "partner quarantined"),
    }


def test_one_code_twice_on_a_day_is_a_duplicate_before_it_is_translated(tmp_path):
    report = sold(tmp_path, "2026-11-15,A-6,shop,east,1\n" * 2)
    key = "date + channel_sku + channel + region"
    assert faults(report) == {("sales", 3, key, "duplicate")}
    assert report.tables["sales"]["units"].tolist() == [6]


def test_a_file_with_skus_needs_no_listing(tmp_path):
    assert (
        checked(
            tmp_path, sales=FILES["sales"].replace("sku", "sku,channel_sku").replace(",shop", ",?,shop")
        ).stops
        == []
    )
