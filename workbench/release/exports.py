"""Exports of a published plan: files for machines, a workbook for people; figures are rounded here alone.

Another system reads plan.json and the CSV files of what was released. A CSV cell that a spreadsheet on the
way there would run as a formula is refused with its whole file; the workbook has it as text.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from unicodedata import category

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ERROR_CODES

from workbench.errors import LedgerError, TableError
from workbench.ledger.canonical import plain
from workbench.ledger.decisions import WAITING
from workbench.ledger.ledger import Ledger
from workbench.tables import LINES_OF_KIND, PROPOSALS, TABLES

Grid = list[list[Any]]
# released lines of these kinds leave the building, each as a file and a sheet
LEAVING = {
    "purchase_order": "purchase_orders",
    "redirect": "redirects",
    "transfer": "transfers",
    "channel_share": "channel_shares",
    "shipment": "shipments",
}
_DECISIONS = [
    *("proposal_id", "agent", "kind", "title", "quantity", "value", "confidence", "money_at_risk"),
    *("if_nothing", "rule", "decision", "decided_by", "decided_at", "approved_quantity"),
    *("decision_reason", "released"),
]
_ABOUT = ("run_id", "date", "inputs", "policy", "versions", "started_at", "published_at", "head", "summary")
_DECIMALS = {"money": 2, "money per unit": 4, "money in currency per unit": 4, "units": 2, "kg": 3, "days": 1}
_OTHER_DECIMALS = 4
_LINE_TABLES = [TABLES[name] for name in dict.fromkeys(LINES_OF_KIND.values())]
_UNITS = {c.name: c.unit for table in (TABLES["decisions"], *_LINE_TABLES, PROPOSALS) for c in table.columns}
# what a spreadsheet may take for a formula, full-width signs too
_RUNS = tuple("=+-@\t\r\n＝＋－＠")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
_LONGEST_CELL = 32_767
REMEDY = (
    "a spreadsheet would run it, so the file was not written; correct it where it comes from, and plan again"
)


def export(ledger: Ledger, run_id: str, directory: Path) -> list[str]:
    """Write a CSV file a kind of released line, plan.xlsx and plan.json into a directory.

    Returns a sentence for every cell for whose sake a CSV file was refused: there is no such file then.

    The same ledger gives the same content. Each file is written beside its place and renamed into it, so that
    nobody reads half a file. An earlier plan.json goes first and the new one comes last: where it stands, all
    of the export is there. Raises LedgerError for a run that is not published.
    """
    manifests = ledger.manifests()
    published = manifests[manifests["run_id"] == run_id]
    if published.empty:
        raise LedgerError(f"Run {run_id} is not published; only a published plan is exported.")
    plan = {str(name): value for name, value in published.to_dict("records")[0].items()} | ledger.run(run_id)
    proposals = ledger.proposals(run_id).sort_values("proposal_id", ignore_index=True)
    released = ledger.releases(run_id=run_id)
    leaving = {name: _leaving(released, proposals, kind) for kind, name in LEAVING.items()}
    (directory / "plan.json").unlink(missing_ok=True)
    refused = {name: _formulas(name, grid) for name, grid in leaving.items()}
    for name, grid in leaving.items():
        if refused[name]:
            (directory / f"{name}.csv").unlink(missing_ok=True)
        else:
            _put(directory / f"{name}.csv", _csv(grid))
    _put(directory / "plan.xlsx", _xlsx({**_sheets(plan, proposals), **leaving}))
    _put(directory / "plan.json", _json(plan, proposals))
    return [sentence for sentences in refused.values() for sentence in sentences]


def exported(directory: Path, kind: str, proposal_id: str) -> list[dict[str, str]]:
    """The rows of a proposal in an export's file of its kind, as they stand there; none without a file."""
    path = directory / f"{LEAVING.get(kind, '')}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["proposal_id"] == proposal_id]


def rounded(value: float, unit: str) -> int | Decimal:
    """A figure as it leaves the building: money to the cent, a price to a hundredth of one, halves up.

    >>> rounded(2.675, "money"), rounded(108.0, "units")
    (Decimal('2.68'), 108)
    """
    if unit == "units" and value == int(value):
        return int(value)
    step = Decimal(1).scaleb(-_DECIMALS.get(unit, _OTHER_DECIMALS))
    return Decimal(str(value)).quantize(step, ROUND_HALF_UP)


