"""Sample paths: what they keep, and what they share."""

import numpy as np
import pytest
from scipy.stats import nbinom

from tests.demand.test_spread import history_of
from workbench.demand.levels import KINDS, PLACES, Levels
from workbench.demand.sampling import FEW, PARTITION, draw
from workbench.demand.spread import SHARED, Spread


def levels_of(variance, kept=0.9):
    """Lognormal levels of mean 1, alike for all kinds and weeks."""
    width = np.sqrt(np.log1p(variance))
    table = np.broadcast_to(np.exp(width * PLACES - width**2 / 2), (1, KINDS, len(PLACES)))
    return Levels(table.astype(np.float32), np.full(KINDS, kept))


def spread_of(series, *, level=1e-6, kept=0.9, day=0.0, own=0.0, noise=0.01, **shared):
    variances = np.array([shared.get("_".join(by) or "business", 0.0) for by in SHARED])
    kind = np.zeros(series, dtype=np.int64)
    noises, owns = np.full(series, noise), np.full(series, own)
    return Spread(variances, day, levels_of(level, kept), kind, noises, owns)


def paths_of(mean, skus, channels=1, paths=2000, seed=0, threads=1, **spread):
    history = history_of(skus, channels)
    means = np.full((skus * channels, 28), mean, dtype=np.float32)
    drawn = draw(history, means, spread_of(len(means), **spread), paths=paths, seed=seed, threads=threads)
    return drawn.reshape(skus * channels, 28, paths)


def test_paths_are_counts_around_the_forecast():
    drawn = paths_of(5.0, 3, level=0.1)
    assert drawn.dtype == np.float32
    assert (drawn >= 0).all()
    assert (drawn == np.round(drawn)).all()
    assert drawn.mean() == pytest.approx(5, rel=0.02)


def test_the_mean_of_a_wide_level_stays_the_forecast():
    assert paths_of(5.0, 20, level=0.6, own=0.3).mean() == pytest.approx(5, rel=0.03)


def test_the_paths_mean_is_the_forecast_whatever_its_kind_missed():
    spread = spread_of(2)
    low = Spread(
        spread.shared,
        0.0,
        Levels(spread.levels.table * 1.5, spread.levels.kept),
        *(spread.kind, spread.noise, spread.own),
    )
    drawn = draw(history_of(2, 1), np.full((2, 28), 4.0, np.float32), low, paths=500, seed=0)
    assert drawn.mean() == pytest.approx(4, rel=0.02)


@pytest.mark.parametrize("mean", [0.9 * FEW, 1.1 * FEW])
@pytest.mark.parametrize("noise", [0.2, 6.0])
def test_counts_are_negative_binomial_however_they_are_drawn(mean, noise):
    drawn = paths_of(mean, 2, noise=noise)
    size = 1 / noise
    for count in (0, 1, 3, 8):
        expected = nbinom.cdf(count, size, size / (size + mean))
        assert (drawn <= count).mean() == pytest.approx(expected, abs=0.012), count


def test_a_level_that_is_wrong_today_is_wrong_tomorrow():
    drawn = paths_of(50.0, 1, level=0.1)[0]
    assert np.corrcoef(drawn[0], drawn[6])[0, 1] > 0.7
    assert np.corrcoef(drawn[0], drawn[27])[0, 1] > 0.5
    assert abs(np.corrcoef(*paths_of(50.0, 1, noise=0.1)[0][[0, 27]])[0, 1]) < 0.1


def test_a_level_is_forgotten_as_its_kind_forgets():
    drawn = paths_of(200.0, 1, level=0.2, kept=0.3)[0]
    assert np.corrcoef(drawn[0], drawn[1])[0, 1] > 0.8
    assert abs(np.corrcoef(drawn[0], drawn[20])[0, 1]) < 0.15


def test_channels_of_a_sku_live_in_the_same_world():
    drawn = paths_of(50.0, 2, channels=2, level=0.1, sku=0.09).sum(axis=1)
    assert np.corrcoef(drawn[0], drawn[1])[0, 1] > 0.7
    assert abs(np.corrcoef(drawn[0], drawn[2])[0, 1]) < 0.15


def test_skus_of_a_channel_share_its_world_and_not_that_of_another():
    drawn = paths_of(50.0, 2, channels=2, level=0.1, channel=0.09).sum(axis=1)
    assert np.corrcoef(drawn[0], drawn[2])[0, 1] > 0.7
    assert abs(np.corrcoef(drawn[0], drawn[1])[0, 1]) < 0.15


def test_the_sum_over_a_business_is_as_uncertain_as_what_it_shares():
    total = paths_of(20.0, 200, paths=500, level=0.14, business=0.04, kept=1.0).sum(axis=(0, 1))
    assert total.std() / total.mean() == pytest.approx(0.2, rel=0.25)


def test_a_good_day_is_good_for_all():
    drawn = paths_of(200.0, 2, day=0.1)
    assert np.corrcoef(drawn[0, 3], drawn[1, 3])[0, 1] > 0.7
    assert abs(np.corrcoef(drawn[0, 3], drawn[0, 4])[0, 1]) < 0.15


def test_slow_and_noisy_sellers_mostly_sell_nothing():
    drawn = paths_of(0.05, 5, noise=20.0)
    assert (drawn == 0).mean() > 0.95
    assert drawn.max() > 3


def test_the_same_seed_gives_the_same_bytes_with_any_number_of_threads():
    once = paths_of(2.0, PARTITION + 3, paths=20, level=0.1, sku=0.05, threads=1)
    assert (once == paths_of(2.0, PARTITION + 3, paths=20, level=0.1, sku=0.05, threads=2)).all()
    assert (once != paths_of(2.0, PARTITION + 3, paths=20, level=0.1, sku=0.05, seed=1)).any()
