"""Keys and values as TOML writes them, for files that people read and edit."""

from __future__ import annotations

import json
import re
from typing import Any


def toml_key(name: str) -> str:
    """A key, in quotes where it has to be.

    >>> print(toml_key("on_hand"), toml_key("Lineitem sku"))
    on_hand "Lineitem sku"
    """
    return name if re.fullmatch("[A-Za-z0-9_-]+", name) else toml_value(name)


def toml_value(value: Any) -> str:
    """A string, number, day, truth, or a tuple or dictionary of them, on one line.

    >>> print(toml_value({"day first": True, "columns": ("a", 2.5)}))
    { "day first" = true, columns = ["a", 2.5] }
    """
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{toml_key(key)} = {toml_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for DEL, which TOML wants escaped too
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value)
