"""What the figures of demand draw, on the small plan's tables."""

import pandas as pd
import pytest

from tests.views.small_tables import SKUS, TODAY, day, lake_tables
from workbench.tables import TABLES
from workbench.views.figures import demand


@pytest.fixture(scope="module")
def tables():
    return lake_tables()


@pytest.fixture(scope="module")
def fan(tables):
    names = ("sales", "demand_paths", "promotions", "assumed_demand")
    return demand.fan(*(tables[name] for name in names), SKUS[0], day=TODAY)


def by_name(figure):
    return {trace.name: trace for trace in figure.data}


def moves(**why):
    """Changes of products, each from 5 to 7 a day."""
    return pd.DataFrame({"sku": list(why), "before": 5.0, "after": 7.0, "why": list(why.values())})


def test_the_fan_holds_the_median_and_shades_days_without_stock(fan):
    names = by_name(fan)

    assert {"sold", "median", "80 % of paths", "95 % of paths", "promotion"} <= set(names)
    assert "5\xa0days out of stock" in names
    assert len(fan.layout.shapes) == 5 + 1  # five days without stock, and today
    assert len(names["median"].x) == 28


def test_the_fan_dots_what_was_assumed_on_those_days_and_nothing_else(fan):
    dotted = by_name(fan)["assumed wanted"]
    shown = pd.Series(dotted.y, index=dotted.x).dropna()

    assert dotted.line.dash == "dot"
    assert shown.to_dict() == dict(
        zip(pd.date_range(day(-40), day(-36)), [20.0, 21.0, 22.0, 20.0, 20.0], strict=True)
    )


def test_a_day_that_towers_above_all_others_is_written_and_does_not_stretch_the_axis(tables):
    sales = tables["sales"].copy()
    sales.loc[(sales["sku"] == SKUS[0]) & (sales["date"] == day(-1)), "units"] = 5_000
    figure = demand.fan(
        sales,
        tables["demand_paths"],
        tables["promotions"],
        tables["assumed_demand"],
        SKUS[0],
        day=TODAY,
    )
    beyond = by_name(figure)["off the scale"]

    assert list(beyond.x) == [day(-1)]
    assert beyond.text[0].strip() == "5\u202f000"
    assert beyond.y[0] < figure.layout.yaxis.range[1] < 100


def test_a_day_that_is_not_on_record_yet_is_no_day_without_a_sale(tables):
    known = tables["sales"][tables["sales"]["date"] < day(-2)]
    names = ("demand_paths", "promotions", "assumed_demand")
    figure = demand.fan(known, *(tables[name] for name in names), SKUS[6], day=TODAY)
    sold, dotted = (by_name(figure)[name] for name in ("sold", "assumed wanted"))

    assert pd.isna(pd.Series(sold.y[-3:])).tolist() == [False, True, True]
    assert dotted.y[-2] == 2.5  # nothing is on record there: what was assumed beyond 3 sold


def test_usual_days_are_never_off_the_scale(fan):
    assert "off the scale" not in by_name(fan)
    assert fan.layout.yaxis.range is None


def test_a_change_is_drawn_from_the_last_plan_to_this_one_with_its_reason(tables):
    found = moves(**{SKUS[0]: "promotion", SKUS[1]: "another model"})
    figure = demand.since_last_plan(found, tables["products"])
    names = by_name(figure)

    assert list(names["last plan"].x) == [5, 5]
    assert list(names["this plan"].x) == [7, 7]
    assert [text.strip() for text in figure.data[-1].text] == ["+2.0, another model", "+2.0, promotion"]


def test_a_forecast_that_stands_is_no_change(tables):
    found = moves(**{SKUS[0]: "the wider trend"}).assign(after=5.001)

    assert "Nothing has" in demand.since_last_plan(found, tables["products"]).layout.annotations[0].text


def test_what_was_assumed_is_added_up_by_product(tables):
    figure = demand.assumed(tables["assumed_demand"], tables["products"], day=TODAY)
    names = by_name(figure)

    assert list(names["assumed wanted"].x) == [5.5, 103.0]  # the most that was missing stands on top
    assert list(names["sold"].x) == [3, 0]
    assert "106\xa0units more than sold" in figure.layout.title.text.replace("<br>", " ")  # 2.5 and 103


def test_what_was_assumed_long_ago_is_not_shown(tables):
    old = tables["assumed_demand"].assign(date=day(-85))

    assert (
        "Nothing was missing"
        in demand.assumed(old, TABLES["products"].empty(), day=TODAY).layout["annotations"][0].text
    )
