"""The M5's files as arrays: daily sales of 30,490 Walmart series, their calendar and their prices."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "walmart_m5"
NAMES = ["id", "item_id", "dept_id", "cat_id", "store_id", "state_id"]
ROWS_AT_ONCE = 1024


@dataclass(frozen=True)
class M5Data:
    """Series are rows, in the file's order; days are columns, d_1 is column 0.

    `names` (series): id, item_id, dept_id, cat_id, store_id and state_id, as text. `sales` (series, days)
    int16 units. `calendar`, a row a day, 28 days longer than the sales: date, wm_yr_wk, event_name_1,
    event_type_1, event_name_2, event_type_2, snap_CA, snap_TX and snap_WI beside others. `week_prices`
    (series, weeks) float32, NaN before the launch; `week` (calendar's days,) the week's column of each day.
    """

    names: pd.DataFrame
    sales: NDArray[np.int16]
    calendar: pd.DataFrame
    week_prices: NDArray[np.float32]
    week: NDArray[np.int64]

    def prices(self, first: int, last: int) -> NDArray[np.float32]:
        """Price of each series on the days of columns `first` to before `last` (series, days)."""
        return self.week_prices[:, self.week[first:last]]

    def until(self, origin: int) -> "M5Data":
        """The same with the first `origin` days of sales alone; prices and calendar are planned, and stay."""
        return replace(self, sales=self.sales[:, :origin])


def read(folder: Path = FOLDER) -> M5Data:
    """Read the three files; a second or two, and 200 MB kept."""
    file = pq.ParquetFile(folder / "sales_d1_d1941.parquet")
    names = file.read(NAMES).to_pandas().astype("str")
    parts = file.iter_batches(ROWS_AT_ONCE, columns=["sales"])  # in one piece it takes thrice the memory
    sales = np.concatenate([part["sales"].flatten().to_numpy() for part in parts]).reshape(len(names), -1)
    calendar = pd.read_csv(folder / "calendar.csv", parse_dates=["date"])
    week, weeks = pd.factorize(calendar["wm_yr_wk"])
    prices = pd.read_parquet(folder / "sell_prices.parquet")
    return M5Data(names, sales, calendar, _week_prices(prices, names, weeks), week)


def _week_prices(prices: pd.DataFrame, names: pd.DataFrame, weeks: pd.Index) -> NDArray[np.float32]:
    stores, items = pd.Index(names["store_id"].unique()), pd.Index(names["item_id"].unique())
    series = np.full((len(stores), len(items)), -1)  # an item that a store never sold has no row
    series[stores.get_indexer(names["store_id"]), items.get_indexer(names["item_id"])] = np.arange(len(names))
    store = prices["store_id"].cat.set_categories(stores).cat.codes.to_numpy()
    item = prices["item_id"].cat.set_categories(items).cat.codes.to_numpy()
    found = np.full((len(names), len(weeks)), np.nan, dtype=np.float32)
    found[series[store, item], weeks.get_indexer(prices["wm_yr_wk"])] = prices["sell_price"]
    return found
