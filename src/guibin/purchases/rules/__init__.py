"""Pure decisions of purchases: amounts, statuses, refunds, matching of cancellations."""
