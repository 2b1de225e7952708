"""Coverage of the paths' central intervals on days that nothing was fitted to.

Run as `python -m tests.benchmarks.coverage [--items 300] [--origins 7] [--out FOLDER]`. From every origin the
fast models forecast 28 days of M5 (all stores of a seeded sample of items) and of Online Retail (by product);
their spread is read off the windows before it alone. What is measured is the width: what these plain models
missed on the whole in those windows, by size of forecast, is put right first. Covered are single days and
sums from the first day on, by class of speed, pooled over origins; and sums over a store, a department and
all series.
"""

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from workbench.demand.backtest import (
    SPEEDS,
    Forecasts,
    Window,
    choose,
    origins,
    rates,
    served,
    served_untold,
    speeds,
    window,
)
from workbench.demand.history import History, Units, holes
from workbench.demand.levels import KINDS, kinds_of
from workbench.demand.models import FAST, least, look_back
from workbench.demand.sampling import draw
from workbench.demand.spread import calibrate
from workbench.formulas.accuracy import coverage, uniform_transform
from workbench.policy import DemandPolicy

DATA = Path(__file__).parents[2].parent / "shared" / "data"
RULES = DemandPolicy()
HORIZON, STEP = RULES.horizon_days, RULES.backtest_days
LENGTHS, SHARES = (1, 7, 14, 28), (0.5, 0.8, 0.95)
GROUPS: Mapping[str, list[str]] = {  # M5's levels 10, 3 and 2, 8, 4 and 5, 1, as History's columns name them
    "sku": ["sku"],
    "channel": ["channel"],
    "category": ["category"],
    "channel × category": ["channel", "category"],
    "total": [],
}


class Drawn(NamedTuple):
    """Paths (series, days, paths) and what came true (series, days), of series old enough at the origin."""

    series: pd.DataFrame
    speed: np.ndarray
    paths: np.ndarray
    units: np.ndarray


def m5(items: int) -> History:
    """Sales of a seeded sample of M5's items in all stores; a series lives from its first sale."""
    wide = pd.read_parquet(DATA / "walmart_m5" / "sales_d1_d1941.parquet")
    every = np.sort(wide["item_id"].astype(str).unique())
    chosen = np.random.default_rng(0).choice(every, min(items, len(every)), replace=False)
    wide = wide[wide["item_id"].astype(str).isin(chosen)]
    series = wide[["item_id", "store_id", "state_id", "dept_id"]].astype(str)
    return _history(series, np.stack(wide["sales"].to_numpy()), "2011-01-29")


def online_retail() -> History:
    """Units a day of every product of the web shop, without cancellations and manual codes."""
    columns = ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice"]
    lines = pd.read_parquet(DATA / "online_retail" / "online_retail_2010-12_2011-12.parquet", columns=columns)
    code = lines["StockCode"].astype(str)
    sold = ~lines["InvoiceNo"].str.startswith("C") & (lines["Quantity"] > 0) & (lines["UnitPrice"] > 0)
    lines = lines[sold & code.str.match(r"\d{5}")].assign(code=code.str.upper())
    lines["day"] = lines["InvoiceDate"].dt.normalize()
    wide = lines.pivot_table(index="code", columns="day", values="Quantity", aggfunc="sum", fill_value=0)
    days = pd.date_range(wide.columns[0], wide.columns[-1], unit="us")
    series = pd.DataFrame({"sku": wide.index, "channel": "web", "region": "all", "category": "all"})
    return _history(series, wide.reindex(columns=days, fill_value=0).to_numpy(), days[0])


def _history(series: pd.DataFrame, units: np.ndarray, start: str) -> History:
    named = series.set_axis(["sku", "channel", "region", "category"], axis=1).reset_index(drop=True)
    order = named.sort_values(["sku", "channel", "region"]).index.to_numpy()
    units = units[order].astype(np.float32)
    first = (units > 0).argmax(axis=1).astype(np.int64)
    alive = np.arange(units.shape[1]) >= first[:, None]
    seen = alive & ~holes(units, RULES.hole_days)
    days = pd.date_range(start, periods=units.shape[1], unit="us")
    return History(named.loc[order].reset_index(drop=True), days, units, seen, ~alive & alive, first)


def until(history: History, origin: int) -> History:
    """The history as it was known before column `origin`."""
    kept = slice(origin)
    arrays = (history.units[:, kept], history.seen[:, kept], history.censored[:, kept])
    return History(history.series, history.days[kept], *arrays, history.first)


