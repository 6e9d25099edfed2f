"""What the organisation may set about customers."""

import re

from django.utils.translation import gettext_lazy as _

from guibin.core.preferences import Setting

NUMBER_PREFIX = Setting(
    "customers.number_prefix",
    "GB-",
    _("Customer numbers begin with"),
    _("Set before the running number of new customers; numbers already given stay."),
    check=lambda value: re.fullmatch(r"[A-Z][A-Z0-9._-]{0,6}[A-Z._-]|[A-Z]", value) is not None,
)
PHONE_REGION = Setting(
    "customers.phone_region",
    "CN",
    _("Country of phone numbers without a country code"),
    _("Two letters, such as CN, HK or GB."),
    check=lambda value: len(value) == 2 and value.isascii() and value.isupper(),
)
SEARCH_LIMIT = Setting(
    "customers.search_limit",
    20,
    _("Customers shown by the search box"),
    _("How many customers a search lists at most."),
    minimum=1,
    maximum=100,
)

ALL = (NUMBER_PREFIX, PHONE_REGION, SEARCH_LIMIT)
