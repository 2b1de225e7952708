"""What the gate found, as tables and as the sentences that a planner reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from workbench.lake.faults import sentences


@dataclass(frozen=True)
class Report:
    """Everything that the gate says about the files of a business on one day.

    `tables` holds every input table of what passed; `quarantine`, `assumptions` and `rows` (the table
    `files`) are as in the dictionary; `out_of_scope` has `file`, `table`, `reason`, `rows`; with `stops` no
    plan may be made; `notes` are worth knowing and no fault.
    """

    day: date
    currency: str
    tables: dict[str, pd.DataFrame]
    quarantine: pd.DataFrame
    assumptions: pd.DataFrame
    rows: pd.DataFrame
    out_of_scope: pd.DataFrame
    stops: list[str]
    notes: list[str]

    def sentences(self) -> list[str]:
        """All of it: the opening, what stops the plan, faults by file, rows by file, what was assumed."""
        return [
            self._opening(),
            *(f"STOP: {stop}" for stop in self.stops),
            *sentences(self.quarantine),
            *self.notes,
            *self._accounts(),
            *self._assumed(),
        ]

    def _opening(self) -> str:
        bad_rows = self.quarantine.drop_duplicates(["file", "row"])
        at_fault, files = bad_rows["file"].nunique(), len(self.rows)
        rows_in = f"{self.rows['rows_in'].sum():,} rows"
        if bad_rows.empty:
            found = f"No row is at fault among {rows_in} of {files} files."
        else:
            found = (
                f"Faults in {len(bad_rows):,} of {rows_in}, in {at_fault} of {files} files, "
                f"touch {bad_rows['sku'].nunique():,} SKUs and {bad_rows['value'].sum():,.2f} "
                f"{self.currency}; these rows are in quarantine."
            )
        verdict = f"No plan can be made for {self.day}, the last one stays live. " if self.stops else ""
        return verdict + found

    def _accounts(self) -> list[str]:
        return [
            f"{row.file} ({row.table}): {row.rows_in:,} rows in = {row.used:,} used + {row.quarantined:,} "
            f"quarantined + {row.out_of_scope:,} out of scope{self._reasons(row.file, row.table)}."
            for row in self.rows.itertuples()
        ]

    def _reasons(self, file: object, table: object) -> str:
        scope = self.out_of_scope
        scope = scope[(scope["file"] == file) & (scope["table"] == table)]
        reasons = [f"{rows:,} {reason}" for reason, rows in zip(scope["reason"], scope["rows"], strict=True)]
        return f" ({'; '.join(reasons)})" if reasons else ""

    def _assumed(self) -> list[str]:
        return [
            f"Assumed for {row.table}.{row.column}: {row.assumed}." for row in self.assumptions.itertuples()
        ]
