import numpy as np

from tests.ledger.racing import decided, decided_once, items, killed, race
from workbench.ledger.ledger import Ledger


def test_of_many_writers_one_decides_each_item_and_is_told_so(url):
    ids = items(url, 8)
    assert decided_once(url, race(url, ids, writers=6, rivals=6))


def test_writers_that_are_killed_lose_nothing_that_they_have_told_of(url):
    ids = items(url, 60)
    told = killed(url, ids, kills=4, rng=np.random.default_rng(1))
    assert set(told) <= decided(url)
    assert Ledger(url).verify() is None
