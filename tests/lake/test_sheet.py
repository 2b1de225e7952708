"""Files under our names: headers, constants, defaults, flavours of CSV, types of Parquet."""

from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from tests.lake.sheets import found, judged, parquet_sheet, sheet
from workbench.errors import GateStop

PRODUCTS = "sku,name,category,weight_kg\nA,Äpfel,Fruit,0.2\n"
SALES = "date,sku,channel,region,units\n"
ORDERS = "order_id,ordered_at,channel,region,sku,quantity\n"


def test_headers_constants_and_defaults_fill_the_table(tmp_path):
    made = sheet(
        tmp_path,
        "sales",
        "Day,Item number,Qty,region\n2026-11-14,A,2,east\n",
        columns={"date": "Day", "sku": "Item number", "units": "Qty"},
        constants={"channel": "shop"},
    )
    row = made.frame.iloc[0]
    assert row[["sku", "channel", "region", "units"]].tolist() == ["A", "shop", "east", 2.0]
    assert made.frame["in_stock"].dtype == "boolean" and made.frame["in_stock"].isna().all()


def test_a_constant_stands_in_place_of_a_column_of_the_file(tmp_path):
    made = sheet(tmp_path, "products", PRODUCTS, constants={"category": "All", "weight_kg": 3})
    assert made.frame[["category", "weight_kg"]].to_numpy().tolist() == [["All", 3.0]]


def test_blank_cells_take_the_stated_default(tmp_path):
    made = judged(tmp_path, "products", "sku,name,category,weight_kg,hs_code\nA,Apple,,,\n")
    assert found(made) == []
    row = made.frame.iloc[0]
    assert (row["category"], row["weight_kg"], row["volume_m3"]) == ("uncategorised", 0.5, 0.002)
    assert pd.isna(row["hs_code"])


def test_a_cell_that_cannot_be_read_does_not_take_the_default(tmp_path):
    made = judged(tmp_path, "products", "sku,name,weight_kg\nA,Apple,heavy\n")
    assert found(made) == [(2, "weight_kg", "no number")]


@pytest.mark.parametrize(
    "data",
    [
        PRODUCTS.encode("utf-8"),
        PRODUCTS.encode("utf-8-sig"),
        PRODUCTS.encode("utf-16"),
        PRODUCTS.encode("cp1252"),
        PRODUCTS.replace(",", ";").encode(),
        PRODUCTS.replace(",", "\t").encode(),
        PRODUCTS.replace("\n", "\r\n").encode(),
        PRODUCTS.replace("sku,name", ' sku ,"name"').encode(),
        PRODUCTS.strip().encode(),
    ],
)
def test_csv_of_any_flavour_says_the_same(data, tmp_path):
    made = sheet(tmp_path, "products", data)
    assert made.frame[["sku", "name", "category", "weight_kg"]].to_numpy().tolist() == [
        ["A", "Äpfel", "Fruit", 0.2]
    ]
    assert bool(made.notes) == (data == PRODUCTS.encode("cp1252"))


def test_blanks_around_cells_are_taken_off_and_counted(tmp_path):
    made = sheet(tmp_path, "products", "sku,name\n A ,Apple\nB, Bell\n")
    assert made.frame["sku"].tolist() == ["A", "B"]
    assert made.notes == ["products.csv: blanks around 2 cells were taken off."]


def test_codes_that_look_like_numbers_stay_text(tmp_path):
    made = sheet(tmp_path, "products", "sku,name\n00123,Apple\n1e5,Bell\n")
    assert made.frame["sku"].tolist() == ["00123", "1e5"]


def test_a_day_with_a_time_is_its_business_day(tmp_path):
    chicago = ZoneInfo("America/Chicago")
    text = SALES + "2026-11-14 23:30,A,shop,east,1\n2026-11-14T23:30:00Z,B,shop,east,1\n"
    days = sheet(tmp_path, "sales", text + "2026-11-15T02:00:00Z,C,shop,east,1\n", chicago).frame["date"]
    assert days.dt.strftime("%d %H").tolist() == ["14 00", "14 00", "14 00"]


def test_an_instant_without_an_offset_is_utc(tmp_path):
    text = ORDERS + "1,2026-11-14 10:00,shop,east,A,1\n2,2026-11-14T10:00:00-06:00,shop,east,A,1\n"
    instants = sheet(tmp_path, "order_lines", text, ZoneInfo("America/Chicago")).frame["ordered_at"]
    assert instants.dt.strftime("%H:%M").tolist() == ["10:00", "16:00"]


def test_slashed_dates_are_read_where_the_column_settles_them(tmp_path):
    text = SALES + "11/12/2026,A,shop,east,1\n11/13/2026,A,shop,east,1\n"
    days = sheet(tmp_path, "sales", text).frame["date"]
    assert days.dt.strftime("%Y-%m-%d").tolist() == ["2026-11-12", "2026-11-13"]


def test_types_of_parquet_become_ours(tmp_path):
    frame = pd.DataFrame(
        {
            "date": pd.Series(pd.to_datetime(["2026-11-14"])).dt.date,
            "sku": [17850],
            "channel": pd.Categorical(["shop"]),
            "region": ["east"],
            "units": pd.Series([2], dtype="int8"),
            "in_stock": [True],
        }
    )
    row = parquet_sheet(tmp_path, "sales", frame).frame.iloc[0]
    assert row["date"] == pd.Timestamp("2026-11-14")
    assert (row["sku"], row["channel"], row["units"], row["in_stock"]) == ("17850", "shop", 2.0, True)


@pytest.mark.parametrize("value", ["true", "TRUE", "yes", "1", " Yes "])
def test_yes_has_many_spellings(value, tmp_path):
    text = "date,sku,channel,region,units,in_stock\n" + f"2026-11-14,A,shop,east,1,{value}\n"
    assert sheet(tmp_path, "sales", text).frame["in_stock"].tolist() == [True]


def test_a_missing_column_is_named_with_what_is_there_instead(tmp_path):
    with pytest.raises(GateStop) as stop:
        sheet(tmp_path, "sales", "Date,SKU,channel,region,units\n", columns={"sku": "Item"})
    assert str(stop.value) == (
        "sales.csv has no column 'date' (date: order date); has no column 'Item' (sku: stock-keeping unit). "
        "Its headers are 'Date', 'SKU', 'channel', 'region', 'units': add the column, or say in mapping.toml "
        "under [tables.sales] which header it has."
    )


def test_a_mapped_column_must_be_there_even_if_it_has_a_default(tmp_path):
    with pytest.raises(GateStop, match="'Group'"):
        sheet(tmp_path, "products", "sku,name\nA,Apple\n", columns={"category": "Group"})


def test_a_column_that_nobody_reads_may_stand_twice(tmp_path):
    assert sheet(tmp_path, "products", "sku,name,x,x\nA,Apple,1,2\n").frame["name"].tolist() == ["Apple"]
