"""A spike that the demand paths carry draws stock to where it will strike, before it does."""

import numpy as np
import pandas as pd
import pytest

from tests.agents.allocating import (
    MONDAY,
    PATHS,
    business,
    by_day,
    plan,
    proposal,
    stock,
    wanted,
)
from tests.rows import table

ORDINARY = 3.0
STRIKES = 7  # days from today
SPIKE = 15.0  # units more a day, three days long


def facing(spike):
    """W holds its ordinary demand of the cover days to the unit; E holds 100 and wants 20."""
    west = by_day([ORDINARY] * 14) + spike
    return business(
        stock=table("stock", stock("A", "E", 100), stock("A", "W", int(14 * ORDINARY))),
        demand_paths=wanted(("A", "shop", "east", by_day([20.0])), ("A", "shop", "west", west)),
    )


def striking(day, worlds=PATHS):
    """The spike on three days from `day` on, in the first `worlds` paths."""
    spike = np.zeros((14, PATHS), dtype=np.float32)
    spike[day : day + 3, :worlds] = SPIKE
    return spike


def test_units_leave_today_and_arrive_before_the_spike_strikes():
    assert plan(facing(striking(14))).empty
    proposals = plan(facing(striking(STRIKES)))
    # 45 more are wanted: a fifth of 100 moves by itself, the rest waits for a word
    assert proposals["subject"].tolist() == ["TR-E-W", "TR-E-W-A"]
    assert proposals["quantity"].tolist() == [20, 25]
    arrivals = {line["expected_on"] for lines in proposals["lines"] for line in lines}
    assert max(map(pd.Timestamp, arrivals)) < MONDAY + pd.Timedelta(days=STRIKES)
    assert proposal(proposals, "TR-E-W")["money_at_risk"] == pytest.approx(20 * (10 - 1))


def test_a_spike_of_some_worlds_counts_with_its_chance():
    # a unit sells in a quarter of the worlds: 2.5 of 10, less 1 to move it
    row = proposal(plan(facing(striking(STRIKES, PATHS // 4))), "TR-E-W")
    assert (row["quantity"], row["money_at_risk"]) == (20, pytest.approx(20 * 1.5))
    assert row["confidence"] == pytest.approx(0.25)
    # in one world of twenty it brings 0.5: not worth a move
    assert plan(facing(striking(STRIKES, 1))).empty


def test_a_spike_that_is_over_before_the_units_arrive_moves_none():
    days = {"from_warehouse": "E", "to_warehouse": "W", "cost_per_unit": 1.0, "days": STRIKES + 3}
    late = facing(striking(STRIKES)) | {"lanes": table("lanes", days)}
    empty_before = late | {"stock": table("stock", stock("A", "E", 100), stock("A", "W", 21))}
    # W sells its 21 before the spike; what is wanted after it, 12 units, still can be brought
    assert plan(empty_before)["quantity"].sum() == (14 - STRIKES - 3) * ORDINARY
