"""One SKU, a few warehouses, worlds that can be counted."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench.optimize.transfers import Sent, Ways, best_moves, best_units, within_capacity, within_room


def ways(*rows, paths=2):
    """Rows of (origin, target, spare, lacking, lost, won, cost), all of one SKU; each way its own lane."""
    count = np.arange(len(rows))
    wide = [np.array([np.broadcast_to(row[n], paths) for row in rows], dtype=np.float32) for n in (2, 3)]
    wide += [np.zeros_like(wide[0])] * 4
    ends = [np.array([row[n] for row in rows], dtype=np.int64) for n in (0, 1)]
    money = [np.array([row[n] for row in rows], dtype=float) for n in (4, 5, 6)]
    return Ways(np.zeros_like(count), *ends, count, *wide, *money)


def test_units_go_while_the_next_one_pays():
    # lacking 2 or 6: the third unit sells in one world of two for 5, less 1 to move; the seventh never
    assert best_units(ways((0, 1, 99, [2, 6], 0, 10, 1)), np.array([50])).tolist() == [6]
    assert best_units(ways((0, 1, 99, [2, 6], 0, 10, 5)), np.array([50])).tolist() == [2]
    assert best_units(ways((0, 1, 99, [2, 6], 0, 10, 1)), np.array([4])).tolist() == [4]


def test_what_the_origin_may_sell_itself_stays():
    # 3 spare in one world, 9 in the other; a unit sells for the same at both ends
    assert best_units(ways((0, 1, [3, 9], 20, 10, 10, 1)), np.array([50])).tolist() == [9]
    assert best_units(ways((0, 1, [3, 9], 20, 10, 10, 6)), np.array([50])).tolist() == [3]


def test_gain_is_what_is_sold_there_less_what_is_missed_here_and_the_move():
    # 5 units: 2 or 5 sold for 10, 0 or 1 missed for 8, 5 moved for 1
    assert ways((0, 1, [9, 4], [2, 6], 8, 10, 1)).gain(np.array([5])).tolist() == [35 - 4 - 5]


def test_ways_share_the_origin_and_the_target():
    both = ways((0, 2, 10, 6, 9, 10, 1), (1, 2, 10, 6, 9, 10, 2), (0, 3, 10, 9, 9, 5, 1))
    sent = best_moves(both, np.array([10, 10, 0, 0]))
    # the cheaper lane serves the target whole; what is left of its origin goes to the other one
    assert dict(zip(sent.way.tolist(), sent.units.tolist(), strict=True)) == {0: 6, 2: 4}


def test_room_at_the_origin_bounds_all_its_ways_together():
    both = ways((0, 1, 50, 6, 0, 10, 1), (0, 2, 50, 6, 0, 9, 1))
    sent = best_moves(both, np.array([8, 0, 0]))
    assert dict(zip(sent.way.tolist(), sent.units.tolist(), strict=True)) == {0: 6, 1: 2}


def test_stock_that_receives_does_not_send():
    there_and_back = ways((0, 1, [9, 0], [0, 9], 1, 10, 1), (1, 0, [9, 0], [0, 8], 1, 10, 1))
    assert best_moves(there_and_back, np.array([9, 9])).way.tolist() == [0]


def test_nothing_moves_without_a_way():
    none = ways((0, 1, 0, 0, 1, 1, 1)).take(np.zeros(0, dtype=np.int64))
    assert best_moves(none, np.zeros(0, dtype=np.int64)).units.tolist() == []


def test_a_full_lane_keeps_what_brings_most_per_unit():
    of_two = ways((0, 1, 99, 5, 0, 3, 1), (2, 3, 99, 5, 0, 9, 1))
    of_two = Ways(np.array([0, 1]), of_two.origin, of_two.target, np.zeros(2, dtype=np.int64), *_rest(of_two))
    sent, any_m3, volume = Sent(np.arange(2), np.array([5, 5]), of_two), np.array([np.inf]), np.ones(4)
    assert within_capacity(sent, np.array([7.5]), any_m3, volume).units.tolist() == [2, 5]
    assert within_capacity(sent, np.array([np.inf]), any_m3, volume).units.tolist() == [5, 5]


def test_a_lane_of_little_volume_keeps_what_brings_most_per_cubic_metre():
    # a unit brings 2 from stock 0 and 8 from stock 2, which fills ten times the m³
    of_two = ways((0, 1, 99, 5, 0, 3, 1), (2, 3, 99, 5, 0, 9, 1))
    of_two = Ways(np.array([0, 1]), of_two.origin, of_two.target, np.zeros(2, dtype=np.int64), *_rest(of_two))
    sent, volume = Sent(np.arange(2), np.array([5, 5]), of_two), np.array([0.1, 0, 1.0, 0])
    assert within_capacity(sent, np.array([np.inf]), np.array([3.0]), volume).units.tolist() == [5, 2]
    # of 7 units a day the dearer ones go first; of all that go so, 3 m³ hold what brings most a m³
    assert within_capacity(sent, np.array([7.0]), np.array([3.0]), volume).units.tolist() == [2, 2]
    assert not len(within_capacity(sent, np.array([np.inf]), np.array([0.0]), volume).units)


def _rest(some):
    around = some.elsewhere, some.here, some.detour_here, some.detour
    return some.spare, some.lacking, *around, some.lost, some.won, some.cost


@settings(max_examples=150, deadline=None)
@given(
    spare=arrays(np.float32, 3, elements=st.floats(0, 9, width=16)),
    lacking=arrays(np.float32, 3, elements=st.floats(0, 9, width=16)),
    money=st.tuples(*[st.integers(0, 9).map(float)] * 3),
    most=st.integers(0, 12),
)
def test_no_other_number_of_units_brings_more(spare, lacking, money, most):
    way = ways((0, 1, spare, lacking, *money), paths=3)
    chosen = best_units(way, np.array([most]))
    assert 0 <= chosen[0] <= most
    best = max(way.gain(np.array([units]))[0] for units in range(most + 1))
    assert way.gain(chosen)[0] >= best - 1e-4  # paths are float32


def test_what_brings_most_per_cubic_metre_finds_room_first():
    spare, lacking = np.full((2, 1), 99, dtype=np.float32), np.full((2, 1), 99, dtype=np.float32)
    zero = np.zeros(2, dtype=np.int64)
    none, won = np.zeros_like(spare), np.array([1.0, 2.0])
    ways = Ways(np.arange(2), *[zero] * 3, spare, lacking, *[none] * 4, np.zeros(2), won, np.zeros(2))
    sent = Sent(np.arange(2), np.array([10, 10]), ways)
    # 10 units of 0.2 m³ bring 5 a m³ and go first; of 1 m³ and 2 each, two find the rest of the room
    fits = within_room(sent, np.array([0.2, 1.0]), zero, np.array([4.0]))
    assert fits.units.tolist() == [10, 2]
    assert within_room(sent, np.array([0.2, 1.0]), zero, np.array([1.0])).units.tolist() == [5]
    assert within_room(sent, np.array([0.2, 0.0]), zero, np.array([np.inf])).units.tolist() == [10, 10]
    assert not len(within_room(sent, np.array([0.2, 1.0]), zero, np.array([0.0])).units)
