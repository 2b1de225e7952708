import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.optimize.shortage import at_day, continued, first_short_day, selling_rate, without_order


def one(*values):
    return np.array(values, dtype=np.float32).reshape(-1, 1, 1)


def test_what_is_lost_is_not_missed_twice():
    run = without_order(np.array([3]), one(2, 2, 2, 2), one(0, 0, 0, 5), 1.0)
    assert run.stock.ravel().tolist() == [3, 1, 0, 0, 3]
    assert run.short.ravel().tolist() == [0, 0, 1, 3, 3]
    assert run.arrived.ravel().tolist() == [0, 0, 0, 0, 5]


def test_what_waits_takes_from_what_arrives():
    run = without_order(np.array([3]), one(2, 2, 2, 2), one(0, 0, 0, 5), 0.0)
    assert run.stock.ravel().tolist() == [3, 1, -1, -3, 0]


def test_backorders_are_served_first():
    run = without_order(np.array([-4]), one(1, 1), one(0, 6), 1.0)
    assert run.stock.ravel().tolist() == [-4, -4, 1]
    assert run.short.ravel().tolist() == [0, 1, 1]


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=20),
    st.lists(st.integers(0, 9), min_size=20, max_size=20),
    st.integers(0, 20),
)
def test_no_unit_vanishes_when_all_unmet_demand_is_lost(demand, arriving, start):
    run = without_order(np.array([start]), one(*demand), one(*arriving[: len(demand)]), 1.0)
    assert (run.stock >= 0).all()
    served = sum(demand) - float(run.short[-1, 0, 0])
    assert float(run.stock[-1, 0, 0]) == pytest.approx(start + sum(arriving[: len(demand)]) - served)


def test_the_last_whole_weeks_come_again_beyond_the_horizon():
    days = continued(one(*range(28)), 60).ravel()
    assert days[:28].tolist() == list(range(28))
    assert days[28:56].tolist() == list(range(28))
    assert days[56:].tolist() == [0, 1, 2, 3]


def test_a_horizon_that_is_long_enough_is_cut():
    assert continued(one(1, 2, 3, 4, 5, 6, 7), 2).ravel().tolist() == [1, 2]


def test_paths_that_differ_by_level_keep_their_own_rate():
    demand = np.repeat(np.array([[[2, 10]]], dtype=np.float32), 28, axis=0)
    assert selling_rate(demand)[0].tolist() == pytest.approx([2, 10], rel=0.05)


def test_paths_that_differ_by_luck_alone_sell_the_mean():
    demand = np.random.default_rng(0).poisson(0.05, (28, 1, 400)).astype(np.float32)
    rate = selling_rate(demand)[0]
    assert rate.mean() == pytest.approx(demand.mean(), rel=1e-4)
    assert rate.std() < 0.35 * demand.mean(axis=0).std()


def test_nothing_sold_has_no_rate():
    assert selling_rate(np.zeros((7, 1, 3), dtype=np.float32)).tolist() == [[0, 0, 0]]


def test_each_line_is_read_on_its_own_day_and_the_last_one_beyond():
    values = np.arange(12, dtype=np.float32).reshape(3, 2, 2)
    found = at_day(values, np.array([[0, 1], [2, 99]]), np.array([0, 1]))
    assert found.tolist() == [[0, 5], [10, 11]]


def test_the_first_day_short_is_blank_where_there_is_none():
    run = without_order(np.array([3]), np.full((4, 1, 2), [1, 0], dtype=np.float32), np.zeros((4, 1, 2)), 1.0)
    np.testing.assert_array_equal(first_short_day(run.short), [[3, np.nan]])
