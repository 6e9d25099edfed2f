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
RECYCLE_DAYS = Setting(
    "customers.recycle_days",
    90,
    _("Days until a phone number may be somebody else's"),
    _(
        "When a customer has been silent for longer than this before another one comes with the same phone "
        "or e-mail, the two are not joined: somebody looks first."
    ),
    unit=_("days"),
    minimum=0,
    maximum=3650,
)
REVIEW_FROM = Setting(
    "customers.review_from",
    50,
    _("Points from which a possible duplicate is shown"),
    _("Customers with a like name and something beside it are put to a person from so many points, of 100."),
    minimum=1,
    maximum=100,
)
SHARED_MAX = Setting(
    "customers.shared_max",
    50,
    _("Customers who may share a trait"),
    _("What more customers than this have in common, such as the phone of a shop, is left out."),
    minimum=2,
    maximum=1000,
)

ALL = (NUMBER_PREFIX, PHONE_REGION, SEARCH_LIMIT, RECYCLE_DAYS, REVIEW_FROM, SHARED_MAX)
