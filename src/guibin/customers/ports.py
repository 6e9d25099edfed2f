"""What slices above tell customers: handed in when they start, so that nobody here knows them."""

from collections.abc import Callable, Collection, Mapping
from datetime import date

Activity = Callable[[Collection[int]], Mapping[int, date]]
"""The last day on which each of these customers did something; those who never did are absent."""

_activities: list[Activity] = []


def tell_activity(activity: Activity) -> None:
    """Called once by whoever knows what customers do, when the program starts."""
    if activity not in _activities:
        _activities.append(activity)


def find_last_active(customer_ids: Collection[int]) -> dict[int, date]:
    """The last day anybody knows of, by customer id."""
    last: dict[int, date] = {}
    for activity in _activities:
        for customer_id, day in activity(customer_ids).items():
            last[customer_id] = max(day, last.get(customer_id, day))
    return last
