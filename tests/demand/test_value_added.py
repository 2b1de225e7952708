"""What each step of the forecast is worth, on errors that can be counted by hand."""

import numpy as np
import pytest

from workbench.demand.backtest import Window
from workbench.demand.models import FAST
from workbench.demand.value_added import value_added
from workbench.tables import validate


def constant(value, series=1):
    return np.full((series, 28), value, dtype=np.float32)


def trial(series=1, **off):
    """Every fast model 8 units too high, those named by what is given; 10 a day are sold."""
    return {name: constant(10 + off.get(name, 8), series) for name in FAST}


def window(series=1):
    return Window(
        constant(10, series),
        constant(10, series),
        np.full((series, 28), True),
        np.zeros(series, dtype=np.int64),
    )


def added(trials, engine, windows=None, speed=(2,)):
    """The table, where the engine is so many units too high."""
    expected = [constant(10 + engine, len(speed)) for _ in trials]
    return value_added(trials, expected, windows or [window(len(speed))], np.array(speed))


def steps(table, speed="all"):
    return table[table["speed"] == speed].set_index("step")


def test_every_step_says_what_it_changed_against_the_one_before():
    found = steps(added([trial(seasonal_naive=5, smoothing=4)], engine=1))

    assert found["wape"].to_dict() == pytest.approx({"naive": 0.5, "statistical": 0.4, "engine": 0.1})
    assert found.loc["statistical", "change"] == pytest.approx(-0.2)
    assert found.loc["engine", "change"] == pytest.approx(-0.75)
    assert np.isnan(found.loc["naive", "change"])
    assert found.loc["engine", "bias"] == pytest.approx(0.1)


def test_a_step_that_makes_things_worse_is_said_to():
    found = steps(added([trial(seasonal_naive=2)], engine=3))

    assert found.loc["statistical", "change"] == pytest.approx(0)  # naive is the best of the fast models
    assert found.loc["engine", "change"] == pytest.approx(0.5)


def test_classes_are_told_apart_and_days_not_seen_do_not_count():
    both = window(2)
    both.scored[0, 7:] = False
    found = added([trial(2)], 1, [both], speed=(0, 2))

    assert steps(found, "slow")["series_days"].tolist() == [7] * 3
    assert steps(found, "fast")["series_days"].tolist() == [28] * 3
    assert steps(found, "medium")["series_days"].tolist() == [0] * 3
    assert steps(found, "medium")["wape"].isna().all()
    assert steps(found)["series_days"].tolist() == [35] * 3


def test_windows_of_the_fast_models_alone_are_left_out():
    expected = [constant(11), constant(90)]
    found = steps(value_added([trial()], expected, [window(), window()], np.array([1])))

    assert found["series_days"].tolist() == [28] * 3
    assert found.loc["engine", "wape"] == pytest.approx(0.1)


def test_without_a_backtest_there_is_nothing_to_show():
    empty = value_added([], [], [], np.array([1]))

    assert empty.empty
    validate("value_added", empty)


def test_it_keeps_to_its_entry_in_the_dictionary():
    validate("value_added", added([trial()], engine=1))
