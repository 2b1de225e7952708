"""What can be wrong with a row, and the sentences in which a planner reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

EXAMPLES = 3  # rows and cells that a sentence about many like faults shows

PROBLEMS = {
    "incomplete row": "not as many cells as the header",
    "blank": "blank where a value is needed",
    "no number": "no number",
    "not whole": "no whole number",
    "negative": "below 0",
    "zero": "nothing",
    "too small": "below the least value",
    "too large": "above the greatest value",
    "too many": "so many units are a typing error",
    "given away": "many units at price 0",
    "wrong sign": "a cancellation that adds",
    "no date": "no date, or no day that exists, or day and month can be mistaken",
    "far date": "too far from the plan's day",
    "not in list": "none of the values that it may have",
    "not yes or no": "neither true nor false",
    "wrong order": "more than it may be beside the other cell",
    "same place": "where it leaves, too",
    "unknown": "a key that no other row explains",
    "partner quarantined": "a key whose own row is in quarantine",
    "unlisted": "a channel's code that no listing translates",
    "broken bundle": "a listing of which another row is in quarantine",
    "duplicate": "the same row once more",
    "contradiction": "one key, and rows that say different things",
    "broken order": "a line of an order of which another line is in quarantine",
    "overlap": "days for which another row holds, too",
    "overlapping band": "weights for which another row holds, too",
    "dearer tier": "more than a smaller order pays",
}


class Finding(NamedTuple):
    """Rows (numbers in the file) in which a column has a problem, one of PROBLEMS, and what to change."""

    rows: pd.Index
    column: str
    problem: str
    remedy: str


def sentences(quarantine: pd.DataFrame) -> list[str]:
    """One sentence for all like faults of a column, by file in the order of their first row.

    >>> row = {"file": "sales.csv", "row": 7, "column": "units", "problem": "negative", "found": "-2"}
    >>> sentences(pd.DataFrame([row | {"remedy": "give 0 or more"}]))
    ["sales.csv, row 7, units: found '-2' (below 0); give 0 or more."]
    """
    ordered = quarantine.sort_values(["file", "row", "column", "problem"])
    groups = ordered.groupby(["file", "column", "problem", "remedy"], sort=False)
    told = [_sentence(str(file), group) for (file, *_), group in groups]
    return [sentence for _, sentence in sorted(told, key=lambda item: item[0])]


def _sentence(file: str, group: pd.DataFrame) -> tuple[tuple[str, int], str]:
    first = group.iloc[0]
    rest = f"({PROBLEMS.get(first['problem'], first['problem'])}); {first['remedy']}."
    if len(group) == 1:
        text = f"{file}, row {first['row']}, {first['column']}: found {first['found']!r} {rest}"
    else:
        rows = ", ".join(_shown(group["row"].drop_duplicates()))
        found = ", ".join(_shown(group["found"].drop_duplicates().map(repr)))
        count = f"{len(group):,} rows ({rows})"
        text = f"{file}, {first['column']}, {count}: found {found} {rest}"
    return (file, int(first["row"])), text


def _shown(values: pd.Series[Any]) -> Iterator[str]:
    yield from values.head(EXAMPLES).astype("str")
    if len(values) > EXAMPLES:
        yield "…"
