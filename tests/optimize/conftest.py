"""Random batches of orders, and an independent check of what is assigned."""

import itertools

import numpy as np
import pytest
from scipy.sparse import csr_array

from workbench.optimize.batch import NONE, Batch


def _random_batch(seed, orders=30, warehouses=3, skus=5, tightness=1.2, services=2):
    """Orders of one or two lines; stock scattered over the warehouses, `tightness` x what is wanted."""
    rng = np.random.default_rng(seed)
    costs, parcels, uses, plan_order, plan_parcels = [], [], [], [], []
    wanted = np.zeros(skus)
    parcel = 0
    for order in range(orders):
        lines = int(rng.integers(1, 3))
        sku, quantity = rng.choice(skus, lines, replace=False), rng.integers(1, 4, lines)
        wanted[sku] += quantity
        masks = [[0]] if lines == 1 else [[0], [1], [0, 1]]
        distance = 5 * rng.random(warehouses)
        for mask in masks:
            for warehouse, service in itertools.product(range(warehouses), range(services)):
                use = np.zeros((skus + 1) * warehouses)
                for line in mask:
                    use[sku[line] * warehouses + warehouse] += quantity[line]
                use[skus * warehouses + warehouse] = 1
                uses.append(use)
                costs.append(4 + distance[warehouse] + 1.5 * service + rng.random())
                parcels.append(parcel)
            parcel += 1
        plans = [[parcel - 1, NONE]] if lines == 1 else [[parcel - 1, NONE], [parcel - 3, parcel - 2]]
        plan_order += [order] * len(plans)
        plan_parcels += plans
    stock = np.floor(wanted[:, None] * tightness * rng.dirichlet(np.ones(warehouses), skus))
    hands = np.full(warehouses, np.ceil(orders / warehouses * 1.3))
    return Batch(
        np.array(costs),
        np.array(parcels),
        csr_array(np.array(uses)),
        np.r_[stock.ravel(), hands],
        np.array(plan_order),
        np.array(plan_parcels),
        np.full(orders, 60.0),
    )


def _violations(batch, option):
    """What an assignment breaks, order by order and resource by resource, without the solver's own code."""
    broken = []
    used = np.zeros(len(batch.capacity))
    for order, options in enumerate(option):
        taken = [int(one) for one in options if one >= 0]
        plans = batch.plan_parcels[batch.plan_order == order]
        allowed = {tuple(sorted(int(p) for p in plan if p >= 0)) for plan in plans} | {()}
        if tuple(sorted(int(batch.parcel[one]) for one in taken)) not in allowed:
            broken.append(f"order {order} takes parcels of no plan of its own")
        for one in taken:
            used += batch.use[[one]].toarray().ravel()
    return broken + [f"resource {r} is overdrawn" for r in np.flatnonzero(used > batch.capacity + 1e-6)]


def _cost(batch, option):
    """What an assignment costs, order by order."""
    held = (option < 0).all(axis=1)
    return batch.cost[option[option >= 0]].sum() + batch.hold_cost[held].sum()


@pytest.fixture(scope="session")
def random_batch():
    return _random_batch


@pytest.fixture(scope="session")
def violations():
    return _violations


@pytest.fixture(scope="session")
def cost_of():
    return _cost
