from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.optimize import purchase_budget
from workbench.optimize.purchase_budget import best_of_each, choose, keeps
from workbench.optimize.purchase_limits import Limits


def options(*rows):
    """Rows of line, units, gain; each unit is worth 1 and fills 1 m³, unless the row says otherwise."""
    made = [
        {
            "line": line,
            "supplier": "S",
            "warehouse": "W",
            "group": "",
            "units": units,
            "gain": gain,
            **(other[0] if other else {}),
        }
        for line, units, gain, *other in rows
    ]
    frame = pd.DataFrame(made)
    for name in ("value", "order_value", "volume_m3"):
        frame[name] = frame["units"].astype(float)
    return frame


def chosen(frame, limits):
    return sorted(
        zip(*(frame.loc[choose(frame, limits).options, name] for name in ("line", "units")), strict=True)
    )


def test_without_limits_every_line_takes_its_best_option():
    frame = options((0, 10, 5.0), (0, 20, 7.0), (1, 10, 3.0), (2, 10, -1.0))
    choice = choose(frame, Limits())
    assert choice.options.tolist() == [1, 2]
    assert (choice.gain, choice.bound, choice.gap) == (10, 10, 0)


def test_a_budget_of_100_is_spent_where_it_gains_most():
    frame = options((0, 60, 9.0), (1, 50, 8.0), (2, 40, 6.0))
    choice = choose(frame, Limits(budget=100))
    assert choice.options.tolist() == [0, 2]
    assert choice.gain == 15
    assert choice.bound == pytest.approx(15)


def test_a_budget_of_nothing_buys_nothing():
    choice = choose(options((0, 60, 9.0)), Limits(budget=0))
    assert (choice.options.tolist(), choice.gain) == ([], 0)


def test_room_binds_only_in_its_warehouse():
    frame = options((0, 10, 5.0), (0, 4, 3.0), (1, 10, 5.0, {"warehouse": "V"}))
    assert chosen(frame, Limits(room={"W": 5})) == [(0, 4), (1, 10)]


def test_a_suppliers_capacity_binds_its_units():
    frame = options((0, 10, 5.0), (0, 4, 3.0), (1, 10, 5.0, {"supplier": "T"}))
    assert chosen(frame, Limits(capacity={"S": 6})) == [(0, 4), (1, 10)]


def test_lines_are_pulled_forward_to_a_minimum_that_is_worth_it():
    frame = options((0, 10, 8.0), (0, 30, 6.0), (1, 10, 2.0), (1, 30, 1.5))
    assert chosen(frame, Limits(minimum={"S": 40})) == [(0, 10), (1, 30)]


def test_nothing_is_ordered_where_the_minimum_is_not_worth_it():
    frame = options((0, 10, 3.0), (0, 100, -5.0), (1, 10, 1.0, {"supplier": "T"}))
    assert chosen(frame, Limits(minimum={"S": 100})) == [(1, 10)]


def test_of_equal_gains_the_smaller_order_is_taken():
    assert best_of_each(options((0, 20, 5.0), (0, 10, 5.0))).tolist() == [1]


def test_a_group_is_ordered_to_its_minimum_or_left_out():
    rows = [(0, 10, 4.0, {"group": "g"}), (0, 30, 3.0, {"group": "g"}), (1, 10, 2.0)]
    assert chosen(options(*rows), Limits(group_minimum={("S", "g"): 25})) == [(0, 30), (1, 10)]
    assert chosen(options(*rows), Limits(group_minimum={("S", "g"): 40})) == [(1, 10)]


def test_a_groups_goods_count_towards_the_suppliers_minimum():
    frame = options((0, 10, 1.0, {"group": "g"}), (0, 30, -1.0, {"group": "g"}), (1, 10, 5.0))
    limits = Limits(minimum={"S": 35}, group_minimum={("S", "g"): 5})
    assert chosen(frame, limits) == [(0, 30), (1, 10)]


def test_the_last_container_is_filled_with_what_loses_least_or_dropped():
    rows = [(0, 10, 9.0), (1, 4, 2.0), (1, 9, 1.0), (2, 9, -3.0)]
    limits = Limits(container={"S": 10.0}, container_fill=0.9)
    assert chosen(options(*rows), limits) == [(0, 10), (1, 9)]
    assert chosen(options(*rows[:2], rows[3]), limits) == [(0, 10)]


@pytest.mark.parametrize("small", [0, 600])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1))
def test_orders_keep_to_all_limits_and_no_choice_beats_the_bound(monkeypatch, small, seed):
    monkeypatch.setattr(purchase_budget, "SMALL", small)
    random = np.random.default_rng(seed)
    rows = [
        (
            line,
            units,
            float(random.uniform(-2, 9)),
            {"supplier": "ST"[line % 2], "warehouse": "WV"[line // 3], "group": ["", "g"][line // 2 % 2]},
        )
        for line in range(5)
        for units in sorted(random.integers(1, 40, 2).tolist())
    ]
    frame = options(*rows)
    limits = Limits(
        budget=float(random.integers(40, 120)),
        room={"W": float(random.integers(30, 90))},
        minimum={"S": 25.0},
        group_minimum={("S", "g"): 20.0, ("T", "g"): float(random.integers(1, 40))},
        capacity={"T": float(random.integers(10, 60))},
        container={"T": float(random.integers(5, 30))},
        container_fill=0.6,
    )
    choice = choose(frame, limits)
    assert keeps(frame.loc[choice.options], limits)
    by_line = [[None, *rows.index] for _, rows in frame.groupby("line")]
    possible = [[row for row in picks if row is not None] for picks in product(*by_line)]
    best = max(frame.loc[rows, "gain"].sum() for rows in possible if keeps(frame.loc[rows], limits))
    assert choice.bound >= best - 1e-6
    if small:
        assert choice.gain == pytest.approx(best, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_choice_is_the_best_of_all_and_no_choice_beats_its_bound(seed):
    random = np.random.default_rng(seed)
    rows = [
        (
            line,
            units,
            float(random.uniform(-2, 9)),
            {"supplier": "ST"[line % 2], "warehouse": "WV"[line // 2]},
        )
        for line in range(4)
        for units in sorted(random.integers(1, 40, 2).tolist())
    ]
    frame = options(*rows)
    limits = Limits(
        budget=60,
        room={"W": 35.0},
        minimum={"S": 25.0, "T": 5.0},
        capacity={"T": float(random.integers(10, 40))},
    )
    choice = choose(frame, limits)
    assert keeps(frame.loc[choice.options], limits)
    assert not frame.loc[choice.options, "line"].duplicated().any()
    by_line = [[None, *rows.index] for _, rows in frame.groupby("line")]
    possible = [[row for row in picks if row is not None] for picks in product(*by_line)]
    best = max(frame.loc[rows, "gain"].sum() for rows in possible if keeps(frame.loc[rows], limits))
    assert choice.gain == pytest.approx(best, rel=1e-3)
    assert choice.bound >= best - 1e-6
