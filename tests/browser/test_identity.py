"""Who is there, end to end: what the proxy signed in decides under that name, and nobody else gets in."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from tests.browser.conftest import SECONDS, Server, Visit
from tests.views.small_plan import publish

SECRET = "known to the proxy"  # noqa: S105
ROBIN = [("X-Forwarded-User", "Robin (planner)"), ("X-Workbench-Secret", SECRET)]


@pytest.fixture(scope="module")
def behind_proxy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("proxied") / "business"
    publish(folder, policy='[business]\nplanner = "Robin (planner)"\n[identity]\nsource = "header"\n')
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("WORKBENCH_PROXY_SECRET", SECRET)
        server = Server(folder)
    yield server
    server.stop()


def _get(server, headers, path="/voila/render/approvals.ipynb"):
    return httpx.get(server.address + path, headers=headers, timeout=SECONDS)


@pytest.mark.parametrize(
    ("headers", "status", "sentence"),
    [
        ([], 401, "X-Forwarded-User is missing"),
        ([("X-Forwarded-User", ""), ROBIN[1]], 401, "X-Forwarded-User is empty"),
        ([("X-Forwarded-User", "eve"), *ROBIN], 400, "X-Forwarded-User came twice"),
        (ROBIN[:1], 403, "without the secret of the proxy"),
        ([ROBIN[0], ("X-Workbench-Secret", "guess")], 403, "without the secret of the proxy"),
    ],
)
def test_nobody_gets_in_but_through_the_proxy_and_is_told_what_to_change(
    behind_proxy, headers, status, sentence
):
    for path in ("/voila/render/approvals.ipynb", "/", "/api/kernels/00000000-0000-0000-0000-000000000000"):
        answer = _get(behind_proxy, headers, path)
        assert answer.status_code == status, path
        assert sentence in answer.reason_phrase
    assert sentence in _get(behind_proxy, headers).text


def test_a_token_opens_nothing_behind_a_proxy(behind_proxy):
    assert _get(behind_proxy, [], "/voila/render/approvals.ipynb?token=a-token-for-tests").status_code == 401


def _speaks(server, kernel, headers):
    """What comes of speaking to a kernel, in a thread of its own: a browser may hold this one's loop."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, _opened(server, kernel, headers)).result()


async def _opened(server, kernel, headers):
    """Whether a websocket to a kernel is opened; else the status that it is refused with."""
    address = f"{server.address.replace('http', 'ws', 1)}/api/kernels/{kernel}/channels"
    try:
        channel = await websocket_connect(HTTPRequest(address, headers=dict(headers)))
    except HTTPClientError as refused:
        return refused.code
    channel.close()
    return "opened"


def test_a_page_is_spoken_to_by_the_visitor_whom_it_was_opened_for_and_by_nobody_else(behind_proxy):
    kim = [("X-Forwarded-User", "Kim"), ROBIN[1]]
    page = _get(behind_proxy, ROBIN).text
    kernel = re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", page)[0]
    for path in (f"/api/kernels/{kernel}", f"/api/kernels/{kernel}/channels"):
        refused = _get(behind_proxy, kim, path)
        assert (refused.status_code, refused.reason_phrase) == (
            403,
            "This page was opened by somebody else: open your own.",
        )
    assert _speaks(behind_proxy, kernel, kim) == 403
    assert _get(behind_proxy, ROBIN, f"/api/kernels/{kernel}").status_code == 200
    assert _speaks(behind_proxy, kernel, ROBIN) == "opened"
    assert "Signed in: Kim, who is none of people.members. You may look" in _get(behind_proxy, kim).text


@pytest.mark.browser
def test_who_came_through_the_proxy_is_named_and_decides_under_that_name(behind_proxy, chromium):
    context = chromium.new_context(extra_http_headers=dict(ROBIN))
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    Visit(page, behind_proxy).open("approvals", ".wb-panel, .wb-approvals, table")
    assert page.get_by_text("Signed in: Robin (planner)").is_visible()
    page.get_by_role("button", name="Approve", exact=True).click()
    page.get_by_text("Approved: it joins the next release").wait_for()
    context.close()
    ledger = behind_proxy.business.ledger
    proposals = ledger.proposals(ledger.live()["run_id"])
    assert proposals.loc[proposals["decision"] == "approved", "decided_by"].tolist() == ["Robin (planner)"]
