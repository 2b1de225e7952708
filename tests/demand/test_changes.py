"""Why a forecast moved from one plan to the next, one reason at a time."""

from types import SimpleNamespace

import pandas as pd
import pytest

from tests.demand.conftest import table
from workbench.demand.changes import changes
from workbench.tables import TABLES

MONDAY = pd.Timestamp("2026-03-02")


def plan(rates, *, starts=0, days=28, models=None, **others):
    """A plan that expects so many units a day of every SKU, in the shop of the north."""
    demand = [
        {"sku": sku, "channel": "shop", "region": "north", "date": MONDAY + pd.Timedelta(days=day)}
        | dict.fromkeys(("mean", *(c for c in TABLES["demand"].names if c.startswith("q"))), float(rate))
        for sku, rate in rates.items()
        for day in range(starts, starts + days)
    ]
    kept = {"model": "smoothing", "history_days": 300, "censored_days": 0, "recent": 5.0, "never_seen": False}
    rows = [
        {"sku": sku, "channel": "shop", "region": "north"} | kept | (models or {}).get(sku, {})
        for sku in rates
    ]
    tables = {"demand": table("demand", demand), "demand_models": table("demand_models", rows)}
    tables |= {name: table(name, rows) for name, rows in others.items()}
    return SimpleNamespace(
        **{name: TABLES[name].empty() for name in ("products", "promotions", "prices", "spikes")} | tables
    )


def term(days, **value):
    from_, to = (MONDAY + pd.Timedelta(days=day) for day in days)
    return {"sku": "A", "channel": "shop", "valid_from": from_, "valid_to": to} | value


def goods(last=None):
    return [{"sku": "A", "name": "A", "discontinued_on": last}]


def reason(before, after):
    return changes(before, after).set_index("sku").loc["A", "why"]


def test_the_days_that_both_plans_cover_are_compared_and_the_largest_change_comes_first():
    before = plan({"A": 5, "B": 5, "C": 5})
    found = changes(before, plan({"A": 6, "B": 1, "C": 5}, starts=7))

    assert found["sku"].tolist() == ["B", "A", "C"]
    assert found[["before", "after"]].to_numpy().tolist() == [[5, 1], [5, 6], [5, 5]]


def test_plans_without_a_common_day_are_not_compared():
    assert changes(plan({"A": 5}), plan({"A": 5}, starts=28)).empty
    assert changes(plan({}), plan({"A": 5})).empty


@pytest.mark.parametrize(
    ("why", "before", "after"),
    [
        ("new product", plan({"B": 1}), plan({"A": 6})),
        (
            "last day on sale",
            plan({"A": 5}, products=goods()),
            plan({"A": 3}, products=goods(MONDAY + pd.Timedelta(days=16))),
        ),
        (
            "the wider trend",
            plan({"A": 5}, products=goods()),
            plan({"A": 3}, products=goods(MONDAY + pd.Timedelta(days=27))),
        ),
        ("promotion", plan({"A": 5}), plan({"A": 6}, promotions=[term((3, 9), discount=0.2)])),
        ("promotion", plan({"A": 5}, promotions=[term((3, 9), discount=0.2)]), plan({"A": 6})),
        (
            "price",
            plan({"A": 5}, prices=[term((-90, 90), price=10.0)]),
            plan({"A": 6}, prices=[term((-90, -1), price=10.0), term((0, 90), price=9.0)]),
        ),
        ("stock-out days filled in", plan({"A": 5}), plan({"A": 6}, models={"A": {"censored_days": 3}})),
        ("another model", plan({"A": 5}), plan({"A": 6}, models={"A": {"model": "tsb"}})),
        ("own recent sales", plan({"A": 5}), plan({"A": 6}, models={"A": {"recent": 7.0}})),
        ("the wider trend", plan({"A": 5}), plan({"A": 6}, models={"A": {"recent": 4.0}})),
        ("the wider trend", plan({"A": 5}), plan({"A": 6})),
    ],
)
def test_the_reason_is_what_differs_between_the_plans(why, before, after):
    assert reason(before, after) == why


@pytest.mark.parametrize("running", ["before", "after"])
def test_a_spike_in_either_plan_is_a_reason(running):
    at = pd.Timestamp("2026-03-02T10:00Z")
    spike = {"sku": "A", "channel": "shop", "since": at, "found_at": at, "units": 90, "expected": 2.0}
    spikes = [spike | {"chance": 0.0}]
    plans = {"before": plan({"A": 5}), "after": plan({"A": 6})}
    plans[running] = plan({"A": 5 if running == "before" else 6}, spikes=spikes)

    assert reason(plans["before"], plans["after"]) == "spike"


def test_a_promotion_that_both_plans_knew_or_that_none_of_their_days_sees_is_no_reason():
    known = [term((3, 9), discount=0.2)]
    later = [*known, term((40, 50), discount=0.5)]

    assert reason(plan({"A": 5}, promotions=known), plan({"A": 6}, promotions=later)) == "the wider trend"


def test_the_reason_of_a_sku_is_that_of_its_series_that_moved_most():
    before, after = plan({"A": 5}), plan({"A": 6}, models={"A": {"recent": 7.0}})
    south_before, south_after = plan({"A": 5}), plan({"A": 9}, models={"A": {"model": "tsb"}})
    for whole, south in ((before, south_before), (after, south_after)):
        whole.demand = pd.concat([whole.demand, south.demand.assign(region="south")])
        whole.demand_models = pd.concat([whole.demand_models, south.demand_models.assign(region="south")])

    found = changes(before, after)

    assert found["why"].tolist() == ["another model"]
    assert found[["before", "after"]].to_numpy().tolist() == [[10, 15]]
