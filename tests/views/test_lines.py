import pandas as pd

from workbench.tables import TABLES
from workbench.views.lines import lines_of

LINE = {"sku": "A", "warehouse": "RNO", "channel": "shop", "quantity": 8, "quantity_before": 5}


def proposals(**given):
    row = {
        "proposal_id": "CS-1",
        "kind": "channel_share",
        "decision": "executed",
        "lines": [LINE],
        "decided_lines": None,
    }
    return pd.DataFrame([row | given])


def test_a_row_a_line_with_its_proposal_and_decision():
    lines = lines_of(proposals(), "channel_share")

    assert lines[["proposal_id", "sku", "quantity", "decision"]].to_numpy().tolist() == [
        ["CS-1", "A", 8.0, "executed"]
    ]


def test_lines_as_a_person_changed_them_count():
    changed = proposals(decision="changed", decided_lines=[LINE | {"quantity": 6}])

    assert lines_of(changed, "channel_share")["quantity"].tolist() == [6.0]


def test_other_kinds_are_left_out_and_nothing_has_all_columns():
    lines = lines_of(proposals(kind="transfer", lines=[]), "channel_share")

    assert lines.empty
    assert list(lines.columns) == [*TABLES["channel_share_lines"].names, "decision"]


def test_days_in_lines_become_days():
    line = {
        "sku": "A",
        "from_warehouse": "RNO",
        "to_warehouse": "DFW",
        "quantity": 1,
        "expected_on": "2026-11-19",
    }
    lines = lines_of(proposals(kind="transfer", lines=[line]), "transfer")

    assert lines["expected_on"].tolist() == [pd.Timestamp("2026-11-19")]
