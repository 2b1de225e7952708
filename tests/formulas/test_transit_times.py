"""Transit times: by hand, between what was seen and what was promised, censored ones counted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.formulas.transit_times import LANE, promised_times, transit_times

SERVICES = pd.DataFrame(
    {"carrier": ["C", "C"], "service": ["S", "T"], "days": [2, 1], "on_time_rate": [0.9, 0.8]}
)


def _parcels(*rows):
    frame = pd.DataFrame(rows, columns=["service", "zone", "days", "delivered"])
    return frame.astype({"service": "str", "zone": "str", "days": "int64", "delivered": "bool"}).assign(
        carrier="C"
    )


def _fit(parcels, lanes=(("S", "near"),), promise=0.0, service=0.0, horizon=8):
    asked = pd.DataFrame(lanes, columns=["service", "zone"]).assign(carrier="C")[LANE]
    return transit_times(
        parcels, SERVICES, asked, promise_weight=promise, service_weight=service, horizon=horizon
    )


def test_without_weight_on_the_prior_the_shares_of_what_arrived_stand():
    parcels = _parcels(*[("S", "near", days, True) for days in (1, 1, 2, 5)])
    assert _fit(parcels).pmf[0].round(9).tolist() == [0, 0.5, 0.25, 0, 0, 0.25, 0, 0]


def test_a_lane_nobody_has_used_is_its_service_and_a_service_nobody_has_used_its_promise():
    parcels = _parcels(("S", "near", 1, True), ("S", "near", 3, True))
    found = _fit(parcels, [("S", "far"), ("T", "near")], promise=2.0, service=10.0)
    promise = promised_times(np.array([2, 1]), np.array([0.9, 0.8]), 8)
    seen = np.array([0, 0.5, 0, 0.5, 0, 0, 0, 0])
    assert np.allclose(found.pmf[0], (promise[0] + seen) / 2)
    assert np.allclose(found.pmf[1], promise[1])
    assert found.weight.tolist() == [4.0, 2.0]


def test_who_is_still_on_the_way_makes_later_days_likelier():
    """Kaplan and Meier by hand: 2 of 4 arrive on day 1, one is last seen on day 1, the last arrives on 3."""
    parcels = _parcels(("S", "n", 1, True), ("S", "n", 1, True), ("S", "n", 1, False), ("S", "n", 3, True))
    assert _fit(parcels, [("S", "n")]).pmf[0].round(9).tolist() == [0, 0.5, 0, 0.5, 0, 0, 0, 0]
    arrived_only = _fit(parcels[parcels["delivered"]], [("S", "n")])
    assert arrived_only.pmf[0, 1].round(9) == round(2 / 3, 9)


def test_what_takes_longer_than_the_horizon_counts_in_its_last_day():
    assert _fit(_parcels(("S", "near", 400, True))).pmf[0].tolist() == [0, 0, 0, 0, 0, 0, 0, 1]


def test_a_service_that_nobody_promises_is_named():
    with pytest.raises(ValueError, match="C X is none of the services"):
        _fit(_parcels(), [("X", "near")])


lane = st.tuples(st.sampled_from("ST"), st.sampled_from(["near", "far"]), st.integers(0, 12), st.booleans())


@given(st.lists(lane, max_size=30), st.floats(0, 50), st.floats(0, 50), st.randoms())
def test_chances_are_chances_whatever_the_parcels_and_their_order(rows, promise, service, rng):
    lanes = [("S", "near"), ("T", "far")]
    found = _fit(_parcels(*rows), lanes, promise, service)
    assert (found.pmf >= 0).all()
    assert np.allclose(found.pmf.sum(axis=1), 1.0)
    rng.shuffle(rows)
    assert np.allclose(_fit(_parcels(*rows), lanes, promise, service).pmf, found.pmf)
