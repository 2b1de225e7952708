"""How fast demand is forecast anew each day: the M5's 30,490 series, 28 days, 300 paths, beside Prophet.

Run as `python -m tests.benchmarks.speed_demand [--prophet-series 200] [--out FOLDER]`. The engine is fitted
on all days but the last, untimed; timed is what the last day's sales change. Prophet is timed with its
defaults on some series, in two processes that have already loaded it, and scaled to all.
"""

import argparse
import logging
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray

from tests.benchmarks import m5_data
from tests.benchmarks.m5_business import business
from tests.benchmarks.m5_data import M5Data
from tests.benchmarks.m5_scores import HORIZON, Units
from tests.benchmarks.plan import Watch
from workbench.demand.engine import again, fit
from workbench.demand.sampling import draw
from workbench.policy import Policy

PATHS = 300
PROCESSES = 2
MUST_SECONDS, AIM_SECONDS = 120.0, 45.0
MUST_FASTER, AIM_FASTER = 10.0, 30.0
SEED = 0


def engine(yesterday: M5Data) -> Callable[[M5Data], Units]:
    """Fit on yesterday's data; the answer makes paths (series, 28, 300) from today's, without fitting."""
    policy = Policy()
    known = business(yesterday, yesterday.sales.shape[1], policy)
    fitted, _ = fit(known.history, known.drivers, known.calendar, policy, SEED)

    def ahead(today: M5Data) -> Units:
        now = business(today, today.sales.shape[1], policy)
        means, spread = again(fitted, now.history, now.drivers, now.calendar, policy)
        paths = draw(now.history, means, spread, paths=PATHS, seed=SEED, threads=PROCESSES)
        return paths.reshape(*means.shape, PATHS)

    return ahead


# --- the two measurements -------------------------------------------------------------------------------


def reforecast(data: M5Data) -> tuple[float, float]:
    """Seconds and peak MiB of one daily re-forecast.

    Raises ValueError when the engine does not give every series its days and paths.
    """
    ahead = engine(data.until(data.sales.shape[1] - 1))
    watch = Watch()
    paths = ahead(data)
    watch.mark("daily re-forecast")
    watch.stop()
    wanted = (len(data.names), HORIZON, PATHS)
    if paths.shape != wanted or not np.isfinite(paths[:, :, 0]).all():
        raise ValueError(f"paths of shape {paths.shape} where {wanted} finite ones are due")
    (_, seconds, peak) = watch.rows[0]
    return seconds, peak


def prophet_seconds(data: M5Data, count: int) -> float:
    """Seconds that Prophet takes for `count` series spread over the file, in two processes."""
    rows = np.linspace(0, len(data.names) - 1, count).astype(int)
    dates = pd.DatetimeIndex(data.calendar["date"][: data.sales.shape[1]])
    with Parallel(n_jobs=PROCESSES) as processes:
        processes(
            delayed(_prophet)(dates, data.sales[row]) for row in rows[:PROCESSES]
        )  # pays for the import
        began = time.perf_counter()
        processes(delayed(_prophet)(dates, data.sales[row]) for row in rows)
        return time.perf_counter() - began


def _prophet(dates: pd.DatetimeIndex, sales: NDArray[np.int16]) -> NDArray[np.float64]:
    from prophet import Prophet  # noqa: PLC0415 - its memory is not the engine's

    logging.getLogger("prophet").setLevel(logging.CRITICAL)
    logging.getLogger("cmdstanpy").disabled = True
    model = Prophet(uncertainty_samples=PATHS).fit(pd.DataFrame({"ds": dates, "y": sales.astype(float)}))
    ahead = pd.DataFrame({"ds": dates[-1] + pd.to_timedelta(np.arange(1, HORIZON + 1), unit="D")})
    return model.predict(ahead)["yhat"].to_numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prophet-series", type=int, default=200, help="series that Prophet is timed on")
    parser.add_argument("--out", type=Path, help="folder for speed_demand.csv")
    options = parser.parse_args()
    data = m5_data.read()
    seconds, peak = reforecast(data)
    some = prophet_seconds(data, options.prophet_series)
    scaled = some / options.prophet_series * len(data.names)
    rows = [
        ("daily re-forecast, seconds", seconds, f"<= {MUST_SECONDS:.0f}", f"<= {AIM_SECONDS:.0f}"),
        ("daily re-forecast, peak MiB", peak, "", ""),
        (f"Prophet on {options.prophet_series} series, two processes, seconds", some, "", ""),
        (f"Prophet scaled to {len(data.names)} series, seconds", scaled, "", ""),
        ("times faster than Prophet", scaled / seconds, f">= {MUST_FASTER:.0f}", f">= {AIM_FASTER:.0f}"),
    ]
    table = pd.DataFrame(rows, columns=["what", "measured", "must", "aim"])
    print(table.to_string(index=False, float_format="{:,.1f}".format))
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        table.to_csv(options.out / "speed_demand.csv", index=False)


if __name__ == "__main__":
    main()