def from_origins(history: History, starts: Sequence[int]) -> Iterator[Drawn]:
    """What was drawn from each origin, on the past before it alone."""
    made: dict[int, Forecasts] = {}
    discount = np.zeros(history.units.shape, dtype=np.float32)

    def forecasts(origin: int) -> Forecasts:
        if origin not in made:
            past = look_back(history, discount, origin, HORIZON, RULES.one_off_factor)
            made[origin] = {name: np.maximum(model(past), least(past)) for name, model in FAST.items()}
        return made[origin]

    for origin in starts:
        known = until(history, origin)
        rate = rates(known)
        tried = origins(origin, RULES, RULES.calibration_windows)
        windows: list[Window] = [window(known, start, RULES) for start in tried]
        trials = [forecasts(start) for start in tried]
        classes = [speeds(rates(until(history, start)), RULES) for start in tried]
        speed = speeds(rate, RULES)
        expected = served_untold(trials, windows, classes)
        mean = served(forecasts(origin), choose(trials, forecasts(origin), windows, rate, speed))
        mean = _put_right(mean, known.idle(), expected, windows)
        spread = calibrate(known, expected, windows, mean)
        old = known.first <= origin - RULES.min_history_days
        paths = draw(known, mean, spread, paths=RULES.paths, seed=origin, threads=2)
        truth = history.units[:, origin : origin + HORIZON]
        paths = paths.reshape(*truth.shape, -1)
        yield Drawn(known.series[old], speed[old], paths[old], truth[old])


def _put_right(mean: Units, idle: np.ndarray, expected: Sequence[Units], windows: Sequence[Window]) -> Units:
    """The forecast (series, days) times what its size sold in past windows, by week, for what was expected.

    Forecasts of 1 unit a day that sold 1.1 in their second week become 1.1 in theirs.
    """
    starts = np.arange(0, HORIZON, 7)
    told, sold = np.zeros((2, KINDS, len(starts)))
    for forecast, truth in zip(expected, windows, strict=True):
        kind = kinds_of(np.where(truth.scored, forecast, 0), truth.idle, truth.scored)
        for sums, days in ((told, forecast), (sold, truth.calm)):
            np.add.at(sums, kind, np.add.reduceat(np.where(truth.scored, days, 0), starts, axis=1))
    factor = np.where((told > 0) & (sold > 0), sold / np.maximum(told, 1e-9), 1.0)
    return np.asarray(
        mean * np.repeat(factor[kinds_of(mean, idle)], 7, axis=1)[:, :HORIZON], dtype=np.float32
    )


def transforms(drawn: Drawn) -> Iterator[tuple[str, int, np.ndarray]]:
    """Class or grouping, days summed, and the randomised transforms of what came true."""
    for length in LENGTHS:
        for code, name in enumerate(SPEEDS):
            rows = drawn.speed == code
            yield name, length, _transform(drawn.paths[rows], drawn.units[rows], length)
        for name, by in GROUPS.items():
            of = drawn.series.groupby(by).ngroup() if by else pd.Series(0, index=drawn.series.index)
            yield name, length, _transform(_sums(drawn.paths, of), _sums(drawn.units, of), length)


def _transform(paths: np.ndarray, units: np.ndarray, length: int) -> np.ndarray:
    if length == 1:
        paths, units = paths.reshape(-1, paths.shape[2]), units.ravel()
    else:
        paths, units = paths[:, :length].sum(axis=1), units[:, :length].sum(axis=1)
    return uniform_transform(paths, units, seed=length)


def _sums(values: np.ndarray, of: pd.Series) -> Units:
    order = np.argsort(of.to_numpy(), kind="stable")
    return np.add.reduceat(values[order], np.unique(of.to_numpy()[order], return_index=True)[1], axis=0)


def measure(history: History, starts: Sequence[int]) -> pd.DataFrame:
    """Columns of, days, sums, and the share covered by each central interval."""
    found: dict[tuple[str, int], list[np.ndarray]] = {}
    for drawn in from_origins(history, starts):
        for name, length, transform in transforms(drawn):
            found.setdefault((name, length), []).append(transform)
    pooled = {key: np.concatenate(values) for key, values in found.items()}
    rows = [
        {"of": name, "days": days, "sums": len(values)}
        | {f"{share:.0%}": coverage(values, share) for share in SHARES}
        | {"below": float(np.mean(values < 0.5))}
        for (name, days), values in pooled.items()
    ]
    order = [*SPEEDS, *GROUPS]
    return pd.DataFrame(rows).sort_values("of", key=lambda of: of.map(order.index), kind="stable")


def main() -> None:
    """Print one table for both sets of data."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=300, help="items of M5, ten stores each")
    parser.add_argument("--origins", type=int, default=7, help="held-out origins, 28 days apart")
    parser.add_argument("--out", type=Path, help="folder for coverage.csv")
    asked = parser.parse_args()
    tables = []
    for name, history, last in (("M5", m5(asked.items), 1913), ("Online Retail", online_retail(), 346)):
        began = time.monotonic()
        starts = [last - STEP * back for back in reversed(range(asked.origins))]
        found = measure(history, starts).assign(data=name)
        tables.append(found)
        shown = Table(title=f"{name}: origins {starts}, {time.monotonic() - began:.0f} s")
        for column in found.columns[:-1]:
            shown.add_column(column)
        for row in found.iloc[:, :-1].itertuples(index=False):
            shown.add_row(*(f"{value:.3f}" if isinstance(value, float) else str(value) for value in row))
        Console().print(shown)
    if asked.out:
        asked.out.mkdir(parents=True, exist_ok=True)
        pd.concat(tables).to_csv(asked.out / "coverage.csv", index=False)


if __name__ == "__main__":
    main()
