"""New products: where they will sell, and how much for want of their own history."""

import logging

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom

from tests.demand.conftest import DAY, keys_of, products_of, sales_of, table
from workbench.demand.history import History, read_history
from workbench.demand.newcomers import from_category, gamma_of, newcomers, price_of, young
from workbench.formulas.accuracy import wape
from workbench.policy import DemandPolicy

LOG = logging.getLogger(__name__)
TODAY = pd.Timestamp(DAY)
RULES = DemandPolicy()


def business(launch="2026-03-01"):
    keys = [("OLD", "shop", "north"), ("OLD", "web", "north"), ("TOY", "shop", "south")]
    products = table(
        "products",
        [
            {"sku": "OLD", "name": "old", "category": "A"},
            {"sku": "TOY", "name": "toy", "category": "B"},
            {"sku": "NEW", "name": "new", "category": "A", "launched_on": launch},
        ],
    )
    return sales_of(np.ones((3, 80), dtype=int), keys), products


def prices(*rows):
    return table(
        "prices", [{"sku": s, "channel": c, "valid_from": "2026-01-01", "price": 9} for s, c in rows]
    )


def test_a_new_product_is_sold_where_its_category_is():
    found = newcomers(*business(), prices(("OLD", "shop")), TODAY, RULES)
    assert found.to_numpy().tolist() == [["NEW", "shop", "north"], ["NEW", "web", "north"]]


def test_it_is_sold_only_in_channels_that_have_a_price_for_it():
    found = newcomers(*business(), prices(("NEW", "web")), TODAY, RULES)
    assert found["channel"].tolist() == ["web"]


@pytest.mark.parametrize("launch", [None, "2020-01-01", "2027-01-01"])
def test_what_was_not_launched_lately_or_soon_is_no_newcomer(launch):
    assert newcomers(*business(launch), prices(("OLD", "shop")), TODAY, RULES).empty


def grown(sold, days, peers=20, rate=2):
    keys = keys_of(peers + 1)
    units = np.full((peers + 1, 100), rate)
    units[-1] = 0
    if days:
        units[-1, -days:] = 0
        units[-1, -days] = sold
    history = read_history(sales_of(units, keys), products_of(keys), new_series(keys, days), TODAY, RULES)
    mean = np.full((peers + 1, 28), float(rate), dtype=np.float32)
    rates = np.full(peers + 1, float(rate), dtype=np.float32)
    forecasts, variance = from_category(history, mean, rates, np.full(peers + 1, 0.01), young(history, RULES))
    return forecasts[0], variance[0]


def new_series(keys, days):
    return pd.DataFrame(keys[-1:] if not days else [], columns=["sku", "channel", "region"], dtype="str")


def test_without_a_day_of_history_it_sells_as_its_peers_do():
    forecast, _ = grown(0, 0)
    assert forecast == pytest.approx(np.full(28, 2.0), rel=0.01)


def test_its_own_days_count_more_and_more():
    few, wide = grown(10, 2)
    many, narrow = grown(200, 40)
    assert 2 < few.mean() < many.mean() < 5
    assert narrow < wide


def test_a_series_that_never_sold_leans_on_its_peers_too():
    keys = keys_of(7)
    units = np.ones((7, 100), dtype=int)
    units[0] = 0
    in_stock = np.ones_like(units, dtype=bool)
    in_stock[0, 0] = False
    history = read_history(
        sales_of(units, keys, in_stock=in_stock), products_of(keys), new_series([], 1), TODAY, RULES
    )
    assert young(history, RULES).tolist() == [True] + [False] * 6


def test_nothing_is_sold_before_the_launch():
    sales, products = business("2026-03-06")
    new = newcomers(sales, products, prices(("NEW", "web")), TODAY, RULES)
    history = read_history(sales, products, new, TODAY, RULES)
    rate = np.ones(4, dtype=np.float32)
    ahead, _ = from_category(
        history, np.ones((4, 28), dtype=np.float32), rate, np.full(4, 0.1), young(history, RULES)
    )
    assert (ahead[0, :4] == 0).all()
    assert (ahead[0, 4:] > 0).all()


