"""The clock, read only at the edge: views, REST, jobs and commands pass the instant inwards."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This instant in UTC."""
    return datetime.now(tz=UTC)


def today(zone: str) -> date:
    """The business day it is now in an IANA ``zone``."""
    return business_day(now(), zone)


def business_day(instant: datetime, zone: str) -> date:
    """The day of ``instant`` (aware) in an IANA ``zone``."""
    return instant.astimezone(ZoneInfo(zone)).date()
