import numpy as np
import pandas as pd
import pandera.errors
import pytest

from tests.conftest import PROJECT
from workbench import tables
from workbench.cli import EXIT_CODES, dictionary
from workbench.demand.paths import with_paths


def test_every_table_without_a_row_keeps_to_its_own_entry():
    for name in tables.TABLES.keys() - {"demand_paths"}:
        tables.validate(name, tables.TABLES[name].empty())


def test_every_key_and_every_age_column_is_a_column_of_its_table():
    for table in tables.TABLES.values():
        assert set(table.key) <= set(table.names), table.name
        assert table.dated_by is None or table.dated_by in table.names, table.name
        assert len(set(table.names)) == len(table.names), table.name


def test_a_column_of_one_name_has_one_type_and_one_unit_everywhere():
    # these say more than one thing by design: a proposal's quantity may be an expectation, not whole units
    loose = {
        "quantity",
        "value",
        "name",
        "kind",
        "line",
        "versions",
        "detail",
        "lines",
        "content",
        "summary",
    }
    seen = {}
    for table in tables.TABLES.values():
        for column in table.columns:
            if column.name not in loose:
                kind = (column.dtype, column.unit)
                assert seen.setdefault(column.name, kind) == kind, f"{table.name}.{column.name}"


def test_a_paths_table_with_a_negative_key_duplicate_is_refused():
    keys = pd.DataFrame(
        {"sku": ["A", "A"], "channel": "c", "region": "r", "date": pd.Timestamp("2026-01-01")}
    )
    keys = keys.astype({"date": tables.DAY})
    with pytest.raises(pandera.errors.SchemaErrors):
        tables.validate("demand_paths", with_paths(keys, np.ones((2, 3), dtype=np.float32)))


def _proposal(**changes):
    return {
        "agent": "routing",
        "kind": "shipment",
        "subject": "SH-W1-UPS-ground",
        "title": "Ship 1 order.",
        "skus": ["A"],
        "quantity": 1,
        "value": 5.0,
        "confidence": 0.9,
        "reason": "cheapest",
        "if_nothing": "1 order is late.",
        "money_at_risk": 4.0,
        "alternatives": [{"action": "wait", "cost": 4.0}],
        "evidence": ["1 order line"],
        "lines": [],
    } | changes


def test_proposals_are_sorted_by_subject_and_keep_an_agents_own_columns():
    frame = tables.proposals_table([_proposal(subject="B", own=1), _proposal(subject="A", own=2)])
    assert frame["proposal_id"].tolist() == ["A", "B"]
    assert frame["own"].tolist() == [2, 1]
    assert frame["buffer_share"].tolist() == [0.0, 0.0]


def test_no_proposals_have_the_same_columns():
    assert tables.proposals_table([]).columns.tolist() == tables.PROPOSALS.names


@pytest.mark.parametrize("change", [{"confidence": 1.2}, {"agent": "nobody"}, {"value": -1.0}])
def test_an_impossible_proposal_is_refused(change):
    with pytest.raises(pandera.errors.SchemaErrors):
        tables.proposals_table([_proposal(**change)])


def test_the_readme_holds_the_dictionary_and_the_exit_codes():
    readme = (PROJECT / "README.md").read_text()
    assert dictionary() in readme, "paste the output of `workbench tables` into README.md"
    for code, meaning in EXIT_CODES.items():
        assert f"| {code} | {meaning} |" in readme
