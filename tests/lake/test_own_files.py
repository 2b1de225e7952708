"""One exported sales file becomes a business folder that the gate lets through, every assumption marked."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from workbench.errors import MappingError
from workbench.lake.gate import check
from workbench.lake.mapping import Mapping
from workbench.lake.own_files import init
from workbench.lake.reading import read
from workbench.policy import AssumptionsPolicy, Policy
from workbench.tables import INPUTS

RETAIL = (
    Path(__file__).resolve().parents[3] / "shared/data/online_retail/online_retail_2010-12_2011-12.parquet"
)
ORDERS = """\
Order No;Order Date;Item SKU;Description;Qty;Unit Price;Customer;Country
1;2026-03-02 09:00;85123A;Lantern;12;2,50;7;France
1;2026-03-02 09:00;22423;Cake stand;2;10,00;7;France
C2;2026-03-03 09:00;85123A;Lantern;-5;2,50;7;France
3;2026-03-09 18:00;85123a;White lantern;1;3,50;8;Spain
"""
DAILY = "date,sku,units\n2026-03-02,tee-blk-m,3\n2026-03-03,tee-blk-m,1\n2026-03-03,cap,8\n"


def make(tmp_path, text, name="export.csv"):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return tmp_path / "shop", file


def passed(folder, day):
    report = check(folder, Policy.load(folder / "policy.toml"), day)
    assert report.stops == []
    assert (report.rows["rows_in"] == report.rows[["used", "quarantined", "out_of_scope"]].sum(axis=1)).all()
    return report


def test_order_lines_become_a_folder_that_the_gate_lets_through(tmp_path):
    folder, file = make(tmp_path, ORDERS)
    story = " ".join(init(folder, file))
    assert "4 rows = 4 used + 0 quarantined + 0 out of scope" in story
    assert "2 products in 2 regions, 3 series of product and region: 10 units sold, 0 returned" in story
    assert f"workbench plan --folder {folder} --date 2026-03-10" in story
    export = Mapping.load(folder).order_export
    assert (export.cancellation_prefix, export.not_products) == ("C", "")
    assert export.columns["ordered_at"] == "Order Date"
    tables = passed(folder, date(2026, 3, 10)).tables
    assert tables["sales"]["units"].tolist() == [2, 7, 1]
    assert tables["products"].set_index("sku")["name"].to_dict() == {
        "22423": "Cake stand",
        "85123A": "Lantern",
    }
    assert tables["prices"].set_index("sku")["price"].to_dict() == {"22423": 10.0, "85123A": 2.5}
    assert tables["offers"].set_index("sku")["unit_cost"].to_dict() == {"22423": 6.0, "85123A": 1.5}
    assert tables["regions"]["region"].tolist() == ["France", "Spain"]
    # 8 lanterns net in the file's 8 days are 7 a week: 6 weeks of that
    assert tables["inventory"].set_index("sku")["on_hand"].to_dict() == {"22423": 11, "85123A": 42}
    assert tables["inventory"]["counted_on"].unique() == [pd.Timestamp("2026-03-10")]


def test_a_daily_sales_file_needs_no_order_numbers_and_keeps_its_codes(tmp_path):
    folder, file = make(tmp_path, DAILY)
    story = " ".join(init(folder, file))
    assert "read as daily sales" in story
    mapping = Mapping.load(folder)
    assert mapping.order_export is None
    assert mapping.tables["sales"].columns == {"date": "date", "sku": "sku", "units": "units"}
    assert mapping.tables["sales"].constants == {"channel": "shop", "region": "all"}
    tables = passed(folder, date(2026, 3, 4)).tables
    assert tables["sales"]["sku"].tolist() == ["tee-blk-m", "cap", "tee-blk-m"]
    assert tables["sales"]["units"].sum() == 12
    assert tables["prices"]["price"].tolist() == [AssumptionsPolicy().price] * 2


def test_repeated_days_or_units_taken_back_make_a_file_order_lines(tmp_path):
    for at, more in enumerate(("2026-03-03,cap,1\n", "2026-03-04,cap,-1\n")):
        below = tmp_path / str(at)
        below.mkdir()
        folder, file = make(below, DAILY + more)
        init(folder, file)
        assert Mapping.load(folder).order_export is not None
        passed(folder, date(2026, 3, 5))


def test_every_assumption_stands_in_the_mapping(tmp_path):
    folder, file = make(tmp_path, ORDERS)
    init(folder, file)
    report = passed(folder, date(2026, 3, 10))
    told = set(zip(report.assumptions["table"], report.assumptions["column"], strict=True))
    assert {
        ("inventory", "on_hand"),
        ("inventory", "counted_on"),
        ("offers", "unit_cost"),
        ("suppliers", "lead_time_days"),
        ("prices", "price"),
        ("regions", "warehouse"),
        ("sales", "channel"),
    } <= told
    assert all(column in INPUTS[table].names for table, column in told)


def test_the_policy_is_fitted_to_the_country_and_currency_of_the_file(tmp_path):
    folder, file = make(tmp_path, ORDERS)
    init(folder, file)
    policy = Policy.load(folder / "policy.toml")
    assert (policy.business.base_currency, policy.business.time_zone) == ("EUR", "Europe/Paris")
    assert policy.gate.max_age_days == 7
    below = tmp_path / "priced"
    below.mkdir()
    folder, file = make(below, "date,sku,units,currency\n2026-03-02,A,1,cad\n")
    init(folder, file)
    assert Policy.load(folder / "policy.toml").business.base_currency == "CAD"


def test_a_policy_that_lies_there_says_what_is_assumed(tmp_path):
    folder, file = make(tmp_path, ORDERS)
    folder.mkdir()
    policy = Policy(assumptions=AssumptionsPolicy(margin=0.2, cancellation_days=0))
    (folder / "policy.toml").write_text(policy.toml(), encoding="utf-8")
    init(folder, file)
    tables = passed(folder, date(2026, 3, 10)).tables
    assert tables["offers"]["unit_cost"].tolist() == [8.0, 2.0]
    assert tables["returns"]["units"].tolist() == [5]


def test_the_policy_says_how_old_files_may_be_and_what_marks_a_cancellation(tmp_path):
    folder, file = make(tmp_path, ORDERS + "C4;2026-03-09 19:00;22423;Cake stand;2;10,00;9;Spain\n")
    init(folder, file)
    assert Mapping.load(folder).order_export.cancellation_prefix == ""
    below = tmp_path / "argued"
    below.mkdir()
    assumptions = AssumptionsPolicy(cancellation_prefix_share=0.5)
    (below / "policy.toml").write_text(Policy(assumptions=assumptions).toml(), encoding="utf-8")
    init(below, file)
    assert Mapping.load(below).order_export.cancellation_prefix == "C"
    written = Policy.load(folder / "policy.toml")
    assert written.gate.max_age_days == written.assumptions.max_age_days


def test_codes_are_only_sorted_out_where_nearly_all_look_like_products(tmp_path):
    lines = "".join(f"{n},2026-03-02 09:00,{20000 + n},1,2.0,7,France\n" for n in range(40))
    header = "Invoice,InvoiceDate,StockCode,Quantity,Price,Customer ID,Country\n"
    folder, file = make(tmp_path, header + lines + "99,2026-03-02 09:00,post,1,18.0,7,France\n")
    story = " ".join(init(folder, file))
    assert "taken for no products: POST (1)" in story
    report = passed(folder, date(2026, 3, 3))
    assert report.rows.set_index("table").loc["sales", "out_of_scope"] == 1
    assert "POST" not in set(report.tables["products"]["sku"])


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("when,what,how many\n1,2,3\n", "export.csv", "no header was recognised"),
        (ORDERS, "export.xlsx", "neither .csv nor .parquet"),
        (ORDERS, "prices.csv", "would be overwritten"),
        ("date,sku,units\n1/2/2026,A,1\n", "export.csv", "Nothing is left to plan from"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_nothing_is_written(tmp_path, text, name, said):
    folder, file = make(tmp_path, text, name)
    with pytest.raises(MappingError, match=said):
        init(folder, file)
    assert not folder.exists()


def test_a_file_that_is_not_there_is_named_and_nothing_is_written(tmp_path):
    nowhere = tmp_path / "nothere.csv"
    with pytest.raises(MappingError) as refused:
        init(tmp_path / "shop", nowhere)
    assert str(refused.value) == f"There is no file {nowhere}; correct the path given to --sales."
    assert not (tmp_path / "shop").exists()


@pytest.mark.parametrize(("data", "said"), [(b"", "has no bytes"), (b"\x00\x81\x8d", "is no text file")])
def test_a_file_that_cannot_be_read_is_refused(tmp_path, data, said):
    (tmp_path / "export.csv").write_bytes(data)
    with pytest.raises(MappingError, match=said):
        init(tmp_path / "shop", tmp_path / "export.csv")
    assert not (tmp_path / "shop").exists()


def test_the_assumed_stock_lets_any_day_of_the_file_be_planned(tmp_path):
    folder, file = make(tmp_path, ORDERS)
    init(folder, file)
    assert passed(folder, date(2026, 3, 5)).tables["sales"]["units"].tolist() == [2, 7]


def test_a_folder_with_a_mapping_is_left_alone(tmp_path):
    folder, file = make(tmp_path, ORDERS)
    init(folder, file)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(MappingError, match=r"has a mapping\.toml already"):
        init(folder, file)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.fixture(scope="module")
def retail():
    if not RETAIL.exists():
        pytest.skip(f"{RETAIL.name} is not on this machine")
    return RETAIL


@pytest.mark.real_data
def test_a_real_shop_passes_the_gate_on_any_day_of_its_records(retail, tmp_path):
    story = " ".join(init(tmp_path / "shop", retail))
    assert "541,909 rows = 536,465 used + 6 quarantined + 5,438 out of scope" in story
    assert "GBP" in story
    for day, used in (
        (date(2011, 12, 10), 536_465),
        (date(2011, 12, 16), 536_465),
        (date(2011, 6, 1), 206_493),
    ):
        report = passed(tmp_path / "shop", day)
        sales = report.rows.set_index("table").loc["sales"]
        assert (sales["rows_in"], sales["used"]) == (541_909, used)
        assert report.tables["sales"]["date"].max() < pd.Timestamp(day)
        assert set(report.quarantine["problem"]) <= {"given away"}


@pytest.mark.real_data
def test_another_spelling_of_the_same_shop_gives_the_same_sales(retail, tmp_path):
    """The sheet of another year: other headers, a CSV, customers as 17850.0, SKUs in small letters."""
    raw = read(retail, retail.name).cells
    autumn = raw[raw["InvoiceDate"] >= "2011-09-01"]
    renamed = {"InvoiceNo": "Invoice", "UnitPrice": "Price", "CustomerID": "Customer ID"}
    other = autumn.rename(columns=renamed).assign(
        StockCode=autumn["StockCode"].str.lower() + " ",
        InvoiceDate=autumn["InvoiceDate"].dt.strftime("%d/%m/%Y %H:%M"),
        **{"Customer ID": autumn["CustomerID"].astype("float64")},
    )
    autumn.to_parquet(tmp_path / "one.parquet")
    other.to_csv(tmp_path / "other.csv", index=False)
    sales = {}
    for name in ("one.parquet", "other.csv"):
        folder = tmp_path / Path(name).stem
        init(folder, tmp_path / name)
        sales[name] = passed(folder, date(2011, 12, 10)).tables["sales"]
    pd.testing.assert_frame_equal(*sales.values())
