"""How often sales fell inside the paths' intervals: single days and sums, by class of speed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.demand.backtest import SPEEDS, Window
from workbench.demand.history import Counts, Units
from workbench.demand.levels import SHARES
from workbench.demand.paths import Paths
from workbench.formulas.accuracy import coverage, uniform_transform

DAYS = (1, 7, 14, 28)  # days summed; 1: every single day


def coverage_table(
    windows: Sequence[Window], drawn: Sequence[Paths], speeds: Sequence[Counts], *, seed: int = 0
) -> pd.DataFrame:
    """Columns speed, days, share, covered (fraction), sums (how many were compared), over all windows.

    `drawn` are each window's paths (series × days, paths), from a spread that was read off other windows, and
    `speeds` each series' class (series,) as known at the window's origin: a class known only later would
    choose series by the very sales that are compared. Randomised transforms (Czado, Gneiting & Held, 2009),
    seeded; a sum counts where all its days were scored. NaN where there was none to compare.

    Two series that sold 1 a day, paths of 1 and 3 for both: their transform lies in 0 to 1/2, so that of many
    such days the 50 % interval (1/4 to 3/4) covers half.
    """
    found: dict[tuple[int, int], list[np.ndarray]] = {}
    for number, (truth, paths, speed) in enumerate(zip(windows, drawn, speeds, strict=True)):
        worlds = paths.reshape(*truth.units.shape, -1)
        for days in (length for length in DAYS if length <= truth.units.shape[1]):
            for code in range(len(SPEEDS)):
                members = speed == code
                told = _transforms(
                    worlds[members], truth.units[members], truth.scored[members], days, seed + number
                )
                found.setdefault((code, days), []).append(told)
    rows = [
        {"speed": SPEEDS[code], "days": days, "share": share}
        | {"covered": coverage(told, share) if len(told) else np.nan, "sums": len(told)}
        for (code, days), parts in sorted(found.items())
        for told in [np.concatenate(parts)]
        for share in SHARES
    ]
    return pd.DataFrame(rows, columns=["speed", "days", "share", "covered", "sums"])


def _transforms(worlds: Paths, units: Units, scored: np.ndarray, days: int, seed: int) -> np.ndarray:
    """Randomised transforms of all single days, or of the sums from the first day on."""
    if days == 1:
        return uniform_transform(worlds[scored], units[scored], seed=seed)
    whole = scored[:, :days].all(axis=1)
    return uniform_transform(worlds[whole, :days].sum(axis=1), units[whole, :days].sum(axis=1), seed=seed)
