"""One-time links: how an invitation or a password reset reaches somebody without mail.

The token is the sign-in framework's own (signed, bound to the password hash and last sign-in, so used
once); we add a serial, so that a new link voids the old one, and our own expiry.
"""

from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from guibin.core.clock import now


class LinkTokens(PasswordResetTokenGenerator):
    """Tokens that end with the link's own expiry, with a newer link, or with the first use."""

    key_salt = "guibin.accounts.links"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        signed_in = "" if user.last_login is None else user.last_login.isoformat()
        return f"{user.pk}:{user.password}:{signed_in}:{timestamp}:{user.link_serial}:{user.is_active}"

    def check_token(self, user: Any, token: str | None) -> bool:
        if user is None or not user.is_active or user.link_expires_at is None:
            return False
        return user.link_expires_at > now() and super().check_token(user, token)


def make_path(staff: Any) -> str:
    """The path of the page on which ``staff`` (just written) sets a password."""
    key = LinkTokens().make_token(staff)
    return reverse(
        "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(staff), "key": key}
    )
