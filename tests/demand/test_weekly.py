"""A business whose records are weekly: every week's sales stand on its Sunday."""

import numpy as np
import pandas as pd
import pytest

from tests.demand.conftest import AS_OF, DAY, inputs, keys_of, products_of, sales_of, small_policy
from workbench.demand.drivers import read_drivers
from workbench.demand.engine import again, fit, forecast
from workbench.demand.history import read_history
from workbench.demand.paths import matrix
from workbench.demand.weekly import SERVING

SERIES, WEEKS, HORIZON = 40, 70, 28
KEYS = keys_of(SERIES)
POLICY = small_policy(horizon_days=HORIZON, backtest_windows=4)


def weekly(level, weeks):
    """Sales (series, days) around levels a week, on Sundays."""
    units = np.zeros((SERIES, 7 * weeks))
    units[:, 6::7] = np.random.default_rng(4).poisson(level[:, None], (SERIES, weeks))
    return units


def business(units, day):
    """History and drivers of sales up to the day before `day`, and no calendar."""
    nobody = pd.DataFrame(columns=["sku", "channel", "region"], dtype="str")
    sales, products = sales_of(units, KEYS, end=day), products_of(KEYS, ("A", "B"))
    history = read_history(sales, products, nobody, pd.Timestamp(day), POLICY.demand)
    empty = inputs(sales, products)[2:]
    return history, read_drivers(history, *empty, horizon=HORIZON, zone="UTC"), empty[2]


@pytest.fixture(scope="module")
def level():
    return np.random.default_rng(3).gamma(2, 2, SERIES) + 0.5


@pytest.fixture(scope="module")
def found(level):
    tables = inputs(sales_of(weekly(level, WEEKS), KEYS), products_of(KEYS, ("A", "B")))
    return forecast(*tables, policy=POLICY, as_of=AS_OF)


@pytest.fixture(scope="module")
def paths(found):
    return matrix(found.paths).reshape(SERIES, HORIZON, -1)


def test_nothing_is_wanted_on_closed_days(paths):
    closed = np.arange(HORIZON) % 7 != 6
    assert not paths[:, closed].any()


def test_open_days_are_expected_to_sell_a_week(paths, level):
    week = paths[:, 6::7].mean(axis=(1, 2))
    assert week.sum() == pytest.approx(level.sum(), rel=0.1)
    assert np.corrcoef(week, level)[0, 1] > 0.9


def test_a_weeks_paths_are_about_as_wide_as_a_count(paths):
    week = paths[:, 6]
    assert week.var(axis=1).sum() == pytest.approx(week.mean(axis=1).sum(), rel=0.6)


def test_the_weekly_model_serves_and_is_compared_with_the_naive_rule(found):
    assert set(found.models["model"]) == {SERVING}
    assert found.models["runner_up"].isna().all()
    assert "seasonal_naive" in set(found.backtest["model"])
    engine = found.value_added.set_index(["speed", "step"]).loc[("all", "engine")]
    assert engine["series_days"] == SERIES * 4 * 4  # open days alone are scored
    assert engine["change"] < 0.05


def test_made_again_from_the_same_records_it_is_the_same(level):
    today = business(weekly(level, WEEKS), DAY)
    fitted, mean = fit(*today, POLICY, seed=0)
    once_more, spread = again(fitted, *today, POLICY)
    assert once_more == pytest.approx(mean)
    assert spread.kind.tolist() == fitted.spread.kind.tolist()


def test_made_again_some_days_later_it_knows_what_was_sold_since(level):
    units = weekly(level, WEEKS)
    fitted, mean = fit(*business(units, DAY), POLICY, seed=0)
    since = np.zeros((SERIES, 9))
    since[:, 6] = 5 * level.round()  # of a week: five times the usual
    later, _ = again(fitted, *business(np.hstack([units, since]), DAY + pd.Timedelta(days=9)), POLICY)
    assert not later[:, np.arange(HORIZON) % 7 != 4].any()  # two days later Sunday is two days nearer
    assert later.sum() > 1.08 * mean.sum()
