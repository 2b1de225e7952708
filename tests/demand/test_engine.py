"""The forecast as a whole, on made-up businesses whose demand is known."""

import numpy as np
import pandas as pd
import pytest

from tests.demand.conftest import (
    AS_OF,
    DAY,
    SERIES,
    inputs,
    keys_of,
    products_of,
    sales_of,
    small_policy,
    table,
)
from workbench.demand.engine import forecast
from workbench.demand.paths import aggregate, matrix
from workbench.formulas.accuracy import coverage, uniform_transform
from workbench.tables import TABLES, validate

WEEK = np.array([0.8, 0.8, 0.8, 0.8, 0.8, 1.4, 1.6])


def factor(rng, variance, shape):
    return np.exp(np.sqrt(np.log1p(variance)) * rng.standard_normal(shape)) / np.sqrt(1 + variance)


def steady(rates, days, seed=0, noise=0.2):
    """Sales (series, days) around steady rates, with a weekday shape that begins on a Monday."""
    rng = np.random.default_rng(seed)
    mean = np.asarray(rates)[:, None] * WEEK[np.arange(days) % 7]
    return rng.poisson(mean * rng.gamma(1 / noise, noise, mean.shape))


def run(units, keys, policy=None, in_stock=None, seed=0, **others):
    products = others.pop("products", None)
    products = products_of(keys) if products is None else products
    sales = sales_of(units, keys, in_stock=in_stock)
    return forecast(
        *inputs(sales, products, **others), policy=policy or small_policy(), as_of=AS_OF, seed=seed
    )


def means(found):
    return found.demand.groupby(SERIES)["mean"].mean()


@pytest.fixture(scope="module")
def small():
    """Twelve series over two channels and regions, half a year."""
    keys = keys_of(12, ("shop", "web"), ("north", "south"))
    return keys, steady(np.linspace(0.2, 12, 12), 182)


def test_every_series_gets_every_day_from_the_business_day_on(small):
    keys, units = small
    found = run(units, keys)
    assert found.paths["date"].min() == pd.Timestamp(DAY)
    assert (found.paths.groupby(SERIES)["date"].nunique() == 28).all()
    assert len(found.models) == 12
    assert matrix(found.paths).shape == (12 * 28, 100)
    assert found.notes == []


def test_every_table_keeps_to_the_dictionary(small):
    keys, units = small
    found = run(units, keys)
    for name, frame in (
        ("demand", found.demand),
        ("demand_models", found.models),
        ("backtest", found.backtest),
    ):
        validate(name, frame)
        assert list(frame) == TABLES[name].names
    assert list(found.paths) == TABLES["demand_paths"].names


def test_steady_demand_is_met_with_its_weekday_shape(small):
    keys, units = small
    found = run(units, keys)
    total = found.demand.groupby("date")["mean"].sum()
    assert total.sum() == pytest.approx(28 * np.linspace(0.2, 12, 12).sum(), rel=0.08)
    assert total.iloc[6] / total.iloc[0] == pytest.approx(2, rel=0.2)


def test_the_same_seed_gives_the_same_bytes_whatever_the_order_of_rows(small):
    keys, units = small
    tables = inputs(sales_of(units, keys), products_of(keys))
    turned = [frame[::-1] for frame in tables]
    once = forecast(*tables, policy=small_policy(), as_of=AS_OF, seed=5)
    again = forecast(*turned, policy=small_policy(), as_of=AS_OF, seed=5)
    other = forecast(*tables, policy=small_policy(), as_of=AS_OF, seed=6)
    assert matrix(once.paths).tobytes() == matrix(again.paths).tobytes()
    assert once.models.equals(again.models)
    assert matrix(once.paths).tobytes() != matrix(other.paths).tobytes()


def test_inputs_are_left_as_they_were(small):
    keys, units = small
    tables = inputs(sales_of(units, keys), products_of(keys))
    before = [frame.copy(deep=True) for frame in tables]
    forecast(*tables, policy=small_policy(), as_of=AS_OF)
    assert all(frame.equals(copy) for frame, copy in zip(tables, before, strict=True))


def test_nothing_in_gives_nothing_out_and_says_so():
    empty = [
        TABLES[name].empty() for name in ("sales", "products", "prices", "promotions", "calendar", "signals")
    ]
    found = forecast(*empty, policy=small_policy(), as_of=AS_OF)
    assert found.paths.empty
    assert list(found.demand) == TABLES["demand"].names
    assert "give past sales" in found.notes[0]


