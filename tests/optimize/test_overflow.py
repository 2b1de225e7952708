"""A few regions and stocks that can be counted, then any number of them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench.optimize.overflow import NOBODY, overflow


def served(stock, wanted, asked):
    """Of one SKU on one path or more: a row a stock, a row a region."""
    wide = [np.asarray(rows, dtype=np.float32).reshape(len(rows), -1) for rows in (stock, wanted)]
    return overflow(*wide, np.asarray(asked, dtype=np.int64))


def test_what_the_first_cannot_meet_goes_to_the_next_in_their_order():
    # 20 wanted: 5 here, 8 at the second, the rest at the third; the other path asks the first alone
    found = served([[5, 50], [8, 8], [9, 9]], [[20, 20]], [[0, 1, 2]])
    assert found.by_rank[:, 0].tolist() == [[5, 20], [8, 0], [7, 0]]
    assert found.unserved.tolist() == [[0, 0]]
    assert found.left.tolist() == [[0, 30], [0, 8], [2, 9]]


def test_a_region_is_served_at_its_first_warehouse_before_any_other_region():
    # stock 1 holds 6: its own region takes 5 of them, though the other one is named first
    found = served([0, 6], [4, 5], [[0, 1], [1, 0]])
    assert found.by_rank[:, :, 0].tolist() == [[0, 5], [1, 0]]
    assert found.unserved[:, 0].tolist() == [3, 0]


def test_regions_that_ask_together_share_in_proportion():
    # 9 left at the shared stock, 12 and 6 still wanted
    found = served([0, 0, 9], [12, 6], [[0, 2], [1, 2]])
    assert found.by_rank[1, :, 0].tolist() == [6, 3]
    assert found.unserved[:, 0].tolist() == [6, 3]


def test_without_another_warehouse_the_rest_is_unserved():
    found = served([3], [5], [[0, NOBODY]])
    assert (found.by_rank[:, 0, 0].tolist(), found.unserved.tolist()) == ([3, 0], [[2]])


UNITS = st.integers(0, 50).map(float)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_units_are_conserved_and_none_is_served_that_is_not_there_or_not_wanted(data):
    stocks, rows, paths = (data.draw(st.integers(1, 5)) for _ in range(3))
    stock = data.draw(arrays(np.float32, (stocks, paths), elements=UNITS))
    wanted = data.draw(arrays(np.float32, (rows, paths), elements=UNITS))
    orders = [data.draw(st.permutations([*range(stocks), NOBODY, NOBODY])) for _ in range(rows)]
    asked = np.array(orders, dtype=np.int64)
    found = overflow(stock, wanted, asked)
    assert (found.by_rank >= 0).all()
    np.testing.assert_allclose(found.by_rank.sum(axis=0) + found.unserved, wanted, atol=1e-3)
    given_out = np.zeros_like(stock)
    for rank, at in enumerate(asked.T):
        np.add.at(given_out, at[at != NOBODY], found.by_rank[rank, at != NOBODY])
        assert not found.by_rank[rank, at == NOBODY].any()
    np.testing.assert_allclose(given_out + found.left, stock, atol=1e-3)
    # nobody is left without while a warehouse that is asked has units
    asks = [at[at != NOBODY] for at in asked]
    there = np.array([found.left[at].sum(axis=0) for at in asks])
    assert (np.minimum(there, found.unserved) < 1e-3).all()
