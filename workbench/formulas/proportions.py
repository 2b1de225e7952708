"""How sure a counted share is."""

from __future__ import annotations

import math
from statistics import NormalDist


def wilson(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Lower and upper end of the score interval of a share, fractions; (0, 1) without a trial.

    It stays inside 0 to 1 and keeps its level for few trials and shares near 1, where the usual p ± z·SE does
    not. Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference, JASA 22:
    (p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n). Raises ValueError for successes that are not 0 to
    trials, or a level not between 0 and 1.

    By hand with z = 1.96, 8 of 10: (0.8 + 0.192 ± 1.96 × √(0.016 + 0.0096)) / 1.384 = 0.490 and 0.943.

    >>> [round(end, 3) for end in wilson(8, 10)]
    [0.49, 0.943]
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"successes: found {successes} of {trials} trials; give a number from 0 to trials")
    if not 0 < level < 1:
        raise ValueError(f"level: found {level:g}; give a share between 0 and 1")
    if trials == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, weight = successes / trials, z * z / trials
    half = z * math.sqrt(share * (1 - share) / trials + weight / trials / 4)
    middle = share + weight / 2
    return max((middle - half) / (1 + weight), 0.0), min((middle + half) / (1 + weight), 1.0)
