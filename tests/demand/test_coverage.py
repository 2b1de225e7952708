"""Coverage counted by hand, and of paths that are as wide as the sales."""

import numpy as np
import pytest

from workbench.demand.backtest import Window
from workbench.demand.coverage import coverage_table


def table(units, paths, speed, scored=None):
    units = np.asarray(units, dtype=np.float32)
    scored = np.ones(units.shape, dtype=bool) if scored is None else scored
    found = coverage_table(
        [Window(units, units, scored, np.zeros(len(units), dtype=np.int64))],
        [paths.reshape(units.size, -1)],
        [np.asarray(speed)],
    )
    return found.set_index(["speed", "days", "share"])


def test_days_inside_and_outside_are_counted():
    paths = np.broadcast_to(np.arange(1.0, 101.0), (1, 8, 100))  # an interval of 50 % is 26 to 75
    found = table([[50, 50, 50, 1, 20, 20, 99, 200]], paths, [2])
    assert found.loc[("fast", 1, 0.5), ["covered", "sums"]].tolist() == [3 / 8, 8]
    assert found.loc[("fast", 1, 0.8), "covered"] == 5 / 8
    assert found.loc[("fast", 7, 0.5), ["covered", "sums"]].tolist() == [1.0, 1]  # 260 of 7 to 700
    assert found.loc[("slow", 1, 0.5), "sums"] == 0
    assert 14 not in found.index.get_level_values("days")


def test_a_sum_with_an_unscored_day_is_left_out():
    scored = np.ones((2, 7), dtype=bool)
    scored[0, 3] = False
    found = table(np.ones((2, 7)), np.ones((2, 7, 20)), [0, 0], scored)
    assert found.loc[("slow", 1, 0.5), "sums"] == 13
    assert found.loc[("slow", 7, 0.5), "sums"] == 1


def test_honest_paths_cover_what_they_say_ties_or_not():
    rng = np.random.default_rng(0)
    found = table(rng.poisson(0.3, (3000, 28)), rng.poisson(0.3, (3000, 28, 200)), np.zeros(3000))
    assert found.loc["slow"]["covered"].to_numpy() == pytest.approx(np.tile([0.5, 0.8, 0.95], 4), abs=0.03)


def test_the_same_seed_breaks_ties_alike():
    rng = np.random.default_rng(0)
    units, paths = rng.poisson(0.3, (50, 7)), rng.poisson(0.3, (50, 7, 40))
    assert table(units, paths, np.zeros(50)).equals(table(units, paths, np.zeros(50)))
