"""The business day it is, where the organisation is."""

from datetime import date

from guibin.accounts import api as accounts
from guibin.core import clock


def business_day() -> date:
    return clock.today(accounts.organisation().time_zone)