def started(rates, launch, ages=(), horizon=28, price=None):
    """Forecast of the last series, launched today, beside others at steady rates since their launch columns.

    `ages` is what launches sell against their rate, by weeks of age.
    """
    days = np.arange(200)
    age = (days - np.asarray([*launch, 200])[:, None]) // 7
    course = np.asarray([*ages, 1.0])[np.clip(age, 0, len(ages))]
    units = np.where(age >= 0, np.asarray([*rates, 0.0])[:, None] * course, 0).astype(np.float32)
    keys = pd.DataFrame(keys_of(len(units)), columns=["sku", "channel", "region"])
    history = History(
        keys.assign(category="A"),
        pd.date_range(end=TODAY - pd.Timedelta(days=1), periods=200),
        units,
        age >= 0,
        age > 999,
        np.array([*launch, 200]),
    )
    rate = np.array([*rates, 0], dtype=np.float32)
    mean = np.repeat(rate[:, None], horizon, axis=1)
    prices = None if price is None else np.asarray(price, dtype=np.float32)
    found, variance = from_category(
        history, mean, rate, np.full(len(rate), 0.1), young(history, RULES), prices
    )
    return found[-1], variance[-1]


def test_peers_at_its_price_count_most_but_none_is_left_out():
    rates, price = [8.0] * 10 + [1.0] * 10, [10] * 10 + [100] * 10
    cheap, _ = started(rates, [0] * 20, price=[*price, 10])
    dear, _ = started(rates, [0] * 20, price=[*price, 100])
    unknown, _ = started(rates, [0] * 20, price=[*price, np.nan])
    assert 5.5 < cheap.mean() < 8
    assert 1 < dear.mean() < 3.5
    assert unknown.mean() == pytest.approx(4.5)


def test_it_starts_as_past_launches_of_its_category_started():
    slow_start = [0.2, 0.4, 0.6, 0.8]
    rising, _ = started([10.0] * 20, [60] * 8 + [0] * 12, slow_start)
    at_once, _ = started([10.0] * 20, [0] * 20)
    assert at_once == pytest.approx(np.full(28, 10.0), rel=0.01)
    assert rising[:7].mean() == pytest.approx(
        2.45, rel=0.02
    )  # 5 × (112 + 50) / (280 + 50) units of 8 launches
    assert rising[21:].mean() == pytest.approx(7.5, rel=0.02)


def test_too_few_launches_say_nothing():
    few, _ = started([10.0] * 20, [60] * 4 + [0] * 16, [0.2, 0.4])
    assert few == pytest.approx(np.full(28, 10.0), rel=0.01)


def test_peers_that_differ_make_a_start_wide():
    _, alike = started([4.0] * 20, [0] * 20)
    _, unlike = started([1.0, 16.0] * 10, [0] * 20)
    assert alike < 0.1
    assert unlike > 0.4


def test_one_peer_that_never_sold_does_not_make_the_rest_uncertain_about_zero():
    shape, scale = gamma_of(np.array([0.0, 1, 1, 1, 1], dtype=np.float32), np.ones(5))
    assert shape / scale == pytest.approx(0.8)
    assert 0.3 < shape < 5


def test_the_price_of_today_is_known_and_of_a_later_launch_its_first():
    sales, products = business()
    new = newcomers(sales, products, prices(("NEW", "web"), ("OLD", "web")), TODAY, RULES)
    history = read_history(sales, products, new, TODAY, RULES)
    rows = [("OLD", "web", "2026-01-01", 9), ("OLD", "web", "2026-02-01", 7), ("OLD", "web", "2026-04-01", 5)]
    rows += [("NEW", "web", "2026-03-20", 30)]
    known = table(
        "prices", [{"sku": s, "channel": c, "valid_from": day, "price": price} for s, c, day, price in rows]
    )
    found = price_of(history, known, TODAY)
    assert history.series["sku"].tolist() == ["NEW", "OLD", "OLD", "TOY"]
    assert found == pytest.approx([30, np.nan, 7, np.nan], nan_ok=True)


