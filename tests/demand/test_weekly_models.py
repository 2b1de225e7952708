from dataclasses import replace

import numpy as np
import pytest

from workbench.demand.weekly_season import levels, season, season_level
from workbench.demand.weekly_trees import foresee_weeks, learn_weeks
from workbench.demand.weeks import WeeklyPast

YEARS, PEAK = 3, 20


def past(units, ahead=4, seen=None, category=None):
    """Series by week from the first week of a year on; all of one category, or of those given."""
    units = np.atleast_2d(np.asarray(units, dtype=np.float32))
    seen = np.ones(units.shape, dtype=bool) if seen is None else seen
    own = np.arange(len(units))
    of = np.zeros(len(units), dtype=np.int64) if category is None else np.asarray(category)
    codes = {"sku": own, "region": 0 * own, "category": of, "all": 0 * own}
    calendar = np.arange(units.shape[1] + ahead) % 52 + 1
    return WeeklyPast(units * seen, seen, calendar, codes)


def with_peak(level=100.0, weeks=52 * YEARS):
    """A level, and double in one week of every year."""
    units = np.full(weeks, level)
    units[np.arange(weeks) % 52 + 1 == PEAK] *= 2
    return units


def test_a_level_goes_on():
    assert season_level(past(np.full(60, 3.0))) == pytest.approx(np.full((1, 4), 3.0), rel=0.01)


def test_the_last_weeks_tell_more_of_a_fast_seller_than_of_a_slow_one():
    doubled = np.repeat([1.0, 2.0], [300, 6])
    usual, fast = levels(np.outer([1e-6, 1000], doubled), np.ones((2, 306))) / [1e-6, 1000]
    # a seventh of the weight of all weeks is on the last six, 0.5 ** (6 / 26) on those before them
    assert usual == pytest.approx(2 - 0.5 ** (6 / 26), rel=0.01)
    assert fast == pytest.approx(2 - 0.5 ** (6 / 3), rel=0.01)
    slow = levels(doubled[None, :], np.ones((1, 306)))[0]
    weight = 1 / (1 - 0.5 ** (1 / 3))  # of all recent weeks
    assert slow == pytest.approx(usual * (40 + fast * weight) / (40 + usual * weight), rel=0.01)


def test_a_week_that_counts_as_two_usual_ones_sells_twice_as_much():
    exposure = np.array([[1.0, 2.0, 1.0, 1.0]])
    assert levels(3 * exposure, exposure) == pytest.approx([3.0])


def test_a_series_that_never_sold_is_expected_to_sell_nothing():
    never = past(np.zeros(60), seen=np.zeros((1, 60), dtype=bool))
    assert season_level(never).tolist() == [[0.0] * 4]


def test_weeks_out_of_stock_are_no_zeros():
    seen = np.arange(60) < 54
    assert season_level(past(np.full(60, 3.0), seen=seen[None, :]))[0] == pytest.approx(3.0, rel=0.1)


def test_a_week_that_doubled_every_year_is_expected_to():
    known = past(with_peak()).until(52 * 2 + PEAK - 3, 4)
    ahead = season_level(known)[0]
    assert ahead[2] / ahead[1] == pytest.approx(2.0, rel=0.1)


def test_a_categorys_own_season_shows_where_it_sells_much():
    units = np.stack([with_peak(2000.0), np.full(52 * YEARS, 2000.0)])
    index = season(past(units, category=[0, 1]))
    assert index[0, PEAK] > 1.8
    assert index[1, PEAK] < 1.2
    small = season(past(np.stack([with_peak(2000.0), np.full(52 * YEARS, 1.0)]), category=[0, 1]))
    assert small[1, PEAK] > 1.8  # of a small one the business tells


def test_trees_learn_a_peak_that_every_series_has_and_repeat_themselves():
    rng = np.random.default_rng(0)
    level = rng.gamma(2, 3, (60, 1))
    units = rng.poisson(level * with_peak(1.0))
    known = past(units).until(52 * 2 + PEAK - 3, 4)
    learned = learn_weeks(known, 4, seed=0)
    ahead = foresee_weeks(learned, known)
    assert ahead[:, 2].sum() / ahead[:, 1].sum() > 1.4
    assert ahead[:, 1].sum() == pytest.approx(level.sum(), rel=0.15)
    assert learn_weeks(known, 4, seed=0) == learned


def test_trees_look_for_a_peak_where_its_week_was_a_year_before():
    weeks, peaks = np.arange(160), [20, 73, 125]  # 53 and 52 weeks apart
    calendar = np.select([weeks == peak for peak in peaks], [50] * 3, weeks % 52 // 2)
    level = np.random.default_rng(0).gamma(2, 3, (60, 1))
    units = np.random.default_rng(1).poisson(level * np.where(np.isin(weeks, peaks), 3.0, 1.0))
    whole = replace(past(units), calendar=np.r_[calendar, 0, 1, 2, 3])
    known = whole.until(123, 4)
    ahead = foresee_weeks(learn_weeks(known, 4, seed=0), known).sum(axis=0)
    assert ahead[2] / ahead[1] > 1.8


def test_too_few_weeks_teach_nothing():
    assert learn_weeks(past(np.ones(20)), 4, seed=0) is None
    assert learn_weeks(past(np.ones(60)), 4, seed=0) is None
