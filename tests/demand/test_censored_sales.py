"""Stock-outs planted in real sales: what they do to the forecast when they are marked, and when not."""

import logging

import numpy as np
import pandas as pd
import pytest

from tests.demand.conftest import DAY, SERIES, inputs, products_of, sales_of, small_policy
from workbench.demand.engine import forecast
from workbench.demand.history import assumed, completed, read_history
from workbench.formulas.accuracy import bias
from workbench.policy import DemandPolicy

LOG = logging.getLogger(__name__)
HORIZON = 28
NOBODY = pd.DataFrame(columns=SERIES, dtype="str")


def walmart(folder, series=300, days=546):
    """Sales (series, days + horizon) of medium and fast sellers, evenly over all, and their keys."""
    wide = pd.read_parquet(folder / "walmart_m5" / "sales_d1_d1941.parquet")
    units = np.stack(wide["sales"].to_numpy())[:, 1913 - days : 1913 + HORIZON]
    sells = np.flatnonzero((units[:, :days].mean(axis=1) >= 1) & (units[:, :28].sum(axis=1) > 0))
    picked = sells[np.linspace(0, len(sells) - 1, series).astype(int)]
    keys = wide[["item_id", "store_id", "state_id"]].astype("str").iloc[picked]
    return units[picked], list(keys.itertuples(index=False, name=None))


def online_retail(folder, series=150):
    """Sales (series, days) of the codes sold on most days of a web shop, and their keys."""
    lines = pd.read_parquet(folder / "online_retail" / "online_retail_2010-12_2011-12.parquet")
    lines = lines[lines["Quantity"].between(1, 499)].astype({"StockCode": "str"})
    lines["day"] = lines["InvoiceDate"].dt.normalize()
    wide = lines.pivot_table("Quantity", "StockCode", "day", aggfunc="sum", fill_value=0)
    wide = wide.reindex(columns=pd.date_range(lines["day"].min(), "2011-11-30"), fill_value=0)
    often = (wide > 0).sum(axis=1).sort_values(ascending=False, kind="stable").index[:series]
    return wide.loc[sorted(often)].to_numpy(), [(code, "web", "all") for code in sorted(often)]


def stock_outs(rng, series, days, share=0.15):
    """Days in stock (series, days): runs of 3 to 14 days out, and a fifth of the series out at the end."""
    in_stock = np.ones((series, days), dtype=bool)
    for row in in_stock:
        while row.mean() > 1 - share:
            begin = rng.integers(0, days)
            row[begin : begin + rng.integers(3, 15)] = False
    for row in in_stock[: series // 5]:
        row[days - rng.integers(7, 15) :] = False
    return in_stock


def level(units, keys, in_stock=None):
    """Mean forecast of every series over the horizon (series,), in the order of `keys`."""
    found = forecast(
        *inputs(sales_of(units, keys, in_stock=in_stock), products_of(keys)),
        policy=small_policy(paths=50),
        as_of=small_policy().business.as_of(DAY),
    )
    means = found.demand.groupby(SERIES)["mean"].sum()
    return means.reindex(pd.MultiIndex.from_tuples(keys)).to_numpy()


@pytest.mark.real_data
@pytest.mark.parametrize("read", [walmart, online_retail])
def test_marked_stock_outs_leave_the_level_and_unmarked_ones_lower_it(read, real_data):
    units, keys = read(real_data)
    past, actual = units[:, :-HORIZON], units[:, -HORIZON:].sum(axis=1)
    in_stock = stock_outs(np.random.default_rng(1), *past.shape)
    sold = np.where(in_stock, past, 0)
    levels = {
        "untouched": level(past, keys),
        "marked": level(sold, keys, in_stock),
        "unmarked": level(sold, keys),
    }
    found = {name: bias(forecasts, actual) for name, forecasts in levels.items()}
    LOG.info("%s, bias: %s", read.__name__, {name: round(value, 3) for name, value in found.items()})
    assert found["unmarked"] - found["untouched"] < -0.08
    assert abs(found["marked"] - found["untouched"]) < 0.03
    ended = slice(0, len(keys) // 5)  # out of stock on the last days
    told = {
        name: float(forecasts[ended].sum() / levels["untouched"][ended].sum())
        for name, forecasts in levels.items()
    }
    LOG.info("those out of stock at the end, against untouched: %s", told)
    assert told["unmarked"] < 0.85
    assert told["marked"] == pytest.approx(1, abs=0.06)


@pytest.mark.real_data
def test_what_is_assumed_for_stock_outs_adds_up_to_what_was_wanted(real_data):
    units, keys = walmart(real_data)
    in_stock = stock_outs(np.random.default_rng(2), *units.shape)
    history = read_history(
        sales_of(np.where(in_stock, units, 0), keys, in_stock=in_stock),
        products_of(keys),
        NOBODY,
        pd.Timestamp(DAY),
        DemandPolicy(),
    )
    shown = assumed(history)
    row = pd.MultiIndex.from_tuples(keys).get_indexer(pd.MultiIndex.from_frame(shown[SERIES]))
    column = (shown["date"] - (pd.Timestamp(DAY) - pd.Timedelta(days=units.shape[1]))).dt.days.to_numpy()
    wanted = units[row, column]
    assert not in_stock[row, column].any()
    assert len(shown) > 0.1 * units.size
    assert (shown["sold"] == 0).all()
    assert bias(shown["wanted"], wanted) == pytest.approx(0, abs=0.03)


@pytest.mark.real_data
def test_weeks_out_of_stock_are_completed_without_bias_on_weekly_sales(real_data):
    """VN2 marks its own stock-outs; more are planted among the weeks in stock, where the truth is known."""
    weeks = [pd.read_csv(real_data / "vn2" / name).iloc[:, 2:] for name in ("sales.csv", "in_stock.csv")]
    units, in_stock = weeks[0].to_numpy(np.float32), weeks[1].to_numpy(bool)
    rng = np.random.default_rng(3)
    planted = in_stock & ~stock_outs(rng, *units.shape)
    everything = np.ones_like(in_stock)
    known = np.where(planted, 0, units)
    filled = completed(known, in_stock & ~planted, everything, np.zeros(units.shape[1], dtype=np.int64))
    assert bias(filled[planted], units[planted]) == pytest.approx(0, abs=0.05)
    assert bias(known[planted], units[planted]) == -1


def test_the_engine_shows_how_many_days_were_censored():
    keys = [("S0", "shop", "north")]
    in_stock = np.ones((1, 60), dtype=bool)
    in_stock[0, 20:25] = False
    found = forecast(
        *inputs(sales_of(np.full((1, 60), 3) * in_stock, keys, in_stock=in_stock), products_of(keys)),
        policy=small_policy(),
        as_of=small_policy().business.as_of(DAY),
    )
    assert found.models["censored_days"].tolist() == [5]
