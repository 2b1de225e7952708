"""Joint choices under shared limits."""
