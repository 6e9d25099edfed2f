"""Writes of purchases: each locks, decides, writes, records and returns."""
