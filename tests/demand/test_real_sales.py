"""The engine on sales that no one here made: accuracy and coverage are logged, and must not slip.

`pytest --log-cli-level=info tests/demand/test_real_sales.py` shows the figures.
"""

import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.benchmarks.coverage import SPEEDS, measure, online_retail
from tests.demand.conftest import SERIES, inputs, small_policy, table
from workbench.demand.engine import forecast
from workbench.demand.paths import matrix
from workbench.formulas.accuracy import bias, coverage, uniform_transform, wape
from workbench.lake.gate import check
from workbench.policy import Policy
from workbench.tables import TABLES

LOG = logging.getLogger(__name__)
DEMO = Path(__file__).parents[2] / "data" / "demo"
HORIZON = 28


def walmart(folder, items=40, days=730, origin=1913):
    """Sales of a slice of the M5's items in all stores, and the day that follows the origin."""
    wide = pd.read_parquet(folder / "walmart_m5" / "sales_d1_d1941.parquet")
    wide = wide[wide["item_id"].isin(sorted(wide["item_id"].unique())[:: 3049 // items][:items])]
    dates = pd.date_range("2011-01-29", periods=1941, unit="us")
    units = np.stack(wide["sales"].to_numpy())[:, origin - days : origin + HORIZON]
    row, column = np.nonzero(units)
    keys = wide[["item_id", "store_id", "state_id"]].astype("str").set_axis(SERIES, axis=1)
    sales = keys.iloc[row].reset_index(drop=True)
    sales = sales.assign(date=dates[origin - days + column], units=units[row, column].astype("int64"))
    products = wide[["item_id", "dept_id"]].drop_duplicates().astype("str")
    products = products.set_axis(["sku", "category"], axis=1)
    return table("sales", sales), table("products", products.assign(name=products["sku"])), dates[origin]


def actual_units(sales, keys, day):
    """What was sold on each day of the horizon (series, days), and in the week before it."""
    index = pd.MultiIndex.from_frame(keys)
    ahead = (sales["date"] - day).dt.days.to_numpy()
    row = index.get_indexer(pd.MultiIndex.from_frame(sales[SERIES]))
    found = np.zeros((len(keys), 7 + HORIZON))
    known = (row >= 0) & (ahead >= -7) & (ahead < HORIZON)
    np.add.at(found, (row[known], ahead[known] + 7), sales["units"].to_numpy()[known])
    return found[:, 7:], found[:, :7]


def report(name, found, sales, day):
    """Log accuracy beside last week repeated, and coverage; give them back."""
    keys = found.models[SERIES]
    actual, week = actual_units(sales, keys, day)
    drawn = matrix(found.paths).reshape(len(keys), HORIZON, -1)
    mean, naive = drawn.mean(axis=2), np.tile(week, 4)
    figures = {"wape": wape(mean, actual), "naive": wape(naive, actual), "bias": bias(mean, actual)}
    rounded = {key: round(value, 3) for key, value in figures.items()}
    LOG.info("%s, %d series from %s: %s", name, len(keys), f"{day:%Y-%m-%d}", rounded)
    covered = {}
    for length in (1, 7, 14, 28):
        worlds = drawn.reshape(len(keys) * HORIZON, -1) if length == 1 else drawn[:, :length].sum(axis=1)
        truth = actual.ravel() if length == 1 else actual[:, :length].sum(axis=1)
        transform = uniform_transform(worlds, truth, seed=0)
        covered[length] = [round(coverage(transform, p), 3) for p in (0.5, 0.8, 0.95)]
    LOG.info("coverage of 50, 80 and 95 %% intervals by days summed: %s", covered)
    return figures, covered


@pytest.mark.real_data
def test_walmart_sales_are_forecast_better_than_last_week_repeated(real_data):
    sales, products, day = walmart(real_data)
    policy = small_policy(paths=200, prophet_aggregates=8, prophet_series=4)
    calendar = table("calendar", [{"date": day, "region": "CA", "event": "none"}])[:0]
    found = forecast(
        *inputs(sales, products, calendar=calendar), policy=policy, as_of=policy.business.as_of(day.date())
    )
    figures, covered = report("Walmart", found, sales, day)
    assert figures["wape"] < 0.9 * figures["naive"]
    assert abs(figures["bias"]) < 0.12
    for length, (half, most, nearly) in covered.items():
        assert abs(half - 0.5) < 0.12, length
        assert abs(most - 0.8) < 0.09, length
        assert abs(nearly - 0.95) < 0.06, length


@pytest.mark.real_data
def test_a_web_shop_sells_inside_its_intervals_as_often_as_they_say():
    found = measure(online_retail(), [262, 290, 318, 346])  # the ramp to Christmas: `below` shows its bias
    found = found[found["of"].isin(SPEEDS)]
    LOG.info("Online Retail:\n%s", found.to_string(index=False))
    for share in (0.5, 0.8, 0.95):
        assert (found[f"{share:.0%}"] - share).abs().max() < 0.06, share


@pytest.mark.skipif(not (DEMO / "sales.parquet").exists(), reason="the demo business has not been written")
def test_the_demo_business_is_forecast_better_than_last_week_repeated():
    policy = Policy.load(DEMO / "policy.toml")
    tables = check(DEMO, policy, pd.Timestamp("2026-11-16").date()).tables
    day = pd.Timestamp("2026-10-12")  # the horizon ends before the planted spike
    light = small_policy(paths=200, prophet_aggregates=10)
    light = light.model_copy(update={"business": policy.business})
    names = ("sales", "products", "prices", "promotions", "calendar", "signals")
    found = forecast(
        *(tables.get(name, TABLES[name].empty()) for name in names),
        policy=light,
        as_of=light.business.as_of(day.date()),
    )
    figures, covered = report("Demo", found, tables["sales"], day)
    assert figures["wape"] < 0.9 * figures["naive"]
    assert abs(figures["bias"]) < 0.12
    for length, (half, most, nearly) in covered.items():
        assert abs(half - 0.5) < 0.08, length
        assert abs(most - 0.8) < 0.06, length
        assert abs(nearly - 0.95) < 0.04, length
