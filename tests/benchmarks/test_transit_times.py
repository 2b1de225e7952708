"""The benchmark of transit times reads Olist as it is, and the method is calibrated on it."""

import numpy as np
import pytest

from tests.benchmarks.transit_times import (
    ZONES_KM,
    deliveries,
    fitted,
    judged,
    kilometres,
    split_at_random,
)


def test_a_quarter_of_the_equator_is_ten_thousand_kilometres():
    assert kilometres(np.array([[0.0, 0.0]]), np.array([[0.0, 90.0]])).round(1).tolist() == [10007.5]


@pytest.mark.real_data
def test_intervals_and_chances_hold_on_deliveries_not_learnt_from(real_data):
    rows = deliveries(real_data / "olist")
    assert len(rows) == 5069
    rows["zone"] = np.clip(np.digitize(rows["km"], ZONES_KM) - 1, 0, len(ZONES_KM) - 2)
    train, test = split_at_random(rows)
    found = judged(fitted(train, np.arange(len(ZONES_KM) - 1), service_weight=20), test)
    for level, share in found["coverage"].items():
        assert abs(share - level) < 0.03
    for _, claimed, share in found["late"]:
        assert abs(share - claimed) < 0.03
