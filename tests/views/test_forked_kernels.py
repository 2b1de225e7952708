import asyncio
import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from jupyter_client.manager import start_new_async_kernel
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from tests.conftest import PROJECT
from workbench.views import forked_kernels

PAGES = PROJECT / "notebooks" / "dashboards"
ASK = "import os, json; print(json.dumps([os.environ.get('QUERY_STRING'), os.environ.get('ONLY_HERE')]))"


@pytest.fixture(scope="module", autouse=True)
def forking():
    """Kernels are forked here, as they are of our pages."""
    factory = KernelProvisionerFactory.instance()
    usual, factory.default_provisioner_name = factory.default_provisioner_name, forked_kernels.NAME
    forked_kernels.be_ready(PAGES)
    yield
    factory.default_provisioner_name = usual


def start(**environment):
    return start_new_async_kernel(env={**os.environ, **environment})


def run(visit):
    """What comes of it, in a thread of its own: a browser of other tests may hold this one's loop."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, visit).result()


async def said(client):
    """What a kernel prints of its environment."""
    printed = []
    await client.execute_interactive(
        ASK, output_hook=lambda message: printed.append(message["content"].get("text", ""))
    )
    return json.loads("".join(printed))


def test_what_pages_import_is_read_from_the_pages():
    names = forked_kernels.imported_by(PAGES)

    assert {"workbench.runs.business", "workbench.views.show", "workbench.views.figures.stock"} <= set(names)


def test_a_kernel_has_the_environment_of_its_visit_and_nothing_of_another():
    async def visits():
        first, one = await start(QUERY_STRING="sku=A", ONLY_HERE="1")
        second, other = await start(QUERY_STRING="sku=B")
        answers = await said(one), await said(other)
        await first.shutdown_kernel()
        await second.shutdown_kernel()
        return *answers, await first.is_alive(), await second.is_alive()

    assert run(visits()) == (["sku=A", "1"], ["sku=B", None], False, False)


def test_a_kernel_that_is_killed_is_known_to_be_dead():
    async def visit():
        manager, _ = await start()
        alive = await manager.is_alive()
        await manager.signal_kernel(signal.SIGKILL)
        return alive, await manager.provisioner.wait()

    assert run(visit()) == (True, -signal.SIGKILL)


def test_a_browser_that_asks_for_all_widgets_at_once_is_answered():
    async def visit():
        manager, client = await start()
        await client.execute_interactive("import ipywidgets; ipywidgets.Label('here')")
        session = client.session
        for kind, told in (
            ("comm_open", {"target_name": "jupyter.widget.control"}),
            ("comm_msg", {"data": {"method": "request_states"}}),
        ):
            content = {"comm_id": "asked", "data": {}} | told
            client.shell_channel.send(session.msg(kind, content, metadata={"version": "1.0.0"}))
        while True:
            message = await client.get_iopub_msg(timeout=60)
            if message["msg_type"] in ("comm_msg", "comm_close"):
                await manager.shutdown_kernel()
                return message["content"]["data"]

    states = run(visit())["states"].values()
    assert "here" in [widget["state"].get("value") for widget in states]
