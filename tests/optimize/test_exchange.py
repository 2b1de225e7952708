"""Exchanges by hand, and that no exchange ever breaks a capacity or raises the value."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from workbench.optimize.choices import Choices
from workbench.optimize.exchange import exchange


def of(*orders, resources):
    """Choices from each order's (cost, {resource: units}); being held at 100 comes last."""
    order, cost, use = [], [], []
    for number, ways in enumerate(orders):
        for value, taken in [*ways, (100.0, {})]:
            order.append(number)
            cost.append(value)
            use.append([taken.get(resource, 0.0) for resource in range(resources)])
    starts = np.searchsorted(order, np.arange(len(orders)))
    option = np.zeros((len(order), 1), dtype=np.int64)
    return Choices(np.array(order), np.array(cost), csr_array(np.array(use)), option, starts)


def run(choices, chosen, capacity, depth=2, crowd=None):
    crowd = np.zeros(len(capacity), dtype=bool) if crowd is None else crowd
    return exchange(choices, np.array(chosen), choices.cost, np.array(capacity, float), crowd, depth, 40)


def test_an_order_takes_what_is_free():
    choices = of([(1.0, {0: 2})], resources=1)
    assert run(choices, [1], [2]).tolist() == [0]
    assert run(choices, [1], [1]).tolist() == [1]


def test_who_loses_little_gives_way_to_who_gains_much():
    """The second order has another way at 2 more; the first waits at 100 without the unit."""
    choices = of([(1.0, {0: 1})], [(1.0, {0: 1}), (3.0, {1: 1})], resources=2)
    assert run(choices, [1, 2], [1, 1]).tolist() == [0, 3]


def test_one_who_gives_way_may_make_another_give_way():
    """The unit goes to the first, the second moves to the third's place, and that one to a free place."""
    ways = [(1.0, {0: 1})], [(1.0, {0: 1}), (2.0, {1: 1})], [(1.0, {1: 1}), (2.0, {2: 1})]
    choices = of(*ways, resources=3)
    assert run(choices, [1, 2, 5], [1, 1, 1], depth=1).tolist() == [1, 2, 5]
    assert run(choices, [1, 2, 5], [1, 1, 1], depth=2).tolist() == [0, 3, 6]


def test_many_find_somebody_to_leave_a_crowd_at_once():
    """Two orders wait for places of the first resource; each of two others leaves it at a loss of 2."""
    waits, leaves = [(1.0, {0: 1})], [(1.0, {0: 1}), (3.0, {1: 1})]
    choices = of(waits, waits, leaves, leaves, resources=2)
    start, crowd = np.array([1, 3, 4, 7]), np.array([True, False])
    found = exchange(choices, start, choices.cost, np.array([2.0, 2.0]), crowd, 1, 2)
    assert found.tolist() == [0, 2, 5, 8]


@given(st.integers(0, 300))
def test_capacities_are_kept_and_the_value_never_rises(seed):
    rng = np.random.default_rng(seed)
    ways = [
        [
            (
                rng.uniform(1, 50),
                {int(r): int(rng.integers(1, 6)) for r in rng.choice(5, rng.integers(1, 3), False)},
            )
            for _ in range(4)
        ]
        for _ in range(25)
    ]
    choices = of(*ways, resources=5)
    capacity = rng.integers(3, 25, 5)
    held = choices.held
    found = run(choices, held, capacity)
    assert (choices.use[found].sum(axis=0) <= capacity + 1e-9).all()
    assert choices.cost[found].sum() <= choices.cost[held].sum() + 1e-9
    assert (choices.order[found] == np.arange(25)).all()


def test_it_is_the_same_twice():
    ways = [[(float(cost), {0: 1})] for cost in (5, 4, 3)]
    choices = of(*ways, resources=1)
    assert run(choices, choices.held, [2]).tolist() == run(choices, choices.held, [2]).tolist()


def test_those_who_gain_most_come_first():
    choices = of([(5.0, {0: 1})], [(4.0, {0: 1})], [(3.0, {0: 1})], resources=1)
    found = run(choices, choices.held, [2])
    assert choices.cost[found].sum() == pytest.approx(3 + 4 + 100)
