"""Which status may follow which."""

FOLLOWING = {
    "placed": frozenset({"paid", "shipped", "completed", "cancelled"}),
    "paid": frozenset({"shipped", "completed", "cancelled"}),
    "shipped": frozenset({"completed", "cancelled"}),
    "completed": frozenset({"cancelled"}),
    "cancelled": frozenset[str](),
}


def is_next_status(current: str, wanted: str) -> bool:
    """Whether an order may go from ``current`` to ``wanted``."""
    return wanted in FOLLOWING.get(current, frozenset())
