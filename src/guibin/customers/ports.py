"""What slices above tell customers: handed in when they start, so that nobody here knows them."""

from collections.abc import Callable, Collection, Mapping
from datetime import date

from guibin.core.errors import Text

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


Counter = Callable[[Collection[int]], Mapping[int, int]]
"""How many of something each of these customer ids has, each for itself; those without any are absent."""

_counters: list[tuple[Text, Counter]] = []


def tell_belongings(words: Text, count: Counter) -> None:
    """Called once by whoever keeps ``words`` (orders, say) of customers, when the program starts: people who
    merge or take apart are told how many hang on each id."""
    if all(known is not count for _words, known in _counters):
        _counters.append((words, count))


def count_elsewhere(customer_ids: Collection[int]) -> list[tuple[Text, Mapping[int, int]]]:
    """What other slices count of these ids, in their words."""
    return [(words, count(customer_ids)) for words, count in _counters]
