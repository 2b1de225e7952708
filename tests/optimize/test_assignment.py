"""Assignments keep to every capacity, lie above their bound, and are as good as HiGHS on small batches."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from workbench.optimize.assignment import assign
from workbench.optimize.batch import Batch
from workbench.optimize.exact_assignment import assign_exactly


@pytest.mark.parametrize("seed", range(6))
def test_a_small_tight_batch_costs_no_more_than_proven(seed, random_batch, cost_of):
    batch = random_batch(seed, orders=30, tightness=1.15)
    assert assign(batch, close_enough=0).cost == pytest.approx(cost_of(batch, assign_exactly(batch)))


@pytest.mark.parametrize("tightness", [6.0, 1.5, 1.2])
def test_a_larger_batch_keeps_every_capacity_and_lies_close_above_its_bound(
    tightness, random_batch, violations, cost_of
):
    batch = random_batch(1, orders=300, skus=20, tightness=tightness)
    found = assign(batch)
    assert violations(batch, found.option) == []
    assert found.cost == pytest.approx(cost_of(batch, found.option))
    assert found.bound <= found.cost
    assert found.gap < {6.0: 0.003, 1.5: 0.01, 1.2: 0.04}[tightness]


@given(
    seed=st.integers(0, 10_000),
    orders=st.integers(1, 12),
    tightness=st.floats(0.0, 3.0),
    skus=st.integers(2, 4),
)
@settings(max_examples=40, deadline=None)
def test_no_capacity_is_passed_and_no_assignment_beats_the_bound(
    seed, orders, tightness, skus, random_batch, violations, cost_of
):
    batch = random_batch(seed, orders=orders, skus=skus, tightness=tightness)
    found = assign(batch)
    assert violations(batch, found.option) == []
    least = cost_of(batch, assign_exactly(batch))
    assert found.bound <= least + 1e-6
    assert found.cost == pytest.approx(least)


def test_without_stock_every_order_is_held_at_its_cost(random_batch):
    batch = random_batch(0, orders=5)
    found = assign(replace(batch, capacity=np.zeros_like(batch.capacity)))
    assert found.held.all()
    assert found.cost == pytest.approx(5 * 60.0)


def test_an_order_that_is_cheaper_held_is_held():
    one = Batch(
        cost=np.array([80.0]),
        parcel=np.array([0]),
        use=csr_array(np.zeros((1, 1))),
        capacity=np.array([1.0]),
        plan_order=np.array([0]),
        plan_parcels=np.array([[0]]),
        hold_cost=np.array([60.0]),
    )
    assert assign(one).held.all()


def test_two_parcels_are_taken_when_they_are_cheaper_than_one():
    """One parcel at 22.56 or two at 8.34 and 7.57: splitting saves 6.65."""
    order = Batch(
        cost=np.array([22.56, 8.34, 7.57]),
        parcel=np.array([0, 1, 2]),
        use=csr_array(np.zeros((3, 1))),
        capacity=np.array([1.0]),
        plan_order=np.array([0, 0]),
        plan_parcels=np.array([[0, -1], [1, 2]]),
        hold_cost=np.array([99.0]),
    )
    found = assign(order)
    assert found.option.tolist() == [[1, 2]]
    assert 22.56 - found.cost == pytest.approx(6.65)


def test_parcels_that_fit_alone_but_not_together_are_not_taken_together():
    """Both parcels of the cheap plan would take the last unit."""
    order = Batch(
        cost=np.array([1.0, 1.0, 9.0]),
        parcel=np.array([0, 1, 2]),
        use=csr_array(np.array([[1.0], [1.0], [0.0]])),
        capacity=np.array([1.0]),
        plan_order=np.array([0, 0]),
        plan_parcels=np.array([[0, 1], [2, -1]]),
        hold_cost=np.array([99.0]),
    )
    assert assign(order).option.tolist() == [[2, -1]]


def test_a_scarce_unit_has_the_price_of_what_its_loser_pays_more():
    """Two orders, one unit: elsewhere costs 4 more for one of them and 7 more for the other."""
    batch = Batch(
        cost=np.array([1.0, 5.0, 2.0, 9.0]),
        parcel=np.array([0, 0, 1, 1]),
        use=csr_array(np.array([[1.0], [0.0], [1.0], [0.0]])),
        capacity=np.array([1.0]),
        plan_order=np.array([0, 1]),
        plan_parcels=np.array([[0], [1]]),
        hold_cost=np.array([99.0, 99.0]),
    )
    found = assign(batch)
    assert found.bound == pytest.approx(7.0)
    assert 4.0 - 1e-6 <= found.prices[0] <= 7.0 + 1e-6


def test_nothing_to_assign_costs_nothing():
    nothing = Batch(
        cost=np.zeros(0),
        parcel=np.zeros(0, dtype=np.int64),
        use=csr_array((0, 0)),
        capacity=np.zeros(0),
        plan_order=np.zeros(0, dtype=np.int64),
        plan_parcels=np.zeros((0, 3), dtype=np.int64),
        hold_cost=np.zeros(0),
    )
    assert assign(nothing).cost == 0
    assert assign(nothing).option.shape == (0, 3)
