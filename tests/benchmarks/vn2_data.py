"""VN2's files as arrays: weekly sales of 599 store × product series of a real retailer."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tests.benchmarks.vn2_rules import State, Units

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "vn2"
KEY = ["Store", "Product"]


@dataclass(frozen=True)
class VN2Data:
    """Series are rows, in the file's order; a week is a column, named by its Monday.

    `series`: Store, Product, Format and Department as text. A week out of stock sold nothing, whatever was
    wanted; a week that is played is in stock as far as anybody knows.
    """

    series: pd.DataFrame
    weeks: pd.DatetimeIndex
    sales: Units
    in_stock: NDArray[np.bool_]

    def until(self, week: int) -> "VN2Data":
        """The same with the first `week` weeks alone."""
        return VN2Data(self.series, self.weeks[:week], self.sales[:, :week], self.in_stock[:, :week])

    def unaware(self, week: int) -> "VN2Data":
        """The same as a player sees it: from column `week` on nobody is told what was out of stock."""
        told = np.arange(len(self.weeks)) < week
        return VN2Data(self.series, self.weeks, self.sales, self.in_stock | ~told)


def read(sales: Path | None = None, folder: Path = FOLDER) -> VN2Data:
    """Read the folder, or `sales` of the same layout with the weeks played so far appended."""
    sold = pd.read_csv(sales or folder / "sales.csv")
    in_stock = pd.read_csv(folder / "in_stock.csv").set_index(KEY)
    series = sold[KEY].merge(pd.read_csv(folder / "master.csv"), on=KEY, how="left", validate="one_to_one")
    units = sold.set_index(KEY)
    told = in_stock.reindex(index=units.index, columns=units.columns)
    return VN2Data(
        series.astype("str"),
        pd.DatetimeIndex(units.columns).as_unit("us"),
        units.to_numpy(dtype=np.int64),
        told.astype("boolean").fillna(True).to_numpy(dtype=bool),
    )


def read_state(file: Path, series: pd.DataFrame) -> State:
    """The stock of a file with Store, Product, on_hand, due_1 and due_2, in the order of the series."""
    rows = pd.read_csv(file).astype(dict.fromkeys(KEY, "str"))
    found = series[KEY].merge(rows, on=KEY, how="left", validate="one_to_one")
    return State(*(found[name].to_numpy(dtype=np.int64) for name in State._fields))
