"""Two days running on unchanged files: what was ordered on the first is not ordered again on the second."""

import datetime as dt

import pandas as pd
import pytest

from workbench import release
from workbench.agents.replenishment import replenish, situation_of
from workbench.authority import judge
from workbench.formulas.landed_cost import landed_offers
from workbench.ledger.ledger import Ledger
from workbench.runs.standing import standing
from workbench.tables import TABLES

DAYS = (dt.date(2026, 11, 16), dt.date(2026, 11, 17))


def _orders(tables, policy, day, outstanding):
    """Purchase orders of a day, if every supplier took orders on every day."""
    suppliers = tables.suppliers.assign(order_weekdays="0 1 2 3 4 5 6")
    ahead = pd.Timestamp(day) - tables.demand_paths["date"].min()
    paths = tables.demand_paths.assign(date=tables.demand_paths["date"] + ahead)
    stand = standing(tables, outstanding, time_zone=policy.business.time_zone)
    offers = landed_offers(
        tables.offers,
        suppliers,
        tables.products,
        tables.warehouses,
        tables.tariffs,
        tables.fx_rates,
        day=day,
        base_currency=policy.business.base_currency,
    )
    situation = situation_of(
        stand["stock"],
        stand["inbound"],
        paths,
        tables.regions,
        tables.warehouses,
        tables.products,
        suppliers,
        offers,
        tables.receipts,
        tables.prices,
        TABLES["cash"].empty(),
        outstanding,
        policy=policy,
        as_of=policy.business.as_of(day),
    )
    return replenish(situation, policy=policy)


def _units(proposals):
    lines = pd.DataFrame([line for lines in proposals["lines"] for line in lines])
    return lines.groupby(["sku", "warehouse"])["quantity"].sum()


@pytest.fixture(scope="module")
def two_days(planned_demo, tmp_path_factory):
    """Orders of the first day, and of the second with and without the first one's release counted."""
    tables, policy = planned_demo.snapshot(), planned_demo.policy
    ledger = Ledger(f"sqlite:///{tmp_path_factory.mktemp('days') / 'ledger.db'}")
    nothing = TABLES["outstanding"].empty()
    first = _orders(tables, policy, DAYS[0], nothing)
    at = policy.business.as_of(DAYS[0])
    judged = judge(first, policy, doubtful={}, assumed=[], earlier=pd.DataFrame())
    ledger.start_run("20261116-1", DAYS[0], "inputs", {}, policy.digest(), at)
    ledger.record("20261116-1", judged.assign(decision="executed"), at)
    ledger.publish("20261116-1", {}, at)
    release.release(ledger, policy, at)
    outstanding = release.outstanding(ledger, tables, policy, policy.business.as_of(DAYS[1]))
    second = _orders(tables, policy, DAYS[1], outstanding)
    forgetful = _orders(tables, policy, DAYS[1], nothing)
    return _units(first), outstanding, _units(second), _units(forgetful)


def test_everything_that_was_ordered_is_outstanding_on_the_next_day(two_days):
    first, outstanding, _, _ = two_days
    counted = outstanding.groupby(["sku", "to_warehouse"])["quantity"].sum()
    assert counted.sum() == first.sum() > 10_000
    assert not outstanding["overdue"].any()


def test_what_was_ordered_is_ordered_once(two_days):
    first, _, second, forgetful = two_days
    again = second.reindex(first.index, fill_value=0).sum() / first.sum()
    without = forgetful.reindex(first.index, fill_value=0).sum() / first.sum()
    assert without > 0.8, "the control: unless releases are counted nearly all is ordered again"
    assert again < 0.1
