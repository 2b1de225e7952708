"""The `workbench` command: thin; every fault a person can mend is one sentence and an exit code."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli import agents, decisions
from workbench.cli.speaking import EXIT_CODES, Folder, err, out, speaking
from workbench.errors import ParameterError
from workbench.policy import IdentityPolicy
from workbench.tables import TABLES, Table

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.add_typer(decisions.app, name="decisions")
app.add_typer(agents.app, name="agents")
__all__ = ["EXIT_CODES", "app", "dictionary"]


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ParameterError(f"--date is {text!r}; give a day as YYYY-MM-DD.") from error


@app.command()
def plan(
    folder: Folder = "",
    date: Annotated[str, typer.Option(help="business day, YYYY-MM-DD; without it: today")] = "",
    parameter: Annotated[list[str] | None, typer.Option("--parameter", "-p", help="NAME=VALUE")] = None,
    cluster: Annotated[
        str,
        typer.Option(
            envvar="WORKBENCH_CLUSTER",
            help="a Dask scheduler, tcp://host:port, whose workers have the same packages installed as this "
            "machine; without it: processes of this machine, with the same numbers",
        ),
    ] = "",
) -> None:
    """Make the plan of a day and publish it."""
    from workbench.runs.business import Business
    from workbench.runs.daily_plan import NOTEBOOKS, environment, headless, today
    from workbench.runs.daily_plan import plan as make_plan
    from workbench.views import forked_kernels

    with speaking():
        business = Business(folder)
        given = dict(_named(text) for text in parameter or [])
        chosen = _day(date) or today(business)
        # what the notebooks import is imported once, beside the gate, and in their settings
        with headless(cluster), environment(forked_kernels.CHOSEN):
            threading.Thread(target=forked_kernels.be_ready, args=[NOTEBOOKS], daemon=True).start()
            published = make_plan(business, chosen, given, out.print, scheduler=cluster)
    summary = published.summary
    currency = business.policy.business.base_currency
    out.print(f"\nPlan {published.run_id} is published.")
    for agent, figures in summary["agents"].items():
        waits = f", {figures['waiting']} wait for a person" if figures["waiting"] else ""
        out.print(f"  {agent.replace('_', ' ')}: {figures['proposals']} proposals{waits}")
    out.print(f"  carried out: {summary['executed']}, worth {summary['value_executed']:,.0f} {currency}")
    out.print(
        f"  waiting: {summary['waiting']}, worth {summary['value_waiting']:,.0f} {currency}, "
        f"{summary['money_at_risk_waiting']:,.0f} {currency} at risk; "
        f"decide with `workbench serve --folder {business.folder}`"
    )
    out.print(
        f"  quarantined rows: {summary['quarantined_rows']}, assumptions: {len(summary['assumptions'])}; "
        f"see `workbench check --folder {business.folder} --date {published.day}`"
    )
    if published.expired:
        missed = sum(proposal["money_at_risk"] for proposal in published.expired)
        out.print(
            f"  undecided in the last plan and expired: {len(published.expired)}, "
            f"{missed:,.0f} {currency} at risk"
        )
    out.print(f"  files: {published.directory}")


def _named(text: str, option: str = "--parameter", what: str = "NAME=VALUE") -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise ParameterError(f"{option} is {text!r}; give {what}.")
    return name, value


@app.command()
def check(
    folder: Folder = "",
    date: Annotated[str, typer.Option(help="business day, YYYY-MM-DD; without it: today")] = "",
) -> None:
    """Show what the gate finds in the files, without planning."""
    from workbench.authority.people import expired_delegations
    from workbench.lake import gate
    from workbench.runs.business import Business
    from workbench.runs.daily_plan import today

    with speaking():
        business = Business(folder)
        day = _day(date) or today(business)
        report = gate.check(business.folder, business.policy, day)
    for sentence in [*report.sentences(), *expired_delegations(business.policy, day)]:
        out.print(sentence)
    if report.stops:
        raise typer.Exit(3)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="the business folder to make")],
    sales: Annotated[Path, typer.Option(help="one sales or order-line file as exported")],
) -> None:
    """Make a business folder from one exported file; what it does not say is assumed and marked."""
    from workbench.lake import own_files

    with speaking():
        for sentence in own_files.init(folder, sales):
            out.print(sentence)


@app.command()
def release(folder: Folder = "") -> None:
    """Release what has been approved in the live plan since it was published."""
    from workbench.runs.business import Business
    from workbench.runs.daily_plan import release_approved

    with speaking():
        released = release_approved(Business(folder), out.print)
    if released is None:
        out.print("Nothing has been approved since the last release.")
    else:
        out.print(f"Released {len(released.proposal_ids)} decisions as {released.release_id}.")


@app.command()
def grant(
    folder: Folder = "",
    person: Annotated[
        list[str] | None, typer.Option(help="LOGIN=NAME: the login of somebody in people.members")
    ] = None,
    service: Annotated[list[str] | None, typer.Option(help="a login that makes plans and releases")] = None,
) -> None:
    """Let PostgreSQL itself keep the ledger's rules, as its owner: whose login is whose, and their limits.

    WORKBENCH_LEDGER is the URL of the database's owner here, and of each login wherever it is used. A login
    that is not named any more loses its rights; run it again when people or limits of the policy change.
    """
    from workbench.ledger import roles
    from workbench.runs.business import LEDGER, Business

    with speaking():
        business = Business(folder)
        people = dict(_named(text, "--person", "LOGIN=NAME") for text in person or [])
        url = os.environ.get(LEDGER)
        if not url:
            raise ParameterError(f"{LEDGER} is not set; give the URL of the database's owner.")
        _ = business.ledger  # whose it is stands in it before anybody else may write
        roles.grant(url, business.policy, people, service or [])
    out.print(f"{len(people)} people and {len(service or [])} services may use the ledger; nobody else may.")


@app.command()
def verify(folder: Folder = "") -> None:
    """Prove that no row of the ledger was altered, removed or moved since it was written."""
    from workbench.runs.business import Business
    from workbench.runs.proof import prove

    with speaking():
        proof = prove(Business(folder))
    if proof.fault:
        err.print(proof.fault)
        raise typer.Exit(1)
    out.print(f"The ledger is whole: {proof.rows:,} rows; the heads of {proof.heads} published plans fit.")


@app.command()
def serve(
    folder: Folder = "",
    port: Annotated[int, typer.Option(help="port on 127.0.0.1")] = 8866,
    token: Annotated[str, typer.Option(help="who opens a page must know it; without it: a new one")] = "",
) -> None:
    """Serve the dashboards on this machine, and release what is approved at the policy's times."""
    from workbench.runs.business import Business
    from workbench.runs.daily_plan import NOTEBOOKS
    from workbench.runs.release_times import keep_releasing
    from workbench.views import voila

    with speaking():
        business = Business(folder)
        name, identity = business.policy.business.name, business.policy.identity
        _refuse_without_secret(identity)
    token = token or secrets.token_urlsafe(24)
    if identity.source == "header":
        out.print(
            f"Dashboards of {name}, for the proxy that sets {identity.header}: http://127.0.0.1:{port}/"
        )
    else:
        out.print(f"Dashboards of {name}: http://127.0.0.1:{port}/?token={token}")
        out.print(business.identity.why or f"Who decides there is {business.identity.person}.")
    environment = {**os.environ, "WORKBENCH_FOLDER": str(business.folder)}
    arguments = voila.arguments(NOTEBOOKS / "dashboards", port, token, identity)
    stop = threading.Event()
    releasing = threading.Thread(target=keep_releasing, args=(business, stop, out.print), daemon=True)
    with subprocess.Popen(arguments, env=environment) as server:  # noqa: S603
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: server.terminate())  # killed alone it would leave the port taken
        releasing.start()
        code = server.wait()
        stop.set()
    raise typer.Exit(code)


