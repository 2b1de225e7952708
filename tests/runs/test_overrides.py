"""What a planner's changes of forecasts were worth, once sales have come in."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from tests.demand.conftest import table
from tests.ledger.making import proposal
from workbench.policy import DemandPolicy
from workbench.runs.business import Business
from workbench.runs.overrides import override_cases, with_overrides
from workbench.runs.plan_before import plan_before
from workbench.tables import TABLES, proposals_table

PLANNED = date(2026, 11, 2)
LATER = date(2026, 11, 16)
AT = datetime(2026, 11, 2, 10, tzinfo=UTC)
RULES = DemandPolicy()
QUANTILES = [name for name in TABLES["demand"].names if name.startswith("q")]


@pytest.fixture
def business(tmp_path):
    (tmp_path / "policy.toml").touch()
    return Business(tmp_path)


def forecast_of(days=28, **rates):
    """So many units a day of every SKU, from the day of the plan on."""
    return table(
        "demand",
        [
            {
                "sku": sku,
                "channel": "shop",
                "region": "east",
                "date": pd.Timestamp(PLANNED + timedelta(ahead)),
            }
            | dict.fromkeys(("mean", *QUANTILES), float(rate))
            for sku, rate in rates.items()
            for ahead in range(days)
        ],
    )


def sold(days=14, out=(), **rates):
    return table(
        "sales",
        [
            {"sku": sku, "channel": "shop", "region": "east", "units": rate, "in_stock": ahead not in out}
            | {"date": pd.Timestamp(PLANNED + timedelta(ahead))}
            for sku, rate in rates.items()
            for ahead in range(days)
        ],
    )


def publish(business, run, decide=None, demand=None, day=PLANNED, quantities=None):
    """A plan that proposes to adopt a forecast; `decide` is given its id."""
    quantities = quantities or {"A": 280.0, "B": 140.0}
    lines = [
        {"sku": sku, "channel": "shop", "region": "east", "quantity": units}
        for sku, units in quantities.items()
    ]
    made = proposals_table([proposal("AF-shop", "adopt_forecast", "demand_sensing", lines)])
    version = business.lake.write("demand", forecast_of(A=10, B=5) if demand is None else demand)
    business.ledger.start_run(run, day, f"inputs of {run}", {"demand": version}, business.policy.digest(), AT)
    business.ledger.record(run, made.assign(decision="escalated", decision_reason="asked"), AT)
    business.ledger.publish(run, {}, AT)
    if decide:
        decide(f"AF-shop-{run}")


def change(business, **to):
    """A decision that gives SKUs other quantities, as the desk writes it."""

    def decide(proposal_id):
        made = business.ledger.proposals(business.ledger.live()["run_id"])["lines"].iloc[0]
        lines = [{**line, "quantity": to.get(line["sku"], line["quantity"])} for line in made]
        quantity = sum(line["quantity"] for line in lines)
        business.ledger.decide(proposal_id, "changed", "Ann", AT, quantity=quantity, lines=lines)

    return decide


def added(business, sales, day=LATER):
    """The row of the step override."""
    engine = TABLES["value_added"].empty()
    return with_overrides(engine, business, sales, day=day, rules=RULES).set_index("step")


def test_a_change_is_compared_with_the_engine_on_the_days_that_have_come_true(business):
    publish(business, "20261102-1", change(business, A=560.0))
    row = added(business, sold(A=16, B=5)).loc["override"]

    assert row["wape"] == pytest.approx(4 / 16)  # 20 a day said, 16 sold
    assert row["wape_before"] == pytest.approx(6 / 16)  # the engine said 10
    assert row["change"] == pytest.approx(-1 / 3)
    assert row["bias"] == pytest.approx(4 / 16)
    assert row["series_days"] == 14  # A alone was changed, and two of four weeks have passed
    assert row["speed"] == "all"


def test_a_change_of_the_sum_alone_scales_every_line(business):
    publish(
        business,
        "20261102-1",
        lambda proposal: business.ledger.decide(proposal, "changed", "Ann", AT, quantity=210.0),
    )
    cases = override_cases(business, sold(A=16, B=5), day=LATER, days=56)

    assert cases.groupby("sku")["override"].first().to_dict() == {"A": 5.0, "B": 2.5}
    assert len(cases) == 28


def test_days_out_of_stock_tell_nothing_and_a_day_without_a_row_sold_nothing(business):
    publish(business, "20261102-1", change(business, A=560.0))
    sales = sold(A=16, out=(0, 1))
    cases = override_cases(business, sales.drop(index=5), day=LATER, days=56)

    assert len(cases) == 12
    assert (cases["sold"] == 0).sum() == 1


def test_days_that_are_not_on_record_yet_are_not_taken_for_days_without_a_sale(business):
    publish(business, "20261102-1", change(business, A=560.0))

    assert added(business, sold(days=3, A=16)).loc["override", "series_days"] == 3


def test_demand_falls_on_days_as_the_plan_said(business):
    demand = forecast_of(days=2, A=10)
    demand["mean"] = [30.0, 10.0]
    publish(business, "20261102-1", change(business, A=80.0), demand, quantities={"A": 40.0})

    assert override_cases(business, sold(A=16), day=LATER, days=56)["override"].tolist() == [60.0, 20.0]


@pytest.mark.parametrize("decision", ["approved", "rejected"])
def test_what_was_not_changed_is_no_override(business, decision):
    publish(
        business,
        "20261102-1",
        lambda proposal: business.ledger.decide(proposal, decision, "Ann", AT, reason="why"),
    )
    assert added(business, sold(A=16)).empty


def test_without_a_plan_or_before_a_day_has_passed_there_is_no_override(business):
    assert added(business, sold(A=16)).empty
    publish(business, "20261102-1", change(business, A=560.0))
    assert added(business, sold(A=16), day=PLANNED).empty


def test_plans_older_than_the_backtest_are_not_looked_at(business):
    publish(business, "20261102-1", change(business, A=560.0))

    assert override_cases(business, sold(A=16), day=LATER, days=13).empty


def test_the_rows_of_the_engine_stay(business):
    publish(business, "20261102-1", change(business, A=560.0))
    engine = table("value_added", [{"speed": "all", "step": "engine", "series_days": 5}])
    found = with_overrides(engine, business, sold(A=16), day=LATER, rules=RULES)

    assert found["step"].tolist() == ["engine", "override"]


def test_the_plan_before_is_the_one_published_before_this_run(business):
    assert plan_before(business, "20261102-1").demand.empty
    publish(business, "20261102-1", demand=forecast_of(A=10))
    publish(business, "20261102-2", demand=forecast_of(A=12))

    assert plan_before(business, "20261102-1").demand.empty
    assert plan_before(business, "20261102-2").demand["mean"].max() == 10
    assert plan_before(business, "in the making").demand["mean"].max() == 12
