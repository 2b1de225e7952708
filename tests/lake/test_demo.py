import hashlib
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import PROJECT
from workbench.lake import demo
from workbench.lake.demo_dirt import DIRT, INCOMPLETE
from workbench.lake.demo_situations import (
    BIG_ORDER,
    DOUBTFUL,
    HOSTILE_NAMES,
    KEYED_FOR,
    LATE_SUPPLIER,
    MISDIRECTED,
    MISPLACED,
    NEW_PRODUCTS,
    OUTAGE_CARRIER,
    TARIFF,
    UNSERVABLE,
    VIRAL,
)
from workbench.lake.faults import PROBLEMS
from workbench.lake.gate import check
from workbench.policy import Policy

DATA = PROJECT / "data" / "demo"
README = PROJECT / "data" / "README.md"
PLAN_DAY = date(2026, 11, 16)
OF_ORDER_EXPORTS = {"given away", "wrong sign"}  # the demo has separate files
KEY = ["date", "sku", "channel", "region"]
SET_ASIDE = [dirt for dirt in DIRT if dirt.problem != "out of scope"]


@pytest.fixture(scope="module")
def report():
    return check(DATA, Policy.load(DATA / "policy.toml"), PLAN_DAY)


@pytest.fixture(scope="module")
def tables(report):
    return report.tables


@pytest.fixture(scope="module")
def open_lines(tables):
    return tables["order_lines"].query("status == 'open'")


def hashes(folder: Path) -> dict[str, str]:
    files = [path for path in folder.iterdir() if path.is_file()]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_writing_again_gives_the_committed_bytes(tmp_path):
    demo.write(tmp_path)
    assert hashes(tmp_path) == hashes(DATA)


def test_the_folder_stays_below_10_mb():
    assert sum(path.stat().st_size for path in DATA.iterdir() if path.is_file()) < 10e6


def test_the_scale_multiplies_the_skus_and_keeps_the_situations():
    made = demo.tables(scale=2)
    assert len(made["products"]) == 600
    assert set(made["products"]["name"]) >= set(HOSTILE_NAMES.values())
    burst = made["order_lines"].query("channel == 'tiktok' and ordered_at >= '2026-11-16T01:00'")
    assert len(burst) >= VIRAL.orders


def test_it_is_the_business_that_was_asked_for(tables):
    assert len(tables["products"]) == 300
    assert tables["products"]["category"].nunique() == 10
    assert len(tables["channels"]) == 5
    assert tables["regions"]["region"].nunique() == 3
    assert len(tables["warehouses"]) == 4
    assert len(tables["suppliers"]) == 12
    assert tables["suppliers"]["country"].nunique() == 5
    assert tables["services"]["carrier"].nunique() == 3
    assert len(tables["services"]) == 7


