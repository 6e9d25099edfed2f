"""Pure decisions of loyalty: rule trees, the loyalty score, receipts. No Django, no clock, no log."""
