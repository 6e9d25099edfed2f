"""What an organisation may change about pages and programs."""

from django.utils.translation import gettext_lazy as _

from guibin.core.preferences import Setting

REQUESTS_A_MINUTE = Setting(
    key="web.requests_a_minute",
    default=600,
    label=_("Requests of a key"),
    help=_(
        "How often one API key may ask within a minute, over all processes. What is more gets the answer 429 "
        "and the time to wait. A changed number holds from the next minute on."
    ),
    unit=_("a minute"),
    minimum=1,
    maximum=10_000_000,
)
ANSWER_DAYS = Setting(
    key="web.answer_days",
    default=7,
    label=_("Answers to programs are kept"),
    help=_(
        "A program that repeats a write under the same idempotency key within this time gets the first "
        "answer again, and nothing is written twice."
    ),
    unit=_("days"),
    minimum=1,
    maximum=90,
)
ALL = (REQUESTS_A_MINUTE, ANSWER_DAYS)
