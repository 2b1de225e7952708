import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.formulas.gain_curve import best_units, gain_curve
from workbench.formulas.order_cost import Economics, Exposure, best_quantity, expected_gain


def worlds(random, lines=6, paths=9):
    """Needs, stock and rates, some of them 0."""
    need, stock_after, rate = (
        np.where(random.random((lines, paths)) < 0.2, 0, random.gamma(1, scale, (lines, paths)))
        for scale in (20, 10, 0.5)
    )
    wanted = np.where(random.random((lines, 1)) < 0.5, 0, random.gamma(1, 10, (lines, 1)))
    return Exposure(*(part.astype(np.float32) for part in (need, stock_after, rate, wanted)))


def economics(random, lines=6):
    short, holding, review, write_off = (random.uniform(0, most, lines) for most in (9, 0.1, 20, 5))
    rise = random.choice([-1.0, 0.0, 2.0], lines)
    same = np.ones(lines)
    return Economics(short, holding, review, np.minimum(rise, short), 14 * same, 60 * same, write_off)


def curve_of(exposure, money):
    return gain_curve(exposure, money.obsolete_days, money.forward_days)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_curve_gains_what_the_worlds_gain_one_by_one(seed):
    random = np.random.default_rng(seed)
    exposure, money = worlds(random), economics(random)
    line = random.integers(0, 6, 40)
    units = random.integers(0, 200, 40)
    found = curve_of(exposure, money).gain(line, units, money.take(line))
    expected = expected_gain(units, exposure.take(line), money.take(line))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-3)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_best_quantity_is_that_of_the_worlds(seed):
    random = np.random.default_rng(seed)
    exposure, money = worlds(random), economics(random)
    pack = random.integers(1, 13, 6)
    line = np.arange(6)
    curve = curve_of(exposure, money)
    free = best_units(curve, line, money, np.zeros(6), (pack, 0 * pack, np.full(6, 500)))
    best = best_quantity(pack, exposure, money)
    # where two quantities gain the same, either will do
    np.testing.assert_allclose(
        curve.gain(line, free, money), curve.gain(line, best, money), rtol=1e-5, atol=1e-3
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_quantity_in_the_range_gains_more_at_the_price(seed):
    random = np.random.default_rng(seed)
    exposure, money = worlds(random), economics(random)
    pack, least = random.integers(1, 13, 6), random.integers(0, 5, 6)
    price, line = random.uniform(-3, 3, 6), np.arange(6)
    curve = curve_of(exposure, money)
    best = best_units(curve, line, money, price, (pack, least, least + 10))
    assert (best >= least * pack).all()
    score = curve.gain(line, best, money) - price * best
    for more in range(11):
        units = (least + more) * pack
        assert (curve.gain(line, units, money) - price * units <= score + 1e-6).all()


def test_beyond_the_most_every_unit_is_written_off():
    exposure = Exposure(*(np.array([[x]], dtype=np.float32) for x in (10, 5, 1, 0)))
    money = Economics(*(np.array([x]) for x in (5.0, 0.0, 7.0, 0.0, 0.0, 30.0, 2.0)))
    curve = curve_of(exposure, money)
    assert curve.most.tolist() == [35]  # the need, and 30 days of sales less the stock before them
    thrice = np.zeros(3, dtype=np.int64)
    gains = curve.gain(thrice, np.array([34, 35, 36]), money.take(thrice))
    assert gains.tolist() == [50, 50, 48]


def test_the_share_of_worlds_up_to_a_quantity_counts_equals():
    one = np.ones((1, 4), dtype=np.float32)
    exposure = Exposure(np.array([[1, 2, 2, 4]], dtype=np.float32), 0 * one, one, 0 * one[:, :1])
    curve = gain_curve(exposure, np.array([365.0]), np.array([56.0]))
    found = curve.need.share_up_to(np.zeros(3, dtype=np.int64), np.array([1.0, 2.0, 3.0]))
    assert found.tolist() == [0.25, 0.75, 0.75]