def test_stock_outs_do_not_lower_the_forecast():
    keys = keys_of(6)
    units = steady([10] * 6, 182)
    in_stock = np.ones_like(units, dtype=bool)
    in_stock[0, -21:] = False
    dark = np.where(in_stock, units, 0)
    masked = means(run(dark, keys, in_stock=in_stock))
    believed = means(run(dark, keys))
    assert masked.iloc[0] == pytest.approx(10, rel=0.12)
    assert believed.iloc[0] < 0.9 * masked.iloc[0]
    assert run(dark, keys, in_stock=in_stock).models["censored_days"].tolist() == [21, 0, 0, 0, 0, 0]


def test_a_planned_promotion_lifts_its_days_as_past_ones_did():
    keys = keys_of(10)
    units = steady([10] * 10, 182)
    units[:, 60:67] *= 2
    first = pd.Timestamp(DAY) - pd.Timedelta(days=182)
    rows = [
        {
            "sku": sku,
            "channel": "shop",
            "valid_from": start,
            "valid_to": start + pd.Timedelta(days=6),
            "discount": 0.25,
        }
        for sku, _, _ in keys
        for start in (first + pd.Timedelta(days=60), pd.Timestamp(DAY) + pd.Timedelta(days=7))
    ]
    daily = run(units, keys, promotions=table("promotions", rows)).demand.groupby("date")["mean"].sum()
    assert daily.iloc[7:14].sum() / daily.iloc[14:21].sum() == pytest.approx(2, rel=0.12)


def test_a_forecast_does_not_know_the_future():
    keys = keys_of(5)
    units = steady([5] * 5, 182)
    later = sales_of(units * 10, keys, end=pd.Timestamp(DAY) + pd.Timedelta(days=182))
    both = pd.concat([sales_of(units, keys), later])
    past = forecast(*inputs(sales_of(units, keys), products_of(keys)), policy=small_policy(), as_of=AS_OF)
    found = forecast(*inputs(both, products_of(keys)), policy=small_policy(), as_of=AS_OF)
    assert matrix(found.paths).tobytes() == matrix(past.paths).tobytes()


def test_a_short_business_is_forecast_wide_and_all_of_it_never_seen():
    keys = keys_of(8)
    found = run(steady([4] * 8, 21), keys)
    assert means(found).mean() == pytest.approx(4, rel=0.2)
    assert found.models["never_seen"].all()
    assert found.models["error"].isna().all()
    assert found.backtest.empty
    assert "fewer than the 56" in found.notes[0]


def test_a_series_that_never_sold_is_not_a_silent_zero():
    keys = keys_of(12)
    units = steady([3] * 12, 182)
    units[4] = 0
    in_stock = np.ones_like(units, dtype=bool)
    in_stock[4] = False
    found = run(units, keys, in_stock=in_stock)
    assert means(found).iloc[4] == pytest.approx(3, rel=0.2)
    assert found.models["model"].iloc[4] == "category"
    assert "out of stock on every day" in " ".join(found.notes)


def test_a_new_product_is_forecast_from_its_category_and_flagged():
    keys = keys_of(12)
    products = products_of(keys)
    new = table("products", [{"sku": "NEW", "name": "new", "category": "A", "launched_on": "2026-03-04"}])
    found = run(steady([3] * 12, 182), keys, products=pd.concat([products, new]))
    row = found.models.set_index("sku").loc["NEW"]
    assert row["never_seen"]
    assert row["model"] == "category"
    ahead = found.demand[found.demand["sku"] == "NEW"]["mean"].to_numpy()
    assert (ahead[:2] == 0).all()
    assert ahead[2:].mean() == pytest.approx(3, rel=0.25)
    narrow, wide = (matrix(found.paths[found.paths["sku"] == sku]).sum(axis=0) for sku in ("S000", "NEW"))
    assert wide.std() > 1.2 * narrow.std()


def test_nothing_is_expected_after_the_last_day_on_sale():
    keys = keys_of(6)
    units, stays = steady([3] * 6, 182), products_of(keys)
    goes = stays.assign(discontinued_on=pd.Series([pd.Timestamp("2026-03-05").as_unit("us")], index=[2]))
    before, after = (matrix(run(units, keys, products=products).paths) for products in (stays, goes))
    paths = run(units, keys, products=goes).paths
    gone = ((paths["sku"] == "S002") & (paths["date"] > "2026-03-05")).to_numpy()
    assert not after[gone].any()
    np.testing.assert_array_equal(after[~gone], before[~gone])


