import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from workbench.formulas.proportions import wilson


def test_the_bar_of_promotion_by_hand():
    # 94 of 100 with z = 1.96: (0.94 + 0.0192 ± 1.96 × √(0.000564 + 0.000096)) / 1.0384
    assert wilson(94, 100) == pytest.approx((0.8752, 0.9722), abs=1e-4)
    assert wilson(95, 100)[0] > 0.88 > wilson(94, 100)[0]


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_it_is_what_scipy_says(counted):
    successes, trials = counted
    expected = binomtest(successes, trials).proportion_ci(method="wilson")
    assert wilson(successes, trials) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_without_a_trial_nothing_is_known():
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize("counted", [(-1, 10), (11, 10)])
def test_impossible_counts_are_refused(counted):
    with pytest.raises(ValueError, match="give a number from 0 to trials"):
        wilson(*counted)


def test_a_level_in_percent_is_refused():
    with pytest.raises(ValueError, match="level: found 95; give a share"):
        wilson(8, 10, level=95)
