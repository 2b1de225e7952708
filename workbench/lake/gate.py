"""The data gate: files in, checked tables out; a bad row is set aside, a bad file stops the plan."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from workbench.errors import GateStop, MappingError
from workbench.lake.carrier_checks import unreachable
from workbench.lake.judging import DAILY, judge, passed
from workbench.lake.mapping import Mapping, OrderExport, Source
from workbench.lake.order_export import convert
from workbench.lake.quarantine import broken_rows, rows_of, rows_of_lines, table_of, worth_of_units
from workbench.lake.reading import read
from workbench.lake.references import Known, reference_findings
from workbench.lake.report import Report
from workbench.lake.sheet import BLANK_ROWS, Sheet, lay_out
from workbench.lake.stops import last_rows, not_mapped, nothing_usable, of_another_day, too_short
from workbench.lake.store import Lake
from workbench.policy import Policy
from workbench.tables import INPUTS, TABLES, Table

# tables that others name come first; the rest follow in the dictionary's order
HOMES = ("channels", "warehouses", "regions", "products", "fx_rates", "suppliers", "services", "listings")
ORDER = (*HOMES, *(name for name in INPUTS if name not in HOMES))
LAKE = Path(".workbench") / "lake"


def check(folder: Path, policy: Policy, day: date) -> Report:
    """Read, map and check all files of a business folder for the plan of a day; nothing is written.

    Raises MappingError when `mapping.toml` itself cannot be used; every other fault stands in the report.
    """
    inspection = _Inspection(folder, Mapping.load(folder), policy, day)
    for name in ORDER:
        inspection.inspect(name)
    return inspection.report()


def admit(report: Report, lake: Lake) -> dict[str, int]:
    """Write what passed to the lake: every input table, `quarantine`, `assumptions`, `files`; their versions.

    The same files change no version. Raises GateStop, with nothing written, when the report has stops.
    """
    if report.stops:
        raise GateStop("\n".join(report.stops))
    made = {"quarantine": report.quarantine, "assumptions": report.assumptions, "files": report.rows}
    return {name: lake.write(name, frame) for name, frame in (report.tables | made).items()}


class _Inspection:
    """One pass over all files, and what it has gathered so far."""

    def __init__(self, folder: Path, mapping: Mapping, policy: Policy, day: date) -> None:
        self.folder, self.mapping, self.policy, self.day = folder, mapping, policy, day
        self.zone = ZoneInfo(policy.business.time_zone)
        self.last_rows = last_rows(Lake(folder / LAKE))
        self.known = Known(policy.business.base_currency)
        self.sheets: dict[str, Sheet] = {}
        self.tables = {name: table.empty() for name, table in INPUTS.items()}
        self.counts: list[dict[str, object]] = []
        self.out_of_scope: list[dict[str, object]] = []
        self.quarantine: list[pd.DataFrame] = []
        self.stops: list[str] = []
        self.notes: list[str] = []

    def inspect(self, name: str) -> None:
        """Fill one table; a file that cannot be used adds a stop."""
        table, source = INPUTS[name], self.mapping.tables.get(name)
        try:
            if name in DAILY and self.mapping.order_export:
                if name == "sales":
                    self._inspect_export(self.mapping.order_export)
            elif source:
                self._inspect_file(table, source)
            elif fault := not_mapped(table, self.last_rows.get(name, 0), self.policy.gate):
                raise GateStop(fault)
        except (GateStop, MappingError) as stop:
            self.stops.append(str(stop))

    def _inspect_file(self, table: Table, source: Source) -> None:
        sheet = lay_out(read(self.folder / source.file, source.file), table, source, self.zone)
        if self.mapping.order_export and "sku" in sheet.frame:
            # the export's codes are read in capitals, and those of other files have to meet them
            sheet.frame["sku"] = sheet.frame["sku"].str.upper()
        listings = self.sheets.get("listings")
        judge(sheet, self.known, listings, self.policy, self.day)
        self.sheets[table.name] = sheet
        self.tables[table.name] = passed(sheet, listings)
        self.known.add(table.name, sheet.good(), sheet.frame)
        self.notes += sheet.notes
        self._account(table, source, sheet.counts(), sheet.out_of_scope)

    def _inspect_export(self, export: OrderExport) -> None:
        """One file of order lines as sales and returns; lines with an unknown key are set aside."""
        raw = read(self.folder / export.file, export.file)
        converted = convert(raw.cells, export, self.policy, before=self.day)
        scope = dict(zip(converted.out_of_scope["reason"], converted.out_of_scope["rows"], strict=True))
        strangers = reference_findings(INPUTS["sales"], converted.lines, self.known)
        unknown = rows_of_lines(strangers, converted.lines)
        named = [part.assign(table="sales", file=export.file) for part in [*unknown, broken_rows(raw.broken)]]
        quarantine = table_of([converted.quarantine, *named])
        if unknown:
            # the lines are clean by now and under our names: what is left of them is converted as it stands
            left = converted.lines[~converted.lines.index.isin(quarantine["row"])]
            ours = export.model_copy(update={"columns": {}, "constants": {}})
            converted = convert(left, ours, self.policy)
        if raw.blank:
            scope[BLANK_ROWS] = raw.blank
        self.quarantine.append(quarantine)
        self.tables |= {"sales": converted.sales, "returns": converted.returns}
        self.notes += raw.notes
        counts = {
            "rows_in": raw.rows,
            "used": converted.rows_used,
            "quarantined": quarantine["row"].nunique(),
            "out_of_scope": sum(scope.values()),
        }
        self._account(INPUTS["sales"], export, counts, scope)

    def _account(self, table: Table, source: Source, counts: dict[str, int], scope: dict[str, int]) -> None:
        """Count a file's rows, and stop where it is empty, of another day or too short."""
        self.counts.append({"file": source.file, "table": table.name, **counts})
        self.out_of_scope += [
            {"file": source.file, "table": table.name, "reason": reason, "rows": rows}
            for reason, rows in scope.items()
        ]
        gate, before = self.policy.gate, self.last_rows.get(table.name, 0)
        faults = [
            nothing_usable(table, source.file, counts),
            of_another_day(table, self.tables[table.name], source, self.day, gate, self.zone),
            too_short(table, source.file, counts["rows_in"], before, gate),
        ]
        self.stops += [fault for fault in faults if fault]

    def _files(self) -> dict[str, str]:
        return {name: source.file for name, source in self.mapping.tables.items()}

    def report(self) -> Report:
        """All that was gathered."""
        worth = worth_of_units(self.tables["prices"], self.tables["offers"], self.tables["fx_rates"])
        dirty = [sheet for sheet in self.sheets.values() if sheet.findings or len(sheet.broken)]
        rows = [rows_of(sheet, worth, self.zone) for sheet in dirty]
        return Report(
            day=self.day,
            currency=self.policy.business.base_currency,
            tables=self.tables,
            quarantine=table_of([*rows, *self.quarantine]),
            assumptions=_assumptions(self.mapping),
            rows=_typed("files", self.counts),
            out_of_scope=pd.DataFrame(self.out_of_scope, columns=["file", "table", "reason", "rows"]),
            stops=self.stops,
            notes=[*self.notes, *unreachable(self.tables, self._files())],
        )


def _assumptions(mapping: Mapping) -> pd.DataFrame:
    sources = dict(mapping.tables)
    if mapping.order_export:
        sources["sales"] = mapping.order_export
    return _typed(
        "assumptions",
        [
            {"table": name, "column": column, "assumed": sentence}
            for name, source in sources.items()
            for column, sentence in source.assumed.items()
        ],
    )


def _typed(name: str, records: list[dict[str, object]]) -> pd.DataFrame:
    """Records as a table of the dictionary, in the order of its key."""
    table = TABLES[name]
    frame = pd.DataFrame(records, columns=table.names).astype({c.name: c.dtype for c in table.columns})
    return frame.sort_values(list(table.key), ignore_index=True)
