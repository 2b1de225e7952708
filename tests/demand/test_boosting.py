"""The global model: planted patterns are learnt, and where there is nothing to learn the base stands."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.demand.conftest import DAY, keys_of, products_of, sales_of, table
from workbench.demand.boosting import foresee, learn
from workbench.demand.curves import totals
from workbench.demand.drivers import read_drivers
from workbench.demand.features import outlook, running, tell
from workbench.demand.history import read_history
from workbench.demand.models import look_back
from workbench.policy import DemandPolicy
from workbench.tables import TABLES

SERIES, DAYS, HORIZON = 40, 210, 14
KEYS = keys_of(SERIES)
END = pd.Timestamp(DAY)
NEVER, NEWBORN = SERIES - 1, SERIES - 2  # one series never sold, one is ten days old at the end


def told_of(units, *, keys=KEYS, prices=None, horizon=HORIZON):
    """What is told at the end of units (series, days), the last of them the day before END."""
    nobody = pd.DataFrame(keys, columns=["sku", "channel", "region"])
    history = read_history(sales_of(units, keys), products_of(keys), nobody, END, DemandPolicy())
    prices = TABLES["prices"].empty() if prices is None else prices
    empty = [TABLES[name].empty() for name in ("promotions", "calendar", "signals")]
    drivers = read_drivers(history, prices, *empty, horizon=horizon, zone="UTC")
    return tell(history, look_back(history, drivers.discount, units.shape[1], horizon, 3.0), drivers, jobs=1)


def base_of(told):
    return outlook(told, running(told), totals(told.units, told.pool), told.days, HORIZON).base


def noise(days, series=SERIES, mean=4.0):
    return np.random.default_rng(0).poisson(mean, (series, days))


class World:
    """Six units a day; half the series sell four times as much at weekends; a price cut doubles demand."""

    def __init__(self):
        rng = np.random.default_rng(3)
        days = np.arange(DAYS + HORIZON)
        start = END - pd.Timedelta(days=DAYS)
        weekend = (start.day_of_week + days) % 7 >= 5
        self.cut = np.repeat(rng.random((SERIES, (DAYS + HORIZON) // 7)) < 0.15, 7, axis=1)
        own = np.where(np.arange(SERIES)[:, None] % 2 & weekend, 4.0, 1.0)
        self.mean = 6 * own * np.where(self.cut, 2.0, 1.0)
        self.mean[NEVER] = 0
        units = rng.poisson(self.mean)[:, :DAYS]
        units[NEWBORN, :-10] = 0
        rows = [
            {
                "sku": KEYS[row][0],
                "channel": "shop",
                "valid_from": start + pd.Timedelta(days=int(column)),
                "valid_to": start + pd.Timedelta(days=int(column) + 6),
                "price": 7.0 if self.cut[row, column] else 10.0,
            }
            for row in range(SERIES)
            for column in days[::7]
        ]
        self.told = told_of(units, prices=table("prices", rows))
        self.learned = learn(self.told, DAYS, HORIZON, seed=1)
        self.ahead = foresee(self.learned, self.told, DAYS, HORIZON, jobs=1)
        self.base = base_of(self.told)


@pytest.fixture(scope="module")
def world():
    return World()


def gap(forecast, truth, where):
    """Root mean squared error of logs over some days."""
    return float(np.sqrt(np.mean(np.log(forecast[where] / truth[where]) ** 2)))


def test_a_price_cut_that_doubles_demand_is_learnt(world):
    truth, cut = world.mean[:, DAYS:], world.cut[:, DAYS:].copy()
    cut[[NEVER, NEWBORN]] = False
    assert cut.sum() > 50
    assert gap(world.ahead, truth, cut) < 0.6 * gap(world.base, truth, cut)


def test_a_weekday_that_only_some_series_have_is_learnt(world):
    truth, plain = world.mean[:, DAYS:], ~world.cut[:, DAYS:]
    plain[[NEVER, NEWBORN]] = False
    assert gap(world.ahead, truth, plain) < 0.6 * gap(world.base, truth, plain)


def test_forecasts_add_up_to_what_will_come(world):
    assert world.ahead.sum() == pytest.approx(world.mean[:, DAYS:].sum(), rel=0.1)


def test_every_series_has_a_forecast_and_none_is_negative(world):
    assert world.ahead.shape == (SERIES, HORIZON)
    assert np.isfinite(world.ahead).all()
    assert (world.ahead >= 0).all()


def test_a_series_never_sold_stays_near_nothing(world):
    assert world.ahead[NEVER].max() < 0.1


def test_the_same_seed_gives_the_same_trees(world):
    assert learn(world.told, DAYS, HORIZON, seed=1) == world.learned


def test_another_seed_gives_other_trees(world):
    other = learn(world.told, DAYS, HORIZON, seed=2)
    assert foresee(other, world.told, DAYS, HORIZON, jobs=1).tobytes() != world.ahead.tobytes()


def test_blocks_of_series_side_by_side_change_no_number(world, monkeypatch):
    monkeypatch.setattr("workbench.demand.boosting.SERIES_AT_ONCE", 7)
    assert foresee(world.learned, world.told, DAYS, HORIZON, jobs=2).tobytes() == world.ahead.tobytes()


def test_only_the_days_asked_for_are_learnt_from():
    told = told_of(noise(150))
    later = told.units.copy()
    later[:, 120:] = 40
    one, two = (learn(replace(told, units=units), 120, HORIZON, seed=0) for units in (told.units, later))
    assert one == two


def test_where_there_is_nothing_to_learn_the_base_stands():
    told = told_of(noise(200, mean=20.0))
    ahead = foresee(learn(told, 200, HORIZON, seed=0), told, 200, HORIZON, jobs=1)
    assert np.sqrt(np.mean((ahead / 20 - 1) ** 2)) < 0.15
    assert ahead.mean() == pytest.approx(20, rel=0.03)


@pytest.mark.parametrize(("series", "days"), [(SERIES, 60), (3, 100)], ids=["short", "few"])
def test_too_little_to_learn_from_gives_no_model(series, days):
    told = told_of(noise(days, series), keys=keys_of(series))
    assert learn(told, days, HORIZON, seed=0) is None


def test_where_nothing_was_sold_there_is_no_model():
    told = told_of(noise(200))
    assert learn(replace(told, units=0 * told.units), 200, HORIZON, seed=0) is None


@pytest.mark.parametrize("days", [120, 230, 425])
def test_histories_that_only_the_newest_features_reach_back_through_can_be_learnt(days):
    told = told_of(noise(days))
    learned = learn(told, days, HORIZON, seed=0)
    assert foresee(learned, told, days, HORIZON, jobs=1).mean() == pytest.approx(4, rel=0.1)


def test_what_was_learnt_on_a_shorter_past_serves_a_longer_one():
    told = told_of(noise(200))
    learned = learn(told, 150, HORIZON, seed=0)
    assert foresee(learned, told, 200, HORIZON, jobs=1).mean() == pytest.approx(4, rel=0.1)