def test_two_years_are_sold_in_believable_weeks(tables):
    sales = tables["sales"]
    assert sales["date"].min() == pd.Timestamp("2024-11-18")
    assert sales["date"].max() == pd.Timestamp("2026-11-15")
    assert 2_000 <= len(sales[KEY[1:]].drop_duplicates()) <= 2_700
    weeks = sales.groupby((sales["date"] - sales["date"].min()).dt.days // 7)["units"].sum()
    assert len(weeks) == 104
    assert weeks.between(8_000, 25_000).all()


def test_a_row_of_sales_says_something(tables):
    sales = tables["sales"]
    assert ((sales["units"] > 0) | ~sales["in_stock"].fillna(True)).all()
    assert 0.01 < (~sales["in_stock"].fillna(True)).mean() < 0.10


def test_order_lines_of_the_last_days_add_up_to_sales(tables):
    lines = tables["order_lines"].query("status != 'cancelled'")
    local = lines["ordered_at"].dt.tz_convert("America/Chicago").dt.tz_localize(None)
    ordered = lines.assign(date=local.dt.normalize()).groupby(KEY)["quantity"].sum()
    sold = tables["sales"].query("date >= '2026-11-12' and units > 0").set_index(KEY)["units"]
    pd.testing.assert_series_equal(
        ordered.sort_index(), sold.sort_index(), check_names=False, check_index_type=False
    )


def test_what_open_lines_were_promised_is_reserved_or_backordered(tables, open_lines):
    stock = tables["inventory"].set_index(["sku", "warehouse"])
    promised = open_lines.groupby(["sku", "warehouse"])["quantity"].sum()
    assert stock["reserved"][stock["reserved"] > 0].sort_index().to_dict() == promised.sort_index().to_dict()
    waiting = open_lines.loc[open_lines["warehouse"].isna(), "quantity"].sum()
    assert stock["backordered"].sum() == waiting


def test_ring_fenced_units_are_there(tables):
    stock = tables["inventory"].set_index(["sku", "warehouse"])
    fenced = tables["channel_stock"].groupby(["sku", "warehouse"])["quantity"].sum()
    assert (fenced <= (stock["on_hand"] - stock["reserved"]).reindex(fenced.index)).all()


def test_stock_has_room(tables):
    volume = tables["products"].set_index("sku")["volume_m3"]
    stock = tables["inventory"]
    filled = (stock["on_hand"] * stock["sku"].map(volume)).groupby(stock["warehouse"]).sum()
    assert (filled < tables["warehouses"].set_index("warehouse")["capacity_m3"]).all()


def test_nothing_stops_the_plan(report):
    assert report.stops == []
    assert report.assumptions.empty


def test_every_dirty_row_is_set_aside_with_its_problem(report):
    found = set(report.quarantine[["table", "column", "problem"]].itertuples(index=False, name=None))
    assert {(dirt.table, dirt.column, dirt.problem) for dirt in SET_ASIDE} <= found
    assert ("products", "whole row", "incomplete row") in found
    # of two identical rows the first is good
    assert report.rows["quarantined"].sum() == len(SET_ASIDE) - 1 + len([INCOMPLETE])
    assert report.rows["out_of_scope"].sum() == len(DIRT) - len(SET_ASIDE)


def test_every_kind_of_problem_is_planted(report):
    assert set(report.quarantine["problem"]) == set(PROBLEMS) - OF_ORDER_EXPORTS


def test_dirt_touches_no_product_that_an_order_waits_for(report, tables, open_lines):
    touched = set(report.quarantine["sku"].dropna()) & set(tables["products"]["sku"])
    assert touched == set(DOUBTFUL)
    assert touched.isdisjoint(open_lines["sku"])


def test_the_readme_lists_every_dirty_row(report):
    listed = set(re.findall(r"\| `(\S+)` \| (\d+) \| ([^|]+) \|[^|]*\| ([a-z ]+) \|", README.read_text()))
    found = report.quarantine.assign(row=report.quarantine["row"].astype("str"))
    assert listed == set(found[["file", "row", "column", "problem"]].itertuples(index=False, name=None))


def test_the_readme_names_every_situation():
    text = README.read_text()
    names = [VIRAL.sku, OUTAGE_CARRIER, LATE_SUPPLIER.supplier, TARIFF.hs_prefix, BIG_ORDER.supplier]
    for name in [*names, *NEW_PRODUCTS, *MISPLACED, UNSERVABLE, *HOSTILE_NAMES, *DOUBTFUL]:
        assert f"`{name}`" in text


def test_five_thousand_viral_orders_come_within_ninety_minutes(tables, open_lines):
    start = pd.Timestamp(VIRAL.starts, tz="America/Chicago")
    viral = open_lines.query("sku == @VIRAL.sku and channel == @VIRAL.channel")
    inside = viral["ordered_at"].between(start, start + pd.Timedelta(minutes=VIRAL.minutes))
    assert inside.sum() >= VIRAL.orders
    early = viral["ordered_at"].between(start, start + pd.Timedelta(minutes=2))
    assert early.sum() > 50
    before = tables["sales"].query("sku == @VIRAL.sku and channel == @VIRAL.channel and date < '2026-11-15'")
    assert 25 < before[before["date"] >= "2026-10-18"].groupby("date")["units"].sum().mean() < 60
    assert viral["warehouse"].isna().mean() > 0.5


def test_the_outage_touches_three_tenths_of_the_open_orders(tables, open_lines):
    orders = open_lines.drop_duplicates("order_id")
    assert (orders["carrier"] == OUTAGE_CARRIER).mean() >= 0.3
    outage = tables["disruptions"].query("name == @OUTAGE_CARRIER").iloc[0]
    assert outage["starts_at"] < pd.Timestamp("2026-11-16T10:00Z")
    assert pd.isna(outage["ends_at"])


def test_the_late_supplier_has_overdue_orders_and_ever_longer_lead_times(tables):
    receipts = tables["receipts"].query("supplier == @LATE_SUPPLIER.supplier")
    days = (receipts["received_on"] - receipts["ordered_on"]).dt.days
    recent = receipts["ordered_on"] >= LATE_SUPPLIER.since
    assert days[recent].mean() > 1.3 * days[~recent].mean()
    overdue = tables["purchase_orders"].query("promised_on < '2026-11-16'")
    assert overdue["supplier"].value_counts().idxmax() == LATE_SUPPLIER.supplier


def test_the_tariff_changes_next_monday(tables):
    duties = tables["tariffs"].query("origin == @TARIFF.origin and hs_prefix == @TARIFF.hs_prefix")
    assert duties["valid_from"].tolist()[-1] == pd.Timestamp("2026-11-23")
    assert duties["duty_rate"].is_monotonic_increasing
    goods = tables["products"].query("country_of_origin == @TARIFF.origin")
    assert goods["hs_code"].str.startswith(TARIFF.hs_prefix).sum() >= 10


def test_the_supplier_of_the_big_order_was_forgotten(tables):
    bought = tables["purchase_orders"].query("supplier == @BIG_ORDER.supplier")
    forgotten = pd.Timestamp(PLAN_DAY) - pd.Timedelta(weeks=BIG_ORDER.weeks)
    assert not (bought["ordered_on"] >= forgotten).any()
    assert bought["quantity"].sum() < 1_000


def test_new_products_have_no_history_or_a_week(tables):
    first_sales = tables["sales"].groupby("sku")["date"].min()
    assert "KIT-030" not in first_sales
    assert first_sales["BEA-029"] == pd.Timestamp("2026-11-09")
    assert tables["inventory"].query("sku == 'KIT-030'")["on_hand"].sum() > 300


def test_misplaced_stock_has_nothing_on_its_way(tables):
    assert set(MISPLACED).isdisjoint(tables["purchase_orders"]["sku"])


def test_an_order_is_on_its_way_to_the_wrong_warehouse_and_can_still_be_redirected(tables):
    orders = tables["purchase_orders"]
    orders = orders[orders["sku"] == MISDIRECTED]
    newest = orders[orders["ordered_on"] == orders["ordered_on"].max()]
    assert newest["warehouse"].tolist() == [KEYED_FOR]
    ahead = (newest["promised_on"].item() - pd.Timestamp(PLAN_DAY)).days
    assert ahead >= Policy.load(DATA / "policy.toml").allocation.redirect_notice_days


def test_what_nobody_can_serve_is_nowhere(tables, open_lines):
    lines = open_lines.query("sku == @UNSERVABLE")
    assert len(lines) >= 4
    assert lines["warehouse"].isna().all()
    assert tables["inventory"].query("sku == @UNSERVABLE")["on_hand"].sum() == 0
    assert UNSERVABLE not in set(tables["purchase_orders"]["sku"])


def test_hostile_names_arrive_as_they_are(tables):
    names = tables["products"].set_index("sku")["name"]
    assert {sku: names[sku] for sku in HOSTILE_NAMES} == HOSTILE_NAMES
    assert tables["suppliers"].set_index("supplier").loc["S12", "name"].startswith("=")


def test_parcels_arrive_as_punctually_as_their_services_promise(tables):
    """Of those handed over long enough ago to have arrived; within three standard deviations."""
    old = tables["deliveries"].query("handed_over_on < '2026-11-05'")
    seen = old.merge(tables["services"], on=["carrier", "service"], validate="many_to_one")
    seen["on_time"] = (seen["delivered_on"] - seen["handed_over_on"]).dt.days <= seen["days"]
    rates = seen.groupby(["carrier", "service"])[["on_time", "on_time_rate"]].mean()
    count = seen.groupby(["carrier", "service"]).size()
    spread = (rates["on_time_rate"] * (1 - rates["on_time_rate"]) / count) ** 0.5
    assert ((rates["on_time"] - rates["on_time_rate"]).abs() < 3 * spread).all()
