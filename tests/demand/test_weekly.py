"""A business whose records are weekly: every week's sales stand on its Sunday."""

import numpy as np
import pytest

from tests.demand.conftest import AS_OF, inputs, keys_of, products_of, sales_of, small_policy
from workbench.demand.engine import forecast
from workbench.demand.paths import matrix
from workbench.demand.weekly import SERVING

SERIES, WEEKS, HORIZON = 40, 70, 28


@pytest.fixture(scope="module")
def level():
    return np.random.default_rng(3).gamma(2, 2, SERIES) + 0.5


@pytest.fixture(scope="module")
def found(level):
    units = np.zeros((SERIES, 7 * WEEKS))
    units[:, 6::7] = np.random.default_rng(4).poisson(level[:, None], (SERIES, WEEKS))
    keys = keys_of(SERIES)
    policy = small_policy(horizon_days=HORIZON, backtest_windows=4)
    return forecast(*inputs(sales_of(units, keys), products_of(keys, ("A", "B"))), policy=policy, as_of=AS_OF)


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


def test_a_weekly_model_serves_and_is_compared_with_the_naive_rule(found):
    assert set(found.models["model"]) <= set(SERVING)
    assert "seasonal_naive" in set(found.backtest["model"])
    engine = found.value_added.set_index(["speed", "step"]).loc[("all", "engine")]
    assert engine["series_days"] == SERIES * 4 * 4  # open days alone are scored
    assert engine["change"] < 0.05
