"""What a class has of each value, where every member shows its own only through noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Chances = NDArray[np.float64]

ROUNDS = 40  # of the EM algorithm: stopping early keeps the shares smooth
PRIOR = 5.0  # members of the prior that stand beside those of the class


def shares(likelihood: Chances, prior: Chances) -> Chances:
    """Share of each value (values,) among members whose `likelihood` under each is (members, values).

    The EM algorithm for a mixture, drawn towards `prior` (values,) as far as members are few: Laird (1978),
    Nonparametric maximum likelihood estimation of a mixing distribution, JASA 73.

    >>> sure = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    >>> shares(sure, np.array([0.5, 0.5])).tolist()  # (3 + 5 / 2) / (5 + 5)
    [0.55, 0.45]
    """
    found = prior
    for _ in range(ROUNDS):
        whole = np.maximum(likelihood @ found, 1e-300)  # a member belongs to a value by likelihood × share
        found = (found * (likelihood.T @ (1 / whole)) + PRIOR * prior) / (len(likelihood) + PRIOR)
    return found