def walmart_launches(folder):
    """Sales of four stores (series, days), their keys, and launch column and first price of each series."""
    wide = pd.read_parquet(folder / "walmart_m5" / "sales_d1_d1941.parquet")
    wide = wide[wide["store_id"].isin(["CA_3", "TX_2", "WI_1", "WI_2"])].reset_index(drop=True)
    weeks = pd.read_csv(folder / "walmart_m5" / "calendar.csv", usecols=["wm_yr_wk"])["wm_yr_wk"]
    begins = pd.Series(weeks.index, index=weeks).groupby(level=0).min()
    cost = pd.read_parquet(folder / "walmart_m5" / "sell_prices.parquet")
    cost = cost.sort_values("wm_yr_wk").drop_duplicates(["store_id", "item_id"])
    keys = wide[["item_id", "store_id", "state_id", "dept_id"]].astype("str")
    cost = cost.astype({"item_id": "str", "store_id": "str"})
    found = keys.merge(cost, on=["item_id", "store_id"], how="left", validate="1:1")
    units = np.stack(wide["sales"].to_numpy()).astype(np.float32)
    keys = keys.set_axis(["sku", "channel", "region", "category"], axis=1)
    return keys, units, found["wm_yr_wk"].map(begins).to_numpy(), found["sell_price"].to_numpy(np.float32)


def first_weeks(keys, units, launch, price, origin):
    """Sales of the first 28 days, their forecasts by rule, and the variance of the price-aware level.

    Of series launched in the 28 days from `origin` on; two years are known before it.
    """
    start = origin - 730
    kept = np.flatnonzero(launch < origin + 28)
    first = np.maximum(launch[kept] - start, 0)
    known = units[kept, start:origin]
    alive = np.arange(730) >= first[:, None]
    dates = pd.date_range(end=TODAY - pd.Timedelta(days=1), periods=730)
    history = History(keys.iloc[kept].reset_index(drop=True), dates, known, alive, ~alive & alive, first)
    rate = (known[:, -182:].sum(axis=1) / np.maximum(alive[:, -182:].sum(axis=1), 1)).astype(np.float32)
    mean = np.repeat(rate[:, None], 56, axis=1)
    is_young = young(history, RULES)
    new = first[is_young] >= 730
    noise = np.full(len(kept), 0.5)
    pool = history.codes("channel", "category")
    grown = np.bincount(pool[~is_young], rate[~is_young]) / np.bincount(pool[~is_young])
    unpriced, _ = from_category(history, mean, rate, noise, is_young)
    priced, variance = from_category(history, mean, rate, noise, is_young, price[kept])
    begin = launch[kept][is_young][new]
    actual = units[kept[is_young][new][:, None], begin[:, None] + np.arange(28)].sum(axis=1)
    course = np.arange(56) - (begin - origin)[:, None]
    said = [
        np.where((course >= 0) & (course < 28), ahead[new], 0).sum(axis=1) for ahead in (unpriced, priced)
    ]
    return actual, 28 * grown[pool[is_young][new]], *said, variance[new]


@pytest.mark.real_data
def test_walmart_launches_start_nearer_with_price_and_past_launches_and_their_intervals_hold(real_data):
    tables = walmart_launches(real_data)
    windows = [first_weeks(*tables, origin) for origin in range(800, 1500, 84)]
    actual, category, unpriced, priced, variance = (
        np.concatenate(part) for part in zip(*windows, strict=True)
    )
    errors = [round(wape(forecast, actual), 3) for forecast in (category, unpriced, priced)]
    shape = 1 / variance
    chance = shape / (shape + priced)
    below, upto = nbinom.cdf(actual - 1, shape, chance), nbinom.cdf(actual, shape, chance)
    place = below + np.random.default_rng(0).random(len(actual)) * (upto - below)
    held = float(np.mean((place > 0.1) & (place < 0.9)))
    LOG.info("%d launches: WAPE of category, launches, launches at such a price: %s", len(actual), errors)
    LOG.info("80 %% intervals hold %.3f", held)
    assert len(actual) > 500
    assert errors[2] <= errors[1] <= errors[0]
    assert errors[2] < 0.9 * errors[0]
    assert 0.70 < held < 0.92
