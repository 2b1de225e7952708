import numpy as np
import pandas as pd
import pytest

from workbench.formulas.gain_curve import gain_curve
from workbench.formulas.order_cost import Exposure
from workbench.optimize.purchase_options import (
    a_pack_off,
    best_options,
    economics,
    further_options,
    later_costs,
    usual_tiers,
    with_terms,
)
from workbench.policy import ReplenishmentPolicy

RULES = ReplenishmentPolicy(holding_rate=0.365, obsolete_loss=0.0, forward_buy_days=30)
TODAY = pd.Timestamp("2026-11-16")


def line(**changes):
    made = {"supplier": "S", "warehouse": "W", "price": 20.0, "volume_m3": 0.5, "review": 7, "rate": 10.0}
    days = {"obsolete_days": RULES.obsolete_days, "forward_days": RULES.forward_buy_days}
    return pd.DataFrame([made | days | {"premium": np.inf} | changes])


def tiers(*rows, minimum=1, multiple=1, change=None):
    frame = pd.DataFrame(rows, columns=["tier_from", "landed_cost"]).assign(
        line=0,
        minimum_order_quantity=minimum,
        order_multiple=multiple,
        minimum_group="",
        unit_cost_base=lambda frame: frame["landed_cost"] - 1,
        next_duty_from=pd.NaT,
        next_landed_cost=np.nan,
    )
    if change:
        frame["next_duty_from"], frame["next_landed_cost"] = pd.Timestamp(change[0]), change[1]
    return frame.astype({"next_duty_from": "datetime64[us]"})


def worlds(*need, stock_after=0.0, rate=2.0, wanted_after=0.0):
    need = np.array([need], dtype=np.float32)
    wanted = np.full_like(need[:, :1], wanted_after)
    return Exposure(need, np.full_like(need, stock_after), np.full_like(need, rate), wanted)


def best(frame, exposure, of_line=None):
    of_line = line() if of_line is None else of_line
    usual = usual_tiers(frame, of_line, RULES)
    money = economics(frame, of_line, RULES, later_costs(frame, of_line, usual, TODAY))
    return best_options(frame, curve_of(exposure), money, np.arange(len(frame))), money


def curve_of(exposure):
    return gain_curve(exposure, np.array([RULES.obsolete_days]), np.array([RULES.forward_buy_days]))


def test_a_need_is_ordered_in_packs_and_above_the_minimum():
    frame = tiers((1, 10.0), minimum=100, multiple=12)
    row = with_terms(best(frame, worlds(50, 50))[0], frame, line()).iloc[0]
    assert row["units"] == 108
    assert (row["value"], row["order_value"], row["volume_m3"]) == (1080, 972, 54)


def test_every_tier_offers_its_best_quantity_within_its_range():
    options, _ = best(tiers((1, 10.0), (100, 9.0), (500, 8.9)), worlds(90, 110))
    assert options["units"].tolist() == [99, 110, 500]
    assert options["gain"].idxmax() == 1


def test_the_usual_tier_is_the_cheapest_to_live_with():
    cheap, dear_to_hold = (100, 9.5), (5000, 9.4)
    assert usual_tiers(tiers((1, 10.0), cheap), line(), RULES).tolist() == [1]
    assert usual_tiers(tiers((1, 10.0), cheap, dear_to_hold), line(), RULES).tolist() == [1]
    assert usual_tiers(tiers((1, 10.0), cheap), line(rate=0.1), RULES).tolist() == [0]


def test_a_shortage_costs_no_more_than_the_fast_suppliers_premium():
    _, money = best(tiers((1, 10.0)), worlds(10), line(premium=0.25))
    assert money.short.tolist() == [0.25]


def test_a_duty_counts_as_a_rise_only_when_it_comes_by_the_next_order():
    frame = tiers((1, 10.0), change=("2026-11-23", 12.5))
    assert best(frame, worlds(10))[1].rise.tolist() == pytest.approx([2.5])
    later = tiers((1, 10.0), change=("2026-11-24", 12.5))
    assert best(later, worlds(10))[1].rise.tolist() == [0]


def test_a_tariff_ahead_buys_more_today():
    calm, _ = best(tiers((1, 10.0)), worlds(10, 20))
    ahead, _ = best(tiers((1, 10.0), change=("2026-11-23", 12.5)), worlds(10, 20))
    assert calm["units"].tolist() == [20]
    assert ahead["units"].tolist() == [20 + 30 * 2]  # the need, and 30 days at 2 a day


def test_a_duty_that_falls_buys_less():
    fall, _ = best(tiers((1, 10.0), change=("2026-11-23", 1.0)), worlds(*[10] * 7, *[20] * 3))
    assert fall["units"].tolist() == [10]


def test_smaller_and_larger_quantities_keep_to_packs_and_price_ranges():
    frame, exposure = tiers((1, 10.0), (100, 9.0), minimum=24, multiple=12), worlds(60, 80)
    options, money = best(frame, exposure)
    wanted = options.loc[[options["gain"].idxmax()]]
    further = further_options(frame, curve_of(exposure), money, wanted, np.array([0.25, 0.5, 2.0]))
    assert (further["units"] % 12 == 0).all()
    assert further["units"].min() >= 24
    assert (further["units"] > wanted["units"].iloc[0]).any()
    assert ((further["units"] >= 100) == (further["tier"] == 1)).all()


def test_a_pack_off_stays_in_the_range_of_its_price():
    frame, exposure = tiers((1, 10.0), (100, 9.0), multiple=12), worlds(90, 110)
    options, money = best(frame, exposure)
    assert options["units"].tolist() == [96, 120]
    off = a_pack_off(frame, curve_of(exposure), money, options)
    assert sorted(zip(off["tier"], off["units"], strict=True)) == [(0, 84), (1, 108), (1, 132)]


def test_a_unit_that_has_to_earn_more_is_ordered_in_fewer_worlds():
    frame, exposure = tiers((1, 10.0)), worlds(1, 2, 3, 4)
    money = best(frame, exposure)[1]
    row = np.array([0])
    packs = [
        best_options(frame, curve_of(exposure), money, row, np.array([price]))["units"].item()
        for price in (0.0, 5.0, 12.0)
    ]
    assert packs == [4, 3, 1]  # short costs 15: chances of 1, 3/4, 1/2, 1/4 that a unit is needed
