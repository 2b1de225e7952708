import pandas as pd
import pytest

from tests.views.small_tables import TODAY, day, frame, lake_tables
from workbench.tables import TABLES
from workbench.views.trouble import trouble, trouble_html

NAMES = ("disruptions", "purchase_orders", "receipts", "tariffs", "suppliers")


@pytest.fixture(scope="module")
def tables():
    every = lake_tables()
    return {name: every[name] for name in NAMES}


def found(tables, **instead):
    given = tables | instead
    return trouble(*(given[name] for name in NAMES), day=TODAY, days=28)


def test_outage_duty_and_late_supplier_are_all_found(tables):
    rows = found(tables)

    assert rows["what"].tolist() == ["Carrier disrupted", "Duty changes", "Supplier late"]
    assert "7.6\xa0% until then, 38.9\xa0% from Mon 23 Nov 2026" in rows["says"][1]
    assert rows["says"][2] == (
        "2 of 3\xa0deliveries in the last 28 days came late, at the median by 8\xa0days. "
        "200\xa0units overdue, the oldest promised for Sat 7 Nov 2026."
    )


def test_half_of_the_deliveries_late_is_no_news_but_goods_overdue_are(tables):
    receipts = tables["receipts"].iloc[[0, 2]]

    assert found(tables, receipts=receipts)["says"].tolist()[2].startswith("200\xa0units overdue")


def test_a_supplier_in_time_with_nothing_overdue_is_not_named(tables):
    nothing = tables["purchase_orders"].iloc[:0]

    assert (
        "Supplier late"
        not in found(tables, receipts=tables["receipts"].iloc[[2]], purchase_orders=nothing)["what"].tolist()
    )


def test_a_disruption_that_is_over_is_no_trouble(tables):
    over = tables["disruptions"].assign(
        starts_at=pd.Timestamp("2026-11-10T00:00Z"), ends_at=pd.Timestamp("2026-11-12T00:00Z")
    )

    assert "Carrier disrupted" not in found(tables, disruptions=over)["what"].tolist()


def test_a_duty_that_changes_beyond_the_horizon_is_not_in_sight(tables):
    late = frame(
        "tariffs", origin="CN", destination="US", hs_prefix="94", valid_from=[day(40)], duty_rate=0.1
    )

    assert "Duty changes" not in found(tables, tariffs=late)["what"].tolist()


def test_nothing_out_of_the_ordinary_is_said():
    nothing = trouble(*(TABLES[name].empty() for name in NAMES), day=TODAY, days=28)

    assert nothing.empty
    assert "Nothing is" in trouble_html(nothing)
