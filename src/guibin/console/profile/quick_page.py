"""The customer page for somebody signed in, in one statement: session, rights and everything shown.

The same page as ``console.profile.views.profile``, which gives every other answer to this question.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache

from django.http import HttpRequest
from django.utils import timezone, translation

from guibin.accounts import api as accounts
from guibin.console.profile.reading import page_parts, read_page
from guibin.console.profile.views import draw_page
from guibin.core.composed import ComposedRead
from guibin.customers import api as customers
from guibin.web.quick import Drawn, QuickPage


@cache
def statement() -> ComposedRead:
    """``$1`` is the key of a session, ``$2`` the id of who it belongs to, ``$3`` a customer's number."""
    return ComposedRead([accounts.session_part(session="$1", staff="$2"), *page_parts("$3", "")])


def answer(groups: Mapping[str, str], request: HttpRequest, session: str, at: datetime) -> Drawn | None:
    """The page of the customer numbered ``groups["number"]``, for who is signed in and may see them."""
    staff = accounts.believed_staff(session)
    if not staff:
        return None
    number = groups["number"]
    first, *rest = statement().run(session.encode(), staff.encode(), number.encode())
    visitor = accounts.read_session(first, session_key=session, at=at)
    if visitor is None or not visitor.actor.may(customers.VIEW_CUSTOMER):
        return None
    request.actor, request.person = visitor.actor, visitor.person  # type: ignore[attr-defined]  # as the middleware
    translation.activate(visitor.language)
    with timezone.override(visitor.zone):
        page = read_page(rest, actor=visitor.actor, channel="")
        if page is None or page.summary.customer.number != number:
            return None
        return Drawn(draw_page(request, page), visitor.language)


PAGE = QuickPage(re.compile(r"/customers/(?P<number>[A-Z0-9-]*[0-9][A-Z0-9-]*)/"), answer)
