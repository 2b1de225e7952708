import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks import vn2
from tests.benchmarks.vn2_data import VN2Data, read
from tests.benchmarks.vn2_rules import State, cost, official_order, opening, play, played


def units(*values):
    return np.array(values, dtype=np.int64)


def state(on_hand=0, due_1=0, due_2=0):
    return State(units(on_hand), units(due_1), units(due_2))


def test_a_week_takes_in_what_is_due_and_charges_what_is_left_or_lost():
    week = played(state(3, 4, 5), units(6), units(5))
    assert week.state == (units(2), units(5), units(6))
    assert week.held[0] == pytest.approx(0.4)
    assert week.lost[0] == 0
    short = played(week.state, units(0), units(9))
    assert (short.state.on_hand[0], short.held[0], short.lost[0]) == (0, 0, 2)


def test_an_order_can_be_sold_from_the_third_week_on():
    weeks = play(state(), np.array([[1, 1, 1, 1]]), lambda week, _: units(2 if week == 0 else 0), 4)
    assert [week.lost[0] for week in weeks] == [1, 1, 0, 0]
    assert [week.state.on_hand[0] for week in weeks] == [0, 0, 1, 0]


def test_weeks_three_to_eight_count_and_only_in_stock():
    weeks = play(state(10), np.zeros((1, 8), dtype=np.int64), lambda *_: units(0), 6)
    in_stock = np.ones((1, 8), dtype=bool)
    assert cost(weeks, in_stock) == pytest.approx(6 * 10 * 0.2)
    in_stock[0, 5] = False
    assert cost(weeks, in_stock) == pytest.approx(5 * 10 * 0.2)


def test_only_the_first_orders_are_asked_for():
    asked = []
    play(state(), np.zeros((1, 8), dtype=np.int64), lambda week, _: asked.append(week) or units(0), 6)
    assert asked == [0, 1, 2, 3, 4, 5]


@given(
    st.lists(st.tuples(*[st.integers(0, 20)] * 5), min_size=1, max_size=6),
)
def test_no_unit_vanishes(rows):
    on_hand, due_1, due_2, order, demand = (units(*column) for column in zip(*rows, strict=True))
    week = played(State(on_hand, due_1, due_2), order, demand)
    sold = demand - week.lost
    assert np.array_equal(on_hand + due_1 + due_2 + order, sum(week.state) + sold)
    assert (week.state.on_hand >= 0).all()


def test_the_opening_holds_a_week_and_awaits_another():
    sales = np.array([[0] * 5 + [1] * 50 + [4, 5]])  # a year's mean of 59 / 52
    assert opening(sales) == (units(2), units(0), units(0))
    assert opening(sales * 10) == (units(12), units(0), units(11))


def test_the_official_rule_orders_up_to_four_weeks_of_a_deseasonalised_mean():
    weeks = pd.date_range("2023-01-02", periods=52, freq="7D")
    sales = np.full((2, 52), 3)
    sales[1] = 6
    in_stock = np.ones(sales.shape, dtype=bool)
    orders = official_order(sales, in_stock, weeks, State(units(2, 2), units(1, 0), units(0, 4)))
    assert orders.tolist() == [9, 18]
    # a week out of stock is no week without demand
    in_stock[0, -1] = False
    sales[0, -1] = 0
    assert official_order(sales, in_stock, weeks, State(*(units(0, 0),) * 3))[0] == pytest.approx(12, abs=1)


def test_the_official_rule_follows_the_calendar_week():
    weeks = pd.date_range("2022-01-03", periods=104, freq="7D")
    sales = np.full((1, 104), 10)
    sales[0, [1, 53]] = 20  # the second week of the year sells double
    order = official_order(sales, np.ones(sales.shape, dtype=bool), weeks, state())
    assert order.tolist() == [50]


def small(weeks=157):
    series = pd.DataFrame({"Store": ["0"], "Product": ["1"]})
    sales = np.full((1, weeks), 4)
    return VN2Data(series, pd.date_range("2021-04-12", periods=weeks, freq="7D"), sales, sales > 0)


def test_windows_follow_each_other_up_to_the_last_week():
    assert vn2.windows(small()) == [101, 109, 117, 125, 133, 141, 149]


def test_the_warm_up_ends_where_the_official_rule_holds_its_cover():
    start = vn2.warmed_up(small(), 101)
    assert sum(start)[0] == 16 - 4  # ordered up to four weeks of cover, then a week's sales


def test_a_player_is_not_told_what_was_out_of_stock_once_the_window_is_open():
    data = small()
    data.in_stock[0, [100, 101]] = False
    assert data.unaware(101).in_stock[0, [100, 101]].tolist() == [False, True]


@pytest.mark.real_data
def test_the_files_hold_the_challenges_own_opening(real_data):
    data = read()
    given = pd.read_csv(real_data / "vn2" / "initial_state.csv")
    found = opening(data.sales)
    for column, values in zip(["End Inventory", "In Transit W+1", "In Transit W+2"], found, strict=True):
        assert np.array_equal(given[column], values), column


@pytest.fixture
def files(tmp_path, real_data):
    """The challenge's files after one week was played, in which every series sold 2."""
    sales = pd.read_csv(real_data / "vn2" / "sales.csv")
    played = pd.Series(2, index=sales.index, name="2024-04-15")
    pd.concat([sales, played], axis=1).to_csv(tmp_path / "sales.csv", index=False)
    keys = sales[["Store", "Product"]].iloc[::-1]
    keys.assign(on_hand=np.arange(599), due_1=3, due_2=4).to_csv(tmp_path / "stock.csv", index=False)
    return tmp_path / "sales.csv", tmp_path / "stock.csv"


@pytest.mark.real_data
def test_a_week_is_decided_from_the_files_in_their_order(files, monkeypatch):
    asked = []
    monkeypatch.setattr(vn2, "order", lambda *given: asked.append(given) or given[1].on_hand)
    answer = vn2.decide(*files, 2)
    known, stock, weeks = asked[0]
    assert weeks == 7
    assert (str(known.weeks[-1].date()), set(known.sales[:, -1])) == ("2024-04-15", {2})
    assert known.in_stock[:, -1].all()
    assert stock.on_hand[:2].tolist() == [598, 597]  # the stock's rows were the other way round
    assert list(answer) == ["Store", "Product", "order"]
    assert answer["order"].tolist() == stock.on_hand.tolist()


@pytest.mark.real_data
def test_an_order_of_another_week_is_refused(files):
    with pytest.raises(ValueError, match="158 weeks; order 3 is placed after 159"):
        vn2.decide(*files, 3)
