"""Parts of a batch are the same question in small."""

import numpy as np
import pytest

from workbench.optimize.assignment import assign
from workbench.optimize.batch import part, places, restricted, undominated
from workbench.optimize.exact_assignment import assign_exactly


def test_options_that_use_the_same_and_cost_more_are_not_needed(random_batch, cost_of):
    batch = random_batch(3, orders=12, services=3)
    kept = undominated(batch)
    assert len(kept) == len(batch.cost) // 3
    smaller = restricted(batch, kept)
    assert cost_of(smaller, assign_exactly(smaller)) == pytest.approx(cost_of(batch, assign_exactly(batch)))


def test_a_part_of_all_orders_is_the_whole(random_batch):
    batch = random_batch(5, orders=10)
    whole, options = part(batch, places(batch), np.arange(10), batch.capacity)
    assert options.tolist() == list(range(len(batch.cost)))
    assert assign(whole).cost == pytest.approx(assign(batch).cost)


def test_every_option_knows_its_order(random_batch):
    batch = random_batch(2, orders=4)
    for order in range(4):
        parcels = set(batch.plan_parcels[batch.plan_order == order].ravel()) - {-1}
        assert set(batch.parcel[batch.order == order]) == parcels
