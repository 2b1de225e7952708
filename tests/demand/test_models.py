"""The fast models on series whose forecast is known."""

import numpy as np
import pytest

from workbench.demand.models import FAST, Past, least, level, seasonal_average, tsb_level, weekday_shape


def past_of(units, horizon=14):
    units = np.asarray(units, dtype=np.float32)
    series, days = units.shape
    all_days = np.ones_like(units, dtype=bool)
    lifts = np.ones((series, days + horizon), dtype=np.float32)
    weekday = np.arange(days + horizon) % 7
    return Past(units, units, all_days, ~all_days, weekday, lifts, np.zeros(series, dtype=np.int64), horizon)


WEEK = [10.0, 10, 10, 10, 10, 40, 50]
AS_SOLD = {"seasonal_naive", "seasonal_average"}  # baselines: they know nothing of promotions

# Frozen from statsforecast 2.1.1: SeasonalNaive(7), SeasonalWindowAverage(7, window_size=3), for the next
# seven days, and TSB(alpha_d=0.1, alpha_p=0.05), which like ours starts at the first value of each part.
STATSFORECAST = {
    "steady": (
        [3, 5, 4, 6, 8, 12, 15, 2, 6, 5, 5, 9, 11, 14, 4, 4, 6, 7, 7, 13, 16, 3, 5, 5, 6, 10, 12, 17],
        [3, 5, 5, 6, 10, 12, 17],
        [3, 5, 5.333333, 6, 8.666667, 12, 15.666667],
        8.667073488270695,
    ),
    "lumpy": (
        [0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 7, 0, 0, 2, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0],
        [0.666667, 0, 0, 0, 2.333333, 0, 1],
        0.4249326030785377,
    ),
    "dying": (
        [5, 3, 0, 6, 2, 4, 1, 3, 0, 2, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0],
        [1, 0.333333, 0.666667, 0, 0.333333, 0, 0],
        1.377793170660668,
    ),
    "late": (
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 3, 0, 1],
        [2, 0, 1, 0, 3, 0, 1],
        [0.666667, 0, 0.333333, 0, 1, 0, 0.333333],
        0.32950276752265634,
    ),
}


@pytest.mark.parametrize("name", sorted(STATSFORECAST))
def test_baselines_say_what_statsforecast_says(name):
    sold, naive, average, smoothed = STATSFORECAST[name]
    past = past_of([sold], horizon=7)
    assert FAST["seasonal_naive"](past)[0].tolist() == naive
    assert seasonal_average(past, 3)[0] == pytest.approx(np.array(average), abs=1e-5)
    assert tsb_level(past.units, past.alive)[0] == pytest.approx(smoothed, rel=1e-6)


def test_a_baseline_smooths_from_the_first_day_of_life_not_of_the_records():
    sold, *_, smoothed = STATSFORECAST["steady"]
    units = np.array([[0] * 30 + sold], dtype=np.float32)
    assert tsb_level(units, np.arange(58)[None] >= 30)[0] == pytest.approx(smoothed, rel=1e-6)
    assert tsb_level(units, np.ones_like(units, dtype=bool))[0] < 0.9 * smoothed


def test_a_seasonal_average_leaves_out_the_weeks_before_life():
    past = past_of([[0.0] * 14 + [4.0] * 7], horizon=7)
    past.alive[0, :14] = False
    assert seasonal_average(past, 3)[0].tolist() == [4.0] * 7


@pytest.mark.parametrize("days", [1, 5, 20])
@pytest.mark.parametrize("name", sorted(FAST))
def test_a_few_days_are_enough_for_a_forecast(name, days):
    assert np.isfinite(FAST[name](past_of(np.full((1, days), 3.0)))).all()


def test_partitions_of_rows_do_not_change_what_is_smoothed():
    units = np.random.default_rng(0).poisson(0.4, (5000, 20)).astype(np.float32)
    lived = np.ones_like(units, dtype=bool)
    assert tsb_level(units, lived)[4500:].tolist() == tsb_level(units[4500:], lived[4500:]).tolist()


@pytest.mark.parametrize("name", sorted(FAST))
def test_every_model_carries_a_steady_series_on(name):
    assert FAST[name](past_of(np.full((2, 200), 6.0))) == pytest.approx(np.full((2, 14), 6.0), rel=0.01)


@pytest.mark.parametrize("name", sorted(set(FAST) - {"seasonal_naive"}))
def test_every_model_sees_the_weekday(name):
    ahead = FAST[name](past_of([WEEK * 40]))[0]
    assert ahead[6] == pytest.approx(50, rel=0.1)
    assert ahead[0] == pytest.approx(10, rel=0.1)


def test_last_week_is_repeated_as_it_was():
    assert (
        FAST["seasonal_naive"](past_of([[0] * 7 + [1, 2, 3, 4, 5, 6, 7]]))[0].tolist() == [*range(1, 8)] * 2
    )


@pytest.mark.parametrize("name", sorted(set(FAST) - AS_SOLD))
def test_a_planned_promotion_lifts_its_day(name):
    past = past_of(np.full((1, 200), 6.0))
    past.lifts[0, 203] = 1.5
    ahead = FAST[name](past)[0]
    assert ahead[3] == pytest.approx(1.5 * ahead[2], rel=1e-3)


def test_a_closed_weekday_does_not_spoil_the_level():
    past = past_of([[7.0, 7, 7, 7, 7, 0, 7] * 40])
    ahead = FAST["smoothing"](past)[0]
    assert ahead[0] == pytest.approx(7, rel=0.02)
    assert ahead[5] < 0.3


def test_weekday_shares_of_a_slow_seller_lean_on_its_pool():
    slow = np.zeros(280)
    slow[::70] = 1
    shape = weekday_shape(past_of([WEEK * 40, slow]))
    assert shape[1, 6] > 2 * shape[1, 0]


def test_days_before_life_do_not_count():
    past = past_of([[0.0] * 28 + [4.0] * 28])
    past.alive[0, :28] = False
    flat = np.ones((1, 7), dtype=np.float32)
    assert level(past, np.ones(56, dtype=np.float32), flat)[0] == pytest.approx(4)


def test_tsb_fades_when_a_product_dies():
    sold = np.array([[5.0, 0, 5, 0, 5, 0] + [0.0] * 60], dtype=np.float32)
    lived = np.ones_like(sold, dtype=bool)
    assert tsb_level(sold, lived)[0] < 0.2 * tsb_level(sold[:, :6], lived[:, :6])[0]


def test_nothing_sold_for_weeks_is_little_demand_not_none():
    assert least(past_of(np.zeros((1, 50))))[0, 0] == pytest.approx(0.01)
