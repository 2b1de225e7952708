"""Keys find their partner in another table, or their row is set aside."""

import pandas as pd
import pytest

from tests.lake.tiny_business import FILES, ORDER, ORDERS, account, checked, faults
from workbench.lake.references import Known, reference_findings
from workbench.tables import INPUTS

SERVICES = "carrier,service,days\nX,fast,1\nY,slow,3\n"


@pytest.mark.parametrize(
    ("table", "text", "columns"),
    [
        ("listings", "channel,channel_sku,sku\netsy,E1,Z\n", ["channel", "sku"]),
        (
            "lanes",
            "from_warehouse,to_warehouse,cost_per_unit,days\nhere,there,1,1\n",
            ["from_warehouse", "to_warehouse"],
        ),
        ("promotions", "sku,channel,valid_from,discount\nZ,etsy,2026-01-01,0.1\n", ["channel", "sku"]),
        (
            "channel_stock",
            "sku,warehouse,channel,quantity\nZ,there,etsy,1\n",
            ["channel", "sku", "warehouse"],
        ),
        (
            "transfers",
            "transfer_id,sku,from_warehouse,to_warehouse,quantity,expected_on\nT,Z,here,main,1,2026-11-20\n",
            ["from_warehouse", "sku"],
        ),
        (
            "purchase_orders",
            "purchase_order_id,sku,supplier,warehouse,quantity,ordered_on\nP,Z,S9,there,1,2026-11-01\n",
            ["sku", "supplier", "warehouse"],
        ),
        ("calendar", "date,region,event\n2026-12-25,mars,Christmas\n", ["region"]),
        (
            "returns",
            "date,sku,channel,region,units\n2026-11-10,Z,etsy,mars,1\n",
            ["channel", "region", "sku"],
        ),
        ("disruptions", "kind,name,starts_at\nsupplier,S9,2026-11-15T00:00:00Z\n", ["name"]),
        ("disruptions", "kind,name,starts_at\nwarehouse,there,2026-11-15T00:00:00Z\n", ["name"]),
        (
            "signals",
            "date,kind,sku,channel,region,value,known_at\n2026-11-10,social,Z,etsy,*,1,2026-11-11T00:00:00Z\n",
            ["channel", "sku"],
        ),
    ],
)
def test_an_unknown_key_sets_its_row_aside(table, text, columns, tmp_path):
    report = checked(tmp_path, **{table: text})
    assert faults(report) == {(table, 2, column, "unknown") for column in columns}
    assert account(report, table) == (1, 0, 1, 0)


def test_a_currency_needs_a_rate_unless_it_is_the_base(tmp_path):
    offers = FILES["offers"].replace("3,USD", "3,EUR")
    assert faults(checked(tmp_path, offers=offers)) == {("offers", 3, "currency", "unknown")}
    rates = "currency,date,rate\nEUR,2026-01-01,1.1\n"
    assert faults(checked(tmp_path, offers=offers, fx_rates=rates)) == set()


def test_carrier_and_service_go_together(tmp_path):
    order = ORDERS.replace("status", "status,carrier,service")
    lines = [
        ORDER.replace("O1", f"O{n}").replace("\n", f",{pair}\n")
        for n, pair in enumerate(["X,fast", "X,slow", "Z,"])
    ]
    report = checked(tmp_path, services=SERVICES, order_lines=order + "".join(lines))
    assert faults(report) == {
        ("order_lines", 3, "carrier + service", "unknown"),
        ("order_lines", 4, "carrier", "unknown"),
    }
    found = report.quarantine.set_index("row")["found"]
    assert found[3] == "X, slow"


def test_without_services_a_planned_carrier_is_nobodys_fault(tmp_path):
    order = ORDERS.replace("status", "status,carrier") + ORDER.replace("\n", ",X\n")
    assert faults(checked(tmp_path, order_lines=order)) == set()


def test_a_blank_reference_that_may_be_blank_is_right(tmp_path):
    order = ORDERS.replace("status", "status,warehouse") + ORDER.replace("\n", ",\n")
    assert faults(checked(tmp_path, order_lines=order)) == set()


def test_a_signal_may_be_about_everything(tmp_path):
    signal = "date,kind,value,known_at\n2026-11-10,weather,1,2026-11-11T00:00:00Z\n"
    report = checked(tmp_path, signals=signal)
    assert faults(report) == set()
    assert report.tables["signals"][["sku", "channel", "region"]].to_numpy().tolist() == [["*", "*", "*"]]


def test_rows_that_name_a_quarantined_row_go_with_it_and_say_so(tmp_path):
    report = checked(
        tmp_path, products=FILES["products"] + "C,\n", sales=FILES["sales"] + "2026-11-15,C,shop,east,1\n"
    )
    assert faults(report) == {("products", 4, "name", "blank"), ("sales", 5, "sku", "partner quarantined")}
    assert "mend its row of products" in " ".join(report.sentences())


def test_a_missing_home_does_not_blame_every_row_that_names_it(tmp_path):
    report = checked(tmp_path, products=b"")
    assert faults(report) == set() and len(report.stops) == 1


def test_all_rows_of_an_optional_home_in_quarantine_leave_nobody_to_name():
    known = Known("USD")
    services = pd.DataFrame({"carrier": ["X"], "service": ["fast"]})
    known.add("services", services[:0], services)
    (carrier,) = [
        finding
        for finding in reference_findings(INPUTS["zones"], pd.DataFrame({"carrier": ["X"]}), known)
        if len(finding.rows)
    ]
    assert carrier.problem == "partner quarantined"
