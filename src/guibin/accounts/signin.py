"""How sign-in is set up: adapter for allauth, the key authenticator, choices for forms."""

from typing import Any
from zoneinfo import available_timezones

from allauth.account.adapter import DefaultAccountAdapter
from babel.core import Locale
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from guibin.accounts import queries
from guibin.accounts.errors import KeyRejected
from guibin.accounts.events import PasswordChanged, SignedIn, SignInFailed
from guibin.accounts.models import Staff
from guibin.accounts.operations.keys import touch_key
from guibin.core.clock import now
from guibin.core.events import Event, record, subject
from guibin.core.ids import ApiKeyId, StaffId
from guibin.core.permissions import ANONYMOUS, Actor

COMMON_CURRENCIES = (
    *("CNY", "HKD", "TWD", "MOP", "USD", "EUR", "GBP", "JPY", "KRW", "SGD"),
    *("MYR", "THB", "AUD", "CAD"),
)
COMMON_ZONES = (
    "Asia/Shanghai",
    "Asia/Urumqi",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Australia/Sydney",
    "UTC",
)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """No open sign-up; failures and successes go to the log; locks end with a new password."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("Sign-in name or password is not right."),
        "too_many_login_attempts": _(
            "Too many failed attempts. Please wait five minutes, or ask for a new link."
        ),
        "invalid_password_reset": _("This link has been used or has expired."),
        "enter_current_password": _("Please type your current password."),
    }

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def add_message(self, request: Any, level: int, *args: Any, **kwargs: Any) -> None:
        """Nothing: our pages say themselves what happened."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: there may be no mail at all."""

    def get_login_redirect_url(self, request: Any) -> str:
        return "/"

    def _get_login_attempts_cache_key(self, request: Any, **credentials: Any) -> str:
        """The sign-in name alone: the framework adds the host, so that every address and port of one install
        would have failures of its own to give away. In capitals, as the database compares names: letters
        with one capital (s and ſ, i and ı) would otherwise be spellings with failures of their own."""
        return str(credentials.get("username", "")).strip().upper()

    def authentication_failed(self, request: Any, **credentials: Any) -> None:
        staff = Staff.objects.filter(sign_in_name__iexact=credentials.get("username", "")).first()
        if staff is not None:
            _log(SignInFailed(staff_id=staff.pk), staff.pk, actor=ANONYMOUS)

    def post_login(self, request: Any, user: Staff, **kwargs: Any) -> Any:
        _log(SignedIn(staff_id=user.pk), user.pk, actor=Actor(kind="staff", id=user.pk))
        return super().post_login(request, user, **kwargs)

    def set_password(self, user: Staff, password: str) -> None:
        super().set_password(user, password)
        self._delete_login_attempts_cached_email(self.request, username=user.sign_in_name)
        _log(PasswordChanged(staff_id=user.pk), user.pk, actor=Actor(kind="staff", id=user.pk))


def _log(event: Event, staff_id: int, *, actor: Actor) -> None:
    with transaction.atomic():
        record(event, subjects=[subject("staff", staff_id)], actor=actor, at=now())


def start_session(request: HttpRequest, *, staff_id: StaffId) -> None:
    """Sign in whoever has just become the first owner, so that the first run goes on."""
    staff = Staff.objects.select_related("role", "store").get(pk=staff_id)
    login(request, staff, backend="guibin.accounts.backends.StaffBackend")
    _log(SignedIn(staff_id=staff.pk), staff.pk, actor=Actor(kind="staff", id=staff.pk))


def authenticate_key(token: str) -> Actor | None:
    """The actor of an API key in force, or None; remembers that it was used."""
    at = now()
    try:
        actor = queries.actor_for_key(token, at=at)
    except KeyRejected:
        return None
    assert actor.id is not None
    touch_key(key_id=ApiKeyId(actor.id), at=at)
    return actor


def currency_choices() -> list[tuple[str, str]]:
    """Currencies for a form, in the reader's language, the common ones first."""
    names = Locale.parse(to_locale(get_language() or "zh-hans")).currencies
    return [(code, f"{names.get(code, code)} ({code})") for code in COMMON_CURRENCIES]


def zone_choices() -> list[tuple[str, str]]:
    """Time zones for a form, the common ones first, then all others."""
    rest = sorted(name for name in available_timezones() if "/" in name and name not in COMMON_ZONES)
    return [(name, name) for name in (*COMMON_ZONES, *rest)]
