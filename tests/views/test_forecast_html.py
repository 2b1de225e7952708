"""The forecast as plain tables."""

import pandas as pd
import pytest

from tests.views.small_tables import HOSTILE, lake_tables
from workbench.tables import TABLES
from workbench.views.forecast_html import blend_html, models_html, spikes_html


@pytest.fixture(scope="module")
def tables():
    return lake_tables()


def test_every_series_shows_its_model_and_what_it_beat(tables):
    html = models_html(tables["demand_models"], tables["products"])

    assert html.count("<tr>") == len(tables["demand_models"]) + 1
    assert "Prophet" in html
    assert "Seasonal naive" in html
    assert "31\xa0%" in html
    assert "42\xa0%" in html
    assert HOSTILE not in html


def test_every_source_of_the_aggregates_shows_how_far_it_is_believed(tables):
    html = blend_html(tables["blend"])
    assert "65\xa0%" in html
    assert "Nothing could be tried" in blend_html(tables["blend"].head(0))


def test_of_very_many_series_the_best_sellers_are_shown_and_the_rest_counted(tables):
    rows = pd.concat([tables["demand_models"]] * 10, ignore_index=True)
    rows["recent"] = range(len(rows))
    html = models_html(rows, tables["products"])

    assert "40 more rows are not shown" in html
    assert ">239.0<" in html
    assert ">39.0<" not in html


def test_a_spike_stands_beside_the_stock_of_all_warehouses_in_hours_to_come(tables):
    rows = tables["projection"].query("sku == 'SKU-007'")
    html = spikes_html(tables["spikes"], tables["projection"], tables["products"], "America/Chicago")

    assert "18:00" in html  # midnight UTC
    assert "19:30" in html
    assert "5\u202f400" in html
    for hours in (4, 24, 72):
        assert f">{rows.loc[rows['hours'] == hours, 'mean'].sum():,.0f}<".replace(",", "\u202f") in html
    assert HOSTILE not in html


def test_a_spike_without_a_projection_has_dashes_for_its_stock(tables):
    html = spikes_html(tables["spikes"], TABLES["projection"].empty(), tables["products"], "UTC")

    assert html.count(">–<") >= 3


def test_without_rows_it_says_so(tables):
    assert "No forecast" in models_html(TABLES["demand_models"].empty(), tables["products"])
    empty = TABLES["spikes"].empty()
    assert "Nothing runs away" in spikes_html(empty, tables["projection"], tables["products"], "UTC")
