"""Pages of purchases: one query or one operation each."""
