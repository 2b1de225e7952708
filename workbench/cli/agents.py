"""`workbench agents`: what each may do by itself; stop one, let it go on, accept what it has earned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from workbench.cli.speaking import Folder, out, speaking

app = typer.Typer(no_args_is_help=True, help=__doc__)

Agent = Annotated[str, typer.Argument(help="the agent, as `levels` prints it")]
Reason = Annotated[str, typer.Option(help="why, in your own words; it is kept")]


@app.command()
def levels(folder: Folder = "") -> None:
    """Print the level of every agent and kind of decision, what is proposed, and how its shadow did."""
    from workbench.runs.business import Business
    from workbench.runs.shadowed import shadow_record

    with speaking():
        business = Business(folder, read_only=True)
        rows = business.desk.levels().to_dict("records")
        shadowed = shadow_record(business).to_dict("records")
    for row in rows:
        which, proposed = f"{row['agent']} {row['kind']}", row["proposed"]
        stopped = ", stopped" if row["stopped"] else ""
        offered = f"; {proposed} is proposed: workbench agents promote {which}" if proposed else ""
        out.print(f"{which}: {row['level']}{stopped}{offered}")
    for row in shadowed:
        out.print(shadow_compared(row, business.policy.business.base_currency))


def shadow_compared(row: Mapping[Any, Any], currency: str) -> str:
    """What an agent proposed in the shadow beside what people did, as the scorecard has it."""
    from workbench.formulas.proportions import wilson

    told = f"{row['agent']} {row['kind']} in the shadow: {row['proposals']:,.0f} proposed"
    if not row["n"]:
        return f"{told}; it is compared with the next day's files."
    low, high = wilson(int(row["right"]), int(row["n"]))
    return (
        f"{told}, {row['n']:,.0f} compared with what people did, {row['right'] / row['n']:.1%} done as "
        f"proposed ({low:.0%} to {high:.0%} with 95 %); worth {row['proposed']:,.0f} {currency} as proposed, "
        f"{row['done']:,.0f} {currency} as done."
    )


@app.command()
def stop(agent: Agent, reason: Reason = "", folder: Folder = "") -> None:
    """Stop an agent at once, in a running plan too."""
    from workbench.runs.business import Business

    with speaking():
        Business(folder).desk.stop(agent, reason)
    out.print(f"{agent} is stopped: what it would do by itself waits, and what has not left stays.")


@app.command()
def resume(agent: Agent, reason: Reason = "", folder: Folder = "") -> None:
    """Let a stopped agent go on."""
    from workbench.runs.business import Business

    with speaking():
        Business(folder).desk.resume(agent, reason)
    out.print(f"{agent} goes on.")


@app.command()
def promote(
    agent: Agent,
    kind: Annotated[str, typer.Argument(help="the kind of decision")],
    folder: Folder = "",
) -> None:
    """Accept the next level that the workbench proposes, on the evidence in the ledger."""
    from workbench.authority.autonomy import level_of
    from workbench.runs.business import Business

    with speaking():
        business = Business(folder)
        business.desk.promote(agent, kind)
        level = level_of(business.ledger.authority_changes(), business.policy, agent, kind)
    out.print(f"{agent} {kind}: {level} from now on.")
