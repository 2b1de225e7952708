"""How far the inputs can be trusted: what became of every row, what is quarantined, what is assumed."""

from __future__ import annotations

import pandas as pd

from workbench.views.tables_html import code, figure, table_html, text


def files_html(files: pd.DataFrame) -> str:
    """The table `files`: rows in = used + quarantined + out of scope."""
    headings = {
        "file": text("File"),
        "table": code("Table"),
        "rows_in": figure("Rows in"),
        "used": figure("Used"),
        "quarantined": figure("Quarantined"),
        "out_of_scope": figure("Out of scope"),
    }
    return _titled("Rows of every file", table_html(files, headings, "No file has been read."))


def quarantine_html(quarantine: pd.DataFrame, currency: str) -> str:
    """The table `quarantine`, the most money first."""
    headings = {
        "file": text("File"),
        "row": figure("Row"),
        "column": text("Column"),
        "found": text("Found"),
        "problem": code("Problem"),
        "remedy": text("What to change"),
        "value": figure("Touches", currency),
    }
    ranked = quarantine.sort_values(["value", "file", "row", "column"], ascending=[False, True, True, True])
    return _titled("Quarantined rows", table_html(ranked, headings, "Every row passed the gate."))


def assumptions_html(assumptions: pd.DataFrame) -> str:
    """The table `assumptions`."""
    headings = {"table": code("Table"), "column": code("Column"), "assumed": text("What is assumed")}
    return _titled("Assumptions", table_html(assumptions, headings, "Nothing had to be assumed."))


def _titled(title: str, table: str) -> str:
    return f'<h3 class="wb wb-title">{title}</h3>{table}'
