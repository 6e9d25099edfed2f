"""The door of purchases: orders, refunds, products, channels and rates, as frozen values and ids.

Money is minor units of the currency named beside it; ``base`` amounts are in the organisation's
base currency. ``at`` is the instant of the write, passed in from the edge.
"""
