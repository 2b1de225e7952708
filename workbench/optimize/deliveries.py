"""When a parcel arrives: on its day with the service's on-time rate, else on a later one."""

from __future__ import annotations

import numpy as np

from workbench.optimize.batch import Floats


def expected_days_late(slack: Floats, on_time_rate: Floats) -> Floats:
    """Expected days after the promise, shape of `slack`; not finite for a service that never delivers.

    `slack`: days from the service's delivery day to the promise, below 0 where even that is late, infinite
    without a promise. A parcel that misses its day arrives on the next with the same chance as before, so
    that the delay d is geometric (Johnson, Kemp & Kotz, Univariate Discrete Distributions, chapter 5) and
    E[(d - slack)+] = q^(slack + 1) / p for slack >= 0, q / p - slack below. With p = 0.8, due on its day:
    0.2 / 0.8 = 0.25.

    >>> expected_days_late(np.array([0.0, 1.0, -2.0, np.inf]), np.full(4, 0.8)).round(4).tolist()
    [0.25, 0.05, 2.25, 0.0]
    """
    missed = 1.0 - on_time_rate
    with np.errstate(divide="ignore"):
        within = missed ** (np.maximum(slack, 0.0) + 1.0) / on_time_rate
    return within + np.maximum(-slack, 0.0)


def possible_rates(on_time_rate: Floats, weight: float, worlds: int, rng: np.random.Generator) -> Floats:
    """What the on-time rates may really be, (services, worlds), if they rest on `weight` parcels.

    Beta(r w + 1/2, (1 - r) w + 1/2), what is known of a share counted in w parcels (Jeffreys' prior; Gelman
    et al., Bayesian Data Analysis, section 2.8): even a rate of 1 is not certain.
    """
    on_time = on_time_rate[:, None] * weight
    return rng.beta(on_time + 0.5, weight - on_time + 0.5, size=(len(on_time_rate), worlds))


def delays(on_time_rate: Floats, rng: np.random.Generator) -> Floats:
    """A drawn delay in days for every entry of the rates: geometric, 0 with the chance of the rate."""
    return rng.geometric(on_time_rate).astype(np.float64) - 1.0
