"""Who a session belongs to: the sign-in framework's backend, fetching role and store in the same query."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Subquery

from guibin.accounts.models import Organisation, Staff


class StaffBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """Refuses whoever has been switched off, on every request."""

    def get_user(self, user_id: Any) -> Staff | None:
        zone = Organisation.objects.filter(pk=1).values("time_zone")
        staff = (
            Staff.objects.select_related("role", "store")
            .annotate(house_zone=Subquery(zone))
            .filter(pk=user_id)
            .first()
        )
        return staff if staff is not None and self.user_can_authenticate(staff) else None
