"""What follows a spike is in the paths, by hand; the stock expected follows from the same paths."""

import numpy as np
import pandas as pd
import pytest

from tests.demand.conftest import AS_OF, DAY, table
from tests.demand.test_projection import REGIONS, stock_of
from workbench.demand.paths import matrix, with_paths
from workbench.demand.projection import project
from workbench.demand.surge import with_spikes
from workbench.policy import DemandPolicy, Policy
from workbench.tables import TABLES

POLICY = Policy(demand=DemandPolicy(horizon_days=7, spike_echo=0.5, spike_half_life=1.0))
PATHS = 4000


def paths_of(levels):
    """Steady demand by (sku, region) for a week, the same in every path."""
    days = pd.date_range(DAY, periods=7, unit="us")
    rows = [(sku, "shop", region, day, level) for (sku, region), level in levels.items() for day in days]
    frame = pd.DataFrame(rows, columns=["sku", "channel", "region", "date", "level"])
    values = np.tile(frame.pop("level").to_numpy(dtype=np.float32)[:, None], (1, PATHS))
    return with_paths(frame, values)


def spike_of(sku="S", units=170, expected=10.0):
    row = {"sku": sku, "channel": "shop", "units": units, "expected": expected, "chance": 0.0}
    return table("spikes", [row | {"since": AS_OF, "found_at": AS_OF}])


def raised(paths, spikes, seed=0):
    return with_spikes(paths, spikes, policy=POLICY, as_of=AS_OF, seed=seed)


def more(levels, spikes):
    """Units that each row of paths is raised by, (rows, paths)."""
    return matrix(raised(paths_of(levels), spikes)) - matrix(paths_of(levels))


def test_the_echo_is_the_mean_that_the_agent_proposes():
    """170 units where 10 were expected: 80 more, as uncertain as an exponential."""
    total = more({("S", "north"): 2.0}, spike_of()).sum(axis=0)
    assert total.mean() == pytest.approx(80, rel=0.05)
    assert total.std() == pytest.approx(80, rel=0.1)
    assert total.min() >= 0


def test_the_echo_fades_by_half_every_day():
    daily = more({("S", "north"): 2.0}, spike_of()).mean(axis=1)
    assert daily[1:] / daily[:-1] == pytest.approx(np.full(6, 0.5), rel=1e-3)


def test_the_echo_falls_on_regions_as_demand_does():
    rows = more({("S", "north"): 6.0, ("S", "south"): 2.0}, spike_of()).sum(axis=1)
    assert rows[:7].sum() == pytest.approx(3 * rows[7:].sum(), rel=1e-3)


def test_a_series_without_demand_shares_alike():
    rows = more({("S", "north"): 0.0, ("S", "south"): 0.0}, spike_of()).sum(axis=1)
    assert rows[:7].sum() == pytest.approx(rows[7:].sum(), rel=1e-3)


def test_other_series_stay_as_they_are():
    rows = more({("S", "north"): 2.0, ("T", "north"): 2.0}, spike_of())
    assert rows[:7].min() > 0
    assert not rows[7:].any()


@pytest.mark.parametrize("spikes", [spike_of("UNKNOWN"), spike_of(units=3), TABLES["spikes"].empty()])
def test_no_excess_or_no_paths_leave_all_as_it_is(spikes):
    assert not more({("S", "north"): 2.0}, spikes).any()


def test_no_paths_stay_none():
    assert raised(TABLES["demand_paths"].empty(), spike_of()).empty


def test_the_input_is_not_changed_and_a_seed_gives_the_same():
    paths = paths_of({("S", "north"): 2.0})
    first = matrix(raised(paths, spike_of(), seed=1))
    assert (matrix(paths) == 2).all()
    assert (first == matrix(raised(paths, spike_of(), seed=1))).all()
    assert (first != matrix(raised(paths, spike_of(), seed=2))).any()


def test_the_stock_of_the_next_hours_and_days_sees_the_spike():
    def stock(paths):
        found = project(stock_of(100), TABLES["inbound"].empty(), paths, REGIONS, policy=POLICY, as_of=AS_OF)
        return found[found["warehouse"] == "A"].set_index("hours")

    usual = stock(paths_of({("S", "north"): 2.0}))
    spiked = stock(raised(paths_of({("S", "north"): 2.0}), spike_of()))
    assert usual.loc[[4, 24, 72], "mean"].tolist() == pytest.approx([100 - 2 / 6, 98, 94], rel=1e-4)
    assert (spiked.loc[[4, 24, 72], "mean"] < usual.loc[[4, 24, 72], "mean"] - 2).all()
    assert spiked.loc[72, "stockout_probability"] > usual.loc[72, "stockout_probability"]
