"""What a formula is given: numbers in range, or a sentence that says what was there and what to change."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]


def above_zero(**numbers: ArrayLike) -> list[Numbers]:
    """The numbers as arrays, in the order given. Raises ValueError for one that is not finite and above 0.

    >>> above_zero(holding_cost=[0.2, -2])
    Traceback (most recent call last):
    ValueError: holding_cost: found -2 in place 1; give a number above 0
    """
    return [_checked(name, found, 0, np.inf, open_low=True) for name, found in numbers.items()]


def zero_or_more(**numbers: ArrayLike) -> list[Numbers]:
    """The numbers as arrays, in the order given. Raises ValueError for one that is not finite and 0 or more.

    >>> zero_or_more(lead_time=-1)
    Traceback (most recent call last):
    ValueError: lead_time: found -1; give a number of 0 or more
    """
    return [_checked(name, found, 0, np.inf, open_low=False) for name, found in numbers.items()]


def any_number(**numbers: ArrayLike) -> list[Numbers]:
    """The numbers as arrays, in the order given. Raises ValueError for one that is not finite."""
    return [_checked(name, found, -np.inf, np.inf, open_low=True) for name, found in numbers.items()]


def shares(**numbers: ArrayLike) -> list[Numbers]:
    """The numbers as arrays, in the order given. Raises ValueError for one outside 0 to 1.

    >>> shares(discount_factor=0.98)
    [array(0.98)]
    """
    return [_checked(name, found, 0, 1, open_low=False) for name, found in numbers.items()]


def chances(probability: ArrayLike) -> Numbers:
    """Probabilities as an array; raises ValueError unless they are 0 or more and their last axis sums to 1.

    Rounded figures pass: a sum within 0.001 of 1.

    >>> chances([0.5, 0.4])
    Traceback (most recent call last):
    ValueError: probability: found a sum of 0.9; give probabilities that sum to 1
    """
    (found,) = zero_or_more(probability=probability)
    totals = np.atleast_1d(found.sum(axis=-1))
    wrong = np.abs(totals - 1) > 1e-3
    if wrong.any():
        raise ValueError(
            f"probability: found a sum of {totals[wrong][0]:g}; give probabilities that sum to 1"
        )
    return found


def whole_numbers(**numbers: ArrayLike) -> list[Numbers]:
    """The numbers as arrays, in the order given. Raises ValueError for one that is not whole.

    >>> whole_numbers(reorder_point=2.5)
    Traceback (most recent call last):
    ValueError: reorder_point: found 2.5; give a whole number
    """
    arrays = any_number(**numbers)
    for name, found in zip(numbers, arrays, strict=True):
        _refuse(name, found, found != np.rint(found), "a whole number")
    return arrays


def in_order(name: str, smaller: Numbers, larger: Numbers, remedy: str) -> None:
    """Raises ValueError unless every number of `smaller` is below that of `larger`, which it broadcasts with.

    `name` is what `smaller` holds; `remedy` goes on after "give".

    >>> in_order("demand_rate", np.array(9.0), np.array(8.0), "a rate below production_rate")
    Traceback (most recent call last):
    ValueError: demand_rate: found 9; give a rate below production_rate
    """
    low, high = np.broadcast_arrays(smaller, larger)
    _refuse(name, low, ~(low < high), remedy)


def _checked(name: str, found: ArrayLike, low: float, high: float, *, open_low: bool) -> Numbers:
    array = np.asarray(found, dtype=np.float64)
    inside = (array > low if open_low else array >= low) & (array <= high) & np.isfinite(array)
    _refuse(name, array, ~inside, _wanted(low, high, open_low))
    return array


def _wanted(low: float, high: float, open_low: bool) -> str:
    if high == 1:
        return "a share from 0 to 1"
    if low == 0:
        return "a number above 0" if open_low else "a number of 0 or more"
    return "a finite number"


def _refuse(name: str, array: Numbers, wrong: NDArray[np.bool_], remedy: str) -> None:
    if not wrong.any():
        return
    place = np.argwhere(np.atleast_1d(wrong))[0]
    where = "" if array.ndim == 0 else f" in place {', '.join(str(part) for part in place)}"
    raise ValueError(f"{name}: found {np.atleast_1d(array)[tuple(place)]:g}{where}; give {remedy}")
