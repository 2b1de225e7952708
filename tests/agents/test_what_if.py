from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agents.test_replenishment import AS_OF, CERTAIN, MONDAY, TWO, inputs, supplier
from tests.benchmarks.purchase_business import business
from tests.benchmarks.purchase_plan import with_limits
from workbench.agents.replenishment.choosing import choose_orders
from workbench.agents.replenishment.market import Suppliers, lines_of, market_of
from workbench.agents.replenishment.situation import met_by, situation_of
from workbench.agents.replenishment.what_if import Change, answer, what_if, with_duty
from workbench.policy import Policy

POLICY = Policy.model_validate({"replenishment": CERTAIN})
RULES = POLICY.replenishment


def asked(change=None, **changes):
    """Figures in all: as things are, and after the change."""
    tables = inputs(**(TWO | changes))
    situation = situation_of(*tables, policy=POLICY, as_of=AS_OF)
    if change is None:
        return answer(situation.market, situation.chosen)
    return what_if(situation, RULES, change)


def total(found):
    return found.figures.loc["all suppliers"]


def test_no_change_changes_nothing():
    before, after = asked(), asked(Change())
    assert before.figures.equals(after.figures)
    assert total(before)[["lines", "orders", "spend"]].tolist() == [2, 2, 490]
    assert total(before)["fill_rate"] == pytest.approx(1)
    assert total(before)["cover_days"] == pytest.approx(7)


def test_a_smaller_budget_spends_less_and_serves_less():
    after = total(asked(Change(budget=300.0)))
    assert after["spend"] <= 300
    assert after["fill_rate"] == pytest.approx(60 / 98)
    assert after["cost"] > total(asked())["cost"]


def test_a_dearer_shortage_costs_more_and_buys_no_less():
    dear = RULES.model_copy(update={"stockout_penalty": 2.0})
    before, after = asked(Change(budget=300.0)), asked(Change(budget=300.0, rules=dear))
    assert total(after)["cost"] > total(before)["cost"]
    assert total(after)["spend"] == total(before)["spend"]


def test_the_same_orders_are_worth_the_same_whatever_they_aim_at():
    """Told by margin and penalty, not in the money that a target implies."""
    by_target = RULES.model_copy(update={"aim": "fill_rate", "fill_rate_target": 0.999})
    best, same = asked(), asked(Change(rules=by_target))
    assert total(same)["spend"] == total(best)["spend"]
    assert total(same)["gain"] == pytest.approx(total(best)["gain"])
    assert same.chosen.orders["gain"].sum() < total(best)["gain"] / 2


def test_a_later_supplier_meets_what_a_plan_with_that_lead_time_meets():
    after = asked(Change(later={"S": 7}), stock=[TWO["stock"][0]])
    planned = asked(suppliers=[supplier(lead_time_days=21.0)], stock=[TWO["stock"][0]])
    assert after.figures.equals(planned.figures)


def test_only_the_later_suppliers_lines_meet_other_days():
    both = [supplier(), supplier(supplier="T")]
    offers = [TWO["offers"][0], TWO["offers"][1] | {"supplier": "T"}]
    before = asked(suppliers=both, offers=offers).figures
    after = asked(Change(later={"T": 10}), suppliers=both, offers=offers).figures
    assert before.loc["S"].equals(after.loc["S"])
    assert after.loc["T", "cover_days"] == pytest.approx(before.loc["T", "cover_days"])


def test_a_duty_lands_on_what_the_supplier_sends():
    offers = inputs()[7].assign(unit_cost_base=4.4, duty_rate=0.1, freight_per_unit=0.5, landed_cost=5.34)
    changed = with_duty(offers, {"S": 0.2})
    assert changed["landed_cost"].tolist() == pytest.approx([5.78])
    assert with_duty(offers, {"T": 0.2}).equals(offers)
    after = asked(Change(duty_rate={"S": 0.2}))
    assert total(after)["spend"] == pytest.approx(490 * 1.2)


def test_the_answer_leaves_the_situation_as_it_was():
    tables = inputs(**TWO, cash=[{"date": MONDAY, "budget": 300.0}])
    situation = situation_of(*tables, policy=POLICY, as_of=AS_OF, seed=0)
    need = situation.market.run.exposure.need.copy()
    what_if(situation, RULES, Change(later={"S": 7}, duty_rate={"S": 0.5}))
    np.testing.assert_array_equal(situation.market.run.exposure.need, need)
    assert situation.limits.budget == 300


def planned_anew(situation, change):
    """The answer of a whole plan in which nothing is used again but demand, stock and what is on its way."""
    rules = change.rules or RULES
    days = situation.vendors.table["supplier"].map(change.later).fillna(0).to_numpy(np.int64)[:, None]
    vendors = Suppliers(
        situation.vendors.table,
        np.maximum(situation.vendors.lead_times + days, 0),
        np.maximum(situation.vendors.next_arrivals + days, 0),
    )
    lines, tiers = lines_of(
        with_duty(situation.landed_offers, change.duty_rate), situation.items, vendors, rules
    )
    run = met_by(situation.wanted, situation.items, situation.arrivals, lines, vendors, rules)
    market = market_of(lines, tiers, vendors.lead_times[lines["position"]], run, rules, situation.day)
    budget = situation.limits.budget if change.budget is None else change.budget
    return answer(market, choose_orders(market, replace(situation.limits, budget=budget)))


@cache
def many():
    """A made business of 60 SKU-locations, some with two suppliers, under a budget and minimums; every third
    SKU goes off sale soon."""
    tables = business(60, 6, seed=3, sources=0.4)
    off_sale = pd.Series(MONDAY + pd.Timedelta(days=45), index=tables.products.index[::3])
    tables = tables._replace(products=tables.products.assign(discontinued_on=off_sale))
    free = situation_of(*tables, policy=Policy(), as_of=AS_OF, seed=3)
    limited = with_limits(tables, free.chosen, np.random.default_rng(3))
    return situation_of(*limited, policy=Policy(), as_of=AS_OF, seed=3)


some_rules = st.sampled_from(
    [
        {},
        {"stockout_penalty": 1.25},
        {"holding_rate": 0.5},
        {"obsolete_days": 90},
        {"aim": "fill_rate", "fill_rate_target": 0.95},
    ]
)


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from([None, 0.0, 5_000.0]),
    some_rules,
    st.dictionaries(st.sampled_from(["S000", "S001", "S002", "S005"]), st.integers(-14, 28), max_size=2),
    st.dictionaries(st.sampled_from(["S001", "S003"]), st.sampled_from([0.0, 0.35]), max_size=1),
)
def test_every_slider_answers_to_the_last_bit_what_a_whole_plan_does(budget, rules, later, duty):
    before = Policy().replenishment
    change = Change(budget, before.model_copy(update=rules), later, duty)
    found, expected = what_if(many(), before, change), planned_anew(many(), change)
    pd.testing.assert_frame_equal(found.chosen.orders, expected.chosen.orders, check_exact=True)
    pd.testing.assert_frame_equal(found.figures, expected.figures, check_exact=True)
