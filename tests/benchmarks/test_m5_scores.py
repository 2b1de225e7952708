import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.benchmarks import m5, m5_data
from tests.benchmarks.m5_data import M5Data
from tests.benchmarks.m5_scores import (
    DAYS_AT_ONCE,
    QUANTILES,
    changes,
    hierarchy,
    path_quantiles,
    wrmsse,
    wspl,
    yardstick,
)


def names(items, store="CA_1"):
    rows = [(f"{item}_{store}", item, item[:7], item[:5], store, store[:2]) for item in items]
    return pd.DataFrame(rows, columns=m5_data.NAMES)


@pytest.fixture
def two():
    """Items A and B of one store: first sold on days 27 and 28, as 1, 3 at a price of 1 and 1, 2 at one of 4.

    Turnover 4 and 12: weights 1/4 and 3/4. Changes A 2, B 1, together 3.
    """
    sales = np.zeros((2, 30), dtype=np.int16)
    sales[:, 26:] = [[1, 3, 5, 5], [1, 2, 2, 2]]
    prices = np.array([[1.0], [4.0]], dtype=np.float32)
    calendar = pd.DataFrame({"date": pd.date_range("2011-01-29", periods=30)})
    return M5Data(names(["FOODS_1_A", "FOODS_1_B"]), sales, calendar, prices, np.zeros(30, dtype=np.int64))


def test_aggregates_carry_the_competitions_ids_and_add_up():
    both = pd.concat([names(["FOODS_1_001", "FOODS_2_002"]), names(["FOODS_1_001"], "TX_2")])
    tree = hierarchy(both.reset_index(drop=True))
    sold = dict(zip(tree.ids, tree.sums @ np.array([1, 2, 4]), strict=True))
    assert np.bincount(tree.level).tolist() == [1, 2, 2, 1, 2, 2, 3, 2, 3, 2, 3, 3]
    assert sold["Total_X"] == 7
    assert sold["CA_X"] == sold["CA_1_X"] == sold["CA_FOODS"] == sold["CA_1_FOODS"] == 3
    assert sold["FOODS_1_X"] == sold["FOODS_1_001_X"] == 5
    assert sold["TX_FOODS_1"] == sold["TX_2_FOODS_1"] == sold["TX_FOODS_1_001"] == 4
    assert tree.ids[-3:].tolist() == both["id"].tolist()


def test_changes_count_from_the_first_sale_on():
    squared, absolute = changes(hierarchy(names(["FOODS_1_A"])), np.array([[0, 0, 2, 5, 1]], dtype=np.int16))
    assert set(squared) == {12.5}
    assert set(absolute) == {3.5}


def test_a_series_without_a_change_has_no_scale():
    squared, absolute = changes(hierarchy(names(["FOODS_1_A"])), np.array([[0, 0, 7]], dtype=np.int16))
    assert not squared.any()
    assert not absolute.any()


@given(
    arrays(np.int16, st.tuples(st.just(2), st.integers(1, 2 * DAYS_AT_ONCE + 2)), elements=st.integers(0, 4))
)
def test_changes_do_not_depend_on_where_the_days_are_cut(sales):
    found, _ = changes(hierarchy(names(["FOODS_1_A", "FOODS_1_B"])), sales)
    for row, units in zip((0, -2, -1), (sales.sum(axis=0), *sales), strict=True):
        change = np.diff(units[np.flatnonzero(units)[:1].sum() :].astype(float))
        assert found[row] == pytest.approx((change**2).mean() if len(change) and units.any() else 0)


def test_wrmsse_scales_each_level_and_weighs_by_turnover(two):
    tree = hierarchy(two.names)
    against = yardstick(tree, two, 28)
    assert against.weight[-2:].tolist() == [0.25, 0.75]
    means = np.array([[3, 3], [2, 2]], dtype=np.float32)  # two short of A's 5, B exact
    levels = wrmsse(tree, against, means, two.sales[:, 28:])
    assert levels[:9] == pytest.approx([2 / 3] * 9)  # two short where the total changes by 3 a day
    assert levels[9:] == pytest.approx([0.25 * 2 / 2] * 3)


def test_wspl_is_the_mean_pinball_loss_of_nine_quantiles_by_turnover(two):
    tree = hierarchy(two.names)
    truth = tree.sums @ two.sales[:, 28:].astype(np.float32)
    truth[:-1] -= np.where(np.isin(tree.ids, ["FOODS_1_B_X", "CA_FOODS_1_B"]), 0, 2)[:-1, None]
    quantiles = np.repeat(truth[:, None], 9, axis=1)  # two short of all but B's: a mean loss of 0.5 x 2
    levels = wspl(tree, yardstick(tree, two, 28), quantiles, two.sales[:, 28:])
    assert levels[:9] == pytest.approx([1 / 3] * 9)
    assert levels[9:] == pytest.approx([0.25 * 1 / 2] * 3)


