"""Late parcels, by hand and by drawing."""

import numpy as np
import pytest

from workbench.optimize.deliveries import delays, expected_days_late, possible_rates


def test_drawn_delays_agree_with_the_expected_lateness():
    rng = np.random.default_rng(1)
    drawn = delays(np.full(200_000, 0.8), rng)
    for slack in (-2.0, 0.0, 1.0, 2.0):
        late = np.maximum(drawn - slack, 0).mean()
        assert late == pytest.approx(expected_days_late(np.array([slack]), np.array([0.8]))[0], abs=0.01)


def test_a_service_that_is_always_on_time_is_late_by_what_its_days_are_too_long():
    assert expected_days_late(np.array([0.0, -3.0]), np.ones(2)).tolist() == [0.0, 3.0]


def test_a_service_that_never_delivers_has_no_finite_lateness():
    assert not np.isfinite(expected_days_late(np.array([0.0, np.inf]), np.zeros(2))).any()


def test_rates_are_surer_the_more_parcels_they_rest_on():
    few, many = (
        possible_rates(np.array([0.9]), weight, 4_000, np.random.default_rng(0)) for weight in (20.0, 2_000.0)
    )
    assert many.std() < few.std() / 5
    assert many.mean() == pytest.approx(0.9, abs=0.005)
