"""Small tables written row by row."""

import pandas as pd

from workbench.tables import TABLES


def table(name, *rows):
    """A table of the dictionary with its defaults and types; what a row leaves out is blank."""
    made = TABLES[name]
    if not rows:
        return made.empty()
    defaults = {c.name: None if c.required else c.default for c in made.columns}
    frame = pd.DataFrame.from_records([defaults | row for row in rows])
    return frame.astype({c.name: c.dtype for c in made.columns})