def test_a_high_quantile_pays_little_for_being_too_high(two):
    tree = hierarchy(two.names)
    quantiles = np.repeat((tree.sums @ two.sales[:, 28:].astype(np.float32))[:, None], 9, axis=1)
    quantiles[0, QUANTILES.index(0.995)] += (
        9  # the total's alone: 0.005 x 9, a ninth of the mean, a change of 3
    )
    levels = wspl(tree, yardstick(tree, two, 28), quantiles, two.sales[:, 28:])
    assert levels[0] == pytest.approx(0.005 * 9 / 9 / 3)
    assert not levels[1:].any()


def test_the_yardstick_rests_on_the_days_before_the_origin_alone(two):
    tree = hierarchy(two.names)
    whole, cut = yardstick(tree, two, 28), yardstick(tree, two.until(28), 28)
    assert np.array_equal(whole.weight, cut.weight)
    assert np.array_equal(whole.squared, cut.squared)


def test_quantiles_of_sums_are_taken_within_each_path():
    tree = hierarchy(names(["FOODS_1_A", "FOODS_1_B"]))
    rising = np.random.default_rng(0).permutation(200).astype(np.float32)
    paths = np.stack([rising, 500 - rising])[:, None, :]  # what one sells more the other sells less
    found = path_quantiles(tree, paths)
    assert (found[0] == 500).all()
    assert found[-2, :, 0].tolist() == [0, 4, 32, 49, 99, 149, 166, 194, 198]


def test_the_stand_in_is_the_mean_of_three_origins_and_wants_all_of_them():
    rows = [
        m5.row("WRMSSE / sNaive", "workbench", f"{origin + 1}-{origin + 28}", [share] * 12)
        for origin, share in zip(m5.STAND_IN, (0.5, 0.6, 0.7), strict=True)
    ]
    assert m5.stand_in(rows)[0]["average"] == pytest.approx(0.6)
    assert m5.stand_in(rows[:2]) == []


def test_the_files_hold_a_row_a_series_and_nine_a_sum(tmp_path, two):
    tree = hierarchy(two.names)
    means = np.arange(56, dtype=np.float32).reshape(2, 28)
    quantiles = np.random.default_rng(0).random((len(tree.ids), 9, 28)).astype(np.float32)
    m5.write(tmp_path, two.names, tree, m5.Answer(means, quantiles, means, np.zeros(len(means), dtype=int)))
    written = pd.read_parquet(tmp_path / "means.parquet")
    assert written.columns.tolist() == ["id", *(f"d{day}" for day in range(1, 29))]
    assert written["id"].tolist() == ["FOODS_1_A_CA_1", "FOODS_1_B_CA_1"]
    assert np.array_equal(written.drop(columns="id"), means)
    written = pd.read_parquet(tmp_path / "quantiles.parquet").set_index(["level", "id", "quantile"])
    assert written.columns.tolist() == [f"d{day}" for day in range(1, 29)]
    assert np.array_equal(written.loc[12, "FOODS_1_B_CA_1", 0.975], quantiles[-1, 7])
    assert len(written) == 9 * len(tree.ids)


@pytest.mark.real_data
def test_the_published_averages_are_those_of_their_levels(real_data):
    rows = pd.DataFrame(m5.published(real_data / "walmart_m5"))
    assert rows[m5.LEVEL_NAMES].mean(axis=1).to_numpy() == pytest.approx(rows["average"].to_numpy())
    assert rows.loc[rows["score"] == "WRMSSE", "average"].max() == pytest.approx(1.75201, abs=1e-5)


@pytest.mark.real_data
def test_naive_and_seasonal_naive_score_what_is_known_of_days_1914_to_1941(real_data):
    data = m5_data.read(real_data / "walmart_m5")
    tree = hierarchy(data.names)
    assert tree.sums.shape == (42_840, 30_490)
    assert data.prices(1885, 1941).shape == (30_490, 56)
    known, actual = data.sales[:, :1913], data.sales[:, 1913:]
    assert not np.isnan(data.prices(0, 1913)[known > 0]).any()  # what sold had a price
    against = yardstick(tree, data, 1913)
    assert wrmsse(tree, against, known[:, -1:], actual).mean() == pytest.approx(1.463856, abs=1e-6)
    assert wrmsse(tree, against, np.tile(known[:, -7:], 4), actual).mean() == pytest.approx(
        0.869701, abs=1e-6
    )
