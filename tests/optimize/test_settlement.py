"""Contested stock and capacity: a bound, limits that hold, the least cost where small, and what is kept."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from workbench.optimize.batch import NONE
from workbench.optimize.contest import Contest, Prices, Taken
from workbench.optimize.settlement import settle

SPLIT = 22.56, 8.34, 7.57  # one parcel, and two: a published example of an order worth splitting


def contest(cost, units, *, lines=None, quantity=None, parcels_from=None, parcels_by=None, hold=99.0):
    """Orders of one line and parcel each; `cost`: (warehouses, services, parcels); all draw on one SKU."""
    cost = np.array(cost, dtype=np.float32)
    places, services, parcels = cost.shape
    quantity = np.ones(parcels) if quantity is None else np.array(quantity, float)
    return Contest(
        cost=cost,
        inside=csr_array(np.eye(parcels)) if lines is None else lines,
        quantity=quantity,
        pool=np.tile(np.arange(places), (len(quantity), 1)),
        units=np.array(units, float),
        sku=np.zeros(places, dtype=int),
        parcels_from=np.full(places, np.inf) if parcels_from is None else np.array(parcels_from, float),
        parcels_by=np.full((places, services), np.inf) if parcels_by is None else np.array(parcels_by, float),
        plan_order=np.arange(parcels),
        plan_parcels=np.arange(parcels)[:, None],
        hold_cost=np.full(parcels, hold),
    )


def test_the_last_unit_goes_to_who_saves_most_by_it():
    """At E 1 and 2, at W 5 and 9: the second saves 7 by it, the first 4."""
    taken, prices, found = settle(contest([[[1, 2]], [[5, 9]]], [1, 9]))
    assert taken.place.ravel().tolist() == [1, 0]
    assert found.cost == pytest.approx(7.0)
    assert found.bound == pytest.approx(7.0)
    assert 4 <= prices.pool[0] <= 7


def test_an_order_waits_where_others_save_more_than_that_costs():
    taken, _, found = settle(contest([[[1, 2]]], [1], hold=50.0))
    assert taken.place.ravel().tolist() in ([0, -1], [-1, 0])
    assert found.cost == pytest.approx(51.0)


def test_places_of_the_day_are_shared_too():
    one, _, found = settle(contest([[[1, 2], [4, 4]]], [9], parcels_by=[[1, 9]]))
    assert one.service.ravel().tolist() == [0, 1]  # the first saves 3 by it, the second 2
    assert found.cost == pytest.approx(5.0)
    none, _, found = settle(contest([[[1, 2]]], [9], parcels_from=[1]))
    assert (none.place.ravel() == -1).sum() == 1


def test_an_order_splits_where_two_parcels_are_cheaper_than_one():
    """22.56 in one parcel; 8.34 + 7.57 = 15.91 in two: it saves 6.65."""
    whole, first, second = SPLIT
    case = Contest(
        cost=np.array([[[first, np.inf, whole]], [[np.inf, second, np.inf]]], dtype=np.float32),
        inside=csr_array(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])),
        quantity=np.ones(2),
        pool=np.array([[0, 1], [2, 3]]),
        units=np.full(4, 5.0),
        sku=np.array([0, 0, 1, 1]),
        parcels_from=np.full(2, np.inf),
        parcels_by=np.full((2, 1), np.inf),
        plan_order=np.array([0, 0]),
        plan_parcels=np.array([[0, 1], [2, -1]]),
        hold_cost=np.array([99.0]),
    )
    taken, _, found = settle(case)
    assert taken.parcel.tolist() == [[0, 1]]
    assert whole - found.cost == pytest.approx(6.65, abs=1e-5)


def test_no_orders_cost_nothing():
    _, _, found = settle(contest(np.empty((2, 1, 0)), [1, 1]))
    assert (found.cost, found.bound) == (0.0, 0.0)


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_limits_hold_and_the_cost_is_the_least(seed):
    """Five orders against every combination of two warehouses, two services and waiting."""
    rng = np.random.default_rng(seed)
    case = contest(
        rng.uniform(1, 20, (2, 2, 5)),
        rng.integers(1, 5, 2),
        quantity=rng.integers(1, 4, 5),
        parcels_from=rng.integers(1, 4, 2),
        parcels_by=rng.integers(1, 4, (2, 2)),
        hold=30.0,
    )
    taken, _, found = settle(case)
    assert _cost(case, zip(taken.place.ravel(), taken.service.ravel(), strict=True)) == pytest.approx(
        found.cost, rel=1e-6
    )
    ways = [(-1, -1), (0, 0), (0, 1), (1, 0), (1, 1)]
    least = min(_cost(case, each) for each in itertools.product(ways, repeat=5))
    assert found.cost == pytest.approx(least, rel=1e-6)
    assert found.bound <= least + 1e-6


def _cost(case, ways):
    """Cost of an assignment, infinite where it breaks a limit."""
    units, hands, room, cost = case.units.copy(), case.parcels_from.copy(), case.parcels_by.copy(), 0.0
    for order, (place, service) in enumerate(ways):
        if place < 0:
            cost += case.hold_cost[order]
            continue
        units[place] -= case.quantity[order]
        hands[place] -= 1
        room[place, service] -= 1
        cost += float(case.cost[place, service, order])
    broken = (units < 0).any() or (hands < 0).any() or (room < 0).any()
    return np.inf if broken else cost


def test_last_prices_lead_to_the_same_answer():
    rng = np.random.default_rng(3)
    case = contest(rng.uniform(1, 20, (3, 2, 300)), [80, 90, 70], parcels_by=np.full((3, 2), 60.0))
    _, prices, found = settle(case)
    _, _, again = settle(case, prices)
    assert again.cost <= found.cost * 1.01
    assert found.gap < 0.02


def sent(*ways):
    """Each order's only parcel by a warehouse and service, None where it has no choice."""
    rows = [(NONE, NONE, NONE) if way is None else (parcel, *way) for parcel, way in enumerate(ways)]
    return Taken(*(np.array(part)[:, None] for part in zip(*rows, strict=True)))


