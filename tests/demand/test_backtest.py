"""The choice between models, on errors that are written by hand."""

import numpy as np
import pytest

from workbench.demand.backtest import (
    Window,
    choose,
    errors_table,
    origins,
    served,
    served_untold,
    speeds,
    unscored,
)
from workbench.policy import DemandPolicy


def window_of(units, scored=None):
    units = np.asarray(units, dtype=np.float32)
    scored = np.ones_like(units, dtype=bool) if scored is None else scored
    return Window(units, units, scored, np.zeros(len(units), dtype=np.int64))


def constant(value, shape=(1, 28)):
    return np.full(shape, value, dtype=np.float32)


def chosen(trials, windows, rate=(5.0,), ahead=None):
    rate = np.asarray(rate, dtype=np.float32)
    return choose(trials, ahead or trials[0], windows, rate, speeds(rate, DemandPolicy()))


def test_the_model_with_the_smaller_error_serves_and_says_what_it_beat():
    trial = {"far": constant(8), "near": constant(6), "farther": constant(9)}
    choice = chosen([trial], [window_of(constant(5))])
    assert choice.names[choice.served[0]] == "near"
    assert choice.names[choice.runner_up[0]] == "far"
    assert choice.error[0] == pytest.approx(1 / 5)  # a unit a day too much, of 5 sold
    assert choice.runner_up_error[0] == pytest.approx(3 / 5)


def test_a_lone_model_serves_and_beats_nobody():
    choice = chosen([{"only": constant(6)}], [window_of(constant(5))])
    assert choice.names[choice.served[0]] == "only"
    assert choice.runner_up[0] == -1
    assert choice.error[0] == pytest.approx(1 / 5)
    assert np.isnan(choice.runner_up_error[0])


def test_days_that_were_not_seen_do_not_count():
    units = constant(5)
    units[0, 14:] = 0
    scored = np.ones((1, 28), dtype=bool)
    scored[0, 14:] = False
    choice = chosen([{"right": constant(5), "low": constant(2)}], [window_of(units, scored)])
    assert choice.names[choice.served[0]] == "right"
    assert choice.error[0] == pytest.approx(0)


def test_a_series_without_sales_is_served_as_its_class_is():
    units = np.zeros((21, 28), dtype=np.float32)
    units[:20, ::14] = 1
    trial = {"zero": constant(0, units.shape), "right": constant(1 / 14, units.shape)}
    choice = chosen([trial], [window_of(units)], rate=np.full(21, 0.07))
    assert choice.names[choice.served[20]] == "right"


def test_a_model_that_cannot_forecast_ahead_does_not_serve():
    trial = {"best": constant(5), "good": constant(6)}
    choice = chosen([trial], [window_of(constant(5))], ahead=trial | {"best": constant(np.nan)})
    assert choice.names[choice.served[0]] == "good"


def test_without_a_backtest_one_model_serves_with_no_error_to_show():
    choice = unscored(np.ones(2, dtype=np.float32), "smoothing")
    assert served({"smoothing": constant(3, (2, 28))}, choice)[1, 0] == 3
    assert np.isnan(choice.error).all()


def test_each_origin_leaves_the_least_history_before_it():
    rules = DemandPolicy()
    assert origins(56 + 28, rules, 2) == [56]
    assert origins(56 + 27, rules, 2) == []


def test_where_the_own_model_has_no_forecast_the_runner_up_stands_in():
    trial = {"best": constant(5, (2, 28)), "good": constant(6, (2, 28)), "bad": constant(9, (2, 28))}
    choice = chosen([trial], [window_of(constant(5, (2, 28)))], rate=(5.0, 5.0))
    later = trial | {"best": trial["best"].copy()}
    later["best"][1, 3] = np.nan  # a day is enough: no forecast is patched together from two models
    assert served(later, choice).tolist() == [[5.0] * 28, [6.0] * 28]
    assert (served({"good": constant(6, (2, 28))}, choice) == 6).all()
    assert (served({"smoothing": constant(7, (2, 28))}, choice) == 7).all()
    with pytest.raises(KeyError, match="smoothing"):
        served({"bad": constant(9, (2, 28))}, choice)


def test_a_model_that_forecasts_in_the_past_alone_is_not_chosen():
    trial = {"gone": constant(5), "far": constant(9), "near": constant(6)}
    choice = chosen([trial], [window_of(constant(5))], ahead={"far": constant(9), "near": constant(6)})
    assert choice.names[choice.served[0]] == "near"


def test_a_window_is_served_by_what_the_other_windows_choose():
    low, high = constant(4), constant(8)
    trials = [{"low": low, "high": high}] * 2
    windows = [window_of(constant(4)), window_of(constant(8))]
    first, second = served_untold(trials, windows, [np.array([2])] * 2)
    assert (first == 8).all()
    assert (second == 4).all()


def test_a_planner_can_open_the_errors_of_every_model_and_of_what_was_expected():
    windows = [window_of(constant(5))]
    trials = [{"near": constant(6), "far": constant(8)}]
    speed = speeds(np.array([5.0]), DemandPolicy())
    choice = chosen(trials, windows)
    table = errors_table(trials, [constant(5.5)], windows, speed, choice).set_index(["speed", "model"])
    assert table.loc[("fast", "far"), "bias"] == pytest.approx(0.6)
    assert table.loc[("fast", "near"), "wape"] == pytest.approx(0.2)
    assert table.loc[("fast", "near"), "serves"] == 1
    assert table.loc[("fast", "far"), "serves"] == 0
    assert table.loc[("all", "served"), "wape"] == pytest.approx(0.1)  # not near's: aggregates moved it
    assert table.loc[("all", "served"), "bias"] == pytest.approx(0.1)
    assert table.loc[("all", "served"), "serves"] == 1
    assert table.loc[("slow", "near"), "series_days"] == 0


def test_windows_of_the_fast_models_alone_are_no_part_of_the_errors():
    windows = [window_of(constant(5)), window_of(constant(50))]
    trials, expected = [{"near": constant(6)}], [constant(5), constant(7)]
    choice = unscored(np.array([5.0], dtype=np.float32), "near")
    table = errors_table(trials, expected, windows, speeds(np.array([5.0]), DemandPolicy()), choice)
    assert table.set_index(["speed", "model"]).loc[("all", "served"), "wape"] == 0
    assert table.loc[table["speed"] == "all", "series_days"].tolist() == [28, 28]
