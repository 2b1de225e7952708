"""A row as the text that is hashed: plain enough for Python, PostgreSQL and a person with `sha256sum`.

The text is the table's name, then every column that is not blank, by name in alphabetical order, each as
`;column=length:value`. The length counts the characters of the value, so that no value can pass for two.
Whole numbers are written in decimals, truth as true or false, days and instants in ISO form, lists as
canonical JSON, and other numbers as the 16 hexadecimal digits of their IEEE 754 double, most significant
byte first: 120.0 is 405e000000000000, in every language and to the last bit.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workbench import tables
from workbench.ledger.schema import PLACE, TABLES

_DOUBLE = struct.Struct(">d").pack
# SQLite stores truth as 1 and 0; any other value is a KeyError
_TRUTH = {True: "true", False: "false"}.__getitem__
Write = Callable[[Any], str]


def _writer(column: Any) -> Write | None:
    """How a stored value becomes text; None: it is text."""
    kind = column.type.python_type
    if kind is float:
        return lambda value: _DOUBLE(value).hex()
    if kind is bool:
        return _TRUTH
    return str if kind is int else None


class RecordOf:
    """How the rows of a table become text: `columns` in the order in which values are taken."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.columns = sorted(column.name for column in TABLES[name].columns)
        self.place = self.columns.index(PLACE.get(name, "seq"))
        self._key = [self.columns.index(column) for column in tables.TABLES[name].key]
        self._written = [(f"{column}=", _writer(TABLES[name].c[column])) for column in self.columns]

    def text(self, values: Sequence[Any]) -> str:
        """The text of a stored row.

        Raises KeyError, TypeError or struct.error for a value that its column cannot hold.
        """
        parts = [self.name]
        for (label, write), value in zip(self._written, values, strict=True):
            if value is not None:
                written = value if write is None else write(value)
                parts.append(f"{label}{len(written)}:{written}")
        return ";".join(parts)

    def key(self, values: Sequence[Any]) -> str:
        """What names the row to a person: its key, parts joined by a slash."""
        return "/".join([str(values[position]) for position in self._key])

    def values(self, row: Mapping[str, Any]) -> list[Any]:
        """A row's values in the order in which they are taken; columns that it does not name are blank."""
        return [row.get(column) for column in self.columns]


RECORDS = {name: RecordOf(name) for name in TABLES}


def record(name: str, row: Mapping[str, Any]) -> str:
    """The text of a stored row of a table; blanks do not count.

    So a column that is added later leaves the texts of older rows as they are.

    >>> record("runs", {"run_id": "20261116-1", "policy": None, "seq": 1})
    'runs;run_id=10:20261116-1;seq=1:1'
    >>> record("decisions", {"decision_id": 7, "approved_quantity": 120.0, "reason": ""})
    'decisions;approved_quantity=16:405e000000000000;decision_id=1:7;reason=0:'
    """
    of = RECORDS[name]
    return of.text(of.values(row))


def key(name: str, row: Mapping[str, Any]) -> str:
    """What names a row of a table to a person.

    >>> key("releases", {"release_id": "20261116-1-R1", "proposal_id": "PO-S1-20261116-1", "line": 0})
    '20261116-1-R1/PO-S1-20261116-1/0'
    """
    of = RECORDS[name]
    return of.key(of.values(row))
