import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workbench.formulas.lot_sizes import lot_size, tier_at, whole_packs

UNITS = st.integers(1, 5000)


def test_a_minimum_of_100_in_packs_of_12_orders_108():
    assert lot_size(1, 100, 12) == 108


def test_nothing_wanted_orders_nothing():
    assert lot_size(0, 100, 12) == 0


@given(UNITS, UNITS, st.integers(1, 48))
def test_a_lot_is_the_least_that_the_supplier_takes(wanted, minimum, multiple):
    lot = int(lot_size(wanted, minimum, multiple))
    assert lot % multiple == 0
    assert lot >= max(wanted, minimum)
    assert lot - multiple < max(wanted, minimum)


@given(st.integers(0, 5000), st.integers(1, 48))
def test_whole_packs_never_exceed_the_quantity(quantity, multiple):
    packs = int(whole_packs(quantity, multiple))
    assert packs % multiple == 0
    assert packs <= quantity < packs + multiple


def test_all_units_are_charged_at_the_tier_that_the_quantity_reaches():
    line, tier_from = [0, 0, 1, 1, 1], [1, 100, 1, 50, 200]
    tiers = tier_at([99, 100, 1, 199, 500], [0, 0, 1, 1, 1], line, tier_from)
    np.testing.assert_array_equal(tiers, [0, 1, 2, 3, 4])


def test_a_quantity_below_the_first_tier_is_charged_at_it():
    np.testing.assert_array_equal(tier_at([5, 5], [0, 1], [0, 1, 1], [10, 20, 40]), [0, 1])
