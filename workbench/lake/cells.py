"""What the cells of an exported column say: text or numbers, whatever type the file gave them."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

BLANKS = ("", "nan", "none", "null", "<na>", "nat")


def by_value(found: pd.Series, read: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """A column read once for each distinct value: `read` takes the values and keeps their index."""
    codes, values = pd.factorize(found)
    answers = read(pd.Series(values, dtype="object", index=range(len(values))))
    answers = answers.reindex(range(len(values) + 1))  # the last stands for blanks, which have the code -1
    return answers.take(codes).set_axis(found.index)


def texts(found: pd.Series) -> pd.Series:
    """Trimmed text (`str`), blanks as missing; a whole number that a file made 17850.0 is 17850 again.

    >>> texts(pd.Series([" 85123a", 17850.0, "13085.0", "", None])).tolist()
    ['85123a', '17850', '13085', nan, nan]
    """
    return by_value(found, _clean).astype("str")


def numbers(found: pd.Series) -> pd.Series:
    """Numbers (`float64`); a decimal comma is read, what is no number becomes missing.

    >>> numbers(pd.Series(["12", "2,55", "a dozen", ""])).tolist()
    [12.0, 2.55, nan, nan]
    """
    if pd.api.types.is_numeric_dtype(found.dtype):
        return found.astype("Float64").astype("float64")
    return by_value(found, _parse).astype("float64")


def _clean(values: pd.Series) -> pd.Series:
    cleaned = values.astype("str").str.strip().str.replace(r"^(-?\d+)\.0$", r"\1", regex=True)
    return cleaned.where(~cleaned.str.lower().isin(BLANKS))


def _parse(values: pd.Series) -> pd.Series:
    dotted = values.astype("str").str.strip().str.replace(r"^(-?\d+),(\d{1,2})$", r"\1.\2", regex=True)
    parsed = pd.to_numeric(dotted, errors="coerce").astype("float64")
    return parsed.where(parsed.abs() < float("inf"))
