"""What every model would have said at past origins: the past alone, and the same models everywhere."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.demand.conftest import DAY, keys_of, products_of, sales_of, small_policy, table
from workbench.demand import trials
from workbench.demand.drivers import read_drivers
from workbench.demand.features import tell
from workbench.demand.history import read_history
from workbench.demand.models import FAST, least, look_back
from workbench.demand.reconcile import TOTAL
from workbench.demand.shapes import Shape
from workbench.tables import TABLES

SERIES, DAYS, WINDOW, HORIZON = 30, 150, 14, 10
KEYS = keys_of(SERIES, ("shop", "web"))
END = pd.Timestamp(DAY)
NO_EVENTS = TABLES["calendar"].empty()
NEWEST, OLDEST = DAYS - WINDOW, DAYS - 2 * WINDOW
POLICY = small_policy(
    horizon_days=HORIZON, backtest_days=WINDOW, backtest_windows=2, calibration_windows=3, min_history_days=56
)


@pytest.fixture(autouse=True)
def without_prophet(monkeypatch):
    """Prophet takes seconds; tests/demand/test_shapes.py is about it."""
    monkeypatch.setattr(trials, "shapes", lambda _history, pasts, *_: [None] * len(pasts))


def sold(days=DAYS):
    return np.random.default_rng(0).poisson(3.0, (SERIES, days)) + 1


def business(units, promotions=None):
    """History and drivers of units (SERIES, days) up to the day before END."""
    nobody = pd.DataFrame(columns=["sku", "channel", "region"], dtype="str")
    history = read_history(sales_of(units, KEYS), products_of(KEYS), nobody, END, POLICY.demand)
    given = [TABLES[name].empty() for name in ("prices", "promotions", "calendar", "signals")]
    given[1] = given[1] if promotions is None else promotions
    return history, read_drivers(history, *given, horizon=HORIZON, zone="UTC")


def tried(units):
    return trials.try_models(*business(units), NO_EVENTS, POLICY, 0)


def ahead(learned, units, promotions=None):
    """What every model says today."""
    history, drivers = business(units, promotions)
    past, told = trials.today(history, drivers, POLICY)
    return trials.views(history, [past], [told], [learned], NO_EVENTS, POLICY)[0]


def same(one, two):
    return list(one) == list(two) and all(one[name].tobytes() == two[name].tobytes() for name in one)


@pytest.fixture(scope="module")
def plain():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trials, "shapes", lambda _history, pasts, *_: [None] * len(pasts))
        return tried(sold())


def test_windows_hold_what_came_after_each_origin_newest_first(plain):
    units = sold()
    assert len(plain.full) == 2
    assert len(plain.fast) == 1
    starts = [DAYS - WINDOW * (window + 1) for window in range(3)]
    for window, start in zip(plain.windows, starts, strict=True):
        assert (window.units == units[:, start : start + WINDOW]).all()


def test_every_origin_has_the_same_models_and_shapes(plain):
    names = [*FAST, "global"]
    for view in plain.full:
        assert list(view.forecasts) == names
        assert {days.shape for days in view.forecasts.values()} == {(SERIES, WINDOW)}
        assert view.aggregates.curve.shape == (2, WINDOW)
    assert list(plain.fast[0]) == list(FAST)


@pytest.mark.parametrize(("since", "untouched"), [(NEWEST, 2), (OLDEST, 1)])
def test_sales_after_an_origin_do_not_change_what_is_said_there(plain, since, untouched):
    """After the newest origin: both full views stand. After the older one: the newer view changes."""
    units = sold()
    units[:, since:] = 5 * units[:, since:] + 2
    other = tried(units)
    for number, (one, two) in enumerate(zip(plain.full, other.full, strict=True)):
        stands = number >= 2 - untouched
        assert same(one.forecasts, two.forecasts) == stands
        assert (one.aggregates.curve.tobytes() == two.aggregates.curve.tobytes()) == stands
    assert same(plain.fast[0], other.fast[0])
    assert not (plain.windows[0].units == other.windows[0].units).any()


def test_today_looks_over_the_policys_horizon_with_the_model_it_is_given(plain):
    view = ahead(plain.learned, sold())
    assert list(view.forecasts) == list(plain.full[0].forecasts)
    assert {days.shape for days in view.forecasts.values()} == {(SERIES, HORIZON)}
    assert view.aggregates.curve.sum(axis=0) == pytest.approx(np.full(HORIZON, 4 * SERIES), rel=0.1)
    assert list(ahead(None, sold()).forecasts) == list(FAST)


def test_what_was_told_goes_as_far_as_each_origin(plain):
    assert [told.days for told in plain.tolds] == [NEWEST, OLDEST]
    assert trials.today(*business(sold()), POLICY)[1].days == DAYS


def shape_of(past, level):
    width = 56 + past.horizon
    ones = np.ones((len(past.units), width), dtype=np.float32)
    flat = np.full(past.horizon, level, dtype=np.float32)
    nobody = np.zeros(0, dtype=np.int64), np.zeros((0, past.horizon), dtype=np.float32)
    return Shape(ones, {0: flat / 2, 1: flat / 2}, flat, *nobody)


@pytest.mark.parametrize("missing", [False, True])
def test_prophet_is_shown_at_every_origin_or_at_none(monkeypatch, missing):
    def shapes(_history, pasts, *_):
        found = [shape_of(past, 120) for past in pasts]
        return [*found[:-1], None if missing else found[-1]]  # the oldest past was too short for it

    monkeypatch.setattr(trials, "shapes", shapes)
    for view in tried(sold()).full:
        assert ({"category_shape", "prophet"} <= set(view.forecasts)) != missing
        assert set(view.aggregates.prophet) == (set() if missing else {0, 1, TOTAL})


def test_nothing_is_forecast_below_the_least_demand(plain):
    units = sold()
    units[0, 40:] = 0  # this one died
    history, drivers = business(units)
    past = look_back(history, drivers.discount, DAYS, HORIZON, 3.0)
    view = ahead(plain.learned, units)
    for days in [*view.forecasts.values(), *trials.fast_forecasts(past).values()]:
        assert (days >= least(past)).all()
    assert view.forecasts["seasonal_naive"][0] == pytest.approx(np.full(HORIZON, 0.5 / DAYS))


def test_a_planned_promotion_lifts_what_is_said_of_its_pool():
    units = sold()
    units[::2, 100:114] *= 2  # in the shop
    days = [END + pd.Timedelta(days=column - DAYS) for column in (100, 113, DAYS + 2, DAYS + 2)]
    rows = [
        {"sku": sku, "channel": "shop", "valid_from": days[at], "valid_to": days[at + 1], "discount": 0.5}
        for sku in {sku for sku, _, _ in KEYS}
        for at in (0, 2)
    ]
    curve = ahead(None, units, table("promotions", rows)).aggregates.curve
    assert curve[0, 2] == pytest.approx(2 * curve[0, 9], rel=0.15)  # the same weekday
    assert curve[1, 2] == pytest.approx(curve[1, 9], rel=0.1)


def test_too_short_a_history_is_not_tried_but_still_forecast():
    units = sold(60)
    found = tried(units)
    assert (found.full, found.fast, found.windows, found.tolds, found.learned) == ([], [], [], [], None)
    assert list(found.today.forecasts) == list(FAST)


def test_views_rest_on_their_own_past_alone(plain):
    """The same model and past, a history that goes on differently: nothing may change."""
    units = sold()
    answers = []
    for factor in (1, 6):
        changed = units.copy()
        changed[:, NEWEST:] *= factor
        history, drivers = business(changed)
        past = look_back(history, drivers.discount, NEWEST, WINDOW, 3.0)
        told = tell(history, past, drivers, jobs=1)
        answers.append(trials.views(history, [past], [told], [plain.learned], NO_EVENTS, POLICY)[0])
    assert same(answers[0].forecasts, answers[1].forecasts)
    raised = replace(past, base=2 * past.base, units=2 * past.units)
    told = tell(history, raised, drivers, jobs=1)
    other = trials.views(history, [raised], [told], [plain.learned], NO_EVENTS, POLICY)[0]
    assert not same(answers[0].forecasts, other.forecasts)
