"""What replenishment rests on, spoilt: a fault is named with row and remedy, and the rest passes."""

import pytest

from tests.lake.tiny_business import checked, faults

OFFERS = "supplier,sku,valid_from,tier_from,unit_cost,currency,minimum_order_quantity\n"
GOOD = "S1,A,2026-01-01,1,4,USD,1\n"
TARIFFS = "origin,destination,hs_prefix,valid_from,valid_to,duty_rate\n"
ON_ORDER = "purchase_order_id,sku,supplier,warehouse,quantity,ordered_on,promised_on\n"


@pytest.mark.parametrize(
    ("table", "text", "column", "problem", "remedy"),
    [
        ("offers", OFFERS + GOOD + "S1,B,2026-01-01,1,,USD,1\n", "unit_cost", "blank", "fill it in"),
        (
            "offers",
            OFFERS + GOOD + "S1,B,2026-01-01,1,3,USD,0\n",
            "minimum_order_quantity",
            "zero",
            "more than 0",
        ),
        (
            "offers",
            OFFERS + GOOD + "S1,A,2026-01-01,100,5,USD,1\n",
            "unit_cost",
            "dearer tier",
            "ask what holds",
        ),
        ("cash", "date,budget\n2026-11-15,500\n2026-11-16,-1\n", "budget", "negative", "give 0 or more"),
        (
            "purchase_orders",
            ON_ORDER + "P1,A,S1,main,5,2026-11-02,\nP2,B,S1,main,5,,2026-11-20\n",
            "ordered_on",
            "blank",
            "fill it in",
        ),
    ],
)
def test_a_row_that_cannot_be_right_is_set_aside_and_the_rest_passes(
    table, text, column, problem, remedy, tmp_path
):
    report = checked(tmp_path, **{table: text})
    assert report.stops == []
    assert faults(report) == {(table, 3, column, problem)}
    assert remedy in report.quarantine["remedy"].iloc[0]
    assert len(report.tables[table]) == 1


def test_tariffs_that_overlap_are_both_set_aside(tmp_path):
    rows = (
        "CN,US,61,2026-01-01,2026-12-31,0.1\nCN,US,61,2026-06-01,2026-12-31,0.2\nCN,US,42,2026-01-01,,0.3\n"
    )
    report = checked(tmp_path, tariffs=TARIFFS + rows)
    assert faults(report) == {("tariffs", row, "valid_from", "overlap") for row in (2, 3)}
    assert report.tables["tariffs"]["hs_prefix"].tolist() == ["42"]
    assert set(report.quarantine["remedy"]) == {"end one row the day before the other begins"}


@pytest.mark.parametrize("days", ["0", "400"])
def test_a_lead_time_of_0_or_400_days_passes(days, tmp_path):
    report = checked(
        tmp_path, suppliers=f"supplier,name,country,currency,lead_time_days\nS1,Smith,US,USD,{days}\n"
    )
    assert report.quarantine.empty and report.stops == []


def test_no_receipts_at_all_pass(tmp_path):
    assert checked(tmp_path).tables["receipts"].empty
