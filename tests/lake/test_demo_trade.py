import numpy as np
import pytest

from workbench.lake.demo_catalogue import catalogue
from workbench.lake.demo_days import SOLD_DAYS, holidays
from workbench.lake.demo_demand import expected, promotions, wanted
from workbench.lake.demo_signals import signals
from workbench.lake.demo_trade import SERVED_DAYS, purchasing, trade


@pytest.fixture(scope="module")
def lived():
    draws = [np.random.default_rng(seed) for seed in np.random.SeedSequence(7).spawn(5)]
    goods = catalogue(1, draws[0])
    deals = promotions(goods, draws[2])
    mean = expected(goods, deals, signals(goods, draws[1]), holidays(goods.regions, goods.channels).factors)
    units = wanted(mean, draws[3])
    return goods, units, trade(goods, mean, units, draws[4])


def test_nothing_is_sold_that_was_not_wanted(lived):
    _, units, bought = lived
    assert (bought.sales <= units).all()
    assert (bought.sales >= 0).all()


def test_all_that_was_wanted_is_sold_where_stock_did_not_run_short(lived):
    _, units, bought = lived
    missed = (units - bought.sales).sum(axis=2)
    assert (missed[~bought.short] == 0).all()
    assert 0.005 < missed.sum() / units.sum() < 0.05


def test_stock_is_what_arrived_less_what_was_sold(lived):
    _, _, bought = lived
    lines = bought.lines
    came = sum(
        np.bincount(lines["sku"], lines[part].where(lines[due] < SOLD_DAYS, 0), len(bought.stock))
        for due, part in (("first_day", "first"), ("second_day", "second"))
    )
    begun = bought.stock.sum(axis=1) + bought.sales.sum(axis=(0, 2, 3)) - came
    assert (bought.stock >= 0).all()
    assert (begun >= 0).all()


def test_every_unit_of_the_last_days_left_a_warehouse(lived):
    _, _, bought = lived
    assert bought.served.sum() == bought.sales[-SERVED_DAYS:].sum()


def test_what_is_ordered_is_received_or_still_due(lived):
    goods, _, bought = lived
    receipts, still = purchasing(goods, bought)
    arrived = receipts.drop_duplicates(["purchase_order_id", "sku"])["quantity_ordered"].sum()
    untouched = still.loc[still["quantity_received"] == 0, "quantity"].sum()
    assert arrived + untouched == bought.lines["quantity"].sum()
    assert (receipts["received_on"] > receipts["ordered_on"]).all()
    assert (still["quantity_received"] < still["quantity"]).all()
