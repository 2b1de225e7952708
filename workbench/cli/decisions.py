"""`workbench decisions`: see, decide, explain and replay from the shell."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli.speaking import Folder, err, out, speaking
from workbench.errors import ParameterError

if TYPE_CHECKING:
    from workbench.runs.business import Business

app = typer.Typer(no_args_is_help=True, help=__doc__)

Id = Annotated[str, typer.Argument(help="the proposal's id, as `list` prints it")]
Reason = Annotated[str, typer.Option(help="why, in your own words; it is kept")]
Code = Annotated[str, typer.Option(help="why, as one of the reason codes")]


@app.command("list")
def find(
    folder: Folder = "",
    run: Annotated[str, typer.Option(help="the plan; without it: the live one")] = "",
    agent: Annotated[str, typer.Option(help="whose proposals")] = "",
    state: Annotated[str, typer.Option(help="waiting or decided")] = "",
    supplier: Annotated[str, typer.Option(help="that buy from it")] = "",
    sku: Annotated[str, typer.Option(help="that are about it")] = "",
    rule: Annotated[str, typer.Option(help="that it sent to a person")] = "",
) -> None:
    """List proposals, the largest money at risk first."""
    from workbench.authority import Desk
    from workbench.runs.business import now
    from workbench.runs.decision_list import Sought, found

    with speaking():
        business = _business(folder)
        desk = Desk(business.ledger, business.policy, run or None, now, "")
        rows = found(desk.queue(), Sought(agent, state, supplier, sku, rule)).to_dict("records")
    currency = business.policy.business.base_currency
    for row in rows:
        why = f" ({row['rule']})" if row.get("rule") else ""
        out.print(_line(f"{row['proposal_id']}  {row['decision']}{why}  {row['title']}"))
        out.print(
            f"    worth {row['value']:,.2f} {currency}, {row['money_at_risk']:,.2f} {currency} at risk, "
            f"confidence {100 * row['confidence']:.4g} %"
        )
    out.print(f"{len(rows)} proposals, {sum(row['money_at_risk'] for row in rows):,.2f} {currency} at risk.")


@app.command()
def show(proposal_id: Id, folder: Folder = "") -> None:
    """Show a proposal: what, why, its lines and what would be done otherwise."""
    _tell(folder, proposal_id, 4)


@app.command()
def explain(proposal_id: Id, folder: Folder = "") -> None:
    """Print the whole story of a proposal: inputs with versions, rule, alternatives, who did what."""
    _tell(folder, proposal_id)


@app.command()
def approve(proposal_id: Id, reason: Reason = "", code: Code = "", folder: Folder = "") -> None:
    """Approve a proposal as it stands."""
    with speaking():
        business = _business(folder)
        business.desk.approve(proposal_id, None, reason, code)
    _said(business, proposal_id)


@app.command()
def change(
    proposal_id: Id,
    quantities: Annotated[list[str], typer.Argument(help="LINE=UNITS; lines are counted from 1")],
    reason: Reason = "",
    code: Code = "",
    folder: Folder = "",
) -> None:
    """Approve a proposal with other quantities."""
    with speaking():
        business = _business(folder)
        wanted = dict(_quantity(text) for text in quantities)
        business.desk.approve(proposal_id, wanted, reason, code)
    _said(business, proposal_id)


@app.command()
def reject(proposal_id: Id, reason: Reason = "", code: Code = "", folder: Folder = "") -> None:
    """Reject a proposal, for a reason that is kept."""
    with speaking():
        business = _business(folder)
        business.desk.reject(proposal_id, reason, code)
    _said(business, proposal_id)


@app.command()
def undo(
    proposal_id: Id,
    together: Annotated[bool, typer.Option("--together", help="and all decided in one go with it")] = False,
    reason: Reason = "",
    folder: Folder = "",
) -> None:
    """Take a decision back, until it is released; with --together all that was decided at once, or none."""
    with speaking():
        business = _business(folder)
        if together:
            out.print(f"Undone together: {business.desk.undo_together(proposal_id, reason)}.")
        else:
            business.desk.undo(proposal_id, reason)
    _said(business, proposal_id)


@app.command()
def snooze(
    proposal_id: Id,
    until: Annotated[str, typer.Argument(help="local time today, HH:MM, or YYYY-MM-DDTHH:MM")],
    folder: Folder = "",
) -> None:
    """Put a proposal off until a time."""
    with speaking():
        business = _business(folder)
        instant = _instant(until, business)
        business.desk.snooze(proposal_id, instant)
    out.print(f"{proposal_id}: put off until {instant:%Y-%m-%d %H:%M} UTC.")


@app.command()
def replay(
    proposal_id: Annotated[str, typer.Argument(help="the proposal's id; not with --all")] = "",
    every: Annotated[bool, typer.Option("--all", help="every proposal of a plan")] = False,
    run: Annotated[str, typer.Option(help="the plan of --all; without it: the live one")] = "",
    folder: Folder = "",
) -> None:
    """Compute a proposal again from the recorded versions; exit code 1 unless the bytes are the same."""
    from workbench.runs.replay import replay_all, replay_one

    with speaking():
        if bool(proposal_id) == every:
            raise ParameterError("Give the id of a proposal, or --all.")
        business = _business(folder)
        replayed = replay_all(business, run) if every else [replay_one(business, proposal_id)]
    for again in replayed:
        for sentence in again.sentences():
            out.print(_line(sentence))
    same, total = sum(len(again.same) for again in replayed), sum(again.total for again in replayed)
    out.print(f"{same} of {total} decisions come to the same bytes.")
    if same < total:
        raise typer.Exit(1)


def _business(folder: str) -> Business:
    from workbench.runs.business import Business

    return Business(folder)


def _tell(folder: str, proposal_id: str, headings: int | None = None) -> None:
    from workbench.runs.explanation import explain as story

    with speaking():
        told = story(_business(folder), proposal_id)
    for heading, sentences in list(told.items())[:headings]:
        out.print(f"\n{heading}")
        for sentence in sentences:
            out.print(f"  {_line(sentence)}")


def _said(business: Business, proposal_id: str) -> None:
    """What stands in the ledger now."""
    from workbench.runs.decision_list import proposal_of

    row: dict[Any, Any] = proposal_of(business, proposal_id)
    out.print(_line(f"{proposal_id}: {row['decision']} by {row['decided_by']}."))
    if row["decision"] == "amended":
        err.print("It is above the four-eyes amount: another person must approve it as it now stands.")


def _quantity(text: str) -> tuple[int, float]:
    line, _, units = text.partition("=")
    try:
        return int(line) - 1, float(units)
    except ValueError as error:
        raise ParameterError(f"{text!r} is no change; give LINE=UNITS, such as 1=240.") from error


def _instant(text: str, business: Business) -> dt.datetime:
    from zoneinfo import ZoneInfo

    from workbench.runs.daily_plan import today

    day = "" if "T" in text else f"{today(business)}T"
    try:
        local = dt.datetime.fromisoformat(day + text)
    except ValueError as error:
        raise ParameterError(f"The time is {text!r}; give HH:MM, or YYYY-MM-DDTHH:MM.") from error
    return local.replace(tzinfo=ZoneInfo(business.policy.business.time_zone)).astimezone(dt.UTC)


def _line(text: str) -> str:
    """A text on one line, so that no name or reason can look like a line of ours."""
    return " ⏎ ".join(text.splitlines())
