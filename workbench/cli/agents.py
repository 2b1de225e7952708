"""`workbench agents`: what each may do by itself; stop one, let it go on, accept what it has earned."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.cli.speaking import Folder, out, speaking

app = typer.Typer(no_args_is_help=True, help=__doc__)

Agent = Annotated[str, typer.Argument(help="the agent, as `levels` prints it")]
Reason = Annotated[str, typer.Option(help="why, in your own words; it is kept")]


@app.command()
def levels(folder: Folder = "") -> None:
    """Print the level of every agent and kind of decision, and what is proposed."""
    from workbench.authority.autonomy import is_stopped, level_of, proposed_level
    from workbench.runs.business import Business
    from workbench.tables import AGENT_OF

    with speaking():
        business = Business(folder, read_only=True)
        changes = business.ledger.authority_changes()
    for kind, agent in AGENT_OF.items():
        level = level_of(changes, business.policy, agent, kind)
        stopped = ", stopped" if is_stopped(changes, agent) else ""
        next_level = proposed_level(changes, agent, kind)
        offered = f"; {next_level} is proposed: workbench agents promote {agent} {kind}" if next_level else ""
        out.print(f"{agent} {kind}: {level}{stopped}{offered}")


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
