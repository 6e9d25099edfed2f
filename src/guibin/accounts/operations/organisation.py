"""The organisation itself, and its first owner."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from guibin.accounts import models, queries, roles, rules, values
from guibin.accounts.errors import AlreadySetUp, PasswordTooWeak, SignInNameInvalid, ValueInvalid
from guibin.accounts.events import OrganisationChanged, SetupFinished, StaffInvited
from guibin.accounts.operations.staff import issue_link, staff_constraints
from guibin.accounts.permissions import MANAGE_ORGANISATION
from guibin.core.errors import constraint_errors
from guibin.core.events import record, subject
from guibin.core.ids import StaffId
from guibin.core.permissions import SYSTEM, Actor


def update_organisation(
    *, name: str, base_currency: str, time_zone: str, actor: Actor, at: datetime
) -> values.Organisation:
    """The shop's name, currency (ISO 4217) and zone (IANA). Raises ``ValueInvalid``."""
    actor.require(MANAGE_ORGANISATION)
    currency = base_currency.strip().upper()
    if not is_currency(currency):
        raise ValueInvalid(value=base_currency)
    if not is_zone(time_zone):
        raise ValueInvalid(value=time_zone)
    wanted: dict[str, object] = {"name": name.strip(), "base_currency": currency, "time_zone": time_zone}
    return _write(wanted, actor=actor, at=at)


def set_as_of_day(*, day: date | None, actor: Actor, at: datetime) -> values.Organisation:
    """The day everything is counted at, for data that ended a while ago; None: today."""
    actor.require(MANAGE_ORGANISATION)
    return _write({"as_of_on": day}, actor=actor, at=at)


def finish_setup(*, actor: Actor, at: datetime) -> None:
    """The guided first run is through; a repeat changes nothing."""
    actor.require(MANAGE_ORGANISATION)
    with transaction.atomic():
        row = models.Organisation.objects.select_for_update().get(pk=1)
        if row.setup_finished_at is not None:
            return
        row.setup_finished_at = at
        row.save(update_fields=["setup_finished_at"])
        record(SetupFinished(), subjects=[subject("organisation", 1)], actor=actor, at=at)


def create_first_owner(
    *,
    sign_in_name: str,
    display_name: str,
    password: str | None = None,
    language: str = "zh-hans",
    at: datetime,
) -> values.Staff:
    """The first account of a fresh installation. With a ``password`` it is checked for strength.

    Raises ``AlreadySetUp`` as soon as there is any staff, ``SignInNameInvalid``, ``PasswordTooWeak``.
    """
    sign_in_name = sign_in_name.strip()
    if not rules.is_sign_in_name(sign_in_name):
        raise SignInNameInvalid
    if language not in models.LANGUAGES:
        raise ValueInvalid(value=language)
    with transaction.atomic(), constraint_errors(staff_constraints(sign_in_name)):
        models.Organisation.objects.select_for_update().get(pk=1)
        if models.Staff.objects.exists():
            raise AlreadySetUp
        row = models.Staff(
            sign_in_name=sign_in_name,
            display_name=display_name.strip() or sign_in_name,
            role=models.Role.objects.get(code=roles.OWNER),
            language=language,
            created_at=at,
        )
        if password is not None:
            _require_strong(password, row)
        row.password = make_password(password)
        row.save()
        about = [subject("staff", row.pk)]
        record(StaffInvited(staff_id=row.pk, role=roles.OWNER), subjects=about, actor=SYSTEM, at=at)
    return queries.get_staff(StaffId(row.pk))


def invite_first_owner(
    *, sign_in_name: str, display_name: str, language: str = "zh-hans", at: datetime
) -> values.Invitation:
    """The first owner with a one-time link. Called again before the link is used, it gives a new link.

    Raises ``AlreadySetUp`` when anybody has signed in before, or somebody else was invited.
    """
    with transaction.atomic():
        models.Organisation.objects.select_for_update().get(pk=1)
        waiting = models.Staff.objects.filter(sign_in_name__iexact=sign_in_name.strip()).first()
        if waiting is not None and not waiting.has_usable_password():
            return issue_link(staff_id=StaffId(waiting.pk), actor=SYSTEM, at=at)
        owner = create_first_owner(
            sign_in_name=sign_in_name, display_name=display_name, language=language, at=at
        )
        return issue_link(staff_id=owner.id, actor=SYSTEM, at=at)


def ensure_starter_rows() -> None:
    """The organisation's row and the three starter roles, where they are missing. Idempotent, no event."""
    models.Organisation.objects.get_or_create(pk=1)
    for code in (roles.OWNER, "manager", "agent"):
        models.Role.objects.get_or_create(
            code=code,
            defaults={"name": code, "follows_manifests": True, "own_store_only": code == "agent"},
        )


def is_currency(code: str) -> bool:
    """Whether CLDR knows ``code`` as a currency."""
    return code in get_global("all_currencies")


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


def _require_strong(password: str, staff: models.Staff) -> None:
    try:
        validate_password(password, user=staff)
    except ValidationError as error:
        raise PasswordTooWeak(reasons=" ".join(error.messages)) from error


def _write(wanted: dict[str, object], *, actor: Actor, at: datetime) -> values.Organisation:
    with transaction.atomic():
        row = models.Organisation.objects.select_for_update().get(pk=1)
        changed = [name for name, value in wanted.items() if getattr(row, name) != value]
        if changed:
            for name in changed:
                setattr(row, name, wanted[name])
            row.save(update_fields=changed)
            event = OrganisationChanged(fields=tuple(changed))
            record(event, subjects=[subject("organisation", 1)], actor=actor, at=at)
    return queries.get_organisation()
