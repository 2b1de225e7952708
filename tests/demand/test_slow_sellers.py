import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.demand.backtest import Window
from workbench.demand.slow_sellers import BIN, Curve, corrected, learn


def window(units):
    units = np.asarray(units, dtype=np.float32)
    return Window(units, units, np.ones_like(units, dtype=bool), np.zeros(len(units), dtype=np.int64))


def a_day(rate, series, days=28):
    return np.full((series, days), rate, dtype=np.float32)


def test_what_was_told_as_nearly_nothing_is_put_right_by_what_such_series_sold():
    # 1,000 were told 0.01 a day, of which 50 came back and sold 1 a day; 1,000 were told 0.2 and sold that
    sold = np.concatenate([a_day(1.0, 50), a_day(0.0, 950), a_day(0.2, 1000)])
    told = np.concatenate([a_day(0.01, 1000), a_day(0.2, 1000)])
    shuffled = np.random.default_rng(0).permutation(2000)
    curve = learn([told[shuffled]], [window(sold[shuffled])], below=0.3)
    again = corrected(np.concatenate([a_day(0.001, 1), a_day(0.2, 1), a_day(4.0, 1)]), curve)
    assert again.mean(axis=1) == pytest.approx([0.05, 0.2, 4.0], rel=0.3)


def test_a_window_in_which_everything_sold_twice_as_much_says_nothing_of_slow_sellers():
    told = np.concatenate([a_day(0.05, 1000), a_day(5.0, 100)])
    curve = learn([told], [window(2 * told)], below=0.3)
    assert corrected(a_day(0.05, 1), curve).mean() == pytest.approx(0.05, rel=1e-3)


def test_few_slow_sellers_teach_nothing():
    told = a_day(0.05, 2 * BIN - 1)
    curve = learn([told], [window(3 * told)], below=0.3)
    assert corrected(told, curve) is told
    assert corrected(told, learn([], [], below=0.3)) is told


@given(st.lists(st.floats(1e-6, 10), min_size=2, max_size=6))
def test_the_order_of_forecasts_is_kept_and_fast_ones_stand(rates):
    curve = Curve(np.array([0.01, 0.1, 0.25]), np.array([0.05, 0.08, 0.3]), 0.3)
    rates = np.sort(np.array(rates))
    found = corrected(np.repeat(rates[:, None], 7, axis=1), curve).mean(axis=1)
    assert found[rates >= 0.3] == pytest.approx(rates[rates >= 0.3])
    assert (np.diff(found) >= -1e-6).all()
    assert (found >= 0.05 - 1e-6).all()
