import csv
import json
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import FORMULAS
from tests.ledger.making import (
    AT,
    LATER,
    RUN,
    judged,
    new_ledger,
    order,
    proposal,
    publish,
    redirect,
    share,
    shipment,
    start,
)
from workbench.authority import Desk
from workbench.errors import LedgerError
from workbench.policy import Policy
from workbench.release import export, exports, release
from workbench.release.exports import rounded

ORDER = f"PO-S1-{RUN}"
FILES = [
    "channel_shares.csv",
    "plan.json",
    "plan.xlsx",
    "purchase_orders.csv",
    "redirects.csv",
    "shipments.csv",
    "transfers.csv",
]


@pytest.fixture
def ledger(tmp_path):
    return new_ledger(tmp_path)


@pytest.fixture
def directory(tmp_path):
    directory = tmp_path / "exports"
    directory.mkdir()
    return directory


def _rows(directory, name):
    with (directory / name).open(newline="") as file:
        return list(csv.DictReader(file))


def _sheet(directory, name):
    return list(openpyxl.load_workbook(directory / "plan.xlsx")[name].iter_rows(values_only=True))


def test_a_plan_is_exported_as_one_file_for_machines_and_tables_for_people(ledger, directory):
    publish(ledger, order(), share(), shipment(), decision="executed")
    release(ledger, Policy(), LATER)
    export(ledger, RUN, directory)
    assert sorted(path.name for path in directory.iterdir()) == FILES
    assert openpyxl.load_workbook(directory / "plan.xlsx").sheetnames == [
        "Summary",
        "Decisions",
        "Waiting",
        "Purchase orders",
        "Redirects",
        "Transfers",
        "Channel shares",
        "Shipments",
    ]


def test_the_file_for_machines_holds_manifest_and_decisions(ledger, directory):
    publish(ledger, order())
    Desk(ledger, Policy(), None, lambda: LATER, "planner").approve(ORDER, {0: 240})
    export(ledger, RUN, directory)
    plan = json.loads((directory / "plan.json").read_text())
    assert (plan["run_id"], plan["date"], plan["summary"]) == (RUN, "2026-11-16", {"proposals": 1})
    assert ledger.verify({RUN: plan["head"]}) is None
    only = plan["proposals"][0]
    assert (only["proposal_id"], only["decision"], only["released"]) == (ORDER, "changed", False)
    assert (only["lines"][0]["quantity"], only["decided_lines"][0]["quantity"]) == (120, 240)


def test_only_released_lines_leave(ledger, directory):
    start(ledger)
    ledger.record(RUN, judged(shipment(), decision="executed"), AT)
    ledger.record(RUN, judged(order(), order("S2")), AT)
    ledger.publish(RUN, {}, AT)
    release(ledger, Policy(), AT)
    export(ledger, RUN, directory)
    assert _rows(directory, "purchase_orders.csv") == []
    assert _rows(directory, "shipments.csv")[0]["order_id"] == "O1"
    assert [row[0] for row in _sheet(directory, "Waiting")] == ["proposal_id", ORDER, f"PO-S2-{RUN}"]
    Desk(ledger, Policy(), None, lambda: LATER, "planner").approve(ORDER)
    release(ledger, Policy(), LATER)
    export(ledger, RUN, directory)
    rows = _rows(directory, "purchase_orders.csv")
    assert [(row["proposal_id"], row["quantity"], row["release_id"]) for row in rows] == [
        (ORDER, "120", f"{RUN}-R2")
    ]
    assert len(_sheet(directory, "Waiting")) == 2


def test_a_redirect_leaves_as_a_line_of_its_order(ledger, directory):
    publish(ledger, redirect(), decision="executed")
    release(ledger, Policy(), LATER)
    export(ledger, RUN, directory)
    (row,) = _rows(directory, "redirects.csv")
    told = ("purchase_order_id", "sku", "quantity", "from_warehouse", "to_warehouse", "expected_on")
    assert [row[name] for name in told] == ["P1", "A", "24", "W1", "W2", "2026-11-26"]


def test_a_line_set_to_nothing_does_not_leave_and_a_share_of_nothing_does(ledger, directory):
    lines = order()["lines"] + order(sku="B")["lines"]
    publish(ledger, proposal("PO-S1", "purchase_order", "replenishment", lines), share())
    desk = Desk(ledger, Policy(), None, lambda: LATER, "planner")
    desk.approve(ORDER, {0: 0})
    desk.approve(f"CS-W1-shop-{RUN}", {0: 0})
    release(ledger, Policy(), LATER)
    export(ledger, RUN, directory)
    assert [row["sku"] for row in _rows(directory, "purchase_orders.csv")] == ["B"]
    assert [row["quantity"] for row in _rows(directory, "channel_shares.csv")] == ["0"]


