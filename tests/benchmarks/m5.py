"""The engine on the M5: WRMSSE and WSPL by level, beside the published places and benchmarks.

Run as `python -m tests.benchmarks.m5 [--origin 1913 ...] [--out FOLDER]`. An origin is the number of days
that are known; the 28 after it are forecast and, up to 1913, scored. 1941 forecasts the days that are kept
back (1942 to 1969), which the published rows refer to. The origins 1857, 1885 and 1913 together give the
stand-in for them. Seconds include training; memory is the resident set of the whole process tree.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tests.benchmarks import m5_data
from tests.benchmarks.m5_business import business
from tests.benchmarks.m5_data import M5Data
from tests.benchmarks.m5_scores import (
    HORIZON,
    QUANTILES,
    Hierarchy,
    Units,
    Yardstick,
    hierarchy,
    path_quantiles,
    wrmsse,
    wspl,
    yardstick,
)
from tests.benchmarks.plan import Watch
from workbench.demand.backtest import Window, speeds
from workbench.demand.coverage import coverage_table
from workbench.demand.engine import fit
from workbench.demand.sampling import draw
from workbench.policy import Policy

STAND_IN = (1857, 1885, 1913)
STAND_IN_MUST, STAND_IN_AIM = 0.68, 0.633
PLACES = (1, 3, 10, 50)
BENCHMARKS = ("ES_bu", "ARIMA", "sNaive", "Naive")
LEVEL_NAMES = [f"L{level}" for level in range(1, 13)]
DAYS = [f"d{day}" for day in range(1, HORIZON + 1)]
SEED = 0


class Answer(NamedTuple):
    """Forecasts of the 28 days after an origin, units.

    `means` (series, 28) in the file's order; `quantiles` (sums, 9, 28) in the order of the hierarchy; `paths`
    (series × 28, 300); `speed` the class of each series by its forecast (series,).
    """

    means: Units
    quantiles: Units
    paths: Units
    speed: NDArray[np.int64]


def engine_forecast(data: M5Data, origin: int, seed: int) -> Answer:
    """What the engine says at `origin`, from `data.until(origin)`: nothing later is in `data.sales`.

    The means are those of the paths, as in the table `demand`.
    """
    policy = Policy()
    known = business(data, origin, policy)
    fitted, mean = fit(known.history, known.drivers, known.calendar, policy, seed)
    jobs = policy.run.processes
    paths = draw(known.history, mean, fitted.spread, paths=policy.demand.paths, seed=seed, threads=jobs)
    worlds = paths.reshape(*mean.shape, policy.demand.paths)
    quantiles = path_quantiles(hierarchy(data.names), worlds)
    return Answer(worlds.mean(axis=2), quantiles, paths, speeds(mean.mean(axis=1), policy.demand))


# --- the table ------------------------------------------------------------------------------------------


def row(score: str, forecast: str, days: str, levels: Iterable[float], average: float | None = None) -> dict:
    """A line of the table: twelve levels and their average."""
    levels = list(levels)
    average = float(np.mean(levels)) if average is None else average
    return {"score": score, "forecast": forecast, "days": days, "average": average} | dict(
        zip(LEVEL_NAMES, levels, strict=True)
    )


def published(folder: Path = m5_data.FOLDER) -> list[dict]:
    """The published places and benchmarks of both competitions, days 1942 to 1969."""
    rows = []
    for score, top, benchmarks in (
        ("WRMSSE", "accuracy_top50.csv", "accuracy_benchmarks.csv"),
        ("WSPL", "uncertainty_top50.csv", "uncertainty_benchmarks_by_level.csv"),
    ):
        teams, simple = pd.read_csv(folder / top), pd.read_csv(folder / benchmarks).set_index("name")
        for place in PLACES:
            team = teams.iloc[place - 1]
            name = f"published: place {place}, {team['name']}"
            rows.append(row(score, name, "1942-1969", team[LEVEL_NAMES], team["Avg"]))
        for name in [name for name in BENCHMARKS if name in simple.index]:
            scores = simple.loc[name]
            rows.append(row(score, f"published: {name}", "1942-1969", scores[LEVEL_NAMES], scores["Avg"]))
    return rows


def scored(
    tree: Hierarchy, against: Yardstick, answer: Answer, known: NDArray[np.int16], actual: NDArray[np.int16]
) -> list[dict]:
    """Ours, seasonal naive and naive on the days after an origin, and ours as a share of seasonal naive's.

    `known` (series, days before the origin), `actual` (series, 28).
    """
    origin = known.shape[1]
    days = f"{origin + 1}-{origin + HORIZON}"
    ours = wrmsse(tree, against, answer.means, actual)
    seasonal = wrmsse(tree, against, np.tile(known[:, -7:], 4), actual)
    naive = wrmsse(tree, against, known[:, -1:], actual)
    return [
        row("WRMSSE", "workbench", days, ours),
        row("WRMSSE", "seasonal naive", days, seasonal),
        row("WRMSSE", "naive", days, naive),
        row("WRMSSE / sNaive", "workbench", days, ours / seasonal, ours.mean() / seasonal.mean()),
        row("WSPL", "workbench", days, wspl(tree, against, answer.quantiles, actual)),
    ]


def covered(answer: Answer, actual: NDArray[np.int16]) -> pd.DataFrame:
    """The table `coverage` on the days after an origin (series, 28)."""
    units = actual.astype(np.float32)
    truth = Window(units, units, np.ones_like(units, dtype=bool), np.zeros(len(units), dtype=np.int64))
    return coverage_table([truth], [answer.paths], [answer.speed], seed=SEED)


def pooled(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Coverage over all origins, a row a class and length, a column a share."""
    every = pd.concat(tables)
    every["inside"] = every["covered"] * every["sums"]
    sums = every.groupby(["speed", "days", "share"], sort=False)[["inside", "sums"]].sum()
    return (sums["inside"] / sums["sums"] * 100).unstack().rename(columns=lambda share: f"{share:.0%}")  # noqa: PD010


