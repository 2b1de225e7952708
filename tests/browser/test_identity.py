"""Who is there, end to end: what the proxy signed in decides under that name, and nobody else gets in."""

import httpx
import pytest

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
