"""One test a kind of dirt: which row is set aside, where, and why; what is right beside it stays."""

import pandas as pd
import pytest

from tests.lake.sheets import found, judged, parquet_sheet, sheet
from tests.lake.tiny_business import DAY
from workbench.lake.checks import cell_findings
from workbench.policy import GatePolicy, Policy

SALES = "date,sku,channel,region,units,in_stock\n"
SOLD = "2026-11-14,A,shop,east,2,true\n"
OFFERS = "supplier,sku,tier_from,valid_from,valid_to,unit_cost,currency\n"
KEY = "date + sku + channel + region"


def sold(**cells):
    row = dict(zip(SALES.strip().split(","), SOLD.strip().split(","), strict=True)) | cells
    return ",".join(row.values()) + "\n"


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"sku": ""}, "sku", "blank"),
        ({"sku": "  "}, "sku", "blank"),
        ({"units": ""}, "units", "blank"),
        ({"date": ""}, "date", "blank"),
        ({"units": "two"}, "units", "no number"),
        ({"units": "12 pcs"}, "units", "no number"),
        ({"units": '"1.234,5"'}, "units", "no number"),
        ({"units": '"1,234"'}, "units", "no number"),
        ({"units": "inf"}, "units", "no number"),
        ({"units": "1.5"}, "units", "not whole"),
        ({"units": "-1"}, "units", "negative"),
        ({"units": "100001"}, "units", "too many"),
        ({"date": "2026-02-30"}, "date", "no date"),
        ({"date": "yesterday"}, "date", "no date"),
        ({"date": "2026-11"}, "date", "no date"),
        ({"date": "11/12/2026"}, "date", "no date"),
        ({"date": "2062-11-14"}, "date", "far date"),
        ({"date": "1926-11-14"}, "date", "far date"),
        ({"in_stock": "perhaps"}, "in_stock", "not yes or no"),
    ],
)
def test_a_bad_cell_sets_its_row_aside(cells, column, problem, tmp_path):
    made = judged(tmp_path, "sales", SALES + SOLD + sold(region="west", **cells))
    assert found(made) == [(3, column, problem)]
    assert made.good().index.tolist() == [2]


@pytest.mark.parametrize(
    ("table", "text", "column", "problem"),
    [
        ("regions", "region,warehouse,rank\neast,main,0\n", "rank", "too small"),
        (
            "tariffs",
            "origin,destination,hs_prefix,valid_from,duty_rate\nCN,US,42,2026-01-01,-1\n",
            "duty_rate",
            "negative",
        ),
        ("promotions", "sku,channel,valid_from,discount\nA,shop,2026-01-01,20\n", "discount", "too large"),
        ("fx_rates", "currency,date,rate\nEUR,2026-01-01,0\n", "rate", "zero"),
        (
            "tariffs",
            "origin,destination,hs_prefix,valid_from,duty_rate\nCN,US,9405,2026-01-01,27\n",
            "duty_rate",
            "too large",
        ),
        ("listings", "channel,channel_sku,sku,units\nshop,P6,A,0\n", "units", "zero"),
        (
            "disruptions",
            "kind,name,starts_at\nroad,A1,2026-11-15T10:00:00Z\n",
            "kind",
            "not in list",
        ),
        (
            "inventory",
            "sku,warehouse,on_hand,reserved,counted_on\nA,main,3,4,2026-11-16\n",
            "reserved",
            "wrong order",
        ),
        (
            "receipts",
            "purchase_order_id,supplier,sku,warehouse,ordered_on,received_on,quantity_ordered,quantity_received\n"
            "P1,S1,A,main,2026-05-02,2026-05-01,5,5\n",
            "ordered_on",
            "wrong order",
        ),
        (
            "purchase_orders",
            "purchase_order_id,sku,supplier,warehouse,quantity,ordered_on,promised_on\n"
            "P1,A,S1,main,5,2026-05-02,2026-05-01\n",
            "ordered_on",
            "wrong order",
        ),
        (
            "promotions",
            "sku,channel,valid_from,valid_to,discount\nA,shop,2026-02-01,2026-01-01,0.2\n",
            "valid_from",
            "wrong order",
        ),
        (
            "products",
            "sku,name,launched_on,discontinued_on\nA,A,2026-02-01,2026-01-01\n",
            "launched_on",
            "wrong order",
        ),
        (
            "rates",
            "carrier,service,zone,weight_from_kg,weight_to_kg,charge\nX,fast,1,5,2,4\n",
            "weight_from_kg",
            "wrong order",
        ),
        (
            "lanes",
            "from_warehouse,to_warehouse,cost_per_unit,days\nmain,main,1,1\n",
            "to_warehouse",
            "same place",
        ),
    ],
)
def test_each_table_is_held_to_its_own_rules(table, text, column, problem, tmp_path):
    assert found(judged(tmp_path, table, text)) == [(2, column, problem)]


