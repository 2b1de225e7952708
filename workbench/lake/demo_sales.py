"""The demo's sales and returns as tables: a row only where something was sold or could not be bought."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.lake.demo_catalogue import Catalogue
from workbench.lake.demo_days import DATES, SOLD_DAYS, day
from workbench.lake.demo_demand import Counts

KEY = ["date", "sku", "channel", "region"]
RETURN_DAYS = (4, 25)  # from the order to the return, from and below


def sales(goods: Catalogue, units: Counts, short: NDArray[np.bool_]) -> pd.DataFrame:
    """The table `sales`, sorted; units (days, skus, channels, regions), short (days, skus, regions).

    `in_stock` is false on days on which more was wanted than there was, blank never.
    """
    launched = np.r_[goods.book["launched_on"].fillna(DATES[0])].astype(DATES.dtype)
    on_sale = DATES[:SOLD_DAYS].to_numpy()[:, None] >= launched[None, :]
    listed = goods.shares > 0
    out = (short & on_sale[:, :, None])[:, :, None, :] & listed[None, :, :, None]
    when, sku, channel, region = np.nonzero((units > 0) | out)
    frame = _keys(goods, when, sku, channel, region)
    return frame.assign(
        units=units[when, sku, channel, region],
        in_stock=np.where(out[when, sku, channel, region], "false", "true"),
    )


def returns(goods: Catalogue, units: Counts, rng: np.random.Generator) -> pd.DataFrame:
    """The table `returns`: a share by category of what was sold, some days later, until the plan."""
    when, sku, channel, region = np.nonzero(units)
    back = rng.binomial(units[when, sku, channel, region], goods.book["returned"].to_numpy()[sku])
    row = np.repeat(np.arange(len(back)), back)
    later = when[row] + rng.integers(*RETURN_DAYS, len(row))
    row, later = row[later < SOLD_DAYS], later[later < SOLD_DAYS]
    index = np.ravel_multi_index((later, sku[row], channel[row], region[row]), units.shape)
    cells, count = np.unique(index, return_counts=True)
    return _keys(goods, *np.unravel_index(cells, units.shape)).assign(units=count)


def _keys(goods: Catalogue, *index: NDArray[np.intp]) -> pd.DataFrame:
    """Date, SKU, channel and region of cells given by their index."""
    when, sku, channel, region = index
    return pd.DataFrame(
        {
            "date": day(DATES[when]),
            "sku": goods.book["sku"].to_numpy()[sku],
            "channel": np.array(goods.channels)[channel],
            "region": np.array(goods.regions)[region],
        }
    )[KEY]
