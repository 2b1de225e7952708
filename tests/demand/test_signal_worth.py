import numpy as np
import pandas as pd
import pytest

from tests.demand.conftest import DAY, inputs, keys_of, products_of, sales_of, table
from workbench.demand.backtest import window
from workbench.demand.drivers import read_drivers
from workbench.demand.features import tell
from workbench.demand.history import read_history
from workbench.demand.models import look_back
from workbench.demand.signal_worth import worth
from workbench.policy import DemandPolicy
from workbench.tables import TABLES, validate

DAYS, SERIES, HORIZON = 266, 24, 28
RULES = DemandPolicy()
NOBODY = pd.DataFrame(columns=["sku", "channel", "region"], dtype="str")


def business(days=DAYS):
    """Sales that double on the days of campaigns, and what is known: the campaigns and a meaningless one.

    Campaigns are planned four weeks ahead for the channel that they move; nothing else moves demand. The
    weather says nothing, though it is known as early.
    """
    rng = np.random.default_rng(5)
    keys = keys_of(SERIES, ("shop", "web"))
    campaign = rng.random(days) < 0.25
    lift = np.where(np.array([channel == "shop" for _, channel, _ in keys])[:, None] & campaign, 3, 1)
    sales = sales_of(rng.poisson(6 * lift), keys)
    dates = pd.date_range(end=pd.Timestamp(DAY) - pd.Timedelta(days=1), periods=days)
    about = {"marketing": ("shop", 1000.0 * campaign), "weather": ("*", rng.normal(10, 5, days))}
    signals = [
        {"date": date, "kind": kind, "channel": channel, "value": value}
        for kind, (channel, values) in about.items()
        for date, value in zip(dates, values, strict=True)
    ]
    for row in signals:
        row["known_at"] = (row["date"] - pd.Timedelta(days=28)).tz_localize("UTC")
        row["sku"] = row["region"] = "*"
    return sales, products_of(keys), table("signals", signals)


def tried(sales, products, signals):
    """What was known at two backtests' origins, newest first, and what came after each."""
    history = read_history(sales, products, NOBODY, pd.Timestamp(DAY), RULES)
    others = inputs(sales, products, signals=signals)[2:]
    drivers = read_drivers(history, *others, horizon=HORIZON, zone="UTC")
    origins = [len(history.days) - HORIZON, len(history.days) - 2 * HORIZON]
    pasts = [look_back(history, drivers.discount, origin, HORIZON, 3.0) for origin in origins]
    tolds = [tell(history, past, drivers, jobs=1) for past in pasts]
    return tolds, [window(history, origin, RULES) for origin in origins]


@pytest.fixture(scope="module")
def business_tried():
    return tried(*business())


@pytest.fixture(scope="module")
def found(business_tried):
    return worth(*business_tried, HORIZON, seed=1, jobs=1).set_index("kind")


def test_a_signal_that_drives_demand_lowers_the_error(found):
    assert found.index.tolist() == ["marketing", "weather", "all"]
    assert found.loc["marketing", "change"] < -0.15
    assert found.loc["all", "change"] < -0.1


def test_noise_is_worth_about_nothing(found):
    assert abs(found.loc["weather", "change"]) < 0.03


def test_the_change_is_a_fraction_of_the_error_without(found):
    expected = found["wape_with"] / found["wape_without"] - 1
    np.testing.assert_allclose(found["change"], expected)


def test_a_kind_is_judged_on_the_series_that_it_is_about(found):
    assert found["series_days"].tolist() == [SERIES // 2 * 56, SERIES * 56, SERIES * 56]
    assert found["days_ahead"].tolist() == [28, 28, 28]


def test_the_table_keeps_to_the_dictionary(found):
    validate("signal_worth", found.reset_index())


def test_without_signals_backtests_or_history_there_is_nothing_to_show():
    sales, products, signals = business(days=120)
    empty = TABLES["signal_worth"].empty()
    short = tried(sales, products, signals)
    for given in (tried(sales, products, signals[:0]), ([], []), short):
        pd.testing.assert_frame_equal(worth(*given, HORIZON, seed=1, jobs=1), empty)
