"""HiGHS finds what trying everything finds."""

import itertools

import numpy as np
import pytest

from workbench.optimize.exact_assignment import assign_exactly


def by_trying_everything(batch, violations, cost_of):
    """The least cost over every plan and option of every order."""
    choices = []
    for order in range(len(batch.hold_cost)):
        ways = [[-1, -1]]
        for plan in batch.plan_parcels[batch.plan_order == order]:
            by_parcel = [np.flatnonzero(batch.parcel == parcel) for parcel in plan if parcel >= 0]
            ways += [[*way, -1][:2] for way in itertools.product(*by_parcel)]
        choices.append(ways)
    assignments = (np.array(options) for options in itertools.product(*choices))
    return min(cost_of(batch, option) for option in assignments if not violations(batch, option))


@pytest.mark.parametrize("seed", range(4))
def test_no_assignment_is_cheaper(seed, random_batch, violations, cost_of):
    batch = random_batch(seed, orders=3, warehouses=2, skus=2, services=1, tightness=0.9)
    found = assign_exactly(batch)
    assert violations(batch, found) == []
    assert cost_of(batch, found) == pytest.approx(by_trying_everything(batch, violations, cost_of))
