"""What the figures of trust draw: bands, errors, steps and signals that are known."""

import numpy as np
import pandas as pd
import pytest

from tests.views.small_tables import frame, lake_tables
from workbench.demand.paths import with_paths
from workbench.tables import DAY
from workbench.views.figures import trust


@pytest.fixture(scope="module")
def tables():
    return lake_tables()


def by_name(figure):
    return {trace.name: trace for trace in figure.data}


def paths_of(**worlds):
    """Two days of each SKU, on each day the same paths."""
    keys = pd.DataFrame(
        [
            (sku, "shop", "east", pd.Timestamp(f"2026-11-{16 + ahead}"))
            for sku in worlds
            for ahead in range(2)
        ],
        columns=["sku", "channel", "region", "date"],
    ).astype({"date": DAY})
    return with_paths(keys, np.repeat(np.array(list(worlds.values()), dtype=np.float32), 2, axis=0))


def models_of(never_seen=(), *skus):
    return frame(
        "demand_models",
        sku=list(skus),
        channel="shop",
        region="east",
        model="tsb",
        history_days=300,
        censored_days=0,
        recent=1.0,
        never_seen=[sku in never_seen for sku in skus],
    )


def unsure(paths, never_seen=(), price=10.0):
    skus = ["cheap", "dear"]
    prices = frame(
        "prices", sku=skus, channel="shop", valid_from=pd.Timestamp("2026-01-01"), price=[1.0, price]
    )
    products = frame("products", sku=skus, name=skus)
    return trust.unsure(paths, models_of(never_seen, *skus), prices, products, "USD")


def test_the_band_is_that_of_whole_paths_and_what_is_most_money_stands_on_top():
    worlds = np.arange(11.0)  # 0 to 10 a day: sums of 0 to 20, of which 80 % lie between 2 and 18
    figure = unsure(paths_of(cheap=worlds, dear=worlds))
    bars = by_name(figure)["80 % of paths"]

    assert list(bars.base) == [20.0, 20.0]  # % of the 10 expected
    assert list(bars.x) == [160.0, 160.0]
    assert [text.strip() for text in figure.data[-1].text] == ["16\xa0USD", "160\xa0USD"]
    assert list(bars.y)[-1].startswith("dear")


def test_a_pattern_never_seen_is_hatched():
    worlds = np.arange(11.0)
    names = by_name(unsure(paths_of(cheap=worlds, dear=worlds), never_seen=["cheap"]))

    assert names["80 % of paths, a pattern never seen"].y[0].startswith("cheap")
    assert names["80 % of paths, a pattern never seen"].marker.pattern.shape == "/"
    assert len(names["80 % of paths"].y) == 1


def test_a_product_that_nobody_is_expected_to_want_has_no_band():
    names = by_name(unsure(paths_of(cheap=np.zeros(11), dear=np.arange(11.0))))

    assert len(names["80 % of paths"].y) == 1


def test_error_and_bias_stand_by_class(tables):
    names = by_name(trust.error_by_class(tables["backtest"]))

    assert list(names["error (WAPE)"].x) == ["Slow sellers", "Fast sellers", "All"]
    assert list(names["error (WAPE)"].y) == pytest.approx([90, 20, 31])
    assert list(names["bias"].y) == pytest.approx([1, 1, 1])


def test_coverage_is_drawn_as_points_off_the_promise_with_the_three_point_band(tables):
    figure = trust.coverage(tables["coverage"])
    fast = [trace for trace in figure.data if trace.name == "Fast sellers"]

    assert len(fast) == 3  # a panel a band
    assert list(fast[0].y) == pytest.approx([-5] * 4)
    assert list(fast[0].x) == ["1 d", "7 d", "14 d", "28 d"]
    assert {(shape.y0, shape.y1) for shape in figure.layout.shapes} == {(-3, 3)}
    assert figure.layout.yaxis.range[0] < -5


def test_every_step_says_what_it_changed(tables):
    figure = trust.value_added(tables["value_added"])
    names = by_name(figure)

    assert list(names) == ["last week again", "best statistical model", "the engine"]
    assert list(names["the engine"].text) == [
        "90\xa0%<br>−10\xa0%",
        "20\xa0%<br>−20\xa0%",
        "30\xa0%<br>−25\xa0%",
    ]
    assert list(names["last week again"].text) == ["120\xa0%", "30\xa0%", "50\xa0%"]
    note = figure.layout.title.text.replace("<br>", " ")
    assert "no forecast that a planner changed has come true yet" in note


def test_planners_changes_are_the_last_step_once_they_have_come_true(tables):
    row = {"speed": "all", "step": "override", "wape": 0.33, "wape_before": 0.30, "change": 0.1}
    table = pd.concat([tables["value_added"], pd.DataFrame([row])])
    figure = trust.value_added(table)
    names = by_name(figure)

    assert list(names["planners' changes"].text) == ["", "", "33\xa0%<br>+10\xa0%"]
    assert names["planners' changes"].customdata[-1] == "30.0\xa0%"
    assert "come true yet" not in figure.layout.title.text


def test_a_signals_worth_is_the_error_without_it_and_with_it(tables):
    figure = trust.signal_worth(tables["signal_worth"])
    names = by_name(figure)

    assert list(names["without it"].x) == pytest.approx([29.9, 32, 33])
    assert list(names["with it"].x) == pytest.approx([30, 30, 30])
    assert list(names["with it"].y) == ["Weather", "Social mentions", "All of them"]
    assert [text.strip() for text in figure.data[-1].text] == [
        "error +0.3\xa0%",
        "error −6.2\xa0%",
        "error −9.1\xa0%",
    ]


def test_a_models_share_is_of_series_and_of_units(tables):
    names = by_name(trust.model_mix(tables["demand_models"]))

    assert sum(names["of series"].x) == pytest.approx(100)
    assert dict(zip(names["of series"].y, names["of series"].x, strict=True))["Prophet"] == pytest.approx(
        200 / 3
    )


def test_a_class_without_a_series_is_no_column_of_the_errors(tables):
    backtest = tables["backtest"].copy()
    backtest.loc[backtest["speed"] == "slow", "wape"] = np.nan

    assert list(trust.backtest_error(backtest).data[0].x) == ["Fast sellers", "All"]
