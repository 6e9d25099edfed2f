"""Who a session belongs to: the sign-in framework's backend, fetching role and store in the same query."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from guibin.accounts.models import Staff


class StaffBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """Refuses whoever has been switched off, on every request."""

    def get_user(self, user_id: Any) -> Staff | None:
        staff = Staff.objects.select_related("role", "store").filter(pk=user_id).first()
        return staff if staff is not None and self.user_can_authenticate(staff) else None
