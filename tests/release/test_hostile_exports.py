"""All hostile texts through every field of a proposal into every file of an export."""

import csv
import json

import openpyxl
import pytest

from tests.hostile import FORMULAS, IN_TABLES, STRINGS
from tests.ledger.making import LATER, RUN, order, publish, redirect, share, shipment, transfer
from workbench.ledger.ledger import Ledger
from workbench.policy import Policy
from workbench.release import export, release
from workbench.release.exports import LEAVING

FIGURES = {"quantity", "order_multiple", "minimum_order_quantity", "unit_cost", "landed_cost", "value"}
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def _spoilt(record, text):
    """A proposal in which every text that is no code of the tables is another."""
    lines = [
        {name: text if isinstance(value, str) else value for name, value in line.items()}
        for line in record["lines"]
    ]
    return {
        **record,
        **dict.fromkeys(("title", "if_nothing", "reason"), text),
        "skus": [text],
        "evidence": [text],
        "alternatives": [{"action": text, "cost": 500.0}],
        "lines": lines,
        "note": text,
    }


@pytest.fixture
def directory(tmp_path):
    (tmp_path / "export").mkdir()
    return tmp_path / "export"


def _exported(texts, directory):
    ledger = Ledger(f"sqlite:///{directory.parent / 'ledger.db'}")
    kinds = (order, redirect, transfer, share, shipment)
    records = [
        _spoilt(kind(), text) | {"subject": f"{text[:99]} {place} {kind.__name__}"}
        for place, text in enumerate(texts)
        for kind in kinds
    ]
    publish(ledger, *records, decision="executed")
    release(ledger, Policy(), LATER)
    return export(ledger, RUN, directory)


def _cells(directory):
    book = openpyxl.load_workbook(directory / "plan.xlsx")
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_nothing_runs_in_the_workbook_and_files_for_machines_are_refused_cell_by_cell(directory):
    refused = _exported(IN_TABLES, directory)
    cells = _cells(directory)
    assert len(cells) > 10 * len(IN_TABLES)
    texts = [cell.value for cell in cells if cell.data_type == "s"]
    assert {cell.data_type for cell in cells} <= {"s", "n", "b"}
    assert not [text for text in texts if text.startswith(RUN_BY_SPREADSHEETS)]
    assert not list(directory.glob("*.csv"))
    plan = json.loads((directory / "plan.json").read_text(encoding="utf-8"))
    assert len(plan["proposals"]) == len(LEAVING) * len(IN_TABLES)
    for name in LEAVING.values():
        lines = [sentence for sentence in refused if sentence.startswith(f"{name}.csv, row ")]
        assert len(lines) >= len(FORMULAS), name
        assert all(
            "; a spreadsheet would run it, so the file was not written; correct" in one for one in lines
        )


def test_what_no_spreadsheet_runs_comes_out_of_the_files_for_machines_as_it_went_in(directory):
    def runs(text):
        seen = text.strip().lstrip(
            "\x00\x01\x02\x03\x04\x07\x0b\x1a\x1b\u200b\ufeff\u202e\u2066\u2067\u061c\u2060"
        )
        return text.startswith(RUN_BY_SPREADSHEETS) or seen.startswith(RUN_BY_SPREADSHEETS)

    safe = [text for text in IN_TABLES if not runs(text)]
    assert len(safe) >= 250
    assert _exported(safe, directory) == []
    for name in LEAVING.values():
        with (directory / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert {row["sku"] for row in rows} == set(safe)
        assert not [cell for row in rows for cell in row.values() if cell.startswith(RUN_BY_SPREADSHEETS)]


def test_who_decided_and_why_stays_text_too(directory):
    assert len(STRINGS) >= 300
    ledger = Ledger(f"sqlite:///{directory.parent / 'ledger.db'}")
    publish(ledger, *(order(subject=f"PO-{place}") for place in range(len(STRINGS))))
    for place, text in enumerate(STRINGS):
        ledger.decide(f"PO-{place}-{RUN}", "rejected", text, LATER, reason=text)
    assert export(ledger, RUN, directory) == []
    cells = _cells(directory)
    assert {cell.data_type for cell in cells} <= {"s", "n", "b"}
    texts = [cell.value for cell in cells if cell.data_type == "s"]
    assert not [text for text in texts if text.startswith(RUN_BY_SPREADSHEETS)]
