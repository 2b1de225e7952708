"""Series and aggregates made to agree, on sums that are worked by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from workbench.demand.backtest import Window
from workbench.demand.curves import totals
from workbench.demand.reconcile import BOUNDS, TOTAL, Aggregates, blend, errors, reconciled, weights
from workbench.tables import validate

DAYS = 14
POOL = np.array([0, 0, 1])
EQUAL = np.full(3, 1 / 3)


def flat(*levels):
    """So many units on every day, a row a level."""
    return np.repeat(np.array(levels, dtype=np.float32)[:, None], DAYS, axis=1)


def said(*curve, **prophet):
    """Curves of the pools, and what Prophet says by pool0, pool1, … and total."""
    number = {"total": TOTAL} | {f"pool{code}": code for code in range(9)}
    return Aggregates(flat(*curve), {number[name]: flat(level)[0] for name, level in prophet.items()})


def window_of(units, scored=None):
    scored = np.ones_like(units, dtype=bool) if scored is None else scored
    return Window(units, units, scored, np.zeros(len(units), dtype=np.int64))


def test_series_are_scaled_to_what_the_sources_agree_on():
    forecast = flat(30, 10)
    found = reconciled(forecast, said(90), np.zeros(2, dtype=np.int64), np.array([0.5, 0.5, 0.0]))
    assert found == pytest.approx(flat(45, 15))  # √(40 × 90) = 60 in all


def test_prophet_counts_where_it_was_fitted_and_is_left_out_where_not():
    one = np.zeros(1, dtype=np.int64)
    forecast = flat(40)
    assert reconciled(forecast, said(40), one, EQUAL) == pytest.approx(forecast)
    both = reconciled(forecast, said(40, pool0=64, total=64), one, np.array([0.25, 0.25, 0.5]))
    assert both == pytest.approx(flat(40 * 1.6**0.5))
    total = reconciled(forecast, said(40, total=64), one, np.array([0.25, 0.25, 0.5]))
    assert total == pytest.approx(both)  # the pool says 40, and is scaled to the total


def test_pools_are_scaled_to_the_total():
    found = reconciled(flat(30, 10, 40), said(40, 40, total=100), POOL, np.array([0.0, 0.0, 1.0]) + 1e-12)
    assert totals(found, POOL) == pytest.approx(flat(50, 50), rel=1e-4)


def test_a_day_is_scaled_by_its_own_factor():
    curve = flat(40)
    curve[0, 3] = 60
    found = reconciled(flat(40), Aggregates(curve, {}), np.zeros(1, dtype=np.int64), np.array([0, 1.0, 0]))
    assert found[0, :5] == pytest.approx(np.array([40, 40, 40, 60, 40]))


def test_a_tiny_pool_is_left_to_its_series():
    forecast = flat(600, 400, 2)
    found = reconciled(forecast, said(1000, 4), POOL, np.array([0.5, 0.5, 0.0]))
    assert found == pytest.approx(forecast, rel=2e-3)  # but for its own place in the total
    larger = reconciled(flat(600, 400, 4), said(1000, 8), POOL, np.array([0.5, 0.5, 0.0]))
    assert larger[2, 0] == pytest.approx(4 * 2**0.5, rel=0.01)


@pytest.mark.parametrize(("curve", "factor"), [(1e6, BOUNDS[1]), (0.0, BOUNDS[0])])
def test_no_day_is_scaled_beyond_the_bounds(curve, factor):
    found = reconciled(flat(30, 10), said(curve), np.zeros(2, dtype=np.int64), np.array([0.1, 0.9, 0.0]))
    assert found == pytest.approx(flat(30 * factor, 10 * factor))


def test_what_is_not_expected_to_sell_stays_so():
    found = reconciled(flat(0, 50, 0), said(100, 30), POOL, EQUAL)
    assert (found[[0, 2]] == 0).all()
    assert np.isfinite(found).all()
    assert (reconciled(flat(0, 0, 0), said(0, 0), POOL, EQUAL) == 0).all()


levels = st.floats(4, 1000, width=32)


@given(
    forecast=arrays.arrays(np.float32, (3, DAYS), elements=levels),
    factor=st.lists(st.floats(0.8, 1.25), min_size=3, max_size=3),
    raw=st.lists(st.floats(0.05, 1), min_size=3, max_size=3),
)
@settings(max_examples=40, deadline=None)
def test_everything_adds_up_to_the_blended_total(forecast, factor, raw):
    weight = np.array(raw) / sum(raw)
    own = totals(forecast, POOL)
    aggregates = Aggregates(
        own * np.array(factor[:2])[:, None], {TOTAL: (own.sum(axis=0) * factor[2]).astype(np.float32)}
    )
    found = reconciled(forecast, aggregates, POOL, weight)
    answers = [own.sum(axis=0), aggregates.curve.sum(axis=0), aggregates.prophet[TOTAL]]
    blended = np.exp(sum(share * np.log(days) for share, days in zip(weight, answers, strict=True)))
    assert found.sum(axis=0) == pytest.approx(blended, rel=1e-3)
    inside = found[:2] / forecast[:2]
    assert inside[0] == pytest.approx(inside[1], rel=1e-3)  # series of a pool keep their shares


def weights_of(*given):
    return weights(errors(*given))


def test_weights_are_worked_by_hand():
    """One pool, one week; the curve is 10 % too high in logs, and so for the total: 4 weeks of evidence."""
    sold = np.full((1, 7), 40, dtype=np.float32)
    aggregates = Aggregates(sold * np.exp(0.1), {})
    found = weights_of([sold], [aggregates], [window_of(sold)], np.zeros(1, dtype=np.int64))
    prior = 2 * 0.05**2
    inverse = np.array([4 / prior, 4 / (prior + 2 * 0.1**2), 2 / prior])
    assert found == pytest.approx(inverse / inverse.sum(), rel=1e-4)  # 800 : 160 : 400


def test_the_blend_can_be_opened_as_a_table():
    table = blend(np.array([0.1, 0.05, 0.1]))
    validate("blend", table)
    assert table["source"].tolist() == ["series", "curve", "prophet"]
    assert table["weight"].tolist() == pytest.approx([1 / 6, 4 / 6, 1 / 6])


def test_the_source_that_erred_least_counts_most():
    sold = flat(100, 100, 100)
    aggregates = said(260, 130, pool0=202, pool1=101, total=303)
    found = weights_of([sold * 0.8], [aggregates], [window_of(sold)], POOL)
    assert found.sum() == pytest.approx(1)
    assert found[2] > 0.8


def test_days_that_were_not_seen_do_not_count_against_a_source():
    sold = flat(100, 100, 100)
    scored = np.ones_like(sold, dtype=bool)
    scored[0, :4] = False
    unseen = np.where(scored, sold, 0)
    pair = [
        weights_of([sold], [said(200, 100)], [window], POOL)
        for window in (window_of(sold), window_of(unseen, scored))
    ]
    assert pair[0] == pytest.approx(pair[1], rel=1e-3)


def test_pools_too_small_to_tell_and_no_windows_leave_the_sources_even():
    even = pytest.approx(EQUAL)
    assert weights_of([], [], [], POOL) == even
    tiny = flat(0.5, 0.5, 0.5)
    assert weights_of([tiny], [said(9, 9)], [window_of(tiny)], POOL) == even
    closed = flat(100, 100, 100)
    closed[:, 7:] = 0
    assert weights_of([closed], [said(200, 100)], [window_of(closed)], POOL) == even


def test_windows_of_the_fast_models_alone_are_not_asked_for():
    sold = flat(100, 100, 100)
    one = weights_of([sold], [said(250, 100)], [window_of(sold)], POOL)
    two = weights_of([sold], [said(250, 100)], [window_of(sold), window_of(sold * 3)], POOL)
    assert one.tolist() == two.tolist()
