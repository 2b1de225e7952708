"""What the global model is told: nothing from after the origin, and ratios that fit every size."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.demand.conftest import DAY, keys_of, products_of, sales_of, table
from workbench.demand.curves import totals
from workbench.demand.drivers import read_drivers
from workbench.demand.features import LEAST, outlook, part_of, rows, running, tell
from workbench.demand.history import read_history
from workbench.demand.models import look_back
from workbench.policy import DemandPolicy
from workbench.tables import TABLES

ORIGIN, HORIZON, SERIES = 210, 10, 6
KEYS = keys_of(SERIES, ("shop", "web"))
FIRST = pd.Timestamp(DAY) - pd.Timedelta(days=ORIGIN)  # the origin is DAY, a Monday


def day(column):
    return FIRST + pd.Timedelta(days=column)


def prices_of(later=9.0):
    """Ten until day 150, then nine until the fourth day ahead, then `later`; of S000 in the shop."""
    spans = ((0, 149, 10.0), (150, ORIGIN + 3, 9.0), (ORIGIN + 4, None, later))
    prices = [{"valid_from": day(begin), "valid_to": end and day(end), "price": p} for begin, end, p in spans]
    return table("prices", [{"sku": "S000", "channel": "shop", **row} for row in prices])


def signals_of(after=0.0):
    """Mentions of every day, each known the day after; those of the origin and later are `after` more."""
    days = range(ORIGIN - 60, ORIGIN + HORIZON)
    return table(
        "signals",
        [
            {
                "date": day(column),
                "kind": "social",
                "value": 50.0 + column % 5 + (after if column >= ORIGIN else 0),
                "known_at": (day(column + 1) + pd.Timedelta(hours=1)).tz_localize("UTC"),
            }
            for column in days
        ],
    )


def sold(seed=0, days=ORIGIN, mean=8.0):
    return np.random.default_rng(seed).poisson(mean, (SERIES, days)) + 1


def told_of(units, origin=ORIGIN, *, promotions=None, calendar=None, prices=None, signals=None):
    """All that is told at `origin` of units (SERIES, days) whose first day is FIRST."""
    end = day(units.shape[1])
    sales = sales_of(units, KEYS, end=end)
    nobody = sales[["sku", "channel", "region"]][:0]
    history = read_history(sales, products_of(KEYS, ("A", "B")), nobody, end, DemandPolicy())
    given = {"prices": prices, "promotions": promotions, "calendar": calendar, "signals": signals}
    tables = [TABLES[name].empty() if found is None else found for name, found in given.items()]
    drivers = read_drivers(history, *tables, horizon=HORIZON, zone="UTC")
    return tell(history, look_back(history, drivers.discount, origin, HORIZON, 3.0), drivers, jobs=1)


def known_at(told, origin=ORIGIN):
    return outlook(told, running(told), totals(told.units, told.pool), origin, HORIZON)


def matrix(known):
    series, horizon = known.base.shape
    return rows(known, np.repeat(np.arange(series), horizon), np.tile(np.arange(horizon), series))


@pytest.fixture(scope="module")
def told():
    return told_of(sold(), prices=prices_of(), signals=signals_of())


@pytest.fixture(scope="module")
def known(told):
    return known_at(told)


@given(seed=st.integers(1, 999), factor=st.sampled_from([0, 3, 50]), origin=st.integers(60, 195))
@settings(max_examples=12, deadline=None)
def test_no_feature_of_an_origin_knows_the_days_after_it(told, seed, factor, origin):
    after = np.arange(ORIGIN) >= origin
    later = factor * np.random.default_rng(seed).poisson(5, told.units.shape).astype(np.float32)
    other = replace(
        told, units=np.where(after, later, told.units), alive=np.where(after, later > 0, told.alive)
    )
    one, two = known_at(told, origin), known_at(other, origin)
    assert one.base.tobytes() == two.base.tobytes()
    assert matrix(one).tobytes() == matrix(two).tobytes()


@pytest.mark.parametrize("factor", [0, 7])
def test_sales_and_signals_measured_after_the_origin_do_not_reach_it(factor):
    units = sold(days=ORIGIN + HORIZON)
    changed = units.copy()
    changed[:, ORIGIN:] = factor * units[:, ORIGIN:] + 1
    one = told_of(units, signals=signals_of(), prices=prices_of())
    two = told_of(changed, signals=signals_of(after=500.0), prices=prices_of())
    assert matrix(known_at(one)).tobytes() == matrix(known_at(two)).tobytes()
    assert one.curves.tobytes() == two.curves.tobytes()


def test_signals_measured_before_the_origin_do_reach_it():
    raised = signals_of()
    raised.loc[raised["date"] == day(ORIGIN - 2), "value"] = 500.0
    before, after = (known_at(told_of(sold(), signals=signals)) for signals in (signals_of(), raised))
    assert (after.days["social_recent"] > before.days["social_recent"]).all()


def test_a_planned_price_moves_the_features_of_its_days_alone():
    plain, dearer = (known_at(told_of(sold(), prices=prices_of(later))) for later in (9.0, 18.0))
    changed = matrix(plain) != matrix(dearer)
    changed &= ~(np.isnan(matrix(plain)) & np.isnan(matrix(dearer)))
    moved = {name for name, column in zip(plain.features, changed.any(axis=0), strict=True) if column}
    assert moved == {"price", "price_usual", "price_last", "price_week"}
    assert not changed.reshape(SERIES, HORIZON, -1)[:, :4].any()
    assert dearer.days["price_last"][0, 4] == pytest.approx(2)
    usual = (18 * 10 + 8 * 9) / 26  # of the same weekday over half a year
    assert dearer.days["price_usual"][0, 4] == pytest.approx(18 / usual)
    assert np.isnan(dearer.days["price"][1:]).all()


def test_a_planned_promotion_lifts_the_base_of_its_days_and_is_told():
    rows_ = [(100, 113), (160, 166), (ORIGIN + 2, ORIGIN + 3)]
    promotions = table(
        "promotions",
        [
            {"sku": "S000", "channel": "shop", "valid_from": day(a), "valid_to": day(b), "discount": 0.5}
            for a, b in rows_
        ],
    )
    units = sold(mean=40)
    units[0, 100:114] *= 2
    units[0, 160:167] *= 2
    found = known_at(told_of(units, promotions=promotions))
    assert found.days["discount"][0].tolist() == [0, 0, 0.5, 0.5] + [0] * 6
    assert found.base[0, 2] == pytest.approx(2 * found.base[0, 9], rel=0.1)  # the same weekday
    assert found.base[0, :2].mean() == pytest.approx(41, rel=0.1)


def test_twice_the_sales_leave_the_ratios_as_they_were():
    told = told_of(sold(mean=200))
    once, twice = known_at(told), known_at(replace(told, units=2 * told.units))
    assert twice.base == pytest.approx(2 * once.base, rel=2e-3)  # a busier pool forgets sooner
    level = once.features.index("level")
    change = np.nan_to_num(matrix(twice) - matrix(once))
    assert change[:, level] == pytest.approx(np.full(len(change), np.log(2)), abs=2e-3)
    assert np.abs(np.delete(change, level, axis=1)).max() < 2e-3


@given(start=st.integers(0, SERIES - 1), length=st.integers(1, SERIES))
@settings(deadline=None)
def test_a_part_says_what_the_whole_says(known, start, length):
    part = part_of(known, slice(start, start + length))
    assert part.base.tolist() == known.base[start : start + length].tolist()
    whole = matrix(known).reshape(SERIES, HORIZON, -1)[start : start + length]
    assert np.array_equal(matrix(part), whole.reshape(-1, whole.shape[2]), equal_nan=True)


def test_rows_hold_the_features_by_name_for_the_pairs_asked_for(known):
    found = rows(known, np.array([4, 1]), np.array([2, 9]))
    columns = dict(zip(known.features, found.T, strict=True))
    assert columns["ahead"].tolist() == [2, 9]
    assert columns["weekday"].tolist() == [2, 2]
    assert columns["month_day"].tolist() == [4, 11]  # of March
    assert columns["level"] == pytest.approx(known.series["level"][[4, 1]])
    assert columns["channel"].tolist() == [0, 1]
    assert columns["category"].tolist() == [0, 0]  # S002 and S000 of categories A, B, A


@pytest.mark.parametrize("origin", [57, 100, 190, 210])
def test_every_origin_has_the_same_features(told, known, origin):
    assert known_at(told, origin).features == known.features


def test_the_base_of_a_steady_series_is_its_level_and_never_nothing():
    units = np.tile(np.array([[30], [3], [3], [3], [3], [0]]), (1, ORIGIN))
    units[5, 0] = 1
    base = known_at(told_of(units)).base
    assert base[:2, 0] == pytest.approx(np.array([30, 3]), rel=0.02)
    assert (base[5] >= LEAST).all()
    assert base[5].max() < 0.1


def test_levels_of_windows_stand_against_the_base():
    units = np.full((SERIES, ORIGIN), 10)
    units[0, -7:] = 20
    found = known_at(told_of(units)).series
    level = np.exp(found["level"])
    assert np.exp(found["level_7"][0]) * (level[0] + 0.05) == pytest.approx(20.05, rel=1e-3)
    assert np.exp(found["level_112"][0]) * (level[0] + 0.05) == pytest.approx(10.675, rel=1e-3)
    assert np.exp(found["sku_7_28"][0]) == pytest.approx((30 + 0.05) / (22.5 + 0.05), rel=1e-3)
    assert found["level_7"][2] == pytest.approx(0, abs=0.02)
    assert found["age"].tolist() == [ORIGIN] * SERIES


def test_days_since_a_sale_and_days_with_one_are_told():
    units = np.zeros((SERIES, ORIGIN), dtype=int)
    units[:, 0] = 1
    units[0, ORIGIN - 14 :: 7] = 1  # a week before the origin and two
    units[1, -1] = 1
    units[5] = 1  # or the records would have a hole
    found = known_at(told_of(units)).series
    assert found["since_sale"][:3].tolist() == [6, 0, ORIGIN - 1]
    assert found["selling_28"][0] == pytest.approx(2 / 28)


def test_an_own_weekday_stands_out_from_the_pools():
    units = np.full((SERIES, ORIGIN), 10)
    units[0, ORIGIN % 7 :: 7] = 0  # on the weekday of the origin
    found = known_at(told_of(units)).days
    for name in ("weekday_4", "weekday_13", "weekday_26", "last_weekday"):
        assert found[name][0, 0] < -1
        assert found[name][0, 7] == found[name][0, 0]
        assert found[name][0, 1:7].min() > -0.1


def test_an_event_is_told_on_the_days_around_it():
    fair = [{"date": day(column), "region": "north", "event": "fair"} for column in (100, ORIGIN + 4)]
    found = known_at(told_of(sold(), calendar=table("calendar", fair))).days
    days = {shift: np.flatnonzero(found[f"event_{shift:+d}"][0]).tolist() for shift in (-1, 0, 1, 2)}
    assert days == {-1: [5], 0: [4], 1: [3], 2: [2]}


def test_last_year_shows_what_came_then():
    days = 420
    units = np.full((SERIES, days), 10)
    then = days - 364
    units[:2, then : then + 30] = 20  # both channels of S000 doubled in the weeks after
    found = known_at(told_of(units, days), days).days["last_year"]
    assert found[0, 9] == pytest.approx(np.log(40.05 / 20.05), rel=1e-3)
    assert found[2, 9] == pytest.approx(0, abs=1e-3)
