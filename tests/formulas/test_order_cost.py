import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.formulas.order_cost import (
    Economics,
    Exposure,
    best_quantity,
    critical_ratio,
    expected_gain,
    order_cost,
)


def worlds(need, stock_after=0.0, rate=1.0, wanted_after=0.0):
    need = np.atleast_2d(np.asarray(need, dtype=np.float32))
    wanted = np.full_like(need[:, :1], wanted_after)
    return Exposure(need, np.full_like(need, stock_after), np.full_like(need, rate), wanted)


def money(short=5.0, holding=0.1, review=4.0, rise=0.0, forward=0.0, obsolete=365.0, write_off=0.0):
    return Economics(
        *(np.array([part]) for part in (short, holding, review, rise, forward, obsolete, write_off))
    )


def cost(units, exposure, economics):
    return float(order_cost(np.array([units]), exposure, economics)[0, 0])


def test_nothing_ordered_costs_what_is_short():
    assert cost(0, worlds([10]), money()) == pytest.approx(50)


def test_needed_units_wait_half_the_review_and_leftovers_all_of_it_and_then_until_they_sell():
    assert cost(12, worlds([10]), money()) == pytest.approx(10 * 2 * 0.1 + 2 * (4 + 1) * 0.1)


def test_leftovers_wait_behind_the_stock_that_is_there():
    assert cost(12, worlds([10], stock_after=30), money()) == pytest.approx(2 + 2 * (4 + 31) * 0.1)


def test_what_does_not_sell_in_time_is_written_off():
    # 1 a day for 3 days: of 5 leftovers 3 sell (after 1.5 days on average), 2 wait 3 days and go
    expected = 0.1 * (5 * 4 + 3 * 1.5 + 2 * 3) + 2 * 7
    assert cost(5, worlds([0]), money(obsolete=3, write_off=7)) == pytest.approx(expected)


def test_what_never_sells_is_written_off_whole():
    assert cost(5, worlds([0], rate=0), money(holding=0, write_off=7)) == pytest.approx(35)


def test_a_dearer_next_order_pays_for_leftovers_within_the_days_bought_ahead():
    assert cost(5, worlds([0]), money(holding=0, rise=2, forward=3)) == pytest.approx(-6)


def test_a_cheaper_next_order_makes_every_leftover_dear():
    assert cost(5, worlds([0]), money(holding=0, rise=-2, forward=3)) == pytest.approx(10)


def test_the_best_quantity_is_the_newsvendors():
    """Normal demand 50 and 8, shortage 0.70 against overage 0.18: 56.6 (Snyder & Shen, example 4.3)."""
    draws = np.random.default_rng(0).normal(50, 8, (1, 20_000))
    economics = money(short=0.70, holding=0, obsolete=365, write_off=0.18)
    best = int(best_quantity(np.array([1]), worlds(draws, rate=0), economics)[0])
    assert critical_ratio(0.70, 0.18) == pytest.approx(0.7955, abs=1e-4)
    assert best == pytest.approx(56.6, abs=0.7)


def test_a_line_without_a_margin_orders_nothing():
    assert best_quantity(np.array([1]), worlds([10, 20]), money(short=0.0)).tolist() == [0]


def test_a_tariff_ahead_buys_more_up_to_the_days_allowed():
    # 2 saved a unit against 0.1 a day: 14 days (and the review) would pay, 10 are allowed
    assert best_quantity(np.array([1]), worlds([0]), money(rise=2, forward=10)).tolist() == [10]
    assert best_quantity(np.array([1]), worlds([0]), money(rise=2, forward=60)).tolist() == [16]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=12),
    st.integers(1, 7),
    st.floats(0, 9),
    st.floats(0.01, 0.5),
    st.floats(-3, 3),
    st.integers(0, 30),
)
def test_no_number_of_packs_gains_more_than_the_best(need, multiple, short, holding, rise, stock_after):
    exposure = worlds(need, stock_after=stock_after, rate=2.0)
    economics = money(short, holding, 7.0, min(rise, short), 20.0, 90.0, 1.5)
    packs = np.arange(0, 160 // multiple) * multiple
    many = Exposure(*(part.repeat(len(packs), axis=0) for part in exposure))
    gains = expected_gain(packs, many, Economics(*(part.repeat(len(packs)) for part in economics)))
    best = best_quantity(np.array([multiple]), exposure, economics)
    assert expected_gain(best, exposure, economics)[0] == pytest.approx(gains.max(), abs=1e-2)