def _refuse_without_secret(identity: IdentityPolicy) -> None:
    if identity.source == "header" and not os.environ.get(identity.secret_variable):
        raise ParameterError(
            f"The environment variable {identity.secret_variable} holds no secret, so that anybody could set "
            f"the header {identity.header}: put one there, the same that the proxy sends as "
            f'{identity.secret_header}, or set identity.source to "one_person" in policy.toml.'
        )


@app.command()
def lab(folder: Folder = "") -> None:
    """Open the notebooks in JupyterLab."""
    from workbench.runs.business import Business
    from workbench.runs.daily_plan import NOTEBOOKS

    with speaking():
        environment = {**os.environ, "WORKBENCH_FOLDER": str(Business(folder).folder)}
    arguments = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={NOTEBOOKS}", "--LabApp.news_url="]
    os.execvpe(arguments[0], arguments, environment)  # noqa: S606


@app.command()
def tables() -> None:
    """Print the dictionary of every table, as Markdown."""
    out.print(dictionary(), end="")


def dictionary() -> str:
    """Every table with its key and columns, as Markdown; the README's table reference is this text."""
    return "\n".join(_described(table) for table in TABLES.values())


def _described(table: Table) -> str:
    key = ", ".join(f"`{name}`" for name in table.key)
    lines = [
        f"#### `{table.name}` ({table.kind}{', optional' if table.optional else ''})",
        f"{table.meaning[0].upper()}{table.meaning[1:]}. Key: {key}.",
        "",
        "| column | type | unit | meaning | if blank |",
        "| --- | --- | --- | --- | --- |",
    ]
    for column in table.columns:
        if column.required:
            blank = "a fault"
        else:
            blank = "stays blank" if column.default is None else f"`{column.default}`"
        meaning = column.meaning + (f" ({', '.join(column.one_of)})" if column.one_of else "")
        lines.append(f"| `{column.name}` | {column.dtype} | {column.unit} | {meaning} | {blank} |")
    return "\n".join([*lines, ""])
