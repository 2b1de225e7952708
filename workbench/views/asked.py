"""What a page is asked for in its address: known names, each once, short and printable; else a sentence.

Nothing of it is run or looked up before it has passed here, and what passed is still data: it is escaped
wherever it is shown, and means something only where it equals what a table holds.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from workbench.views.notices import notice
from workbench.views.numerals import NOTHING

# what each page takes; the token is the server's own
TAKEN = {
    "overview": (),
    "approvals": ("agent", "rule", "sku", "supplier"),
    "item": ("sku",),
    "scorecard": ("agent",),
}
TOKEN = "token"  # noqa: S105
MOST_CHARACTERS = 100
MOST_FIELDS = 20


@dataclass(frozen=True)
class Asked:
    """Values by name; or, where the address was refused, none and the reason."""

    values: dict[str, str] = field(default_factory=dict)
    refusal: str = ""

    def get(self, name: str) -> str:
        """What was asked for under a name, else an empty text."""
        return self.values.get(name, "")

    def html(self) -> str:
        """The reason for a refusal as a notice; nothing where there is none."""
        return (
            notice("The address of this page cannot be followed.", self.refusal, "mind")
            if self.refusal
            else ""
        )


def asked(page: str, query: str | None = None) -> Asked:
    """What the page is asked for; by default in the address that this kernel's page was opened with.

    >>> asked("item", "token=abc&sku=LIT-007").values
    {'sku': 'LIT-007'}
    >>> asked("item", "sku=A&sku=B").refusal
    'It says sku twice; say it once.'
    """
    given = os.environ.get("QUERY_STRING", "") if query is None else query
    try:
        pairs = parse_qsl(given, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        return Asked(refusal="It is no list of names and values; choose on the page instead.")
    pairs = [(name, value.strip()) for name, value in pairs if name != TOKEN]
    refusal = next((sentence for sentence in _faults(page, pairs) if sentence), "")
    return Asked(refusal=refusal) if refusal else Asked({name: value for name, value in pairs if value})


def _faults(page: str, pairs: list[tuple[str, str]]) -> list[str]:
    taken, names = TAKEN[page], [name for name, _ in pairs]
    return [_fault(name, value, taken, names) for name, value in pairs]


def _fault(name: str, value: str, taken: tuple[str, ...], names: list[str]) -> str:
    if name not in taken:
        return (
            f"It asks for something that this page does not have; what it has: {', '.join(taken) or NOTHING}."
        )
    if names.count(name) > 1:
        return f"It says {name} twice; say it once."
    if len(value) > MOST_CHARACTERS:
        return f"Its {name} is longer than {MOST_CHARACTERS} characters, as no code here is."
    if not value.isprintable():
        return f"Its {name} holds characters that cannot be printed, as no code here does."
    return ""
