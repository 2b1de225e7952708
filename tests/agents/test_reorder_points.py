import numpy as np

from workbench.agents.replenishment.reorder_points import protected


def test_a_later_end_on_a_path_asks_for_more():
    demand = np.ones((9, 1, 4), dtype=np.float32)

    assert protected(demand, np.array([[3, 3, 3, 9]]), np.array([0.99])).tolist() == [9.0]
    assert protected(demand, np.array([[3, 3, 3, 9]]), np.array([0.5])).tolist() == [3.0]


def test_items_are_kept_apart():
    demand = np.array([1.0, 5.0], dtype=np.float32).reshape(1, 2, 1) * np.ones((10, 1, 3), dtype=np.float32)

    assert protected(demand, np.full((2, 3), 10), np.array([0.9, 0.9])).tolist() == [10.0, 50.0]


def test_nothing_to_protect_asks_for_nothing():
    assert protected(np.ones((7, 1, 3), dtype=np.float32), np.zeros((1, 3), dtype=int), np.array([0.9])) == [
        0
    ]
