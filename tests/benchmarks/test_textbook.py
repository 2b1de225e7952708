import json

import numpy as np
import pandas as pd
import pytest

from tests.benchmarks.textbook import answer, difference, judged, many, of_sku

CASE = {
    "case": "by hand",
    "fn": "stockpyl.eoq.economic_order_quantity",
    "inputs": {"fixed_cost": 50, "holding_cost": 4, "demand_rate": 100},
    "result": [50.0, 200.0],
}


@pytest.mark.real_data
def test_all_cases_given_agree(real_data):
    cases = json.loads((real_data / "inventory_cases.json").read_text())
    table = pd.DataFrame([judged(case) for case in cases])
    assert len(table) == 22
    assert table["ok"].all(), table[~table["ok"]].to_string()


def test_a_case_that_agrees_is_ok_and_one_that_does_not_is_not():
    assert judged(CASE)["ok"]
    assert not judged(CASE | {"result": [50.0, 200.1]})["ok"]


def test_a_function_or_an_argument_that_is_not_mapped_is_named():
    unknown = judged(CASE | {"fn": "stockpyl.eoq.magic"})
    assert (unknown["ok"], unknown["ours"]) == (False, "not mapped: 'eoq.magic'")
    odd = judged(CASE | {"inputs": CASE["inputs"] | {"colour": 1}})
    assert not odd["ok"]
    assert "colour" in odd["ours"]


def test_inputs_that_a_formula_refuses_say_why():
    refused = judged(CASE | {"inputs": CASE["inputs"] | {"holding_cost": -4}})
    assert refused["ours"] == "holding_cost: found -4; give a number above 0"


@pytest.mark.parametrize(
    ("reference", "ours", "apart"),
    [
        ([10.0, [1, 2]], [10.0, np.array([1, 2])], 0),
        ([10.0, 0.0], [11.0, 0.05], 0.1),
        (5.0, [5.0], 0),
        ([1.0], [1.0, 99.0], 0),
        ([1.0, 2.0], [1.0], np.inf),
        ([None, 1.0], [np.nan, 1.0], 0),
        ([2.0, 1.0], [np.nan, 1.0], np.inf),
    ],
)
def test_the_largest_difference_relative_to_the_reference_counts(reference, ours, apart):
    assert difference(reference, ours) == pytest.approx(apart)


@pytest.mark.parametrize(
    ("fn", "inputs", "result"),
    [
        # lists of the periods, with and without a period 0 that does not count
        (
            "wagner_whitin.wagner_whitin",
            {"num_periods": 3, "holding_cost": [9, 1, 1, 1], "fixed_cost": 5, "demand": [2, 2, 9]},
            [[0, 4, 0, 9], 12, [0, 12, 10, 5, 0], [0, 3, 3, 4]],
        ),
        # probabilities by text
        (
            "newsvendor.newsvendor_discrete",
            {"holding_cost": 1, "stockout_cost": 3, "demand_pmf": {"10": 0.25, "2": 0.75}},
            [2, 6],
        ),
        (
            "newsvendor.newsvendor_normal_cost",
            {
                "base_stock_level": 60,
                "holding_cost": 0.18,
                "stockout_cost": 0.70,
                "demand_mean": 50,
                "demand_sd": 8,
            },
            2.156131552870387,
        ),
        (
            "newsvendor.newsvendor_continuous",
            {"holding_cost": 1, "stockout_cost": 0.1765, "mu": 6, "sigma": 0.3},
            [295.6266448071368, 29.44254351324322],
        ),
        (
            "supply_uncertainty.newsvendor_with_additive_yield_uncertainty",
            {"holding_cost": 15, "stockout_cost": 75, "demand": 1.5, "yield_lo": -0.5, "yield_hi": 0.5},
            [1.8333333333333335, 6.25],
        ),
        (
            "ss.s_s_cost_discrete",
            {
                "reorder_point": 0,
                "order_up_to_level": 1,
                "holding_cost": 1,
                "stockout_cost": 4,
                "fixed_cost": 10,
                "use_poisson": False,
                "demand_mean": None,
                "demand_hi": 1,
                "demand_pmf": [0.5, 0.5],
            },
            5.5,
        ),
        (
            "newsvendor.set_myopic_cost_to",
            {
                "cost": 18,
                "holding_cost": 0.18,
                "stockout_cost": 0.70,
                "purchase_cost": 0.3,
                "purchase_cost_next_per": 0.35,
                "demand_mean": 50,
                "demand_sd": 8,
                "discount_factor": 0.98,
                "left_half": False,
            },
            71.84861989932769,
        ),
    ],
)
def test_the_cases_words_become_ours(fn, inputs, result):
    row = judged({"case": "words", "fn": f"stockpyl.{fn}", "inputs": inputs, "result": result})
    assert row["ok"], row


def test_a_horizon_answers_in_all_six_parts_from_period_1_on():
    inputs = {
        "num_periods": 2,
        "holding_cost": 1,
        "stockout_cost": 9,
        "terminal_holding_cost": 0,
        "terminal_stockout_cost": 0,
        "purchase_cost": 0,
        "fixed_cost": 0,
        "demand_mean": [0, 20, 20],
        "demand_sd": 4,
    }
    reorder, up_to, cost, to_go, best, levels = answer("stockpyl.finite_horizon.finite_horizon_dp", inputs)
    np.testing.assert_array_equal(reorder, [0, 25, 25])
    np.testing.assert_array_equal(up_to, [0, 25, 25])
    # what is left after a period is not bought again: two newsvendors of 4 × 1.755
    assert cost == pytest.approx(2 * 7.02, rel=2e-3)
    assert to_go.shape == (4, len(levels))
    assert best.shape == (3, len(levels))


def test_formulas_give_every_sku_of_many_what_they_give_it_alone():
    for formula, arguments in many(7).values():
        at_once, alone = formula(**arguments), formula(**of_sku(arguments, 3, 7))
        for all_skus, one in zip(at_once, alone, strict=True):
            np.testing.assert_allclose(all_skus[3], one, rtol=1e-7)
