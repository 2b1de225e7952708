"""How codes of the tables read on a page: agents, kinds and decisions."""

from __future__ import annotations

DECISIONS = {
    "executed": "done by the agent",
    "escalated": "waits",
    "shadowed": "only recorded",
    "amended": "changed, waits for another person",
    "undone": "waits again",
    "approved": "approved",
    "changed": "approved with changes",
    "rejected": "rejected",
    "expired": "expired",
}
WAITING = ("escalated", "amended", "undone")
NAMES = {
    "sku": "SKU",
    "fx rates": "FX rates",
    "tsb": "Teunter-Syntetos-Babai",
    "global": "Global trees",
    "category shape": "Level on Prophet's category course",
}
BY_A_PERSON = ("approved", "changed", "rejected")


def spoken(code: str) -> str:
    """A code of the tables as a word on a page.

    >>> spoken("purchase_order")
    'Purchase order'
    """
    text = str(code).replace("_", " ").strip()
    return NAMES.get(text, text[:1].upper() + text[1:])