def _at_the_edge(value: Any, unit: str = "") -> Any:
    """A value with every figure in it rounded by the unit that the dictionary gives its name."""
    if isinstance(value, Mapping):
        return {name: _at_the_edge(item, _UNITS.get(str(name), "")) for name, item in value.items()}
    if isinstance(value, list):
        return [_at_the_edge(item, unit) for item in value]
    return rounded(value, unit) if isinstance(value, float) else value


def _json(plan: Mapping[str, Any], proposals: pd.DataFrame) -> bytes:
    records = [_at_the_edge(plain(record)) for record in proposals.to_dict("records")]
    content = {**plain({name: plan[name] for name in _ABOUT}), "proposals": records}
    return (json.dumps(content, indent=1, ensure_ascii=False, default=float) + "\n").encode()


def _leaving(released: pd.DataFrame, proposals: pd.DataFrame, kind: str) -> Grid:
    """Header and rows of the released lines of a kind; a line set to 0 does not leave, a share may be 0."""
    columns = [name for name in TABLES[LINES_OF_KIND[kind]].names if name != "proposal_id"]
    ours = released[released["proposal_id"].isin(proposals.loc[proposals["kind"] == kind, "proposal_id"])]
    columns = ["proposal_id", *columns, "base_currency", "release_id"]
    rows = [
        _cells(row | row["content"], columns)
        for row in ours.sort_values(["proposal_id", "line"]).to_dict("records")
        if row["content"].get("quantity") or kind == "channel_share"
    ]
    return [columns, *rows]


def _cells(record: Mapping[Any, Any], columns: Sequence[str]) -> list[Any]:
    edged = _at_the_edge(plain({name: record.get(name) for name in columns}))
    return [edged[name] for name in columns]


def _formulas(name: str, grid: Grid) -> list[str]:
    """A sentence for every cell of a CSV file that a spreadsheet would run."""
    header, *rows = grid
    return [
        str(TableError(f"{name}.csv", f"row {number}", column, value, REMEDY))
        for number, row in enumerate(rows, start=2)
        for column, value in zip(header, row, strict=True)
        if isinstance(value, str) and _runs(value)
    ]


def _runs(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula; what cannot be seen before it does not count."""
    seen = "".join(character for character in text if category(character) not in _UNSEEN)
    return text.startswith(_RUNS) or seen.startswith(_RUNS)


def _harmless(value: Any) -> Any:
    """Text that a spreadsheet shows and never runs; numbers stay numbers."""
    if not isinstance(value, str):
        return value
    text = _NOT_IN_XML.sub("", value)
    text = f"'{text}" if _runs(text) or text in ERROR_CODES else text
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…"


def _sheets(plan: Mapping[str, Any], proposals: pd.DataFrame) -> dict[str, Grid]:
    """The sheets before the lines: what the plan says, every decision, and what waits by money at risk."""
    first = {name: plan[name] for name in ("run_id", "date", "published_at", "head")}
    summary = [[name, value] for name, value in _flat({**plain(first), **plan["summary"]})]
    waiting = proposals[proposals["decision"].isin(WAITING)]
    return {
        "summary": [["what", "value"], *summary],
        "decisions": _decisions(proposals),
        "waiting": _decisions(waiting.sort_values(["money_at_risk", "proposal_id"], ascending=[False, True])),
    }


def _decisions(proposals: pd.DataFrame) -> Grid:
    return [_DECISIONS, *(_cells(record, _DECISIONS) for record in proposals.to_dict("records"))]


def _flat(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}: ")
        else:
            yield f"{above}{name}", value if isinstance(value, int | float | str) else json.dumps(value)


def _csv(grid: Grid) -> bytes:
    # with its own line ending, CR LF, the writer quotes both signs; a bare CR would begin a row
    text = io.StringIO(newline="")
    csv.writer(text).writerows(grid)
    return text.getvalue().encode()


def _xlsx(sheets: Mapping[str, Grid]) -> bytes:
    book = Workbook(write_only=True)
    for name, grid in sheets.items():
        sheet = book.create_sheet(name.replace("_", " ").capitalize())
        sheet.freeze_panes = "A2"
        for row in grid:
            sheet.append([_harmless(value) for value in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _put(path: Path, content: bytes) -> None:
    """Write beside, then rename: a reader sees the old file or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)
