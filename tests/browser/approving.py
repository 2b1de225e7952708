"""What the browser tests of approvals press and read."""

ROW = "tr[data-id]"
GOOD, WRONG = ".wb-answer.wb-good", ".wb-answer.wb-wrong"


def decided(server, start):
    """The proposal as it stands in the ledger, by the beginning of its id."""
    queue = server.business.desk.queue()
    return queue[queue["proposal_id"].str.startswith(start)].iloc[0]


def press(page, ask):
    page.locator(f"[data-ask={ask}]").first.click()


def pick(page, start):
    """Open an item of the queue and wait until it stands there."""
    page.locator(f"tr[data-id^='{start}']").click()
    page.locator(f".wb-item :text('· {start}')").wait_for()


def change(page, quantity):
    """Type a quantity into the first line."""
    page.locator(".wb-lines input >> nth=0").fill(quantity)


def said(page, tone):
    page.locator(tone).wait_for()
    return seen(page, tone)


def seen(page, selector):
    """What stands there, with plain spaces in its numbers."""
    return page.locator(selector).first.inner_text().replace("\u202f", " ").replace("\u00a0", " ")
