import numpy as np
import pytest

from tests.agents.test_replenishment import AS_OF, CERTAIN, MONDAY, TWO, inputs, supplier
from workbench.agents.replenishment.situation import situation_of
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
