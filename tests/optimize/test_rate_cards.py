"""Charges by weight band, dimensional weight and surcharges, by hand."""

import numpy as np
import pandas as pd
import pytest

from workbench.optimize.rate_cards import charges

ONE = np.zeros(1, dtype=np.int64)


def way(**changes):
    row = {"carrier": "C", "service": "S", "zone": "1"}
    extra = {"dimensional_kg_per_m3": 0.0, "surcharge_share": 0.0, "surcharge": 0.0}
    return pd.DataFrame([row | extra | changes])


def bands(*rows):
    frame = pd.DataFrame(rows, columns=["weight_from_kg", "weight_to_kg", "charge"])
    return frame.assign(carrier="C", service="S", zone="1", surcharged=False)


def charge(rates, weight, volume=0.0, **changes):
    return charges(rates, way(**changes)).of(ONE, np.array([weight]), np.array([volume]))[0]


@pytest.mark.parametrize(
    ("weight", "asked"),
    [(0.0, 4.0), (0.1 + 0.2 + 0.7, 6.0), (0.9994, 4.0), (2.5, None), (3.0, 9.0), (5.0, None)],
)
def test_a_band_holds_its_lower_weight_and_not_its_upper(weight, asked):
    found = charge(bands((0.0, 1.0, 4.0), (1.0, 2.0, 6.0), (3.0, 5.0, 9.0)), weight)
    assert np.isnan(found) if asked is None else found == asked


def test_a_service_without_a_card_has_no_price():
    assert np.isnan(charge(bands((0.0, 9.0, 1.0)), 1.0, service="other"))


def test_a_light_but_bulky_parcel_is_charged_by_its_volume():
    """0.02 m³ x 200 kg per m³ = 4 kg, whatever the scales say below that."""
    rates = bands((0.0, 3.0, 5.0), (3.0, 6.0, 8.0), (6.0, 9.0, 11.0))
    assert charge(rates, 1.0, 0.02, dimensional_kg_per_m3=200.0) == 8.0
    assert charge(rates, 7.0, 0.02, dimensional_kg_per_m3=200.0) == 11.0
    assert charge(rates, 1.0, 0.02) == 5.0


def test_surcharges_come_on_top():
    """5.00 x 1.1 + 2.00."""
    assert charge(bands((0.0, 3.0, 5.0)), 1.0, surcharge_share=0.1, surcharge=2.0) == pytest.approx(7.5)


def test_a_charge_that_holds_its_surcharges_is_not_surcharged_again():
    """The band of up to 1 kg is a live answer; that of up to 3 kg the card's, 5.00 x 1.1 + 2.00."""
    rates = bands((0.0, 1.0, 4.0), (1.0, 3.0, 5.0)).assign(surcharged=[True, False])
    asked = [charge(rates, weight, surcharge_share=0.1, surcharge=2.0) for weight in (0.5, 1.0)]
    assert asked == pytest.approx([4.0, 7.5])


def test_where_bands_overlap_the_one_that_starts_last_counts():
    rates = bands((1.0, 3.0, 9.0), (0.0, 5.0, 4.0))
    assert [charge(rates, weight) for weight in (0.5, 2.0, 4.0)] == [4.0, 9.0, 4.0]
