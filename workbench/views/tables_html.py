"""A frame as an HTML table: numbers to the right, units in the heading, everything escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from workbench.views.numerals import NOTHING, SPACE, day, number, percent, sentence
from workbench.views.words import spoken

Writer = Callable[[Any], str]


@dataclass(frozen=True)
class Heading:
    """A column of the page: its heading, the unit beside it, how a value is written, and on which side.

    `whole`: a value does not break over two lines.
    """

    text: str
    unit: str = ""
    write: Writer = str
    right: bool = False
    whole: bool = False


def text(heading: str) -> Heading:
    """A column of text."""
    return Heading(heading)


def key(heading: str) -> Heading:
    """A column of keys, which do not break at their hyphens."""
    return Heading(heading, whole=True)


def told(heading: str) -> Heading:
    """A column of sentences that agents recorded."""
    return Heading(heading, write=sentence)


def code(heading: str) -> Heading:
    """A column of codes of the tables, written as words."""
    return Heading(heading, write=spoken)


def date(heading: str) -> Heading:
    """A column of business days, which do not break over two lines."""
    return Heading(heading, write=lambda value: day(value).replace(" ", SPACE))


def figure(heading: str, unit: str = "", digits: int = 0) -> Heading:
    """A column of numbers."""
    return Heading(heading, unit, lambda value: number(value, digits), right=True)


def share(heading: str) -> Heading:
    """A column of fractions, written as percentages."""
    return Heading(heading, write=percent, right=True)


def table_html(frame: pd.DataFrame, headings: Mapping[str, Heading], empty: str, most: int = 200) -> str:
    """The columns named in `headings`, in that order, as HTML: `most` rows, and how many were left out.

    A frame without rows is the sentence `empty`.
    """
    if frame.empty:
        return f'<div class="wb wb-card wb-quiet">{escape(empty)}</div>'
    head = "".join(_head(heading) for heading in headings.values())
    shown = frame[list(headings)].head(most)
    rows = "".join(
        f"<tr>{''.join(map(_cell, headings.values(), values))}</tr>"
        for values in shown.itertuples(index=False)
    )
    left_out = len(frame) - len(shown)
    more = f'<p class="wb-quiet">{number(left_out)} more rows are not shown.</p>' if left_out else ""
    return (
        f'<div class="wb"><div class="wb-scroll"><table class="wb-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{more}</div>"
    )


def _head(heading: Heading) -> str:
    unit = f' <span class="wb-th-unit">{escape(heading.unit)}</span>' if heading.unit else ""
    return f"<th{_side(heading)}>{escape(heading.text)}{unit}</th>"


def _cell(heading: Heading, value: Any) -> str:
    blank = value is None or (pd.api.types.is_scalar(value) and pd.isna(value))
    return f"<td{_side(heading)}>{NOTHING if blank else escape(heading.write(value))}</td>"


def _side(heading: Heading) -> str:
    if heading.right:
        return ' class="wb-number"'
    return ' class="wb-whole"' if heading.whole else ""
