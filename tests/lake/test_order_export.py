"""Order lines become daily sales and returns; every line is used, quarantined or explained."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import MappingError
from workbench.lake.mapping import OrderExport
from workbench.lake.order_export import (
    CANCELLED,
    LATER,
    NOT_PRODUCTS,
    STOCK_MOVEMENTS,
    convert,
    is_no_product,
)
from workbench.lake.own_sales import EVERY_CODE_BUT_PRODUCTS
from workbench.lake.reading import read
from workbench.policy import BusinessPolicy, Policy
from workbench.tables import validate

RETAIL = (
    Path(__file__).resolve().parents[3] / "shared/data/online_retail/online_retail_2010-12_2011-12.parquet"
)
EXPORT = OrderExport(
    file="orders.csv",
    columns={
        "order_id": "Invoice",
        "ordered_at": "When",
        "sku": "Code",
        "units": "Qty",
        "price": "Price",
        "customer": "Who",
        "region": "Country",
    },
    constants={"channel": "shop"},
    cancellation_prefix="C",
    not_products="^(POST|M)$",
)
HEADERS = list(EXPORT.columns.values())
MONDAY, TUESDAY, NEXT_MONDAY = "2026-03-02 09:00", "2026-03-03 10:00", "2026-03-09 09:00"


def table(*rows):
    return pd.DataFrame(rows, columns=HEADERS, dtype="object")


def account(raw, export=EXPORT, **options):
    result = convert(raw, export, Policy(), **options)
    scope = dict(zip(result.out_of_scope["reason"], result.out_of_scope["rows"], strict=True))
    assert result.rows_used + result.quarantine["row"].nunique() + sum(scope.values()) == len(raw)
    return result, scope


def sold(result):
    return [(f"{row.date:%a}", row.sku, row.units) for row in result.sales.itertuples()]


def test_lines_of_a_day_add_up_and_a_quick_cancellation_leaves_the_orders_day():
    result, scope = account(
        table(
            ("1", MONDAY, "85123A", 12, 2.5, "7", "Spain"),
            ("2", MONDAY, " 85123a", 3, 2.5, "8", "Spain"),
            ("C3", TUESDAY, "85123A", -5, 2.5, "7", "Spain"),
        )
    )
    assert sold(result) == [("Mon", "85123A", 10)]
    assert result.returns.empty
    assert result.rows_used == 3
    assert scope == {}


def test_what_comes_back_late_or_unmatched_is_a_return_on_its_own_day():
    result, _ = account(
        table(
            ("1", MONDAY, "A1", 12, 2.5, "7", "Spain"),
            ("C2", NEXT_MONDAY, "A1", -5, 2.5, "7", "Spain"),
            ("C3", TUESDAY, "A1", -2, 9.9, "7", "Spain"),
            ("C4", TUESDAY, "A1", -1, 2.5, "", "Spain"),
        )
    )
    assert sold(result) == [("Mon", "A1", 12)]
    assert result.returns["date"].dt.strftime("%d").tolist() == ["03", "09"]
    assert result.returns["units"].tolist() == [3, 5]


def test_an_order_cancelled_wholly_sold_nothing():
    result, _ = account(
        table(("1", MONDAY, "A1", 74215, 1.0, "7", "Spain"), ("C2", MONDAY, "A1", -74215, 1.0, "7", "Spain"))
    )
    assert result.sales.empty
    assert result.rows_used == 2


def test_postage_stock_movements_and_later_lines_are_out_of_scope_by_reason():
    result, scope = account(
        table(
            ("1", MONDAY, "post", 1, 18.0, "7", "Spain"),
            ("2", MONDAY, "A1", -30, 0.0, None, "Spain"),
            ("3", MONDAY, "A1", 4, 0, None, "Spain"),
            ("4", TUESDAY, "A1", 1, 2.0, "7", "Spain"),
            ("", "", "", "", "", "", ""),
        ),
        before=date(2026, 3, 3),
    )
    assert scope == {NOT_PRODUCTS: 1, STOCK_MOVEMENTS: 2, LATER: 1, "blank rows": 1}
    assert result.rows_used == 0


def test_a_cancellation_after_the_planned_day_is_not_known_yet():
    raw = table(("1", MONDAY, "A1", 12, 2.5, "7", "Spain"), ("C2", TUESDAY, "A1", -5, 2.5, "7", "Spain"))
    result, _ = account(raw, before=date(2026, 3, 3))
    assert sold(result) == [("Mon", "A1", 12)]


def test_every_fault_of_a_line_is_told_with_its_row():
    raw = table(
        ("1", MONDAY, "A1", 2, 5.0, "7", "Spain"),
        ("2", "soon", "", "two", 1.0, "7", ""),
        ("3", MONDAY, "A1", 1.5, "cheap", "7", "Spain"),
        ("4", MONDAY, "A1", 0, -1.0, "7", "Spain"),
        ("C5", MONDAY, "A1", 3, 1.0, "7", "Spain"),
        ("6", MONDAY, "A1", 200_000, 1.0, "7", "Spain"),
        ("7", MONDAY, "A1", 500, 0.0, "7", "Spain"),
        ("8", "1826-03-02", "A1", 1, 1.0, "7", "Spain"),
    ).set_axis(range(2, 10))
    result, _ = account(raw)
    faults = {(row.row, row.column, row.problem, row.found) for row in result.quarantine.itertuples()}
    assert faults == {
        (3, "ordered_at", "no date", "soon"),
        (3, "sku", "blank", ""),
        (3, "units", "no number", "two"),
        (3, "region", "blank", ""),
        (4, "units", "not whole", "1.5"),
        (4, "price", "no number", "cheap"),
        (5, "units", "zero", "0"),
        (5, "price", "negative", "-1.0"),
        (6, "units", "wrong sign", "3"),
        (7, "units", "too many", "200000"),
        (8, "units", "given away", "500"),
        (9, "ordered_at", "far date", "1826-03-02"),
    }
    given_away = result.quarantine.set_index("row").loc[8]
    assert given_away["value"] == 500.0  # at 1.00, the median of what the others paid
    assert given_away["date"] == pd.Timestamp("2026-03-02")


def test_what_stands_on_the_first_line_of_an_order_holds_for_all():
    export = OrderExport(
        file="o.csv",
        columns={
            "order_id": "Name",
            "ordered_at": "Created at",
            "sku": "Sku",
            "units": "Qty",
            "region": "To",
        },
        constants={"channel": "shop"},
    )
    raw = pd.DataFrame(
        {
            "Name": ["#1", "#1", "#2", "#2"],
            "Created at": ["2026-03-02 23:30:00 -0500", "", "2026-03-02 09:00:00 -0500", ""],
            "Sku": ["A", "B", "A", "B"],
            "Qty": ["1", "2", "3", "4"],
            "To": ["US", "", "CA", ""],
            "cancelled_at": ["", "", "2026-03-02 10:00:00 -0500", ""],
        }
    )
    policy = Policy(business=BusinessPolicy(time_zone="America/New_York"))
    result = convert(raw, export, policy)
    assert sold(result) == [("Mon", "A", 1), ("Mon", "B", 2)]
    assert result.sales["region"].unique().tolist() == ["US"]
    assert result.out_of_scope.to_dict("list") == {"reason": [CANCELLED], "rows": [2]}


def test_the_money_of_a_line_gives_the_price_of_a_unit():
    export = OrderExport(
        file="o.csv",
        columns={"ordered_at": "d", "sku": "s", "units": "u"},
        constants={"channel": "c", "region": "r"},
    )
    raw = pd.DataFrame({"d": ["2026-03-02"], "s": ["A"], "u": ["4"], "amount": ["10"]})
    assert convert(raw, export, Policy()).lines["price"].tolist() == [2.5]


def test_a_header_that_the_file_has_not_is_named_with_those_it_has():
    with pytest.raises(MappingError, match=r"orders.csv has no column Code; its headers are Invoice, When"):
        convert(table().drop(columns="Code"), EXPORT, Policy())
    without = EXPORT.model_copy(update={"constants": {}})
    with pytest.raises(MappingError, match="does not say the channel"):
        convert(table(), without, Policy())


def test_an_empty_file_gives_empty_tables():
    result, scope = account(table())
    assert result.rows_used == 0
    assert scope == {}
    assert validate("sales", result.sales).empty


@pytest.mark.parametrize(
    ("code", "product"),
    [
        *((code, True) for code in ("85123A", "22423", "15056BL", "DCGS0003", "SP1002", "DCGS0066P")),
        *((code, False) for code in ("POST", "D", "M", "m", "C2", "C3", "BANK CHARGES", "AMAZONFEE", "CRUK")),
        *(
            (code, False)
            for code in ("gift_0001_20", "GIFT", "TEST001", "ADJUST", "ADJUST2", "PADS", "B", "S")
        ),
    ],
)
def test_the_suggested_rule_knows_products_from_services(code, product):
    assert is_no_product(pd.Series([code]), EVERY_CODE_BUT_PRODUCTS).tolist() == [not product]


@st.composite
def exports(draw):
    row = st.tuples(
        st.sampled_from(["1", "C2", 3, None, "C4"]),
        st.sampled_from([MONDAY, TUESDAY, NEXT_MONDAY, "never", "", "1/2/2026", "1726-01-01"]),
        st.sampled_from(["85123A", "85123a ", "POST", "", None, 22423]),
        st.sampled_from([1, 12, -12, -1, 0, "6", "many", 1.5, None, 10**9, -(10**9), float("inf")]),
        st.sampled_from([0, 2.5, "2.5", -1, "dear", None]),
        st.sampled_from(["17850", 17850.0, "", None]),
        st.sampled_from(["Spain", "", None]),
    )
    return table(*draw(st.lists(row, max_size=12)))


@settings(max_examples=50, deadline=None)
@given(exports(), st.sampled_from([None, date(2026, 3, 3)]))
def test_no_line_is_ever_lost_and_units_are_conserved(raw, before):
    before_it = raw.copy()
    result, _ = account(raw, before=before)
    pd.testing.assert_frame_equal(raw, before_it)
    for name in ("sales", "returns", "quarantine"):
        validate(name, getattr(result, name))
    net = result.sales["units"].sum() - result.returns["units"].sum()
    assert net == result.lines["units"].sum()


@settings(max_examples=25, deadline=None)
@given(exports(), st.randoms())
def test_row_order_does_not_matter(raw, random):
    order = list(raw.index)
    random.shuffle(order)
    one, other = convert(raw, EXPORT, Policy()), convert(raw.loc[order], EXPORT, Policy())
    for name in ("sales", "returns", "quarantine", "out_of_scope"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


@pytest.fixture(scope="module")
def retail():
    if not RETAIL.exists():
        pytest.skip(f"{RETAIL.name} is not on this machine")
    return read(RETAIL, RETAIL.name).cells


@pytest.mark.real_data
def test_every_line_of_a_real_shop_is_accounted_for(retail):
    export = OrderExport(
        file=RETAIL.name,
        columns={
            "order_id": "InvoiceNo",
            "ordered_at": "InvoiceDate",
            "sku": "StockCode",
            "units": "Quantity",
            "price": "UnitPrice",
            "customer": "CustomerID",
            "region": "Country",
        },
        constants={"channel": "shop"},
        cancellation_prefix="C",
        not_products=EVERY_CODE_BUT_PRODUCTS,
    )
    result, scope = account(retail, export)
    assert len(retail) == 541_909
    assert scope == {NOT_PRODUCTS: 2_974, STOCK_MOVEMENTS: 2_464}
    assert result.quarantine["row"].nunique() == 6  # gifts of more than 100 units a line, one of 12,540
    assert result.sales["units"].max() < 5_000  # 80,995 and 74,215 were cancelled within minutes
    assert (result.sales["sku"].nunique(), result.sales.groupby(["sku", "region"]).ngroups) == (3_794, 19_392)
    net = result.sales["units"].sum() - result.returns["units"].sum()
    assert net == result.lines["units"].sum()
    assert validate("sales", result.sales) is not None
