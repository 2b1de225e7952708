import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.formulas.gain_curve import gain_curve
from workbench.formulas.order_cost import Economics, Exposure
from workbench.optimize.purchase_budget import keeps
from workbench.optimize.purchase_limits import Limits
from workbench.optimize.purchase_options import best_options, with_terms
from workbench.optimize.purchase_quantities import choose_quantities

LINES = 3
UP_TO = 12  # units that any world is short of


def offered(random):
    """Three lines of two suppliers, one price each, in packs of 1 to 3: their tiers, lines, curve, money."""
    same = np.ones(LINES)
    need = random.integers(0, UP_TO + 1, (LINES, 5)).astype(np.float32)
    curve = gain_curve(Exposure(need, 0 * need, 0 * need, 0 * need[:, :1]), 365 * same, 0 * same)
    cost, short = random.uniform(1, 4, LINES), random.uniform(1, 6, LINES)
    money = Economics(short, 0 * same, 7 * same, 0 * same, 0 * same, 365 * same, cost / 2)
    tiers = pd.DataFrame(
        {
            "line": np.arange(LINES),
            "tier_from": 1,
            "minimum_order_quantity": 1,
            "order_multiple": random.integers(1, 4, LINES),
            "landed_cost": cost,
            "unit_cost_base": cost,
            "minimum_group": "",
        }
    )
    lines = pd.DataFrame({"supplier": ["S", "S", "T"], "warehouse": "W", "volume_m3": 1.0})
    return tiers, lines, curve, money


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_orders_keep_to_the_limits_and_no_quantities_at_all_gain_more_than_the_bound(seed):
    random = np.random.default_rng(seed)
    tiers, lines, curve, money = offered(random)
    limits = Limits(budget=float(random.integers(5, 60)), minimum={"S": float(random.integers(5, 30))})
    best = best_options(tiers, curve, money, np.arange(LINES))
    options, choice = choose_quantities(tiers, lines, curve, money, best, limits)
    orders = with_terms(options.loc[choice.options], tiers, lines)
    assert keeps(orders, limits)
    assert choice.gain == pytest.approx(orders["gain"].sum())

    packs = tiers["order_multiple"].to_numpy()
    every = np.meshgrid(*(np.arange(0, 2 * UP_TO, pack) for pack in packs))
    units = np.stack([of_line.ravel() for of_line in every])
    line = np.broadcast_to(np.arange(LINES)[:, None], units.shape)
    gains = curve.gain(line.ravel(), units.ravel(), money.take(line.ravel())).reshape(units.shape).sum(axis=0)
    value = units * tiers["landed_cost"].to_numpy()[:, None]
    of_s = value[:2].sum(axis=0)
    allowed = (value.sum(axis=0) <= limits.budget) & ((of_s == 0) | (of_s >= limits.minimum["S"]))
    most = gains[allowed].max()
    assert most - 1e-6 <= choice.bound
    assert choice.gain <= most + 1e-6