def test_figures_are_rounded_once_with_their_unit(ledger, directory):
    publish(ledger, order(value=1000.0 / 3, quantity=120, confidence=2 / 3), decision="executed")
    release(ledger, Policy(), LATER)
    export(ledger, RUN, directory)
    row = _rows(directory, "purchase_orders.csv")[0]
    assert (row["quantity"], row["value"], row["landed_cost"]) == ("120", "333.33", "2.7778")
    assert (row["currency"], row["base_currency"]) == ("EUR", "USD")
    header, values = _sheet(directory, "Purchase orders")
    assert values[header.index("value")] == 333.33
    only = json.loads((directory / "plan.json").read_text())["proposals"][0]
    assert (only["value"], only["confidence"], only["quantity"]) == (333.33, 0.6667, 120)


@given(st.decimals(0, 1_000_000, places=3))
def test_money_is_rounded_half_up_to_the_cent(amount):
    assert abs(rounded(float(amount), "money") - amount) <= Decimal("0.005")
    assert rounded(2.005, "money") == Decimal("2.01")


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_a_spreadsheet_would_run_stays_text_for_people_and_is_refused_for_machines(
    ledger, directory, text
):
    publish(ledger, order(sku=text, title=text, if_nothing=text), shipment(), decision="executed")
    release(ledger, Policy(), LATER)
    stored = ledger.releases()["content"][0]["sku"]
    assert export(ledger, RUN, directory) == [
        f"purchase_orders.csv, row 2, sku: found {stored!r}; a spreadsheet would run it, so the file was not "
        "written; correct it where it comes from, and plan again."
    ]
    assert not (directory / "purchase_orders.csv").exists()
    assert len(_rows(directory, "shipments.csv")) == 1
    book = openpyxl.load_workbook(directory / "plan.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert not any(str(cell.value).startswith(("=", "+", "@", "\t", "＝")) for cell in cells)
    assert json.loads((directory / "plan.json").read_text())["proposals"][0]["lines"][0]["sku"] == stored


@pytest.mark.parametrize("text", ["A-1", "1-2", "a=b", "Mug + lid", "me@home", "", "−5", "é"])
def test_text_that_no_spreadsheet_would_run_leaves_as_it_is(ledger, directory, text):
    publish(ledger, order(sku=text or "A", warehouse=text), decision="executed")
    release(ledger, Policy(), LATER)
    assert export(ledger, RUN, directory) == []
    assert _rows(directory, "purchase_orders.csv")[0]["sku"] == text or "A"


def test_control_signs_and_endless_text_do_not_break_the_workbook(ledger, directory):
    publish(ledger, order(title="a\x00b\x0bc", if_nothing="x" * 40_000))
    export(ledger, RUN, directory)
    header, values = _sheet(directory, "Decisions")
    assert values[header.index("title")] == "abc"
    assert len(values[header.index("if_nothing")]) == 32_767


def test_the_summary_sheet_shows_every_figure_of_the_manifest(ledger, directory):
    start(ledger)
    ledger.publish(RUN, {"waiting": 2, "agents": {"routing": {"proposals": 3}}, "notes": ["=a"]}, AT)
    export(ledger, RUN, directory)
    summary = dict(_sheet(directory, "Summary"))
    assert (summary["run_id"], summary["waiting"], summary["agents: routing: proposals"]) == (RUN, 2, 3)
    assert summary["notes"] == '["=a"]'


def test_the_same_ledger_gives_the_same_content(ledger, directory):
    publish(ledger, order(), shipment(), decision="executed")
    release(ledger, Policy(), LATER)
    export(ledger, RUN, directory)
    first = {path.name: path.read_bytes() for path in directory.glob("*.[cj]s*")}
    sheets = {name: _sheet(directory, name) for name in ("Summary", "Decisions", "Shipments")}
    export(ledger, RUN, directory)
    assert {path.name: path.read_bytes() for path in directory.glob("*.[cj]s*")} == first
    assert {name: _sheet(directory, name) for name in sheets} == sheets


@pytest.mark.parametrize("lost", ["purchase_orders.csv", "plan.xlsx"])
def test_the_file_for_machines_stands_only_beside_a_whole_export(ledger, directory, monkeypatch, lost):
    publish(ledger, order(), decision="executed")
    export(ledger, RUN, directory)
    put = exports._put

    def killed(path, content):
        if path.name == lost:
            raise KeyboardInterrupt
        put(path, content)

    monkeypatch.setattr(exports, "_put", killed)
    with pytest.raises(KeyboardInterrupt):
        export(ledger, RUN, directory)
    assert not (directory / "plan.json").exists()


def test_a_run_that_is_not_published_is_not_exported(ledger, directory):
    start(ledger)
    with pytest.raises(LedgerError, match="not published"):
        export(ledger, RUN, directory)
    assert list(directory.iterdir()) == []