def test_every_fault_of_a_row_is_found(tmp_path):
    made = judged(tmp_path, "sales", SALES + sold(sku="", units="x", date="2026-13-01"))
    assert found(made) == [(2, "date", "no date"), (2, "sku", "blank"), (2, "units", "no number")]


def test_identical_rows_are_kept_once(tmp_path):
    made = judged(tmp_path, "sales", SALES + SOLD * 3)
    assert found(made) == [(3, KEY, "duplicate"), (4, KEY, "duplicate")]


def test_of_contradicting_rows_none_is_kept(tmp_path):
    made = judged(tmp_path, "sales", SALES + SOLD + SOLD + sold(units="5"))
    assert found(made) == [(row, KEY, "contradiction") for row in (2, 3, 4)]


def test_a_row_that_is_bad_by_itself_contradicts_nobody(tmp_path):
    made = judged(tmp_path, "sales", SALES + SOLD + sold(units="x"))
    assert made.good().index.tolist() == [2]


@pytest.mark.parametrize(
    ("periods", "overlapping"),
    [
        (["2026-01-01,2026-01-31", "2026-02-01,2026-02-28"], []),
        (["2026-01-01,2026-02-01", "2026-02-01,2026-02-28"], [2, 3]),
        (["2026-02-01,2026-02-28", "2026-01-01,2026-12-31", "2027-01-01,"], [2, 3]),
        (["2026-01-01,", "2026-02-01,2026-02-28"], []),
        (["2026-01-01,2026-12-31", "2026-06-01,"], [2, 3]),
        (["2026-01-01,2026-12-31", "2026-02-01,2026-02-28", "2026-06-01,2026-06-30"], [2, 3, 4]),
    ],
)
def test_rows_of_one_key_may_not_hold_for_the_same_day(periods, overlapping, tmp_path):
    text = OFFERS + "".join(f"S1,A,1,{period},4,USD\n" for period in periods)
    made = judged(tmp_path, "offers", text + "S1,B,1,2026-01-01,,4,USD\n")
    assert found(made) == [(row, "valid_from", "overlap") for row in overlapping]


def test_tiers_of_one_offer_do_not_overlap(tmp_path):
    text = OFFERS + "S1,A,1,2026-01-01,,4,USD\nS1,A,100,2026-01-01,,3,USD\n"
    assert found(judged(tmp_path, "offers", text)) == []


def test_a_unit_may_not_cost_more_in_a_larger_order(tmp_path):
    rises = "S1,A,1,2026-01-01,,4,USD\nS1,A,100,2026-01-01,,5,USD\nS1,A,200,2026-01-01,,3,USD\n"
    made = judged(tmp_path, "offers", OFFERS + rises)
    assert found(made) == [(3, "unit_cost", "dearer tier")]


def test_a_tier_is_compared_with_those_of_its_days_only(tmp_path):
    apart = "S1,A,1,2026-01-01,2026-06-30,4,USD\nS1,A,100,2026-07-01,,5,USD\nS1,A,1,2026-07-01,,6,USD\n"
    assert found(judged(tmp_path, "offers", OFFERS + apart)) == []


@pytest.mark.parametrize(
    ("column", "cell"),
    [("valid_to", "9999-12-31"), ("valid_from", "1900-01-01"), ("valid_from", "2062-01-01")],
)
def test_open_ends_may_be_far_away_but_not_beginnings_in_the_future(column, cell, tmp_path):
    cells = {"valid_from": "2026-01-01", "valid_to": ""} | {column: cell}
    made = judged(tmp_path, "offers", OFFERS + f"S1,A,1,{cells['valid_from']},{cells['valid_to']},4,USD\n")
    assert found(made) == ([(2, "valid_from", "far date")] if cell.startswith("2062") else [])


def test_the_limits_are_the_policys(tmp_path):
    made = sheet(tmp_path, "sales", SALES + sold(units="60") + sold(date="2024-11-14"))
    policy = GatePolicy(max_units=50, max_years=1)
    problems = {(f.problem, *f.rows) for f in cell_findings(made, policy, DAY) if len(f.rows)}
    assert problems == {("too many", 2), ("far date", 3)}


def test_a_typed_file_is_held_to_the_same(tmp_path):
    frame = pd.DataFrame(
        {
            "date": pd.to_datetime(["2026-11-13", "2026-11-14", None, "2026-11-15"]),
            "sku": pd.Categorical(["A", "A", "A", None]),
            "channel": "shop",
            "region": "east",
            "units": [1.0, 1.5, 2.0, None],
        }
    )
    made = parquet_sheet(tmp_path, "sales", frame)
    problems = {(f.problem, *f.rows) for f in cell_findings(made, Policy().gate, DAY) if len(f.rows)}
    assert problems == {("not whole", 3), ("blank", 4), ("blank", 5)}