def stand_in(rows: list[dict]) -> list[dict]:
    """The mean of the shares of seasonal naive's WRMSSE, where all three origins were scored."""
    days = {f"{origin + 1}-{origin + HORIZON}" for origin in STAND_IN}
    shares = pd.DataFrame([r for r in rows if r["score"] == "WRMSSE / sNaive" and r["days"] in days])
    if len(shares) < len(STAND_IN):
        return []
    name = f"stand-in: must {STAND_IN_MUST}, aim {STAND_IN_AIM}"
    return [
        row("WRMSSE / sNaive", name, "all three", shares[LEVEL_NAMES].mean(), float(shares["average"].mean()))
    ]


# --- files and run --------------------------------------------------------------------------------------


def write(folder: Path, names: pd.DataFrame, tree: Hierarchy, answer: Answer) -> None:
    """means.parquet, a row a series in the file's order; quantiles.parquet, nine rows a sum."""
    folder.mkdir(parents=True, exist_ok=True)
    means = pd.DataFrame(answer.means, columns=DAYS)
    means.insert(0, "id", names["id"])
    means.to_parquet(folder / "means.parquet", index=False)
    quantiles = pd.DataFrame(answer.quantiles.reshape(-1, HORIZON), columns=DAYS)
    quantiles.insert(0, "level", np.repeat(tree.level + 1, len(QUANTILES)))
    quantiles.insert(1, "id", np.repeat(tree.ids, len(QUANTILES)))
    quantiles.insert(2, "quantile", np.tile(QUANTILES, len(tree.ids)))
    quantiles.to_parquet(folder / "quantiles.parquet", index=False)


def run(starts: list[int], out: Path | None) -> None:
    """Forecast from each origin, score what is known, print and write."""
    watch = Watch()
    data = m5_data.read()
    tree = hierarchy(data.names)
    watch.mark("read the files")
    last = data.sales.shape[1]
    rows, inside = [], []
    for origin in starts:
        answer = engine_forecast(data.until(origin), origin, SEED)
        if out:
            write(out if len(starts) == 1 else out / f"origin_{origin}", data.names, tree, answer)
        watch.mark(f"train and forecast from {origin}")
        if origin < last:
            known, actual = np.split(data.sales[:, : origin + HORIZON], [origin], axis=1)
            rows += scored(tree, yardstick(tree, data, origin), answer, known, actual)
            inside.append(covered(answer, actual))
            watch.mark(f"score {origin}")
    watch.stop()
    show(rows, inside, watch.rows, out)
    if last in starts:
        print(
            f"\nDays {last + 1}-{last + HORIZON} are not in the data: that forecast is written, not scored."
        )


def show(rows: list[dict], inside: list[pd.DataFrame], measured: list[tuple], out: Path | None) -> None:
    """The scores beside the published ones, the coverage, seconds and memory: printed, and as CSV."""
    table = pd.DataFrame([*published(), *rows, *stand_in(rows)])
    table = table.sort_values("score", kind="stable", ignore_index=True)
    print(table.to_string(index=False, float_format="{:.4f}".format))
    if inside:
        print("\n% of series' days and sums inside their intervals, over all origins")
        print(pooled(inside).to_string(float_format="{:.1f}".format))
    steps = pd.DataFrame(measured, columns=["step", "seconds", "peak MiB"])
    total = {"step": "all", "seconds": steps["seconds"].sum(), "peak MiB": steps["peak MiB"].max()}
    print(
        "\n" + pd.concat([steps, pd.DataFrame([total])]).to_string(index=False, float_format="{:,.1f}".format)
    )
    if out:
        table.to_csv(out / "m5.csv", index=False)
        if inside:
            pooled(inside).to_csv(out / "m5_coverage.csv")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--origin", type=int, nargs="+", default=[1913], help="days known; up to 1913, or 1941"
    )
    parser.add_argument("--out", type=Path, help="folder for m5.csv, means.parquet and quantiles.parquet")
    options = parser.parse_args()
    for origin in options.origin:
        if not (700 <= origin <= 1913 or origin == 1941):
            parser.error(
                f"origin {origin}: take 700 to 1913, whose 28 days are known, or 1941, the data's end"
            )
    run(options.origin, options.out)


if __name__ == "__main__":
    main()
