"""One sheet judged: cells, scope, rows, partners, duplicates; and what passed as a table."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd

from workbench.lake.carrier_checks import band_findings, band_gaps, fill_co2e
from workbench.lake.checks import (
    cell_findings,
    close_open_ends,
    duplicate_findings,
    overlap_findings,
    row_findings,
    tier_findings,
)
from workbench.lake.order_checks import broken_orders, overdue, promise_findings
from workbench.lake.references import Known, reference_findings
from workbench.lake.sheet import Sheet
from workbench.lake.translation import bundle_findings, listing_findings, translate
from workbench.policy import Policy

DAILY = ("sales", "returns")


def judge(sheet: Sheet, known: Known, listings: Sheet | None, policy: Policy, day: date) -> None:
    """Note every finding of a sheet, and leave out what is not of this plan's time.

    Rows are compared with each other only where they are right by themselves, so that one fault does not
    take a good row with it. `listings` is the judged sheet of that table, if there is one.
    """
    sheet.note(cell_findings(sheet, policy.gate, day))
    _leave_out_later(sheet, policy, day)
    sheet.note(row_findings(sheet.frame))
    sheet.note(reference_findings(sheet.table, sheet.frame, known))
    if sheet.translated:
        sheet.note(listing_findings(sheet.frame, listings))
    sheet.note(duplicate_findings(sheet.good(), sheet.key))
    sheet.note(overlap_findings(sheet.good(), sheet.key))
    _judge_shipping(sheet, policy, day)
    if sheet.table.name == "offers":
        sheet.note(tier_findings(sheet.good(), sheet.key))
    if sheet.table.name == "listings":
        sheet.note(bundle_findings(sheet))


def _judge_shipping(sheet: Sheet, policy: Policy, day: date) -> None:
    """What belongs to one of the tables that routing reads."""
    name = sheet.table.name
    if name == "order_lines":
        sheet.note(promise_findings(sheet.good(), ZoneInfo(policy.business.time_zone)))
        sheet.note(broken_orders(sheet))
        sheet.notes += overdue(sheet, day)
    elif name == "rates":
        sheet.note(band_findings(sheet.good()))
        sheet.notes += band_gaps(sheet)
    elif name == "services":
        fill_co2e(sheet, policy.assumptions)


def passed(sheet: Sheet, listings: Sheet | None) -> pd.DataFrame:
    """The table of the rows without a finding, with the dictionary's types, in the order of its key."""
    table = sheet.table
    good = close_open_ends(sheet.good(), list(table.key))
    if sheet.translated and listings is not None:
        good = translate(table.name, good, listings.good())
    typed = good.reindex(columns=table.names).astype({c.name: c.dtype for c in table.columns})
    return typed.sort_values(list(table.key), ignore_index=True)


def _leave_out_later(sheet: Sheet, policy: Policy, day: date) -> None:
    """Sales of the plan's day on, and orders after its instant, are not known when the plan is made."""
    values = sheet.frame
    if sheet.table.name in DAILY:
        later, reason = values["date"] >= pd.Timestamp(day), f"dated {day} or later"
    elif sheet.table.name == "order_lines":
        as_of = policy.business.as_of(day)
        later, reason = values["ordered_at"] > as_of, f"ordered after {as_of:%Y-%m-%d %H:%M} UTC"
    else:
        return
    # a date that is at fault itself says nothing about when it was
    at_fault = [found.rows for found in sheet.findings if found.column in ("date", "ordered_at")]
    wrong = values.index.isin(pd.Index([], dtype="int64").append(at_fault))
    sheet.leave_out(values.index[later & ~wrong], reason)
