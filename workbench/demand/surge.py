"""Demand that follows a spike: the paths of the series that run away, raised from today on."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.demand.order_stream import SERIES
from workbench.demand.paths import KEYS, Paths, matrix, with_paths
from workbench.policy import Policy

Values = NDArray[np.float64]


def with_spikes(
    demand_paths: pd.DataFrame, spikes: pd.DataFrame, *, policy: Policy, as_of: datetime, seed: int = 0
) -> pd.DataFrame:
    """`demand_paths` with what is expected to follow the spikes, the same rows in the same order.

    A spike of u units where e were expected is followed by `spike_echo` × (u − e) units in the mean, in each
    path as much as an exponential draw says: 170 units where 10 were expected, echo 0.5, are 80 units more
    over the horizon. These fade by half every `spike_half_life` days from today on, and fall on a series'
    regions as its demand does. A series without paths stays without; the others stay byte for byte.
    """
    if demand_paths.empty or spikes.empty:
        return demand_paths
    paths = matrix(demand_paths).copy()
    ordered = spikes.sort_values(SERIES)
    streams = np.random.SeedSequence(seed).spawn(len(ordered))
    today = pd.Timestamp(policy.business.day(as_of))
    ahead = np.asarray((demand_paths["date"] - today).dt.days, dtype=np.float64)
    for spike, stream in zip(ordered.to_dict("records"), streams, strict=True):
        own = (demand_paths[SERIES] == [spike[name] for name in SERIES]).all(axis=1).to_numpy()
        rows = np.flatnonzero(own & (ahead >= 0))
        excess = max(float(spike["units"]) - float(spike["expected"]), 0.0)
        echo = np.random.default_rng(stream).exponential(policy.demand.spike_echo * excess, paths.shape[1])
        share = _shares(demand_paths["region"].iloc[rows], paths[rows], ahead[rows], policy)
        paths[rows] += (share[:, None] * echo).astype(np.float32)
    return with_paths(demand_paths[KEYS], paths)


def _shares(region: pd.Series[str], paths: Paths, ahead: Values, policy: Policy) -> Values:
    """Share of the echo that falls on each row (rows,); they add up to 1."""
    mean = pd.Series(paths.mean(axis=1, dtype=np.float64), index=region.index)
    regional = mean.groupby(region).transform("sum").to_numpy()
    if not regional.any():
        regional = np.ones(len(region))
    share = regional * 0.5 ** (ahead / policy.demand.spike_half_life)
    return np.asarray(share / share.sum()) if len(share) else share
