"""New products: where they will sell, and how much for want of their own history."""

import numpy as np
import pandas as pd
import pytest

from tests.demand.conftest import DAY, keys_of, products_of, sales_of, table
from workbench.demand.history import read_history
from workbench.demand.newcomers import from_category, newcomers, young
from workbench.policy import DemandPolicy

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
