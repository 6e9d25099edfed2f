"""The customer page in one statement: who, figures, standing, and the newest of what happened."""

from dataclasses import dataclass
from functools import cache

from guibin.console.profile.summary import Summary, read_summary, summary_parts
from guibin.console.profile.timeline import CHANNELS, Timeline, read_timeline, timeline_parts
from guibin.core.composed import ComposedRead, ReadPart, Row
from guibin.core.permissions import Actor


@dataclass(frozen=True, slots=True)
class PageRead:
    """What the first sight of the page is drawn from."""

    summary: Summary
    timeline: Timeline


def page_parts(number: str, channel: str) -> list[ReadPart]:
    """Of the customer whose number is the SQL expression ``number``."""
    return [*summary_parts(number), *timeline_parts("person.ids", channel=channel)]


@cache
def _header() -> ComposedRead:
    return ComposedRead(summary_parts("$1"))


@cache
def _page(channel: str) -> ComposedRead:
    return ComposedRead(page_parts("$1", channel))


def find_header(number: str, *, actor: Actor) -> Summary | None:
    """None when there is no such customer, or the actor may not see them."""
    return read_summary(_header().run_surely(number.strip().upper().encode()), actor=actor)


def find_page(number: str, *, actor: Actor, channel: str) -> PageRead | None:
    """As ``find_header``, with the timeline."""
    channel = channel if channel in CHANNELS else ""
    return read_page(_page(channel).run_surely(number.strip().upper().encode()), actor=actor, channel=channel)


def read_page(rows: list[Row], *, actor: Actor, channel: str) -> PageRead | None:
    """The page from the rows of ``page_parts``."""
    head = len(summary_parts(""))
    summary = read_summary(rows[:head], actor=actor)
    if summary is None:
        return None
    joined_on = summary.customer.joined_on
    return PageRead(summary, read_timeline(rows[head:], actor=actor, channel=channel, joined_on=joined_on))