def test_a_known_product_in_a_new_region_is_no_new_product():
    keys = [*keys_of(6), ("S000", "shop", "south")]
    units = steady([3] * 7, 182)
    units[6, :-10] = 0
    models = run(units, keys).models.set_index(SERIES)
    assert models.loc[("S000", "shop", "south"), "history_days"] <= 10
    assert not models.loc[("S000", "shop", "south"), "never_seen"]


def test_one_mad_day_does_not_become_the_forecast():
    keys = keys_of(6)
    units = steady([10] * 6, 182)
    units[2, -1] = 5000
    found = run(units, keys)
    assert means(found).iloc[2] < 20
    assert found.models["never_seen"].tolist() == [False, False, True, False, False, False]


def test_stationary_business_has_hardly_a_false_flag():
    rates = np.random.default_rng(1).gamma(0.5, 2.0, 800)
    keys = keys_of(800)
    models = run(steady(rates, 300, noise=0.5), keys, small_policy(paths=20)).models
    assert (models["never_seen"] & (models["history_days"] >= 56)).sum() <= 2


def test_intervals_of_days_and_sums_cover_what_they_promise():
    """Levels wander, SKUs share theirs over channels, days are noisy: none of it is told to the engine."""
    rng = np.random.default_rng(3)
    skus, days, horizon = 150, 392, 28
    keys = keys_of(skus * 2, ("shop", "web"))
    weeks = (days + horizon) // 7
    drift = np.cumsum(0.05 * rng.standard_normal((skus, weeks)), axis=1)
    shared = np.repeat(np.repeat(np.exp(drift), 7, axis=1), 2, axis=0)
    mean = rng.gamma(1.0, 4.0, skus * 2)[:, None] * shared * WEEK[np.arange(days + horizon) % 7]
    units = rng.poisson(mean * rng.gamma(5, 0.2, mean.shape))
    found = run(units[:, :days], keys, small_policy(paths=200))
    rows = found.models[SERIES].merge(
        pd.DataFrame(keys, columns=SERIES).reset_index(), on=SERIES, validate="1:1"
    )
    actual = units[rows["index"].to_numpy(), days:]
    drawn = matrix(found.paths).reshape(len(actual), horizon, -1)
    for length in (1, 7, 14, 28):
        worlds = drawn.reshape(len(actual) * horizon, -1) if length == 1 else drawn[:, :length].sum(axis=1)
        truth = actual.ravel() if length == 1 else actual[:, :length].sum(axis=1)
        transform = uniform_transform(worlds, truth, seed=0)
        for probability in (0.5, 0.8, 0.95):
            assert coverage(transform, probability) == pytest.approx(probability, abs=0.07), length


def test_a_skus_channels_stray_together_when_they_did_before():
    rng = np.random.default_rng(4)
    keys = keys_of(120, ("shop", "web"))
    level = np.repeat(factor(rng, 0.15, (60, 14)), 28, axis=1)
    mean = 8 * np.repeat(level, 2, axis=0)[:, : 14 * 28]
    found = run(rng.poisson(mean), keys, small_policy(paths=200))
    sums = aggregate(found.paths[["sku", "channel"]], matrix(found.paths), ["sku", "channel"])[1]
    together = [np.corrcoef(sums[2 * sku], sums[2 * sku + 1])[0, 1] for sku in range(60)]
    apart = [np.corrcoef(sums[2 * sku], sums[(2 * sku + 3) % 120])[0, 1] for sku in range(60)]
    assert np.mean(together) > 0.4
    assert abs(np.mean(apart)) < 0.2


def test_a_business_gone_quiet_is_forecast_by_what_can_still_be_fitted():
    units = steady([6] * 12, 250)
    units[:, -60:] = 0
    units[0, -60:] = steady([1], 60)
    found = run(units, keys_of(12))
    assert np.isfinite(found.demand["mean"]).all()
    assert found.models["model"].notna().all()


def test_a_single_series_is_forecast_near_its_rate_and_no_wider_than_it_knows():
    units = np.random.default_rng(3).poisson(2, (1, 84))
    sums = matrix(run(units, keys_of(1)).paths).sum(axis=0)
    assert np.median(sums) == pytest.approx(56, rel=0.25)
    assert np.quantile(sums, 0.975) < 4 * 56
