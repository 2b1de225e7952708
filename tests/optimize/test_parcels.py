"""Every way to put an order's lines into parcels, once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.optimize.parcels import parcels

# ways to part a set of n into at most 3 subsets: sums of Stirling numbers of the second kind
AT_MOST_THREE = {1: 1, 2: 2, 3: 5, 4: 14, 5: 41}


@pytest.mark.parametrize(("lines", "plans"), AT_MOST_THREE.items())
def test_plans_are_the_partitions_of_the_lines(lines, plans):
    found = parcels(np.zeros(lines, dtype=np.int64), np.ones((lines, 2), dtype=bool), 3)
    assert len(found.plan_order) == plans
    assert len(found.order) == 2**lines - 1


def test_one_parcel_at_most_leaves_one_plan_an_order():
    found = parcels(np.array([0, 0, 1]), np.ones((3, 1), dtype=bool), 1)
    assert found.plan_order.tolist() == [0, 1]
    assert found.lines[found.plan_parcels[:, 0]].toarray().tolist() == [[1, 1, 0], [0, 0, 1]]


def test_many_lines_that_the_same_warehouses_cover_stay_together():
    covered = np.array([[True, False]] * 4 + [[False, True]] * 3)
    found = parcels(np.zeros(7, dtype=np.int64), covered, 3)
    assert sorted(found.lines.sum(axis=1).tolist()) == [3, 4, 7]
    assert len(found.plan_order) == 2


@given(
    sizes=st.lists(st.integers(1, 8), min_size=1, max_size=5), most=st.integers(1, 3), seed=st.integers(0, 99)
)
def test_every_plan_holds_every_line_of_its_order_once(sizes, most, seed):
    order = np.repeat(np.arange(len(sizes)), sizes)
    covered = np.random.default_rng(seed).random((len(order), 3)) < 0.6
    found = parcels(order, covered, most)
    assert set(found.plan_order) == set(range(len(sizes)))
    for plan_order, plan in zip(found.plan_order, found.plan_parcels, strict=True):
        held = found.lines[plan[plan >= 0]].sum(axis=0)
        assert held.tolist() == (order == plan_order).tolist()
        assert (found.order[plan[plan >= 0]] == plan_order).all()
