from dataclasses import replace

import pandas as pd
import pytest

from workbench.runs.business import Business
from workbench.views.approval_quality import TOLD, flags


@pytest.fixture(scope="module")
def business(made_once):
    return Business(made_once)


def one(business, start, **given):
    queue = business.desk.queue().to_dict("records")
    return next(p for p in queue if p["proposal_id"].startswith(start)) | given


def tables(setting, **given):
    names = ("quarantine", "outstanding", "assumptions")
    each = {name: given.get(name, getattr(setting.tables, name).head(0)) for name in names}
    return replace(setting, tables=type("Tables", (), each)())


def test_a_quarantined_row_of_its_products_is_named(business, setting):
    (said,) = flags(one(business, "PO-S01"), setting)

    assert said.startswith("Quarantined: sales.parquet row 812, units of SKU-002")


def test_a_row_in_quarantine_for_long_counts_no_more(business, setting):
    rows = setting.tables.quarantine
    old = rows.assign(date=pd.Timestamp("2026-09-20"))  # 57 days before the plan's, the policy says 56

    assert flags(one(business, "PO-S01"), tables(setting, quarantine=old)) == []
    assert flags(
        one(business, "PO-S01"), tables(setting, quarantine=old.assign(date=pd.Timestamp("2026-09-21")))
    )


def test_more_than_a_few_rows_are_counted(business, setting):
    rows = pd.concat([setting.tables.quarantine.query("sku == 'SKU-002'")] * (TOLD + 3))

    assert (
        flags(one(business, "PO-S01"), tables(setting, quarantine=rows))[-1]
        == "And 3\xa0more rows in quarantine."
    )


def test_an_unconfirmed_release_is_named(business, setting):
    release = {"sku": "SKU-001", "overdue": True, "quantity": 40, "proposal_id": "TR-MDT-RNO-20261110-1"}
    outstanding = pd.DataFrame([release, release | {"overdue": False}])
    (said,) = flags(one(business, "PO-S01"), tables(setting, outstanding=outstanding))

    assert said == "Unconfirmed: 40\xa0units of SKU-001 from TR-MDT-RNO-20261110-1 stand in no file yet."


def test_assumptions_are_named_where_the_authority_held_it_back_for_them(business, setting):
    assumptions = pd.DataFrame([{"table": "suppliers", "column": "lead_time_days", "assumed": "14 days"}])
    told = tables(setting, assumptions=assumptions)

    assert flags(one(business, "PO-S01"), told) == []
    assert flags(
        one(business, "PO-S01", decision_reason="It rests on what was assumed (assumed)."), told
    ) == ["Assumed: suppliers.lead_time_days: 14 days."]


def test_what_its_agent_found_in_doubt_is_a_flag(business, setting):
    doubt = "It rests on inputs in doubt: A (a pattern never seen) (doubtful)."
    reason = f"Above the limit (purchase_order_limit). {doubt}"

    assert flags(one(business, "PO-S01", decision_reason=reason), tables(setting)) == [
        "In doubt: A (a pattern never seen)."
    ]


def test_a_pattern_never_seen_is_a_flag(business, setting):
    assert flags(one(business, "NS-"), tables(setting))[0].startswith("Never seen")