def test_what_was_chosen_stays_where_nothing_better_is_left():
    """The first has gone at 5 before and could go at 4.99, which is not worth a look; the second is new."""
    case = contest([[[4.99, 2]], [[5, 9]]], [9, 9])
    taken, _, found = settle(case, kept=sent((1, 0), None))
    assert taken.place.ravel().tolist() == [1, 0]
    assert found.cost == pytest.approx(7.0)
    assert found.bound == pytest.approx(6.99)  # on all orders: the least possible is 4.99 + 2


def test_who_is_better_served_by_stock_that_has_grown_is_settled_anew():
    """Both went from W, at 5 and 9, when E had nothing; of the one unit there now the second saves 7."""
    before = sent((1, 0), (1, 0))
    kept, _, _ = settle(contest([[[1, 2]], [[5, 9]]], [0, 9]), kept=before)
    assert kept.place.ravel().tolist() == [1, 1]
    taken, _, found = settle(contest([[[1, 2]], [[5, 9]]], [1, 9]), kept=before)
    assert taken.place.ravel().tolist() == [1, 0]
    assert found.cost == pytest.approx(7.0)


def test_a_price_of_before_holds_nobody_back_from_stock_that_has_grown():
    """A unit at E was worth 8 when the second got the only one; of five now, the first may go at 1, not 5."""
    case = contest([[[1, 2]], [[5, 9]]], [5, 9])
    start = Prices(np.array([8.0, 0.0]), np.zeros(2), np.zeros((2, 1)))
    taken, _, _ = settle(case, start, sent((1, 0), (0, 0)))
    assert taken.place.ravel().tolist() == [0, 0]


def test_an_order_of_which_a_part_alone_could_leave_from_elsewhere_stays():
    """E has grown by one unit, and the order wants two: it could not leave from there at 1."""
    case = contest([[[1]], [[5]]], [1, 2], quantity=[2])
    taken, _, _ = settle(case, kept=sent((1, 0)))
    assert taken.place.ravel().tolist() == [1]


def test_who_wants_what_a_new_order_makes_scarce_is_settled_anew():
    """One unit at E and one at W, wanted by two: the new one saves 7 at E, the other only 4."""
    case = contest([[[1, 2]], [[5, 9]]], [1, 1])
    taken, _, found = settle(case, kept=sent((0, 0), None))
    assert taken.place.ravel().tolist() == [1, 0]
    assert found.cost == pytest.approx(7.0)


def test_who_drew_on_stock_that_is_gone_is_settled_anew():
    case = contest([[[1, 2]], [[5, 9]]], [0, 9])
    taken, _, _ = settle(case, kept=sent((0, 0), (1, 0)))
    assert taken.place.ravel().tolist() == [1, 1]


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_limits_and_the_bound_hold_whatever_was_chosen_before(seed):
    rng = np.random.default_rng(seed)
    case = contest(
        rng.uniform(1, 20, (2, 2, 4)),
        rng.integers(1, 9, 2),
        quantity=rng.integers(1, 4, 4),
        parcels_from=rng.integers(1, 4, 2),
        parcels_by=rng.integers(1, 4, (2, 2)),
        hold=30.0,
    )
    before = [None if rng.random() < 0.4 else tuple(rng.integers(0, 2, 2).tolist()) for _ in range(4)]
    taken, _, found = settle(case, kept=sent(*before))
    assert _cost(case, zip(taken.place.ravel(), taken.service.ravel(), strict=True)) == pytest.approx(
        found.cost, rel=1e-6
    )
    ways = [(-1, -1), (0, 0), (0, 1), (1, 0), (1, 1)]
    assert found.bound <= min(_cost(case, each) for each in itertools.product(ways, repeat=4)) + 1e-5
