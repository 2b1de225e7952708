"""Sample paths: what they keep, and what they share."""

import numpy as np
import pytest

from tests.demand.test_spread import history_of
from workbench.demand.sampling import PARTITION, draw
from workbench.demand.spread import Spread


def spread_of(series, *, business=0.0, group=0.0, sku=0.0, day=0.0, own=0.0, swing=0.0, noise=0.01):
    return Spread(business, group, sku, day, *(np.full(series, value) for value in (own, swing, noise)))


def paths_of(mean, skus, channels=1, paths=2000, seed=0, threads=1, **spread):
    history = history_of(skus, channels)
    means = np.full((skus * channels, 28), mean, dtype=np.float32)
    drawn = draw(history, means, spread_of(len(means), **spread), paths=paths, seed=seed, threads=threads)
    return drawn.reshape(skus * channels, 28, paths)


def test_paths_are_counts_around_the_forecast():
    drawn = paths_of(5.0, 3, own=0.1)
    assert drawn.dtype == np.float32
    assert (drawn >= 0).all()
    assert (drawn == np.round(drawn)).all()
    assert drawn.mean() == pytest.approx(5, rel=0.02)


def test_the_mean_of_a_wide_level_stays_the_forecast():
    assert paths_of(5.0, 20, own=0.6, swing=0.3).mean() == pytest.approx(5, rel=0.02)


def test_a_level_that_is_wrong_today_is_wrong_tomorrow():
    drawn = paths_of(50.0, 1, own=0.1)[0]
    assert np.corrcoef(drawn[0], drawn[27])[0, 1] > 0.7
    assert abs(np.corrcoef(*paths_of(50.0, 1, noise=0.1)[0][[0, 27]])[0, 1]) < 0.1


def test_a_swing_fades():
    drawn = paths_of(200.0, 1, swing=0.2)[0]
    assert np.corrcoef(drawn[0], drawn[1])[0, 1] > 0.5
    assert abs(np.corrcoef(drawn[0], drawn[20])[0, 1]) < 0.15


def test_channels_of_a_sku_live_in_the_same_world():
    drawn = paths_of(50.0, 2, channels=2, sku=0.1).sum(axis=1)
    assert np.corrcoef(drawn[0], drawn[1])[0, 1] > 0.7
    assert abs(np.corrcoef(drawn[0], drawn[2])[0, 1]) < 0.15


def test_the_sum_over_a_business_is_as_uncertain_as_what_it_shares():
    total = paths_of(20.0, 200, paths=500, business=0.04, own=0.1).sum(axis=(0, 1))
    assert total.std() / total.mean() == pytest.approx(0.2, rel=0.25)


def test_slow_and_noisy_sellers_mostly_sell_nothing():
    drawn = paths_of(0.05, 5, noise=20.0)
    assert (drawn == 0).mean() > 0.95
    assert drawn.max() > 3


def test_the_same_seed_gives_the_same_bytes_with_any_number_of_threads():
    once = paths_of(2.0, PARTITION + 3, paths=20, own=0.1, threads=1)
    assert (once == paths_of(2.0, PARTITION + 3, paths=20, own=0.1, threads=2)).all()
    assert (once != paths_of(2.0, PARTITION + 3, paths=20, own=0.1, seed=1)).any()
