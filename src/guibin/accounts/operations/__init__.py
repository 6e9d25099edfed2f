"""Writes, one module per concern: staff, first owner, places, organisation, keys, imports."""
