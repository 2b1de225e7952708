import pandas as pd
import pytest

from tests.views.small_tables import SKUS, WAREHOUSES, day, lake_tables
from workbench.views.figures.projection import stock_projection


@pytest.fixture(scope="module")
def tables():
    return lake_tables()


def draw(tables, inbound=None, **given):
    inbound = tables["inbound"] if inbound is None else inbound
    return stock_projection(tables["projection"], inbound, tables["warehouses"], SKUS[0], **given)


def named(figure, name):
    return [trace for trace in figure.data if trace.name == name]


def test_an_overdue_order_is_marked_and_told_apart_from_what_is_due(tables):
    late = tables["inbound"].assign(reference="OLD", promised_on=day(-9), quantity=200)
    figure = draw(tables, pd.concat([tables["inbound"], late], ignore_index=True))

    (overdue,) = named(figure, "overdue")
    assert list(overdue.x) == [0]
    assert overdue.marker.symbol == "x"
    assert "9\xa0days late" in overdue.hovertemplate
    assert "200\xa0units" in overdue.hovertemplate
    # said above its panel: beside the mark words would lie on what is drawn
    written = [note.text for note in figure.layout.annotations if "overdue" in note.text]
    assert len(written) == late["warehouse"].nunique()
    assert "overdue: 200\xa0units, 9\xa0days late" in written[0]
    assert written[0].endswith("<br>" + WAREHOUSES[late["warehouse"].iloc[0]])
    (due,) = named(figure, "arrival due")
    assert (list(due.x), due.showlegend) == ([9], True)


def test_an_order_without_a_day_is_not_drawn(tables):
    figure = draw(tables, tables["inbound"].assign(promised_on=pd.NaT))

    assert not named(figure, "overdue")
    assert not named(figure, "arrival due")


def test_the_reorder_point_of_a_warehouse_is_a_line_over_its_panel(tables):
    points = pd.DataFrame({"warehouse": ["RNO", "MDT"], "reorder_point": [120.0, 80.0]})
    figure = draw(tables, points=lambda _: points)

    assert sorted(trace.y[0] for trace in named(figure, "reorder point")) == [80.0, 120.0]
    assert sum(bool(trace.showlegend) for trace in named(figure, "reorder point")) == 1


def test_todays_order_stands_on_its_day_of_arrival(tables):
    ordered = pd.DataFrame(
        {"sku": SKUS[:2], "warehouse": "RNO", "quantity": [600, 1], "expected_on": [day(21), day(1)]}
    )
    (mark,) = named(draw(tables, ordered=ordered), "today's order")

    assert (list(mark.x), list(mark.text)) == ([21], ["600\xa0units"])
