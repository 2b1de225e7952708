"""Units and demands small enough to try every split."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench.optimize.channel_split import split, unmet


def worth(units, demand, value):
    return float((value * np.minimum(demand, units[:, None]).mean(axis=1)).sum())


def best_of_all(available, demand, value, least):
    ranges = [range(low, available + 1) for low in least]
    return max(worth(np.array(units), demand, value) for units in product(*ranges) if sum(units) <= available)


def one(available, demand, value, presence=None):
    channels = len(value)
    presence = np.zeros(channels, dtype=np.int64) if presence is None else np.array(presence)
    demand = np.asarray(demand, dtype=np.float32)[None]
    return split(np.array([available]), demand, np.array([value], dtype=float), presence[None])[0].tolist()


def test_each_unit_goes_where_the_next_is_worth_most():
    # next units: 10, 5, 5 for the first channel, 6, 6 for the second; the best three are 10, 6, 6
    assert one(3, [[1, 3], [2, 2]], [10, 6]) == [1, 2]
    # of five all are wanted
    assert one(5, [[1, 3], [2, 2]], [10, 6]) == [3, 2]


def test_what_nobody_wants_stays_with_nobody():
    assert one(9, [[1, 3], [2, 2]], [10, 6]) == [3, 2]
    assert one(9, [[4, 4], [2, 2]], [0, 6]) == [0, 2]


def test_presence_comes_first_where_there_is_enough_for_all():
    assert one(3, [[9, 9], [9, 9]], [10, 1]) == [3, 0]
    assert one(3, [[9, 9], [9, 9]], [10, 1], presence=[0, 1]) == [2, 1]
    # 4 are to be on offer and 3 are there: value decides alone
    assert one(3, [[9, 9], [9, 9]], [10, 1], presence=[2, 2]) == [3, 0]


def test_a_row_is_split_as_if_it_stood_alone():
    rng = np.random.default_rng(3)
    demand = rng.poisson(4, (1100, 3, 11)).astype(np.float32)
    value, available = rng.uniform(0, 9, (1100, 3)), rng.integers(0, 20, 1100)
    presence = rng.integers(0, 3, (1100, 3))
    together = split(available, demand, value, presence)
    for row in (0, 511, 512, 1099):
        alone = split(available[[row]], demand[[row]], value[[row]], presence[[row]])
        assert together[row].tolist() == alone[0].tolist()
    assert split(available[:0], demand[:0], value[:0], presence[:0]).shape == (0, 3)


def test_a_cut_unit_may_stand_before_whole_ones_of_another_channel():
    """Two channels want 2.5 for sure: their third units are worth 1/2 each, the third channel's first 1/4."""
    demand = np.array([[2.5] * 4, [2.5] * 4, [0, 0, 0, 2.5]], dtype=np.float32)
    nothing = np.zeros((1, 3), dtype=np.int64)
    assert split(np.array([6]), demand[None], np.ones((1, 3)), nothing).tolist() == [[3, 3, 0]]


@settings(max_examples=150, deadline=None)
@given(
    available=st.integers(0, 7),
    demand=st.one_of(
        arrays(np.float32, (3, 4), elements=st.integers(0, 6).map(float)),
        arrays(np.float32, (3, 4), elements=st.floats(0, 6, width=16)),
    ),
    value=arrays(np.float64, 3, elements=st.integers(0, 5).map(float)),
    presence=arrays(np.int64, 3, elements=st.integers(0, 2)),
)
def test_no_split_of_all_is_worth_more(available, demand, value, presence):
    units = split(np.array([available]), demand[None], value[None], presence[None])[0]
    least = presence if presence.sum() <= available else np.zeros(3, dtype=np.int64)
    assert units.sum() <= available
    assert (units >= least).all()
    # float32 paths: 1e-5 is the dust of their means
    assert worth(units, demand, value) >= best_of_all(available, demand, value, least) - 1e-5


@settings(max_examples=50, deadline=None)
@given(
    demand=arrays(np.float32, (2, 3, 5), elements=st.integers(0, 20).map(float)),
    fenced=arrays(np.int64, (2, 3), elements=st.integers(0, 8)),
    pooled=arrays(np.int64, 2, elements=st.integers(0, 20)),
)
def test_sold_and_unmet_make_up_demand_and_no_unit_is_sold_twice(demand, fenced, pooled):
    lacking = unmet(demand, fenced, pooled)
    sold = demand - lacking
    own = np.minimum(demand, fenced[:, :, None])
    assert (lacking >= 0).all()
    assert (sold >= own - 1e-3).all()
    from_pool = (sold - own).sum(axis=1)
    wanted = (demand - own).sum(axis=1)
    np.testing.assert_allclose(from_pool, np.minimum(wanted, pooled[:, None]), atol=1e-3)
