import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from workbench.views.tables_html import figure, key, share, table_html, text

HEADINGS = {
    "name": text("Name"),
    "units": figure("Units"),
    "part": share("Part"),
}
ROW = {"name": "Lamp", "units": 12345.0, "part": 0.5}


def test_numbers_have_thin_spaces():
    html = table_html(pd.DataFrame([ROW]), HEADINGS, "none")

    assert '<td class="wb-number">12\u202f345</td>' in html
    assert "50\xa0%" in html


def test_blanks_are_dashes():
    row = {"name": None, "units": float("nan"), "part": float("nan")}

    assert table_html(pd.DataFrame([row]), HEADINGS, "none").count("–") == 3


@given(st.text(alphabet="<>&\"'ab/", min_size=1))
def test_what_comes_from_data_is_never_markup(hostile):
    html = table_html(pd.DataFrame([{**ROW, "name": hostile}]), {"name": text("Name")}, "none")
    cell = html.split("<td>")[1].split("</td>")[0]

    assert not set(cell) & set("<>\"'")


def test_a_key_does_not_break_at_its_hyphen():
    html = table_html(pd.DataFrame([{"sku": "LIT-007"}]), {"sku": key("SKU")}, "none")

    assert '<td class="wb-whole">LIT-007</td>' in html


def test_an_empty_table_is_a_sentence_and_escaped():
    assert "Nothing &lt;here&gt;." in table_html(pd.DataFrame(columns=["name"]), HEADINGS, "Nothing <here>.")


def test_rows_left_out_are_counted():
    html = table_html(pd.DataFrame([ROW] * 7), HEADINGS, "none", most=5)

    assert html.count("<tr><td") == 5
    assert "2 more rows" in html
